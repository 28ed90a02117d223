"""
Classes that are parameterised with a class: ``ObjLoader[T]`` is one class.
"""

from __future__ import annotations

import copyreg
import os
import sys
from threading import RLock
from types import GenericAlias, UnionType
from typing import Any, ClassVar, TypeVar, get_origin
from weakref import WeakValueDictionary

from .._base import Model
from .._messages import get_name
from ..exceptions import ModelError

_cache: WeakValueDictionary[tuple[type, Any], ParametrizedType] = WeakValueDictionary()
_lock = RLock()  # reentrant: a finaliser of the user's may run while it is held


def _renew_lock() -> None:
    global _lock
    _lock = RLock()


if hasattr(os, "register_at_fork"):  # another thread may hold the lock, and is not in the child
    os.register_at_fork(after_in_child=_renew_lock)


def _get_other_any() -> Any:
    # The one of Python 3.10 is another, and nobody has it who has not imported it.
    return getattr(sys.modules.get("typing_extensions"), "Any", Any)


class ParametrizedType(type):
    """The metaclass of `Parametrized`, by which its classes pickle."""

    _origin: type | None
    _parameter: Any


def _reduce_class(cls: ParametrizedType) -> Any:
    origin = vars(cls).get("_origin")
    if origin is None:
        return cls.__qualname__
    return parametrize, (origin, cls._parameter)


copyreg.pickle(ParametrizedType, _reduce_class)


def parametrize(origin: type, parameter: Any) -> Any:
    """Return the subclass of *origin* that knows *parameter*; always the same."""
    with _lock:
        cls = _cache.get((origin, parameter))
        if cls is None:
            namespace = {
                "__slots__": (),
                "__module__": origin.__module__,
                # __name__ stays an identifier: cattrs generates code from it.
                "__qualname__": f"{origin.__qualname__}[{get_name(parameter)}]",
                "__doc__": origin.__doc__,
                "_origin": origin,
                "_parameter": parameter,
            }
            cls = ParametrizedType(origin.__name__, (origin,), namespace)
            _cache[origin, parameter] = cls
    return cls


def narrow(cls: Any, parameter: Any) -> Any:
    """
    Return the class that *cls* is for *parameter*, which a document names: one
    that knows no parameter, or that of a base class, gets it.
    """
    if cls._parameter is None:
        return parametrize(cls, parameter)
    origin: Any = cls.__dict__.get("_origin")
    return cls if origin is None or cls._parameter == parameter else parametrize(origin, parameter)


def is_narrower(parameter: Any, declared: Any) -> bool:
    """
    Whether instances of *parameter* are instances of *declared*, too, as the
    classes themselves say.
    """
    return isinstance(parameter, type) and declared in parameter.__mro__


class Parametrized(Model, metaclass=ParametrizedType):
    """A model class that can be given the class of what it makes."""

    __slots__ = ()

    _origin: ClassVar[type | None] = None
    _parameter: ClassVar[Any] = None

    def __class_getitem__(cls, parameter: Any) -> Any:
        if cls._parameter is not None:
            msg = f"Cannot parameterise {cls.__qualname__}[...] again: it has its class already."
            raise ModelError(msg, cls.__qualname__)
        if parameter is Any or parameter is _get_other_any():
            return cls  # what comes out of a document, or of an instance
        if isinstance(parameter, (TypeVar, tuple)):
            return super().__class_getitem__(parameter)  # type: ignore[misc]  # Generic's own
        made = parameter if isinstance(parameter, GenericAlias) else get_origin(parameter)
        if isinstance(parameter, UnionType) or not isinstance(
            made or parameter, (type, GenericAlias)
        ):
            msg = (
                f"Cannot parameterise {cls.__qualname__} with {parameter!r}: it takes a class. "
                "A factory goes into loader=CallableModel(factory)."
            )
            raise ModelError(msg, cls.__qualname__)
        return parametrize(cls, parameter)

    def __copy__(self) -> Any:
        return self
