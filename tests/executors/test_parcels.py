"""
What an engine's own pickler takes, its model takes too.
"""

from __future__ import annotations

import multiprocessing
import socket
from concurrent.futures import ProcessPoolExecutor
from multiprocessing.reduction import ForkingPickler

import pytest

from callsheet import NormalExecutor, PoolExecutor
from callsheet.exceptions import ExecutorError
from engines import tasks

LIMIT = 60


def make_loky(**options):
    module = pytest.importorskip("loky.process_executor")
    return module.ProcessPoolExecutor(1, **options)


def make_executor(kind):
    if kind == "loky":
        return make_loky()
    context = multiprocessing.get_context(kind.split()[0])
    return PoolExecutor(context.Pool(1)) if "pool" in kind else ProcessPoolExecutor(1, context)


@pytest.fixture(params=["engine", "model"])
def wrap(request):
    """
    The engine as it is, and its model.
    """
    return (lambda e: e) if request.param == "engine" else (lambda e: NormalExecutor(executor=e))


@pytest.mark.parametrize("kind", ["fork", "spawn", "fork pool", "spawn pool", "loky"])
def test_sockets(kind, wrap):
    """
    Sockets and connections reach workers, and come back.
    """
    with make_executor(kind) as executor:
        model = wrap(executor)
        ours, theirs = socket.socketpair()
        back = model.submit(tasks.talk, theirs).result(LIMIT)
        back.sendall(b", world")
        reader, writer = multiprocessing.Pipe(duplex=False)
        model.submit(tasks.talk, writer).result(LIMIT).close()

        assert b"hello, world" == ours.recv(5) + ours.recv(99)
        assert b"hello" == reader.recv_bytes()
        for end in (ours, theirs, back, reader, writer):
            end.close()


@pytest.mark.parametrize("kind", ["fork", "fork pool"])
def test_registered_reducers(kind, wrap, monkeypatch):
    """
    Reducers that the program has registered with multiprocessing are used.
    """
    reducers = {**ForkingPickler._extra_reducers, tasks.Unpicklable: tasks.reduce_unpicklable}
    monkeypatch.setattr(ForkingPickler, "_extra_reducers", reducers)

    with make_executor(kind) as executor:
        result = wrap(executor).submit(tasks.copy_unpicklable, tasks.Unpicklable(100))
        assert 112 == result.result(LIMIT).value


def test_loky_reducers(wrap):
    """
    The executor's reducers are used, each in its direction.
    """
    reducers = {tasks.Unpicklable: tasks.reduce_unpicklable}
    with make_loky(job_reducers=reducers) as executor:
        model = wrap(executor)
        result = model.submit(tasks.copy_unpicklable, tasks.Unpicklable(100)).result(LIMIT)
        chunks = model.map(tasks.copy_unpicklable, [tasks.Unpicklable(n) for n in range(4)])

        assert 112 == result.value
        assert [12, 13, 14, 15] == [found.value for found in chunks]


def test_loky_result_reducers():
    """
    Those of results are none of calls.
    """
    reducers = {tasks.Unpicklable: tasks.reduce_unpicklable}
    with make_loky(result_reducers=reducers) as executor:
        model = NormalExecutor(executor=executor)

        assert 8 == model.submit(tasks.Unpicklable, 7).result(LIMIT).value
        with pytest.raises(ExecutorError, match=r"args\[0\] cannot be pickled"):
            model.submit(tasks.take, tasks.Unpicklable())


def test_loky_pickler(wrap):
    """
    The pickler that the program has set for loky is used.
    """
    executor = make_loky()
    reduction = pytest.importorskip("loky.backend.reduction")
    reduction.set_loky_pickler("pickle")
    try:
        with executor, pytest.raises(Exception, match="pickle"):
            wrap(executor).submit(tasks.make_lambda()).result(LIMIT)
    finally:
        reduction.set_loky_pickler()
