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
