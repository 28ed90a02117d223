"""
Executors around the calling thread and around pools of multiprocessing.
"""

from __future__ import annotations

import atexit
import os
import sys
import threading
from collections import deque
from collections.abc import Callable, Collection
from concurrent.futures import Executor, Future
from contextlib import suppress
from functools import partial
from threading import Condition, Lock, Thread, get_ident
from time import sleep
from typing import Any, ParamSpec, TypeVar
from weakref import WeakSet, ref

from ._loading import importing

__all__ = ["PoolExecutor", "SerialExecutor"]

P = ParamSpec("P")
R = TypeVar("R")

_AFTER_SHUTDOWN = "cannot schedule new futures after shutdown"
_AFTER_EXIT = "cannot schedule new futures after interpreter shutdown"
#: Calls that are handed to a pool beyond those that its workers make, as in ProcessPoolExecutor.
_N_AHEAD = 1
_WATCH_INTERVAL = 0.05
_JOIN_LIMIT = 5.0


class SerialExecutor(Executor):
    """
    Makes each call at once, in the thread that submits it: for tests and for
    debugging.

    The future is finished when `submit` returns it. A ``KeyboardInterrupt`` is
    raised by `submit` as well, since it is the program that is interrupted.

    .. versionadded:: 0.1.0
    """

    def __init__(self) -> None:
        self._closed = False

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """
        Call *fn* and return the finished future.

        Raises:
            RuntimeError: The executor has been shut down, or the interpreter.
        """
        _check_open(self._closed)
        future: Future[R] = Future()
        future.set_running_or_notify_cancel()
        _run(future, fn, args, kwargs)
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """
        Refuse further calls; there is nothing to wait for and nothing to free.
        """
        self._closed = True


def _run(future: Any, fn: Callable[..., Any], args: Any, kwargs: Any) -> None:
    try:
        # An empty dict is more than none: some types of C test for it.
        result = fn(*args, **kwargs) if kwargs else fn(*args)
    except BaseException as error:
        future.set_exception(error)
        # The error's traceback holds this frame.
        future = None
        if isinstance(error, KeyboardInterrupt):
            raise
    else:
        future.set_result(result)


class PoolExecutor(Executor):
    """
    Makes each call in a worker of a `multiprocessing.pool.Pool`.

    The pool belongs to the executor: `shutdown` closes and joins it. A worker
    that dies takes the pool with it, as in `ProcessPoolExecutor`: every open
    future raises `BrokenProcessPool`, where the pool itself would wait for ever.
    Calls that are open at the end of the program are finished.

    .. versionadded:: 0.1.0
    """

    def __init__(self, pool: Any) -> None:
        # Takes long to import, and cannot be imported when the interpreter ends.
        with importing:
            from concurrent.futures.process import BrokenProcessPool

        self._error = BrokenProcessPool
        self.pool = pool
        self._lock = Lock()
        self._changed = Condition(self._lock)
        #: What the pool has, and what waits for its turn: the pool takes no call back.
        self._open: set[Future[Any]] = set()
        self._waiting: deque[tuple[Future[Any], Any, Any, Any]] = deque()
        #: The threads that give results to futures, and so run callbacks, or end the pool.
        self._settling: set[int] = set()
        self._closed = False
        self._broken = False
        self._watch: Thread | None = None
        # Watched from here on: a worker can be dead and replaced before the watch looks first.
        self._workers = self._get_workers()
        self._pid = os.getpid()
        _executors.add(self)

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """
        Hand the call to the pool as soon as a worker is about to be free; until
        then it can be cancelled.

        Raises:
            RuntimeError: The executor has been shut down, or the interpreter, or
                a worker died.
        """
        future: Future[R] = Future()
        with self._lock:
            if self._broken:
                raise self._error("a worker of the pool died; the pool is not usable anymore")
            _check_open(self._closed)
            self._waiting.append((future, fn, args, kwargs))
            if self._feed():
                raise RuntimeError(_AFTER_SHUTDOWN)
            if self._watch is None and self._workers:  # which a pool of threads has not
                self._watch = Thread(target=_watch_workers, args=(ref(self),), daemon=True)
                self._watch.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """
        Close the pool when it has made its calls.

        Args:
            wait: Return when the calls are done and the workers are gone.

            cancel_futures: Cancel the calls that have not begun, but for one
                or so that the pool has taken in advance.
        """
        with self._lock:
            self._closed = True
            cancelled = list(self._waiting) if cancel_futures else []
            if cancelled:
                self._waiting.clear()
            self._feed()
        for future, *_ in cancelled:
            future.cancel()
            future.set_running_or_notify_cancel()
        if wait and self._wait() and not self._broken:
            joined = Thread(target=self.pool.join, daemon=True)
            joined.start()
            joined.join(_JOIN_LIMIT)
            if joined.is_alive():
                self._end(self._error("the pool did not end by itself"))

    @property
    def _processes(self) -> dict[int, Any]:
        return {worker.pid: worker for worker in self._get_workers()}

    def _feed(self) -> list[Future[Any]]:
        """
        Hand calls to the pool, and close it after the last one; return those
        that it refuses. The caller holds the lock.
        """
        refused: list[Future[Any]] = []
        limit = getattr(self.pool, "_processes", sys.maxsize - _N_AHEAD) + _N_AHEAD
        while self._waiting and len(self._open) < limit:
            future, fn, args, kwargs = self._waiting.popleft()
            if future.set_running_or_notify_cancel():
                finish = partial(self._finish, future)
                done, failed = partial(finish, None), partial(finish, result=None)
                try:
                    self.pool.apply_async(fn, args, kwargs, done, failed)
                    self._open.add(future)
                except ValueError:  # somebody closed the pool itself
                    refused.append(future)
        if self._closed and not self._waiting and not self._broken:
            self.pool.close()
        return refused

    def _wait(self) -> bool:
        """
        Wait until all calls are done, their callbacks too; return whether this
        is none of the callbacks, which cannot wait.
        """
        with self._changed:
            if get_ident() in self._settling:
                return False
            self._feed()  # an interrupt can have kept `submit` from it
            self._changed.wait_for(lambda: not (self._open or self._waiting or self._settling))
        return True

    def _finish(self, future: Future[Any], error: BaseException | None, result: Any) -> None:
        with self._lock:
            if future not in self._open:
                return
            self._open.discard(future)
            refused = self._feed()
            self._settling.add(get_ident())
        if error is None:
            future.set_result(result)
        else:
            future.set_exception(error)
        for future in refused:
            future.set_exception(RuntimeError(_AFTER_SHUTDOWN))
        self._settle()

    def _settle(self) -> None:
        with self._changed:
            self._settling.discard(get_ident())
            self._changed.notify_all()

    def _end(self, error: BaseException) -> None:
        """Fail all open futures, and kill the workers."""
        with self._lock:
            self._broken = self._closed = True
            futures = [*self._open]
            futures += [f for f, *_ in self._waiting if f.set_running_or_notify_cancel()]
            self._open.clear()
            self._waiting.clear()
            self._settling.add(get_ident())
        for future in futures:
            future.set_exception(error)
        ending = Thread(target=_terminate, args=(self.pool,), daemon=True)
        with suppress(RuntimeError):  # at its end, the interpreter starts no thread
            ending.start()
        # Until then it may still replace workers.
        getattr(self.pool, "_worker_handler", ending).join(1)
        for worker in self._get_workers():
            if worker.is_alive():
                worker.kill()
        if ending.ident is None:
            with suppress(Exception):  # the interpreter would do it, and wait for a lock as below
                self.pool._terminate.cancel()
        else:
            ending.join(0.1)
        if ending.is_alive():
            # It waits for the lock of a queue that a killed worker holds for ever.
            for queue, lock in (("_inqueue", "_rlock"), ("_outqueue", "_wlock")):
                with suppress(Exception):
                    getattr(getattr(self.pool, queue), lock).release()
            ending.join(1)
        # Not before: at its end, the program would wait for that lock, too.
        self._settle()

    def _get_workers(self) -> list[Any]:
        return [w for w in list(getattr(self.pool, "_pool", ())) if hasattr(w, "sentinel")]

    def _check(self, ready: Collection[Any]) -> bool:
        """End the pool if a worker died with calls open; return whether to go on."""
        workers = self._get_workers()
        ended = [w for w in self._workers if w not in workers or w.sentinel in ready]
        self._workers = workers
        # The thread that starts workers ends if it cannot start one.
        names = ["_result_handler", "_worker_handler"]
        if getattr(self.pool, "_state", None) == "RUN":
            # An argument that raises SystemExit as it is pickled ends the thread that sends.
            names.append("_task_handler")
        threads = [getattr(self.pool, name, None) for name in names]
        died = [worker for worker in ended if self._has_died(worker)]
        # One that was killed may have held the lock of a queue for ever.
        killed = any((worker.exitcode or 0) < 0 for worker in died)
        lost = died or any(t and not t.is_alive() for t in threads)
        if killed or (self._open and lost):
            self._end(self._error("a worker of the pool died abruptly"))
        return not self._broken and not (self._closed and not self._open)

    def _has_died(self, worker: Any) -> bool:
        # The pool's own thread reaps the worker too, and one of the two learns its exit code.
        for _ in range(100):
            if worker.exitcode is not None:
                break
            sleep(0.01)
        # With maxtasksperchild, workers end all the time, with code 0.
        return bool(worker.exitcode) or getattr(self.pool, "_maxtasksperchild", None) is None


_executors: WeakSet[PoolExecutor] = WeakSet()
_ended = False


def _check_open(closed: bool) -> None:
    if _ended:
        raise RuntimeError(_AFTER_EXIT)
    if closed:
        raise RuntimeError(_AFTER_SHUTDOWN)


def _finish_all() -> None:
    """Wait for the calls of all pools, which are about to be terminated."""
    global _ended
    _ended = True
    for executor in list(_executors):
        if executor._pid == os.getpid():
            executor._wait()


with suppress(RuntimeError):  # the end has begun
    # The hook of concurrent.futures: pools are terminated by functions of atexit.
    getattr(threading, "_register_atexit", atexit.register)(_finish_all)


def _terminate(pool: Any) -> None:
    with suppress(Exception):  # half a message of a worker that was killed while it read
        pool.terminate()


def _watch_workers(find: Callable[[], PoolExecutor | None]) -> None:
    """Watch a pool's workers until it is closed or dropped."""
    from multiprocessing import connection  # loaded by the pool

    while (executor := find()) is not None:
        sentinels = [worker.sentinel for worker in executor._workers]
        interval = _WATCH_INTERVAL if executor._open else 10 * _WATCH_INTERVAL
        del executor
        try:
            ready = connection.wait(sentinels, interval)
        except (OSError, ValueError):  # a worker that the pool has just reaped
            ready = []
        executor = find()
        if executor is None or not executor._check(ready):
            return
        del executor


def is_process_pool(executor: object) -> bool:
    """Return whether *executor* is the standard library's process pool, without importing it."""
    module = sys.modules.get("concurrent.futures.process")
    return module is not None and isinstance(executor, module.ProcessPoolExecutor)
