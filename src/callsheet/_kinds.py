"""
Which JSON types stand for an annotation.
"""

from __future__ import annotations

import collections.abc
import typing
from typing import Any

import typing_extensions

__all__ = ["INERT", "INERT_MODULES", "KINDS", "SCALARS", "TRANSPARENT", "get_native_kinds"]

SCALARS: dict[Any, tuple[Any, ...]] = {
    str: (str,),
    int: (int,),
    float: (int, float),
    bool: (bool,),
    type(None): (type(None),),
    None: (type(None),),
}
KINDS: dict[Any, Any] = {
    list: list,
    collections.abc.Sequence: list,
    collections.abc.MutableSequence: list,
    collections.abc.Collection: list,
    collections.abc.Iterable: list,
    dict: dict,
    collections.abc.Mapping: dict,
    collections.abc.MutableMapping: dict,
    tuple: tuple,
    set: set,
    frozenset: frozenset,
    collections.abc.Set: set,
    collections.abc.MutableSet: set,
}
TRANSPARENT: frozenset[Any] = frozenset(
    {
        typing.Annotated,
        typing.Final,
        typing.ClassVar,
        typing_extensions.Required,
        typing_extensions.NotRequired,
        typing_extensions.ReadOnly,
    }
)
# What cattrs has hooks for that would lose something, or that mean nothing here.
INERT: tuple[Any, ...] = (str, int, float, bytes, bytearray, list, dict, tuple, set, frozenset)
INERT_MODULES = frozenset(
    {"abc", "builtins", "collections.abc", "inspect", "numbers", "types", "typing"}
)


def get_native_kinds(member: Any) -> tuple[Any, ...] | None:
    """
    Return the types of JSON values that are *member*; None where any may be.
    """
    if member in SCALARS:
        return SCALARS[member]
    origin = typing_extensions.get_origin(member)
    if origin is typing.Literal:
        return tuple({type(value) for value in typing_extensions.get_args(member)})
    kind = KINDS.get(member if origin is None else origin)
    return (kind,) if kind in (list, dict) else None
