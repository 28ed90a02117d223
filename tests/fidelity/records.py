"""
attrs classes and dataclasses of every kind, as source text, and instances of
them that hold more than their constructors take.
"""

from __future__ import annotations

import enum
import functools
import itertools
import sys
import types
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import Any

import attrs
from hypothesis import strategies as st

__all__ = ["Case", "cases", "describe", "make_instance", "record_module"]

HEADER = """\
{future}import collections as _collections, dataclasses as _dc, datetime as _dt
import functools as _functools, typing as _t
import attrs as _attrs
from fidelity import targets as _targets


def _double(value):
    return value * 2 if isinstance(value, (int, str, list)) else value


def _to_tuple(value):
    return tuple(value) if isinstance(value, list) else value


def _check(instance, attribute, value):
    if value == "refused":
        raise ValueError(value)


def take(x=None, *, y=None):
    return x, y


"""

#: Annotations, and expressions for values that fit them.
FIELDS: dict[str, tuple[str, ...]] = {
    "_t.Any": ("1", "-0.0", "'text'", "[1, [2]]", "(1, 2)", "None", "b'x'", "{'k': [1]}"),
    "int": ("3", "True", "2 ** 70", "-1"),
    "float": ("0.5", "-0.0", "float('nan')", "float('inf')", "3"),
    "str": ("'a'", "''", "'é'", "'1'"),
    "list": ("[]", "[1, 'a']"),
    "list[int]": ("[1, 2]", "[]", "[True]"),
    "dict[str, int]": ("{'b': 1, 'a': 2}", "{}"),
    "dict[int, str]": ("{2: 'a', 1: 'b'}",),
    "tuple[int, ...]": ("(1, 2)", "()", "(True,)"),
    "set[int]": ("{1, 2}", "set()"),
    "_dt.date": ("_dt.date(2026, 11, 22)",),
    "_t.Optional[_dt.datetime]": ("None", "_dt.datetime(2026, 1, 2, fold=1)"),
    "_targets.Point": ("_targets.Point(1)", "_targets.Point([1], (2,))"),
    "list[_targets.Point]": ("[_targets.Point(True)]", "[]"),
    "_targets.Colour": ("_targets.Colour.BLUE",),
    "object": ("(1,)", "'x'"),
}
#: What may be done to an instance after it was made.
ACTIONS = (
    *["pass"] * 12,
    "_set(_o, 'extra', 5)",
    "_set(_o, 'extra', [1, (2,)])",
    "_set(_o, 'debug', _o.debug)",
    "_set(_o, {field!r}, {value})",
    "_set(_o, {field!r}, -0.0)",
    "_o.cached",
    "_o.cached, _set(_o, {field!r}, {value})",
    "hash(_o)",
    "_delete(_o, {field!r})",
    "_get(_o, {field!r}).append(9)",
)
BASES = {
    "": "",
    "plain with a dict": "class Base:\n    pass\n\n\n",
    "plain with slots": "class Base:\n    __slots__ = ('kept', '__weakref__')\n\n\n",
    "attrs with a dict": "@_attrs.define(slots=False)\nclass Base:\n    z: _t.Any = 0\n\n\n",
    "attrs with slots": "@_attrs.define\nclass Base:\n    z: _t.Any = 0\n\n\n",
    "frozen attrs": "@_attrs.frozen\nclass Base:\n    z: _t.Any = 0\n\n\n",
    "dataclass": "@_dc.dataclass\nclass Base:\n    z: _t.Any = 0\n\n\n",
    "frozen dataclass": "@_dc.dataclass(frozen=True)\nclass Base:\n    z: _t.Any = 0\n\n\n",
    "generic": "_T = _t.TypeVar('_T')\n\n\nclass Base(_t.Generic[_T]):\n    pass\n\n\n",
    "list": "class Base(list):\n    pass\n\n\n",
    "dict": "class Base(dict):\n    pass\n\n\n",
    "str": "class Base(str):\n    def __new__(cls, *args, **kwargs):\n"
    "        return str.__new__(cls, 'base')\n\n\n",
    "exception": "class Base(Exception):\n    pass\n\n\n",
}
POST = (
    *["pass"] * 9,
    "_set(self, 'total', 10)",
    "_set(self, 'total', [{first}])",
    "_set(self, {first_name!r}, ({first},))",
    "isinstance({first}, list) and {first}.append(0)",
    "isinstance({first}, dict) and {first}.clear()",
    "_set(self, {last_name!r}, {first})",
    "self.cached",
)
METHODS = """
    debug = False

    @_functools.cached_property
    def cached(self):
        return [_get(self, {first_name!r})]
"""
HELPERS = """\
def _set(instance, name, value):
    object.__setattr__(instance, name, value)


def _get(instance, name):
    return getattr(instance, name, None)


def _delete(instance, name):
    object.__delattr__(instance, name)


"""


@attrs.frozen
class Case:
    """
    A class, and what makes some instances of it.

    Attributes:
        source: The source of the module; the class is ``K``.

        instances: For each, the constructor's call and what is done afterwards.

        labels: What the class is made of.
    """

    source: str
    instances: tuple[tuple[str, str], ...]
    labels: frozenset[str]


@st.composite
def cases(draw: Any) -> Case:
    """
    Return a class and instances of it.
    """
    is_attrs = draw(st.booleans())
    labels = ["attrs" if is_attrs else "dataclass"]

    def choose(*options: Any) -> Any:
        return draw(st.sampled_from(options))

    base = draw(st.sampled_from([*BASES])) if choose(True, False) else ""
    names = choose(("a", "b", "_x"), ("a", "_x", "__y"), ("x", "class_", "self_"), ("a",))
    fields: list[tuple[str, str, str]] = []  # attribute, argument or "", annotation
    required: list[str] = []
    lines: list[str] = []
    for name in names:
        annotation = choose(*FIELDS, "_t.Any", "_t.Any")
        options: list[str] = []
        is_init = choose(True, True, True, False)
        default = choose("default", "factory", "none" if is_init else "default", "late")
        if default == "default":
            plain = [v for v in FIELDS[annotation] if v[0] not in "[{s_"]
            options.append(f"default={choose(*plain)}" if plain else "default=None")
        elif default == "factory":
            key = "factory" if is_attrs else "default_factory"
            options.append(f"{key}=lambda: {choose(*FIELDS[annotation])}")
        if not is_init:
            options.append("init=False")
            labels.append("init=False")
        if choose(*[False] * 7, True):
            options.append("eq=False" if is_attrs else "compare=False")
            labels.append("not compared")
        if choose(*[False] * 5, True):
            options.append("repr=False")
        argument = name
        if is_attrs:
            argument = (f"_K{name}" if name.startswith("__") else name).lstrip("_")
            if choose(*[False] * 5, True):
                argument = f"{argument}_alias"
                options.append(f"alias={argument!r}")
                labels.append("alias")
            if choose(*[False] * 5, True):
                options.append(f"converter={choose('_double', '_to_tuple', 'str')}")
                labels.append("converter")
            if choose(*[False] * 5, True):
                options.append("validator=_check")
            if choose(*[False] * 9, True):
                options.append("eq=str" if "eq=False" not in options else "repr=False")
        elif name.startswith("__"):
            argument = f"_K{name}"
        options = list(dict.fromkeys(options))
        keywords = [option.partition("=")[0] for option in options]
        options = [o for i, o in enumerate(options) if keywords.index(keywords[i]) == i]
        call = "_attrs.field" if is_attrs else "_dc.field"
        lines.append(f"    {name}: {annotation} = {call}({', '.join(options)})")
        attribute = f"_K{name}" if name.startswith("__") else name
        if is_init and not any("default" in option or "factory" in option for option in options):
            required.append(attribute)
        fields.append((attribute, argument if is_init else "", annotation))
    has_initvar = not is_attrs and choose(*[False] * 4, True)
    if has_initvar:
        lines.append(f"    seed: _dc.InitVar[int] = {choose('1', '0')}")
        labels.append("InitVar")
    if choose(*[False] * 5, True):
        lines.append("    constant: _t.ClassVar[int] = 3")
    first, last = fields[0][0], fields[-1][0]
    post = choose(*POST).format(first=f"_get(self, {first!r})", first_name=first, last_name=last)
    if has_initvar and choose(True, False):
        post = f"_set(self, {choose(first, 'total')!r}, seed)"
    if post != "pass":
        labels.append("post-init")
    hook = "__attrs_post_init__" if is_attrs else "__post_init__"
    lines.append(f"\n    def {hook}(self{', seed' if has_initvar else ''}):\n        {post}")
    lines.append(METHODS.format(first_name=first))
    if choose(*[False] * 9, True):
        lines.append("    def __eq__(self, other):\n        return type(other) is type(self)\n")
        labels.append("own ==")
    options = [f"kw_only={choose(True, True, True, False)}"]
    is_frozen = choose(False, False, True) if "frozen" not in base else True
    has_slots = choose(False, True)
    options += [f"frozen={is_frozen}", f"slots={has_slots}"]
    labels += ["slots"] if has_slots else []
    labels += ["frozen"] if is_frozen else []
    if choose(*[False] * 6, True):
        options.append("eq=False")
        labels.append("eq=False")
    elif choose(*[False] * 4, True):
        options.append("order=True")
    if choose(*[False] * 5, True):
        options.append("unsafe_hash=True")
        if is_attrs and "eq=False" not in options and choose(True, False):
            options.append("cache_hash=True")
            labels.append("cache_hash")
    if choose(*[False] * 4, True) and (is_attrs or sys.version_info >= (3, 11)):
        options.append(f"weakref_slot={has_slots}")
    decorator = f"@{'_attrs.define' if is_attrs else '_dc.dataclass'}({', '.join(options)})"
    inherits = "(Base)" if base else ""
    body = f"{BASES[base]}{decorator}\nclass K{inherits}:\n" + "\n".join(lines)
    if base:
        labels.append(f"base: {base}")
    if choose(*[False] * 7, True):
        body = body.replace("class K(", "class L(").replace("class K:", "class L:")
        body = body.replace("_K_", "_L_") + "\n\n\nclass K(L):\n    pass\n"
        required = [name.replace("_K_", "_L_") for name in required]
        fields = [(a.replace("_K_", "_L_"), b.replace("K_", "L_"), c) for a, b, c in fields]
        labels.append("undecorated subclass")
    future = "from __future__ import annotations\n\n" if choose(True, False) else ""
    instances: list[tuple[str, str]] = []
    for _ in range(choose(1, 2, 3)):
        arguments = [
            f"{argument}={choose(*FIELDS[annotation])}"
            for attribute, argument, annotation in fields
            if argument and (attribute in required or choose(True, True, True, False))
        ]
        if has_initvar and choose(True, False):
            arguments.append(f"seed={choose('1', '7')}")
        attribute, _, annotation = choose(*fields)
        action = choose(*ACTIONS).format(field=attribute, value=choose(*FIELDS[annotation]))
        call = f"K({', '.join(arguments)})"
        if base == "generic" and choose(True, False):
            call = call.replace("K(", "K[int](", 1)
        instances.append((call, action))
    return Case(HEADER.format(future=future) + HELPERS + body, tuple(instances), frozenset(labels))


_numbers = itertools.count()


@contextmanager
def record_module(source: str) -> Iterator[ModuleType | None]:
    """
    Make a module with this source, and forget it afterwards; None where Python
    or attrs refuses such a class.
    """
    name = f"fidelity_records_{next(_numbers)}"
    module = ModuleType(name)
    sys.modules[name] = module
    try:
        exec(compile(source, f"<{name}>", "exec"), vars(module))
    except (TypeError, ValueError, NameError, AttributeError):
        yield None
    else:
        yield module
    finally:
        del sys.modules[name]


def make_instance(module: ModuleType, call: str, action: str) -> Any:
    """
    Return the instance, or None where its class refuses the call or the action.
    """
    names = {**vars(module)}
    try:
        names["_o"] = eval(call, names)
        eval(action, names) if action != "pass" else None
    except (TypeError, ValueError, AttributeError):
        return None
    return names["_o"]


def describe(value: Any, *, ordered: bool = True) -> Any:
    """
    Return what a plain look at a value shows, with recursion: classes, the text
    of leaves, the items of containers, and the attributes of instances, which
    are those in ``__dict__`` and in slots.
    """
    look = functools.partial(describe, ordered=ordered)
    cls = type(value)
    shown: list[Any] = [cls]
    if isinstance(value, dict):
        pairs = [(look(k), look(v)) for k, v in dict.items(value)]
        shown.append(pairs if ordered else sorted(pairs, key=repr))
    elif isinstance(value, (list, tuple)):
        base: Any = list if isinstance(value, list) else tuple
        shown.append([look(item) for item in base.__iter__(value)])
    elif isinstance(value, (set, frozenset)):
        shown.append(sorted((look(item) for item in value), key=repr))
    elif isinstance(value, BaseException):
        shown.append(look(value.args))
    elif isinstance(value, str):
        shown.append(str.__repr__(value))
    elif cls.__module__ in ("builtins", "datetime", "numpy") or isinstance(value, enum.Enum):
        return [cls, repr(value)]
    slots = {
        name: raw.__get__(value)
        for base in reversed(cls.__mro__)
        for name, raw in vars(base).items()
        if type(raw) is types.MemberDescriptorType
        and base.__module__ != "builtins"
        and _has(raw, value)
    }
    attributes = {**getattr(value, "__dict__", {}), **slots}
    attributes.pop("_attrs_cached_hash", None)
    shown.append({name: look(item) for name, item in sorted(attributes.items())})
    return shown


def _has(slot: Any, value: Any) -> bool:
    try:
        slot.__get__(value)
    except AttributeError:
        return False
    return True
