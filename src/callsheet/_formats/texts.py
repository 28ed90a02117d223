"""
Strict reading of text: one document, no key twice, within the limits.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any

from .._loading import importing
from .._statics import get_type
from ..exceptions import CallsheetError, LimitError, TextError
from .binary import read_bson, read_cbor2, read_msgpack
from .limits import Limits, check_size, check_tree, decode_utf8, describe_key, import_library


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


def read_yaml(text: str | bytes | bytearray, limits: Limits | None = None) -> Any:
    """
    Return the data of a YAML text: one document of what JSON can hold.

    Plain scalars are read as YAML 1.2 reads them: ``1e-3`` is a number, and what
    only PyYAML takes for something else stays text: dates, ``yes`` and ``no``,
    ``1:30``, ``0777`` and ``1_000``. Refused are all tags but those of JSON's
    types, keys that are not text or that occur twice, ``.nan`` and ``.inf``,
    aliases to what contains them, and a second document.

    Raises:
        TextError: It is not exactly one strict document, or PyYAML is not
            installed.

        LimitError: It goes beyond *limits*.
    """
    with importing:
        from .yamls import read_events

    limits = limits or _LIMITS
    check_size(text, limits, "the YAML text")
    return read_events(decode_utf8(text, "the YAML text"), limits)


def read_toml(text: str | bytes | bytearray, limits: Limits | None = None) -> Any:
    """
    Return the data of a TOML text; its dates and times are refused, as not
    every format has them.

    Raises:
        TextError: It is not exactly one strict document.

        LimitError: It goes beyond *limits*.
    """
    limits = limits or _LIMITS
    check_size(text, limits, "the TOML text")
    text = decode_utf8(text, "the TOML text")
    if any(line.count(".") >= limits.max_depth for line in text.split("\n")):
        _check_keys(text, limits.max_depth)
    loads = _get_toml_loads()
    try:
        data = loads(text)
    except RecursionError:
        message = "Cannot read the TOML text: it is nested too deeply. Flatten it."
        raise LimitError(message) from None
    except Exception as error:  # the libraries raise more than their own errors
        message = f"Cannot read the TOML text: {str(error)[:200].rstrip('.')}. Correct it there."
        raise TextError(message) from error
    check_tree(data, limits)
    return data


# Strings and comments: what has a dot in them is no key. Each alternative ends somewhere, so that
# none is tried twice; what has no end is no TOML.
_TOML_TEXT = (
    r'"{3}(?:[^"\\]+|\\.|"(?!""))*(?:"{3,5}|\\?\Z)'
    r"|'{3}(?:[^']+|'(?!''))*(?:'{3,5}|\Z)"
    r'|"(?:[^"\\\n]+|\\[^\n])*"?'
    r"|'[^'\n]*'?"
    r"|#[^\n]*"
)


def _check_keys(text: str, max_depth: int) -> None:
    """
    Check the depth of dotted keys: the libraries take time that is quadratic
    in it, also where the key is broken off.
    """
    with importing:
        import re

    bare = re.sub(_TOML_TEXT, "_", text, flags=re.DOTALL)
    for key in re.finditer(r"[\w-]+(?:[ \t]*\.[ \t]*[\w-]+)*", bare, re.ASCII):
        if key[0].count(".") >= max_depth:
            message = (
                f"Cannot read the TOML text: a key is nested deeper than {max_depth} levels. "
                f"Flatten it, or raise Limits(max_depth=...)."
            )
            raise LimitError(message)


def _get_toml_loads() -> Callable[[str], Any]:
    for name in ("tomllib", "tomli"):  # the second is the first's, for Python 3.10
        with suppress(ImportError):
            found: Callable[[str], Any] = import_module(name).loads
            return found
    library = import_library("tomlkit", "tomlkit", "the TOML text")
    return lambda text: library.parse(text).unwrap()


#: The strict reader of each module of `cattrs.preconf`.
READERS: dict[str, Callable[[Any, Limits], Any]] = {
    "bson": read_bson,
    "cbor2": read_cbor2,
    "json": read_json,
    "msgpack": read_msgpack,
    "msgspec": read_json,
    "orjson": read_json,
    "pyyaml": read_yaml,
    "tomlkit": read_toml,
    "tomllib": read_toml,
    "ujson": read_json,
}
