"""
The hash that goes with strict equality, and hashes that collide.
"""

from __future__ import annotations

import sys
from collections import Counter
from collections.abc import Collection
from operator import eq, itemgetter
from typing import Any

from ._arrays import is_numpy_scalar
from ._parts import NODES_METHOD, are_equal, get_parts
from ._statics import get_type
from .exceptions import LimitError

__all__ = ["MAX_COLLISIONS", "check_hashes", "hash_nodes", "strict_hash"]

_NAN = 314_159
MAX_COLLISIONS = 1000
_PLAIN: frozenset[Any] = frozenset({str, int, float, bool, bytes, type(None)})
_FROZENSET: Any = frozenset


def strict_hash(value: object, /) -> int:
    """
    Return a hash that is equal wherever strict equality finds two values equal:
    like ``hash()``, but every NaN has the same.

    Raises:
        TypeError: The value, or a part of it, is unhashable.
    """
    cls = get_type(value)
    if cls is str or cls is int:
        return hash(value)
    if cls is tuple and _is_plain(value):
        return hash(value)
    stack: list[Any] = [value]
    done: list[Any] = []
    known: dict[int, Any] = {}
    kept: list[Any] = []  # what was made on the way keeps its id
    while stack:
        item = stack.pop()
        if type(item) is _Join:
            known[id(item.value)] = item.run(done)
            continue
        if id(item) in known:
            done.append(known[id(item)])
            continue
        parts = _get_parts(item)
        if parts is None:
            done.append(_hash_leaf(item))
            continue
        known[id(item)] = 0  # until it is known, for a value that is in itself
        kept.append(parts)
        stack.append(_Join(item, len(parts)))
        stack.extend(parts)
    result = done[0]
    if isinstance(result, TypeError):
        raise result
    return int(result)


def hash_nodes(self: object) -> int:
    """
    Return the hash of a model, as its ``__hash__``: of all that it is made of,
    and without going deeper into Python's stack.

    Raises:
        TypeError: A part of it is unhashable.
    """
    return strict_hash(self)


class _Join:
    """
    A step on the stack: the hashes of a value's parts become its own.
    """

    __slots__ = ("count", "value")

    def __init__(self, value: Any, count: int) -> None:
        self.value = value
        self.count = count

    def run(self, done: list[Any]) -> Any:
        start = len(done) - self.count
        parts = done[start:]
        del done[start:]
        done.append(self._join(parts))
        return done[-1]

    def _join(self, parts: list[Any]) -> Any:
        cls = get_type(self.value)
        errors = [part for part in parts if isinstance(part, TypeError)]
        if not errors:
            unordered = issubclass(cls, _FROZENSET)
            return hash((cls.__name__, frozenset(parts) if unordered else tuple(parts)))
        if cls is tuple or cls is frozenset or cls.__hash__ is hash_nodes:
            return errors[0]
        # Its own hash may do without the parts that have none.
        own = _hash_leaf(self.value)
        return own if isinstance(own, TypeError) else hash(cls.__name__)


def _get_parts(value: Any) -> tuple[Any, ...] | None:
    cls = get_type(value)
    if cls is tuple:
        return None if _is_plain(value) else value
    if cls is str or cls is int or cls is float or cls.__hash__ is None:
        return None
    if issubclass(cls, _FROZENSET) and cls.__eq__ is _FROZENSET.__eq__:
        return tuple(value)
    if cls.__hash__ is hash_nodes:
        nodes: tuple[Any, ...] = value.__callsheet_nodes__()
        return tuple([_sort(node) if get_type(node) is dict else node for node in nodes])
    if hasattr(cls, NODES_METHOD):
        return None
    get = get_parts(cls)
    parts = None if get is None else get(value)
    if parts is None:
        return None
    return tuple([part for part in parts if type(part) is not dict])


def _sort(extras: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(extras.items(), key=itemgetter(0)))


def _is_plain(value: Any) -> bool:
    # Equal tuples hold the same types, so all of them are hashed in this way, or none.
    try:
        return _PLAIN.issuperset(map(type, value)) and all(map(eq, value, value))
    except TypeError:  # a metaclass makes a class unhashable
        return False


def _hash_leaf(value: Any) -> Any:
    """
    Return the hash, or the error that says that there is none.
    """
    try:
        if _is_nan(value):
            return _NAN
        own = hash(value)
    except TypeError as error:
        return error
    cls = get_type(value)
    if cls in _PLAIN or cls.__eq__ is object.__eq__ or are_equal(value, value):
        return own
    return hash(cls.__name__)  # it is compared by what it pickles to


def _is_nan(value: Any) -> bool:
    if isinstance(value, float):
        return value != value
    decimal = sys.modules.get("decimal")
    if decimal is not None and isinstance(value, decimal.Decimal):
        return bool(value.is_nan())
    return is_numpy_scalar(value) and bool(value.dtype.kind in "fcmM" and value != value)


def check_hashes(values: Collection[Any]) -> None:
    """
    Check that a set, or the keys of a dict, can be made of *values* in time
    that is proportional to their number.

    The hashes of numbers are known beforehand, so that a document may hold
    many different ones that share one.

    Raises:
        LimitError: They collide.

        TypeError: One is not hashable.
    """
    if len(values) <= MAX_COLLISIONS:
        return
    counts = Counter(map(hash, values))
    for shared, n in counts.items():
        if n > MAX_COLLISIONS:
            same = [value for value in values if hash(value) == shared]
            if len(set(same[: 2 * MAX_COLLISIONS])) > MAX_COLLISIONS // 2:
                message = f"more than {MAX_COLLISIONS} values share one hash. Write a list instead."
                raise LimitError(message)
