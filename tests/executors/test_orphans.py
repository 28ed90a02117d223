"""
Workers end with the process that they work for.
"""

from __future__ import annotations

import ctypes
import importlib.util
import os
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

import pytest

from callsheet import NormalExecutor
from callsheet._executors import orphans
from callsheet._executors.parcels import get_dumps, get_token
from engines import tasks

LIMIT = 60
KINDS = ["fork", "spawn", "forkserver", "loky", "fork pool", "spawn pool", "nested fork"]

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="asks the kernel of Linux")


def is_alive(pid: int) -> bool:
    try:
        text = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:
        return False
    return text.rpartition(")")[2].split()[0] != "Z"


def kill_driver(folder: Path, *args: str) -> list[int]:
    """
    Start a program, kill it as soon as three workers are busy, and return them.
    """
    marks = [folder / str(i) for i in range(3)]
    process = subprocess.Popen(
        [
            sys.executable,
            str(Path(__file__).parent.parent / "engines" / "killed.py"),
            str(folder),
            *args,
        ],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(part for part in sys.path if part)},
    )
    try:
        assert tasks.wait_until(lambda: all(mark.exists() for mark in marks), LIMIT)
        workers = [int(mark.read_text(encoding="utf-8")) for mark in marks]
        assert [True] * 3 == [is_alive(pid) for pid in workers]
    finally:
        process.kill()
        process.wait()
    return workers


@pytest.mark.parametrize("kind", KINDS)
def test_workers_end(kind, tmp_path):
    """
    When the parent is killed its workers end, also one in a call of C.
    """
    if kind == "loky" and importlib.util.find_spec("loky") is None:
        pytest.skip("loky is not installed")
    workers = kill_driver(tmp_path, kind)

    # Left alone, they would stay for 100 seconds.
    assert tasks.wait_until(lambda: not any(map(is_alive, workers)), LIMIT), workers


@pytest.mark.parametrize("kind", ["fork", "spawn", "forkserver"])
def test_workers_end_without_the_kernel(kind, tmp_path):
    """
    Where the kernel does not help a thread does, as long as it can run.
    """
    workers = kill_driver(tmp_path, kind, "thread")

    assert tasks.wait_until(lambda: not any(map(is_alive, workers)), LIMIT), workers


def sleep_in_c(seconds: int) -> tuple[int, bool]:
    ctypes.PyDLL(None).sleep(seconds)
    return os.getpid(), orphans._watching


def test_workers_stay():
    """
    As long as the parent lives, so do its workers, whatever else ends.
    """
    with NormalExecutor[ProcessPoolExecutor](args=(1,)) as model:
        first = model.submit(sleep_in_c, 0).result(LIMIT)
        pid = os.fork()
        if pid == 0:
            os._exit(0)
        os.waitpid(pid, 0)
        other = NormalExecutor[ProcessPoolExecutor](args=(1,))
        other.submit(tasks.add, 1).result(LIMIT)
        other.shutdown()

        assert first == model.submit(sleep_in_c, 2).result(LIMIT)
        assert first[1]


def test_the_driver_watches_nobody():
    """
    Only a call of the parent's makes a worker watch it.
    """
    NormalExecutor(executor=tasks.Inline()).submit(tasks.add, 1).result()

    assert not orphans._watching


def test_pipe_of_a_fork():
    """
    A process that was forked has no end of its parent's pipe.
    """
    address = get_token(True).split("-")[1]
    number = int(address.partition(".")[0])
    assert address == get_token(True).split("-")[1]
    pid = os.fork()
    if pid == 0:
        closed = not os.path.exists(f"/proc/self/fd/{number}")
        os._exit(0 if closed and address != get_token(True).split("-")[1] else 1)

    assert 0 == os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])


def test_dask_is_left_alone():
    """
    Workers that watch by themselves are not told to.
    """
    distributed = pytest.importorskip("distributed")
    executor = distributed.cfexecutor.ClientExecutor.__new__(distributed.cfexecutor.ClientExecutor)

    assert not get_dumps(executor)[2]
    assert "" == get_token().split("-")[1]
