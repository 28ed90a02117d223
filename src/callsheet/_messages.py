"""
Words for messages: values and callables in short, and the nearest names.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import suppress
from typing import Any

from ._loading import importing

_LONGEST = 200  # beyond it, nobody's name was meant


def get_close_names(name: str, names: Iterable[str], n: int = 1, cutoff: float = 0.6) -> list[str]:
    """Return the *n* of *names* that are nearest to *name*, best first."""
    if len(name) > _LONGEST:
        return []
    with importing:
        from difflib import get_close_matches  # only errors need it

    return get_close_matches(name, list(names), n, cutoff)


def shorten(value: object) -> str:
    """Return a repr for a message, of bounded length whatever the value."""
    if isinstance(value, str) and len(value) > 100:
        return repr(f"{value[:60]}...{value[-20:]}")
    try:
        text = repr(value)
    except Exception:
        text = object.__repr__(value)
    return text if len(text) <= 200 else f"{text[:160]}...{text[-20:]}"


def get_name(callable: Any) -> str:
    """Return the qualified name of a callable, for messages."""
    with suppress(Exception):  # an object may answer to a name in any way
        for subject in (callable, getattr(callable, "func", None)):
            name = getattr(subject, "__qualname__", None) or getattr(subject, "__name__", None)
            if isinstance(name, str):
                return name
    return str(type(callable).__qualname__)


def expect(condition: object, reason: str) -> None:
    """Raise a ValueError with *reason* unless *condition* is true."""
    if not condition:
        raise ValueError(reason)
