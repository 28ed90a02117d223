"""
The nearest names to one that is wrong.
"""

from __future__ import annotations

from collections.abc import Iterable

from ._loading import importing

_LONGEST = 200  # beyond it, nobody's name was meant


def get_close_names(name: str, names: Iterable[str], n: int = 1, cutoff: float = 0.6) -> list[str]:
    """
    Return the *n* of *names* that are nearest to *name*, best first.
    """
    if len(name) > _LONGEST:
        return []
    with importing:
        from difflib import get_close_matches  # only errors need it

    return get_close_matches(name, list(names), n, cutoff)
