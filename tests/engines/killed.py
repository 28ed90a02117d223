"""
Keeps three workers busy until it is killed; the last of them in a call of C
that keeps the interpreter's lock.
"""

from __future__ import annotations

import ctypes
import multiprocessing
import sys
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path

from callsheet import NormalExecutor, PoolExecutor
from callsheet._executors import orphans
from engines import tasks

if sys.argv[3:] == ["thread"]:
    # Workers that are spawned run this module, too.
    orphans._ask_kernel = lambda *_: False


def occupy(mark: str, seconds: float, in_c: bool) -> None:
    part = Path(f"{mark}.part")
    part.write_text(str(tasks.get_pid()))
    part.replace(mark)
    (ctypes.PyDLL(None) if in_c else time).sleep(int(seconds))


def nest(mark: str) -> None:
    with NormalExecutor[ProcessPoolExecutor](args=(1,)) as model:
        model.submit(occupy, mark, 100, True).result()


def make_executor(kind: str) -> object:
    if kind == "loky":
        from loky.process_executor import ProcessPoolExecutor as LokyExecutor

        return LokyExecutor(3)
    start, _, pool = kind.partition(" ")
    context = multiprocessing.get_context(start)
    return PoolExecutor(context.Pool(3)) if pool else ProcessPoolExecutor(3, mp_context=context)


if __name__ == "__main__":
    folder, kind = sys.argv[1:3]
    model = NormalExecutor(executor=make_executor(kind.removeprefix("nested ")))
    if kind.startswith("nested"):
        calls = [model.submit(nest, f"{folder}/{i}") for i in range(3)]
    else:
        in_c = sys.argv[3:] != ["thread"]
        calls = [model.submit(occupy, f"{folder}/{i}", 100, False) for i in range(2)]
        assert all(tasks.wait_for(f"{folder}/{i}") for i in range(2))
        calls.append(model.submit(occupy, f"{folder}/2", 100, in_c))
    for call in calls:
        call.result()
