"""
Stored arguments that are built when the call happens: found once, built each
time.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, get_args

from .._base import ATOMS, Deferred
from .._statics import get_type
from .hints import resolve_annotations
from .plans import Plan

#: Exact types of values that a call takes as they are.
READY: set[Any] = {*ATOMS}

# Where a deferred argument sits: a parameter's index, the name of a
# var-keyword argument, or this for the var-positional ones.
ARGS = -1


def mark_ready(cls: type) -> None:
    """Let calls take instances of exactly *cls* as they are."""
    READY.add(cls)


def holds_deferred(value: Any) -> bool:
    """
    Return whether *value* is deferred, or a plain list, tuple or dict that
    holds such a value at any depth.
    """
    stack = [value]
    seen: set[int] = set()
    while stack:
        item = stack.pop()
        kind = get_type(item)
        if kind in READY:
            continue
        if kind is list or kind is tuple:
            children = item
        elif kind is dict:
            children = item.values()
        else:
            if isinstance(item, Deferred):
                return True
            continue
        if not READY.issuperset(map(type, children)) and id(item) not in seen:
            seen.add(id(item))
            stack.extend(children)
    return False


def build_deferred(value: Any, owned: list[Any] | None) -> Any:
    """
    Return *value* with everything deferred in it built, in order.

    A container that holds nothing deferred is returned as it is.
    """
    if isinstance(value, Deferred):
        built = value._build(owned)
        if owned is not None:
            owned.append(built)
        return built
    if not holds_deferred(value):
        return value
    if get_type(value) is dict:
        return {key: build_deferred(item, owned) for key, item in value.items()}
    items = [build_deferred(item, owned) for item in value]
    return items if get_type(value) is list else tuple(items)


def _asks_for_deferred(annotation: Any) -> bool:
    if isinstance(annotation, type) and issubclass(annotation, Deferred):
        return True
    return any(_asks_for_deferred(argument) for argument in get_args(annotation))


def find_deferred(
    callable: Callable[..., Any],
    plan: Plan,
    values: tuple[Any, ...],
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any] | None,
    given: int,
) -> tuple[int | str, ...]:
    """
    Return where arguments sit that are to be built at each call.

    A parameter whose annotation asks for the loader itself gets the loader,
    and one that was not given has its default as it is.
    """
    places: list[tuple[int | str, str | None]] = [
        (i, plan.names[i])
        for i, value in enumerate(values)
        if given >> i & 1 and holds_deferred(value)
    ]
    if args and holds_deferred(args):
        places.append((ARGS, plan.var_positional))
    if kwargs:
        places += [(n, plan.var_keyword) for n, value in kwargs.items() if holds_deferred(value)]
    if not places:
        return ()
    asked = resolve_annotations(callable)
    return tuple([place for place, name in places if not _asks_for_deferred(asked.get(name or ""))])
