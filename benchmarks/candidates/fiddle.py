"""
fiddle: a `Config` of a callable, checked against the signature, built at each
call; a `Partial` where arguments are given at the call.
"""

from __future__ import annotations

from typing import Any

import fiddle
from fiddle.experimental import serialization

import limits
import targets

DISTRIBUTIONS = ("fiddle",)
NOTES = {
    "build": "the arguments can be changed later",
    "from JSON": "imports whatever the document names, unless a policy is passed",
    "keyword": "builds the partial first, at each call",
}


def is_refused() -> bool:
    try:
        fiddle.Config(targets.f, **limits.BAD)
    except TypeError:
        return True
    return False


config = fiddle.Config(targets.f, **limits.KW)
configs = [fiddle.Config(targets.f, x=i, y=3) for i in range(limits.N_MODELS)]

NAMESPACE: dict[str, Any] = {
    "Config": fiddle.Config,
    "build": fiddle.build,
    "config": config,
    "config_C": fiddle.Config(targets.C, **limits.KD),
    "config_g": fiddle.Config(targets.g, **limits.KG),
    "configs": configs,
    "dump_json": serialization.dump_json,
    "is_refused": is_refused,
    "load_json": serialization.load_json,
    "late": fiddle.Partial(targets.f, **limits.KW),
    "late_g": fiddle.Partial(targets.g, **limits.KG),
    "text": serialization.dump_json(config),
    "texts": serialization.dump_json(configs),
}

STATEMENTS = {
    "build f": "Config(f, **kw)",
    "build g": "Config(g, **kg)",
    "first build": "Config(subject, **kw)",
    "call f": "build(config)",
    "call g": "build(config_g)",
    "keyword f": "build(late)(y=2)",
    "keyword g": "build(late_g)(e=2)",
    "to JSON / orjson": "dump_json(config)",
    "from JSON": "load_json(text)",
    "1,000 to JSON": "dump_json(configs)",
    "1,000 from JSON": "load_json(texts)",
    "load": "build(config_C)",
    "wrong keyword": "is_refused()",
    "pickle": "loads(dumps(config))",
}


def show(row: str, result: Any) -> Any:
    if "to JSON" in row:
        result = serialization.load_json(result)
    if isinstance(result, list):
        return [show("", each) for each in result]
    if isinstance(result, fiddle.Config):
        return fiddle.get_callable(result).__name__, dict(result.__arguments__)
    return result
