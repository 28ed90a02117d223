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
