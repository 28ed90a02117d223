"""
A callable with stored arguments.
"""

from __future__ import annotations

import collections
import copy
import datetime
import enum
import functools
import inspect
import logging
import operator
import pickle
import random
import sys
import typing
import warnings
import weakref
from inspect import Parameter

import attrs
import pytest
import typing_extensions

import targets
from callsheet import (
    CallableModel,
    NormalExecutor,
    ObjLoader,
    SerialExecutor,
    get_callable_from_string,
)
from callsheet.exceptions import (
    ModelError,
    ResolveError,
    SignatureError,
    UnwritableError,
)
from targets import Adder, Box, Child, Point


def test_stored_arguments_are_passed():
    """
    A call passes what is stored.
    """
    assert CallableModel(targets.add, args=(1,), kwargs={"y": 2})() == 3


@pytest.mark.parametrize(
    ("args", "kwargs", "expected"),
    [
        ((), {}, (1, 2, (3,), 4, 5, {"k": 6})),
        ((10,), {}, (10, 2, (3,), 4, 5, {"k": 6})),
        ((10, 20), {}, (10, 20, (3,), 4, 5, {"k": 6})),
        ((10, 20, 30, 40), {}, (10, 20, (30, 40), 4, 5, {"k": 6})),
        ((), {"b": 20}, (1, 20, (3,), 4, 5, {"k": 6})),
        ((), {"d": 50, "c": 40}, (1, 2, (3,), 40, 50, {"k": 6})),
        ((), {"k": 60}, (1, 2, (3,), 4, 5, {"k": 60})),
        ((), {"m": 70, "a": 80}, (1, 2, (3,), 4, 5, {"k": 6, "m": 70, "a": 80})),
    ],
)
def test_given_arguments_replace_stored_ones(args, kwargs, expected):
    """
    What is given replaces what is stored, parameter by parameter; given
    ``*args`` replace all stored ones, given ``**kwargs`` are merged.
    """
    model = CallableModel(targets.everything, args=(1, 2, 3), kwargs={"c": 4, "d": 5, "k": 6})

    assert model(*args, **kwargs) == expected


def test_model_does_not_change_when_it_is_called():
    """
    What is given at one call is forgotten at the next.
    """
    model = CallableModel(targets.add, kwargs={"x": 1})

    model(5, y=6)

    assert model() == 5


def test_unset_argument():
    """
    A required argument may wait for the call, and is named if it never comes.
    """
    model = CallableModel(targets.everything, kwargs={"b": 1})

    assert model.missing() == ["a", "d"]
    with pytest.raises(SignatureError, match=r"Cannot call everything: missing .* 'a', 'd'"):
        model()
    assert model(0, d=1) == (0, 1, (), 3, 1, {})


def test_arguments_arrive_by_identity():
    """
    Arguments are not copied.
    """
    value = [1]

    assert CallableModel(targets.only_args, args=[value])()[0] is value


def test_input_is_not_changed():
    """
    The caller's dicts and lists stay as they are, and later changes to them
    change no model.
    """
    args, kwargs = [1], {"d": 2, "k": 3}
    live = {"*args": [4], "a": 1, "d": 2, "kwargs": {"k": 3}}
    model = CallableModel(targets.everything, args=args, kwargs=kwargs)
    again = CallableModel(targets.everything, signature=live)

    assert (args, kwargs) == ([1], {"d": 2, "k": 3})
    assert live == {"*args": [4], "a": 1, "d": 2, "kwargs": {"k": 3}}
    args.append(9)
    kwargs["k"] = 9
    live["kwargs"]["k"] = 9
    assert model()[2:] == ((), 3, 2, {"k": 3})
    assert again()[-1] == {"k": 3}


@pytest.mark.parametrize(
    ("callable", "args", "expected"),
    [
        (Point, (1,), Point(1)),
        (Point.make, (1,), Point(1)),
        (Child.make, (1,), Child(1)),
        (Point.double, (2,), 4),
        (Point(1).move, (1,), Point(2)),
        (Point.move, (Point(1), 1), Point(2)),
        (targets.add_three, (1,), 4),
        (targets.half, (2,), 3),
        (targets.Partials.first, (2,), ("Partials", 1, 2)),
        (targets.cached, (1,), (1, (1, [2]))),
        (targets.square, (3,), 9),
        (targets.make_local(), (3,), 3),
        (targets.Record, (3, 4), targets.Record(3, 4)),
        (targets.Data, (3,), targets.Data(3, [])),
        (targets.Colour, ("red",), targets.Colour.RED),
        (list[int], ((1,),), [1]),
        (max, (1, 2), 2),
        (operator.add, (1, 2), 3),
        (type, (1,), int),
    ],
    ids=str,
)
def test_every_kind_of_callable(callable, args, expected):
    """
    Whatever can be called makes a model.
    """
    assert CallableModel(callable, args=args)() == expected


def test_partial_is_taken_apart():
    """
    A partial becomes its function with its arguments stored.
    """
    partial = functools.partial(functools.partial(targets.everything, 1, 2, d=3), 4, c=5, k=6)

    model = CallableModel(partial, args=(7,), kwargs={"d": 8})

    assert model.callable is targets.everything
    assert model() == partial(7, d=8)
    assert model(b=9)[1] == 9


def test_wrapper_sees_what_was_given():
    """
    A wrapper is not passed what nobody gave, and by position what came so.
    """
    model = CallableModel(targets.wrapped, args=(1,))

    assert model() == (1, "from the wrapper")
    assert targets.wrapped.seen[0] == (1,)


@pytest.mark.parametrize("how", ["dict", "json"])
def test_wrapper_sees_what_was_given_afterwards(how):
    """
    That survives the live form and the document.
    """
    calls = [
        CallableModel(targets.wrapped, args=(1,)),
        CallableModel(targets.wrapped, kwargs={"x": 1}),
        CallableModel(targets.wrapped, kwargs={"x": 1, "y": 4}),
        CallableModel(targets.wrapped_day, kwargs={"x": 1, "y": datetime.date(2026, 11, 22)}),
        CallableModel(targets.dispatched, args=(1,)),
        CallableModel(targets.cached, args=(1,)),
    ]
    for model in calls:
        if how == "dict":
            again = CallableModel(**model.dict())
        else:
            again = CallableModel.parse_raw(model.json(), allow=["targets.*"])

        assert model == again
        assert model() == again()


def test_names_that_records_use_themselves():
    """
    A parameter may be called like anything that a record has.
    """
    names = ("self", "json", "copy", "build", "schema", "kwarg_order")
    model = CallableModel(targets.nasty, kwargs=dict(zip(names, range(6), strict=True)))

    assert model() == (0, 1, 2, 3, 4, 5)
    assert [model.signature[name] for name in names] == [0, 1, 2, 3, 4, 5]


def test_import_string():
    """
    A programmer's own import string is resolved, whatever it leads to.
    """
    assert CallableModel("targets.Point.Inner", kwargs={"z": 3})().z == 3
    assert CallableModel("targets:Point.make", args=(3,))() == Point(3)
    assert CallableModel("random.uniform", args=(1, 1)).callable == random.uniform


@pytest.mark.parametrize("value", [None, 3, {}, "targets.MISSING"])
def test_what_is_not_callable(value):
    """
    What cannot be called makes no model.
    """
    with pytest.raises((ModelError, ResolveError), match="Cannot"):
        CallableModel(value)


@pytest.mark.parametrize(
    ("options", "match"),
    [
        ({"kwargs": {"z": 1}}, "unexpected keyword argument 'z'"),
        ({"kwargs": {"yy": 1}}, "Did you mean 'y'"),
        ({"args": (1, 2, 3)}, "too many positional"),
        ({"args": (1,), "kwargs": {"x": 2}}, "multiple values for argument 'x'"),
        ({"args": "ab"}, "args must be a list or a tuple"),
        ({"args": {"x": 1}}, "args must be a list or a tuple"),
        ({"args": 3}, "args must be a list or a tuple"),
        ({"kwargs": [("x", 1)]}, "kwargs must be a mapping"),
        ({"kwargs": {1: 2}}, "1"),
        ({"signature": [1]}, "signature must be a mapping"),
        ({"signature": {"z": 1}}, "no parameter 'z'"),
        ({"signature": {"args": 3}}, "must be a list"),
    ],
)
def test_arguments_that_do_not_fit(options, match):
    """
    A slip is found when the model is made, and named.
    """
    with pytest.raises(SignatureError, match=match) as caught:
        CallableModel(targets.add, **options)

    assert "add" in str(caught.value)
    assert isinstance(caught.value, TypeError)


def test_given_arguments_that_do_not_fit():
    """
    The same at the call.
    """
    model = CallableModel(targets.add, kwargs={"x": 1})

    with pytest.raises(SignatureError, match=r"Cannot call add: .*'z'"):
        model(z=1)
    with pytest.raises(SignatureError, match="too many"):
        model(1, 2, 3)
    with pytest.raises(SignatureError, match="multiple values"):
        model(1, x=2)


def test_error_of_the_callable_is_its_own():
    """
    A TypeError that the callable raises itself arrives as it is.
    """
    with pytest.raises(TypeError, match="unsupported operand") as caught:
        CallableModel(targets.add, kwargs={"x": 1, "y": "a"})()

    assert not isinstance(caught.value, SignatureError)


@pytest.mark.parametrize(
    "make",
    [
        lambda cls: CallableModel(cls, args=(b"1",))(),
        lambda cls: CallableModel(cls)(b"1"),
        lambda cls: CallableModel(cls, args=(b"0",))(b"1"),
        lambda cls: CallableModel(functools.partial(cls, b"1"))(),
        lambda cls: ObjLoader[cls](args=(b"1",)).load(),
        lambda cls: CallableModel(targets.only_args, args=(ObjLoader[cls](args=(b"1",)),))()[0],
        lambda cls: SerialExecutor().submit(cls, b"1").result(),
        lambda cls: NormalExecutor[SerialExecutor]().submit(cls, b"1").result(),
        lambda cls: next(NormalExecutor[SerialExecutor]().map(cls, [b"1"])),
    ],
)
def test_no_keywords_are_none(make):
    """
    A call without keywords passes none, where ``**{}`` would pass an empty
    dict: types of C can tell the two apart.
    """
    orjson = pytest.importorskip("orjson")

    assert b"1" == orjson.dumps(make(orjson.Fragment))


Row = CallableModel(collections.namedtuple, args=("Row", "x y"))()
Fields = CallableModel(typing.NamedTuple, args=("Fields", [("x", int)]))()
Colour = CallableModel(enum.Enum, args=("Colour", "RED"))()
UserId = ObjLoader[typing.NewType](args=("UserId", int)).load()
Movie = CallableModel(typing.TypedDict)("Movie", {"name": str})


class TestCaller:
    """
    Functions that look at the code that calls them see the code that calls the
    model.
    """

    @pytest.mark.parametrize("made", [Row(1, 2), Fields(1), Colour.RED, UserId, Movie])
    def test_classes_are_of_the_module_that_makes_them(self, made):
        """
        Classes that are made by a model pickle, and so do their instances.
        """
        named = made if hasattr(made, "__module__") else type(made)

        assert __name__ == named.__module__
        assert made == pickle.loads(pickle.dumps(made))

    @pytest.mark.parametrize(
        ("callable", "args"),
        [
            (targets.get_caller, ()),
            (targets.Called, ()),
            (targets.Called().get_caller, ()),
            (eval, ("__name__",)),
            (attrs.make_class, ("Made", ["x"])),
            (typing.TypeVar, ("Made",)),
            (typing.ParamSpec, ("Made",)),
            (typing_extensions.TypeVar, ("Made",)),
            (inspect.currentframe, ()),
            (sys._getframe, ()),
        ],
    )
    def test_module(self, callable, args):
        """
        They see its name, as in the plain call; deferred arguments or not.
        """

        def get_module(made):
            seen = getattr(made, "f_globals", {"__name__": getattr(made, "__module__", made)})
            return getattr(made, "caller", seen["__name__"])

        plain = get_module(callable(*args))

        assert __name__ == plain
        assert plain == get_module(CallableModel(callable, args=args)())
        assert plain == get_module(CallableModel(callable)(*args))
        assert plain == get_module(pickle.loads(pickle.dumps(CallableModel(callable)))(*args))

    @pytest.mark.parametrize(
        "callable",
        [warnings.warn, targets.warn_caller, functools.partial(targets.warn_caller, category=None)],
    )
    def test_warnings(self, callable):
        """
        A warning is that of the line that calls the model, and is shown once
        for it, where the filters say so.
        """
        model = CallableModel(callable, args=("careful",))

        with warnings.catch_warnings(record=True) as caught:
            warnings.simplefilter("default")
            for _ in range(2):
                line = sys._getframe().f_lineno + 1
                model()

        assert [(__file__, line)] == [(warning.filename, warning.lineno) for warning in caught]

    @pytest.mark.parametrize("callable", [logging.warning, logging.getLogger("callsheet").warning])
    def test_logging(self, callable, caplog):
        """
        A record of the log is that of the line that calls the model.
        """
        line = sys._getframe().f_lineno + 1
        CallableModel(callable, args=("careful",))()

        (record,) = caplog.records
        assert (__file__, line) == (record.pathname, record.lineno)
        assert "test_logging" == record.funcName

    @pytest.mark.parametrize("callable", [dir, globals, locals, vars])
    def test_no_variables_are_seen(self, callable):
        """
        Neither those of the library nor those of the caller.
        """
        model = CallableModel(callable)

        seen = {name for name in model() if not name.startswith("__")}

        assert seen <= {"<call>"}

    def test_no_variables_are_evaluated(self):
        """
        An expression in an argument reaches no variable.
        """
        for name in ("self", "record", "call", "spread", "get_callable_from_string"):
            with pytest.raises(NameError):
                CallableModel(eval, args=(name,))()
        np = pytest.importorskip("numpy")
        with pytest.raises(NameError):
            CallableModel(np.bmat, args=("record",))()


class TestBind:
    """
    Methods and their instances.
    """

    def test_instance(self):
        """
        ``bind`` is the instance of a method that was given through its class.
        """
        point = Point(1)
        model = CallableModel(Point.move, kwargs={"dx": 2}, bind=point)

        assert model.bind is point
        assert model() == Point(3)
        assert model == CallableModel(point.move, kwargs={"dx": 2})

    def test_bound_method(self):
        """
        A bound method knows its instance.
        """
        point = Point(1)

        assert CallableModel(point.move).bind is point
        assert CallableModel(Point.make).bind is None

    def test_import_string(self):
        """
        The same with an import string.
        """
        assert CallableModel("targets.Point.move", args=(2,), bind=Point(1))() == Point(3)

    def test_loader(self):
        """
        A loader builds the instance at each call.
        """
        model = CallableModel(
            Box.get, kwargs={"key": 1}, bind=ObjLoader[Box](kwargs={"content": [1]})
        )

        assert model() == ([1], 1)
        assert CallableModel.parse_raw(model.json(), allow=["targets.*"]) == model
        assert CallableModel(**model.dict()) == model

    def test_loader_of_another_class(self):
        """
        What is built must have this very method, not one of the same name,
        which nobody may have allowed.
        """
        document = {
            "callable": "targets.Box.get",
            "bind": {"loader": {"callable": "builtins.dict", "signature": {"key": 1}}},
            "signature": {"key": "key"},
        }
        model = CallableModel.parse_obj(document, allow=["targets.Box.get", dict])

        with pytest.raises(ModelError, match=r"Cannot bind Box.get to an instance of dict"):
            model()

    def test_method_of_a_built_in_class(self):
        """
        A method of C code is bound in the same way, live or by a loader.
        """
        assert CallableModel(str.upper, bind="a")() == "A"
        assert CallableModel(str.upper, bind=ObjLoader[str](args=("a",)))() == "A"

    @pytest.mark.parametrize(
        ("callable", "bind"),
        [
            (targets.add, Point(1)),
            (Point.double, Point(1)),
            (Point.make, Point(1)),
            (Point.move, Adder(1)),
            (Point(2).move, Point(1)),
            (targets.add, ObjLoader[Box]()),
            (Point.make, ObjLoader[Box]()),
        ],
        ids=str,
    )
    def test_nothing_to_bind(self, callable, bind):
        """
        ``bind`` where nothing is to be bound is an error.
        """
        with pytest.raises(ModelError, match="Cannot bind"):
            CallableModel(callable, bind=bind)


class TestCallableFromString:
    """
    The reference's own function.
    """

    def test_unbound_method(self):
        """
        A method's string gives a callable that takes the instance first.
        """
        assert get_callable_from_string("targets.Point.move")(Point(1), 1) == Point(2)

    def test_bind(self):
        """
        With an instance, it gives the bound method.
        """
        assert get_callable_from_string("targets.Point.move", bind=Point(1))(1) == Point(2)

    @pytest.mark.parametrize(
        ("text", "bind"),
        [
            ("targets.add", Point(1)),
            ("targets.Point.double", Point(1)),
            ("targets.Point.make", Point(1)),
            ("targets.Point.move", 3),
        ],
    )
    def test_nothing_to_bind(self, text, bind):
        """
        An instance that the method does not belong to is an error.
        """
        with pytest.raises(ModelError, match="Cannot"):
            get_callable_from_string(text, bind=bind)


def test_parameter_that_is_empty_itself():
    """
    `inspect.Parameter.empty` is a value that can be stored; the live form,
    where it marks an unset parameter, refuses it by name.
    """
    model = CallableModel(targets.add, kwargs={"x": 1, "y": Parameter.empty})

    assert model.missing() == []
    with pytest.raises(ValueError, match="argument y of add"):
        model.dict()
    again = CallableModel.parse_raw(model.json(), allow=["targets.*", Parameter.empty])
    assert again == model
    assert again.signature.build() == ([1, inspect.Parameter.empty], {})


def order(a: int, b: int, c: int = 3) -> tuple[int, int, int]:
    """
    Return the arguments.
    """
    return a, b, c


class Labelled(CallableModel):
    """
    An application's own model.
    """

    def describe(self) -> str:
        """
        Return what it is, in words.
        """
        return f"{self.callable.__name__}({self.signature.missing()})"


@pytest.mark.parametrize("options", [{"kwargs": {"a": 1}}, {"args": (1,)}, {}])
def test_subclass(options):
    """
    A subclass makes its own instances, from functions and strings, by every road.
    """
    for target in (order, f"{__name__}.order"):
        model = Labelled(target, **options)

        assert type(model) is Labelled
        assert f"order({['b'] if options else ['a', 'b']})" == model.describe()
        assert (1, 2, 3) == model(1, 2)
        assert model == attrs.evolve(model)
        assert type(attrs.evolve(model)) is Labelled
        assert model != CallableModel(target, **options)
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            model.callable = order


def test_subclass_travels():
    """
    A subclass stays one through pickle, copies and its own documents; as an
    argument, where no tag says what it is, it is refused.
    """
    model = Labelled(order, kwargs={"a": 1, "c": CallableModel(order)})
    object.__setattr__(model, "label", "first")
    allow = [f"{__name__}.order"]

    for copied in (pickle.loads(pickle.dumps(model)), copy.deepcopy(model)):
        assert type(copied) is Labelled
        assert copied == model
        assert copied.label == "first"
    assert model == Labelled.parse_raw(model.json(), allow=allow)
    assert type(CallableModel.parse_raw(model.json(), allow=allow)) is CallableModel
    with pytest.raises(UnwritableError, match="Labelled is a subclass of CallableModel"):
        CallableModel(order, kwargs={"a": model}).json()


def test_nothing_thaws_a_model():
    """
    A model that is initialised again stays what it was.
    """
    model = CallableModel(order, args=(1,))

    model.__init__(order, args=(2,))

    assert (1, 2, 3) == model(b=2)
    assert weakref.ref(model)() is model


class Moody(type):
    """
    A metaclass that answers to no name.
    """

    def __getattr__(cls, name: str) -> None:
        raise RuntimeError(name)


class MoodyClass(metaclass=Moody):
    """
    A class that answers to no name.
    """

    def __init__(self, x: int) -> None:
        self.x = x


class MoodyObject:
    """
    An object that answers to no name.
    """

    def __getattr__(self, name: str) -> None:
        raise RuntimeError(name)

    def __call__(self, x: int) -> int:
        return x


MOODY = MoodyObject()


def test_objects_that_answer_to_no_name():
    """
    What a class or an object does when it is asked for a name is not our
    crash.
    """
    allow = [f"{__name__}.*"]

    for model in (CallableModel(MOODY, args=(1,)), CallableModel(targets.add, args=(MOODY, 1))):
        assert CallableModel.parse_raw(model.json(), allow=[*allow, "targets.*", MOODY]) == model
    assert CallableModel(MOODY, args=(1,))() == 1
    assert CallableModel(MoodyClass, args=(1,))().x == 1


def test_method_of_a_loader():
    """
    A loader's own method is a callable like another.
    """
    loader = ObjLoader[Box](args=(1,))
    model = CallableModel(loader.load)

    assert model.bind is None
    assert model() == Box(1)
    assert model == CallableModel(ObjLoader[Box](args=(1,)).load)


def test_list_that_holds_itself_and_a_loader():
    """
    What can never be built is an error, not an endless loop.
    """
    cycle: list[object] = [ObjLoader[Box]()]
    cycle.append(cycle)

    with pytest.raises(RecursionError):
        CallableModel(targets.only_args, args=(cycle,))()


@pytest.mark.parametrize(
    "target", [targets.StaticInit, targets.StaticInitChild, targets.ClassInit], ids=repr
)
def test_constructors_without_an_instance(target):
    """
    A static or class method as ``__init__`` keeps its first parameter.
    """
    model = CallableModel(target, kwargs={"a": 1})

    model(b=3)

    assert target.seen == (1, 3)
    assert model.signature.kwarg_order == ["a", "b"]
    assert CallableModel(target).missing() == ["a"]
    assert CallableModel.parse_raw(model.json(), allow=["targets.*"]) == model


@pytest.mark.parametrize(
    "target", [targets.static_call, targets.class_call, targets.Made], ids=repr
)
def test_calls_without_an_instance(target):
    """
    So does a ``__call__``, of an instance's class and of a metaclass.
    """
    model = CallableModel(target, args=(1,))

    assert model.signature.kwarg_order == ["a", "b"]
    assert model(b=3) == target(1, b=3)
    assert CallableModel(target)(a=5) == target(a=5)


class TestCallableText:
    def test_is_called(self):
        """
        Text that can be called is what it is, no import string.
        """
        text = targets.callable_text

        assert CallableModel(text, args=(1,))() == ("os.getcwd", 1)
        assert CallableModel.parse_obj({"callable": text, "signature": {"x": 1}})() == text(1)
        assert ObjLoader(loader={"callable": text, "args": (1,)}).load() == text(1)

    def test_is_written(self):
        """
        It is written by its name, and never by its text.
        """
        model = CallableModel(targets.callable_text, args=(1,))

        assert '"callable": "targets.callable_text"' in model.json()
        assert CallableModel.parse_raw(model.json(), allow=["targets.*"])() == ("os.getcwd", 1)

    def test_other_text_is_an_import_string(self):
        """
        Text of another class of its own is an import string as before.
        """
        assert CallableModel(targets.Text("math.hypot"), args=(3, 4))() == 5.0
