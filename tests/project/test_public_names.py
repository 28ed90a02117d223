"""
Every public name is typed, documented and listed.
"""

from __future__ import annotations

import importlib
import re
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
MODULES = [
    "callsheet",
    *(f"callsheet.{name}" for name in ("adapters", "converters", "exceptions", "policies")),
]
NAMES = [(module, name) for module in MODULES for name in importlib.import_module(module).__all__]


@pytest.mark.parametrize(("module", "name"), NAMES)
def test_name_is_there(module, name):
    """
    `__all__` names what the module has.
    """
    assert hasattr(importlib.import_module(module), name)


@pytest.mark.parametrize(("module", "name"), NAMES)
def test_name_is_type_checked(module, name):
    """
    tests/typing/api.py has a line for the name, besides its import.
    """
    text = (ROOT / "tests" / "typing" / "api.py").read_text(encoding="utf-8")

    assert len(re.findall(rf"\b{name}\b", text)) >= (2 if module == "callsheet" else 1)


@pytest.mark.parametrize(("module", "name"), NAMES)
def test_name_is_documented(module, name):
    """
    The API reference has an entry for the name, under one module at least.
    """
    text = (ROOT / "docs" / "api.md").read_text(encoding="utf-8")

    assert re.search(rf"^\.\. \w+:: (\w+\.)*{name}(\(.*\))?$", text, re.MULTILINE)


@pytest.mark.parametrize(
    "name", [name for module, name in NAMES if module in ("callsheet", "callsheet.exceptions")]
)
def test_name_has_a_docstring(name):
    """
    What has a docstring of its own says what it gives you.
    """
    module = importlib.import_module("callsheet")
    value = getattr(module, name, None) or getattr(module.exceptions, name)

    if callable(value):
        assert (value.__doc__ or "").strip()
