"""
Values -> the JSON data model, tagged where JSON cannot hold them.
"""

from __future__ import annotations

from enum import Enum
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, Final

from .._base import Model
from .._equality import can_replace, get_attributes, is_record, same
from .._imports import check_object, get_import_string
from .._messages import get_name, shorten
from .._statics import get_type
from .._values import (
    MAX_INT,
    NATIVE,
    as_values,
    copy_data,
    encode_leaf,
    find_leaf,
    get_reasons,
    is_json_native,
    is_look_alike,
    is_tagged,
    is_writable_key,
)
from ..exceptions import CallsheetError, UnnameableError, UnwritableError
from .context import Context

_CALLABLES: Final = (FunctionType, BuiltinFunctionType, MethodType, type)
_READ: Final = frozenset({str, int, bool, float, list, dict})


class Encoder:
    """
    Writes values for one converter.

    Attributes:
        context: What the converter carries.

        nulls: Whether the format has a null.
    """

    __slots__ = ("context", "nulls")

    context: Context
    nulls: bool

    def name(self, target: Any, *, exempt: bool = False) -> str:
        """
        Return the import string of *target*, which the policy can read back.
        """
        import_string = get_import_string(target)
        if self.context.governed and not exempt:
            check_object(self.context.policy, target, import_string)
        return import_string

    def write_model(self, model: Model, depth: int) -> dict[str, Any]:
        """
        Return the tagged document of a model among values.
        """
        raise NotImplementedError

    def encode_read(self, value: Any, reader: Any, depth: int) -> Any:
        """
        Return *value* so that its parameter's annotation leaves it alone.
        """
        if reader is not None and type(value) in _READ and _changes(reader, value):
            return self.write_verbatim(value, depth)
        return self.encode(value, depth)

    def write_verbatim(self, value: Any, depth: int) -> Any:
        """
        Return *value* under a tag that switches its annotation off.
        """
        if is_json_native(value, nulls=self.nulls):
            return {"$raw": value}
        kind = get_type(value)
        if kind is dict:
            return self._write_pairs(value, depth)
        if kind is list:
            return {"$list": [self.encode(item, depth + 2) for item in value]}
        return self.encode(value, depth)  # a leaf that has a tag of its own

    def _write_pairs(self, value: dict[Any, Any], depth: int) -> dict[str, Any]:
        pairs = [
            [self.encode(key, depth + 3), self.encode(item, depth + 3)]
            for key, item in value.items()
        ]
        return {"$dict": pairs}

    def encode(self, value: Any, depth: int = 0) -> Any:
        """
        Return *value* in the JSON data model, tagged where JSON cannot hold it.

        Raises:
            UnwritableError: It has no form that loads back equal.
        """
        if depth > self.context.limits.max_depth:
            levels = self.context.limits.max_depth
            msg = f"it is nested deeper than the {levels} levels of a document."
            raise UnwritableError(msg)
        kind = get_type(value)
        if kind in NATIVE:
            if kind is str:
                return value if value.isascii() else encode_leaf(value) or value
            if kind is int:
                return value if -MAX_INT <= value < MAX_INT else encode_leaf(value)
            if kind is float:
                return encode_leaf(value) or value
            if value is None and not self.nulls:
                return {"$none": True}
            return value
        if kind is list:
            return [self.encode(item, depth + 1) for item in value]
        if kind is dict:
            return self._encode_dict(value, depth)
        if kind is tuple:
            return {"$tuple": [self.encode(item, depth + 2) for item in value]}
        if kind is set or kind is frozenset:
            items = [self.encode(item, depth + 2) for item in value]
            return {"$set" if kind is set else "$frozenset": sorted(items, key=repr)}
        leaf = encode_leaf(value)
        if leaf is not None:
            return leaf
        return self._encode_object(value, depth)

    def _encode_dict(self, value: dict[Any, Any], depth: int) -> Any:
        if not all(type(key) is str and is_writable_key(key) for key in value):
            return self._write_pairs(value, depth)
        if is_tagged(value) or is_look_alike(value):
            return self.write_verbatim(value, depth)
        return {key: self.encode(item, depth + 1) for key, item in value.items()}

    def _encode_object(self, value: Any, depth: int) -> Any:
        kind = get_type(value)
        if isinstance(value, Model):
            return self.write_model(value, depth)
        if isinstance(value, Enum):
            return self._encode_enum(value, depth)
        if isinstance(value, _CALLABLES):
            return {"$import": self._name_value(value)}
        hooked = self._encode_hooked(value, kind, depth)
        if hooked is not None:
            return hooked
        if callable(value):
            return {"$import": self._name_value(value)}
        if find_leaf(kind) is not None:
            msg = (
                f"{shorten(value)} could not be read back: a part of it, such as its time zone, is "
                "of a class that documents do not know. Give it one that they do, or an ObjLoader "
                "that builds it."
            )
            raise UnwritableError(msg)
        msg = (
            f"{shorten(value)} is a {kind.__module__}.{kind.__qualname__}, which documents cannot "
            "hold. Give plain data, an ObjLoader that builds it, or teach the converter the class "
            "with hooks."
        )
        raise UnwritableError(msg)

    def _name_value(self, value: Any) -> str:
        try:
            return self.name(value)
        except UnnameableError as error:
            raise UnwritableError(error.message) from error

    def _encode_enum(self, value: Enum, depth: int) -> Any:
        kind = type(value)
        import_string = self._name_value(kind)
        if value.name is not None and kind.__members__.get(value.name) is value:  # pyright: ignore[reportUnnecessaryComparison]
            return {"$enum": [import_string, value.name]}
        return {"$enum": [import_string, self.encode(None), self.encode(value.value, depth + 2)]}

    def _encode_hooked(self, value: Any, kind: Any, depth: int) -> Any:
        """
        Return an application's own object through its converter, or None.
        """
        converter = self.context.converter
        try:
            with as_values():
                data = converter.unstructure(value, kind)
        except CallsheetError:
            raise
        except Exception as error:
            msg = f"{shorten(value)} of {get_name(kind)} failed in the converter's hook: {error}."
            raise UnwritableError(msg) from error
        if data is value:
            if tuple not in kind.__mro__ or not hasattr(kind, "_fields"):
                return None
            data = list(value)  # a named tuple
        import_string = self._name_value(kind)
        if kind.__eq__ is object.__eq__ and is_record(kind):
            msg = (
                f"{shorten(value)} of {get_name(kind)} equals nothing but itself, so that what "
                "loads back would be unequal. Give the class an ==, or an ObjLoader that builds it."
            )
            raise UnwritableError(msg)
        encoded = self.encode(data, depth + 2)
        try:
            with as_values():
                loaded = converter.structure(copy_data(data), kind)
        except Exception as error:
            reasons = get_reasons(error)
            msg = f"{shorten(value)} of {get_name(kind)} does not load back: {reasons}."
            raise UnwritableError(msg) from error
        if kind.__eq__ is object.__eq__:  # the application has hooks for it
            is_restored = get_type(loaded) is kind and not _find_changes(loaded, value)
        else:
            is_restored = can_replace(loaded, value, compute=True)
        if not is_restored:
            names = _find_changes(loaded, value) if get_type(loaded) is kind else []
            changes = f", with other values of {', '.join(names)}" if names else ""
            msg = (
                f"{shorten(value)} of {get_name(kind)} loads back as {shorten(loaded)}{changes}. "
                "Correct the hooks of its converter, annotate the fields of the class, or give an "
                "ObjLoader that builds it."
            )
            raise UnwritableError(msg)
        return {"$object": [import_string, encoded]}


def _find_changes(loaded: Any, value: Any) -> list[str]:
    """
    Return the names of the attributes that would change.
    """
    after, before = get_attributes(loaded, value), get_attributes(value)
    return [
        name
        for name in sorted(before.keys() | after.keys())
        if not (name in before and name in after)
        or not can_replace(after[name], before[name], compute=True)
    ]


def _changes(reader: Any, value: Any) -> bool:
    try:
        return not same(reader(value), value)
    except Exception:
        return True
