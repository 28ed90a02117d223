"""
The grammar of import strings: ``pkg.mod.Outer.fn`` and ``pkg.mod:Outer.fn``.
"""

from __future__ import annotations

from collections.abc import Iterable
from functools import lru_cache
from keyword import iskeyword
from unicodedata import normalize

import attrs

from .._messages import shorten
from ..exceptions import ImportStringError

MAX_LENGTH = 512
MAX_SEGMENTS = 16


@attrs.frozen(eq=False, repr=False)
class ImportString:
    """
    An import string that was taken apart; nothing has been looked up.

    Attributes:
        text: The string as it was given.

        dotted: The same path with dots alone.

        segments: The names on the path.

        colon: How many segments belong to the module, if the string says so.

        dunder: The first segment that no document may name, or None.

        splits: Each way to read the path as a module and attributes, the
            longest module first.
    """

    text: str
    dotted: str
    segments: tuple[str, ...]
    colon: int | None
    dunder: str | None
    splits: tuple[tuple[str, tuple[str, ...]], ...]


def split_import_string(text: object) -> ImportString:
    """
    Return the parts of an import string.

    Raises:
        ImportStringError: *text* is no str, too long, or has a segment that
            is no plain Python name.
    """
    if not isinstance(text, str):
        message = (
            f"Cannot read {shorten(text)} as an import string: it is of type "
            f"{type(text).__qualname__}. Write a str such as 'pkg.mod.fn'."
        )
        raise ImportStringError(message, shorten(text))
    if type(text) is not str:
        text = str.__str__(text)
    if len(text) > MAX_LENGTH:
        raise _malformed(text, f"it has {len(text)} characters, more than {MAX_LENGTH}")
    return _split(text)


@lru_cache(maxsize=4096)
def _split(text: str) -> ImportString:
    module, colon, path = text.partition(":")
    dotted = f"{module}.{path}" if colon else text
    segments = tuple(dotted.split("."))
    if len(segments) < 2:
        raise _malformed(text, "it needs a module and a name in it")
    if len(segments) > MAX_SEGMENTS:
        raise _malformed(text, f"it has {len(segments)} segments, more than {MAX_SEGMENTS}")
    for segment in segments:
        if not is_segment(segment):
            raise _malformed(text, f"{segment!r} is no plain Python name")
    sizes = [module.count(".") + 1] if colon else range(len(segments) - 1, 0, -1)
    return ImportString(
        text=text,
        dotted=dotted,
        segments=segments,
        colon=module.count(".") + 1 if colon else None,
        dunder=find_dunder(segments),
        splits=tuple((".".join(segments[:size]), segments[size:]) for size in sizes),
    )


def is_segment(text: str) -> bool:
    """Return whether *text* is a name that Python itself would leave as it is."""
    # The parser normalises identifiers, getattr does not (PEP 3131).
    return (
        text.isidentifier()
        and not iskeyword(text)
        and (text.isascii() or normalize("NFKC", text) == text)
    )


def find_dunder(segments: Iterable[str]) -> str | None:
    """Return the first segment that no document may name, or None."""
    for index, segment in enumerate(segments):
        if segment.startswith("__") and (index or segment != "__main__"):
            return segment
    return None


def _malformed(text: str, reason: str) -> ImportStringError:
    message = (
        f"Cannot read {shorten(text)} as an import string: {reason}. "
        "Write 'pkg.mod.fn' or 'pkg.mod:Outer.fn'."
    )
    return ImportStringError(message, shorten(text))
