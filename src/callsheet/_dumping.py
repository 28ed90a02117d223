"""
Plain models -> compact JSON bytes, with what they share encoded once.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from ._callables import CallableModel
from ._contexts import is_plain
from ._native import are_plain
from ._writing import Writer

_type: Callable[[object], Any] = type


def dump_plain_model(
    writer: Writer, write: Callable[[Any], bytes], model: CallableModel[Any]
) -> bytes | None:
    """
    Return the document of *model* as compact JSON, or None to write it with
    care.

    Args:
        writer: What knows the names of callables.

        write: Encodes a mapping as compact JSON.

        model: A model of a plain function and plain values.
    """
    record = model.signature
    named = record._named
    values = model._ready
    if not named or values is None or "args" in named or not writer.plain:
        return None
    target = model.callable
    plan = record._plan
    if not (plan.plain or is_plain(plan, target)) or not are_plain(values):
        return None
    prefix = writer.get_plain_prefix(target)
    return None if prefix is None else prefix + write(named)[1:] + b"}"


def dump_plain_models(
    writer: Writer, write: Callable[[Any], bytes], models: list[Any]
) -> bytes | None:
    """
    Return the documents of *models* as one compact JSON array, or None to
    write them with care.
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
            found = writer.get_plain_prefix(last)
            if found is None or "args" in named or not is_plain(plan, last) or not writer.plain:
                return None
            prefix = found
        texts.append(prefix + write(named)[1:])
    return b"[" + b"},".join(texts) + b"}]"
