"""
The executors that callsheet adds, on their own.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.pool
import os
import signal
import threading
import time
from concurrent.futures import BrokenExecutor, CancelledError, Executor, wait

import pytest

from callsheet import PoolExecutor, SerialExecutor
from callsheet.exceptions import CallsheetError
from engines import tasks

LIMIT = 60


def test_serial():
    """
    Calls are made at once, by the caller, one after the other.
    """
    with SerialExecutor() as executor:
        assert isinstance(executor, Executor)
        future = executor.submit(threading.get_ident)

        assert future.done()
        assert not future.running()
        assert not future.cancel()
        assert threading.get_ident() == future.result(0)
        assert [5, 6] == list(executor.map(tasks.add, range(2)))
        assert (("fn",), {"fn": 1}) == executor.submit(tasks.take, "fn", fn=1).result()

    with pytest.raises(RuntimeError, match=r"^cannot schedule new futures after shutdown$"):
        executor.submit(tasks.add, 1)
    executor.shutdown(wait=False, cancel_futures=True)


@pytest.mark.parametrize("task", [tasks.raise_known, tasks.leave])
def test_serial_errors(task):
    """
    Errors stay in the future, `SystemExit` too.
    """
    future = SerialExecutor().submit(task)

    with pytest.raises((tasks.KnownError, SystemExit)):
        future.result()


def test_serial_interrupt():
    """
    Ctrl-C interrupts the program that makes the call.
    """
    with pytest.raises(KeyboardInterrupt):
        SerialExecutor().submit(tasks.interrupt)


@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_pool(method):
    """
    Calls are made in the pool's processes; the pool ends with the executor.
    """
    pool = multiprocessing.get_context(method).Pool(2)
    with PoolExecutor(pool) as executor:
        assert isinstance(executor, Executor)
        future = executor.submit(tasks.take, "fn", fn=1)

        assert not future.cancel()
        assert (("fn",), {"fn": 1}) == future.result(LIMIT)
        assert os.getpid() != executor.submit(os.getpid).result(LIMIT)
        assert [5, 6, 7] == list(executor.map(tasks.add, range(3)))
        with pytest.raises(tasks.KnownError):
            executor.submit(tasks.raise_known).result(LIMIT)

    with pytest.raises(RuntimeError, match=r"^cannot schedule new futures after shutdown$"):
        executor.submit(tasks.add, 1)
    executor.shutdown()
    assert all(worker.exitcode is not None for worker in pool._pool)


def test_pool_of_threads():
    """
    A pool of threads is a pool, too.
    """
    with PoolExecutor(multiprocessing.pool.ThreadPool(2)) as executor:
        assert [5, 6] == list(executor.map(tasks.add, range(2)))


def test_pool_closed_by_somebody_else():
    """
    A pool that was closed behind our back takes no calls.
    """
    pool = multiprocessing.Pool(1)
    executor = PoolExecutor(pool)
    pool.close()

    with pytest.raises(RuntimeError, match="after shutdown"):
        executor.submit(tasks.add, 1)
    executor.shutdown()


def test_pool_cancel_futures():
    """
    Cancelling kills the workers, and no future is left open.
    """
    executor = PoolExecutor(multiprocessing.Pool(1))
    futures = [executor.submit(tasks.sleep, 200) for _ in range(3)]
    begin = time.monotonic()
    executor.shutdown(cancel_futures=True)

    assert time.monotonic() - begin < LIMIT
    for future in futures:
        with pytest.raises(CancelledError):
            future.result(0)


@pytest.mark.parametrize("end", [os._exit, tasks.leave])
def test_pool_worker_dies(end, tmp_path):
    """
    A worker that dies is an error; neither a result nor the shutdown hangs.
    """
    gate = tmp_path / "never"
    executor = PoolExecutor(multiprocessing.Pool(2))
    # The end comes last: once a worker is gone, nothing more can be submitted.
    futures = [executor.submit(tasks.wait_for, str(gate))]
    futures.append(executor.submit(end, 1) if end is os._exit else executor.submit(end))

    assert not wait(futures, LIMIT).not_done
    for future in futures:
        with pytest.raises(BrokenExecutor, match="died abruptly"):
            future.result()
    with pytest.raises(BrokenExecutor):
        executor.submit(tasks.add, 1)
    begin = time.monotonic()
    executor.shutdown()
    assert time.monotonic() - begin < LIMIT


def test_pool_idle_worker_dies():
    """
    A worker that dies with nothing to do is replaced, as the pool does.
    """
    # Whoever started the tests may have told them to ignore it.
    polite = (signal.SIGINT, signal.default_int_handler)
    pool = multiprocessing.Pool(1, signal.signal, polite)
    with PoolExecutor(pool) as executor:
        first = executor.submit(os.getpid).result(LIMIT)
        # A worker that waits for work holds the queue's lock: ended politely, it lets go of it.
        os.kill(first, signal.SIGINT)
        end = time.monotonic() + LIMIT
        while first in [worker.pid for worker in executor._workers] and time.monotonic() < end:
            time.sleep(0.05)

        assert first != executor.submit(os.getpid).result(LIMIT)


def test_pool_that_renews_its_workers():
    """
    Workers that end after their number of tasks are no reason to worry.
    """
    with PoolExecutor(multiprocessing.Pool(2, maxtasksperchild=1)) as executor:
        assert list(range(5, 15)) == list(executor.map(tasks.add, range(10)))


def test_errors_are_not_ours():
    """
    The adapters speak as the standard library does.
    """
    executor = SerialExecutor()
    executor.shutdown()

    with pytest.raises(RuntimeError) as info:
        executor.submit(tasks.add, 1)
    assert not isinstance(info.value, CallsheetError)
