"""
The fast paths do what the slow, obvious one does.
"""

from __future__ import annotations

import inspect
import pickle
import sys
from itertools import islice
from types import ModuleType
from typing import Any

import pytest

from callsheet import UNSAFE_ALLOW_ANY, CallableModel, make_converter
from callsheet._equality import same
from callsheet.exceptions import CallsheetError, UnnameableError
from slow_calls import MODULE, Case, bind, call_slowly, make_cases

CONVERTERS = [make_converter(name, allow=[f"{MODULE}.*"]) for name in ("orjson", "json")]
REFUSED = "refused"


def call(model: CallableModel[Any], case_given: Any) -> Any:
    """
    Return what a call gives, or that it was refused.
    """
    args, kwargs = case_given
    try:
        made = model(*args, **kwargs)
    except TypeError:
        return REFUSED
    return getattr(made, "seen", made)


def expect(case: Case, given: Any) -> Any:
    try:
        return call_slowly(case.target, case.stored, given)
    except TypeError:
        return REFUSED


def check_case(case: Case, converters: list[Any]) -> int:
    """
    Compare everything that a model does with the slow way; return how many
    calls were compared.
    """
    args, kwargs = case.stored
    try:
        model = CallableModel(case.target, args=args, kwargs=kwargs)
    except CallsheetError:
        assert bind(case.target, case.stored) is None, case
        return 1
    assert bind(case.target, case.stored) is not None, case

    expected = [expect(case, given) for given in case.given]

    models = [model, CallableModel(**model.dict())]
    for converter in converters:
        try:
            text = converter.dumps(model)
        except UnnameableError:  # bound to an instance that no module holds
            continue
        models.append(converter.loads(text, CallableModel))
    for each in models:
        assert same(each, model), case
        for given, wanted in zip(case.given, expected, strict=True):
            assert same(call(each, given), wanted), (case.source, case.stored, given)
    return len(models) * len(case.given)


@pytest.mark.parametrize("seed", range(4))
def test_random_calls(seed: int) -> None:
    """
    Building, calling, overriding, writing and reading agree with
    `Signature.bind_partial` on random signatures and arguments.
    """
    n_calls = sum(check_case(case, CONVERTERS) for case in islice(make_cases(seed), 150))

    assert n_calls > 1_000


def make_target() -> Any:
    def target(x: int, y: int = 5) -> list[int]:
        return [x, y]

    return target


def check_now(target: Any, arguments: list[tuple[Any, Any]]) -> None:
    for stored in arguments:
        case = Case(target, "", stored, arguments)
        check_case(case, [])


def replace_code(target: Any) -> None:
    def other(x: int, z: int = 7, y: int = 8) -> list[int]:
        return [x, z, y]

    target.__code__ = other.__code__


def replace_defaults(target: Any) -> None:
    target.__defaults__ = (6,)


def drop_defaults(target: Any) -> None:
    target.__defaults__ = None


def set_kwdefaults(target: Any) -> None:
    target.__kwdefaults__ = {"k": 3}


def change_kwdefaults(target: Any) -> None:
    target.__kwdefaults__["k"] = 4


def set_signature(target: Any) -> None:
    x, _ = inspect.signature(target).parameters.values()
    target.__signature__ = inspect.Signature([x])


def wrap(target: Any) -> None:
    def inner(x: int, *, y: int = 5) -> None: ...

    target.__wrapped__ = inner


ARGUMENTS: list[tuple[Any, Any]] = [
    ((), {}),
    ((1,), {}),
    ((), {"x": 1}),
    ((), {"y": 2, "x": 1}),
    ((1, 2), {}),
    ((1, 2, 3), {}),
    ((), {"z": 1}),
    ((), {"x": 1, "k": 2}),
    ((), {"x": 1, "w": 2}),
]


@pytest.mark.parametrize(
    "change", [replace_code, replace_defaults, drop_defaults, set_signature, wrap]
)
def test_changed_functions(change: Any) -> None:
    """
    A plan is not used once its function has changed.
    """
    target = make_target()
    check_now(target, ARGUMENTS)

    change(target)

    check_now(target, ARGUMENTS)


def test_changed_kwdefaults() -> None:
    """
    Defaults of keyword-only parameters may change in place, too.
    """

    def target(x: int = 0, *, k: int) -> list[int]:
        return [x, k]

    check_now(target, ARGUMENTS)

    set_kwdefaults(target)
    check_now(target, ARGUMENTS)
    change_kwdefaults(target)
    check_now(target, ARGUMENTS)


def test_changed_classes() -> None:
    """
    A plan is not used once the class has another constructor.
    """

    class Target:
        seen: Any = "nothing"

        def __init__(self, x: int, y: int = 5) -> None:
            self.seen = [x, y]

    check_now(Target, ARGUMENTS)

    def init(self: Any, x: int = 3, *, z: int = 4) -> None:
        self.seen = [x, z]

    Target.__init__ = init  # type: ignore[method-assign, assignment]
    check_now(Target, ARGUMENTS)

    init.__kwdefaults__ = {"z": 6}
    check_now(Target, ARGUMENTS)

    del Target.__init__
    check_now(Target, ARGUMENTS)


def test_changed_base_classes() -> None:
    """
    A constructor that is inherited may change as well.
    """

    class Base:
        seen: Any = "nothing"

        def __init__(self, x: int, y: int = 5) -> None:
            self.seen = [x, y]

    class Target(Base):
        pass

    check_now(Target, ARGUMENTS)

    def init(self: Any, z: int = 4) -> None:
        self.seen = [z]

    Base.__init__ = init  # type: ignore[method-assign, assignment]
    check_now(Target, ARGUMENTS)

    def new(cls: Any, *args: Any, **kwargs: Any) -> Any:
        return object.__new__(cls)

    Target.__new__ = new  # type: ignore[method-assign]
    check_now(Target, ARGUMENTS)


def test_stored_arguments_are_passed_by_identity() -> None:
    """
    No fast path copies an argument.
    """
    target = make_target()
    value: Any = [1, 2]

    for model in (
        CallableModel(target, kwargs={"x": value}),
        CallableModel(target, args=[value]),
        CallableModel(target, signature={"x": value}),
    ):
        assert model()[0] is value  # type: ignore[index]


def test_pickle_of_importable_callables() -> None:
    """
    Pickle keeps what a plain model and what any other model stores.
    """
    for model in (
        CallableModel(divmod, args=[7, 2]),
        CallableModel("fractions.Fraction", args=[1], kwargs={"denominator": 3}),
        CallableModel("json.dumps", kwargs={"obj": [1, (2,)], "indent": 2}),
    ):
        again = pickle.loads(pickle.dumps(model))

        assert same(again, model)
        assert again() == model()


def test_an_open_door_reads_the_same() -> None:
    """
    The policy changes what is read, never how.
    """
    open_door = make_converter("json", allow=UNSAFE_ALLOW_ANY)

    for case in islice(make_cases(99), 60):
        check_case(case, [open_door])


@pytest.fixture
def module(monkeypatch):
    """
    A module of two functions, which a test may change.
    """
    made = ModuleType("shifting")
    exec("def f(x=0): return x\ndef g(x=0): return -x\n", made.__dict__)
    monkeypatch.setitem(sys.modules, "shifting", made)
    return made


def replace_module(module, monkeypatch):
    """
    Put another module of the same name in its place, which has other functions.
    """
    other = ModuleType("shifting")
    exec("def f(x=0): return 7\n", other.__dict__)
    monkeypatch.setitem(sys.modules, "shifting", other)
    return other.f


def rebind(module, monkeypatch):
    """
    Give the name of one function to the other.
    """
    module.f = module.g
    return module.g


@pytest.mark.parametrize("change", [rebind, replace_module])
def test_what_a_string_led_to_is_looked_up_again(module, monkeypatch, change):
    """
    A string that led somewhere leads to what stands there now.
    """
    old = module.f
    for _ in range(2):
        assert CallableModel("shifting.f").callable is old

    new = change(module, monkeypatch)

    assert new is not old
    assert CallableModel("shifting.f").callable is new


@pytest.mark.parametrize("change", [rebind, replace_module])
def test_name_that_was_written_is_looked_up_again(module, monkeypatch, change):
    """
    A callable that has lost its name is not written under it any more.
    """
    converter = make_converter("orjson", allow=["shifting.*"])
    model = CallableModel(module.f, kwargs={"x": 1})
    for _ in range(3):
        assert converter.loads(converter.dumps(model), CallableModel) == model

    change(module, monkeypatch)

    with pytest.raises(UnnameableError, match="leads to something else"):
        converter.dumps(model)


def test_signature_that_changes_is_written_anew(module):
    """
    A parameter that is called like a key of the document is told apart, also
    where the callable had none when it was written first.
    """
    converter = make_converter("orjson", allow=["shifting.*"])
    for _ in range(3):
        converter.dumps(CallableModel(module.f, kwargs={"x": 1}))

    module.f.__code__ = (lambda args: args).__code__
    model = CallableModel(module.f, kwargs={"args": 1})

    assert converter.loads(converter.dumps(model), CallableModel) == model
    assert model() == 1
