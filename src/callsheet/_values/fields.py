"""
Fields of an application's own classes, in converters of its own and ours.
"""

from __future__ import annotations

import math
import pathlib
from collections import Counter
from collections.abc import (
    Callable,
    Generator,
    Iterable,
    Mapping,
    MutableMapping,
    MutableSet,
    Sequence,
)
from collections.abc import Set as AbstractSet
from contextlib import contextmanager
from contextvars import ContextVar
from copy import deepcopy
from dataclasses import is_dataclass
from datetime import date, datetime
from enum import Enum
from typing import TYPE_CHECKING, Any, get_args, get_origin

import attrs
import typing_extensions

from .._base import ATOMS
from .._equality import (
    MAX_COLLISIONS,
    can_replace,
    check_hashes,
    get_attributes,
    is_array,
    is_record,
)
from .._formats import Path, format_path
from .._loading import importing
from .._messages import get_name, shorten
from .._statics import get_type
from ..exceptions import CallsheetError, ModelError, UnwritableError
from .annotations import get_leaf_reader
from .leaves import Reading, Tag, Writing, is_object
from .tags import (
    FAILED,
    IMPORT,
    NOWHERE,
    decode_leaf,
    find_leaf,
    is_tagged,
    refuse,
    register,
    visit_named,
)

if TYPE_CHECKING:
    from cattrs import Converter


_NATIVE: tuple[Any, ...] = (str, int, float)
_kept: ContextVar[bool] = ContextVar("callsheet_kept", default=False)
#: Whether values are to stay as they are, since tags say what they are.
are_kept: Callable[[], bool] = _kept.get


@contextmanager
def as_values(kept: bool = True) -> Generator[None, None, None]:
    """Leave leaves, sets and tuples as they are: tags say what they are."""
    token = _kept.set(kept)
    try:
        yield
    finally:
        _kept.reset(token)


def find_field_leaf(cls: Any) -> Tag | None:
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
        result = decode_leaf(leaf.name, value)
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
            payload = leaf.encode(value, NOWHERE, 0)
            if payload is None:
                message = f"Cannot write {shorten(value)}: it could not be read back."
                raise UnwritableError(message)
            return payload
    return value


def _gather(make: Any) -> Callable[[Iterable[Any]], Any]:
    """Return what makes a list of items for a document, else what they were in."""
    return lambda items: make(items) if are_kept() else list(items)


#: What a converter makes of the collections in an application's own classes.
COLLECTIONS: dict[Any, Any] = {
    AbstractSet: _gather(set),
    frozenset: _gather(frozenset),
    tuple: _gather(tuple),
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
    """Return why a converter could not make an object, in one line."""
    with importing:
        from cattrs import transform_error

    try:
        reasons = "; ".join(transform_error(error))
    except Exception:
        reasons = str(error)
    return reasons or repr(error)


def _encode_object(value: Any, writer: Writing, depth: int) -> Any:
    """Return an application's own object as its converter takes it apart, if it does."""
    kind = get_type(value)
    converter = writer.context.converter

    def about() -> str:
        return f"{shorten(value)} of {get_name(kind)}"

    try:
        with as_values():
            data = converter.unstructure(value, kind)
    except CallsheetError:
        raise
    except Exception as error:
        msg = f"{about()} failed in the converter's hook: {error}."
        raise UnwritableError(msg) from error
    if data is value:
        if tuple not in kind.__mro__ or not hasattr(kind, "_fields"):
            return None
        data = list(value)  # a named tuple
    import_string = writer.name_value(kind)
    by_identity = kind.__eq__ is object.__eq__
    if by_identity and is_record(kind):
        msg = (
            f"{about()} equals nothing but itself, so that what loads back would be unequal. Give "
            "the class an ==, or an ObjLoader that builds it."
        )
        raise UnwritableError(msg)
    encoded = writer.encode(data, depth + 2)
    try:
        with as_values():
            loaded = converter.structure(copy_data(data), kind)
    except Exception as error:
        msg = f"{about()} does not load back: {get_reasons(error)}."
        raise UnwritableError(msg) from error
    is_of_kind = get_type(loaded) is kind
    if by_identity:  # the application has hooks for it
        is_restored = is_of_kind and not _find_changes(loaded, value)
    else:
        is_restored = can_replace(loaded, value, compute=True)
    if not is_restored:
        names = _find_changes(loaded, value) if is_of_kind else []
        changes = f", with other values of {', '.join(names)}" if names else ""
        msg = (
            f"{about()} loads back as {shorten(loaded)}{changes}. Correct the hooks of its "
            "converter, annotate the fields of the class, or give an ObjLoader that builds it."
        )
        raise UnwritableError(msg)
    return [import_string, encoded]


def _find_changes(loaded: Any, value: Any) -> list[str]:
    """Return the names of the attributes that would change."""
    after, before = get_attributes(loaded, value), get_attributes(value)
    return [
        name
        for name in sorted(before.keys() | after.keys())
        if not (name in before and name in after)
        or not can_replace(after[name], before[name], compute=True)
    ]


def _decode_object(payload: Any, reader: Reading, path: Path) -> Any:
    cls = reader.resolve(payload[0], (path, 0))
    if cls is FAILED:
        return FAILED
    if len(payload) != 2 or not isinstance(cls, type):
        refuse("$object must hold [class, data], where the first names a class.")
    if not reader.context.can_structure(cls):
        refuse(f"the converter has no hook that makes a {cls.__qualname__}.")
    data = reader.decode(payload[1], (path, 1))
    try:
        with as_values():
            return reader.context.structure(cls, data)
    except CallsheetError:
        raise
    except Exception as error:
        raise describe_failure(error) from error


def describe_failure(error: Exception) -> ModelError:
    """Return our error for what an application's converter raised."""
    failure = ModelError(f"the converter refused it: {get_reasons(error)}.")
    failure.__cause__ = error
    return failure


_OBJECT = Tag(
    "$object", _encode_object, _decode_object, '["collections.OrderedDict", {"a": 1}]', visit_named
)
register({}, last=[(lambda _: True, _OBJECT), (callable, IMPORT)])


def _has_origin(*kinds: Any) -> Callable[[Any], bool]:
    """Return a predicate of classes and of these with parameters."""
    return lambda cls: any((get_origin(cls) or cls) is kind for kind in kinds)


def _get_kinds(cls: Any) -> tuple[Any, Any]:
    """Return the list and the tuple with the items of *cls*."""
    item: Any = (get_args(cls) or (Any,))[0]
    return list.__class_getitem__(item), tuple.__class_getitem__((item, ...))


def _make_sequence_reader(cls: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    """Return a hook that keeps a list and a tuple apart where documents do."""
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


def _make_sequence_writer(cls: Any, converter: Converter) -> Callable[[Any], Any]:
    """
    Return a hook that goes by what the value is, a list or a tuple, unless the
    program overrides sequences.
    """
    own: Any = converter  # cattrs types these in part
    if Sequence in own._unstruct_collection_overrides:
        return own.gen_unstructure_iterable(cls)  # type: ignore[no-any-return]
    as_list, as_tuple = map(converter.get_unstructure_hook, _get_kinds(cls))
    return lambda value: (as_tuple if type(value) is tuple else as_list)(value)


def _is_open(cls: Any) -> bool:
    return cls is object or cls is Any or cls is typing_extensions.Any


def _make_open_writer(cls: Any, converter: Converter) -> Callable[[Any], Any]:
    """Return a hook that keeps values where tags say what they are."""
    return lambda value: value if cls is object or are_kept() else converter.unstructure(value)


def _structure_object(value: Any, cls: Any) -> Any:
    if are_kept():
        return value
    with importing:
        from cattrs.errors import StructureHandlerNotFoundError

    raise StructureHandlerNotFoundError(f"Unsupported type: {cls!r}.", cls)


def _is_record_class(cls: Any) -> bool:
    cls = get_origin(cls) or cls
    return isinstance(cls, type) and (attrs.has(cls) or is_dataclass(cls))


def _make_record_writer(cls: Any, converter: Converter) -> Callable[[Any], Any]:
    """Return the hook of cattrs itself: msgspec's would not ask for the fields'."""
    return converter.gen_unstructure_attrs_fromdict(cls)


def _make_set_reader(cls: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    """Return a hook that looks at the hashes of the items first."""
    as_list = converter.get_structure_hook(_get_kinds(cls)[0])
    kind: Any = set if issubclass(get_origin(cls) or cls, MutableSet) else frozenset

    def structure_set(value: Any, _: Any) -> Any:
        items = as_list(value, list)
        check_hashes(items)
        return kind(items)

    return structure_set


def _is_numbered(cls: Any) -> bool:
    """
    Return whether *cls* is a dict whose keys are numbers or other leaves: a
    document chooses their hashes.
    """
    if get_origin(cls) not in (dict, Mapping, MutableMapping):
        return False
    key = get_args(cls)[0]
    return isinstance(key, type) and (issubclass(key, (int, float)) or _is_leaf_class(key))


def _make_mapping_reader(cls: Any, converter: Converter) -> Callable[[Any, Any], Any]:
    """Return cattrs' own hook, after a look at the hashes of the keys."""
    own: Any = converter
    structure = own.gen_structure_mapping(cls)
    key = get_args(cls)[0]
    as_key = converter.get_structure_hook(key)

    def structure_mapping(value: Any, _: Any) -> Any:
        if is_object(value) and len(value) > MAX_COLLISIONS:
            check_hashes([as_key(name, key) for name in value])
        return structure(value, cls)

    return structure_mapping


def _is_leaf_class(cls: Any) -> bool:
    return find_field_leaf(cls) is not None


# Where the preconf modules of cattrs have hooks that differ by format.
_DIFFERENT: tuple[Any, ...] = (bytes, date, datetime, pathlib.Path)


def register_mapping_readers(converter: Converter) -> None:
    """
    Read mappings as what they are: the preconf module for bson makes a plain
    dict of every one, and leaves the values of typed dicts as they are.
    """
    own: Any = converter  # cattrs types these in part
    own.register_structure_hook_factory(_has_origin(Counter), own.gen_structure_counter)
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
    is_set = _has_origin(set, frozenset, MutableSet, AbstractSet)
    converter.register_structure_hook_func(lambda cls: cls is object, _structure_object)
    converter.register_structure_hook_factory(_has_origin(Sequence), _make_sequence_reader)
    converter.register_structure_hook_factory(is_set, _make_set_reader)
    converter.register_structure_hook_factory(_is_numbered, _make_mapping_reader)
    converter.register_unstructure_hook_factory(_has_origin(Sequence), _make_sequence_writer)
    converter.register_unstructure_hook_factory(_is_open, _make_open_writer)
    # As cattrs does it, or the path itself where a tag says it.
    converter.register_unstructure_hook(
        pathlib.Path, lambda value: value if are_kept() else str(value)
    )
    converter.register_structure_hook_func(_is_leaf_class, structure_leaf)
    for cls in _DIFFERENT:
        converter.register_structure_hook(cls, structure_leaf)


def register_field_writers(converter: Converter, *, with_records: bool) -> None:
    """Teach it to write that for a format, in every format alike."""
    if with_records:
        converter.register_unstructure_hook_factory(_is_record_class, _make_record_writer)
    converter.register_unstructure_hook_func(_is_leaf_class, unstructure_leaf)
    for cls in _DIFFERENT:
        converter.register_unstructure_hook(cls, unstructure_leaf)
