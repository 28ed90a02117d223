"""
Reads a document from its input, uses it, and ends without shutting it down.
"""

from __future__ import annotations

import json
import sys

from callsheet import NormalExecutor

LIMIT = 60


def increase(x: int) -> int:
    return x + 5


def divide(x: int) -> float:
    return x / 0


if __name__ == "__main__":
    found = json.load(sys.stdin)
    model = NormalExecutor.parse_raw(found["document"], allow=found["allow"])
    print(model.submit(increase, 1).result(LIMIT))
    print(list(model.map(increase, range(3))) == [5, 6, 7])
    print(type(model.submit(divide, 1).exception(LIMIT)).__name__)
    model.submit(increase, 1)
