"""
The tags of documents: one-key mappings that stand for what JSON cannot hold.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final

from ._arrays import is_numpy_scalar
from ._base import ATOMS
from ._base import EMPTY as EMPTY
from ._messages import shorten
from ._statics import get_type
from ._values import LEAF_TAGS
from .exceptions import DocumentError, ModelError

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
