"""
Readers of untagged values under the annotations of their parameters.
"""

from __future__ import annotations

import collections.abc
import pathlib
import types
import typing
from collections.abc import Callable, Iterable, Mapping
from enum import Enum, Flag
from typing import Any, Protocol, TypeAlias

import attrs
import typing_extensions

from .._equality import check_hashes
from .._statics import get_type
from ..exceptions import AnnotationError
from .leaves import describe
from .tags import find_tag

#: Takes an untagged value to what it stands for.
Reader: TypeAlias = Callable[[Any], Any]

_JSON_NAMES: dict[Any, str] = {
    str: "text",
    int: "an integer",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
    type(None): "null",
}
JSON_TYPES: frozenset[Any] = frozenset(_JSON_NAMES)
#: The JSON types of scalars.
_SCALARS: dict[Any, tuple[Any, ...]] = {
    str: (str,),
    int: (int,),
    float: (int, float),
    bool: (bool,),
    type(None): (type(None),),
}
_MAPPINGS = (dict, collections.abc.Mapping, collections.abc.MutableMapping)
_LISTS = (
    list,
    collections.abc.Sequence,
    collections.abc.MutableSequence,
    collections.abc.Collection,
    collections.abc.Iterable,
)
#: What a list becomes.
_GATHERED: dict[Any, Any] = {
    tuple: tuple,
    set: set,
    frozenset: frozenset,
    collections.abc.Set: set,
    collections.abc.MutableSet: set,
}
_TRANSPARENT: tuple[Any, ...] = (
    typing.Annotated,
    typing.Final,
    typing.ClassVar,
    typing_extensions.Required,
    typing_extensions.NotRequired,
    typing_extensions.ReadOnly,
)
# What cattrs has hooks for that would lose something, or that mean nothing here.
_INERT: tuple[Any, ...] = (str, int, float, bytes, bytearray, list, dict, tuple, set, frozenset)
_INERT_MODULES = frozenset(
    {"abc", "builtins", "collections.abc", "inspect", "numbers", "types", "typing"}
)


class Structurer(Protocol):
    """What makes instances of an application's own classes, a converter."""

    def can_structure(self, cls: Any, /) -> bool: ...
    def structure(self, cls: Any, value: Any, /) -> Any: ...


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


def get_leaf_reader(cls: Any, *, strict: bool = False) -> Reader | None:
    """Return the reader of a class whose values are written as text, None for other classes."""
    if issubclass(cls, Enum):
        return _make_enum_reader(cls, strict)
    is_path = issubclass(cls, pathlib.PurePath)
    tag = find_tag(pathlib.PurePosixPath if is_path else cls)  # pyright: ignore[reportUnknownArgumentType]
    parse: Any = cls if is_path else tag and tag.parse
    if tag is None or parse is None:
        return None
    check = _make_check(cls, str, *tag.others) if strict else None

    def read(value: Any) -> Any:
        if get_type(value) not in tag.takes:
            return value if check is None else check(value)
        try:
            return parse(value)
        except (ValueError, ArithmeticError, NotImplementedError) as error:
            raise _refuse(value, cls, str(error)[:200]) from None

    return read


def _make_enum_reader(cls: Any, strict: bool) -> Reader:
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
                raise _refuse(value, cls, str(error)) from None
            # Python 3.11.0 to 3.11.3 drop the bits of no member without a word.
            if value > 0 and getattr(member, "value", value) != value:
                raise _refuse(value, cls, f"{value} has bits of none of its members ({known})")
            return member
        if strict or kind is str or kind in kinds:
            raise _refuse(value, cls, f"it is the value or name of none of its members ({known})")
        return value

    return read


def _get_name(annotation: Any) -> str:
    if annotation is type(None):
        return "None"
    if isinstance(annotation, type) and not hasattr(annotation, "__origin__"):
        return annotation.__qualname__
    return str(annotation).replace("typing.", "")


def _refuse(value: Any, annotation: Any, reason: str) -> AnnotationError:
    message = (
        f"Cannot read {describe(value)} as {_get_name(annotation)}: {reason.rstrip('.')}. "
        f'Correct it, or write {{"$raw": ...}} around it to pass it as it is.'
    )
    return AnnotationError(message, _get_name(annotation))


def _make_check(annotation: Any, *expected: Any) -> Reader:
    """Return a reader that changes nothing, but refuses other JSON types than *expected*."""
    names = [_JSON_NAMES[kind] for kind in expected if kind is not int or float not in expected]
    wanted = " or ".join(names)

    def check(value: Any) -> Any:
        kind = get_type(value)
        if kind in JSON_TYPES and kind not in expected:
            raise _refuse(value, annotation, f"expected {wanted}, got {_JSON_NAMES[kind]}")
        return value

    return check


class _Build:
    """
    The building of one reader. A method takes an annotation, its origin (the
    class itself where there is none) and its arguments.
    """

    def __init__(self, structurer: Structurer | None, strict: bool) -> None:
        self.structurer = structurer
        self.strict = strict
        self.aliases: dict[Any, list[Reader | None]] = {}

    def get(self, annotation: Any) -> Reader | None:
        if annotation is None:
            annotation = type(None)
        if isinstance(annotation, typing.NewType):
            return self.get(annotation.__supertype__)
        origin: Any = typing_extensions.get_origin(annotation)
        args: tuple[Any, ...] = typing_extensions.get_args(annotation)
        if type(annotation).__name__ == "TypeAliasType":  # typing has one, the backport another
            return self.follow(annotation)
        if type(origin).__name__ == "TypeAliasType":
            return self.get(origin.__value__[args])
        is_class = isinstance(annotation, type) and not isinstance(annotation, types.GenericAlias)
        origin = annotation if is_class else origin
        make = _ROWS.get(origin)
        if make is not None:
            return make(self, annotation, origin, args)
        return self.of_class(annotation) if is_class else self.structured(annotation)

    def check(self, annotation: Any, *expected: Any) -> Reader | None:
        return _make_check(annotation, *expected) if self.strict else None

    def when(self, kind: Any, annotation: Any, read: Reader) -> Reader:
        """Return *read* for values of type *kind*; others pass, or are refused."""
        # Only of a list itself is known what else it cannot be.
        loose = kind is list and typing_extensions.get_origin(annotation) in _LISTS[1:]
        check = None if loose else self.check(annotation, kind)

        def read_kind(value: Any) -> Any:
            if get_type(value) is kind:
                return read(value)
            return value if check is None else check(value)

        return read_kind

    def scalar(self, cls: Any, origin: Any, _: Any) -> Reader | None:
        return self.check(cls, *_SCALARS[origin])

    def transparent(self, _: Any, __: Any, args: Any) -> Reader | None:
        return self.get(args[0]) if args else None

    def listed(self, annotation: Any, origin: Any, args: Any) -> Reader | None:
        item = self.get(args[0]) if args else None
        if item is None:
            return self.check(annotation, list) if origin is list else None
        return self.when(list, annotation, lambda value: _read_items(value, item))

    def gathered(self, _: Any, origin: Any, args: Any) -> Reader:
        """Return the reader of lists that become a tuple of any length or a set."""
        cls = _GATHERED[origin]
        is_hashed = cls is not tuple
        item = self.get(args[0]) if args else None

        def read(value: Any) -> Any:
            items = value if item is None else _read_items(value, item)
            try:
                if is_hashed:
                    check_hashes(items)
                made = cls(items)
            except TypeError as error:
                raise _refuse(value, cls, str(error)) from None
            if len(made) != len(items):
                raise _refuse(value, cls, "it holds an item twice")
            return made

        return self.when(list, cls, read)

    def tupled(self, annotation: Any, origin: Any, args: Any) -> Reader:
        is_empty = args == ((),) or annotation in (tuple[()], typing.Tuple[()])  # noqa: UP006
        if not is_empty and (not args or args[1:] == (...,)):
            return self.gathered(annotation, origin, args)
        return self.fixed(annotation, () if is_empty else args, tuple)

    def fixed(
        self, annotation: Any, members: Iterable[Any], make: Callable[[Iterable[Any]], Any]
    ) -> Reader:
        """Return the reader of lists that become a tuple of so many items."""
        readers = [self.get(member) for member in members]

        def read(value: Any) -> Any:
            if len(value) != len(readers):
                reason = f"it takes exactly {len(readers)} items, not {len(value)}"
                raise _refuse(value, annotation, reason)
            pairs = zip(value, readers, strict=True)
            return make([item if reader is None else reader(item) for item, reader in pairs])

        return self.when(list, annotation, read)

    def mapped(self, annotation: Any, _: Any, args: Any) -> Reader | None:
        key_type, item_type = args if len(args) == 2 else (None, Any)
        # JSON has no other keys than text, so a scalar changes none.
        key = None if key_type is None or key_type in _SCALARS else self.get(key_type)
        item = self.get(item_type)
        if key is None and item is None:
            return self.check(annotation, dict)

        def read(value: Any) -> Any:
            names = value if key is None else [key(name) for name in value]
            if key is not None:
                check_hashes(names)
            made = {
                name: entry if item is None else item(entry)
                for name, entry in zip(names, value.values(), strict=True)
            }
            if len(made) != len(value):
                raise _refuse(value, annotation, "two of its keys are the same")
            unchanged = all(
                new is old and made[new] is value[old] for new, old in zip(made, value, strict=True)
            )
            return value if unchanged else made

        return self.when(dict, annotation, read)

    def keyed(self, cls: Any) -> Reader | None:
        """Return the reader of a typed dict."""
        hints = typing_extensions.get_type_hints(cls)
        read_by_name = {name: self.get(hint) for name, hint in hints.items()}
        readers = {name: read for name, read in read_by_name.items() if read is not None}
        if not readers:
            return self.check(cls, dict)

        def read(value: Any) -> Any:
            made = {k: readers[k](item) if k in readers else item for k, item in value.items()}
            return made if any(made[key] is not value[key] for key in made) else value

        return self.when(dict, cls, read)

    def literal(self, annotation: Any, _: Any, members: tuple[Any, ...]) -> Reader | None:
        def check(value: Any) -> Any:
            kind = get_type(value)
            if kind in JSON_TYPES and not any(
                type(member) is kind and member == value for member in members
            ):
                raise _refuse(value, annotation, f"expected one of {list(members)}")
            return value

        return check if self.strict else None

    def united(self, annotation: Any, _: Any, members: tuple[Any, ...]) -> Reader | None:
        """Return the reader of values that one of several annotations takes."""
        readers: list[Reader] = []
        native: set[Any] = set() if self.strict else {type(None)}
        is_open = not members
        for member in members:
            reader = self.get(member)
            kinds = _get_native_kinds(member)
            if reader is not None and kinds in (None, (list,), (dict,)):
                readers.append(reader)
            elif kinds is None:
                is_open = True
            else:
                native.update(kinds)
        if not readers and (is_open or not self.strict):
            return None

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
                if made is not value or self.strict:
                    return made
            if is_open or not (errors or self.strict):
                return value
            if len(errors) == 1:
                raise errors[0]
            raise _refuse(value, annotation, "no member of the union takes it")

        return read

    def follow(self, alias: Any) -> Reader | None:
        known = self.aliases.get(alias)
        if known is not None:  # the alias is met inside itself
            return lambda value: value if known[0] is None else known[0](value)
        cell: list[Reader | None] = [None]
        self.aliases[alias] = cell
        cell[0] = self.get(alias.__value__)
        del self.aliases[alias]
        return cell[0]

    def of_class(self, cls: Any) -> Reader | None:
        reader = get_leaf_reader(cls, strict=self.strict)
        if reader is not None:
            return reader
        if typing_extensions.is_typeddict(cls):
            return self.keyed(cls)
        if hasattr(cls, "_fields") and hasattr(cls, "_make"):
            hints = typing_extensions.get_type_hints(cls)
            return self.fixed(cls, [hints.get(name, Any) for name in cls._fields], cls._make)
        if cls.__module__ in _INERT_MODULES or issubclass(cls, _INERT):
            return None
        return self.structured(cls)

    def structured(self, annotation: Any) -> Reader | None:
        structurer = self.structurer
        if structurer is None or not structurer.can_structure(annotation):
            return None
        is_record = attrs.has(annotation) or hasattr(annotation, "__dataclass_fields__")
        check = self.check(annotation, dict) if is_record else None

        def read(value: Any) -> Any:
            kind = get_type(value)
            if kind is dict or (not is_record and kind in JSON_TYPES and value is not None):
                return structurer.structure(annotation, value)
            return value if check is None else check(value)

        return read


def _read_items(items: list[Any], item: Reader) -> list[Any]:
    """Return the list with its items read, the same list if none changes."""
    made = [item(value) for value in items]
    return made if any(new is not old for new, old in zip(made, items, strict=True)) else items


def _get_native_kinds(member: Any) -> tuple[Any, ...] | None:
    """Return the types of JSON values that are *member*; None where any may be."""
    member = type(None) if member is None else member
    if member in _SCALARS:
        return _SCALARS[member]
    origin = typing_extensions.get_origin(member) or member
    if origin is typing.Literal:
        return tuple({type(value) for value in typing_extensions.get_args(member)})
    if origin in _LISTS:
        return (list,)
    return (dict,) if origin in _MAPPINGS else None


_Make: TypeAlias = Callable[[_Build, Any, Any, Any], "Reader | None"]
#: What makes the reader of an annotation, by its origin.
_ROWS: Mapping[Any, _Make] = {
    **dict.fromkeys(_SCALARS, _Build.scalar),
    **dict.fromkeys(_LISTS, _Build.listed),
    **dict.fromkeys(_GATHERED, _Build.gathered),
    **dict.fromkeys(_MAPPINGS, _Build.mapped),
    **dict.fromkeys(_TRANSPARENT, _Build.transparent),
    **dict.fromkeys((typing.Union, types.UnionType), _Build.united),
    tuple: _Build.tupled,
    typing.Literal: _Build.literal,
}
