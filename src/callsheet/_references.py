"""
Phase one of reading: every reference of a document is judged before anything
is imported or built.
"""

from __future__ import annotations

from typing import Any

from ._collecting import ARTICLES, CANDIDATE, KNOWN, Collection, collect
from ._imports import check_import_string, get_refusal
from ._paths import Path, format_path
from ._texts import Limits
from .exceptions import CallsheetError, DocumentError
from .policies import ImportPolicy, Reference, Verdict


def judge(
    found: Collection, policy: ImportPolicy, *, import_exact: bool = True
) -> list[tuple[Path, Verdict, CallsheetError | None, bool]]:
    """
    Return the policy's verdict on each reference, in the document's order, the
    refusal, and whether it is only a candidate.

    Args:
        found: What phase one has collected.

        policy: The policy to ask.

        import_exact: Whether modules that exact entries name may be imported
            to find aliases.
    """
    judged: list[tuple[Path, Verdict, CallsheetError | None, bool]] = []
    for path, import_string, also in found.names:
        is_candidate = CANDIDATE in also
        real = tuple([item for item in also if item is not KNOWN and item is not CANDIDATE])
        try:
            verdict = check_import_string(policy, import_string, real, import_exact=import_exact)
        except CallsheetError as error:
            verdict = Verdict(import_string, "refused", str(error))
            judged.append((path, verdict, error, is_candidate))
            continue
        refusal = get_refusal(policy, verdict) if verdict.verdict == "refused" else None
        judged.append((path, verdict, refusal, is_candidate))
    return judged


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
    for path, _, error, is_candidate in judge(found, policy):
        if error is None:
            continue
        if is_candidate:
            suspects.add(path[: path.index("signature") + 2])
        else:
            found.add_problem(path, error)
    if found.problems:
        problems = [*found.unknown, *found.problems]
        raise DocumentError(f"Cannot read {ARTICLES.get(kind, 'a value')}", problems)
    return found.unknown, suspects


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
    judged = judge(found, policy, import_exact=False)
    return [
        Reference(
            format_path(path), verdict.import_string, verdict.verdict, verdict.rule, is_candidate
        )
        for path, verdict, _, is_candidate in judged
    ]
