"""
The import policy: which callables a document may name.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from types import BuiltinFunctionType, MethodType
from typing import Any, Literal, TypeAlias, cast

import attrs

from ._dispatchers import find_dispatcher
from ._grammar import ImportString, is_segment, shorten, split_import_string
from ._names import describe
from ._statics import is_module
from .exceptions import ImportStringError, PolicyError

__all__ = [
    "DEFAULT_POLICY",
    "UNSAFE_ALLOW_ANY",
    "Allow",
    "Entry",
    "ImportPolicy",
    "Stem",
    "Verdict",
    "make_policy",
]

_ANY = object()  # the only entry of UNSAFE_ALLOW_ANY; no list can spell it

Entry: TypeAlias = str | Callable[..., Any]
Allow: TypeAlias = "ImportPolicy | Iterable[Entry]"


@attrs.frozen
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


@attrs.frozen
class Verdict:
    """
    What a policy says about an import string.

    Attributes:
        import_string: The string as the document has it.

        verdict: ``allowed``, ``refused``, or ``undecided`` where only an
            import could tell.

        rule: The entry or the rule that decided.
    """

    import_string: str
    verdict: Literal["allowed", "refused", "undecided"]
    rule: str


def _take_entries(allow: Any) -> tuple[Any, ...]:
    if isinstance(allow, ImportPolicy):
        return allow.allow
    if isinstance(allow, (str, bytes)) or not isinstance(allow, Iterable):
        message = (
            f"Cannot make an import policy of {shorten(allow)}: the entries come as a list. "
            f"Write allow=[{shorten(allow)}]."
        )
        raise PolicyError(message, shorten(allow))
    return tuple(
        str.__str__(entry) if isinstance(entry, str) else entry
        for entry in cast("list[Any]", allow)
    )


def _get_entry_key(entry: Any) -> object:
    if isinstance(entry, str):
        return entry
    if type(entry) is MethodType:
        return MethodType, id(entry.__func__), id(entry.__self__)
    if type(entry) is BuiltinFunctionType:
        return entry
    return id(entry)


def _get_key(entries: tuple[Any, ...]) -> frozenset[object]:
    return frozenset(map(_get_entry_key, entries))


def _compile_exact(policy: ImportPolicy) -> dict[str, ImportString]:
    strings = [
        _read_exact(entry)
        for entry in policy.allow
        if isinstance(entry, str) and not entry.endswith("*")
    ]
    return {string.dotted: string for string in strings}


def _compile_stems(policy: ImportPolicy) -> tuple[Stem, ...]:
    return tuple(
        _read_stem(entry, policy.exact_only)
        for entry in policy.allow
        if isinstance(entry, str) and entry.endswith("*")
    )


def _compile_live(policy: ImportPolicy) -> tuple[Any, ...]:
    return tuple(
        _check_live(entry)
        for entry in policy.allow
        if not isinstance(entry, str) and entry is not _ANY
    )


def _find_any(policy: ImportPolicy) -> bool:
    return any(entry is _ANY for entry in policy.allow)


@attrs.frozen(repr=False, weakref_slot=True)
class ImportPolicy:
    """
    Which import strings a document may name; a value, compared by its entries.

    ``ImportPolicy(allow=[json.dumps, "pkg.Model", "math:*", "mypkg.*"])``
    opens one live object, one object by name, the public names of one module,
    and whatever is defined under the dotted name ``mypkg``.
    An allow-list is not a sandbox: an allowed callable is allowed with any
    arguments.

    Attributes:
        allow: The entries.

        exact_only: Whether wildcards are refused, for documents that somebody
            else wrote.

        exact: The exact entries by their dotted names.

        stems: The wildcard entries.

        live: The live objects among the entries.

        allows_any: Whether this is ``UNSAFE_ALLOW_ANY``.

        cache: What has been resolved under this policy; no part of its value.

    Raises:
        PolicyError: An entry is nothing that a policy takes.
    """

    allow: tuple[Any, ...] = attrs.field(default=(), converter=_take_entries, eq=_get_key)
    exact_only: bool = attrs.field(default=False, kw_only=True)
    exact: dict[str, ImportString] = attrs.field(
        init=False, eq=False, default=attrs.Factory(_compile_exact, takes_self=True)
    )
    stems: tuple[Stem, ...] = attrs.field(
        init=False, eq=False, default=attrs.Factory(_compile_stems, takes_self=True)
    )
    live: tuple[Any, ...] = attrs.field(
        init=False, eq=False, default=attrs.Factory(_compile_live, takes_self=True)
    )
    allows_any: bool = attrs.field(init=False, default=attrs.Factory(_find_any, takes_self=True))
    cache: dict[Any, Any] = attrs.field(init=False, eq=False, factory=dict[Any, Any])

    def __repr__(self) -> str:
        if self.allows_any:
            return "UNSAFE_ALLOW_ANY"
        entries = ", ".join(
            repr(entry) if isinstance(entry, str) else describe(entry) for entry in self.allow
        )
        exact_only = ", exact_only=True" if self.exact_only else ""
        return f"ImportPolicy(allow=[{entries}]{exact_only})"

    def __reduce__(self) -> tuple[Any, ...]:
        if self.allows_any:
            return _restore_any, ()
        return _restore, (self.allow, self.exact_only)


def make_policy(allow: Allow) -> ImportPolicy:
    """
    Return *allow* if it is a policy, and a policy of its entries otherwise.
    """
    return allow if isinstance(allow, ImportPolicy) else ImportPolicy(allow)


def _restore(allow: tuple[Any, ...], exact_only: bool) -> ImportPolicy:
    return ImportPolicy(allow, exact_only=exact_only)


def _restore_any() -> ImportPolicy:
    return UNSAFE_ALLOW_ANY


def _read_exact(entry: str) -> ImportString:
    try:
        string = split_import_string(entry)
    except ImportStringError as error:
        reason = "it names no object in a module"
        if is_segment(entry):
            raise _bad_entry(entry, reason, f"Write '{entry}.*' or '{entry}:*'") from error
        raise _bad_entry(entry, reason) from error
    if string.dunder is not None:
        raise _bad_entry(entry, f"{string.dunder!r} opens Python's own machinery")
    return string


def _read_stem(entry: str, exact_only: bool) -> Stem:
    name, form = entry[:-2], entry[-2:]
    segments = name.split(".")
    if form not in (".*", ":*") or not all(map(is_segment, segments)):
        raise _bad_entry(entry, "a wildcard stands alone, after a whole dotted name")
    if any(segment.startswith("__") for segment in segments if segment != "__main__"):
        raise _bad_entry(entry, "it names Python's own machinery")
    if "__main__" in segments[1:]:
        raise _bad_entry(entry, "'__main__' stands first or not at all")
    if exact_only:
        reason = "exact_only=True takes no wildcards"
        raise _bad_entry(entry, reason, "Name the objects that you mean, one by one")
    if segments[0] == __package__:
        reason = "this library opens by exact entries only"
        raise _bad_entry(entry, reason, "Name the objects that you mean, one by one")
    dispatcher = find_dispatcher(name)
    if dispatcher is not None:
        reason = f"a wildcard over {dispatcher!r} opens an interpreter or a dispatcher"
        raise _bad_entry(entry, reason, "Name the objects that you mean, one by one")
    return Stem(entry, name, form == ".*")


def _check_live(entry: Any) -> Any:
    if isinstance(entry, ImportPolicy):
        reason = "a policy is no entry of another"
        raise _bad_entry(entry, reason, "Hand it over in place of the list")
    if is_module(entry):
        raise _bad_entry(entry, "it is a module", "Name what the document may call")
    if not callable(entry):
        raise _bad_entry(entry, "it is neither a str nor callable")
    return entry


def _bad_entry(
    entry: object,
    reason: str,
    remedy: str = "Write an object, 'pkg.mod.fn', 'pkg.mod:*' or 'mypkg.*'",
) -> PolicyError:
    subject = shorten(entry)
    return PolicyError(f"Cannot allow {subject}: {reason}. {remedy}.", subject)


#: What a document may name unless the program says otherwise: the running
#: script or notebook, which is there anyway.
DEFAULT_POLICY = ImportPolicy(allow=["__main__.*"])

#: Resolves whatever a document names. A document is then a program, with every
#: right that this process has. Accepted in place of a policy or of a whole
#: ``allow=``; no text, environment variable or document can say it.
UNSAFE_ALLOW_ANY = ImportPolicy(allow=[_ANY])
