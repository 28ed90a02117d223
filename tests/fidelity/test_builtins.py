"""
Callables of C: with a signature, without one, and half of one.
"""

from __future__ import annotations

import collections
import copy
import datetime
import decimal
import functools
import itertools
import json
import math
import operator
import pickle
import random
import re
import types

import numpy as np
import pytest

from callsheet import UNSAFE_ALLOW_ANY, CallableModel, make_converter
from callsheet._equality import same

CALLS = [
    (dict, (), {"a": 1, "args": 2, "kwargs": 3, "self": 4}),
    (dict, ([("a", 1)],), {"callable": None}),
    (dict, (), {}),
    (int, ("ff", 16), {}),
    (int, ("ff",), {"base": 16}),
    (str, (b"x", "ascii"), {}),
    (str, (), {"object": 3}),
    (bytes, ("é",), {"encoding": "utf-8"}),
    (bool, (), {}),
    (float, ("nan",), {}),
    (complex, (), {"real": 1, "imag": 2.5}),
    (range, (1, 10, 3), {}),
    (slice, (None, 3), {}),
    (max, (1, 3, 2), {}),
    (max, ([],), {"default": None}),
    (min, ([3, -4],), {"key": abs}),
    (sum, ([1, 2],), {"start": 4}),
    (sorted, ([3, 1],), {"reverse": True}),
    (len, ([],), {}),
    (pow, (2, 5), {"mod": 7}),
    (round, (2.675,), {"ndigits": 2}),
    (divmod, (7, 2), {}),
    (list, ((1, 2),), {}),
    (tuple, ([1],), {}),
    (set, ([1],), {}),
    (frozenset, (), {}),
    (bytearray, (b"x",), {}),
    (type, ([],), {}),
    (object, (), {}),
    (getattr, (1, "missing", "default"), {}),
    (isinstance, (1, int), {}),
    (str.upper, ("a",), {}),
    (str.join, (",", ["a", "b"]), {}),
    (dict.fromkeys, (["a"], 1), {}),
    (dict.get, ({"a": 1}, "a"), {}),
    (int.from_bytes, (b"\x01\x00", "little"), {}),
    (int.from_bytes, (b"\x01\x00",), {"byteorder": "little", "signed": True}),
    (float.fromhex, ("0x1p3",), {}),
    (bytes.fromhex, ("ff",), {}),
    (math.sqrt, (2,), {}),
    (math.hypot, (3, 4, 12), {}),
    (math.isclose, (1, 1.1), {"rel_tol": 0.2}),
    (math.prod, ([2, 3],), {"start": 2}),
    (operator.add, (1, 2), {}),
    (operator.itemgetter, (1, 2), {}),
    (operator.attrgetter, ("a.b",), {}),
    (itertools.repeat, ("x", 2), {}),
    (itertools.count, (), {"start": 3}),
    (functools.reduce, (operator.add, [1, 2], 3), {}),
    (collections.Counter, (), {"self": 3, "a": 1}),
    (collections.OrderedDict, ([("a", 1)],), {"b": 2}),
    (collections.deque, ([1, 2],), {"maxlen": 1}),
    (collections.namedtuple, ("P", "x y"), {"defaults": (1,)}),
    (datetime.date, (2026, 11, 22), {}),
    (datetime.datetime, (2026, 11, 22), {"tzinfo": datetime.timezone.utc, "fold": 1}),
    (datetime.timedelta, (), {"days": 1, "weeks": 2}),
    (datetime.datetime.fromisoformat, ("2026-11-22",), {}),
    (decimal.Decimal, ("1.10",), {}),
    (decimal.Decimal.from_float, (0.5,), {}),
    (json.dumps, ({"a": (1,)},), {"sort_keys": True}),
    (re.compile, ("a",), {"flags": re.IGNORECASE}),
    (types.SimpleNamespace, (), {"args": 1, "self": 2}),
    (random.uniform, (1, 1), {}),
    (np.array, ([1, 2],), {"dtype": "f4"}),
    (np.sin, (0.5,), {}),
    (np.add, (1, 2), {"dtype": "i2"}),
    (np.add.reduce, ([1, 2],), {}),
    (np.linspace, (0, 1), {"num": 3}),
    (np.linspace, (), {"start": 0, "stop": 1, "num": 3, "endpoint": True}),
    (np.float32, (0.1,), {}),
    (np.random.default_rng, (3,), {}),
    (np.linalg.norm, ([3.0, 4.0],), {"ord": 1}),
    (np.zeros, ((2, 1),), {}),
    (list[int], ((1, 2),), {}),
    (dict[str, int], (), {"a": 1}),
    (collections.deque[int], ([1],), {}),
]
IDS = [f"{getattr(call[0], '__name__', call[0])}-{i}" for i, call in enumerate(CALLS)]
# What no module holds under a name of its own.
UNNAMEABLE = (list[int], dict[str, int], collections.deque[int], np.add.reduce)
# Results that are compared by what they print.
PRINTED = (object, np.random.default_rng, collections.namedtuple)


def assert_same_result(expected, actual, target):
    """
    Compare two results.
    """
    if target in PRINTED:
        assert type(expected).__name__ == type(actual).__name__
    elif hasattr(expected, "__next__") or target in (operator.itemgetter, operator.attrgetter):
        assert repr(expected) == repr(actual)
    else:
        assert same(expected, actual)


@pytest.mark.parametrize(("target", "args", "kwargs"), CALLS, ids=IDS)
def test_plain_call(target, args, kwargs):
    """
    The model calls what the plain call calls: live, as a dict, pickled, copied
    and from a document in every kind of format.
    """
    expected = target(*args, **kwargs)
    model = CallableModel(target, args=args, kwargs=kwargs)

    again = [model, CallableModel(**model.dict())]
    if target != random.uniform:  # copies are bound to another generator
        again += [pickle.loads(pickle.dumps(model)), copy.deepcopy(model)]
    if target not in UNNAMEABLE:
        again.append(CallableModel.parse_raw(model.json(), allow=UNSAFE_ALLOW_ANY))
        for preconf in ("pyyaml", "tomlkit", "msgpack"):
            converter = make_converter(preconf, policy=UNSAFE_ALLOW_ANY)
            again.append(converter.loads(converter.dumps(model), CallableModel))

    for other in again:
        assert model == other
        assert_same_result(expected, other(), target)
