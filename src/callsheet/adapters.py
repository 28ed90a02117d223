"""
Executors around what is none: the calling thread, and pools of multiprocessing.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from concurrent.futures import CancelledError, Executor, Future
from concurrent.futures import wait as wait_for_all
from contextlib import suppress
from functools import partial
from threading import Lock, Thread
from time import sleep
from typing import Any, ParamSpec, TypeVar
from weakref import ref

__all__ = ["PoolExecutor", "SerialExecutor"]

P = ParamSpec("P")
R = TypeVar("R")

_AFTER_SHUTDOWN = "cannot schedule new futures after shutdown"
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
            RuntimeError: The executor has been shut down.
        """
        if self._closed:
            raise RuntimeError(_AFTER_SHUTDOWN)
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

    .. versionadded:: 0.1.0
    """

    def __init__(self, pool: Any) -> None:
        self.pool = pool
        self._lock = Lock()
        self._open: set[Future[Any]] = set()
        self._closed = False
        self._broken = False
        self._watch: Thread | None = None
        # Watched from here on: a worker can be dead and replaced before the watch looks first.
        self._workers = self._get_workers()

    def submit(self, fn: Callable[P, R], /, *args: P.args, **kwargs: P.kwargs) -> Future[R]:
        """
        Hand the call to the pool, which cannot take it back: the future counts
        as running from the start.

        Raises:
            RuntimeError: The executor has been shut down, or a worker died.
        """
        future: Future[R] = Future()
        future.set_running_or_notify_cancel()
        with self._lock:
            if self._broken:
                raise _get_broken("a worker of the pool died; the pool is not usable anymore")
            if self._closed:
                raise RuntimeError(_AFTER_SHUTDOWN)
            self._open.add(future)
            try:
                self.pool.apply_async(
                    fn,
                    args,
                    kwargs,
                    partial(self._finish, future, None),
                    partial(self._finish_badly, future),
                )
            except ValueError as error:  # somebody closed the pool itself
                self._open.discard(future)
                raise RuntimeError(_AFTER_SHUTDOWN) from error
            if self._watch is None:
                self._watch = Thread(target=_watch_workers, args=(ref(self),), daemon=True)
                self._watch.start()
        return future

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """
        Close the pool.

        Args:
            wait: Return when the calls are done and the workers are gone.

            cancel_futures: Kill the workers at once; every open future is then
                cancelled, the calls that have begun too.
        """
        self._closed = True
        if cancel_futures:
            self._end(CancelledError("the pool was terminated"))
        elif not self._broken:
            self.pool.close()
        if wait and not self._broken:
            wait_for_all(set(self._open))
            joined = Thread(target=self.pool.join, daemon=True)
            joined.start()
            joined.join(_JOIN_LIMIT)
            if joined.is_alive():
                self._end(CancelledError("the pool did not end by itself"))

    def _finish(self, future: Future[Any], error: BaseException | None, result: Any) -> None:
        with self._lock:
            if future not in self._open:
                return
            self._open.discard(future)
        if error is not None:
            future.set_exception(error)
        else:
            future.set_result(result)

    def _finish_badly(self, future: Future[Any], error: BaseException) -> None:
        self._finish(future, error, None)

    def _end(self, error: BaseException) -> None:
        """
        Fail all open futures, and kill the workers.
        """
        for future in list(self._open):
            self._finish(future, error, None)
        ending = Thread(target=_terminate, args=(self.pool,), daemon=True)
        ending.start()
        # Until then it may still replace workers.
        getattr(self.pool, "_worker_handler", ending).join(1)
        for worker in self._get_workers():
            if worker.is_alive():
                worker.kill()
        ending.join(0.1)
        if ending.is_alive():
            # It waits for the lock of a queue that a killed worker holds for ever.
            for queue, lock in (("_inqueue", "_rlock"), ("_outqueue", "_wlock")):
                with suppress(Exception):
                    getattr(getattr(self.pool, queue), lock).release()
            ending.join(1)

    def _get_workers(self) -> list[Any]:
        return [w for w in list(getattr(self.pool, "_pool", ())) if hasattr(w, "sentinel")]

    def _check(self, ready: Collection[Any]) -> bool:
        """
        End the pool if a worker died with calls open; return whether to go on.
        """
        workers = self._get_workers()
        ended = [w for w in self._workers if w not in workers or w.sentinel in ready]
        self._workers = workers
        reader = getattr(self.pool, "_result_handler", None)
        lost = any(map(self._has_died, ended)) or (reader is not None and not reader.is_alive())
        if self._open and lost:
            self._broken = self._closed = True
            self._end(_get_broken("a worker of the pool died abruptly with calls open"))
        return not self._broken and not (self._closed and not self._open)

    def _has_died(self, worker: Any) -> bool:
        # The pool's own thread reaps the worker too, and one of the two learns its exit code.
        for _ in range(100):
            if worker.exitcode is not None:
                break
            sleep(0.01)
        # With maxtasksperchild, workers end all the time, with code 0.
        return bool(worker.exitcode) or getattr(self.pool, "_maxtasksperchild", None) is None


def _terminate(pool: Any) -> None:
    with suppress(Exception):  # half a message of a worker that was killed while it read
        pool.terminate()


def _watch_workers(find: Callable[[], PoolExecutor | None]) -> None:
    """
    Watch a pool's workers until it is closed or dropped.
    """
    from multiprocessing import connection  # loaded by the pool

    while (executor := find()) is not None:
        sentinels = [worker.sentinel for worker in executor._workers]
        interval = _WATCH_INTERVAL if executor._open else 10 * _WATCH_INTERVAL
        del executor
        if not sentinels:  # a pool of threads
            return
        try:
            ready = connection.wait(sentinels, interval)
        except (OSError, ValueError):  # a worker that the pool has just reaped
            ready = []
        executor = find()
        if executor is None or not executor._check(ready):
            return
        del executor


def _get_broken(message: str) -> Exception:
    from concurrent.futures.process import BrokenProcessPool  # takes long to import

    return BrokenProcessPool(message)


def is_process_pool(executor: object) -> bool:
    """
    Whether *executor* is the standard library's process pool, without
    importing it.
    """
    module = sys.modules.get("concurrent.futures.process")
    return module is not None and isinstance(executor, module.ProcessPoolExecutor)
