"""
The table of docs/values.md: which format writes what, and as what.
"""

from __future__ import annotations

import array
import collections
import datetime
import decimal
import fractions
import functools
import io
import math
import pathlib
import re
import types
import uuid
import zoneinfo
from typing import Any

import numpy as np

from callsheet import UNSAFE_ALLOW_ANY, CallableModel, ObjLoader, make_converter
from callsheet._equality import same
from callsheet.exceptions import UnwritableError
from fidelity import targets

FORMATS = ["json", "orjson", "msgspec", "ujson", "pyyaml", "tomlkit", "msgpack", "cbor2", "bson"]

MARKS = {"equal": "✓", "refused": "✗", "changed": "CHANGED"}

#: What a row is called, with one value or several.
ROWS: dict[str, list[Any]] = {
    "`None`, `bool`, `str`, finite `float`": [None, True, "é\n", -0.0, 5e-324],
    "`int` of any size": [3, 2**63 - 1, 2**63, -(10**400)],
    "NaN and the infinities": [math.nan, math.inf, -math.inf],
    "text with lone surrogates, or NUL": ["\udc80", "\x00"],
    "`list`, `dict`": [[1, [None]], {"a": {"b": 1}}],
    "`dict` with other keys than text": [{1: 2, None: 3, (1,): 4}],
    "look-alikes of tags and models": [{"$gt": 5}, {"$ref": "a", "$id": 1}, {"callable": "a.b"}],
    "`tuple`, `set`, `frozenset`": [(1, (2,)), {1, "a"}, frozenset({(1, 2)})],
    "`bytes`, `bytearray`": [b"\x00\xff", bytearray(b"x")],
    "`complex`": [1 - 2j],
    "`range`, `slice`, `...`, `NotImplemented`": [range(3), slice(1, None), ..., NotImplemented],
    "`Path`, `PurePath`": [pathlib.Path("a"), pathlib.PureWindowsPath("C:/x")],
    "`date`, `time`, `datetime`, `timedelta`": [
        datetime.date(2026, 11, 22),
        datetime.time(1, 2, fold=1),
        datetime.datetime(2026, 11, 22, tzinfo=datetime.timezone.utc),
        datetime.timedelta(microseconds=1),
    ],
    "`timezone`, `ZoneInfo`": [datetime.timezone.utc, zoneinfo.ZoneInfo("Europe/Paris")],
    "`Decimal`, `Fraction`, `UUID`": [
        decimal.Decimal("1.10"),
        fractions.Fraction(1, 3),
        uuid.UUID(int=1),
    ],
    "members of an `Enum`, flags": [targets.Colour.RED, targets.Access.READ | targets.Access.WRITE],
    "functions, classes, methods of classes": [
        len,
        targets.add,
        targets.Outer.Inner,
        dict.fromkeys,
    ],
    "numpy scalars": [np.float32(0.1), np.datetime64("NaT", "s"), np.longdouble("0.1")],
    "numpy arrays of plain data": [np.zeros((2, 0)), np.array([1], ">i2"), np.array(["é"])],
    "`CallableModel`, loaders": [CallableModel(len), ObjLoader[targets.Box](kwargs={"content": 1})],
    "attrs classes, dataclasses": [
        targets.Point(1, True),
        targets.Pair(datetime.date(2026, 11, 22), [(1, {b"x"})]),
    ],
    "`deque`, `Counter`, `OrderedDict`": [
        collections.deque([1]),
        collections.Counter("ab"),
        collections.OrderedDict(a=1),
    ],
    "`defaultdict`, named tuples": [collections.defaultdict(list), targets.Row(1)],
    "subclasses of `str`, `int`, `list`": [targets.Text("x"), targets.Number(3)],
    "lambdas, local functions": [lambda: 0],
    "numpy arrays of objects": [np.array([None], dtype=object)],
    "`array`, `memoryview`, `re.Pattern`": [array.array("i"), memoryview(b""), re.compile("a")],
    "partials, `SimpleNamespace`": [functools.partial(len), types.SimpleNamespace(a=1)],
    "open files, exceptions, other objects": [io.StringIO(), ValueError("x"), object()],
}


@functools.cache
def get_converter(preconf: str) -> Any:
    """
    Return a converter that reads whatever it wrote.
    """
    return make_converter(preconf, policy=UNSAFE_ALLOW_ANY)


def try_value(preconf: str, value: Any) -> str:
    """
    Return what a format makes of a value: "equal", "refused" or "changed".
    """
    converter = get_converter(preconf)
    try:
        text = converter.dumps(CallableModel(targets.add, kwargs={"x": value}))
    except UnwritableError:
        return "refused"
    again = converter.loads(text, CallableModel).signature["x"]
    return "equal" if same(value, again) else "changed"


def get_tag(value: Any) -> str:
    """
    Return how JSON writes a value.
    """
    try:
        model = CallableModel(targets.add, kwargs={"x": value})
        written = get_converter("json").unstructure(model)["signature"]["x"]
    except UnwritableError:
        return ""
    if type(written) is dict and len(written) == 1 and next(iter(written)).startswith("$"):
        return f"`{next(iter(written))}`"
    return "as it is"


def make_table() -> str:
    """
    Return the table as Markdown.
    """
    lines = [
        "| value | written as | " + " | ".join(FORMATS) + " |",
        "|---|---|" + "---|" * len(FORMATS),
    ]
    for label, values in ROWS.items():
        tags = [tag for tag in dict.fromkeys(get_tag(value) for value in values) if tag]
        cells = []
        for preconf in FORMATS:
            answers = {try_value(preconf, value) for value in values}
            cells.append(" ".join(MARKS[answer] for answer in sorted(answers)))
        lines.append(f"| {label} | {', '.join(tags)} | " + " | ".join(cells) + " |")
    return "\n".join(lines)


if __name__ == "__main__":
    print(make_table())

__all__ = ["FORMATS", "ROWS", "make_table"]
