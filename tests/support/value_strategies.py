"""
Strategies for values: every leaf that documents hold, and containers of them.
"""

from __future__ import annotations

import datetime as dt
import pathlib
import zoneinfo
from decimal import Decimal
from typing import Any

from hypothesis import strategies as st

SMALL_INTS = st.integers(-(2**63), 2**63 - 1)
LARGE_INTS = st.one_of(
    st.integers(2**63, 2**80),
    st.integers(-(2**80), -(2**63) - 1),
    st.builds(
        lambda bits, sign: sign * (1 << bits), st.integers(64, 10_000), st.sampled_from([1, -1])
    ),
)
# Text with lone surrogates, which UTF-8 cannot hold.
ANY_TEXT = st.text(st.characters(exclude_categories=()))
ODD_TEXT = st.builds("{}{}{}".format, ANY_TEXT, st.characters(categories=["Cs"]), ANY_TEXT)

NATIVE = st.one_of(
    st.none(),
    st.booleans(),
    SMALL_INTS,
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(),
)

OFFSETS = st.timedeltas(dt.timedelta(hours=-23, minutes=-59), dt.timedelta(hours=23, minutes=59))
TIMEZONES = st.one_of(
    st.just(dt.timezone.utc),
    st.builds(dt.timezone, OFFSETS),
    st.builds(dt.timezone, OFFSETS, st.text()),
)
ZONES = st.sampled_from(["UTC", "Europe/Vienna", "America/New_York", "Etc/GMT+1"]).map(
    zoneinfo.ZoneInfo
)
ANY_ZONES = st.one_of(st.none(), TIMEZONES, ZONES)
FOLDS = st.sampled_from([0, 1])


def is_hashable(value: object) -> bool:
    """
    Answer whether Python hashes *value*; a signalling NaN it does not.
    """
    try:
        hash(value)
    except TypeError:
        return False
    return True


def _fold(value: Any, fold: int, zone: Any) -> Any:
    return value.replace(fold=fold, tzinfo=zone)


DATETIMES = st.builds(_fold, st.datetimes(), FOLDS, ANY_ZONES)
TIMES = st.builds(_fold, st.times(), FOLDS, ANY_ZONES)
DECIMALS = st.one_of(
    st.decimals(),
    st.builds(
        lambda sign, n, e: Decimal((sign, (n,), e)),
        FOLDS,
        st.integers(0, 9),
        st.integers(-9999, 9999),
    ),
    st.sampled_from(["NaN123", "-NaN", "sNaN", "sNaN7", "-sNaN", "-0E+9", "Infinity"]).map(Decimal),
)
PATHS = st.one_of(
    *[
        st.lists(st.text(min_size=1), max_size=4).map(lambda parts, cls=cls: cls(*parts))
        for cls in (pathlib.Path, pathlib.PurePosixPath)
    ],
    ODD_TEXT.map(pathlib.Path),
)
RANGES = st.builds(
    range, st.one_of(SMALL_INTS, LARGE_INTS), SMALL_INTS, SMALL_INTS.filter(lambda step: step != 0)
)

TAGGED: dict[str, st.SearchStrategy[Any]] = {
    "$bytearray": st.binary().map(bytearray),
    "$bytes": st.binary(),
    "$complex": st.builds(complex, st.floats(), st.floats()),
    "$date": st.dates(),
    "$datetime": DATETIMES,
    "$decimal": DECIMALS,
    "$ellipsis": st.just(...),
    "$float": st.sampled_from([float("nan"), float("inf"), float("-inf")]),
    "$fraction": st.fractions(),
    "$int": LARGE_INTS,
    "$notimplemented": st.just(NotImplemented),
    "$path": PATHS,
    "$range": RANGES,
    "$str": ODD_TEXT,
    "$time": TIMES,
    "$timedelta": st.timedeltas(),
    "$timezone": TIMEZONES,
    "$uuid": st.uuids(),
    "$zoneinfo": ZONES,
}
SLICE_PARTS = st.one_of(
    NATIVE, *[TAGGED[tag] for tag in ("$date", "$int", "$float", "$str", "$decimal")]
)
TAGGED["$slice"] = st.builds(slice, SLICE_PARTS, SLICE_PARTS, SLICE_PARTS)

LEAVES = st.one_of(NATIVE, *TAGGED.values())
HASHABLE = st.recursive(
    st.one_of(NATIVE, st.dates(), DECIMALS, st.floats(), st.binary(), ODD_TEXT),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3).map(tuple), st.frozensets(inner.filter(is_hashable), max_size=3)
    ),
    max_leaves=6,
)


KEYS = HASHABLE.filter(is_hashable)
VALUES = st.recursive(
    LEAVES,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.lists(inner, max_size=4).map(tuple),
        st.sets(KEYS, max_size=4),
        st.frozensets(KEYS, max_size=4),
        st.dictionaries(KEYS, inner, max_size=4),
    ),
    max_leaves=12,
)

# What JSON holds, without tags.
JSON = st.recursive(
    NATIVE,
    lambda inner: st.one_of(
        st.lists(inner, max_size=4), st.dictionaries(st.text(), inner, max_size=4)
    ),
    max_leaves=20,
)
