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
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / part) for part in ("src", "tests", "tests/support")]

from engines.watching import HERE, Program, run_all  # noqa: E402

PROGRAMS = HERE / "programs.py"
FORMS = ("block", "dropped", "open", "context")
LIMIT = 60.0


def main() -> None:
    """
    Print how many hang.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("--copies", type=int, default=48)
    parser.add_argument("--parallel", type=int, default=12)
    parser.add_argument("--form", choices=FORMS, default="block")
    parser.add_argument("--start", default="fork")
    parser.add_argument("--libraries", default="model,raw")
    parser.add_argument("--keep", action="store_true", help="leave what hangs to py-spy")
    options = parser.parse_args()
    limit = 1e9 if options.keep else LIMIT
    directory = Path(tempfile.mkdtemp(prefix="nested-"))
    for library in options.libraries.split(","):
        arguments = [str(PROGRAMS), "nest", options.start, library, options.form]
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
