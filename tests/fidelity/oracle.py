"""
DESIGN's call rule, written a second time with `inspect` alone.
"""

from __future__ import annotations

import inspect
from inspect import Parameter
from typing import Any

from callsheet import ObjLoader

Arguments = tuple[tuple[Any, ...], dict[str, Any]]

PREFIX = (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)


def bind_partial(signature: inspect.Signature, arguments: Arguments) -> dict[str, Any]:
    """
    Return the arguments by parameter.

    Before 3.13 (python/cpython#87106), `inspect` refuses the name of a
    positional-only parameter among var-keyword arguments, which a call takes.
    """
    args, kwargs = arguments
    star = next(
        (p.name for p in signature.parameters.values() if p.kind is Parameter.VAR_KEYWORD), None
    )
    if star is None:
        return dict(signature.bind_partial(*args, **kwargs).arguments)
    by_name = (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
    named = {n for n, p in signature.parameters.items() if p.kind in by_name}
    bound = signature.bind_partial(*args, **{n: v for n, v in kwargs.items() if n in named})
    extras = {n: v for n, v in kwargs.items() if n not in named}
    return {**bound.arguments, **({star: extras} if extras else {})}


def merge_arguments(
    signature: inspect.Signature, defaults: dict[str, Any], stored: Arguments, given: Arguments
) -> Arguments:
    """
    Return the plain call in which what is given replaces what is stored.

    Args:
        signature: The signature, which needs no defaults.

        defaults: What fills the gap before var-positional arguments.

        stored: The stored arguments.

        given: The given ones.
    """
    old = bind_partial(signature, stored)
    new = bind_partial(signature, given)
    merged = {**old, **new}
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    n_positional = max(len(stored[0]), len(given[0]))
    parameters = signature.parameters.values()
    star = next((p.name for p in parameters if p.kind is Parameter.VAR_POSITIONAL), None)
    rest = (new.get(star) or old.get(star) or ()) if star is not None else ()
    for i, parameter in enumerate(parameters):
        name = parameter.name
        if parameter.kind in PREFIX and rest:
            args.append(merged[name] if name in merged else defaults[name])
        elif parameter.kind is Parameter.VAR_POSITIONAL:
            args.extend(rest)
        elif parameter.kind is Parameter.VAR_KEYWORD:
            kwargs.update(old.get(name, {}))
            kwargs.update(new.get(name, {}))
        elif name in merged:
            if parameter.kind is Parameter.POSITIONAL_ONLY or (
                parameter.kind in PREFIX and i < n_positional
            ):
                args.append(merged[name])
            else:
                kwargs[name] = merged[name]
    return tuple(args), kwargs


def build_loaders(value: Any) -> Any:
    """
    Return a stored value as it is passed: with its loaders' objects.
    """
    if not holds_loader(value):
        return value
    if isinstance(value, ObjLoader):
        return value.load()
    if type(value) is list:
        return [build_loaders(item) for item in value]
    if type(value) is tuple:
        return tuple(build_loaders(item) for item in value)
    if type(value) is dict:
        return {key: build_loaders(item) for key, item in value.items()}
    return value


def holds_loader(value: Any) -> bool:
    """
    Whether a plain container or the value itself is a loader.
    """
    if isinstance(value, ObjLoader):
        return True
    if type(value) in (list, tuple):
        return any(holds_loader(item) for item in value)
    return type(value) is dict and any(holds_loader(item) for item in value.values())
