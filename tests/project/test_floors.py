"""
What pyproject.toml promises as oldest is what the `minimum` environment runs.
"""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
PINS = dict(
    re.findall(r"^([\w-]+)==([\d.]+)$", (ROOT / "tests" / "minimum.txt").read_text(), re.MULTILINE)
)


def get_floors() -> dict[str, str]:
    """
    Return the floors of the dependencies, of the extras and of the tests.
    """
    tomlkit = pytest.importorskip("tomlkit")
    project = tomlkit.parse((ROOT / "pyproject.toml").read_text(encoding="utf-8")).unwrap()
    requirements = [
        *project["project"]["dependencies"],
        *(one for many in project["project"]["optional-dependencies"].values() for one in many),
        *project["dependency-groups"]["tests"],
    ]
    # What has a marker needs a platform or a compiler that `minimum` does not ask for.
    return dict(
        re.fullmatch(r"([\w-]+)>=([\d.]+)", one).groups()
        for one in requirements
        if ";" not in one and "[" not in one
    )


def test_floors_are_run():
    """
    Each floor is the version that tests/minimum.txt pins, to the digit.
    """
    assert get_floors() == PINS
