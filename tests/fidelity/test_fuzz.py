"""
Documents that somebody damaged: refused, or read as what they say.
"""

from __future__ import annotations

import pytest

from fidelity import fuzzing
from fidelity.counts import count, get_examples

SEEDS = range(4)


@pytest.mark.parametrize("seed", SEEDS)
def test_mutants(seed):
    """
    Only this library's errors come out; what loads is written again and read
    again as an equal model, and holds everything that the document says.
    """
    outcomes = fuzzing.fuzz(seed, get_examples(1_000) // len(SEEDS))

    for label, number in outcomes.items():
        for _ in range(number):
            count("mutant", label)
    assert any(label.endswith("loaded") for label in outcomes)
    assert any(label.endswith("refused") for label in outcomes)


def test_valid_documents():
    """
    The documents that the mutants are made of load, and nothing is lost.
    """
    for cls, text in fuzzing.get_corpus():
        document = fuzzing.json.loads(text)

        assert fuzzing.check(cls, document) == "loaded"


def test_difference_is_noticed():
    """
    A reader that drops an argument would be caught.
    """
    document = {"callable": "fidelity.targets.add", "signature": {"args": [], "x": 1, "y": 77}}
    shorter = {"callable": "fidelity.targets.add", "signature": {"args": [], "x": 1, "y": 1}}

    assert fuzzing.get_lost(document, document) == []
    assert fuzzing.get_lost(document, shorter) == [77]
