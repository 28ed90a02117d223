"""
What converters of our own know of an application's classes, besides cattrs.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Mapping, MutableMapping, MutableSet, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import is_dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, get_args, get_origin

import attrs
import typing_extensions

from ._fields import are_kept, find_field_leaf, structure_leaf, unstructure_leaf
from ._hashing import MAX_COLLISIONS, check_hashes
from ._leaves import is_object
from ._loading import importing

if TYPE_CHECKING:
    from cattrs import Converter

__all__ = ["register_field_readers", "register_field_writers", "register_mapping_readers"]

# Where the preconf modules of cattrs have hooks that differ by format.
_DIFFERENT: tuple[Any, ...] = (bytes, date, datetime, Path)


def is_leaf_class(cls: Any) -> bool:
    """
    Whether the values of a field that is annotated *cls* are leaves.
    """
    return find_field_leaf(cls) is not None


def is_sequence(cls: Any) -> bool:
    """
    Whether *cls* is ``Sequence`` or ``Sequence[T]``, which a list and a tuple
    are.
    """
    return (get_origin(cls) or cls) is Sequence


def sequence_structure_hook_factory(cls: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    """
    Return a hook that keeps a list and a tuple apart where documents do.
    """
    from cattrs import Converter

    list_of, tuple_of = _get_kinds(cls)
    as_list = converter.get_structure_hook(list_of)
    as_tuple = converter.get_structure_hook(tuple_of)
    # Of plain data, versions of cattrs make one or the other.
    kind: Any = Sequence[int]
    prefers_tuple = type(Converter().structure([], kind)) is tuple

    def structure_sequence(value: Any, _: Any) -> Any:
        wants_tuple = type(value) is tuple if are_kept() else prefers_tuple
        return as_tuple(value, tuple_of) if wants_tuple else as_list(value, list_of)

    return structure_sequence


def sequence_unstructure_hook_factory(cls: Any, converter: Converter) -> Callable[[Any], Any]:
    """
    Return a hook that goes by what the value is, a list or a tuple, unless the
    program overrides sequences.
    """
    own: Any = converter  # cattrs types these in part
    if Sequence in own._unstruct_collection_overrides:
        return own.gen_unstructure_iterable(cls)  # type: ignore[no-any-return]
    as_list, as_tuple = map(converter.get_unstructure_hook, _get_kinds(cls))
    return lambda value: (as_tuple if type(value) is tuple else as_list)(value)


def _get_kinds(cls: Any) -> tuple[Any, Any]:
    item: Any = (get_args(cls) or (Any,))[0]
    return list.__class_getitem__(item), tuple.__class_getitem__((item, ...))


def is_open(cls: Any) -> bool:
    """
    Whether an annotation says nothing of its values: ``Any`` or ``object``.
    """
    return cls is object or cls is Any or cls is typing_extensions.Any


def open_unstructure_hook_factory(cls: Any, converter: Converter) -> Callable[[Any], Any]:
    """
    Return a hook that keeps values where tags say what they are.
    """

    def unstructure_open(value: Any) -> Any:
        return value if cls is object or are_kept() else converter.unstructure(value)

    return unstructure_open


def structure_object(value: Any, cls: Any) -> Any:
    """
    Return *value* as it is, where tags have told what it is.
    """
    if are_kept():
        return value
    with importing:
        from cattrs.errors import StructureHandlerNotFoundError

    raise StructureHandlerNotFoundError(f"Unsupported type: {cls!r}.", cls)


def unstructure_path(value: Any) -> Any:
    """
    Return the text of a path, as cattrs does, or the path where a tag says it.
    """
    return value if are_kept() else str(value)


def is_record_class(cls: Any) -> bool:
    """
    Whether *cls* is an attrs class or a dataclass, with or without parameters.
    """
    cls = get_origin(cls) or cls
    return isinstance(cls, type) and (attrs.has(cls) or is_dataclass(cls))


def record_unstructure_hook_factory(cls: Any, converter: Converter) -> Callable[[Any], Any]:
    """
    Return the hook of cattrs itself: msgspec's would not ask for the fields'.
    """
    return converter.gen_unstructure_attrs_fromdict(cls)


def is_set(cls: Any) -> bool:
    """
    Whether *cls* is a set or a frozenset, with or without the type of its
    items.
    """
    return (get_origin(cls) or cls) in (set, frozenset, MutableSet, AbstractSet)


def set_structure_hook_factory(cls: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    """
    Return a hook that looks at the hashes of the items first.
    """
    as_list = converter.get_structure_hook(_get_kinds(cls)[0])
    kind: Any = set if issubclass(get_origin(cls) or cls, MutableSet) else frozenset

    def structure_set(value: Any, _: Any) -> Any:
        items = as_list(value, list)
        check_hashes(items)
        return kind(items)

    return structure_set


def is_numbered(cls: Any) -> bool:
    """
    Whether *cls* is a dict whose keys are numbers or other leaves: a document
    chooses their hashes.
    """
    if get_origin(cls) not in (dict, Mapping, MutableMapping):
        return False
    key = get_args(cls)[0]
    return isinstance(key, type) and (issubclass(key, (int, float)) or is_leaf_class(key))


def mapping_structure_hook_factory(cls: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    """
    Return cattrs' own hook, after a look at the hashes of the keys.
    """
    own: Any = converter
    structure = own.gen_structure_mapping(cls)
    key = get_args(cls)[0]
    as_key = converter.get_structure_hook(key)

    def structure_mapping(value: Any, _: Any) -> Any:
        if is_object(value) and len(value) > MAX_COLLISIONS:
            check_hashes([as_key(name, key) for name in value])
        return structure(value, cls)

    return structure_mapping


def is_counter(cls: Any) -> bool:
    """
    Whether *cls* is a `Counter`, with or without the type of its keys.
    """
    return (get_origin(cls) or cls) is Counter


def register_mapping_readers(converter: Converter) -> None:
    """
    Read mappings as what they are: the preconf module for bson makes a plain
    dict of every one, and leaves the values of typed dicts as they are.
    """
    own: Any = converter  # cattrs types these in part
    own.register_structure_hook_factory(is_counter, own.gen_structure_counter)
    own.register_structure_hook_factory(typing_extensions.is_typeddict, own.gen_structure_typeddict)


def register_field_readers(converter: Converter) -> None:
    """
    Teach a converter of our own to read what is in attrs classes and
    dataclasses: what cattrs leaves to the application, and what its preconf
    modules read in different ways. What does not differ is written, too.
    """
    with importing:
        from cattrs.strategies import configure_union_passthrough

    configure_union_passthrough(str | bool | int | float | None, converter)
    converter.register_structure_hook_func(lambda cls: cls is object, structure_object)
    converter.register_structure_hook_factory(is_sequence, sequence_structure_hook_factory)
    converter.register_structure_hook_factory(is_set, set_structure_hook_factory)
    converter.register_structure_hook_factory(is_numbered, mapping_structure_hook_factory)
    converter.register_unstructure_hook_factory(is_sequence, sequence_unstructure_hook_factory)
    converter.register_unstructure_hook_factory(is_open, open_unstructure_hook_factory)
    converter.register_unstructure_hook(Path, unstructure_path)
    converter.register_structure_hook_func(is_leaf_class, structure_leaf)
    for cls in _DIFFERENT:
        converter.register_structure_hook(cls, structure_leaf)


def register_field_writers(converter: Converter, *, with_records: bool) -> None:
    """
    Teach it to write that for a format, in every format alike.
    """
    if with_records:
        converter.register_unstructure_hook_factory(
            is_record_class, record_unstructure_hook_factory
        )
    converter.register_unstructure_hook_func(is_leaf_class, unstructure_leaf)
    for cls in _DIFFERENT:
        converter.register_unstructure_hook(cls, unstructure_leaf)
