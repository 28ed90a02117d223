"""
Writes points.csv: 2,500 points of the Halton sequence in bases 2 and 3.
"""

from __future__ import annotations

import csv
import math
from pathlib import Path

COUNT = 2_500


def get_radical_inverse(number: int, base: int) -> float:
    """
    Return the digits of a number mirrored at the point: 6 = 110 gives 0.011.
    """
    result, place = 0.0, 1.0
    while number:
        number, digit = divmod(number, base)
        place /= base
        result += digit * place
    return result


def main() -> None:
    """
    Spread the points over 0 <= x1, x2 <= pi.
    """
    with Path(__file__).with_name("points.csv").open("w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["x1", "x2"])
        for number in range(1, COUNT + 1):
            writer.writerow(f"{math.pi * get_radical_inverse(number, base):.6f}" for base in (2, 3))


if __name__ == "__main__":
    main()
