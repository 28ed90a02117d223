"""
The way of a call to its worker and of its outcome back, without an engine.
"""

from __future__ import annotations

import pickle
import signal
from concurrent.futures import CancelledError, Executor, Future, TimeoutError

import pytest

from callsheet import NormalExecutor
from callsheet._executors.parcels import get_token, open_outcome, open_outcomes, pack
from callsheet._executors.trampoline import (
    dump_by_name,
    dump_by_value,
    dump_for_pool,
    run_call,
    run_chunk,
)
from callsheet.exceptions import ExecutorError, TaskError
from engines import tasks


def travel(function, *args, by_value=False, **kwargs):
    """
    Make a call the way a worker does.
    """
    dump = dump_by_value if by_value else dump_by_name
    outcome = run_call(get_token(), pack(dump, function, args, kwargs), dump)
    assert all(type(part) in (str, bytes) for part in outcome)
    return open_outcome(outcome, function)


@pytest.mark.parametrize("by_value", [False, True])
def test_result(by_value):
    """
    A result comes back as itself.
    """
    assert ((1,), {"fn": 2}) == travel(tasks.take, 1, fn=2, by_value=by_value)


@pytest.mark.parametrize("run", [run_call, run_chunk])
def test_no_keywords_are_none(run):
    """
    A worker passes no keywords where there are none, also to a type of C that
    tells an empty dict from none.
    """
    fragment = pytest.importorskip("orjson").Fragment
    calls = ((b"1",), {}) if run is run_call else ([(b"1",)],)

    outcome = run(get_token(), pickle.dumps((fragment, *calls)))

    # It was made; that it does not pickle is another matter.
    assert "lost result" == (outcome if run is run_call else outcome[0])[0]


def answer(n):
    """
    What a chunk's calls return, or raise.
    """
    kinds = [
        lambda: n,
        lambda: {"n": [n, (n,)]},
        lambda: tasks.LateLeaver(SystemExit),
        tasks.raise_known,
        lambda: ["text", {n}],
        tasks.make_lock,
        lambda: [tasks.make_lock()],
        lambda: b"%d" % n,
    ]
    return kinds[n]()


def test_outcomes_of_a_chunk():
    """
    What cannot travel, or leaves when it arrives, takes no other outcome of
    its chunk with it.
    """
    outcomes = run_chunk(get_token(), pack(dump_by_name, answer, [(n,) for n in range(8)]))

    found = []
    while outcomes:
        results = open_outcomes(outcomes[:1], answer)
        try:
            found.extend(results)
        except Exception as error:
            found.append(type(error))
        del outcomes[0]

    lost = [TaskError, tasks.KnownError]
    assert [0, {"n": [1, (1,)]}, *lost, ["text", {4}], TaskError, TaskError, b"7"] == found


def give(value):
    return value


def test_outcomes_that_travel_together():
    """
    Results of built-in types are one parcel; another result between them is
    one of its own.
    """
    calls = [(1,), ([2.0],), ({"a": None},)]

    def count(calls):
        return len(run_chunk(get_token(), pack(dump_by_name, give, calls)))

    assert 1 == count(calls)
    assert 3 == count([*calls, (tasks.Holder,), *calls])
    assert 0 == count([])


def test_tokens_differ():
    """
    No two calls have the same token.
    """
    assert 100 == len({get_token() for _ in range(100)})


@pytest.mark.parametrize("by_value", [False, True])
@pytest.mark.parametrize("task", [tasks.leave, tasks.interrupt])
def test_ends_are_errors(task, by_value):
    """
    What would end a worker is an error with its name.
    """
    with pytest.raises(TaskError) as info:
        travel(task, by_value=by_value)
    assert info.value.type_name in ("builtins.SystemExit", "builtins.KeyboardInterrupt")
    assert f"{task.__name__} raised " in info.value.message


def test_task_error_pickles():
    """
    Ours can travel on.
    """
    with pytest.raises(TaskError) as info:
        travel(tasks.raise_sticky)
    copy = pickle.loads(pickle.dumps(info.value))

    assert str(info.value) == str(copy)
    assert ("tests" not in copy.type_name, "sticky") == (True, copy.detail)
    assert "in raise_sticky" in copy.worker_traceback


def test_lost_call():
    """
    A call that the worker cannot load is one clear error.
    """
    payload = pickle.dumps((tasks.add, (1,), {})).replace(b"add", b"odd")

    with pytest.raises(TaskError, match=r"Cannot run add: its worker cannot load the call.*odd"):
        open_outcome(run_call("t", payload), tasks.add)
    payload = payload.replace(b"engines.tasks", b"enginez.tasks")
    with pytest.raises(TaskError, match=r"No module named 'enginez'"):
        open_outcome(run_chunk("t", payload)[0], tasks.add)


class Silent(Exception):
    def __str__(self) -> str:
        raise ValueError("no words")


def raise_silent() -> None:
    raise Silent


def test_error_without_words():
    """
    An exception that cannot even be printed is still brought back.
    """
    with pytest.raises((Silent, TaskError)):
        travel(raise_silent)


class Words(str):
    """
    Text that is more than text.
    """

    def __reduce__(self):
        raise ValueError("does not pickle")


class Wordy(Exception):
    def __str__(self) -> str:
        return Words("words")


def raise_wordy() -> None:
    raise Wordy(Words("arg"))


def test_message_that_is_no_plain_text():
    """
    A message that does not pickle travels as plain text.
    """
    with pytest.raises((Wordy, TaskError), match="words"):
        travel(raise_wordy)


class Nameless(type):
    """
    The class of classes that do not say where they come from.
    """

    @property
    def __module__(cls):
        raise SystemExit("no name")


def make_nameless() -> object:
    class Result(metaclass=Nameless): ...

    return Result()


def raise_nameless() -> None:
    class Error(Exception, metaclass=Nameless): ...

    raise Error("why")


@pytest.mark.parametrize("task", [make_nameless, raise_nameless])
def test_types_without_a_name(task):
    """
    A type that cannot be named does not keep the outcome from arriving.
    """
    with pytest.raises(TaskError) as info:
        travel(task)
    assert task.__name__ in info.value.message
    assert "<locals>." in info.value.type_name


def test_long_chain():
    """
    A chain of causes is brought back up to a limit, a cycle too.
    """
    with pytest.raises(tasks.KnownError) as info:
        travel(raise_in_circles)
    assert isinstance(info.value.__cause__.__cause__, ZeroDivisionError)


def raise_in_circles() -> None:
    first, second = tasks.KnownError("first"), ZeroDivisionError("second")
    second.__cause__ = first
    raise first from second


def test_cause_that_cannot_travel():
    """
    A cause that cannot travel does not keep its error from doing so.
    """
    with pytest.raises(tasks.KnownError) as info:
        travel(raise_from_sticky)
    assert "StickyError" in str(info.value.__cause__)


def raise_from_sticky() -> None:
    raise tasks.KnownError("kept") from tasks.StickyError()


@pytest.mark.parametrize(
    ("args", "kwargs", "path"),
    [
        ((tasks.make_lock(),), {}, r"args\[0\]"),
        ((1, [2, {"k": tasks.make_lock()}]), {}, r"args\[1\]\[1\]\['k'\]"),
        ((), {"x": (tasks.make_lock(),)}, r"kwargs\['x'\]\[0\]"),
        (({tasks.make_lambda()},), {}, r"args\[0\] item "),
        (({tasks.make_lambda(): 1},), {}, r"args\[0\] key "),
        ((tasks.Holder().method,), {}, r"args\[0\]\.__self__"),
    ],
)
def test_path_of_what_cannot_travel(args, kwargs, path):
    """
    What cannot be pickled is named by its path.
    """
    with pytest.raises(ExecutorError, match=f"{path}.* cannot be pickled"):
        pack(pickle.dumps, tasks.take, args, kwargs)


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt, GeneratorExit])
@pytest.mark.parametrize("dump", [dump_by_name, dump_by_value, dump_for_pool])
def test_path_of_what_leaves(dump, error):
    """
    An argument that ends the program when it is pickled is named, too.
    """
    reason = rf"tasks\.Leaver \({error.__name__}: on the way out\)"
    with pytest.raises(ExecutorError, match=rf"args\[0\]\['k'\] cannot be pickled.*{reason}"):
        pack(dump, tasks.take, ({"k": tasks.Leaver(error)},), {})
    with pytest.raises(ExecutorError, match=r"args\[1\] cannot be pickled"):
        pack(dump, tasks.take, [(1, 2), (3, tasks.Leaver(error))])


class Rude(dict):
    """
    Leaves wherever it is looked at.
    """

    def leave(self, *_):
        raise SystemExit("do not look")

    __reduce__ = __reduce_ex__ = items = __iter__ = leave


class RudeError(Exception):
    def __str__(self) -> str:
        raise SystemExit("no words")


class Wordless:
    def __reduce__(self):
        raise RudeError


def test_path_of_what_leaves_when_looked_at():
    """
    The search for the path does not end the program either.
    """
    with pytest.raises(ExecutorError, match=r"args\[0\]\[0\] cannot be pickled.*Rude"):
        pack(pickle.dumps, tasks.take, ([Rude()],), {})
    with pytest.raises(ExecutorError, match=r"args\[0\] cannot be pickled.*Wordless \(RudeError"):
        pack(pickle.dumps, tasks.take, (Wordless(),), {})


@pytest.fixture
def ctrl_c():
    """
    Whoever started the tests may have told them to ignore it.
    """
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@pytest.mark.parametrize("dump", [dump_by_name, dump_by_value, dump_for_pool])
def test_ctrl_c_while_packing(dump, ctrl_c):
    """
    Ctrl-C interrupts the program that hands in a call.
    """
    with pytest.raises(KeyboardInterrupt):
        pack(dump, tasks.take, (tasks.Interrupted(),), {})


def test_ctrl_c_of_the_programs_own(ctrl_c):
    """
    So it does with a handler of the program's own.
    """
    pressed = []

    def handle(*_):
        pressed.append(1)
        raise KeyboardInterrupt("handled")

    class Pressing:
        def __reduce__(self):
            if not pressed:
                signal.raise_signal(signal.SIGINT)
            return int, ()

    signal.signal(signal.SIGINT, handle)
    with pytest.raises(KeyboardInterrupt, match="handled"):
        pack(pickle.dumps, tasks.take, (Pressing(),), {})


@pytest.mark.parametrize("error", [SystemExit, KeyboardInterrupt])
def test_results_that_leave(error):
    """
    A result that ends the program when it is unpickled is an error.
    """
    with pytest.raises(TaskError, match=f"Cannot load the result of LateLeaver: {error.__name__}"):
        travel(tasks.LateLeaver, error)
    with pytest.raises(TaskError, match=r"Cannot bring back the result of Leaver"):
        travel(tasks.Leaver, error)


def test_ctrl_c_while_opening(ctrl_c):
    """
    Ctrl-C interrupts the program that takes a result.
    """
    with pytest.raises(KeyboardInterrupt):
        travel(tasks.Interrupted, True)


def test_path_in_a_cycle():
    """
    The search for the path ends.
    """
    loop: list[object] = [tasks.make_lock()]
    loop.insert(0, loop)

    with pytest.raises(ExecutorError, match=r"args\[0\].* cannot be pickled"):
        pack(pickle.dumps, tasks.take, (loop,), {})


class Manual(Executor):
    """
    An executor whose futures the test finishes.
    """

    def __init__(self) -> None:
        self.inner: Future = Future()

    def submit(self, fn, /, *args):
        self.call = (fn, args)
        return self.inner

    def shutdown(self, wait: bool = True) -> None: ...


@pytest.fixture
def manual():
    """
    A future of ours, and the engine's that it follows.
    """
    executor = Manual()
    model = NormalExecutor(executor=executor)
    future = model.submit(tasks.add, 1)
    yield future, executor
    assert not model._cell.live.calls.pending


def finish(executor: Manual) -> None:
    fn, args = executor.call
    executor.inner.set_result(fn(*args))


def test_future_follows(manual):
    """
    The future follows the engine's through its life.
    """
    future, executor = manual

    assert "state=pending" in repr(future)
    assert not future.running()
    executor.inner.set_running_or_notify_cancel()
    assert future.running()
    assert not future.cancel()
    with pytest.raises(TimeoutError):
        future.result(0)
    finish(executor)
    assert not future.running()
    assert 6 == future.result(0)
    assert not future.cancel()


def test_future_cancels(manual):
    """
    It is cancelled when the engine's is, by whomever.
    """
    future, executor = manual
    executor.inner.cancel()

    assert future.cancelled()
    assert future.cancel()
    with pytest.raises(CancelledError):
        future.result(0)


def test_future_cancels_the_call(manual):
    """
    Cancelling it cancels the call.
    """
    future, executor = manual

    assert future.cancel()
    assert executor.inner.cancelled()
    assert "CANCELLED_AND_NOTIFIED" == future._state


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (OSError("broken pipe"), OSError),
        (CancelledError(), CancelledError),
        (ModuleNotFoundError("No module named 'callsheet'"), ExecutorError),
        (ModuleNotFoundError("No module named 'callsheet._executors.trampoline'"), ExecutorError),
    ],
)
def test_engine_fails(manual, error, expected):
    """
    The engine's own errors arrive as themselves, but for one that has a
    remedy.
    """
    future, executor = manual
    executor.inner.set_exception(error)

    with pytest.raises(expected) as info:
        future.result(0)
    if expected is ExecutorError:
        assert "direct=True" in str(info.value)


def test_engine_returns_something_else(manual):
    """
    An engine that returns something else than the call's outcome is found out.
    """
    future, executor = manual
    executor.inner.set_result([1])

    with pytest.raises(ExecutorError, match=r"returned \[1\] instead of what the call returned"):
        future.result(0)


class Promise:
    """
    No future of the standard library, and it cannot be cancelled.
    """

    def __init__(self) -> None:
        self.callbacks: list[object] = []

    def add_done_callback(self, callback) -> None:
        self.callbacks.append(callback)

    def cancel(self) -> bool:
        raise NotImplementedError

    def cancelled(self) -> bool:
        return False

    def exception(self) -> None:
        return None

    def result(self):
        return self.value


class Promising(Manual):
    def __init__(self, inner) -> None:
        self.inner = inner


def test_other_futures():
    """
    Any future that tells when it is done can be followed.
    """
    executor = Promising(Promise())
    future = NormalExecutor(executor=executor).submit(tasks.add, 1)

    assert not future.cancel()
    assert not future.running()
    fn, args = executor.call
    executor.inner.value = fn(*args)
    for callback in executor.inner.callbacks:
        callback(executor.inner)
    assert 6 == future.result(0)


def test_no_futures():
    """
    One that does not tell is an error that says what to do.
    """
    future = NormalExecutor(executor=Promising(object())).submit(tasks.add, 1)

    with pytest.raises(ExecutorError, match="has no add_done_callback"):
        future.result(0)
