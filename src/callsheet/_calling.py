"""
Calling with the arguments of a record.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable
from functools import partial
from types import FunctionType
from typing import Any, Final

from ._base import Deferred, R
from ._binding import missing_error, spread
from ._deferral import ENDLESS, get_depth
from ._preparing import bind_method
from ._signatures import SignatureModel
from .exceptions import LoadError

__all__ = ["call_record"]

_OURS: Final = f"{__package__}."
# Its argument has a name that no expression has.
_CALL: Final = (lambda call: call()).__code__.replace(  # pyright: ignore[reportUnknownLambdaType]
    co_varnames=("<call>",)
)
_DEEP: Final = 50  # loaders in loaders; less is no reason for a RecursionError


def call_record(
    target: Callable[..., R], bind: Any, record: SignatureModel, owned: list[Any] | None = None
) -> R:
    """
    Call *target*, bound to *bind* if that is a loader, with the arguments of
    a record; append what is built for the call's sake to *owned*.
    """
    if bind is not None and isinstance(bind, Deferred):
        missing = record.missing()
        if missing:
            raise missing_error(record._plan, missing)
        instance = bind._build(owned)
        if owned is not None:
            owned.append(instance)
        target = bind_method(target, instance)
    try:
        positional, keywords = spread(record, owned)
    except RecursionError as error:
        _explain_depth(record, error)
        raise
    if record._plan.looks:
        return _call_for_caller(partial(target, *positional, **keywords))
    if not keywords:  # an empty dict is more than none: some types of C test for it
        return target(*positional)
    return target(*positional, **keywords)


def _call_for_caller(call: Callable[[], R]) -> R:
    """
    Make a call from a frame that shows who called the model, as a plain call
    would: a module's name, a file, a line. Of variables it shows none, neither
    ours nor the caller's.
    """
    frame = sys._getframe(1)
    while frame.f_back is not None and str(frame.f_globals.get("__name__")).startswith(_OURS):
        frame = frame.f_back
    seen = frame.f_globals
    namespace = {
        "__builtins__": builtins,
        "__name__": seen.get("__name__"),
        "__warningregistry__": seen.setdefault("__warningregistry__", {}),
    }
    code = _CALL.replace(
        co_filename=frame.f_code.co_filename,
        co_firstlineno=frame.f_lineno or 1,
        co_name=frame.f_code.co_name,
    )
    return FunctionType(code, namespace)(call)  # type: ignore[no-any-return]  # the call's result


def _explain_depth(record: SignatureModel, error: RecursionError) -> None:
    """
    Raise `LoadError` if it is our loaders that are nested too deeply.
    """
    name = record._plan.name
    depth = get_depth((record._values, record._args, record._kwargs or {}))
    if depth == ENDLESS:
        msg = (
            f"Cannot call {name}: a stored list or dict that holds itself holds a loader, "
            "too. Build the object first."
        )
        raise LoadError(msg, name) from error
    if depth >= _DEEP:
        msg = (
            f"Cannot call {name}: its arguments are loaders nested {depth} deep, more than "
            "Python's stack holds. Build the inner ones first."
        )
        raise LoadError(msg, name) from error
