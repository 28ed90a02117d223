"""
Times a limit and a candidate in adjacent slices of one process.
"""

from __future__ import annotations

import gc
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from itertools import repeat
from time import perf_counter, process_time
from typing import Any

SLICE_SECONDS = 0.004

_TEMPLATE = """
def run_slice(subjects, clock):
    start = clock()
    for subject in subjects:
        {statement}
    return clock() - start
"""


class Slice:
    """
    A statement that is run many times in a row.

    Where *fresh* is given, each run finds one of the objects that it has made
    beforehand as ``subject``.

    The clock is the processor's, which does not count what else the machine
    runs; the clock on the wall where threads wait for each other.
    """

    def __init__(
        self,
        statement: str,
        namespace: dict[str, Any],
        fresh: Callable[[int], list[Any]] | None = None,
        *,
        waits: bool = False,
    ) -> None:
        space = dict(namespace)
        exec(_TEMPLATE.format(statement=statement), space)
        self._run: Callable[[Iterable[Any], Any], float] = space["run_slice"]
        self._fresh = fresh
        self._clock = perf_counter if waits else process_time
        self.n = 1

    def time(self, n: int | None = None) -> float:
        """
        Return the seconds that one run takes.
        """
        n = n or self.n
        subjects = repeat(None, n) if self._fresh is None else self._fresh(n)
        return self._run(subjects, self._clock) / n

    def calibrate(self) -> None:
        """
        Find how many runs make a slice.
        """
        while self.time() * self.n < SLICE_SECONDS and self.n < 1 << 22:
            self.n *= 2


@dataclass
class Pair:
    """
    What is compared, the one with the other.
    """

    limit: Slice
    candidate: Slice
    flipped: bool = False

    def prepare(self) -> None:
        """
        Warm both up, and keep the collector from walking what stays.
        """
        self.limit.calibrate()
        self.candidate.calibrate()
        gc.collect()
        gc.freeze()

    def run_round(self) -> tuple[float, float]:
        """
        Return the seconds of the limit and of the candidate, in alternating
        order.
        """
        first, second = self.limit, self.candidate
        if self.flipped:
            first, second = second, first
        times = [first.time(), second.time()]
        if self.flipped:
            times.reverse()
        self.flipped = not self.flipped
        return times[0], times[1]


def get_quartiles(values: Iterable[float]) -> tuple[float, float, float]:
    """
    Return the lower quartile, the median and the upper quartile.
    """
    ordered = sorted(values)
    last = len(ordered) - 1

    def at(share: float) -> float:
        place = share * last
        low = int(place)
        high = min(low + 1, last)
        return ordered[low] + (ordered[high] - ordered[low]) * (place - low)

    return at(0.25), at(0.5), at(0.75)
