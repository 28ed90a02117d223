"""
Import strings of objects: the names that lead back to a callable.
"""

from __future__ import annotations

import functools
import sys
import types
from collections.abc import Iterator
from itertools import chain
from typing import Any

from .._statics import (
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
from ..exceptions import ImportStringError, UnnameableError
from .grammar import split_import_string
from .guards import GuardedCache, find_loaded
from .homes import DESCRIPTORS, get_class_module, get_class_qualname, get_home

# Where the interpreter defines a thing, and where everybody imports it from.
_PUBLIC = {"posix": "os", "nt": "os"}
#: Homes that are not on every Python from 3.10 on, and names that were there before.
_RENAMED = {
    "enum.EnumType": "enum.EnumMeta",
    "genericpath.isjunction": "posixpath.isjunction",
    "genericpath.islink": "posixpath.islink",
    "genericpath.lexists": "posixpath.lexists",
    "importlib.resources.abc": "importlib.abc",
    "importlib.resources.readers": "importlib.readers",
    "re.PatternError": "re.error",
}
#: The modules of those, in which an object's own name is not looked up first.
RENAMING = frozenset({*_RENAMED, *(home.rpartition(".")[0] for home in _RENAMED)})
_get_class_function = read_slot(classmethod, "__func__")


def is_bound(obj: object) -> bool:
    """Return whether an object is of a kind that knows what it is bound to."""
    kind = get_type(obj)  # compared by identity, past any metaclass
    return kind is types.MethodType or kind is types.BuiltinFunctionType


def get_owner(obj: Any) -> Any:
    """Return what a bound method is bound to, or None."""
    return obj.__self__ if is_bound(obj) else None


def claim_names(obj: Any) -> Iterator[str]:
    """Yield the dotted names that the object itself suggests."""
    kind = get_type(obj)
    owner = get_owner(obj)
    made_by = get_partialmethod(obj)
    if is_class(owner):
        yield from _claim_on_class(owner, obj)
    elif any(kind is descriptor for descriptor in DESCRIPTORS):
        for stem in claim_names(obj.__objclass__):
            yield f"{stem}.{obj.__name__}"
    elif made_by is not None:
        yield from _claim_partialmethod(made_by)
    elif is_class(obj) or kind is types.FunctionType:
        home = get_home(obj) or ""
        yield from _publish(home)
        if "<locals>" in home:  # os.fsencode: made by a function, and held by the module
            yield f"{_read(obj, '__module__')}.{_read(obj, '__name__')}"
    elif owner is None or is_module(owner):
        module = _read(obj, "__module__")
        name = _read(obj, "__qualname__") or _read(obj, "__name__")
        if module is None and is_module(owner):
            module = get_module_dict(owner).get("__name__")
        if module and name:
            yield from _publish(f"{module}.{name}")
        elif name and owner is None:
            yield f"builtins.{name}"  # str.maketrans knows neither module nor class


def scan_names(obj: Any) -> list[str]:
    """
    Return the names that loaded modules have for an object, the nearest to its
    home and the most public first.
    """
    modules = [
        (name, get_module_dict(module))
        for name, module in list(sys.modules.items())
        if is_module(module) and name != "__mp_main__"
    ]
    package = (get_home(obj) or "").partition(".")[0].lstrip("_")

    def rank(text: str) -> tuple[bool, bool, int, str]:
        segments = text.split(".")
        is_private = any(segment.startswith("_") for segment in segments)
        return segments[0].lstrip("_") != package, is_private, len(segments), text

    hint = _read(obj, "__name__")
    names = [f"{name}.{hint}" for name, held in modules if is_same(held.get(hint or ""), obj)]
    if not names and not is_bound(obj):
        names = [
            f"{name}.{attribute}"
            for name, held in modules
            for attribute, value in list(held.items())
            if value is obj
        ]
    return sorted(names, key=rank)


def scan_public(obj: Any) -> Iterator[str]:
    """
    Yield the public names that modules of the standard library have for one of
    its objects, those that a module offers in ``__all__`` first: they lead to
    it on other Pythons too, where its home may be elsewhere.
    """
    home, path = _split_home(get_home(obj) or "")
    package = home.partition(".")[0]
    stdlib = sys.stdlib_module_names
    if package not in stdlib:
        return
    if "<locals>" in path:  # made by a function, and held by a module
        path = path[-1:]
    sought, rest = obj, path[1:]
    if rest and home in sys.modules:  # a method goes by the name of its class, or of a subclass
        sought = get_module_dict(sys.modules[home]).get(path[0], obj)
    ranked: list[tuple[int, bool, int, int, int, str]] = []
    stem = package.lstrip("_").removeprefix("frozen_")
    for name, module in list(sys.modules.items()):
        top = name.partition(".")[0]
        if is_private(name) or top not in stdlib or not is_module(module):
            continue
        held = get_module_dict(module)
        offered: Any = held.get("__all__", ())
        for attribute, value in list(held.items()):
            is_subclass = bool(rest) and is_class(value) and sought in get_mro(value)
            if (value is sought or is_subclass) and not attribute.startswith("_"):
                text = ".".join([name, attribute, *rest])
                rank = (
                    get_mro(value).index(sought) if is_subclass else 0,
                    attribute not in offered,
                    -len(top) if stem.startswith(top) else 0,
                    -len(attribute) if path[:1] and path[0].endswith(attribute) else 0,
                    text.count("."),
                    text,
                )
                ranked.append(rank)
    yield from [rank[-1] for rank in sorted(ranked)]


def is_private(text: str) -> bool:
    """Return whether a segment of a dotted name is private."""
    return text.startswith("_") or "._" in text or ":_" in text


def spell_name(text: str) -> Iterator[str]:
    """
    Yield a dotted name, and then with a colon behind each loaded module in it,
    for a module can hide a class of the same name.
    """
    yield text
    for module, path in _cut(text):
        if module in sys.modules:
            yield f"{module}:{'.'.join(path)}"


def _cut(text: str) -> Iterator[tuple[str, list[str]]]:
    segments = text.split(".")
    for size in range(len(segments) - 1, 0, -1):
        yield ".".join(segments[:size]), segments[size:]


def _split_home(home: str) -> tuple[str, list[str]]:
    """Return the loaded module in a dotted name, and the path behind it."""
    for module, path in _cut(home):
        if is_module(sys.modules.get(module)):
            return module, path
    first, *rest = home.split(".")
    return first, rest


def _publish(home: str) -> Iterator[str]:
    for new, old in _RENAMED.items():
        if f"{home}.".startswith(f"{new}."):
            yield old + home[len(new) :]
    module, _, name = home.partition(".")
    if module in _PUBLIC:
        yield f"{_PUBLIC[module]}.{name}"
    elif module.startswith("_") and not module.startswith("__"):
        yield f"{module[1:]}.{name}"
    held_by, path = _split_home(home)
    package, private, _ = held_by.partition("._")
    if private:  # what a private module defines is imported from a package around it
        segments = package.split(".")
        for size in range(1, len(segments) + 1):
            yield ".".join([*segments[:size], *path])
    yield home


def _claim_on_class(owner: type[Any], obj: Any) -> Iterator[str]:
    stems = list(claim_names(owner))
    names = [obj.__name__] if _read(obj, "__name__") is not None else []
    function: object = getattr(obj, "__func__", None)
    for base in get_mro(owner):
        for name, raw in get_class_dict(base).items():
            if issubclass(get_type(raw), classmethod) and _get_class_function(raw) is function:
                names.append(name)
    yield from [f"{stem}.{name}" for name in names for stem in stems]


def _claim_partialmethod(made_by: Any) -> Iterator[str]:
    module, _, path = (get_home(made_by) or "").rpartition(".")[0].rpartition(".")
    holder = sys.modules.get(module)
    cls = get_module_dict(holder).get(path) if is_module(holder) else None
    if is_class(cls):
        for name, raw in get_class_dict(cls).items():
            if raw is made_by:
                yield f"{module}.{path}.{name}"


def _read(obj: Any, name: str) -> str | None:
    # The program's own object: its attributes may run, but not fail us.
    try:
        value = getattr(obj, name, None)
    except Exception:
        return None
    return value if type(value) is str else None


_REMEDY = "Define it at the top level of a module, under a name of its own."

# Names that took a search, by id: the object, which keeps its id, and its name.
_named = GuardedCache(512)


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
        module, qualname = get_class_module(obj), get_class_qualname(obj)
    else:
        return _search(obj)
    loaded = sys.modules.get(module) if type(module) is str else None
    if (
        type(loaded) is types.ModuleType
        and loaded.__dict__.get(qualname) is obj
        and (module == "__main__" or not (is_private(module) or qualname.startswith("_")))
        and module not in RENAMING
    ):
        try:
            string = split_import_string(f"{module}.{qualname}")
        except ImportStringError:
            return _search(obj)
        if string.dunder is None:
            return string.text
    return _search(obj)


def describe(obj: object) -> str:
    """Return what a message calls an object; runs none of its code."""
    home = get_home(obj)
    kind = get_type(obj)
    if home is None:
        return f"<{get_class_qualname(kind)} object>"
    if is_class(obj) or kind is types.FunctionType or is_bound(obj):
        return home
    return f"<{get_class_qualname(kind)} object, {home}>"


def _search(obj: object) -> str:
    known: tuple[object, str] | None = _named.get(id(obj))
    if known is not None and known[0] is obj:
        return known[1]
    if not callable(obj):
        raise _unnameable(obj, "it is not callable", "Only callables are named.")
    claims = [text for claim in claim_names(obj) for text in spell_name(claim)]
    public = [text for text in claims if not is_private(text)]
    for text in chain(public, scan_public(obj), claims):
        if _leads_back(text, obj):
            return text
    _refuse_locals(obj)
    for text in scan_names(obj):
        if _leads_back(text, obj):
            return text
    raise _unnameable(obj, *_explain(obj))


def _leads_back(text: str, obj: object) -> bool:
    try:
        string = split_import_string(text)
    except ImportStringError:
        return False
    found = find_loaded(string)
    if found is None or string.dunder is not None or not is_same(found.value, obj):
        return False
    _named.put(id(obj), (obj, text), found.guards)
    return True


def _refuse_locals(obj: object) -> None:
    owner = get_owner(obj)
    named: object = owner if is_class(owner) else obj
    home = get_home(named)
    if home is None or not (type(named) is types.FunctionType or is_class(named)):
        return
    if "<lambda>" in home:
        raise _unnameable(obj, "it is a lambda")
    if "<locals>" in home:
        remedy = f"{_REMEDY[:-1]}; a decorator needs functools.wraps."
        raise _unnameable(obj, f"{home!r} is defined inside a function", remedy)
    for text in spell_name(home):
        try:
            string = split_import_string(text)
        except ImportStringError as error:
            raise _unnameable(obj, f"{text!r} is no import string") from error
        if string.dunder is not None:
            raise _unnameable(obj, f"no document may name {string.dunder!r}")
        found = find_loaded(string)
        if found is not None and not is_same(found.value, obj) and named is obj:
            raise _unnameable(obj, f"{text!r} leads to something else")


def _explain(obj: Any) -> tuple[str, str]:
    if get_owner(obj) is not None:
        return (
            "it is bound to an instance that no module holds",
            "Name the method through its class, and hand the instance over as bind=.",
        )
    if issubclass(get_type(obj), functools.partial):
        return "it is a partial that no module holds", _REMEDY
    return "no loaded module holds it", _REMEDY


def _unnameable(obj: object, reason: str, remedy: str = _REMEDY) -> UnnameableError:
    subject = describe(obj)
    return UnnameableError(f"Cannot name {subject}: {reason}. {remedy}", subject)
