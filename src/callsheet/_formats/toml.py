"""
Strict reading of TOML, down to what JSON can hold.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any, Final

from ..exceptions import LimitError
from .limits import Limits, check_tree, decode_utf8, exceed, import_library, reading, refuse

_TITLE: Final = "the TOML text"

# Strings and comments: what has a dot in them is no key. Each alternative ends somewhere, so that
# none is tried twice; what has no end is no TOML.
_TEXT: Final = (
    r'"{3}(?:[^"\\]+|\\.|"(?!""))*(?:"{3,5}|\\?\Z)'
    r"|'{3}(?:[^']+|'(?!''))*(?:'{3,5}|\Z)"
    r'|"(?:[^"\\\n]+|\\[^\n])*"?'
    r"|'[^'\n]*'?"
    r"|#[^\n]*"
)


def read_toml(text: str | bytes | bytearray, limits: Limits | None = None) -> Any:
    """
    Return the data of a TOML text; its dates and times are refused, as not
    every format has them.

    Raises:
        TextError: It is not exactly one strict document.

        LimitError: It goes beyond *limits*.
    """
    limits = limits or Limits()
    text = decode_utf8(text, limits, _TITLE)
    if any(line.count(".") >= limits.max_depth for line in text.split("\n")):
        _check_keys(text, limits.max_depth)
    loads = _get_loads()
    with reading(_TITLE, "Correct it there."):
        try:
            data = loads(text)
        except RecursionError:
            reason = "it is nested too deeply. Flatten it."
            raise refuse(_TITLE, reason, LimitError) from None
    check_tree(data, limits)
    return data


def _check_keys(text: str, max_depth: int) -> None:
    """
    Check the depth of dotted keys: the libraries take time that is quadratic
    in it, also where the key is broken off.
    """
    bare = re.sub(_TEXT, "_", text, flags=re.DOTALL)
    for key in re.finditer(r"[\w-]+(?:[ \t]*\.[ \t]*[\w-]+)*", bare, re.ASCII):
        if key[0].count(".") >= max_depth:
            reason = f"a key is nested deeper than {max_depth} levels"
            raise exceed(_TITLE, reason, "max_depth")


def _get_loads() -> Callable[[str], Any]:
    for name in ("tomllib", "tomli"):  # the second is the first's, for Python 3.10
        with suppress(ImportError):
            found: Callable[[str], Any] = import_module(name).loads
            return found
    library = import_library("tomlkit", "tomlkit", _TITLE)
    return lambda text: library.parse(text).unwrap()
