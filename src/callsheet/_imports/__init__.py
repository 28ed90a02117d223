"""
Import strings and objects: names, and the policy that says which of them a document may use.

In the order of their imports: `grammar`, `guards`, `homes`, `naming`, `policy`,
`resolving`, `guarding`.
"""

# pyright: reportUnusedImport=false

from .grammar import split_import_string
from .guarding import check_import_string, check_object, get_refusal, resolve_allowed
from .guards import find_loaded
from .homes import get_home, is_of_python
from .naming import get_import_string, is_private
from .policy import (
    DEFAULT_POLICY,
    UNSAFE_ALLOW_ANY,
    Allow,
    Entry,
    ImportPolicy,
    Reference,
    Verdict,
    make_policy,
)
from .resolving import (
    find_trusted,
    get_callable_from_string,
    resolve_import_string,
    resolved_entries,
)
