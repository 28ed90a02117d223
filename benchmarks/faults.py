"""
Breaks engines again and again, and says what arrived, how long it took, and
what was left.

    python benchmarks/faults.py [--repeat 300] [ENGINE ...]
    python benchmarks/faults.py --endings [--repeat 1] [--parallel 8] [ENGINE ...]

Every wait has a limit of 20 seconds; a wait that reaches it counts as a hang.
What is left is counted in this process and all that it has started: processes,
and sockets of any kind.

The second form ends programs: each cell is how many seconds after its ending a
program and all that it had started were gone, the worst of the repeats. Calls
take a minute where they are given up, and half a second where they are waited
for. A cell that is not as documented is bold, with what the raw engine does
beside it; stacks are in the directory's ``faults.txt``.
"""

from __future__ import annotations

import argparse
import collections
import concurrent.futures
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / part) for part in ("src", "tests", "tests/support")]
os.environ["PYTHONPATH"] = os.pathsep.join(sys.path[:2])

from callsheet import NormalExecutor  # noqa: E402
from engines import tasks, watching  # noqa: E402
from engines.conftest import (  # noqa: E402
    get_group,
    get_sockets,
    get_workers,
    start_cluster,
    wait_for_end,
)
from engines.documents import DASK_ALLOW, ENGINES, dask, executor, load  # noqa: E402
from engines.watching import Cell, End, run_all, start_cell  # noqa: E402

LIMIT = 20.0
INTERRUPTED = ROOT / "tests" / "engines" / "interrupted.py"

#: What arrived, how long it took, and how many processes and sockets were left.
Report = tuple[str, float, int, int]


class Before:
    """
    What there was before a fault.
    """

    def __init__(self) -> None:
        self.workers = get_workers()
        self.sockets = get_sockets()

    def report(self, found: str, elapsed: float) -> Report:
        """
        Wait for the end of what the fault left, and count the rest.
        """
        n_workers = len(wait_for_end(self.workers, LIMIT))
        tasks.wait_until(lambda: get_sockets() <= self.sockets, LIMIT)
        return found, elapsed, n_workers, len(get_sockets() - self.sockets)


def describe(futures: list[Any]) -> str:
    """
    Return how many of the futures ended how.
    """
    done = concurrent.futures.wait(futures, LIMIT)
    counts: collections.Counter[str] = collections.Counter()
    for future in done.done:
        if future.cancelled():
            counts["CancelledError"] += 1
        else:
            error = future.exception()
            counts["result" if error is None else type(error).__name__] += 1
    counts["HANG"] = len(done.not_done)
    return ", ".join(f"{n} {kind}" for kind, n in sorted(counts.items()) if n)


def break_pool(engine: Any, n_victims: int | None) -> Report:
    """
    Kill workers of a pool of processes while they work.
    """
    before = Before()
    with engine.make() as model:
        pids = sorted({model.submit(tasks.get_pid, 0.02).result(LIMIT) for _ in range(6)})
        futures = [model.submit(tasks.sleep, 60) for _ in range(6)]
        begin = time.monotonic()
        for pid in pids[:n_victims]:
            os.kill(pid, signal.SIGKILL)
        found = describe(futures)
    return before.report(found, time.monotonic() - begin)


def die_in_pool(engine: Any) -> Report:
    """
    Let a task end its worker.
    """
    before = Before()
    with engine.make() as model:
        begin = time.monotonic()
        found = describe([model.submit(tasks.die)])
    return before.report(found, time.monotonic() - begin)


def send_hostile(engine: Any) -> Report:
    """
    Send everything that cannot travel through one model.
    """
    before = Before()
    names = ("raise_brittle", "raise_sticky", "leave", "make_lock", "make_booby", "add")
    with engine.make() as model:
        begin = time.monotonic()
        calls = [getattr(tasks, name) for name in names[:-1]]
        found = describe([*map(model.submit, calls), model.submit(tasks.add, 1)])
    return before.report(found, time.monotonic() - begin)


def fail_to_build(part: dict[str, Any]) -> Report:
    """
    Build what an executor is made of, then fail to build the executor.
    """
    before = Before()
    document = executor("engines.tasks.FailingExecutor", client=part)
    allow = ["engines.tasks.FailingExecutor", "multiprocessing.pool.Pool", "distributed.Client"]
    model = NormalExecutor.parse_raw(json.dumps(document), allow=allow)
    begin = time.monotonic()
    try:
        model.submit(tasks.add, 1)
        found = "nothing"
    except Exception as error:
        found = f"1 {type(error).__name__}"
    return before.report(found, time.monotonic() - begin)


def interrupt(engine: Any, directory: Path, form: str) -> Report:
    """
    Press Ctrl-C in a program that waits for its calls.
    """
    directory.mkdir(parents=True)
    text = json.dumps({"document": engine.document, "allow": engine.allow})
    process = subprocess.Popen(
        [sys.executable, str(INTERRUPTED), str(directory), form],
        stdin=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )
    assert process.stdin is not None
    process.stdin.write(text)
    process.stdin.flush()
    process.stdin.close()
    process.stdin = None
    assert tasks.wait_for(str(directory / "ready"), LIMIT)
    begin = time.monotonic()
    os.killpg(process.pid, signal.SIGINT)
    try:
        _, printed = process.communicate(timeout=LIMIT)
        found = "1 KeyboardInterrupt" if "KeyboardInterrupt" in printed else f"1 {printed!r}"
    except subprocess.TimeoutExpired:
        found = "1 HANG"
    elapsed = time.monotonic() - begin
    tasks.wait_until(lambda: not get_group(process.pid), LIMIT)
    left = get_group(process.pid)
    if left:
        os.killpg(process.pid, signal.SIGKILL)
    return found, elapsed, len(left), len(get_sockets(left))


def break_cluster(directory: Path, n_workers: int, scheduler: bool) -> Report:
    """
    Kill parts of a Dask cluster while it works.
    """
    before = Before()
    directory.mkdir(parents=True)
    address, processes = start_cluster(directory)
    document = json.dumps(dask(address=address, timeout=5))
    model = NormalExecutor.parse_raw(document, allow=DASK_ALLOW)
    model.executor._client.wait_for_workers(2, timeout=LIMIT)
    seconds = 0.2 if n_workers == 1 else 60
    futures = [model.submit(tasks.sleep, seconds) for _ in range(8)]
    time.sleep(0.1)
    begin = time.monotonic()
    for process in processes[1 : 1 + n_workers]:
        process.kill()
    if scheduler:
        processes[0].kill()
    model.shutdown(timeout=2 if n_workers == 2 else None)
    found = describe(futures)
    elapsed = time.monotonic() - begin
    for process in processes:
        process.kill()
        process.wait()
    return before.report(found, elapsed)


def repeat(name: str, n: int, run: Callable[[int], Report]) -> None:
    """
    Run one experiment *n* times and print its line of the table.
    """
    outcomes: collections.Counter[str] = collections.Counter()
    times: list[float] = []
    n_processes = n_sockets = 0
    for i in range(n):
        found, elapsed, *left = run(i)
        outcomes[found] += 1
        times.append(elapsed)
        n_processes += left[0]
        n_sockets += left[1]
    hangs = sum(k for found, k in outcomes.items() if "HANG" in found)
    common = "; ".join(f"{found} ({k}x)" for found, k in outcomes.most_common(2))
    print(
        f"| {name} | {n} | {common} | {statistics.median(times):.2f} / {max(times):.2f} "
        f"| {n_processes} | {n_sockets} | {hangs} |",
        flush=True,
    )


def run_cells(
    cells: list[Cell], directory: Path, n_times: int, n_at_once: int
) -> dict[Cell, list[End]]:
    """
    Run each cell's program so many times.
    """
    runs = [(cell, directory / str(i)) for i in range(n_times) for cell in cells]
    programs = run_all((start_cell(cell, where) for cell, where in runs), n_at_once)
    found: dict[Cell, list[End]] = {}
    for (cell, _), program in zip(runs, programs, strict=True):
        assert program.end is not None
        found.setdefault(cell, []).append(program.end)
    return found


def describe_cell(cell: Cell, ends: list[End]) -> str:
    """
    Return the worst seconds, and what was not as documented how often.
    """
    faults = collections.Counter(fault for end in ends if (fault := end.find_fault(cell)))
    seconds = [end.seconds for end in ends if end.seconds is not None]
    words = [f"{max(seconds):.1f}"] if seconds else []
    times = "" if len(ends) == 1 else " {}x"
    words += [fault + times.format(n) for fault, n in faults.most_common()]
    return ", ".join(words)


def print_endings(options: argparse.Namespace) -> None:
    """
    Print a table of endings for each engine.
    """
    wanted = options.engines or watching.ENGINES
    everything = [
        Cell(form, ending, engine)
        for engine in wanted
        for form in options.forms.split(",")
        for ending in options.only.split(",")
    ]
    cells = [cell for cell in everything if cell.has_meaning]
    found = run_cells(cells, options.directory, options.repeat, options.parallel)
    faulty = [cell for cell in cells if any(end.find_fault(cell) for end in found[cell])]
    raw = [Cell(cell.form, cell.ending, cell.engine, "raw") for cell in faulty]
    if options.raw:
        raw = [Cell(cell.form, cell.ending, cell.engine, "raw") for cell in cells]
    found.update(run_cells(raw, options.directory, options.repeat, options.parallel))

    print(f"Python {sys.version.split()[0]}, {len(cells)} cells, {len(faulty)} at fault")
    for engine in wanted:
        print(f"\n| {engine} | {options.forms.replace(',', ' | ')} |")
        print("| --- " * (2 + options.forms.count(",")) + "|")
        for ending in options.only.split(","):
            row = []
            for form in options.forms.split(","):
                cell = Cell(form, ending, engine)
                text = describe_cell(cell, found[cell]) if cell in found else "-"
                beside = Cell(form, ending, engine, "raw")
                if beside in found:
                    text = f"**{text}**" if cell in faulty else text
                    text += f" (raw {describe_cell(beside, found[beside])})"
                row.append(text)
            print(f"| {ending} | {' | '.join(row)} |", flush=True)
    with (options.directory / "faults.txt").open("w") as file:
        for cell, ends in found.items():
            for end in ends:
                if end.find_fault(cell):
                    print(f"=== {cell}\n{end.find_fault(cell)} {end.left}\n{end.log}", file=file)


def main() -> None:
    """
    Print the table.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("engines", nargs="*")
    parser.add_argument("--repeat", type=int, help="of the cheap ones; 300, or 1 of endings")
    parser.add_argument("--repeat-dask", type=int, default=5)
    parser.add_argument("--directory", type=Path, default=Path("faults"))
    parser.add_argument("--endings", action="store_true", help="the table of endings")
    parser.add_argument("--forms", default=",".join(watching.FORMS), help="of endings")
    parser.add_argument("--only", default=",".join(watching.ENDINGS), help="these endings")
    parser.add_argument("--raw", action="store_true", help="the raw engine beside every ending")
    parser.add_argument("--parallel", type=int, default=8, help="endings at once")
    options = parser.parse_args()
    if options.endings:
        options.repeat = options.repeat or 1
        options.directory = Path(tempfile.mkdtemp(prefix="endings-"))
        print_endings(options)
        print(f"\nLogs and stacks: {options.directory}/faults.txt")
        return
    options.repeat = options.repeat or 300
    options.engines = options.engines or ["fork", "spawn", "pool", "loky", "dask"]
    engines = {engine.name: engine for engine in ENGINES}

    print(
        "| fault | times | what arrived | seconds, median / worst | processes | sockets | hangs |"
    )
    print("| --- | --- | --- | --- | --- | --- | --- |")
    for name in options.engines:
        engine = engines["dask-local" if name == "dask" else name]
        if name in ("fork", "loky", "dask"):
            n = options.repeat_dask if name == "dask" else max(1, options.repeat // 10)
            for form in ("block", "bare"):
                where = options.directory / f"interrupt-{name}-{form}"
                repeat(
                    f"{name}: Ctrl-C, {form}",
                    n,
                    lambda i, w=where, e=engine, f=form: interrupt(e, w / str(i), f),
                )
        if name == "dask":
            continue
        # Starting a spawned pool costs half a second; the fault itself is the same.
        n = options.repeat if name in ("fork", "pool") else max(1, options.repeat // 10)
        repeat(f"{name}: one worker killed", n, lambda i, e=engine: break_pool(e, 1))
        repeat(f"{name}: all workers killed", n, lambda i, e=engine: break_pool(e, None))
        repeat(f"{name}: a task ends its worker", n, lambda i, e=engine: die_in_pool(e))
        repeat(f"{name}: all hostile outcomes", n, lambda i, e=engine: send_hostile(e))
    if "pool" in options.engines:
        part = load("multiprocessing.pool.Pool", processes=2)
        repeat("pool: a constructor fails", options.repeat, lambda i: fail_to_build(part))
    if "dask" in options.engines:
        local = {"n_workers": 2, "dashboard_address": "127.0.0.1:0"}
        part = load("distributed.Client", **local)
        repeat("dask: a constructor fails", options.repeat_dask, lambda i: fail_to_build(part))
        for label, n_workers, scheduler in (
            ("one of two workers killed", 1, False),
            ("all workers killed, shutdown(timeout=2)", 2, False),
            ("scheduler killed", 0, True),
        ):
            where = options.directory / label.replace(" ", "-")
            repeat(
                f"dask: {label}",
                options.repeat_dask,
                lambda i, w=where, n=n_workers, s=scheduler: break_cluster(w / str(i), n, s),
            )


if __name__ == "__main__":
    main()
