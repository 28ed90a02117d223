"""
Libraries that an extra brings: imported when they are needed.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any

from ._loading import importing
from .exceptions import TextError

__all__ = ["import_library"]


def import_library(name: str, extra: str, title: str) -> Any:
    """
    Return the library that reads *title*.

    Raises:
        TextError: It is not installed; the message names the *extra*.
    """
    try:
        with importing:
            return import_module(name)
    except ImportError as error:
        message = (
            f"Cannot read {title}: {name} is not installed. "
            f"Install it with pip install 'callsheet[{extra}]'."
        )
        raise TextError(message, name) from error
