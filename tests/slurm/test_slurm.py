"""
The Slurm example: three levels in one document, on a Slurm of one node.
"""

from __future__ import annotations

import json
import os
import pickle
import re
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import pytest

from callsheet import ContextExecutor, NormalExecutor
from callsheet.exceptions import ShutdownError, TaskError
from engines import conftest as engines  # tells workers where the tests' modules are, too
from engines import tasks
from slurm.conftest import get_processes, wait_until

pytest.importorskip("dask_jobqueue")
pytestmark = pytest.mark.filterwarnings("ignore")  # what Dask warns about is its own

TESTS = Path(__file__).parent.parent
EXAMPLE = TESTS.parent / "examples" / "dask"
ALLOW = [
    "distributed.cfexecutor.ClientExecutor",
    "distributed.Client",
    "dask_jobqueue.SLURMCluster",
]
LIMIT = 30


@pytest.fixture(scope="module")
def text(slurm):
    """
    The example's document, kept to this machine.
    """
    found = json.loads((EXAMPLE / "slurm.json").read_text(encoding="utf-8"))
    client = found["loader"]["loader"]["signature"]["client"]["$load"]["loader"]
    cluster = client["signature"]["address"]["$load"]["loader"]["signature"]
    cluster["interface"] = "lo"
    cluster["kwargs"] |= {
        "log_directory": str(slurm.directory / "jobs"),
        "local_directory": str(slurm.directory / "work"),
        "worker_extra_args": ["--dashboard-address", "127.0.0.1:0"],
    }
    return json.dumps(found)


def make(text: str) -> NormalExecutor[Any]:
    return NormalExecutor.parse_raw(text, allow=ALLOW)


@pytest.fixture(scope="module")
def model(text, slurm):
    """
    One model that most tests share.
    """
    with make(text) as found:
        assert slurm.get_jobs() == []  # reading submits nothing
        begin = time.monotonic()
        assert found.submit(tasks.add, 1).result(LIMIT) == 6
        seconds = time.monotonic() - begin
        print(f"\nSlurm was up in {slurm.seconds:.2f} s, the first result came in {seconds:.2f} s")
        yield found
    assert wait_until(lambda: slurm.get_jobs() == [])


def test_jobs(model, slurm):
    """
    There are as many jobs as the document says, and they run.
    """
    assert wait_until(lambda: [job.split()[1] for job in slurm.get_jobs()] == ["RUNNING"] * 2)


def test_keywords_arrive(model):
    """
    Dask takes none of a call's keywords for itself.
    """
    kwargs = dict.fromkeys(["fn", "self", "key", "workers", "resources", "retries", "pure"], 1)

    assert ((2,), kwargs) == model.submit(tasks.take, 2, **kwargs).result(LIMIT)


def test_submit(model):
    """
    Every call has its own result.
    """
    futures = [model.submit(tasks.add, i, y=i) for i in range(20)]

    assert [2 * i for i in range(20)] == [future.result(LIMIT) for future in futures]


def test_map(model):
    """
    `map` takes a generator.
    """
    assert [i + 5 for i in range(50)] == list(model.map(tasks.add, (i for i in range(50))))


def test_thousand_tasks(model):
    """
    A thousand calls give a thousand results, either way.
    """
    expected = [i + 5 for i in range(1000)]

    begin = time.monotonic()
    futures = [model.submit(tasks.add, i) for i in range(1000)]
    submitted = [future.result(LIMIT) for future in futures]
    middle = time.monotonic()
    mapped = list(model.map(tasks.add, range(1000)))
    end = time.monotonic()
    # 1,000 calls: what a second takes in all is milliseconds for each.
    print(f"\na call took {middle - begin:.2f} ms by submit, {end - middle:.2f} ms by map")

    assert expected == submitted == mapped


def test_identical_calls(model):
    """
    Identical calls are separate calls.
    """
    futures = [model.submit(os.urandom, 8) for _ in range(3)]

    assert 3 == len({future.result(LIMIT) for future in futures})
    assert 3 == len(set(model.map(os.urandom, [8] * 3)))


def test_error_keeps_its_type(model):
    """
    An exception arrives with its class, its arguments and the worker's traceback.
    """
    error = model.submit(tasks.raise_known, text="why").exception(LIMIT)

    assert type(error) is tasks.KnownError
    assert ("why", 7) == error.args
    assert "in raise_known" in str(error.__cause__)


@pytest.mark.parametrize(
    "task", [tasks.make_lock, tasks.make_booby, tasks.raise_brittle, tasks.raise_sticky]
)
def test_outcome_that_cannot_travel(model, task):
    """
    What does not pickle, or does not unpickle, is an error of ours; the next
    call is not harmed.
    """
    with pytest.raises(TaskError):
        model.submit(task).result(LIMIT)
    assert 6 == model.submit(tasks.add, 1).result(LIMIT)


def test_listens_on_loopback_only(model, slurm):
    """
    Slurm, the scheduler and the workers in their jobs listen on 127.0.0.1.
    """
    psutil = pytest.importorskip("psutil")
    everybody = [os.getpid(), *get_processes(slurm.directory)]
    found = [
        connection.laddr.ip
        for connection in psutil.net_connections("inet")
        if connection.pid in everybody and connection.status == psutil.CONN_LISTEN
    ]

    # Slurm's two daemons, and at least two sockets of the scheduler and of each worker.
    assert len(found) >= 8
    assert {"127.0.0.1"} == set(found)


def test_pickles_without_its_live_part(model):
    """
    The cluster stays at home.
    """
    found = pickle.loads(pickle.dumps(model))

    assert found == model
    assert not found._cell.live


def test_shutdown(text, slurm):
    """
    After the shutdown there is no job left; results can be read, and nothing
    can be handed in.
    """
    before = slurm.get_jobs()
    model = make(text)
    future = model.submit(tasks.add, 1)
    results = model.map(tasks.add, range(5))
    model.shutdown()
    model.shutdown()

    assert 6 == future.result(0)
    assert list(range(5, 10)) == list(results)
    for use in (lambda: model.submit(tasks.add, 1), lambda: model.map(tasks.add, [1])):
        with pytest.raises(ShutdownError):
            use()
    assert issubclass(ShutdownError, RuntimeError)
    assert wait_until(lambda: slurm.get_jobs() == before), slurm.get_jobs()


def test_context(text, slurm):
    """
    A `ContextExecutor` has jobs only for as long as the call takes.
    """
    before = slurm.get_jobs()
    model = ContextExecutor.parse_raw(text, allow=ALLOW)

    assert list(range(5, 10)) == list(model.map(tasks.add, range(5)))
    assert wait_until(lambda: slurm.get_jobs() == before), slurm.get_jobs()


def test_fresh_process(text, slurm):
    """
    The document is all that another process needs; it ends by itself, without
    a shutdown, and leaves no job.
    """
    before = slurm.get_jobs()
    given = json.dumps({"document": make(text).json(), "allow": ALLOW})
    script = Path(engines.__file__).with_name("fresh.py")

    done = subprocess.run(
        [sys.executable, str(script)],
        input=given,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert ["6", "True", "ZeroDivisionError"] == done.stdout.split()
    assert wait_until(lambda: slurm.get_jobs() == before), slurm.get_jobs()


def test_example(text, tmp_path):
    """
    The program of the example counts on Slurm what it counts anywhere.
    """
    document = tmp_path / "slurm.json"
    document.write_text(text, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, EXAMPLE / "run.py", document],
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )

    assert done.returncode == 0, done.stderr
    assert re.fullmatch(r"17984 primes below 200000, counted by [12] workers\.\n", done.stdout), (
        done.stderr
    )


def test_interrupt(text, slurm, tmp_path):
    """
    Ctrl-C ends a program, and leaves no job.
    """
    before = slurm.get_jobs()
    script = Path(engines.__file__).with_name("interrupted.py")
    process = subprocess.Popen(
        [sys.executable, str(script), str(tmp_path)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    process.stdin.write(json.dumps({"document": json.loads(text), "allow": ALLOW}))
    process.stdin.close()
    process.stdin = None
    assert wait_until((tmp_path / "ready").exists, LIMIT)
    begin = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    _, errors = process.communicate(timeout=120)  # the calls would take more than four minutes
    print(f"\nCtrl-C ended the program in {time.monotonic() - begin:.2f} s")

    assert process.returncode == 0, errors  # as dask-jobqueue will have it
    assert wait_until(lambda: slurm.get_jobs() == before), slurm.get_jobs()
