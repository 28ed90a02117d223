"""
What a call would be: each parameter, its value, and where it comes from.
"""

from __future__ import annotations

from collections.abc import Iterator
from inspect import Parameter
from typing import Any

import attrs

from ._models import UNSET
from ._signatures import SignatureModel


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


def explain_record(stored: SignatureModel, effective: SignatureModel) -> tuple[Argument, ...]:
    """
    Return the arguments of *effective*, told apart by what *stored* holds.
    """
    return tuple(_explain(stored, effective))


def _explain(stored: SignatureModel, effective: SignatureModel) -> Iterator[Argument]:
    plan = effective._plan
    old = stored._values
    given = effective._given
    was_given = stored._given
    starred = [
        Argument(f"*{plan.var_positional}[{i}]", value, _source(stored._args is effective._args))
        for i, value in enumerate(effective._args)
    ]
    for i, (name, value) in enumerate(zip(plan.names, effective._values, strict=True)):
        if i == plan.n_pos:
            yield from starred
            starred = []
        if value is UNSET:
            yield Argument(name, Parameter.empty, "unset")
        elif not given >> i & 1:
            yield Argument(name, value, "default")
        else:
            yield Argument(name, value, _source(bool(was_given >> i & 1) and value is old[i]))
    yield from starred
    before = stored.kwargs
    for name, value in effective.kwargs.items():
        is_stored = name in before and before[name] is value
        yield Argument(f"**{plan.var_keyword}[{name!r}]", value, _source(is_stored))


def _source(is_stored: bool) -> str:
    return "stored" if is_stored else "given"
