"""
`import callsheet` stays light: what an application may add is not imported.
"""

from __future__ import annotations

import subprocess
import sys

import pytest

OPTIONAL = [
    "pydantic",
    "numpy",
    "distributed",
    "yaml",
    "orjson",
    "msgspec",
    "msgpack",
    "cbor2",
    "bson",
    "ujson",
    "tomlkit",
    "loky",
]


@pytest.mark.parametrize("module", OPTIONAL)
def test_import_pulls_in_nothing_optional(module):
    """
    The module is not imported by importing callsheet.
    """
    code = f"import callsheet, sys; sys.exit({module!r} in sys.modules)"

    done = subprocess.run([sys.executable, "-c", code], timeout=60)

    assert done.returncode == 0


@pytest.mark.parametrize("module", ["cattrs", "callsheet._documents", "callsheet._formats"])
def test_documents_are_imported_at_the_first_one(module):
    """
    Building and calling a model imports neither documents nor cattrs; the
    first document does.
    """
    code = (
        "import sys; from callsheet import CallableModel\n"
        "model = CallableModel(max, args=(1, 2)); model(); before = sys.modules.copy()\n"
        f"model.json(); sys.exit({module!r} in before or {module!r} not in sys.modules)"
    )

    done = subprocess.run([sys.executable, "-c", code], timeout=60)

    assert done.returncode == 0


def test_names_are_found_late():
    """
    Names of the facade that are imported late are listed, and others refused.
    """
    import callsheet

    assert set(callsheet.__all__) <= set(dir(callsheet))
    assert callsheet.make_converter is callsheet.converters.make_converter
    with pytest.raises(AttributeError, match="no attribute 'make_convertor'"):
        _ = callsheet.make_convertor
