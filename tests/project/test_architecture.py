"""
The rooms import each other in one direction, as docs/architecture.md says.
"""

from __future__ import annotations

import ast
import re
from collections import defaultdict
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCE = ROOT / "src" / "callsheet"
PAGE = ROOT / "docs" / "architecture.md"
ROOMS = sorted(path.parent for path in SOURCE.glob("*/__init__.py"))
MODULES = sorted(SOURCE.rglob("*.py"))

# What builds on documents, and is built on by nothing below it.
ABOVE = {"schemas", "importers", "sheets", "cli"}


def get_table() -> list[tuple[int, list[str], set[str]]]:
    """
    Return floor, rooms and the rooms they import from, by row of the page.
    """
    rows = re.findall(
        r"^\| (\d) \| ([^|]*) \| ([^|]*) \|", PAGE.read_text(encoding="utf-8"), re.MULTILINE
    )
    return [
        (int(floor), re.findall(r"`(\w+)/?`", rooms), set(re.findall(r"`(\w+)`", below)))
        for floor, rooms, below in rows
    ]


FLOORS = {room: floor for floor, rooms, _ in get_table() for room in rooms}
GROUND = next(rooms for floor, rooms, _ in get_table() if floor == 0)


def get_name(path: Path) -> tuple[str, ...]:
    """
    Return where a module stands below the package, ``("_imports", "grammar")``.
    """
    return path.relative_to(SOURCE).with_suffix("").parts


def get_targets(
    node: ast.Import | ast.ImportFrom, package: tuple[str, ...]
) -> set[tuple[str, ...]]:
    """
    Return where our own modules that a statement in *package* imports stand.
    """
    if isinstance(node, ast.Import):
        parts = [tuple(alias.name.split(".")) for alias in node.names]
        return {(*part[1:], "__init__")[:2] for part in parts if part[0] == "callsheet"}
    module = tuple(node.module.split(".")) if node.module else ()
    if node.level:
        base = (*package[: len(package) - node.level + 1], *module)
    elif module[:1] == ("callsheet",):
        base = module[1:]
    else:
        return set()
    names = {alias.name for alias in node.names}
    if not base or (len(base) == 1 and not node.module):
        return {(*base, name) for name in names}
    return {base}


def get_imports(path: Path) -> set[tuple[str, ...]]:
    """
    Return where our own modules stand that a module imports, those inside
    functions, classes and conditions included.
    """
    nodes = ast.walk(ast.parse(path.read_text(encoding="utf-8")))
    found: set[tuple[str, ...]] = set()
    for node in nodes:
        if isinstance(node, ast.Import | ast.ImportFrom):
            found |= get_targets(node, get_name(path)[:-1])
    return found


def get_room(path: Path) -> str:
    return get_name(path)[0]


def get_order(room: Path) -> list[str]:
    """
    Return the modules of a room in the order of its door's docstring.
    """
    text = ast.get_docstring(ast.parse((room / "__init__.py").read_text(encoding="utf-8"))) or ""
    return re.findall(r"`(\w+)`", text.partition("In the order of their imports:")[2])


def test_rooms_are_those_of_the_page():
    """
    The page lists every room and every module at the top, and nothing else.
    """
    assert {get_room(path) for path in MODULES} - ABOVE == set(FLOORS)


@pytest.mark.parametrize("path", MODULES, ids=lambda path: ".".join(get_name(path)))
def test_imports_point_down(path):
    """
    A module imports from rooms on lower floors, and through their doors alone;
    on the ground floor, what stands before it.
    """
    room = get_room(path)
    if room in ABOVE:
        pytest.skip("it stands above the documents")
    own = set(GROUND[: GROUND.index(room)]) if room in GROUND else set()
    floor = FLOORS[room]
    lower = own | {name for name, other in FLOORS.items() if other < floor}

    wrong = {
        target
        for target in get_imports(path)
        if target[0] != room and (target[0] not in lower or len(target) > 1)
    } - {(name,) for name, other in FLOORS.items() if other == floor == 6}

    assert wrong == set()


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_door_lists_its_room(room):
    """
    The door's docstring lists each module once, and the door imports no others.
    """
    assert sorted(get_order(room)) == sorted(
        path.stem for path in room.glob("*.py") if path.stem != "__init__"
    )


@pytest.mark.parametrize("room", ROOMS, ids=lambda room: room.name)
def test_order_in_the_room(room):
    """
    A module imports only what stands before it in its room, not the door.
    """
    order = get_order(room)

    wrong = {
        (module, target)
        for i, module in enumerate(order)
        for target in get_imports(room / f"{module}.py")
        if target[0] == room.name and (len(target) == 1 or target[1] not in order[:i])
    }

    assert wrong == set()


def test_table_is_derived_from_the_code():
    """
    The page says from which rooms each imports, the ground floor left out.
    """
    used: dict[str, set[str]] = defaultdict(set)
    for path in MODULES:
        used[get_room(path)] |= {target[0] for target in get_imports(path)}

    actual = {
        tuple(rooms): {
            name for room in rooms for name in used[room] if FLOORS[name] and name not in rooms
        }
        for floor, rooms, _ in get_table()
        if floor
    }

    assert {tuple(rooms): below for floor, rooms, below in get_table() if floor} == actual


def get_steps() -> list[list[tuple[str, str]]]:
    """
    Return the files and functions of each path that the page follows, in order.
    """
    text = PAGE.read_text(encoding="utf-8")
    section = text.partition("\n## Five paths through the code\n")[2].partition("\n## ")[0]
    paths: list[list[tuple[str, str]]] = []
    for path in section.split("\n### ")[1:]:
        rows = [line.split("|") for line in path.splitlines() if line.startswith("| ")][2:]
        paths.append(
            [
                (file, function)
                for _, first, second, *_ in rows
                for file in re.findall("`(.+?)`", first)
                for function in re.findall("`(.+?)`", second)
            ]
        )
    return paths


def get_functions(node: ast.AST, prefix: str = "") -> set[str]:
    """
    Return the functions and methods in *node*, those inside functions included.
    """
    found: set[str] = set()
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.FunctionDef | ast.ClassDef):
            if isinstance(child, ast.FunctionDef):
                found.add(prefix + child.name)
            found |= get_functions(child, f"{prefix}{child.name}.")
        else:
            found |= get_functions(child, prefix)
    return found


def test_page_follows_five_paths():
    """
    The page follows five operations, each through several files.
    """
    assert [True] * 5 == [len({file for file, _ in path}) > 2 for path in get_steps()]


@pytest.mark.parametrize("file", sorted({file for path in get_steps() for file, _ in path}))
def test_functions_of_the_paths_exist(file):
    """
    Every function that a path names is in its file.
    """
    named = {function for path in get_steps() for other, function in path if other == file}

    missing = named - get_functions(ast.parse((SOURCE / file).read_text(encoding="utf-8")))

    assert missing == set()


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        ("import callsheet._imports", {("_imports", "__init__")}),
        ("from callsheet import CallableModel", {("CallableModel",)}),
        ("from callsheet._imports import resolve", {("_imports",)}),
        ("from callsheet._imports.grammar import split", {("_imports", "grammar")}),
        ("from .._imports import resolve", {("_imports",)}),
        ("from .. import _imports", {("_imports",)}),
        ("from .grammar import split", {("_values", "grammar")}),
        ("from . import grammar", {("_values", "grammar")}),
        ("import os", set()),
        ("from os import path", set()),
    ],
)
def test_every_spelling_is_seen(statement, expected):
    """
    However an import of our own is spelled, the test sees it.
    """
    (node,) = ast.parse(statement).body

    assert expected == get_targets(node, ("_values",))
