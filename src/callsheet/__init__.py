"""
Calls as data: callables, loaders and executors as frozen attrs classes.
"""

from functools import partial
from importlib import import_module

from ._base import ObjType, connect
from ._executors import BaseExecutor, ContextExecutor, NormalExecutor
from ._formats import Limits
from ._imports import UNSAFE_ALLOW_ANY, ImportPolicy, Reference, get_callable_from_string
from ._models import JSON_ENCODERS, CallableModel, ObjLoader
from ._signatures import Argument, Explanation, SignatureModel, validate_and_compose_signature
from .adapters import PoolExecutor, SerialExecutor
from .converters import (
    audit,
    configure_converter,
    format_exception,
    get_default_converter,
    make_converter,
)
from .exceptions import CallsheetError

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

# Models reach documents by this alone; what documents are made of is imported at the first one.
connect(partial(import_module, ".converters", __name__))
