"""
Importing a module, with the reasons why it may not be there told apart.
"""

from __future__ import annotations

import importlib
import sys
from collections.abc import Iterable
from typing import Any

from ._grammar import ImportString
from ._messages import get_close_names, shorten
from ._statics import get_module_dict, is_module
from .exceptions import ImportFailedError, ResolveError

__all__ = ["import_failed", "load_module", "not_found"]


def _is_deferred(module: Any) -> bool:
    util = sys.modules.get("importlib.util")  # nobody else makes such modules
    return util is not None and type(module) is vars(util).get("_LazyModule")


def load_module(name: str, string: ImportString) -> Any:
    """
    Return what ``sys.modules`` holds as *name*, imported if need be, or None if
    there is no such module.

    Raises:
        ImportFailedError: The module is there, and importing it failed.
    """
    module: Any = sys.modules.get(name)
    if module is None or _is_initializing(module):
        try:
            importlib.import_module(name)
        except ModuleNotFoundError as error:
            missing = error.name
            if missing is not None and f"{name}.".startswith(f"{missing}."):
                return None
            raise import_failed(string, name, error) from error
        except (Exception, SystemExit) as error:
            raise import_failed(string, name, error) from error
        module = sys.modules.get(name)
    if _is_deferred(module):
        try:
            vars(module)  # a deferred import is still the same import
        except (Exception, SystemExit) as error:
            raise import_failed(string, name, error) from error
    return module


def _is_initializing(module: object) -> bool:
    # Another thread may be half way through the import: wait for it.
    spec: Any = get_module_dict(module).get("__spec__") if is_module(module) else None
    return getattr(spec, "_initializing", False) is True


def import_failed(string: ImportString, name: str, error: BaseException) -> ImportFailedError:
    """
    Return the error of a module that is there and cannot be imported.
    """
    subject = shorten(string.text)
    if isinstance(error, ModuleNotFoundError) and error.name is not None:
        message = (
            f"Cannot resolve {subject}: importing {name!r} failed, for it needs the module "
            f"{error.name!r}, which is not installed. Install that dependency."
        )
    else:
        message = (
            f"Cannot resolve {subject}: importing {name!r} failed with "
            f"{type(error).__qualname__}: {_tell(error)}. Repair that module first."
        )
    return ImportFailedError(message, string.text)


def not_found(string: ImportString, reason: str, names: Iterable[object] = ()) -> ResolveError:
    """
    Return the error of a path that leads nowhere, with the nearest names.
    """
    known = [name for name in names if type(name) is str and not name.startswith("_")]
    near = get_close_names(string.segments[-1], known, n=3, cutoff=0.6)
    remedy = (
        f"Did you mean {' or '.join(map(repr, near))}?"
        if near
        else "Write the name under which Python itself would import it."
    )
    return ResolveError(f"Cannot resolve {shorten(string.text)}: {reason}. {remedy}", string.text)


def _tell(error: BaseException) -> str:
    try:
        text = str(error).rstrip(".")
    except Exception:
        return "no message"
    return text if len(text) <= 200 else f"{text[:200]}..."
