"""
The hostile corpus of the tests, against this library, Hydra and the reference.

    python benchmarks/peers.py install callsheet reference hydra_1_3_2 hydra_newest hydra_candidate
    python benchmarks/hostile_peers.py

Each row runs in a process of its own with a time-out and a directory for the
marks that its traps leave. Hydra gets the rows that are import strings, as a
``_target_`` that is ``_partial_``: it resolves them and calls nothing.
"""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable
from importlib import import_module, metadata
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
HOSTILE = HERE.parent / "tests" / "hostile"
TIMEOUT = 20.0

Row = dict[str, Any]
Read = Callable[[Row], object]

SYSTEMS = {
    "callsheet": "callsheet",
    "reference": "reference",
    "hydra 1.3.2": "hydra_1_3_2",
    "hydra newest": "hydra_newest",
    "hydra candidate": "hydra_candidate",
    "hydra candidate, list": "hydra_candidate",
}


def get_declared(row: Row) -> Any:
    module, _, name = row["of"].rpartition(".")
    return getattr(import_module(module), name)


def make_callsheet() -> Read:
    from callsheet import CallableModel, ImportPolicy, NormalExecutor, ObjLoader, make_converter

    def read(row: Row) -> object:
        policy = ImportPolicy(row["allow"])
        converter = make_converter(policy=policy)
        if row["kind"] == "resolve":
            return converter.structure({"callable": row["spec"]}, CallableModel)
        if row["kind"] == "json-text":
            return converter.loads(row["spec"], CallableModel)
        if row["kind"] == "callable":
            return converter.structure(row["spec"], CallableModel)
        model = {"loader": ObjLoader, "executor": NormalExecutor}[row["kind"]]
        return converter.structure(row["spec"], model[get_declared(row)])

    return read


def make_reference() -> Read:
    from xopt.pydantic import CallableModel, NormalExecutor, ObjLoader

    import candidates.reference  # noqa: F401  # stubs the package around the module

    def read(row: Row) -> object:
        if row["kind"] == "resolve":
            return CallableModel(callable=row["spec"])
        if row["kind"] == "json-text":
            return CallableModel.parse_raw(row["spec"])
        if row["kind"] == "callable":
            return CallableModel.parse_obj(row["spec"])
        model = {"loader": ObjLoader, "executor": NormalExecutor}[row["kind"]]
        return model[get_declared(row)].parse_obj(row["spec"])

    return read


def make_hydra(with_list: bool) -> Read:
    from hydra.utils import instantiate

    def read(row: Row) -> object:
        if row["kind"] != "resolve":
            raise NotImplementedError
        config = {"_target_": row["spec"], "_partial_": True}
        if not with_list:
            return instantiate(config)
        entries = [entry.replace(":", ".") for entry in row["allow"]]
        return instantiate(config, _execution_whitelist_=entries)

    return read


def make_reader(system: str) -> Read:
    if system == "callsheet":
        return make_callsheet()
    if system == "reference":
        return make_reference()
    return make_hydra("list" in system)


def run_here(read: Read, row: Row, loaded: set[str]) -> dict[str, Any]:
    """
    Run a row in this very process, and say what became of it.
    """
    try:
        read(row)
        outcome = "read"
    except NotImplementedError:
        outcome = "none"
    except BaseException as error:
        outcome = "rejected"
        own = type(error).__module__.partition(".")[0] in ("callsheet", "hydra", "pydantic")
        if not own:
            outcome = f"rejected by {type(error).__name__}"
    imported = set(sys.modules) - loaded
    return {"outcome": outcome, "imported": sorted(imported & set(row.get("must_not_import", ())))}


def run_apart(read: Read, row: Row) -> dict[str, Any]:
    """
    Run a row in a process of its own, which is ended when its time is up.
    """
    with tempfile.TemporaryDirectory() as directory:
        answer = Path(directory) / "answer"
        markers = Path(directory) / "markers"
        markers.mkdir()
        sys.stdout.flush()
        child = os.fork()
        if child == 0:
            os.chdir(markers)
            os.environ["HOSTILE_MARKERS"] = str(markers)
            null = os.open(os.devnull, os.O_RDWR)
            for stream in (0, 1, 2):
                os.dup2(null, stream)
            answer.write_text(json.dumps(run_here(read, row, set(sys.modules))))
            os._exit(0)
        deadline = time.monotonic() + TIMEOUT
        while os.waitpid(child, os.WNOHANG) == (0, 0):
            if time.monotonic() > deadline:
                os.kill(child, signal.SIGKILL)
                os.waitpid(child, 0)
                break
            time.sleep(0.005)
        ended: dict[str, Any] = {"outcome": "ended or hung", "imported": []}
        found = json.loads(answer.read_text()) if answer.exists() else ended
        return {**found, "marks": len(list(markers.iterdir()))}


def run_system(system: str) -> None:
    """
    Run all rows, and print what became of each.
    """
    sys.path.insert(0, str(HOSTILE / "fixtures"))
    read = make_reader(system)
    lines = (HOSTILE / "specs.jsonl").read_text(encoding="ascii").splitlines()
    for line in lines:
        row = json.loads(line)
        if row.get("platform", os.name) != os.name:
            continue
        found = run_apart(read, row)
        kept = {key: row[key] for key in ("id", "kind", "expect")}
        print(json.dumps({**kept, **found}), flush=True)


def describe(system: str) -> str:
    """
    Return the system with its version.
    """
    names = {"callsheet": "callsheet", "reference": "xopt"}
    name = names.get(system, "hydra-core")
    with_list = ", with the row's list" if system.endswith("list") else ""
    version = "" if name == "callsheet" else f" {metadata.version(name)}"
    return f"{name}{version}{with_list}"


def summarise(name: str, rows: list[Row]) -> str:
    """
    Return a line of the table.
    """
    strings = [row for row in rows if row["kind"] == "resolve"]
    documents = [row for row in rows if row["kind"] != "resolve"]

    def share(part: list[Row], *expected: str, outcome: str = "read") -> str:
        wanted = [row for row in part if row["expect"] in expected]
        if any(row["outcome"] == "none" for row in wanted):
            return "-"
        n = sum(row["outcome"].startswith(outcome) for row in wanted)
        return f"{n} of {len(wanted)}"

    cells = [
        share(strings, "refused"),
        share(strings, "error"),
        share(strings, "ok"),
        share(documents, "refused"),
        share(documents, "error"),
        share(documents, "ok"),
        str(sum(row["marks"] > 0 for row in rows)),
        str(sum(bool(row["imported"]) for row in rows)),
    ]
    return f"| {name} | {' | '.join(cells)} |"


HEAD = """\
| | strings: refused ones resolved | malformed ones resolved | benign ones resolved \
| documents: refused ones read | malformed ones read | benign ones read \
| rows that set off a trap | rows that import what they must not |
|---|---|---|---|---|---|---|---|---|"""


def main(*arguments: str) -> None:
    if arguments[:1] == ("run",):
        system = arguments[1]
        print(describe(system))
        run_system(system)
        return
    from drivers import find_python, make_variables

    print(HEAD)
    details = HERE / "results" / "hostile.jsonl"
    details.parent.mkdir(exist_ok=True)
    with details.open("w") as file:
        for system, environment in SYSTEMS.items():
            command = [find_python(environment), __file__, "run", system]
            done = subprocess.run(
                command, check=True, capture_output=True, text=True, env=make_variables()
            )
            name, *lines = done.stdout.splitlines()
            rows = [json.loads(line) for line in lines]
            print(summarise(name, rows), flush=True)
            foreign = Counter(row["outcome"] for row in rows)
            print(f"    {dict(foreign)}", file=sys.stderr)
            file.writelines(json.dumps({"system": name, **row}) + "\n" for row in rows)


if __name__ == "__main__":
    main(*sys.argv[1:])
