"""
What an untagged value stands for under its parameter's annotation.
"""

from __future__ import annotations

import types
import typing
from typing import Any, Protocol

import attrs
import typing_extensions

from ._containers import (
    make_collection_reader,
    make_fixed_reader,
    make_keyed_reader,
    make_list_reader,
    make_literal_check,
    make_mapping_reader,
    make_union_reader,
)
from ._kinds import INERT, INERT_MODULES, KINDS, SCALARS, TRANSPARENT, get_native_kinds
from ._readers import JSON_TYPES, Reader, get_leaf_reader, make_check
from ._statics import get_type

__all__ = ["Reader", "Structurer", "get_reader"]


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
