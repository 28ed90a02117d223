"""
The record of the arguments that are stored for one callable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from inspect import Parameter
from typing import Any

import attrs

from ._deferral import ARGS, ATOMS, build_deferred, find_deferred
from ._equality import same, strict_hash
from ._models import UNSET, Model
from ._plans import Plan, get_plan, get_signature
from ._schemas import get_schema
from .exceptions import SignatureError, UnwritableError

Arguments = tuple[list[Any], dict[str, Any]]


@attrs.frozen(init=False, eq=False, repr=False, getstate_setstate=False, weakref_slot=False)
class SignatureModel(Model):
    """
    The arguments stored for a callable, by the parameters of its signature.

    An argument is read as an attribute (``record.x``) or as an item
    (``record["x"]``), which also reaches names that this class uses itself.
    A parameter that has no value reads as `inspect.Parameter.empty`.

    Attributes:
        args: The var-positional arguments, as a list.

        kwargs: The var-keyword arguments, as a dict.

        kwarg_order: The names of the named parameters, in order.
    """

    _plan: Plan
    _values: tuple[Any, ...]
    _args: tuple[Any, ...]
    _kwargs: dict[str, Any] | None
    _given: int
    _n_given: int
    _deferred: tuple[int | str, ...]

    @property
    def args(self) -> list[Any]:
        """
        The stored var-positional arguments.
        """
        return list(self._args)

    @property
    def kwargs(self) -> dict[str, Any]:
        """
        The stored var-keyword arguments.
        """
        return dict(self._kwargs) if self._kwargs else {}

    @property
    def kwarg_order(self) -> list[str]:
        """
        The names of the named parameters, in the signature's order.
        """
        return list(self._plan.names)

    def __getitem__(self, name: str) -> Any:
        i = self._plan.index.get(name)
        if i is not None:
            value = self._values[i]
            return Parameter.empty if value is UNSET else value
        if self._kwargs and name in self._kwargs:
            return self._kwargs[name]
        plan = self._plan
        msg = f"Cannot read argument {name!r} of {plan.name}: it has no such parameter."
        raise SignatureError(msg, plan.name, plan.names, name)

    def __getattr__(self, name: str) -> Any:
        if not (name.startswith("__") and name.endswith("__")):
            try:
                return self[name]
            except SignatureError as error:
                raise AttributeError(str(error)) from None
        raise AttributeError(name)

    def __iter__(self) -> Iterator[tuple[str, Any]]:
        for name in self._plan.names:
            yield name, self[name]

    def missing(self) -> list[str]:
        """
        Return the names of the required parameters that are unset, in order.
        """
        values = zip(self._plan.names, self._values, strict=True)
        return [name for name, value in values if value is UNSET]

    def build(self, *args: Any, **kwargs: Any) -> Arguments:
        """
        Return the positional and the keyword arguments of a call.

        What is given here replaces what is stored, parameter by parameter, as
        `inspect.Signature.bind_partial` assigns it.

        Returns:
            The positional arguments as a list, the keyword arguments as a dict.

        Raises:
            SignatureError: What is given does not fit the signature, or a
                required parameter is unset.
        """
        record = override(self, args, kwargs) if args or kwargs else self
        return spread(record)

    def schema(self) -> dict[str, Any]:
        """
        Return the JSON Schema of the parameters, with the stored values as
        defaults.
        """
        values = {n: v for n, v in zip(self._plan.names, self._values, strict=True)}
        return get_schema(
            f"Kwargs_{self._plan.name}",
            {n: Parameter.empty if v is UNSET else v for n, v in values.items()},
            list(self._args),
        )

    def dict(
        self,
        *,
        exclude_none: bool = False,
        exclude_unset: bool = False,
        exclude_defaults: bool = False,
    ) -> dict[str, Any]:
        """
        Return the live form: each argument under its parameter's name.

        The var-positional arguments stand under ``args`` and the var-keyword
        ones under ``kwargs``; under ``*args`` and ``**kwargs`` where the
        signature has a parameter called so.

        Raises:
            UnwritableError: An argument is `inspect.Parameter.empty` itself,
                which marks an unset parameter here.
        """
        plan = self._plan
        if exclude_none or exclude_unset or exclude_defaults:
            named = dict(
                select(
                    self,
                    exclude_none=exclude_none,
                    exclude_unset=exclude_unset,
                    exclude_defaults=exclude_defaults,
                )
            )
        else:
            named = dict(zip(plan.names, self._values, strict=True))
        if not is_complete(self._values):
            named = self._mark_unset(named)
        left_out = any(n not in named for n in plan.names[: plan.n_pos])
        live: dict[str, Any] = {}
        args_key = get_args_key(plan, left_out=left_out and bool(self._args))
        if args_key is not None:
            live[args_key] = list(self._args)
        live.update(named)
        if self._kwargs:
            live[get_kwargs_key(plan)] = dict(self._kwargs)
        return live

    def _mark_unset(self, named: dict[str, Any]) -> dict[str, Any]:
        plan = self._plan
        for name, value in named.items():
            if value is Parameter.empty and plan.defaults[name] is not value:
                msg = (
                    f"Cannot write the argument {name} of {plan.name} in the live form: "
                    "inspect.Parameter.empty marks an unset parameter there. Copy or pickle the "
                    "model, or write its document."
                )
                raise UnwritableError(msg, name)
        return {n: Parameter.empty if v is UNSET else v for n, v in named.items()}

    def __repr__(self) -> str:
        # The reference prints the fields that it annotates before the rest.
        first: list[str] = []
        last: list[str] = []
        for name, value in self:
            early = value is None or value is Parameter.empty or isinstance(value, tuple)
            (first if early else last).append(f"{name}={value!r}")
        parts = [f"args={self.args!r}", *first, f"kwarg_order={self.kwarg_order!r}", *last]
        if self._kwargs:
            parts.append(f"kwargs={self._kwargs!r}")
        return f"Kwargs_{self._plan.name}({', '.join(parts)})"

    def __callsheet_nodes__(self) -> tuple[Any, ...]:
        plan = self._plan
        return plan.name, plan.names, self._values, self._args, self._kwargs or {}

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return same(self, other)

    def __hash__(self) -> int:
        plan = self._plan
        extras = frozenset(self._kwargs.items()) if self._kwargs else None
        return strict_hash((plan.name, plan.names, self._values, self._args, extras))

    def __copy__(self) -> SignatureModel:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        plan = self._plan
        return _restore_record, (
            plan.name,
            tuple(plan.defaults.items()),
            (plan.n_posonly, plan.n_pos, plan.var_positional, plan.var_keyword),
            (plan.own, plan.known),
            (
                self._values,
                self._args,
                self._kwargs,
                self._given,
                self._n_given,
                self._deferred,
            ),
        )


class _Draft(Model):
    """
    A record before it freezes: same slots, so that only its class changes.

    Storing through a frozen class costs three times as much per slot.
    """

    __slots__ = SignatureModel.__slots__


def make_record(
    plan: Plan,
    values: tuple[Any, ...],
    args: tuple[Any, ...] = (),
    kwargs: dict[str, Any] | None = None,
    given: int = 0,
    n_given: int = 0,
    deferred: tuple[int | str, ...] = (),
) -> SignatureModel:
    """
    Return a record of arguments that are known to fit *plan*.
    """
    record: Any = _Draft()
    record._plan = plan
    record._values = values
    record._args = args
    record._kwargs = kwargs
    record._given = given
    record._n_given = n_given
    record._deferred = deferred
    record.__class__ = SignatureModel
    return record  # type: ignore[no-any-return]  # its class has just been set


def _restore_record(
    name: str,
    defaults: tuple[tuple[str, Any], ...],
    shape: tuple[int, int, str | None, str | None],
    kind: tuple[bool, bool],
    state: tuple[Any, ...],
) -> SignatureModel:
    plan = Plan(name, dict(defaults), *shape, own=kind[0], known=kind[1])
    return make_record(plan, *state)


def is_complete(values: tuple[Any, ...]) -> bool:
    """
    Whether no value is unset or looks so, without asking the values themselves.
    """
    return all(value is not UNSET and value is not Parameter.empty for value in values)


def get_args_key(plan: Plan, *, left_out: bool = False) -> str | None:
    """
    Return the key of the var-positional arguments in a record's mapping, or
    None if the signature has a parameter ``args`` and takes none.
    """
    if "args" in plan.index:
        return "*args" if plan.var_positional is not None else None
    return "*args" if left_out else "args"


def get_kwargs_key(plan: Plan) -> str:
    """
    Return the key of the var-keyword arguments in a record's mapping.
    """
    return "**kwargs" if "kwargs" in plan.index else "kwargs"


def select(
    record: SignatureModel,
    *,
    exclude_none: bool = False,
    exclude_unset: bool = False,
    exclude_defaults: bool = False,
) -> Iterator[tuple[str, Any]]:
    """
    Yield the named arguments that the options keep.

    A parameter is left out only where its default restores it.
    """
    plan = record._plan
    for (name, default), value in zip(plan.defaults.items(), record._values, strict=True):
        at_default = default is not UNSET and same(value, default)
        if at_default and (
            exclude_defaults
            or (exclude_none and value is None)
            or (exclude_unset and not record._given >> plan.index[name] & 1)
        ):
            continue
        yield name, value


def _refuse(plan: Plan, verb: str, reason: str, wrong: str | None = None) -> SignatureError:
    msg = f"Cannot {verb} {plan.name}: {reason}."
    return SignatureError(msg, plan.name, plan.names, wrong)


def _refuse_name(plan: Plan, verb: str, name: Any) -> SignatureError:
    if name in plan.index:
        return _refuse(plan, verb, f"{name!r} is positional-only")
    return _refuse(plan, verb, f"got an unexpected keyword argument {name!r}", str(name))


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
    if n != len(plan.names):
        return None
    values = (*merged.values(),)
    for value in values:
        if type(value) not in ATOMS:
            return None
    if len(kwargs) == n:
        given = plan.all_given
    else:
        index = plan.index
        given = 0
        for name in kwargs:
            given |= 1 << index[name]
    record: Any = _Draft()
    record._plan = plan
    record._values = values
    record._args = ()
    record._kwargs = None
    record._given = given
    record._n_given = 0
    record._deferred = ()
    record.__class__ = SignatureModel
    return record  # type: ignore[no-any-return]  # its class has just been set


def bind_arguments(
    callable: Callable[..., Any], plan: Plan, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> SignatureModel:
    """
    Return the record of a call's arguments, assigned to parameters as
    `inspect.Signature.bind_partial` does.

    Raises:
        SignatureError: They do not fit.
    """
    if not plan.known:
        _check_keywords(plan, kwargs)
        extras = dict(kwargs) if kwargs else None
        return make_record(
            plan, (), args, extras, deferred=find_deferred(callable, plan, (), args, extras)
        )
    if not args:
        record = bind_plainly(plan, kwargs)
        if record is not None:
            return record
    return bind_slowly(callable, plan, args, kwargs)


def bind_slowly(
    callable: Callable[..., Any] | None,
    plan: Plan,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
) -> SignatureModel:
    verb = "call" if callable is None else "store arguments for"
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
    rest = args[n_pos:]
    deferred = find_deferred(callable, plan, values, rest, extras) if callable else ()
    return make_record(plan, values, rest, extras, given, n_given, deferred)


def _check_keywords(plan: Plan, kwargs: Mapping[str, Any]) -> None:
    for name in kwargs:
        if not isinstance(name, str):
            msg = f"Cannot store arguments for {plan.name}: {name!r} is no name of a keyword."
            raise SignatureError(msg, plan.name)


def override(
    record: SignatureModel, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> SignatureModel:
    """
    Return a record in which what is given replaces what is stored.

    What is given is passed as it is; only stored arguments are built.
    """
    plan = record._plan
    new = _bind_given(plan, args, kwargs)
    stored = record._values
    given = new._given
    values = tuple([v if given >> i & 1 else stored[i] for i, v in enumerate(new._values)])
    extras = record._kwargs
    if new._kwargs:
        extras = {**extras, **new._kwargs} if extras else new._kwargs
    deferred = record._deferred
    if deferred:
        deferred = tuple([place for place in deferred if not _is_given(place, new)])
    return make_record(
        plan,
        values,
        new._args or record._args,
        extras,
        record._given | given,
        max(record._n_given, new._n_given),
        deferred,
    )


def _bind_given(plan: Plan, args: tuple[Any, ...], kwargs: Mapping[str, Any]) -> SignatureModel:
    if plan.known:
        return bind_slowly(None, plan, args, kwargs)
    _check_keywords(plan, kwargs)
    return make_record(plan, (), args, dict(kwargs))


def _is_given(place: int | str, new: SignatureModel) -> bool:
    if isinstance(place, str):
        return new._kwargs is not None and place in new._kwargs
    if place == ARGS:
        return bool(new._args)
    return bool(new._given >> place & 1)


def spread(record: SignatureModel, owned: list[Any] | None = None) -> Arguments:
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
    missing = record.missing()
    if missing:
        raise missing_error(plan, missing)
    args = record._args
    extras = record._kwargs
    if record._deferred:
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
    record: SignatureModel, owned: list[Any] | None
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
    """
    Return the error of a call whose required parameters are unset.
    """
    noun = "argument" if len(missing) == 1 else "arguments"
    names = ", ".join(repr(n) for n in missing)
    msg = (
        f"Cannot call {plan.name}: missing the required {noun} {names}. "
        "Store it in the model or give it at the call."
    )
    return SignatureError(msg, plan.name)


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
