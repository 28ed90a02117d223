"""
The models that the golden documents describe, by file name, and those that are pickled.
"""

from __future__ import annotations

import datetime
import decimal
import fractions
import math
import pathlib
import uuid
import zoneinfo
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Any

import numpy as np

import golden_targets as targets
from callsheet import CallableModel, ContextExecutor, ImportPolicy, NormalExecutor, ObjLoader

HERE = Path(__file__).parent
ALLOW = [
    "golden_targets.*",
    "concurrent.futures.ThreadPoolExecutor",
    *("collections.OrderedDict", "math.sqrt", "builtins.dict", "builtins.len", "random.uniform"),
    "numpy.linspace",
]

add = targets.add
BOX = ObjLoader[targets.Box](kwargs={"content": 1})
PARIS = zoneinfo.ZoneInfo("Europe/Paris")
UTC = datetime.timezone.utc
RECORD = np.array([(1, 2.5)], dtype=[("a", "<i4"), ("b", "<f8")])

#: What stands under each tag.
VALUES: dict[str, Any] = {
    "native": [None, True, 0, -1, 2**63 - 1, 0.5, -0.0, 1e300, "", "é😀", {"k": [{}]}],
    "$tuple": (1, (2,), ()),
    "$set": {1, "a", (2, 3)},
    "$frozenset": frozenset({1.5, None}),
    "$dict": {1: "a", (2,): None, "\x00": 1, "$ref": 2},
    "$raw": [{"$gt": 5}, {"callable": "os.system"}, {"$raw": 1}],
    "$list": ["inspect._empty", [{"$gt": (1,)}]],
    "$int": [2**63, -(2**70)],
    "$float": [math.nan, math.inf, -math.inf],
    "$str": "a\udc80\\",
    "$bytes": b"\x00\xff",
    "$bytearray": bytearray(b"ab"),
    "$complex": complex(-0.0, math.nan),
    "$path": [pathlib.PurePosixPath("a/b"), pathlib.PureWindowsPath("C:/x")],
    "$date": datetime.date(2026, 11, 22),
    "$datetime": [
        datetime.datetime(2026, 11, 22, 1, 2, 3, 4),
        datetime.datetime(2026, 11, 22, tzinfo=UTC),
        datetime.datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=PARIS),
    ],
    "$time": [datetime.time(1, 2), datetime.time(1, 2, 3, 4, tzinfo=UTC, fold=1)],
    "$timedelta": datetime.timedelta(days=-1, microseconds=5),
    "$timezone": datetime.timezone(datetime.timedelta(hours=5, minutes=30)),
    "$zoneinfo": PARIS,
    "$decimal": [decimal.Decimal("1.10"), decimal.Decimal("NaN"), decimal.Decimal("-0E+3")],
    "$fraction": fractions.Fraction(1, 3),
    "$uuid": uuid.UUID(int=5),
    "$range": [range(3), range(10, 0, -2)],
    "$slice": [slice(None), slice(1, 9, 2)],
    "$ellipsis": ...,
    "$notimplemented": NotImplemented,
    "$enum": [targets.Colour.BLUE, targets.Access.READ | targets.Access.WRITE],
    "$import": [len, targets.Box.make, targets.Child.Inner, math.sqrt],
    "$object": [targets.Point(1, 2), targets.Pair(1, "a")],
    "$ndarray": [np.arange(6, dtype=">i2").reshape(2, 3), np.zeros((0, 2)), RECORD],
    "$scalar": [
        np.float32(0.5),
        np.int8(-3),
        np.bool_(True),
        np.complex64(1 - 2j),
        np.datetime64("2026-11-22", "D"),
        np.str_("é"),
    ],
    "$call": CallableModel(add, kwargs={"x": 1}),
    "$normal": NormalExecutor[ThreadPoolExecutor](kwargs={"max_workers": 1}),
    "$context": ContextExecutor[ThreadPoolExecutor](kwargs={"max_workers": 1}),
    "$load": [BOX, {"deep": [ObjLoader[targets.Box](kwargs={"content": BOX})]}],
}

#: A model for each file; what is written today must be what the file holds.
CASES: dict[str, Callable[[], Any]] = {
    "callable": lambda: CallableModel(add, kwargs={"x": 1, "y": 3}),
    "callable-defaults": lambda: CallableModel(add, args=(1,)),
    "callable-unset": lambda: CallableModel(add),
    "callable-none": lambda: CallableModel(len),
    "callable-marker": lambda: CallableModel(add, kwargs={"x": "inspect._empty"}),
    "callable-five-kinds": lambda: CallableModel(
        targets.everything, args=(1, 2, 3, 4), kwargs={"d": 5, "z": 6, "a": 7, "b c": 8}
    ),
    "callable-five-kinds-unset": lambda: CallableModel(targets.everything),
    "callable-odd-keywords": lambda: CallableModel(
        targets.everything, args=(1,), kwargs={"d": 2, "$import": "os.system", "\x00": 1}
    ),
    "callable-one-odd-keyword": lambda: CallableModel(
        targets.everything, args=(1,), kwargs={"d": 2, "$gt": 1}
    ),
    "callable-collisions": lambda: CallableModel(
        targets.collide, args=([1], {"b": 2}, 3), kwargs={"callable": 4, "signature": 5}
    ),
    "callable-class": lambda: CallableModel(targets.Box, kwargs={"content": [1]}),
    "callable-nested-class": lambda: CallableModel(targets.Child.Inner),
    "callable-class-method": lambda: CallableModel(targets.Box.make, args=(1,)),
    "callable-inherited": lambda: CallableModel(targets.Child.make, args=(1,)),
    "callable-bound": lambda: CallableModel(targets.Box.get, kwargs={"key": 1}, bind=BOX),
    "callable-built-in": lambda: CallableModel(dict, args=([["a", 1]],), kwargs={"b": 2}),
    "callable-hidden-instance": lambda: CallableModel(
        __import__("random").uniform, kwargs={"a": 0, "b": 1}
    ),
    "callable-wrapped": lambda: CallableModel(np.linspace, args=(0, 1), kwargs={"num": 3}),
    "callable-annotated": lambda: CallableModel(
        targets.dated,
        args=("2026-11-22", "a/b", ["x"]),
    ),
    "callable-annotated-list": lambda: CallableModel(targets.dated, kwargs={"names": [(1,), 2]}),
    "loader": lambda: BOX,
    "loader-unset": lambda: ObjLoader[targets.Point](),
    "loader-factory": lambda: ObjLoader[targets.Box](
        loader=CallableModel(targets.make_box, kwargs={"content": BOX})
    ),
    "executor-normal": lambda: NormalExecutor[ThreadPoolExecutor](
        kwargs={"max_workers": 2, "thread_name_prefix": "x"}
    ),
    "executor-context": lambda: ContextExecutor[ThreadPoolExecutor](kwargs={"max_workers": 1}),
    "executor-live": lambda: NormalExecutor[ThreadPoolExecutor](executor=ThreadPoolExecutor(1)),
    "executor-direct": lambda: NormalExecutor[ThreadPoolExecutor](
        kwargs={"max_workers": 1}, direct=True
    ),
    **{
        f"value-{tag.lstrip('$')}": lambda value=value: CallableModel(
            add, kwargs={"x": value, "y": [value]}
        )
        for tag, value in VALUES.items()
    },
}

#: What is pickled for each file: every kind of model, and models in models.
PICKLES: dict[str, Callable[[], Any]] = {
    **{
        name: CASES[name]
        for name in (
            *("callable", "callable-five-kinds", "callable-unset", "callable-bound"),
            *("loader", "loader-factory", "executor-normal", "executor-context"),
        )
    },
    "record": lambda: CallableModel(add, kwargs={"x": 1, "y": 3}).signature,
    "policy": lambda: ImportPolicy([*ALLOW, add]),
    "nested": lambda: CallableModel(
        targets.Box.get,
        kwargs={
            "key": [
                CallableModel(add, kwargs={"x": BOX, "y": CallableModel(add, args=(1,))}),
                NormalExecutor[ThreadPoolExecutor](kwargs={"max_workers": 1}),
            ]
        },
        bind=BOX,
    ),
}


def get_files(version: str = "*") -> list[Path]:
    """
    Return the golden documents of a version, or of all versions of ours.
    """
    return sorted(HERE.glob(f"v{version}/*.json"))
