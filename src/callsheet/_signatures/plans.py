"""
Plans of callables: what a signature says, worked out once.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from functools import lru_cache
from inspect import CO_VARARGS, CO_VARKEYWORDS, Parameter
from operator import itemgetter
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, TypeAlias
from weakref import ref

import attrs

from .._base import UNSET
from .._messages import get_name
from .._statics import find_in_class, get_type

#: Takes the values of a mapping, in order.
GetValues: TypeAlias = Callable[[dict[str, Any]], tuple[Any, ...]]


@attrs.define(init=False, eq=False)
class Plan:
    """
    A signature, taken apart for binding and calling.

    A plan holds neither its callable nor a function of it, so that a cache of
    plans keeps nothing alive.

    Attributes:
        name: The callable's qualified name.

        defaults: Each name with its default, or UNSET.

        n_posonly: How many named parameters are positional-only.

        n_pos: How many of them can be given by position.

        var_positional: The name of the var-positional parameter, or None.

        var_keyword: The name of the var-keyword parameter, or None.

        own: Whether the signature is the code's own, so that calling by
            position means the same as calling by keyword.

        known: Whether there is a signature at all.

        looks: Whether the callable looks at the frame that calls it.

        code: The code that the plan was made from, with its `function_defaults`
            and its `kwdefaults`, to see whether it still holds.

        names: The named parameters, in order: positional-only,
            positional-or-keyword, keyword-only.

        index: The place of each name.

        getter: Takes the values of a mapping by all names, in the order of
            `defaults`.

        positional: Whether all named arguments can be given by position, and
            nobody looks who gives them.

        simple: Whether all of them can be given by keyword, too.

        plain: Whether no annotation changes what is read; None: unknown.
    """

    name: str
    defaults: dict[str, Any]
    n_posonly: int
    n_pos: int
    var_positional: str | None
    var_keyword: str | None
    own: bool
    known: bool
    looks: bool
    code: Any
    function_defaults: tuple[Any, ...] | None
    kwdefaults: dict[str, Any] | None
    names: tuple[str, ...]
    n: int
    all_given: int
    index: dict[str, int]
    getter: GetValues
    positional: bool
    simple: bool
    plain: bool | None

    def __init__(
        self,
        name: str,
        defaults: dict[str, Any],
        n_posonly: int,
        n_pos: int,
        var_positional: str | None,
        var_keyword: str | None,
        *,
        own: bool,
        known: bool = True,
        looks: bool = False,
    ) -> None:
        self.name = name
        self.defaults = defaults
        self.n_posonly = n_posonly
        self.n_pos = n_pos
        self.var_positional = var_positional
        self.var_keyword = var_keyword
        self.own = own
        self.known = known
        self.looks = looks
        self.code = self.function_defaults = self.kwdefaults = self.plain = None
        self.names = names = tuple(defaults)
        self.n = n = len(names)
        self.all_given = (1 << n) - 1
        self.index, self.getter = _get_access(names)
        self.positional = own and n_pos == n and not looks
        self.simple = self.positional and not n_posonly

    @property
    def values(self) -> tuple[Any, ...]:
        """The defaults in order, UNSET where there is none."""
        return tuple(self.defaults.values())


@lru_cache(256)
def _get_access(names: tuple[str, ...]) -> tuple[dict[str, int], GetValues]:
    """Return the index of names and their getter: many functions have the same names."""
    index = {name: i for i, name in enumerate(names)}
    return index, itemgetter(*names) if len(names) > 1 else _get_values


def _get_values(merged: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(merged.values())


# What makes inspect.signature look elsewhere than at the function's own code.
_REDIRECTS = frozenset(
    {"__wrapped__", "__signature__", "__partialmethod__", "_partialmethod", "__text_signature__"}
)
# The names in the code of what looks at the frame that calls it, and what else does.
_LOOKS = frozenset({"_caller", "_getframe", "_getframemodulename", "currentframe"})
_LOOKERS = frozenset(
    {
        *("enum", "logging", "typing", "typing_extensions", "warnings", "_warnings"),
        *(f"builtins.{name}" for name in ("dir", "eval", "exec", "globals", "locals", "vars")),
        *("sys._getframe", "sys._getframemodulename"),
    }
)
_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE, see the C API's type flags


class _Entry(ref[Any]):
    __slots__ = ("key", "plan")

    key: int
    plan: Plan


#: By the id of what is called, an even number; plus 1 without its first parameter.
_cache: dict[int, _Entry] = {}


def count_plans() -> int:
    """Return how many plans are cached (for tests of leaks)."""
    return len(_cache)


def _forget(entry: _Entry) -> None:
    if _cache.get(entry.key) is entry:
        del _cache[entry.key]


def _store(subject: Any, plan: Plan, *, is_bound: bool = False) -> Plan:
    try:
        entry = _Entry(subject, _forget)
    except TypeError:  # a type of objects that takes no weak references
        return plan
    entry.plan = plan
    entry.key = key = id(subject) + is_bound
    _cache[key] = entry
    return plan


def _find(subject: Any) -> Plan | None:
    entry = _cache.get(id(subject))
    return entry.plan if entry is not None and entry() is subject else None


def _is_redirected(function: FunctionType) -> bool:
    return bool(function.__dict__) and not _REDIRECTS.isdisjoint(function.__dict__)


def _is_current(plan: Plan, function: FunctionType) -> bool:
    if (
        function.__code__ is not plan.code
        or function.__defaults__ is not plan.function_defaults
        or _is_redirected(function)
    ):
        return False
    known, today = plan.kwdefaults, function.__kwdefaults__
    if known is None or today is None:
        return known is today
    return len(known) == len(today) and all(known.get(n, UNSET) is d for n, d in today.items())


def _plan_of_code(function: FunctionType, name: str, *, skip: int = 0) -> Plan | None:
    """
    Return the plan of a function without its *skip* first parameters, or None
    if what it is called with is not as its code says.
    """
    code = function.__code__
    n_pos = code.co_argcount
    n_named = n_pos + code.co_kwonlyargcount
    names = code.co_varnames[:n_named]
    var_positional = var_keyword = None
    if code.co_flags & CO_VARARGS:
        var_positional = code.co_varnames[n_named]
        n_named += 1
    if code.co_flags & CO_VARKEYWORDS:
        var_keyword = code.co_varnames[n_named]
    given = function.__defaults__ or ()
    kwdefaults = function.__kwdefaults__
    if n_pos < skip and var_positional is not None:
        skip = 0  # the first argument goes into *args
    if (
        n_pos < skip
        or n_pos < len(given)
        or ".0" in names  # the nameless argument of a comprehension
        or _is_redirected(function)
    ):
        return None
    defaults: dict[str, Any] = dict.fromkeys(names, UNSET)
    for i, default in enumerate(given, n_pos - len(given)):
        defaults[names[i]] = default
    if kwdefaults:
        defaults.update({n: d for n, d in kwdefaults.items() if n in defaults})
    n_posonly = code.co_posonlyargcount
    if skip:
        del defaults[names[0]]
        n_posonly = max(n_posonly - 1, 0)
    plan = Plan(
        name,
        defaults,
        n_posonly,
        n_pos - skip,
        var_positional,
        var_keyword,
        own=True,
        looks=_looks(function),
    )
    plan.code = code
    plan.function_defaults = function.__defaults__
    plan.kwdefaults = None if kwdefaults is None else dict(kwdefaults)
    return plan


def _get_method(callable: Any) -> Any:
    """
    Return the static or class method that calling *callable* runs, or else
    *callable*: of such a method `inspect` would leave out a parameter too many.
    """
    cls: Any = get_type(callable)
    owner, name = cls, "__call__"
    if isinstance(callable, type) and cls.__call__ is type.__call__:
        new: Any = callable.__new__
        if new is not object.__new__:
            return callable
        owner, name = callable, "__init__"
    raw = find_in_class(owner, name)[0]
    is_method = isinstance(raw, (staticmethod, classmethod)) and not hasattr(
        callable, "__signature__"
    )
    return raw.__get__(None, owner) if is_method else callable  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def get_signature(callable: Any) -> inspect.Signature | None:
    """Return the signature of a callable, or None if it has none to show."""
    try:
        return inspect.signature(_get_method(callable))
    except Exception:  # no signature, or a property or a metaclass of the callable's own
        return None


def _plan_of_signature(callable: Any) -> Plan:
    signature = get_signature(callable)
    name = get_name(callable)
    looks = _looks(callable)
    if signature is None:
        return Plan(name, {}, 0, 0, "args", "kwargs", own=False, known=False, looks=looks)
    return plan_of_parameters(name, signature.parameters, looks=looks)


def _looks(callable: Any) -> bool:
    """Return whether a callable is known to look at the frame that calls it."""
    if type(callable) is FunctionType:
        code = callable.__code__
        names = code.co_names
        return (
            not _LOOKS.isdisjoint(names)
            or callable.__module__ in _LOOKERS
            or (
                "warn" in names
                and any("stacklevel" in c for c in code.co_consts if type(c) is tuple)
            )
        )
    try:
        home = callable.__module__
        return (
            home in _LOOKERS
            or type(callable).__module__ in _LOOKERS
            or f"{home}.{callable.__name__}" in _LOOKERS
        )
    except Exception:  # it may answer to a name in any way, or not at all
        return False


def plan_of_parameters(
    name: str, parameters: Mapping[str, Parameter], *, looks: bool = False
) -> Plan:
    """Return the plan of a signature that is not the code's own."""
    defaults: dict[str, Any] = {}
    n_posonly = n_pos = 0
    var_positional = var_keyword = None
    for parameter in parameters.values():
        kind = parameter.kind
        if kind is Parameter.VAR_POSITIONAL:
            var_positional = parameter.name
        elif kind is Parameter.VAR_KEYWORD:
            var_keyword = parameter.name
        else:
            n_posonly += kind is Parameter.POSITIONAL_ONLY
            n_pos += kind is not Parameter.KEYWORD_ONLY
            default = parameter.default
            defaults[parameter.name] = UNSET if default is Parameter.empty else default
    return Plan(
        name, defaults, n_posonly, n_pos, var_positional, var_keyword, own=False, looks=looks
    )


def _plan_of_function(function: FunctionType, callable: Any) -> Plan:
    """Return the plan of a function, or of a method that is made of it."""
    is_bound = function is not callable
    entry = _cache.get(id(function) + is_bound)
    if entry is not None and _is_current(entry.plan, function):
        return entry.plan
    plan = _plan_of_code(function, function.__qualname__, skip=int(is_bound))
    if plan is None:
        return _plan_of_signature(callable)
    return _store(function, plan, is_bound=is_bound)


def _get_plain_init(cls: Any) -> FunctionType | None:
    """Return the ``__init__`` that alone decides how *cls* is called."""
    try:
        init: Any = cls.__init__
        if (
            type(cls).__call__ is type.__call__
            and cls.__new__ is object.__new__
            and type(init) is FunctionType
            and find_in_class(cls, "__init__")[0] is init  # else it gets no instance
            and not hasattr(cls, "__signature__")
            and not hasattr(cls, "__wrapped__")
        ):
            return init
    except Exception:  # a metaclass may answer in any way
        return None
    return None


def _plan_of_class(cls: type) -> Plan:
    init = _get_plain_init(cls)
    plan = _find(cls)
    if plan is not None and (plan.code is None if init is None else _is_current(plan, init)):
        return plan
    own = None if init is None else _plan_of_code(init, cls.__qualname__, skip=1)
    if own is not None:
        return _store(cls, own)
    plan = _plan_of_signature(cls)
    # A static type of C cannot change.
    return plan if cls.__flags__ & _HEAP_TYPE else _store(cls, plan)


def get_plan(callable: Callable[..., Any]) -> Plan:
    """
    Return the plan of *callable* as it is now.

    A cached plan is used only while the code and the defaults that it was made
    from are still in place.
    """
    kind = type(callable)
    if kind is FunctionType:
        entry = _cache.get(id(callable))
        if entry is not None:
            plan = entry.plan
            if (
                callable.__code__ is plan.code
                and callable.__defaults__ is plan.function_defaults
                and callable.__kwdefaults__ is plan.kwdefaults  # both None; else slowly
                and not callable.__dict__
            ):
                return plan
        return _plan_of_function(callable, callable)  # type: ignore[arg-type]
    if kind is MethodType and type(callable.__func__) is FunctionType:  # type: ignore[attr-defined]
        return _plan_of_function(callable.__func__, callable)  # type: ignore[attr-defined]
    if isinstance(callable, type):
        return _plan_of_class(callable)
    if kind is BuiltinFunctionType:
        return _find(callable) or _store(callable, _plan_of_signature(callable))
    return _plan_of_signature(callable)


def get_unbound_plan(function: Callable[..., Any]) -> Plan:
    """Return the plan of *function* called as a method, without its first parameter."""
    if type(function) is FunctionType:
        return get_plan(MethodType(function, function))
    signature = get_signature(function)
    if signature is None:
        return _plan_of_signature(function)
    return plan_of_parameters(get_name(function), dict(list(signature.parameters.items())[1:]))
