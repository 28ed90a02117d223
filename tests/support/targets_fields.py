"""
Classes of an application's own, with fields that JSON does not hold.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import functools
import pathlib
import threading
import uuid
import zoneinfo
from collections import Counter
from collections.abc import Sequence
from decimal import Decimal
from fractions import Fraction
from typing import Any, TypedDict

import attrs

from callsheet import CallableModel

ID = uuid.UUID(int=5)
PURE = pathlib.PurePosixPath("a")


class Colour(enum.Enum):
    RED = 1


class Place(TypedDict):
    """
    A typed dict.
    """

    since: dt.date


@attrs.frozen
class Moment:
    """
    Each field under an annotation that tells its type.
    """

    date: dt.date = dt.date(2026, 11, 22)
    datetime: dt.datetime = dt.datetime(2026, 11, 22, 1, 2, 3, 4)
    zoned: dt.datetime = dt.datetime(
        2026, 10, 25, 2, 30, fold=1, tzinfo=zoneinfo.ZoneInfo("Europe/Vienna")
    )
    time: dt.time = dt.time(1, 2, tzinfo=dt.timezone.utc)
    timedelta: dt.timedelta = dt.timedelta(days=-1, microseconds=3)
    maybe: dt.date | None = dt.date(2026, 1, 1)
    either: dt.date | int | None = 5
    dates: list[dt.date] = attrs.field(factory=lambda: [dt.date(2026, 1, 1)])
    counts: Counter[str] = attrs.field(factory=lambda: Counter("aab"))
    place: Place = attrs.field(factory=lambda: Place(since=dt.date(2026, 1, 1)))
    by_date: dict[dt.date, int] = attrs.field(factory=lambda: {dt.date(2026, 1, 1): 1})


@dataclasses.dataclass(frozen=True)
class Parcel:
    content: bytes = b"\0\xff"
    weight: Decimal = Decimal("1.10")
    share: Fraction = Fraction(1, 3)
    id: uuid.UUID = ID
    path: pathlib.Path = pathlib.Path("a/b")
    pure: pathlib.PurePath = PURE
    point: complex = 1 - 2j
    colour: Colour = Colour.RED
    numbers: frozenset[int] = frozenset({1, 2})
    days: tuple[dt.date, ...] = (dt.date(2026, 1, 1),)
    moment: Moment = dataclasses.field(default_factory=Moment)
    by_number: dict[int, str] = dataclasses.field(default_factory=lambda: {1: "a"})


@attrs.define
class Open:
    """
    A field under an annotation that tells nothing, and one under one that tells
    half of it.
    """

    anything: Any
    thing: object = None
    items: Sequence[dt.date] = ()


@attrs.frozen
class Study:
    """
    A record of models.
    """

    call: CallableModel[Any]
    more: list[CallableModel[Any]] = attrs.field(factory=list[Any])


@dataclasses.dataclass
class Seeded:
    """
    What an InitVar leaves behind is no field.
    """

    a: int = 1
    seed: dataclasses.InitVar[int] = 0

    def __post_init__(self, seed: int) -> None:
        self.total = self.a * 10 + seed


@attrs.define(slots=False)
class Loaded:
    """
    Has a field that its constructor does not take.
    """

    a: Any = 1
    state: Any = attrs.field(init=False, default=0)

    @functools.cached_property
    def double(self) -> Any:
        return self.a * 2


@attrs.define
class Slotted:
    """
    Keeps its cached property in a slot.
    """

    a: Any = 1
    hidden: Any = attrs.field(default=0, init=False, eq=False)

    @functools.cached_property
    def double(self) -> Any:
        return self.a * 2


@attrs.define
class Growing:
    """
    Changes what its constructor was given.
    """

    items: Any

    def __attrs_post_init__(self) -> None:
        self.items.append(len(self.items))


@dataclasses.dataclass
class Odd:
    """
    Has an ``==`` of its own, which sees nothing.
    """

    a: Any = 1

    def __eq__(self, other: object) -> bool:
        return type(other) is Odd


@dataclasses.dataclass(eq=False)
class DataIdentity:
    """
    Equals only itself.
    """

    a: Any = 1


@attrs.frozen(eq=False)
class AttrsIdentity:
    """
    Equals only itself.
    """

    a: Any = 1


@dataclasses.dataclass
class Items(list):  # type: ignore[type-arg]
    """
    A list with a field.
    """

    a: Any = 1


@dataclasses.dataclass
class PerThread(threading.local):
    """
    A record whose base class keeps its attributes where nobody can see them.
    """

    a: Any = 1


class NoEquality:
    """
    An application's own class, without ``==``.
    """

    def __init__(self, a: Any) -> None:
        self.a = a


POINT = Slotted(1)


def take(x: Any, y: Any = None, *, slotted: Any = POINT) -> Any:
    """
    Return the arguments.
    """
    return x, y, slotted
