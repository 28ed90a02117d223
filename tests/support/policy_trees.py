"""
Random module trees, imported from memory, that know the truth about
themselves: where each object was made, whatever it is called elsewhere.
"""

from __future__ import annotations

import functools
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from random import Random
from types import FunctionType, MethodType, ModuleType
from typing import Any

import attrs

PACKAGES = ("tree", "tree.sub", "alien")
MODULES = ("alien", "_tree", "tree", "tree.sub", "tree.sub.deep", "tree._core", "treehouse")
NAMES = ("f", "g", "K", "L", "sub", "deep", "_p", "x")
KINDS = (
    "function",
    "class",
    "metaclass",
    "reexport",
    "module",
    "partial",
    "instance",
    "bound",
    "cached",
    "lambda",
    "constant",
)
MEMBERS = ("function", "static", "class", "nested", "foreign", "foreign static", "property")


@attrs.frozen
class Definition:
    """
    One statement of a module: a name, what it is bound to, and numbers that
    choose among what is there when the module runs.
    """

    name: str
    kind: str
    choice: int
    members: tuple[tuple[str, str, int], ...]


@attrs.frozen
class Source:
    """
    A module: its definitions, its ``__all__`` and what ``__getattr__`` gives.
    """

    definitions: tuple[Definition, ...]
    exports: tuple[str, ...] | None
    lazy: tuple[tuple[str, int], ...]


def make_sources(random: Random) -> dict[str, Source]:
    """
    Return the modules of a random tree.
    """

    def make_name() -> str:
        return random.choice(NAMES)

    def make_definition() -> Definition:
        members = [
            (make_name(), random.choice(MEMBERS), random.randrange(1000))
            for _ in range(random.randrange(4))
        ]
        return Definition(make_name(), random.choice(KINDS), random.randrange(1000), tuple(members))

    def make_names() -> tuple[str, ...] | None:
        return random.choice([None, tuple(make_name() for _ in range(random.randrange(6)))])

    return {
        module: Source(
            tuple(make_definition() for _ in range(random.randrange(7))),
            make_names(),
            tuple((make_name(), random.randrange(1000)) for _ in range(random.randrange(3))),
        )
        for module in MODULES
    }


class Betrayer(type):
    """
    A metaclass that hands out anything, and minds being compared.
    """

    loot: Any = None

    def __getattr__(cls, name: str) -> Any:
        if name.startswith("__"):
            raise AttributeError(name)
        return Betrayer.loot

    def __eq__(cls, other: object) -> bool:
        raise AssertionError("compared")

    __hash__ = type.__hash__


class Tree(importlib.abc.MetaPathFinder, importlib.abc.Loader):
    """
    Imports the modules of one example, and keeps what they made.

    Attributes:
        made: Every object, with the homes that it really has.

        imported: The modules that have been imported, in order.
    """

    def __init__(self, sources: dict[str, Source]) -> None:
        self.sources = sources
        self.made: dict[int, tuple[Any, tuple[str, ...]]] = {}
        self.pool: list[Any] = []
        self.imported: list[str] = []
        Betrayer.loot = self.make_function("alien", "loot")

    def find_spec(
        self, name: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> importlib.machinery.ModuleSpec | None:
        if name not in self.sources:
            return None
        return importlib.machinery.ModuleSpec(name, self, is_package=name in PACKAGES)

    def exec_module(self, module: ModuleType) -> None:
        name = module.__name__
        self.imported.append(name)
        source = self.sources[name]
        for definition in source.definitions:
            setattr(module, definition.name, self.make(name, definition))
        if source.exports is not None:
            module.__all__ = list(source.exports)  # type: ignore[attr-defined]
        lazy = {key: self.pick(choice) for key, choice in source.lazy}

        def __getattr__(key: str) -> Any:
            if key in lazy:
                return lazy[key]
            raise AttributeError(key)

        module.__getattr__ = __getattr__  # type: ignore[method-assign]

    def make(self, module: str, definition: Definition) -> Any:
        name, kind = definition.name, definition.kind
        if kind in ("class", "metaclass"):
            return self.make_class(module, definition)
        if kind == "function":
            return self.make_function(module, name)
        if kind == "lambda":
            return self.make_function(module, "<lambda>")
        if kind == "module":
            return sys.modules[[*sys.modules][definition.choice % len(sys.modules)]]
        if kind == "constant":
            return definition.choice
        picked = self.pick(definition.choice)
        if kind == "partial":
            return self.keep(functools.partial(picked), self.get_homes(picked))
        if kind == "cached" and isinstance(picked, FunctionType):
            return self.keep(functools.lru_cache(picked), self.get_homes(picked))
        if id(picked) not in self.made:
            return picked
        if kind == "instance" and isinstance(picked, type):
            return self.keep(object.__new__(picked), self.get_homes(picked))
        if kind == "bound" and isinstance(picked, type):
            function = self.make_function(module, name)
            homes = (*self.get_homes(function), *self.get_homes(picked))
            return self.keep(MethodType(function, object.__new__(picked)), homes)
        return picked

    def make_function(self, module: str, qualname: str) -> Any:
        def function(*args: Any) -> None: ...

        function.__module__, function.__qualname__ = module, qualname
        function.__name__ = qualname.rpartition(".")[2]
        return self.keep(function, (f"{module}.{qualname}",))

    def make_class(self, module: str, definition: Definition, outer: str = "") -> Any:
        qualname = f"{outer}{definition.name}"
        base = self.pick(definition.choice)
        is_base = id(base) in self.made and isinstance(base, type) and definition.choice % 3 == 0
        bases = (base,) if is_base else ()
        namespace: dict[str, Any] = {"__module__": module, "__qualname__": qualname}
        namespace["__call__"] = lambda self: None
        for name, kind, choice in definition.members:
            namespace[name] = self.make_member(module, qualname, name, kind, choice)
        plain = definition.kind == "class" and not any(type(b) is Betrayer for b in bases)
        cls = (type if plain else Betrayer)(definition.name, bases, namespace)
        return self.keep(cls, (f"{module}.{qualname}",))

    def make_member(self, module: str, qualname: str, name: str, kind: str, choice: int) -> Any:
        if kind == "foreign":
            return self.pick(choice)
        if kind == "foreign static":
            return staticmethod(self.pick(choice))
        if kind == "nested":
            return self.make_class(module, Definition(name, "class", choice, ()), f"{qualname}.")
        function = self.make_function(module, f"{qualname}.{name}")
        if kind == "property":
            return property(function)
        return {"static": staticmethod, "class": classmethod}.get(kind, lambda f: f)(function)

    def keep(self, value: Any, homes: tuple[str, ...]) -> Any:
        self.made[id(value)] = value, homes
        self.pool.append(value)
        return value

    def pick(self, choice: int) -> Any:
        outside = [exec, dict, str.upper, "x".upper]
        return [*outside, *self.pool][choice % (4 + len(self.pool))]

    def get_homes(self, value: Any) -> tuple[str, ...]:
        """
        Return the homes that an object really has; none if it is foreign.
        """
        if id(value) in self.made:
            return self.made[id(value)][1]
        if type(value) is MethodType:  # a class method, read through a class
            function, owner = value.__func__, value.__self__
            owner = owner if isinstance(owner, type) else type(owner)
            homes = self.get_homes(function), self.get_homes(owner)
            return (*homes[0], *homes[1]) if all(homes) else ()
        return ()


@contextmanager
def planted(sources: dict[str, Source]) -> Iterator[Tree]:
    """
    Let a tree be imported; afterwards the process forgets it.
    """
    tree = Tree(sources)
    sys.meta_path.insert(0, tree)
    try:
        yield tree
    finally:
        sys.meta_path.remove(tree)
        for name in MODULES:
            sys.modules.pop(name, None)
