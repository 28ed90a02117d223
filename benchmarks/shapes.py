"""
Shapes of documents that make one reader or another work more than their size says.

Each shape makes text, bytes or data of about *n* bytes.
"""

# ruff: noqa: UP031  # JSON is full of braces

from __future__ import annotations

import json
import struct
from collections.abc import Callable
from typing import Any

PRIME = 2**61 - 1  # the hashes of ints are taken modulo this
DEPTH = 290
Make = Callable[[int], Any]


def in_model(inside: str) -> str:
    """
    Return the text of a model with one argument.
    """
    return '{"callable":"targets.identity","signature":{"x":%s}}' % inside


def repeat(item: str, n: int) -> str:
    """
    Return a list of so many equal items that it has *n* characters.
    """
    return f"[{','.join([item] * max(1, n // (len(item) + 1)))}]"


def number(form: str, n: int, start: int = 0) -> list[str]:
    """
    Return about *n* characters of items that differ in a number.
    """
    size = len(form % 100_000) + 1
    return [form % i for i in range(start, start + max(1, n // size))]


def nest(inner: str, depth: int = DEPTH) -> str:
    """
    Return *inner* in so many lists.
    """
    return "[" * depth + inner + "]" * depth


def collide(n: int, form: str = "%d") -> list[str]:
    """
    Return about *n* characters of integers that share one hash.
    """
    return [form % (i * PRIME) for i in range(1, max(2, n // (len(form % PRIME) + 3)))]


def nest_calls(n: int) -> str:
    """
    Return models of 90 models in models each, beside each other.
    """
    call = '{"callable":"targets.nest"}'
    for _ in range(90):
        call = '{"callable":"targets.nest","signature":{"inner":{"$call":%s}}}' % call
    return in_model(repeat('{"$call":%s}' % call, n))


def in_halves(tag: str, n: int) -> str:
    half = "9" * (n // 2)
    return in_model('{"%s":"0x%s1/0x%s3"}' % (tag, half, half))


def overlap_fields(n: int) -> str:
    """
    Return an array whose fields all lie over the whole of it.
    """
    size = n // 8 * 4
    count = n // 40
    data = "A" * (size // 3 * 4)
    size = size // 12 * 12
    fields = {
        "names": [f"f{i}" for i in range(count)],
        "formats": [f"<U{size // 4}"] * count,
        "offsets": [0] * count,
        "itemsize": size,
    }
    data = "AAAA" * (size // 3)
    return in_model(json.dumps({"$ndarray": {"dtype": fields, "shape": [1], "data": data}}))


def many_fields(n: int) -> str:
    count = n // 30
    fields = {
        "names": [f"f{i}" for i in range(count)],
        "formats": ["|i1"] * count,
        "offsets": list(range(count)),
        "itemsize": count,
    }
    return in_model(json.dumps({"$ndarray": {"dtype": fields, "shape": [0], "data": ""}}))


def nest_enums(n: int) -> str:
    return in_model('{"$enum":[' * 140 + repeat("7", n) + ",1]}" * 140)


def drift(n: int) -> str:
    names = ",".join(number('"gone%d":1', n))
    return '{"callable":"targets.f","signature":{"args":[],%s}}' % names


DOCUMENTS: dict[str, Make] = {
    # what a model's document may hold
    "numbers": lambda n: in_model(repeat("1", n)),
    "lists of one": lambda n: in_model(repeat("[1]", n)),
    "objects of one": lambda n: in_model(repeat('{"a":1}', n)),
    "290 deep": lambda n: in_model(repeat(nest("1"), n)),
    "290 deep, then wide": lambda n: in_model(nest(repeat("[1]", n))),
    "290 deep, long keys": lambda n: in_model(
        repeat('{"%s":' % ("k" * 40) * 285 + "1" + "}" * 285, n)
    ),
    "$int": lambda n: in_model('{"$int":"0x%s"}' % ("9" * n)),
    "$fraction": lambda n: in_halves("$fraction", n),
    "$fractions": lambda n: in_model(
        repeat('{"$fraction":"0x%s1/0x%s3"}' % ("9" * 3400, "7" * 3400), n)
    ),
    "$fraction digits": lambda n: in_model(
        repeat('{"$fraction":"%s1/%s3"}' % ("9" * 4200, "7" * 4200), n)
    ),
    "$range": lambda n: in_model(
        '{"$range":[0,{"$int":"0x%s"},{"$int":"0x%s"}]}' % ("9" * (n * 2 // 3), "7" * (n // 3))
    ),
    "$slice": lambda n: in_model('{"$slice":{"stop":{"$int":"0x%s"}}}' % ("9" * n)),
    "$decimal digits": lambda n: in_model('{"$decimal":"%s"}' % ("9" * n)),
    "$decimal exponents": lambda n: in_model(
        '{"$set":[%s]}' % ",".join(number('{"$decimal":"1E+9999%d"}', n))
    ),
    "$float digits": lambda n: in_model('{"$float":"0.%s"}' % ("1" * n)),
    "$complex digits": lambda n: in_model('{"$complex":["0.%s","1"]}' % ("1" * n)),
    "$scalar digits": lambda n: in_model('{"$scalar":["longdouble","0.%s"]}' % ("1" * n)),
    "$timedelta": lambda n: in_model(repeat('{"$timedelta":[%s,1,1]}' % ("9" * 4300), n)),
    "$datetime": lambda n: in_model('{"$datetime":"2026-11-22T00:00:00.%s"}' % ("1" * n)),
    "$uuid": lambda n: in_model('{"$uuid":"%s"}' % ("-" * n)),
    "$zoneinfo": lambda n: in_model("[%s]" % ",".join(number('{"$zoneinfo":"Zone%d"}', n))),
    "$set of one hash": lambda n: in_model('{"$set":[%s]}' % ",".join(collide(n))),
    "$sets of one hash": lambda n: in_model(
        repeat('{"$frozenset":[%s]}' % ",".join(collide(20_000)[:990]), n)
    ),
    "$dict of one hash": lambda n: in_model('{"$dict":[%s]}' % ",".join(collide(n, "[%d,1]"))),
    "$tuples of one hash": lambda n: in_model(
        '{"$set":[%s]}' % ",".join(collide(n, '{"$tuple":[1,2,%d]}'))
    ),
    "dict[int] of one hash": lambda n: (
        '{"callable":"targets.take_keys","signature":{"x":{%s}}}' % ",".join(collide(n, '"%d":1'))
    ),
    "set[int] of one hash": lambda n: (
        '{"callable":"targets.take_set","signature":{"x":[%s]}}' % ",".join(collide(n))
    ),
    "field set of one hash": lambda n: in_model(
        '{"$object":["targets.Holder",{"items":[%s]}]}' % ",".join(collide(n))
    ),
    "$str": lambda n: in_model('{"$str":"%s"}' % (r"\\udc80" * (n // 7))),
    "$path": lambda n: in_model('{"$path":"%s"}' % ("a/" * (n // 2))),
    "$bytes": lambda n: in_model('{"$bytes":"%s"}' % ("A" * (n // 4 * 4))),
    "$bytes, junk": lambda n: in_model('{"$bytes":"%s"}' % ("A-*" * (n // 3))),
    "$ndarray shape": lambda n: in_model(
        '{"$ndarray":{"dtype":"<f8","shape":%s,"data":""}}' % repeat("2", n)
    ),
    "$ndarray fields": many_fields,
    "$ndarray overlap": overlap_fields,
    "$ndarray": lambda n: in_model(
        '{"$ndarray":{"dtype":"<f8","shape":[%d],"data":"%s"}}'
        % (n // 32 * 3, "AAAA" * (n // 32 * 8))
    ),
    "$ndarrays, empty": lambda n: in_model(
        repeat('{"$ndarray":{"dtype":"<U9999999","shape":[0],"data":""}}', n)
    ),
    "$enum in $enum": nest_enums,
    "$raw": lambda n: in_model('{"$raw":%s}' % repeat(nest("1"), n)),
    "models": lambda n: in_model(repeat('{"$call":{"callable":"targets.f"}}', n)),
    "models in models": nest_calls,
    "models in a set": lambda n: in_model(
        '{"$set":[%s]}'
        % ",".join(number('{"$call":{"callable":"targets.f","signature":{"x":%d}}}', n))
    ),
    "executors": lambda n: in_model(
        repeat('{"$normal":{"loader":{"loader":{"callable":"targets.C"}}}}', n)
    ),
    # what is refused, n times
    "unknown keys": lambda n: '{"callable":"targets.f",%s}' % ",".join(number('"signatur%d":1', n)),
    "unknown parameters": lambda n: (
        '{"callable":"targets.f","signature":{%s}}' % ",".join(number('"para%d":1', n))
    ),
    "drift": drift,
    "unknown tags": lambda n: in_model("[%s]" % ",".join(number('{"$tupl%d":[]}', n))),
    "unknown tags, 290 deep": lambda n: in_model(nest(repeat('{"$x":1}', n), 285)),
    "wrong leaves": lambda n: in_model(repeat('{"$date":"x"}', n)),
    "wrong leaves, 290 deep": lambda n: in_model(nest(repeat('{"$date":"x"}', n), 285)),
    "wrong sets": lambda n: in_model(repeat('{"$set":[[]]}', n)),
    "refused names": lambda n: in_model("[%s]" % ",".join(number('{"$import":"os.x%d"}', n))),
    "refused name": lambda n: in_model(repeat('{"$import":"os.system"}', n)),
    "long names": lambda n: in_model(repeat('{"$import":"os.%s"}' % ("x" * 500), n)),
    "names, 290 deep": lambda n: in_model(nest(repeat('{"$import":"os.system"}', n), 285)),
    "allowed names": lambda n: in_model(repeat('{"$import":"targets.f"}', n)),
    "allowed names, 290 deep": lambda n: in_model(nest(repeat('{"$import":"targets.f"}', n), 285)),
    "missing names": lambda n: in_model("[%s]" % ",".join(number('{"$import":"targets.x%d"}', n))),
    "wrong models": lambda n: in_model(
        "[%s]" % ",".join(number('{"$call":{"callable":"targets.f","signature":{"z":%d}}}', n))
    ),
    "no callable": lambda n: in_model(repeat('{"$call":{}}', n)),
}

MODELS: dict[str, Make] = {  # lists of models
    "models": lambda n: repeat('{"callable":"targets.f","signature":{"x":1}}', n),
    "wrong models": lambda n: repeat('{"callable":"targets.f","signature":{"z":1}}', n),
    "refused models": lambda n: repeat('{"callable":"os.system"}', n),
}

JSON: dict[str, Make] = {
    "escapes": lambda n: '["%s"]' % (r"\u00e9" * (n // 6)),
    "surrogates": lambda n: '["%s"]' % (r"\ud800" * (n // 6)),
    "NULs": lambda n: '["%s"]' % (r"\u0000" * (n // 6)),
    "spaces": lambda n: "[1" + " " * n + "]",
    "spaces first": lambda n: "\n" * n + "[1]",
    "integers": lambda n: repeat("9" * 4300, n),
    "digits": lambda n: "[0.%s]" % ("1" * n),
    "digits before": lambda n: "[%s.0]" % ("1" * n),
    "exponents": lambda n: repeat("1e-999999999", n),
    "keys": lambda n: "{%s}" % ",".join(number('"k%d":1', n)),
    "key twice": lambda n: "{%s}" % ",".join([*number('"k%d":1', n), '"k7":1']),
    "long key twice": lambda n: '{"%s":1,"%s":1}' % ("k" * (n // 2), "k" * (n // 2)),
    "too deep": lambda n: "[" * n,
    "301 deep": lambda n: repeat(nest("1", 301), n),
    "not UTF-8": lambda n: b'"' + b"a" * n + b"\xff",
    "UTF-16": lambda n: ('"%s"' % ("a" * (n // 2))).encode("utf-16"),
    "broken late": lambda n: repeat("1", n)[:-1] + "x",
    "NaN late": lambda n: repeat("1", n)[:-1] + ",NaN]",
}

YAML: dict[str, Make] = {
    "%TAG": lambda n: "".join(number("%%TAG !a%d! tag:x,2026:\n", n)) + "--- 1\n",
    "%TAG after a document": lambda n: (
        "--- 1\n...\n" + "".join(number("%%TAG !a%d! tag:x,2026:\n", n)) + "--- 1\n"
    ),
    "%TAG, used": lambda n: (
        "".join(number("%%TAG !a%d! tag:yaml.org,2002:\n", n // 2))
        + "--- "
        + repeat("!a0!int 1", n // 2)
    ),
    "%FOO": lambda n: "".join(number("%%FOO a%d\n", n)) + "--- 1\n",
    "aliases": lambda n: f"- &a {repeat('1', n // 2)}\n" + "- *a\n" * (n // 10),
    "billion laughs": lambda n: (
        "- &a0 [1,1]\n"
        + "".join(f"- &a{i} [*a{i - 1},*a{i - 1}]\n" for i in range(1, 19))
        + "- 1\n" * (n // 4)
    ),
    "merges": lambda n: (
        "a: &a {%s}\nb:\n" % ", ".join(number("k%d: 1", n // 2))
        + "".join(number("  c%d: {<<: *a}\n", n // 2))
    ),
    "anchors": lambda n: "".join(number("- &a%d 1\n", n)),
    "tags": lambda n: "- !!str 1\n" * (n // 10),
    "foreign tags": lambda n: "- !x 1\n" * (n // 7),
    "comments": lambda n: "# comment\n" * (n // 10) + "a: 1\n",
    "literal": lambda n: "a: |\n" + "  text\n" * (n // 7),
    "folded": lambda n: "a: >\n" + "  text\n" * (n // 7),
    "folded, blank": lambda n: "a: >\n  x\n" + "\n" * n + "  y\n",
    "plain lines": lambda n: "a: b\n" + "  text\n" * (n // 7),
    "quoted lines": lambda n: "a: '" + "text\n\n  " * (n // 8) + "'\n",
    "escapes": lambda n: 'a: "%s"\n' % (r"\x41" * (n // 4)),
    "long line": lambda n: "a: %s\n" % ("x" * n),
    "long line of words": lambda n: "a: %s\n" % ("x " * (n // 2)),
    "wide": lambda n: "- 1\n" * (n // 4),
    "flow": lambda n: repeat("[1]", n),
    "flow, deep": lambda n: repeat(nest("1"), n),
    "flow, too deep": lambda n: "[" * n,
    "flow, too deep, maps": lambda n: "{a: " * (n // 4),
    "block, too deep": lambda n: "- " * (n // 2),
    "keys": lambda n: "".join(number("k%d: 1\n", n)),
    "flow keys": lambda n: "{%s}" % ", ".join(number("k%d: 1", n)),
    "explicit keys": lambda n: "".join(number("? k%d\n: 1\n", n)),
    "explicit flow keys": lambda n: "{%s}" % ", ".join(number("? k%d : 1", n)),
    "complex key": lambda n: f"? {repeat('1', n)}\n: 1\n",
    "pairs": lambda n: repeat("a: b", n),
    "numbers": lambda n: repeat("1_000", n),
    "sixties": lambda n: repeat("1:30:00", n),
    "digits": lambda n: f"- {'1' * n}\n",
    "hexadecimal": lambda n: f"- 0x{'1' * n}\n",
    "digits of a float": lambda n: f"- 0.{'1' * n}\n",
    "almost a float": lambda n: f"- {'1' * n}.1e\n",
    "documents": lambda n: "--- 1\n" * (n // 6),
    "ends": lambda n: "a: 1\n" + "...\n" * (n // 4),
    "indented": lambda n: "a:\n" + "".join(" " * (i % 300 + 1) + "# x\n" for i in range(n // 155)),
    "colons": lambda n: ":" * n,
    "question marks": lambda n: "? " * (n // 2),
    "quotes": lambda n: "'" * n,
    "tabs": lambda n: "a:" + "\t" * n + "1",
    "carriage returns": lambda n: "a: 1" + "\r" * n,
    "long anchor": lambda n: f"&{'a' * n} 1",
    "long alias": lambda n: f"*{'a' * n}",
    "long tag": lambda n: f"!{'a' * n} 1",
    "long tag, escaped": lambda n: f"!{'%41' * (n // 3)} 1",
}

TOML: dict[str, Make] = {
    "dotted key": lambda n: "a." * (n // 2) + "a = 1\n",
    "dotted key, unended": lambda n: "a." * (n // 2) + "a",
    "dotted key, quoted end": lambda n: "a." * (n // 2) + '"\\"" = 1\n',
    "dotted key, quoted": lambda n: '"".' * (n // 3) + "a = 1\n",
    "dotted header": lambda n: "[" + "a." * (n // 2) + "a]\n",
    "dotted header, unended": lambda n: "[" + "a." * (n // 2) + "a",
    "dotted key, inline": lambda n: "x = {" + "a." * (n // 2) + "a = 1}\n",
    "dotted keys": lambda n: "".join(number("a." * 280 + "k%d = 1\n", n)),
    "tables": lambda n: "".join(number("[t%d]\na = 1\n", n)),
    "tables, deep": lambda n: "".join(number("[" + "a." * 280 + "t%d]\n", n)),
    "tables, reopened": lambda n: "".join(number("[a.t%d]\n", n)),
    "tables in turns": lambda n: "".join(
        f"[a.t{i}]\nx = 1\n[b.t{i}]\nx = 1\n" for i in range(n // 30)
    ),
    "arrays of tables": lambda n: "[[a]]\nx = 1\n" * (n // 12),
    "arrays in arrays of tables": lambda n: "[[a]]\n[[a.b]]\n[a.b.c]\n" * (n // 22),
    "keys": lambda n: "".join(number("k%d = 1\n", n)),
    "array": lambda n: f"a = {repeat('1', n)}\n",
    "array of lines": lambda n: "a = [\n" + "1,\n" * (n // 3) + "]\n",
    "arrays, deep": lambda n: "".join(number("k%d = " + nest("", 200) + "\n", n)),
    "too deep": lambda n: "a = " + "[" * n,
    "inline tables": lambda n: f"a = {repeat('{b = 1}', n)}\n",
    "inline keys": lambda n: "a = {%s}\n" % ", ".join(number("k%d = 1", n)),
    "text": lambda n: 'a = "%s"\n' % ("x" * n),
    "escapes": lambda n: 'a = "%s"\n' % (r"\u0041" * (n // 6)),
    "lines": lambda n: 'a = """%s"""\n' % ("x\n" * (n // 2)),
    "lines, joined": lambda n: 'a = """%s"""\n' % ("x\\\n  " * (n // 5)),
    "literal lines": lambda n: "a = '''%s'''\n" % ("x\n" * (n // 2)),
    "text unended": lambda n: 'a = "' + '\\"' * (n // 2),
    "lines unended": lambda n: 'a = """' + '\\"""' * (n // 4),
    "dots in text": lambda n: 'a = "%s"\n' % ("a." * (n // 2)),
    "dots in lines": lambda n: 'a = """%s"""\n' % ('a.\\"' * (n // 4)),
    "quotes and dots": lambda n: 'a = """%s"""\n' % ("'.\"." * (n // 4)),
    "dots": lambda n: "." * n,
    "quotes": lambda n: "'" * n + "." * 400,
    "double quotes": lambda n: '"' * n + "." * 400,
    "comments": lambda n: "# comment\n" * (n // 10),
    "comments, dots": lambda n: "# a.b.c\n" * (n // 8),
    "spaces": lambda n: "a" + " " * n + "= 1\n" + "#" + "." * 400,
    "words and spaces": lambda n: "a  " * (n // 3) + "#" + "." * 400,
    "floats": lambda n: f"a = {repeat('1.5', n)}\n",
    "digits": lambda n: f"a = {repeat('1' * 4000, n)}\n",
    "hexadecimal": lambda n: f"a = 0x{'1' * n}\n",
    "underscores": lambda n: f"a = {'1_' * (n // 2)}1\n",
    "digits of a float": lambda n: f"a = 0.{'1' * n}\n",
    "dates": lambda n: f"a = {repeat('1979-05-27', n)}\n",
    "carriage returns": lambda n: "a = 1\r\n" * 1 + "\r\n" * (n // 2),
    "key twice": lambda n: "".join(number("k%d = 1\n", n)) + "k7 = 1\n",
    "table twice": lambda n: "".join(number("[t%d]\n", n)) + "[t7]\n",
}


def pack_ints(n: int, head: bytes, step: int) -> bytes:
    return b"".join(head + struct.pack(">Q", i * PRIME % 2**64) for i in range(n // step))


def map_of(pairs: list[bytes]) -> bytes:
    return b"\xdf" + struct.pack(">I", len(pairs)) + b"".join(pairs)


def array_of(head: bytes, items: list[bytes]) -> bytes:
    return head + struct.pack(">I", len(items)) + b"".join(items)


def make_moments(n: int) -> list[tuple[int, int]]:
    """
    Return *n* pairs of an int of 64 bits and one of 30, all of one hash: what
    Python does to the hashes of a tuple's items can be done backwards.
    """
    size = 2**64
    prime_1, prime_2, prime_5 = 11400714785074694791, 14029467366897019727, 2870177450012600261
    back_1, back_2 = pow(prime_1, -1, size), pow(prime_2, -1, size)
    made: list[tuple[int, int]] = []
    second = 0
    while len(made) < n:
        second += 1
        lane = (7 - second * prime_2) * back_1 % size
        lane = ((lane >> 31 | lane << 33) - prime_5) * back_2 % size
        first = lane - size if lane >> 63 else lane
        if abs(first) < PRIME and first != -1:  # it is its own hash
            made.append((first, second))
    return made


MSGPACK: dict[str, Make] = {
    "numbers": lambda n: array_of(b"\xdd", [b"\x01"] * n),
    "lists of one": lambda n: array_of(b"\xdd", [b"\x91\x01"] * (n // 2)),
    "keys": lambda n: map_of([b"\xa6%06d\x01" % i for i in range(n // 8)]),
    "key twice": lambda n: map_of(
        [*[b"\xa6%06d\x01" % i for i in range(n // 8)], b"\xa6000007\x01"]
    ),
    "timestamps as keys": lambda n: map_of(
        [
            b"\xc7\x0c\xff" + struct.pack(">Iq", nanoseconds, seconds) + b"\x01"
            for seconds, nanoseconds in make_moments(n // 16)
        ]
    ),
    "ints as keys": lambda n: map_of(
        [b"\xcf" + struct.pack(">Q", i) + b"\x01" for i in range(n // 10)]
    ),
    "floats as keys": lambda n: map_of(  # times 2**61, the hash is the same
        [
            b"\xcb" + struct.pack(">d", (i // 16 + 1) * 2.0 ** (i % 16 * 61)) + b"\x01"
            for i in range(n // 10)
        ]
    ),
    "extensions": lambda n: array_of(b"\xdd", [b"\xd4\x05a"] * (n // 3)),
    "extensions as keys": lambda n: map_of([b"\xd4\x05a\x01"] * (n // 4)),
    "lists as keys": lambda n: map_of([b"\x91\x01\x01"] * (n // 3)),
    "bytes": lambda n: b"\xc6" + struct.pack(">I", n) + b"a" * n,
    "text": lambda n: b"\xdb" + struct.pack(">I", n) + b"a" * n,
    "lists that claim": lambda n: (b"\xdd" + struct.pack(">I", n // 2)) * (500) + b"\x01" * n,
    "maps that claim": lambda n: (
        (b"\xdf" + struct.pack(">I", n // 4) + b"\xa1a") * 500 + b"\x01" * n
    ),
    "too deep": lambda n: b"\x91" * n,
}


def tag(number: int, content: bytes) -> bytes:
    return (bytes([0xC0 | number]) if number < 24 else bytes([0xD8, number])) + content


def big(value: int) -> bytes:
    """
    Return a bignum of CBOR.
    """
    data = value.to_bytes((value.bit_length() + 7) // 8, "big")
    return b"\xc2" + head(2, len(data)) + data


def head(major: int, argument: int) -> bytes:
    if argument < 24:
        return bytes([major << 5 | argument])
    return bytes([major << 5 | 26]) + struct.pack(">I", argument)


def cbor_map(pairs: list[bytes]) -> bytes:
    return head(5, len(pairs)) + b"".join(pairs)


def cbor_list(items: list[bytes]) -> bytes:
    return head(4, len(items)) + b"".join(items)


def shared(n: int) -> bytes:
    """
    Return a list that names its items twice each, and so on.
    """
    levels = [tag(28, cbor_list([b"\x01", b"\x01"]))]
    for i in range(17):
        reference = tag(29, head(0, i))
        levels.append(tag(28, cbor_list([reference, reference])))
    return cbor_list([*levels, *[b"\x01"] * n])


CBOR: dict[str, Make] = {
    "numbers": lambda n: cbor_list([b"\x01"] * n),
    "lists of one": lambda n: cbor_list([b"\x81\x01"] * (n // 2)),
    "keys": lambda n: cbor_map([b"\x66%06d\x01" % i for i in range(n // 8)]),
    "key twice": lambda n: cbor_map(
        [*[b"\x66%06d\x01" % i for i in range(n // 8)], b"\x66000007\x01"]
    ),
    "bignums as keys": lambda n: cbor_map([big((i + 9) * PRIME) + b"\x01" for i in range(n // 12)]),
    "tuples as keys": lambda n: cbor_map(
        [cbor_list([big((i + 9) * PRIME)]) + b"\x01" for i in range(n // 13)]
    ),
    "ints as keys": lambda n: cbor_map(
        [b"\x1b" + struct.pack(">Q", i) + b"\x01" for i in range(n // 10)]
    ),
    "bytes as keys": lambda n: cbor_map([b"\x46%06d\x01" % i for i in range(n // 8)]),
    "maps as keys": lambda n: cbor_map([b"\xa1\x61a\x01\x01"] * (n // 5)),
    "shared values": shared,
    "shared, unused": lambda n: cbor_list([b"\xd8\x1c\x81\x01"] * (n // 4)),
    "string references": lambda n: (
        b"\xd9\x01\x00" + cbor_list([b"\x63abc"] + [b"\xd8\x19\x00"] * (n // 3))
    ),
    "long string, referred to": lambda n: (
        b"\xd9\x01\x00"
        + cbor_list([head(3, n // 2) + b"a" * (n // 2)] + [b"\xd8\x19\x00"] * (n // 6))
    ),
    "bignum": lambda n: b"\xc2" + head(2, n) + b"\x99" * n,
    "bignums": lambda n: cbor_list([big(7 * PRIME)] * (n // 10)),
    "rational": lambda n: tag(
        30,
        cbor_list(
            [
                b"\xc2" + head(2, n // 2) + b"\x99" * (n // 2),
                b"\xc2" + head(2, n // 2) + b"\x77" * (n // 2),
            ]
        ),
    ),
    "decimal fraction": lambda n: cbor_list(
        [tag(4, cbor_list([head(0, 10 * n), b"\x01"])), *[b"\x01"] * n]
    ),
    "decimal fraction, long": lambda n: tag(
        4, cbor_list([b"\x01", b"\xc2" + head(2, n) + b"\x99" * n])
    ),
    "big float": lambda n: cbor_list(
        [tag(5, cbor_list([head(0, 10 * n), b"\x01"])), *[b"\x01"] * n]
    ),
    "big floats": lambda n: cbor_list([tag(5, cbor_list([head(0, 100_000), b"\x01"]))] * (n // 8)),
    "dates": lambda n: cbor_list([b"\xc1\x01"] * (n // 2)),
    "regex": lambda n: tag(35, head(3, n) + b"(a" * (n // 2)),
    "regexes": lambda n: cbor_list([tag(35, b"\x65a%04d" % (i % 9999)) for i in range(n // 8)]),
    "mime": lambda n: tag(36, head(3, n // 6 * 6) + b"a: b\n\n" * (n // 6)),
    "set of one hash": lambda n: (
        b"\xd9\x01\x02" + cbor_list([big((i + 9) * PRIME) for i in range(n // 11)])
    ),
    "tags of tags": lambda n: b"\xc6" * n + b"\x01",
    "unknown tags": lambda n: cbor_list([b"\xd8\x63\x01"] * (n // 3)),
    "text": lambda n: head(3, n) + b"a" * n,
    "text in chunks": lambda n: b"\x7f" + b"\x61a" * (n // 2) + b"\xff",
    "bytes in chunks": lambda n: b"\x5f" + b"\x41a" * (n // 2) + b"\xff",
    "endless list": lambda n: b"\x9f" + b"\x01" * n + b"\xff",
    "endless lists": lambda n: b"\x9f" + b"\x9f\xff" * (n // 2) + b"\xff",
    "lists that claim": lambda n: (b"\x9a" + struct.pack(">I", n // 2)) * 290 + b"\x01" * n,
    "maps that claim": lambda n: (
        (b"\xba" + struct.pack(">I", n // 4) + b"\x61a") * 290 + b"\x01" * n
    ),
    "huge claims": lambda n: b"\x9a\x7f\xff\xff\xff" + b"\x01" * n,
    "simple values": lambda n: cbor_list([b"\xf8\x63"] * (n // 2)),
    "too deep": lambda n: b"\x81" * n,
    "too deep, endless": lambda n: b"\x9f" * n,
}


def bson(*elements: bytes) -> bytes:
    content = b"".join(elements)
    return struct.pack("<i", len(content) + 5) + content + b"\0"


def bson_nest(depth: int, inner: bytes) -> bytes:
    for _ in range(depth):
        inner = b"\x04a\0" + bson(inner)
    return inner


BSON: dict[str, Make] = {
    "numbers": lambda n: bson(
        b"\x04a\0" + bson(*[b"\x10%d\0\x01\0\0\0" % i for i in range(n // 12)])
    ),
    "keys": lambda n: bson(*[b"\x10%06d\0\x01\0\0\0" % i for i in range(n // 12)]),
    "key twice": lambda n: bson(
        *[b"\x10%06d\0\x01\0\0\0" % (i % (n // 12 - 1)) for i in range(n // 12)]
    ),
    "lists of one": lambda n: bson(
        b"\x04a\0" + bson(*[b"\x04%d\0" % i + bson(b"\x0a0\0") for i in range(n // 16)])
    ),
    "deep": lambda n: bson(b"\x04a\0" + bson(*[bson_nest(200, b"\x0aa\0")] * (n // 1600 + 1))),
    "too deep": lambda n: bson(bson_nest(min(n // 8, 4000), b"\x0aa\0")),
    "regexes": lambda n: bson(*[b"\x0b%06d\0(a\0\0" % i for i in range(n // 12)]),
    "code": lambda n: bson(*[b"\x0d%06d\0\x02\0\0\0a\0" % i for i in range(n // 14)]),
    "decimals": lambda n: bson(*[b"\x13%06d\0" % i + b"\x01" * 16 for i in range(n // 24)]),
    "bytes": lambda n: bson(b"\x05a\0" + struct.pack("<i", n) + b"\0" + b"a" * n),
    "uuids": lambda n: bson(*[b"\x05%06d\0\x10\0\0\0\x04" % i + b"a" * 16 for i in range(n // 30)]),
    "references": lambda n: bson(
        *[
            b"\x03%06d\0" % i + bson(b"\x02$ref\0\x02\0\0\0a\0", b"\x10$id\0\x01\0\0\0")
            for i in range(n // 40)
        ]
    ),
    "text": lambda n: bson(b"\x02a\0" + struct.pack("<i", n + 1) + b"a" * n + b"\0"),
    "dates": lambda n: bson(*[b"\x09%06d\0" % i + b"\x01" * 8 for i in range(n // 16)]),
}
