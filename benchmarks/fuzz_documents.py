"""
Reads a hundred thousand damaged documents, and writes again what loads.

    python benchmarks/fuzz_documents.py --count 100000 --seed 2026

Each mutant is made from its own seed, so that a failure names the one to
repeat: ``--seed 2026 --only 4711``.
"""

from __future__ import annotations

import argparse
import random
import sys
import time
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / part) for part in ("src", "tests", "tests/support")]

from fidelity import fuzzing  # noqa: E402  # the paths come first


def main() -> int:
    """
    Run the fuzz and print what became of each kind of mutant.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--count", type=int, default=100_000)
    parser.add_argument("--seed", type=int, default=2026)
    parser.add_argument("--only", type=int, help="run just this mutant")
    options = parser.parse_args()
    if options.only is not None:
        print(fuzzing.run_one(random.Random(f"{options.seed}/{options.only}")))
        return 0
    start = time.perf_counter()
    outcomes = fuzzing.fuzz(options.seed, options.count)
    seconds = time.perf_counter() - start
    table: dict[str, Counter[str]] = {}
    for label, number in outcomes.items():
        mutation, _, outcome = label.partition(": ")
        table.setdefault(mutation, Counter())[outcome] += number
    print(f"{options.count:,} mutants, seed {options.seed}, {seconds:.0f} s, 0 differences")
    for mutation, counts in sorted(table.items()):
        numbers = ", ".join(f"{number:,} {outcome}" for outcome, number in counts.most_common())
        print(f"  {mutation:<14} {numbers}")
    return 0


if __name__ == "__main__":
    sys.exit(main())
