"""
Paths into a document, as people read them.
"""

from __future__ import annotations

from typing import Any

from ._messages import shorten

#: A path and a key in what stands there, ``()`` is the document: so a path is
#: one pair, however deep, and becomes text where an error needs it.
Path = tuple[Any, ...]


def format_path(path: Path, n_keys: int | None = None) -> str:
    """
    Return a path such as ``$.loader.signature.args[0]``, or its first keys.
    """
    keys: list[Any] = []
    while path:
        path, key = path
        keys.append(key)
    keys.reverse()
    parts = ["$"]
    for key in keys[:n_keys]:
        if isinstance(key, int) and not isinstance(key, bool) and key.bit_length() < 64:
            parts.append(f"[{key}]")
        elif isinstance(key, str) and len(key) <= 200 and key.lstrip("$").isidentifier():
            parts.append(f".{key}")
        else:
            text = shorten(key)
            parts.append(f"[{text if len(text) <= 60 else text[:57] + '...'}]")
    if n_keys is not None and len(keys) > n_keys:
        parts.append("...")
    return "".join(parts)
