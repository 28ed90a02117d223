"""
What the table of tagged values is made of: leaves, and the text they share.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import attrs

from .._loading import importing
from .._messages import expect

_INT64 = range(-(2**63), 2**63)
# Compiled at first use, by `re` itself: most programs never get there.
_FLOAT = r"[+-]?(?:\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|inf|nan)"
_HEX = r"[+-]?0x[0-9a-fA-F]+"
_DECIMAL = r"[+-]?\d{1,4300}"  # Python's own limit
_MAX_BITS = 14_285  # what so many digits take
_ESCAPE = r"\\(\\|u[dD][89a-fA-F][0-9a-fA-F]{2}|)"


@attrs.frozen(eq=False)
class Leaf:
    """
    How the values of one type are written under a tag and read back.

    Attributes:
        tag: The key, ``"$date"``.

        encode: Makes JSON-native data of a value; None where JSON holds the
            value as it is, or where it could not be read back.

        decode: Makes the value of the data, or raises any error.

        example: A payload, as JSON, to be shown in error messages.
    """

    tag: str
    encode: Callable[[Any], Any]
    decode: Callable[[Any], Any]
    example: str


def get_items(payload: Any, n: int, content: str) -> list[Any]:
    """
    Return the *n* items of a list; *content* says what they are.
    """
    expect(is_list(payload) and len(payload) == n, f"it is no list of {content}")
    return list(payload)


def is_list(payload: object) -> bool:
    """
    Answer whether *payload* is a JSON array; type checkers are to keep it Any.
    """
    return isinstance(payload, list)


def is_object(payload: object) -> bool:
    """
    Answer whether *payload* is a JSON object; type checkers are to keep it Any.
    """
    return isinstance(payload, dict)


def describe(value: object) -> str:
    """
    Return a short repr of any JSON value, whatever its size and depth.
    """
    if isinstance(value, str):
        return repr(value) if len(value) <= 60 else f"{value[:57]!r}..."
    if isinstance(value, (dict, list)):
        kind = "an object" if isinstance(value, dict) else "a list"
        return f"{kind} of {len(value)}"  # pyright: ignore[reportUnknownArgumentType]
    if isinstance(value, int) and value not in _INT64:
        return "a large integer"
    if value is None or isinstance(value, (int, float)):
        return repr(value)
    return f"a {type(value).__name__}"


def is_text(value: str) -> bool:
    """
    Answer whether UTF-8 can hold *value*: lone surrogates it cannot.
    """
    if value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def encode_text(value: str) -> Any:
    """
    Return *value* as it is, or under ``$str`` if UTF-8 cannot hold it.
    """
    if is_text(value):
        return value
    return {"$str": value.replace("\\", "\\\\").encode("utf-8", "backslashreplace").decode()}


def decode_text(payload: Any) -> str:
    """
    Return the text that `encode_text` wrote.
    """
    if is_object(payload) and payload.keys() == {"$str"}:
        text = payload["$str"]
        expect(isinstance(text, str), "the text is not a string")
        return re.sub(_ESCAPE, _decode_escape, text)
    expect(isinstance(payload, str), "it is not a string")
    return str(payload)


def _decode_escape(match: re.Match[str]) -> str:
    escaped = match[1]
    expect(escaped, "a backslash is written as two")
    return escaped if escaped == "\\" else chr(int(escaped[1:], 16))


def encode_int(value: int) -> Any:
    """
    Return *value* as it is, or under ``$int`` if 64 bits cannot hold it.
    """
    return value if value in _INT64 else {"$int": hex(value)}


def decode_int(payload: Any) -> int:
    """
    Return the int that `encode_int` wrote.
    """
    if is_object(payload) and payload.keys() == {"$int"}:
        text = payload["$int"]
        expect(isinstance(text, str), "the integer under $int is not text")
        return parse_int(text)
    expect(type(payload) is int, "it is not an integer")
    return int(payload)


def parse_int(text: str) -> int:
    """
    Return the int that hexadecimal text (any length) or decimal text stands for.
    """
    if re.fullmatch(_HEX, text, re.ASCII):
        return int(text, 16)
    expect(
        re.fullmatch(_DECIMAL, text, re.ASCII),
        "it is no integer in hexadecimal or at most 4300 digits",
    )
    return int(text)


def is_short(value: int) -> bool:
    """
    Answer whether *value* is as short as decimal digits may be: division takes
    as long as the lengths of divisor and quotient multiplied.
    """
    return value.bit_length() <= _MAX_BITS


def decode_float(payload: Any) -> float:
    """
    Return the float that a ``repr`` of one or a number stands for.
    """
    if isinstance(payload, str):
        expect(re.fullmatch(_FLOAT, payload, re.ASCII), "it is no number")
        return float(payload)
    expect(type(payload) in (int, float), "it is no number")
    return float(payload)


def encode_base64(data: bytes | bytearray) -> str:
    """
    Return *data* as base64 text.
    """
    with importing:
        import binascii

    return binascii.b2a_base64(data, newline=False).decode("ascii")


def decode_base64(payload: Any) -> bytes:
    """
    Return the bytes that base64 text stands for; nothing but base64 is skipped.
    """
    with importing:
        import binascii

    expect(isinstance(payload, str), "it is not base64 text")
    try:
        data = binascii.a2b_base64(payload)
    except ValueError:
        raise ValueError("it is not base64 text") from None
    expect(encode_base64(data) == payload, "it is not base64 text")
    return data
