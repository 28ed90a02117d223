"""
Objects that import strings lead to among the loaded modules, and guards of
such answers.
"""

from __future__ import annotations

import sys
from typing import Any

import attrs

from .._statics import (
    MISSING,
    Guard,
    bind_to_class,
    find_in_class,
    get_module_dict,
    is_class,
    is_module,
)
from .grammar import ImportString


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


def are_intact(guards: tuple[Guard, ...]) -> bool:
    """
    Tell whether every watched name still leads where it did.
    """
    for namespace, name, value in guards:  # noqa: SIM110  a generator takes twice as long
        if namespace.get(name) is not value:
            return False
    return True


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
