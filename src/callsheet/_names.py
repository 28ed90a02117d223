"""
Object to import string: the name that leads back to a callable.
"""

from __future__ import annotations

import functools
import sys
import types
from itertools import chain
from typing import Any

from ._claims import (
    RENAMING,
    claim_names,
    get_owner,
    is_bound,
    is_private,
    scan_names,
    scan_public,
    spell_name,
)
from ._grammar import ImportString, split_import_string
from ._guards import are_intact, find_loaded
from ._homes import get_home
from ._statics import Guard, get_type, is_class, is_same, read_slot
from .exceptions import ImportStringError, UnnameableError

__all__ = ["ImportString", "describe", "get_home", "get_import_string", "split_import_string"]

_LIMIT = 512
_REMEDY = "Define it at the top level of a module, under a name of its own."

_class_module = read_slot(type, "__module__")
_class_qualname = read_slot(type, "__qualname__")

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
    """
    Return what a message calls an object; runs none of its code.
    """
    home = get_home(obj)
    kind = get_type(obj)
    if home is None:
        return f"<{_class_qualname(kind)} object>"
    if is_class(obj) or kind is types.FunctionType or is_bound(obj):
        return home
    return f"<{_class_qualname(kind)} object, {home}>"


def _search(obj: object) -> str:
    known = _found.get(id(obj))
    if known is not None and known[0] is obj and are_intact(known[2]):
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
    if found.guards is not None:
        if len(_found) >= _LIMIT:
            _found.clear()
        _found[id(obj)] = obj, text, found.guards
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
