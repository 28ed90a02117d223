"""
What importing the library costs beside importing what it stands on.
"""

from __future__ import annotations

import subprocess
import sys

from drivers import make_variables
from pairs import get_quartiles

LIMIT = "import attrs, cattrs"
CANDIDATE = "import callsheet"

_TIMED = """
from time import process_time
start = process_time()
{statement}
print(process_time() - start)
"""


def time_import(python: str, statement: str, environment: dict[str, str] | None = None) -> float:
    """
    Return the processor seconds of a statement in a process of its own.

    Reading the clock on the wall would count what else the machine does.
    """
    command = [python, "-c", _TIMED.format(statement=statement)]
    done = subprocess.run(command, capture_output=True, text=True, check=True, env=environment)
    return float(done.stdout)


def measure_imports(
    python: str, rounds: int = 15, environment: dict[str, str] | None = None
) -> tuple[tuple[float, float, float], float]:
    """
    Return the quartiles of the paired ratios, and the limit's median seconds.
    """
    ratios: list[float] = []
    limits: list[float] = []
    for statement in (LIMIT, CANDIDATE):  # byte-compiled, and in the disk's cache
        time_import(python, statement, environment)
    for i in range(rounds):
        order = (LIMIT, CANDIDATE) if i % 2 else (CANDIDATE, LIMIT)
        times = {statement: time_import(python, statement, environment) for statement in order}
        ratios.append(times[CANDIDATE] / times[LIMIT])
        limits.append(times[LIMIT])
    return get_quartiles(ratios), get_quartiles(limits)[1]


if __name__ == "__main__":
    quartiles, seconds = measure_imports(sys.executable, environment=make_variables())
    print(*(f"{value:.2f}" for value in quartiles), f"x {1000 * seconds:.0f} ms")
