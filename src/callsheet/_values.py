"""
The tags of leaves: values that JSON cannot hold, there and back.
"""

from __future__ import annotations

import sys
from collections.abc import Callable
from typing import Any

from ._basics import BASIC_LEAVES
from ._leaves import Leaf, describe, is_object
from ._loading import importing
from ._messages import expect
from ._ndarrays import NDARRAY, SCALAR, get_numpy_leaf
from .exceptions import TagError

__all__ = ["LEAF_TAGS", "decode_leaf", "encode_leaf", "find_leaf"]


def encode_leaf(value: object, /) -> dict[str, Any] | None:
    """
    Return ``{tag: payload}`` for a value that JSON cannot hold; the payload is
    JSON-native data without nulls.

    Returns:
        None where the value needs no tag: ``None``, a bool, an int of 64 bits,
        a finite float, text that UTF-8 can hold. None, too, where the exact
        type of the value is not in the table (containers, enum members,
        functions, classes, subclasses, models are not), or where this value
        could not be read back (a time zone of a foreign class).

    Raises:
        UnwritableError: It is a numpy value whose dtype is not plain data.
    """
    leaf = find_leaf(type(value))
    if leaf is None:
        return None
    payload = leaf.encode(value)
    return None if payload is None else {leaf.tag: payload}


def decode_leaf(tag: str, payload: object, /) -> object:
    """
    Return the value that was written as ``{tag: payload}``.

    Raises:
        TagError: The tag is not in `LEAF_TAGS`, or the payload, which may be any
            JSON value, stands for no such value.
    """
    leaf = _BY_TAG.get(tag) or _load_tag(tag)
    try:
        return leaf.decode(payload)
    except Exception as error:
        # A payload of the wrong shape may fail in any way; only a ValueError says how.
        told = type(error) is ValueError or isinstance(error, TagError)
        reason = str(error)[:200] if told else "it does not have the right form"
        message = (
            f"Cannot read {describe(payload)} under {tag}: {reason.rstrip('.')}. "
            f'Write it like {{"{tag}": {leaf.example}}}.'
        )
        raise TagError(message, tag) from error


def find_leaf(cls: type) -> Leaf | None:
    """
    Return how the values of exactly this type are written, if they have a tag.
    """
    try:
        leaf = _BY_TYPE.get(cls)
        if leaf is None and _WAITING:
            _load_imported()
            leaf = _BY_TYPE.get(cls)
        return leaf or get_numpy_leaf(cls)
    except TypeError:  # its metaclass makes it unhashable
        return None


def _load_tag(tag: str) -> Leaf:
    for load in list(_WAITING.values()):
        load()
    if tag not in _BY_TAG:
        message = (
            f"Cannot read a value under {describe(tag)}: there is no such tag. "
            f'Write data of your own that has such a key under {{"$raw": ...}}.'
        )
        raise TagError(message, tag)
    return _BY_TAG[tag]


def _load_imported() -> None:
    # Nobody has a value of a module that has not been imported.
    for modules, load in list(_WAITING.items()):
        if any(module in sys.modules for module in modules):
            load()


def _load_times() -> None:
    with importing:
        from ._times import TIME_LEAVES

    _add(TIME_LEAVES)
    _WAITING.pop(_TIME_MODULES, None)


def _load_numbers() -> None:
    with importing:
        from ._numbers import NUMBER_LEAVES

    _add(NUMBER_LEAVES)
    _WAITING.pop(_NUMBER_MODULES, None)


def _add(leaves: dict[Any, Leaf]) -> None:
    _BY_TYPE.update(leaves)
    _BY_TAG.update((leaf.tag, leaf) for leaf in leaves.values())


def _encode_slice(value: Any) -> dict[str, Any] | None:
    payload: dict[str, Any] = {}
    for name in ("start", "stop", "step"):
        part: Any = getattr(value, name)
        if part is None:
            continue
        payload[name] = None if type(part) is slice else encode_leaf(part)
        if payload[name] is None:
            if type(part) not in _PLAIN:
                return None
            payload[name] = part
    return payload


def _decode_slice(payload: Any) -> slice:
    expect(is_object(payload), "it is no object with start, stop and step")
    expect(payload.keys() <= {"start", "stop", "step"}, "it has other keys than start, stop, step")
    parts = {name: _decode_slice_part(part) for name, part in payload.items()}
    return slice(parts.get("start"), parts.get("stop"), parts.get("step"))


def _decode_slice_part(payload: Any) -> Any:
    if not is_object(payload):
        expect(type(payload) in _PLAIN, "a part of it is no plain value")
        return payload
    expect(len(payload) == 1, "a part of it has no tag")
    [(tag, content)] = payload.items()
    expect(tag != "$slice", "a part of it is a slice")
    return decode_leaf(tag, content)


_PLAIN = (bool, int, float, str)
_TIME_MODULES = ("datetime",)
_NUMBER_MODULES = ("decimal", "fractions", "uuid")
_BY_TYPE: dict[type, Leaf] = {}
_BY_TAG: dict[str, Leaf] = {NDARRAY.tag: NDARRAY, SCALAR.tag: SCALAR}
_WAITING: dict[tuple[str, ...], Callable[[], None]] = {
    _TIME_MODULES: _load_times,
    _NUMBER_MODULES: _load_numbers,
}
_add(BASIC_LEAVES)
_add({slice: Leaf("$slice", _encode_slice, _decode_slice, '{"start": 1, "stop": 9}')})

#: The tags that `decode_leaf` reads.
LEAF_TAGS = frozenset(
    {
        *_BY_TAG,
        *("$date", "$datetime", "$time", "$timedelta", "$timezone", "$zoneinfo"),
        *("$decimal", "$fraction", "$uuid"),
    }
)
