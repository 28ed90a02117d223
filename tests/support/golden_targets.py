"""
What the golden documents name. Add to it; never change what is here, for
documents that were written once are read for ever.
"""

from __future__ import annotations

import dataclasses
import datetime
import enum
import pathlib
from typing import Any

import attrs


def add(x: Any, y: Any = 4) -> Any:
    """
    Return a sum.
    """
    return x + y


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


def dated(day: datetime.date, root: pathlib.PurePosixPath, names: tuple[str, ...] = ()) -> Any:
    """
    Return arguments with annotations.
    """
    return day, root, names


class Colour(enum.Enum):
    """
    An enumeration.
    """

    RED = "red"
    BLUE = 2


class Access(enum.Flag):
    """
    Flags.
    """

    READ = 1
    WRITE = 2


@attrs.frozen
class Point:
    """
    An attrs class.
    """

    x: int
    y: int = 0


@dataclasses.dataclass
class Pair:
    """
    A dataclass.
    """

    left: int
    right: str = ""


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

    @classmethod
    def make(cls, content: Any) -> Box:
        """
        Return a box; a factory.
        """
        return cls(content)


class Child(Box):
    """
    A subclass, of which `make` is inherited.
    """

    class Inner:
        """
        A nested class.
        """


def make_box(content: Any = None) -> Box:
    """
    Return a box.
    """
    return Box(content)
