"""
Every public callable of the standard library and of numpy: does it make a
model, does its import string lead back to it, does its document load back?

    python benchmarks/census.py
    python benchmarks/census.py --reference ../xopt-1.4.1/xopt/pydantic.py \\
        --reference-python ../reference/bin/python --write docs/census.md

A process for each top-level module; the import strings are resolved a second
time in a fresh one. What goes wrong silently, or ends in anything but an error
of the library, fails the run.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import re
import subprocess
import sys
import warnings
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from census_subjects import get_subject, list_modules, list_subjects

HERE = Path(__file__).parent
TIMEOUT = 300
GROUPS = ("function", "class", "method")
HEADINGS = {"function": "functions", "class": "classes", "method": "methods of classes"}


def judge(value: Any) -> dict[str, Any]:
    """
    Return what the library makes of one callable.
    """
    from callsheet import UNSAFE_ALLOW_ANY, CallableModel, CallsheetError

    result: dict[str, Any] = {"built": False, "named": False, "round": False}
    try:
        model = CallableModel(value)
        result["built"] = model.callable is value or model.callable == value
        again = CallableModel(**model.dict())
        if again != model:
            result["wrong"] = "the live form makes another model"
        text = model.json()
        result["name"] = json.loads(text)["callable"]
        loaded = CallableModel.parse_raw(text, allow=UNSAFE_ALLOW_ANY)
        result["named"] = loaded.callable is value or loaded.callable == value
        result["round"] = (
            loaded == model and loaded.missing() == model.missing() and loaded.json() == text
        )
        if not result["named"]:
            result["wrong"] = "its import string leads to something else"
        elif not result["round"]:
            result["wrong"] = "its document loads back as another record"
    except CallsheetError as error:
        result["reason"] = f"{type(error).__name__}: {error}"
    except Exception as error:
        result["crash"] = f"{type(error).__name__}: {error}"
    return result


def verify(module: str, path: str, name: str) -> str | None:
    """
    Return what is wrong with an import string in a fresh process, or None.
    """
    from callsheet import CallsheetError, get_callable_from_string

    try:
        found = get_callable_from_string(name)
    except CallsheetError as error:
        return f"{name} does not resolve in a fresh process: {error}"
    value = get_subject(module, path)
    if found is value or found == value:
        return None
    return f"{name} leads to something else in a fresh process"


def work(kind: str, modules: list[str]) -> None:
    """
    Print a line of JSON for each subject of some modules.
    """
    warnings.simplefilter("ignore")
    out = sys.stdout
    sys.stdout = sys.stderr  # some modules greet
    if kind == "verify":
        for line in sys.stdin:
            item = json.loads(line)
            wrong = verify(item["module"], item["path"], item["name"])
            print(json.dumps({**item, "wrong": wrong}), file=out, flush=True)
        return
    for name in modules:
        try:
            module = importlib.import_module(name)
        except Exception as error:
            skipped = {"module": name, "skipped": f"{type(error).__name__}: {error}"}
            print(json.dumps(skipped), file=out, flush=True)
            continue
        for group, path, value in list_subjects(module):
            result = {"module": name, "group": group, "path": path, **judge(value)}
            print(json.dumps(result), file=out, flush=True)


def run(command: list[str], text: str = "") -> list[dict[str, Any]]:
    """
    Return what a worker prints; what it did not get to is no result.
    """
    variables = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([*_get_path(), str(HERE.parent / "src"), str(HERE)]),
    }
    done = subprocess.run(
        command,
        input=text,
        env=variables,
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    lines = [json.loads(line) for line in done.stdout.splitlines()]
    if done.returncode:
        lines.append({"module": command[-1], "crash": done.stderr[-300:], "group": "class"})
    return lines


def _get_path() -> list[str]:
    return [part for part in [os.environ.get("PYTHONPATH")] if part]


def get_batches(package: str | None) -> Iterator[list[str]]:
    """
    Yield the modules of each top-level name.
    """
    batches: dict[str, list[str]] = defaultdict(list)
    for name in list_modules(package):
        batches[name.partition(".")[0]].append(name)
    yield from batches.values()


def take_census(package: str | None) -> list[dict[str, Any]]:
    """
    Return the library's results for the standard library or for a package.
    """
    worker = [sys.executable, str(HERE / "census.py"), "--worker"]
    results: list[dict[str, Any]] = []
    for modules in get_batches(package):
        batch = run([*worker, "judge", *modules])
        named = [r for r in batch if r.get("named")]
        lines = [json.dumps({k: r[k] for k in ("module", "path", "name")}) for r in named]
        checked = run([*worker, "verify"], "\n".join(lines))
        for result, check in zip(named, checked, strict=True):
            if check["wrong"]:
                result.update(named=False, round=False, wrong=check["wrong"])
        results.extend(batch)
    return results


def take_reference(package: str | None, python: str, path: str) -> list[dict[str, Any]]:
    """
    Return the reference's results on the same list.
    """
    command = [python, str(HERE / "census_reference.py"), path]
    results: list[dict[str, Any]] = []
    for modules in get_batches(package):
        results.extend(run([*command, *modules]))
    return results


def summarize(results: list[dict[str, Any]], group: str) -> list[int]:
    """
    Return: how many, built, named, loaded back, silently wrong, crashed.
    """
    rows = [r for r in results if r.get("group") == group]
    keys = ("built", "named", "round", "wrong", "crash")
    return [len(rows), *[sum(bool(r.get(key)) for r in rows) for key in keys]]


def shorten(reason: str) -> str:
    """
    Return a reason without the names in it.
    """
    kind, _, text = reason.partition(": ")
    text = re.sub(r"Cannot \w+( a model of| arguments for)? \S+?: ", "", text)
    text = re.sub(r"^.*?(Cannot name) .*?: ", "", text)
    text = re.sub(r"'[^']*'|<[^>]*>", "…", text)
    return f"{text.partition('. ')[0].rstrip('.')} ({kind})"


def format_report(census: dict[str, dict[str, list[dict[str, Any]]]]) -> str:
    """
    Return the tables, and everything that is not all right with its reason.
    """
    answers = ("public callables", "build a model", "named, and found again", "load back equal")
    titles = ("", "", *answers, "silently wrong", "other errors")
    lines = [f"| {' | '.join(titles)} |", "|---|---|--:|--:|--:|--:|--:|--:|"]
    for part, columns in census.items():
        for group in GROUPS:
            for who, results in columns.items():
                numbers = " | ".join(f"{n:,}" for n in summarize(results, group))
                lines.append(f"| {part}: {HEADINGS[group]} | {who} | {numbers} |")
    lines += ["", "## What does not, and why", ""]
    for part, columns in census.items():
        reasons: dict[str, list[str]] = defaultdict(list)
        for r in columns["callsheet"]:
            if "skipped" in r:
                reasons["the module cannot be imported here"].append(r["module"])
            elif not r.get("round"):
                text = r.get("wrong") or r.get("crash") or r["reason"]
                reasons[shorten(text)].append(f"{r['module']}.{r['path']}")
        for reason, names in sorted(reasons.items(), key=lambda item: -len(item[1])):
            listed = ", ".join(f"`{name}`" for name in names)
            lines.append(f"- {part}, {reason}, {len(names):,}: {listed}.")
    return "\n".join(lines)


def main() -> int:
    """
    Take the census, print it, and fail if anything is silently wrong.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--worker", nargs="+", help=argparse.SUPPRESS)
    parser.add_argument("--reference", help="the reference's pydantic.py")
    parser.add_argument("--reference-python", help="the Python of its environment")
    parser.add_argument("--write", type=Path, help="replace the report in this page")
    parser.add_argument("--json", type=Path, help="keep every result here")
    options = parser.parse_args()
    if options.worker:
        work(options.worker[0], options.worker[1:])
        return 0
    census: dict[str, dict[str, list[dict[str, Any]]]] = {}
    for part, package in (("standard library", None), ("numpy", "numpy")):
        columns = {"callsheet": take_census(package)}
        if options.reference:
            columns["reference"] = take_reference(
                package, options.reference_python, options.reference
            )
        census[part] = columns
    report = f"Python {platform.python_version()}.\n\n{format_report(census)}"
    print(report)
    if options.json:
        options.json.write_text(json.dumps(census, indent=1), encoding="utf-8")
    if options.write:
        page = options.write.read_text(encoding="utf-8")
        start = page.index("<!-- census -->")
        options.write.write_text(f"{page[:start]}<!-- census -->\n{report}\n", encoding="utf-8")
    ours = [r for columns in census.values() for r in columns["callsheet"]]
    failures = [r for r in ours if r.get("wrong") or r.get("crash")]
    print(f"\n{len(failures)} silently wrong or crashed")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
