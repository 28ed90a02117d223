"""
Calls as data: callables, loaders and executors as frozen attrs classes.
"""

from functools import partial
from importlib import import_module
from typing import TYPE_CHECKING, Any

from ._base import ObjType, connect
from ._executors import BaseExecutor, ContextExecutor, NormalExecutor
from ._imports import UNSAFE_ALLOW_ANY, ImportPolicy, Reference, get_callable_from_string
from ._loading import importing
from ._models import JSON_ENCODERS, CallableModel, ObjLoader
from ._signatures import Argument, Explanation, SignatureModel, validate_and_compose_signature
from .adapters import PoolExecutor, SerialExecutor
from .exceptions import CallsheetError

if TYPE_CHECKING:
    from .converters import (
        Limits,
        audit,
        configure_converter,
        format_exception,
        get_default_converter,
        make_converter,
    )

__all__ = [
    "JSON_ENCODERS",
    "UNSAFE_ALLOW_ANY",
    "Argument",
    "BaseExecutor",
    "CallableModel",
    "CallsheetError",
    "ContextExecutor",
    "Explanation",
    "ImportPolicy",
    "Limits",
    "NormalExecutor",
    "ObjLoader",
    "ObjType",
    "PoolExecutor",
    "Reference",
    "SerialExecutor",
    "SignatureModel",
    "audit",
    "configure_converter",
    "format_exception",
    "get_callable_from_string",
    "get_default_converter",
    "make_converter",
    "validate_and_compose_signature",
]

__version__ = "0.1.0"

# Documents, and cattrs with them, are imported at the first one.
connect(partial(import_module, "._documents", __name__))


def __getattr__(name: str) -> Any:
    if name not in __all__:
        message = f"module {__name__!r} has no attribute {name!r}"
        raise AttributeError(message, name=name, obj=import_module(__name__))
    with importing:
        found = globals()[name] = getattr(import_module(".converters", __name__), name)
    return found


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
