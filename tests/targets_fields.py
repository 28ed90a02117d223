"""
Classes of an application's own, with fields that JSON does not hold.
"""

from __future__ import annotations

import dataclasses
import datetime as dt
import enum
import pathlib
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
