"""
How every engine begins and ends, whatever document described it.
"""

from __future__ import annotations

import itertools
import json
import subprocess
import sys
from pathlib import Path

import pytest

from callsheet import ContextExecutor, NormalExecutor
from callsheet.exceptions import ShutdownError
from engines import tasks
from engines.conftest import UNDER_MPI, get_group


def test_nothing_starts_on_reading(engine):
    """
    Reading a document starts nothing, and neither does shutting down at once.
    """
    model = engine.make()

    assert model._cell.live is None

    model.shutdown()

    assert model._cell.live is None


def test_shutdown(engine):
    """
    After the shutdown, results can be read and nothing can be handed in;
    shutting down again does nothing.
    """
    model = engine.make()
    future = model.submit(tasks.add, 1)
    results = model.map(tasks.add, range(5))
    model.shutdown()
    model.shutdown()
    model.shutdown(wait=False, cancel_futures=True)

    assert 6 == future.result(0)
    assert [5, 6, 7, 8, 9] == list(results)
    for use in (lambda: model.submit(tasks.add, 1), lambda: model.map(tasks.add, [1])):
        with pytest.raises(ShutdownError, match=r"^cannot schedule new futures after shutdown$"):
            use()


def test_two_models_of_one_document(engine):
    """
    Models of one document have executors of their own.
    """
    if engine.lone:
        pytest.skip("the engine itself has one configuration in a process")
    first, second = engine.make(), engine.make()

    assert first == second
    with first, second:
        assert 6 == first.submit(tasks.add, 1).result(engine.limit)
        assert 7 == second.submit(tasks.add, 2).result(engine.limit)
        assert first.executor is not second.executor
        first.shutdown()
        assert 8 == second.submit(tasks.add, 3).result(engine.limit)


def test_context(engine):
    """
    A `ContextExecutor` gives finished futures and results.
    """
    model = ContextExecutor.parse_raw(json.dumps(engine.document), allow=engine.allow)

    future = model.submit(tasks.add, 1)
    results = model.map(tasks.raise_at, range(4), [2] * 4)

    assert future.done()
    assert 6 == future.result(0)
    assert [0, 1] == list(itertools.islice(results, 2))
    with pytest.raises(tasks.KnownError):
        next(results)
    with model.context() as executor:
        assert isinstance(executor, NormalExecutor)
        assert [5, 6] == list(executor.map(tasks.add, range(2)))


@pytest.mark.skipif(UNDER_MPI, reason="mpiexec starts the process already")
def test_fresh_process(engine):
    """
    The document is all that another process needs; it ends by itself, without
    a shutdown, and so does everything that it started.
    """
    model = engine.make()
    text = json.dumps({"document": model.json(), "allow": engine.allow})
    script = Path(__file__).with_name("fresh.py")

    process = subprocess.Popen(
        [sys.executable, str(script)],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,  # what it starts is told apart by its group
    )
    printed, errors = process.communicate(text, timeout=240)

    assert process.returncode == 0, errors
    assert printed.split() == ["6", "True", "ZeroDivisionError"], errors
    assert tasks.wait_until(lambda: not get_group(process.pid), 60)
