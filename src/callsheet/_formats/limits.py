"""
Limits of documents, paths into them, and the errors of their readers.
"""

from __future__ import annotations

import math
from collections.abc import Generator, Iterable
from contextlib import contextmanager
from importlib import import_module
from typing import Any, Final

import attrs

from .._loading import importing
from .._messages import shorten
from .._statics import get_type
from ..exceptions import CallsheetError, LimitError, ModelError, TextError


def refuse(title: str, reason: str, kind: type[TextError] = TextError) -> TextError:
    """Return the error that says why a document cannot be read, and the remedy."""
    return kind(f"Cannot read {title}: {reason}")


_REMEDIES: Final = {
    "max_bytes": "Split it",
    "max_depth": "Flatten it",
    "max_nodes": "Split it",
    "max_alias_nodes": "Write them out",
}


def exceed(title: str, reason: str, limit: str) -> TextError:
    """Return the error for a document that goes beyond a limit of that name."""
    remedy = f"{_REMEDIES[limit]}, or raise Limits({limit}=...)."
    return refuse(title, f"{reason}. {remedy}", LimitError)


@contextmanager
def reading(title: str, remedy: str) -> Generator[None, None, None]:
    """Turn whatever a library raises for a document into our errors."""
    try:
        yield
    except CallsheetError:
        raise
    except (RecursionError, MemoryError):
        reason = "it is nested too deeply, or too large. Split it."
        raise refuse(title, reason, LimitError) from None
    except Exception as error:  # the libraries raise more than their own errors
        reason = " ".join(str(error).split())[:200].rstrip(".") or type(error).__name__
        raise refuse(title, f"{reason}. {remedy}") from error


def import_library(name: str, extra: str, title: str) -> Any:
    """Return the library that reads *title*; the error names the *extra* that brings it."""
    try:
        with importing:
            return import_module(name)
    except ImportError as error:
        reason = f"{name} is not installed. Install it with pip install 'callsheet[{extra}]'."
        raise TextError(f"Cannot read {title}: {reason}", name) from error


#: A path and a key in what stands there, ``()`` is the document: so a path is
#: one pair, however deep, and becomes text where an error needs it.
Path = tuple[Any, ...]


def format_path(path: Path, n_keys: int | None = None) -> str:
    """Return a path such as ``$.loader.signature.args[0]``, or its first keys."""
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
    """The end of reading a document that has too many problems."""


class Problems(list[CallsheetError]):
    """The problems of a document, no more than a person may read; then `Enough` is raised."""

    def append(self, error: CallsheetError) -> None:
        if len(self) >= MAX_PROBLEMS:
            raise Enough
        super().append(error)

    def extend(self, errors: Iterable[CallsheetError]) -> None:
        for error in errors:
            self.append(error)

    def close(self) -> None:
        """Add that there are more."""
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


def check_size(text: Any, limits: Limits, title: str) -> None:
    """Raise unless *text* is text or bytes, and within the limit if there is one."""
    if not isinstance(text, (str, bytes, bytearray)):
        raise refuse(title, f"{type(text).__name__} is neither text nor bytes.")
    limit = limits.max_bytes
    if limit is None:
        return
    size = len(text)
    if isinstance(text, str) and size <= limit and not text.isascii():
        size = len(text.encode("utf-8", "surrogatepass"))
    if size > limit:
        reason = f"it has {size} bytes, which is more than the limit of {limit}"
        raise exceed(title, reason, "max_bytes")


def decode_utf8(text: str | bytes | bytearray, limits: Limits, title: str) -> str:
    """Return *text*, checked by `check_size` and decoded strictly, without a byte order mark."""
    check_size(text, limits, title)
    if not isinstance(text, str):
        try:
            text = text.decode("utf-8")
        except UnicodeDecodeError as error:
            reason = f"byte {error.start} is not UTF-8 ({error.reason}). Convert it to UTF-8."
            raise refuse(title, reason) from None
    if text.startswith("\ufeff"):
        raise refuse(title, "it starts with a byte order mark. Remove that.")
    return text


def describe_key(key: object) -> str:
    """Return a short repr of a key."""
    text = repr(key) if isinstance(key, str) else f"of type {type(key).__name__}"
    return text if len(text) <= 80 else f"{text[:77]}..."


def refuse_double(key: object, title: str) -> TextError:
    """Return the error for a key that occurs twice in an object."""
    reason = f"an object has the key {describe_key(key)} twice. Remove one of the two."
    return refuse(title, reason)


def check_tree(data: object, limits: Limits) -> int:
    """
    Return how many values *data* has, which must be JSON data within *limits*:
    dicts with text as keys, lists, text, ints, finite floats, bools and None,
    of exactly these types.
    """
    n_nodes = 1
    stack: list[tuple[Any, int, Path]] = []
    if get_type(data) is dict or get_type(data) is list:
        stack.append((data, 1, ()))
    else:
        _check_leaf(data, ())
    while stack:
        container, depth, place = stack.pop()
        if depth > limits.max_depth:
            raise _refuse(place, f"it is nested deeper than {limits.max_depth} levels", "max_depth")
        n_nodes += len(container)
        if n_nodes > limits.max_nodes:
            reason = f"the document has more than {limits.max_nodes} values"
            raise _refuse(place, reason, "max_nodes")
        is_dict = get_type(container) is dict
        items: Any = container.items() if is_dict else enumerate(container)
        for key, value in items:
            if is_dict and get_type(key) is not str:
                raise _refuse(place, f"a key is {describe_key(key)}, not text")
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
            raise _refuse(place, f'{value!r} is no JSON number; write {{"$float": "{value!r}"}}')
    elif kind is not str and kind is not int and kind is not bool and value is not None:
        name = kind.__qualname__
        reason = f"it holds a native {name}, which not every format has; write it under its tag"
        raise _refuse(place, reason)


def _refuse(place: Path, reason: str, limit: str | None = None) -> TextError:
    path = format_path(place, 20)
    error = exceed(path, reason, limit) if limit else refuse(path, f"{reason}.")
    error.path = path
    return error
