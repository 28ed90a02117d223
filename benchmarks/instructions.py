"""
Instructions per operation, by callgrind: repeatable where times are not.

    python benchmarks/instructions.py "build f" "call g"      # all rows without
    python benchmarks/instructions.py "build f" --functions 25

Each statement runs N and 2N times in a process of its own; the difference is
free of the start-up. With ``--functions``, says where the instructions go.
"""

from __future__ import annotations

import argparse
import subprocess
import sys
import tempfile
from collections import Counter
from pathlib import Path

from drivers import find_python, make_variables
from limits import LIMITS

HERE = Path(__file__).parent
SLOW = {
    *("1,000 to JSON", "1,000 from JSON", "policy", "pool to result", "submit", "map 10,000"),
    *("submit, processes", "map, processes", "map in chunks"),
}

_CHILD = """
import gc, sys
sys.path.insert(0, {here!r})
import limits
from pairs import Slice
statement, fresh = {statement!r}, limits.LIMITS[{row!r}].fresh
from candidates import {candidate} as candidate
names = {{**limits.NAMESPACE, **candidate.NAMESPACE}}
run = Slice(statement or candidate.STATEMENTS[{row!r}], names, fresh)
run.time(200)
gc.collect()
gc.disable()
run.time({n})
"""


def count(row: str, statement: str | None, candidate: str, n: int) -> Counter[str]:
    """
    Return the instructions of a process that runs a row *n* times, by the
    function of C that ran them.
    """
    code = _CHILD.format(here=str(HERE), statement=statement, row=row, candidate=candidate, n=n)
    with tempfile.TemporaryDirectory() as directory:
        output = Path(directory) / "callgrind.out"
        command = ["valgrind", "--tool=callgrind", f"--callgrind-out-file={output}"]
        variables = {**make_variables(), "PYTHONMALLOC": "pymalloc"}
        subprocess.run(
            [*command, find_python(candidate), "-c", code],
            check=True,
            capture_output=True,
            env=variables,
        )
        return parse(output.read_text(errors="replace"))


def parse(text: str) -> Counter[str]:
    """
    Return the self cost of each function in callgrind's output.
    """
    names: dict[str, str] = {}
    costs: Counter[str] = Counter()
    current = ""
    skip = False
    for line in text.splitlines():
        if line.startswith("fn="):
            key, _, name = line[3:].partition(" ")
            current = names.setdefault(key, name)
        elif line.startswith("cfn="):
            key, _, name = line[4:].partition(" ")
            if name:
                names.setdefault(key, name)
        elif line.startswith("calls="):
            skip = True
        elif line[:1] in "0123456789+-*" and line:
            if skip:  # the inclusive cost of a call
                skip = False
            else:
                parts = line.split()
                if len(parts) == 2:
                    costs[current] += int(parts[1])
    return costs


def measure(row: str, statement: str | None, candidate: str, n: int) -> Counter[str]:
    """
    Return the instructions of one run of a row, by function.
    """
    once = count(row, statement, candidate, n)
    twice = count(row, statement, candidate, 2 * n)
    return Counter({name: (twice[name] - once[name]) // n for name in twice})


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("rows", nargs="*", default=[row for row in LIMITS if row not in SLOW])
    parser.add_argument("-n", type=int, default=2_000)
    parser.add_argument("--candidate", default="callsheet")
    parser.add_argument("--functions", type=int, default=0)
    options = parser.parse_args()
    print(f"{'row':22}{'limit':>10}{'candidate':>12}{'ratio':>8}")
    for row in options.rows:
        n = 4 if row in SLOW else options.n
        limit = measure(row, LIMITS[row].statement, options.candidate, n).total()
        found = measure(row, None, options.candidate, n)
        print(f"{row:22}{limit:>10,}{found.total():>12,}{found.total() / limit:>8.2f}", flush=True)
        for name, cost in found.most_common(options.functions):
            print(f"    {cost:>8,}  {name}")


if __name__ == "__main__":
    sys.exit(main())
