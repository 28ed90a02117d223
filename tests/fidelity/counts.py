"""
What the examples of a run were made of, so that a narrow strategy shows.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict
from collections.abc import Iterable

ENVIRONMENT = "CALLSHEET_FIDELITY_EXAMPLES"

_tables: dict[str, Counter[str]] = defaultdict(Counter)


def count(table: str, *labels: str) -> None:
    """
    Count one example under each of *labels*.
    """
    _tables[table].update(set(labels))


def get_examples(default: int) -> int:
    """
    Return how many examples a test runs.
    """
    return int(os.environ.get(ENVIRONMENT) or default)


def is_big_run() -> bool:
    """
    Whether the number of examples was asked for.
    """
    return bool(os.environ.get(ENVIRONMENT))


def format_tables() -> Iterable[str]:
    """
    Yield the lines of every table.
    """
    for name, table in sorted(_tables.items()):
        yield f"{name}:"
        line = "   "
        for label, number in table.most_common():
            part = f" {label} {number:,};"
            if len(line) + len(part) > 118:
                yield line
                line = "   "
            line += part
        yield line.rstrip(";")
