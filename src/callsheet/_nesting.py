"""
Models in models in models: how they are taken apart without much stack.
"""

from __future__ import annotations

from typing import Any, Final

from ._base import ATOMS
from ._parts import NODES_METHOD
from ._statics import get_type

__all__ = ["find_far_models"]

_LEVELS: Final = 20


def find_far_models(model: Any) -> tuple[Any, ...]:
    """
    Return the models that stand a number of levels below *model*.

    `pickle` and `copy` go down one level after the other, further than
    Python's stack reaches. What they have met before they only refer to, so
    *model* has these taken apart before itself.
    """
    kind = get_type(model)
    level = [model]
    seen: set[int] = set()
    for _ in range(_LEVELS):
        level = _find_models(level, kind, seen)
        if not level:
            break
    return tuple(level)


def _find_models(models: list[Any], kind: Any, seen: set[int]) -> list[Any]:
    """
    Return the models that stand in *models*, but in no other there.
    """
    found: list[Any] = []
    stack = [node for model in models for node in model.__callsheet_nodes__()]
    while stack:
        item = stack.pop()
        cls = get_type(item)
        if cls in ATOMS or id(item) in seen:
            continue
        if cls is kind:
            found.append(item)
        elif cls is list or cls is tuple:
            stack.extend(item)
        elif cls is dict:
            stack.extend(item.values())
        elif hasattr(cls, NODES_METHOD):
            stack.extend(item.__callsheet_nodes__())
        else:
            continue
        seen.add(id(item))
    return found
