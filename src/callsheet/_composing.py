"""
Composing the record of a call's arguments for a callable.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from ._base import UNSET
from ._binding import bind_carefully
from ._deferral import READY, find_deferred
from ._plans import Plan, get_plan, get_signature
from ._signatures import Draft, SignatureModel, make_record
from .exceptions import SignatureError


def bind_plainly(plan: Plan, kwargs: Mapping[str, Any]) -> SignatureModel | None:
    """
    Return the record of plain keyword arguments that leave nothing unset, or
    None to bind with care.
    """
    if not plan.simple:
        return None
    # The plan's own keys stay, and the length tells unknown names.
    merged = {**plan.defaults, **kwargs}
    n = len(merged)
    if n != plan.n:
        return None
    getter = plan.getter
    if getter is not None:
        values = getter(merged)
    else:
        values = (*merged.values(),)
        if plan.is_warm:
            plan.make_getter()
        plan.is_warm = True
    for value in values:
        if type(value) not in READY:
            if _are_plain(merged, kwargs):
                break
            return None
    if len(kwargs) == n:
        given = plan.all_given
    else:
        index = plan.index or plan.make_index()
        given = 0
        for name in kwargs:
            given |= 1 << index[name]
    record: Any = Draft()
    record._plan = plan
    record._values = values
    record._given = given
    record._named = merged
    record._rest = None
    record.__class__ = SignatureModel
    return record  # type: ignore[no-any-return]  # its class has just been set


def _are_plain(merged: Mapping[str, Any], kwargs: Mapping[str, Any]) -> bool:
    """
    Whether nothing is unset, and every value that is no default is an atom.
    """
    return all(value is not UNSET for value in merged.values()) and READY.issuperset(
        map(type, kwargs.values())
    )


def bind_arguments(
    callable: Callable[..., Any], plan: Plan, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> SignatureModel:
    """
    Return the record of a call's arguments, assigned to parameters as
    `inspect.Signature.bind_partial` does.

    Raises:
        SignatureError: They do not fit.
    """
    if not args:
        record = bind_plainly(plan, kwargs)
        if record is not None:
            return record
    return bind_with_care(callable, plan, args, kwargs)


def bind_with_care(
    callable: Callable[..., Any], plan: Plan, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> SignatureModel:
    """
    Return the record of a call's arguments where `bind_plainly` has none.

    Raises:
        SignatureError: They do not fit.
    """
    values, rest, extras, given, n_given = bind_carefully(plan, args, kwargs)
    deferred = find_deferred(callable, plan, values, rest, extras, given)
    return make_record(plan, values, rest, extras, given, n_given, deferred)


def validate_and_compose_signature(
    callable: Callable[..., Any], /, *args: Any, **kwargs: Any
) -> SignatureModel:
    """
    Return the record of *args* and *kwargs* for *callable*'s signature.

    Raises:
        SignatureError: They do not fit it, as `inspect.Signature.bind_partial`
            judges.
    """
    try:
        return bind_arguments(callable, get_plan(callable), args, kwargs)
    except SignatureError as error:
        signature = get_signature(callable)
        if signature is not None:
            try:
                signature.bind_partial(*args, **kwargs)
            except TypeError as cause:
                raise error from cause
        raise
