"""
One document for each engine, and what it needs.
"""

from __future__ import annotations

import json
from typing import Any

import attrs

from callsheet import NormalExecutor

_EXECUTORS = ["concurrent.futures.ProcessPoolExecutor", "concurrent.futures.ThreadPoolExecutor"]


@attrs.frozen
class Engine:
    """
    A document and how its engine behaves.

    Attributes:
        name: The name in the tests' ids.

        document: The document.

        allow: What reading it needs.

        needs: The module without which the engine is skipped.

        remote: Whether calls leave the process.

        by_value: Whether ``__main__``, lambdas and closures are sent by value.

        lone: Whether a process can have only one of it at a time.

        limit: Seconds within which any one answer arrives.
    """

    name: str
    document: dict[str, Any]
    allow: list[str]
    needs: str = "concurrent.futures"
    remote: bool = True
    by_value: bool = False
    lone: bool = False
    limit: float = 60

    def make(self) -> NormalExecutor[Any]:
        """
        Read the document.
        """
        return NormalExecutor.parse_raw(json.dumps(self.document), allow=self.allow)


def call(callable: str, **signature: Any) -> dict[str, Any]:
    return {"callable": callable, "signature": signature}


def load(callable: str, **signature: Any) -> dict[str, Any]:
    return {"$load": {"loader": call(callable, **signature)}}


def executor(callable: str, **signature: Any) -> dict[str, Any]:
    return {"loader": {"loader": call(callable, **signature)}}


def processes(start: str) -> Engine:
    context = f"multiprocessing.context.{start}Context"
    document = executor(
        "concurrent.futures.ProcessPoolExecutor", max_workers=2, mp_context=load(context)
    )
    return Engine(start.lower(), document, [*_EXECUTORS, context])


DASK_CLIENT = "distributed.cfexecutor.ClientExecutor"
DASK_ALLOW = [DASK_CLIENT, "distributed.Client"]


def dask(**client: Any) -> dict[str, Any]:
    return executor(DASK_CLIENT, client=load("distributed.Client", **client))


_LOCAL = {"threads_per_worker": 1, "dashboard_address": "127.0.0.1:0"}

ENGINES = [
    Engine(
        "serial",
        executor("callsheet.adapters.SerialExecutor"),
        ["callsheet.adapters.SerialExecutor"],
        remote=False,
    ),
    Engine(
        "threads",
        executor("concurrent.futures.ThreadPoolExecutor", max_workers=2),
        _EXECUTORS,
        remote=False,
    ),
    processes("Fork"),
    processes("Spawn"),
    processes("ForkServer"),
    Engine(
        "pool",
        executor(
            "callsheet.adapters.PoolExecutor", pool=load("multiprocessing.pool.Pool", processes=2)
        ),
        ["callsheet.adapters.PoolExecutor", "multiprocessing.pool.Pool"],
    ),
    Engine(
        "loky",
        executor("loky.process_executor.ProcessPoolExecutor", max_workers=2),
        ["loky.process_executor.ProcessPoolExecutor"],
        needs="loky",
        by_value=True,
    ),
    Engine(
        "dask-in-process",
        dask(n_workers=2, processes=False, worker_dashboard_address="127.0.0.1:0", **_LOCAL),
        DASK_ALLOW,
        needs="distributed",
        by_value=True,
    ),
    Engine(
        "dask-local",
        dask(n_workers=2, **_LOCAL),
        DASK_ALLOW,
        needs="distributed",
        by_value=True,
    ),
    Engine(
        "dask-shell",
        dask(address="set by the fixture", timeout=60),
        DASK_ALLOW,
        needs="distributed",
        by_value=True,
    ),
    Engine(
        "parsl-threads",
        executor(
            "parsl.concurrent.ParslPoolExecutor",
            config=load(
                "parsl.config.Config",
                executors=[load("parsl.executors.ThreadPoolExecutor", max_threads=2)],
                run_dir="set by the fixture",
                initialize_logging=False,
            ),
        ),
        [
            "parsl.concurrent.ParslPoolExecutor",
            "parsl.config.Config",
            "parsl.executors.ThreadPoolExecutor",
        ],
        needs="parsl",
        by_value=True,
        lone=True,
    ),
]

MPI = Engine(
    "mpi",
    executor("mpi4py.futures.MPIPoolExecutor", max_workers=2),
    ["mpi4py.futures.MPIPoolExecutor"],
    needs="mpi4py",
)
