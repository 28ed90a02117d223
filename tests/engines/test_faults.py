"""
What happens when workers, schedulers, constructors and people break off.
"""

from __future__ import annotations

import concurrent.futures
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from callsheet import ContextExecutor, NormalExecutor
from engines import tasks
from engines.conftest import get_workers, has, start_cluster, wait_for_end
from engines.documents import DASK_ALLOW, ENGINES, dask

ENGINE = {engine.name: engine for engine in ENGINES}
LIMIT = 20


@pytest.fixture(params=["fork", "spawn", "forkserver", "pool", "loky"])
def pool(request):
    """
    A model of a pool of processes; afterwards none of them is left.
    """
    found = ENGINE[request.param]
    if not has(found.needs):
        pytest.skip(f"{found.needs} is not installed")
    before = get_workers()
    with found.make() as model:
        model.submit(tasks.add, 1).result(LIMIT)
        yield model
    assert wait_for_end(before) == {}


@pytest.mark.parametrize("everyone", [False, True], ids=["one", "all"])
def test_killed_workers(pool, everyone):
    """
    A killed worker is an error within seconds, never a wait for ever.
    """
    pids = {pool.submit(tasks.get_pid, 0.05).result(LIMIT) for _ in range(6)}
    futures = [pool.submit(tasks.sleep, 0.3) for _ in range(4)]
    begin = time.monotonic()
    for pid in pids if everyone else sorted(pids)[:1]:
        os.kill(pid, signal.SIGKILL)

    done = concurrent.futures.wait(futures, LIMIT)

    assert not done.not_done
    assert time.monotonic() - begin < 10
    errors = [future.exception() for future in futures]
    assert any(isinstance(error, concurrent.futures.BrokenExecutor) for error in errors)


def test_task_that_kills_its_worker(pool):
    """
    So is a task that ends its worker; the shutdown does not wait for it.
    """
    future = pool.submit(tasks.die)

    with pytest.raises(concurrent.futures.BrokenExecutor):
        future.result(LIMIT)
    begin = time.monotonic()
    pool.shutdown()
    assert time.monotonic() - begin < 5


@pytest.fixture
def own_cluster(tmp_path):
    """
    A Dask cluster to break.
    """
    pytest.importorskip("distributed")
    address, processes = start_cluster(tmp_path)
    yield address, processes
    for process in processes:
        process.kill()
        process.wait()


def make_dask(address: str, **options) -> NormalExecutor:
    document = dask(address=address, timeout=5, **options)
    return NormalExecutor.parse_raw(json.dumps(document), allow=DASK_ALLOW)


def test_dask_one_worker_killed(own_cluster):
    """
    Dask makes the calls of a lost worker again, elsewhere.
    """
    address, (_, first, _second) = own_cluster
    with make_dask(address) as model:
        model.executor._client.wait_for_workers(2, timeout=LIMIT)
        futures = [model.submit(tasks.sleep, 0.2) for _ in range(8)]
        time.sleep(0.3)
        first.kill()

        assert [0.2] * 8 == [future.result(LIMIT) for future in futures]


def test_dask_all_workers_killed(own_cluster):
    """
    Without workers Dask waits for new ones; a shutdown with a timeout, or one
    that cancels, does not wait with it.
    """
    address, (_, first, second) = own_cluster
    model = make_dask(address)
    model.executor._client.wait_for_workers(2, timeout=LIMIT)
    futures = [model.submit(tasks.sleep, 0.5) for _ in range(4)]
    first.kill()
    second.kill()

    with pytest.raises(concurrent.futures.TimeoutError):
        futures[0].result(1)
    begin = time.monotonic()
    model.shutdown(timeout=0.5)

    assert time.monotonic() - begin < 5
    assert all(future.done() for future in futures)


def test_dask_scheduler_killed(own_cluster):
    """
    Without its scheduler every call is cancelled at once.
    """
    address, (scheduler, *_) = own_cluster
    model = make_dask(address)
    model.executor._client.wait_for_workers(2, timeout=LIMIT)
    futures = [model.submit(tasks.sleep, 1) for _ in range(4)]
    begin = time.monotonic()
    scheduler.kill()

    for future in futures:
        with pytest.raises(concurrent.futures.CancelledError):
            future.result(LIMIT)
    model.shutdown()
    assert time.monotonic() - begin < 15


def test_dask_scheduler_that_is_not_there():
    """
    A dead address is one error within the document's timeout.
    """
    pytest.importorskip("distributed")
    document = dask(address="tcp://127.0.0.1:9", timeout=1)
    model = NormalExecutor.parse_raw(json.dumps(document), allow=DASK_ALLOW)
    begin = time.monotonic()

    with pytest.raises(OSError, match="Timed out"):
        model.submit(tasks.add, 1)
    assert time.monotonic() - begin < 5


def test_failing_constructor(tmp_path):
    """
    What a constructor raises arrives as itself, and what was built before it
    is closed.
    """
    mark = tmp_path / "closed"
    document = {
        "loader": {
            "loader": {
                "callable": "engines.tasks.FailingExecutor",
                "signature": {
                    "client": {
                        "$load": {
                            "loader": {
                                "callable": "engines.tasks.FailingClient",
                                "signature": {"path": str(mark)},
                            }
                        }
                    }
                },
            }
        }
    }
    allow = ["engines.tasks.FailingExecutor", "engines.tasks.FailingClient"]
    for kind in (NormalExecutor, ContextExecutor):
        model = kind.parse_raw(json.dumps(document), allow=allow)

        with pytest.raises(OSError, match="no such machine"):
            model.submit(tasks.add, 1)
        assert mark.exists()
        mark.unlink()


@pytest.mark.parametrize("name", ["fork", "loky", "dask-local"])
def test_interrupt(name, tmp_path):
    """
    Ctrl-C ends a program within seconds, with all its workers, and the calls
    that had not begun are not made.
    """
    found = ENGINE[name]
    if not has(found.needs):
        pytest.skip(f"{found.needs} is not installed")
    calls = tmp_path / "calls"
    calls.mkdir()
    log = tmp_path / "log"
    with log.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("interrupted.py")), str(calls)],
            stdin=subprocess.PIPE,
            stdout=stream,
            stderr=stream,
            env={**os.environ, "PYTHONFAULTHANDLER": "1"},
            text=True,
            start_new_session=True,  # the signal is for that program and its workers
        )
    process.stdin.write(json.dumps({"document": found.document, "allow": found.allow}))
    process.stdin.close()
    end = time.monotonic() + 30
    while not list(calls.iterdir()) and time.monotonic() < end:
        time.sleep(0.02)
    begin = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)

    try:
        process.wait(20)
    except subprocess.TimeoutExpired:
        process.send_signal(signal.SIGABRT)  # says where it hangs
        process.wait(5)

    assert "KeyboardInterrupt" in log.read_text()
    assert process.returncode in (130, -signal.SIGINT, 1), log.read_text()
    assert time.monotonic() - begin < 15
    assert len(list(calls.iterdir())) < 20
    end = time.monotonic() + 10
    while get_group(process.pid) and time.monotonic() < end:
        time.sleep(0.05)
    left = get_group(process.pid)
    if left:
        os.killpg(process.pid, signal.SIGKILL)
    assert left == []


def get_group(group: int) -> list[int]:
    """
    Return the processes of a process group.
    """
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] != "Z" and int(fields[2]) == group:
                found.append(int(entry.name))
    return found
