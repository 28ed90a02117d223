"""
``map`` over ``submit``, with the standard library's contract.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, TimeoutError, wait
from functools import partial
from itertools import islice
from time import monotonic
from typing import Any

from .parcels import open_outcomes

Submit = Callable[..., Any]


def check_map_options(chunksize: Any, buffersize: Any) -> None:
    """Raise `ValueError` or `TypeError` for what the standard library refuses."""
    if chunksize < 1:
        raise ValueError("chunksize must be >= 1.")
    if buffersize is not None:
        if not isinstance(buffersize, int):
            raise TypeError("buffersize must be an integer or None")
        if buffersize < 1:
            raise ValueError("buffersize must be None or > 0")


def map_calls(
    submit: Submit,
    submit_chunk: Submit | None,
    fn: Callable[..., Any],
    iterables: tuple[Iterable[Any], ...],
    timeout: float | None,
    chunksize: int,
    buffersize: int | None,
) -> Iterator[Any]:
    """
    Submit all the calls (or the first *buffersize* of them) and return an
    iterator over their results in order.
    """
    deadline = None if timeout is None else monotonic() + timeout
    calls, send, unfold = _plan(submit, submit_chunk, fn, iterables, chunksize)
    futures = _send_all(send, calls if buffersize is None else islice(calls, buffersize))
    refill = None if buffersize is None else (calls, send)
    return _iterate(futures, deadline, refill, unfold)


def map_finished(
    submit: Submit,
    submit_chunk: Submit | None,
    fn: Callable[..., Any],
    iterables: tuple[Iterable[Any], ...],
    timeout: float | None,
    chunksize: int,
) -> Iterator[Any]:
    """
    Submit all the calls, wait for them all, and return an iterator over what
    came of them; what is late by *timeout* is cancelled.
    """
    calls, send, unfold = _plan(submit, submit_chunk, fn, iterables, chunksize)
    futures = _send_all(send, calls)
    if not all(isinstance(future, Future) for future in futures):  # an engine's own, sent directly
        deadline = None if timeout is None else monotonic() + timeout
        return drain(_iterate(futures, deadline, None, unfold))
    try:
        done, late = wait(futures, timeout)
    except BaseException:
        _cancel(futures)
        raise
    if not late:
        return _iterate(futures, None, None, unfold)
    _cancel(late)
    finished = deque(future if future in done else None for future in futures)
    return _iterate(finished, None, None, unfold)


def _plan(
    submit: Submit,
    submit_chunk: Submit | None,
    fn: Callable[..., Any],
    iterables: tuple[Iterable[Any], ...],
    chunksize: int,
) -> tuple[Iterator[Any], Callable[[Any], Any], Callable[[Any], Iterator[Any]] | None]:
    """Return what to send, how to send it, and what opens a chunk."""
    calls: Iterator[Any] = zip(*iterables)  # noqa: B905  # the contract: the shortest ends
    if chunksize == 1 or submit_chunk is None:
        return calls, lambda args: submit(fn, *args), None
    chunks = iter(lambda: list(islice(calls, chunksize)), [])
    return chunks, lambda chunk: submit_chunk(fn, chunk), partial(open_outcomes, function=fn)


def _send_all(send: Callable[[Any], Any], calls: Iterable[Any]) -> deque[Any]:
    futures: deque[Any] = deque()
    try:
        for call in calls:
            futures.append(send(call))
    except BaseException:
        _cancel(futures)
        raise
    return futures


def _cancel(futures: Iterable[Any]) -> None:
    for future in futures:
        if future is not None:
            future.cancel()


def _take(futures: deque[Any], deadline: float | None) -> Any:
    # In a function of its own, so that no frame keeps a future whose result is being used.
    future = futures.popleft()
    if future is None:
        raise TimeoutError
    try:
        return future.result() if deadline is None else future.result(deadline - monotonic())
    except BaseException:
        future.cancel()
        raise
    finally:
        del future


def _iterate(
    futures: deque[Any],
    deadline: float | None,
    refill: tuple[Iterator[Any], Callable[[Any], Any]] | None,
    unfold: Callable[[Any], Iterator[Any]] | None,
) -> Iterator[Any]:
    def result_iterator() -> Iterator[Any]:
        try:
            while futures:
                if refill is not None:
                    for call in islice(refill[0], 1):
                        futures.append(refill[1](call))
                if unfold is None:
                    yield _take(futures, deadline)
                else:
                    yield from unfold(_take(futures, deadline))
        finally:
            _cancel(futures)

    # Printed like the standard library's.
    result_iterator.__qualname__ = "Executor.map.<locals>.result_iterator"
    return result_iterator()


def drain(results: Iterable[Any]) -> Iterator[Any]:
    """
    Take all results now, and return an iterator that gives them again: an
    error, too, comes at its place.
    """
    taken: deque[Any] = deque()
    failure: BaseException | None = None
    try:
        for result in results:
            taken.append(result)
    except Exception as error:
        failure = error

    def result_iterator() -> Iterator[Any]:
        while taken:
            yield taken.popleft()
        if failure is not None:
            raise failure

    result_iterator.__qualname__ = "Executor.map.<locals>.result_iterator"
    return result_iterator()
