"""
Untagged values under annotations, and the annotations of callables.
"""

# The old spellings of unions, and implicit ones, are what is tested here.
# ruff: noqa: UP007, UP045, RUF013

from __future__ import annotations

import collections.abc
import concurrent.futures
import dataclasses
import datetime as dt
import decimal
import enum
import fractions
import functools
import os
import pathlib
import sys
import typing
import uuid
import zoneinfo
from typing import Annotated, Any, Literal, NamedTuple, NewType, Optional, TypedDict, Union

import attrs
import pytest
import typing_extensions
from hypothesis import given, settings
from hypothesis import strategies as st

from callsheet._equality import same
from callsheet._signatures.hints import resolve_annotations
from callsheet._values.annotations import get_reader
from callsheet.exceptions import AnnotationError, CallsheetError
from value_strategies import JSON, VALUES

DAY = dt.date(2026, 11, 22)
TEXT = "2026-11-22"


class Colour(enum.Enum):
    RED = "r"
    BLUE = 2
    r = "RED"


class Bits(enum.Flag):
    A = 1
    B = 2


class Level(enum.IntEnum):
    LOW = 1


@attrs.frozen
class Server:
    host: str
    day: dt.date


@dataclasses.dataclass
class Job:
    name: str


class Hooked:
    pass


class Span(NamedTuple):
    start: dt.date
    n: int


class Entry(TypedDict, total=False):
    day: dt.date
    n: int


Name = NewType("Name", str)
Day = NewType("Day", dt.date)
Days = typing_extensions.TypeAliasType("Days", list[dt.date])
T = typing.TypeVar("T")
Keyed = typing_extensions.TypeAliasType("Keyed", dict[str, T], type_params=(T,))


class Structurer:
    """
    A structurer that knows a few classes.
    """

    def can_structure(self, cls: Any, /) -> bool:
        return cls in (Server, Job, Hooked)

    def structure(self, cls: Any, value: Any, /) -> Any:
        return cls, value


def read(annotation: Any, value: Any, **options: Any) -> Any:
    """
    Return what *value* is read as.
    """
    reader = get_reader(annotation, Structurer(), **options)
    return value if reader is None else reader(value)


# (annotation, untagged, what it stands for)
READ: list[tuple[Any, Any, Any]] = [
    (dt.date, TEXT, DAY),
    (dt.datetime, TEXT, dt.datetime(2026, 11, 22)),
    (dt.datetime, "2026-11-22T01:02", dt.datetime(2026, 11, 22, 1, 2)),
    (
        dt.datetime,
        "2026-11-22 01:02:03.5Z",
        dt.datetime(2026, 11, 22, 1, 2, 3, 500000, dt.timezone.utc),
    ),
    (dt.time, "01:02:03", dt.time(1, 2, 3)),
    (dt.timedelta, "2 days, 1:00:00", dt.timedelta(days=2, hours=1)),
    (dt.timedelta, "-1 day, 23:00:00", dt.timedelta(hours=-1)),
    (dt.timedelta, "36:00:00", dt.timedelta(hours=36)),
    (dt.timedelta, 5, 5),
    (dt.timezone, "+01:00", dt.timezone(dt.timedelta(hours=1))),
    (zoneinfo.ZoneInfo, "UTC", zoneinfo.ZoneInfo("UTC")),
    (pathlib.Path, "a/b", pathlib.Path("a/b")),
    (pathlib.PurePosixPath, "a/b", pathlib.PurePosixPath("a/b")),
    (decimal.Decimal, "1.10", decimal.Decimal("1.10")),
    (decimal.Decimal, 3, decimal.Decimal(3)),
    (decimal.Decimal, True, True),
    (uuid.UUID, "0" * 32, uuid.UUID(int=0)),
    (fractions.Fraction, "3/4", fractions.Fraction(3, 4)),
    (complex, "1+2j", 1 + 2j),
    (complex, 1, 1),
    (Colour, "r", Colour.RED),
    (Colour, "RED", Colour.r),
    (Colour, "BLUE", Colour.BLUE),
    (Colour, 2, Colour.BLUE),
    (Colour, None, None),
    (Bits, 3, Bits.A | Bits.B),
    (Bits, "A", Bits.A),
    (Level, 1, Level.LOW),
    (Level, True, True),
    (tuple, [1, [2]], (1, [2])),
    (tuple[dt.date, ...], [TEXT, TEXT], (DAY, DAY)),
    (tuple[dt.date, int], [TEXT, 1], (DAY, 1)),
    (tuple[()], [], ()),
    (typing.Tuple[int, ...], [1], (1,)),  # noqa: UP006
    (tuple[tuple[int, int], ...], [[1, 2]], ((1, 2),)),
    (set, [1, 2], {1, 2}),
    (set[dt.date], [TEXT], {DAY}),
    (frozenset[int], [1], frozenset({1})),
    (collections.abc.Set[int], [1], {1}),
    (list[dt.date], [TEXT], [DAY]),
    (list[list[dt.date]], [[TEXT]], [[DAY]]),
    (typing.Sequence[dt.date], [TEXT], [DAY]),
    (collections.abc.Iterable[pathlib.Path], ["a"], [pathlib.Path("a")]),
    (dict[str, dt.date], {"a": TEXT}, {"a": DAY}),
    (dict[dt.date, int], {TEXT: 1}, {DAY: 1}),
    (dict[int, int], {"1": 1}, {"1": 1}),
    (typing.Mapping[str, tuple[int, ...]], {"a": [1]}, {"a": (1,)}),
    (Optional[dt.date], TEXT, DAY),
    (Optional[dt.date], None, None),
    (dt.date | None, TEXT, DAY),
    (Union[str, dt.date], TEXT, TEXT),
    (Union[int, dt.date], 3, 3),
    (Union[dt.date, pathlib.Path], TEXT, DAY),
    (Union[dt.date, pathlib.Path], "x", pathlib.Path("x")),
    (Union[dt.date, Any], "x", "x"),
    (Union[list[dt.date], dt.date], TEXT, DAY),
    (Union[list[dt.date], dt.date], [TEXT], [DAY]),
    (Union[tuple[int, ...], list[int]], [1], [1]),
    (Union[float, dt.date], 1, 1),
    (Annotated[dt.date, "note"], TEXT, DAY),
    (Annotated[list[dt.date] | None, 1], [TEXT], [DAY]),
    (typing.Final[dt.date], TEXT, DAY),
    (Day, TEXT, DAY),
    (Days, [TEXT], [DAY]),
    (Keyed[dt.date], {"a": TEXT}, {"a": DAY}),
    (Span, [TEXT, 1], Span(DAY, 1)),
    (Entry, {"day": TEXT, "n": 1, "other": TEXT}, {"day": DAY, "n": 1, "other": TEXT}),
    (Server, {"host": "a"}, (Server, {"host": "a"})),
    (Server, "a", "a"),
    (Job, {"name": "a"}, (Job, {"name": "a"})),
    (list[Job], [{"name": "a"}], [(Job, {"name": "a"})]),
    (Hooked, "a", (Hooked, "a")),
    (Hooked, None, None),
    (Union[int, Hooked], "a", (Hooked, "a")),
]

# Annotations under which nothing ever changes.
INERT: list[Any] = [
    *(int, float, str, bool, None, type(None), bytes, Any, object, T, "dt.date", 3, [], ...),
    *(Name, Literal["a"], type, type[int], list, list[int], dict, dict[str, Any], list[T]),
    *(collections.abc.Callable, collections.abc.Callable[[int], int], typing.Callable),
    *(Optional[int], Union[int, str, None], concurrent.futures.Executor, os.PathLike),
    *(collections.abc.Iterable, collections.abc.Hashable, typing.TextIO, typing.NoReturn),
    *(typing.ForwardRef("dt.date"), Annotated[int, 1], typing_extensions.Self, range, bytearray),
]


class TestRead:
    @pytest.mark.parametrize(("annotation", "value", "expected"), READ, ids=repr)
    def test_by_annotation(self, annotation, value, expected):
        """
        What people write by hand becomes what the annotation asks for.
        """
        assert same(read(annotation, value), expected)

    @pytest.mark.parametrize("annotation", INERT, ids=repr)
    def test_inert(self, annotation):
        """
        There is no reader where nothing ever changes.
        """
        assert get_reader(annotation, Structurer()) is None

    @pytest.mark.parametrize("annotation", [item[0] for item in READ] + INERT, ids=repr)
    def test_what_is_no_json_passes(self, annotation):
        """
        Values that are read already pass unchanged, strictly or not.
        """
        for strict in (False, True):
            for value in (DAY, (1,), b"x", {1}, object(), Colour.RED, pathlib.Path("a")):
                assert read(annotation, value, strict=strict) is value

    @pytest.mark.parametrize(
        ("annotation", "value"),
        [
            (list[dt.date], [1, None]),
            (typing.Sequence[dt.date], [DAY]),
            (dict[str, dt.date], {"a": 1}),
            (dict[dt.date, dt.date], {}),
            (Entry, {"day": 1, "x": TEXT}),
        ],
    )
    def test_nothing_is_copied_without_need(self, annotation, value):
        """
        A list or mapping whose contents pass unchanged is passed as it is.
        """
        assert read(annotation, value) is value

    @given(st.sampled_from([item[0] for item in READ] + INERT), JSON, st.booleans())
    @settings(max_examples=400)
    def test_any_value(self, annotation, value, strict):
        """
        Any JSON value is read, passes, or is refused by our error.
        """
        try:
            read(annotation, value, strict=strict)
        except CallsheetError as error:
            caught: CallsheetError | None = error
        else:
            caught = None

        assert caught is None or isinstance(caught, AnnotationError)

    @given(st.sampled_from([item[0] for item in READ] + INERT), VALUES)
    @settings(max_examples=300)
    def test_reading_twice_changes_nothing(self, annotation, value):
        """
        What was read is not changed by reading it again, without a structurer.
        """
        reader = get_reader(annotation)
        if reader is None:
            return
        try:
            once = reader(value)
        except AnnotationError:
            return

        if type(once) is not str:  # a member's value may be another's name
            assert same(reader(once), once)

    @pytest.mark.parametrize(
        ("annotation", "value", "reason"),
        [
            (dt.date, "tomorrow", "YYYY-MM-DD"),
            (dt.date, "2026-11-22T00:00", "YYYY-MM-DD"),
            (dt.date, "2026-02-30", "day is out of range"),
            (dt.time, "noon", "HH:MM"),
            (dt.timedelta, "", "H:MM:SS"),
            (dt.timedelta, "1:70:00", "59 minutes"),
            (dt.timedelta, "999999999 days, 99:00:00", "date value out of range|days="),
            (decimal.Decimal, "1,5", "no decimal"),
            (decimal.Decimal, 1.5, "write it as text"),
            (uuid.UUID, "x", "no UUID"),
            (fractions.Fraction, "1/0", "denominator"),
            (complex, "i", "complex"),
            (Colour, "GREEN", "RED.*BLUE"),
            (Colour, 3, "none of its members"),
            (Bits, 8, "8"),
            (zoneinfo.ZoneInfo, "../x", "time zone"),
            (tuple[int, int], [1], "exactly 2 items, not 1"),
            (tuple[()], [1], "exactly 0 items"),
            (Span, [TEXT], "exactly 2"),
            (set, [[1]], "unhashable"),
            (set, [1, 1], "twice"),
            (set, [1, True], "twice"),
            (dict[decimal.Decimal, int], {"1.0": 1, "1.00": 2}, "keys are the same"),
            (Optional[dt.date], "x", "YYYY-MM-DD"),
            (Union[dt.date, uuid.UUID], "x", "no member of the union"),
            (list[dt.date], [TEXT, "x"], "YYYY-MM-DD"),
        ],
    )
    def test_messages(self, annotation, value, reason):
        """
        What is understood but cannot be read is an error that says why, and the way out.
        """
        with pytest.raises(AnnotationError, match=reason) as caught:
            read(annotation, value)

        assert isinstance(caught.value, ValueError)
        assert '{"$raw": ...}' in caught.value.message

    def test_structurer_errors_arrive(self):
        """
        An error of an application's hook arrives as itself, also through a union.
        """

        class Failing(Structurer):
            def structure(self, cls, value, /):
                raise LookupError("hook")

        for annotation in (Server, Optional[Server], list[Server]):
            reader = get_reader(annotation, Failing())
            value: Any = [{}] if annotation == list[Server] else {}
            with pytest.raises(LookupError, match="hook"):
                reader(value)

    def test_annotations_that_fail(self):
        """
        An annotation that raises wherever it is touched is none.
        """

        class Odd:
            def __eq__(self, other):
                raise RuntimeError

            def __hash__(self):
                raise RuntimeError

            def __getattr__(self, name):
                raise RuntimeError

        assert get_reader(Odd()) is None
        assert get_reader(list[Odd()]) is None

    def test_recursive_alias(self):
        """
        A type alias may contain itself.
        """
        tree = type("TypeAliasType", (), {})()
        tree.__value__ = Union[dt.date, list[tree]]

        assert read(tree, [TEXT, [TEXT, [[]]]]) == [DAY, [DAY, [[]]]]


class TestStrict:
    @pytest.mark.parametrize(
        ("annotation", "value"),
        [
            (int, True),
            (int, 1.5),
            (int, "1"),
            (int, None),
            (bool, 1),
            (bool, "true"),
            (str, 1),
            (float, True),
            (float, "1.5"),
            (None, 0),
            (list, {}),
            (list[int], ["1"]),
            (list[int], "1"),
            (dict, []),
            (dict[str, int], {"a": "b"}),
            (tuple[int, ...], [1.5]),
            (tuple, "x"),
            (set[str], [1]),
            (Literal[1, "a"], True),
            (Literal["a"], "b"),
            (Optional[int], "1"),
            (int | str, 1.5),
            (Union[list[int], str], ["a"]),
            (dt.date, 3),
            (dt.date, None),
            (pathlib.Path, 3),
            (decimal.Decimal, None),
            (Colour, 5.5),
            (Entry, []),
            (Entry, {"n": "1"}),
            (Span, [TEXT, "1"]),
            (Server, "a"),
            (Name, 1),
            (Annotated[int, 1], "1"),
        ],
    )
    def test_refused(self, annotation, value):
        """
        A value of the wrong type is refused, with both types named.
        """
        assert same(read(annotation, value), value) or isinstance(value, list)
        with pytest.raises(AnnotationError):
            read(annotation, value, strict=True)

    @pytest.mark.parametrize(
        ("annotation", "value"),
        [
            (int, 1),
            (float, 1),
            (float, 1.5),
            (bool, True),
            (str, "a"),
            (None, None),
            (Optional[int], None),
            (Any, [1]),
            (object, None),
            (T, 1),
            (list, [1, "a"]),
            (list[int], [1]),
            (list[Any], [None]),
            (dict, {"a": None}),
            (collections.abc.Sequence[str], "abc"),
            (collections.abc.Iterable[int], {"a": 1}),
            (Literal[1, "a"], "a"),
            (Union[int, list[int]], [1]),
            (Union[int, Any], "a"),
            (dt.timedelta, 1.5),
            (complex, 1.5),
            (collections.abc.Callable, "x"),
            (concurrent.futures.Executor, 3),
            (os.PathLike, "a"),
            ("unresolved", 1),
        ],
    )
    def test_accepted(self, annotation, value):
        """
        A value of the right type passes unchanged.
        """
        assert read(annotation, value, strict=True) is value

    @pytest.mark.parametrize(("annotation", "value", "expected"), READ, ids=repr)
    def test_reads_the_same(self, annotation, value, expected):
        """
        What is read without strictness is read with it.
        """
        if same(value, expected) and annotation not in (complex, Days):
            return

        assert same(read(annotation, value, strict=True), expected)

    def test_message(self):
        """
        The message names what was expected, and what came.
        """
        with pytest.raises(AnnotationError, match="expected an integer, got true or false"):
            read(int, True, strict=True)
        with pytest.raises(AnnotationError, match="expected a number, got text"):
            read(float, "1", strict=True)


def annotated(
    a: int,
    b: dt.date = DAY,
    c: missing.Name = 1,  # noqa: F821
    d: dt.date = None,
    /,
    *e: pathlib.Path,
    f: dt.date | None = None,
    g: int = None,
    **h: list[dt.date],
) -> missing.Other: ...  # noqa: F821


@dataclasses.dataclass
class Base:
    day: dt.date
    odd: missing.Name  # noqa: F821


@dataclasses.dataclass
class Derived(Base):
    path: pathlib.Path


@attrs.define
class Slotted:
    _day: dt.date
    n: int = attrs.field(converter=int)


class Plain:
    def __init__(self, day: dt.date): ...

    def method(self, day: dt.date): ...

    @classmethod
    def make(cls, me: Plain): ...

    @staticmethod
    def static(day: dt.date): ...

    def __call__(self, day: dt.date): ...


class New:
    def __new__(cls, day: dt.date): ...


class Meta(type):
    def __call__(cls, n: dt.date): ...


class WithMeta(metaclass=Meta): ...


@functools.wraps(annotated)
def wrapper(*args: int, **kwargs: int): ...


class TestResolve:
    def test_one_by_one(self):
        """
        An annotation that cannot be evaluated does not affect the others; a
        default of None makes None one of the values.
        """
        assert resolve_annotations(annotated) == {
            "a": int,
            "b": dt.date,
            "d": Optional[dt.date],
            "e": pathlib.Path,
            "f": Optional[dt.date],
            "g": Optional[int],
            "h": list[dt.date],
        }

    @pytest.mark.parametrize(
        ("target", "expected"),
        [
            (Base, {"day": dt.date}),
            (Derived, {"day": dt.date, "path": pathlib.Path}),
            (Slotted, {"day": dt.date}),
            (Plain, {"day": dt.date}),
            (Plain.method, {"day": dt.date}),
            (Plain(DAY).method, {"day": dt.date}),
            (Plain.make, {"me": Plain}),
            (Plain.static, {"day": dt.date}),
            (Plain(DAY), {"day": dt.date}),
            (New, {"day": dt.date}),
            (WithMeta, {"n": dt.date}),
            (functools.partial(Plain.static, 1), {"day": dt.date}),
            (wrapper, resolve_annotations(annotated)),
            (Span, {"start": dt.date, "n": int}),
        ],
        ids=repr,
    )
    def test_callables(self, target, expected):
        """
        Functions, methods, classes, instances, partials and decorated functions.
        """
        assert resolve_annotations(target) == expected

    @pytest.mark.parametrize(
        "target",
        [len, int, dict, object, print, max, dict.fromkeys, [].append, str.upper, 3, None, Hooked],
        ids=repr,
    )
    def test_without_annotations(self, target):
        """
        What has no annotations has none.
        """
        assert resolve_annotations(target) == {}

    def test_odd_annotations(self):
        """
        Whatever ``__annotations__`` is, there is no error.
        """

        def odd(): ...

        odd.__annotations__ = {"a": "1/0", "b": "import os", "c": 3, "d": "int", "e": "x" * 100}

        assert {**resolve_annotations(odd), "c": 0}.keys() <= {"c", "d"}

    def test_new_generics(self):
        """
        The parameters of PEP 695 are known in annotations of their function.
        """
        if sys.version_info < (3, 12):
            pytest.skip("the syntax is new in 3.12")
        names: dict[str, Any] = {"dt": dt}
        exec(
            "from __future__ import annotations\n"
            "type Tree = dt.date | list[Tree]\n"
            "def new[T](a: T, b: list[T], c: Tree): ...\n",
            names,
        )
        found = resolve_annotations(names["new"])

        assert [*found] == ["a", "b", "c"]
        assert read(found["c"], [TEXT, [TEXT]]) == [DAY, [DAY]]
