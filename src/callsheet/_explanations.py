"""
What a call would be: each parameter, its value, and where it comes from.
"""

from __future__ import annotations

from typing import Any

import attrs


@attrs.frozen
class Argument:
    """
    One argument of a call.

    Attributes:
        name: The parameter's name; ``*args`` and ``**kwargs`` arguments carry
            the star.

        value: What would be passed, `inspect.Parameter.empty` if unset.

        source: ``"stored"``, ``"given"``, ``"default"`` or ``"unset"``.
    """

    name: str
    value: Any
    source: str


@attrs.frozen
class Explanation:
    """
    The call that a model would make; prints as a table.

    Attributes:
        callable: The name of what is called.

        arguments: The arguments, in the signature's order.
    """

    callable: str
    arguments: tuple[Argument, ...]

    def __str__(self) -> str:
        rows = [
            (a.name, "" if a.source == "unset" else _shorten(repr(a.value)), a.source)
            for a in self.arguments
        ]
        if not rows:
            return f"{self.callable}()"
        widths = [max(len(row[i]) for row in rows) for i in (0, 1)]
        lines = [f"{n:<{widths[0]}}  {v:<{widths[1]}}  {s}" for n, v, s in rows]
        return "\n".join([f"{self.callable}(...)", *(f"  {line}".rstrip() for line in lines)])


def _shorten(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."
