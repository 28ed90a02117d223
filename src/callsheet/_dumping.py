"""
Plain models -> compact JSON bytes, with what they share encoded once.
"""

from __future__ import annotations

from collections.abc import Callable
from sys import modules
from typing import Any, Final

from ._callables import CallableModel
from ._contexts import is_plain
from ._native import are_plain
from ._plans import Plan
from ._statics import get_type
from ._writing import Writer

_MAX_PREFIXES: Final = 1024
#: A plan; where the callable's name stands, and in which module; the JSON.
_Prefix = tuple[Plan, dict[str, Any], str, str, Any, bytes]


def make_dumps(
    writer: Writer, write: Callable[[Any], bytes], otherwise: Callable[..., bytes]
) -> Callable[..., bytes]:
    """
    Return a converter's ``dumps`` that knows plain models already.

    A function of its own, with all that it needs at hand: a method and what it
    looks up cost as much as the encoding.

    Args:
        writer: What knows the names of callables.

        write: Encodes a mapping as compact JSON.

        otherwise: The ``dumps`` of everything else.
    """
    prefixes: dict[int, _Prefix] = {}

    def dumps(obj: Any, unstructure_as: Any = None, **options: Any) -> bytes:
        if get_type(obj) is CallableModel and unstructure_as is None and not options:
            target = obj.callable
            record = obj.signature
            named = record._named
            if named and obj._ready is not None:
                try:
                    plan, namespace, name, module_name, module, prefix = prefixes[id(target)]
                    if (
                        record._plan is plan
                        and namespace[name] is target
                        and modules[module_name] is module
                        and are_plain(obj._ready)
                    ):
                        return prefix + write(named)[1:] + b"}"
                except KeyError:
                    pass
                _learn_prefix(prefixes, writer, target, record._plan)
        return otherwise(obj, unstructure_as, **options)

    return dumps


def _learn_prefix(prefixes: dict[int, _Prefix], writer: Writer, target: Any, plan: Plan) -> None:
    """
    Keep what comes before the arguments in the documents of *target*, with
    what must still hold, if nothing in them changes what follows.
    """
    if not writer.plain or "args" in plan.defaults or not is_plain(plan, target):
        return
    known = writer.get_plain_name(target)
    if known is None:
        return
    if len(prefixes) >= _MAX_PREFIXES:
        prefixes.clear()
    _, namespace, name, module_name, module, _, prefix = known
    prefixes[id(target)] = (plan, namespace, name, module_name, module, prefix)


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
        if get_type(model) is not CallableModel:
            return None
        record = model.signature
        values = model._ready
        named = record._named
        if values is None or not named or not are_plain(values):
            return None
        if model.callable is not last or record._plan is not plan:
            last = model.callable
            plan = record._plan
            known = writer.get_plain_name(last)
            if known is None or "args" in named or not is_plain(plan, last) or not writer.plain:
                return None
            prefix = known[6]
        texts.append(prefix + write(named)[1:])
    return b"[" + b"},".join(texts) + b"}]"
