"""
The mutants of the import policy are those of today's source.
"""

from __future__ import annotations

from pathlib import Path

import pytest

import callsheet
from mutation.mutate_policy import MUTANTS

SOURCE = Path(callsheet.__file__).parent


@pytest.mark.parametrize("mutant", MUTANTS, ids=lambda mutant: f"{mutant.rule}-{mutant.without}")
def test_mutant_applies(mutant):
    """
    The text that a mutant replaces stands in its module.
    """
    assert mutant.old in (SOURCE / f"{mutant.module}.py").read_text(encoding="utf-8")
