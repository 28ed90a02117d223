"""
Lists of plain models -> JSON bytes, with what they share encoded once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ._callables import CallableModel
from ._contexts import is_plain
from ._native import are_plain
from ._writing import Writer

_type: Callable[[object], Any] = type


def dump_plain_models(
    writer: Writer, write: Callable[[Any], bytes], models: list[Any]
) -> bytes | None:
    """
    Return the documents of *models* as one compact JSON array, or None to
    write them with care.

    Args:
        writer: What knows the names of callables.

        write: Encodes a mapping as compact JSON.

        models: Models of plain functions and plain values.
    """
    texts: list[bytes] = []
    last: Any = None
    plan: Any = None
    prefix = b""
    for model in models:
        if _type(model) is not CallableModel:
            return None
        record = model.signature
        values = model._ready
        named = record._named
        if values is None or not named or not are_plain(values):
            return None
        if model.callable is not last or record._plan is not plan:
            last = model.callable
            plan = record._plan
            name = writer.get_plain_name(last)
            if name is None or "args" in named or not is_plain(plan, last):
                return None
            prefix = b'{"callable":%b,"signature":{"args":[],' % write(name)
        texts.append(prefix + write(named)[1:])
    return b"[" + b"},".join(texts) + b"}]"
