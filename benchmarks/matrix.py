"""
What one Python writes, another reads: four writers, four readers.

    python benchmarks/matrix.py PYTHON...             # models, in all formats and pickles
    python benchmarks/matrix.py --names PYTHON...     # names of the standard library
    python benchmarks/matrix.py --defaults PYTHON...  # parameters that not all of them have

Each PYTHON is an interpreter with the extras; this checkout is what they import.
A reader makes the same model itself, and compares.
"""

from __future__ import annotations

import argparse
import base64
import contextlib
import importlib
import inspect
import json
import os
import pickle
import subprocess
import sys
import tempfile
import warnings
from collections import Counter, defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

HERE = Path(__file__).parent
PATH = [str(HERE.parent / part) for part in ("src", "tests", "tests/support", "benchmarks")]
FORMATS = ("json", "orjson", "msgspec", "ujson", "pyyaml", "tomlkit", "msgpack", "cbor2", "bson")


def make_models() -> Iterator[tuple[str, Any]]:
    """
    Yield the golden models, those of the table of docs/values.md, and calls of
    the standard library whose names or signatures differ between Pythons.
    """
    from callsheet import CallableModel, CallsheetError, NormalExecutor, ObjLoader
    from fidelity.table import ROWS
    from fidelity.targets import add
    from golden.cases import CASES

    for name, make in CASES.items():
        yield name, make()
    for label, values in ROWS.items():
        for i, value in enumerate(values):
            with contextlib.suppress(CallsheetError):
                model = CallableModel(add, kwargs={"x": value})
                model.json()
                yield f"{label} {i}", model
    for name, args, kwargs in CALLS:
        module, _, path = name.partition(":")
        target: Any = importlib.import_module(module)
        for part in path.split("."):
            target = getattr(target, part)
        yield f"{name} {args} {kwargs}", CallableModel(target, args=args, kwargs=kwargs)
        if isinstance(target, type) and args == () and path != "ProcessPoolExecutor":
            yield f"{name} loader {kwargs}", ObjLoader[target](kwargs=kwargs)
        elif path == "ProcessPoolExecutor":
            yield f"{name} executor {kwargs}", NormalExecutor[target](kwargs=kwargs)


#: Callables of the standard library, with arguments.
CALLS: list[tuple[str, tuple[Any, ...], dict[str, Any]]] = [
    ("builtins:print", (), {}),
    ("builtins:print", ("a", 1), {}),
    ("builtins:print", ("a",), {"sep": ",", "flush": True}),
    ("builtins:zip", ([1], [2]), {}),
    ("builtins:zip", ([1], [2]), {"strict": True}),
    ("builtins:set", (), {}),
    ("builtins:set", ([1],), {}),
    ("builtins:map", (str, [1]), {}),
    ("builtins:map", (max, [1], [2]), {}),
    ("builtins:filter", (None, [1]), {}),
    ("builtins:bool", (), {}),
    ("builtins:bool", (3,), {}),
    ("builtins:str.format", ("{}", 1), {}),
    ("builtins:bytes.upper", (b"a",), {}),
    ("builtins:set.union", ({1}, [2], [3]), {}),
    ("builtins:exec", ("1",), {}),
    ("concurrent.futures:ProcessPoolExecutor", (), {}),
    ("concurrent.futures:ProcessPoolExecutor", (), {"max_workers": 2}),
    ("concurrent.futures:Executor", (), {}),
    ("pathlib:Path", ("a",), {}),
    ("pathlib:Path.cwd", (), {}),
    ("pathlib:Path.exists", (), {}),
    ("pathlib:PurePosixPath", (), {}),
    ("threading:Lock", (), {}),
    ("hashlib:sha256", (b"a",), {}),
    ("zipfile:Path", ("a.zip",), {}),
    ("subprocess:Popen", (["ls"],), {}),
    ("statistics:fmean", ([1.0, 2.0],), {}),
    ("statistics:linear_regression", ([1, 2], [1, 2]), {}),
    ("math:factorial", (5,), {}),
    ("math:factorial", (), {}),
    ("math:nextafter", (1.0, 2.0), {}),
    ("math:sqrt", (4,), {}),
    ("functools:partial", (print, 1), {"sep": ","}),
    ("functools:cmp_to_key", (len,), {}),
    ("dataclasses:make_dataclass", ("A", ["x"]), {}),
    ("datetime:date.fromisoformat", ("2026-11-22",), {}),
    ("collections:deque.rotate", ([1],), {}),
    ("random:gauss", (0.0, 1.0), {}),
    ("random:shuffle", ([1],), {}),
    ("shutil:rmtree", ("a",), {}),
    ("tempfile:TemporaryDirectory", (), {"prefix": "a"}),
    ("multiprocessing:Pool", (2,), {}),
    ("asyncio:run", (), {}),
    ("glob:glob", ("*",), {}),
]


def write_models() -> dict[str, str]:
    """
    Return each model in each format, as base64.
    """
    from callsheet import UNSAFE_ALLOW_ANY, CallsheetError, make_converter

    converters = {name: make_converter(name, policy=UNSAFE_ALLOW_ANY) for name in FORMATS}
    written: dict[str, str] = {}
    for name, model in make_models():
        for preconf, converter in converters.items():
            with contextlib.suppress(CallsheetError):  # refused by name
                text = converter.dumps(model)
                data = text.encode() if isinstance(text, str) else text
                written[f"{name}\n{preconf}"] = base64.b64encode(data).decode()
        with contextlib.suppress(Exception):  # what plain pickle does not take
            data = pickle.dumps(model, 4)
            if pickle.loads(data) == model:  # numpy itself loses the order of bytes
                written[f"{name}\npickle"] = base64.b64encode(data).decode()
                plain = model.signature.build() if hasattr(model, "signature") else None
                written[f"{name}\nplain"] = base64.b64encode(pickle.dumps(plain, 4)).decode()
    return written


def read_models(written: dict[str, str]) -> dict[str, str]:
    """
    Return what is wrong with each, or nothing.
    """
    from callsheet import UNSAFE_ALLOW_ANY, make_converter

    converters = {name: make_converter(name, policy=UNSAFE_ALLOW_ANY) for name in FORMATS}
    models = dict(make_models())
    result: dict[str, str] = {}
    for key, text in written.items():
        name, _, preconf = key.partition("\n")
        if name not in models or preconf == "plain":
            continue
        if preconf == "pickle" and not is_readable(written.get(f"{name}\nplain", "")):
            continue  # Python's own pickle of the arguments, as of a Path of 3.13
        expected = models[name]
        data: Any = base64.b64decode(text)
        try:
            if preconf == "pickle":
                actual = pickle.loads(data)
            else:
                if preconf in ("json", "ujson", "pyyaml", "tomlkit"):
                    data = data.decode()
                kind = type(expected).__dict__.get("_origin") or type(expected)
                actual = converters[preconf].loads(data, kind)
            result[key] = compare(expected, actual)
        except Exception as error:
            result[key] = f"{type(error).__name__}: {str(error)[:300]}"
    return result


def is_readable(text: str) -> bool:
    """
    Whether the arguments alone can be unpickled.
    """
    try:
        return not text or pickle.loads(base64.b64decode(text)) is not None
    except Exception:
        return False


def compare(expected: Any, actual: Any) -> str:
    """
    Return how two models differ, or nothing. A call may be stored otherwise
    where a signature is not shown; what would be called is then the same.
    """
    if expected == actual:
        return ""
    if getattr(expected, "callable", None) is not getattr(actual, "callable", 0):
        return "the callable is another one"
    one, other = (describe_call(model) for model in (expected, actual))
    return "" if one == other else f"{one} is not {other}"


def describe_call(model: Any) -> str:
    """
    Return a call as the callable understands it; defaults of print and zip
    that were given are left out, as the callable would see no difference.
    """
    args, kwargs = model.signature.build()
    defaults = {"sep": " ", "end": "\n", "file": None, "flush": False, "strict": False}
    kept = {k: v for k, v in kwargs.items() if k not in defaults or defaults[k] != v}
    return f"{args!r} {sorted(kept.items())!r}"


def list_public(module: Any) -> Iterator[tuple[str, Any]]:
    """
    Yield the public callables of a module, and those of its classes.
    """
    offered = getattr(module, "__all__", None)
    names = vars(module) if offered is None else offered
    for name in sorted(set(names)):
        value = getattr(module, name, None)
        if (offered is None and name.startswith("_")) or not callable(value):
            continue
        yield name, value
        if isinstance(value, type):
            for key in sorted(vars(value)):
                with contextlib.suppress(Exception):
                    member = getattr(value, key)
                    if not key.startswith("_") and callable(member):
                        yield f"{name}.{key}", member


def iter_stdlib() -> Iterator[tuple[str, str, Any]]:
    """
    Yield each public callable of the standard library: module, path, object.
    """
    from census_subjects import list_modules

    for name in list_modules():
        try:
            module = importlib.import_module(name)
        except (Exception, SystemExit):  # another platform's
            continue
        for path, value in list_public(module):
            yield name, path, value


def write_names() -> dict[str, str]:
    """
    Return the written name of each public callable, where it has one.
    """
    from callsheet import CallsheetError
    from callsheet._imports.naming import get_import_string

    written: dict[str, str] = {}
    for module, path, value in iter_stdlib():
        with contextlib.suppress(CallsheetError):
            written[f"{module}:{path}"] = get_import_string(value)
    return written


def read_names(written: dict[str, str]) -> dict[str, str]:
    """
    Return what is wrong with each name whose callable is here too, or nothing.
    """
    from callsheet import get_callable_from_string

    result: dict[str, str] = {}
    for key, name in written.items():
        module, _, path = key.partition(":")
        try:
            value: Any = importlib.import_module(module)
            for part in path.split("."):
                value = getattr(value, part)
        except (Exception, SystemExit):
            continue
        try:
            found = get_callable_from_string(name)
        except Exception as error:
            result[key] = f"{name} does not resolve: {error}"
        else:
            same = found is value or found == value
            result[key] = "" if same else f"{name} is something else"
    return result


def write_signatures() -> dict[str, str]:
    """
    Return the plain defaults of each public callable, as JSON; none where it
    shows no signature.
    """
    written: dict[str, str] = {}
    for module, path, value in iter_stdlib():
        try:
            parameters = inspect.signature(value).parameters.values()
        except Exception:
            continue
        named = [p for p in parameters if p.kind not in (p.VAR_POSITIONAL, p.VAR_KEYWORD)]
        plain = (int, float, str, bool, type(None))
        defaults = {p.name: repr(p.default) if type(p.default) in plain else "" for p in named}
        written[f"{module}:{path}"] = json.dumps(defaults)
    return written


def show_defaults(written: dict[str, dict[str, str]]) -> None:
    """
    Print the parameters that only some Pythons have, with their defaults.
    """
    found: defaultdict[str, set[str]] = defaultdict(set)
    where: dict[str, str] = {}
    for key in set[str]().union(*written.values()):
        shown = [json.loads(texts[key]) for texts in written.values() if key in texts]
        for name in set[str]().union(*shown):
            if not all(name in defaults for defaults in shown):
                values = {defaults[name] for defaults in shown if defaults.get(name)}
                found[name] |= values
                where.update({f"{name}={value}": key for value in values})
    for name, values in sorted(found.items()):
        for value in sorted(values):
            text = f"{name}={value}"
            print(text if len(values) == 1 else f"{text}  of {where[text]}, among others")


def work(mode: str, source: str, target: str) -> None:
    """
    Write, or read, as a worker: from one file to another.
    """
    warnings.simplefilter("ignore")
    sys.stdout = sys.stderr  # some modules greet
    actions: dict[str, Any] = {
        "write models": write_models,
        "read models": read_models,
        "write names": write_names,
        "read names": read_names,
        "write defaults": write_signatures,
    }
    data = [json.loads(Path(source).read_text())] if source else []
    Path(target).write_text(json.dumps(actions[mode](*data)))


def run(python: str, mode: str, source: str = "") -> dict[str, str]:
    """
    Return what a worker in another Python answers.
    """
    with tempfile.TemporaryDirectory() as directory:
        target = str(Path(directory) / "target")
        command = [python, str(HERE / "matrix.py"), "--work", mode, source, target]
        environment = {**os.environ, "PYTHONPATH": os.pathsep.join(PATH)}
        subprocess.run(command, env=environment, check=True, stderr=subprocess.DEVNULL)
        answer: dict[str, str] = json.loads(Path(target).read_text())
    return answer


def main() -> int:
    """
    Print how much of what each Python wrote each reads, and what is wrong.
    """
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])  # type: ignore[union-attr]
    parser.add_argument("pythons", nargs="*", metavar="PYTHON")
    parser.add_argument("--names", action="store_const", const="names", dest="what")
    parser.add_argument("--defaults", action="store_const", const="defaults", dest="what")
    parser.add_argument("--work", nargs=3)
    options = parser.parse_args()
    if options.work:
        work(*options.work)
        return 0
    what = options.what or "models"
    pythons = options.pythons or [sys.executable]
    written = {python: run(python, f"write {what}") for python in pythons}
    if what == "defaults":
        show_defaults(written)
        return 0
    n_read = 0
    wrong: Counter[tuple[str, str]] = Counter()
    for writer, texts in written.items():
        with tempfile.NamedTemporaryFile("w", suffix=".json") as file:
            json.dump(texts, file)
            file.flush()
            for reader in pythons:
                answers = run(reader, f"read {what}", file.name)
                bad = {key: reason for key, reason in answers.items() if reason}
                n_read += len(answers)
                wrong.update((key.replace("\n", " in "), reason) for key, reason in bad.items())
                print(f"{writer} -> {reader}: {len(answers)} read, {len(bad)} wrong", flush=True)
    for (key, reason), n in sorted(wrong.items()):
        print(f"  {key}, {n} times: {reason}")
    print(f"{sum(wrong.values())} of {n_read} wrong")
    return bool(wrong)


if __name__ == "__main__":
    sys.exit(main())
