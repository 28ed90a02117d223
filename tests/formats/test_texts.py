"""
Strict reading of text: one document, no key twice, within the limits.
"""

from __future__ import annotations

import contextlib
import datetime as dt
import json
import math
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from callsheet._equality import same
from callsheet._formats.binary import read_bson, read_cbor2, read_msgpack
from callsheet._formats.jsons import read_json
from callsheet._formats.limits import Limits, check_tree
from callsheet._formats.table import FORMATS, get_format
from callsheet._formats.toml import read_toml
from callsheet._formats.yamls import read_yaml
from callsheet._imports.grammar import split_import_string
from callsheet.exceptions import (
    CallsheetError,
    ImportStringError,
    LimitError,
    ModelError,
    TextError,
)
from value_strategies import JSON

# Strings that one YAML or another takes for something else.
ODD_SCALARS = [
    *("", "~", "null", "yes", "no", "on", "off", "y", "true", "True", "=", "<<", "1", "-1", "+1"),
    *("0x1f", "0o17", "017", "0b1", "1_000", "1:30", "1:30.5", "1.5", ".5", "5.", "1e3", "1.5e3"),
    *("1.5e+3", ".inf", "-.inf", ".nan", "2026-11-22", "2026-11-22T01:02:03Z", "- a", "a: b", "#"),
    *("!x", "&x", "*x", "?", "|", ">", "%", "@", "`", "'", '"', "\\", "\n", " a ", "a\nb", "\t"),
    *("\x85", "\u2028", "\x00", "\x1b", "\x7f", "é", "😀", "...", "---", "--- a", "[", "{", ","),
]
DOCUMENTS = st.recursive(
    st.one_of(JSON, st.sampled_from(ODD_SCALARS)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3),
        st.dictionaries(st.one_of(st.text(), st.sampled_from(ODD_SCALARS)), inner, max_size=3),
    ),
    max_leaves=6,
)


def pack(depth: int, opening: str = "[", closing: str = "]") -> str:
    """
    Return a text of that many levels.
    """
    return opening * depth + closing * depth


class TestJson:
    @given(JSON)
    def test_as_the_standard_library(self, data):
        """
        Valid JSON is read as `json` reads it, from text and from bytes.
        """
        for text in (json.dumps(data), json.dumps(data, ensure_ascii=False, indent=1)):
            assert same(read_json(text), data)
            assert same(read_json(text.encode("utf-8")), data)
            assert same(read_json(bytearray(text.encode("utf-8"))), data)

    @given(
        st.text(st.sampled_from('{}[]:,"\\ \ntruefalsn0123456789.-+eEINu\ufeffé\x00'), max_size=40)
    )
    @settings(max_examples=500)
    def test_nothing_more_than_the_standard_library(self, text):
        """
        What `json` refuses is refused, and so is what it should refuse.
        """
        try:
            data = read_json(text)
        except TextError:
            return

        assert same(data, json.loads(text))

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ('{"a": 1, "a": 1}', "key 'a' twice"),
            ('{"a": 1, "b": {"c": 1, "\\u0063": 2}}', "key 'c' twice"),
            ("NaN", '"nan"'),
            ("[Infinity]", '"inf"'),
            ('{"a": -Infinity}', '"-inf"'),
            ("1e999", "beyond every float"),
            ("-" + "9" * 400 + ".0", "beyond every float"),
            ("1 2", "more after the document"),
            ("{} {}", "more after the document"),
            ("", "expecting value at line 1"),
            (" ", "expecting value"),
            ("// c\n1", "expecting value"),
            ("/* c */ 1", "expecting value"),
            ("'a'", "expecting value"),
            ("[1,]", "line 1, column [34]"),
            ('{"a": 1,}', "line 1"),
            ("{a: 1}", "property name"),
            ('"\n"', "control character"),
            ('"\\x"', "escape"),
            ("01", "more after"),
            ("+1", "expecting value"),
            ("True", "expecting value"),
            ("\ufeff1", "byte order mark"),
            (b"\xef\xbb\xbf1", "byte order mark"),
            (b'"\xff"', "byte 1 is not UTF-8"),
            ('"é"'.encode("utf-16"), "not UTF-8"),
            (b'"\xed\xa0\x80"', "not UTF-8"),
            (None, "NoneType is neither text nor bytes"),
            (1, "int is neither"),
        ],
    )
    def test_refused(self, text, reason):
        """
        What is no strict document is refused with its reason.
        """
        with pytest.raises(TextError, match=reason):
            read_json(text)

    def test_digits(self):
        """
        Integers have at most the digits that Python reads in linear time.
        """
        if not hasattr(sys, "get_int_max_str_digits"):
            pytest.skip("this Python has no limit")
        limit = sys.get_int_max_str_digits()

        assert read_json("9" * limit) == int("9" * limit)
        with pytest.raises(LimitError, match=f"more than {limit} digits"):
            read_json("9" * (limit + 1))

    @pytest.mark.parametrize("depth", [301, 2_000, 100_000])
    @pytest.mark.parametrize(("opening", "closing"), [("[", "]"), ('{"a":', "}")])
    def test_depth(self, depth, opening, closing):
        """
        Too many levels are refused, in whatever layer they are noticed.
        """
        leaf = "1" if opening != "[" else ""
        with pytest.raises(LimitError, match="nested"):
            read_json(opening * depth + leaf + closing * depth)
        with pytest.raises(CallsheetError):
            read_json(opening * depth)

    def test_depth_within_the_limit(self):
        """
        The stated number of levels is read; the limit can be raised.
        """
        assert read_json(pack(300))
        assert read_json("[" + ",".join([pack(200)] * 50) + "]")
        assert read_json(pack(400), Limits(max_depth=400))
        assert read_json(pack(3), Limits(max_depth=3)) == [[[]]]
        with pytest.raises(LimitError, match=r"deeper than 3 levels.*max_depth"):
            read_json(pack(4), Limits(max_depth=3))
        assert read_json("1", Limits(max_depth=0)) == 1
        with pytest.raises(LimitError):
            read_json("[]", Limits(max_depth=0))

    def test_other_limits(self):
        """
        The number of values and the length in bytes are limited where that is asked.
        """
        assert read_json("[1,2]", Limits(max_nodes=3)) == [1, 2]
        with pytest.raises(LimitError, match="more than 2 values"):
            read_json("[1,2]", Limits(max_nodes=2))
        assert read_json('"é"', Limits(max_bytes=4)) == "é"
        for text in ('"é"', '"é"'.encode()):
            with pytest.raises(LimitError, match="has 4 bytes"):
                read_json(text, Limits(max_bytes=3))

    def test_time_is_linear(self):
        """
        Four times the text takes about four times the processor's time.
        """

        def measure(n: int) -> float:
            text = json.dumps(
                [{"callable": "a.b", "signature": {"args": [], "x": i}} for i in range(n)]
            )
            best = math.inf
            for _ in range(5):
                start = time.thread_time()
                read_json(text)
                best = min(best, time.thread_time() - start)
            return best

        small, large = measure(5_000), measure(20_000)

        assert large < 12 * small


class TestTree:
    @given(JSON)
    def test_counts(self, data):
        """
        JSON data passes; the values are counted.
        """

        def count(value: Any) -> int:
            if isinstance(value, dict):
                return 1 + sum(map(count, value.values()))
            return 1 + sum(map(count, value)) if isinstance(value, list) else 1

        assert check_tree(data, Limits()) == count(data)

    @pytest.mark.parametrize(
        ("data", "reason"),
        [
            ((1,), r"\$: it holds a native tuple"),
            ({"a": [1, {"b": b"x"}]}, r"\$\.a\[1\]\.b: it holds a native bytes"),
            ({"a": {2: 1}}, r"\$\.a: a key is of type int"),
            ([math.nan], r"\$\[0\]: nan is no JSON number"),
            ({"a b": math.inf}, r"\$\['a b'\]: inf"),
            ([dt.date(2026, 11, 22)], "native date"),
            ([type("Own", (int,), {})(1)], "native Own"),
        ],
    )
    def test_refused(self, data, reason):
        """
        Anything but JSON's own types is refused with its path.
        """
        with pytest.raises(TextError, match=reason) as caught:
            check_tree(data, Limits())

        assert str(caught.value.path).startswith("$")

    def test_cycles_and_depth(self):
        """
        Cycles end, and any depth is an error, not a RecursionError.
        """
        cycle: list[Any] = []
        cycle += [cycle, cycle]
        deep: list[Any] = []
        for _ in range(100_000):
            deep = [deep]
        shared: list[Any] = []
        for _ in range(100):
            shared = [shared, shared]

        for data in (cycle, deep):
            with pytest.raises(LimitError, match="deeper than 300"):
                check_tree(data, Limits())
        with pytest.raises(LimitError, match="more than 1000 values"):
            check_tree(shared, Limits(max_nodes=1000))

    @pytest.mark.parametrize(
        "options", [{"max_depth": -1}, {"max_nodes": None}, {"max_bytes": "1"}, {"max_depth": True}]
    )
    def test_limits_are_numbers(self, options):
        """
        A limit is an int that is not negative.
        """
        with pytest.raises(ModelError, match="max_"):
            Limits(**options)


class TestYaml:
    @pytest.fixture(autouse=True)
    def yaml(self):
        return pytest.importorskip("yaml")

    @given(DOCUMENTS)
    @settings(max_examples=300, deadline=None)  # PyYAML's writer is slow on a busy machine
    def test_what_pyyaml_writes(self, data):
        """
        JSON data that PyYAML has written comes back as it was, in any style:
        from a converter, which has text in quotes that only PyYAML takes for text.
        """
        write = get_format("pyyaml").load_write()

        for flow in (True, False, None):
            assert same(read_yaml(write(data, default_flow_style=flow)), data)

    @given(st.floats(allow_nan=False, allow_infinity=False))
    def test_numbers_of_json(self, number):
        """
        JSON text is YAML; its numbers are the same numbers, ``1e-07`` too.
        """
        assert same(read_yaml(json.dumps({"x": number})), {"x": number})

    @pytest.mark.parametrize("text", ["1e-07", "1E5", "-1.5e3", ".5e-3", "+5.e3", "0e0"])
    def test_exponents(self, text):
        """
        A number with an exponent is a float, and such text is written in quotes.
        """
        write = get_format("pyyaml").load_write()

        assert same(read_yaml(f"tol: {text}"), {"tol": float(text)})
        assert same(read_yaml(write({text: [text]})), {text: [text]})

    @pytest.mark.parametrize(
        ("text", "expected"),
        [
            ("a: 2026-11-22", {"a": "2026-11-22"}),
            ("[yes, no, on, off, y, N]", ["yes", "no", "on", "off", "y", "N"]),
            ("[true, True, TRUE, false]", [True, True, True, False]),
            ("[~, null, Null, NULL, '', \"~\"]", [None, None, None, None, "", "~"]),
            ("- \n-\n", [None, None]),
            ("[1, -1, +1, 0, 0x1F]", [1, -1, 1, 0, 31]),
            ("[017, 0o17, 0b1, 1_000, 1:30, 0_0]", ["017", "0o17", "0b1", "1_000", "1:30", "0_0"]),
            ("[1.5, .5, 5., -1.5e+3, 1.5e-3]", [1.5, 0.5, 5.0, -1500.0, 0.0015]),
            ("[1e3, 1.5e3, -1E-3, .5e1]", [1000.0, 1500.0, -0.001, 5.0]),
            ("[1e, e3, 1e+, 1:30.5, 1_0e3]", ["1e", "e3", "1e+", "1:30.5", "1_0e3"]),
            ("[!!str 1, !!int '3', !!float 3]", ["1", 3, 3.0]),
            ("[!!bool 'true', !!null '', ! 7]", [True, None, "7"]),
            ("!!map {a: !!seq [1]}", {"a": [1]}),
            ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
            ("a: &x 1\nb: *x", {"a": 1, "b": 1}),
            ("&x a: 1\nb: *x", {"a": 1, "b": "a"}),
            ("- &x {a: 1, b: 2}\n- {<<: *x, b: 3}", [{"a": 1, "b": 2}, {"a": 1, "b": 3}]),
            ("- <<: [{a: 1}, {a: 2, c: 3}]\n  d: 4", [{"a": 1, "c": 3, "d": 4}]),
            ("{'<<': 1}", {"<<": 1}),
            ("[<<]", ["<<"]),
            ("a: =", {"a": "="}),
            ("? a\n: b", {"a": "b"}),
            ("%YAML 1.1\n---\na: 1\n...\n", {"a": 1}),
            ("--- # nothing", None),
            ("|\n a\n b\n", "a\nb\n"),
            (b"a: \xc3\xa9", {"a": "é"}),
        ],
    )
    def test_read(self, text, expected):
        """
        Scalars are read as YAML 1.2 reads them, or stay text.
        """
        assert same(read_yaml(text), expected)

    @pytest.mark.parametrize(
        ("text", "reason"),
        [
            ("a: 1\na: 2", r"key 'a' twice \(line 2\)"),
            ("{a: 1, 'a': 2}", "twice"),
            ("{<<: {a: 1}, <<: {b: 1}}", "'<<' twice"),
            (".nan", '"nan"'),
            ("[-.INF]", '"-inf"'),
            ("!!float .inf", '"inf"'),
            ("1.5e+999", "beyond every float"),
            ("!!python/object/apply:os.system [x]", "none of JSON's types"),
            ("!!python/name:os.system ''", "none of JSON's types"),
            ("a: !mine 1", "'!mine'"),
            ("!!binary aGk=", "binary"),
            ("!!set {a}", "set"),
            ("!!omap [a: 1]", "omap"),
            ("!!timestamp 2026-11-22", "timestamp"),
            ("!!str [a]", "none of JSON's types"),
            ("!!map a", "none of JSON's types"),
            ("!!int x", "no int"),
            ("!!int 1.5", "no int"),
            ("!!bool yes", "no bool"),
            ("!!null a", "no null"),
            ("1: 2", "type int, not text"),
            ("true: 2", "type bool"),
            ("~: 2", "type NoneType"),
            ("? [a]\n: 1", "type list"),
            ("? {a: 1}\n: 1", "type dict"),
            ("<<: 1", "takes a mapping"),
            ("<<: [1]", "takes a mapping"),
            ("--- 1\n--- 2", "second document"),
            ("", "no document"),
            ("# nothing", "no document"),
            ("*x", "undefined|no anchor"),
            ("a: &a [*a]", "inside of what it names"),
            ("&a {b: *a}", "inside of what it names"),
            ("\ta: 1", "line 1"),
            ("a: 'b", "line 1"),
            ("\ufeffa: 1", "byte order mark"),
            ("\x00", "special characters|control characters"),
            (b"\xff", "not UTF-8"),
            (None, "NoneType"),
        ],
    )
    def test_refused(self, text, reason):
        """
        What is no strict document of JSON data is refused with its reason.
        """
        with pytest.raises(TextError, match=reason):
            read_yaml(text)

    def test_digits(self):
        """
        Integers of too many digits are our error, hexadecimal ones are read.
        """
        if hasattr(sys, "get_int_max_str_digits"):
            with pytest.raises(TextError, match="too many digits"):
                read_yaml("9" * 5000)
        assert read_yaml("0x" + "f" * 5000) == 16**5000 - 1

    @pytest.mark.parametrize(
        "text",
        [
            "a: &a0 [x,x,x,x,x,x,x,x,x,x]\n"
            + "".join(f"b{i}: &a{i} [{','.join([f'*a{i - 1}'] * 10)}]\n" for i in range(1, 30)),
            "a: &a0 {x: 1}\n"
            + "".join(f"b{i}: &a{i} {{<<: [*a{i - 1}], k{i}: *a{i - 1}}}\n" for i in range(1, 60)),
            "a: &a [" + "x," * 1000 + "]\nb: [" + "*a," * 2000 + "]",
        ],
        ids=["sequences", "merges", "flat"],
    )
    def test_bombs(self, text):
        """
        Aliases that repeat a million values are refused, at once.
        """
        start = time.thread_time()

        with pytest.raises(LimitError, match="aliases repeat more than"):
            read_yaml(text)

        assert time.thread_time() - start < 5

    @pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ", "&a [", "!!seq ["])
    def test_depth(self, opening):
        """
        Any depth beyond the limit is refused, at once.
        """
        start = time.thread_time()

        with pytest.raises(LimitError, match="deeper than 300"):
            read_yaml(opening * 100_000)

        assert time.thread_time() - start < 5
        assert read_yaml("[" * 300 + "]" * 300)

    @pytest.mark.parametrize("opening", ["[", "{a: ", "- ", "? ["])
    def test_depth_of_libyaml(self, opening):
        """
        A limit that is higher than libyaml's own decides alone, whichever PyYAML is there.
        """
        limits = Limits(max_depth=1500)

        with pytest.raises(LimitError, match="deeper than 1500"):
            read_yaml(opening * 1600, limits)

        read_yaml("[" * 1500 + "]" * 1500, limits)
        read_yaml("- " * 1500 + "1", limits)

    def test_other_limits(self):
        """
        The number of values and the length in bytes are limited where that is asked.
        """
        with pytest.raises(LimitError, match="more than 2 values"):
            read_yaml("[1, 2]", Limits(max_nodes=2))
        with pytest.raises(LimitError, match="bytes"):
            read_yaml("é", Limits(max_bytes=1))
        with pytest.raises(LimitError, match="repeat more than 0"):
            read_yaml("[&a 1, *a]", Limits(max_alias_nodes=0))

    def test_without_libyaml(self, yaml, monkeypatch):
        """
        PyYAML's own parser, where there is no libyaml, does the same.
        """
        monkeypatch.delattr(yaml, "CSafeLoader", raising=False)

        assert read_yaml("a: [1, yes, {<<: {b: 2}}]") == {"a": [1, "yes", {"b": 2}]}
        for text in ("[" * 5_000, "a: 1\na: 2", "!!python/name:os.system ''", "*a", "\x00", "'"):
            with pytest.raises(TextError):
                read_yaml(text)

    def test_not_installed(self):
        """
        Without PyYAML the error names the extra.
        """
        code = (
            "import sys; sys.modules['yaml'] = None\n"
            "from callsheet._formats.yamls import read_yaml\n"
            "try: read_yaml('a')\n"
            "except ValueError as error: sys.exit('callsheet[yaml]' not in str(error))\n"
            "sys.exit(2)"
        )

        assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def dump_toml(data: Any) -> Any:
    return pytest.importorskip("tomlkit").dumps(data)


def dump_msgpack(data: Any) -> Any:
    return pytest.importorskip("msgpack").packb(data)


def dump_cbor2(data: Any) -> Any:
    return pytest.importorskip("cbor2").dumps(data)


def dump_bson(data: Any) -> Any:
    return pytest.importorskip("bson").encode(data)


# What every format here holds: an object, without nulls and NUL in keys.
KEYS = st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"]), min_size=1)
COMMON = st.dictionaries(
    KEYS.filter(lambda key: not key.startswith("$")),
    st.recursive(
        st.one_of(
            st.booleans(),
            st.integers(-(2**63), 2**63 - 1),
            st.floats(allow_nan=False, allow_infinity=False),
            st.text(st.characters(min_codepoint=32, exclude_categories=["Cs"])),
        ),
        lambda inner: st.one_of(
            st.lists(inner, max_size=3),
            st.dictionaries(KEYS.filter(lambda key: not key.startswith("$")), inner, max_size=3),
        ),
        max_leaves=8,
    ),
    max_size=3,
)


class TestOtherFormats:
    @pytest.mark.parametrize(
        ("dump", "read"),
        [
            (dump_toml, read_toml),
            (dump_msgpack, read_msgpack),
            (dump_cbor2, read_cbor2),
            (dump_bson, read_bson),
        ],
    )
    def test_round_trip(self, dump, read):
        """
        What the format's library has written comes back as it was.
        """

        @given(COMMON)
        @settings(max_examples=60)
        def check(data):
            assert same(read(dump(data)), data)

        check()

    def test_every_preconf_has_a_reader(self):
        """
        Every module of `cattrs.preconf` has a strict reader.
        """
        import pkgutil

        import cattrs.preconf

        modules = {module.name for module in pkgutil.iter_modules(cattrs.preconf.__path__)}

        assert modules - {"tomllib"} == {*FORMATS}  # which is read as TOML, and never written

    def test_toml(self):
        """
        Keys that occur twice, dates, NaN and what is no TOML are refused.
        """
        if sys.version_info < (3, 11):
            pytest.importorskip("tomlkit")
        assert read_toml(b"a = 1\n[b]\nc = [1, {d = 2}]\n") == {"a": 1, "b": {"c": [1, {"d": 2}]}}
        for text in (
            "a = 1\na = 2",
            "[a]\n[a]",
            "a = nan",
            "a = inf",
            "a = 1979-05-27",
            "a = 07:32:00",
        ):
            with pytest.raises(TextError):
                read_toml(text)
        for text in (
            "x",
            "a = ",
            "a = " + "[" * 100_000,
            "a = " + "9" * 5000,
            "a = {" * 1000,
            b"\xff",
        ):
            with pytest.raises(TextError):
                read_toml(text)
        with pytest.raises(LimitError, match="deeper"):
            read_toml("a = [[1]]", Limits(max_depth=2))

    @pytest.mark.parametrize(
        "before", ["", '"', "'", "\\", '\\"', '"""', "'''", "#", "\n", "= [", "é"]
    )
    def test_dots_in_toml(self, before):
        """
        Only what stands between the parts of a key counts as its depth.
        """
        text = f"{before}{'.' * 400}{before}{'a.' * 400}a = 1"
        data = {"a": [text, {text: text}], text: {"b": text}}

        assert data == read_toml(dump_toml(data))

    @pytest.mark.parametrize(
        "text",
        [
            "{key} = 1",
            "[{key}]",
            "[[{key}]]",
            "z = {{{key} = 1}}",
            'z = {{b = """a\\"""""", {key} = 1}}',
            "z = {{b = '''a''''', {key} = 1}}",
            'z = "#" # "\n{key} = 1',
        ],
    )
    @pytest.mark.parametrize("part", ["a", '"a.b"', "'\"'", '"\\""', "-"])
    def test_keys_of_toml(self, text, part):
        """
        A key of more parts than the limit is refused before the library sees it.
        """
        if sys.version_info < (3, 11):
            pytest.importorskip("tomlkit")
        good = read_toml(text.format(key=" . ".join([part] * 5)))

        with pytest.raises(LimitError, match="a key is nested deeper than 300"):
            read_toml(text.format(key=" . ".join([part] * 310)))
        assert good

    @pytest.mark.parametrize(
        "data",
        [
            b"\x82\xa1a\x01\xa1a\x02",  # a key twice
            b"\x81\x01\x02",  # a key that is no text
            b"\x81\xc4\x01a\x02",  # a key of bytes
            b"\x01\x02",  # two documents
            b"",
            b"\xc1",  # never used
            b"\xc4\x01a",  # bytes
            b"\xd4\x05a",  # an extension
            b"\xd6\xff\x00\x00\x00\x00",  # a timestamp
            b"\xcb\x7f\xf8\x00\x00\x00\x00\x00\x00",  # NaN
            b"\xa1\xff",  # text that is not UTF-8
            b"\xdd\xff\xff\xff\xff",  # a list of four thousand million
            b"\x91" * 100_000,
            "text",
        ],
    )
    def test_msgpack(self, data):
        """
        What JSON cannot hold is refused, and what is no msgpack.
        """
        pytest.importorskip("msgpack")
        with pytest.raises(TextError):
            read_msgpack(data)

    @pytest.mark.parametrize(
        "data",
        [
            b"\xa1\x01\x02",  # a key that is no text
            b"\x01\x02",  # two documents
            b"",
            b"\xff",
            b"\x41a",  # bytes
            b"\xc0\x74" + b"2026-11-22T00:00:00Z",  # a date and time
            b"\xd9\x01\x02\x81\x01",  # a set
            b"\xf7",  # undefined
            b"\xf9\x7e\x00",  # NaN
            b"\xd8\x1c\x81\xd8\x1d\x00",  # a list that holds itself
            b"\x9b" + b"\xff" * 8,  # a list of 2 ** 64
            b"\x5b" + b"\x7f" * 8,
            b"\x81" * 100_000,
            "text",
        ],
    )
    def test_cbor2(self, data):
        """
        What JSON cannot hold is refused, and what is no CBOR.
        """
        pytest.importorskip("cbor2")
        with pytest.raises(TextError):
            read_cbor2(data)

    def test_cbor2_keys(self):
        """
        A key that occurs twice is refused where cbor2 tells.
        """
        cbor2 = pytest.importorskip("cbor2")
        if not hasattr(cbor2.CBORDecoder, "allow_duplicate_keys"):
            pytest.skip("this cbor2 does not tell")
        with pytest.raises(TextError, match=r"[Dd]uplicate"):
            read_cbor2(b"\xa2\x61a\x01\x61a\x02")

    @pytest.mark.parametrize(
        "data",
        [
            b"\x13\0\0\0\x10a\0\x01\0\0\0\x10a\0\x01\0\0\0\0",  # a key twice
            b"",
            b"xx",
            b"\x05\0\0\0\0\0",
            b"\x10\0\0\0\x01a\0\x00\x00\x00\x00\x00\x00\xf8\x7f\0",  # NaN
            b"\x10\0\0\0\x09a\0\0\0\0\0\0\0\0\0\0",  # a date and time
            "text",
        ],
    )
    def test_bson(self, data):
        """
        What JSON cannot hold is refused, and what is no BSON.
        """
        pytest.importorskip("bson")
        with pytest.raises(TextError):
            read_bson(data)

    @pytest.mark.parametrize("name", ["msgpack", "cbor2", "bson"])
    def test_not_installed(self, name):
        """
        Without the library the error names the extra.
        """
        code = (
            f"import sys; sys.modules[{name!r}] = None\n"
            "from callsheet._formats.table import FORMATS, Limits\n"
            f"try: FORMATS[{name!r}].loads(b'a', Limits())\n"
            f"except ValueError as error: sys.exit('callsheet[{name}]' not in str(error))\n"
            "sys.exit(2)"
        )

        assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


CORPUS = Path(__file__).parent.parent / "corpus"
PARSERS: dict[str, Callable[[Any], Any]] = {
    "json": read_json,
    "yaml": read_yaml,
    "toml": read_toml,
    "names": split_import_string,
}


def test_corpus_is_there():
    """
    Each target of the fuzz has inputs that were kept.
    """
    assert {path.parent.name for path in CORPUS.glob("*/*.bin")} == {*PARSERS}


@pytest.mark.parametrize("name", sorted(PARSERS))
def test_corpus(name):
    """
    What the fuzz has kept is read, or refused by our errors, at once.
    """
    if name in ("yaml", "toml"):
        pytest.importorskip({"yaml": "yaml", "toml": "tomlkit"}[name])
    for path in sorted((CORPUS / name).glob("*.bin")):
        data = path.read_bytes()
        for text in (data, data.decode("utf-8", "surrogateescape")):
            start = time.thread_time()
            with contextlib.suppress(TextError, ImportStringError):
                PARSERS[name](text)
            assert time.thread_time() - start < 1, path


SOUP = st.one_of(
    st.binary(max_size=60),
    st.text(max_size=60),
    st.lists(
        st.sampled_from([*ODD_SCALARS, ": ", "\n", "\n  ", "]", "}", "1", "a"]), max_size=15
    ).map("".join),
)


@pytest.mark.parametrize("name", sorted(FORMATS))
def test_only_our_errors(name):
    """
    Any text or bytes give JSON data or an error of this library.
    """
    reader: Callable[..., Any] = FORMATS[name].loads

    @given(SOUP)
    @settings(max_examples=250)
    @example("")
    @example(b"\xff" * 9)
    def check(text):
        try:
            data = reader(text, Limits())
        except TextError:
            return
        check_tree(data, Limits())

    check()
