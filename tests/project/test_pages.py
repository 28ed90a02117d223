"""
What README.md and docs/ show as Python is what Python does.
"""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import pytest

import pages

ROOT = Path(__file__).parents[2]
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").glob("**/*.md"))]
WITH_PYTHON = [page for page in PAGES if pages.get_blocks(page.read_text(encoding="utf-8"))]
RUN = """
import sys
sys.path.insert(0, sys.argv.pop())
import pages, pathlib
pages.run_page(pathlib.Path(sys.argv.pop()))
"""


def run_page(page: Path, tmp_path: Path) -> subprocess.CompletedProcess[str]:
    """
    Run a page in a fresh process, in an empty directory.
    """
    command = [sys.executable, "-c", RUN, str(page), str(Path(pages.__file__).parent)]
    environment = {**os.environ, "PYTHONIOENCODING": "utf-8"}
    return subprocess.run(
        command, cwd=tmp_path, env=environment, capture_output=True, text=True, timeout=120
    )


@pytest.mark.parametrize("page", WITH_PYTHON, ids=lambda page: page.name)
def test_python_of_page(page, tmp_path):
    """
    Every Python block of the page runs, and each session prints what it shows.
    """
    done = run_page(page, tmp_path)

    assert done.returncode == 0, done.stdout + done.stderr


def test_every_block_is_found():
    """
    No fence is spelled in a way that would let its Python go unchecked.
    """
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        fences = [line for line in text.splitlines() if line.lstrip().startswith("```")]
        unchecked = {"```py", "```python3", "```pycon", "```doctest", "```ipython", "```Python"}

        assert not unchecked.intersection(line.strip() for line in fences)
        assert fences.count("```python") == len(pages.get_blocks(text))


def test_wrong_session_is_noticed(tmp_path):
    """
    A page that shows something else than what is printed fails.
    """
    page = tmp_path / "wrong.md"
    page.write_text("```python\n>>> 1 + 1\n3\n```\n", encoding="utf-8")

    done = run_page(page, tmp_path)

    assert done.returncode != 0
    assert "wrong.md:2" in done.stderr
