"""
functools.partial: no checks, no documents; an override by position is not
possible where the arguments are stored by keyword.
"""

from __future__ import annotations

from functools import partial
from typing import Any

import limits
import targets

NOTES = {
    "build": "checks nothing: the wrong keyword is found at the call",
    "position": "not possible: the argument would be given twice",
}

NAMESPACE: dict[str, Any] = {
    "partial_g": partial(targets.g, **limits.KG),
    "partial_C": partial(targets.C, **limits.KD),
}

STATEMENTS = {
    "build f": "partial(f, **kw)",
    "build g": "partial(g, **kg)",
    "first build": "partial(subject, **kw)",
    "call f": "partial_f()",
    "call g": "partial_g()",
    "keyword f": "partial_f(y=2)",
    "keyword g": "partial_g(e=2)",
    "load": "partial_C()",
    "submit": "pool.submit(f, 1, 2).result()",
    "map 10,000": "list(pool.map(identity, N))",
    "pickle": "loads(dumps(partial_f))",
}


def show(row: str, result: Any) -> Any:
    if isinstance(result, partial):
        return result.func.__name__, result.keywords
    return result
