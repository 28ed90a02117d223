"""
The annotations of a callable, evaluated one by one.
"""

from __future__ import annotations

import builtins
import functools
import inspect
import sys
import types
import typing
from collections.abc import Iterator
from typing import Any

from .._statics import get_type


def resolve_annotations(target: Any, /) -> dict[str, Any]:
    """
    Return the annotations of a callable's parameters, by name.

    A parameter whose annotation cannot be evaluated here (a name that exists
    for type checkers alone) is left out; the others are not affected. A
    parameter with the default None takes None too.
    """
    try:
        function, owner = _find_function(target)
        written = {} if function is None else dict(_get_written(function))
    except Exception:  # an object may answer to a name in any way
        return {}
    written.pop("return", None)
    if not written:
        return {}
    optional = _get_none_defaults(function)
    resolved: dict[str, Any] = {}
    for name, annotation in written.items():
        try:
            value = _evaluate(name, annotation, function, owner)
            resolved[name] = typing.Optional[value] if name in optional else value  # noqa: UP045
        except Exception:
            continue
    return resolved


def _find_function(target: Any) -> tuple[Any, Any]:
    """
    Return the function whose parameters the callable has, and the class it is
    the constructor of.
    """
    if isinstance(target, functools.partial):
        return _find_function(target.func)
    if inspect.ismethod(target):
        return _find_function(target.__func__)
    if isinstance(target, type):
        return _find_constructor(target), target
    if not hasattr(target, "__code__") and not hasattr(target, "__wrapped__"):
        call: Any = _find_attribute(get_type(target), "__call__")
        return call, None
    return inspect.unwrap(target, stop=lambda item: hasattr(item, "__signature__")), None


def _find_constructor(cls: Any) -> Any:
    for owner, name in ((get_type(cls), "__call__"), (cls, "__new__"), (cls, "__init__")):
        function = _find_attribute(owner, name)
        if function is not None:
            return function
    return None


def _find_attribute(owner: Any, name: str) -> Any:
    function = getattr(owner, name, None)
    return function if isinstance(function, types.FunctionType) else None


def _get_written(function: Any) -> dict[str, Any]:
    signature = getattr(function, "__signature__", None)
    if not isinstance(signature, inspect.Signature):
        return typing.cast("dict[str, Any]", function.__annotations__)
    return {
        name: parameter.annotation
        for name, parameter in signature.parameters.items()
        if parameter.annotation is not parameter.empty
    }


def _get_none_defaults(function: Any) -> set[str]:
    code = getattr(function, "__code__", None)
    if code is None:
        return set()
    values: tuple[Any, ...] = function.__defaults__ or ()
    names: tuple[str, ...] = code.co_varnames[: code.co_argcount]
    defaults = dict(zip(names[len(names) - len(values) :], values, strict=True))
    defaults.update(function.__kwdefaults__ or {})
    return {name for name, default in defaults.items() if default is None}


class _Annotated:
    """An object that has nothing but annotations, as `typing` looks for them."""

    def __init__(self, annotations: dict[str, Any]) -> None:
        self.__annotations__ = annotations


def _evaluate(name: str, annotation: Any, function: Any, owner: Any) -> Any:
    if get_type(annotation) is type:
        return annotation
    holder: Any = _Annotated({name: annotation})
    error: Exception = NameError(name)
    for global_names, local_names in _get_namespaces(name, function, owner):
        if type(annotation) is str:  # most are the plain name of a class
            known = local_names.get(annotation, global_names.get(annotation))
            found = vars(builtins).get(annotation) if known is None else known
            if get_type(found) is type:
                return found
        try:
            hints = typing.get_type_hints(holder, global_names, local_names, include_extras=True)
        except Exception as caught:  # evaluating may run into anything
            error = caught
        else:
            return hints[name]
    raise error


def _get_namespaces(
    name: str, function: Any, owner: Any
) -> Iterator[tuple[dict[str, Any], dict[str, Any]]]:
    parameters = {item.__name__: item for item in getattr(function, "__type_params__", ())}
    # A generated ``__init__`` has fields of all base classes: each is evaluated
    # where its class was written.
    bases: list[Any] = [] if owner is None else list(owner.__mro__)
    bases.sort(key=lambda base: name not in inspect.get_annotations(base))
    for base in bases:
        module = sys.modules.get(base.__module__)
        if module is not None:
            yield vars(module), {**vars(base), **parameters}
    yield getattr(function, "__globals__", {}), parameters
