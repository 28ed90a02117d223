"""
TNK: a benchmark with two variables, two objectives and two constraints.

M. Tanaka, H. Watanabe, Y. Furukawa, T. Tanino: "GA-based decision support
system for multicriteria optimization", IEEE International Conference on
Systems, Man and Cybernetics, 1995, pages 1556-1561.
"""

from __future__ import annotations

import math


def evaluate(
    x1: float, x2: float, *, ripple: float = 0.1, waves: int = 16, reach: float = 0.5
) -> dict[str, float | bool]:
    """
    Return the objectives and the constraints of TNK at a point.

    Both objectives are minimised over 0 <= x1, x2 <= pi.
    A point is feasible where c1 >= 0 and c2 <= reach.
    """
    # The paper's arctan(x1 / x2), with a value at x2 = 0 too.
    c1 = x1**2 + x2**2 - 1 - ripple * math.cos(waves * math.atan2(x1, x2))
    c2 = (x1 - 0.5) ** 2 + (x2 - 0.5) ** 2
    return {"f1": x1, "f2": x2, "c1": c1, "c2": c2, "feasible": c1 >= 0 and c2 <= reach}
