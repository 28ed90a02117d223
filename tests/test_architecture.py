"""
The modules import each other in one direction, as docs/architecture.md draws.
"""

from __future__ import annotations

import ast
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "callsheet"
PAGE = ROOT / "docs" / "architecture.md"


def get_order() -> list[str]:
    """
    Return the modules in the order of the page's table.
    """
    return re.findall(r"^\| `(\w+)\.py` \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE)


def get_targets(node: ast.Import | ast.ImportFrom) -> list[tuple[str, str]]:
    """
    Return the module and the name of each of our own imports in a statement.
    """
    if isinstance(node, ast.Import):
        return [
            ([*alias.name.split("."), "__init__"][1], "*")
            for alias in node.names
            if alias.name.split(".")[0] == "callsheet"
        ]
    module = node.module or ""
    if node.level == 0:
        if module.split(".")[0] != "callsheet":
            return []
        module = module.partition(".")[2]
    return [(module or alias.name, alias.name) for alias in node.names]


def get_imports(path: Path) -> list[tuple[str, str, bool]]:
    """
    Return (module, name, at module level) of every import of our own modules,
    those inside functions, classes and conditions included.
    """
    tree = ast.parse(path.read_text(encoding="utf-8"))
    nodes = (node for node in ast.walk(tree) if isinstance(node, ast.Import | ast.ImportFrom))
    return [(*target, node in tree.body) for node in nodes for target in get_targets(node)]


MODULES = sorted(path.stem for path in SOURCE.glob("**/*.py"))


def test_table_is_complete():
    """
    The table lists each module once, and nothing else.
    """
    assert sorted(get_order()) == MODULES


@pytest.mark.parametrize("module", MODULES)
def test_imports_point_up(module):
    """
    A module imports only what stands above it in the table.
    """
    order = get_order()
    above = set(order[: order.index(module)])

    wrong = [
        (target, name)
        for target, name, _ in get_imports(SOURCE / f"{module}.py")
        if target not in above
    ]

    assert wrong == []


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("import callsheet._imports", [("_imports", "*")]),
        ("from callsheet import CallableModel", [("CallableModel", "CallableModel")]),
        ("from callsheet._imports import resolve", [("_imports", "resolve")]),
        ("from ._imports import resolve", [("_imports", "resolve")]),
        ("from . import _imports", [("_imports", "_imports")]),
        ("import os", []),
        ("from os import path", []),
    ],
)
def test_every_spelling_is_seen(statement, expected):
    """
    However an import of our own is spelled, the test sees it.
    """
    (node,) = ast.parse(statement).body

    assert get_targets(node) == expected
