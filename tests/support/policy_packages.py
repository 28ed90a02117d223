"""
Packages written for one test, and forgotten after it.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterator, Mapping
from pathlib import Path
from textwrap import dedent
from types import ModuleType

import pytest


class Packages:
    """
    A directory on the path; modules that come from it leave with it.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.before = dict(sys.modules)

    def write(self, files: Mapping[str, str]) -> None:
        """
        Write modules by their path, and let the import system see them.
        """
        for name, text in files.items():
            path = self.root / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(dedent(text), encoding="utf-8")
        importlib.invalidate_caches()

    def load(self, name: str, text: str) -> ModuleType:
        """
        Write one module and import it.
        """
        self.write({f"{name.replace('.', '/')}.py": text})
        return importlib.import_module(name)

    def forget(self) -> None:
        """
        Leave sys.modules as it was.
        """
        for name in set(sys.modules) - set(self.before):
            if str(self.root) in str(getattr(sys.modules[name], "__file__", "")):
                del sys.modules[name]


@pytest.fixture
def packages(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Packages]:
    """
    Give a test a place for modules of its own.
    """
    monkeypatch.syspath_prepend(tmp_path)
    monkeypatch.setattr(sys, "dont_write_bytecode", True)
    written = Packages(tmp_path)
    yield written
    written.forget()
