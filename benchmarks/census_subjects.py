"""
The public callables of a module: what the census counts.

It depends on nothing, for the reference's worker imports it, too.
"""

from __future__ import annotations

import importlib
import pkgutil
import sys
import types
import warnings
from collections.abc import Iterator
from typing import Any

#: What has side effects, needs a screen, or is somebody's test suite.
SKIPPED = frozenset({"antigravity", "idlelib", "lib2to3", "test", "this", "turtle", "turtledemo"})
#: Parts of packages that are tests, build tools, or old names of other parts.
SKIPPED_PARTS = frozenset(
    {"__main__", "conftest", "core", "distutils", "f2py", "mypy_plugin", "setup", "tests"}
)


def list_modules(package: str | None = None) -> list[str]:
    """
    Return the names of the public modules of the standard library, or of a
    package, without importing more than the packages that hold others.
    """
    if package is None:
        names = [n for n in sorted(sys.stdlib_module_names) if not n.startswith("_")]
        tops = [n for n in names if n not in SKIPPED]
    else:
        tops = [package]
    found: list[str] = []
    for top in tops:
        found.append(top)
        found.extend(_list_parts(top))
    return found


def _list_parts(name: str) -> Iterator[str]:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            module = importlib.import_module(name)
    except Exception:
        return
    for part in pkgutil.iter_modules(getattr(module, "__path__", ())):
        if part.name.startswith("_") or part.name in SKIPPED_PARTS or part.name in SKIPPED:
            continue
        yield f"{name}.{part.name}"
        if part.ispkg:
            yield from _list_parts(f"{name}.{part.name}")


def list_subjects(module: types.ModuleType) -> Iterator[tuple[str, str, Any]]:
    """
    Yield (group, path in the module, object): functions, classes and other
    callables that a module offers, and the public callables in its classes.
    """
    for name in _list_names(module):
        try:
            value = getattr(module, name)
            if not callable(value):
                continue
        except Exception:
            continue
        if not isinstance(value, type):
            yield "function", name, value
            continue
        yield "class", name, value
        for key in sorted(vars(value)):
            if key.startswith("_"):
                continue
            try:
                member = getattr(value, key)
                if callable(member):
                    yield "method", f"{name}.{key}", member
            except Exception:
                continue


def _list_names(module: types.ModuleType) -> list[str]:
    offered = getattr(module, "__all__", None)
    if offered is not None:
        return sorted(set(offered))
    names: list[str] = []
    for name, value in vars(module).items():
        home = getattr(value, "__module__", None)
        if not name.startswith("_") and home in (None, module.__name__):
            names.append(name)
    return sorted(names)


def get_subject(module_name: str, path: str) -> Any:
    """
    Return the object at a path of a module.
    """
    value: Any = importlib.import_module(module_name)
    for name in path.split("."):
        value = getattr(value, name)
    return value
