"""
The public door of converters.
"""

from ._documents import (
    audit,
    configure_converter,
    format_exception,
    get_default_converter,
    make_converter,
)
from ._formats import Limits
from ._imports import Reference

__all__ = [
    "Limits",
    "Reference",
    "audit",
    "configure_converter",
    "format_exception",
    "get_default_converter",
    "make_converter",
]
