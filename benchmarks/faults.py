"""
Breaks engines again and again, and says what arrived, how long it took, and
what was left.

    python benchmarks/faults.py [--repeat 300] [ENGINE ...]

Every wait has a limit of 20 seconds; a wait that reaches it counts as a hang.
"""

from __future__ import annotations

import argparse
import collections
import concurrent.futures
import json
import os
import signal
import statistics
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src")]
os.environ["PYTHONPATH"] = os.pathsep.join(sys.path[:2])

from callsheet import NormalExecutor  # noqa: E402
from engines import tasks  # noqa: E402
from engines.conftest import get_workers, start_cluster, wait_for_end  # noqa: E402
from engines.documents import DASK_ALLOW, ENGINES, dask  # noqa: E402

LIMIT = 20.0
Report = tuple[str, float, int]


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
    before = get_workers()
    with engine.make() as model:
        pids = sorted({model.submit(tasks.get_pid, 0.02).result(LIMIT) for _ in range(6)})
        futures = [model.submit(tasks.sleep, 0.05) for _ in range(6)]
        begin = time.monotonic()
        for pid in pids[:n_victims]:
            os.kill(pid, signal.SIGKILL)
        found = describe(futures)
    return found, time.monotonic() - begin, len(wait_for_end(before))


def die_in_pool(engine: Any) -> Report:
    """
    Let a task end its worker.
    """
    before = get_workers()
    with engine.make() as model:
        begin = time.monotonic()
        found = describe([model.submit(tasks.die)])
    return found, time.monotonic() - begin, len(wait_for_end(before))


def send_hostile(engine: Any) -> Report:
    """
    Send everything that cannot travel through one model.
    """
    before = get_workers()
    names = ("raise_brittle", "raise_sticky", "leave", "make_lock", "make_booby", "add")
    with engine.make() as model:
        begin = time.monotonic()
        calls = [getattr(tasks, name) for name in names[:-1]]
        found = describe([*map(model.submit, calls), model.submit(tasks.add, 1)])
    return found, time.monotonic() - begin, len(wait_for_end(before))


def break_cluster(directory: Path, n_workers: int, scheduler: bool) -> Report:
    """
    Kill parts of a Dask cluster while it works.
    """
    before = get_workers()
    directory.mkdir(parents=True)
    address, processes = start_cluster(directory)
    document = json.dumps(dask(address=address, timeout=5))
    model = NormalExecutor.parse_raw(document, allow=DASK_ALLOW)
    model.executor._client.wait_for_workers(2, timeout=LIMIT)
    futures = [model.submit(tasks.sleep, 0.2) for _ in range(8)]
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
    return found, elapsed, len(wait_for_end(before))


def repeat(name: str, n: int, run: Callable[[int], Report]) -> None:
    """
    Run one experiment *n* times and print its line of the table.
    """
    outcomes: collections.Counter[str] = collections.Counter()
    times: list[float] = []
    left = 0
    for i in range(n):
        found, elapsed, n_left = run(i)
        outcomes[found] += 1
        times.append(elapsed)
        left += n_left
    hangs = sum(k for found, k in outcomes.items() if "HANG" in found)
    common = "; ".join(f"{found} ({k}x)" for found, k in outcomes.most_common(2))
    print(
        f"| {name} | {n} | {common} | {statistics.median(times):.2f} / {max(times):.2f} "
        f"| {left} | {hangs} |",
        flush=True,
    )


def main() -> None:
    """
    Print the table.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("engines", nargs="*", default=["fork", "spawn", "pool", "loky", "dask"])
    parser.add_argument("--repeat", type=int, default=300, help="of the cheap ones")
    parser.add_argument("--repeat-dask", type=int, default=5)
    parser.add_argument("--directory", type=Path, default=Path("faults"))
    options = parser.parse_args()
    engines = {engine.name: engine for engine in ENGINES}

    print("| fault | times | what arrived | seconds, median / worst | processes left | hangs |")
    print("| --- | --- | --- | --- | --- | --- |")
    for name in options.engines:
        if name == "dask":
            continue
        engine = engines[name]
        # Starting a spawned pool costs half a second; the fault itself is the same.
        n = options.repeat if name in ("fork", "pool") else max(1, options.repeat // 10)
        repeat(f"{name}: one worker killed", n, lambda i, e=engine: break_pool(e, 1))
        repeat(f"{name}: all workers killed", n, lambda i, e=engine: break_pool(e, None))
        repeat(f"{name}: a task ends its worker", n, lambda i, e=engine: die_in_pool(e))
        repeat(f"{name}: all hostile outcomes", n, lambda i, e=engine: send_hostile(e))
    if "dask" in options.engines:
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
