"""
Executor models: how they are made, what they own, and how they end.
"""

from __future__ import annotations

import copy
import gc
import json
import os
import pickle
import subprocess
import sys
import threading
import time
import weakref
from concurrent.futures import (
    BrokenExecutor,
    Executor,
    Future,
    ProcessPoolExecutor,
    ThreadPoolExecutor,
    TimeoutError,
    wait,
)
from multiprocessing.pool import ThreadPool
from typing import ClassVar

import pytest

from callsheet import (
    BaseExecutor,
    CallableModel,
    ContextExecutor,
    NormalExecutor,
    ObjLoader,
    PoolExecutor,
    SerialExecutor,
)
from callsheet.exceptions import (
    ExecutorError,
    LoadError,
    ModelError,
    RefusedError,
    ShutdownError,
    SignatureError,
)
from engines import tasks

Threads = NormalExecutor[ThreadPoolExecutor]
LIMIT = 60


class Part:
    """
    Something that an executor is built from; it notes its end.
    """

    ended: ClassVar[list[str]] = []

    def __init__(self, name: str, inner: object = None) -> None:
        self.name = name
        self.inner = inner

    def close(self) -> None:
        self.ended.append(self.name)


class Cluster(Part):
    """
    Ends by another name.
    """

    close = None

    def shutdown(self) -> None:
        self.ended.append(self.name)


class Engine(ThreadPoolExecutor):
    """
    An executor with parts, whose ``shutdown`` takes no options.
    """

    def __init__(self, part: object = None, fail: bool = False) -> None:
        super().__init__(2)
        if fail:
            super().shutdown()
            raise LookupError("cannot start")
        self.part = part

    def shutdown(self) -> None:
        Part.ended.append("engine")
        super().shutdown()


class Odd:
    """
    An executor with other names.
    """

    def __init__(self) -> None:
        self.calls: list[object] = []

    def run(self, fn, /, *args, **kwargs):
        future: Future = Future()
        future.set_result(fn(*args, **kwargs))
        return future

    def spread(self, fn, *iterables, **options):
        self.calls.append(options)
        return [fn(*args) for args in zip(*iterables, strict=False)]

    def end(self, *, cancel_futures: bool = False) -> None:
        self.calls.append("ended")

    @staticmethod
    def static(fn, /, *args, **kwargs):
        raise NotImplementedError

    _hidden = run
    number = 3


class Meta(type):
    def from_meta(cls) -> None: ...


class WithMeta(Odd, metaclass=Meta):
    pass


def make_threads(n: int = 1) -> ThreadPoolExecutor:
    return ThreadPoolExecutor(n)


def make_number() -> int:
    return 3


@pytest.fixture(autouse=True)
def ended():
    """
    The names of what was closed, in order.
    """
    Part.ended.clear()
    return Part.ended


def nested(**kwargs) -> dict:
    cluster = ObjLoader[Cluster](args=("cluster",))
    client = ObjLoader[Part](args=("client",), kwargs={"inner": cluster})
    return {"kwargs": {"part": client, **kwargs}}


# Making


def test_classes():
    """
    ``NormalExecutor[T]`` is one class, a subclass of what it is written with.
    """
    assert Threads is NormalExecutor[ThreadPoolExecutor]
    assert issubclass(Threads, NormalExecutor)
    assert issubclass(Threads, BaseExecutor)
    assert isinstance(Threads(), BaseExecutor)
    assert "NormalExecutor" == Threads.__name__
    assert "NormalExecutor[ThreadPoolExecutor]" == Threads.__qualname__


@pytest.mark.parametrize("kind", [NormalExecutor, ContextExecutor])
def test_ways_of_making(kind):
    """
    Arguments, a loader, a call, a live form: each makes the same model.
    """
    loader = ObjLoader[ThreadPoolExecutor](kwargs={"max_workers": 3})
    expected = kind[ThreadPoolExecutor](kwargs={"max_workers": 3})

    assert expected == kind[ThreadPoolExecutor](args=(3,))
    assert expected == kind[ThreadPoolExecutor](loader=loader)
    assert expected == kind(loader=loader)
    assert expected == kind(loader=loader.loader)
    assert expected == kind[ThreadPoolExecutor](loader=loader.loader)
    assert expected == kind[ThreadPoolExecutor](loader=loader.dict())
    assert expected == kind[ThreadPoolExecutor](**expected.dict())
    assert expected != kind[ThreadPoolExecutor]()
    assert expected != kind[ThreadPoolExecutor](args=(3,), direct=True)


def test_repr():
    """
    A model shows what it is made of, and only what is not as usual.
    """
    text = repr(Threads(args=(1,), map_callable="submit", direct=True))

    assert text.startswith("NormalExecutor[ThreadPoolExecutor](loader=ObjLoader[ThreadPool")
    assert text.endswith(", map_callable='submit', direct=True)")
    assert "submit_callable" not in text


def test_factory():
    """
    A factory makes the executor; what it returns must be a ``T``.
    """
    factory = CallableModel(make_threads, kwargs={"n": 2})
    with Threads(loader=factory) as model:
        assert 2 == model.executor._max_workers
    with NormalExecutor(loader=factory) as model:
        assert model.loader.object_type is None
        assert 6 == model.submit(tasks.add, 1).result()
    wrong = Threads(loader=CallableModel(make_number))
    with pytest.raises(LoadError, match="make_number"):
        wrong.submit(tasks.add, 1)


@pytest.mark.parametrize(
    ("make", "error", "text"),
    [
        (lambda: NormalExecutor(), ModelError, r"nothing tells what executor it is"),
        (lambda: Threads(executor=3), ModelError, "3 is not an instance of ThreadPoolExecutor"),
        (lambda: Threads(kwargs={"workers": 1}), SignatureError, "workers"),
        (lambda: Threads(loader=ObjLoader[Part]()), ModelError, "Part"),
        (lambda: Threads(loader={"callable": Part}), ModelError, "unknown key 'callable'"),
        (
            lambda: ContextExecutor(executor=SerialExecutor()),
            ModelError,
            r"Use NormalExecutor\.",
        ),
    ],
)
def test_wrong_ways_of_making(make, error, text):
    """
    What cannot be a model is an error that says so at once.
    """
    with pytest.raises(error, match=text):
        make()


@pytest.mark.parametrize(
    ("name", "error", "text"),
    [
        ("_hidden", RefusedError, "only public methods may be named"),
        ("__class__", RefusedError, "only public methods"),
        ("runn", ModelError, r"has no such method\. Did you mean 'run'"),
        ("number", ModelError, "has no such method"),
        ("calls", ModelError, "has no such method"),
        ("mro", ModelError, "has no such method"),
        ("from_meta", ModelError, "has no such method"),
        ("a.b", ModelError, "is not the name of a method"),
        ("", ModelError, "is not the name of a method"),
        (3, ModelError, "is not the name of a method"),
    ],
)
@pytest.mark.parametrize("role", ["submit", "map", "shutdown"])
def test_wrong_method_names(role, name, error, text):
    """
    Method names are looked up, without running anything, when a model is made.
    """
    names = {"submit_callable": "run", "map_callable": "spread", "shutdown_callable": "end"}

    with pytest.raises(error, match=text):
        NormalExecutor[WithMeta](**{**names, f"{role}_callable": name})


def test_method_names_of_a_factory(ended):
    """
    Where a factory makes the executor, they are looked up at first use; what
    was built by then is closed.
    """
    model = NormalExecutor(
        loader=CallableModel(Engine_factory, args=(ObjLoader[Part](args=("part",)),)),
        submit_callable="sbmit",
    )

    with pytest.raises(ModelError, match="Did you mean 'submit'"):
        model.submit(tasks.add, 1)
    assert ["engine", "part"] == ended


def Engine_factory(part: object) -> Engine:
    return Engine(part)


def test_other_names():
    """
    Methods are called by the names that are given; `map` is then the
    executor's own and takes its own options.
    """
    model = NormalExecutor[Odd](
        submit_callable="run", map_callable="spread", shutdown_callable="end"
    )

    with model:
        assert 6 == model.submit(tasks.add, 1).result()
        assert [3, 4] == model.map(tasks.add, [1, 2], [2, 2], chunksize=2, key=1)
        calls = model.executor.calls

    assert [{"key": 1, "chunksize": 2}, "ended"] == calls
    context = ContextExecutor[Odd](
        submit_callable="run", map_callable="spread", shutdown_callable="end"
    )
    assert [6, 7] == list(context.map(tasks.add, [1, 2]))


# Using


def test_notebook():
    """
    The reference's spellings and printed forms.
    """
    model = Threads(kwargs={"max_workers": 1})
    future = model.submit(fn=tasks.add, x=1, y=8)

    assert type(future) is Future
    assert 9 == future.result()
    assert repr(future).endswith("state=finished returned int>")
    results = model.map(tasks.add, ((1, 4), (3, 4)))
    assert repr(results).startswith("<generator object Executor.map.<locals>.result_iterator at")
    model.shutdown()


def test_live_part_stays_at_home():
    """
    Pickles and deep copies have no live part; equality and hash do not see it.
    """
    model = Threads(args=(1,))
    fresh = Threads(args=(1,))
    with model:
        model.submit(tasks.add, 1).result()

        for other in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
            assert type(other) is Threads
            assert other == model == fresh
            assert hash(other) == hash(model)
            assert other._cell.live is None
        assert copy.copy(model) is model


def test_frozen():
    """
    Models do not change.
    """
    model = Threads()

    with pytest.raises(AttributeError):
        model.submit_callable = "map"
    with pytest.raises(AttributeError):
        model.other = 1


def test_given():
    """
    A model of a live executor uses it, and does not shut it down by itself.
    """
    with ThreadPoolExecutor(1) as live:
        model = Threads(executor=live)
        assert model.given
        assert model.executor is live
        assert model.dict()["executor"] is live
        assert type(NormalExecutor(executor=live)) is Threads
        del model
        gc.collect()
        assert 6 == live.submit(tasks.add, 1).result()

        Threads(executor=live).shutdown()
        with pytest.raises(RuntimeError, match="cannot schedule new futures after shutdown"):
            live.submit(tasks.add, 1)


def test_given_is_not_known():
    """
    Where the live executor is gone, use is an error that says what to do.
    """
    with ThreadPoolExecutor(1) as live:
        model = Threads(executor=live)
        gone = pickle.loads(pickle.dumps(model))

        assert gone == model != Threads()
        with pytest.raises(ExecutorError, match=r"Give one: .*\(executor=\.\.\., loader="):
            gone.submit(tasks.add, 1)
        again = Threads(executor=live, loader=gone.loader)
        assert 6 == again.submit(tasks.add, 1).result()


def test_given_document():
    """
    Its document names the class and no settings, and loads to an equal model.
    """
    with ThreadPoolExecutor(7) as live:
        model = Threads(executor=live)
        document = json.loads(model.json())

        assert "concurrent.futures.thread.ThreadPoolExecutor" == document["executor"]
        assert {"inspect._empty"} == {
            value
            for key, value in document["loader"]["loader"]["signature"].items()
            if key != "args"
        }
        assert model == Threads.parse_raw(model.json())


def test_built_once_among_threads():
    """
    Threads that come at once get one executor.
    """
    made = []

    class Slow(ThreadPoolExecutor):
        def __init__(self) -> None:
            made.append(1)
            time.sleep(0.05)
            super().__init__(2)

    with NormalExecutor[Slow]() as model, ThreadPoolExecutor(16) as crowd:
        found = set(crowd.map(lambda _: id(model.executor), range(16)))

    assert 1 == len(found) == len(made)


# Ending


def test_closing_order(ended):
    """
    The executor ends first, then what was built for it, the last first.
    """
    with NormalExecutor[Engine](**nested()) as model:
        part = model.executor.part
        assert ("client", "cluster") == (part.name, part.inner.name)
        assert [] == ended

    assert ["engine", "client", "cluster"] == ended
    model.shutdown()
    assert 3 == len(ended)


def test_one_loader_at_two_places(ended):
    """
    It is built twice, and each of the two is closed, the last one first.
    """
    part = ObjLoader[Part](args=("part",))
    model = NormalExecutor[Engine](kwargs={"part": [part, {"k": part}]})

    for again in (model, NormalExecutor.parse_raw(model.json(), allow=[f"{__name__}.*"])):
        ended.clear()
        with again:
            first, second = again.executor.part
            assert first is not second["k"]
        assert ["engine", "part", "part"] == ended


def test_borrowed_parts_stay_open(ended):
    """
    What was given live is not closed.
    """
    with NormalExecutor[Engine](args=(Part("live"),)) as model:
        model.submit(tasks.add, 1)
    engine = Engine(Part("live"))
    NormalExecutor(executor=engine).shutdown()

    assert ["engine", "engine"] == ended


def test_constructor_fails(ended):
    """
    Its error arrives as itself, what was built is closed, and the next use
    tries again.
    """
    model = NormalExecutor[Engine](**nested(fail=True))

    for _ in range(2):
        with pytest.raises(LookupError, match="cannot start"):
            model.submit(tasks.add, 1)
        assert ["client", "cluster"] == ended
        ended.clear()
    with pytest.raises(LookupError, match="cannot start"), model:
        model.map(tasks.add, [1])
    with pytest.raises(LookupError):
        ContextExecutor[Engine](**nested(fail=True)).map(tasks.add, [1])


def test_closing_fails(ended):
    """
    Whatever raises while closing, everything else gets its turn.
    """

    class Bad(Part):
        def close(self) -> None:
            super().close()
            raise OSError(self.name)

    inner = ObjLoader[Bad](args=("cluster",))
    outer = ObjLoader[Bad](args=("client",), kwargs={"inner": inner})
    model = NormalExecutor[Engine](args=(outer,))
    model.submit(tasks.add, 1)

    with pytest.raises(OSError, match="cluster"):
        model.shutdown()
    assert ["engine", "client", "cluster"] == ended
    model.shutdown()


def test_never_started(ended):
    """
    Shutting down what never started starts nothing.
    """
    model = NormalExecutor[Engine](**nested())
    model.shutdown()

    assert [] == ended
    for use in (lambda: model.submit(tasks.add, 1), lambda: model.executor):
        with pytest.raises(ShutdownError, match=r"^cannot schedule new futures after shutdown$"):
            use()
    assert isinstance(ShutdownError("x"), RuntimeError)


def test_shutdown_without_waiting():
    """
    ``wait=False`` returns at once; the calls are made all the same.
    """
    model = NormalExecutor[ThreadPoolExecutor](args=(1,))
    gate = threading.Event()
    future = model.submit(gate.wait, LIMIT)
    model.shutdown(wait=False)

    assert not future.done()
    gate.set()
    model.shutdown()
    assert future.done()
    assert future.result(0)


def test_shutdown_without_waiting_keeps_parts(tmp_path):
    """
    Then, what was built for the executor is closed when its calls are done.
    """
    pool = ObjLoader[ThreadPool](kwargs={"processes": 1})
    model = NormalExecutor[PoolExecutor](kwargs={"pool": pool})
    gate = tmp_path / "gate"
    future = model.submit(tasks.wait_for, str(gate))
    model.shutdown(wait=False)

    assert not future.done()
    gate.touch()
    assert future.result(LIMIT)
    model.shutdown()


def test_cancel_futures():
    """
    ``cancel_futures=True`` cancels what has not begun.
    """
    model = Threads(args=(1,))
    first, *others = start_one_of(model, 5)
    model.shutdown(cancel_futures=True)

    assert first.result(0)
    assert all(future.cancelled() for future in others)


def start_one_of(model: NormalExecutor, n: int) -> list[Future]:
    """
    Submit calls to one thread; the first has begun, and waits for the last to
    be cancelled.
    """
    begun, cancelled = threading.Event(), threading.Event()

    def wait_for_the_end() -> bool:
        begun.set()
        return cancelled.wait(LIMIT)

    futures = [model.submit(wait_for_the_end), *(model.submit(tasks.add, i) for i in range(1, n))]
    futures[-1].add_done_callback(lambda future: cancelled.set())
    assert begun.wait(LIMIT)
    return futures


def test_cancel_futures_by_ourselves():
    """
    It does so, too, on an executor whose own shutdown cannot.
    """
    model = NormalExecutor[Lazy]()
    futures = [model.submit(tasks.add, n) for n in range(3)]
    model.shutdown(cancel_futures=True)

    assert all(future.cancelled() for future in futures)


class Lazy(Executor):
    """
    Never makes a call, and waits for that for ever.
    """

    def __init__(self) -> None:
        self.futures: list[Future] = []

    def submit(self, fn, /, *args, **kwargs):
        self.futures.append(Future())
        return self.futures[-1]

    def shutdown(self, wait_long: bool = True) -> None:
        wait(self.futures)


def test_shutdown_timeout():
    """
    A timeout limits the wait for an engine that does not answer.
    """
    model = NormalExecutor[Lazy]()
    future = model.submit(tasks.add, 1)
    model.shutdown(timeout=0.1)

    assert future.cancelled()


def test_shutdown_timeout_of_processes():
    """
    A call that does not end is ended, with its worker.
    """
    model = NormalExecutor[ProcessPoolExecutor](args=(1,))
    future = model.submit(tasks.sleep, 200)
    begin = time.monotonic()
    model.shutdown(timeout=0.2)

    with pytest.raises(BrokenExecutor):
        future.result(LIMIT)
    assert time.monotonic() - begin < LIMIT


@pytest.mark.parametrize("direct", [False, True])
def test_shutdown_timeout_of_threads(direct):
    """
    On threads, what has not begun is cancelled and the rest is left to end by
    itself.
    """
    gate = threading.Event()
    model = Threads(args=(1,), direct=direct)
    begun, *others = [model.submit(gate.wait, LIMIT) for _ in range(3)]
    model.shutdown(timeout=0.1)

    assert begun.running()
    assert all(future.cancelled() for future in others)
    gate.set()
    assert begun.result(LIMIT)


def test_shutdown_timeout_of_direct_processes():
    """
    With ``direct=True``, too, workers of ours that do not end are ended.
    """
    model = NormalExecutor[ProcessPoolExecutor](args=(1,), direct=True)
    future = model.submit(tasks.sleep, 200)
    model.shutdown(timeout=0.2)

    with pytest.raises(BrokenExecutor):
        future.result(LIMIT)


def test_later_shutdown_gives_up():
    """
    A shutdown with a timeout ends what an earlier one does not wait for.
    """
    model = NormalExecutor[ProcessPoolExecutor](args=(1,))
    future = model.submit(tasks.sleep, 200)
    model.shutdown(wait=False)
    model.shutdown(timeout=0.2)

    with pytest.raises(BrokenExecutor):
        future.result(LIMIT)


def test_finished_future_keeps_no_pool():
    """
    A future that is done keeps neither the model nor its executor alive.
    """
    model = NormalExecutor[ProcessPoolExecutor](args=(1,), direct=True)
    future = model.submit(tasks.add, 1)
    pool = weakref.ref(model.executor)
    future.result(LIMIT)
    del model

    assert tasks.wait_until(lambda: (gc.collect(), pool())[1] is None, LIMIT)


def test_refused_call_keeps_no_pool():
    """
    The error of a call that cannot be pickled does not hold itself, and so the
    model, until the garbage collector comes.
    """
    model = NormalExecutor[ProcessPoolExecutor](args=(1,))
    pool = weakref.ref(model.executor)
    gc.disable()
    try:
        with pytest.raises(ExecutorError):
            model.submit(tasks.add, threading.Lock())
        del model

        assert tasks.wait_until(lambda: pool() is None, LIMIT)
    finally:
        gc.enable()


class Recursive(ThreadPoolExecutor):
    """
    Uses the model that builds it.
    """

    model: ClassVar[NormalExecutor]

    def __init__(self) -> None:
        super().__init__(1)
        self.model.submit(tasks.add, 1)


def test_factory_that_uses_its_own_model():
    """
    An executor that cannot be built without itself is an error.
    """
    Recursive.model = NormalExecutor[Recursive]()

    with pytest.raises(ExecutorError, match=r"^Cannot use an executor model while"):
        Recursive.model.submit(tasks.add, 1)


FORKING = """
import faulthandler, os, sys, threading, time
from concurrent.futures import ThreadPoolExecutor
from callsheet import NormalExecutor, ObjLoader

faulthandler.dump_traceback_later(50, exit=True)
begun, go = threading.Event(), threading.Event()

class Slow(ThreadPoolExecutor):
    def __init__(self):
        super().__init__(1)
        begun.set()
        if threading.current_thread() is not threading.main_thread():
            go.wait()

model = NormalExecutor[Slow]()
if sys.argv[1] == "built":
    model.submit(abs, -1).result()
else:
    threading.Thread(target=model.submit, args=(abs, -1)).start()
    begun.wait()
child = os.fork()
if not child:
    print(model.submit(abs, -2).result(), NormalExecutor[int] is NormalExecutor[int], flush=True)
    model.shutdown()
    os._exit(5)
print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]))
go.set()
print(model.submit(abs, -3).result())
"""


@pytest.mark.skipif(not hasattr(os, "fork"), reason="this system does not fork")
@pytest.mark.parametrize("state", ["built", "being built"])
def test_forked_child_builds_its_own(state):
    """
    A forked process uses a model as if nobody had used it before, also where
    another thread was just building the executor.
    """
    done = subprocess.run(
        [sys.executable, "-W", "ignore", "-c", FORKING, state],
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )

    assert ["2 True", "5", "3"] == done.stdout.splitlines(), done.stderr
    assert 0 == done.returncode


@pytest.mark.parametrize("error", [KeyboardInterrupt, SystemExit])
def test_interrupted_block(error):
    """
    Ctrl-C in a block does not wait for calls that have not begun.
    """
    model = Threads(args=(1,))
    first, *others = start_one_of(model, 5)

    with pytest.raises(error), model:
        raise error

    assert first.result(0)
    assert all(future.cancelled() for future in others)


def test_dropped_model_finishes(ended):
    """
    A model that is dropped finishes its calls, then closes what it built.
    """
    model = NormalExecutor[Engine](**nested())
    future = model.submit(tasks.sleep, 0.2)
    cell = weakref.ref(model._cell)
    del model
    gc.collect()

    assert future.result(LIMIT) == 0.2
    del future
    end = time.monotonic() + LIMIT
    while len(ended) < 3 and time.monotonic() < end:
        gc.collect()
        time.sleep(0.01)
    assert ["engine", "client", "cluster"] == ended
    assert cell() is None


SCRIPT = """
import sys, threading, time
from concurrent.futures import ThreadPoolExecutor
from callsheet import NormalExecutor, ObjLoader

class Part:
    def close(self):
        print("part closed", flush=True)

class Stubborn(ThreadPoolExecutor):
    def __init__(self, part):
        super().__init__(1)
    def shutdown(self, wait=True):
        print("engine", wait, flush=True)
        super().shutdown(wait)

def work():
    threading.printed.wait()
    time.sleep(0.2)
    print("worked", flush=True)

# The call is copied, what an imported module holds is not.
threading.printed = threading.Event()

model = NormalExecutor[Stubborn](args=(ObjLoader[Part](),))
model.submit(work)
print("end", flush=True)
threading.printed.set()
if sys.argv[1:]:
    raise SystemExit(3)
"""


@pytest.mark.parametrize("code", [0, 3])
def test_program_that_does_not_shut_down(code):
    """
    A program that ends finishes its calls and closes everything.
    """
    done = subprocess.run(
        [sys.executable, "-c", SCRIPT, *["exit"][: bool(code)]],
        capture_output=True,
        text=True,
        timeout=LIMIT,
        check=False,
    )

    assert ["end", "worked", "engine True", "part closed"] == done.stdout.splitlines()
    assert (code, "") == (done.returncode, done.stderr)


def test_forked_child_closes_nothing(ended):
    """
    A forked process leaves its parent's executors alone.
    """
    model = NormalExecutor[Engine](**nested())
    model.submit(tasks.add, 1).result()
    model._cell.live._pid -= 1
    model.shutdown()

    assert [] == ended
    model._cell.live._pid += 1
    model._cell.live.close()
    assert ["engine", "client", "cluster"] == ended


# ContextExecutor


def test_context_submit(ended):
    """
    Each call has an executor of its own, and is done when it comes back.
    """
    model = ContextExecutor[Engine](**nested())
    future = model.submit(fn=tasks.add, x=1, y=8)

    assert future.done()
    assert 9 == future.result(0)
    assert ["engine", "client", "cluster"] == ended
    assert isinstance(model.submit(tasks.raise_known).exception(0), tasks.KnownError)
    assert model.executor is None


def touch_or_raise(directory: str, n: int) -> int:
    tasks.touch(f"{directory}/{n}")
    return tasks.raise_at(n, 1)


def test_context_map(ended, tmp_path):
    """
    All calls are made; an error comes on iteration, at its place.
    """
    model = ContextExecutor[Engine](**nested())
    results = model.map(touch_or_raise, [str(tmp_path)] * 5, range(5))

    assert 5 == len(list(tmp_path.iterdir()))
    assert ["engine", "client", "cluster"] == ended
    assert 0 == next(results)
    with pytest.raises(tasks.KnownError):
        next(results)


def test_context_map_timeout():
    """
    What is late is cancelled, and iteration says so at its place.
    """
    model = ContextExecutor[Hesitant]()
    results = model.map(tasks.add, range(3), timeout=0.1)

    assert 5 == next(results)
    with pytest.raises(TimeoutError):
        next(results)


class Hesitant(Lazy):
    """
    Makes the first call at once, and no other.
    """

    def submit(self, fn, /, *args, **kwargs):
        future = super().submit(fn, *args, **kwargs)
        if len(self.futures) == 1:
            future.set_result(fn(*args, **kwargs))
        return future


def test_context_map_buffersize():
    """
    With *buffersize*, errors come at their place too.
    """
    model = ContextExecutor[ThreadPoolExecutor](args=(1,))
    results = model.map(tasks.raise_at, range(5), [2] * 5, buffersize=2)

    assert [0, 1] == [next(results), next(results)]
    with pytest.raises(tasks.KnownError):
        next(results)


def test_context_block(ended):
    """
    `context` gives one `NormalExecutor` for a block.
    """
    model = ContextExecutor[Engine](**nested())
    with model.context() as executor:
        assert type(executor) is NormalExecutor[Engine]
        assert isinstance(executor.executor, Engine)
        assert [5, 6] == list(executor.map(tasks.add, range(2)))
    with pytest.raises(KeyError), model.context():
        raise KeyError

    assert ["engine", "client", "cluster"] == ended


# Crowds


@pytest.mark.parametrize("kind", [NormalExecutor, ContextExecutor])
def test_crowd(kind):
    """
    64 threads share one model: every result is right, every pool is closed.
    """
    n_threads, n_calls = 64, 80
    pools: list[ThreadPoolExecutor] = []

    class Pool(ThreadPoolExecutor):
        def __init__(self) -> None:
            super().__init__(2)
            pools.append(self)

    model = kind[Pool]()

    def work(k: int) -> bool:
        calls = range(k, k + n_calls)
        by_submit = [model.submit(tasks.add, n).result() for n in calls]
        by_map = list(model.map(tasks.add, calls))
        return by_submit == by_map == [n + 5 for n in calls]

    with ThreadPoolExecutor(n_threads) as crowd:
        assert all(crowd.map(work, range(n_threads)))
    if kind is NormalExecutor:
        model.shutdown()
        assert 1 == len(pools)
    assert all(pool._shutdown for pool in pools)
    assert not any(thread.is_alive() for pool in pools for thread in pool._threads)


def test_process_pool_by_default():
    """
    A process pool sends calls as bytes: built-ins and methods work.
    """
    with NormalExecutor[ProcessPoolExecutor](args=(1,)) as model:
        assert "AB" == model.submit("ab".upper).result(20)
        assert [1, 2] == list(model.map(abs, [-1, 2]))
