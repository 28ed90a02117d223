"""
Futures of calls that went through the trampoline, and the calls under way on one executor.
"""

from __future__ import annotations

import concurrent.futures
import sys
from collections.abc import Callable
from concurrent.futures import BrokenExecutor, CancelledError
from contextlib import suppress
from threading import Lock, local
from typing import Any, Final

from .._messages import get_name
from ..exceptions import ExecutorError

_LONGEST_CHAIN: Final = 30


def translate(error: BaseException, kind: type, context: Any) -> BaseException:
    """
    Return the clear error in place of an engine's own, where there is one.

    Args:
        error: The engine's error.

        kind: The executor's class.

        context: Its context of multiprocessing, if it has one.
    """
    if isinstance(error, BrokenExecutor):
        return _explain_broken_pool(error, context)
    link: BaseException | None = error
    for _ in range(_LONGEST_CHAIN):
        if link is None:
            break
        if "No module named 'callsheet" in str(link):
            name = get_name(kind)
            msg = (
                f"Cannot run calls on the workers of {name}: callsheet is not installed there. "
                "Install it where the workers (and Dask's scheduler) run, or make the model with "
                "direct=True."
            )
            clear = ExecutorError(msg, name)
            clear.__cause__ = error
            return clear
        link = link.__cause__ or link.__context__
    return error


def _explain_broken_pool(error: BrokenExecutor, context: Any) -> BaseException:
    try:
        forked = context is None or context.get_start_method() == "fork"
    except Exception:
        forked = True
    if forked or len(error.args) != 1:
        return error
    # Of the same class, for programs catch it.
    clear = type(error)(
        f"{error.args[0]} If no worker could even start: workers that spawn run the main script "
        'once more, so what it does must stand under if __name__ == "__main__":'
    )
    clear.__cause__ = error.__cause__ or error
    return clear


_callbacks = local()


def is_in_callback() -> bool:
    """Return whether this thread is an engine's that hands over an outcome."""
    return getattr(_callbacks, "depth", 0) > 0


class Calls:
    """
    The calls that are under way on one executor.

    The futures know the executor through this alone, which does not hold it:
    they are settled in a thread of the engine's, and an executor that loses its
    last reference there can wait for that thread for ever.

    Args:
        executor: The executor.

    Attributes:
        pending: The futures that are not done.

        cancelled: Whether one of them was cancelled.
    """

    def __init__(self, executor: object) -> None:
        self.kind: type[Any] = type(executor)
        self.context: Any = getattr(executor, "_mp_context", None)
        self.pending: set[concurrent.futures.Future[Any]] = set()
        self.cancelled = False

    def release(self, future: concurrent.futures.Future[Any]) -> None:
        """Forget a future that is done."""
        self.pending.discard(future)
        self.cancelled = self.cancelled or future.cancelled()

    def cancel(self) -> None:
        """Cancel every call that has not begun."""
        for future in list(self.pending):
            future.cancel()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait for the calls, and return whether all of them are done."""
        return not concurrent.futures.wait(set(self.pending), timeout).not_done


class Future(concurrent.futures.Future[Any]):
    """
    A future of the standard library that follows an engine's.

    Args:
        inner: The engine's future.

        decode: Returns the call's result from what the engine brought back,
            or raises the call's error.

        calls: Told when the outcome is there.
    """

    def __init__(self, inner: Any, decode: Callable[[Any], Any], calls: Calls) -> None:
        super().__init__()
        self._inner: Any = inner
        self._decode: Any = decode
        self._calls = calls
        self._claim = Lock()
        calls.pending.add(self)
        if (add := getattr(inner, "add_done_callback", None)) is not None:
            add(self._take)
        else:
            name = type(inner).__qualname__
            msg = (
                f"Cannot follow a {name}: it has no add_done_callback, so nothing tells when it "
                "is done. Use an adapter class whose submit returns standard futures."
            )
            self._settle(self.set_exception, ExecutorError(msg, name))

    def cancel(self) -> bool:
        """Ask the engine to cancel the call; return whether it says that it did."""
        inner = self._inner
        if inner is None:
            return self.cancelled()
        _take_no_error(inner)
        try:
            answer = inner.cancel()
        except NotImplementedError:
            return False
        if not answer and not inner.cancelled():
            return False
        self._settle(self._end_cancelled)
        return True

    def running(self) -> bool:
        """Return whether the engine says that the call is being made."""
        inner = self._inner
        if inner is None or self.done():
            return False
        running = getattr(inner, "running", None)
        return bool(running()) if callable(running) else False

    def _take(self, inner: Any) -> None:
        """Take what the engine's future holds; never raises."""
        _callbacks.depth = getattr(_callbacks, "depth", 0) + 1
        try:
            self._take_outcome(inner)
        finally:
            _callbacks.depth -= 1

    def _take_outcome(self, inner: Any) -> None:
        outcome = None
        try:
            error = CancelledError() if inner.cancelled() else inner.exception()
            if error is None:
                outcome = inner.result()
        except BaseException as failure:
            error = failure
        if _is_cancellation(error):
            self._settle(self._end_cancelled)
        elif error is not None:
            error = translate(error, self._calls.kind, self._calls.context)
            self._settle(self.set_exception, error)
        elif (decode := self._decode) is not None:
            try:
                result = decode(outcome)
            except BaseException as failure:
                # Without this frame, in which the error would hold itself.
                self._settle(self.set_exception, failure.with_traceback(None))
            else:
                self._settle(self.set_result, result)

    def _settle(self, finish: Callable[..., object], *outcome: Any) -> None:
        if self._claim.acquire(blocking=False):
            self._inner = self._decode = None
            finish(*outcome)
            self._calls.release(self)

    def _end_cancelled(self) -> None:
        super().cancel()
        self.set_running_or_notify_cancel()


def _take_no_error(inner: Any) -> None:
    """
    Let a future that is about to be cancelled ignore the error of a pool that
    breaks.

    Before Python 3.12 and loky 3.5, the thread that ends a broken pool dies of
    setting an error on a cancelled future (python/cpython#107219): the other
    calls and the shutdown would wait for ever.
    """
    set_exception = getattr(inner, "set_exception", None)
    if not callable(set_exception):
        return

    def set_unless_cancelled(error: BaseException | None) -> None:
        with suppress(concurrent.futures.InvalidStateError):
            set_exception(error)

    with suppress(AttributeError):  # slots
        inner.set_exception = set_unless_cancelled


def _is_cancellation(error: BaseException | None) -> bool:
    # asyncio has an error of its own; where it is not imported, nobody raises it.
    asyncio = sys.modules.get("asyncio.exceptions")
    return isinstance(error, CancelledError) or (
        asyncio is not None and isinstance(error, asyncio.CancelledError)
    )
