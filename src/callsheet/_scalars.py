"""
Scalars of YAML: those of JSON in YAML 1.2's spelling, and text.
"""

from __future__ import annotations

import re
from typing import Any

from ._limits import describe_key
from .exceptions import TextError

__all__ = ["FLOAT", "MERGE", "check_tag", "read_scalar", "refuse"]

_TAG = "tag:yaml.org,2002:"
_NULL = re.compile(r"|~|null|Null|NULL", re.ASCII)
_BOOL = re.compile(r"true|True|TRUE|false|False|FALSE", re.ASCII)
_INT = re.compile(r"[-+]?(?:0|[1-9]\d*|0x[0-9a-fA-F]+)", re.ASCII)
# Also 1e-3, which is JSON and a number of YAML 1.2, but text to PyYAML.
FLOAT = re.compile(r"[-+]?(?:(?:\d+\.\d*|\.\d+)(?:[eE][-+]?\d+)?|\d+[eE][-+]?\d+)", re.ASCII)
_CONSTANT = re.compile(r"[-+]?\.(?:inf|Inf|INF)|\.(?:nan|NaN|NAN)", re.ASCII)


class _MergeType:
    """
    The type of the key ``<<``, which is no text.
    """


MERGE: Any = _MergeType()


def read_scalar(event: Any, line: int) -> Any:
    """
    Return what a scalar stands for, by its tag or, if it is plain, its form.
    """
    text: str = event.value
    if event.tag is None:
        return _read_plain(text, line) if event.implicit[0] else text
    if event.tag == "!":
        return text
    kind = check_tag(event.tag, "str null bool int float", line)
    if kind == "str":
        return text
    value = _read_plain(text, line)
    if kind == "float" and type(value) is int:
        value = float(value)
    if type(value).__name__ != {"null": "NoneType"}.get(kind, kind):
        raise refuse(f"{describe_key(text)} is no {kind}", line)
    return value


def _read_plain(text: str, line: int) -> Any:
    if not text or text[0] in "~nNtTfF":
        if _NULL.fullmatch(text):
            return None
        if _BOOL.fullmatch(text):
            return text in ("true", "True", "TRUE")
        return text
    if text[0] not in "-+.0123456789":
        return MERGE if text == "<<" else text
    if _INT.fullmatch(text):
        try:
            return int(text, 0)
        except ValueError:
            raise refuse("an integer has too many digits", line) from None
    if FLOAT.fullmatch(text):
        value = float(text)
        if value - value == 0.0:
            return value
        raise refuse(f"{text[:40]} is beyond every float", line)
    if _CONSTANT.fullmatch(text):
        name = text.lower().replace(".", "").replace("+", "")
        raise refuse(f'{text} is no JSON number; write {{"$float": "{name}"}}', line)
    return text


def check_tag(tag: str | None, allowed: str, line: int) -> str:
    """
    Return the name of a tag of JSON's types, empty without a tag.
    """
    if tag is None or tag == "!":
        return ""
    kind = tag.removeprefix(_TAG)
    if tag.startswith(_TAG) and kind in allowed.split():
        return kind
    raise refuse(f"the tag {describe_key(tag)} is none of JSON's types", line)


def refuse(reason: str, line: int) -> TextError:
    """
    Return the error for what stands in a line of YAML.
    """
    return TextError(f"Cannot read the YAML text: {reason.rstrip('.')} (line {line}).")
