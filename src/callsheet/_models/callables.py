"""
Callables with stored arguments.
"""

from __future__ import annotations

import builtins
import sys
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from inspect import Parameter
from types import BuiltinMethodType, FunctionType, MethodType, ModuleType
from typing import TYPE_CHECKING, Any, Final, Generic

import attrs

from .._base import UNSET, Deferred, Model, R, Self
from .._equality import hash_nodes, same
from .._imports import (
    get_home,
    get_import_string,
    is_of_python,
    is_private,
    resolve_import_string,
    resolved_entries,
)
from .._messages import get_name
from .._signatures import (
    Explanation,
    Plan,
    SignatureModel,
    bind_carefully,
    bind_plainly,
    bind_with_care,
    explain_record,
    find_deferred,
    get_plan,
    get_unbound_plan,
    is_default_elsewhere,
    make_record,
    mark_ready,
    missing_error,
    override,
    spread,
)
from .._statics import get_type
from ..exceptions import CallsheetError, DriftError, SignatureError
from .preparing import NO_REST, as_args, as_kwargs, bind_method, get_instance, prepare

_OURS: Final = "callsheet."
# Its argument has a name that no expression has.
_CALL: Final = (lambda call: call()).__code__.replace(  # pyright: ignore[reportUnknownLambdaType]
    co_varnames=("<call>",)
)


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
    positional, keywords = spread(record, owned)
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


_NO_KWARGS: Final[dict[str, Any]] = {}
_EMPTY: Final = Parameter.empty


class _Weak:
    """Where weak references to a model are kept; drafts and models share it."""

    __slots__ = ("__weakref__",)


@attrs.frozen(init=False, eq=False, repr=False, getstate_setstate=False, weakref_slot=False)
class CallableModel(_Weak, Model, Generic[R]):
    """
    A callable and the arguments that are stored for it.

    Calling the model calls the callable with the stored arguments, each
    replaced by what is given at the call. Models are frozen, compare by
    value, hash where their arguments hash, and pickle.

    Args:
        callable: A callable, or the import string of one (which is imported:
            use `parse_obj` or `parse_raw` for data that somebody else wrote).
            Of a `functools.partial`, the function and its arguments are taken.

        args: Positional arguments to store.

        kwargs: Keyword arguments to store.

        signature: Arguments as a record or as the mapping that `dict` gives.

        bind: The instance of a method, or an `ObjLoader` that builds it at
            each call.

    Attributes:
        callable: The callable itself.

        signature: The record of the stored arguments.

        bind: The instance or the loader that the method is bound to, or None.

    Raises:
        SignatureError: The arguments do not fit the callable's signature.

        ModelError: *callable* or *bind* is nothing that can be used so.

        ResolveError: The import string leads to nothing.
    """

    callable: Callable[..., R]
    signature: SignatureModel = attrs.field(kw_only=True)
    bind: Any = attrs.field(kw_only=True, default=None)
    _ready: tuple[Any, ...] | None = attrs.field(init=False, kw_only=True)

    if TYPE_CHECKING:

        def __init__(  # what checkers take for the signature of `attrs.evolve`, too
            self,
            callable: Callable[..., R] | str,
            *,
            args: Sequence[Any] = (),
            kwargs: Mapping[str, Any] = _NO_KWARGS,
            signature: SignatureModel | Mapping[str, Any] | None = None,
            bind: Any = None,
        ) -> None: ...

    # Storing through a frozen class costs three times as much as changing the
    # class of what was open, which only ``__new__`` can do.
    def __new__(
        cls,
        callable: Callable[..., R] | str,
        *,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] = _NO_KWARGS,
        signature: SignatureModel | Mapping[str, Any] | None = None,
        bind: Any = None,
    ) -> Self:
        target: Any = callable
        if type(target) is str and bind is None:
            try:  # a function that stands in a module has no further guards
                found, modules, module_name, module, names, name, _, _ = resolved_entries[target]
                if modules[module_name] is not module or names[name] is not found:
                    found = resolve_import_string(target)
            except KeyError:
                found = resolve_import_string(target)
            if type(found) is FunctionType:
                target = found
        if type(target) is FunctionType and signature is None and bind is None:
            if type(args) is not tuple:
                args = as_args(target, args)
            plan = get_plan(target)
            if get_type(kwargs) is not dict:
                kwargs = as_kwargs(plan, kwargs)
            record = None if args else bind_plainly(plan, kwargs)
            if record is None:
                record = bind_with_care(target, plan, args, kwargs)  # pyright: ignore[reportUnknownArgumentType]
            elif cls is CallableModel:
                return _freeze(target, record, None, record._values)  # type: ignore[return-value]  # it is one
        else:
            target, bind, record = prepare(target, args, kwargs, signature, bind)
        model: Any = make_model(target, record, bind)
        return model if cls is CallableModel else as_subclass(cls, model)  # type: ignore[no-any-return]

    def __call__(self, /, *args: Any, **kwargs: Any) -> R:
        ready = self._ready
        if ready is not None:
            if not kwargs:
                if not args:
                    return self.callable(*ready)
                n = len(args)
                if n <= len(ready):
                    return self.callable(*args, *ready[n:])
            else:
                plan = self.signature._plan
                n = len(args)
                values = [*args, *ready[n:]]
                index = plan.index
                first = n if n > plan.n_posonly else plan.n_posonly
                for name, value in kwargs.items():
                    i = index.get(name, -1)
                    if i < first:
                        break
                    values[i] = value
                else:
                    if len(values) == len(ready):
                        return self.callable(*values)
        record = self.signature
        if args or kwargs:
            record = override(record, args, kwargs)
        return call_record(self.callable, self.bind, record)

    def missing(self) -> list[str]:
        """
        Return the names of the required parameters that are unset, in order.
        """
        return self.signature.missing()

    def explain(self, /, *args: Any, **kwargs: Any) -> Explanation:
        """
        Return the call that would be made, without making it.

        Args:
            args: What would be given at the call, by position.

            kwargs: What would be given at the call, by keyword.

        Returns:
            Each parameter with its value and where it comes from; prints as
            a table.

        Raises:
            SignatureError: What is given does not fit the signature.
        """
        return Explanation(get_name(self.callable), explain_record(self.signature, args, kwargs))

    def dict(
        self,
        *,
        exclude_none: bool = False,
        exclude_unset: bool = False,
        exclude_defaults: bool = False,
    ) -> dict[str, Any]:
        """
        Return the live form, which the constructor reads.
        """
        ready = self._ready
        if ready is not None and not (exclude_none or exclude_unset or exclude_defaults):
            named = self.signature._named
            if named is not None and "args" not in named:
                return {"callable": self.callable, "signature": {"args": [], **named}}
        live: dict[str, Any] = {
            "callable": self.callable,
            "signature": self.signature.dict(
                exclude_none=exclude_none,
                exclude_unset=exclude_unset,
                exclude_defaults=exclude_defaults,
            ),
        }
        if isinstance(self.bind, Deferred):
            live["bind"] = self.bind
        return live

    def __repr__(self) -> str:
        try:
            bound = f", bind={self.bind!r}" if isinstance(self.bind, Deferred) else ""
            return f"CallableModel(callable={self.callable!r}, signature={self.signature!r}{bound})"
        except RecursionError:
            return "CallableModel(...)"

    def __callsheet_nodes__(self) -> tuple[Any, ...]:
        callable: Any = self.callable
        if type(callable) is MethodType:
            return callable.__func__, callable.__self__, self.signature
        return callable, self.bind, self.signature

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return same(self, other)

    __hash__ = hash_nodes

    def __copy__(self) -> CallableModel[R]:
        return self

    def __reduce__(self) -> tuple[Any, ...]:
        record = self.signature
        plan = record._plan
        bind = self.bind if isinstance(self.bind, Deferred) else None
        cls = type(self)
        state: Any = by_name(self.callable), plan.names, get_given(record), record._given
        if record._rest or bind is not None or plan.n_posonly or cls is not CallableModel:
            state = (*state, record._rest, bind, plan.n_posonly, plan.n_pos, cls)
        return _restore, state, getattr(self, "__dict__", None)  # of a subclass without slots


class _Draft(_Weak, Model, Generic[R]):
    """A model before it freezes: same slots, so that only its class changes."""

    __slots__ = CallableModel.__slots__


mark_ready(CallableModel)


def get_given(record: SignatureModel) -> tuple[Any, ...]:
    """
    Return the named arguments, UNSET where none was given: a copy of a default
    (a sentinel) is not what the callable compares with.
    """
    given = record._given
    if given == record._plan.all_given:
        return record._values
    return tuple([value if given >> i & 1 else UNSET for i, value in enumerate(record._values)])


def make_model(target: Any, record: SignatureModel, bind: Any = None) -> CallableModel[Any]:
    """Return a model of arguments that are known to fit *target*."""
    if bind is None and type(target) is not FunctionType:
        bind = get_instance(target)
    is_simple = record._plan.positional and (bind is None or not isinstance(bind, Deferred))
    if record._rest is not None:
        args, kwargs, _, deferred = record._rest
        is_simple = is_simple and not (args or kwargs or deferred)
    ready = record._values if is_simple else None
    for value in ready or ():
        if value is UNSET or value is _EMPTY:
            ready = None
            break
    return _freeze(target, record, bind, ready)


def make_plain_model(target: Any, record: SignatureModel) -> CallableModel[Any]:
    """
    Return a model of a plain function or class and a record that
    `bind_plainly` made: whole, and called by position.
    """
    return _freeze(target, record, None, record._values)


def _freeze(
    target: Any, record: SignatureModel, bind: Any, ready: tuple[Any, ...] | None
) -> CallableModel[Any]:
    draft: Any = _Draft()
    draft.callable = target
    draft.signature = record
    draft.bind = bind
    draft._ready = ready
    draft.__class__ = CallableModel
    return draft  # type: ignore[no-any-return]  # its class has just been set


def as_subclass(cls: Any, model: CallableModel[Any]) -> Any:
    """Return *model* as an instance of *cls*, a subclass that an application made."""
    made = object.__new__(cls)
    for name in CallableModel.__slots__:
        object.__setattr__(made, name, getattr(model, name))
    return made


class _Named:
    """The name of an object, in a pickle."""

    __slots__ = ("import_string",)

    def __init__(self, import_string: str) -> None:
        self.import_string = import_string

    def __reduce__(self) -> tuple[Any, ...]:
        return resolve_import_string, (self.import_string,)


def by_name(target: Any) -> Any:
    """
    Return what stands for *target* in a pickle: its name, where pickle would
    copy an instance or name a private module of one Python.
    """
    if type(target) is FunctionType and "_" not in f"{target.__module__}{target.__qualname__}":
        return target  # no segment of its home is private
    instance = getattr(target, "__self__", None)
    is_held = type(target) in (MethodType, BuiltinMethodType) and not (
        instance is None or isinstance(instance, (type, ModuleType))
    )
    if not is_held and not (is_private(get_home(target) or "") and is_of_python(target)):
        return target
    try:
        return _Named(get_import_string(target))
    except CallsheetError:
        return target


def _restore(
    target: Any,
    names: tuple[str, ...],
    values: tuple[Any, ...],
    given: int,
    rest: Any = None,
    bind: Any = None,
    n_posonly: int = 0,
    n_pos: int = 0,
    cls: Any = CallableModel,
) -> Any:
    args, kwargs, n_given, deferred = rest or NO_REST
    plan = get_plan(target) if bind is None else get_unbound_plan(target)
    if plan.names != names:
        n = n_pos if args else max(n_posonly, n_given)
        found = _rebind(target, plan, names, values, args, kwargs, n)
    else:
        if given != plan.all_given:
            pairs = zip(values, plan.values, strict=True)
            values = tuple([default if value is UNSET else value for value, default in pairs])
        found = make_record(plan, values, args, kwargs, given, n_given, deferred)
    if found is None:
        msg = (
            f"Cannot unpickle a model of {plan.name}: its parameters were "
            f"{', '.join(names) or 'none'}, today they are {', '.join(plan.names) or 'none'}."
        )
        raise DriftError(msg, plan.name)
    model = make_model(target, found, bind)
    return model if cls is CallableModel else as_subclass(cls, model)


def _rebind(
    target: Any,
    plan: Plan,
    names: tuple[str, ...],
    values: tuple[Any, ...],
    args: tuple[Any, ...],
    kwargs: dict[str, Any] | None,
    n_positional: int,
) -> SignatureModel | None:
    """
    Return the record of what was given on a Python where the callable has, or
    shows, another signature; None if it does not fit here.
    """
    if not is_of_python(target):
        return None
    named = {
        name: value
        for name, value in zip(names, values, strict=True)
        if name in plan.defaults or not is_default_elsewhere(plan, name, value)
    }
    positional = [named.pop(name, UNSET) for name in names[:n_positional]]
    while positional and not args and positional[-1] is UNSET:
        positional.pop()
    if any(value is UNSET for value in positional):
        return None
    given_here = {name: value for name, value in named.items() if value is not UNSET}
    try:
        bound = bind_carefully(plan, (*positional, *args), {**given_here, **(kwargs or {})})
    except SignatureError:
        return None
    values, args, extras, given, n_given = bound
    required = [n for n, value in zip(plan.names, values, strict=True) if value is UNSET]
    if names and any(n not in names and plan.names.index(n) >= plan.n_posonly for n in required):
        return None
    deferred = find_deferred(target, plan, values, args, extras, given)
    return make_record(plan, values, args, extras, given, n_given, deferred)
