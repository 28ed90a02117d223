"""
The live part of an executor model: kept beside the data, never part of it.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future as StandardFuture
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from functools import partial
from threading import Event, Lock, RLock, Thread, current_thread
from time import monotonic
from typing import Any, cast
from weakref import WeakSet

from ..adapters import PoolExecutor, SerialExecutor, is_process_pool
from ..exceptions import ExecutorError, ShutdownError
from .closing import (
    CANCEL_WAIT,
    EXIT_WAIT,
    INTERRUPT_WAIT,
    abandon_soon,
    call_with_known,
    call_within,
    closables,
    close_all,
    close_before,
    keep,
    kill_workers,
)
from .futures import Calls, Future, is_in_callback, translate
from .methods import Methods, check_methods
from .parcels import get_dumps, get_token, open_outcome, pack
from .trampoline import run_call, run_chunk


class Cell:
    """Where a model keeps its live part."""

    __slots__ = ("__weakref__", "closed", "is_building", "live", "lock", "raw")

    def __init__(self, live: Live | None = None) -> None:
        self.lock = RLock()
        self.live: Live | None = None
        self.closed = False
        self.is_building = False
        #: The engine's own submit, where calls take the direct road.
        self.raw: Callable[..., Any] | None = None
        if live is not None:
            self._take(live)
        _cells.add(self)

    def open(self, build: Callable[[], Live]) -> Live:
        """Return the live part, built now if it is not there, unless it has been shut down."""
        with self.lock:
            if self.closed:
                raise ShutdownError("cannot schedule new futures after shutdown")
            if self.is_building:
                msg = (
                    "Cannot use an executor model while its executor is being built: what builds "
                    "it uses the model itself. Build it of other parts."
                )
                raise ExecutorError(msg, "executor")
            if self.live is None:
                self.is_building = True
                try:
                    self._take(build())
                finally:
                    self.is_building = False
            assert self.live is not None
            return self.live

    def close(self, wait: bool, cancel_futures: bool, timeout: float | None) -> None:
        """Shut the live part down, if there is one."""
        with self.lock:
            self.closed = True
            self.raw = None
            live = self.live
        if live is not None:
            live.close(wait, cancel_futures, timeout)

    def renew(self) -> None:
        """
        Leave a live part that was built to the parent, in a forked child, and
        the lock, which a thread of the parent's may hold.
        """
        self.lock = RLock()
        self.is_building = False
        if self.live is not None and self.live.is_ours:
            keep(self.live)
            self.live = self.raw = None

    def __del__(self) -> None:
        if self.live is None or self.live.is_at_rest:
            return
        box: list[Live] = [self.live]
        self.live = None
        if box[0].is_foreign:
            keep(box)
        else:
            abandon_soon(box)

    def _take(self, live: Live) -> None:
        self.live = live
        if type(live.executor) in _DIRECT:
            self.raw = live.raw


_cells: WeakSet[Cell] = WeakSet()


def _renew_in_child() -> None:
    for cell in list(_cells):
        cell.renew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_in_child)


#: Executors whose calls never leave the process, and which the interpreter ends by itself, when
#: they are dropped and when it exits, in time.
_DIRECT: tuple[type, ...] = (ThreadPoolExecutor, SerialExecutor)


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
        self.owned = owned or []
        self.is_ours = owned is not None
        self.methods = methods
        self.calls = Calls(executor)
        self._submit = getattr(executor, methods.submit)
        self._closing = Lock()
        self._closed = False
        self._finished = Event()
        self._pid = os.getpid()
        kind = self.calls.kind
        self.raw = self._submit if direct or kind in _DIRECT else None
        self._dump, self._dump_back, self._watched = get_dumps(executor)
        self._standard = kind in (*_DIRECT, PoolExecutor) or is_process_pool(executor)
        root = kind.__module__.partition(".")[0]
        self._is_dask = root == "distributed" and methods.submit == "submit"
        self._workers: Any = getattr(executor, "_processes", None)
        #: Whether more is to be done for it than to forget it.
        self.needs_care = bool(self.owned) or kind not in _DIRECT
        if self.is_ours and self.needs_care:
            closables[id(self)] = self
            # A module of executors may have a hook that waits for every call, and set it when the
            # first of them gets its first call.
            close_before(self.calls.kind)

    @property
    def is_at_rest(self) -> bool:
        """Return whether it can be dropped in any thread."""
        return self._finished.is_set() or not self.needs_care

    @property
    def is_foreign(self) -> bool:
        """Return whether it belongs to the process that this one was forked from."""
        return self._pid != os.getpid()

    def submit(self, fn: Callable[..., Any], args: Sequence[Any], kwargs: Mapping[str, Any]) -> Any:
        """Hand in a call and return its future."""
        raw = self.raw
        if raw is None:
            decode = partial(open_outcome, function=fn)
            return self._send(run_call, pack(self._dump, fn, args, kwargs), decode)
        if self._is_dask and "pure" not in getattr(self.executor, "_kwargs", ()):
            # A call is a call: equal ones are not to be merged.
            kwargs = {"pure": False, **kwargs}
        future = raw(fn, *args, **kwargs)
        if self.needs_care and isinstance(future, StandardFuture):
            known: StandardFuture[Any] = future  # pyright: ignore[reportUnknownVariableType]
            self.calls.pending.add(known)
            known.add_done_callback(self.calls.release)
        return cast(Any, future)

    def submit_chunk(self, fn: Callable[..., Any], calls: list[Any]) -> Any:
        """Hand in several calls as one; its future gives a list of outcomes."""
        return self._send(run_chunk, pack(self._dump, fn, calls), list)

    def _send(
        self, run: Callable[..., Any], payload: bytes, decode: Callable[[Any], Any]
    ) -> Future:
        try:
            inner = self._submit(run, get_token(self._watched), payload, self._dump_back)
        except Exception as error:
            clear = translate(error, self.calls.kind, self.calls.context)
            if clear is error:
                raise
            raise clear from error
        close_before((self.calls.kind, "used"))
        return Future(inner, decode, self.calls)

    def close(self, wait: bool = True, cancel: bool = False, timeout: float | None = None) -> None:
        """
        Shut the executor down, then close what was built for it, in reverse.

        Only the first call does; a later one at most waits with it, or gives
        up. In a process that was forked, nothing happens: the parts are the parent's.
        A thread of the engine's, which calls this in a callback, does not wait:
        others go on only when it does.
        """
        if self.is_foreign:
            return
        manager = getattr(self.executor, "_executor_manager_thread", None)
        if is_in_callback() or manager is current_thread():
            closing = Thread(target=self.close, args=(wait, cancel, timeout), daemon=True)
            with suppress(RuntimeError):  # at the end of the program, which closes it
                closing.start()
            return
        with self._closing:
            first, self._closed = not self._closed, True
        if first:
            self._close(wait, cancel, timeout, manager)
        elif wait:
            if cancel:
                self.calls.cancel()
            if not self.calls.wait(timeout):
                self._give_up()
            self._finished.wait(timeout)
            if self._standard and timeout is None:
                self.executor.shutdown(wait=True)

    def _close(self, wait: bool, cancel: bool, timeout: float | None, manager: Any) -> None:
        late = True
        try:
            try:
                if cancel:
                    self.calls.cancel()
                late = wait and not self._wait(cancel, timeout)
            finally:
                try:
                    if late:
                        self._give_up()
                        wait, cancel = False, True
                finally:
                    self._shut_down(wait, cancel)
        finally:
            alive = manager is not None and manager.is_alive()
            if alive or (self.owned and not wait and self.calls.pending):
                self._finish_later(manager)
            else:
                self._finish()

    def _wait(self, cancel: bool, timeout: float | None) -> bool:
        if self.raw is None:
            return self.calls.wait(timeout)
        # Calls that went to the executor by themselves are known to its shutdown alone.
        return timeout is None or call_within(timeout, partial(self._shut_down, True, cancel))

    def _shut_down(self, wait: bool, cancel: bool) -> None:
        method = getattr(self.executor, self.methods.shutdown)
        # Dask's "wait" may wait for ever for calls that it has given up.
        wait = wait and not (cancel and self._is_dask)
        shut_down = partial(call_with_known, method, wait=wait, cancel_futures=cancel)
        if self._standard or not self.calls.cancelled:
            shut_down()
        elif not call_within(CANCEL_WAIT, shut_down) and self.is_ours:
            self._kill_workers()

    def _give_up(self) -> None:
        """
        Cancel every call; where that cannot be, and the pool is ours, kill its
        workers: the interpreter would wait for them.
        """
        self.calls.cancel()
        if self.calls.pending and self.is_ours and self._kill_workers():
            self.calls.wait(CANCEL_WAIT)

    def _kill_workers(self) -> bool:
        # A shutdown takes them away from the standard pool; others replace them.
        return kill_workers(getattr(self.executor, "_processes", None) or self._workers)

    def _finish(self, forget: bool = True) -> None:
        try:
            close_all(self.owned)
        finally:
            if forget:
                closables.pop(id(self), None)
            self._finished.set()

    def _finish_later(self, manager: Any) -> None:
        """
        Finish when the calls and the engine's own thread have ended: until then
        it stays among the `closables`, so that this thread does not drop it.
        """

        def finish() -> None:
            self.calls.wait()
            if manager is not None:
                manager.join()
            self._finish()

        try:
            Thread(target=finish, daemon=True).start()
        except RuntimeError:  # no new thread at the end of the program, where it is kept
            self._finish(forget=False)

    def abandon(self) -> None:
        """
        Close what is ours, when nobody can use it any more; of what was given,
        wait for the calls.
        """
        if self.is_ours:
            self.close()
        else:
            self.calls.wait()

    def close_at_exit(self, interrupted: bool) -> None:
        """
        Let the calls finish that are under way, and close everything.

        Of an engine outside the standard library, calls are cancelled when
        none has finished for `EXIT_WAIT` seconds. Ctrl-C cancels what has not
        begun, as it does in a block.
        """
        if self.is_foreign:
            return
        if interrupted:
            call_within(EXIT_WAIT, partial(self.close, True, True, INTERRUPT_WAIT))
            return
        n_left, last = len(self.calls.pending), monotonic()
        while n_left and (self._standard or monotonic() < last + EXIT_WAIT):
            self.calls.wait(0.1)
            if len(self.calls.pending) < n_left:
                n_left, last = len(self.calls.pending), monotonic()
        self.calls.cancel()
        call_within(None if self._standard else EXIT_WAIT, self.close)
