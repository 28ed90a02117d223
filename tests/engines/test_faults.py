"""
What happens when workers, schedulers, constructors and people break off.
"""

from __future__ import annotations

import concurrent.futures
import contextlib
import importlib
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from callsheet import ContextExecutor, NormalExecutor
from callsheet.exceptions import ExecutorError, TaskError
from engines import tasks
from engines.conftest import get_group, get_workers, has, start_cluster, wait_for_end
from engines.documents import DASK_ALLOW, ENGINES, dask

ENGINE = {engine.name: engine for engine in ENGINES}
LIMIT = 60


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
def test_killed_workers(pool, everyone, tmp_path):
    """
    A killed worker is an error for every call, never a wait for ever.
    """
    marks, never = [tmp_path / str(i) for i in range(4)], tmp_path / "never"
    futures = [pool.submit(tasks.note_and_wait, str(mark), str(never)) for mark in marks]
    pids = [wait_for_pid(mark) for mark in marks[:2]]
    for pid in pids if everyone else pids[:1]:
        os.kill(pid, signal.SIGKILL)

    done = concurrent.futures.wait(futures, LIMIT)

    assert not done.not_done
    for future in futures:
        assert isinstance(future.exception(), concurrent.futures.BrokenExecutor)


def test_killed_worker_after_a_cancelled_call(pool, tmp_path):
    """
    A call that was cancelled does not keep the others from learning of it.
    """
    mark, never = tmp_path / "mark", tmp_path / "never"
    futures = [pool.submit(tasks.note_and_wait, str(mark), str(never)) for _ in range(8)]
    cancelled = futures[-2].cancel()
    os.kill(wait_for_pid(mark), signal.SIGKILL)

    done = concurrent.futures.wait(futures, LIMIT)

    assert not done.not_done
    assert cancelled is futures[-2].cancelled()
    assert isinstance(futures[-1].exception(), concurrent.futures.BrokenExecutor)


def test_shutdown_with_a_timeout(pool, tmp_path):
    """
    A call that does not end is ended, with its worker.
    """
    mark, never = tmp_path / "mark", tmp_path / "never"
    future = pool.submit(tasks.note_and_wait, str(mark), str(never))
    pid = wait_for_pid(mark)
    begin = time.monotonic()
    pool.shutdown(timeout=0.2)

    with pytest.raises((concurrent.futures.BrokenExecutor, concurrent.futures.CancelledError)):
        future.result(LIMIT)
    assert tasks.wait_until(lambda: pid not in get_workers(), LIMIT)
    assert time.monotonic() - begin < LIMIT


def wait_for_pid(mark: Path) -> int:
    """
    Return the process that makes a call of `tasks.note_and_wait`.
    """
    assert tasks.wait_until(lambda: read_pid(mark), LIMIT)
    return read_pid(mark)


def read_pid(mark: Path) -> int:
    return int(mark.read_text()) if mark.exists() else 0


def test_task_that_kills_its_worker(pool):
    """
    So is a task that ends its worker; the shutdown does not wait for it.
    """
    future = pool.submit(tasks.die)

    with pytest.raises(concurrent.futures.BrokenExecutor):
        future.result(LIMIT)
    begin = time.monotonic()
    pool.shutdown()
    assert time.monotonic() - begin < LIMIT


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
    document = dask(address=address, timeout=20, **options)
    return NormalExecutor.parse_raw(json.dumps(document), allow=DASK_ALLOW)


def test_dask_one_worker_killed(own_cluster, tmp_path):
    """
    Dask makes the calls of a lost worker again, elsewhere.
    """
    address, (_, first, _second) = own_cluster
    with make_dask(address) as model:
        model.executor._client.wait_for_workers(2, timeout=LIMIT)
        marks, gate = [tmp_path / str(i) for i in range(8)], tmp_path / "gate"
        futures = [model.submit(tasks.note_and_wait, str(mark), str(gate)) for mark in marks]
        assert tasks.wait_until(lambda: first.pid in map(read_pid, marks), LIMIT)
        first.kill()
        gate.touch()

        assert [True] * 8 == [future.result(LIMIT) for future in futures]


def test_dask_all_workers_killed(own_cluster, tmp_path):
    """
    Without workers Dask waits for new ones; a shutdown with a timeout, or one
    that cancels, does not wait with it.
    """
    address, (_, first, second) = own_cluster
    model = make_dask(address)
    model.executor._client.wait_for_workers(2, timeout=LIMIT)
    futures = [model.submit(tasks.wait_for, str(tmp_path / "never")) for _ in range(4)]
    first.kill()
    second.kill()

    with pytest.raises(concurrent.futures.TimeoutError):
        futures[0].result(1)
    begin = time.monotonic()
    model.shutdown(timeout=0.5)

    assert time.monotonic() - begin < LIMIT
    assert all(future.done() for future in futures)


def test_dask_scheduler_killed(own_cluster, tmp_path):
    """
    Without its scheduler every call is cancelled at once.
    """
    address, (scheduler, *_) = own_cluster
    model = make_dask(address)
    model.executor._client.wait_for_workers(2, timeout=LIMIT)
    futures = [model.submit(tasks.wait_for, str(tmp_path / "never")) for _ in range(4)]
    begin = time.monotonic()
    scheduler.kill()

    for future in futures:
        with pytest.raises(concurrent.futures.CancelledError):
            future.result(LIMIT)
    model.shutdown()
    assert time.monotonic() - begin < LIMIT


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
    assert time.monotonic() - begin < 25  # without the document's, it would be 30


def test_dask_workers_without_callsheet(tmp_path):
    """
    Workers that lack callsheet are one clear error, whose remedy works.
    """
    pytest.importorskip("distributed")
    shadow = tmp_path / "shadow"
    shadow.mkdir()
    code = "raise ModuleNotFoundError(f'No module named {__name__!r}', name=__name__)"
    (shadow / "callsheet.py").write_text(code)
    address, processes = start_cluster(tmp_path, shadow)
    try:
        with make_dask(address) as model, pytest.raises(ExecutorError, match="direct=True"):
            model.submit(tasks.add, 1).result(LIMIT)
        with NormalExecutor(loader=model.loader, direct=True) as model:
            assert [3, 3] == [model.submit(max, 1, 3).result(LIMIT) for _ in range(2)]
            assert 3 == len({model.submit(os.urandom, 4).result(LIMIT) for _ in range(3)})
    finally:
        for process in processes:
            process.kill()
            process.wait()


def test_dask_workers_without_the_module(own_cluster, tmp_path, monkeypatch):
    """
    A module that workers cannot import is one clear error that names it.
    """
    here = tmp_path / "here"
    here.mkdir()
    (here / "only_here.py").write_text("def double(x):\n    return 2 * x\n")
    monkeypatch.syspath_prepend(here)
    double = importlib.import_module("only_here").double

    with make_dask(own_cluster[0]) as model:
        error = model.submit(double, 1).exception(LIMIT)
        assert type(error) is TaskError
        assert "No module named 'only_here'" in str(error)
        assert "Put what the call uses into a module" in str(error)
        assert 6 == model.submit(tasks.add, 1).result(LIMIT)


LATE = """
import multiprocessing
from concurrent.futures import ProcessPoolExecutor
from callsheet import NormalExecutor, ObjLoader

if __name__ == "__main__":
    method = "{method}"
    context = ObjLoader[type(multiprocessing.get_context(method))]()
    with NormalExecutor[ProcessPoolExecutor](args=(1, context)) as model:
        print(model.submit(len, "abc").result(60))

        def late(x):
            return x

        print(type(model.submit(late, 1).exception(60)).__name__)
        print(model.submit(len, "abcd").result(60))
"""


@pytest.mark.parametrize("method", ["fork", "spawn", "forkserver"])
def test_main_function_that_workers_do_not_know(method):
    """
    A function that `__main__` defines after the workers began, or in a
    notebook, is one clear error; the pool goes on.
    """
    done = subprocess.run(
        [sys.executable, "-c", LATE.format(method=method)],
        capture_output=True,
        text=True,
        timeout=240,
        check=False,
    )

    assert ["3", "TaskError", "4"] == done.stdout.split(), done.stderr


UNGUARDED = """
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.context import SpawnContext
from callsheet import NormalExecutor

model = NormalExecutor[ProcessPoolExecutor](args=(1, SpawnContext()))
model.submit(len, "abc").result(60)
"""


def test_script_without_a_guard(tmp_path):
    """
    Workers that spawn run the script again: the error says what to do.
    """
    script = tmp_path / "script.py"
    script.write_text(UNGUARDED)
    done = subprocess.run(
        [sys.executable, str(script)], capture_output=True, text=True, timeout=120, check=False
    )

    last = done.stderr.splitlines()[-1]
    assert last.startswith("concurrent.futures.process.BrokenProcessPool")
    assert last.endswith('if __name__ == "__main__":')


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


@pytest.mark.parametrize("form", ["block", "bare"])
@pytest.mark.parametrize("name", ["fork", "loky", "dask-local"])
def test_interrupt(name, form, tmp_path):
    """
    Ctrl-C ends a program within seconds, with all its workers, and the calls
    that had not begun are not made, in a ``with`` block or without one.
    """
    found = ENGINE[name]
    if not has(found.needs):
        pytest.skip(f"{found.needs} is not installed")
    calls = tmp_path / "calls"
    calls.mkdir()
    log = tmp_path / "log"
    with log.open("w") as stream:
        process = subprocess.Popen(
            [sys.executable, str(Path(__file__).with_name("interrupted.py")), str(calls), form],
            stdin=subprocess.PIPE,
            stdout=stream,
            stderr=stream,
            env={**os.environ, "PYTHONFAULTHANDLER": "1"},
            text=True,
            start_new_session=True,  # the signal is for that program and its workers
        )
    process.stdin.write(json.dumps({"document": found.document, "allow": found.allow}))
    process.stdin.close()
    assert tasks.wait_for(str(calls / "ready"))
    begin = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)

    try:
        try:
            process.wait(LIMIT)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)  # says where it hangs
            process.wait(LIMIT)
        elapsed = time.monotonic() - begin
        tasks.wait_until(lambda: not get_group(process.pid), LIMIT)
        left = get_group(process.pid)
    finally:
        with contextlib.suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)

    assert "KeyboardInterrupt" in log.read_text()
    assert process.returncode in (130, -signal.SIGINT, 1), log.read_text()
    # All the calls would take more than four minutes.
    assert elapsed < LIMIT
    assert len(list(calls.iterdir())) < 500
    assert left == []
