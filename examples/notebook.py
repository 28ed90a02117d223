"""
The executors notebook, cell by cell: what it did, and that it prints the same.

Headers carry the notebook's numbers. Addresses and the states of futures are
left out of a comparison, JSON is compared parsed. Where the original lost
something, a line says so and the right result is asserted.
"""

from __future__ import annotations

import importlib.util
import inspect
import json
import logging
import re
from concurrent.futures import Future, ThreadPoolExecutor
from types import FunctionType, MethodType
from typing import Any, TypeVar

import yaml

from callsheet import (
    JSON_ENCODERS,
    BaseExecutor,
    CallableModel,
    ContextExecutor,
    NormalExecutor,
    ObjLoader,
    ObjType,
    get_callable_from_string,
    validate_and_compose_signature,
)

HAS_DASK = importlib.util.find_spec("distributed") is not None


def mask(text: object) -> str:
    """
    Return a printed form without what changes from run to run.
    """
    text = re.sub(r"0x[0-9a-f]+", "0x...", str(text))
    return re.sub(r"state=\w+( (returned|raised) \w+)?", "state=...", text)


def raises(error: type[Exception], values: Any) -> bool:
    """
    Return whether reading the results of a map raises this error.
    """
    try:
        list(values)
    except error:
        return True
    return False


# In [5]
def test_fn(x, y=4, *args, m, **kwargs):
    return x


# In [7]
def test_function(x: int, y: int = 5):
    return x + y


class TestClass:
    def __init__(self, x, y):
        self.x = x
        self.y = y


# In [39]
def evaluate(inputs, y=5, z=None):
    return {"result": inputs["x"] + y}


def run_signatures() -> None:
    """
    Cells 2 to 11: the type variable, the encoders, signatures.
    """
    # In [2]
    assert isinstance(ObjType, TypeVar)

    # In [3]
    assert JSON_ENCODERS[FunctionType](test_function) == "__main__.test_function"
    assert JSON_ENCODERS[MethodType](json.JSONDecoder().decode) == "json.decoder.JSONDecoder.decode"
    assert JSON_ENCODERS[type](TestClass) == "__main__.TestClass"

    # In [4]
    assert get_callable_from_string("__main__.test_fn") is test_fn

    # In [5]
    # The original dropped the extra keyword argument: here the repr ends with it.
    assert str(validate_and_compose_signature(test_fn, y=5, x=2, hi=4)) == (
        "Kwargs_test_fn(args=[], m=<class 'inspect._empty'>, "
        "kwarg_order=['x', 'y', 'm'], x=2, y=5, kwargs={'hi': 4})"
    )

    # In [8], In [9], In [10]
    for given in (
        {"kwargs": {"x": 1, "y": 3}},
        {"args": (1, 3)},
        {"args": (1,), "kwargs": {"y": 3}},
    ):
        fn = CallableModel(callable=test_function, **given)
        assert (
            str(fn.signature) == "Kwargs_test_function(args=[], kwarg_order=['x', 'y'], x=1, y=3)"
        )

    # In [11]
    assert fn.signature.schema() == {
        "title": "Kwargs_test_function",
        "type": "object",
        "properties": {
            "args": {"title": "Args", "default": [], "type": "array", "items": {}},
            "kwarg_order": {
                "title": "Kwarg Order",
                "default": ["x", "y"],
                "type": "array",
                "items": {},
            },
            "x": {"title": "X", "default": 1, "type": "integer"},
            "y": {"title": "Y", "default": 3, "type": "integer"},
        },
    }


def run_callables() -> None:
    """
    Cells 12 to 21: functions and classes, as dict and as JSON, and back.
    """
    # In [12]
    fn = CallableModel(callable=test_function, kwargs={"x": 1, "y": 3})
    assert fn.dict() == {"callable": test_function, "signature": {"args": [], "x": 1, "y": 3}}

    # In [13]
    assert CallableModel(**fn.dict())() == 4

    # In [14]
    assert json.loads(fn.json()) == {
        "callable": "__main__.test_function",
        "signature": {"args": [], "x": 1, "y": 3},
    }

    # In [15]
    assert CallableModel.parse_raw(fn.json())() == 4

    # In [16]
    parameterized = CallableModel(callable=TestClass, kwargs={"x": 1, "y": 3})
    assert isinstance(parameterized(), TestClass)

    # In [17]
    assert parameterized.dict() == {
        "callable": TestClass,
        "signature": {"args": [], "x": 1, "y": 3},
    }

    # In [18]
    from_dict = CallableModel(**parameterized.dict())
    assert str(from_dict) == (
        "CallableModel(callable=<class '__main__.TestClass'>, "
        "signature=Kwargs_TestClass(args=[], kwarg_order=['x', 'y'], x=1, y=3))"
    )

    # In [19]
    assert isinstance(from_dict(), TestClass)

    # In [20]
    assert json.loads(parameterized.json()) == {
        "callable": "__main__.TestClass",
        "signature": {"args": [], "x": 1, "y": 3},
    }

    # In [21]
    assert isinstance(CallableModel.parse_raw(parameterized.json())(), TestClass)


def run_loaders() -> None:
    """
    Cells 22 to 24: objects that are built later.
    """
    # In [22], In [23]
    loaded = ObjLoader[TestClass](kwargs={"x": 1, "y": 3}).load()
    assert mask(loaded) == "<__main__.TestClass object at 0x...>"
    assert (loaded.x, loaded.y) == (1, 3)

    # In [24]
    pool_loader = ObjLoader[ThreadPoolExecutor](kwargs={"max_workers": 1})
    pool = pool_loader.load()
    assert ObjLoader[ThreadPoolExecutor].parse_raw(pool_loader.json()) == pool_loader
    pool.shutdown()


def run_normal_executor() -> None:
    """
    Cells 25 to 28: one pool for many calls.
    """
    # In [25]
    assert issubclass(NormalExecutor, BaseExecutor)

    # In [26]
    executor = NormalExecutor[ThreadPoolExecutor](kwargs={"max_workers": 1})
    future = executor.submit(fn=test_function, x=1, y=8)
    assert mask(future) == "<Future at 0x... state=...>"
    assert future.result() == 9

    # In [27]
    # Each pair is one argument, so that the calls raise: a map says so when it is read.
    assert raises(TypeError, executor.map(test_function, ((1, 4), (3, 4))))

    # In [28]
    executor.shutdown()


def run_dask() -> None:
    """
    Cells 29 to 32: an executor that was made elsewhere.
    """
    from distributed import Client
    from distributed.cfexecutor import ClientExecutor

    # In [29]
    # No dashboard: this script listens on no port that it does not need.
    client = Client(silence_logs=logging.ERROR, dashboard_address=None)
    live = client.get_executor()
    executor = NormalExecutor[type(live)](executor=live)
    future = executor.submit(fn=test_function, x=1, y=8)
    assert mask(future) == "<Future at 0x... state=...>"
    assert future.result() == 9

    # In [30]
    document = json.loads(executor.json())
    # The original wrote one parameter of the class, and left out its keyword arguments' record.
    assert document == {
        "loader": {
            "object": None,
            "loader": {
                "callable": "distributed.cfexecutor.ClientExecutor",
                "signature": {"args": [], "client": "inspect._empty"},
            },
            "object_type": "distributed.cfexecutor.ClientExecutor",
        },
        "submit_callable": "submit",
        "map_callable": "map",
        "shutdown_callable": "shutdown",
        "executor": "distributed.cfexecutor.ClientExecutor",
    }

    # In [31]
    executor.shutdown()
    client.close()

    # In [32]
    # The original could not read its own document. Here it loads, and is complete with `executor=`;
    # and a client can be described in the document, so that nothing must be handed in.
    described = NormalExecutor[ClientExecutor](
        kwargs={
            "client": ObjLoader[Client](
                kwargs={
                    "processes": False,
                    "dashboard_address": None,
                    "silence_logs": logging.ERROR,
                }
            )
        }
    )
    reloaded = NormalExecutor[ClientExecutor].parse_raw(described.json(), allow=[Client])
    assert reloaded == described
    with reloaded:
        assert reloaded.submit(fn=test_function, x=1, y=8).result() == 9


def run_context_executor() -> None:
    """
    Cells 33 to 38: a fresh pool for each call.
    """
    # In [33]
    assert issubclass(ContextExecutor, BaseExecutor)

    # In [34]
    executor = ContextExecutor[ThreadPoolExecutor](kwargs={"max_workers": 1})
    future = executor.submit(fn=test_function, x=1, y=8)
    assert isinstance(future, Future)
    assert "state=finished returned int" in str(future)

    # In [35]
    assert raises(TypeError, executor.map(test_function, ((1, 4), (3, 4))))

    # In [36]
    document = json.loads(executor.json())
    # The original wrote the default of `initargs`, an empty tuple, as null; a tuple is no
    # JSON, so that a parameter which has it as its default is left out.
    assert document == {
        "loader": {
            "object": None,
            "loader": {
                "callable": "concurrent.futures.thread.ThreadPoolExecutor",
                "signature": {
                    "args": [],
                    "initializer": None,
                    "max_workers": 1,
                    "thread_name_prefix": "",
                },
            },
            "object_type": "concurrent.futures.thread.ThreadPoolExecutor",
        },
        "submit_callable": "submit",
        "map_callable": "map",
        "shutdown_callable": "shutdown",
        "executor": None,
    }

    # In [37]
    reloaded = ContextExecutor[ThreadPoolExecutor].parse_raw(executor.json())
    assert reloaded == executor
    assert reloaded.submit(fn=test_function, x=1, y=8).result() == 9

    # In [38]
    assert raises(TypeError, reloaded.map(test_function, ((1, 4), (3, 4))))


def run_yaml() -> None:
    """
    Cells 39 to 41: a required argument that is left for the call.
    """
    # In [39]
    fn = CallableModel(callable=evaluate, kwargs={"y": 100})
    text = fn.json(exclude_none=True)
    assert yaml.dump(yaml.safe_load(text)) == (
        "callable: __main__.evaluate\nsignature:\n  args: []\n  inputs: inspect._empty\n  y: 100\n"
    )

    # In [40]
    reloaded = CallableModel.parse_raw(text)
    # The original read `inputs` back as the string "inspect._empty" and would have passed that.
    assert mask(reloaded) == (
        "CallableModel(callable=<function evaluate at 0x...>, "
        "signature=Kwargs_evaluate(args=[], inputs=<class 'inspect._empty'>, z=None, "
        "kwarg_order=['inputs', 'y', 'z'], y=100))"
    )
    assert reloaded.signature.inputs is inspect.Parameter.empty

    # In [41]
    assert reloaded({"x": 5}, z=2) == {"result": 105}


def main() -> None:
    """
    Run every cell.
    """
    run_signatures()
    run_callables()
    run_loaders()
    run_normal_executor()
    if HAS_DASK:
        run_dask()
    run_context_executor()
    run_yaml()
    skipped = "" if HAS_DASK else " (29 to 32 need distributed)"
    print(f"Cells 1 to 41 did what the notebook shows{skipped}.")


if __name__ == "__main__":
    main()
