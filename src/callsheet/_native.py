"""
What JSON, and every other format, holds as it is.
"""

from __future__ import annotations

from types import NoneType
from typing import Any, Final

from ._statics import get_type
from ._tags import EMPTY
from ._values import encode_leaf

NATIVE: Final = frozenset({str, int, bool, NoneType, float})
MAX_INT: Final = 1 << 63


def is_writable_key(key: str) -> bool:
    """
    Whether every format takes *key* as it is: UTF-8 text without a NUL, and
    not ``$ref``, which BSON reads as a reference.
    """
    return (key.isascii() or encode_leaf(key) is None) and "\0" not in key and key != "$ref"


def is_json_native(value: Any, *, nulls: bool = True) -> bool:
    """
    Whether JSON holds *value* verbatim, at every depth.
    """
    stack = [value]
    while stack:
        item = stack.pop()
        kind = get_type(item)
        if kind is list:
            stack.extend(item)
        elif kind is dict:
            if not all(type(key) is str and is_writable_key(key) for key in item):
                return False
            stack.extend(item.values())
        elif item is None:
            if not nulls:
                return False
        elif kind not in NATIVE or (kind is not bool and encode_leaf(item) is not None):
            return False
    return True


def are_plain(values: tuple[Any, ...]) -> bool:
    """
    Whether every format holds each of *values* as it is.
    """
    for value in values:
        kind = get_type(value)
        if kind is int:
            if not -0x8000000000000000 <= value <= 0x7FFFFFFFFFFFFFFF:
                return False
        elif kind is str:
            if value == EMPTY or not value.isascii():
                return False
        elif kind is float:
            if value - value != 0.0:  # only finite numbers give zero
                return False
        elif kind is not bool and value is not None:
            return False
    return True
