"""
Signatures, and records of the arguments that are stored for them.

In the order of their imports: `hints`, `plans`, `elsewhere`, `deferral`, `binding`,
`records`, `mappings`, `explaining`.
"""

# pyright: reportUnusedImport=false

from .binding import bind_carefully, missing_error, spread
from .deferral import find_deferred, mark_ready
from .elsewhere import is_default_elsewhere
from .explaining import Argument, Explanation, explain_record
from .hints import resolve_annotations
from .mappings import Assignment, assign, record_of
from .plans import Plan, get_plan, get_unbound_plan
from .records import (
    SignatureModel,
    bind_arguments,
    bind_plainly,
    bind_with_care,
    get_args_key,
    get_kwargs_key,
    get_positional,
    make_record,
    override,
    replace_first,
    select,
    stands_for,
    validate_and_compose_signature,
)
