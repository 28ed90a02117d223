"""
Calls as data: callables, loaders and executors as frozen attrs classes.
"""

from ._callables import CallableModel
from ._composing import validate_and_compose_signature
from ._encoders import JSON_ENCODERS
from ._executors import ContextExecutor, NormalExecutor
from ._explanations import Argument, Explanation
from ._imports import get_callable_from_string
from ._limits import Limits
from ._loaders import ObjLoader
from ._models import ObjType
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
