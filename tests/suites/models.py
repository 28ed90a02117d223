"""
Constructors of the standard library's executors that make models instead.
"""

from __future__ import annotations

import concurrent.futures
import os
from typing import Any, Generic, TypeVar

from callsheet import NormalExecutor

#: The environment variable that says whether models are made with ``direct=True``; programs that
#: tests start see it too.
DIRECT = "CALLSHEET_SUITES_DIRECT"

#: Private parts of raw executors that the tests look at: that of the model's own engine is shown.
PRIVATE = frozenset(
    {
        "_broken",
        "_call_queue",
        "_executor_manager_thread",
        "_executor_manager_thread_wakeup",
        "_idle_semaphore",
        "_max_workers",
        "_mp_context",
        "_processes",
        "_result_queue",
        "_safe_to_dynamically_spawn_children",
        "_threads",
        "_work_queue",
    }
)

E = TypeVar("E")


class Model(NormalExecutor[E], Generic[E]):
    """
    A model that shows the private parts of its engine.
    """

    def __getattr__(self, name: str) -> Any:
        if name in PRIVATE:
            return getattr(self.executor, name)
        raise AttributeError(name)


def make(kind: type, args: tuple[Any, ...], kwargs: dict[str, Any]) -> Model[Any]:
    direct = os.environ.get(DIRECT) == "1"
    return Model[kind](args=args, kwargs=kwargs, direct=direct)  # type: ignore[valid-type]


def ThreadPoolExecutor(*args: Any, **kwargs: Any) -> Model[Any]:
    return make(concurrent.futures.ThreadPoolExecutor, args, kwargs)


def ProcessPoolExecutor(*args: Any, **kwargs: Any) -> Model[Any]:
    return make(concurrent.futures.ProcessPoolExecutor, args, kwargs)
