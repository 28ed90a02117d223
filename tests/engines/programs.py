"""
Small programs that must end; each is a function that is run by its name.

    python programs.py NAME [ARGUMENT ...]
"""

from __future__ import annotations

import asyncio
import faulthandler
import signal
import sys
import time
from collections.abc import Callable, Iterator
from concurrent.futures import (
    BrokenExecutor,
    CancelledError,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
)
from contextlib import suppress
from multiprocessing import get_context
from pathlib import Path
from typing import Any

from callsheet import ContextExecutor, NormalExecutor, ObjLoader
from engines.tasks import add, die

LIMIT = 60.0

#: Pools that calls leave open in their workers.
KEPT: list[Any] = []


def make(start: str, n_workers: int = 1) -> NormalExecutor[Any]:
    """
    Return a model of threads, or of a pool of processes by its start method.
    """
    if start == "threads":
        return NormalExecutor[ThreadPoolExecutor](args=(n_workers,))
    context = ObjLoader[type(get_context(start))]()
    return NormalExecutor[ProcessPoolExecutor](args=(n_workers, context))


def say_ending() -> None:
    Path("ending").write_text(str(time.monotonic()))


def exit_in_block(start: str) -> None:
    """
    Call ``sys.exit()`` in a block, with a long call under way.
    """
    with make(start) as e:
        e.submit(time.sleep, 60)
        time.sleep(0.5)
        say_ending()
        sys.exit(3)


def exit_in_context(start: str) -> None:
    """
    Do the same in the block of a `ContextExecutor`.
    """
    with ContextExecutor(loader=make(start).loader).context() as e:
        e.submit(time.sleep, 60)
        time.sleep(0.5)
        say_ending()
        sys.exit(3)


def end_context(start: str) -> None:
    """
    Leave the block of a `ContextExecutor`; its calls are waited for.
    """
    with ContextExecutor(loader=make(start).loader).context() as e:
        futures = [e.submit(time.sleep, 0.2) for _ in range(3)]
        say_ending()
    print([future.result(0) for future in futures])


def use_in_generator(start: str) -> Iterator[list[Future[Any]]]:
    with make(start) as e:
        yield [e.submit(time.sleep, 0.3) for _ in range(3)]


def leave_generator(start: str) -> None:
    """
    Leave a generator within whose block there are calls.
    """
    found = []
    for futures in use_in_generator(start):
        found += futures
        say_ending()
        break
    print([future.done() and not future.cancelled() for future in found])


async def wait_in_block(start: str, found: list[Future[Any]]) -> None:
    with make(start) as e:
        found += [e.submit(time.sleep, 0.3) for _ in range(3)]
        await asyncio.sleep(LIMIT)


async def cancel_block(start: str, found: list[Future[Any]]) -> None:
    task = asyncio.ensure_future(wait_in_block(start, found))
    while len(found) < 3:
        await asyncio.sleep(0.01)
    say_ending()
    task.cancel()
    with suppress(asyncio.CancelledError):
        await task


def cancel_coroutine(start: str) -> None:
    """
    Cancel a coroutine within whose block there are calls.
    """
    found: list[Future[Any]] = []
    asyncio.run(cancel_block(start, found))
    print([future.done() and not future.cancelled() for future in found])


def shut_down_in_callback(start: str) -> None:
    """
    Shut down where the engine says that a call is done, with others to come.
    """
    model = make(start)
    first = model.submit(time.sleep, 0.2)
    rest = [model.submit(add, n) for n in range(3)]
    say_ending()
    first.add_done_callback(lambda _: model.shutdown())
    print([future.result(LIMIT) for future in rest])


def shut_down_then_die(start: str) -> None:
    """
    Lose a worker after ``shutdown(wait=False)``.
    """
    model = make(start, 2)
    futures = [model.submit(die), model.submit(time.sleep, 60), model.submit(add, 1)]
    model.shutdown(wait=False)
    say_ending()
    print(*(type(future.exception(LIMIT)).__name__ for future in futures))


def find_error(future: Future[Any]) -> BaseException | None:
    try:
        return future.exception(LIMIT)
    except CancelledError as error:
        return error


def shut_down_within(start: str) -> None:
    """
    Give up after a second.
    """
    model = make(start)
    future = model.submit(time.sleep, 60)
    time.sleep(0.5)
    say_ending()
    model.shutdown(timeout=1)
    print(isinstance(find_error(future), (CancelledError, BrokenExecutor)))


def sleep_in_main(start: str) -> None:
    """
    Wait for the long call of a model that nobody shuts down.
    """
    model = make(start)
    future = model.submit(time.sleep, 60)
    model.submit(add, 1)
    time.sleep(0.5)
    say_ending()
    future.result()


def nest(start: str, library: str, form: str, n_calls: str = "8") -> None:
    """
    Make calls each of which has a pool of its own.
    """
    say_ending()
    with make_inner(library, start) as outer:
        calls = [outer.submit(use_inner, library, start, form, n) for n in range(int(n_calls))]
        print([future.result() for future in calls])


def make_inner(library: str, start: str) -> Any:
    if library == "raw":
        return ProcessPoolExecutor(2, mp_context=get_context(start))
    return make(start, 2)


def use_inner(library: str, start: str, form: str, n: int) -> int:
    """
    Use a pool in a call: one with a block, one that is dropped, one that is
    left open, one of a `ContextExecutor`.
    """
    if form == "block":
        with make_inner(library, start) as inner:
            return sum(inner.map(add, range(n)))
    inner = make_inner(library, start)
    if form == "context" and library != "raw":
        return sum(ContextExecutor(loader=inner.loader).map(add, range(n)))
    if form == "open":
        KEPT.append(inner)
    return sum(inner.map(add, range(n)))


if __name__ == "__main__":
    # Shells start what runs in the background deaf to Ctrl-C, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    faulthandler.register(signal.SIGUSR1)
    run: Callable[..., None] = globals()[sys.argv[1]]
    run(*sys.argv[2:])
