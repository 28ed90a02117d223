"""
Paths into a document, as people read them.
"""

from __future__ import annotations

from typing import Any

from ._grammar import shorten

Path = tuple[Any, ...]


def format_path(path: Path) -> str:
    """
    Return a path such as ``$.loader.signature.args[0]``.
    """
    parts = ["$"]
    for key in path:
        if isinstance(key, int) and not isinstance(key, bool) and key.bit_length() < 64:
            parts.append(f"[{key}]")
        elif isinstance(key, str) and len(key) <= 200 and key.lstrip("$").isidentifier():
            parts.append(f".{key}")
        else:
            text = shorten(key)
            parts.append(f"[{text if len(text) <= 60 else text[:57] + '...'}]")
    return "".join(parts)
