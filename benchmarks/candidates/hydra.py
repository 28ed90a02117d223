"""
Hydra: a config with a ``_target_``, instantiated at each call.
"""

from __future__ import annotations

from typing import Any

import orjson
from hydra.errors import InstantiationException
from hydra.utils import instantiate
from omegaconf import OmegaConf

import limits

DISTRIBUTIONS = ("hydra-core", "omegaconf")
NOTES = {
    "build": "a DictConfig: neither the callable nor its arguments are looked at until the call",
    "build from a string": "instantiate() of a _partial_: resolves the string, checks no argument",
    "wrong keyword": "found by the call itself",
    "from JSON": "a DictConfig, nothing is resolved; instantiate() imports what is named, "
    "but for a block list (since 1.3.3)",
}


def make_plain(target: str, arguments: dict[str, Any]) -> dict[str, Any]:
    return {"_target_": target, **arguments}


plain_f = make_plain("targets.f", limits.KW)
plain_g = make_plain("targets.g", limits.KG)
plains = [make_plain("targets.f", {"x": i, "y": 3}) for i in range(limits.N_MODELS)]
config = OmegaConf.create(plain_f)
configs = OmegaConf.create(plains)


def write(config: Any) -> bytes:
    return orjson.dumps(OmegaConf.to_container(config))


def read(text: bytes) -> Any:
    return OmegaConf.create(orjson.loads(text))


def is_refused() -> bool:
    try:
        instantiate({"_target_": "targets.f", **limits.BAD})
    except InstantiationException:
        return True
    return False


NAMESPACE: dict[str, Any] = {
    "OmegaConf": OmegaConf,
    "config": config,
    "config_C": OmegaConf.create(make_plain("targets.C", limits.KD)),
    "config_g": OmegaConf.create(plain_g),
    "configs": configs,
    "instantiate": instantiate,
    "is_refused": is_refused,
    "plain_f": plain_f,
    "plain_g": plain_g,
    "plain_partial": {**plain_f, "_partial_": True},
    "read": read,
    "text": write(config),
    "texts": write(configs),
    "write": write,
}

STATEMENTS = {
    "build f": "OmegaConf.create(plain_f)",
    "build g": "OmegaConf.create(plain_g)",
    "build from a string": "instantiate(plain_partial)",
    "call f": "instantiate(config)",
    "call g": "instantiate(config_g)",
    "keyword f": "instantiate(config, y=2)",
    "keyword g": "instantiate(config_g, e=2)",
    "to dict": "OmegaConf.to_container(config)",
    "to JSON / orjson": "write(config)",
    "from JSON": "read(text)",
    "1,000 to JSON": "write(configs)",
    "1,000 from JSON": "read(texts)",
    "load": "instantiate(config_C)",
    "wrong keyword": "is_refused()",
    "pickle": "loads(dumps(config))",
}


def show(row: str, result: Any) -> Any:
    if "to JSON" in row:
        result = read(result)
    if row.startswith("1,000"):
        return [show("", each) for each in result]
    if hasattr(result, "func"):
        return result.func.__name__, result.keywords
    if hasattr(result, "keys"):
        arguments = dict(result)
        return arguments.pop("_target_").rpartition(".")[2], arguments
    return result
