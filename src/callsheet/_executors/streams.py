"""
``map`` over ``submit``, with the standard library's contract.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Future, TimeoutError, wait
from functools import partial
from itertools import islice, starmap
from time import monotonic
from typing import Any, TypeAlias

from .parcels import open_outcomes

Submit: TypeAlias = Callable[..., Any]
Unfold: TypeAlias = Callable[[Any], Iterator[Any]]

#: Futures, each sent when it is asked for, and what opens one of a chunk.
Sent: TypeAlias = tuple[Iterator[Any], Unfold | None]


def check_map_options(chunksize: Any, buffersize: Any) -> None:
    """Raise `ValueError` or `TypeError` for what the standard library refuses."""
    if chunksize < 1:
        raise ValueError("chunksize must be >= 1.")
    if buffersize is not None:
        if not isinstance(buffersize, int):
            raise TypeError("buffersize must be an integer or None")
        if buffersize < 1:
            raise ValueError("buffersize must be None or > 0")


def send_calls(
    submit: Submit,
    submit_chunk: Submit | None,
    fn: Callable[..., Any],
    iterables: tuple[Iterable[Any], ...],
    chunksize: int,
) -> Sent:
    """Return the calls of `map` on their way: nothing is sent yet."""
    calls: Iterator[Any] = zip(*iterables)  # noqa: B905  # the contract: the shortest ends
    if chunksize == 1 or submit_chunk is None:
        return starmap(partial(submit, fn), calls), None
    chunks = iter(lambda: list(islice(calls, chunksize)), [])
    return map(partial(submit_chunk, fn), chunks), partial(open_outcomes, function=fn)


def iterate(sent: Sent, timeout: float | None, buffersize: int | None) -> Iterator[Any]:
    """Send all calls (or the first *buffersize*), and return an iterator over their results."""
    futures, unfold = sent
    deadline = None if timeout is None else monotonic() + timeout
    if buffersize is None:
        return _iterate(_collect(futures), deadline, unfold)
    return _iterate(_collect(islice(futures, buffersize)), deadline, unfold, futures)


def iterate_finished(sent: Sent, timeout: float | None) -> Iterator[Any]:
    """
    Send all calls, wait for them all, and return an iterator over what came of
    them; what is late by *timeout* is cancelled.
    """
    futures, unfold = _collect(sent[0]), sent[1]
    if not all(isinstance(future, Future) for future in futures):  # an engine's own, sent directly
        deadline = None if timeout is None else monotonic() + timeout
        return drain(_iterate(futures, deadline, unfold))
    try:
        _, late = wait(futures, timeout)
    except BaseException:
        _cancel(futures)
        raise
    _cancel(late)
    timed_out = _finish(error=TimeoutError())
    return _iterate(deque(timed_out if f in late else f for f in futures), None, unfold)


def drain(results: Iterable[Any]) -> Iterator[Any]:
    """
    Take all results now, and return an iterator that gives them again: an
    error, too, comes at its place.
    """
    taken: deque[Any] = deque()
    try:
        taken.extend(map(_finish, results))
    except Exception as error:
        taken.append(_finish(error=error))
    return _iterate(taken)


def _collect(sent: Iterable[Any]) -> deque[Any]:
    futures: deque[Any] = deque()
    try:
        futures.extend(sent)
    except BaseException:
        _cancel(futures)
        raise
    return futures


def _cancel(futures: Iterable[Any]) -> None:
    for future in futures:
        future.cancel()


def _finish(result: Any = None, error: BaseException | None = None) -> Future[Any]:
    future: Future[Any] = Future()
    if error is None:
        future.set_result(result)
    else:
        future.set_exception(error)
    return future


def _take(futures: deque[Any], deadline: float | None) -> Any:
    # In a function of its own, so that no frame keeps a future whose result is being used.
    future = futures.popleft()
    try:
        return future.result() if deadline is None else future.result(deadline - monotonic())
    except BaseException:
        future.cancel()
        raise
    finally:
        del future


def _iterate(
    futures: deque[Any],
    deadline: float | None = None,
    unfold: Unfold | None = None,
    refill: Iterable[Any] = (),
) -> Iterator[Any]:
    def result_iterator() -> Iterator[Any]:
        try:
            while futures:
                futures.extend(islice(refill, 1))
                if unfold is None:
                    yield _take(futures, deadline)
                else:
                    yield from unfold(_take(futures, deadline))
        finally:
            _cancel(futures)

    # Printed like the standard library's.
    result_iterator.__qualname__ = "Executor.map.<locals>.result_iterator"
    return result_iterator()
