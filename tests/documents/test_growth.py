"""
Reading takes time and memory in proportion to the text, whatever stands in it.

Nothing here looks at a clock: what would cost more is refused before it is made, or is counted.
"""

# ruff: noqa: UP031  # JSON is full of braces

from __future__ import annotations

import json
import struct
import sys
import tracemalloc
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from decimal import Decimal
from fractions import Fraction
from typing import Any

import attrs
import pytest
from cattrs import BaseValidationError

import targets
from callsheet import CallableModel, audit, format_exception, make_converter
from callsheet._documents import checking as collecting
from callsheet._documents.checking import collect
from callsheet._formats import toml
from callsheet._formats.binary import read_cbor2, read_msgpack
from callsheet._formats.jsons import read_json
from callsheet._formats.limits import MAX_PROBLEMS, Limits
from callsheet._formats.toml import read_toml
from callsheet._formats.yamls import read_yaml
from callsheet._values.annotations import get_reader
from callsheet._values.tags import decode_leaf
from callsheet.exceptions import (
    DocumentError,
    LimitError,
    TagError,
    TextError,
    UnwritableError,
)

PRIME = 2**61 - 1  # the hashes of ints are taken modulo this
N_MANY = 3 * MAX_PROBLEMS
LONG = "9" * 4000  # hexadecimal digits, more than 4300 decimal ones
TIMESTAMP = b"\xd7\xff" + struct.pack(">Q", 7 << 34 | 3)


def refuse_to_run(*args: Any, **options: Any) -> Any:
    raise AssertionError("it is asked")


@pytest.mark.parametrize(
    "key",
    [
        TIMESTAMP,
        b"\xd4\x05a",  # an extension
        b"\xcf\xff\xff\xff\xff\xff\xff\xff\xff",
        b"\xcb\x7f\xe0\x00\x00\x00\x00\x00\x00",
        b"\x91\x01",  # a list
        b"\xc4\x01a",  # bytes
        b"\xc0",
        b"\xc3",
    ],
)
def test_msgpack_keys(key, monkeypatch):
    """
    Only text becomes a key: no other hash is asked for.
    """
    msgpack = pytest.importorskip("msgpack")
    monkeypatch.setattr(msgpack.Timestamp, "__hash__", refuse_to_run)

    with pytest.raises(TextError, match="key"):
        read_msgpack(b"\x82" + key + b"\x01" + key + b"\x02")


@pytest.mark.parametrize(
    "data",
    [
        *(bytes([0xC0 | tag]) + b"\x41\x01" for tag in range(24)),
        b"\xa1\xc2\x41\x01\x01",  # a bignum as a key
        b"\xa1\x81\x01\x01",  # a list as a key
        b"\xa1\x41a\x01",  # bytes as a key
        b"\xa2\x61a\x01\x01\x01",  # a number as the second key
        b"\xbf\x61a\x01\x01\x01\xff",
        b"\xa1\x61a\xbf\x01\x01\xff",
        b"\x82\xd8\x1c\x81\x01\xd8\x1d\x00",  # a list that is shared
        b"\xd9\x01\x00\x82\x63abc\xd8\x19\x00",  # text that is referred to
        b"\xc4\x82\x1b\x7f\xff\xff\xff\xff\xff\xff\xff\x01",  # 10 to an immense power
        b"\xd8\x1e\x82\x01\x02",
        b"\xd8\x23\x61(",
        b"\xd9\x01\x02\x81\x01",
        b"\x9a\x7f\xff\xff\xff\x01",  # a list longer than the document
        b"\xba\x7f\xff\xff\xff\x61a\x01",
        b"\x9a\x00\x00\x00\x04" * 4 + b"\x01" * 4,  # lists that are so together
        b"\x7b\x7f\xff\xff\xff\xff\xff\xff\xff",
        b"\x81",
        b"\xff",
        b"\x01\x01",
        b"\x81" * 100_000,
    ],
)
def test_cbor2_is_judged_first(data, monkeypatch):
    """
    Tags, keys that are not text and lengths beyond the document are refused
    before the library is asked.
    """
    monkeypatch.setattr(pytest.importorskip("cbor2"), "CBORDecoder", refuse_to_run)

    with pytest.raises(TextError, match=r"tagged|key|cut short|break|after the document|deeply"):
        read_cbor2(data)


@pytest.mark.parametrize(
    ("data", "expected"),
    [
        (b"\x9f\x01\x9f\xff\x80\xff", [1, [], []]),
        (b"\xbf\x61a\x7f\x61b\x60\xff\x7f\x61c\xff\x01\xff", {"a": "b", "c": 1}),
        (b"\x82\xf9\x3c\x00\xa1\x60\xf6", [1.0, {"": None}]),
        (b"\x1b\xff\xff\xff\xff\xff\xff\xff\xff", 2**64 - 1),
        (b"\x98\x01\x78\x01a", ["a"]),
    ],
)
def test_cbor2_spellings(data, expected):
    """
    What JSON holds is read however it is spelled, without a length, too.
    """
    pytest.importorskip("cbor2")

    assert read_cbor2(data) == expected


def test_yaml_directives(monkeypatch):
    """
    Many directives are refused before the library is asked, few are read.
    """
    yaml = pytest.importorskip("yaml")
    directives = "".join(f"%TAG !a{i}! tag:x,2026:\n" for i in range(17))

    assert read_yaml("%TAG !a! tag:yaml.org,2002:\n--- !a!int 1\n") == 1
    assert read_yaml("a: '%TAG '\nb: |\n" + " %TAG\n" * 20)["a"] == "%TAG "
    monkeypatch.setattr(yaml, "parse", refuse_to_run)
    for text in (directives + "--- 1", "--- 1\n...\n" + directives, directives.replace("\n", "\r")):
        with pytest.raises(LimitError, match="directives"):
            read_yaml(text)


def test_yaml_aliases():
    """
    Aliases repeat no more than a program would wait for.
    """
    pytest.importorskip("yaml")
    levels = "".join(f"- &a{i} [*a{i - 1}, *a{i - 1}]\n" for i in range(1, 16))

    with pytest.raises(LimitError, match="max_alias_nodes"):
        read_yaml("- &a0 [1]\n" + levels)
    assert len(read_yaml("- &a [1, 2, 3]\n" + "- *a\n" * 2000)) == 2001


DOTS = "a." * 400


@pytest.mark.parametrize(
    "text",
    [
        DOTS + "a = 1",
        DOTS + "a",  # broken off
        DOTS,
        DOTS + '"\\"" = 1',
        "[" + DOTS,
        "[[" + DOTS,
        "x = {" + DOTS + "a = 1}",
        '"\\"" . ' * 400 + "a = 1",
        "'' . " * 400 + "a = 1",
        'x = """y""""\n' + DOTS + 'a = 1\nz = ""',  # four quotes end the text
        "x = '''y'''''\n" + DOTS + "a = 1\nz = ''",
        'x = "\\\\"\n' + DOTS + 'a = 1 # "',
        'x = 1 # "\n' + DOTS + "a = 1 # \"'",
    ],
)
def test_toml_keys(text, monkeypatch):
    """
    A dotted key beyond the limit is refused before the library is asked.
    """
    monkeypatch.setattr(toml, "_get_loads", lambda: refuse_to_run)

    with pytest.raises(LimitError, match="nested deeper"):
        read_toml(text)


@pytest.mark.parametrize(
    "text",
    [
        f'a = "{DOTS}"',
        f"a = '{DOTS}'",
        f'a = """{DOTS}\\"""{DOTS}"""',
        f"a = '''{DOTS}\n'{DOTS}'''",
        f'a = """x""""\nb = "{DOTS}"',
        f'a = "\\"{DOTS}"',
        f'"{DOTS}" = 1',
        f"a = 1 # {DOTS}",
        "a = [" + "1.5, " * 400 + "]",
        "a = [" + '"a.b", ' * 400 + "]",
    ],
)
def test_toml_dots(text):
    """
    Dots in text, comments and numbers are not those of a key.
    """
    if sys.version_info < (3, 11):
        pytest.importorskip("tomli")

    assert "a" in read_toml(text) or DOTS in read_toml(text)


@pytest.mark.parametrize(
    ("tag", "payload"),
    [
        ("$fraction", f"0x{LONG}/0x{LONG}"),
        ("$fraction", f"0x{LONG}{LONG}/-0x{LONG}"),
        ("$range", [0, {"$int": f"0x{LONG}{LONG}"}, {"$int": f"0x{LONG}"}]),
        ("$range", [0, {"$int": f"-0x{LONG}{LONG}"}, {"$int": f"-0x{LONG}"}]),
    ],
)
def test_long_integers(tag, payload):
    """
    What divides integers takes none of which both sides are long.
    """
    with pytest.raises(TagError, match="4300"):
        decode_leaf(tag, payload)


@pytest.mark.parametrize(
    "value",
    [
        Fraction(10**9000, 3),
        Fraction(1, 10**9000),
        Fraction(10**9000, 10**4300 - 1),
        range(10**9000),
        range(0, 10**9000, 10**5000),
        range(10**9000, 0, 1 - 10**4300),
        int(LONG, 16),
    ],
    ids=["top", "bottom", "both", "range", "step", "back", "int"],
)
def test_long_integers_come_back(value):
    """
    Integers of any length come back, and in fractions and ranges one of them.
    """
    model = CallableModel(targets.add, kwargs={"x": value})

    assert CallableModel.parse_raw(model.json(), allow=["targets.*"]) == model


@pytest.mark.parametrize(
    "value",
    [Fraction(int(LONG, 16), 2**20_000), range(0, 16**9000, int(LONG, 16))],
    ids=["fraction", "range"],
)
def test_long_integers_are_not_written(value):
    """
    What could not be read is refused by name.
    """
    with pytest.raises(UnwritableError, match=r"argument x .* 4300 digits"):
        CallableModel(targets.add, kwargs={"x": value}).json()


def test_shapes():
    """
    A shape of more dimensions than arrays have is not multiplied.
    """
    pytest.importorskip("numpy")
    payload = {"dtype": "<f8", "shape": [2] * 65, "data": ""}

    with pytest.raises(TagError, match="its shape"):
        decode_leaf("$ndarray", payload)


def test_fields_that_overlap():
    """
    Text is checked once for each field that lies over it: few may, in both
    directions.
    """
    numpy = pytest.importorskip("numpy")

    def make(n: int) -> Any:
        names = [f"f{i}" for i in range(n)]
        fields = {"names": names, "formats": ["<U4"] * n, "offsets": [0] * n, "itemsize": 16}
        return numpy.zeros(2, numpy.dtype(fields))

    few = CallableModel(targets.add, kwargs={"x": make(16)})
    many = CallableModel(targets.add, kwargs={"x": make(17)})
    document = json.loads(few.json())
    dtype = document["signature"]["x"]["$ndarray"]["dtype"]
    for key in ("names", "formats", "offsets"):
        dtype[key] = [*dtype[key], "more" if key == "names" else dtype[key][0]]

    assert CallableModel.parse_raw(few.json(), allow=["targets.*"]) == few
    with pytest.raises(UnwritableError):
        many.json()
    with pytest.raises(DocumentError) as caught:
        CallableModel.parse_obj(document, allow=["targets.*"])
    assert "over each other" in str(caught.value)


def test_keys_of_one_hash():
    """
    Keys that an annotation makes numbers of may not share one hash.
    """
    read: Any = get_reader(dict[Decimal, int])
    keys = {str(i * PRIME): 1 for i in range(2000)}

    with pytest.raises(LimitError, match="hash"):
        read(keys)
    assert len(read({str(i): 1 for i in range(2000)})) == 2000


def get_peak(task: Callable[[], object]) -> int:
    tracemalloc.start()
    try:
        task()
        return tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("kind", ["value", "verbatim"])
def test_depth_takes_no_memory(kind):
    """
    What phase one keeps of a list does not depend on how deep it lies.
    """
    wide: Any = [[1] for _ in range(20_000)]
    deep = wide
    for _ in range(285):
        deep = [deep]

    shallow_peak = get_peak(lambda: collect(wide, kind, Limits()))
    deep_peak = get_peak(lambda: collect(deep, kind, Limits()))

    assert deep_peak < 1.5 * shallow_peak


def make_unknown(form: str) -> str:
    return ",".join(form % i for i in range(N_MANY))


WRONG = {
    "unknown keys": '{"callable":"targets.add",%s}' % make_unknown('"signatur%d":1'),
    "unknown parameters": '{"callable":"targets.add","signature":{%s}}'
    % make_unknown('"para%d":1'),
    "drift": '{"callable":"targets.add","signature":{"args":[],%s}}' % make_unknown('"para%d":1'),
    "unknown tags": '{"callable":"targets.add","signature":{"x":[%s]}}'
    % make_unknown('{"$tupl%d":[]}'),
    "pairs": '{"callable":"targets.add","signature":{"x":{"$dict":[%s]}}}' % make_unknown("%d"),
    "refused": '{"callable":"targets.add","signature":{"x":[%s]}}'
    % make_unknown('{"$import":"os.x%d"}'),
    "wrong leaves": '{"callable":"targets.add","signature":{"x":[%s]}}'
    % make_unknown('{"$date":"%d"}'),
    "wrong models": '{"callable":"targets.add","signature":{"x":[%s]}}'
    % make_unknown('{"$call":{"callable":"targets.add","signature":{"z":%d}}}'),
}


@pytest.mark.parametrize("text", WRONG.values(), ids=WRONG)
def test_problems_are_enough(text, monkeypatch):
    """
    A document of nothing but mistakes is reported up to a thousand of them.
    """
    n_asked = 0
    get_close_names = collecting.get_close_names

    def count(*args: Any) -> list[str]:
        nonlocal n_asked
        n_asked += 1
        return get_close_names(*args)

    monkeypatch.setattr(collecting, "get_close_names", count)
    with pytest.raises(DocumentError) as caught:
        CallableModel.parse_raw(text, allow=["targets.*"])

    problems = caught.value.exceptions
    assert len(problems) == MAX_PROBLEMS + 1
    assert f"more than {MAX_PROBLEMS} problems" in str(problems[-1])
    assert n_asked <= MAX_PROBLEMS + 1


def test_problems_of_many_models():
    """
    The problems of a list of models are as many at most.
    """
    converter = make_converter("json", allow=["targets.*"])
    text = "[%s]" % make_unknown('{"callable":"targets.add","signature":{"z":%d}}')

    with pytest.raises(DocumentError) as caught:
        converter.loads(text, list[CallableModel])

    assert len(caught.value.exceptions) == MAX_PROBLEMS + 1


def test_problems_of_an_audit():
    """
    An audit stops there, too.
    """
    with pytest.raises(DocumentError) as caught:
        audit(WRONG["unknown tags"], allow=["targets.*"])

    assert len(caught.value.exceptions) == MAX_PROBLEMS + 1


class Loud(list[Any]):
    """
    A list whose repr must not be asked for.
    """

    __repr__ = refuse_to_run


def test_lists_are_not_printed():
    """
    What stands where an import string belongs is named, however large.
    """
    document = {"callable": "targets.add", "signature": {"x": {"$enum": [Loud("ab"), 1]}}}

    with pytest.raises(DocumentError) as caught:
        CallableModel.parse_obj(document, allow=["targets.*"])

    assert "not a list of 2" in str(caught.value)


def test_json_of_one_key():
    """
    A key that occurs twice is quoted in part, however long.
    """
    key = "k" * 100_000

    with pytest.raises(TextError) as caught:
        read_json(f'{{"{key}":1,"{key}":2}}')

    assert len(str(caught.value)) < 300


@attrs.frozen
class Numbers:
    items: set[int] = attrs.field(factory=set)
    fixed: frozenset[int] = frozenset()
    some: AbstractSet[int] = frozenset()
    keyed: dict[int, int] = attrs.field(factory=dict)
    priced: Mapping[Decimal, int] = attrs.field(factory=dict)


@pytest.mark.parametrize("preconf", ["json", "bson", "msgspec"])
@pytest.mark.parametrize("name", ["items", "fixed", "some", "keyed", "priced"])
def test_fields_of_one_hash(name, preconf):
    """
    Nor may the items and keys that the annotation of a field makes.
    """
    pytest.importorskip(preconf)
    converter = make_converter(preconf)
    is_dict = name in ("keyed", "priced")

    def make(numbers: list[int]) -> Any:
        return {name: dict.fromkeys(map(str, numbers), 1) if is_dict else numbers}

    with pytest.raises(BaseValidationError) as caught:
        converter.structure(make([i * PRIME for i in range(2000)]), Numbers)
    assert "share one hash" in format_exception(caught.value)
    read = converter.structure(make([*range(2000)]), Numbers)
    assert len(getattr(read, name)) == 2000
    assert converter.structure(make([]), Numbers) == Numbers()
