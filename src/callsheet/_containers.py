"""
Readers of values that hold others: lists, mappings, tuples, sets, unions.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from ._hashing import check_hashes
from ._readers import JSON_TYPES, Reader, make_check, refuse
from ._statics import get_type

__all__ = [
    "make_collection_reader",
    "make_fixed_reader",
    "make_keyed_reader",
    "make_list_reader",
    "make_literal_check",
    "make_mapping_reader",
    "make_union_reader",
]


def _make_reader(kind: Any, annotation: Any, read: Reader, *, strict: bool) -> Reader:
    """
    Return a reader that is *read* for values of the type *kind*, and that lets
    others pass, or refuses them.
    """
    check = make_check(annotation, (kind,)) if strict else None

    def read_kind(value: Any) -> Any:
        if get_type(value) is kind:
            return read(value)
        return value if check is None else check(value)

    return read_kind


def _read_items(items: list[Any], item: Reader) -> list[Any]:
    """
    Return the list with its items read, the same list if none changes.
    """
    made = [item(value) for value in items]
    return made if any(new is not old for new, old in zip(made, items, strict=True)) else items


def make_list_reader(annotation: Any, item: Reader, *, strict: bool) -> Reader:
    """
    Return the reader of lists that stay lists.
    """
    return _make_reader(list, annotation, lambda value: _read_items(value, item), strict=strict)


def make_collection_reader(cls: Any, item: Reader | None, *, strict: bool) -> Reader:
    """
    Return the reader of lists that become a tuple or a set.
    """

    is_tuple = cls is tuple

    def read(value: Any) -> Any:
        items = value if item is None else _read_items(value, item)
        try:
            if not is_tuple:
                check_hashes(items)
            made = cls(items)
        except TypeError as error:
            raise refuse(value, cls, str(error)) from None
        if len(made) != len(items):
            raise refuse(value, cls, "it holds an item twice")
        return made

    return _make_reader(list, cls, read, strict=strict)


def make_fixed_reader(
    annotation: Any,
    readers: Sequence[Reader | None],
    make: Callable[[Iterable[Any]], Any],
    *,
    strict: bool,
) -> Reader:
    """
    Return the reader of lists that become a tuple of so many items.
    """

    def read(value: Any) -> Any:
        if len(value) != len(readers):
            reason = f"it takes exactly {len(readers)} items, not {len(value)}"
            raise refuse(value, annotation, reason)
        pairs = zip(value, readers, strict=True)
        return make([item if reader is None else reader(item) for item, reader in pairs])

    return _make_reader(list, annotation, read, strict=strict)


def make_mapping_reader(
    annotation: Any, key: Reader | None, item: Reader | None, *, strict: bool
) -> Reader:
    """
    Return the reader of objects whose values, perhaps keys, are read.
    """

    def read(value: Any) -> Any:
        names = value if key is None else [key(name) for name in value]
        if key is not None:
            check_hashes(names)
        made = {
            name: entry if item is None else item(entry)
            for name, entry in zip(names, value.values(), strict=True)
        }
        if len(made) != len(value):
            raise refuse(value, annotation, "two of its keys are the same")
        unchanged = all(
            new is old and made[new] is value[old] for new, old in zip(made, value, strict=True)
        )
        return value if unchanged else made

    return _make_reader(dict, annotation, read, strict=strict)


def make_keyed_reader(annotation: Any, readers: Mapping[str, Reader], *, strict: bool) -> Reader:
    """
    Return the reader of objects that have one reader for each known key.
    """

    def read(value: Any) -> Any:
        made = {key: readers[key](item) if key in readers else item for key, item in value.items()}
        return made if any(made[key] is not value[key] for key in made) else value

    return _make_reader(dict, annotation, read, strict=strict)


def make_union_reader(
    annotation: Any,
    native: frozenset[Any],
    readers: Sequence[Reader],
    *,
    is_open: bool,
    strict: bool,
) -> Reader:
    """
    Return the reader of values that one of several annotations takes.

    Args:
        annotation: The union, for messages.

        native: The types of values that pass as they are.

        readers: What reads other values, in the order of the members.

        is_open: Whether a member takes anything.

        strict: Whether a value that no member takes is refused, always.
    """

    def read(value: Any) -> Any:
        kind = get_type(value)
        if kind in native or kind not in JSON_TYPES:
            return value
        errors: list[Exception] = []
        for reader in readers:
            try:
                made = reader(value)
            except Exception as error:  # an application's hook may raise anything
                errors.append(error)
                continue
            if made is not value or strict:
                return made
        if is_open or not (errors or strict):
            return value
        if len(errors) == 1:
            raise errors[0]
        raise refuse(value, annotation, "no member of the union takes it")

    return read


def make_literal_check(annotation: Any, members: tuple[Any, ...]) -> Reader:
    """
    Return a reader that changes nothing, but refuses what is no member.
    """

    def check(value: Any) -> Any:
        kind = get_type(value)
        if kind in JSON_TYPES and not any(
            type(member) is kind and member == value for member in members
        ):
            raise refuse(value, annotation, f"expected one of {list(members)}")
        return value

    return check
