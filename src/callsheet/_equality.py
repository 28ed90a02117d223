"""
Strict equality: the same type and the same value at every node.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Collection
from functools import partial
from typing import Any

from ._arrays import is_numpy_value, same_arrays
from ._hashing import strict_hash
from ._parts import (
    are_equal,
    get_attributes,
    get_both,
    get_contents,
    get_parts,
    is_record,
    pair_pickled_parts,
)
from ._statics import get_type

__all__ = ["can_replace", "same", "strict_hash"]

_Pairs = list[tuple[Any, Any]]
_Compare = Callable[[Any, Any, Any], "bool | _Pairs"]
_PLAIN: frozenset[Any] = frozenset({str, int, bool, bytes, type(None)})


def same(a: object, b: object, /) -> bool:
    """
    Answer whether two values are the same type and value at every node.

    ``1``, ``True`` and ``1.0`` differ; NaN equals NaN; numpy arrays compare by
    dtype, shape and content; Decimals by their digits, too, and moments by what
    the clock shows and by its zone. The order of a dict's keys does not matter.
    Other leaves of one type compare by ``==`` (so ``0.0`` equals ``-0.0``). Where
    that is no answer (it raises, it compares element by element, or a value is
    not even equal to itself), values are the same that pickle as the same. What
    instances hold besides counts, too, unless an application wrote the ``==`` of
    the class. Any depth works, cycles too.
    """
    if a is b:
        return True
    cls: Any = type(a)
    if cls is not type(b):
        return False
    if cls is str or cls is int:
        return a == b
    return _walk(a, b, _compare)


def can_replace(a: object, b: object, /, *, compute: bool = False) -> bool:
    """
    Answer whether *a* can take the place of *b*: strictly equal, and no field,
    slot or attribute of a record, no sign of a zero and no order of keys tells
    them apart. A record that only equals itself cannot be replaced.

    Args:
        a: A value.

        b: Another.

        compute: Whether records in *a* compute the properties that those in *b*
            have cached, instead of being different.
    """
    return type(a) is type(b) and _walk(a, b, partial(_compare_states, compute), exact=True)


def _walk(first: Any, second: Any, compare: _Compare, exact: bool = False) -> bool:
    """
    Compare two values node by node.

    Args:
        first: One of them.

        second: The other.

        compare: Returns the answer for two nodes of one class, or the pairs that
            it depends on.

        exact: Whether the sign of a zero counts.
    """
    stack: _Pairs = [(first, second)]
    # Pairs that were met are equal unless another pair says otherwise, which
    # ends cycles; ``kept`` keeps the ids of what was made on the way unique.
    seen: set[tuple[int, int]] = set()
    kept: list[Any] = []
    while stack:
        a, b = stack.pop()
        if a is b:
            continue
        cls = get_type(a)
        if cls is not get_type(b):
            return False
        if cls is str or cls is int:
            if a != b:
                return False
            continue
        if cls is float:
            if a != b and (a == a or b == b):
                return False
            if exact and a == 0.0 and repr(a) != repr(b):
                return False
            continue
        pair = (id(a), id(b))
        if pair in seen:
            continue
        seen.add(pair)
        if cls is list or cls is tuple:
            if len(a) != len(b):
                return False
            if not _are_plain(a, b):
                stack.extend(zip(a, b, strict=True))
            elif a != b:
                return False
            continue
        try:
            found = compare(cls, a, b)
        except Exception:  # whatever foreign code raises
            return False
        if found is False:
            return False
        if found is not True:
            kept.append(found)
            stack.extend(found)
    return True


def _are_plain(a: Any, b: Any) -> bool:
    """
    Answer whether two sequences hold the same types in the same order, and only
    such that ``==`` compares them as strictly.
    """
    kinds = [*map(type, a)]
    try:
        return _PLAIN.issuperset(kinds) and kinds == [*map(type, b)]
    except TypeError:  # a metaclass makes a class unhashable
        return False


def _compare(cls: Any, a: Any, b: Any, pickled: bool = False) -> bool | _Pairs:
    """
    Return the answer, or the pairs that it depends on.

    Args:
        cls: The class of both.

        a: A node.

        b: Another.

        pickled: Whether they are parts of a pickle, which makes copies of what
            is otherwise equal to nothing but itself.
    """
    if cls is dict:
        return _pair_items(a, b)
    get_parts, get_extras = get_both(cls)
    found = _compare_contents(cls, a, b, get_parts, pickled)
    if found is False or get_extras is None:
        return found
    extras = zip(get_extras(a) or (), get_extras(b) or (), strict=True)
    return [*([] if found is True else found), *extras]


def _compare_contents(cls: Any, a: Any, b: Any, get_parts: Any, pickled: bool) -> bool | _Pairs:
    if issubclass(cls, _SETS) and cls.__eq__ in _SET_EQUALITIES:
        return _pair_members(a, b)
    if get_parts is not None:
        mine, yours = get_parts(a), get_parts(b)
        if mine is not None and yours is not None:
            return len(mine) == len(yours) and list(zip(mine, yours, strict=True))
    if is_numpy_value(a):
        return same_arrays(a, b)
    return _same_leaves(cls, a, b, pickled)


def _compare_states(compute: bool, cls: Any, a: Any, b: Any) -> bool | _Pairs:
    if cls is dict:
        pairs = [*zip(a, b, strict=True), *zip(a.values(), b.values(), strict=True)]
        return pairs or True
    if not is_record(cls):
        return _compare(cls, a, b)
    if cls.__eq__ is object.__eq__ or not (
        get_parts(cls) or _same_leaves(cls, a, b, False) is True
    ):
        return False
    contents = get_contents(cls)
    mine, yours = get_attributes(a, b if compute else None), get_attributes(b)
    if mine.keys() != yours.keys():
        return False
    pairs = [(mine[name], item) for name, item in yours.items()]
    return [*pairs, *zip(contents(a) or (), contents(b) or (), strict=True)]


_SETS: Any = (set, frozenset)
_SET_EQUALITIES = [cls.__eq__ for cls in _SETS]


def _same_leaves(cls: Any, a: Any, b: Any, pickled: bool) -> bool | _Pairs:
    decimal = sys.modules.get("decimal")
    if decimal is not None and isinstance(a, decimal.Decimal):
        if a.is_nan():
            return bool(b.is_nan()) and a.is_snan() == b.is_snan()
        return bool(a == b) and a.as_tuple() == b.as_tuple()
    datetime = sys.modules.get("datetime")
    if datetime is not None and isinstance(a, (datetime.datetime, datetime.time)):
        # One moment in two zones is two values; and one zone that is loaded twice
        # is two objects, for which some hours never compare equal.
        return (
            a.fold == b.fold
            and bool(a.replace(tzinfo=None) == b.replace(tzinfo=None))
            and [(a.tzinfo, b.tzinfo)]
        )
    if are_equal(a, b):
        return True
    decides = not pickled or cls.__eq__ is not object.__eq__
    # An ``==`` that does not even find a value equal to itself has not decided.
    if decides and (are_equal(a, a) or are_equal(b, b)):
        return False
    parts = pair_pickled_parts(a, b)
    return [parts] if pickled else _walk(*parts, partial(_compare, pickled=True))


def _pair_items(a: dict[Any, Any], b: dict[Any, Any]) -> bool | _Pairs:
    if len(a) != len(b):
        return False
    if all(type(key) is str for key in a) and all(type(key) is str for key in b):
        if a.keys() != b.keys():
            return False
        return [(value, b[key]) for key, value in a.items()]
    pairs = _match(a, b, lambda mine, yours: same(a[mine], b[yours]))
    if pairs is False:
        return False
    return [*pairs, *((a[mine], b[yours]) for mine, yours in pairs)]


def _pair_members(a: Collection[Any], b: Collection[Any]) -> bool | _Pairs:
    return len(a) == len(b) and _match(a, b, same)


def _match(
    a: Collection[Any], b: Collection[Any], belong: Callable[[Any, Any], bool]
) -> _Pairs | Any:
    """
    Pair each of *a* with the one of *b* that is its only possible equal;
    False if one of them has none. Of several (keys that hold NaN), it is one
    that belongs to it.
    """
    buckets: dict[int, list[Any]] = {}
    for yours in b:
        buckets.setdefault(_get_bucket(yours), []).append(yours)
    pairs: _Pairs = []
    for mine in a:
        bucket = buckets.get(_get_bucket(mine), [])
        found = bucket
        if len(bucket) > 1:
            found = [yours for yours in bucket if same(mine, yours)]
            if len(found) > 1:
                found.sort(key=lambda yours: belong(mine, yours))
        if not found:
            return False
        pairs.append((mine, found[-1]))
        bucket[:] = [yours for yours in bucket if yours is not found[-1]]
    return pairs


def _get_bucket(value: object) -> int:
    try:
        return strict_hash(value)
    except Exception:  # a ``__hash__`` that has changed its mind
        return 0
