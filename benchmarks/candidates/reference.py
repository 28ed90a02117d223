"""
The reference: ``xopt.pydantic`` of xopt 1.4.1 with pydantic 1.10.

The package imports an optimiser's stack (torch and more) that has nothing to do
with calls: the package itself and torch are stubs here, numpy and orjson real.
"""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from importlib.util import find_spec
from types import ModuleType
from typing import Any

import orjson

import limits
import targets


def stub_packages() -> None:
    spec = find_spec("xopt")
    assert spec is not None
    package = ModuleType("xopt")
    package.__path__ = list(spec.submodule_search_locations or ())
    torch = ModuleType("torch")
    torch.nn = ModuleType("torch.nn")  # type: ignore[attr-defined]
    torch.nn.Module = type("Module", (), {})  # type: ignore[attr-defined]
    sys.modules.update({"xopt": package, "torch": torch, "torch.nn": torch.nn})  # type: ignore[attr-defined]


stub_packages()

from xopt.pydantic import CallableModel, NormalExecutor, ObjLoader  # noqa: E402

DISTRIBUTIONS = ("xopt", "pydantic")
NOTES = {
    "to JSON": "loses tuples, functions and **kwargs of the arguments",
    "from JSON": "imports whatever the document names; the last of duplicate keys wins",
    "build from a string": "resolves it at each build",
}

Loader = ObjLoader[targets.C]
Pool = NormalExecutor[ThreadPoolExecutor]

model = CallableModel(callable=targets.f, kwargs=limits.KW)
models = [
    CallableModel(callable=targets.f, kwargs={"x": i, "y": 3}) for i in range(limits.N_MODELS)
]


def is_refused() -> bool:
    try:
        CallableModel(callable=targets.f, kwargs=limits.BAD)
    except Exception:  # pydantic makes its own of the TypeError, or lets it through
        return True
    return False


def write(models: list[Any]) -> str:
    return f"[{','.join([each.json() for each in models])}]"


def read(text: str) -> list[Any]:
    return [CallableModel(**each) for each in orjson.loads(text)]


NAMESPACE: dict[str, Any] = {
    "CallableModel": CallableModel,
    "Pool": Pool,
    "executor": Pool(executor=limits.POOL),
    "is_refused": is_refused,
    "loader": Loader(kwargs=limits.KD),
    "model": model,
    "model_g": CallableModel(callable=targets.g, kwargs=limits.KG),
    "models": models,
    "pool_text": '{"loader": {"loader": {"signature": {"max_workers": 2}}}}',
    "read": read,
    "text": model.json(),
    "texts": write(models),
    "write": write,
}

STATEMENTS = {
    "build f": "CallableModel(callable=f, kwargs=kw)",
    "build g": "CallableModel(callable=g, kwargs=kg)",
    "first build": "CallableModel(callable=subject, kwargs=kw)",
    "build from a string": "CallableModel(callable='targets.f', kwargs=kw)",
    "call f": "model()",
    "call g": "model_g()",
    "keyword f": "model(y=2)",
    "keyword g": "model_g(e=2)",
    "position f": "model(2)",
    "position g": "model_g(2)",
    "to dict": "model.dict()",
    "to JSON / orjson": "model.json()",
    "from JSON": "CallableModel.parse_raw(text)",
    "1,000 to JSON": "write(models)",
    "1,000 from JSON": "read(texts)",
    "load": "loader.load()",
    "pool from JSON": "Pool.parse_raw(pool_text).executor",
    "submit": "executor.submit(f, 1, 2).result()",
    "map 10,000": "list(executor.map(identity, N))",
    "wrong keyword": "is_refused()",
}


def show(row: str, result: Any) -> Any:
    if row.startswith("1,000 to"):
        result = read(result)
    elif row.startswith("to JSON"):
        result = CallableModel.parse_raw(result)
    elif row == "to dict":
        return result["callable"].__name__, {k: result["signature"][k] for k in limits.KW}
    if isinstance(result, list) and result and isinstance(result[0], CallableModel):
        return [show("", each) for each in result]
    if isinstance(result, CallableModel):
        arguments = result.signature.dict()
        del arguments["args"]
        return result.callable.__name__, arguments
    return result
