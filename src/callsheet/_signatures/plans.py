"""
Plans of callables: what a signature says, worked out once.
"""

from __future__ import annotations

import inspect
from collections.abc import Callable, Mapping
from inspect import Parameter
from operator import itemgetter
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, Final, TypeGuard
from weakref import ref

from .._base import UNSET
from .._messages import get_name
from .._statics import find_in_class, get_type

#: An index that is not made yet.
NO_INDEX: Final[dict[str, int]] = {}


class Plan:
    """
    A signature, taken apart for binding and calling.

    Attributes:
        name: The callable's qualified name.

        names: The named parameters, in order: positional-only,
            positional-or-keyword, keyword-only.

        n_posonly: How many of them are positional-only.

        n_pos: How many of them can be given by position.

        defaults: Each name with its default, or UNSET.

        var_positional: The name of the var-positional parameter, or None.

        var_keyword: The name of the var-keyword parameter, or None.

        own: Whether the signature is the code's own, so that calling by
            position means the same as calling by keyword.

        known: Whether there is a signature at all.

        looks: Whether the callable looks at the frame that calls it.

        index: The place of each name, empty until `make_index` makes it.
    """

    __slots__ = (
        "__weakref__",
        "all_given",
        "code",
        "defaults",
        "function_defaults",
        "getter",
        "index",
        "init",
        "is_warm",
        "known",
        "kwdefaults",
        "looks",
        "n",
        "n_pos",
        "n_posonly",
        "name",
        "names",
        "own",
        "plain",
        "positional",
        "simple",
        "var_keyword",
        "var_positional",
    )

    name: str
    names: tuple[str, ...]
    n_posonly: int
    n_pos: int
    defaults: dict[str, Any]
    var_positional: str | None
    var_keyword: str | None
    own: bool
    known: bool
    looks: bool
    n: int
    all_given: int
    positional: bool
    simple: bool

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
        self.names = names = tuple(defaults)
        self.n = n = len(names)
        self.index = NO_INDEX
        self.all_given = (1 << n) - 1
        self.n_posonly = n_posonly
        self.n_pos = n_pos
        self.var_positional = var_positional
        self.var_keyword = var_keyword
        self.own = own
        self.known = known
        self.looks = looks
        # All named arguments can be given by position, and nobody looks who gives them.
        self.positional = own and n_pos == n and not looks
        # All of them can be given by keyword, too.
        self.simple = self.positional and not n_posonly
        #: Takes the values of a merged mapping; made when a plan is used again.
        self.getter: Callable[[dict[str, Any]], tuple[Any, ...]] | None = None
        self.is_warm = False
        self.plain: bool | None = None  # no annotation changes what is read; None: unknown
        self.code: Any = None
        self.function_defaults: Any = None
        self.kwdefaults: Any = None
        self.init: Any = None

    def make_index(self) -> dict[str, int]:
        """
        Return the place of each name, made when it is first asked for: many
        plans are used once.
        """
        self.index = dict(zip(self.names, range(self.n)))  # noqa: B905  # as long
        return self.index

    def make_getter(self) -> None:
        """
        Make what takes the values of a merged mapping.
        """
        self.getter = itemgetter(*self.names) if self.n > 1 else _get_values

    @property
    def values(self) -> tuple[Any, ...]:
        """
        The defaults in order, UNSET where there is none.
        """
        return tuple(self.defaults.values())


new_plan: Callable[[type[Plan]], Plan] = object.__new__


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
_STARS = inspect.CO_VARARGS | inspect.CO_VARKEYWORDS
_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE, see the C API's type flags


class _Entry(ref[Any]):
    __slots__ = ("key", "plan")

    key: int
    plan: Plan


_functions: dict[int, _Entry] = {}
_methods: dict[int, _Entry] = {}
_others: dict[int, _Entry] = {}


def count_plans() -> int:
    """
    Return how many plans are cached (for tests of leaks).
    """
    return len(_functions) + len(_methods) + len(_others)


def _forget_function(entry: _Entry) -> None:
    if _functions.get(entry.key) is entry:
        del _functions[entry.key]


def _forget_method(entry: _Entry) -> None:
    if _methods.get(entry.key) is entry:
        del _methods[entry.key]


def _forget_other(entry: _Entry) -> None:
    if _others.get(entry.key) is entry:
        del _others[entry.key]


def _store(
    cache: dict[int, _Entry], forget: Callable[[_Entry], None], subject: Any, plan: Plan
) -> Plan:
    try:
        entry = _Entry(subject, forget)
    except TypeError:  # a type of objects that takes no weak references
        return plan
    entry.plan = plan
    entry.key = key = id(subject)
    cache[key] = entry
    return plan


def _is_current(plan: Plan, function: FunctionType) -> bool:
    if (
        function.__code__ is not plan.code
        or function.__defaults__ is not plan.function_defaults
        or (function.__dict__ and not _REDIRECTS.isdisjoint(function.__dict__))
    ):
        return False
    kwdefaults = function.__kwdefaults__
    if kwdefaults is None:
        return plan.kwdefaults is None
    known = plan.kwdefaults
    return (
        known is not None
        and len(known) == len(kwdefaults)
        and all(known.get(n, UNSET) is d for n, d in kwdefaults.items())
    )


def _is_plain(function: Any) -> TypeGuard[FunctionType]:
    return type(function) is FunctionType and (
        not function.__dict__ or _REDIRECTS.isdisjoint(function.__dict__)
    )


def _plan_of_plain_code(function: FunctionType) -> Plan | None:
    """
    Return the plan of a function that takes each parameter both by position
    and by keyword, kept from now on, or None if it is another one.

    What `Plan` works out is known here, and what it is asked for later is left
    out, which halves the cost of a function that is met for the first time.
    """
    code = function.__code__
    if (
        function.__dict__
        or code.co_flags & _STARS
        or code.co_kwonlyargcount
        or code.co_posonlyargcount
        or function.__kwdefaults__ is not None
        or _looks(function)
    ):
        return None
    n = code.co_argcount
    names = code.co_varnames[:n]
    given = function.__defaults__
    plan = new_plan(Plan)
    plan.defaults = defaults = dict.fromkeys(names, UNSET)
    if given:
        first = n - len(given)
        if first < 0:
            return None
        for default in given:
            defaults[names[first]] = default
            first += 1
    if ".0" in names:  # the nameless argument of a comprehension
        return None
    plan.name = function.__qualname__
    plan.names = names
    plan.n = plan.n_pos = n
    plan.index = NO_INDEX
    plan.all_given = (1 << n) - 1
    plan.n_posonly = 0
    plan.var_positional = plan.var_keyword = None
    plan.own = plan.known = plan.positional = plan.simple = True
    plan.looks = False
    plan.getter = plan.plain = plan.kwdefaults = plan.init = None
    plan.is_warm = False
    plan.code = code
    plan.function_defaults = given
    entry = _Entry(function, _forget_function)
    entry.plan = plan
    entry.key = key = id(function)
    _functions[key] = entry
    return plan


def _plan_of_code(function: FunctionType, name: str, *, skip: int = 0) -> Plan | None:
    """
    Return the plan of a plain function, or None if its code is unusual.
    """
    code = function.__code__
    n_pos = code.co_argcount
    n_named = n_pos + code.co_kwonlyargcount
    variables = code.co_varnames
    names = variables[skip:n_named]
    flags = code.co_flags
    var_positional = var_keyword = None
    if flags & inspect.CO_VARARGS:
        var_positional = variables[n_named]
        n_named += 1
    if flags & inspect.CO_VARKEYWORDS:
        var_keyword = variables[n_named]
    if n_pos < skip:
        if var_positional is None:
            return None
        skip = 0  # the first argument goes into *args
        names = variables[: n_pos + code.co_kwonlyargcount]
    values: dict[str, Any] = dict.fromkeys(names, UNSET)
    function_defaults = function.__defaults__
    if function_defaults:
        first = n_pos - len(function_defaults)
        if first < 0:
            return None
        for i, default in enumerate(function_defaults, first):
            if i >= skip:
                values[variables[i]] = default
    kwdefaults = function.__kwdefaults__
    if kwdefaults:
        for key, default in kwdefaults.items():
            if key in values:
                values[key] = default
    if names and "." in names[0]:  # the nameless argument of a comprehension
        return None
    plan = Plan(
        name,
        values,
        max(code.co_posonlyargcount - skip, 0),
        n_pos - skip,
        var_positional,
        var_keyword,
        own=True,
        looks=_looks(function),
    )
    plan.code = code
    plan.function_defaults = function_defaults
    plan.kwdefaults = dict(kwdefaults) if kwdefaults is not None else None
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
    """
    Return the signature of a callable, or None if it has none to show.
    """
    try:
        return inspect.signature(_get_method(callable))
    except (ValueError, TypeError):
        return None
    except Exception:  # a property or a metaclass of the callable's own
        return None


def _plan_of_signature(callable: Any) -> Plan:
    signature = get_signature(callable)
    name = get_name(callable)
    looks = _looks(callable)
    if signature is None:
        return Plan(name, {}, 0, 0, "args", "kwargs", own=False, known=False, looks=looks)
    return plan_of_parameters(name, signature.parameters, looks=looks)


def _looks(callable: Any) -> bool:
    """
    Whether a callable is known to look at the frame that calls it.
    """
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
    """
    Return the plan of a signature that is not the code's own.
    """
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


def _get_plain_init(cls: Any) -> FunctionType | None:
    """
    Return the ``__init__`` that alone decides how *cls* is called.
    """
    try:
        init: FunctionType = cls.__init__
        if (
            type(cls).__call__ is type.__call__
            and cls.__new__ is object.__new__
            and _is_plain(init)
            and find_in_class(cls, "__init__")[0] is init  # else it gets no instance
            and not hasattr(cls, "__signature__")
            and not hasattr(cls, "__wrapped__")
        ):
            return init
    except Exception:  # a metaclass may answer in any way
        return None
    return None


def _plan_of_function(function: FunctionType) -> Plan:
    if _is_plain(function):
        plan = _plan_of_code(function, function.__qualname__)
        if plan is not None:
            return _store(_functions, _forget_function, function, plan)
    return _plan_of_signature(function)


def _plan_of_method(method: MethodType) -> Plan:
    function = method.__func__
    entry = _methods.get(id(function))
    if entry is not None and entry() is function and _is_current(entry.plan, function):
        return entry.plan
    if _is_plain(function):
        plan = _plan_of_code(function, function.__qualname__, skip=1)
        if plan is not None:
            return _store(_methods, _forget_method, function, plan)
    return _plan_of_signature(method)


def _plan_of_class(cls: type) -> Plan:
    init = _get_plain_init(cls)
    entry = _others.get(id(cls))
    if entry is not None and entry() is cls:
        plan = entry.plan
        if init is None:
            if plan.init is None:
                return plan
        elif plan.init is init and _is_current(plan, init):
            return plan
    if init is not None:
        own = _plan_of_code(init, cls.__qualname__, skip=1)
        if own is not None:
            own.init = init
            return _store(_others, _forget_other, cls, own)
    plan = _plan_of_signature(cls)
    if not cls.__flags__ & _HEAP_TYPE:
        _store(_others, _forget_other, cls, plan)  # a static type of C cannot change
    return plan


def get_plan(callable: Callable[..., Any]) -> Plan:
    """
    Return the plan of *callable* as it is now.

    A cached plan is used only while the code, the defaults and (of a class)
    the ``__init__`` it was made from are still in place.
    """
    kind = type(callable)
    if kind is FunctionType:
        entry = _functions.get(id(callable))
        if entry is not None:
            plan = entry.plan
            if (
                callable.__code__ is plan.code
                and callable.__defaults__ is plan.function_defaults
                and callable.__kwdefaults__ is plan.kwdefaults  # both None; else slowly
                and not callable.__dict__
            ) or _is_current(plan, callable):  # type: ignore[arg-type]
                return plan
        return _plan_of_plain_code(callable) or _plan_of_function(callable)  # type: ignore[arg-type]
    if kind is MethodType:
        return _plan_of_method(callable)  # type: ignore[arg-type]
    if isinstance(callable, type):
        return _plan_of_class(callable)
    if kind is BuiltinFunctionType:
        entry = _others.get(id(callable))
        if entry is not None and entry() is callable:
            return entry.plan
        return _store(_others, _forget_other, callable, _plan_of_signature(callable))
    return _plan_of_signature(callable)


def get_unbound_plan(function: Callable[..., Any]) -> Plan:
    """
    Return the plan of *function* called as a method, without its first
    parameter.
    """
    if type(function) is FunctionType:
        return _plan_of_method(MethodType(function, function))
    signature = get_signature(function)
    if signature is None:
        return _plan_of_signature(function)
    return plan_of_parameters(get_name(function), dict(list(signature.parameters.items())[1:]))
