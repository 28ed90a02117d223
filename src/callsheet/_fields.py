"""
The fields of an application's own classes: leaves as one JSON data model.
"""

from __future__ import annotations

import math
import pathlib
from collections.abc import Callable, Generator, Iterable
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from contextvars import ContextVar
from copy import deepcopy
from enum import Enum
from typing import Any, get_origin

from ._arrays import is_array
from ._base import ATOMS
from ._leaves import Leaf, is_object
from ._loading import importing
from ._messages import shorten
from ._parts import is_record
from ._paths import Path, format_path
from ._readers import get_leaf_reader
from ._statics import get_type
from ._tags import is_tagged
from ._values import decode_leaf, find_leaf
from .exceptions import ModelError, UnwritableError

__all__ = [
    "COLLECTIONS",
    "are_kept",
    "as_values",
    "copy_data",
    "find_field_leaf",
    "get_reasons",
    "make_native",
    "structure_leaf",
    "unstructure_leaf",
]

_NATIVE: tuple[Any, ...] = (str, int, float)
_kept: ContextVar[bool] = ContextVar("callsheet_kept", default=False)
#: Whether values are to stay as they are, since tags say what they are.
are_kept: Callable[[], bool] = _kept.get


@contextmanager
def as_values(kept: bool = True) -> Generator[None, None, None]:
    """
    Leave leaves, sets and tuples as they are: tags say what they are.
    """
    token = _kept.set(kept)
    try:
        yield
    finally:
        _kept.reset(token)


def find_field_leaf(cls: Any) -> Leaf | None:
    """
    Return the leaf of the values of a field that is annotated *cls*, or None
    where they are none, or where JSON holds them.
    """
    cls = get_origin(cls) or cls
    if not isinstance(cls, type) or issubclass(cls, (*_NATIVE, Enum)):
        return None
    is_path = issubclass(cls, pathlib.PurePath)
    return find_leaf(pathlib.PurePosixPath if is_path else cls)  # pyright: ignore[reportUnknownArgumentType]


def structure_leaf(value: Any, cls: Any) -> Any:
    """
    Return *value* if it is a *cls*, or the one that text, a tag or the payload
    of a tag stands for.
    """
    cls = get_origin(cls) or cls
    leaf = find_field_leaf(cls)
    result = value
    if isinstance(value, cls) or leaf is None:
        pass
    elif is_object(value) and is_tagged(value):
        ((tag, payload),) = value.items()
        result = decode_leaf(tag, payload)
    elif isinstance(value, str) and (reader := get_leaf_reader(cls)) is not None:
        result = reader(value)
    elif cls is complex and get_type(value) in (int, float):
        result = complex(value)
    else:
        result = decode_leaf(leaf.tag, value)
    if not isinstance(result, cls):
        message = f"{shorten(value)} is no {cls.__qualname__}."
        raise ModelError(message, cls.__qualname__)
    return result


def unstructure_leaf(value: Any) -> Any:
    """
    Return what stands under the tag of *value*: its field's annotation takes
    the tag's place.

    Raises:
        UnwritableError: It could not be read back.
    """
    if are_kept():
        return value
    for cls in get_type(value).__mro__:
        leaf = None if cls in _NATIVE else find_leaf(cls)
        if leaf is not None:
            payload = leaf.encode(value)
            if payload is None:
                message = f"Cannot write {shorten(value)}: it could not be read back."
                raise UnwritableError(message)
            return payload
    return value


def gather_set(items: Iterable[Any]) -> Any:
    """
    Return the items of a set, for a document or as they are.
    """
    return set(items) if are_kept() else list(items)


def gather_tuple(items: Iterable[Any]) -> Any:
    """
    Return the items of a tuple, for a document or as they are.
    """
    return tuple(items) if are_kept() else list(items)


def gather_frozenset(items: Iterable[Any]) -> Any:
    """
    Return the items of a frozenset, for a document or as they are.
    """
    return frozenset(items) if are_kept() else list(items)


#: What a converter makes of the collections in an application's own classes.
COLLECTIONS: dict[Any, Any] = {
    AbstractSet: gather_set,
    frozenset: gather_frozenset,
    tuple: gather_tuple,
}


def make_native(data: Any, path: Path = ()) -> Any:
    """
    Return what an application's own object was unstructured to as every format
    holds it: with keys that are text.

    Raises:
        UnwritableError: There is a NaN or an infinity, or a key that is
            neither text nor a number, which formats refuse, change, or write
            so that they cannot be read.
    """
    kind = get_type(data)
    if kind is dict:
        return {_make_key(key, path): make_native(item, (path, key)) for key, item in data.items()}
    if kind is list or kind is tuple:
        return [make_native(item, (path, i)) for i, item in enumerate(data)]
    if isinstance(data, float) and not math.isfinite(data):
        message = (
            f"Cannot write {format_path(path)}: {data!r} is no JSON number. Give the converter a "
            "hook for the class that holds it, or make it an argument of a CallableModel."
        )
        raise UnwritableError(message)
    return data


def copy_data(data: Any) -> Any:
    """
    Return a copy of what an object was unstructured to, so that a constructor
    that changes what it is given changes no value of the application.
    """
    kind = get_type(data)
    if kind in ATOMS:
        return data
    if kind is dict:
        return {key: copy_data(item) for key, item in data.items()}
    if kind in (list, tuple, set, frozenset):
        make: Any = kind
        return make(map(copy_data, data))
    if kind is bytearray or is_array(data) or is_record(kind):
        return deepcopy(data)
    return data


def _make_key(key: Any, path: Path) -> Any:
    if isinstance(key, str):
        return key
    if get_type(key) is int or get_type(key) is float:
        return str(key)
    message = (
        f"Cannot write {format_path(path)}: its key {shorten(key)} is of type "
        f"{get_type(key).__qualname__}, and documents hold keys of text. Give the converter a hook "
        "for the class that holds it, or make it an argument of a CallableModel."
    )
    raise UnwritableError(message)


def get_reasons(error: Exception) -> str:
    """
    Return why a converter could not make an object, in one line.
    """
    with importing:
        from cattrs import transform_error

    try:
        reasons = "; ".join(transform_error(error))
    except Exception:
        reasons = str(error)
    return reasons or repr(error)
