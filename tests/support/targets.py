"""
Importable things for the tests: an import string must find them, in another
process, too.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import functools
import pathlib
import sys
import warnings
from collections.abc import Callable
from decimal import Decimal
from typing import Any, ClassVar

import attrs

from callsheet import CallableModel, ObjLoader


def add(x: Any, y: Any = 4) -> Any:
    """
    Return a sum.
    """
    return x + y


def everything(a: Any, /, b: Any = 2, *args: Any, c: Any = 3, d: Any, **kwargs: Any) -> Any:
    """
    Return all five kinds of arguments.
    """
    return a, b, args, c, d, kwargs


def only_args(*args: Any) -> Any:
    """
    Return var-positional arguments.
    """
    return args


def only_kwargs(**kwargs: Any) -> Any:
    """
    Return var-keyword arguments.
    """
    return kwargs


def collide(args: Any, kwargs: Any = None, *rest: Any, callable: Any = 1, **more: Any) -> Any:
    """
    Return arguments of names that records use themselves.
    """
    return args, kwargs, rest, callable, more


def nasty(self: Any, json: Any, copy: Any, build: Any, schema: Any, kwarg_order: Any) -> Any:
    """
    Return arguments that are called like methods of a record.
    """
    return self, json, copy, build, schema, kwarg_order


MISSING = object()


def with_sentinel(x: Any = MISSING, sizes: Any = ()) -> Any:
    """
    Tell whether the sentinel arrived, and the tuple.
    """
    return x is MISSING, sizes


NOON = datetime.datetime(2026, 11, 22, 12, tzinfo=datetime.timezone.utc)


def subtle(x: Any = (0.0,), price: Any = Decimal("1.0"), when: Any = NOON) -> Any:
    """
    Return arguments whose defaults equal more than themselves.
    """
    return x, price, when


def dated(
    day: datetime.date,
    root: pathlib.PurePosixPath | None = None,
    names: tuple[str, ...] = (),
    *rest: datetime.date,
    **more: pathlib.PurePosixPath,
) -> Any:
    """
    Return arguments that have annotations.
    """
    return day, root, names, rest, more


def counted(n: int, ratio: float = 0.5, flags: list[bool] | None = None) -> Any:
    """
    Return arguments of primitive annotations.
    """
    return n, ratio, flags


def decorate(fn: Callable[..., Any]) -> Callable[..., Any]:
    """
    Return a wrapper that keeps what it was called with.
    """

    @functools.wraps(fn)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        wrapper.seen = args, kwargs  # type: ignore[attr-defined]
        kwargs.setdefault("y", "from the wrapper")
        return fn(*args, **kwargs)

    return wrapper


@decorate
def wrapped(x: Any, y: Any = 4) -> Any:
    """
    Return the arguments.
    """
    return x, y


@decorate
def wrapped_day(x: Any, y: Any = datetime.date(2026, 11, 22)) -> Any:
    """
    Return the arguments.
    """
    return x, y


@functools.singledispatch
def dispatched(value: Any, other: Any = 0) -> Any:
    """
    Return what was dispatched.
    """
    return "any", value, other


@functools.cache
def cached(x: Any, y: Any = (1, [2])) -> Any:
    """
    Return the arguments; the default has no hash.
    """
    return x, y


square = lambda x: x * x  # noqa: E731  # a lambda is what it is


def make_local() -> Any:
    """
    Return a function that no import string leads to.
    """

    def local(x: Any = 1) -> Any:
        return x

    return local


class Point:
    """
    A class with methods of every kind.
    """

    def __init__(self, x: Any, y: Any = 0) -> None:
        self.x = x
        self.y = y

    def __eq__(self, other: object) -> bool:
        return type(other) is type(self) and vars(other) == vars(self)

    def __hash__(self) -> int:
        return hash((self.x, self.y))

    def __repr__(self) -> str:
        return f"Point({self.x!r}, {self.y!r})"

    def move(self, dx: Any, dy: Any = 0) -> Any:
        """
        Return a moved point.
        """
        return Point(self.x + dx, self.y + dy)

    @classmethod
    def make(cls, x: Any) -> Any:
        """
        Return an instance; a factory.
        """
        return cls(x)

    @staticmethod
    def double(x: Any) -> Any:
        """
        Return the double.
        """
        return 2 * x

    class Inner:
        """
        A nested class.
        """

        def __init__(self, z: Any = 1) -> None:
            self.z = z


class Child(Point):
    """
    A subclass that inherits everything.
    """


origin = Point(0)
move = origin.move


class Adder:
    """
    A class whose instances are called.
    """

    def __init__(self, n: int) -> None:
        self.n = n

    def __call__(self, x: Any, *, twice: bool = False) -> Any:
        return x + self.n * (2 if twice else 1)


add_three = Adder(3)
half = functools.partial(add, 1)


class Partials:
    """
    A class with partial methods.
    """

    @classmethod
    def base(cls, x: Any, y: Any = 0) -> Any:
        """
        Return the arguments.
        """
        return cls.__name__, x, y

    first = functools.partialmethod(base, 1)


@attrs.frozen
class Record:
    """
    An attrs class.
    """

    x: int
    _y: int = 0


@dataclasses.dataclass
class Data:
    """
    A dataclass.
    """

    left: int
    right: list[int] = dataclasses.field(default_factory=list)


class Colour(enum.Enum):
    """
    An enumeration.
    """

    RED = "red"
    BLUE = 2


@attrs.define
class Box:
    """
    What loaders build.
    """

    content: Any = None

    def get(self, key: Any = None) -> Any:
        """
        Return the content and a key.
        """
        return self.content, key


class Witness:
    """
    Remembers that it was made.
    """

    made: ClassVar[list[Witness]] = []

    def __init__(self, content: Any = "innermost") -> None:
        self.content = content
        self.made.append(self)


def get_caller() -> Any:
    """
    Return the name of the module that calls.
    """
    return sys._getframe(1).f_globals["__name__"]


class Called:
    """
    Knows the module that made it.
    """

    def __init__(self) -> None:
        self.caller = sys._getframe(1).f_globals["__name__"]

    def get_caller(self) -> Any:
        """
        Return the name of the module that calls.
        """
        return sys._getframe(1).f_globals["__name__"]


def warn_caller(message: str, category: Any = None) -> None:
    """
    Warn the line that calls.
    """
    warnings.warn(message, category, stacklevel=2)


def call_twice(fn: Callable[..., Any], shared: Any) -> Any:
    """
    Pass one object at two places.
    """
    return fn(shared, shared)


def make_box(content: Any = None) -> Box:
    """
    Return a box.
    """
    return Box(content)


def make_nothing(content: Any = None) -> None:
    """
    Return nothing, which is no box.
    """


def take_loader(box: ObjLoader[Box], other: Any = None) -> Any:
    """
    Ask for the loader itself.
    """
    return box, other


def apply(fn: Callable[..., Any], *args: Any) -> Any:
    """
    Call a callable.
    """
    return fn(*args)


@attrs.frozen
class Task:
    """
    An application's record that holds a model and a callable.
    """

    name: str
    call: CallableModel[Any]
    after: Callable[..., Any] | None = None
    box: ObjLoader[Box] | None = None
    more: list[CallableModel[Any]] = attrs.field(factory=list)


class StaticInit:
    """
    A class whose constructor takes no instance.
    """

    seen: Any = None

    @staticmethod
    def __init__(a: Any, b: Any = 2) -> None:
        StaticInit.seen = (a, b)


class ClassInit:
    """
    A class whose constructor takes its class.
    """

    seen: Any = None

    @classmethod
    def __init__(cls, a: Any, b: Any = 2) -> None:
        ClassInit.seen = (a, b)


class StaticInitChild(StaticInit):
    """
    A class that inherits such a constructor.
    """


class StaticCall:
    """
    A class whose instances are called without themselves.
    """

    @staticmethod
    def __call__(a: Any, b: Any = 2) -> Any:
        return a, b


class ClassCall:
    """
    A class whose instances are called with their class.
    """

    @classmethod
    def __call__(cls, a: Any, b: Any = 2) -> Any:
        return a, b


class StaticMeta(type):
    """
    A metaclass whose classes are called without themselves.
    """

    @staticmethod
    def __call__(a: Any, b: Any = 2) -> Any:
        return a, b


class Made(metaclass=StaticMeta):
    """
    A class that its metaclass calls.
    """


static_call = StaticCall()
class_call = ClassCall()


class Text(str):
    """
    Text of a class of its own.
    """


class CallableText(str):
    """
    Text that can be called.
    """

    def __call__(self, x: Any) -> Any:
        return str(self), x


callable_text = CallableText("os.getcwd")


class Failure(Exception):
    """
    An error whose own first argument may be left out; Python keeps all of them.
    """

    def __init__(self, first: Any = None, /, *args: Any, note: Any = None) -> None:
        self.seen = first, args, note
