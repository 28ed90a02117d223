"""
The bytes that one object takes, by tracemalloc.
"""

from __future__ import annotations

import gc
import tracemalloc
from typing import Any

N_OBJECTS = 2_000


def measure_memory(statement: str, namespace: dict[str, Any], n: int = N_OBJECTS) -> float:
    """
    Return the bytes that each of *n* results of a statement keeps.
    """
    make = eval(f"lambda: {statement}", dict(namespace))
    kept: list[Any] = [None] * n
    make()
    gc.collect()
    tracemalloc.start()
    before = tracemalloc.get_traced_memory()[0]
    for i in range(n):
        kept[i] = make()
    gc.collect()
    after = tracemalloc.get_traced_memory()[0]
    tracemalloc.stop()
    return (after - before) / n
