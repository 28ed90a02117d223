"""
Evaluates TNK at every point of points.csv, as a JSON document says.

    python scan.py [DOCUMENT] [--points POINTS] [--results RESULTS]

The document holds the callable, its stored arguments and the executor:
threads.json, processes.json and dask.json differ in their executor alone.
"""

from __future__ import annotations

import argparse
import csv
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor
from pathlib import Path
from typing import Any

import attrs

from callsheet import CallableModel, NormalExecutor, make_converter

HERE = Path(__file__).parent

# Everything that a document may import: nothing else is, whatever it says.
ALLOW = [
    "tnk.evaluate",
    "concurrent.futures.thread.ThreadPoolExecutor",
    "concurrent.futures.process.ProcessPoolExecutor",
    "distributed.cfexecutor.ClientExecutor",
    "distributed.Client",
]


@attrs.frozen
class Scan:
    """
    What to call at each point, and where.
    """

    callable: CallableModel[dict[str, Any]]
    executor: NormalExecutor[Executor]


def read_points(path: Path) -> list[tuple[float, float]]:
    """
    Return the points of a CSV file with the columns x1 and x2.
    """
    with path.open(newline="") as file:
        return [(float(row["x1"]), float(row["x2"])) for row in csv.DictReader(file)]


def get_front(results: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """
    Return the feasible results that no other feasible one betters in both
    objectives, by rising f1.
    """
    front: list[dict[str, Any]] = []
    for result in sorted(results, key=lambda result: (result["f1"], result["f2"])):
        if result["feasible"] and (not front or result["f2"] < front[-1]["f2"]):
            front.append(result)
    return front


def write_results(path: Path, rows: Sequence[dict[str, Any]]) -> None:
    """
    Write a CSV file with one line for each point.
    """
    with path.open("w", newline="") as file:
        writer = csv.DictWriter(file, fieldnames=list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)


def main() -> None:
    """
    Read, evaluate, write, print.
    """
    parser = argparse.ArgumentParser(description="Evaluate TNK as a document says.")
    parser.add_argument("document", nargs="?", type=Path, default=HERE / "threads.json")
    parser.add_argument("--points", type=Path, default=HERE / "points.csv")
    parser.add_argument("--results", type=Path, default=HERE / "results.csv")
    options = parser.parse_args()

    converter = make_converter(allow=ALLOW)
    scan = converter.loads(options.document.read_text(encoding="utf-8"), Scan)
    points = read_points(options.points)

    with scan.executor as executor:
        results = list(executor.map(scan.callable, *zip(*points, strict=True), chunksize=100))

    rows = [
        {"x1": x1, "x2": x2, **result} for (x1, x2), result in zip(points, results, strict=True)
    ]
    write_results(options.results, rows)

    front = get_front(results)
    feasible = sum(result["feasible"] for result in results)
    print(f"{options.document.name}: {len(rows)} points evaluated, {feasible} of them feasible.")
    print(f"The feasible Pareto front has {len(front)} points:")
    print(f"{'f1':>10}{'f2':>10}{'c1':>10}{'c2':>10}")
    for result in front:
        print("".join(f"{result[name]:>10.6f}" for name in ("f1", "f2", "c1", "c2")))


if __name__ == "__main__":
    main()
