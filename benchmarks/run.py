"""
Prints the table: each row's goal beside what was measured, ok or FAIL.

    python benchmarks/run.py --repeats 3
    python benchmarks/run.py --peers        # all candidates that are installed

The gate is the lower quartile of the paired ratios, in each repeat.
"""

from __future__ import annotations

import argparse
import json
import random
import sys
from pathlib import Path
from typing import Any

from drivers import Driver, find_python, list_installed, make_variables
from imports import measure_imports
from limits import LIMITS
from pairs import get_quartiles

HERE = Path(__file__).parent
LIBRARY = "callsheet"
MEMORY = {"memory f": "build f", "memory g": "build g"}

Repeat = dict[str, dict[str, Any]]


def measure(names: list[str], rows: list[str], rounds: int, seed: int) -> dict[str, Repeat]:
    """
    Return what one repeat measures, by candidate and row.
    """
    drivers = {name: Driver(name) for name in names}
    tasks = [
        (name, row)
        for name, driver in drivers.items()
        for row in driver.about["rows"]
        if row in rows
    ]
    for name, row in tasks:
        drivers[name].ask("prepare", row)
    times: dict[tuple[str, str], list[tuple[float, float]]] = {task: [] for task in tasks}
    shuffle = random.Random(seed).shuffle
    for _ in range(rounds):
        shuffle(tasks)
        for name, row in tasks:
            times[name, row].append(drivers[name].ask("time", row))
    measured: dict[str, Repeat] = {name: {} for name in names}
    for name, row in [(name, row) for name in names for row in rows]:
        if (name, row) in times:
            pairs = times[name, row]
            measured[name][row] = {
                "quartiles": get_quartiles([mine / limit for limit, mine in pairs]),
                "limit": get_quartiles([limit for limit, _ in pairs])[1],
            }
        elif row in MEMORY and MEMORY[row] in drivers[name].about["rows"]:
            n_bytes = drivers[name].ask("measure", MEMORY[row])
            measured[name][row] = {"quartiles": (n_bytes,) * 3, "limit": None}
    for name, driver in drivers.items():
        measured[name]["about"] = driver.about
        driver.close()
    if "import" in rows and LIBRARY in names:
        quartiles, limit = measure_imports(find_python(LIBRARY), environment=make_variables())
        measured[LIBRARY]["import"] = {"quartiles": quartiles, "limit": limit}
    return measured


def format_limit(row: str, seconds: float | None) -> str:
    if seconds is None:
        return "bytes"
    if row == "import":
        return f"x {1e3 * seconds:.0f} ms"
    return f"x {1e9 * seconds:,.0f} ns" if seconds < 1e-5 else f"x {1e6 * seconds:,.0f} us"


def format_number(value: float) -> str:
    return f"{value:.2f}" if value < 100 else f"{value:,.0f}"


def print_table(repeats: list[Repeat], rows: list[str], budget: dict[str, float | None]) -> int:
    """
    Print the library's rows; return how many miss their gates.
    """
    n_failed = 0
    print(f"{'row':22}{'goal':>8}  {'lower quartile':>22}{'median':>9}{'upper':>9}   limit")
    for row in rows:
        found = [repeat[row] for repeat in repeats if row in repeat]
        if not found:
            continue
        lower = [each["quartiles"][0] for each in found]
        last = found[-1]
        gate = budget[row]
        ok = gate is None or all(value <= gate for value in lower)
        n_failed += not ok
        verdict = "" if gate is None else "ok" if ok else "FAIL"
        print(
            f"{row:22}{'-' if gate is None else gate:>8}  "
            f"{' '.join(format_number(value) for value in lower):>22}"
            f"{format_number(last['quartiles'][1]):>9}{format_number(last['quartiles'][2]):>9}"
            f"   {format_limit(row, last['limit']):14} {verdict}"
        )
    return n_failed


def print_peers(repeats: list[dict[str, Repeat]], rows: list[str], names: list[str]) -> None:
    """
    Print the medians of all candidates, beside the library's.
    """
    print(f"{'row':22}", *(f"{name[:12]:>13}" for name in names))
    for row in rows:
        cells: list[str] = []
        for name in names:
            found = [repeat[name][row]["quartiles"][1] for repeat in repeats if row in repeat[name]]
            cells.append(format_number(get_quartiles(found)[1]) if found else "-")
        print(f"{row:22}", *(f"{cell:>13}" for cell in cells))
    for name in names:
        about = repeats[-1][name]["about"]
        print(name, about["python"], about["versions"])
        for row, note in about["notes"].items():
            print(f"    {row}: {note}")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--repeats", type=int, default=1)
    parser.add_argument("--rounds", type=int, default=21)
    parser.add_argument("--rows", nargs="*", help="only rows that contain one of these")
    parser.add_argument("--peers", nargs="*", help="also these candidates, or all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--json", type=Path, help="where to keep what was measured")
    options = parser.parse_args()

    rows = [*LIMITS, *MEMORY, "import"]
    if options.rows:
        rows = [row for row in rows if any(part in row for part in options.rows)]
    names = [LIBRARY]
    if options.peers is not None:
        names += options.peers or list_installed()
    repeats = [
        measure(names, rows, options.rounds, options.seed + i) for i in range(options.repeats)
    ]
    if options.json:
        options.json.write_text(json.dumps(repeats, indent=1))
    version = repeats[0][LIBRARY]["about"]["python"]
    budget = json.loads((HERE / "budgets.json").read_text())[version.rpartition(".")[0]]
    print(f"Python {version}, {options.repeats} x {options.rounds} rounds")
    n_failed = print_table([repeat[LIBRARY] for repeat in repeats], rows, budget)
    if len(names) > 1:
        print()
        print_peers(repeats, rows, names)
    return 1 if n_failed else 0


if __name__ == "__main__":
    sys.exit(main())
