"""
Makes the environments of the candidates.

    python benchmarks/peers.py install            # all, for the running Python
    python benchmarks/peers.py install fiddle
    python benchmarks/peers.py list
"""

from __future__ import annotations

import subprocess
import sys
import venv

from drivers import find_python, get_environment

#: orjson everywhere: it is the limit of some rows.
REQUIREMENTS: dict[str, list[str]] = {
    "callsheet": ["attrs", "cattrs", "typing-extensions", "orjson"],
    "functools_partial": ["orjson"],
    "attrs_cattrs": ["attrs", "cattrs", "orjson"],
    "pydantic2": ["pydantic>=2", "orjson"],
    "hydra": ["hydra-core", "orjson"],
    "hydra_zen": ["hydra-zen", "orjson"],
    "fiddle": ["fiddle", "orjson"],
    "jsonargparse": ["jsonargparse", "orjson"],
    "msgspec": ["msgspec", "orjson"],
    # The sdist of the reference, without what it needs to optimise: torch and
    # the like are stubbed by its candidate.
    "reference": ["pydantic<2", "orjson", "numpy"],
    # For `hostile_peers.py`.
    "hydra_1_3_2": ["hydra-core==1.3.2"],
    "hydra_newest": ["hydra-core"],
    "hydra_candidate": ["hydra-core==1.4.0rc3"],
}
SDISTS = {"reference": "xopt==1.4.1"}


def install(name: str) -> None:
    """
    Make the environment of a candidate anew.
    """
    directory = get_environment(name)
    venv.create(directory, clear=True, symlinks=True)
    pip = [sys.executable, "-m", "pip", "--python", find_python(name), "install", "--quiet"]
    subprocess.run([*pip, *REQUIREMENTS[name]], check=True)
    if name in SDISTS:
        without = ["--no-deps", "--no-binary", ":all:"]
        subprocess.run([*pip, *without, SDISTS[name]], check=True)


def main(command: str = "list", *names: str) -> int:
    failed: list[str] = []
    for name in names or REQUIREMENTS:
        if command == "install":
            try:
                install(name)
            except subprocess.CalledProcessError:
                failed.append(name)
        print(f"{name:20} {'failed' if name in failed else get_environment(name)}", flush=True)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
