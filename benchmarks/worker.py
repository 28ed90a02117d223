"""
One candidate's process: sets up once, then times what the driver asks for.

Reads one JSON list per line, ``[command, row]``, and answers with one JSON
value per line.
"""

from __future__ import annotations

import json
import platform
import sys
from importlib import import_module, metadata
from typing import Any

from limits import LIMITS, NAMESPACE
from memory import measure_memory
from pairs import Pair, Slice


class Worker:
    """
    The pairs of one candidate.
    """

    def __init__(self, name: str) -> None:
        self.candidate = import_module(f"candidates.{name}")
        self.namespace = {**NAMESPACE, **self.candidate.NAMESPACE}
        self.pairs: dict[str, Pair] = {}

    def describe(self) -> dict[str, Any]:
        """
        Return the rows that the candidate has, and what it runs on.
        """
        distributions = getattr(self.candidate, "DISTRIBUTIONS", ())
        return {
            "rows": [row for row in LIMITS if row in self.candidate.STATEMENTS],
            "python": platform.python_version(),
            "versions": {name: metadata.version(name) for name in distributions},
            "notes": getattr(self.candidate, "NOTES", {}),
        }

    def prepare(self, row: str) -> bool:
        """
        Assert that the candidate's result is right; only then make the pair.
        """
        limit = LIMITS[row]
        statement = self.candidate.STATEMENTS[row]
        fresh = limit.fresh or getattr(self.candidate, "FRESH", {}).get(row)
        space = dict(self.namespace)
        if fresh is not None:
            (space["subject"],) = fresh(1)
        shown = self.candidate.show(row, eval(statement, space))
        if not limit.is_right(shown):
            raise AssertionError(f"{row}: {statement} gives {shown!r}")
        pair = Pair(
            Slice(limit.statement, self.namespace, fresh, waits=limit.waits),
            Slice(statement, self.namespace, fresh, waits=limit.waits),
        )
        pair.prepare()
        self.pairs[row] = pair
        return True

    def time(self, row: str) -> tuple[float, float]:
        """
        Return the seconds of limit and candidate in one round.
        """
        return self.pairs[row].run_round()

    def measure(self, row: str) -> float:
        """
        Return the bytes that one result of a row takes.
        """
        return measure_memory(self.candidate.STATEMENTS[row], self.namespace)


def main(name: str) -> None:
    worker = Worker(name)
    for line in sys.stdin:
        command, *arguments = json.loads(line)
        answer = getattr(worker, command)(*arguments)
        print(json.dumps(answer), flush=True)


if __name__ == "__main__":
    main(sys.argv[1])
