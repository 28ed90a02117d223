"""
Calls, packed for their workers, and their outcomes, opened again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from itertools import count
from opcode import opmap
from os import getpid, urandom
from types import MethodType
from typing import Any, Final, cast

from .._messages import get_name, shorten
from ..adapters import PoolExecutor, is_process_pool
from ..exceptions import ExecutorError, TaskError
from .orphans import get_pipe
from .trampoline import (
    Dump,
    Outcome,
    describe,
    dump_by_value,
    dump_for_loky,
    dump_for_mpi,
    dump_for_pool,
    get_type_name,
    load_pickled,
)

_prefix: Final = urandom(8).hex()
_counter = count()
_DEEPEST_PATH: Final = 30


class WorkerTraceback(Exception):
    """The traceback of a worker as text: the cause of the error it belongs to."""

    def __str__(self) -> str:
        return f'\n"""\n{self.args[0]}"""'


def get_token(watched: bool = False) -> str:
    """Return a text that no other call has, and by which workers watch this process, if asked."""
    return f"{getpid()}-{get_pipe() if watched else ''}-{_prefix}-{next(_counter)}"


def get_dumps(executor: object) -> tuple[Dump, Dump, bool]:
    """
    Return what pickles calls for *executor* and what its workers pickle
    outcomes with, as the engine itself does, and whether the workers are to
    watch this process.

    Workers that multiprocessing or MPI starts know the driver's ``__main__``;
    to the others it is sent by value.
    """
    root = type(executor).__module__.partition(".")[0]
    if root == "distributed":  # Dask's workers watch by themselves
        return dump_by_value, dump_by_value, False
    if root == "mpi4py":
        return dump_for_mpi, dump_for_mpi, False
    if isinstance(executor, PoolExecutor) or is_process_pool(executor):
        return dump_for_pool, dump_for_pool, True
    for cls in type(executor).__mro__:
        package, _, module = cls.__module__.rpartition(".")
        if module == "process_executor" and package.endswith("loky"):
            queues = (getattr(executor, name, None) for name in ("_call_queue", "_result_queue"))
            reducers = (getattr(queue, "_reducers", None) for queue in queues)
            calls, results = (partial(dump_for_loky, package=package, reducers=r) for r in reducers)
            return calls, results, True
    return dump_by_value, dump_by_value, True


def is_interrupt(error: BaseException) -> bool:
    """
    Return whether an error is Ctrl-C: an interrupt that comes from no ``raise``
    statement, as one of an object's own code does.
    """
    tb = error.__traceback__
    if not isinstance(error, KeyboardInterrupt) or tb is None:
        return False
    while tb.tb_next is not None:
        tb = tb.tb_next
    return tb.tb_frame.f_code.co_code[tb.tb_lasti] != opmap["RAISE_VARARGS"]


def pack(dump: Dump, function: object, *rest: Any) -> bytes:
    """
    Pickle a function with its args and kwargs, or with the args of each call
    of a chunk.

    Raises:
        ExecutorError: Something cannot be pickled; its path is named.
    """
    try:
        return dump((function, *rest))
    except BaseException as error:
        if is_interrupt(error):
            raise
        roots = [("the function", function)]
        if len(rest) == 2:
            roots += [("args", rest[0]), ("kwargs", rest[1])]
        else:
            roots += [("args", args) for args in rest[0]]
        path, value, cause = _find_culprit(dump, roots, error)
        if isinstance(error, KeyboardInterrupt) and not path:
            raise
        name = get_name(function)
        _, _, type_name, detail, _ = describe("lost call", cause)
        del cause  # this frame's, too
        remedy = "Pass data that can be pickled, or make it inside the task."
        if path == "the function":
            remedy = "Define the function at the top level of a module that workers can import."
        msg = (
            f"Cannot send a call of {name} to a worker: {path or 'the call'} cannot be pickled, a "
            f"{get_type_name(value)} ({type_name.rpartition('.')[2]}: {detail}). {remedy}"
        )
        raise ExecutorError(msg, name) from error


def _find_culprit(
    dump: Dump, children: list[tuple[str, Any]], error: BaseException
) -> tuple[str, Any, BaseException]:
    """Return the path, the value and the error of the innermost thing that *dump* does not take."""
    path, value = "", cast(Any, None)
    for _ in range(_DEEPEST_PATH):
        for child_path, child in children:
            try:
                dump(child)
            except BaseException as cause:
                if is_interrupt(cause):
                    raise
                # Without this frame, in which the error would hold itself, and so the executor.
                path, value, error = child_path, child, cause.with_traceback(None)
                break
        else:
            break
        try:
            children = _get_children(path, value)
        except BaseException as cause:  # the object's code
            if is_interrupt(cause):
                raise
            break
    return path, value, error


def _get_children(path: str, value: Any) -> list[tuple[str, Any]]:
    if isinstance(value, Mapping):
        items = list(cast("Mapping[object, object]", value).items())
        children = [(f"{path}[{shorten(key)}]", child) for key, child in items]
        return children + [(f"{path} key {shorten(key)}", key) for key, _ in items]
    if isinstance(value, (list, tuple)):
        return [(f"{path}[{i}]", child) for i, child in enumerate(cast("list[object]", value))]
    if isinstance(value, (set, frozenset)):
        return [(f"{path} item {shorten(child)}", child) for child in cast("set[object]", value)]
    if isinstance(value, MethodType):
        return [(f"{path}.__self__", value.__self__)]
    return []


def open_outcome(outcome: object, function: object) -> Any:
    """
    Return the result that came back, or raise the error that did.

    Raises:
        TaskError: What came of the call could not travel.

        ExecutorError: The engine returned something else.

        Exception: Whatever the function raised.
    """
    if not (isinstance(outcome, tuple) and len(cast("tuple[object]", outcome)) == 5):
        name = get_name(function)
        msg = (
            f"Cannot take the result of {name}: the engine returned {outcome!r} instead of what "
            "the call returned. Name the engine's own methods in an adapter class."
        )
        raise ExecutorError(msg, name)
    kind, data, type_name, detail, text = cast(Outcome, outcome)
    if kind in ("result", "results"):
        try:
            return load_pickled(data)
        except BaseException as error:
            if is_interrupt(error):
                raise
            name = get_name(function)
            _, _, type_name, detail, _ = describe("lost result", error)
            msg = (
                f"Cannot load the result of {name}: {type_name.removeprefix('builtins.')}: "
                f"{detail}. Return data that unpickles where it is read."
            )
            raise TaskError(msg, type_name, detail) from error
    if kind == "error":
        raise _get_error(data, type_name, detail, text, get_name(function))
    name = get_name(function)
    if kind == "lost result":
        msg = (
            f"Cannot bring back the result of {name}, a {type_name}: {detail}. Return data that "
            "can be pickled."
        )
    else:
        msg = (
            f"Cannot run {name}: its worker cannot load the call: {type_name}: {detail}. Put what "
            "the call uses into a module that workers can import; one that has started does not "
            "know what __main__ defined later."
        )
    raise TaskError(msg, type_name, detail, text)


def open_outcomes(outcomes: list[Outcome], function: object) -> Iterator[Any]:
    """Give the results of a chunk, and raise the first error at its place."""
    for outcome in outcomes:
        if outcome[:1] == ("results",):
            results = open_outcome(outcome, function)
            results.reverse()
            while results:  # which keeps nothing that was given
                yield results.pop()
        else:
            yield open_outcome(outcome, function)


def _get_error(data: bytes, type_name: str, detail: str, text: str, name: str) -> BaseException:
    links: list[BaseException] = []
    try:
        for link, args in load_pickled(data):
            if args is not None:
                # Unpickling calls the class again, which may word its args anew.
                link.args = args
            links.append(link)
    except BaseException as failure:
        if is_interrupt(failure):
            raise
        links = []
    if not links or not isinstance(links[0], Exception):
        plain = type_name.removeprefix("builtins.")
        msg = f"{name} raised {plain}: {detail}" if detail else f"{name} raised {plain}"
        return TaskError(msg, type_name, detail, text)
    error, *causes = links
    tip: BaseException = WorkerTraceback(text)
    error.__cause__ = tip
    for cause in causes:
        tip.__cause__ = cause
        tip = cause
    return error
