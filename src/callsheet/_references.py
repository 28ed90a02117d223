"""
Phase one of reading: every reference of a document is judged before anything
is imported or built.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from ._collecting import ARTICLES, KNOWN, Collection, collect
from ._imports import check_import_string, get_refusal
from ._limits import Enough
from ._paths import Path, format_path
from ._texts import Limits
from .exceptions import CallsheetError, DocumentError
from .policies import ImportPolicy, Reference, Verdict


def judge(
    found: Collection, policy: ImportPolicy, *, import_exact: bool = True
) -> Iterator[tuple[Path, Verdict, CallsheetError | None]]:
    """
    Yield the policy's verdict on each reference, in the document's order.

    Args:
        found: What phase one has collected.

        policy: The policy to ask.

        import_exact: Whether modules that exact entries name may be imported
            to find aliases.
    """
    for path, import_string, also in found.names:
        real = tuple([item for item in also if item is not KNOWN])
        try:
            verdict = check_import_string(policy, import_string, real, import_exact=import_exact)
        except CallsheetError as error:
            yield path, Verdict(import_string, "refused", str(error)), error
            continue
        refusal = get_refusal(policy, verdict) if verdict.verdict == "refused" else None
        yield path, verdict, refusal


def check(
    document: Any, kind: str, policy: ImportPolicy, limits: Limits, declared: Any
) -> list[CallsheetError]:
    """
    Judge a document before anything is imported.

    Returns:
        The unknown keys: problems that do not keep phase two from looking for
        more.

    Raises:
        DocumentError: With everything that phase one finds wrong.
    """
    found = collect(document, kind, limits, declared)
    try:
        for path, _, error in judge(found, policy):
            if error is not None:
                found.add_problem(path, error)
    except Enough:
        found.problems.close()
    if found.problems:
        problems = [*found.unknown, *found.problems]
        raise DocumentError(f"Cannot read {ARTICLES.get(kind, 'a value')}", problems)
    return found.unknown


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
        Reference(format_path(path), verdict.import_string, verdict.verdict, verdict.rule)
        for path, verdict, _ in judge(found, policy, import_exact=False)
    ]
