"""
How the cost grows: log-log slopes over parameters, nesting and models.

    python benchmarks/scaling.py
    python benchmarks/scaling.py --documents       # up to 100 MB, takes minutes
    python benchmarks/scaling.py --texts           # reading, by the shape of the text
    python benchmarks/scaling.py --texts toml      # those whose names have this in them

A slope of 1 is linear. The gate holds for the slope over all points; the last
column is the slope between the last two. Time rises faster than that wherever
data outgrows a processor's caches, also where a format's library reads alone:
of a text, the gate is the library's own slope where that is higher.
"""

from __future__ import annotations

import argparse
import gc
import io
import json
import math
import pickle
import resource
import subprocess
import sys
import tracemalloc
from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from time import perf_counter, process_time
from types import ModuleType
from typing import Any

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE.parent / "src"))

import shapes  # noqa: E402  # needs the path
import targets  # noqa: E402
from callsheet import (  # noqa: E402
    CallableModel,
    CallsheetError,
    ObjLoader,
    audit,
    make_converter,
)
from callsheet._formats.limits import Limits  # noqa: E402
from callsheet._formats.table import FORMATS  # noqa: E402

MODULE = "scaling_targets"
PARAMETERS = [1, 2, 5, 10, 20, 50, 100]
DEPTHS = [1, 2, 5, 10, 20, 50]
MAX_PICKLED = 100  # further, pickle ends as for any nested object
MODELS = [1, 10, 100, 1_000, 10_000, 100_000]
MEGABYTES = [1, 3, 10, 30, 100]
ENOUGH_SECONDS = 0.02
TEXT_SIZES = [64_000 * 2**i for i in range(4)]  # three doublings
TEXT_GATE = 1.1
TOO_LONG = 2.0  # seconds; beyond it, memory is not looked at

converter = make_converter("orjson", allow=["targets.*", f"{MODULE}.*"])
Task = Callable[[], Any]


def time_task(task: Task) -> float:
    """
    Return the processor seconds of one run: the least of five slices.
    """
    n = 1
    while True:
        start = process_time()
        for _ in range(n):
            task()
        seconds = process_time() - start
        if seconds > ENOUGH_SECONDS:
            break
        n *= 4
    best = seconds / n
    for _ in range(4):
        start = process_time()
        for _ in range(n):
            task()
        best = min(best, (process_time() - start) / n)
    return best


def get_slope(points: list[tuple[int, float]]) -> float:
    """
    Return the slope of the least squares line through the logarithms.
    """
    xs = [math.log(n) for n, _ in points]
    ys = [math.log(seconds) for _, seconds in points]
    x, y = sum(xs) / len(xs), sum(ys) / len(ys)
    rise = sum((a - x) * (b - y) for a, b in zip(xs, ys, strict=True))
    return rise / sum((a - x) ** 2 for a in xs)


def make_function(n: int) -> Any:
    """
    Return a function of *n* parameters that can be found by its name.
    """
    module = sys.modules.setdefault(MODULE, ModuleType(MODULE))
    parameters = ", ".join(f"p{i}: int = {i}" for i in range(n))
    exec(f"def take_{n}({parameters}) -> int:\n    return p0\n", module.__dict__)
    return module.__dict__[f"take_{n}"]


def make_parameter_tasks(n: int) -> dict[str, Task]:
    function = make_function(n)
    kwargs = {f"p{i}": i + 1 for i in range(n)}
    model = CallableModel(function, kwargs=kwargs)
    text = converter.dumps(model)
    assert converter.loads(text, CallableModel) == model
    assert model(p0=7) == 7
    return {
        "build": lambda: CallableModel(function, kwargs=kwargs),
        "call": model,
        "override": lambda: model(p0=7),
        "to dict": model.dict,
        "to JSON": lambda: converter.dumps(model),
        "from JSON": lambda: converter.loads(text, CallableModel),
        "compare": lambda: model == CallableModel(function, kwargs=kwargs),
    }


def nest_models(depth: int) -> CallableModel[Any]:
    """
    Return a model in which *depth* others stand, each in the next.
    """
    model = CallableModel(targets.nest, kwargs={"x": 0})
    for x in range(depth):
        model = CallableModel(targets.nest, kwargs={"inner": model, "x": x})
    return model


def nest_loaders(depth: int) -> ObjLoader[Any]:
    """
    Return a loader in which *depth* others stand, each in the next.
    """
    loader = ObjLoader[targets.C](kwargs={"h": 0})
    for _ in range(depth):
        loader = ObjLoader[targets.C](kwargs={"h": loader})
    return loader


def make_depth_tasks(n: int) -> dict[str, Task]:
    model, loader = nest_models(n), nest_loaders(n)
    text = converter.dumps(model)
    assert converter.loads(text, CallableModel) == model
    return {
        "build nested": lambda: nest_models(n),
        "nested to JSON": lambda: converter.dumps(model),
        "nested from JSON": lambda: converter.loads(text, CallableModel),
        "compare nested": lambda: model == nest_models(n),
        "hash nested": lambda: hash(nest_models(n)),
        "load nested": loader.load,
    }


def make_models(n: int) -> list[CallableModel[Any]]:
    return [CallableModel(targets.f, kwargs={"x": i, "y": 3}) for i in range(n)]


def make_model_tasks(n: int) -> dict[str, Task]:
    models = make_models(n)
    many = list[CallableModel]  # type: ignore[type-arg]
    text = converter.dumps(models)
    assert converter.loads(text, many) == models
    return {
        "build models": lambda: make_models(n),
        "models to JSON": lambda: converter.dumps(models),
        "models from JSON": lambda: converter.loads(text, many),
    }


def print_slopes(what: str, sizes: list[int], make: Callable[[int], dict[str, Task]]) -> int:
    """
    Print a slope for each task; return how many are over the gate.
    """
    version = f"{sys.version_info[0]}.{sys.version_info[1]}"
    gate = json.loads((HERE / "budgets.json").read_text())[version]["slope"]
    points: dict[str, list[tuple[int, float]]] = {}
    for n in sizes:
        for name, task in make(n).items():
            points.setdefault(name, []).append((n, time_task(task)))
        gc.collect()
    n_failed = 0
    for name, found in points.items():
        slope, tail = get_slope(found), get_slope(found[-2:])
        n_failed += slope > gate
        print(
            f"{name:18} {what} {sizes[0]}..{sizes[-1]:<8,}"
            f"{1e6 * found[0][1]:>9.1f} ..{1e6 * found[-1][1]:>12,.1f} us"
            f"{slope:>7.2f} {'ok' if slope <= gate else 'FAIL'}{tail:>7.2f}"
        )
    return n_failed


def check_deep(depth: int) -> int:
    """
    Print what becomes of deep nesting: it works, or is refused as our error;
    return how often anything else came out.
    """
    model = nest_models(depth)
    failures: list[str] = []

    def attempt(name: str, task: Task) -> None:
        try:
            task()
        except CallsheetError as error:
            reason = " ".join(str(error).split())
            print(f"depth {depth:,}: {name}: {type(error).__name__}: {reason[:110]}")
        except RecursionError:
            print(f"depth {depth:,}: {name}: RecursionError FAIL")
            failures.append(name)
        else:
            print(f"depth {depth:,}: {name}: works")

    def make_document() -> dict[str, Any]:
        document: dict[str, Any] = {"callable": "targets.nest", "signature": {"x": 0}}
        for x in range(depth):
            signature = {"inner": {"$call": document}, "x": x}
            document = {"callable": "targets.nest", "signature": signature}
        return document

    attempt("build", lambda: nest_models(depth))
    attempt("compare", lambda: model == nest_models(depth))
    attempt("hash", lambda: hash(model))
    attempt("to JSON", lambda: converter.dumps(model))
    attempt("structure", lambda: converter.structure(make_document(), CallableModel))
    text = '{"callable":"targets.nest","signature":{"inner":{"$call":' * depth
    text += '{"callable":"targets.nest"}' + "}}}" * depth
    attempt("from JSON", lambda: converter.loads(text, CallableModel))
    attempt("load", lambda: nest_loaders(depth).load())
    if depth <= MAX_PICKLED:
        attempt("pickle", lambda: pickle.loads(pickle.dumps(model)))
    attempt("repr", lambda: repr(model))
    attempt("to dict", model.dict)
    return len(failures)


def get_peak() -> float:
    """
    Return the most MiB that the process has held so far.
    """
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def write_document(n: int) -> None:
    """
    Write a model of *n* numbers.
    """
    model = CallableModel(targets.identity, kwargs={"x": list(range(1_000_000, 1_000_000 + n))})
    before = get_peak()
    start = perf_counter()
    converter.dumps(model)
    seconds = perf_counter() - start
    print(
        f"to JSON {seconds:6.2f} s, {before:5,.0f} -> {get_peak():5,.0f} MiB", end="; ", flush=True
    )


def read_document(n: int) -> None:
    """
    Read a document of *n* numbers.
    """
    file = io.BytesIO(b'{"callable":"targets.identity","signature":{"args":[],"x":[0')
    file.seek(0, io.SEEK_END)
    for i in range(1, n):
        file.write(b",%d" % (1_000_000 + i))
    file.write(b"]}}")
    text = file.getvalue()
    file.close()
    before = get_peak()
    start = perf_counter()
    model = converter.loads(text, CallableModel)
    seconds = perf_counter() - start
    assert len(model.signature.x) == n
    print(f"from JSON {seconds:6.2f} s, {before:5,.0f} -> {get_peak():5,.0f} MiB")


def get_library(name: str) -> Callable[[Any], Any]:
    """
    Return what reads a format's text by the library alone.
    """
    if name == "msgpack":
        import msgpack

        return partial(msgpack.unpackb, strict_map_key=False)
    if name == "cbor2":
        import cbor2

        return cbor2.loads
    if name == "bson":
        import bson

        return bson.decode
    if name == "pyyaml":
        import yaml

        return partial(yaml.load, Loader=yaml.CSafeLoader)
    if name == "tomllib":
        tomllib: Any = import_module("tomllib" if sys.version_info >= (3, 11) else "tomli")
        return tomllib.loads
    return json.loads


def get_rise(read: Callable[[Any], Any], make: shapes.Make) -> float:
    """
    Return the slope of the time that a library takes for a shape, at most 1.5:
    what is quadratic there is no measure.
    """
    points: list[tuple[int, float]] = []
    for size in TEXT_SIZES:
        text = make(size)
        seconds = measure(read, text)[0]
        points.append((len(text), max(seconds, 0.0005)))
        if seconds > TOO_LONG:
            break
    return min(get_slope(points), 1.5)


def make_readers() -> list[tuple[str, shapes.Make, Callable[[Any], Any]]]:
    """
    Return the name of each row, what makes its input, and what reads that.
    """
    rows: list[tuple[str, shapes.Make, Callable[[Any], Any]]] = []
    policy = ["targets.*"]
    for name, make in shapes.DOCUMENTS.items():
        rows.append((f"model: {name}", make, partial(converter.loads, cl=CallableModel)))
        rows.append((f"audit: {name}", make, partial(audit, allow=policy)))
    read_models = partial(converter.loads, cl=list[CallableModel])
    rows.extend((f"models: {name}", make, read_models) for name, make in shapes.MODELS.items())
    formats = {
        "json": shapes.JSON,
        "pyyaml": shapes.YAML,
        "tomllib": shapes.TOML,
        "msgpack": shapes.MSGPACK,
        "cbor2": shapes.CBOR,
        "bson": shapes.BSON,
    }
    for name, found in formats.items():
        read = partial(FORMATS["tomlkit" if name == "tomllib" else name].loads, limits=Limits())
        rows.extend((f"{name}: {shape}", make, read) for shape, make in found.items())
    return rows


def measure(read: Callable[[Any], Any], text: Any) -> tuple[float, int, str]:
    """
    Return the processor seconds and the bytes that reading takes, and what
    became of the text. The message of an error belongs to it.
    """

    def run() -> str:
        try:
            read(text)
        except CallsheetError as error:
            return f"{type(error).__name__}, {len(str(error)):,} characters"
        except Exception as error:  # the library's own
            return type(error).__name__
        return "read"

    gc.collect()
    gc.disable()  # what it takes grows with all that the process holds
    start = process_time()
    outcome = run()
    seconds = process_time() - start
    if seconds < 0.03:
        for _ in range(3):
            start = process_time()
            run()
            seconds = min(seconds, process_time() - start)
    gc.enable()
    gc.collect()
    if seconds > TOO_LONG:
        return seconds, 0, outcome
    tracemalloc.start()
    run()
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    return seconds, peak, outcome


def print_texts(part: str) -> int:
    """
    Print how reading each shape grows; return how many rows are over the gate.
    """
    n_failed = 0
    print("| shape | size | time | slope | memory | slope | |\n|---|--:|--:|--:|--:|--:|---|")
    for name, make, read in make_readers():
        if part not in name and part != f"={name}":
            continue
        points: list[tuple[int, float, int]] = []
        outcome = ""
        for size in TEXT_SIZES:
            text = make(size)
            seconds, peak, outcome = measure(read, text)
            points.append((len(text), seconds, peak))
            if seconds > TOO_LONG:
                break
        slope = get_slope([(n, max(seconds, 0.0005)) for n, seconds, _ in points])
        rise = get_slope(
            [(n, max(peak, 10_000)) for n, _, peak in points if peak] or [(1, 1), (2, 1)]
        )
        n, seconds, peak = points[-1]
        gate = TEXT_GATE
        if slope > gate:
            gate = max(gate, get_rise(get_library(name.partition(":")[0]), make))
            outcome += f"; the library's slope is {gate:.2f}" if gate > TEXT_GATE else ""
        failed = slope > gate or rise > TEXT_GATE
        n_failed += failed
        print(
            f"| {name} | {n / 1e6:.2f} MB | {seconds:.2f} s | {slope:.2f} | {peak / n:.0f} B/B "
            f"| {rise:.2f} | {'FAIL: ' if failed else ''}{outcome} |",
            flush=True,
        )
    return n_failed


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--documents", action="store_true", help="also documents to 100 MB")
    parser.add_argument("--write", type=int, help="one document of so many numbers")
    parser.add_argument("--read", type=int, help="one document of so many numbers")
    parser.add_argument("--texts", nargs="?", const="", help="reading, by the shape of the text")
    options = parser.parse_args()
    if options.texts is not None:
        return 1 if print_texts(options.texts) else 0
    if options.write or options.read:
        if options.write:
            write_document(options.write)
        else:
            read_document(options.read)
        return 0
    print(f"Python {sys.version.split()[0]}")
    n_failed = print_slopes("parameters", PARAMETERS, make_parameter_tasks)
    n_failed += print_slopes("depth", DEPTHS, make_depth_tasks)
    n_failed += print_slopes("models", MODELS, make_model_tasks)
    for depth in (50, 250, 1_000):
        n_failed += check_deep(depth)
    if options.documents:
        for megabytes in MEGABYTES:
            print(f"{megabytes:>4} MB", end=": ", flush=True)
            for part in ("--write", "--read"):
                command = [sys.executable, __file__, part, str(megabytes * 1_000_000 // 8)]
                subprocess.run(command, check=True)
    return 1 if n_failed else 0


if __name__ == "__main__":
    sys.exit(main())
