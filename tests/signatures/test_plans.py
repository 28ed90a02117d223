"""
The plan of a callable: cached while it is true, and no longer than its
callable lives.
"""

from __future__ import annotations

import gc
import inspect
import threading
from types import FunctionType
from typing import Any

import pytest

import targets
from callsheet import CallableModel
from callsheet._signatures.plans import count_plans, get_plan
from callsheet.exceptions import SignatureError


def collect() -> int:
    gc.collect()
    return count_plans()


def test_dead_lambdas_leave_nothing():
    """
    A thousand lambdas that are gone leave no plan.
    """
    before = collect()

    for i in range(1_000):
        CallableModel(lambda x, y=i: x, args=(1,))()
    after = collect()

    assert after - before <= 0


def test_dead_classes_and_methods_leave_nothing():
    """
    Nor do classes and methods of classes that are gone.
    """
    before = collect()

    for _ in range(100):
        cls = type("Local", (), {"__init__": lambda self, x=1: None, "m": lambda self, y: y})
        CallableModel(cls)()
        CallableModel(cls().m)(1)
        CallableModel(cls.m)(1, 2)
    del cls
    after = collect()

    assert after - before <= 0


def test_plan_holds_no_callable():
    """
    A model keeps its callable; a plan does not.
    """

    def fn(x: Any) -> Any:
        return x

    plan = get_plan(fn)

    assert not any(referrer is plan for referrer in gc.get_referrers(fn))


def make_function() -> Any:
    def fn(x: Any, y: Any = 1, *, z: Any = 2) -> Any:
        return x, y, z

    return fn


def test_changed_defaults():
    """
    A default that was assigned anew is the default of the next model.
    """
    fn = make_function()
    assert CallableModel(fn, args=(0,))() == (0, 1, 2)

    fn.__defaults__ = (10,)
    assert CallableModel(fn, args=(0,))() == (0, 10, 2)
    fn.__defaults__ = (20, 30)
    assert CallableModel(fn)() == (20, 30, 2)
    fn.__defaults__ = None
    assert CallableModel(fn).missing() == ["x", "y"]


def test_changed_keyword_defaults():
    """
    The same for keyword-only parameters, in place too.
    """
    fn = make_function()
    assert CallableModel(fn, args=(0,))() == (0, 1, 2)

    fn.__kwdefaults__["z"] = 20
    assert CallableModel(fn, args=(0,))() == (0, 1, 20)
    fn.__kwdefaults__ = {"z": 30}
    assert CallableModel(fn, args=(0,))() == (0, 1, 30)
    del fn.__kwdefaults__["z"]
    assert CallableModel(fn).missing() == ["x", "z"]
    fn.__kwdefaults__ = None
    assert CallableModel(fn).missing() == ["x", "z"]


def test_changed_code():
    """
    A function that got another body has another signature.
    """
    fn = make_function()
    CallableModel(fn, args=(0,))

    fn.__code__ = (lambda a, b=5: (a, b)).__code__
    fn.__kwdefaults__ = None

    assert CallableModel(fn, kwargs={"a": 1})() == (1, 1)
    with pytest.raises(SignatureError):
        CallableModel(fn, kwargs={"x": 1})


def test_changed_signature():
    """
    ``__signature__`` is what counts from when it is set.
    """
    fn = make_function()
    CallableModel(fn, args=(0,))

    fn.__signature__ = inspect.Signature([inspect.Parameter("q", inspect.Parameter.VAR_KEYWORD)])

    assert CallableModel(fn, kwargs={"x": 1})() == (1, 1, 2)
    with pytest.raises(SignatureError):
        CallableModel(fn, args=(0,))
    del fn.__signature__
    assert CallableModel(fn, args=(0,))() == (0, 1, 2)


def test_changed_wrapper():
    """
    ``__wrapped__`` as well.
    """
    fn = make_function()
    CallableModel(fn, args=(0,))

    fn.__wrapped__ = targets.add

    assert CallableModel(fn).missing() == ["x"]
    assert get_plan(fn).names == ("x", "y")


def test_changed_init():
    """
    A class with another ``__init__`` is called in another way.
    """

    class Local:
        def __init__(self, x: Any) -> None:
            self.seen: Any = x

    assert CallableModel(Local, args=(1,))().seen == 1

    def init(self: Any, a: Any, b: Any = 2) -> None:
        self.seen = a, b

    Local.__init__ = init  # type: ignore[assignment,method-assign]  # that is the test
    assert CallableModel(Local, kwargs={"a": 1})().seen == (1, 2)
    init.__defaults__ = (3,)
    assert CallableModel(Local, kwargs={"a": 1})().seen == (1, 3)


def test_inherited_init_that_changes():
    """
    A change of the base class reaches the subclass.
    """

    class Base:
        def __init__(self, x: Any = 1) -> None:
            self.seen = x

    class Sub(Base):
        pass

    assert CallableModel(Sub)().seen == 1
    Base.__init__.__defaults__ = (5,)
    assert CallableModel(Sub)().seen == 5
    Sub.__init__ = lambda self, z: setattr(self, "seen", z)  # type: ignore[method-assign]
    assert CallableModel(Sub, kwargs={"z": 7})().seen == 7


def test_new_and_metaclass():
    """
    A ``__new__``, a metaclass or a ``__signature__`` that arrives later counts.
    """

    class Local:
        def __init__(self, x: Any = 1) -> None:
            self.seen = x

    CallableModel(Local)
    Local.__signature__ = inspect.Signature([])  # type: ignore[attr-defined]

    assert get_plan(Local).names == ()
    with pytest.raises(SignatureError):
        CallableModel(Local, args=(1,))


def test_method_of_a_changed_function():
    """
    Bound methods follow their function.
    """

    class Local:
        def m(self, x: Any = 1) -> Any:
            return x

    local = Local()
    assert CallableModel(local.m)() == 1
    Local.m.__defaults__ = (2,)

    assert CallableModel(local.m)() == 2


def test_function_and_method_are_two_plans():
    """
    What a function takes by itself is more than it takes as a method.
    """
    point = targets.Point(1)

    assert get_plan(targets.Point.move).names == ("self", "dx", "dy")
    assert get_plan(point.move).names == ("dx", "dy")


@pytest.mark.parametrize(
    "callable",
    [
        targets.add,
        targets.everything,
        targets.only_args,
        targets.collide,
        targets.wrapped,
        targets.Point,
        targets.Point(1).move,
        targets.Child.make,
        targets.Record,
        targets.Data,
        targets.add_three,
        len,
        int.from_bytes,
    ],
    ids=str,
)
def test_plan_agrees_with_inspect(callable):
    """
    A plan says what `inspect.signature` says.
    """
    plan = get_plan(callable)
    parameters = list(inspect.signature(callable).parameters.values())
    kinds = inspect.Parameter

    named = [p for p in parameters if p.kind not in (kinds.VAR_POSITIONAL, kinds.VAR_KEYWORD)]
    assert plan.names == tuple(p.name for p in named)
    assert plan.n_posonly == sum(p.kind is kinds.POSITIONAL_ONLY for p in named)
    assert plan.n_pos == sum(p.kind is not kinds.KEYWORD_ONLY for p in named)
    stars = {p.kind: p.name for p in parameters}
    assert plan.var_positional == stars.get(kinds.VAR_POSITIONAL)
    assert plan.var_keyword == stars.get(kinds.VAR_KEYWORD)


def test_threads():
    """
    Many threads can plan, bind and call the same things at once.
    """
    errors: list[BaseException] = []

    def work() -> None:
        try:
            for i in range(300):
                fn = make_function()
                assert CallableModel(fn, args=(i,))() == (i, 1, 2)
                assert CallableModel(targets.add, args=(i,))() == i + 4
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []


def test_nameless_argument_of_a_comprehension():
    """
    It has the name that `inspect` gives it.
    """
    function = FunctionType((x for x in ()).gi_code, {})
    model = CallableModel(function, args=(iter([1, 2]),))

    assert model.signature.kwarg_order == [*inspect.signature(function).parameters]
    assert list(model()) == [1, 2]
