"""
For random module trees and random policies: an object is resolved only if its
home lies under an entry, or if it is itself an entry.
"""

from __future__ import annotations

import functools
import importlib
import sys
from random import Random
from types import BuiltinFunctionType, FunctionType, MethodType, ModuleType
from typing import Any

import pytest
from hypothesis import event, given, settings
from hypothesis import strategies as st

from callsheet._imports.guarding import check_import_string, resolve_allowed
from callsheet.exceptions import RefusedError, ResolveError
from callsheet.policies import ImportPolicy
from policy_trees import MODULES, NAMES, Source, Tree, make_sources, planted

seeds = st.integers(0, 2**32).map(Random)


def make_text(random: Random, sources: dict[str, Source]) -> str:
    """
    Return a path that mostly names something.
    """
    module = random.choice(MODULES)
    names = [definition.name for definition in sources[module].definitions]
    members = [m[0] for definition in sources[module].definitions for m in definition.members]
    path = [random.choice([*names, *names, random.choice(NAMES)])]
    while len(path) < 5 and random.random() < 0.4:
        path.append(random.choice([*members, *members, random.choice([*NAMES, "__class__"])]))
    return f"{module}.{'.'.join(path)}"


def make_entry(random: Random, sources: dict[str, Source], text: str) -> str:
    """
    Return an entry that mostly has something to do with *text*.
    """
    segments = random.choice([text, text, make_text(random, sources)]).split(".")
    kind = random.randrange(4)
    if kind == 0:
        return make_text(random, sources).replace(".__class__", ".f")
    stem = ".".join(segments[: random.randrange(1, len(segments))]).replace(".__class__", ".f")
    return f"{stem}{':*' if kind == 1 else '.*'}"


def follow(text: str) -> list[Any]:
    """
    Return what a dotted path can mean in Python, the longest module first:
    among the loaded modules, and then after importing whatever it takes.

    The two differ, for importing a submodule rebinds its name in the package.
    """
    segments = text.split(".")
    meanings = []
    for find in (sys.modules.__getitem__, importlib.import_module):
        for size in range(len(segments) - 1, 0, -1):
            try:
                value = functools.reduce(getattr, segments[size:], find(".".join(segments[:size])))
            except (KeyError, ImportError, AttributeError):
                continue
            meanings.append(value)
    return meanings


def is_one(one: Any, other: Any) -> bool:
    if type(one) is MethodType and type(other) is MethodType:
        return one.__func__ is other.__func__ and one.__self__ is other.__self__
    if type(one) is BuiltinFunctionType and type(other) is BuiltinFunctionType:
        return one == other
    return one is other


def is_below(homes: tuple[str, ...], stem: str) -> bool:
    prefixes = (f"{stem}.",) if "." in stem else (f"{stem}.", f"_{stem}.")
    return (
        bool(homes)
        and homes[0].startswith(prefixes)
        and all(home == stem or home.startswith(prefixes) for home in homes[1:])
    )


def is_exported(stem: str, homes: tuple[str, ...], value: Any) -> bool:
    """
    Tell whether a module lists an object of its own package in ``__all__``.
    """
    module = sys.modules.get(stem)
    package = stem.partition(".")[0]
    return (
        bool(homes)
        and all(home.partition(".")[0] == package for home in homes)
        and any(
            getattr(module, name, None) is value
            for name in getattr(module, "__all__", ())
            if not name.startswith("_")
        )
    )


def permits(tree: Tree, entry: str, value: Any) -> bool:
    """
    Tell, from what the tree knows and Python says, whether an entry opens an
    object.
    """
    if not entry.endswith("*"):
        return any(is_one(value, meant) for meant in follow(entry))
    stem, homes = entry[:-2], tree.get_homes(value)
    if is_below(homes, stem) or (entry.endswith(":*") and is_exported(stem, homes, value)):
        return True
    # A class can be the stem, under another name than its own as well.
    return any(
        isinstance(meant, type) and is_below(homes, tree.get_homes(meant)[0])
        for meant in (follow(stem) if "." in stem else [])
        if tree.get_homes(meant)
    )


@settings(max_examples=1500)
@given(random=seeds)
def test_only_what_is_at_home(random: Random):
    """
    Whatever is resolved, an entry opens it; whatever is refused before the
    import has imported nothing of what it names.
    """
    sources = make_sources(random)
    text = make_text(random, sources)
    allow = [make_entry(random, sources, text) for _ in range(random.randrange(1, 4))]
    with planted(sources) as tree:
        policy = ImportPolicy(allow=allow)
        audit = check_import_string(policy, text, import_exact=False)
        assert tree.imported == []

        verdict = check_import_string(policy, text)
        by_entries = list(tree.imported)
        try:
            value = resolve_allowed(policy, text)
        except (RefusedError, ResolveError) as error:
            event(type(error).__name__)
            if verdict.verdict == "refused":
                assert tree.imported == by_entries
            return

        event("resolved")
        assert verdict.verdict == "allowed"
        assert audit.verdict in ("allowed", "undecided")
        assert not isinstance(value, ModuleType)
        assert resolve_allowed(policy, text) is value
        # In this order, for the oracle itself imports.
        assert any(is_one(value, meant) for meant in follow(text))
        assert any(permits(tree, entry, value) for entry in allow)


@settings(max_examples=100)
@given(random=seeds)
def test_closed(random: Random):
    """
    A policy that opens nothing here resolves nothing and imports nothing.
    """
    sources = make_sources(random)
    text = make_text(random, sources)
    with planted(sources) as tree:
        for allow in ([], ["elsewhere.*", "tre.*", "tree.su.*", "trees:*"], [len]):
            with pytest.raises(RefusedError):
                resolve_allowed(ImportPolicy(allow=allow), text)
            assert tree.imported == []


@settings(max_examples=150)
@given(random=seeds, root=st.sampled_from(["tree", "alien", "treehouse"]))
def test_nothing_benign_is_refused(random: Random, root: str):
    """
    What is defined under a root, and found under its own name, is resolved.
    """
    with planted(make_sources(random)) as tree:
        for module in MODULES:
            importlib.import_module(module)
        policy = ImportPolicy(allow=[f"{root}.*"])

        for value, homes in list(tree.made.values()):
            home = homes[0] if len(homes) == 1 else "<"
            if "<" in home or "._p" in home or not home.startswith(f"{root}."):
                continue
            if type(value) is not FunctionType and not isinstance(value, type):
                continue
            module = value.__module__
            attributes = home[len(module) + 1 :].split(".")
            if any(is_one(value, meant) for meant in follow(home)[:1]) and is_static(
                module, attributes
            ):
                event("resolved")
                assert resolve_allowed(policy, home) is value


def is_static(module: str, attributes: list[str]) -> bool:
    """
    Tell whether a path stands in real namespaces, and on classes that are
    defined where the path says.
    """
    value: Any = importlib.import_module(module)
    for index, name in enumerate(attributes):
        if name not in vars(value):
            return False
        value = vars(value)[name]
        if isinstance(value, staticmethod):
            value = value.__func__
        path = ".".join(attributes[: index + 1])
        if index < len(attributes) - 1 and (
            not isinstance(value, type) or (value.__module__, value.__qualname__) != (module, path)
        ):
            return False
    return True
