"""
Leaves under their tags: there and back, and nothing else gets through.
"""

from __future__ import annotations

import datetime as dt
import enum
import json
import pathlib
import pickle
import subprocess
import sys
import uuid
import zoneinfo
from decimal import Decimal, localcontext
from fractions import Fraction
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from callsheet._equality import same
from callsheet._values.tags import BY_NAME, decode_leaf, encode_leaf, get_names
from callsheet.exceptions import CallsheetError, TagError, UnwritableError
from value_strategies import JSON, LEAVES, NATIVE, ODD_TEXT, TAGGED

LEAF_TAGS = {name for name in get_names() if BY_NAME[name].is_leaf}
NUMPY_TAGS = {"$ndarray", "$scalar"}


def travel(value: Any) -> Any:
    """
    Return *value* after it went through JSON text that every parser takes.
    """
    written = encode_leaf(value)
    assert written is not None
    text = json.dumps(written, allow_nan=False, ensure_ascii=False)
    text.encode()
    ((tag, payload),) = json.loads(text).items()
    assert tag in LEAF_TAGS
    check_payload(payload)
    return decode_leaf(tag, payload)


def check_payload(payload: Any) -> None:
    """
    Check that a payload fits every format: 64 bits, and no null.
    """
    assert payload is not None
    if isinstance(payload, (list, dict)):
        for item in payload.values() if isinstance(payload, dict) else payload:
            check_payload(item)
    if type(payload) is int:
        assert -(2**63) <= payload < 2**63


class TestRoundTrip:
    @pytest.mark.parametrize("tag", sorted(TAGGED))
    def test_every_tag(self, tag):
        """
        Every value of a type comes back the same, to the last bit that repr shows.
        """

        @given(TAGGED[tag])
        @settings(max_examples=60)
        def check(value):
            written = encode_leaf(value)
            back = travel(value)

            assert list(written) == [tag]
            assert same(value, back)
            if not isinstance(value, (int, Fraction)):  # digits are limited
                assert repr(back) == repr(value)
            if isinstance(value, (dt.datetime, dt.time)):
                assert back.fold == value.fold
                assert back.utcoffset() == value.utcoffset()
                assert back.tzname() == value.tzname()

        check()

    def test_all_tags_are_tried(self):
        """
        The strategies know every tag.
        """
        assert {*TAGGED} | NUMPY_TAGS == LEAF_TAGS

    @given(NATIVE)
    def test_native_values_need_no_tag(self, value):
        """
        What JSON holds is not tagged.
        """
        assert encode_leaf(value) is None

    @pytest.mark.parametrize(
        ("value", "written"),
        [
            (float("nan"), {"$float": "nan"}),
            (2**63, {"$int": "0x8000000000000000"}),
            ("\udc80\\", {"$str": r"\udc80\\"}),
            (b"\x00\xff", {"$bytes": "AP8="}),
            (complex(1, -0.0), {"$complex": ["1.0", "-0.0"]}),
            (pathlib.Path("a/b.csv"), {"$path": "a/b.csv"}),
            (pathlib.PurePosixPath("/x"), {"$path": ["PurePosixPath", "/x"]}),
            (pathlib.PureWindowsPath("c:/x"), {"$path": ["PureWindowsPath", "c:\\x"]}),
            (range(3), {"$range": [0, 3, 1]}),
            (slice(None, 2), {"$slice": {"stop": 2}}),
            (slice(None), {"$slice": {}}),
            (..., {"$ellipsis": True}),
            (dt.date(2026, 11, 22), {"$date": "2026-11-22"}),
            (
                dt.datetime(2026, 11, 22, 1, 2, tzinfo=dt.timezone.utc),
                {"$datetime": "2026-11-22T01:02:00+00:00"},
            ),
            (
                dt.datetime(2026, 10, 25, 2, 30, fold=1, tzinfo=zoneinfo.ZoneInfo("Europe/Vienna")),
                {"$datetime": {"local": "2026-10-25T02:30:00", "fold": 1, "zone": "Europe/Vienna"}},
            ),
            (
                dt.time(1, 2, tzinfo=dt.timezone(dt.timedelta(hours=1), "CET")),
                {"$time": {"local": "01:02:00", "offset": ["+01:00", "CET"]}},
            ),
            (dt.timedelta(hours=-1), {"$timedelta": [-1, 82800, 0]}),
            (Decimal("1.10"), {"$decimal": "1.10"}),
            (Fraction(3, 4), {"$fraction": "3/4"}),
            (uuid.UUID(int=1), {"$uuid": "00000000-0000-0000-0000-000000000001"}),
        ],
    )
    def test_written_form(self, value, written):
        """
        People can read what is written; it stays like this for ever.
        """
        assert encode_leaf(value) == written

    def test_not_in_the_table(self):
        """
        Containers, classes, subclasses and odd values have no leaf.
        """

        class Odd(dt.tzinfo):
            pass

        class Colour(enum.Enum):
            RED = 1

        class Text(str):
            __slots__ = ()

        class Meta(type):
            def __eq__(cls, other):
                return False

        class Unhashable(metaclass=Meta):
            pass

        values = [[], {}, (), set(), int, len, Colour.RED, Text("\udc80"), object(), Unhashable()]
        values += [dt.datetime(2026, 1, 1, tzinfo=Odd()), slice([1]), slice(slice(1)), slice(Odd())]
        with open(zoneinfo.TZPATH[0] + "/UTC", "rb") as file:
            values.append(zoneinfo.ZoneInfo.from_file(file))

        assert [encode_leaf(value) for value in values] == [None] * len(values)

    def test_decimals_are_exact_in_any_context(self):
        """
        The precision and the traps of a decimal context do not matter.
        """
        value = Decimal("1.234567890123456789012345678901234567890")
        with localcontext() as context:
            context.prec = 3
            context.clear_traps()

            assert travel(value) == value
            with pytest.raises(TagError):
                decode_leaf("$decimal", "abc")

    def test_numbers_beyond_the_digit_limit(self):
        """
        Integers of 100,000 digits travel, in linear time.
        """
        huge = 7 << 350_000

        assert travel(huge) == huge
        assert travel(Fraction(huge, 3)) == Fraction(huge, 3)
        assert travel(range(0, huge, huge // 2)) == range(0, huge, huge // 2)

    def test_a_zone_under_a_name_of_its_own(self):
        """
        A zone whose name leads nowhere is not written.
        """
        with open(zoneinfo.TZPATH[0] + "/UTC", "rb") as file:
            zone = zoneinfo.ZoneInfo.from_file(file, key="Nowhere/Land")

        assert encode_leaf(zone) is None
        assert encode_leaf(dt.datetime(2026, 1, 1, tzinfo=zone)) is None


# Payloads that are nearly right, so that decoding gets far.
NEARLY = st.recursive(
    st.one_of(
        NATIVE,
        ODD_TEXT,
        st.integers(-(10**30), 10**30),
        st.sampled_from(
            [
                *(
                    "nan",
                    "1e999",
                    "0x",
                    "0x1f",
                    "-0x1",
                    "3/0",
                    "1/2",
                    "O",
                    "<f8",
                    "|O",
                    "f8,O",
                    "<U9",
                ),
                *(
                    "2026-02-30",
                    "2026-11-22T25:00",
                    "24:00",
                    "+24:00",
                    "-00:00:01",
                    "UTC",
                    "../UTC",
                ),
                *("AAAA", "A", "AAAAAAAAAAA=", "int8", "str_", "datetime64", "void", "M8[s]", "V4"),
                *("PurePosixPath", "PureWindowsPath", "local", "start", "O", "object", "T", "U0"),
            ]
        ),
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(
            st.sampled_from(
                [
                    *(
                        "dtype",
                        "shape",
                        "data",
                        "names",
                        "formats",
                        "offsets",
                        "itemsize",
                        "titles",
                    ),
                    *("local", "fold", "zone", "offset", "start", "stop", "step", "aligned"),
                    *("$int", "$str", "$slice", "$float", "$date"),
                ]
            ),
            inner,
            max_size=5,
        ),
        st.fixed_dictionaries(
            {"dtype": inner, "shape": st.lists(inner, max_size=2), "data": inner}
        ),
        st.fixed_dictionaries(
            {
                "names": st.lists(st.sampled_from("abc"), max_size=3),
                "formats": st.lists(inner, max_size=3),
                "offsets": st.lists(st.integers(-1, 2**70), max_size=3),
                "itemsize": st.integers(-1, 2**70),
            }
        ),
    ),
    max_leaves=12,
)


class TestTotal:
    @given(st.sampled_from(sorted(LEAF_TAGS)), st.one_of(JSON, NEARLY))
    @settings(max_examples=400)
    @example("$ndarray", {"dtype": "O", "shape": [1], "data": "AAAAAAAAAAA="})
    @example("$ndarray", {"dtype": "<f8", "shape": [2**62], "data": ""})
    @example("$ndarray", {"dtype": "<f8", "shape": [2**40, 2**40, 0], "data": ""})
    @example("$ndarray", {"dtype": "V0", "shape": [2**31], "data": ""})
    @example("$ndarray", {"dtype": ["<f8", [2**30, 2**30]], "shape": [0], "data": ""})
    @example("$scalar", ["float32", 10**400])
    @example("$scalar", ["V4", "AAAA"])
    @example("$timedelta", [10**30, 0, 0])
    @example("$range", [0, 1, 0])
    @example("$complex", ["1_0", "1"])
    @example("$zoneinfo", "a" * 300)
    @example("$datetime", {"local": "0001-01-01T00:00:00", "zone": "Europe/Vienna"})
    def test_any_payload(self, tag, payload):
        """
        Any JSON value gives a value or our error, and nothing else.
        """
        caught: TagError | None = None
        try:
            decode_leaf(tag, payload)
        except TagError as error:
            caught = error

        assert caught is None or (tag in caught.message and len(caught.message) < 600)

    @given(st.text())
    def test_any_tag(self, tag):
        """
        An unknown tag is our error, which names the way out.
        """
        if tag not in LEAF_TAGS:
            with pytest.raises(TagError, match="no such tag"):
                decode_leaf(tag, None)

    @given(LEAVES)
    def test_any_value(self, value):
        """
        Every leaf is native or tagged.
        """
        written = encode_leaf(value)

        assert written is None or {*written} <= LEAF_TAGS

    @pytest.mark.parametrize(
        ("tag", "payload", "reason"),
        [
            ("$date", "22.11.2026", "YYYY-MM-DD"),
            ("$date", "2026-13-01", "month must be"),
            ("$datetime", "2026-11-22T", "YYYY-MM-DDTHH:MM"),
            ("$datetime", {"local": "2026-11-22", "fold": 2}, "fold"),
            ("$datetime", {"local": "2026-11-22T00:00Z", "zone": "UTC"}, "offset of its own"),
            (
                "$datetime",
                {"local": "2026-11-22", "zone": "UTC", "offset": "Z"},
                "zone and an offset",
            ),
            ("$datetime", {"locale": "2026-11-22"}, "other parts"),
            ("$time", "25:00", "hour must be"),
            ("$timedelta", [1, 2], "days, seconds"),
            ("$timezone", "+25:00", "strictly between"),
            ("$zoneinfo", "../../etc/passwd", "no name of a time zone"),
            ("$zoneinfo", "Mars/Olympus", "knows no time zone"),
            ("$zoneinfo", "Europe", "knows no time zone"),
            ("$int", "12x", "no integer"),
            ("$int", "9" * 4301, "4300 digits"),
            ("$int", 5, "not text"),
            ("$float", "1_0", "no number"),
            ("$float", True, "no number"),
            ("$str", "\\x", "backslash"),
            ("$bytes", "A", "base64"),
            ("$bytes", "AA==\n", "base64"),
            ("$bytes", "é", "base64"),
            ("$complex", [1], "two numbers"),
            ("$path", ["PosixPath", "a"], "PurePosixPath"),
            ("$range", [1, 2, 0], "must not be zero"),
            ("$slice", {"begin": 1}, "other keys"),
            ("$slice", {"start": {"$slice": {}}}, "slice"),
            ("$slice", {"start": {"$date": "x"}}, "YYYY"),
            ("$ellipsis", None, "not true"),
            ("$decimal", "1,5", "no decimal"),
            ("$decimal", "1E+99999999999999999999", "no decimal"),
            ("$fraction", "1/0", "denominator"),
            ("$uuid", "12", "no UUID"),
        ],
    )
    def test_messages(self, tag, payload, reason):
        """
        The message says what is wrong, and how it is written.
        """
        with pytest.raises(TagError, match=reason) as caught:
            decode_leaf(tag, payload)

        assert f'Write it like {{"{tag}": ' in caught.value.message

    def test_deep_payload(self):
        """
        Nesting beyond Python's recursion is our error.
        """
        deep: Any = "x"
        for _ in range(100_000):
            deep = [deep]

        for tag in LEAF_TAGS:
            with pytest.raises(TagError):
                decode_leaf(tag, deep)
        dtype: Any = "<f8"
        for _ in range(100):
            dtype = [dtype, [1]]
        with pytest.raises(TagError, match=r"nested|not installed"):
            decode_leaf("$ndarray", {"dtype": dtype, "shape": [], "data": ""})


class TestNumpy:
    @pytest.fixture
    def np(self):
        return pytest.importorskip("numpy")

    @pytest.mark.parametrize("order", "<>")
    @pytest.mark.parametrize(
        "code",
        [
            *("?", "i1", "u1", "i2", "i4", "i8", "u8", "f2", "f4", "f8", "c8", "c16", "g", "G"),
            *("U3", "S3", "V3", "M8[ns]", "M8[25s]", "m8[D]", "q"),
        ],
    )
    def test_every_dtype(self, np, code, order):
        """
        Arrays of every dtype of plain data come back exactly, of any shape.
        """
        dtype = np.dtype(code).newbyteorder(order)
        n = np.random.default_rng(0)
        for shape in ((), (0,), (3,), (2, 0, 3), (2, 3)):
            array = np.zeros(shape, dtype)
            if dtype.kind in "iufcmM":
                array[...] = n.integers(0, 100, shape)
            elif dtype.kind in "US":
                array[...] = "é9" if dtype.kind == "U" else b"a\x009"
            for value in (array, np.asfortranarray(array), array[::-1] if shape else array):
                back = travel(value)
                assert same(back, value)
                assert back.dtype.str == value.dtype.str
                assert back.flags.writeable
                assert back.flags.owndata

    def test_structured(self, np):
        """
        Records come back with offsets, titles, alignment, and what they nest.
        """
        inner = np.dtype([("x", "M8[s]"), ("y", ">i2", (2, 3))])
        dtypes = [
            np.dtype([("a", "u1"), ("b", "f8")], align=True),
            np.dtype([(("Title", "a"), "u1"), ("b", inner), ("ü", "U2")]),
            np.dtype(
                {"names": ["b", "a"], "formats": ["i4", "i4"], "offsets": [0, 2], "itemsize": 9}
            ),
        ]
        for dtype in dtypes:
            for value in (np.zeros(3, dtype), np.zeros((), dtype), np.ones(1, dtype)[0]):
                back = travel(value)
                assert same(back, value)
                assert back.dtype.isalignedstruct == dtype.isalignedstruct
                assert repr(back) == repr(value)

    @pytest.mark.parametrize(
        "make",
        [
            lambda np: np.float64("nan"),
            lambda np: np.float64(-0.0),
            lambda np: np.float32(0.1),
            lambda np: np.float16("inf"),
            lambda np: np.longdouble(1) / 3,
            lambda np: -np.longdouble("inf"),
            lambda np: np.complex64(complex(-0.0, float("nan"))),
            lambda np: np.clongdouble(1j) / 3,
            lambda np: np.bool_(True),
            lambda np: np.uint64(2**64 - 1),
            lambda np: np.int8(-128),
            lambda np: np.longlong(5),
            lambda np: np.str_("é\udc80"),
            lambda np: np.bytes_(b"a\x00b"),
            lambda np: np.datetime64("2026-11-22T01", "h"),
            lambda np: np.datetime64("NaT", "ms"),
            lambda np: np.timedelta64(7, "25s"),
            lambda np: np.void(b"abc"),
        ],
    )
    def test_scalars(self, np, make):
        """
        Scalars come back with their type, dtype and value.
        """
        value = make(np)

        back = travel(value)

        assert same(back, value)
        assert repr(back) == repr(value)
        assert back.dtype == value.dtype

    def test_readable(self, np):
        """
        Scalars are written as numbers.
        """
        assert encode_leaf(np.float64(1.5)) == {"$scalar": ["float64", 1.5]}
        assert encode_leaf(np.bool_(True)) == {"$scalar": ["bool", True]}
        assert encode_leaf(np.array([1.0], "<f8")) == {
            "$ndarray": {"dtype": "<f8", "shape": [1], "data": "AAAAAAAA8D8="}
        }

    @pytest.mark.parametrize("dtype", ["O", "V0", [("a", "O")], [("a", [("b", "O")])]])
    def test_what_is_no_plain_data(self, np, dtype):
        """
        Arrays of objects are refused by the name of their dtype.
        """
        with pytest.raises(UnwritableError, match="dtype"):
            encode_leaf(np.zeros(2, dtype))

    @pytest.mark.parametrize(
        "make",
        [
            lambda np, dtype: np.zeros(2, dtype),
            lambda np, dtype: np.zeros((), dtype),
            lambda np, dtype: np.zeros(2, [("a", dtype)]),
            lambda np, dtype: np.zeros(2, [("a", [("b", dtype, (2,))])]),
            lambda np, dtype: np.zeros(2, [("a", dtype)])[0],
        ],
    )
    @pytest.mark.parametrize("code", ["f8", "S3", "V3", "M8[s]", [("x", "i4")]])
    @pytest.mark.parametrize("metadata", [{"unit": "m"}, {}])
    def test_metadata(self, np, make, code, metadata):
        """
        The metadata of a dtype, a field's too, is refused by its name: it is no
        plain data, and ``==`` would not miss it.
        """
        value = make(np, np.dtype(code, metadata=metadata))

        assert not same(value, make(np, np.dtype(code)))
        assert same(value, pickle.loads(pickle.dumps(value)))
        with pytest.raises(UnwritableError, match="metadata"):
            encode_leaf(value)

    def test_odd_titles(self, np):
        """
        Titles that are no text are refused.
        """
        array = np.zeros(1, {"names": ["a"], "formats": ["i4"], "titles": [("x", 1)]})

        with pytest.raises(UnwritableError, match="titles"):
            encode_leaf(array)

    @pytest.mark.parametrize("nested", [False, True])
    def test_records_in_plain_arrays(self, np, nested):
        """
        A plain array whose items are records, read by attribute, comes back so.
        """
        dtype = np.dtype((np.record, [("a", "i4"), ("b", "S2")]))
        array = np.zeros(2, [("inner", dtype)] if nested else dtype)

        back = travel(array)

        assert same(back, array)
        assert not same(back, np.zeros(2, [("a", "i4"), ("b", "S2")]))
        assert 0 == (back[0]["inner"] if nested else back[0]).a

    @pytest.mark.parametrize("shape", [(2, 3), (2, 1, 3), (3,), (1, 3), ()])
    def test_order(self, np, shape):
        """
        What lies in Fortran's order comes back so, as from a pickle.
        """
        array = np.asfortranarray(np.arange(np.prod(shape, dtype=int)).reshape(shape))

        back = travel(array)

        assert same(back, array)
        assert array.flags.f_contiguous == back.flags.f_contiguous
        assert array.flags.c_contiguous == back.flags.c_contiguous
        assert back.flags.writeable

    @pytest.mark.parametrize(("data", "dtype"), [(b"\2", "?"), (b"\xff\xff\xff\xff", "<U1")])
    def test_bytes_that_are_no_value(self, np, data, dtype):
        """
        What could not be read is not written.
        """
        assert encode_leaf(np.frombuffer(data, dtype)) is None

    def test_subclasses(self, np):
        """
        Subclasses of arrays and scalars have no leaf.
        """

        class Own(np.ndarray):
            pass

        values = [np.ma.array([1]), np.zeros(1).view(Own), np.rec.array([(1, 2)])]

        assert [encode_leaf(value) for value in values] == [None] * 3

    @pytest.mark.parametrize(
        "payload",
        [
            {"dtype": "<f8", "shape": [1], "data": ""},
            {"dtype": "<f8", "shape": [-1], "data": ""},
            {"dtype": "<f8", "shape": 1, "data": ""},
            {"dtype": "<f8", "shape": [True], "data": "AAAAAAAAAAA="},
            {"dtype": "?", "shape": [1], "data": "Ag=="},
            {"dtype": "<U1", "shape": [1], "data": "AAARAA=="},
            {"dtype": ">U1", "shape": [1], "data": "ABEAAA=="},
            {"dtype": "object", "shape": [1], "data": "AAAAAAAAAAA="},
            {"dtype": "f8, O", "shape": [1], "data": "AAAAAAAAAAA="},
            {"dtype": "a.b", "shape": [1], "data": ""},
            {"dtype": "<f8", "shape": [], "data": "AAAAAAAAAAA=", "extra": 1},
            {"dtype": "<f8", "shape": [], "data": "AAAAAAAAAAA=", "order": "K"},
            {"dtype": "<f8", "shape": [], "data": "AAAAAAAAAAA=", "order": ["F"]},
            {"dtype": ["<f8", [2]], "shape": [], "data": "AAAAAAAAAAA="},
            {"dtype": "<f8", "shape": [1] * 100, "data": "AAAAAAAAAAA="},
        ],
    )
    def test_hostile_arrays(self, np, payload):
        """
        What is no array is refused, whatever numpy would make of the bytes.
        """
        with pytest.raises(TagError):
            decode_leaf("$ndarray", payload)

    @given(st.data())
    @settings(max_examples=60)
    def test_bit_patterns(self, data):
        """
        Any bytes under any dtype of plain data give an array that works, or an error.
        """
        np = pytest.importorskip("numpy")
        import base64

        code = data.draw(st.sampled_from(["?", "<U2", ">U2", "<f2", "<M8[s]", "S4", "V4", "<c8"]))
        raw = data.draw(st.binary(min_size=8, max_size=8))
        size = len(raw) // np.dtype(code).itemsize
        payload = {"dtype": code, "shape": [size], "data": base64.b64encode(raw).decode()}
        try:
            array = decode_leaf("$ndarray", payload)
        except TagError:
            return

        array.tolist()
        repr(array)
        assert array.tobytes() == raw


def run(code: str) -> int:
    """
    Return the exit code of a fresh interpreter that runs *code*.
    """
    return subprocess.run([sys.executable, "-c", code], timeout=60).returncode


def test_numpy_is_not_imported():
    """
    Writing anything, and reading anything but numpy's tags, leaves numpy alone.
    """
    code = (
        "import sys; from callsheet._values.tags import *; encode_leaf(object()); encode_leaf(1j); "
        "decode_leaf('$date', '2026-11-22'); sys.exit('numpy' in sys.modules)"
    )

    assert run(code) == 0


def test_numpy_is_not_installed():
    """
    Reading an array without numpy says that it is not there.
    """
    code = (
        "import sys; sys.modules['numpy'] = None; from callsheet._values.tags import *\n"
        "try: decode_leaf('$ndarray', {'dtype': '<f8', 'shape': [0], 'data': ''})\n"
        "except ValueError as error: sys.exit('not installed' not in str(error))\n"
        "sys.exit(2)"
    )

    assert run(code) == 0


def test_errors_are_ours():
    """
    TagError belongs to the tree of errors, and is a ValueError.
    """
    assert issubclass(TagError, CallsheetError)
    assert issubclass(TagError, ValueError)
