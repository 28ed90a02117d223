"""
A call's arguments, assigned to the parameters of a plan and spread again.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import attrs

from .._base import UNSET, Deferred, Live, Model
from ..exceptions import SignatureError
from .deferral import ARGS, build_deferred
from .plans import Plan

Arguments = tuple[list[Any], dict[str, Any]]

#: Values by parameter, var-positional and var-keyword arguments, a bit for
#: each parameter that was given, how many were given by position.
Bound = tuple[tuple[Any, ...], tuple[Any, ...], "dict[str, Any] | None", int, int]

#: Var-positional and var-keyword arguments, how many named ones were given by
#: position, and where arguments sit that are built at the call.
Rest = tuple[tuple[Any, ...], "dict[str, Any] | None", int, tuple["int | str", ...]]


@attrs.define(init=False, eq=False, repr=False, getstate_setstate=False, weakref_slot=False)
class Stored(Model):
    """
    A record of stored arguments before it freezes, by a change of its class:
    storing through a frozen class costs three times as much per slot.
    """

    # Few slots: most records are plain, and the rest of the others is one tuple.
    _plan: Plan
    _values: tuple[Any, ...]
    _given: int
    _named: Live | None
    _rest: Rest | None

    @property
    def _args(self) -> tuple[Any, ...]:
        return self._rest[0] if self._rest else ()

    @property
    def _kwargs(self) -> Live | None:
        return self._rest[1] if self._rest else None

    @property
    def _n_given(self) -> int:
        return self._rest[2] if self._rest else 0

    @property
    def _deferred(self) -> tuple[int | str, ...]:
        return self._rest[3] if self._rest else ()


_NO_REST: Final[Rest] = ((), None, 0, ())


def _refuse(plan: Plan, verb: str, reason: str, wrong: str | None = None) -> SignatureError:
    msg = f"Cannot {verb} {plan.name}: {reason}."
    return SignatureError(msg, plan.name, plan.names, wrong)


def _refuse_name(plan: Plan, verb: str, name: Any) -> SignatureError:
    if name in plan.defaults:
        return _refuse(plan, verb, f"{name!r} is positional-only")
    return _refuse(plan, verb, f"got an unexpected keyword argument {name!r}", str(name))


def bind_carefully(
    plan: Plan, args: tuple[Any, ...], kwargs: Mapping[Any, Any], verb: str = "store arguments for"
) -> Bound:
    """
    Return the arguments of a call by parameter, as
    `inspect.Signature.bind_partial` assigns them.

    Args:
        plan: The plan of what is called.

        args: The positional arguments.

        kwargs: The keyword arguments.

        verb: What cannot be done, for the message, if they do not fit.

    Raises:
        SignatureError: They do not fit.
    """
    if not plan.known:
        for name in kwargs:
            if not isinstance(name, str):
                raise _refuse(plan, verb, f"{name!r} is no name of a keyword")
        return (), args, dict(kwargs) if kwargs else None, 0, 0
    n_args = len(args)
    n_pos = plan.n_pos
    if n_args > n_pos and plan.var_positional is None:
        reason = f"too many positional arguments ({n_args} given, {n_pos} at most)"
        raise _refuse(plan, verb, reason)
    n_given = min(n_args, n_pos)
    given = (1 << n_given) - 1
    extras: dict[str, Any] | None = None
    if not kwargs:
        values = args[:n_given] + plan.values[n_given:]
    else:
        merged = dict(plan.defaults)
        if n_given:
            merged.update(zip(plan.names, args[:n_given]))  # noqa: B905  # stops at the shorter
        index = plan.index
        for name, value in kwargs.items():
            i = index.get(name, -1)
            if i < plan.n_posonly:
                if plan.var_keyword is None or not isinstance(name, str):
                    raise _refuse_name(plan, verb, name)
                if extras is None:
                    extras = {}
                extras[name] = value
            elif given >> i & 1:
                raise _refuse(plan, verb, f"multiple values for argument {name!r}")
            else:
                given |= 1 << i
                merged[name] = value
        values = tuple(merged.values())
    return values, args[n_pos:], extras, given, n_given


def replace(
    stored: Stored, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> tuple[Bound, tuple[int | str, ...]]:
    """
    Return the arguments of a call in which what is given replaces what is
    stored, and where the stored ones that are still to be built sit.

    What is given is passed as it is; only stored arguments are built.

    Raises:
        SignatureError: What is given does not fit.
    """
    plan = stored._plan
    new = bind_carefully(plan, args, kwargs, "call")
    new_values, new_args, new_extras, given, n_given = new
    old = stored._values
    values = tuple([v if given >> i & 1 else old[i] for i, v in enumerate(new_values)])
    extras = stored._kwargs
    if new_extras:
        extras = {**extras, **new_extras} if extras else new_extras
    deferred = stored._deferred
    if deferred:
        deferred = tuple([place for place in deferred if not _is_given(place, new)])
    bound = (
        values,
        new_args or stored._args,
        extras,
        stored._given | given,
        max(stored._n_given, n_given),
    )
    return bound, deferred


def _is_given(place: int | str, new: Bound) -> bool:
    _, args, extras, given, _ = new
    if isinstance(place, str):
        return extras is not None and place in extras
    if place == ARGS:
        return bool(args)
    return bool(given >> place & 1)


def get_missing(record: Stored) -> list[str]:
    """Return the names of the required parameters that are unset, in order."""
    values = zip(record._plan.names, record._values, strict=True)
    return [name for name, value in values if value is UNSET]


def spread(record: Stored, owned: list[Any] | None = None) -> Arguments:
    """
    Return a record as the positional and keyword arguments of a call.

    `inspect.BoundArguments.args` stops at the first unset parameter, so the
    call is built by hand. Where the signature is not the code's own (a
    wrapper, a built-in), only what was given is passed, in the style it was
    given in.

    Args:
        record: The arguments.

        owned: Takes every object that was built for the call's sake, in
            order.

    Raises:
        SignatureError: A required parameter is unset.
    """
    plan = record._plan
    values = record._values
    for value in values:
        if value is UNSET:
            raise missing_error(plan, get_missing(record))
    args, extras, _, deferred = record._rest or _NO_REST
    if deferred:
        if owned is None and plan.positional and not args and not extras:
            loaded = [*values]
            for place in deferred:
                value = values[place]  # type: ignore[index]  # names are those of extras
                is_loader = isinstance(value, Deferred)
                loaded[place] = value.load() if is_loader else build_deferred(value, None)  # type: ignore[index]
            return loaded, {}
        values, args, extras = _build_stored(record, owned)
    n_pos = plan.n_pos
    if plan.own:
        positional = [*values[:n_pos], *args]
        keywords = dict(zip(plan.names[n_pos:], values[n_pos:], strict=True))
    else:
        given = record._given
        if args:
            n_positional = n_pos
        else:
            last = (given & ((1 << plan.n_posonly) - 1)).bit_length()
            n_positional = max(last, record._n_given)
        positional = [*values[:n_positional], *args]
        keywords = {
            name: value
            for i, (name, value) in enumerate(zip(plan.names, values, strict=True))
            if i >= n_positional and given >> i & 1
        }
    if extras:
        keywords.update(extras)
    return positional, keywords


def _build_stored(
    record: Stored, owned: list[Any] | None
) -> tuple[tuple[Any, ...], tuple[Any, ...], dict[str, Any] | None]:
    values = list(record._values)
    args = record._args
    extras = dict(record._kwargs) if record._kwargs else None
    for place in record._deferred:
        if isinstance(place, str):
            if extras is not None:
                extras[place] = build_deferred(extras[place], owned)
        elif place == ARGS:
            args = build_deferred(args, owned)
        else:
            values[place] = build_deferred(values[place], owned)
    return tuple(values), args, extras


def missing_error(plan: Plan, missing: list[str]) -> SignatureError:
    """Return the error of a call whose required parameters are unset."""
    noun = "argument" if len(missing) == 1 else "arguments"
    names = ", ".join(repr(n) for n in missing)
    msg = (
        f"Cannot call {plan.name}: missing the required {noun} {names}. "
        "Store it in the model or give it at the call."
    )
    return SignatureError(msg, plan.name)
