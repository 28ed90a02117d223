"""
Pools within pools, many programs at once: how many of them hang.

    python benchmarks/nested.py [--copies 48] [--parallel 12] [--form block] [--start fork]

Each program's pool of two workers makes eight calls; each of them uses a pool
of its own. The model stands beside the raw pool. Of a program that hangs, the
stacks are printed (those of forked processes; ``--keep`` keeps it for py-spy).
"""

from __future__ import annotations

import argparse
import collections
import faulthandler
import signal
import sys
import tempfile
import time
from concurrent.futures import ProcessPoolExecutor
from multiprocessing import get_context
from pathlib import Path
from typing import Any

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / "tests"), str(ROOT / "src")]

FORMS = ("block", "dropped", "open", "context")
LIMIT = 60.0

#: Inner executors that their calls leave open.
KEPT: list[Any] = []


def make(library: str, start: str) -> Any:
    if library == "raw":
        return ProcessPoolExecutor(2, mp_context=get_context(start))
    from callsheet import NormalExecutor, ObjLoader

    context = ObjLoader[type(get_context(start))]()
    return NormalExecutor[ProcessPoolExecutor](args=(2, context))


def double(x: int) -> int:
    return 2 * x


def use_inner(library: str, form: str, start: str, n: int) -> int:
    """
    Use a pool within a call, and end it in one way or another.
    """
    if form == "block":
        with make(library, start) as inner:
            return sum(inner.map(double, range(n)))
    if form == "context" and library != "raw":
        from callsheet import ContextExecutor

        context = ContextExecutor(loader=make(library, start).loader)
        return sum(context.map(double, range(n)))
    inner = make(library, start)
    if form == "open":
        KEPT.append(inner)
    return sum(inner.map(double, range(n)))


def run_one(library: str, form: str, start: str) -> None:
    """
    Be one of the programs.
    """
    faulthandler.register(signal.SIGUSR1)
    Path("ending").write_text(str(time.monotonic()))
    with make(library, start) as outer:
        futures = [outer.submit(use_inner, library, form, start, n) for n in range(8)]
        print([future.result() for future in futures])


def main() -> None:
    """
    Print how many hang.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("one", nargs="*")
    parser.add_argument("--copies", type=int, default=48)
    parser.add_argument("--parallel", type=int, default=12)
    parser.add_argument("--form", choices=FORMS, default="block")
    parser.add_argument("--start", default="fork")
    parser.add_argument("--libraries", default="model,raw")
    parser.add_argument("--keep", action="store_true", help="leave what hangs to py-spy")
    options = parser.parse_args()
    if options.one:
        run_one(*options.one[1:])
        return
    from engines.watching import Program, run_all

    limit = 1e9 if options.keep else LIMIT
    directory = Path(tempfile.mkdtemp(prefix="nested-"))
    for library in options.libraries.split(","):
        arguments = [__file__, "one", library, options.form, options.start]
        programs = run_all(
            (Program(arguments, directory / f"{library}{i}", limit) for i in range(options.copies)),
            options.parallel,
        )
        counts: collections.Counter[str] = collections.Counter()
        for program in programs:
            end = program.end
            assert end is not None
            hung = "HANG" if end.own is None else f"{len(end.left)} left" if end.left else ""
            counts[hung or f"code {end.code}"] += 1
            if hung or end.code:
                print(f"--- {program.directory}: {end.left}\n{end.log}", file=sys.stderr)
        version = ".".join(map(str, sys.version_info[:3]))
        print(f"{version} {library}, {options.form}, {options.start}: {dict(counts)}", flush=True)


if __name__ == "__main__":
    main()
