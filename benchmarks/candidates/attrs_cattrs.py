"""
Plain attrs and cattrs: what one would write by hand, a class for a callable
and a dict of keyword arguments, and two hooks for import strings.
"""

from __future__ import annotations

from collections.abc import Callable
from importlib import import_module
from typing import Any

import attrs
from cattrs.preconf.orjson import make_converter

import limits
import targets

DISTRIBUTIONS = ("attrs", "cattrs")
NOTES = {
    "build": "the arguments are not compared with the signature",
    "from JSON": "imports whatever the document names; duplicate keys pass",
}


@attrs.frozen
class Call:
    callable: Callable[..., Any]
    signature: dict[str, Any]

    def __call__(self, **kwargs: Any) -> Any:
        return self.callable(**{**self.signature, **kwargs})


def structure_callable(text: str, _: Any) -> Any:
    module, _, name = text.rpartition(".")
    return getattr(import_module(module), name)


def is_callable_annotation(cls: Any) -> bool:
    return getattr(cls, "__origin__", None) is Callable.__class_getitem__((..., Any)).__origin__


converter = make_converter()
converter.register_structure_hook_func(is_callable_annotation, structure_callable)
converter.register_unstructure_hook_func(
    is_callable_annotation, lambda value: f"{value.__module__}.{value.__qualname__}"
)

call = Call(targets.f, limits.KW)
calls = [Call(targets.f, {"x": i, "y": 3}) for i in range(limits.N_MODELS)]

NAMESPACE: dict[str, Any] = {
    "Call": Call,
    "asdict": attrs.asdict,
    "call": call,
    "call_C": Call(targets.C, limits.KD),
    "call_g": Call(targets.g, limits.KG),
    "calls": calls,
    "converter": converter,
    "many": list[Call],
    "structure_callable": structure_callable,
    "text": converter.dumps(call),
    "texts": converter.dumps(calls),
}

STATEMENTS = {
    "build f": "Call(f, kw)",
    "build g": "Call(g, kg)",
    "first build": "Call(subject, kw)",
    "build from a string": "Call(structure_callable('targets.f', None), kw)",
    "call f": "call()",
    "call g": "call_g()",
    "keyword f": "call(y=2)",
    "keyword g": "call_g(e=2)",
    "to dict": "asdict(call)",
    "to JSON / orjson": "converter.dumps(call)",
    "from JSON": "converter.loads(text, Call)",
    "1,000 to JSON": "converter.dumps(calls)",
    "1,000 from JSON": "converter.loads(texts, many)",
    "load": "call_C()",
    "pickle": "loads(dumps(call))",
}


def show(row: str, result: Any) -> Any:
    if "to JSON" in row:
        result = converter.loads(result, list[Call] if row.startswith("1,000") else Call)
    elif row == "to dict":
        result = Call(**result)
    if isinstance(result, list):
        return [show("", each) for each in result]
    if isinstance(result, Call):
        return result.callable.__name__, result.signature
    return result
