"""
Parts of a model: the callable itself, its instance or loader, and the record
of its arguments.
"""

from __future__ import annotations

from collections.abc import Mapping
from functools import partial
from inspect import Parameter
from types import MethodType, ModuleType
from typing import Any, Final

from .._base import UNSET, Deferred
from .._imports import get_callable_from_string
from .._messages import get_name, shorten
from .._signatures import (
    Plan,
    SignatureModel,
    assign,
    bind_arguments,
    get_plan,
    get_unbound_plan,
    make_record,
    override,
    record_of,
)
from .._statics import get_type
from ..exceptions import ModelError, SignatureError

#: What a record stores besides its named arguments: nothing.
NO_REST: Final[tuple[Any, ...]] = ((), None, 0, ())


def get_instance(target: Any) -> Any:
    """Return the instance that a bound method is bound to, or None."""
    if type(target) is MethodType and not isinstance(
        target.__self__,
        (type, ModuleType, Deferred),  # a loader's own method is not bound by the loader
    ):
        return target.__self__
    return None


def _refuse(name: str, reason: str) -> SignatureError:
    return SignatureError(f"Cannot store arguments for {name}: {reason}", name)


def as_args(target: Any, args: Any) -> tuple[Any, ...]:
    """Return positional arguments as a tuple; what is no sequence is a SignatureError."""
    if isinstance(args, (str, bytes, Mapping)) or not hasattr(args, "__iter__"):
        given = shorten(args)  # pyright: ignore[reportUnknownArgumentType]
        raise _refuse(get_name(target), f"args must be a list or a tuple, not {given}.")
    return tuple(args)


def as_kwargs(plan: Plan, kwargs: Any) -> dict[str, Any]:
    """Return keyword arguments as a dict; what is no mapping is a SignatureError."""
    if not isinstance(kwargs, Mapping):
        raise _refuse(plan.name, f"kwargs must be a mapping, not {shorten(kwargs)}.")
    return dict(kwargs)  # pyright: ignore[reportUnknownArgumentType, reportUnknownVariableType]


def _compose(
    target: Any,
    plan: Plan,
    args: tuple[Any, ...],
    kwargs: Mapping[str, Any],
    signature: Any,
) -> SignatureModel:
    """Return the record of *signature*, with *args* and *kwargs* put over it."""
    if isinstance(signature, SignatureModel):
        record = signature
        if record._plan is not plan:
            record = _from_live(target, plan, record.dict(exclude_unset=True))
    else:
        record = _from_live(target, plan, signature)
    if args or kwargs:
        record = override(record, args, kwargs)
        given = bind_arguments(target, plan, args, kwargs)
        rest, extras, n_given, _ = record._rest or NO_REST
        places = tuple({*record._deferred, *given._deferred})
        record = make_record(plan, record._values, rest, extras, record._given, n_given, places)
    return record


def _from_live(target: Any, plan: Plan, mapping: Any) -> SignatureModel:
    if not isinstance(mapping, Mapping):
        reason = f"signature must be a mapping or a SignatureModel, not {shorten(mapping)}."
        raise _refuse(plan.name, reason)
    assignment = assign(plan, mapping)  # pyright: ignore[reportUnknownArgumentType]
    if assignment.problems:
        raise _refuse(plan.name, " ".join(str(reason) for _, reason in assignment.problems))
    named = assignment.named
    for name, value in named.items():
        if value is Parameter.empty:
            named[name] = UNSET
    return record_of(target, plan, assignment)


def prepare(
    target: Any, args: Any, kwargs: Any, signature: Any, bind: Any
) -> tuple[Any, Any, SignatureModel]:
    """Return the callable itself, what it is bound to, and its arguments."""
    if isinstance(target, str) and not callable(target):
        instance = None if isinstance(bind, Deferred) else bind
        target = get_callable_from_string(target, bind=instance)
    else:
        while type(target) is partial:
            if target.args:
                args = (*target.args, *as_args(target.func, args))
            if target.keywords:
                kwargs = {**target.keywords, **kwargs}
            target = target.func
        if not callable(target):
            msg = (
                f"Cannot make a CallableModel of {shorten(target)}: it is of type "
                f"{type(target).__name__}, which is not callable. Give a callable or its import "
                "string."
            )
            raise ModelError(msg)
    if bind is None:
        bind = get_instance(target)
        plan = get_plan(target)
    elif isinstance(bind, Deferred):
        check_bindable(target)
        plan = get_unbound_plan(target)
    else:
        target = bind_method(target, bind)
        plan = get_plan(target)
    if get_type(args) is not tuple:
        args = as_args(target, args)
    if get_type(kwargs) is not dict:
        kwargs = as_kwargs(plan, kwargs)
    if signature is None:
        return target, bind, bind_arguments(target, plan, args, kwargs)
    return target, bind, _compose(target, plan, args, kwargs, signature)


def check_bindable(target: Any) -> None:
    """
    Raise `ModelError` unless *target* is a plain method of a class, which an
    instance built later can be bound to.
    """
    if type(target) is MethodType or "." not in getattr(target, "__qualname__", ""):
        msg = (
            f"Cannot bind {get_name(target)} to a loader: it is not a method that takes an "
            "instance. Leave bind out."
        )
        raise ModelError(msg, get_name(target))


def bind_method(target: Any, instance: Any) -> Any:
    """Return the method *target* of *instance*; one of another class is a ModelError."""
    if type(target) is MethodType and target.__self__ is instance:
        return target
    name = getattr(target, "__name__", "")
    bound = getattr(instance, name, None)
    # What only shares the name is another method, which nobody allowed.
    if any(vars(cls).get(name) is target for cls in type(instance).__mro__):
        return bound
    msg = (
        f"Cannot bind {get_name(target)} to an instance of {type(instance).__qualname__}: it is "
        "no method of that class. Leave bind out, or give an instance of the method's class."
    )
    raise ModelError(msg, get_name(target))
