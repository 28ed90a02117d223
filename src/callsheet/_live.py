"""
The live part of an executor model: kept beside the data, never part of it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor, wait
from contextlib import ExitStack
from functools import partial
from threading import Event, Lock, Thread
from time import monotonic
from typing import Any

from ._closing import (
    CANCEL_WAIT,
    EXIT_WAIT,
    INTERRUPT_WAIT,
    call_with_known,
    call_within,
    closables,
    close_all,
    close_before,
    close_soon,
    kill_workers,
)
from ._failures import translate
from ._futures import Future
from ._methods import Methods, check_methods
from ._parcels import get_dumps, get_token, open_outcome, pack
from ._trampoline import run_call, run_chunk
from .adapters import SerialExecutor, is_process_pool

__all__ = ["Live", "is_direct"]

#: Executors whose calls never leave the process.
_DIRECT: tuple[type, ...] = (ThreadPoolExecutor, SerialExecutor)
#: Executors that the interpreter ends by itself, when they are dropped and when it exits, in time.
_STANDARD: tuple[type, ...] = (ThreadPoolExecutor, SerialExecutor)


def is_direct(executor: object) -> bool:
    """
    Return whether an executor's calls never leave the process.
    """
    return type(executor) in _DIRECT


class Live:
    """
    A live executor, what was built for it, and the calls that are under way.

    Args:
        executor: The executor.

        owned: What was built for its sake, in order; None if the executor is
            not ours.

        methods: The names of its methods.

        direct: Whether calls are handed to it as they are.
    """

    def __init__(
        self, executor: Any, owned: list[Any] | None, methods: Methods, direct: bool
    ) -> None:
        check_methods(type(executor), methods)
        self.executor = executor
        self._kind: type = type(executor)
        self.owned = owned or []
        self.methods = methods
        self.pending: set[Future] = set()
        self._submit = getattr(executor, methods.submit)
        self._closing = Lock()
        self._closed = False
        self._cancelled = False
        self._used = False
        self._finished = Event()
        self._pid = os.getpid()
        self.raw = self._submit if direct or is_direct(executor) else None
        self._dump, self._dump_back, self._watched = get_dumps(executor)
        standard = type(executor) in _STANDARD or is_process_pool(executor)
        self._borrowed = owned is None
        self.needs_finalizer = owned is not None and bool(owned or type(executor) not in _STANDARD)
        self._standard = standard
        if self.needs_finalizer:
            closables[id(self)] = self
            # A module of executors may have a hook that waits for every call, and set it when the
            # first of them gets its first call.
            close_before(self._kind)

    def submit(
        self, cell: object, fn: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]
    ) -> Any:
        """
        Hand in a call and return its future.
        """
        raw = self.raw
        if raw is None:
            decode = partial(open_outcome, function=fn)
            return self._send(cell, run_call, pack(self._dump, fn, args, kwargs), decode)
        if self._is_dask and "pure" not in getattr(self.executor, "_kwargs", ()):
            # A call is a call: equal ones are not to be merged.
            kwargs = {"pure": False, **kwargs}
        future = raw(fn, *args, **kwargs)
        if self.needs_finalizer and hasattr(future, "add_done_callback"):
            future.add_done_callback(partial(_hold, cell))
        return future

    def submit_chunk(self, cell: object, fn: Callable[..., Any], calls: list[Any]) -> Any:
        """
        Hand in several calls as one; its future gives a list of outcomes.
        """
        return self._send(cell, run_chunk, pack(self._dump, fn, calls), list)

    @property
    def _is_dask(self) -> bool:
        root = type(self.executor).__module__.partition(".")[0]
        return root == "distributed" and self.methods.submit == "submit"

    def _send(
        self, cell: object, run: Callable[..., Any], payload: bytes, decode: Callable[[Any], Any]
    ) -> Future:
        try:
            inner = self._submit(run, get_token(self._watched), payload, self._dump_back)
        except Exception as error:
            clear = translate(error, self.executor)
            if clear is error:
                raise
            raise clear from error
        if not self._used:
            self._used = True
            close_before((self._kind, "used"))
        future = Future(inner, decode, self.executor, partial(self._release, cell))
        self.pending.add(future)
        future.follow()
        return future

    def _release(self, cell: object, future: Future) -> None:
        self.pending.discard(future)
        self._cancelled = self._cancelled or future.cancelled()

    def close(
        self,
        wait_for_calls: bool = True,
        cancel_futures: bool = False,
        timeout: float | None = None,
    ) -> None:
        """
        Shut the executor down, then close what was built for it, in reverse.

        Only the first call does; a later one at most waits with it. In a
        process that was forked, nothing happens: the parts are the parent's.
        """
        if self._pid != os.getpid():
            return
        with self._closing:
            first, self._closed = not self._closed, True
        if first:
            self._close(wait_for_calls, cancel_futures, timeout)
        elif wait_for_calls:
            self._finished.wait(timeout)
            wait(set(self.pending), timeout)
            if self._standard:
                self.executor.shutdown(wait=True)

    def _close(self, wait_for_calls: bool, cancel_futures: bool, timeout: float | None) -> None:
        with ExitStack() as stack:
            stack.callback(self._close_owned, wait_for_calls)
            try:
                if cancel_futures:
                    self._cancel()
                if wait_for_calls and wait(set(self.pending), timeout).not_done:
                    self._give_up()
                    wait_for_calls, cancel_futures = False, True
            except BaseException:
                self._give_up()
                self._shut_down(False, True)
                raise
            self._shut_down(wait_for_calls, cancel_futures)

    def _shut_down(self, wait_for_calls: bool, cancel_futures: bool) -> None:
        method = getattr(self.executor, self.methods.shutdown)
        if cancel_futures and self._is_dask:
            # Its "wait" may wait for ever for calls that it has given up.
            wait_for_calls = False
        shut_down = partial(
            call_with_known, method, wait=wait_for_calls, cancel_futures=cancel_futures
        )
        if self._cancelled and not self._standard:
            if not call_within(CANCEL_WAIT, shut_down) and not self._borrowed:
                kill_workers(self.executor)
        else:
            shut_down()

    def _give_up(self) -> None:
        """
        Cancel every call; where that cannot be, and the pool is ours, kill its
        workers: the interpreter would wait for them.
        """
        self._cancel()
        if self.pending and not self._borrowed:
            kill_workers(self.executor)

    def _cancel(self) -> None:
        for future in list(self.pending):
            future.cancel()

    def _close_owned(self, wait_for_calls: bool) -> None:
        if self.owned and not wait_for_calls and self.pending:
            Thread(target=self._close_later, daemon=True).start()
        else:
            try:
                close_all(self.owned)
            finally:
                self._finish()

    def _close_later(self) -> None:
        try:
            wait(set(self.pending))
            close_all(self.owned)
        finally:
            self._finish()

    def _finish(self) -> None:
        closables.pop(id(self), None)
        self._finished.set()

    def abandon(self) -> None:
        """
        Close everything in the background: nobody can use it any more.
        """
        if self._pid == os.getpid() and not self._closed:
            close_soon(self.close)

    def close_at_exit(self, interrupted: bool) -> None:
        """
        Let the calls finish that are under way, and close everything.

        Of an engine outside the standard library, calls are cancelled when
        none has finished for `EXIT_WAIT` seconds. Ctrl-C cancels what has not
        begun, as it does in a block.
        """
        if self._pid != os.getpid():
            return
        if interrupted:
            call_within(EXIT_WAIT, partial(self.close, True, True, INTERRUPT_WAIT))
            return
        last = monotonic()
        n_left = len(self.pending)
        while self.pending and (self._standard or monotonic() < last + EXIT_WAIT):
            wait(set(self.pending), 0.1)
            if len(self.pending) < n_left:
                n_left, last = len(self.pending), monotonic()
        self._cancel()
        call_within(None if self._standard else EXIT_WAIT, self.close)


def _hold(cell: object, future: Any) -> None:
    """
    Do nothing: this callback keeps the live part alive until then.
    """
