"""
What every engine has to do with calls, whatever document described it.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import itertools
import pickle

import pytest

from callsheet.exceptions import ExecutorError, TaskError
from engines import tasks
from engines.conftest import UNDER_MPI, get_listeners


@pytest.fixture(scope="module")
def model(engine):
    """
    One model that most tests share; it survives all of them.
    """
    with engine.make() as found:
        yield found


def test_keywords_arrive(engine, model):
    """
    No engine takes a call's keyword for itself.
    """
    names = "fn self args kwargs key workers resources retries priority pure actor actors timeout"
    names += " allow_other_workers fifo_timeout resource_dict additional_setup_lines token payload"
    kwargs = {name: i for i, name in enumerate(names.split())}

    args, found = model.submit(tasks.take, 1, **kwargs).result(engine.limit)

    assert ((1,), kwargs) == (args, found)
    assert 9 == model.submit(fn=tasks.add, x=1, y=8).result(engine.limit)


def test_no_function(model):
    """
    A call without a function is an error of the caller's, at once.
    """
    with pytest.raises(TypeError, match="needs a callable"):
        model.submit(x=1)


def test_thousand_tasks(engine, model):
    """
    A thousand calls give a thousand results, each at its place.
    """
    futures = [model.submit(tasks.add, i, y=i) for i in range(1000)]

    assert [2 * i for i in range(1000)] == [f.result(engine.limit) for f in futures]


def test_map(engine, model):
    """
    `map` takes generators, several at a time, and stops with the shortest.
    """
    found = model.map(tasks.add, (i for i in range(50)), itertools.count())

    assert repr(found).startswith("<generator object Executor.map.<locals>.result_iterator at 0x")
    assert [2 * i for i in range(50)] == list(found)
    assert [] == list(model.map(tasks.add, []))


@pytest.mark.parametrize("chunksize", [3, 100])
def test_map_chunks(model, chunksize):
    """
    Calls that travel together keep their own outcomes.
    """
    found = model.map(tasks.raise_at, range(10), [7] * 10, chunksize=chunksize)

    assert list(range(7)) == list(itertools.islice(found, 7))
    with pytest.raises(tasks.KnownError):
        next(found)
    assert list(range(5, 16)) == list(model.map(tasks.add, range(11), chunksize=chunksize))


def test_map_endless(model):
    """
    With *buffersize*, input may be endless: only so much is taken ahead.
    """
    taken = []
    source = (taken.append(i) or i for i in itertools.count())
    found = model.map(tasks.add, source, buffersize=4)

    assert [5, 6, 7] == list(itertools.islice(found, 3))
    assert len(taken) <= 8

    found.close()


def test_map_wrong_sizes(model):
    """
    What the standard library refuses is refused, before anything is taken.
    """
    for options in ({"chunksize": 0}, {"buffersize": 0}, {"chunksize": -1}):
        with pytest.raises(ValueError, match="must be"):
            model.map(tasks.add, [1], **options)
    with pytest.raises(TypeError):
        model.map(tasks.add, [1], buffersize=1.5)
    with pytest.raises(TypeError, match="unexpected keyword"):
        model.map(tasks.add, [1], workers=1)


def test_map_timeout(engine, model, tmp_path):
    """
    Waiting for a result of `map` has a limit; what is there is given in time.
    """
    gate = tmp_path / "gate"

    if engine.name == "serial":  # everything has happened when map returns
        assert [0, 0.1] == list(model.map(tasks.sleep, [0, 0.1], timeout=0.01))
    else:
        with pytest.raises(concurrent.futures.TimeoutError):
            next(model.map(tasks.wait_for, [str(gate)], timeout=0.1))
        gate.touch()
        assert [True] * 2 == list(model.map(tasks.wait_for, [str(gate)] * 2, timeout=engine.limit))
    assert 6 == model.submit(tasks.add, 1).result(engine.limit)


def test_result_timeout(engine, model, tmp_path):
    """
    Waiting for a result has a limit; the result still comes.
    """
    if engine.name == "serial":
        pytest.skip("calls are made at once")
    gate = tmp_path / "gate"
    future = model.submit(tasks.wait_for, str(gate))

    with pytest.raises(concurrent.futures.TimeoutError):
        future.result(0.05)
    gate.touch()
    assert future.result(engine.limit)


def test_error_keeps_its_type(engine, model):
    """
    An exception arrives with its class, its arguments, its attributes and the
    traceback of the worker.
    """
    future = model.submit(tasks.raise_known, text="why")
    error = future.exception(engine.limit)

    assert type(error) is tasks.KnownError
    assert (error.args, error.extra) == (("why", 7), {"a": 1})
    if engine.remote:
        assert "in raise_known" in str(error.__cause__)
        assert "raise error" in str(error.__cause__)
    with pytest.raises(tasks.KnownError):
        future.result()


def test_error_keeps_its_words_and_causes(engine, model):
    """
    A class that words its message itself does not do so twice; an explicit
    cause comes along.
    """
    wordy = model.submit(tasks.raise_wordy).exception(engine.limit)
    chained = model.submit(tasks.raise_chained).exception(engine.limit)
    cause = chained.__cause__.__cause__ if engine.remote else chained.__cause__

    assert (tasks.WordyError, "no name") == (type(wordy), str(wordy))
    assert (ZeroDivisionError, "first") == (type(cause), str(cause))


@pytest.mark.parametrize("task", [tasks.raise_brittle, tasks.raise_sticky, tasks.leave])
def test_error_that_cannot_travel(engine, model, task):
    """
    An exception that cannot be brought back becomes a plain one that says
    what it was; nothing hangs, and the engine goes on.
    """
    error = model.submit(task).exception(engine.limit)
    name = {"leave": "SystemExit", "raise_brittle": "BrittleError", "raise_sticky": "StickyError"}

    if engine.remote and not isinstance(error, (tasks.BrittleError, tasks.StickyError)):
        assert type(error) is TaskError
        assert name[task.__name__] in error.type_name
        assert f"in {task.__name__}" in error.worker_traceback
        assert error.worker_traceback.strip() in str(error)
    else:
        assert type(error).__name__ == name[task.__name__]
    assert 6 == model.submit(tasks.add, 1).result(engine.limit)


@pytest.mark.parametrize("task", [tasks.make_lock, tasks.make_booby])
def test_result_that_cannot_travel(engine, model, task):
    """
    A result that cannot be brought back is an error that says why.
    """
    future = model.submit(task)

    if engine.remote:
        error = future.exception(engine.limit)
        assert type(error) is TaskError
        assert "boom" in str(error) if task is tasks.make_booby else "lock" in str(error)
    else:
        assert future.result() is not None
    assert 6 == model.submit(tasks.add, 1).result(engine.limit)


def test_argument_that_cannot_travel(engine, model):
    """
    What cannot be pickled is named by its path when the call is handed in.
    """
    if not engine.remote:
        pytest.skip("calls do not leave the process")
    lock = tasks.make_lock()

    with pytest.raises(ExecutorError, match=r"args\[0\]\['a'\]\[1\] cannot be pickled"):
        model.submit(tasks.take, {"a": [1, lock]})
    with pytest.raises(ExecutorError, match=r"kwargs\['x'\] cannot"):
        model.submit(tasks.take, x=tasks.Holder())
    with pytest.raises(ExecutorError, match=r"the function\.__self__ cannot"):
        model.submit(tasks.Holder().method)
    with pytest.raises(ExecutorError, match=r"args\[0\] cannot be pickled"):
        model.map(tasks.take, [lock], chunksize=2)
    assert 6 == model.submit(tasks.add, 1).result(engine.limit)


def test_functions_without_a_name(engine, model):
    """
    Lambdas and closures work where functions travel by value; elsewhere they
    are refused when they are handed in.
    """
    n = 3

    if engine.by_value or not engine.remote:
        assert 5 == model.submit(lambda x: x + n, 2).result(engine.limit)
    else:
        with pytest.raises(ExecutorError, match="the function cannot be pickled"):
            model.submit(lambda x: x + n, 2)


def test_builtins(engine, model):
    """
    Functions without a signature are functions.
    """
    assert 3 == model.submit(max, 1, 3).result(engine.limit)
    assert {"a": 1} == model.submit(dict, a=1).result(engine.limit)


def test_equal_calls_are_separate(engine, model):
    """
    A call is a call: equal ones are not merged.
    """
    assert 3 == len({model.submit(tasks.draw).result(engine.limit) for _ in range(3)})
    assert 3 == len(set(model.map(tasks.draw_for, [4, 4, 4])))


def test_cancel(engine, model, tmp_path):
    """
    A call that has not begun can be cancelled, where the engine can; it is
    then done for everybody who waits, and is not made.
    """
    if engine.name == "serial":
        pytest.skip("calls are made at once")
    gate, mark = tmp_path / "gate", tmp_path / "mark"
    blockers = [model.submit(tasks.wait_for, str(gate)) for _ in range(6)]
    client = model.executor._client if engine.name.startswith("dask") else None
    before = set(client.futures) if client else set()
    future = model.submit(tasks.touch, str(mark))
    if client:
        (key,) = set(client.futures) - before
        wait_for_dask(client, key, engine.limit, known=True)

    cancelled = future.cancel()
    if client:  # it asks its scheduler, and does not wait for the answer
        wait_for_dask(client, key, engine.limit, known=False)
    gate.touch()

    assert all(f.result(engine.limit) for f in blockers)
    done, _ = concurrent.futures.wait([future], engine.limit)
    assert done == {future}
    assert future.cancelled() is cancelled
    if cancelled:
        with pytest.raises(concurrent.futures.CancelledError):
            future.result()
        assert not mark.exists()
    else:
        assert future.result() == str(mark)


def wait_for_dask(client, key: str, limit: float, known: bool) -> None:
    """
    Wait until Dask knows where to make a call, or until it has forgotten it.
    """

    def is_there() -> bool:
        state, address = client.run_on_scheduler(get_state, key)
        workers = client.run(lambda dask_worker: key in dask_worker.state.tasks)
        if not known:
            return state is None and not any(workers.values())
        return state == "queued" or bool(workers.get(address))

    def get_state(key, dask_scheduler):
        task = dask_scheduler.tasks.get(key)
        worker = task and task.processing_on
        return task and task.state, worker and worker.address

    assert tasks.wait_until(is_there, limit)


def test_futures_of_the_standard_library(engine, model):
    """
    What comes back is what `wait`, `as_completed` and callbacks take.
    """
    futures = [model.submit(tasks.add, i) for i in range(5)]
    called = []
    futures[0].add_done_callback(called.append)

    found = {f.result() for f in concurrent.futures.as_completed(futures, engine.limit)}

    assert {5, 6, 7, 8, 9} == found
    assert concurrent.futures.wait(futures, engine.limit).not_done == set()
    assert called == [futures[0]]
    assert repr(futures[0]).startswith("<Future at 0x")
    assert repr(futures[0]).endswith(" state=finished returned int>")
    assert not futures[0].running()


def test_asyncio(engine, model):
    """
    A model is an executor to asyncio, and its futures can be awaited.
    """

    async def use():
        loop = asyncio.get_running_loop()
        first = loop.run_in_executor(model, tasks.add, 1, 2)
        second = asyncio.wrap_future(model.submit(tasks.add, 3, y=4))
        third = asyncio.wrap_future(model.submit(tasks.raise_known))
        return await asyncio.wait_for(
            asyncio.gather(first, second, third, return_exceptions=True), engine.limit
        )

    first, second, third = asyncio.run(use())

    assert (3, 7) == (first, second)
    assert type(third) is tasks.KnownError


def test_listens_on_loopback_only(model):
    """
    Whatever runs, it listens on 127.0.0.1 and nowhere else.
    """
    model.submit(tasks.add, 1).result(60)

    # mpiexec's own socket, which its children inherit: see test_mpi.
    assert get_listeners() <= {"127.0.0.1"} | ({"0.0.0.0"} if UNDER_MPI else set())


def test_model_pickles_without_its_live_part(engine, model):
    """
    What is live stays at home.
    """
    model.submit(tasks.add, 1).result(engine.limit)
    copy = pickle.loads(pickle.dumps(model))

    assert copy == model
    assert copy._cell.live is None
