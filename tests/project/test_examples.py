"""
The examples run as their pages say, each in a process of its own.
"""

from __future__ import annotations

import csv
import importlib.util
import json
import subprocess
import sys
from pathlib import Path

import pytest

EXAMPLES = Path(__file__).parents[2] / "examples"
HAS_DASK = importlib.util.find_spec("distributed") is not None
DOCUMENTS = [
    "threads.json",
    "processes.json",
    pytest.param(
        "dask.json",
        marks=pytest.mark.skipif(not HAS_DASK, reason="needs the extra callsheet[dask]"),
    ),
]


def run(*command: object) -> str:
    """
    Run a Python file in a fresh process and return what it printed.
    """
    done = subprocess.run(
        [sys.executable, *map(str, command)], capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def expected(tmp_path_factory):
    """
    What the scan's own function gives, without callsheet.
    """
    path = tmp_path_factory.mktemp("plain") / "results.csv"
    code = (
        "import csv, sys; sys.path.insert(0, sys.argv[1]); import scan, tnk;"
        "points = scan.read_points(scan.HERE / 'points.csv');"
        "rows = [{'x1': a, 'x2': b, **tnk.evaluate(a, b)} for a, b in points];"
        "scan.write_results(scan.Path(sys.argv[2]), rows)"
    )
    run("-c", code, EXAMPLES / "scan", path)
    return path.read_text()


def get_front_lines(results: str) -> list[str]:
    """
    Return the lines of the front as the definition of a Pareto front gives it:
    feasible, and no feasible point is better in one objective and no worse in
    the other.
    """
    rows = [row for row in csv.DictReader(results.splitlines()) if row["feasible"] == "True"]
    points = {tuple(float(row[name]) for name in ("f1", "f2", "c1", "c2")) for row in rows}
    front = [
        point
        for point in points
        if not any(
            other[:2] != point[:2] and other[0] <= point[0] and other[1] <= point[1]
            for other in points
        )
    ]
    return ["".join(f"{value:>10.6f}" for value in point) for point in sorted(front)]


@pytest.mark.parametrize("document", DOCUMENTS)
def test_scan(document, expected, tmp_path):
    """
    Only the document changes between threads, processes and Dask: the results
    are those of plain calls, and the front is the one of its definition.
    """
    results = tmp_path / "results.csv"

    printed = run(EXAMPLES / "scan" / "scan.py", EXAMPLES / "scan" / document, "--results", results)

    assert results.read_text() == expected
    front = get_front_lines(expected)
    assert printed.splitlines() == [
        f"{document}: 2500 points evaluated, {expected.count('True')} of them feasible.",
        f"The feasible Pareto front has {len(front)} points:",
        "        f1        f2        c1        c2",
        *front,
    ]
    assert len(front) > 10


def test_documents_differ_in_their_executor_alone():
    """
    What is called, and with what, is the same in each document.
    """
    documents = [json.loads(path.read_text()) for path in (EXAMPLES / "scan").glob("*.json")]

    assert len(documents) == 3
    assert all(document["callable"] == documents[0]["callable"] for document in documents)


def test_points_are_reproducible(tmp_path):
    """
    points.csv is what its script writes.
    """
    script = EXAMPLES / "scan" / "make_points.py"
    copy = tmp_path / script.name
    copy.write_text(script.read_text())

    run(copy)

    assert (tmp_path / "points.csv").read_text() == script.with_name("points.csv").read_text()


def test_notebook():
    """
    Each cell of the executors notebook does what the notebook shows.
    """
    printed = run(EXAMPLES / "notebook.py")

    assert printed.startswith("Cells 1 to 41 did what the notebook shows")
