"""
Methods of an executor's class that a model may name.
"""

from __future__ import annotations

import functools
from typing import Any, Final, NamedTuple, get_origin
from weakref import WeakKeyDictionary

from .._imports import ImportPolicy, check_object, get_import_string
from .._messages import get_close_names, get_name
from .._statics import MISSING, bind_to_class, find_in_class, get_class_dict, get_mro
from ..exceptions import ModelError, RefusedError

_BINDING = (classmethod, staticmethod, functools.partialmethod)


class Methods(NamedTuple):
    """The names of an executor's methods."""

    submit: str = "submit"
    map: str = "map"
    shutdown: str = "shutdown"


DEFAULT_METHODS: Final = Methods()

# What has been found in order: a class does not lose its methods.
_checked: WeakKeyDictionary[type, set[Methods]] = WeakKeyDictionary()


def check_methods(cls: Any, methods: Methods) -> None:
    """
    Raise a ModelError or a RefusedError unless each name is that of a public
    method of *cls*.

    The class is only looked at, its code and its metaclass's do not run. What
    is no class yet (the parameter of a factory's model) passes.
    """
    known = _checked.get(cls) if isinstance(cls, type) else None
    if known is not None and methods in known:
        return
    for role, name in methods._asdict().items():
        if not isinstance(name, str) or not name.isidentifier():  # pyright: ignore[reportUnnecessaryIsInstance]
            msg = f"Cannot use {name!r} as {role}_callable: it is not the name of a method."
            raise ModelError(msg, role)
        if name.startswith("_"):
            msg = (
                f"Cannot use {name!r} as {role}_callable: only public methods may be named. "
                "Name one without an underscore."
            )
            raise RefusedError(msg, name)
        if isinstance(cls, type) and not _is_method(cls, name):
            reason = f"{get_name(cls)} has no such method"
            msg = f"Cannot use {name!r} as {role}_callable: {reason}. {_get_hint(cls, name)}"
            raise ModelError(msg, name)
    if isinstance(cls, type):
        _checked.setdefault(cls, set()).add(methods)


def check_opened(policy: ImportPolicy, cls: Any, methods: Methods) -> None:
    """
    Raise a RefusedError if a document may not name these methods of *cls*:
    others than ``submit``, ``map`` and ``shutdown`` must be opened themselves.
    """
    cls = get_origin(cls) or cls
    for name in dict.fromkeys(methods):
        if name in DEFAULT_METHODS or policy.allows_any:
            continue
        if not isinstance(cls, type):
            msg = (
                f"Cannot use the method {name!r}: nothing tells the class of the executor, and so "
                "no entry opens it. A document may name submit, map and shutdown."
            )
            raise RefusedError(msg, name)
        method = bind_to_class(find_in_class(cls, name)[0], cls)
        check_object(policy, method, f"{get_import_string(cls)}.{name}")


def _is_method(cls: type, name: str) -> bool:
    raw, _ = find_in_class(cls, name)
    return raw is not MISSING and (callable(raw) or isinstance(raw, _BINDING))


def _get_hint(cls: type, name: str) -> str:
    found = {key for base in get_mro(cls)[:-1] for key in get_class_dict(base)}
    names = sorted(key for key in found if not key.startswith("_") and _is_method(cls, key))
    near = get_close_names(name, names, 3, 0.5) or names[:8]
    if not near:
        return "It has no public methods at all: wrap it in an adapter class."
    return f"Did you mean {', '.join(map(repr, near))}?"
