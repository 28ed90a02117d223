"""
The library itself, through its public names, with the policy on; only the rows
about resolving reach inside.
"""

from __future__ import annotations

import sys
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import orjson

import limits
import targets
from callsheet import (
    UNSAFE_ALLOW_ANY,
    CallableModel,
    CallsheetError,
    ImportPolicy,
    NormalExecutor,
    ObjLoader,
    make_converter,
)
from callsheet._imports.guarding import resolve_allowed

converter = make_converter("orjson", allow=["targets.*"])
json_converter = make_converter("json", allow=["targets.*"])
open_door = make_converter("orjson", allow=UNSAFE_ALLOW_ANY)

model = CallableModel(targets.f, kwargs=limits.KW)
models = [CallableModel(targets.f, kwargs={"x": i, "y": 3}) for i in range(limits.N_MODELS)]
Pool = NormalExecutor[ThreadPoolExecutor]

# Without a policy, a document may name what the program itself defines.
exec("def f(x: int, y: int = 5) -> int:\n    return x + y", vars(sys.modules["__main__"]))


def use_pool_model() -> int:
    with converter.loads(limits.POOL_TEXT, Pool) as pool:
        return pool.submit(targets.f, 1, 2).result()


def is_refused() -> bool:
    try:
        CallableModel(targets.f, kwargs=limits.BAD)
    except CallsheetError:
        return True
    return False


DISTRIBUTIONS = ("attrs", "cattrs", "orjson")

NAMESPACE: dict[str, Any] = {
    "CallableModel": CallableModel,
    "Pool": Pool,
    "converter": converter,
    "executor": Pool(executor=limits.POOL),
    "is_refused": is_refused,
    "json_converter": json_converter,
    "loader": ObjLoader[targets.C](kwargs=limits.KD),
    "many": list[CallableModel],
    "model": model,
    "model_g": CallableModel(targets.g, kwargs=limits.KG),
    "models": models,
    "open_door": open_door,
    "policy": ImportPolicy(["targets.*"]),
    "process_executor": NormalExecutor[ProcessPoolExecutor](kwargs=limits.WORKERS),
    "resolve_allowed": resolve_allowed,
    "text": converter.dumps(model),
    "texts": converter.dumps(models),
    "use_pool_model": use_pool_model,
}

FRESH = {"first resolve": lambda n: [ImportPolicy(["targets.*"]) for _ in range(n)]}

STATEMENTS = {
    "build f": "CallableModel(f, kwargs=kw)",
    "build g": "CallableModel(g, kwargs=kg)",
    "first build": "CallableModel(subject, kwargs=kw)",
    "build from a string": "CallableModel('targets.f', kwargs=kw)",
    "call f": "model()",
    "call g": "model_g()",
    "keyword f": "model(y=2)",
    "keyword g": "model_g(e=2)",
    "position f": "model(2)",
    "position g": "model_g(2)",
    "to dict": "model.dict()",
    "to JSON / json": "json_converter.dumps(model)",
    "to JSON / orjson": "converter.dumps(model)",
    "json()": "model.json()",
    "from JSON": "converter.loads(text, CallableModel)",
    "parse_raw": "CallableModel.parse_raw(main_text)",
    "parse_raw, allow": "CallableModel.parse_raw(targets_text, allow=['targets.*'])",
    "1,000 to JSON": "converter.dumps(models)",
    "1,000 from JSON": "converter.loads(texts, many)",
    "load": "loader.load()",
    "pool from JSON": "converter.loads(pool_text, Pool).executor",
    "decode + pool": "converter.loads(pool_text, Pool).executor",
    "pool to result": "use_pool_model()",
    "submit": "executor.submit(f, 1, 2).result()",
    "map 10,000": "list(executor.map(identity, N))",
    "submit, processes": (
        "[future.result() for future in [process_executor.submit(identity, i) for i in M]]"
    ),
    "map, processes": "list(process_executor.map(identity, M))",
    "map in chunks": "list(process_executor.map(identity, N, chunksize=500))",
    "wrong keyword": "is_refused()",
    "pickle": "loads(dumps(model))",
    "resolve": "resolve_allowed(policy, 'targets.f')",
    "first resolve": "resolve_allowed(subject, 'targets.f')",
    "policy": "converter.loads(texts, many)",
}


def _show_model(shown: CallableModel[Any]) -> tuple[str, dict[str, Any]]:
    return shown.callable.__name__, dict(shown.signature)


def show(row: str, result: Any) -> Any:
    if "resolve" in row:
        return result.__name__
    if "to JSON" in row or row == "json()":
        written = orjson.loads(result)
        assert written == (limits.PLAINS if row.startswith("1,000") else limits.PLAIN)
        wanted = list[CallableModel] if row.startswith("1,000") else CallableModel
        result = converter.loads(result, wanted)
    elif row == "to dict":
        result = CallableModel(**result)
    if isinstance(result, CallableModel):
        return _show_model(result)
    if isinstance(result, list) and result and isinstance(result[0], CallableModel):
        return [_show_model(each) for each in result]
    return result
