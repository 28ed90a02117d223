"""
Importable things that the generated examples use as values.
"""

from __future__ import annotations

import dataclasses
import enum
from typing import Any, NamedTuple

import attrs


class Colour(enum.Enum):
    """
    An enumeration whose values are of several types.
    """

    RED = "red"
    BLUE = (1, 2)
    ALSO_RED = "red"  # noqa: PIE796  an alias


class Level(enum.IntEnum):
    """
    Members that are also ints.
    """

    LOW = 1
    HIGH = 2


class Mode(str, enum.Enum):
    """
    Members that are also text.
    """

    FAST = "fast"


class Access(enum.Flag):
    """
    Members that combine.
    """

    READ = 1
    WRITE = 2


@attrs.frozen
class Point:
    """
    An attrs class.
    """

    x: Any
    y: Any = 0


@dataclasses.dataclass
class Pair:
    """
    A dataclass.
    """

    left: Any
    right: Any = None


@attrs.define
class Box:
    """
    What loaders build in the examples.
    """

    content: Any = None


def make_box(content: Any = None) -> Box:
    """
    Return a box.
    """
    return Box(content)


class Row(NamedTuple):
    """
    A tuple with names, which is no plain tuple.
    """

    a: Any
    b: Any = 1


class Text(str):
    """
    A text of a class of its own.
    """


class Number(int):
    """
    An int of a class of its own.
    """


class Outer:
    """
    A class with a class in it.
    """

    class Inner:
        """
        A nested class.
        """

        @staticmethod
        def act(value: Any) -> Any:
            """
            Return the value.
            """
            return value


class Opaque:
    """
    What no document holds.
    """


def add(x: Any, y: Any = 4) -> Any:
    """
    Return a sum.
    """
    return x + y


def take(*args: Any, x: Any = None, **kwargs: Any) -> Any:
    """
    Take anything.
    """


def everything(a: Any, /, b: Any = 2, *args: Any, c: Any = (), d: Any, **kwargs: Any) -> Any:
    """
    Return all five kinds of arguments.
    """
    return a, b, args, c, d, kwargs


def collide(args: Any, kwargs: Any = None, *rest: Any, callable: Any = 1, **more: Any) -> Any:
    """
    Return arguments of names that documents use themselves.
    """
    return args, kwargs, rest, callable, more


class Engine:
    """
    What loaders bind methods to.
    """

    def __init__(self, power: Any = 1) -> None:
        self.power = power

    def run(self, x: Any, y: Any = None) -> Any:
        """
        Return the arguments and what they ran on.
        """
        return self.power, x, y
