"""
Tags of values, and the text that their payloads share.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any, Protocol

import attrs

from .._formats import Path
from .._loading import importing
from .._messages import expect
from ..exceptions import ModelError, TagError

_INT64 = range(-(2**63), 2**63)
# Compiled at first use, by `re` itself: most programs never get there.
_FLOAT = r"[+-]?(?:\d+(?:\.\d*)?(?:[eE][+-]?\d+)?|inf|nan)"
_HEX = r"[+-]?0x[0-9a-fA-F]+"
_DECIMAL = r"[+-]?\d{1,4300}"  # Python's own limit
_MAX_BITS = 14_285  # what so many digits take
_ESCAPE = r"\\(\\|u[dD][89a-fA-F][0-9a-fA-F]{2}|)"


class Writing(Protocol):
    """The writing of a document, as tags see it."""

    context: Any
    nulls: bool

    def encode(self, value: Any, depth: int = 0) -> Any: ...
    def name_value(self, value: Any) -> str: ...


class Reading(Protocol):
    """The reading of a document's values, as tags see it."""

    context: Any

    def decode(self, value: Any, path: Path) -> Any: ...
    def resolve(self, import_string: Any, path: Path) -> Any: ...


class Visiting(Protocol):
    """Phase one of reading, as tags see it: problems, names and what else to visit."""

    def push(self, value: Any, kind: str, path: Path, depth: int) -> None: ...
    def add_name(self, path: Path, value: Any, declared: Any, what: str) -> None: ...
    def add_problem(self, path: Path, error: ModelError) -> None: ...


def visit_verbatim(payload: Any, scan: Visiting, path: Path, depth: int) -> None:
    """Visit a payload in which nothing is a tag or a reference."""
    scan.push(payload, "verbatim", path, depth + 1)


@attrs.frozen(eq=False)
class Tag:
    """
    A key that says what stands under it, ``"$date"``: how values are written
    so, judged and read back.

    Attributes:
        name: The key.

        encode: Makes the payload of a value that stands at a depth: JSON data.
            None where the value needs no tag, or could not be read back.

        decode: Makes the value of the payload that stands at a path.

        example: A payload, as JSON.

        visit: Looks at a payload before anything is imported or built.

        parse: Makes the value that untagged text stands for under an
            annotation; a ValueError says why not.

        takes: The JSON types that it takes.

        others: Those that stay under such an annotation, besides.

        is_leaf: Whether its values have no parts of other types.
    """

    name: str
    encode: Callable[[Any, Writing, int], Any]
    decode: Callable[[Any, Reading, Path], Any]
    example: str
    visit: Callable[[Any, Visiting, Path, int], None] = visit_verbatim
    parse: Callable[[Any], Any] | None = None
    takes: tuple[type, ...] = (str,)
    others: tuple[type, ...] = ()
    is_leaf: bool = False


def make_leaf(
    name: str,
    encode: Callable[[Any], Any],
    decode: Callable[[Any], Any],
    example: str,
    **options: Any,
) -> Tag:
    """Return the tag of values without parts; *decode* may fail in any way."""

    def write(value: Any, *_: Any) -> Any:
        return encode(value)

    def read(payload: Any, *_: Any) -> Any:
        try:
            return decode(payload)
        except Exception as error:
            # A payload of the wrong shape may fail in any way; only a ValueError says how.
            told = type(error) is ValueError or isinstance(error, TagError)
            reason = str(error)[:200] if told else "it does not have the right form"
            message = (
                f"Cannot read {describe(payload)} under {name}: {reason.rstrip('.')}. "
                f'Write it like {{"{name}": {example}}}.'
            )
            raise TagError(message, name) from error

    return Tag(name, write, read, example, is_leaf=True, **options)


def make_text_leaf(name: str, encode: Any, read: Any, example: str, **options: Any) -> Tag:
    """Return the tag of values whose payload is text, which *read* reads."""

    def decode(payload: Any) -> Any:
        expect(isinstance(payload, str), "it is no text")
        return read(payload)

    return make_leaf(name, encode, decode, example, **{"parse": read, **options})


def get_items(payload: Any, n: int, content: str) -> list[Any]:
    """Return the *n* items of a list; *content* says what they are."""
    expect(is_list(payload) and len(payload) == n, f"it is no list of {content}")
    return list(payload)


def is_list(payload: object) -> bool:
    """Return whether *payload* is a JSON array; type checkers are to keep it Any."""
    return isinstance(payload, list)


def is_object(payload: object) -> bool:
    """Return whether *payload* is a JSON object; type checkers are to keep it Any."""
    return isinstance(payload, dict)


def describe(value: object) -> str:
    """Return a short repr of any JSON value, whatever its size and depth."""
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
    """Return whether UTF-8 can hold *value*: lone surrogates it cannot."""
    if value.isascii():
        return True
    try:
        value.encode()
    except UnicodeEncodeError:
        return False
    return True


def encode_text(value: str) -> Any:
    """Return *value* as it is, or under ``$str`` if UTF-8 cannot hold it."""
    if is_text(value):
        return value
    return {"$str": value.replace("\\", "\\\\").encode("utf-8", "backslashreplace").decode()}


def decode_text(payload: Any) -> str:
    """Return the text that `encode_text` wrote."""
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
    """Return *value* as it is, or under ``$int`` if 64 bits cannot hold it."""
    return value if value in _INT64 else {"$int": hex(value)}


def decode_int(payload: Any) -> int:
    """Return the int that `encode_int` wrote."""
    if is_object(payload) and payload.keys() == {"$int"}:
        text = payload["$int"]
        expect(isinstance(text, str), "the integer under $int is not text")
        return parse_int(text)
    expect(type(payload) is int, "it is not an integer")
    return int(payload)


def parse_int(text: str) -> int:
    """Return the int that hexadecimal text (any length) or decimal text stands for."""
    if re.fullmatch(_HEX, text, re.ASCII):
        return int(text, 16)
    expect(
        re.fullmatch(_DECIMAL, text, re.ASCII),
        "it is no integer in hexadecimal or at most 4300 digits",
    )
    return int(text)


def is_short(value: int) -> bool:
    """
    Return whether *value* is as short as decimal digits may be: division takes
    as long as the lengths of divisor and quotient multiplied.
    """
    return value.bit_length() <= _MAX_BITS


def decode_float(payload: Any) -> float:
    """Return the float that a ``repr`` of one or a number stands for."""
    if isinstance(payload, str):
        expect(re.fullmatch(_FLOAT, payload, re.ASCII), "it is no number")
        return float(payload)
    expect(type(payload) in (int, float), "it is no number")
    return float(payload)


def encode_base64(data: bytes | bytearray) -> str:
    """Return *data* as base64 text."""
    with importing:
        import binascii

    return binascii.b2a_base64(data, newline=False).decode("ascii")


def decode_base64(payload: Any) -> bytes:
    """Return the bytes that base64 text stands for; nothing but base64 is skipped."""
    with importing:
        import binascii

    expect(isinstance(payload, str), "it is not base64 text")
    try:
        data = binascii.a2b_base64(payload)
    except ValueError:
        raise ValueError("it is not base64 text") from None
    expect(encode_base64(data) == payload, "it is not base64 text")
    return data
