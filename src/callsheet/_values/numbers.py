"""
Numbers and identifiers of the standard library, as text and under their tags.
"""

from __future__ import annotations

import decimal
import fractions
import uuid
from typing import Any

from .._messages import expect
from ..exceptions import UnwritableError
from .leaves import Tag, is_short, make_text_leaf, parse_int

_READABLE_BITS = 2_000
_TOO_LONG = "its numerator and its denominator have more than 4300 digits"


def parse_decimal(text: str) -> decimal.Decimal:
    """Return the Decimal that *text* stands for, exactly, whatever the context."""
    try:
        return decimal.Decimal(text, decimal.Context(traps=[decimal.InvalidOperation]))
    except decimal.InvalidOperation:
        raise ValueError("it is no decimal number") from None


def parse_fraction(text: str) -> fractions.Fraction:
    """Return the Fraction that ``3/4`` or ``3`` stands for."""
    numerator, slash, denominator = text.partition("/")
    top, bottom = parse_int(numerator), parse_int(denominator) if slash else 1
    expect(bottom, "its denominator is 0")
    expect(is_short(top) or is_short(bottom), _TOO_LONG)  # of which a divisor is sought
    return fractions.Fraction(top, bottom)


def parse_uuid(text: str) -> uuid.UUID:
    """Return the UUID that *text* stands for."""
    try:
        return uuid.UUID(text)
    except ValueError:
        raise ValueError("it is no UUID") from None


def _encode_fraction(value: fractions.Fraction) -> str:
    top, bottom = value.numerator, value.denominator
    if not (is_short(top) or is_short(bottom)):
        message = f"Cannot write a fraction: {_TOO_LONG}. Write the two numbers on their own."
        raise UnwritableError(message, "fraction")
    if max(top.bit_length(), bottom.bit_length()) < _READABLE_BITS:
        return f"{top}/{bottom}"
    return f"{top:#x}/{bottom:#x}"  # decimal digits are limited, and slow


def _parse_number(value: Any) -> decimal.Decimal:
    if type(value) is float:
        raise ValueError("a binary number has already lost the decimal one; write it as text")
    return parse_decimal(value) if isinstance(value, str) else decimal.Decimal(value)


_DECIMAL = {"parse": _parse_number, "takes": (str, int, float), "others": (int,)}
NUMBER_TAGS: dict[type, Tag] = {
    decimal.Decimal: make_text_leaf("$decimal", str, parse_decimal, '"0.10"', **_DECIMAL),
    fractions.Fraction: make_text_leaf(
        "$fraction", _encode_fraction, parse_fraction, '"3/4"', others=(int,)
    ),
    uuid.UUID: make_text_leaf("$uuid", str, parse_uuid, '"12345678-1234-5678-1234-567812345678"'),
}
