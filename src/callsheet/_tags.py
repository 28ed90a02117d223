"""
The tags of documents: one-key mappings that stand for what JSON cannot hold.
"""

from __future__ import annotations

from typing import Any, Final

from ._models import EMPTY as EMPTY
from ._values import LEAF_TAGS

"""What stands for an unset parameter, as the whole value of a named one."""

CALLABLE_KEYS: Final = frozenset({"callable", "signature", "bind"})
LOADER_KEYS: Final = frozenset({"object", "loader", "object_type"})
EXECUTOR_KEYS: Final = frozenset(
    {"loader", "submit_callable", "map_callable", "shutdown_callable", "executor", "direct"}
)

SEQUENCE_TAGS: Final = frozenset({"$tuple", "$set", "$frozenset", "$list"})
MODEL_TAGS: Final = {
    "$call": "callable",
    "$load": "loader",
    "$normal": "executor",
    "$context": "executor",
}
TAGS: Final = frozenset(
    {"$raw", "$none", "$dict", "$import", "$enum", "$object", *SEQUENCE_TAGS, *MODEL_TAGS}
    | LEAF_TAGS
)


def is_tagged(value: dict[Any, Any]) -> bool:
    """
    Whether a mapping has the form of a tag: one key, which starts with ``$``.
    """
    if len(value) != 1:
        return False
    (key,) = value
    return type(key) is str and key.startswith("$")


def is_look_alike(value: dict[Any, Any]) -> bool:
    """
    Whether plain data has the form of a model's document.
    """
    if "callable" in value:
        return CALLABLE_KEYS.issuperset(value)
    return "loader" in value and (LOADER_KEYS | EXECUTOR_KEYS).issuperset(value)
