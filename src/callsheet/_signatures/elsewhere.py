"""
Parameters of the standard library that other Pythons have.
"""

from __future__ import annotations

from typing import Any

from .._base import ATOMS, EMPTY, UNSET
from .._messages import shorten
from .plans import Plan

# Parameters that the standard library has on some of Python 3.10 to 3.13 and not on others, with
# their defaults; benchmarks/matrix.py --defaults lists them. Where one name has two, its callable
# stands before it.
_ELSEWHERE = frozenset(
    r"""
    _ctx=None _depth=0 _eat_self=None _new_name='' _new_parent=None _normalize=True
    _only_immortal=False _simple=False _spec_as_instance=False _spec_state=None _symbol='single'
    action=None adaptive=False all_errors=False allow_code=True allow_unnamed_section=False
    anchor=None append=False aware_datetime=False background=None boundary=None cache_info=None
    cadefault=False cafile=None capath=None case_sensitive=None cert_file=None certfile=None
    check_hostname=None cleanup_socket=True closure=None colno=None
    context=None data=None delete=True delete_on_close=True deprecated=False dir_fd=None
    directory=None durations=None eager_start=False encoding=None end='\n' end_colno=None
    end_lineno=None errors=None filename=None fillvalue='...' filter=None follow_symlinks=True
    from_coords=None frozen_default=False get_instructions.show_caches=None
    getaddresses.strict=True grayscale=False ignore_missing_files=False include_hidden=False
    indent=None keep_alive=None key_file=None keyfile=None kwdefaults=None label=None lineno=0
    local_exit=False loop_factory=None max_group_depth=10 max_group_width=15
    max_tasks_per_child=None maxarray=5 maxdeque=6 maxdict=4 maxfrozenset=6 maxlevel=6 maxlist=6
    maxlong=40 maxother=30 maxset=6 maxstring=30 maxtuple=6 merge_extra=False
    metadata_encoding=None method='linear' module=None name=None names=None newline=None
    onexc=None optimize=-1 parent=None parseaddr.strict=True positions=None process_group=None
    proportional=False qualname=None random=None recurse_symlinks=False return_ints=False
    return_python_dict=False save_exc_type=True shallow=True show_caches=False show_empty=False
    show_group=False show_offsets=False shutdown_timeout=1.0 side_effect=None spec=None
    spec_set=None ssl_shutdown_timeout=None start=1 steps=None stream=False strict_mode=False
    subsample=None timeout=None track=True type=None unsafe=False value=None walk_up=False
    wbits=15 weakref_slot=False weights=None wraps=None zoom=None
    """.split()  # noqa: SIM905  # shorter than a list
)


def is_default_elsewhere(plan: Plan, name: str, value: Any) -> bool:
    """
    Return whether a parameter *name* that *plan*, of a callable of the standard
    library, does not have is unset, or at its default on another Python.
    """
    if value is UNSET or (type(value) is str and value == EMPTY):
        return True
    text = f"{name}={shorten(value)}"
    return (
        plan.known
        and type(value) in ATOMS
        and not _ELSEWHERE.isdisjoint((text, f"{plan.name}.{text}"))
    )
