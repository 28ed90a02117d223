"""
The executors that callsheet adds, on their own.
"""

from __future__ import annotations

import multiprocessing
import multiprocessing.pool
import os
import signal
import subprocess
import sys
import threading
import time
from concurrent.futures import BrokenExecutor, Executor, wait

import pytest

from callsheet import NormalExecutor, PoolExecutor, SerialExecutor
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


def start(executor, tmp_path, n_waiting):
    """
    Submit a call that begins and waits for a gate, and more after it.
    """
    gate, mark = tmp_path / "gate", tmp_path / "mark"
    begun = executor.submit(tasks.note_and_wait, str(mark), str(gate))
    assert tasks.wait_until(mark.exists, LIMIT)
    return gate, begun, [executor.submit(tasks.add, n) for n in range(n_waiting)]


@pytest.mark.parametrize("model", [False, True])
def test_pool_cancel_futures(model, tmp_path):
    """
    What has begun, or is in the pool, is finished; the rest is cancelled.
    """
    executor = PoolExecutor(multiprocessing.Pool(1))
    executor = NormalExecutor(executor=executor) if model else executor
    gate, begun, futures = start(executor, tmp_path, 5)
    states = []
    futures[-1].add_done_callback(lambda future: states.append(future.cancelled()))
    closing = threading.Thread(target=executor.shutdown, kwargs={"cancel_futures": True})
    closing.start()

    assert not wait(futures[1:], LIMIT).not_done
    assert [True] * 4 == [future.cancelled() for future in futures[1:]]
    assert [True] == states
    assert not begun.done()
    gate.touch()
    closing.join(LIMIT)
    assert not closing.is_alive()
    assert (True, 5) == (begun.result(0), futures[0].result(0))


def test_pool_cancel_one(tmp_path):
    """
    A call that waits can be cancelled, and is not made.
    """
    with PoolExecutor(multiprocessing.Pool(1)) as executor:
        gate, begun, futures = start(executor, tmp_path, 3)

        assert [False, False, True, True] == [f.cancel() for f in (begun, *futures)]
        assert [True, True, False] == [f.running() for f in (begun, *futures[:2])]
        gate.touch()
    assert futures[1].cancelled()
    assert 5 == futures[0].result(0)


def test_pool_shutdown_without_wait(tmp_path):
    """
    What was handed in is made, also what the pool did not have yet.
    """
    executor = PoolExecutor(multiprocessing.Pool(1))
    gate, begun, futures = start(executor, tmp_path, 5)
    executor.shutdown(wait=False)

    assert not begun.done()
    gate.touch()
    assert [5, 6, 7, 8, 9] == [future.result(LIMIT) for future in futures]
    executor.shutdown()


def test_pool_closed_by_somebody_else_with_calls(tmp_path):
    """
    What a pool that was closed behind our back does not take fails.
    """
    pool = multiprocessing.Pool(1)
    executor = PoolExecutor(pool)
    gate, begun, futures = start(executor, tmp_path, 3)
    pool.close()
    gate.touch()

    assert (True, 5) == (begun.result(LIMIT), futures[0].result(LIMIT))
    for future in futures[1:]:
        with pytest.raises(RuntimeError, match="after shutdown"):
            future.result(LIMIT)
    executor.shutdown()


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_pool_argument_ends_the_pool():
    """
    An argument that ends the pool's own thread is an error, and no hang.
    """
    executor = PoolExecutor(multiprocessing.Pool(1))

    with pytest.raises(BrokenExecutor, match="died abruptly"):
        executor.submit(tasks.take, tasks.Leaver()).result(LIMIT)
    executor.shutdown()


def test_pool_shutdown_in_a_callback(tmp_path):
    """
    A callback may shut the executor down; it waits for nothing.
    """
    executor = PoolExecutor(multiprocessing.Pool(1))
    gate, begun, futures = start(executor, tmp_path, 3)
    begun.add_done_callback(lambda _: executor.shutdown())
    gate.touch()

    assert [5, 6, 7] == [future.result(LIMIT) for future in futures]
    executor.shutdown()


AT_EXIT = """
import atexit, multiprocessing, time, sys

from callsheet import NormalExecutor, PoolExecutor, SerialExecutor
from engines import tasks

def late():
    try:
        executor.submit(tasks.add, 1)
    except RuntimeError as error:
        print(error)

if __name__ == "__main__":
    if sys.argv[1] == "serial":
        executor = SerialExecutor()
    else:
        context = multiprocessing.get_context(sys.argv[1])
        executor = PoolExecutor(context.Pool(2, maxtasksperchild=int(sys.argv[4]) or None))
        for n in range(8):
            future = executor.submit(tasks.touch, sys.argv[2] + str(n), 0.3)
            future.add_done_callback(lambda future: print("done"))
    atexit.register(late)
    if sys.argv[3] == "drop":
        pool, executor = executor, SerialExecutor()
        del pool
"""


def run_at_exit(*args):
    command = [sys.executable, "-c", AT_EXIT, *args]
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run(
        command, env=env, capture_output=True, text=True, timeout=LIMIT, check=False
    )
    return done.stdout.splitlines(), done.stderr


@pytest.mark.parametrize("drop", ["drop", "keep"])
@pytest.mark.parametrize("method", ["fork", "spawn"])
def test_pool_at_exit(method, drop, tmp_path):
    """
    The program's end finishes all calls, and further ones are refused.
    """
    lines, errors = run_at_exit(method, str(tmp_path / "mark"), drop, "0")

    assert ["done"] * 8 == lines[:8]
    assert ["cannot schedule new futures after interpreter shutdown"] == lines[8:]
    assert "Traceback" not in errors
    assert 8 == len(list(tmp_path.iterdir()))


def test_pool_that_renews_its_workers_at_exit(tmp_path):
    """
    Where a pool can start no worker any more, the program ends all the same.
    """
    lines, _ = run_at_exit("fork", str(tmp_path / "mark"), "keep", "1")

    # Python 3.12.0 and 3.12.1 do not fork then.
    assert ["done"] * 8 == lines[:8]
    assert 8 == len(list(tmp_path.iterdir())) or sys.version_info[:2] == (3, 12)


def test_serial_at_exit(tmp_path):
    """
    After the program's end, no call is made.
    """
    lines, errors = run_at_exit("serial", str(tmp_path / "mark"), "keep")

    assert ["cannot schedule new futures after interpreter shutdown"] == lines
    assert not errors


@pytest.mark.skipif(not hasattr(os, "fork"), reason="there is no fork")
def test_pool_of_the_parent(tmp_path):
    """
    The end of a process that was forked waits for no call of its parent's.
    """
    code = """
import multiprocessing, os, sys
from callsheet import PoolExecutor
from engines import tasks
executor = PoolExecutor(multiprocessing.Pool(1))
executor.submit(tasks.wait_for, sys.argv[1])
pid = os.fork()
if pid:
    print(os.waitpid(pid, 0)[1])
    open(sys.argv[1], "w").close()
"""
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", code, str(tmp_path / "gate")],
        env=env,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )

    assert "0\n" == done.stdout


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


def test_pool_idle_worker_is_killed():
    """
    A worker that is killed may hold the lock of the queue of calls: with nothing
    to do, too, that is the end of the pool, and no hang.
    """
    executor = PoolExecutor(multiprocessing.Pool(1))
    os.kill(executor.submit(os.getpid).result(LIMIT), signal.SIGKILL)

    assert tasks.wait_until(lambda: executor._broken, LIMIT)
    with pytest.raises(BrokenExecutor):
        executor.submit(tasks.add, 1)
    executor.shutdown()


ENDS = """
import multiprocessing.pool, sys
from concurrent.futures import wait

from callsheet import NormalExecutor, ObjLoader, PoolExecutor
from engines import tasks

if __name__ == "__main__":
    pool = ObjLoader[multiprocessing.pool.Pool](args=(2,))
    model = NormalExecutor[PoolExecutor](kwargs={"pool": pool})
    futures = [model.submit(tasks.sleep, 1000) for _ in range(9)]
    if sys.argv[1] == "interrupt":
        raise KeyboardInterrupt
    model.shutdown(timeout=0.5)
    print(not wait(futures, 60).not_done)
"""


@pytest.mark.parametrize("how", ["interrupt", "timeout"])
def test_pool_of_a_model_ends(how):
    """
    A model that gives its calls up ends the pool's workers, and the program ends.
    """
    env = {**os.environ, "PYTHONPATH": os.pathsep.join(p for p in sys.path if p)}
    done = subprocess.run(
        [sys.executable, "-c", ENDS, how],
        env=env,
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )

    assert ("" if how == "interrupt" else "True\n") == done.stdout
    assert ("KeyboardInterrupt" in done.stderr) == (how == "interrupt"), done.stderr
    assert "callsheet" not in done.stderr


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
