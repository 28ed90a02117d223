"""
The future of a call that went through the trampoline.
"""

from __future__ import annotations

import concurrent.futures
import sys
from collections.abc import Callable
from contextlib import suppress
from threading import Lock
from typing import Any

from ._failures import translate
from .exceptions import ExecutorError

__all__ = ["Future"]


class Future(concurrent.futures.Future[Any]):
    """
    A future of the standard library that follows an engine's.

    Args:
        inner: The engine's future.

        decode: Returns the call's result from what the engine brought back,
            or raises the call's error.

        release: Called once, when the outcome is there; it keeps alive what
            must live until then.
    """

    def __init__(
        self,
        inner: Any,
        decode: Callable[[Any], Any],
        executor: object,
        release: Callable[[Future], None],
    ) -> None:
        super().__init__()
        self._inner: Any = inner
        self._decode: Any = decode
        self._executor: Any = executor
        self._release: Any = release
        self._claim = Lock()

    def follow(self) -> None:
        """
        Take over the engine's outcome as soon as there is one.
        """
        inner = self._inner
        add = getattr(inner, "add_done_callback", None)
        if add is None:
            name = type(inner).__qualname__
            msg = (
                f"Cannot follow a {name}: it has no add_done_callback, so nothing tells when it "
                "is done. Use an adapter class whose submit returns standard futures."
            )
            self._settle(ExecutorError(msg, name), None)
            return
        add(self._take)

    def cancel(self) -> bool:
        """
        Ask the engine to cancel the call; return whether it says that it did.
        """
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
        self._settle_cancelled()
        return True

    def running(self) -> bool:
        """
        Return whether the engine says that the call is being made.
        """
        inner = self._inner
        if inner is None or self.done():
            return False
        running = getattr(inner, "running", None)
        return bool(running()) if callable(running) else False

    def _take(self, inner: Any) -> None:
        """
        Take what the engine's future holds; never raises.
        """
        outcome = None
        try:
            if inner.cancelled():
                return self._settle_cancelled()
            error = inner.exception()
            if error is None:
                outcome = inner.result()
        except BaseException as failure:
            error = failure
        if _is_cancellation(error):
            return self._settle_cancelled()
        if error is not None:
            return self._settle(translate(error, self._executor), None)
        decode = self._decode
        if decode is None:
            return None
        try:
            result = decode(outcome)
        except BaseException as failure:
            # Without this frame, in which the error would hold itself.
            return self._settle(failure.with_traceback(None), None)
        return self._settle(None, result)

    def _settle(self, error: BaseException | None, result: Any) -> None:
        if not self._claim.acquire(blocking=False):
            return
        release = self._forget()
        if error is not None:
            self.set_exception(error)
        else:
            self.set_result(result)
        release(self)

    def _settle_cancelled(self) -> None:
        if not self._claim.acquire(blocking=False):
            return
        release = self._forget()
        super().cancel()
        self.set_running_or_notify_cancel()
        release(self)

    def _forget(self) -> Callable[[Future], None]:
        release: Callable[[Future], None] = self._release
        self._inner = self._decode = self._executor = self._release = None
        return release


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
    return isinstance(error, concurrent.futures.CancelledError) or (
        asyncio is not None and isinstance(error, asyncio.CancelledError)
    )
