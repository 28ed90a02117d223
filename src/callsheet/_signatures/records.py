"""
Records of the arguments that are stored for one callable.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from inspect import Parameter
from typing import Any

import attrs

from .._base import UNSET, Live
from .._equality import can_replace, hash_nodes, same
from .._messages import shorten
from ..exceptions import SignatureError, UnwritableError
from .binding import Arguments, Stored, bind_carefully, get_missing, replace, spread
from .deferral import READY, find_deferred
from .plans import Plan, get_plan, get_signature

# See JSON Schema 2020-12, section 6.1.1 (type).
_TYPES: dict[Any, dict[str, Any]] = {
    bool: {"type": "boolean"},
    int: {"type": "integer"},
    float: {"type": "number"},
    str: {"type": "string"},
    list: {"type": "array", "items": {}},
    tuple: {"type": "array", "items": {}},
    dict: {"type": "object"},
}


def _is_json(value: Any) -> bool:
    if isinstance(value, (list, tuple)):
        return all(_is_json(item) for item in value)  # pyright: ignore[reportUnknownVariableType]
    if isinstance(value, dict):
        return all(isinstance(k, str) and _is_json(v) for k, v in value.items())  # pyright: ignore[reportUnknownVariableType]
    return value is None or isinstance(value, (bool, int, float, str))


def _get_property(name: str, value: Any) -> dict[str, Any]:
    """Return the schema of one parameter, typed by its stored value."""
    schema: dict[str, Any] = {"title": name.replace("_", " ").title()}
    if value is not Parameter.empty and _is_json(value):
        schema["default"] = value
    return {**schema, **_TYPES.get(type(value), {})}


# attrs lets a frozen class build on one that is not.
@attrs.frozen(init=False, eq=False, repr=False, getstate_setstate=False, weakref_slot=False)  # pyright: ignore[reportGeneralTypeIssues]
class SignatureModel(Stored):
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
        plan = self._plan
        i = plan.index.get(name)
        if i is not None:
            value = self._values[i]
            return Parameter.empty if value is UNSET else value
        if self._kwargs and name in self._kwargs:
            return self._kwargs[name]
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
        return get_missing(self)

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
        parts = {"args": self.args, "kwarg_order": self.kwarg_order, **dict(iter(self))}
        schema: dict[str, Any] = {
            "title": f"Kwargs_{self._plan.name}",
            "type": "object",
            "properties": {name: _get_property(name, value) for name, value in parts.items()},
        }
        required = [name for name, value in self if value is Parameter.empty]
        return {**schema, "required": required} if required else schema

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
        if exclude_none or exclude_unset or exclude_defaults or not plan.own:
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
        positional = get_positional(self)
        left_out = any(n not in named for n in plan.names[len(positional) : plan.n_pos])
        live: dict[str, Any] = {}
        args_key = get_args_key(plan, left_out=left_out and bool(self._args))
        if args_key is not None:
            live[args_key] = [*self._values[: len(positional)], *self._args]
            for name in positional:
                named.pop(name, None)
        live.update(named)
        if self._kwargs:
            live[get_kwargs_key(plan)] = dict(self._kwargs)
        return live

    def _mark_unset(self, named: Live) -> Live:
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
            (first if early else last).append(f"{name}={_show(value)}")  # pyright: ignore[reportUnknownArgumentType]
        parts = [f"args={_show(self.args)}", *first, f"kwarg_order={self.kwarg_order!r}", *last]
        if self._kwargs:
            parts.append(f"kwargs={_show(self._kwargs)}")
        return f"Kwargs_{self._plan.name}({', '.join(parts)})"

    def __callsheet_nodes__(self) -> tuple[Any, ...]:
        plan = self._plan
        return plan.name, plan.names, self._values, self._args, self._kwargs or {}

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return same(self, other)

    __hash__ = hash_nodes

    def __copy__(self) -> SignatureModel:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        plan = self._plan
        return _restore_record, (
            plan.name,
            tuple(plan.defaults.items()),
            (plan.n_posonly, plan.n_pos, plan.var_positional, plan.var_keyword),
            (plan.own, plan.known),
            (self._values, self._args, self._kwargs, self._given, self._n_given, self._deferred),
        )


def make_record(
    plan: Plan,
    values: tuple[Any, ...],
    args: tuple[Any, ...] = (),
    kwargs: dict[str, Any] | None = None,
    given: int = 0,
    n_given: int = 0,
    deferred: tuple[int | str, ...] = (),
) -> SignatureModel:
    """Return a record of arguments that are known to fit *plan*."""
    record: Any = Stored()
    record._plan = plan
    record._values = values
    record._given = given
    record._named = None
    plain = not args and kwargs is None and not n_given and not deferred
    record._rest = None if plain else (args, kwargs, n_given, deferred)
    record.__class__ = SignatureModel
    return record  # type: ignore[no-any-return]  # its class has just been set


def replace_first(record: SignatureModel, value: Any) -> SignatureModel:
    """Return a record with another first positional argument, deferred or not as the one before."""
    values, args = record._values, record._args
    if record._plan.n_pos:
        values = (value, *values[1:])
    else:
        args = (value, *args[1:])
    return make_record(
        record._plan,
        values,
        args,
        record._kwargs,
        record._given,
        record._n_given,
        record._deferred,
    )


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
    """Return whether no value is unset or looks so, without asking the values themselves."""
    return all(value is not UNSET and value is not Parameter.empty for value in values)


def get_args_key(plan: Plan, *, left_out: bool = False) -> str | None:
    """
    Return the key of the var-positional arguments in a record's mapping, or
    None if the signature has a parameter ``args`` and takes none.
    """
    if "args" in plan.defaults:
        return "*args" if plan.var_positional is not None else None
    return "*args" if left_out else "args"


def get_positional(record: SignatureModel) -> tuple[str, ...]:
    """
    Return the names of the parameters that are written by position, where the
    signature is not the code's own: those that were given so, for a wrapper
    can tell, and positional-only ones, whose names not every Python shows.
    """
    plan = record._plan
    if plan.own or "args" in plan.defaults:
        return ()
    if record._args:
        return plan.names[: plan.n_pos] if plan.n_pos == plan.n_posonly else ()
    last = (record._given & ((1 << plan.n_posonly) - 1)).bit_length()
    return plan.names[: max(last, record._n_given)]


def get_kwargs_key(plan: Plan) -> str:
    """Return the key of the var-keyword arguments in a record's mapping."""
    return "**kwargs" if "kwargs" in plan.defaults else "kwargs"


def _show(value: object) -> str:
    try:
        return repr(value)
    except RecursionError:  # what is outside prints this without its inside
        raise
    except Exception:  # an int of more digits than Python prints
        return shorten(value)


def stands_for(default: Any, value: Any) -> bool:
    """
    Return whether *default* restores *value* exactly: ``==`` sees no difference
    between 0.0 and -0.0, nor between one moment in two time zones.
    """
    if value is default:
        return True
    if not can_replace(default, value):
        return False
    try:
        return repr(value) == repr(default)
    except Exception:
        return False


def select(
    record: SignatureModel,
    *,
    exclude_none: bool = False,
    exclude_unset: bool = False,
    exclude_defaults: bool = False,
) -> Iterator[tuple[str, Any]]:
    """
    Yield the named arguments that the options keep.

    A parameter is left out only where its default restores it. Where the
    signature is not the code's own, one that is not passed is left out: a
    wrapper can tell the two apart.
    """
    plan = record._plan
    # Before var-positional arguments, every positional parameter is passed.
    n_passed = len(plan.names) if plan.own else plan.n_pos if record._args else 0
    for i, (name, default) in enumerate(plan.defaults.items()):
        value = record._values[i]
        at_default = default is not UNSET and stands_for(default, value)
        if at_default and (
            exclude_defaults
            or (exclude_none and value is None)
            or ((exclude_unset or i >= n_passed) and not record._given >> i & 1)
        ):
            continue
        yield name, value


def override(
    record: SignatureModel, args: tuple[Any, ...], kwargs: Mapping[str, Any]
) -> SignatureModel:
    """
    Return a record in which what is given replaces what is stored.

    Raises:
        SignatureError: What is given does not fit.
    """
    bound, deferred = replace(record, args, kwargs)
    return make_record(record._plan, *bound, deferred)


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
    values = plan.getter(merged)
    for value in values:
        if type(value) not in READY:
            if _are_plain(merged, kwargs):
                break
            return None
    if len(kwargs) == n:
        given = plan.all_given
    else:
        index = plan.index
        given = 0
        for name in kwargs:
            given |= 1 << index[name]
    record: Any = Stored()
    record._plan = plan
    record._values = values
    record._given = given
    record._named = merged
    record._rest = None
    record.__class__ = SignatureModel
    return record  # type: ignore[no-any-return]  # its class has just been set


def _are_plain(merged: Mapping[str, Any], kwargs: Mapping[str, Any]) -> bool:
    """Return whether nothing is unset, and every value that is no default is an atom."""
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
