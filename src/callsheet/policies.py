"""
The public door of import policies.
"""

from ._imports import (
    DEFAULT_POLICY,
    UNSAFE_ALLOW_ANY,
    Allow,
    Entry,
    ImportPolicy,
    Reference,
    Verdict,
    make_policy,
)

__all__ = [
    "DEFAULT_POLICY",
    "UNSAFE_ALLOW_ANY",
    "Allow",
    "Entry",
    "ImportPolicy",
    "Reference",
    "Verdict",
    "make_policy",
]
