"""
Explanations of calls: each parameter, its value, and the origin of the value.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from inspect import Parameter
from typing import Any

import attrs

from .._base import UNSET
from .._messages import shorten
from .binding import bind_carefully
from .records import SignatureModel, override


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
            (a.name, "" if a.source == "unset" else _shorten(shorten(a.value)), a.source)
            for a in self.arguments
        ]
        if not rows:
            return f"{self.callable}()"
        widths = [max(len(row[i]) for row in rows) for i in (0, 1)]
        lines = [f"{n:<{widths[0]}}  {v:<{widths[1]}}  {s}" for n, v, s in rows]
        return "\n".join([f"{self.callable}(...)", *(f"  {line}".rstrip() for line in lines)])


def _shorten(text: str) -> str:
    return text if len(text) <= 60 else f"{text[:57]}..."


def explain_record(
    stored: SignatureModel, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[Argument, ...]:
    """
    Return the arguments of a call in which what is given replaces what is
    stored.

    Raises:
        SignatureError: What is given does not fit.
    """
    return tuple(_explain(stored, args, kwargs))


def _explain(
    stored: SignatureModel, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> Iterator[Argument]:
    plan = stored._plan
    _, new_args, new_extras, given, _ = bind_carefully(plan, args, kwargs, "call")
    effective = override(stored, args, kwargs)
    source = "given" if new_args else "stored"
    starred = [
        Argument(f"*{plan.var_positional}[{i}]", value, source)
        for i, value in enumerate(effective._args)
    ]
    for i, (name, value) in enumerate(zip(plan.names, effective._values, strict=True)):
        if i == plan.n_pos:
            yield from starred
            starred = []
        if value is UNSET:
            yield Argument(name, Parameter.empty, "unset")
        elif given >> i & 1:
            yield Argument(name, value, "given")
        else:
            yield Argument(name, value, "stored" if stored._given >> i & 1 else "default")
    yield from starred
    for name, value in effective.kwargs.items():
        is_given = new_extras is not None and name in new_extras
        yield Argument(f"**{plan.var_keyword}[{name!r}]", value, "given" if is_given else "stored")
