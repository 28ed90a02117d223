"""
Every whole document of the hostile corpus gets the verdict that it must get.
"""

from __future__ import annotations

from pathlib import Path
from pkgutil import resolve_name
from typing import Any

import pytest

import hostile_cases
from callsheet import CallableModel, NormalExecutor, ObjLoader, make_converter
from hostile_cases import Row, check_case, read_rows


def get_declared(row: Row) -> Any:
    """
    Return the class that a row's record is parameterised with.
    """
    return resolve_name(row["of"])


def run_callable(row: Row) -> object:
    return make_converter(allow=row["allow"]).structure(row["spec"], CallableModel)


def run_resolve(row: Row) -> object:
    spec = {"callable": row["spec"]}
    return make_converter(allow=row["allow"]).structure(spec, CallableModel)


def run_loader(row: Row) -> object:
    cls: Any = ObjLoader[get_declared(row)] if "of" in row else ObjLoader
    return make_converter(allow=row["allow"]).structure(row["spec"], cls)


def run_executor(row: Row) -> object:
    cls: Any = NormalExecutor[get_declared(row)] if "of" in row else NormalExecutor
    model = make_converter(allow=row["allow"]).structure(row["spec"], cls)
    assert model._cell.live is None
    return model


def run_text(row: Row) -> object:
    return CallableModel.parse_raw(row["spec"], allow=row["allow"])


RUNNERS = {
    "callable": run_callable,
    "executor": run_executor,
    "json-text": run_text,
    "loader": run_loader,
    "resolve": run_resolve,
}
ROWS = [*read_rows(*RUNNERS), *read_rows(*RUNNERS, name="more.jsonl")]


@pytest.mark.parametrize("row", ROWS, ids=[row["id"] for row in ROWS])
def test_verdict(row: Row, tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    """
    The verdict is right, no trap goes off, no foreign module is imported, and
    only this library's errors come out; loading an executor starts nothing.
    """
    monkeypatch.setattr(hostile_cases, "RUNNERS", RUNNERS)
    if row["id"].startswith("exec-workers"):  # the executor's own word, at first use
        row = {**row, "expect": "ok"}

    check_case(row, tmp_path)


@pytest.mark.parametrize("workers", [0, -1, [1]])
def test_executor_rejects_its_own_arguments(workers: Any):
    """
    What the executor's class rejects arrives as itself, at first use.
    """
    from concurrent.futures import ThreadPoolExecutor

    document = {"loader": {"loader": {"signature": {"max_workers": workers}}}}
    model = NormalExecutor[ThreadPoolExecutor].parse_obj(document, allow=[])

    with pytest.raises((ValueError, TypeError)) as caught:
        model.submit(len, "abc").result(timeout=10)

    assert not type(caught.value).__module__.startswith("callsheet")
