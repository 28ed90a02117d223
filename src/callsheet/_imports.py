"""
Import string to object, under the import policy: every road from a document
to an object goes through here.
"""

from __future__ import annotations

import sys
from typing import Any

import attrs

from ._entries import Stem
from ._grammar import ImportString, split_import_string
from ._guards import Found, are_intact, find_loaded
from ._homes import find_launcher
from ._names import describe
from ._resolving import (
    check_callable,
    find_trusted,
    get_callable_from_string,
    resolve_import_string,
)
from ._statics import Guard, is_same
from ._wildcards import admits, find_alias, find_under, refuse
from .exceptions import CallsheetError, RefusedError, ResolveError
from .policies import ImportPolicy, Verdict

__all__ = [
    "check_import_string",
    "check_object",
    "get_callable_from_string",
    "get_refusal",
    "resolve_allowed",
    "resolve_import_string",
]

_LIMIT = 2048

# What is kept per policy: the object, what must stay as it is, the verdict,
# and the live objects, which keep the ids in the key their own.
_Hit = tuple[Any, tuple[Guard, ...], Verdict, tuple[Any, ...]]


def check_import_string(
    policy: ImportPolicy, text: object, also: tuple[Any, ...] = (), *, import_exact: bool = True
) -> Verdict:
    """
    Return what a policy says about an import string before anything that the
    string names is imported.

    Args:
        also: Live objects that are allowed besides, such as the class that
            Python named in ``ObjLoader[T]``.

        import_exact: Whether the modules that exact entries name may be
            imported, to learn other names of their objects.

    Raises:
        ImportStringError: *text* is no import string.
    """
    hit = _get_hit(policy, text, also)
    if hit is not None:
        return hit[2]
    string = split_import_string(text)
    return _decide(policy, string, also, import_exact)


def resolve_allowed(policy: ImportPolicy, text: object, also: tuple[Any, ...] = ()) -> Any:
    """
    Return the callable that an import string leads to, if the policy allows
    the string before the import and the object after it.

    Raises:
        ImportStringError: *text* is no import string.

        RefusedError: The policy does not allow it.

        ResolveError: It is allowed, but leads to nothing callable.
    """
    # _get_hit, spelled out: this is the hot road.
    try:
        hit: _Hit | None = policy.cache.get((text, *map(id, also)) if also else text)
    except TypeError:
        hit = None
    if hit is not None and are_intact(hit[1]):
        return hit[0]
    string = split_import_string(text)
    found, verdict = _resolve(policy, string, also)
    check_callable(string, found.value)
    if found.guards is not None:
        if len(policy.cache) >= _LIMIT:
            policy.cache.clear()
        key = (string.text, *map(id, also)) if also else string.text
        policy.cache[key] = (found.value, found.guards, verdict, also)
    return found.value


def get_refusal(policy: ImportPolicy, verdict: Verdict) -> RefusedError:
    """
    Return the error that says what a verdict of ``refused`` means, and which
    line would allow the object.
    """
    string = split_import_string(verdict.import_string)
    if string.dunder is not None:
        reason = f"{string.dunder!r} opens Python's own machinery"
        return refuse(string, reason, can_allow=False)
    if string.segments[0] == "__main__" and _get_stems(policy) is not policy.stems:
        reason = f"'__main__' is {find_launcher()} here, which runs the program, and is not it"
        return refuse(string, reason)
    opened = ", ".join(_list_entries(policy)) or "nothing"
    return refuse(string, f"it opens {opened}")


def check_object(
    policy: ImportPolicy, obj: object, import_string: str, also: tuple[Any, ...] = ()
) -> None:
    """
    Raise a RefusedError if a document that names *obj* by this import string
    could not be read back under the policy.
    """
    try:
        value = resolve_allowed(policy, import_string, also)
    except RefusedError:
        raise
    except ResolveError as error:
        raise refuse(split_import_string(import_string), "it cannot be read back") from error
    if not is_same(value, obj):
        reason = f"the name leads to {describe(value)} and not to {describe(obj)}"
        raise refuse(split_import_string(import_string), reason, can_allow=False)


def _get_hit(policy: ImportPolicy, text: Any, also: tuple[Any, ...]) -> _Hit | None:
    try:
        hit: _Hit | None = policy.cache.get((text, *map(id, also)) if also else text)
    except TypeError:  # unhashable, so no import string either
        return None
    return hit if hit is not None and are_intact(hit[1]) else None


def _decide(
    policy: ImportPolicy, string: ImportString, also: tuple[Any, ...], import_exact: bool
) -> Verdict:
    if policy.allows_any:
        return Verdict(string.text, "allowed", "UNSAFE_ALLOW_ANY")
    if string.dunder is not None:
        return Verdict(string.text, "refused", f"rule 2: {string.dunder!r}")
    exact = policy.exact.get(string.dotted)
    if exact is not None:
        return Verdict(string.text, "allowed", f"entry {exact.text!r}")
    stems = _list_stems(policy, string)
    if stems:
        return Verdict(string.text, "allowed", f"entry {stems[0].entry!r}")
    alias = _find_alias(policy, string, also, import_exact, import_lazy=False)
    if alias is not None:
        return Verdict(string.text, "allowed", alias[1])
    if not import_exact and _is_anything_unloaded(policy):
        return Verdict(string.text, "undecided", "rule 7: may be another name of an exact entry")
    return Verdict(string.text, "refused", "rule 3: no entry opens it")


def _resolve(
    policy: ImportPolicy, string: ImportString, also: tuple[Any, ...]
) -> tuple[Found, Verdict]:
    verdict = _decide(policy, string, also, True)
    if verdict.verdict == "refused":
        raise get_refusal(policy, verdict)
    if policy.allows_any:
        return find_trusted(string), verdict
    exact = policy.exact.get(string.dotted)
    if exact is not None:
        return _find_exact(string, exact), verdict
    problem: CallsheetError = refuse(string, "no entry opens it")
    stems = _list_stems(policy, string)
    if stems:
        try:
            found, stem = find_under(string, stems)
        except (RefusedError, ResolveError) as error:
            problem = error
        else:
            return found, attrs.evolve(verdict, rule=f"entry {stem.entry!r}")
    alias = _find_alias(policy, string, also, True, import_lazy=True)
    if alias is None:
        raise problem
    return alias[0], attrs.evolve(verdict, rule=alias[1])


def _list_stems(policy: ImportPolicy, string: ImportString) -> list[Stem]:
    modules = [split[0] for split in string.splits]
    return [
        stem
        for stem in _get_stems(policy)
        if any(admits(stem, string, module) for module in modules)
    ]


def _get_stems(policy: ImportPolicy) -> tuple[Stem, ...]:
    """
    Return a policy's wildcards, without those over a ``__main__`` that is not
    the program.
    """
    is_main = [stem.name.partition(".")[0] == "__main__" for stem in policy.stems]
    if not any(is_main) or find_launcher() is None:
        return policy.stems
    return tuple(stem for stem, main in zip(policy.stems, is_main, strict=True) if not main)


def _find_exact(string: ImportString, exact: ImportString) -> Found:
    """
    Resolve an exact entry as the program's own; a colon in the document's
    spelling must agree with where the entry's module ends.
    """
    found = find_trusted(exact)
    if string.colon is not None and string.colon != exact.colon:
        other = find_trusted(string)
        if not is_same(found.value, other.value):
            raise refuse(string, f"it is not what the entry {exact.text!r} names")
    return found


def _find_alias(
    policy: ImportPolicy,
    string: ImportString,
    also: tuple[Any, ...],
    import_exact: bool,
    *,
    import_lazy: bool,
) -> tuple[Found, str] | None:
    """
    Return what a string leads to among the loaded modules if that is an
    allowed object under another name, with the entry that allows it.
    """
    entries = _list_exact(policy, import_exact)
    found = find_loaded(string)
    if found is not None:
        for live in (*also, *policy.live):
            if is_same(found.value, live):
                return found, f"object {describe(live)}"
        for text, entry in entries:
            if is_same(found.value, entry.value):
                guards = None
                if found.guards is not None and entry.guards is not None:
                    guards = (*found.guards, *entry.guards)
                return attrs.evolve(found, guards=guards), f"entry {text!r}"
    for stem in _get_stems(policy):
        other = find_alias(string, stem, import_lazy=import_lazy)
        if other is not None:
            return other, f"entry {stem.entry!r}"
    return None


def _list_entries(policy: ImportPolicy) -> list[str]:
    entries = [repr(entry) if isinstance(entry, str) else describe(entry) for entry in policy.allow]
    return entries if len(entries) <= 5 else [*entries[:4], f"{len(entries) - 4} more"]


def _list_exact(policy: ImportPolicy, import_exact: bool) -> list[tuple[str, Found]]:
    entries: list[tuple[str, Found]] = []
    for exact in policy.exact.values():
        found = None
        if import_exact:
            try:
                found = find_trusted(exact)
            except ResolveError:
                continue
        else:
            found = find_loaded(exact)
        if found is not None:
            entries.append((exact.text, found))
    return entries


def _is_anything_unloaded(policy: ImportPolicy) -> bool:
    return any(find_loaded(exact) is None for exact in policy.exact.values()) or any(
        not stem.is_tree and stem.name not in sys.modules for stem in policy.stems
    )
