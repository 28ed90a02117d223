"""
Strict reading of JSON text: one document, no key twice, within the limits.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any, Final

from .._statics import get_type
from ..exceptions import CallsheetError, LimitError, TextError
from .limits import Limits, check_size, check_tree, decode_utf8, refuse, refuse_double

_TITLE: Final = "the JSON text"


def read_json(
    text: str | bytes | bytearray, limits: Limits | None = None, *, check_depth: bool = True
) -> Any:
    """
    Return the data of a JSON text: one document, as RFC 8259 has it.

    Refused are keys that occur twice in an object, ``NaN`` and ``Infinity``,
    numbers that no float or int of Python's digit limit can hold, anything
    after the document, a byte order mark and bytes that are not UTF-8.

    Args:
        text: The text.

        limits: The limits to hold.

        check_depth: Whether the depth is looked at here; what reads models
            looks at it itself.

    Raises:
        TextError: It is not exactly one strict document.

        LimitError: It goes beyond *limits*.
    """
    limits = limits or _LIMITS
    if limits.max_bytes is not None or (type(text) is not str and type(text) is not bytes):
        check_size(text, limits, _TITLE)
    if not isinstance(text, str):
        try:
            text = str(text, "utf-8")
        except UnicodeDecodeError:
            text = decode_utf8(text, limits, _TITLE)  # says what is wrong
    data: Any = None
    end = -1
    try:
        try:
            data, end = _scan(text, 0)
        except StopIteration:  # white space comes first, or nothing at all
            end = -1
        if end != len(text) and (end < 0 or text[end:].strip(" \t\n\r")):
            data = _decode(text)
    except json.JSONDecodeError as error:
        raise _refuse_syntax(text, error) from None
    except RecursionError:
        raise refuse(_TITLE, "it is nested too deeply. Flatten it.", LimitError) from None
    except MemoryError:
        raise refuse(_TITLE, "the memory does not suffice. Split it.", LimitError) from None
    except CallsheetError:
        raise
    except ValueError:
        n_digits = getattr(sys, "get_int_max_str_digits", int)()
        reason = f'an integer has more than {n_digits} digits. Write it as {{"$int": "0x..."}}.'
        raise refuse(_TITLE, reason, LimitError) from None
    # Nothing has more values, or levels, than characters.
    n_characters = len(text)
    if n_characters > min(limits.max_depth, limits.max_nodes) and (
        n_characters > limits.max_nodes or (check_depth and _is_deep(text, data, limits.max_depth))
    ):
        check_tree(data, limits)
    return data


def _is_deep(text: str, data: Any, max_depth: int) -> bool:
    if text.count("[") + text.count("{") <= max_depth:
        return False
    level: list[Any] = [[data]]
    for _ in range(max_depth + 1):
        if not level:
            return False
        level = [
            value
            for container in level
            for value in (container.values() if get_type(container) is dict else container)
            if get_type(value) is dict or get_type(value) is list
        ]
    return bool(level)


def _refuse_syntax(text: str, error: json.JSONDecodeError) -> TextError:
    if text.startswith("\ufeff"):
        return refuse(_TITLE, "it starts with a byte order mark. Remove that.")
    reason = (error.msg[0].lower() + error.msg[1:]).removesuffix(" at")
    if error.msg == "Extra data":
        reason = "there is more after the document"
    place = f"line {error.lineno}, column {error.colno}"
    return refuse(_TITLE, f"{reason} at {place}. Correct it there.")


def _make_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        seen: set[str] = set()
        for key, _ in pairs:
            if key in seen:
                raise refuse_double(key, _TITLE)
            seen.add(key)
    return made


def _refuse_constant(name: str) -> Any:
    written = {"NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"}[name]
    reason = f'{name} is no JSON number. Write it as {{"$float": "{written}"}}.'
    raise refuse(_TITLE, reason)


def _read_float(text: str) -> float:
    value = float(text)
    if value - value != 0.0:  # only infinity is not 0
        reason = f'{text[:40]} is beyond every float. Write it as {{"$float": "inf"}}, or as text.'
        raise refuse(_TITLE, reason)
    return value


_LIMITS: Final = Limits()
_decoder = json.JSONDecoder(
    object_pairs_hook=_make_object, parse_constant=_refuse_constant, parse_float=_read_float
)
_decode = _decoder.decode
# The decoder's own scanner, which looks for no white space around the text.
_scan: Callable[[str, int], tuple[Any, int]] = getattr(_decoder, "scan_once")  # noqa: B009
