"""
JSON Schema of a signature's stored arguments.
"""

from __future__ import annotations

from collections.abc import Mapping
from inspect import Parameter
from typing import Any

# See JSON Schema 2020-12, section 6.1.1 (type).
_TYPES: dict[Any, dict[str, Any]] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    list: {"type": "array", "items": {}},
    tuple: {"type": "array", "items": {}},
    dict: {"type": "object"},
}


def _is_json(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(_is_json(item) for item in value)  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, dict):
        return all(isinstance(k, str) and _is_json(v) for k, v in value.items())  # pyright: ignore[reportUnknownVariableType]
    return value is None or isinstance(value, (bool, int, float, str))


def get_property(name: str, value: Any) -> dict[str, Any]:
    """
    Return the schema of one parameter, typed by its stored value.
    """
    schema: dict[str, Any] = {"title": name.replace("_", " ").title()}
    if value is Parameter.empty:
        return schema
    if _is_json(value):
        schema["default"] = value
    schema.update(_TYPES.get(type(value), {}))
    return schema


def get_schema(title: str, values: Mapping[str, Any], args: list[Any]) -> dict[str, Any]:
    """
    Return the JSON Schema of a record of arguments.

    Args:
        title: The record's name.

        values: The named arguments, `inspect.Parameter.empty` where unset.

        args: The var-positional arguments.
    """
    properties = {
        "args": get_property("args", args),
        "kwarg_order": get_property("kwarg_order", list(values)),
        **{name: get_property(name, value) for name, value in values.items()},
    }
    schema: dict[str, Any] = {"title": title, "type": "object", "properties": properties}
    required = [name for name, value in values.items() if value is Parameter.empty]
    if required:
        schema["required"] = required
    return schema
