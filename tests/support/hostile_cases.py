"""
Runs rows of hostile/specs.jsonl: one document each, and what must become of it.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from callsheet._imports.guarding import resolve_allowed
from callsheet.exceptions import CallsheetError, RefusedError
from callsheet.policies import ImportPolicy

HOSTILE = Path(__file__).parent.parent / "hostile"
FIXTURES = HOSTILE / "fixtures"
OWN = ("mypkg", "mypkg_evil", "sidefx_only", "hopmod")

Row = Mapping[str, Any]


def read_rows(*kinds: str, name: str = "specs.jsonl") -> list[Row]:
    """
    Return the rows of these kinds that apply to this platform.
    """
    lines = (HOSTILE / name).read_text(encoding="ascii").splitlines()
    rows: list[Row] = [json.loads(line) for line in lines]
    return [row for row in rows if row["kind"] in kinds and row.get("platform", os.name) == os.name]


def run_resolve(row: Row) -> object:
    return resolve_allowed(ImportPolicy(row["allow"]), row["spec"])


# Kind of row -> what reads its document. Other kinds are added by the tests of what reads them.
RUNNERS: dict[str, Callable[[Row], object]] = {"resolve": run_resolve}


def run_case(row: Row) -> str:
    """
    Return what became of a row's document: ``ok``, ``refused`` or ``error``.

    Any exception that is not this library's comes out as it is.
    """
    try:
        RUNNERS[row["kind"]](row)
    except CallsheetError as error:
        return "refused" if is_refusal(error) else "error"
    return "ok"


def is_refusal(error: BaseException) -> bool:
    """
    Tell whether an error is a refusal, or a group with one in it.
    """
    inner: tuple[BaseException, ...] = getattr(error, "exceptions", ())
    return isinstance(error, RefusedError) or any(map(is_refusal, inner))


@contextmanager
def traps(markers: Path) -> Iterator[None]:
    """
    Put the fixtures on the path and arm the traps; afterwards the process
    forgets the modules again.
    """
    os.environ["HOSTILE_MARKERS"] = str(markers)
    sys.path.insert(0, str(FIXTURES))
    before = set(sys.modules)
    try:
        yield
    finally:
        for name in set(sys.modules) - before:
            if name.partition(".")[0] in OWN:
                del sys.modules[name]
        sys.path.remove(str(FIXTURES))
        del os.environ["HOSTILE_MARKERS"]


def check_case(row: Row, markers: Path) -> None:
    """
    Run a row and compare everything that it promises.
    """
    loaded = set(sys.modules)

    with traps(markers):
        outcome = run_case(row)
        imported = set(sys.modules) - loaded

    assert outcome == row["expect"] or (outcome, row["expect"]) == ("refused", "error")
    assert imported.isdisjoint(row.get("must_not_import", ()))
    assert list(markers.iterdir()) == []
