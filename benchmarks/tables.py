"""
Prints the tables of the page about benchmarks, in Markdown.

    python benchmarks/run.py --repeats 3 --json a.json    # on each Python
    python benchmarks/tables.py a.json b.json
    python benchmarks/run.py --peers --json c.json
    python benchmarks/tables.py --peers c.json
"""

from __future__ import annotations

import argparse
import json
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent

#: What the page calls each row, and its limit.
TITLES = {
    "build f": ("build from a live callable, `f`", "`functools.partial(f, **kw)`"),
    "build g": ("the same, `g`", "`partial(g, **kg)`"),
    "first build": ("first build of a new function", "`partial(new, **kw)`"),
    "build from a string": ("build from an import string", "`partial(f, **kw)`"),
    "call f": ("call, stored arguments only, `f`", "`f(**kw)`"),
    "call g": ("the same, `g`", "`g(**kg)`"),
    "keyword f": ("call, one override by keyword, `f`", "`f(**{**kw, 'y': 2})`"),
    "keyword g": ("the same, `g`", "`g(**{**kg, 'e': 2})`"),
    "position f": ("call, one override by position, `f`", "`f(**{**kw, 'x': 2})`"),
    "position g": ("the same, `g`", "`g(**{**kg, 'a': 2})`"),
    "to dict": ("to dict", "copying the two dicts"),
    "to JSON / json": ("to JSON, one model, by `json`", "`json.dumps` of the plain dict"),
    "to JSON / orjson": ("the same, by orjson", "`orjson.dumps` of the plain dict"),
    "json()": ("`model.json()`", "`json.dumps` of the plain dict"),
    "from JSON": ("from JSON, one model", "strict `json` decoding"),
    "parse_raw": ("`CallableModel.parse_raw(text)`", "strict `json` decoding"),
    "parse_raw, allow": ("`parse_raw(text, allow=[...])`", "strict `json` decoding"),
    "1,000 to JSON": ("1,000 models to one text", "`orjson.dumps` of the plain dicts"),
    "1,000 from JSON": ("1,000 models from one text", "strict `json` decoding"),
    "load": ("`loader.load()`", "`C(**kw)`"),
    "pool from JSON": (
        "executor from JSON to a live thread pool",
        "`ThreadPoolExecutor(max_workers=2)`",
    ),
    "decode + pool": ("the same", "strict decoding, then the pool"),
    "pool to result": (
        "document to first result of a thread pool, closed again",
        "the same by hand",
    ),
    "submit": ("`submit` and its result, on threads", "the raw executor"),
    "map 10,000": ("`map` of 10,000 on threads", "the raw executor"),
    "submit, processes": ("`submit` and its result, on a process", "the raw executor"),
    "map, processes": ("`map` on a process, one call each", "the raw executor"),
    "map in chunks": ("`map` of 10,000 on a process, in chunks of 500", "the raw executor"),
    "wrong keyword": ("a wrong keyword refused at build", "raising the `TypeError`"),
    "pickle": ("pickle round trip", "pickling the partial"),
    "resolve": (
        "resolve an import string again, under the policy",
        "`import_module` and `getattr`",
    ),
    "first resolve": ("resolve it for the first time", "`import_module` and `getattr`"),
    "policy": ("1,000 models from one text, under the policy", "the same without a policy"),
    "memory f": ("memory of one model, `f`", "bytes"),
    "memory g": ("the same, `g`", "bytes"),
    "import": ("`import callsheet`", "`import attrs, cattrs`"),
}
CANDIDATES = {
    "callsheet": "callsheet",
    "reference": "reference",
    "pydantic2": "pydantic 2",
    "attrs_cattrs": "attrs + cattrs",
    "msgspec": "msgspec",
    "functools_partial": "partial",
    "fiddle": "fiddle",
    "jsonargparse": "jsonargparse",
    "hydra": "Hydra",
    "hydra_zen": "hydra-zen",
}
#: Rows that have no peers.
ALONE = {
    *("to JSON / json", "json()", "parse_raw", "parse_raw, allow", "decode + pool"),
    *("pool to result", "submit, processes", "map, processes", "map in chunks"),
    *("policy", "import", "resolve", "first resolve"),
}

Repeats = list[dict[str, dict[str, Any]]]


def format_number(value: float) -> str:
    if value >= 100:
        return f"{value:,.0f}"
    return f"{value:.1f}" if value >= 10 else f"{value:.2f}"


def get_python(repeats: Repeats) -> str:
    """
    Return the minor version that was measured.
    """
    version: str = repeats[0]["callsheet"]["about"]["python"]
    return version.rpartition(".")[0]


def make_main_table(runs: list[Repeats]) -> list[str]:
    """
    Return the goals beside the lower quartiles of each repeat.
    """
    budgets = json.loads((HERE / "budgets.json").read_text())
    pythons = [get_python(repeats) for repeats in runs]
    lines = [
        f"| operation | limit | goal | {' | '.join(pythons)} | |",
        f"|---|---|--:|{'---|' * len(runs)}---|",
    ]
    for row, (title, limit) in TITLES.items():
        gates = [budgets[python].get(row) for python in pythons]
        found = [
            [each["callsheet"][row]["quartiles"][0] for each in repeats if row in each["callsheet"]]
            for repeats in runs
        ]
        cells = [
            " · ".join(map(format_number, values if len(set(values)) > 1 else values[:1]))
            for values in found
        ]
        missed = any(
            gate is not None and max(values) > gate
            for gate, values in zip(gates, found, strict=True)
        )
        goal = "-" if gates[0] is None else f"≤ {gates[0]:g}"
        verdict = "" if gates[0] is None else "**missed**" if missed else "ok"
        lines.append(f"| {title} | {limit} | {goal} | {' | '.join(cells)} | {verdict} |")
    return lines


def make_peer_table(repeats: Repeats) -> list[str]:
    """
    Return the medians of all candidates.
    """
    names = [name for name in CANDIDATES if name in repeats[0]]
    lines = [
        f"| | {' | '.join(CANDIDATES[name] for name in names)} |",
        f"|---|{'--:|' * len(names)}",
    ]
    for row in TITLES:
        if row in ALONE:
            continue
        cells: list[str] = []
        for name in names:
            found = sorted(each[name][row]["quartiles"][1] for each in repeats if row in each[name])
            cells.append(format_number(found[len(found) // 2]) if found else "-")
        lines.append(f"| {row.partition(' / ')[0]} | {' | '.join(cells)} |")
    versions = [
        f"{package} {version}"
        for name in names[1:]
        for package, version in repeats[0][name]["about"]["versions"].items()
    ]
    lines += ["", f"Versions: {', '.join(dict.fromkeys(versions))}."]
    return lines


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--peers", action="store_true")
    parser.add_argument("files", nargs="+", type=Path)
    options = parser.parse_args()
    runs = [json.loads(path.read_text()) for path in options.files]
    tables = map(make_peer_table, runs) if options.peers else [make_main_table(runs)]
    for table in tables:
        print("\n".join(table), end="\n\n")


if __name__ == "__main__":
    main()
