"""
The first screen of README.md keeps its form, and CI runs what it says.

What its session prints is checked with all other pages.
"""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "README.md").read_text(encoding="utf-8")
COMMANDS = dict(re.findall(r"<!-- command: (\w+) -->\n```sh\n(.*?)```", TEXT, re.DOTALL))


def test_title_and_first_sentence():
    """
    The title is the name; one sentence says for whom it is, and why.
    """
    title, empty, sentence, *_ = TEXT.splitlines()

    assert ["# callsheet", ""] == [title, empty]
    assert re.fullmatch(r"For [^.]+: callsheet [^.]+\.", sentence)


def test_there_are_two_commands():
    """
    One command runs the example and one the tests, each on one line.
    """
    assert sorted(COMMANDS) == ["scan", "tests"]
    assert all(command.count("\n") == 1 for command in COMMANDS.values())


@pytest.mark.parametrize("name", ["scan", "tests"])
def test_command_parses(name):
    """
    A shell understands the command, and what it names is there.
    """
    done = subprocess.run(["sh", "-n"], input=COMMANDS[name], text=True)

    assert done.returncode == 0
    for path in re.findall(r"[\w/]+\.py\b", COMMANDS[name]):
        assert (ROOT / path).is_file()


def test_ci_runs_the_test_command():
    """
    CI takes its command from README.md.
    """
    done = subprocess.run(
        ["bash", str(ROOT / ".ci" / "run"), "--print"], capture_output=True, text=True, check=True
    )

    assert done.stdout == COMMANDS["tests"]


def test_session_is_short():
    """
    The first session has at most twelve lines.
    """
    session = re.search(r"```python\n(>>> .*?)```", TEXT, re.DOTALL)

    assert session is not None
    assert len(session.group(1).splitlines()) <= 12


@pytest.mark.parametrize("target", re.findall(r"\]\(([^)#:]+)\)", TEXT))
def test_link_leads_somewhere(target):
    """
    Each link inside the repository leads to a file.
    """
    assert (ROOT / target).is_file()
