"""
Lookups that run no code of the objects they look at.
"""

from __future__ import annotations

import functools
import sys
from collections.abc import Mapping
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

import attrs

from ._grammar import ImportString

__all__ = [
    "LRU_WRAPPER",
    "MISSING",
    "Found",
    "Guard",
    "are_intact",
    "bind_to_class",
    "find_in_class",
    "find_in_type",
    "find_loaded",
    "get_class_dict",
    "get_module_dict",
    "get_mro",
    "get_partialmethod",
    "get_type",
    "is_class",
    "is_module",
    "is_same",
    "read_slot",
    "walk_attributes",
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


@attrs.frozen(eq=False, repr=False)
class Found:
    """
    An object, and how it was reached.

    Attributes:
        value: The object.

        guards: What has to stay as it is for the path to lead here; None if
            that cannot be watched.

        owner: The class that the last step was taken on, or None.

        raw: What stood in the namespace of the last step.
    """

    value: Any
    guards: tuple[Guard, ...] | None
    owner: type | None = None
    raw: Any = None


def get_type(value: object) -> type[Any]:
    """
    Return the class of *value*, whatever its ``__class__`` pretends.
    """
    return type(value)


def is_class(value: object) -> TypeGuard[type[Any]]:
    """
    Tell whether *value* is a class, whatever its ``__class__`` pretends.
    """
    return issubclass(type(value), type)


def is_module(value: object) -> TypeGuard[ModuleType]:
    """
    Tell whether *value* is a module, whatever its ``__class__`` pretends.
    """
    return issubclass(type(value), ModuleType)


def are_intact(guards: tuple[Guard, ...]) -> bool:
    """
    Tell whether every watched name still leads where it did.
    """
    for namespace, name, value in guards:  # noqa: SIM110  a generator takes twice as long
        if namespace.get(name) is not value:
            return False
    return True


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
    """
    Return what the type of *value* holds under *name*, or MISSING.
    """
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


def walk_attributes(module_name: str, attributes: tuple[str, ...]) -> Found | None:
    """
    Return what *attributes* lead to in a module that is loaded, or None.

    Modules that are attributes of modules end the walk, as instances do.
    """
    module = sys.modules.get(module_name)
    if not is_module(module):
        return None
    namespace = get_module_dict(module)
    value = namespace.get(attributes[0], MISSING)
    if value is MISSING:
        return None
    guards: list[Guard] = [
        (sys.modules, module_name, module),
        (namespace, attributes[0], value),
    ]
    found = Found(value, tuple(guards), None, value)
    for name in attributes[1:]:
        owner = found.value
        if not is_class(owner):
            return None
        raw, more = find_in_class(owner, name)
        value = MISSING if raw is MISSING else bind_to_class(raw, owner)
        if value is MISSING:
            return None
        guards.extend(more)
        found = Found(value, tuple(guards), owner, raw)
    return found


def find_loaded(string: ImportString) -> Found | None:
    """
    Return what an import string leads to among the loaded modules, the longest
    module first, or None; nothing is imported.
    """
    absent: list[Guard] = []
    for module_name, attributes in string.splits:
        found = walk_attributes(module_name, attributes)
        if found is not None:
            guards = (*absent, *(found.guards or ()))
            return attrs.evolve(found, guards=guards)
        if module_name not in sys.modules:
            absent.append((sys.modules, module_name, None))
    return None


def is_same(one: object, other: object) -> bool:
    """
    Tell whether two callables are one: the same object, or two readings of
    one bound method.
    """
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
    """
    Return the partialmethod that made this function, or None.
    """
    if type(value) is not FunctionType:
        return None
    namespace: dict[str, Any] = vars(value)
    # Renamed in Python 3.13.
    made_by: Any = namespace.get("__partialmethod__", namespace.get("_partialmethod"))
    kind = get_type(made_by)
    return made_by if kind is functools.partialmethod else None
