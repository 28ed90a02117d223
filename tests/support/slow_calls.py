"""
Random callables and calls, and the slow, obvious way to make each call:
`inspect.Signature.bind_partial`, twice.
"""

from __future__ import annotations

import functools
import inspect
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from random import Random
from types import ModuleType
from typing import Any

MODULE = "generated_calls"

_NAMES = ["a", "b", "c", "d", "args", "kwargs", "self", "callable", "json", "fn", "x", "signature"]
_EXTRAS = [*_NAMES, "e1", "e2", "object", "bind"]
_ANNOTATIONS = ["", "", "", ": int", ": str", ": float", ": list", ": object"]
_KINDS = ["function", "function", "function", "method", "class", "wrapped", "instance", "static"]

Arguments = tuple[tuple[Any, ...], dict[str, Any]]


@dataclass
class Case:
    """
    A callable, what is stored for it, and what is given at each call.
    """

    target: Callable[..., Any]
    source: str
    stored: Arguments
    given: list[Arguments] = field(default_factory=list)


def make_value(random: Random) -> Any:
    return random.choice(
        [
            random.randrange(-5, 5),
            random.randrange(1 << 70),
            random.random(),
            random.choice("xyz"),
            "inspect._empty",
            "é",
            True,
            None,
            (1, "x"),
            [1, [2.5, None]],
            {"k": 1},
            {"$gt": 5},
            float("nan"),
        ]
    )


def make_source(random: Random, name: str) -> tuple[str, list[str]]:
    """
    Return the source of a function that returns all that it was given, and
    the names of its parameters.
    """
    n_named = random.randrange(6)
    names = random.sample(_NAMES, n_named)
    kinds = sorted(random.choice([0, 1, 1, 1, 3]) for _ in names)
    if random.random() < 0.5:
        kinds = [1] * n_named
    parts: list[str] = []
    has_default = False
    for i, (parameter, kind) in enumerate(zip(names, kinds, strict=True)):
        if kind == 3 and (i == 0 or kinds[i - 1] != 3):
            parts.append("*")
            has_default = False
        elif i and kinds[i - 1] == 0 and kind:
            parts.append("/")
        has_default = random.random() < 0.5 or (has_default and kind != 3)
        default = f" = {random.choice(['0', '5', 'None', repr('x'), '()', '1.5'])}"
        parts.append(f"{parameter}{random.choice(_ANNOTATIONS)}{default if has_default else ''}")
    if kinds and kinds[-1] == 0:
        parts.append("/")
    seen = list(names)
    if random.random() < 0.3:
        if "*" in parts:
            parts[parts.index("*")] = "*rest"
        else:
            parts.append("*rest")
        seen.append("rest")
    if random.random() < 0.3:
        parts.append("**more")
        seen.append("more")
    values = ", ".join(f"({name!r}, {name})" for name in seen)
    return f"def {name}({', '.join(parts)}):\n    return [{values}]\n", names


def make_callable(random: Random, module: ModuleType, name: str) -> tuple[Any, str, list[str]]:
    """
    Return a random callable at the top of a module, its source and the names
    of its parameters.
    """
    kind = random.choice(_KINDS)
    source, names = make_source(random, name)
    if kind in ("method", "class", "static", "instance"):
        own = {"class": "__init__", "instance": "__call__"}.get(kind, "method")
        source = source.replace(f"def {name}(", f"def {own}(this, ").replace("(this, )", "(this)")
        if "/" not in source and random.random() < 0.3:
            source = source.replace("(this, ", "(this, /, ")
        if kind == "static":
            source = "@staticmethod\n" + source.replace("(this, /, ", "(").replace("(this, ", "(")
            source = source.replace("(this)", "()")
        if kind == "class":
            source = source.replace("    return ", "    this.seen = ")
        body = "".join(f"    {line}\n" for line in source.splitlines())
        source = f"class {name}:\n{body}"
    if kind == "wrapped":
        source = f"@through\n{source}"
    module.__dict__["through"] = through
    exec(source, module.__dict__)
    target = module.__dict__[name]
    if kind == "method":
        target = target().method
    elif kind == "static":
        target = target.method
    elif kind == "instance":
        target = target()
    return target, source, names


def through(function: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(function)
    def wrapper(*args: Any, **kwargs: Any) -> Any:
        return function(*args, **kwargs)

    return wrapper


def make_arguments(random: Random, names: list[str], share: float) -> Arguments:
    n_args = random.choice([0, 0, 0, 1, 2, len(names), len(names) + 1])
    args = tuple(make_value(random) for _ in range(n_args))
    keys = [name for name in names[n_args:] if random.random() < share]
    if random.random() < 0.15:
        keys.append(random.choice(_EXTRAS))
    random.shuffle(keys)
    return args, {key: make_value(random) for key in keys}


def make_cases(seed: int, n_calls: int = 10) -> Iterator[Case]:
    """
    Yield random cases for ever; each callable can be found by its name, until
    the next one is made.
    """
    random = Random(seed)
    module = ModuleType(MODULE)
    sys.modules[MODULE] = module
    i = 0
    while True:
        i += 1
        name = f"target_{i}"
        target, source, names = make_callable(random, module, name)
        for _ in range(3):
            case = Case(target, source, make_arguments(random, names, random.random()))
            for _ in range(n_calls):
                case.given.append(make_arguments(random, names, 0.4))
            case.given.append(((), {}))
            yield case
        del module.__dict__[name]


def bind(target: Callable[..., Any], arguments: Arguments) -> dict[str, Any] | None:
    """
    Return the arguments by parameter, or None where they do not fit.
    """
    args, kwargs = arguments
    signature = inspect.signature(target)
    kinds = {parameter.kind: name for name, parameter in signature.parameters.items()}
    more = kinds.get(inspect.Parameter.VAR_KEYWORD)
    # What the call itself takes and refuses here, bind_partial does not: see gh-87106.
    extras = {
        key: value
        for key, value in kwargs.items()
        if key in signature.parameters
        and signature.parameters[key].kind is inspect.Parameter.POSITIONAL_ONLY
    }
    if extras and more is None:
        return None
    try:
        plain = {key: value for key, value in kwargs.items() if key not in extras}
        found = dict(signature.bind_partial(*args, **plain).arguments)
    except TypeError:
        return None
    if extras and more is not None:
        found[more] = {**found.get(more, {}), **extras}
    return found


def call_slowly(target: Callable[..., Any], stored: Arguments, given: Arguments) -> Any:
    """
    Make the call that a model is to make: what is given replaces what is
    stored, parameter by parameter.

    Raises:
        TypeError: It cannot be made.
    """
    parameters = inspect.signature(target).parameters.values()
    old = bind(target, stored)
    new = bind(target, given)
    if old is None or new is None:
        raise TypeError("the arguments do not fit")
    args: list[Any] = []
    kwargs: dict[str, Any] = {}
    for parameter in parameters:
        name = parameter.name
        if parameter.kind is parameter.VAR_POSITIONAL:
            args += new.get(name) or old.get(name, ())
            continue
        if parameter.kind is parameter.VAR_KEYWORD:
            kwargs |= {**old.get(name, {}), **new.get(name, {})}
            continue
        value = new.get(name, old.get(name, parameter.default))
        if name not in new and name not in old and value is parameter.empty:
            raise TypeError(f"missing {name}")
        if parameter.kind is parameter.KEYWORD_ONLY:
            kwargs[name] = value
        else:
            args.append(value)
    made = target(*args, **kwargs)
    return getattr(made, "seen", made)
