"""
Objects of import strings among the loaded modules, and answers that count
while their guards hold.
"""

from __future__ import annotations

import sys
from collections.abc import Hashable, Iterator
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

Guards = tuple[Guard, ...]


class GuardedCache:
    """
    Answers by key, each with the guards that must hold when it is used again.

    A full cache starts again: what was asked for lately is soon back.
    """

    def __init__(self, limit: int) -> None:
        self._limit = limit
        # The first two guards, a module and a name in it, are laid flat for the hottest paths.
        self.entries: dict[Hashable, tuple[Any, ...]] = {}

    def __len__(self) -> int:
        return len(self.entries)

    def get(self, key: Hashable) -> Any:
        """Return the answer, or None if there is none or a watched name leads elsewhere now."""
        try:
            answer, modules, module_name, module, names, name, value, more = self.entries[key]
            if modules[module_name] is module and names[name] is value:
                for namespace, name, value in more:
                    if namespace.get(name) is not value:
                        return None
                return answer
        except KeyError:
            pass
        return None

    def put(self, key: Hashable, answer: Any, guards: Guards | None) -> None:
        """Keep an answer, unless it cannot be watched: then *guards* is None."""
        if guards is not None:
            if len(self.entries) >= self._limit:
                self.entries.clear()
            module, name, *more = guards
            self.entries[key] = (answer, *module, *name, more)


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
    guards: Guards | None
    owner: type | None = None
    raw: Any = None

    def watch(self, guards: Guards | None) -> Found:
        """Return the same with more guards."""
        both = None if self.guards is None or guards is None else (*self.guards, *guards)
        return Found(self.value, both, self.owner, self.raw)


def iterate_splits(string: ImportString) -> Iterator[tuple[str, tuple[str, ...], Guards]]:
    """
    Yield each way to read a path as a module and attributes, the longest module
    first, with the guards of the longer modules, as they were before they were tried.
    """
    longer: Guards = ()
    for module_name, attributes in string.splits:
        module = sys.modules.get(module_name)
        yield module_name, attributes, longer
        longer = (*longer, (sys.modules, module_name, module))


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
    guards: Guards = ((sys.modules, module_name, module), (namespace, attributes[0], value))
    found = Found(value, guards, None, value)
    for name in attributes[1:]:
        owner = found.value
        if not is_class(owner):
            return None
        raw, more = find_in_class(owner, name)
        value = MISSING if raw is MISSING else bind_to_class(raw, owner)
        if value is MISSING:
            return None
        guards = (*guards, *more)
        found = Found(value, guards, owner, raw)
    return found


def find_loaded(string: ImportString) -> Found | None:
    """
    Return what an import string leads to among the loaded modules, the longest
    module first, or None; nothing is imported.
    """
    for module_name, attributes, longer in iterate_splits(string):
        found = walk_attributes(module_name, attributes)
        if found is not None:
            return found.watch(longer)
    return None
