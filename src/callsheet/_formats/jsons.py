"""
Strict reading of JSON text: one document, no key twice, within the limits.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from typing import Any

from .._statics import get_type
from ..exceptions import CallsheetError, LimitError, TextError
from .limits import Limits, check_size, check_tree, decode_utf8, describe_key


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
        check_size(text, limits, "the JSON text")
    if not isinstance(text, str):
        try:
            text = str(text, "utf-8")
        except UnicodeDecodeError:
            text = decode_utf8(text, "the JSON text")  # says what is wrong
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
        message = "Cannot read the JSON text: it is nested too deeply. Flatten it."
        raise LimitError(message) from None
    except MemoryError:
        message = "Cannot read the JSON text: the memory does not suffice. Split it."
        raise LimitError(message) from None
    except CallsheetError:
        raise
    except ValueError:
        message = (
            f"Cannot read the JSON text: an integer has more than {_get_digit_limit()} digits. "
            f'Write it as {{"$int": "0x..."}}.'
        )
        raise LimitError(message) from None
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


def _get_digit_limit() -> int:
    get: Any = getattr(sys, "get_int_max_str_digits", None)
    return 0 if get is None else get()


def _refuse_syntax(text: str, error: json.JSONDecodeError) -> TextError:
    if text.startswith("\ufeff"):
        message = "Cannot read the JSON text: it starts with a byte order mark. Remove that."
        return TextError(message)
    reason = error.msg[0].lower() + error.msg[1:]
    if error.msg == "Extra data":
        reason = "there is more after the document"
    reason = reason.removesuffix(" at")
    message = (
        f"Cannot read the JSON text: {reason} at line {error.lineno}, column {error.colno}. "
        f"Correct it there."
    )
    return TextError(message)


def _make_object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) == len(pairs):
        return made
    raise _refuse_duplicate(pairs, "the JSON text")


def _refuse_duplicate(pairs: list[tuple[Any, Any]], name: str) -> TextError:
    seen: set[Any] = set()
    double: Any = None
    for key, _ in pairs:
        if key in seen:
            double = key
            break
        seen.add(key)
    message = (
        f"Cannot read {name}: an object has the key {describe_key(double)} twice. "
        f"Remove one of the two."
    )
    return TextError(message)


def _refuse_constant(name: str) -> Any:
    written = {"NaN": "nan", "Infinity": "inf", "-Infinity": "-inf"}[name]
    message = (
        f"Cannot read the JSON text: {name} is no JSON number. "
        f'Write it as {{"$float": "{written}"}}.'
    )
    raise TextError(message)


def _read_float(text: str) -> float:
    value = float(text)
    if value - value != 0.0:  # only infinity is not 0
        message = (
            f"Cannot read the JSON text: {text[:40]} is beyond every float. "
            f'Write it as {{"$float": "inf"}}, or as text.'
        )
        raise TextError(message)
    return value


_LIMITS = Limits()
_decoder = json.JSONDecoder(
    object_pairs_hook=_make_object, parse_constant=_refuse_constant, parse_float=_read_float
)
_decode = _decoder.decode
# The decoder's own scanner, which looks for no white space around the text.
_scan: Callable[[str, int], tuple[Any, int]] = getattr(_decoder, "scan_once")  # noqa: B009
