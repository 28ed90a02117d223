"""
Phase one of reading: every reference of a document is judged before anything
is imported or built.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ._collecting import ARTICLES, CANDIDATE, KNOWN, Collection, collect
from ._imports import check_import_string, get_refusal
from ._limits import Enough
from ._paths import Path, format_path
from ._texts import Limits
from .exceptions import CallsheetError, DocumentError
from .policies import ImportPolicy, Reference, Verdict


def judge(
    found: Collection, policy: ImportPolicy, *, import_exact: bool = True
) -> Iterator[tuple[Path, Verdict, CallsheetError | None, bool]]:
    """
    Yield the policy's verdict on each reference, in the document's order, the
    refusal, and whether it is only a candidate.

    Args:
        found: What phase one has collected.

        policy: The policy to ask.

        import_exact: Whether modules that exact entries name may be imported
            to find aliases.
    """
    for path, import_string, also in found.names:
        is_candidate = CANDIDATE in also
        real = tuple([item for item in also if item is not KNOWN and item is not CANDIDATE])
        try:
            verdict = check_import_string(policy, import_string, real, import_exact=import_exact)
        except CallsheetError as error:
            yield path, Verdict(import_string, "refused", str(error)), error, is_candidate
            continue
        refusal = get_refusal(policy, verdict) if verdict.verdict == "refused" else None
        yield path, verdict, refusal, is_candidate


def check(
    document: Any, kind: str, policy: ImportPolicy, limits: Limits, declared: Any
) -> tuple[list[CallsheetError], set[Path]]:
    """
    Judge a document before anything is imported.

    Returns:
        The unknown keys: problems that do not keep phase two from looking for
        more. And the arguments with a refused candidate in them.

    Raises:
        DocumentError: With everything that phase one finds wrong.
    """
    found = collect(document, kind, limits, declared)
    suspects: set[Path] = set()
    try:
        for path, _, error, is_candidate in judge(found, policy):
            if error is None:
                continue
            if is_candidate:
                suspects.add(_get_argument(path))
            else:
                found.add_problem(path, error)
    except Enough:
        found.problems.close()
    if found.problems:
        problems = [*found.unknown, *found.problems]
        raise DocumentError(f"Cannot read {ARTICLES.get(kind, 'a value')}", problems)
    return found.unknown, suspects


def _get_argument(path: Path) -> Path:
    """
    Return the path of the outermost argument that *path* leads into.
    """
    argument = path
    while path:
        if path[0] and path[0][1] == "signature":
            argument = path
        path = path[0]
    return argument


def audit_document(
    document: Any, kind: str, policy: ImportPolicy, limits: Limits, declared: Any = None
) -> list[Reference]:
    """
    Return the references of a document with their verdicts; imports nothing.

    Raises:
        DocumentError: The document is malformed.
    """
    found = collect(document, kind, limits, declared)
    problems = [*found.unknown, *found.problems]
    if problems:
        raise DocumentError(f"Cannot audit {ARTICLES.get(kind, 'a value')}", problems)
    return [
        Reference(
            format_path(path), verdict.import_string, verdict.verdict, verdict.rule, is_candidate
        )
        for path, verdict, _, is_candidate in judge(found, policy, import_exact=False)
    ]
