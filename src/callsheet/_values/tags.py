"""
Tags: one-key mappings that stand for what JSON cannot hold.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from enum import Enum
from types import NoneType
from typing import Any, Final

from .._base import ATOMS, EMPTY
from .._equality import is_numpy_scalar
from .._loading import importing
from .._messages import expect, shorten
from .._statics import get_type
from ..exceptions import DocumentError, ModelError, TagError
from .arrays import NDARRAY, SCALAR, get_numpy_leaf
from .basics import BASIC_LEAVES
from .leaves import Leaf, describe, is_object


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
        from .times import TIME_LEAVES

    _add(TIME_LEAVES)
    _WAITING.pop(_TIME_MODULES, None)


def _load_numbers() -> None:
    with importing:
        from .numbers import NUMBER_LEAVES

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


CALLABLE_KEYS: Final = frozenset({"callable", "signature", "bind"})
LOADER_KEYS: Final = frozenset({"object", "loader", "object_type"})
EXECUTOR_KEYS: Final = frozenset(
    {"loader", "submit_callable", "map_callable", "shutdown_callable", "executor", "direct"}
)

SEQUENCE_TAGS: Final = frozenset({"$tuple", "$set", "$frozenset", "$list"})
MODEL_TAGS: Final = {
    "$call": "callable",
    "$load": "loader",
    "$normal": "executor",
    "$context": "executor",
}
TAGS: Final = frozenset(
    {"$raw", "$none", "$dict", "$import", "$enum", "$object", *SEQUENCE_TAGS, *MODEL_TAGS}
    | LEAF_TAGS
)


def is_tagged(value: dict[Any, Any]) -> bool:
    """
    Whether a mapping has the form of a tag: one key, which starts with ``$``.
    """
    if len(value) != 1:
        return False
    (key,) = value
    return type(key) is str and key.startswith("$")


def is_look_alike(value: dict[Any, Any]) -> bool:
    """
    Whether plain data has the form of a model's document.
    """
    if "callable" in value:
        return CALLABLE_KEYS.issuperset(value)
    return "loader" in value and (LOADER_KEYS | EXECUTOR_KEYS).issuperset(value)


_TEXT: Final = frozenset({str})
_NATIVE: Final[tuple[Any, ...]] = (str, int, float)


def as_data(document: Any) -> Any:
    """
    Return a document as plain dicts, lists, text and numbers, whatever parser
    made it: as it is where it consists of these, else a copy.

    Whoever looks at it afterwards sees the same, and sees all of it: a mapping
    that is no dict may hold tags, too. A tuple that may hold some becomes
    ``$tuple``. Every other object is a live one, and stays.

    Raises:
        DocumentError: Two keys of a mapping are the same text.
    """
    if _is_data(document):
        return document
    made: list[Any] = []
    waiting: list[tuple[Any, Any]] = [([document], made)]
    known: dict[int, tuple[Any, Any]] = {}  # with what was copied, which keeps its id
    while waiting:
        source, copy = waiting.pop()
        if get_type(copy) is list:
            copy.extend([_as_part(item, waiting, known) for item in source])
            continue
        for key, item in source.items():
            text = str.__getnewargs__(key)[0] if isinstance(key, str) else key
            if text in copy:
                problem = ModelError(f"a mapping has the key {shorten(text)} twice. Remove one.")
                raise DocumentError("Cannot read the document", [problem])
            copy[text] = _as_part(item, waiting, known)
    return made[0]


def _is_data(document: Any) -> bool:
    seen: set[int] = set()
    stack: list[Any] = [(document,)]
    while stack:
        for item in stack.pop():
            kind = get_type(item)
            if kind in ATOMS:
                continue
            if kind is dict:
                if not _TEXT.issuperset(map(type, item)):
                    return False
                items = item.values()
            elif kind is list:
                items = item
            else:
                return False
            if id(item) not in seen:
                seen.add(id(item))
                stack.append(items)
    return True


def _as_part(value: Any, waiting: list[tuple[Any, Any]], known: dict[int, tuple[Any, Any]]) -> Any:
    kind = get_type(value)
    if kind in ATOMS:
        return value
    if id(value) in known:
        return known[id(value)][1]
    made: Any = value
    if issubclass(kind, Mapping):
        made = {}
        waiting.append((value, made))
    elif issubclass(kind, list):
        made = []
        waiting.append((value, made))
    elif kind is tuple and not ATOMS.issuperset(map(type, value)):
        items: list[Any] = []
        made = {"$tuple": items}
        waiting.append((value, items))
    elif str(kind.__module__).startswith("tomlkit."):
        made = value.unwrap()
    elif not (issubclass(kind, Enum) or is_numpy_scalar(value) or callable(value)):
        for base in _NATIVE:
            if issubclass(kind, base):
                made = base.__getnewargs__(value)[0]
    known[id(value)] = (value, made)
    return made


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
