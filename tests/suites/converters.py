"""
cattrs' own tests, where every converter that they make has learnt models.

    python tests/suites/converters.py [--sdist DIRECTORY] [PYTEST ARGUMENT ...]

They run twice, without models and with them: a test with another outcome fails
the run. The tests come from the sdist of the cattrs that is installed.
"""

from __future__ import annotations

import argparse
import json
import os
import subprocess
import sys
import tarfile
import tempfile
from collections import Counter
from importlib import metadata
from pathlib import Path

TESTS = Path(__file__).parent.parent


def fetch(directory: Path) -> Path:
    """
    Download the sdist, and return where it was unpacked.
    """
    wanted = f"cattrs=={metadata.version('cattrs')}"
    pip = [sys.executable, "-m", "pip", "download", "--quiet", "--no-deps", "--no-binary", "cattrs"]
    subprocess.run([*pip, "--dest", str(directory), wanted], check=True)
    (archive,) = directory.glob("cattrs-*.tar.gz")
    with tarfile.open(archive) as file:
        file.extractall(directory)
    return directory / archive.name.removesuffix(".tar.gz")


def run(source: Path, taught: bool, arguments: list[str]) -> dict[str, str]:
    """
    Run the tests, and return what became of each.
    """
    with tempfile.TemporaryDirectory() as directory:
        file = Path(directory) / "outcomes"
        # Converters that have learnt models make them with the modules beside this script.
        path = os.pathsep.join([str(TESTS), os.environ.get("PYTHONPATH", "")])
        environment = {
            **os.environ,
            "PYTHONPATH": path,
            "CALLSHEET_SUITES_OUTCOMES": str(file),
            "CALLSHEET_SUITES_TAUGHT": str(int(taught)),
        }
        pytest = [sys.executable, "-m", "pytest", "-q", "-p", "suites.configured"]
        options = ["--hypothesis-seed=0", "--benchmark-disable", "tests", *arguments]
        subprocess.run(
            [*pytest, *options],
            cwd=source,
            env=environment,
            stdout=sys.stderr,
            check=False,
        )
        found: dict[str, str] = json.loads(file.read_text())
        return found


def main() -> int:
    """
    Print the counts, and each test with another outcome.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--sdist", type=Path, help="an unpacked one")
    options, arguments = parser.parse_known_args()
    with tempfile.TemporaryDirectory() as directory:
        source = options.sdist or fetch(Path(directory))
        without, taught = (run(source, with_models, arguments) for with_models in (False, True))
    other = {
        name: (without.get(name), taught.get(name))
        for name in sorted({*without, *taught})
        if without.get(name) != taught.get(name)
    }
    for name, (first, second) in other.items():
        print(f"=== {name}: {first} without models, {second} with them")
    print(
        f"Python {sys.version.split()[0]}, cattrs {metadata.version('cattrs')}: "
        f"{dict(Counter(without.values()))} without models, "
        f"{dict(Counter(taught.values()))} with them, {len(other)} tests with another outcome"
    )
    return int(bool(other) or not taught)


if __name__ == "__main__":
    sys.exit(main())
