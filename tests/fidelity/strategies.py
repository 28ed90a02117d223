"""
Values of every class that documents know, and of some that they refuse.
"""

from __future__ import annotations

import collections
import datetime
import decimal
import enum
import fractions
import functools
import math
import operator
import pathlib
import uuid
import zoneinfo
from collections.abc import Iterator
from inspect import Parameter
from types import BuiltinFunctionType, FunctionType
from typing import Any

import numpy as np
from hypothesis import strategies as st

from callsheet import CallableModel, ObjLoader
from callsheet._equality import same
from fidelity import targets

__all__ = ["classify", "exact", "is_writable", "leaves", "values", "walk"]

SURROGATE = "\udc80"


def make_local() -> Any:
    """
    Return a function that no import string leads to.
    """

    def local_function() -> None: ...

    return local_function


OPAQUE = targets.Opaque()
HIDDEN = [make_local(), OPAQUE, lambda: 0]

TEXTS = st.one_of(
    st.text(max_size=5),
    st.sampled_from(
        [
            "",
            "inspect._empty",
            "$tuple",
            "null",
            "~",
            "yes",
            "1e3",
            "0x1f",
            "2026-11-22",
            "2026-11-22T01:02:03Z",
            "a: b",
            "- a",
            "#",
            "a\nb",
            "a\r\nb",
            "\x85",
            "\u2028",
            "\x00",
            "\x1b",
            "\ufeff",
            "\ufffe",
            "é",
            "変数",
            "😀",
            SURROGATE,
            "\ud83d",
            "a\\udc80" + SURROGATE,
            "'\"",
            "\t",
            " x ",
            "<<",
            "=",
            "!!python/name:os.system",
            "os.system",
        ]
    ),
    st.text(st.characters(), max_size=8),  # every code point but surrogates
)
INTS = st.one_of(
    st.integers(-10, 10),
    st.integers(),
    st.sampled_from([2**31, 2**53 + 1, 2**63 - 1, 2**63, -(2**63), -(2**63) - 1, 2**64, 10**400]),
)
FLOATS = st.one_of(
    st.floats(), st.sampled_from([-0.0, math.nan, math.inf, -math.inf, 1e22, 5e-324, 0.1, 1e16])
)
ZONES = st.sampled_from(
    [
        None,
        datetime.timezone.utc,
        datetime.timezone(datetime.timedelta(hours=-3, minutes=-30)),
        datetime.timezone(datetime.timedelta(seconds=1), "odd"),
        zoneinfo.ZoneInfo("Europe/Amsterdam"),
        zoneinfo.ZoneInfo("UTC"),
    ]
)
TIMES = st.one_of(
    st.dates(),
    st.datetimes(timezones=ZONES, allow_imaginary=True),
    st.times(),
    st.timedeltas(),
    ZONES,
    st.sampled_from(
        [
            datetime.datetime(
                2026, 10, 25, 2, 30, fold=1, tzinfo=zoneinfo.ZoneInfo("Europe/Paris")
            ),
            datetime.datetime.max,
            datetime.time(1, 2, 3, 4, tzinfo=datetime.timezone.utc, fold=1),
        ]
    ),
)
PATHS = st.one_of(
    st.sampled_from(
        ["", ".", "a/b.csv", "/x", "../y", "a b", "é", "C:\\x", "//h/s", SURROGATE]
    ).map(pathlib.Path),
    st.sampled_from(["a/b", "/x", ""]).map(pathlib.PurePosixPath),
    st.sampled_from(["C:\\x\\y", "a/b", "\\\\host\\share\\x"]).map(pathlib.PureWindowsPath),
)
NUMBERS = st.one_of(
    st.complex_numbers(),
    st.sampled_from([complex(-0.0, math.nan), complex(math.inf, -0.0)]),
    st.decimals(),
    st.sampled_from([decimal.Decimal("sNaN"), decimal.Decimal("1.10"), decimal.Decimal("-0E+3")]),
    st.fractions(),
    st.uuids(),
)
CONSTANTS = st.sampled_from([..., NotImplemented, Parameter.empty])
CALLABLES = st.sampled_from(
    [
        math.sqrt,
        print,
        len,
        operator.add,
        collections.OrderedDict,
        int,
        dict,
        str.upper,
        dict.fromkeys,
        datetime.datetime.fromisoformat,
        targets.add,
        targets.Point,
        targets.Outer,
        targets.Outer.Inner,
        targets.Outer.Inner.act,
        np.sin,
        np.float64,
        np.linalg.norm,
        type(None),
    ]
)
MEMBERS = st.sampled_from(
    [
        targets.Colour.RED,
        targets.Colour.BLUE,
        targets.Colour.ALSO_RED,
        targets.Level.HIGH,
        targets.Mode.FAST,
        targets.Access.READ,
        targets.Access.READ | targets.Access.WRITE,
        targets.Access(0),
    ]
)
SCALARS = st.sampled_from(
    [
        np.float64(0.1),
        np.float64(math.nan),
        np.float32(0.1),
        np.float16(-0.0),
        np.longdouble("0.1"),
        np.int8(-3),
        np.uint64(2**64 - 1),
        np.bool_(True),
        np.complex64(1 - 2j),
        np.str_("é\x00"),
        np.bytes_(b"\x00a"),
        np.datetime64("2026-11-22T01:02:03", "ns"),
        np.datetime64("NaT", "s"),
        np.timedelta64(3, "D"),
    ]
)
DTYPES = [
    "?",
    "i1",
    "<u2",
    ">i4",
    "i8",
    "f2",
    "<f4",
    ">f8",
    "g",
    "c8",
    "c16",
    "S3",
    "U2",
    "M8[s]",
    "m8[ns]",
]


@st.composite
def arrays(draw: Any) -> Any:
    """
    Return an array of plain data: any dtype, shape and memory order.
    """
    shape = draw(st.sampled_from([(), (0,), (3,), (2, 2), (0, 2), (1, 2, 1)]))
    if draw(st.integers(0, 5)) == 0:
        dtype: Any = np.dtype([("a", "<i2"), ("b", ">f8", (2,))])
    else:
        dtype = np.dtype(draw(st.sampled_from(DTYPES)))
    count = math.prod(shape)
    if dtype.kind == "U":
        array = np.array([draw(st.sampled_from(["", "é", "ab"])) for _ in range(count)], dtype)
    elif dtype.kind == "?" or dtype.kind == "b":
        array = np.array([draw(st.booleans()) for _ in range(count)], dtype)
    else:
        data = bytes(draw(st.sampled_from([0, 1, 127, 255])) for _ in range(dtype.itemsize))
        array = np.frombuffer(data * max(count, 1), dtype)[:count]
    array = array.reshape(shape)
    if len(shape) == 2 and draw(st.booleans()):
        array = np.asfortranarray(array)
    return array


def make_odd_sequences() -> Any:
    """
    Return what is neither a list nor a tuple.
    """
    return st.one_of(
        st.binary(max_size=4),
        st.binary(max_size=4).map(bytearray),
        st.sampled_from([range(0), range(10, 0, -2), range(2**70), slice(1, None, 2), slice(None)]),
    )


LOOK_ALIKES = st.sampled_from(
    [
        {"$gt": 5},
        {"$tuple": [1]},
        {"$import": "os.system"},
        {"$raw": None},
        {"$raw": {"$raw": 1}},
        {"$": 1},
        {"$none": True},
        {"$dict": []},
        {"$list": [[1]]},
        {"$ref": "a", "$id": 1},
        {"$ref": "a"},
        {"$oid": "0" * 24},
        {"$date": "2026-11-22"},
        {"$numberLong": "1"},
        {"$call": {"callable": "os.system", "signature": {}}},
        {"callable": "os.system", "signature": {"command": "true"}},
        {"callable": "os.system"},
        {"callable": None},
        {"loader": {"callable": "os.system"}, "object_type": None},
        {"loader": 1, "executor": None},
        {"object": None, "loader": {}, "object_type": "x"},
        {"args": [], "x": "inspect._empty"},
        {"_type": "x", "__class__": "y"},
        {"$object": ["os.system", {}]},
        {"$gt": targets.Colour.RED},
        {"callable": (1, 2)},
    ]
)
# What the writer refuses by name: subclasses of plain types, containers with
# behaviour, objects that only their own module knows.
REFUSED = st.sampled_from(
    [
        OPAQUE,
        object(),
        HIDDEN[0],
        HIDDEN[2],
        targets.Text("x"),
        targets.Number(3),
        collections.deque([1]),
        collections.OrderedDict(a=1),
        collections.defaultdict(list),
        collections.Counter("ab"),
        np.array([None, {}], dtype=object),
        iter([]),
        memoryview(b"x"),
        ValueError("x"),
    ]
)
RECORDS = st.one_of(
    st.builds(targets.Point, INTS, st.booleans()),
    st.builds(targets.Pair, INTS, TEXTS.filter(lambda text: text.isascii())),
)


@st.composite
def models(draw: Any) -> Any:
    """
    Return a model as a value: a call to be passed, or a loader to be built.
    """
    number = draw(st.integers(0, 3))
    match draw(st.integers(0, 4)):
        case 0:
            return CallableModel(targets.add, kwargs={"x": number})
        case 1:
            return CallableModel(targets.add)
        case 2:
            return ObjLoader[targets.Box](kwargs={"content": [number, (number,)]})
        case 3:
            inner = ObjLoader[targets.Box](args=(number,))
            return ObjLoader[targets.Box](kwargs={"content": {"inner": inner}})
        case _:
            loader = CallableModel(targets.make_box, kwargs={"content": number})
            return ObjLoader[targets.Box](loader=loader)


PLAIN = st.one_of(st.none(), st.booleans(), INTS, FLOATS, TEXTS)
LEAVES: dict[str, Any] = {
    "plain": PLAIN,
    "times": TIMES,
    "paths": PATHS,
    "numbers": NUMBERS,
    "constants": CONSTANTS,
    "callables": CALLABLES,
    "members": MEMBERS,
    "scalars": SCALARS,
    "arrays": arrays(),
    "bytes": make_odd_sequences(),
    "look-alikes": LOOK_ALIKES,
    "records": RECORDS,
}
KEYS = st.one_of(
    TEXTS,
    st.sampled_from(["a", "b", "$ref", "$id", "a.b", "$x", "", "\x00", SURROGATE, "callable"]),
    INTS,
    st.sampled_from([None, True, 1.5, math.nan, (), (1, "a"), b"k", targets.Colour.RED]),
    st.frozensets(st.integers(0, 3), max_size=2),
)
HASHABLE = st.one_of(
    st.none(),
    st.booleans(),
    INTS,
    TEXTS,
    st.sampled_from([math.nan, 0.5, b"", (), (1,), ((2,),), frozenset(), targets.Colour.BLUE]),
    st.dates(),
    st.frozensets(st.integers(0, 2), max_size=2),
    CALLABLES,
)


@functools.cache
def leaves(*, refused: bool = False, with_models: bool = False) -> Any:
    """
    Return a strategy of values that hold no drawn values, each kind as likely
    as another.
    """
    kinds = {**LEAVES}
    if with_models:
        kinds["models"] = models()
    if refused:
        kinds["refused"] = REFUSED
    names = st.sampled_from([*kinds, "plain", "plain"])

    @st.composite
    def pick(draw: Any) -> Any:
        return draw(kinds[draw(names)])

    return pick()


@functools.cache
def values(*, refused: bool = False, with_models: bool = False, depth: int = 3) -> Any:
    """
    Return a strategy of values, nested in every container up to a depth.
    """
    leaf = leaves(refused=refused, with_models=with_models)
    if depth == 0:
        return leaf
    inner = values(refused=refused, with_models=with_models, depth=depth - 1)
    containers = {
        "list": st.lists(inner, max_size=3),
        "tuple": st.lists(inner, max_size=3).map(tuple),
        "dict": st.dictionaries(TEXTS, inner, max_size=3),
        "odd dict": st.dictionaries(KEYS, inner, max_size=3),
        "set": st.sets(HASHABLE, max_size=3),
        "frozenset": st.frozensets(HASHABLE, max_size=3),
        "record": inner.map(targets.Point),
    }
    names = st.sampled_from(["leaf"] * 10 + list(containers))

    @st.composite
    def pick(draw: Any) -> Any:
        name = draw(names)
        return draw(leaf if name == "leaf" else containers[name])

    return pick()


def walk(value: Any) -> Iterator[Any]:
    """
    Yield a value and everything that it holds.
    """
    yield value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from walk(key)
            yield from walk(item)
    elif isinstance(value, (list, tuple, set, frozenset)):
        for item in value:
            yield from walk(item)
    elif type(value) is targets.Point:
        yield from walk(value.x)
        yield from walk(value.y)


_PRINTED = (float, complex, decimal.Decimal, datetime.date, datetime.time, datetime.timedelta)


def exact(a: Any, b: Any, *, ordered: bool = True) -> bool:
    """
    Whether two values are the same where even ``==`` of a type sees no
    difference: the sign of zero, the digits of a Decimal, the time zone of a
    moment, the order of a dict, the bytes of an array.
    """
    if type(a) is not type(b):
        return False
    if isinstance(a, dict):
        if not ordered and all(type(key) is str for key in a):
            b = {key: b[key] for key in a if key in b}
        return len(a) == len(b) and all(
            exact(*keys) and exact(a[keys[0]], b[keys[1]], ordered=ordered)
            for keys in zip(a, b, strict=True)
        )
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(
            exact(x, y, ordered=ordered) for x, y in zip(a, b, strict=True)
        )
    if type(a) is targets.Point:
        return exact(a.x, b.x, ordered=ordered) and exact(a.y, b.y, ordered=ordered)
    if isinstance(a, (np.ndarray, np.generic)) and not a.dtype.hasobject:
        alike = bool(a.dtype == b.dtype) and a.shape == b.shape
        if a.dtype.char in "gG":  # the padding of extended floats means nothing
            return alike and same(a, b) and repr(a) == repr(b)
        return alike and a.tobytes() == b.tobytes()
    if isinstance(a, _PRINTED):
        return repr(a) == repr(b)
    return same(a, b)


def _label(value: Any) -> str:
    kind = type(value)
    if kind is dict:
        if len(value) == 1 and str(next(iter(value))).startswith("$"):
            return "look-alike of a tag"
        if "callable" in value or "loader" in value or "$ref" in value:
            return "look-alike of a model"
        return "dict" if all(type(key) is str for key in value) else "dict with odd keys"
    if kind is str:
        if value == "inspect._empty":
            return "'inspect._empty'"
        return "str" if value.isascii() else "str beyond ASCII"
    if kind is float and not math.isfinite(value):
        return "NaN or infinity"
    if kind is int and not -(2**63) <= value < 2**63:
        return "large int"
    if value is Parameter.empty:
        return "Parameter.empty"
    if isinstance(value, enum.Enum):
        return f"member of {kind.__name__}"
    if isinstance(value, type):
        return "class"
    if kind in (FunctionType, BuiltinFunctionType):
        return "function"
    if isinstance(value, ObjLoader):
        return "ObjLoader"
    return kind.__name__


def classify(value: Any) -> set[str]:
    """
    Return the labels of a value and of everything that it holds.
    """
    return {_label(item) for item in walk(value)}


_WRITABLE = {
    *(type(None), bool, int, float, str, list, tuple, dict, set, frozenset),
    *(bytes, bytearray, complex, range, slice, type(...), type(NotImplemented)),
    *(datetime.date, datetime.datetime, datetime.time, datetime.timedelta, datetime.timezone),
    *(zoneinfo.ZoneInfo, decimal.Decimal, fractions.Fraction, uuid.UUID),
    *(type(pathlib.Path()), pathlib.PurePosixPath, pathlib.PureWindowsPath),
    *(targets.Point, targets.Pair, CallableModel),
}


def is_writable(value: Any) -> bool:
    """
    Whether documents must take a value: DESIGN's list has the classes of all
    that it holds.
    """
    for item in walk(value):
        kind = type(item)
        if item is HIDDEN[0] or item is HIDDEN[2]:
            return False
        if kind in _WRITABLE or isinstance(item, (enum.Enum, ObjLoader, type, np.generic)):
            continue
        if kind is np.ndarray and not item.dtype.hasobject:
            continue
        if kind is not targets.Opaque and callable(item):
            continue
        return False
    return True
