"""
Eight threads build, call, write and load the same models at once.

    python benchmarks/threads.py --operations 1000000

Every result is compared with what one thread alone gives; afterwards no plan of
a dead callable is left, and the memory is where it was.
"""

from __future__ import annotations

import argparse
import gc
import os
import pickle
import sys
import tracemalloc
from collections.abc import Callable
from pathlib import Path
from random import Random
from threading import Barrier, Thread
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "src"))

import targets  # noqa: E402  # needs the path
from callsheet import CallableModel, ObjLoader, make_converter  # noqa: E402
from callsheet._signatures.plans import count_plans  # noqa: E402

N_THREADS = 8
N_CHECKPOINTS = 5

converter = make_converter("orjson", allow=["targets.*"])
model = CallableModel(targets.f, kwargs={"x": 1, "y": 3})
model_g = CallableModel(targets.g, args=[7], kwargs={"e": 5})
nested = CallableModel(targets.nest, args=[ObjLoader[targets.C](kwargs={"h": 8})], kwargs={"x": 4})
loader = ObjLoader[targets.C](kwargs={"a": 1, "h": 8})
models = [model, model_g, nested]
texts = [converter.dumps(each) for each in models]


def build_new_function(i: int) -> Any:
    (new,) = targets.make_functions(1)
    return CallableModel(new, kwargs={"x": i})(y=2) - i


def change_function(i: int) -> Any:
    (new,) = targets.make_functions(1)
    first = CallableModel(new, kwargs={"x": 1})()
    new.__defaults__ = (7,)
    return first, CallableModel(new, kwargs={"x": 1})()


def fail_to_build(i: int) -> Any:
    try:
        CallableModel(targets.f, kwargs={"z": i})
    except TypeError:
        return "refused"


OPERATIONS: list[Callable[[int], Any]] = [
    lambda i: CallableModel(targets.f, kwargs={"x": 1, "y": 3}) == model,
    lambda i: CallableModel("targets.g", args=[7], kwargs={"e": 5}) == model_g,
    build_new_function,
    change_function,
    fail_to_build,
    lambda i: model(),
    lambda i: model(y=i) - i,
    lambda i: model(i, 2) - i,
    lambda i: model_g(e=i) - i,
    lambda i: nested(),
    lambda i: loader.load().h,
    lambda i: converter.dumps(models[i % 3]) == texts[i % 3],
    lambda i: converter.loads(texts[i % 3], CallableModel) == models[i % 3],
    lambda i: converter.loads(converter.dumps(models), list[CallableModel]) == models,
    lambda i: pickle.loads(pickle.dumps(model)) == model,
    lambda i: hash(CallableModel(targets.f, args=[1, 3])) == hash(model),
]


def run(seed: int, n: int, expected: list[Any], differences: list[str], barrier: Barrier) -> None:
    random = Random(seed)
    barrier.wait()
    for _ in range(n):
        which = random.randrange(len(OPERATIONS))
        i = random.randrange(100)
        try:
            result = OPERATIONS[which](i)
        except Exception as error:
            result = error
        if result != expected[which]:
            differences.append(f"operation {which}: {result!r}, alone {expected[which]!r}")


def run_threads(n: int, seed: int, expected: list[Any], differences: list[str]) -> None:
    barrier = Barrier(N_THREADS)
    threads = [
        Thread(target=run, args=(seed + i, n // N_THREADS, expected, differences, barrier))
        for i in range(N_THREADS)
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    gc.collect()


def get_resident() -> int:
    """
    Return the bytes that the process holds.
    """
    pages = int(Path("/proc/self/statm").read_text().split()[1])
    return pages * os.sysconf("SC_PAGE_SIZE")


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--operations", type=int, default=1_000_000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()

    sys.setswitchinterval(1e-5)
    expected = [operation(3) for operation in OPERATIONS]
    assert expected == [operation(4) for operation in OPERATIONS]
    differences: list[str] = []
    run_threads(4_000, options.seed, expected, differences)
    n_plans = count_plans()
    tracemalloc.start()
    run_threads(4_000, options.seed, expected, differences)
    traced = tracemalloc.get_traced_memory()[0]
    run_threads(8_000, options.seed, expected, differences)
    grown = tracemalloc.get_traced_memory()[0] - traced
    tracemalloc.stop()

    resident: list[int] = []
    share = options.operations // N_CHECKPOINTS
    for checkpoint in range(N_CHECKPOINTS):
        run_threads(share, options.seed + 100 * checkpoint, expected, differences)
        resident.append(get_resident() >> 10)
    print(f"{share * N_CHECKPOINTS:,} operations on {N_THREADS} threads, seed {options.seed}")
    print(f"differences: {len(differences)}", *differences[:10], sep="\n")
    print(f"plans: {n_plans} before, {count_plans()} after")
    print(f"traced growth over 8,000 operations: {grown:,} bytes")
    print("resident KiB at each checkpoint:", *(f"{each:,}" for each in resident))
    flat = grown < 20_000 and resident[-1] < 1.05 * resident[0]
    return 0 if not differences and count_plans() <= n_plans and flat else 1


if __name__ == "__main__":
    sys.exit(main())
