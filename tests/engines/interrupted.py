"""
Hands in many calls and waits for them, until somebody presses Ctrl-C; in a
block, or without one.
"""

from __future__ import annotations

import contextlib
import json
import signal
import sys

from callsheet import NormalExecutor
from engines.tasks import touch

if __name__ == "__main__":
    # Shells start what runs in the background deaf to Ctrl-C, and children inherit that.
    signal.signal(signal.SIGINT, signal.default_int_handler)
    found = json.load(sys.stdin)
    model = NormalExecutor.parse_raw(json.dumps(found["document"]), allow=found["allow"])
    with contextlib.nullcontext() if sys.argv[2:] == ["bare"] else model:
        futures = [model.submit(touch, f"{sys.argv[1]}/{i}", 0.5) for i in range(1000)]
        futures[0].result()
        # From here on it only waits: before, Ctrl-C could get lost in a finaliser.
        touch(f"{sys.argv[1]}/ready")
        for future in futures:
            future.result()
