"""
The physical limit of each row, and what its result must be.

A limit does the same work with the standard library alone (or with orjson,
where the row says so) and checks nothing that Python does not check itself.
"""

from __future__ import annotations

import json
import pickle
from collections.abc import Callable
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import partial
from importlib import import_module
from multiprocessing import get_context
from typing import Any

import orjson

import targets

KW = {"x": 1, "y": 3}
KG = {"a": 11, "b": 12, "c": 13, "d": 14, "e": 15, "f": 16, "g": 17, "h": 18, "i": 19, "j": 20}
KD = {"a": 11, "b": 12, "c": 13, "d": 14, "e": 15, "f": 16, "g": 17, "h": 18}
BAD = {"x": 1, "z": 1}
N_MODELS = 1_000
N_MAPPED = 10_000
N_SENT = 200


def refuse_duplicates(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    made = dict(pairs)
    if len(made) != len(pairs):
        raise ValueError("an object has a key twice")
    return made


def raises_type_error() -> bool:
    try:
        targets.f(**BAD)  # type: ignore[arg-type]
    except TypeError:
        return True
    return False


def make_plain(import_string: str, signature: dict[str, Any]) -> dict[str, Any]:
    return {"callable": import_string, "signature": {"args": [], **signature}}


PLAIN = make_plain("targets.f", KW)
PLAINS = [make_plain("targets.f", {"x": i, "y": 3}) for i in range(N_MODELS)]

POOL_TEXT = json.dumps(
    {
        "loader": {
            "object": None,
            "loader": make_plain(
                "concurrent.futures.thread.ThreadPoolExecutor",
                {"max_workers": 2, "thread_name_prefix": "", "initializer": None},
            ),
            "object_type": "concurrent.futures.thread.ThreadPoolExecutor",
        },
        "submit_callable": "submit",
        "map_callable": "map",
        "shutdown_callable": "shutdown",
        "executor": None,
    }
)

decode: Callable[[str], Any] = json.JSONDecoder(object_pairs_hook=refuse_duplicates).decode


def use_pool() -> int:
    arguments = decode(POOL_TEXT)["loader"]["loader"]["signature"]
    with ThreadPoolExecutor(*arguments.pop("args"), **arguments) as pool:
        return pool.submit(targets.f, 1, 2).result()


#: Both pools of processes have one worker, which a fresh interpreter runs: a fork would
#: inherit what the other rows have set up.
WORKERS = {"max_workers": 1, "mp_context": get_context("spawn")}

# What is made here starts nothing before it is used, and ends with the program.
POOL = ThreadPoolExecutor(1)
PROCESSES = ProcessPoolExecutor(**WORKERS)

NAMESPACE: dict[str, Any] = {
    "C": targets.C,
    "M": range(N_SENT),
    "N": range(N_MAPPED),
    "S": {"callable": targets.f, "signature": {"args": [], **KW}},
    "ThreadPoolExecutor": ThreadPoolExecutor,
    "bad": BAD,
    "decode": decode,
    "dumps": pickle.dumps,
    "f": targets.f,
    "g": targets.g,
    "identity": targets.identity,
    "import_module": import_module,
    "json_dumps": json.dumps,
    "kd": KD,
    "kg": KG,
    "kw": KW,
    "loads": pickle.loads,
    "main_text": json.dumps(make_plain("__main__.f", KW)),
    "orjson_dumps": orjson.dumps,
    "partial": partial,
    "partial_f": partial(targets.f, **KW),
    "plain": PLAIN,
    "plain_text": orjson.dumps(PLAIN),
    "plain_texts": orjson.dumps(PLAINS),
    "plains": PLAINS,
    "pool": POOL,
    "pool_text": POOL_TEXT,
    "processes": PROCESSES,
    "raises_type_error": raises_type_error,
    "targets_text": json.dumps(PLAIN),
    "use_pool": use_pool,
}


@dataclass(frozen=True)
class Limit:
    """
    Attributes:
        statement: The limit itself.

        is_right: Whether a result is the one that the row asks for; takes what
            the candidate's ``show`` makes of it.

        fresh: What makes a new subject for each run.

        waits: Whether threads wait for each other in it.
    """

    statement: str
    is_right: Callable[[Any], bool]
    fresh: Callable[[int], list[Any]] | None = None
    waits: bool = False


def _equals(expected: Any) -> Callable[[Any], bool]:
    return lambda shown: type(shown) is type(expected) and shown == expected


_F = _equals(("f", KW))
_G = _equals(("g", KG))
_MANY = _equals([("f", {"x": i, "y": 3}) for i in range(N_MODELS)])

LIMITS: dict[str, Limit] = {
    "build f": Limit("partial(f, **kw)", _F),
    "build g": Limit("partial(g, **kg)", _G),
    "first build": Limit("partial(subject, **kw)", _equals(("new", KW)), targets.make_functions),
    "build from a string": Limit("partial(f, **kw)", _F),
    "call f": Limit("f(**kw)", _equals(4)),
    "call g": Limit("g(**kg)", _equals(26)),
    "keyword f": Limit("f(**{**kw, 'y': 2})", _equals(3)),
    "keyword g": Limit("g(**{**kg, 'e': 2})", _equals(13)),
    "position f": Limit("f(**{**kw, 'x': 2})", _equals(5)),
    "position g": Limit("g(**{**kg, 'a': 2})", _equals(17)),
    "to dict": Limit("{**S, 'signature': {**S['signature']}}", _F),
    "to JSON / json": Limit("json_dumps(plain)", _F),
    "to JSON / orjson": Limit("orjson_dumps(plain)", _F),
    "json()": Limit("json_dumps(plain)", _F),
    "from JSON": Limit("decode(str(plain_text, 'utf-8'))", _F),
    "parse_raw": Limit("decode(main_text)", _F),
    "parse_raw, allow": Limit("decode(targets_text)", _F),
    "1,000 to JSON": Limit("orjson_dumps(plains)", _MANY),
    "1,000 from JSON": Limit("decode(str(plain_texts, 'utf-8'))", _MANY),
    "load": Limit("C(**kd)", lambda made: type(made) is targets.C and made.h == KD["h"]),
    "pool from JSON": Limit(
        "ThreadPoolExecutor(max_workers=2)",
        lambda made: type(made) is ThreadPoolExecutor and made._max_workers == 2,
    ),
    "decode + pool": Limit(
        "decode(pool_text); ThreadPoolExecutor(max_workers=2)",
        lambda made: type(made) is ThreadPoolExecutor and made._max_workers == 2,
    ),
    "pool to result": Limit("use_pool()", _equals(3)),
    "submit": Limit("pool.submit(f, 1, 2).result()", _equals(3), waits=True),
    "map 10,000": Limit("list(pool.map(identity, N))", _equals(list(range(N_MAPPED))), waits=True),
    "submit, processes": Limit(
        "[future.result() for future in [processes.submit(identity, i) for i in M]]",
        _equals(list(range(N_SENT))),
        waits=True,
    ),
    "map, processes": Limit(
        "list(processes.map(identity, M))", _equals(list(range(N_SENT))), waits=True
    ),
    "map in chunks": Limit(
        "list(processes.map(identity, N, chunksize=500))",
        _equals(list(range(N_MAPPED))),
        waits=True,
    ),
    "wrong keyword": Limit("raises_type_error()", _equals(True)),
    "pickle": Limit("loads(dumps(partial_f))", _F),
    "resolve": Limit("getattr(import_module('targets'), 'f')", _equals("f")),
    "first resolve": Limit("getattr(import_module('targets'), 'f')", _equals("f")),
    "policy": Limit("open_door.loads(texts, many)", _MANY),
}
