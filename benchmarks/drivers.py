"""
Starts the candidates' processes, each in its own environment.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
SOURCE = HERE.parent / "src"

#: Where `peers.py` makes the environments.
ENVIRONMENTS = Path(os.environ.get("BENCHMARK_ENVIRONMENTS", HERE / ".environments"))


def get_environment(name: str) -> Path:
    """
    Return the directory of a candidate's environment for this Python.
    """
    return ENVIRONMENTS / f"{sys.version_info[0]}.{sys.version_info[1]}" / name


def find_python(name: str) -> str:
    """
    Return the Python of a candidate's environment, or the running one for
    the library itself.
    """
    python = get_environment(name) / "bin" / "python"
    if python.exists() or name != "callsheet":
        return str(python)
    return sys.executable


def list_installed() -> list[str]:
    """
    Return the peers that have an environment.
    """
    modules = sorted(path.stem for path in (HERE / "candidates").glob("[!_]*.py"))
    return [name for name in modules if name != "callsheet" and Path(find_python(name)).exists()]


def make_variables() -> dict[str, str]:
    """
    Return the environment variables of every measured process.

    What is installed is byte-compiled: so is the checkout.
    """
    variables = {**os.environ, "PYTHONHASHSEED": "0", "PYTHONPATH": str(SOURCE)}
    variables.pop("PYTHONDONTWRITEBYTECODE", None)
    return variables


class Driver:
    """
    One candidate's process, which lasts for a whole repeat.
    """

    def __init__(self, name: str) -> None:
        self.name = name
        self._process = subprocess.Popen(
            [find_python(name), str(HERE / "worker.py"), name],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
            env=make_variables(),
        )
        self.about = self.ask("describe")

    def ask(self, *command: str) -> Any:
        """
        Return the process's answer.
        """
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(json.dumps(command) + "\n")
        self._process.stdin.flush()
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit(f"{self.name} ended with {self._process.wait()} at {command}")
        return json.loads(line)

    def close(self) -> None:
        """
        End the process.
        """
        assert self._process.stdin is not None
        self._process.stdin.close()
        self._process.wait()
