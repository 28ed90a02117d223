"""
Callables of every kind, as source text of a module, and calls of them.
"""

from __future__ import annotations

import datetime
import importlib
import inspect
import itertools
import keyword
import os
import pathlib
import sys
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from inspect import Parameter
from pathlib import Path
from types import ModuleType
from typing import Any

import attrs
import numpy
from hypothesis import strategies as st

import callsheet
from fidelity import targets
from fidelity.strategies import SURROGATE, values

PACKAGE = "fidelity_generated"

NASTY = (
    *("args", "kwargs", "self", "cls", "json", "copy", "build", "schema", "callable", "signature"),
    *("kwarg_order", "bind", "dict", "missing", "explain", "name", "fn", "func", "owned", "_x"),
    *(
        "__x",
        "__dunder__",
        "_",
        "match",
        "type",
        "model_",
        "parse_obj",
        "_values",
        "_plan",
        "loader",
    ),
    *("object", "object_type", "é", "変数", "ﬁx", "µ", "plan", "target", "return_", "async_", "x1"),
)
PLAIN = ("a", "b", "c", "x", "y", "z")
STARS = ("args", "rest", "kwargs", "self", "_", "x", "é")
DOUBLE_STARS = ("kwargs", "extra", "args", "options", "self", "__k", "signature")
# What only a mapping that is unpacked can hold as a keyword.
ODD_KEYWORDS = (
    *("*args", "**kwargs", "", "a b", "$gt", "$ref", "$import", "$raw", "for", "None", "1"),
    *("\x00", SURROGATE, "ﬁx", "a.b", "inspect._empty", "-", "😀", "𝐱"),  # noqa: RUF001
)

#: Expressions for defaults, by their class.
DEFAULTS: dict[str, str] = {
    "None": "None",
    "int": "3",
    "large int": "2 ** 70",
    "bool": "True",
    "float": "-0.0",
    "NaN": "float('nan')",
    "str": "'text'",
    "'inspect._empty'": "'inspect._empty'",
    "Parameter.empty": "_inspect.Parameter.empty",
    "empty tuple": "()",
    "tuple": "(1, [2])",
    "empty list": "[]",
    "list": "[1, None]",
    "empty dict": "{}",
    "look-alike": "{'$gt': 5}",
    "model-like": "{'callable': 'os.system'}",
    "set": "{1, 2}",
    "bytes": "b'x'",
    "sentinel": "_SENTINEL",
    "sentinel without ==": "_Odd()",
    "lambda": "lambda: 0",
    "function": "len",
    "class": "int",
    "local class": "_make_class()",
    "Ellipsis": "...",
    "member": "_targets.Colour.RED",
    "Path": "_pathlib.PurePosixPath('x')",
    "date": "_datetime.date(2026, 11, 22)",
    "array": "_np.arange(3)",
    "record": "_targets.Point(1)",
    "model": "_callsheet.CallableModel(_targets.add, kwargs={'x': 1})",
}

#: The defaults that another value can equal, and the names that their expressions need.
TWINS = frozenset(DEFAULTS) - {
    *("Parameter.empty", "sentinel", "sentinel without ==", "lambda", "local class"),
}
TWIN_NAMES: dict[str, Any] = {
    "_callsheet": callsheet,
    "_datetime": datetime,
    "_np": numpy,
    "_pathlib": pathlib,
    "_targets": targets,
}

#: Annotations; None is none.
ANNOTATIONS: dict[str, str | None] = {
    "none": None,
    "int": "int",
    "float": "float",
    "str": "str",
    "Any": "_typing.Any",
    "list": "list",
    "list[int]": "list[int]",
    "tuple": "tuple",
    "tuple[int, ...]": "tuple[int, ...]",
    "set": "set",
    "Path": "_pathlib.Path",
    "date": "_datetime.date",
    "Optional[date]": "_typing.Optional[_datetime.date]",
    "union": "_typing.Union[_pathlib.Path, int]",
    "enum": "_targets.Colour",
    "attrs class": "_targets.Point",
    "dict[str, Path]": "_dict[str, _pathlib.Path]",
    "Decimal": "_decimal.Decimal",
    "complex": "complex",
    "Callable": "_typing.Callable[..., int]",
    "wrong name": "'NoSuchName'",
    "no type": "[1, 2]",
    "Box": "_targets.Box",
}

HEADER = """\
{future}import attrs as _attrs, dataclasses as _dataclasses, datetime as _datetime
import decimal as _decimal, functools as _functools, inspect as _inspect
import pathlib as _pathlib, typing as _typing
import numpy as _np
import callsheet as _callsheet
from fidelity import targets as _targets

_SENTINEL = object()
_dict, _locals, _object = dict, locals, object


class _Odd:
    def __eq__(self, other):
        raise RuntimeError("do not compare")
    __hash__ = None


def _make_class():
    class Local:
        pass
    return Local


def _decorate(fn):
    @_functools.wraps(fn)
    def wrapper(*args, **kwargs):
        wrapper.seen = args, kwargs
        return fn(*args, **kwargs)
    return wrapper


def _decorate_class(cls):
    @_functools.wraps(cls, updated=())
    def make(*args, **kwargs):
        return cls(*args, **kwargs)
    return make


_D = [{defaults}]

{body}
"""


@attrs.frozen
class Param:
    """
    One parameter of a generated signature.
    """

    name: str
    kind: Any
    default: str | None = None
    annotation: str | None = None


@attrs.frozen
class Kind:
    """
    One kind of callable.

    Attributes:
        template: The source; the parameters go into ``{sig}``, or with the
            receiver into ``{msig}``.

        target: The expression, in the module, that is called.

        nameable: Whether an import string leads to it.

        unwrap: What takes the locals out of the result.

        owner: The class whose name mangles private names.

        limits: What else is special about it.
    """

    template: str
    target: str = "f"
    nameable: bool = True
    unwrap: str = "locals"
    owner: str | None = None
    limits: frozenset[str] = frozenset()


FUNCTION = "{deco}def f({sig}):\n    return _locals()\n"
METHOD = "class K:\n    {deco}def m({msig}):\n        return _locals()\n"
CLASS = "{deco}class K:\n    def __init__({msig}):\n        {this}.__dict__['_'] = _locals()\n"

KINDS: dict[str, Kind] = {
    "function": Kind(FUNCTION),
    "class": Kind(CLASS, "K", unwrap="instance", owner="K"),
    "class with __new__": Kind(
        "class K:\n    def __new__({msig}):\n        _l = _locals()\n"
        "        _o = _object.__new__({this})\n        _o.__dict__['_'] = _l\n        return _o\n",
        "K",
        unwrap="instance",
        owner="K",
    ),
    "subclass": Kind(CLASS + "\n\nclass L(K):\n    pass\n", "L", unwrap="instance", owner="K"),
    "class with a metaclass": Kind(
        "class _M(type):\n    def __call__(cls, *args, **kwargs):\n"
        "        return type.__call__(cls, *args, **kwargs)\n\n\n"
        "class K(metaclass=_M):\n    def __init__({msig}):\n"
        "        {this}.__dict__['_'] = _locals()\n",
        "K",
        unwrap="instance",
        owner="K",
        limits=frozenset({"no signature of its own"}),
    ),
    "exception class": Kind(
        "class K(Exception):\n    def __init__({msig}):\n"
        "        {this}.__dict__['_'] = _locals()\n",
        "K",
        unwrap="instance",
        owner="K",
    ),
    "static method": Kind(
        "class K:\n    @staticmethod\n    def m({sig}):\n        return _locals()\n",
        "K.m",
        owner="K",
    ),
    "class method": Kind(METHOD.replace("{deco}", "@classmethod\n    "), "K.m", owner="K"),
    "inherited class method": Kind(
        METHOD.replace("{deco}", "@classmethod\n    ") + "\n\nclass L(K):\n    pass\n",
        "L.m",
        owner="K",
    ),
    "bound method": Kind(METHOD + "\n\n_I = K()\n", "_I.m", nameable=False, owner="K"),
    "bound method of a public instance": Kind(
        METHOD + "\n\ni = K()\n", "i.m", nameable=False, owner="K"
    ),
    "named bound method": Kind(METHOD + "\n\nm = K().m\n", "m", owner="K"),
    "method bound by a loader": Kind(METHOD, "K.m", owner="K", limits=frozenset({"bind"})),
    "nested class": Kind(
        "class Outer:\n    class K:\n        def __init__({msig}):\n"
        "            {this}.__dict__['_'] = _locals()\n",
        "Outer.K",
        unwrap="instance",
        owner="K",
    ),
    "method of a nested class": Kind(
        "class Outer:\n    class K:\n        @classmethod\n        def m({msig}):\n"
        "            return _locals()\n",
        "Outer.K.m",
        owner="K",
    ),
    "callable instance": Kind(
        "class K:\n    def __call__({msig}):\n        return _locals()\n\n\ni = K()\n",
        "i",
        owner="K",
    ),
    "hidden callable instance": Kind(
        "class K:\n    def __call__({msig}):\n        return _locals()\n",
        "K()",
        nameable=False,
        owner="K",
    ),
    "partial": Kind(FUNCTION + "\n\np = _functools.partial(f{filled})\n", "p"),
    "unnamed partial": Kind(FUNCTION, "_functools.partial(f{filled})"),
    "partialmethod": Kind(
        "class K:\n    def _m({msig}):\n        return _locals()\n"
        "    m = _functools.partialmethod(_m{filled})\n\n\ni = K()\n",
        "i.m",
        nameable=False,
        owner="K",
    ),
    "partialmethod of a class method": Kind(
        "class K:\n    @classmethod\n    def base({msig}):\n        return _locals()\n"
        "    m = _functools.partialmethod(base{filled})\n",
        "K.m",
        owner="K",
    ),
    "wrapper": Kind(FUNCTION.replace("{deco}", "@_decorate\n"), limits=frozenset({"style"})),
    "wrapped method": Kind(
        METHOD.replace("{deco}", "@_decorate\n    ") + "\n\nm = K().m\n", "m", owner="K"
    ),
    "lru_cache": Kind(
        FUNCTION.replace("{deco}", "@_functools.lru_cache(maxsize=None)\n"),
        limits=frozenset({"hashable"}),
    ),
    "coroutine function": Kind("async def f({sig}):\n    return _locals()\n", unwrap="coroutine"),
    "generator function": Kind("def f({sig}):\n    yield _locals()\n", unwrap="generator"),
    "function with a signature of its own": Kind(
        "def f(*args, **kwargs):\n    return f.inner(*args, **kwargs)\n\n\n"
        "def _inner({sig}):\n    return _locals()\n\n\n"
        "f.inner = _inner\nf.__signature__ = _inspect.signature(_inner)\n",
        limits=frozenset({"empty default"}),
    ),
    "function that shows no signature": Kind(
        FUNCTION.replace("{deco}", "") + "\n\nf.__signature__ = 'none'\n",
        limits=frozenset({"no signature of its own"}),
    ),
    "singledispatch": Kind(FUNCTION.replace("{deco}", "@_functools.singledispatch\n")),
    "wrapped class": Kind(
        CLASS.replace("{deco}", "@_decorate_class\n"), "K", unwrap="instance", owner="K"
    ),
    "static method object": Kind(FUNCTION + "\n\ns = staticmethod(f)\n", "s"),
    "attrs class": Kind(
        "@_attrs.define(slots=False)\nclass K:\n    {fields}\n", "K", unwrap="attributes", owner="K"
    ),
    "frozen attrs class": Kind(
        "@_attrs.frozen\nclass K:\n    {fields}\n", "K", unwrap="attributes", owner="K"
    ),
    "dataclass": Kind(
        "@_dataclasses.dataclass\nclass K:\n    {fields}\n", "K", unwrap="attributes", owner="K"
    ),
    "NamedTuple": Kind(
        "class K(_typing.NamedTuple):\n    {fields}\n", "K", unwrap="attributes", owner="K"
    ),
    "generic class": Kind(
        "_T = _typing.TypeVar('_T')\n\n\n"
        + CLASS.replace("class K:", "class K(_typing.Generic[_T]):"),
        "K",
        unwrap="instance",
        owner="K",
    ),
}
RECORDS = frozenset({"attrs class", "frozen attrs class", "dataclass", "NamedTuple"})


@attrs.frozen(eq=False)
class Case:
    """
    A generated callable, what is stored for it, and what is given at a call.
    """

    kind: str
    source: str
    target: str
    params: tuple[Param, ...]
    filled: tuple[tuple[Any, ...], dict[str, Any]]
    receiver: str
    stored: tuple[tuple[Any, ...], dict[str, Any]]
    given: tuple[tuple[Any, ...], dict[str, Any]]
    default_labels: frozenset[str]
    annotation_labels: frozenset[str]


def mangle(name: str, owner: str | None) -> str:
    """
    Return what the compiler makes of a name in a class, normalised as it does.
    """
    name = unicodedata.normalize("NFKC", name)
    if owner is None or not name.startswith("__") or name.endswith("__"):
        return name
    return f"_{owner.lstrip('_')}{name}"


@st.composite
def parameters(draw: Any, kind: str) -> tuple[list[Param], list[str]]:
    """
    Return the parameters of a signature, and its defaults' expressions.
    """
    is_record = kind in RECORDS
    pool = [*draw(st.permutations(NASTY))[:5], *PLAIN]
    if is_record:
        reserved = {"self", "cls", "é", "ﬁx", "µ", "変数"}
        reserved |= {n for n in pool if n.startswith("_")}
        pool = [n for n in pool if n not in reserved]
    names = iter(dict.fromkeys(unicodedata.normalize("NFKC", n) for n in pool))
    original = {unicodedata.normalize("NFKC", n): n for n in pool}
    n_posonly = 0 if is_record else draw(st.sampled_from([0, 0, 0, 1, 2]))
    n_either = draw(st.integers(0, 3))
    n_kwonly = 0 if is_record else draw(st.sampled_from([0, 0, 1, 2]))
    n_defaults = draw(st.integers(0, n_posonly + n_either))
    params: list[Param] = []
    defaults: list[str] = []
    labels = list(DEFAULTS)
    if kind == "dataclass":
        untaken = {"empty list", "list", "empty dict", "look-alike", "model-like", "set"}
        untaken |= {"array", "record", "sentinel without =="}
        untaken.add("Parameter.empty")  # dataclass asks inspect, before 3.11
        labels = [label for label in labels if label not in untaken]

    def add(kind_: Any, *, has_default: bool) -> None:
        default = draw(st.sampled_from(labels)) if has_default else None
        annotation = draw(st.sampled_from(["none", "none", *ANNOTATIONS]))
        params.append(Param(original[next(names)], kind_, default, annotation))
        if default is not None:
            defaults.append(default)

    for i in range(n_posonly + n_either):
        kind_ = Parameter.POSITIONAL_ONLY if i < n_posonly else Parameter.POSITIONAL_OR_KEYWORD
        add(kind_, has_default=i >= n_posonly + n_either - n_defaults)
    for _ in range(n_kwonly):
        add(Parameter.KEYWORD_ONLY, has_default=draw(st.booleans()))
    if not is_record:
        taken = {unicodedata.normalize("NFKC", p.name) for p in params}
        star = draw(st.sampled_from([None, None, *STARS]))
        if star is not None and star not in taken:
            index = n_posonly + n_either
            annotation = draw(st.sampled_from(["none", "none", *ANNOTATIONS]))
            params.insert(index, Param(star, Parameter.VAR_POSITIONAL, None, annotation))
            taken.add(star)
        double = draw(st.sampled_from([None, *DOUBLE_STARS]))
        if double is not None and double not in taken:
            annotation = draw(st.sampled_from(["none", "none", *ANNOTATIONS]))
            params.append(Param(double, Parameter.VAR_KEYWORD, None, annotation))
    return params, defaults


def write_signature(params: list[Param]) -> str:
    """
    Return the parameters as Python text; defaults come from the list ``_D``.
    """
    parts: list[str] = []
    numbers = itertools.count()
    previous = None
    for param in params:
        if previous is Parameter.POSITIONAL_ONLY and param.kind is not previous:
            parts.append("/")
        if param.kind is Parameter.KEYWORD_ONLY and previous not in (
            Parameter.KEYWORD_ONLY,
            Parameter.VAR_POSITIONAL,
        ):
            parts.append("*")
        stars = {Parameter.VAR_POSITIONAL: "*", Parameter.VAR_KEYWORD: "**"}.get(param.kind, "")
        text = stars + param.name
        annotation = ANNOTATIONS[param.annotation or "none"]
        if annotation is not None:
            text += f": {annotation}"
        if param.default is not None:
            text += f"=_D[{next(numbers)}]"
        parts.append(text)
        previous = param.kind
    if previous is Parameter.POSITIONAL_ONLY:
        parts.append("/")
    return ", ".join(parts)


def write_fields(params: list[Param], kind: str) -> str:
    """
    Return the parameters as the fields of a record class.
    """
    lines: list[str] = []
    numbers = itertools.count()
    for param in params:
        annotation = ANNOTATIONS[param.annotation or "none"] or "_typing.Any"
        if kind == "NamedTuple" and param.annotation == "no type":
            annotation = "_typing.Any"  # Python 3.10 looks at it
        default = "" if param.default is None else f" = _D[{next(numbers)}]"
        if default and kind == "dataclass" and param.default in ("NaN", "int"):
            default = f" = _dataclasses.field(default_factory=lambda: {default[3:]})"
        if default and "attrs" in kind and param.default in ("empty list", "set"):
            default = f" = _attrs.field(factory=lambda: {default[3:]})"
        lines.append(f"{param.name}: {annotation}{default}")
    return "\n    ".join(lines) or "pass"


@st.composite
def arguments(
    draw: Any,
    params: list[Param],
    owner: str | None,
    strategy: Any,
    fraction: int,
    all_params: list[Param] | None = None,
    *,
    with_twins: bool = False,
) -> tuple[tuple[Any, ...], dict[str, Any]]:
    """
    Return arguments that fit a signature, some parameters left unset; with
    twins, more of them equal the default than chance would have.
    """

    def draw_value(param: Param) -> Any:
        if with_twins and param.default in TWINS and draw(st.integers(0, 5)) == 0:
            return eval(DEFAULTS[param.default], TWIN_NAMES)
        return draw(strategy)

    positional = [p for p in params if p.kind <= Parameter.POSITIONAL_OR_KEYWORD]
    kinds = {p.kind: p for p in params}
    n_args = draw(st.integers(0, len(positional)))
    args = [draw_value(param) for param in positional[:n_args]]
    if Parameter.VAR_POSITIONAL in kinds and n_args == len(positional):
        args += [draw(strategy) for _ in range(draw(st.integers(0, 2)))]
    kwargs: dict[str, Any] = {}
    by_keyword = [
        p
        for p in params
        if p.kind in (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
        and p not in positional[:n_args]
    ]
    for param in draw(st.permutations(by_keyword)):
        if draw(st.integers(0, 9)) < fraction:
            kwargs[mangle(param.name, owner)] = draw_value(param)
    if Parameter.VAR_KEYWORD in kinds and draw(st.booleans()):
        taken = {
            mangle(p.name, owner)
            for p in all_params or params
            if p.kind in (Parameter.POSITIONAL_OR_KEYWORD, Parameter.KEYWORD_ONLY)
        }
        pool = [*NASTY, *PLAIN, *ODD_KEYWORDS, *STARS, *(p.name for p in params)]
        for name in draw(st.lists(st.sampled_from(pool), max_size=3)):
            if name not in taken:
                kwargs[name] = draw(strategy)
    return tuple(args), kwargs


# 1 and True have one place in a cache.
HASHABLE = st.sampled_from([1, 2.5, "x", None, (1, 2), b"x", "inspect._empty", ...])


@st.composite
def cases(draw: Any) -> Case:
    """
    Return a callable of any kind, with stored and given arguments.
    """
    name = draw(st.sampled_from(sorted(KINDS)))
    kind = KINDS[name]
    params, defaults = draw(parameters(name))
    strategy = values(refused=True, with_models=True, depth=1)
    if "hashable" in kind.limits:
        strategy = HASHABLE
    taken = {unicodedata.normalize("NFKC", p.name) for p in params}
    receivers = draw(st.permutations(["self", "this", "_self", "cls"]))
    this = next(n for n in receivers if n not in taken)
    if "partial" in name:
        filled = draw(arguments(params, kind.owner, st.integers(0, 5), 3))
        filled_text = "".join(f", {a!r}" for a in filled[0]) + (
            f", **{filled[1]!r}" if filled[1] else ""
        )
    else:
        filled, filled_text = ((), {}), ""
    text = write_signature(params)
    alone = draw(st.booleans()) and "/" not in text.split(", ")
    body = (
        kind.template.replace("{fields}", write_fields(params, name))
        .replace("{msig}", ", ".join(filter(None, [this, "/" * alone, text])))
        .replace("{sig}", text)
        .replace("{this}", this)
        .replace("{deco}", "")
        .replace("{filled}", filled_text)
    )
    future = "from __future__ import annotations\n" if draw(st.integers(0, 3)) == 0 else ""
    if name in ("attrs class", "frozen attrs class", "dataclass", "NamedTuple"):
        future = ""
    source = HEADER.format(
        future=future, defaults=", ".join(DEFAULTS[d] for d in defaults), body=body
    )
    rest = remove_filled(params, kind.owner, filled)
    twins = strategy is not HASHABLE
    stored = draw(arguments(rest, kind.owner, strategy, 6, params, with_twins=twins))
    given = draw(arguments(params, kind.owner, strategy, 3, with_twins=twins))
    if draw(st.integers(0, 2)) == 0:
        given = (), {}
    return Case(
        name,
        source,
        kind.target.replace("{filled}", filled_text),
        tuple(params),
        filled,
        this,
        stored,
        given,
        frozenset(defaults),
        frozenset(p.annotation or "none" for p in params),
    )


def remove_filled(
    params: list[Param], owner: str | None, filled: tuple[tuple[Any, ...], dict[str, Any]]
) -> list[Param]:
    """
    Return the parameters that a partial still takes by position.
    """
    args, kwargs = filled
    rest = [
        p
        for i, p in enumerate(params)
        if p.kind not in (Parameter.POSITIONAL_ONLY, Parameter.POSITIONAL_OR_KEYWORD)
        or i >= len(args)
    ]
    # From the first keyword on, nothing can be given by position.
    blocked = False
    result: list[Param] = []
    for param in rest:
        named = mangle(param.name, owner) in kwargs
        if param.kind is Parameter.POSITIONAL_ONLY and blocked:
            continue
        if param.kind is Parameter.VAR_POSITIONAL and blocked:
            continue
        if param.kind is Parameter.POSITIONAL_OR_KEYWORD and (named or blocked):
            blocked = True
            result.append(attrs.evolve(param, kind=Parameter.KEYWORD_ONLY))
            continue
        result.append(param)
    return result


_numbers = itertools.count()
_directory: Path | None = None


def set_directory(path: Path) -> None:
    """
    Choose where generated modules are written.
    """
    global _directory
    _directory = path / PACKAGE
    _directory.mkdir()
    (_directory / "__init__.py").write_text("", encoding="utf-8")
    sys.path.insert(0, str(path))


@contextmanager
def generated_module(source: str) -> Iterator[ModuleType]:
    """
    Import a module with this source, and forget it afterwards.
    """
    assert _directory is not None
    stem = f"generated_{next(_numbers)}"
    path = _directory / f"{stem}.py"
    path.write_text(source, encoding="utf-8")
    name = f"{PACKAGE}.{stem}"
    importlib.invalidate_caches()
    try:
        yield importlib.import_module(name)
    finally:
        module = sys.modules.pop(name, None)
        package = sys.modules.get(PACKAGE)
        if module is not None and package is not None:
            vars(package).pop(stem, None)
        os.unlink(path)


def get_target(case: Case, module: ModuleType) -> Any:
    """
    Return the callable of a case in its module.
    """
    return eval(case.target, vars(module))


def take_locals(case: Case, result: Any) -> dict[str, Any]:
    """
    Return the arguments that a call of a generated callable saw, by name.
    """
    kind = KINDS[case.kind]
    if kind.unwrap == "attributes":
        return {p.name: getattr(result, mangle(p.name, kind.owner)) for p in case.params}
    if kind.unwrap == "locals":
        seen = result
    elif kind.unwrap == "instance":
        seen = vars(result)["_"]
    elif kind.unwrap == "coroutine":
        seen = dict(result.cr_frame.f_locals)
        result.close()
    else:
        seen = next(result)
    names = {mangle(p.name, kind.owner) for p in case.params}
    return {name: value for name, value in seen.items() if name in names}


def get_empty_signature(case: Case) -> inspect.Signature:
    """
    Return the signature that a case shows, without defaults.
    """
    kind = KINDS[case.kind]
    if "no signature of its own" in kind.limits:
        return inspect.signature(lambda *args, **kwargs: None)
    return inspect.Signature([Parameter(mangle(p.name, kind.owner), p.kind) for p in case.params])


def is_keyword_like(name: str) -> bool:
    """
    Whether a name is written like a keyword of Python.
    """
    return keyword.iskeyword(name) or keyword.issoftkeyword(name) or name.rstrip("_") != name
