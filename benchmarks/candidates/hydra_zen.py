"""
hydra-zen: `builds` makes a dataclass of a callable and its arguments, checked
against the signature; `instantiate` calls it.
"""

from __future__ import annotations

from typing import Any

import orjson
from hydra_zen import builds, instantiate
from omegaconf import OmegaConf

import limits
import targets

DISTRIBUTIONS = ("hydra-zen", "hydra-core")
NOTES = {
    "build": "makes a class for each call; checks the names of arguments",
    "from JSON": "a DictConfig, nothing is resolved",
}


def is_refused() -> bool:
    try:
        builds(targets.f, **limits.BAD)
    except TypeError:
        return True
    return False


def write(config: Any) -> bytes:
    return orjson.dumps(OmegaConf.to_container(OmegaConf.structured(config)))


def read(text: bytes) -> Any:
    return OmegaConf.create(orjson.loads(text))


config = builds(targets.f, **limits.KW)

NAMESPACE: dict[str, Any] = {
    "OmegaConf": OmegaConf,
    "builds": builds,
    "config": config,
    "config_C": builds(targets.C, **limits.KD),
    "config_g": builds(targets.g, **limits.KG),
    "instantiate": instantiate,
    "is_refused": is_refused,
    "read": read,
    "text": write(config),
    "write": write,
}

STATEMENTS = {
    "build f": "builds(f, **kw)",
    "build g": "builds(g, **kg)",
    "call f": "instantiate(config)",
    "call g": "instantiate(config_g)",
    "keyword f": "instantiate(config, y=2)",
    "keyword g": "instantiate(config_g, e=2)",
    "to dict": "OmegaConf.to_container(OmegaConf.structured(config))",
    "to JSON / orjson": "write(config)",
    "from JSON": "read(text)",
    "load": "instantiate(config_C)",
    "wrong keyword": "is_refused()",
}


def show(row: str, result: Any) -> Any:
    if "to JSON" in row:
        result = read(result)
    if isinstance(result, type):
        result = OmegaConf.to_container(OmegaConf.structured(result))
    if hasattr(result, "keys"):
        arguments = dict(result)
        return arguments.pop("_target_").rpartition(".")[2], arguments
    return result
