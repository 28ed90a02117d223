"""
pydantic 2: a model class written for each callable, with its parameters as
fields; `ImportString` for the callable.
"""

from __future__ import annotations

from typing import Any

import orjson
from pydantic import BaseModel, ConfigDict, ImportString, TypeAdapter, ValidationError

import limits
import targets

DISTRIBUTIONS = ("pydantic",)
NOTES = {
    "build": "the classes are written by hand, one per signature: making them is not counted",
    "from JSON": "imports whatever the document names; the last of duplicate keys wins",
}


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class ArgumentsOfF(Strict):
    args: list[Any] = []
    x: int
    y: int = 5


class ArgumentsOfG(Strict):
    args: list[Any] = []
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


class ArgumentsOfC(Strict):
    a: int = 1
    b: int = 2
    c: int = 3
    d: int = 4
    e: int = 5
    f: int = 6
    g: int = 7
    h: int = 8


class Call(Strict):
    callable: ImportString[Any]

    def __call__(self, **kwargs: Any) -> Any:
        stored = {k: v for k, v in self.signature.__dict__.items() if k != "args"}  # type: ignore[attr-defined]
        return self.callable(**{**stored, **kwargs})


class CallOfF(Call):
    signature: ArgumentsOfF


class CallOfG(Call):
    signature: ArgumentsOfG


class CallOfC(Call):
    signature: ArgumentsOfC


def is_refused() -> bool:
    try:
        CallOfF(callable=targets.f, signature=limits.BAD)  # type: ignore[arg-type]
    except ValidationError:
        return True
    return False


Many = TypeAdapter(list[CallOfF])
model = CallOfF(callable=targets.f, signature=limits.KW)  # type: ignore[arg-type]
models = Many.validate_python(limits.PLAINS)

NAMESPACE: dict[str, Any] = {
    "CallOfF": CallOfF,
    "CallOfG": CallOfG,
    "Many": Many,
    "is_refused": is_refused,
    "model": model,
    "model_C": CallOfC(callable=targets.C, signature=limits.KD),  # type: ignore[arg-type]
    "model_g": CallOfG(callable=targets.g, signature=limits.KG),  # type: ignore[arg-type]
    "models": models,
    "text": orjson.dumps(limits.PLAIN),
    "texts": orjson.dumps(limits.PLAINS),
}

STATEMENTS = {
    "build f": "CallOfF(callable=f, signature=kw)",
    "build g": "CallOfG(callable=g, signature=kg)",
    "build from a string": "CallOfF(callable='targets.f', signature=kw)",
    "call f": "model()",
    "call g": "model_g()",
    "keyword f": "model(y=2)",
    "keyword g": "model_g(e=2)",
    "to dict": "model.model_dump()",
    "to JSON / orjson": "model.model_dump_json()",
    "from JSON": "CallOfF.model_validate_json(text)",
    "1,000 to JSON": "Many.dump_json(models)",
    "1,000 from JSON": "Many.validate_json(texts)",
    "load": "model_C()",
    "wrong keyword": "is_refused()",
    "pickle": "loads(dumps(model))",
}


def show(row: str, result: Any) -> Any:
    if row.startswith("1,000 to"):
        result = Many.validate_json(result)
    elif row.startswith("to JSON"):
        result = CallOfF.model_validate_json(result)
    elif row == "to dict":
        result = CallOfF(**result)
    if isinstance(result, list):
        return [show("", each) for each in result]
    if isinstance(result, Call):
        arguments = result.signature.model_dump(exclude={"args"})  # type: ignore[attr-defined]
        return result.callable.__name__, arguments
    return result
