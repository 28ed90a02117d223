"""
A document whose callable has changed since: what still fits, and the edit.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from .._base import UNSET
from .._messages import get_close_names, shorten
from .._signatures import Assignment, Plan, is_default_elsewhere
from .._statics import get_type
from ..exceptions import DriftError

_STARS = frozenset({"args", "*args", "kwargs", "**kwargs", "kwarg_order"})


def check_missing(
    plan: Plan, assignment: Assignment, signature: Mapping[Any, Any]
) -> Iterator[tuple[str, str]]:
    """
    Yield the required parameters that a written record does not know.

    A written record names every parameter, the unset ones too. Names that the
    reference did not write (positional-only ones and those that begin with an
    underscore) may be absent, and a record that names no parameter at all is
    taken for one written by hand.
    """
    if not _is_written(signature):
        return
    for i, name in enumerate(plan.names):
        if (
            plan.defaults[name] is UNSET
            and name not in assignment.named
            and i >= plan.n_posonly
            and not name.startswith("_")
        ):
            reason = (
                f"{plan.name} requires {name!r}, which the document does not know. Store it, or "
                f'write "{name}": "inspect._empty" to give it at the call.'
            )
            yield name, reason


def fit_to_python(plan: Plan, signature: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """
    Return the record of a callable of the standard library, as another Python
    may have written it, without what this one lacks.

    Dropped are parameters that it does not have, if they are unset or at their
    default. Where the other did not show the signature, it wrote keywords.
    """
    if _is_written(signature):
        return {
            key: value
            for key, value in signature.items()
            if key in plan.defaults or key in _STARS or not is_default_elsewhere(plan, key, value)
        }
    extras: Any = signature.get("kwargs")
    if "args" not in signature or get_type(extras) is not dict or "kwargs" in plan.defaults:
        return signature
    keywords = plan.names[plan.n_posonly :]
    named = {name: extras[name] for name in keywords if name in extras}
    rest = {name: value for name, value in extras.items() if name not in named}
    return {**signature, "kwargs": rest, **named}


def _is_written(signature: Mapping[Any, Any]) -> bool:
    return ("args" in signature or "*args" in signature) and not _STARS.issuperset(signature)


def describe_drift(plan: Plan, signature: Mapping[Any, Any]) -> DriftError | None:
    """
    Return a report of each stored argument against the signature of today, or
    None for a record that was written by hand.
    """
    if not _is_written(signature):
        return None
    new = [name for name in plan.names if name not in signature]
    rows: list[tuple[str, str, str]] = []  # a name, what became of it, the edit
    args = _get_args(plan, signature)
    filled = _get_filled(plan, signature, len(args))
    if any(name in signature for name in filled):
        # They were var-positional, and stand where a parameter is new.
        edit = "write 'args' as '*args'" if plan.var_positional else "remove 'args'"
        rows.append(("args", f"{new[0]!r} is new, and would take the first of them", edit))
        filled, args = (), []
    rows.extend((name, "fits, by position", "") for name in filled)
    new = [name for name in new if name not in filled]
    for key in signature:
        if key in _STARS and key not in plan.defaults:
            continue
        name = str(key)
        if name in plan.defaults:
            rows.append((name, "fits", ""))
        elif plan.var_keyword is not None and name.isidentifier():
            rows.append((name, f"goes into **{plan.var_keyword}", ""))
        elif near := get_close_names(name, new, 1, cutoff=0.4) or (new if len(new) == 1 else []):
            edit = f"rename {shorten(name)} to {near[0]!r}"
            rows.append((name, f"is gone; {near[0]!r} is new", edit))
            new = [n for n in new if n != near[0]]
        else:
            rows.append((name, "is gone", f"remove {shorten(name)}"))
    for name in _get_extras(plan, signature):
        row = f"kwargs[{shorten(name)}]"
        if name in plan.index and plan.index[name] >= plan.n_posonly:
            edit = f"move {shorten(name)} out of 'kwargs'"
            rows.append((row, "is a parameter of its own", edit))
            new = [n for n in new if n != name]
        elif plan.var_keyword is None:
            rows.append((row, "is gone", f"remove {shorten(name)} from 'kwargs'"))
        else:
            rows.append((row, "fits", ""))
    required = [name for name in new if plan.defaults[name] is UNSET]
    rows.extend((name, "is new and required", f"add {name!r}") for name in required)
    if len(args) > len(filled) and plan.var_positional is None:
        by_keyword = [name for name in plan.names[plan.n_pos :] if name not in signature]
        edit = f"give {', '.join(map(repr, by_keyword)) or 'them'} by name, not in 'args'"
        rows.append(("args", f"{len(args)} given by position, {plan.n_pos} at most", edit))
    # Every row is as wide as the longest name.
    names = [name if len(name) <= 60 else f"{name[:57]}..." for name, _, _ in rows]
    width = max(map(len, names), default=0)
    lines = [f"  {name:<{width}}  {text}" for name, (_, text, _) in zip(names, rows, strict=True)]
    table = "\n".join(lines)
    edits = [edit for _, _, edit in rows if edit]
    advice = f"\nEdit the document: {'; '.join(edits)}." if edits else ""
    message = (
        f"the stored arguments do not fit the signature of {plan.name} today, "
        f"({describe_signature(plan)}):\n{table}{advice}"
    )
    return DriftError(message, plan.name)


def _get_args(plan: Plan, signature: Mapping[Any, Any]) -> list[Any]:
    args = signature.get("*args") or (
        signature.get("args") if "args" not in plan.defaults else None
    )
    return args if isinstance(args, list) else []  # pyright: ignore[reportUnknownVariableType]


def _get_extras(plan: Plan, signature: Mapping[Any, Any]) -> list[str]:
    extras = signature.get("**kwargs")
    if extras is None and "kwargs" not in plan.index:
        extras = signature.get("kwargs")
    return [str(name) for name in extras] if isinstance(extras, Mapping) else []  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def _get_filled(plan: Plan, signature: Mapping[Any, Any], n_args: int) -> tuple[str, ...]:
    """Return the parameters that the positional arguments of a record fill."""
    names = plan.names[: plan.n_pos]
    is_full = "*args" in signature or all(name in signature for name in names)
    return () if is_full else names[:n_args]


def describe_signature(plan: Plan) -> str:
    """Return the parameters of a plan as a signature shows them."""
    parts: list[str] = []
    for i, name in enumerate(plan.names):
        if i == plan.n_pos:
            parts.append(f"*{plan.var_positional}" if plan.var_positional else "*")
        default = plan.defaults[name]
        parts.append(name if default is UNSET else f"{name}=...")
        if i + 1 == plan.n_posonly:
            parts.append("/")
    if plan.var_positional and plan.n_pos == len(plan.names):
        parts.append(f"*{plan.var_positional}")
    if plan.var_keyword:
        parts.append(f"**{plan.var_keyword}")
    return ", ".join(parts)
