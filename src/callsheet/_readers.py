"""
Readers of single values: text for a date, a name for an enum member.
"""

from __future__ import annotations

import pathlib
from collections.abc import Callable
from enum import Enum, Flag
from typing import Any, TypeAlias

from ._leaves import describe
from ._loading import importing
from ._statics import get_type
from .exceptions import AnnotationError

__all__ = ["JSON_TYPES", "Reader", "get_leaf_reader", "get_name", "make_check", "refuse"]


#: Takes an untagged value to what it stands for.
Reader: TypeAlias = Callable[[Any], Any]

JSON_TYPES: frozenset[Any] = frozenset({str, int, float, bool, list, dict, type(None)})

_JSON_NAMES = {
    str: "text",
    int: "an integer",
    float: "a number",
    bool: "true or false",
    list: "a list",
    dict: "an object",
    type(None): "null",
}


def get_name(annotation: Any) -> str:
    """
    Return how an annotation is called in messages.
    """
    if annotation is type(None):
        return "None"
    if isinstance(annotation, type) and not hasattr(annotation, "__origin__"):
        return annotation.__qualname__
    return str(annotation).replace("typing.", "")


def refuse(value: Any, annotation: Any, reason: str) -> AnnotationError:
    """
    Return the error for a value that *annotation* does not take.
    """
    message = (
        f"Cannot read {describe(value)} as {get_name(annotation)}: {reason.rstrip('.')}. "
        f'Correct it, or write {{"$raw": ...}} around it to pass it as it is.'
    )
    return AnnotationError(message, get_name(annotation))


def make_check(annotation: Any, expected: tuple[Any, ...]) -> Reader:
    """
    Return a reader that changes nothing, but refuses JSON values of other types
    than *expected*.
    """
    names = [_JSON_NAMES[kind] for kind in expected if kind is not int or float not in expected]
    wanted = " or ".join(names)

    def check(value: Any) -> Any:
        kind = get_type(value)
        if kind in JSON_TYPES and kind not in expected:
            raise refuse(value, annotation, f"expected {wanted}, got {_JSON_NAMES[kind]}")
        return value

    return check


def get_leaf_reader(cls: Any, *, strict: bool = False) -> Reader | None:
    """
    Return the reader of a class whose values are written as text, None for
    other classes.
    """
    if issubclass(cls, Enum):
        return _make_enum_reader(cls, strict=strict)
    if issubclass(cls, pathlib.PurePath):
        return _make_text_reader(cls, cls, strict=strict)
    make = _MAKERS.get((cls.__module__, cls.__qualname__))
    if make is None:
        return None
    return make(cls, strict)


def _make_text_reader(
    cls: Any, parse: Reader, *, strict: bool, others: tuple[Any, ...] = ()
) -> Reader:
    check = make_check(cls, (str, *others)) if strict else None

    def read(value: Any) -> Any:
        if type(value) is not str:
            return value if check is None else check(value)
        try:
            return parse(value)
        except (ValueError, ArithmeticError, NotImplementedError) as error:
            raise refuse(value, cls, str(error)[:200]) from None

    return read


def _make_time_reader(cls: Any, strict: bool) -> Reader:
    with importing:
        from . import _moments

    parse: Reader = getattr(_moments, f"parse_{cls.__name__.lower()}")
    numbers = (int, float) if cls.__name__ == "timedelta" else ()
    return _make_text_reader(cls, parse, strict=strict, others=numbers)


def _make_number_reader(cls: Any, strict: bool) -> Reader:
    with importing:
        from . import _numbers

    parse: Reader = getattr(_numbers, f"parse_{cls.__name__.lower()}")
    return _make_text_reader(cls, parse, strict=strict, others=(int,))


def _make_uuid_reader(cls: Any, strict: bool) -> Reader:
    with importing:
        from ._numbers import parse_uuid

    return _make_text_reader(cls, parse_uuid, strict=strict)


def _make_decimal_reader(cls: Any, strict: bool) -> Reader:
    read_text = _make_number_reader(cls, strict)

    def read(value: Any) -> Any:
        if type(value) is int:
            return cls(value)
        if type(value) is float:
            reason = "a binary number has already lost the decimal one; write it as text"
            raise refuse(value, cls, reason)
        return read_text(value)

    return read


def _make_complex_reader(cls: Any, strict: bool) -> Reader:
    return _make_text_reader(cls, complex, strict=strict, others=(int, float))


def _make_enum_reader(cls: Any, *, strict: bool) -> Reader:
    kinds = {get_type(member.value) for member in cls}
    known = ", ".join(repr(name) for name in list(cls.__members__)[:20])

    def read(value: Any) -> Any:
        kind = get_type(value)
        if kind not in JSON_TYPES:
            return value
        for member in cls:
            if type(member.value) is kind and member.value == value:
                return member
        if kind is str and value in cls.__members__:
            return cls.__members__[value]
        if kind is int and issubclass(cls, Flag):
            try:
                member = cls(value)
            except ValueError as error:
                raise refuse(value, cls, str(error)) from None
            # Python 3.11.0 to 3.11.3 drop the bits of no member without a word.
            if value > 0 and getattr(member, "value", value) != value:
                raise refuse(value, cls, f"{value} has bits of none of its members ({known})")
            return member
        if strict or kind is str or kind in kinds:
            raise refuse(value, cls, f"it is the value or name of none of its members ({known})")
        return value

    return read


_MAKERS: dict[tuple[str, str], Callable[[Any, bool], Reader]] = {
    ("datetime", "date"): _make_time_reader,
    ("datetime", "datetime"): _make_time_reader,
    ("datetime", "time"): _make_time_reader,
    ("datetime", "timedelta"): _make_time_reader,
    ("datetime", "timezone"): _make_time_reader,
    ("zoneinfo", "ZoneInfo"): _make_time_reader,
    ("decimal", "Decimal"): _make_decimal_reader,
    ("fractions", "Fraction"): _make_number_reader,
    ("uuid", "UUID"): _make_uuid_reader,
    ("builtins", "complex"): _make_complex_reader,
}
