"""
Built-in types and paths under their tags.
"""

from __future__ import annotations

import math
import pathlib
from collections.abc import Callable
from types import EllipsisType, NotImplementedType
from typing import Any

from .._messages import expect
from ..exceptions import UnwritableError
from .leaves import (
    Tag,
    decode_base64,
    decode_float,
    decode_int,
    decode_text,
    encode_base64,
    encode_int,
    encode_text,
    get_items,
    is_list,
    is_short,
    is_text,
    make_leaf,
)

_TOO_LONG = "its step and its length have more than 4300 digits"


def _encode_float(value: float) -> str | None:
    return None if math.isfinite(value) else repr(value)


def _encode_big_int(value: int) -> Any:
    written = encode_int(value)
    return None if written is value else written["$int"]


def _encode_odd_text(value: str) -> Any:
    return None if is_text(value) else encode_text(value)["$str"]


def _encode_complex(value: complex) -> list[str]:
    return [repr(value.real), repr(value.imag)]


def _decode_complex(payload: Any) -> complex:
    real, imaginary = get_items(payload, 2, "two numbers")
    return complex(decode_float(real), decode_float(imaginary))


def _encode_path(path: pathlib.PurePath) -> Any:
    text = encode_text(str(path))
    cls = type(path)
    if cls is _PATH:
        return text
    # Some odd Windows paths read as another path than they are.
    return [cls.__name__, text] if cls(str(path)).parts == path.parts else None


def _decode_path(payload: Any) -> pathlib.PurePath:
    if not is_list(payload):
        return pathlib.Path(decode_text(payload))
    name, text = get_items(payload, 2, "a class and a path")
    cls = {"PurePosixPath": pathlib.PurePosixPath, "PureWindowsPath": pathlib.PureWindowsPath}
    expect(
        isinstance(name, str) and name in cls, "it names neither PurePosixPath nor PureWindowsPath"
    )
    return cls[name](decode_text(text))


def _encode_range(value: range) -> list[Any]:
    parts = [int(part) for part in (value.start, value.stop, value.step)]
    if not _is_soon_counted(*parts):
        message = f"Cannot write a range: {_TOO_LONG}. Write the three numbers on their own."
        raise UnwritableError(message, "range")
    return [encode_int(part) for part in parts]


def _is_soon_counted(start: int, stop: int, step: int) -> bool:
    return is_short(step) or is_short((stop - start) >> step.bit_length())


def _decode_range(payload: Any) -> range:
    parts = [decode_int(part) for part in get_items(payload, 3, "start, stop and step")]
    expect(_is_soon_counted(*parts), _TOO_LONG)
    return range(*parts)


def _make_constant(value: Any) -> tuple[Callable[[Any], Any], Callable[[Any], Any]]:
    def decode(payload: Any) -> Any:
        expect(payload is True, "it is not true")
        return value

    return (lambda _: True), decode


_PATH = type(pathlib.Path())
_PATH_LEAF = make_leaf("$path", _encode_path, _decode_path, '"data/points.csv"')
BASIC_TAGS: dict[type, Tag] = {
    float: make_leaf("$float", _encode_float, decode_float, '"nan"'),
    int: make_leaf("$int", _encode_big_int, lambda text: decode_int({"$int": text}), '"0x1f"'),
    str: make_leaf(
        "$str", _encode_odd_text, lambda text: decode_text({"$str": text}), r'"\\udc80"'
    ),
    bytes: make_leaf("$bytes", encode_base64, decode_base64, '"AAECAw=="'),
    bytearray: make_leaf(
        "$bytearray", encode_base64, lambda data: bytearray(decode_base64(data)), '"AAECAw=="'
    ),
    complex: make_leaf(
        "$complex",
        _encode_complex,
        _decode_complex,
        '["1.0", "-2.5"]',
        parse=complex,
        others=(int, float),
    ),
    _PATH: _PATH_LEAF,
    pathlib.PurePosixPath: _PATH_LEAF,
    pathlib.PureWindowsPath: _PATH_LEAF,
    range: make_leaf("$range", _encode_range, _decode_range, "[0, 10, 2]"),
    EllipsisType: make_leaf("$ellipsis", *_make_constant(...), "true"),
    NotImplementedType: make_leaf("$notimplemented", *_make_constant(NotImplemented), "true"),
}
