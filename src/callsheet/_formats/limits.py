"""
Limits of documents, and paths into them.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from importlib import import_module
from typing import Any

import attrs

from .._loading import importing
from .._messages import shorten
from .._statics import get_type
from ..exceptions import CallsheetError, LimitError, ModelError, TextError


def import_library(name: str, extra: str, title: str) -> Any:
    """
    Return the library that reads *title*.

    Raises:
        TextError: It is not installed; the message names the *extra*.
    """
    try:
        with importing:
            return import_module(name)
    except ImportError as error:
        message = (
            f"Cannot read {title}: {name} is not installed. "
            f"Install it with pip install 'callsheet[{extra}]'."
        )
        raise TextError(message, name) from error


#: A path and a key in what stands there, ``()`` is the document: so a path is
#: one pair, however deep, and becomes text where an error needs it.
Path = tuple[Any, ...]


def format_path(path: Path, n_keys: int | None = None) -> str:
    """
    Return a path such as ``$.loader.signature.args[0]``, or its first keys.
    """
    keys: list[Any] = []
    while path:
        path, key = path
        keys.append(key)
    keys.reverse()
    parts = ["$"]
    for key in keys[:n_keys]:
        if isinstance(key, int) and not isinstance(key, bool) and key.bit_length() < 64:
            parts.append(f"[{key}]")
        elif isinstance(key, str) and len(key) <= 200 and key.lstrip("$").isidentifier():
            parts.append(f".{key}")
        else:
            text = shorten(key)
            parts.append(f"[{text if len(text) <= 60 else text[:57] + '...'}]")
    if n_keys is not None and len(keys) > n_keys:
        parts.append("...")
    return "".join(parts)


MAX_PROBLEMS = 1000


class Enough(BaseException):
    """
    What ends the reading of a document that has too many problems.
    """


class Problems(list[CallsheetError]):
    """
    The problems of a document: those that a person may read.
    """

    def append(self, error: CallsheetError) -> None:
        """
        Add a problem.

        Raises:
            Enough: There are too many.
        """
        if len(self) >= MAX_PROBLEMS:
            raise Enough
        super().append(error)

    def extend(self, errors: Iterable[CallsheetError]) -> None:
        """
        Add problems one by one.

        Raises:
            Enough: There are too many.
        """
        for error in errors:
            self.append(error)

    def close(self) -> None:
        """
        Add that there are more.
        """
        message = (
            f"The reading stopped here: there are more than {MAX_PROBLEMS} problems. "
            f"Correct these first."
        )
        super().append(LimitError(message))


def _check_limit(limits: Any, attribute: Any, value: Any) -> None:
    if attribute.name == "max_bytes" and value is None:
        return
    if type(value) is not int or value < 0:
        message = (
            f"Cannot make Limits with {attribute.name}={value!r}: a limit counts something. "
            f"Give an int that is not negative."
        )
        raise ModelError(message, attribute.name)


@attrs.frozen
class Limits:
    """
    The limits of a document. They can be raised from Python only.

    Attributes:
        max_bytes: How long a text may be, as UTF-8; None for any length.
            Reading takes time in proportion to it.

        max_depth: How deeply lists and objects may be nested.

        max_nodes: How many values there may be, in all.

        max_alias_nodes: How many values the aliases of a YAML document may
            repeat, in all. Without it, a short text stands for many values.
    """

    max_bytes: int | None = attrs.field(default=None, validator=_check_limit)
    max_depth: int = attrs.field(default=300, validator=_check_limit)
    max_nodes: int = attrs.field(default=50_000_000, validator=_check_limit)
    max_alias_nodes: int = attrs.field(default=10_000, validator=_check_limit)


def check_size(text: Any, limits: Limits, name: str) -> None:
    """
    Raise a LimitError where *text* is longer than the limit, if there is one.

    Raises:
        TextError: It is neither text nor bytes.
    """
    if not isinstance(text, (str, bytes, bytearray)):
        message = f"Cannot read {name}: {type(text).__name__} is neither text nor bytes."
        raise TextError(message)
    limit = limits.max_bytes
    if limit is None:
        return
    size = len(text)
    if isinstance(text, str) and size <= limit and not text.isascii():
        size = len(text.encode("utf-8", "surrogatepass"))
    if size > limit:
        message = (
            f"Cannot read {name}: it has {size} bytes, which is more than the limit of {limit}. "
            f"Split it, or raise Limits(max_bytes=...)."
        )
        raise LimitError(message)


def decode_utf8(text: str | bytes | bytearray, name: str) -> str:
    """
    Return *text*, decoded strictly, and without a byte order mark.
    """
    if not isinstance(text, str):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as error:
            message = (
                f"Cannot read {name}: byte {error.start} is not UTF-8 ({error.reason}). "
                f"Convert it to UTF-8."
            )
            raise TextError(message) from None
    if text.startswith("\ufeff"):
        message = f"Cannot read {name}: it starts with a byte order mark. Remove that."
        raise TextError(message)
    return text


def describe_key(key: object) -> str:
    """
    Return a short repr of a key.
    """
    text = repr(key) if isinstance(key, str) else f"of type {type(key).__name__}"
    return text if len(text) <= 80 else f"{text[:77]}..."


def check_tree(data: object, limits: Limits) -> int:
    """
    Check that *data* is JSON data within *limits*: dicts with text as keys,
    lists, text, ints, finite floats, bools and None, of exactly these types.

    Returns:
        The number of values.

    Raises:
        LimitError: It is nested too deeply (cycles are), or has too many values.

        TextError: It holds anything else.
    """
    n_nodes = 1
    stack: list[tuple[Any, int, Any]] = []
    if get_type(data) is dict or get_type(data) is list:
        stack.append((data, 1, ()))
    else:
        _check_leaf(data, ())
    while stack:
        container, depth, place = stack.pop()
        if depth > limits.max_depth:
            raise _refuse_depth(place, limits)
        n_nodes += len(container)
        if n_nodes > limits.max_nodes:
            raise refuse_nodes(place, limits)
        is_dict = get_type(container) is dict
        items: Any = container.items() if is_dict else enumerate(container)
        for key, value in items:
            if is_dict and get_type(key) is not str:
                raise _refuse(f"a key is {describe_key(key)}, not text", place)
            kind = get_type(value)
            if kind is str or kind is int or kind is bool or value is None:
                continue
            if kind is dict or kind is list:
                stack.append((value, depth + 1, (place, key)))
            else:
                _check_leaf(value, (place, key))
    return n_nodes


def _check_leaf(value: Any, place: Path) -> None:
    kind = get_type(value)
    if kind is float:
        if not math.isfinite(value):
            raise _refuse(f'{value!r} is no JSON number; write {{"$float": "{value!r}"}}', place)
    elif kind is not str and kind is not int and kind is not bool and value is not None:
        name = kind.__qualname__
        reason = f"it holds a native {name}, which not every format has; write it under its tag"
        raise _refuse(reason, place)


def _get_path(place: Path) -> str:
    return format_path(place, 20)


def _refuse(reason: str, place: Path) -> TextError:
    error = TextError(f"Cannot read {_get_path(place)}: {reason}.")
    error.path = _get_path(place)
    return error


def _refuse_depth(place: Path, limits: Limits) -> LimitError:
    path = _get_path(place)
    message = (
        f"Cannot read {path}: it is nested deeper than {limits.max_depth} levels. "
        f"Flatten it, or raise Limits(max_depth=...)."
    )
    error = LimitError(message)
    error.path = path
    return error


def refuse_nodes(place: Path, limits: Limits) -> LimitError:
    """
    Return the error for a document of too many values.
    """
    message = (
        f"Cannot read {_get_path(place)}: the document has more than {limits.max_nodes} values. "
        f"Split it, or raise Limits(max_nodes=...)."
    )
    return LimitError(message)
