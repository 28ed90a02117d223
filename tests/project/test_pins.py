"""
What the commands of README.md install is pinned, to the last distribution.
"""

from __future__ import annotations

import re
from importlib import metadata
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
CONSTRAINTS = (ROOT / "constraints.txt").read_text(encoding="utf-8")
PIN = r"^([\w.-]+)==(\S+)(?: ; (.+))?$"
PINS = {name for name, _, _ in re.findall(PIN, CONSTRAINTS, re.MULTILINE)}


def get_project():
    """
    Return what pyproject.toml says.
    """
    tomlkit = pytest.importorskip("tomlkit")
    return tomlkit.parse((ROOT / "pyproject.toml").read_text(encoding="utf-8")).unwrap()


def list_requirements():
    """
    Return all requirements that pyproject.toml names, those of groups and extras too.
    """
    project = get_project()
    extras = project["project"]["optional-dependencies"]
    groups = project["dependency-groups"]
    return [
        *project["build-system"]["requires"],
        *project["project"]["dependencies"],
        *(one for name, many in extras.items() if name != "all" for one in many),
        *(one for many in groups.values() for one in many if isinstance(one, str)),
    ]


def normalize(name):
    """
    Return the name of a distribution as constraints.txt spells it.
    """
    return re.sub(r"[-_.]+", "-", name).lower()


def test_constraints_are_pins():
    """
    Each line is one exact version, without a place to get it from.
    """
    lines = [line for line in CONSTRAINTS.splitlines() if not line.startswith("#")]

    assert [] == [line for line in lines if not re.fullmatch(PIN, line)]
    assert "://" not in CONSTRAINTS


@pytest.mark.parametrize("requirement", list_requirements())
def test_requirement_is_pinned(requirement):
    """
    Whatever pyproject.toml asks for has a pin that it admits, on each Python.
    """
    packaging = pytest.importorskip("packaging.requirements")
    wanted = packaging.Requirement(requirement)
    pins = [
        packaging.Requirement(line)
        for line in CONSTRAINTS.splitlines()
        if line.startswith(f"{normalize(wanted.name)}==")
    ]

    for python in ("3.10.0", "3.11.0", "3.12.0", "3.13.0"):
        environment = {
            "python_version": python[:4],
            "python_full_version": python,
            "sys_platform": "linux",
        }
        held = [pin for pin in pins if not pin.marker or pin.marker.evaluate(environment)]

        assert 1 == len(held)
        assert wanted.specifier.contains(str(held[0].specifier)[2:])


def test_what_they_need_is_pinned():
    """
    So has what is installed with them, and with that in turn.
    """
    packaging = pytest.importorskip("packaging.requirements")
    todo = [packaging.Requirement(one) for one in list_requirements()]
    seen = set()
    while todo:
        wanted = todo.pop()
        key = (normalize(wanted.name), frozenset(wanted.extras))
        if key in seen:
            continue
        seen.add(key)
        try:
            needs = metadata.requires(wanted.name) or []
        except metadata.PackageNotFoundError:  # another platform's, or another environment's
            continue
        for need in map(packaging.Requirement, needs):
            extras = ["", *wanted.extras]
            if not need.marker or any(need.marker.evaluate({"extra": one}) for one in extras):
                todo.append(need)

    assert set() == {name for name, _ in seen} - PINS - {"callsheet"}


@pytest.mark.parametrize("name", ["README.md", ".ci/run"])
def test_commands_use_the_pins(name):
    """
    Each command that installs takes the constraints, and builds with them.
    """
    path = ROOT / name
    if not path.exists():
        pytest.skip(f"{name} is not part of a source distribution")
    text = path.read_text(encoding="utf-8")
    commands = re.findall(r"\bpip install (-.*?)(?= && |\n| #)", text)

    assert commands
    for command in commands:
        assert "-c constraints.txt" in command or "--no-deps" in command
        if re.search(r"(?<= )[.]|-e ", command):
            assert "--build-constraint constraints.txt" in command
