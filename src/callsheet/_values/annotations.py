"""
Readers of untagged values under the annotations of their parameters.
"""

from __future__ import annotations

import collections.abc
import pathlib
import types
import typing
from collections.abc import Callable, Iterable, Mapping, Sequence
from enum import Enum, Flag
from typing import Any, Protocol, TypeAlias

import attrs
import typing_extensions

from .._equality import check_hashes
from .._loading import importing
from .._statics import get_type
from ..exceptions import AnnotationError
from .leaves import describe

#: Takes an untagged value to what it stands for.
Reader: TypeAlias = Callable[[Any], Any]

JSON_TYPES: frozenset[Any] = frozenset({str, int, float, bool, list, dict, type(None)})

_JSON_NAMES = {
    str: "text",
    int: "an integer",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
    type(None): "null",
}


def get_name(annotation: Any) -> str:
    """
    Return how an annotation is called in messages.
    """
    if annotation is type(None):
        return "None"
    if isinstance(annotation, type) and not hasattr(annotation, "__origin__"):
        return annotation.__qualname__
    return str(annotation).replace("typing.", "")


def refuse(value: Any, annotation: Any, reason: str) -> AnnotationError:
    """
    Return the error for a value that *annotation* does not take.
    """
    message = (
        f"Cannot read {describe(value)} as {get_name(annotation)}: {reason.rstrip('.')}. "
        f'Correct it, or write {{"$raw": ...}} around it to pass it as it is.'
    )
    return AnnotationError(message, get_name(annotation))


def make_check(annotation: Any, expected: tuple[Any, ...]) -> Reader:
    """
    Return a reader that changes nothing, but refuses JSON values of other types
    than *expected*.
    """
    names = [_JSON_NAMES[kind] for kind in expected if kind is not int or float not in expected]
    wanted = " or ".join(names)

    def check(value: Any) -> Any:
        kind = get_type(value)
        if kind in JSON_TYPES and kind not in expected:
            raise refuse(value, annotation, f"expected {wanted}, got {_JSON_NAMES[kind]}")
        return value

    return check


def get_leaf_reader(cls: Any, *, strict: bool = False) -> Reader | None:
    """
    Return the reader of a class whose values are written as text, None for
    other classes.
    """
    if issubclass(cls, Enum):
        return _make_enum_reader(cls, strict=strict)
    if issubclass(cls, pathlib.PurePath):
        return _make_text_reader(cls, cls, strict=strict)
    make = _MAKERS.get((cls.__module__, cls.__qualname__))
    if make is None:
        return None
    return make(cls, strict)


def _make_text_reader(
    cls: Any, parse: Reader, *, strict: bool, others: tuple[Any, ...] = ()
) -> Reader:
    check = make_check(cls, (str, *others)) if strict else None

    def read(value: Any) -> Any:
        if type(value) is not str:
            return value if check is None else check(value)
        try:
            return parse(value)
        except (ValueError, ArithmeticError, NotImplementedError) as error:
            raise refuse(value, cls, str(error)[:200]) from None

    return read


def _make_time_reader(cls: Any, strict: bool) -> Reader:
    with importing:
        from . import times

    parse: Reader = getattr(times, f"parse_{cls.__name__.lower()}")
    numbers = (int, float) if cls.__name__ == "timedelta" else ()
    return _make_text_reader(cls, parse, strict=strict, others=numbers)


def _make_number_reader(cls: Any, strict: bool) -> Reader:
    with importing:
        from . import numbers

    parse: Reader = getattr(numbers, f"parse_{cls.__name__.lower()}")
    return _make_text_reader(cls, parse, strict=strict, others=(int,))


def _make_uuid_reader(cls: Any, strict: bool) -> Reader:
    with importing:
        from .numbers import parse_uuid

    return _make_text_reader(cls, parse_uuid, strict=strict)


def _make_decimal_reader(cls: Any, strict: bool) -> Reader:
    read_text = _make_number_reader(cls, strict)

    def read(value: Any) -> Any:
        if type(value) is int:
            return cls(value)
        if type(value) is float:
            reason = "a binary number has already lost the decimal one; write it as text"
            raise refuse(value, cls, reason)
        return read_text(value)

    return read


def _make_complex_reader(cls: Any, strict: bool) -> Reader:
    return _make_text_reader(cls, complex, strict=strict, others=(int, float))


def _make_enum_reader(cls: Any, *, strict: bool) -> Reader:
    kinds = {get_type(member.value) for member in cls}
    known = ", ".join(repr(name) for name in list(cls.__members__)[:20])

    def read(value: Any) -> Any:
        kind = get_type(value)
        if kind not in JSON_TYPES:
            return value
        for member in cls:
            if type(member.value) is kind and member.value == value:
                return member
        if kind is str and value in cls.__members__:
            return cls.__members__[value]
        if kind is int and issubclass(cls, Flag):
            try:
                member = cls(value)
            except ValueError as error:
                raise refuse(value, cls, str(error)) from None
            # Python 3.11.0 to 3.11.3 drop the bits of no member without a word.
            if value > 0 and getattr(member, "value", value) != value:
                raise refuse(value, cls, f"{value} has bits of none of its members ({known})")
            return member
        if strict or kind is str or kind in kinds:
            raise refuse(value, cls, f"it is the value or name of none of its members ({known})")
        return value

    return read


_MAKERS: dict[tuple[str, str], Callable[[Any, bool], Reader]] = {
    ("datetime", "date"): _make_time_reader,
    ("datetime", "datetime"): _make_time_reader,
    ("datetime", "time"): _make_time_reader,
    ("datetime", "timedelta"): _make_time_reader,
    ("datetime", "timezone"): _make_time_reader,
    ("zoneinfo", "ZoneInfo"): _make_time_reader,
    ("decimal", "Decimal"): _make_decimal_reader,
    ("fractions", "Fraction"): _make_number_reader,
    ("uuid", "UUID"): _make_uuid_reader,
    ("builtins", "complex"): _make_complex_reader,
}


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


class Structurer(Protocol):
    """
    What makes instances of an application's own classes, a converter.
    """

    def can_structure(self, cls: Any, /) -> bool:
        """
        Answer whether plain data can be made an instance of *cls*.
        """
        ...

    def structure(self, cls: Any, value: Any, /) -> Any:
        """
        Return the instance that *value* describes.
        """
        ...


def get_reader(
    annotation: Any, structurer: Structurer | None = None, *, strict: bool = False
) -> Reader | None:
    """
    Return what reads an untagged JSON value under *annotation*, or None where
    the annotation never changes one.

    Text is read as a date, a path, a decimal number and so on, a list as a
    tuple or a set, elements by the annotations of elements, and what
    *structurer* knows by *structurer*. What a reader does not understand (a
    number for a date) passes unchanged, as does everything that is no JSON
    value; what it understands but cannot read (text that is no date) is an
    error.

    Args:
        annotation: An evaluated annotation. Whatever it is, it is no error.

        structurer: What makes instances of other classes.

        strict: Whether values that would pass unchanged are checked, too.
            An int is a float, a bool is no int, and null is only None.
    """
    try:
        return _Build(structurer, strict).get(annotation)
    except Exception:  # an annotation may be any object
        return None


class _Build:
    """
    The building of one reader.
    """

    def __init__(self, structurer: Structurer | None, strict: bool) -> None:
        self.structurer = structurer
        self.strict = strict
        self.aliases: dict[Any, list[Reader | None]] = {}

    def get(self, annotation: Any) -> Reader | None:
        if annotation is None:
            return self.get_for_class(type(None))
        if isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias):
            return self.get_for_class(annotation)
        if isinstance(annotation, typing.NewType):
            return self.get(annotation.__supertype__)
        if type(annotation).__name__ == "TypeAliasType":  # typing has one, the backport another
            return self.get_for_alias(annotation)
        origin: Any = typing_extensions.get_origin(annotation)
        args: tuple[Any, ...] = typing_extensions.get_args(annotation)
        if type(origin).__name__ == "TypeAliasType":
            return self.get(origin.__value__[args])
        if origin in TRANSPARENT:
            return self.get(args[0])
        if origin is typing.Union or origin is types.UnionType:
            return self.get_for_union(annotation, args)
        if origin is typing.Literal:
            return make_literal_check(annotation, args) if self.strict else None
        if origin in KINDS:
            return self.get_for_container(annotation, origin, args)
        return self.get_for_structurer(annotation)

    def get_for_class(self, cls: Any) -> Reader | None:
        if cls in SCALARS:
            return make_check(cls, SCALARS[cls]) if self.strict else None
        if cls in KINDS:
            return self.get_for_container(cls, cls, ())
        reader = get_leaf_reader(cls, strict=self.strict)
        if reader is not None:
            return reader
        if typing_extensions.is_typeddict(cls):
            return self.get_for_typeddict(cls)
        if hasattr(cls, "_fields") and hasattr(cls, "_make"):
            hints = typing_extensions.get_type_hints(cls)
            readers = [self.get(hints.get(name, Any)) for name in cls._fields]
            return make_fixed_reader(cls, readers, cls._make, strict=self.strict)
        if cls.__module__ in INERT_MODULES or issubclass(cls, INERT):
            return None
        return self.get_for_structurer(cls)

    def get_for_container(self, annotation: Any, cls: Any, args: Any) -> Reader | None:
        kind = KINDS[cls]
        if kind is tuple and args and not (len(args) == 2 and args[1] is ...):
            members = () if args == ((),) else args
            readers = [self.get(member) for member in members]
            return make_fixed_reader(annotation, readers, tuple, strict=self.strict)
        if kind is tuple and annotation in (tuple[()], typing.Tuple[()]):  # noqa: UP006
            return make_fixed_reader(annotation, [], tuple, strict=self.strict)
        if kind is dict:
            return self.get_for_mapping(annotation, cls, args)
        item = self.get(args[0]) if args else None
        if kind is not list:
            return make_collection_reader(kind, item, strict=self.strict)
        # Only of a list itself is known what else it cannot be.
        strict = self.strict and cls is list
        if item is not None:
            return make_list_reader(annotation, item, strict=strict)
        return make_check(annotation, (list,)) if strict else None

    def get_for_mapping(self, annotation: Any, cls: Any, args: Any) -> Reader | None:
        key = item = None
        if len(args) == 2:
            # JSON has no other keys than text, so a scalar changes none.
            key = None if args[0] in SCALARS else self.get(args[0])
            item = self.get(args[1])
        if key is not None or item is not None:
            return make_mapping_reader(annotation, key, item, strict=self.strict)
        return make_check(annotation, (dict,)) if self.strict else None

    def get_for_typeddict(self, cls: Any) -> Reader | None:
        readers: dict[str, Reader] = {}
        for name, hint in typing_extensions.get_type_hints(cls).items():
            reader = self.get(hint)
            if reader is not None:
                readers[name] = reader
        if readers:
            return make_keyed_reader(cls, readers, strict=self.strict)
        return make_check(cls, (dict,)) if self.strict else None

    def get_for_union(self, annotation: Any, members: tuple[Any, ...]) -> Reader | None:
        readers: list[Reader] = []
        native: set[Any] = set() if self.strict else {type(None)}
        is_open = False
        for member in members:
            reader = self.get(member)
            kinds = get_native_kinds(member)
            if reader is not None and kinds not in (None, (list,), (dict,)):
                reader = None  # a check of scalars; all that it takes are native
            if reader is not None:
                readers.append(reader)
            elif kinds is None:
                is_open = True
            else:
                native.update(kinds)
        if not readers and (is_open or not self.strict):
            return None
        return make_union_reader(
            annotation, frozenset(native), readers, is_open=is_open, strict=self.strict
        )

    def get_for_alias(self, alias: Any) -> Reader | None:
        known = self.aliases.get(alias)
        if known is not None:  # the alias is met inside itself
            return lambda value: value if known[0] is None else known[0](value)
        cell: list[Reader | None] = [None]
        self.aliases[alias] = cell
        cell[0] = self.get(alias.__value__)
        del self.aliases[alias]
        return cell[0]

    def get_for_structurer(self, annotation: Any) -> Reader | None:
        structurer = self.structurer
        if structurer is None or not structurer.can_structure(annotation):
            return None
        is_record = attrs.has(annotation) or hasattr(annotation, "__dataclass_fields__")
        check = make_check(annotation, (dict,)) if self.strict and is_record else None

        def read(value: Any) -> Any:
            kind = get_type(value)
            if kind is dict or (not is_record and kind in JSON_TYPES and value is not None):
                return structurer.structure(annotation, value)
            return value if check is None else check(value)

        return read
