"""
Every import string of the hostile corpus gets the verdict that it must get.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from callsheet.exceptions import PolicyError
from callsheet.policies import ImportPolicy
from hostile_cases import Row, check_case, read_rows

ROWS = read_rows("resolve")
BAD_ENTRIES = [row for row in ROWS if row["id"].startswith("entry-")]


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_verdict(row: Row, tmp_path: Path):
    """
    The verdict is right, no trap goes off, no foreign module is imported, and
    only this library's errors come out.
    """
    check_case(row, tmp_path)


@pytest.mark.parametrize("row", BAD_ENTRIES, ids=[row["id"] for row in BAD_ENTRIES])
def test_bad_entry_fails_early(row: Row):
    """
    A bad entry is an error when the policy is built, not when it is asked.
    """
    with pytest.raises(PolicyError):
        ImportPolicy(row["allow"])


def test_corpus_is_whole():
    """
    The corpus has not shrunk.
    """
    rows = read_rows("resolve", "callable", "loader", "executor", "json-text")

    assert len(rows) == 270
    assert len({row["id"] for row in rows}) == 270
