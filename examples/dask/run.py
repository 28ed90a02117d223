"""
Counts primes on the executor that a document describes.

    python run.py [DOCUMENT]

The same program runs on threads, on a Dask cluster and on Slurm: only the
document says where.
"""

from __future__ import annotations

import argparse
import os
import socket
from pathlib import Path

from callsheet import NormalExecutor

ALLOW = [
    "concurrent.futures.ThreadPoolExecutor",
    "distributed.cfexecutor.ClientExecutor",
    "distributed.Client",
    "dask_jobqueue.SLURMCluster",
]


def count_primes(first: int, last: int) -> tuple[int, str]:
    """
    Return how many primes there are from *first* up to *last*, and who counted.
    """
    n = sum(n > 1 and all(n % k for k in range(2, int(n**0.5) + 1)) for n in range(first, last))
    return n, f"{socket.gethostname()}:{os.getpid()}"


def main() -> None:
    """
    Read the document, count, print.
    """
    parser = argparse.ArgumentParser(description="Count primes where a document says.")
    parser.add_argument("document", nargs="?", default="executor.json", type=Path)
    options = parser.parse_args()

    text = options.document.read_text(encoding="utf-8")
    starts = range(0, 200_000, 10_000)
    with NormalExecutor.parse_raw(text, allow=ALLOW) as executor:
        found = list(executor.map(count_primes, starts, [n + 10_000 for n in starts]))

    workers = sorted({worker for _, worker in found})
    print(f"{sum(n for n, _ in found)} primes below 200000, counted by {len(workers)} workers.")


if __name__ == "__main__":
    main()
