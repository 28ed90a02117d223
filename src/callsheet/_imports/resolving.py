"""
Objects of import strings that the program itself wrote.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable
from types import MethodType
from typing import Any

from .._messages import get_close_names, shorten
from .._statics import (
    MISSING,
    bind_to_class,
    find_in_class,
    find_in_type,
    get_module_dict,
    is_class,
    is_module,
    is_same,
)
from ..exceptions import ImportFailedError, ModelError, ResolveError
from .grammar import ImportString, split_import_string
from .guards import Found, GuardedCache, Guards, iterate_splits


def _is_deferred(module: Any) -> bool:
    util = sys.modules.get("importlib.util")  # nobody else makes such modules
    return util is not None and type(module) is vars(util).get("_LazyModule")


def load_module(name: str, string: ImportString) -> Any:
    """
    Return what ``sys.modules`` holds as *name*, imported if need be, or None if
    there is no such module.

    Raises:
        ImportFailedError: The module is there, and importing it failed.
    """
    module: Any = sys.modules.get(name)
    if module is None or _is_initializing(module):
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            missing = error.name
            if missing is not None and f"{name}.".startswith(f"{missing}."):
                return None
            raise import_failed(string, name, error) from error
        except (Exception, SystemExit) as error:
            raise import_failed(string, name, error) from error
        module = sys.modules.get(name)
    if _is_deferred(module):
        try:
            vars(module)  # a deferred import is still the same import
        except (Exception, SystemExit) as error:
            raise import_failed(string, name, error) from error
    return module


def _is_initializing(module: object) -> bool:
    # Another thread may be half way through the import: wait for it.
    spec: Any = get_module_dict(module).get("__spec__") if is_module(module) else None
    return getattr(spec, "_initializing", False) is True


def import_failed(string: ImportString, name: str, error: BaseException) -> ImportFailedError:
    """Return the error of a module that is there and cannot be imported."""
    subject = shorten(string.text)
    if isinstance(error, ModuleNotFoundError) and error.name is not None:
        message = (
            f"Cannot resolve {subject}: importing {name!r} failed, for it needs the module "
            f"{error.name!r}, which is not installed. Install that dependency."
        )
    else:
        message = (
            f"Cannot resolve {subject}: importing {name!r} failed with "
            f"{type(error).__qualname__}: {_tell(error)}. Repair that module first."
        )
    return ImportFailedError(message, string.text)


def not_found(string: ImportString, reason: str, names: Iterable[object] = ()) -> ResolveError:
    """Return the error of a path that leads nowhere, with the nearest names."""
    known = [name for name in names if type(name) is str and not name.startswith("_")]
    near = get_close_names(string.segments[-1], known, n=3, cutoff=0.6)
    remedy = (
        f"Did you mean {' or '.join(map(repr, near))}?"
        if near
        else "Write the name under which Python itself would import it."
    )
    return ResolveError(f"Cannot resolve {shorten(string.text)}: {reason}. {remedy}", string.text)


def _tell(error: BaseException) -> str:
    try:
        text = str(error).rstrip(".")
    except Exception:
        return "no message"
    return text if len(text) <= 200 else f"{text[:200]}..."


_is_callable = callable  # get_callable_from_string has a parameter of that name

#: What the program's own import strings have led to; builds test entries of functions inline.
resolved = GuardedCache(1024)
resolved_entries = resolved.entries


def resolve_import_string(text: str) -> Any:
    """
    Return the object that an import string of the program's own leads to.

    Side effects:

    - the module is imported,
    - reading attributes may run code, as it does in Python.

    Raises:
        ImportStringError: *text* is no import string.

        ImportFailedError: The module is there, importing it failed.

        ResolveError: There is no such module or no such name in it.
    """
    known = resolved.get(text) if type(text) is str else None
    if known is not None:
        return known
    string = split_import_string(text)
    found = find_trusted(string)
    resolved.put(string.text, found.value, found.guards)
    return found.value


def get_callable_from_string(callable: str, bind: Any = None) -> Any:
    """
    Return the callable that an import string leads to.

    The string is taken as the program's own: it is resolved under no policy.

    Args:
        callable: ``pkg.mod.fn`` or ``pkg.mod:Outer.fn``.

        bind: An instance to bind a method to that the string names through
            its class. Without it, such a callable takes the instance first.

    Raises:
        ImportStringError: *callable* is no import string.

        ResolveError: It leads to nothing, or to nothing callable.

        ModelError: There is nothing to bind *bind* to.
    """
    if bind is None:
        value = resolve_import_string(callable)
        if not _is_callable(value):
            check_callable(split_import_string(callable), value)
        return value
    string = split_import_string(callable)
    found = find_trusted(string)
    check_callable(string, found.value)
    subject = shorten(callable)
    if found.owner is None:
        raise _unbindable(bind, subject, "it is reached through no class")
    if not isinstance(bind, found.owner):
        raise _unbindable(bind, subject, f"that is no {found.owner.__qualname__}")
    getter = find_in_type(found.raw, "__get__")
    if getter is MISSING or is_class(found.raw) or isinstance(found.raw, staticmethod):
        raise _unbindable(bind, subject, "it takes no instance")
    bound = getter(found.raw, bind, type(bind))
    if getattr(bound, "__self__", MISSING) is not bind and not _is_bound_partial(bound):
        raise _unbindable(bind, subject, "it takes no instance")
    return bound


def _is_bound_partial(bound: Any) -> bool:
    return isinstance(getattr(bound, "func", None), MethodType)


def _unbindable(bind: Any, subject: str, reason: str) -> ModelError:
    message = (
        f"Cannot bind {shorten(bind)} to {subject}: {reason}. "
        "Leave out bind=, or name a method of its class."
    )
    return ModelError(message, subject)


def check_callable(string: ImportString, value: object) -> None:
    """Raise a ResolveError unless *value* is a callable."""
    if is_module(value) or not callable(value):
        kind = "a module" if is_module(value) else f"of type {type(value).__qualname__}"
        raise not_found(string, f"what it leads to is {kind} and cannot be called")


def find_trusted(string: ImportString) -> Found:
    """Resolve as Python does: the longest module first, then its attributes."""
    error: ResolveError | None = None
    for module_name, attributes, longer in iterate_splits(string):
        module = load_module(module_name, string)
        if module is None:
            continue
        try:
            return _read_attributes(string, module_name, module, attributes).watch(longer)
        except ResolveError as missing:
            error = error or missing
    raise error or not_found(string, f"there is no module {string.splits[-1][0]!r}")


def _read_attributes(
    string: ImportString, module_name: str, module: Any, attributes: tuple[str, ...]
) -> Found:
    guards: Guards | None = ((sys.modules, module_name, module),)
    value: Any = module
    owner: type | None = None
    raw: Any = None
    for name in attributes:
        owner = value if is_class(value) else None
        raw, more = _look(value, name)
        try:
            value = getattr(value, name)
        except AttributeError as error:
            where = f"module {module_name!r}" if is_module(value) else shorten(value)
            raise not_found(string, f"{where} has no {name!r}", _list_names(value)) from error
        except (Exception, SystemExit) as error:
            raise import_failed(string, module_name, error) from error
        expected = raw if owner is None or raw is MISSING else bind_to_class(raw, owner)
        is_static = raw is not MISSING and is_same(expected, value)
        guards = (*guards, *more) if guards is not None and is_static else None
    return Found(value, guards, owner, raw)


def _look(value: Any, name: str) -> tuple[Any, Guards]:
    if is_module(value):
        namespace = get_module_dict(value)
        raw = namespace.get(name, MISSING)
        return raw, ((namespace, name, raw),)
    if is_class(value):
        return find_in_class(value, name)
    return MISSING, ()


def _list_names(value: Any) -> list[str]:
    try:
        return dir(value)
    except Exception:
        return []
