"""
Mutated documents: what may come out of reading one, and what may not.
"""

from __future__ import annotations

import collections
import copy
import datetime
import decimal
import functools
import json
import math
import pathlib
import random
import string
import uuid
import warnings
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import numpy as np

from callsheet import (
    CallableModel,
    CallsheetError,
    ContextExecutor,
    NormalExecutor,
    ObjLoader,
    make_converter,
)
from callsheet._documents.checking import get_names
from callsheet._equality import same
from callsheet._values.tags import BY_NAME, decode_leaf
from callsheet.exceptions import UnwritableError
from fidelity import targets

ALLOW = [
    "fidelity.targets.*",
    "concurrent.futures.ThreadPoolExecutor",
    "concurrent.futures.thread.ThreadPoolExecutor",
    "collections.OrderedDict",
    "json.dumps",
    "math.*",
    len,
    dict,
    str.upper,
]
EMPTY = "inspect._empty"


def make_models() -> list[Any]:
    """
    Return a model for every form of document, and for every tag.
    """
    box = ObjLoader[targets.Box](kwargs={"content": (1, 2)})
    values: dict[str, Any] = {
        "tuple": (1, (2, [3])),
        "sets": {1, "a", (2, 3)},
        "frozen": frozenset({1.5}),
        "bytes": b"\x00\xff",
        "array": bytearray(b"ab"),
        "complex": 1 - 2j,
        "path": pathlib.PurePosixPath("a/b"),
        "day": datetime.date(2026, 11, 22),
        "moment": datetime.datetime(2026, 11, 22, 1, 2, tzinfo=datetime.timezone.utc),
        "time": datetime.time(1, 2, 3),
        "delta": datetime.timedelta(days=1, microseconds=5),
        "number": decimal.Decimal("1.10"),
        "id": uuid.UUID(int=5),
        "nan": [math.nan, math.inf],
        "large": 2**80,
        "text": "\udc80",
        "odd keys": {1: "a", (2,): None},
        "member": targets.Colour.BLUE,
        "flags": targets.Access.READ | targets.Access.WRITE,
        "function": targets.add,
        "type": collections.OrderedDict,
        "record": targets.Point(1, True),
        "array of numpy": np.arange(3.0),
        "scalar": np.float32(0.5),
        "range": range(3),
        "slice": slice(1, None),
        "dots": ...,
        "query": {"$gt": 5},
        "look-alike": {"callable": "os.system", "signature": {}},
        "marker": EMPTY,
        "loader": box,
        "call": CallableModel(targets.add, kwargs={"x": 1}),
        "executor": NormalExecutor[ThreadPoolExecutor](kwargs={"max_workers": 2}),
    }
    return [
        CallableModel(targets.add, kwargs={"x": 1, "y": [1, {"a": None}]}),
        CallableModel(targets.everything),
        CallableModel(targets.everything, args=(1, 2, 3, 4), kwargs={"d": 5, "z": 6, "a": 7}),
        CallableModel(targets.everything, args=(1,), kwargs={"d": values}),
        *[CallableModel(targets.add, kwargs={"x": v, "y": [v, {"k": v}]}) for v in values.values()],
        CallableModel(targets.collide, args=([1], {"b": 2}, 3), kwargs={"callable": 4, "self": 5}),
        CallableModel(targets.collide, args=(1,), kwargs={"$import": "os.system", "signature": 2}),
        CallableModel(
            targets.Engine.run, kwargs={"x": 1}, bind=ObjLoader[targets.Engine](kwargs={"power": 3})
        ),
        CallableModel(dict, args=([("a", 1)],), kwargs={"b": 2}),
        CallableModel(math.hypot, args=(3, 4)),
        CallableModel(json.dumps, kwargs={"obj": [1], "indent": 2}),
        box,
        ObjLoader[targets.Box](loader=CallableModel(targets.make_box, kwargs={"content": box})),
        ObjLoader[targets.Engine](kwargs={"power": box}),
        NormalExecutor[ThreadPoolExecutor](kwargs={"max_workers": 1}),
        ContextExecutor[ThreadPoolExecutor](kwargs={"max_workers": 1, "thread_name_prefix": "x"}),
    ]


@functools.cache
def get_converter(preconf: str = "json") -> Any:
    """
    Return the converter that reads the mutants.
    """
    return make_converter(preconf, allow=ALLOW)


KEYS = [
    *("callable", "signature", "bind", "loader", "object", "object_type", "executor", "direct"),
    *("args", "*args", "kwargs", "**kwargs", "kwarg_order", "x", "y", "a", "b", "c", "d", "z"),
    *("submit_callable", "map_callable", "shutdown_callable", "self", "", "$x", "__class__"),
    *get_names(),
]
NAMES = [
    *("fidelity.targets.add", "fidelity.targets.everything", "fidelity.targets.Box", "json.dumps"),
    *("fidelity.targets:Outer.Inner", "fidelity.targets.Colour", "fidelity.targets.Point"),
    *("os.system", "builtins.eval", "fidelity.targets.dataclasses.sys", "math", "nowhere.at_all"),
    *("concurrent.futures.ThreadPoolExecutor", "__main__.x", "fidelity.targets.__dict__"),
    *("math.sqrt", "builtins.len", "builtins.dict", "collections.OrderedDict", "fidelity..x"),
]
SCALARS: list[Any] = [
    *(None, True, False, 0, -1, 3, 2**63, 10**30, 0.5, 1e308, -0.0, "", "a", EMPTY, "submit"),
    *("nan", "2026-11-22", "0x1f", "1e5", "\x00", "\ud800", "é", "_private", "run", *NAMES),
]


def make_value(rng: random.Random, depth: int = 0) -> Any:
    """
    Return a random JSON value.
    """
    kind = rng.randrange(8 if depth < 3 else 5)
    if kind < 5:
        return rng.choice(SCALARS)
    if kind == 5:
        return [make_value(rng, depth + 1) for _ in range(rng.randrange(4))]
    if kind == 6:
        return {rng.choice(KEYS): make_value(rng, depth + 1)}
    return {rng.choice(KEYS): make_value(rng, depth + 1) for _ in range(rng.randrange(4))}


def list_places(value: Any, path: tuple[Any, ...] = ()) -> Iterator[tuple[Any, ...]]:
    """
    Yield the path of every node.
    """
    yield path
    if isinstance(value, dict):
        for key, item in value.items():
            yield from list_places(item, (*path, key))
    elif isinstance(value, list):
        for i, item in enumerate(value):
            yield from list_places(item, (*path, i))


def get(value: Any, path: tuple[Any, ...]) -> Any:
    """
    Return the node at a path.
    """
    for key in path:
        value = value[key]
    return value


def change(document: Any, path: tuple[Any, ...], new: Any) -> Any:
    """
    Put a value at a path.
    """
    if not path:
        return new
    get(document, path[:-1])[path[-1]] = new
    return document


def rename(node: dict[str, Any], old: str, new: str) -> dict[str, Any]:
    """
    Return a mapping with a key renamed, in place.
    """
    return {new if key == old else key: item for key, item in node.items()}


def misspell(rng: random.Random, text: str) -> str:
    """
    Return a text with one character too few, too many, or wrong.
    """
    i = rng.randrange(len(text) + 1)
    letter = rng.choice(string.ascii_letters + "._:$*\x00é ")
    return rng.choice([text[:i] + letter + text[i:], text[: i - 1] + text[i:], text[::-1]])


def mutate_once(rng: random.Random, document: Any) -> tuple[str, Any]:
    """
    Return the name of a mutation, and the mutated document.
    """
    places = list(list_places(document))
    path = rng.choice(places)
    node = get(document, path)
    operation = rng.choice(
        ["drop", "rename", "swap", "replace", "type", "tag", "copy", "misspell", "insert", "name"]
    )
    if operation == "drop" and path:
        del get(document, path[:-1])[path[-1]]
    elif operation == "rename" and isinstance(node, dict) and node:
        old = rng.choice(list(node))
        new = rng.choice([rng.choice(KEYS), misspell(rng, old)])
        document = change(document, path, rename(node, old, new))
    elif operation == "swap":
        other = rng.choice(places)
        mine, yours = copy.deepcopy(node), copy.deepcopy(get(document, other))
        if path[: len(other)] != other and other[: len(path)] != path:
            document = change(change(document, path, yours), other, mine)
    elif operation == "replace":
        document = change(document, path, make_value(rng))
    elif operation == "type":
        document = change(document, path, change_type(rng, node))
    elif operation == "tag":
        document = change(document, path, {rng.choice(KEYS[-40:]): node})
    elif operation == "copy":
        other = rng.choice(places)
        if other[: len(path)] != path:
            document = change(document, other, copy.deepcopy(node))
    elif operation == "misspell" and isinstance(node, str):
        document = change(document, path, misspell(rng, node))
    elif operation == "name" and isinstance(node, str) and "." in node:
        document = change(document, path, rng.choice(NAMES))
    elif operation == "insert" and isinstance(node, dict):
        node[rng.choice(KEYS)] = make_value(rng)
    elif operation == "insert" and isinstance(node, list):
        node.insert(rng.randrange(len(node) + 1), make_value(rng))
    else:
        return mutate_once(rng, document)
    return operation, document


def change_type(rng: random.Random, node: Any) -> Any:
    """
    Return a value of another type that looks alike.
    """
    if isinstance(node, bool) or node is None:
        return rng.choice([int(bool(node)), str(node).lower(), [node]])
    if isinstance(node, (int, float)):
        return rng.choice(
            [str(node), [node], bool(node), float(min(node, 2**60)), {"$int": str(node)}]
        )
    if isinstance(node, str):
        return rng.choice([[node], list(node), {"$raw": node}, {"$str": node}, len(node), None])
    if isinstance(node, list):
        return rng.choice([{"$tuple": node}, dict.fromkeys("ab", node), *node[:1], None, str(node)])
    pairs = [[key, item] for key, item in node.items()]
    return rng.choice([pairs, list(node.values()), list(node), {"$raw": node}, None])


def mutate_text(rng: random.Random, text: Any) -> Any:
    """
    Return a text, or bytes, that is truncated, or has parts that are changed.
    """
    if not text:
        return text
    i, j = sorted([rng.randrange(len(text) + 1), rng.randrange(len(text) + 1)])
    if isinstance(text, bytes):
        junk: Any = bytes([rng.randrange(256)])
    else:
        junk = rng.choice(["{", "}", "[", '"', ",", ":", "\\", "NaN", "1e999", "\x00", "é", " "])
    return rng.choice(
        [
            text[:i],
            text[i:],
            text[:i] + text[j:],
            text[:i] + junk + text[i:],
            text[:i] + junk + text[i + 1 :],
            text + text,
            text[:j] + text[i:],
        ]
    )


def list_leaves(value: Any, *, verbatim: bool = False) -> Iterator[Any]:
    """
    Yield what a document holds beside its structure, decoded.
    """
    if isinstance(value, dict):
        if len(value) == 1 and not verbatim:
            (tag,) = value
            if tag in BY_NAME and BY_NAME[tag].is_leaf:
                yield from _list_leaf(decode_leaf(tag, value[tag]))
                return
            if tag == "$enum":
                yield _get_member(*value[tag])
                return
            verbatim = tag == "$raw"
        for key, item in value.items():
            if key != "executor":  # where it is not null, a warning says so
                yield from list_leaves(item, verbatim=verbatim)
    elif isinstance(value, list):
        for item in value:
            yield from list_leaves(item, verbatim=verbatim)
    else:
        yield from _list_leaf(value)


def _get_member(name: str, member: Any, value: Any = None) -> Any:
    cls = getattr(targets, name.replace(":", ".").rpartition(".")[2])
    if isinstance(member, str):
        return cls[member]
    (found,) = list(list_leaves(value)) or [0]
    return cls(found)


def _list_leaf(value: Any) -> Iterator[Any]:
    if type(value) is str:
        value = value.replace(":", ".")
        if value == "concurrent.futures.ThreadPoolExecutor":
            value = "concurrent.futures.thread.ThreadPoolExecutor"
        if value not in (EMPTY, "builtins.dict"):
            yield value
    elif value is not None and value is not True:
        yield value


def get_lost(read: Any, written: Any) -> list[Any]:
    """
    Return the leaves of the document that was read which the document that
    was written afterwards does not have.
    """
    left = list(list_leaves(written))
    lost = []
    for leaf in list_leaves(read):
        found = next((i for i, other in enumerate(left) if same(leaf, other)), None)
        if found is None:
            lost.append(leaf)
        else:
            del left[found]
    return lost


class Difference(AssertionError):
    """
    A document was read as something that it does not say.
    """


def check(cls: Any, document: Any, preconf: str = "json", text: Any = None) -> str:
    """
    Read a mutant and write it again.

    Args:
        cls: The class to read.

        document: The data, None if only the text is known.

        preconf: The format.

        text: What is read, made of the data unless given.

    Returns:
        "refused" or "loaded".

    Raises:
        Difference: It changed on the way.
    """
    converter = get_converter(preconf)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        try:
            if text is None:
                model = converter.structure(document, cls)
            else:
                model = converter.loads(text, cls)
        except CallsheetError as error:
            str(error)
            return "refused"
        try:
            written = converter.dumps(model)
        except UnwritableError:
            # In an application's class, its converter decides.
            if "$object" not in f"{document}{text!r}":
                raise
            return "loaded, not written"
        again = converter.loads(written, cls)
    if again != model:
        raise Difference(f"{model!r} is written as {written!r} and read as {again!r}")
    if converter.dumps(again) != written:
        raise Difference(f"{written!r} is written anew as {converter.dumps(again)!r}")
    if document is not None:
        lost = get_lost(document, converter.unstructure(model))
        if lost:
            raise Difference(f"{lost!r} of {document!r} is not in {model!r}")
    return "loaded"


@functools.cache
def get_corpus() -> list[tuple[Any, str]]:
    """
    Return each valid document with the class that it is read as.
    """
    converter = get_converter()
    corpus = []
    for model in make_models():
        cls = type(model)
        base = next(c for c in cls.__mro__ if "[" not in c.__qualname__)
        corpus.append((base, json.dumps(converter.unstructure(model))))
    return corpus


def fuzz(seed: int, count: int) -> Counter[str]:
    """
    Read that many mutants.

    Returns:
        How often each mutation was loaded and refused.

    Raises:
        Difference: One was read as something that it does not say; the
            message tells how to repeat it.
    """
    outcomes: Counter[str] = Counter()
    for number in range(count):
        rng = random.Random(f"{seed}/{number}")
        try:
            label = run_one(rng)
        except BaseException as error:
            error.args = (f"seed {seed}, number {number}: {error.args}",)
            raise
        outcomes[label] += 1
    return outcomes


def run_one(rng: random.Random) -> str:
    """
    Make and check one mutant; return what was done and what came out.
    """
    cls, text = rng.choice(get_corpus())
    model = get_converter().loads(text, cls)
    if rng.random() < 0.5:
        cls = type(model)  # which knows its T
    elif rng.random() < 0.05:
        cls = rng.choice([CallableModel, ObjLoader, NormalExecutor, ContextExecutor])
    document = json.loads(text)
    road = rng.random()
    if road < 0.15:
        mutant = mutate_text(rng, text)
        try:
            document = json.loads(mutant)
        except ValueError:
            document = None
        return f"json text: {check(cls, document, text=mutant)}"
    if road < 0.25:
        preconf = rng.choice(["pyyaml", "tomlkit", "msgpack", "cbor2", "bson", "orjson"])
        converter = get_converter(preconf)
        mutant = mutate_text(rng, converter.dumps(model))
        return f"{preconf} text: {check(cls, None, preconf, mutant)}"
    labels = []
    for _ in range(rng.choice([1, 1, 1, 2, 3])):
        label, document = mutate_once(rng, document)
        document = json.loads(json.dumps(document))  # no part of it stands twice
        labels.append(label)
    label = labels[0] if len(labels) == 1 else "several"
    if rng.random() < 0.3:
        return f"{label}: {check(cls, document, text=json.dumps(document))}"
    return f"{label}: {check(cls, document)}"
