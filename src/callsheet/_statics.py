"""
Lookups that run no code of the objects they look at.
"""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from types import (
    BuiltinFunctionType,
    ClassMethodDescriptorType,
    FunctionType,
    MethodDescriptorType,
    MethodType,
    ModuleType,
    WrapperDescriptorType,
)
from typing import Any, Final, TypeGuard

__all__ = [
    "LRU_WRAPPER",
    "MISSING",
    "Guard",
    "bind_to_class",
    "find_in_class",
    "find_in_type",
    "get_class_dict",
    "get_module_dict",
    "get_mro",
    "get_partialmethod",
    "get_type",
    "is_class",
    "is_module",
    "is_same",
    "read_slot",
]

# A namespace, a name in it, and what stood there (None: nothing).
Guard = tuple[Mapping[str, Any], str, object]

MISSING: Final = object()
LRU_WRAPPER: Final[type] = type(functools.lru_cache(lambda: None))
_PLAIN: Final[tuple[type, ...]] = (
    FunctionType,
    BuiltinFunctionType,
    MethodDescriptorType,
    WrapperDescriptorType,
    LRU_WRAPPER,
    functools.partial,
)


def read_slot(owner: type, name: str) -> Any:
    """
    Return a function that reads a C level slot of *owner*'s instances, past
    every ``__getattribute__``, metaclass and property.
    """
    return vars(owner)[name].__get__


get_mro = read_slot(type, "__mro__")
get_class_dict = read_slot(type, "__dict__")
get_module_dict = read_slot(ModuleType, "__dict__")
_get_static_function = read_slot(staticmethod, "__func__")
_get_class_function = read_slot(classmethod, "__func__")
_get_method_function = read_slot(MethodType, "__func__")
_get_method_self = read_slot(MethodType, "__self__")


#: Return the class of a value, whatever its ``__class__`` pretends.
get_type: Callable[[object], Any] = type


def is_class(value: object) -> TypeGuard[type[Any]]:
    """Tell whether *value* is a class, whatever its ``__class__`` pretends."""
    return issubclass(type(value), type)


def is_module(value: object) -> TypeGuard[ModuleType]:
    """Tell whether *value* is a module, whatever its ``__class__`` pretends."""
    return issubclass(type(value), ModuleType)


def find_in_class(cls: type, name: str) -> tuple[Any, tuple[Guard, ...]]:
    """
    Return what the classes of the real MRO hold under *name*, or MISSING, and
    the guards of that answer.
    """
    guards: list[Guard] = []
    for base in get_mro(cls):
        namespace = get_class_dict(base)
        raw = namespace.get(name, MISSING)
        if raw is not MISSING:
            guards.append((namespace, name, raw))
            return raw, tuple(guards)
        guards.append((namespace, name, None))
    return MISSING, ()


def find_in_type(value: object, name: str) -> Any:
    """Return what the type of *value* holds under *name*, or MISSING."""
    return find_in_class(type(value), name)[0]


def bind_to_class(raw: Any, cls: type) -> Any:
    """
    Return what reading the class attribute *raw* through *cls* gives, or
    MISSING if only running foreign code could tell.
    """
    kind = get_type(raw)
    if _is_plain(kind) or is_class(raw):
        return raw
    getter = find_in_type(raw, "__get__")
    if getter is MISSING:
        return raw
    if getter is vars(staticmethod)["__get__"]:
        return _get_static_function(raw)
    if getter is vars(classmethod)["__get__"]:
        function: Any = _get_class_function(raw)
        kind = get_type(function)
        return MethodType(function, cls) if _is_plain(kind) else MISSING
    if kind is ClassMethodDescriptorType:
        return raw.__get__(None, cls)
    if kind is functools.partialmethod and type(raw.func) is FunctionType:
        return raw.__get__(None, cls)
    return MISSING


def _is_plain(kind: type) -> bool:
    # By identity: a set would ask the metaclass for a hash.
    return any(kind is plain for plain in _PLAIN)


def is_same(one: object, other: object) -> bool:
    """Tell whether two callables are one: the same object, or two readings of one bound method."""
    if one is other:
        return True
    kind = get_type(one)
    if kind is not type(other):
        return False
    if kind is MethodType:
        return _get_method_self(one) is _get_method_self(other) and is_same(
            _get_method_function(one), _get_method_function(other)
        )
    if kind is BuiltinFunctionType:  # C code: the same function on the same object
        return one == other
    if kind is FunctionType:
        mine, yours = get_partialmethod(one), get_partialmethod(other)
        return mine is not None and mine is yours
    return False


def get_partialmethod(value: Any) -> Any:
    """Return the partialmethod that made this function, or None."""
    if type(value) is not FunctionType:
        return None
    namespace: dict[str, Any] = vars(value)
    # Renamed in Python 3.13.
    made_by: Any = namespace.get("__partialmethod__", namespace.get("_partialmethod"))
    kind = get_type(made_by)
    return made_by if kind is functools.partialmethod else None
