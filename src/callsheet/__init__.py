"""
Calls as data: callables, loaders and executors as frozen attrs classes.
"""

from functools import partial
from importlib import import_module

from ._base import ObjType, connect
from ._callables import CallableModel
from ._composing import validate_and_compose_signature
from ._encoders import JSON_ENCODERS
from ._executors import ContextExecutor, NormalExecutor
from ._explanations import Argument, Explanation
from ._imports import get_callable_from_string
from ._limits import Limits
from ._loaders import ObjLoader
from ._signatures import SignatureModel
from ._specs import BaseExecutor
from .adapters import PoolExecutor, SerialExecutor
from .converters import (
    audit,
    configure_converter,
    format_exception,
    get_default_converter,
    make_converter,
)
from .exceptions import CallsheetError
from .policies import UNSAFE_ALLOW_ANY, ImportPolicy, Reference

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
