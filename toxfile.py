"""
Lets tox find the interpreters that pyenv keeps, whichever of them is active.
"""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

from tox.plugin import impl

if TYPE_CHECKING:
    from tox.config.sets import ConfigSet
    from tox.session.state import State


def get_pyenv_interpreters() -> list[str]:
    """
    Return the CPython 3 interpreters under pyenv's root, if there is a pyenv.
    """
    pyenv = shutil.which("pyenv")
    if pyenv is None:
        return []
    root = subprocess.run([pyenv, "root"], capture_output=True, text=True, check=True)
    versions = Path(root.stdout.strip()) / "versions"
    return sorted(str(path) for path in versions.glob("3.[1-9][0-9]*/bin/python"))


@impl
def tox_add_core_config(core_conf: ConfigSet, state: State) -> None:
    """
    Put pyenv's interpreters behind those that ``--discover`` names.
    """
    # A shim in PATH fails for every version that pyenv has not activated.
    state.conf.options.discover = [*state.conf.options.discover, *get_pyenv_interpreters()]
