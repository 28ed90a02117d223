"""
The entries of an import policy, taken apart and checked.
"""

from __future__ import annotations

from typing import Any

import attrs

from ._dispatchers import find_dispatcher
from ._grammar import ImportString, is_segment, split_import_string
from ._messages import shorten
from ._statics import is_module
from .exceptions import ImportStringError, PolicyError

__all__ = ["Stem", "bad_entry", "check_live", "read_exact", "read_stem"]

_ONE_BY_ONE = "Name the objects that you mean, one by one"


@attrs.frozen(eq=False, repr=False)
class Stem:
    """
    A wildcard entry that was taken apart.

    Attributes:
        entry: The entry as it was written.

        name: The dotted name before the wildcard.

        is_tree: Whether it is ``a.*`` (everything defined under the name) and
            not ``a:*`` (the public names of one module).
    """

    entry: str
    name: str
    is_tree: bool


def read_exact(entry: str) -> ImportString:
    """
    Return the parts of an entry for one object.

    Raises:
        PolicyError: It is no import string, or has a segment that no document
            may name.
    """
    try:
        string = split_import_string(entry)
    except ImportStringError as error:
        reason = "it names no object in a module"
        if is_segment(entry):
            raise bad_entry(entry, reason, f"Write '{entry}.*' or '{entry}:*'") from error
        raise bad_entry(entry, reason) from error
    if string.dunder is not None:
        raise bad_entry(entry, f"{string.dunder!r} opens Python's own machinery", _ONE_BY_ONE)
    return string


def read_stem(entry: str) -> Stem:
    """
    Return the parts of a wildcard entry.

    Raises:
        PolicyError: The wildcard stands elsewhere than at the end of a whole
            dotted name, or spans an interpreter, a dispatcher or this library.
    """
    name, form = entry[:-2], entry[-2:]
    segments = name.split(".")
    if form not in (".*", ":*") or not all(map(is_segment, segments)):
        raise bad_entry(entry, "a wildcard stands alone, after a whole dotted name")
    for index, segment in enumerate(segments):
        if segment.startswith("__") and (index or segment != "__main__"):
            raise bad_entry(entry, f"{segment!r} opens Python's own machinery", _ONE_BY_ONE)
    if segments[0] == __package__:
        raise bad_entry(entry, "this library opens by exact entries only", _ONE_BY_ONE)
    dispatcher = find_dispatcher(name)
    # os.path is no part of os: it is posixpath or ntpath under another name.
    if dispatcher is not None and entry != "os.path:*":
        reason = f"a wildcard over {dispatcher!r} opens an interpreter or a dispatcher"
        raise bad_entry(entry, reason, _ONE_BY_ONE)
    return Stem(entry, name, form == ".*")


def check_live(entry: Any) -> Any:
    """
    Return a live object that a policy can list.

    Raises:
        PolicyError: It is a module, or not callable.
    """
    if is_module(entry):
        raise bad_entry(entry, "it is a module", _ONE_BY_ONE)
    if not callable(entry):
        raise bad_entry(entry, "it is neither a str nor callable")
    return entry


def bad_entry(
    entry: object,
    reason: str,
    remedy: str = "Write an object, 'pkg.mod.fn', 'pkg.mod:*' or 'mypkg.*'",
) -> PolicyError:
    """
    Return the error of an entry that a policy does not take.
    """
    subject = shorten(entry)
    return PolicyError(f"Cannot allow {subject}: {reason}. {remedy}.", subject)
