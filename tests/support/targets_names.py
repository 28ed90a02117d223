"""
Callables of every kind, to be found by their import strings.
"""

from __future__ import annotations

import functools
from typing import Any


def function(x: Any) -> Any:
    return x


def _private(x: Any) -> Any:
    return x


def outer() -> Any:
    def inner() -> None: ...

    return inner


inner = outer()


def make_class() -> Any:
    class Made:
        @classmethod
        def make(cls) -> Made:
            return cls()

    return Made


Made = make_class()


def misleading(x: Any) -> Any:
    return x


original = misleading


def misleading(x: Any) -> Any:  # type: ignore[no-redef]  # one name, two functions
    return x


shout = lambda text: text.upper()  # noqa: E731  a lambda with a name
partial = functools.partial(function, 1)


@functools.lru_cache
def cached(x: Any) -> Any:
    return x


class Meta(type):
    """
    A metaclass that would betray every dynamic lookup.
    """

    def __getattribute__(cls, name: str) -> Any:
        raise AssertionError(f"{name} was read dynamically")

    def __eq__(cls, other: object) -> bool:
        raise AssertionError("compared")

    def __hash__(cls) -> int:
        raise AssertionError("hashed")


class Guarded(metaclass=Meta):
    pass


class Base:
    def method(self, x: Any = 1) -> Any:
        return self, x

    @classmethod
    def make(cls) -> Any:
        return cls()

    @staticmethod
    def helper(x: Any) -> Any:
        return x

    @property
    def prop(self) -> Any:
        return 1

    remade = make
    preset = functools.partialmethod(method, 2)

    class Inner:
        @classmethod
        def build(cls) -> Any:
            return cls()


class Child(Base):
    pass


class Runner:
    def __call__(self, x: Any) -> Any:
        return x

    def run(self, x: Any) -> Any:
        return x


runner = Runner()
_hidden = Runner()
run = _hidden.run
