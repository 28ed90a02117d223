"""
The reference's lossy encoders, kept for its users; documents never use them.
"""

from __future__ import annotations

from collections.abc import Callable
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, Final

from ._base import Model


def _encode_callable(value: Any) -> str:
    return f"{value.__module__}.{value.__qualname__}"


def _encode_model(value: Model) -> dict[str, Any]:
    return value.dict()


JSON_ENCODERS: Final[dict[Any, Callable[[Any], Any]]] = {
    FunctionType: _encode_callable,
    MethodType: _encode_callable,
    BuiltinFunctionType: _encode_callable,
    type: _encode_callable,
    Model: _encode_model,
}
"""
Types and their encoders, looked up along the MRO of a value's type.

A bound method is written without its instance, and a model as its live form
(so that an encoder function applies the table again to what is in it).
"""
