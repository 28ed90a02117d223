"""
msgspec: structs written for each callable, with two hooks for the callable.
"""

from __future__ import annotations

from importlib import import_module
from types import FunctionType
from typing import Any

import msgspec

import limits
import targets

DISTRIBUTIONS = ("msgspec",)
NOTES = {
    "build": "unchecked: a struct's constructor looks at no type; the structs are written by hand",
    "from JSON": "checks the types; imports whatever the document names; "
    "the last of duplicate keys wins",
}


class ArgumentsOfF(msgspec.Struct, forbid_unknown_fields=True):
    x: int
    y: int = 5
    args: list[Any] = []


class ArgumentsOfG(msgspec.Struct, forbid_unknown_fields=True):
    a: int = 1
    b: int = 2
    c: int = 3
    d: int = 4
    e: int = 5
    f: int = 6
    g: int = 7
    h: int = 8
    i: int = 9
    j: int = 10
    args: list[Any] = []


class Call(msgspec.Struct):
    callable: FunctionType

    def __call__(self, **kwargs: Any) -> Any:
        stored = msgspec.structs.asdict(self.signature)  # type: ignore[attr-defined]
        del stored["args"]
        return self.callable(**{**stored, **kwargs})


class CallOfF(Call, forbid_unknown_fields=True):
    signature: ArgumentsOfF


class CallOfG(Call, forbid_unknown_fields=True):
    signature: ArgumentsOfG


def write_callable(value: Any) -> str:
    return f"{value.__module__}.{value.__qualname__}"


def read_callable(cls: type, text: str) -> Any:
    module, _, name = text.rpartition(".")
    return getattr(import_module(module), name)


def is_refused() -> bool:
    try:
        ArgumentsOfF(**limits.BAD)  # type: ignore[call-arg]
    except TypeError:
        return True
    return False


encode = msgspec.json.Encoder(enc_hook=write_callable).encode
decode_one = msgspec.json.Decoder(CallOfF, dec_hook=read_callable).decode
decode_many = msgspec.json.Decoder(list[CallOfF], dec_hook=read_callable).decode

call = CallOfF(targets.f, ArgumentsOfF(**limits.KW))
calls = [CallOfF(targets.f, ArgumentsOfF(i, 3)) for i in range(limits.N_MODELS)]

NAMESPACE: dict[str, Any] = {
    "ArgumentsOfF": ArgumentsOfF,
    "ArgumentsOfG": ArgumentsOfG,
    "CallOfF": CallOfF,
    "CallOfG": CallOfG,
    "call": call,
    "call_g": CallOfG(targets.g, ArgumentsOfG(**limits.KG)),
    "calls": calls,
    "decode_many": decode_many,
    "decode_one": decode_one,
    "encode": encode,
    "is_refused": is_refused,
    "text": encode(call),
    "texts": encode(calls),
    "to_builtins": msgspec.to_builtins,
    "write_callable": write_callable,
}

STATEMENTS = {
    "build f": "CallOfF(f, ArgumentsOfF(**kw))",
    "build g": "CallOfG(g, ArgumentsOfG(**kg))",
    "call f": "call()",
    "call g": "call_g()",
    "keyword f": "call(y=2)",
    "keyword g": "call_g(e=2)",
    "to dict": "to_builtins(call, enc_hook=write_callable)",
    "to JSON / orjson": "encode(call)",
    "from JSON": "decode_one(text)",
    "1,000 to JSON": "encode(calls)",
    "1,000 from JSON": "decode_many(texts)",
    "wrong keyword": "is_refused()",
    "pickle": "loads(dumps(call))",
}


def show(row: str, result: Any) -> Any:
    if row.startswith("1,000 to"):
        result = decode_many(result)
    elif row.startswith("to JSON"):
        result = decode_one(result)
    elif row == "to dict":
        result = msgspec.convert(result, CallOfF, dec_hook=read_callable)
    if isinstance(result, list):
        return [show("", each) for each in result]
    if isinstance(result, Call):
        arguments = msgspec.structs.asdict(result.signature)  # type: ignore[attr-defined]
        del arguments["args"]
        return result.callable.__name__, arguments
    return result
