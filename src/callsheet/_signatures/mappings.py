"""
A record written as a mapping: which key belongs to which argument.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from .._base import UNSET
from .._messages import shorten
from ..exceptions import SignatureError
from .deferral import find_deferred
from .plans import Plan
from .records import SignatureModel, make_record


class Assignment:
    """
    The entries of a mapping, assigned to the parameters of a plan.

    Attributes:
        named: The named arguments, `UNSET` where marked so.

        args: The var-positional arguments.

        extras: The var-keyword arguments.

        n_given: How many named arguments were given by position.

        problems: What does not fit: the key, and why, as text or as an error
            whose text has not been worked out.
    """

    __slots__ = ("args", "extras", "n_given", "named", "problems")

    def __init__(self) -> None:
        self.named: dict[str, Any] = {}
        self.args: tuple[Any, ...] = ()
        self.extras: dict[str, Any] = {}
        self.n_given = 0
        self.problems: list[tuple[str, str | SignatureError]] = []

    def add_unknown(self, plan: Plan, key: str, name: str) -> None:
        """Add that *plan* has no parameter *name*."""
        msg = f"{plan.name} has no parameter {shorten(name)}."
        self.problems.append((key, SignatureError(msg, plan.name, plan.names, name)))


def assign(plan: Plan, mapping: Mapping[Any, Any]) -> Assignment:
    """
    Return the arguments that *mapping* holds for the parameters of *plan*.

    A named parameter always owns its key. ``args`` is the list of the call's
    positional arguments; where every positional parameter is named, they are
    the var-positional ones, which ``*args`` always means. ``kwargs`` (or
    ``**kwargs``) holds var-keyword arguments, and so does any other key that
    is an identifier.
    """
    result = Assignment()
    positional: Any = None
    rest: Any = None
    nested: Any = None
    for key, value in mapping.items():
        if not isinstance(key, str):
            text = shorten(key)
            result.problems.append((text, f"the key {text} is no name of a parameter."))
        elif key in plan.defaults:
            result.named[key] = value
        elif key == "*args":
            rest = _as_sequence(result, key, value)
        elif key == "args":
            positional = _as_sequence(result, key, value)
        elif key in ("kwargs", "**kwargs"):
            nested = _as_mapping(result, key, value)
        elif key == "kwarg_order" and value == list(plan.names):
            continue
        elif plan.var_keyword is not None and key.isidentifier():
            result.extras[key] = value
        else:
            result.add_unknown(plan, key, key)
    if nested:
        _assign_extras(plan, result, nested)
    _assign_positional(plan, result, positional or (), rest or ())
    return result


def _as_sequence(result: Assignment, key: str, value: Any) -> tuple[Any, ...]:
    if isinstance(value, (list, tuple)):
        return tuple(value)  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    result.problems.append((key, f"{key!r} must be a list, not {type(value).__name__}."))
    return ()


def _as_mapping(result: Assignment, key: str, value: Any) -> Mapping[Any, Any]:
    if isinstance(value, Mapping):
        return value  # pyright: ignore[reportUnknownVariableType]
    result.problems.append((key, f"{key!r} must be a mapping, not {type(value).__name__}."))
    return {}


def _assign_extras(plan: Plan, result: Assignment, nested: Mapping[Any, Any]) -> None:
    for name, value in nested.items():
        i = plan.index.get(name)
        if not isinstance(name, str):
            result.problems.append(("kwargs", f"{shorten(name)} is no name of a keyword."))
        elif name in result.extras or (i is not None and i >= plan.n_posonly):
            msg = f"{shorten(name)} stands there, but {plan.name} takes it by its own key."
            result.problems.append(("kwargs", msg))
        elif plan.var_keyword is None:
            result.add_unknown(plan, "kwargs", name)
        else:
            result.extras[name] = value


def _assign_positional(
    plan: Plan, result: Assignment, positional: tuple[Any, ...], rest: tuple[Any, ...]
) -> None:
    names = plan.names[: plan.n_pos]
    named = result.named
    if not all(name in named for name in names):
        for name, value in zip(names, positional):  # noqa: B905  # stops at the shorter
            if name in named:
                msg = f"{plan.name} gets {name!r} twice: by position and by its key."
                result.problems.append(("args", msg))
                return
            named[name] = value
            result.n_given += 1
        positional = positional[len(names) :]
    if positional and rest:
        result.problems.append(("args", "'args' has more than the positional parameters take."))
    result.args = rest or positional
    if result.args and plan.var_positional is None:
        msg = (
            f"{plan.name} takes {plan.n_pos} positional arguments at most; "
            f"{len(result.args)} are left over."
        )
        result.problems.append(("args", msg))


def record_of(callable: Callable[..., Any], plan: Plan, assignment: Assignment) -> SignatureModel:
    """
    Return the record of arguments that were assigned without problems.

    Args:
        callable: What they are for; its annotations say who asks for loaders.

        plan: Its plan.

        assignment: The arguments.
    """
    named = {name: value for name, value in assignment.named.items() if value is not UNSET}
    given = sum(1 << plan.index[name] for name in named)
    values = tuple({**plan.defaults, **named}.values())
    extras = assignment.extras or None
    deferred = find_deferred(callable, plan, values, assignment.args, extras, given)
    return make_record(plan, values, assignment.args, extras, given, assignment.n_given, deferred)
