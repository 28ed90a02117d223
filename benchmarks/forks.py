"""
64 threads use one model while the process forks a thousand times, and no child
may hang; the raw engine beside it.

    python benchmarks/forks.py [--threads 64] [--forks 1000] [ENGINE ...]

`tests/engines/forking.py` says what the threads and the children do, and what
the words of the counts mean. Stacks of what hangs go to the standard error.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).parent.parent
sys.path[:0] = [str(ROOT / part) for part in ("src", "tests", "tests/support")]

from engines.watching import HERE, Program, run_all  # noqa: E402


def main() -> None:
    """
    Print how many hang.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("engines", nargs="*", default=["threads", "fork", "spawn", "loky"])
    parser.add_argument("--threads", type=int, default=64)
    parser.add_argument("--forks", type=int, default=1000)
    parser.add_argument("--libraries", default="model,raw")
    parser.add_argument("--limit", type=float, default=3600)
    options = parser.parse_args()
    directory = Path(tempfile.mkdtemp(prefix="forks-"))
    version = sys.version.split()[0]
    for engine in options.engines:
        for library in options.libraries.split(","):
            counts = [str(options.threads), str(options.forks)]
            arguments = [str(HERE / "forking.py"), library, engine, *counts]
            program = Program(arguments, directory / f"{library}-{engine}", options.limit)
            run_all([program])
            assert program.end is not None
            *stacks, last = program.end.log.splitlines() or ["nothing printed"]
            print("\n".join(stacks), file=sys.stderr)
            left = f", {len(program.end.left)} processes left" if program.end.left else ""
            print(f"{version} {engine}, {library}: {last}{left}", flush=True)


if __name__ == "__main__":
    main()
