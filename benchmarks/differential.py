"""
Compares the fast paths with `Signature.bind_partial` on random calls.

    python benchmarks/differential.py --calls 200000 --seed 1
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[1] / part) for part in ("src", "tests", "tests/support")]

from signatures.test_fast_paths import CONVERTERS, check_case  # noqa: E402
from slow_calls import make_cases  # noqa: E402  # the tests are no package


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--calls", type=int, default=200_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    n_calls = n_cases = n_different = 0
    for case in make_cases(options.seed):
        n_cases += 1
        try:
            n_calls += check_case(case, CONVERTERS)
        except AssertionError as error:
            n_different += 1
            print(error)
        if n_calls >= options.calls:
            break
    print(f"seed {options.seed}: {n_cases:,} models, {n_calls:,} calls, {n_different} differences")
    return 1 if n_different else 0


if __name__ == "__main__":
    sys.exit(main())
