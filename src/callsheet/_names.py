"""
Object to import string: the name that leads back to a callable.
"""

from __future__ import annotations

import builtins
import functools
import sys
import types
from collections.abc import Iterator
from typing import Any

from ._grammar import ImportString, split_import_string
from ._homes import get_home
from ._statics import (
    Guard,
    are_intact,
    find_loaded,
    get_class_dict,
    get_module_dict,
    get_mro,
    get_partialmethod,
    get_type,
    is_class,
    is_module,
    is_same,
    read_slot,
)
from .exceptions import ImportStringError, UnnameableError

__all__ = ["ImportString", "describe", "get_home", "get_import_string", "split_import_string"]

# Where the interpreter defines a thing, and where everybody imports it from.
_PUBLIC = {"posix": "os", "nt": "os"}
_FOUND_LIMIT = 512

_class_module = read_slot(type, "__module__")
_class_qualname = read_slot(type, "__qualname__")
_get_class_function = read_slot(classmethod, "__func__")

# Names that took a search: id -> object, name, guards.
_found: dict[int, tuple[object, str, tuple[Guard, ...]]] = {}


def get_import_string(obj: object) -> str:
    """
    Return the import string of a callable, resolved back among the loaded
    modules and compared.

    Raises:
        UnnameableError: No import string leads back to *obj*: it is a lambda,
            a local, bound to an instance of its own, or its name belongs to
            something else.
    """
    # The plain road: what a module holds under its own name.
    if type(obj) is types.FunctionType:
        module, qualname = obj.__module__, obj.__qualname__
    elif is_class(obj):
        module, qualname = _class_module(obj), _class_qualname(obj)
    else:
        return _search(obj)
    loaded = sys.modules.get(module) if type(module) is str else None
    if (
        type(loaded) is types.ModuleType
        and loaded.__dict__.get(qualname) is obj
        and (module == "__main__" or not module.startswith("_"))
    ):
        text = f"{module}.{qualname}"
        try:
            return split_import_string(text).text
        except ImportStringError as error:
            raise _unnameable(obj, f"{text!r} is no import string") from error
    return _search(obj)


def describe(obj: object) -> str:
    """
    Return what a message calls an object; runs none of its code.
    """
    home = get_home(obj)
    if home is None:
        return f"<{_class_qualname(type(obj))} object>"
    names_itself = is_class(obj) or isinstance(
        obj, (types.FunctionType, types.BuiltinFunctionType, types.MethodType)
    )
    return home if names_itself else f"<{_class_qualname(type(obj))} object, {home}>"


def _search(obj: Any) -> str:
    if not callable(obj):
        raise _unnameable(obj, "it is not callable", "Only callables are named.")
    known = _found.get(id(obj))
    if known is not None and known[0] is obj and are_intact(known[2]):
        return known[1]
    for text in _claim(obj):
        for spelling in _spell(text):
            guards = _lead_back(spelling, obj)
            if guards is not None:
                _remember(obj, spelling, guards)
                return spelling
    _refuse_locals(obj)
    for text in sorted(_scan(obj), key=_get_rank(obj)):
        guards = _lead_back(text, obj)
        if guards is not None:
            _remember(obj, text, guards)
            return text
    raise _unnameable(obj, _explain(obj))


def _remember(obj: object, text: str, guards: tuple[Guard, ...]) -> None:
    if len(_found) >= _FOUND_LIMIT:
        _found.clear()
    _found[id(obj)] = obj, text, guards


def _lead_back(text: str, obj: object) -> tuple[Guard, ...] | None:
    try:
        string = split_import_string(text)
    except ImportStringError:
        return None
    found = find_loaded(string)
    if found is None or not is_same(found.value, obj):
        return None
    return found.guards


def _claim(obj: Any) -> Iterator[str]:
    """
    Yield the names that the object itself suggests.
    """
    kind = get_type(obj)
    owner: Any = getattr(obj, "__self__", None) if kind in _BOUND else None
    made_by = get_partialmethod(obj)
    if kind in _BOUND and is_class(owner):
        yield from _claim_on_class(owner, obj)
    elif kind in _DESCRIPTORS:
        yield f"{get_import_string(obj.__objclass__)}.{obj.__name__}"
    elif made_by is not None:
        yield from _claim_partialmethod(made_by)
    elif is_class(obj) or kind is types.FunctionType:
        yield from _publish(get_home(obj) or "")
    elif kind not in _BOUND or owner is None or is_module(owner):
        module = _read(obj, "__module__")
        name = _read(obj, "__qualname__") or _read(obj, "__name__")
        if module is None and owner is None and name is not None:
            yield from _claim_on_builtins(name)
        if module is None and is_module(owner):
            module = get_module_dict(owner).get("__name__")
        if module and name:
            yield from _publish(f"{module}.{name}")


def _publish(home: str) -> Iterator[str]:
    module, _, name = home.partition(".")
    if module in _PUBLIC:
        yield f"{_PUBLIC[module]}.{name}"
    elif module.startswith("_") and not module.startswith("__"):
        yield f"{module[1:]}.{name}"
    yield home


def _claim_on_class(owner: type, obj: Any) -> Iterator[str]:
    stem = get_import_string(owner)
    name = _read(obj, "__name__")
    if name is not None:
        yield f"{stem}.{name}"
    function = getattr(obj, "__func__", None)
    for base in get_mro(owner):
        for other, raw in get_class_dict(base).items():
            if issubclass(type(raw), classmethod) and _get_class_function(raw) is function:
                yield f"{stem}.{other}"


def _claim_on_builtins(name: str) -> Iterator[str]:
    # str.maketrans: a static method that knows neither module nor class.
    for stem, cls in vars(builtins).items():
        if is_class(cls) and name in get_class_dict(cls):
            yield f"builtins.{stem}.{name}"


def _claim_partialmethod(made_by: Any) -> Iterator[str]:
    home = get_home(made_by) or ""
    stem = home.rpartition(".")[0]
    try:
        found = find_loaded(split_import_string(stem))
    except ImportStringError:
        return
    if found is not None and is_class(found.value):
        for name, raw in get_class_dict(found.value).items():
            if raw is made_by:
                yield f"{stem}.{name}"


def _spell(text: str) -> Iterator[str]:
    """
    Yield a dotted name, and with colons where a module hides its class.
    """
    yield text
    segments = text.split(".")
    for size in range(len(segments) - 1, 0, -1):
        if ".".join(segments[:size]) in sys.modules:
            yield f"{'.'.join(segments[:size])}:{'.'.join(segments[size:])}"


def _scan(obj: Any) -> list[str]:
    """
    Return the names that loaded modules have for an object.
    """
    hint = _read(obj, "__name__")
    modules = [
        (name, get_module_dict(module))
        for name, module in list(sys.modules.items())
        if is_module(module) and name != "__mp_main__"
    ]
    if hint is not None:
        hits = [f"{name}.{hint}" for name, held in modules if is_same(held.get(hint), obj)]
        if hits or type(obj) in _BOUND:
            return hits
    return [
        f"{name}.{attribute}"
        for name, held in modules
        for attribute, value in list(held.items())
        if value is obj and not attribute.startswith("__")
    ]


def _get_rank(obj: object) -> Any:
    package = (get_home(obj) or "").partition(".")[0].lstrip("_")

    def rank(text: str) -> tuple[bool, bool, int, str]:
        segments = text.split(".")
        private = any(segment.startswith("_") for segment in segments)
        return segments[0].lstrip("_") != package, private, len(segments), text

    return rank


def _refuse_locals(obj: object) -> None:
    home = get_home(obj)
    if home is None or not (type(obj) is types.FunctionType or is_class(obj)):
        return
    if "<lambda>" in home:
        raise _unnameable(obj, "it is a lambda")
    if "<locals>" in home:
        raise _unnameable(obj, "it is defined inside a function")
    for text in _spell(home):
        try:
            found = find_loaded(split_import_string(text))
        except ImportStringError as error:
            raise _unnameable(obj, f"{text!r} is no import string") from error
        if found is not None:
            raise _unnameable(obj, f"{text!r} leads to something else")


def _explain(obj: Any) -> str:
    if type(obj) in _BOUND and getattr(obj, "__self__", None) is not None:
        return "it is bound to an instance that no module holds"
    if issubclass(type(obj), functools.partial):
        return "it is a partial that no module holds"
    return "no loaded module holds it"


def _unnameable(
    obj: object,
    reason: str,
    remedy: str = "Define it at the top level of a module, under a name of its own.",
) -> UnnameableError:
    subject = describe(obj)
    return UnnameableError(f"Cannot name {subject}: {reason}. {remedy}", subject)


def _read(obj: Any, name: str) -> str | None:
    # The program's own object: its attributes may run, but not fail us.
    try:
        value = getattr(obj, name, None)
    except Exception:
        return None
    return value if type(value) is str else None


_BOUND = (types.MethodType, types.BuiltinFunctionType)
_DESCRIPTORS = (
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.ClassMethodDescriptorType,
)
