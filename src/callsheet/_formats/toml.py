"""
Strict reading of TOML, down to what JSON can hold.
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import suppress
from importlib import import_module
from typing import Any

from .._loading import importing
from ..exceptions import LimitError, TextError
from .limits import Limits, check_size, check_tree, decode_utf8, import_library


def read_toml(text: str | bytes | bytearray, limits: Limits | None = None) -> Any:
    """
    Return the data of a TOML text; its dates and times are refused, as not
    every format has them.

    Raises:
        TextError: It is not exactly one strict document.

        LimitError: It goes beyond *limits*.
    """
    limits = limits or Limits()
    check_size(text, limits, "the TOML text")
    text = decode_utf8(text, "the TOML text")
    if any(line.count(".") >= limits.max_depth for line in text.split("\n")):
        _check_keys(text, limits.max_depth)
    loads = _get_toml_loads()
    try:
        data = loads(text)
    except RecursionError:
        message = "Cannot read the TOML text: it is nested too deeply. Flatten it."
        raise LimitError(message) from None
    except Exception as error:  # the libraries raise more than their own errors
        message = f"Cannot read the TOML text: {str(error)[:200].rstrip('.')}. Correct it there."
        raise TextError(message) from error
    check_tree(data, limits)
    return data


# Strings and comments: what has a dot in them is no key. Each alternative ends somewhere, so that
# none is tried twice; what has no end is no TOML.
_TOML_TEXT = (
    r'"{3}(?:[^"\\]+|\\.|"(?!""))*(?:"{3,5}|\\?\Z)'
    r"|'{3}(?:[^']+|'(?!''))*(?:'{3,5}|\Z)"
    r'|"(?:[^"\\\n]+|\\[^\n])*"?'
    r"|'[^'\n]*'?"
    r"|#[^\n]*"
)


def _check_keys(text: str, max_depth: int) -> None:
    """
    Check the depth of dotted keys: the libraries take time that is quadratic
    in it, also where the key is broken off.
    """
    with importing:
        import re

    bare = re.sub(_TOML_TEXT, "_", text, flags=re.DOTALL)
    for key in re.finditer(r"[\w-]+(?:[ \t]*\.[ \t]*[\w-]+)*", bare, re.ASCII):
        if key[0].count(".") >= max_depth:
            message = (
                f"Cannot read the TOML text: a key is nested deeper than {max_depth} levels. "
                f"Flatten it, or raise Limits(max_depth=...)."
            )
            raise LimitError(message)


def _get_toml_loads() -> Callable[[str], Any]:
    for name in ("tomllib", "tomli"):  # the second is the first's, for Python 3.10
        with suppress(ImportError):
            found: Callable[[str], Any] = import_module(name).loads
            return found
    library = import_library("tomlkit", "tomlkit", "the TOML text")
    return lambda text: library.parse(text).unwrap()
