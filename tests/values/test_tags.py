"""
The table of tags: what each entry promises by its example.
"""

from __future__ import annotations

import json
import pickle
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from callsheet import UNSAFE_ALLOW_ANY, make_converter
from callsheet._documents.checking import collect, find_named, get_names
from callsheet._documents.hooks import CallableModel
from callsheet._documents.reading import Session
from callsheet._equality import same
from callsheet._values.tags import is_json_native
from callsheet.converters import Limits

PAGE = Path(__file__).parents[2] / "docs" / "values.md"
CONTEXT = make_converter("json", policy=UNSAFE_ALLOW_ANY).get_structure_hook(CallableModel).context
TAGS = [find_named(name) for name in get_names()]


class Closed:
    """
    A finder of modules that raises.
    """

    def find_spec(self, name: str, *_: Any) -> None:
        raise AssertionError(f"{name} is imported")


def read(tag: Any) -> Any:
    """
    Return what the example of a tag stands for.
    """
    session = Session(CONTEXT, CallableModel)
    value = session.decode({tag.name: json.loads(tag.example)}, ())
    assert session.problems == []
    return value


@pytest.mark.parametrize("tag", TAGS, ids=get_names())
class TestTag:
    def test_example_comes_back(self, tag):
        """
        The example of a tag is what its value is written as, but where the value needs no tag.
        """
        if tag.name in ("$ndarray", "$scalar"):
            pytest.importorskip("numpy")
        expected = json.loads(tag.example)

        value = read(tag)
        actual = tag.encode(value, CONTEXT.writer, 0)

        assert same(None if tag.is_leaf and is_json_native(value) else expected, actual)

    def test_visit_imports_nothing(self, tag, monkeypatch):
        """
        Phase one looks at the example without importing anything.
        """
        monkeypatch.setattr(sys, "meta_path", [Closed()])

        found = collect({tag.name: json.loads(tag.example)}, "value", Limits())

        assert found.problems == []

    def test_page_names_it(self, tag):
        """
        The page of values says what is written under the tag.
        """
        assert tag.name in PAGE.read_text(encoding="utf-8")

    def test_first_value_of_a_process(self, tag):
        """
        A value is written under its tag also where nothing was written before it.
        """
        if tag.name in ("$ndarray", "$scalar"):
            pytest.importorskip("numpy")
        value = read(tag)
        if is_json_native(value):
            pytest.skip("its example needs no tag")
        code = (
            "import pickle, sys; from callsheet import CallableModel; "
            "model = CallableModel(id, args=(pickle.load(sys.stdin.buffer),)); "
            f"sys.exit({tag.name!r} not in model.json())"
        )

        done = subprocess.run(
            [sys.executable, "-c", code], input=pickle.dumps(value), timeout=60, check=False
        )

        assert done.returncode == 0
