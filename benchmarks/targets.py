"""
What is called: found by import string, so never in ``__main__``.
"""

from __future__ import annotations

from decimal import Decimal
from types import FunctionType
from typing import Any

import attrs


def f(x: int, y: int = 5) -> int:
    return x + y


def g(
    a: int = 1,
    b: int = 2,
    c: int = 3,
    d: int = 4,
    e: int = 5,
    f: int = 6,
    g: int = 7,
    h: int = 8,
    i: int = 9,
    j: int = 10,
) -> int:
    return a + e


class C:
    def __init__(
        self,
        a: int = 1,
        b: int = 2,
        c: int = 3,
        d: int = 4,
        e: int = 5,
        f: int = 6,
        g: int = 7,
        h: int = 8,
    ) -> None:
        self.h = h


def identity(x: int) -> int:
    return x


def take_keys(x: dict[Decimal, int]) -> int:
    return len(x)


def take_set(x: set[int]) -> int:
    return len(x)


@attrs.frozen
class Holder:
    items: set[int]


def nest(inner: Any = None, x: int = 0) -> int:
    return x


def make_functions(n: int) -> list[Any]:
    """
    Return *n* functions that nobody has seen before, nor their code.
    """

    def new(x: int, y: int = 5) -> int:
        return x + y

    return [
        FunctionType(new.__code__.replace(), globals(), "new", new.__defaults__) for _ in range(n)
    ]
