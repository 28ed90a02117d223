"""
A document whose callable has changed since: what still fits, and the edit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from ._deferral import ATOMS
from ._grammar import shorten
from ._mappings import Assignment
from ._models import EMPTY, UNSET
from ._plans import Plan
from ._suggestions import get_close_names
from .exceptions import DriftError

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
_type: Callable[[object], Any] = type
_STARS = frozenset({"args", "*args", "kwargs", "**kwargs", "kwarg_order"})


def check_missing(
    plan: Plan, assignment: Assignment, signature: Mapping[Any, Any]
) -> Iterator[tuple[str, str]]:
    """
    Yield the required parameters that a written record does not know.

    A written record names every parameter, the unset ones too. Names that the
    reference did not write (positional-only ones and those that begin with an
    underscore) may be absent, and a record that names no parameter at all is
    taken for one written by hand.
    """
    if not _is_written(signature):
        return
    for i, name in enumerate(plan.names):
        if (
            plan.defaults[name] is UNSET
            and name not in assignment.named
            and i >= plan.n_posonly
            and not name.startswith("_")
        ):
            reason = (
                f"{plan.name} requires {name!r}, which the document does not know. Store it, or "
                f'write "{name}": "inspect._empty" to give it at the call.'
            )
            yield name, reason


def fit_to_python(plan: Plan, signature: Mapping[Any, Any]) -> Mapping[Any, Any]:
    """
    Return the record of a callable of the standard library, as another Python
    may have written it, without what this one lacks.

    Dropped are parameters that it does not have, if they are unset or at their
    default. Where the other did not show the signature, it wrote keywords.
    """
    if _is_written(signature):
        return {
            key: value
            for key, value in signature.items()
            if key in plan.defaults or key in _STARS or not is_default_elsewhere(plan, key, value)
        }
    extras: Any = signature.get("kwargs")
    if "args" not in signature or _type(extras) is not dict or "kwargs" in plan.defaults:
        return signature
    keywords = plan.names[plan.n_posonly :]
    named = {name: extras[name] for name in keywords if name in extras}
    rest = {name: value for name, value in extras.items() if name not in named}
    return {**signature, "kwargs": rest, **named}


def is_default_elsewhere(plan: Plan, name: str, value: Any) -> bool:
    """
    Whether a parameter *name* that *plan*, of a callable of the standard
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


def _is_written(signature: Mapping[Any, Any]) -> bool:
    return ("args" in signature or "*args" in signature) and not _STARS.issuperset(signature)


def describe_drift(plan: Plan, signature: Mapping[Any, Any]) -> DriftError | None:
    """
    Return a report of each stored argument against the signature of today, or
    None for a record that was written by hand.
    """
    if not _is_written(signature):
        return None
    stored = [str(key) for key in signature if key not in _STARS or key in plan.defaults]
    new = [n for n in plan.names if n not in signature]
    rows: list[tuple[str, str]] = []
    edits: list[str] = []
    filled = _get_filled(plan, signature)
    args = _get_args(plan, signature)
    if any(name in signature for name in filled):
        # They were var-positional, and stand where a parameter is new.
        rows.append(("args", f"{new[0]!r} is new, and would take the first of them"))
        edits.append("write 'args' as '*args'" if plan.var_positional else "remove 'args'")
        filled, args = (), []
    rows.extend((name, "fits, by position") for name in filled)
    new = [n for n in new if n not in filled]
    for name in stored:
        if name in plan.defaults:
            rows.append((name, "fits"))
        elif plan.var_keyword is not None and name.isidentifier():
            rows.append((name, f"goes into **{plan.var_keyword}"))
        else:
            near = get_close_names(name, new, 1, cutoff=0.4) or (new if len(new) == 1 else [])
            if near:
                rows.append((name, f"is gone; {near[0]!r} is new"))
                edits.append(f"rename {shorten(name)} to {near[0]!r}")
                new = [n for n in new if n != near[0]]
            else:
                rows.append((name, "is gone"))
                edits.append(f"remove {shorten(name)}")
    for name in _get_extras(plan, signature):
        row = f"kwargs[{shorten(name)}]"
        if name in plan.index and plan.index[name] >= plan.n_posonly:
            rows.append((row, "is a parameter of its own"))
            edits.append(f"move {shorten(name)} out of 'kwargs'")
            new = [n for n in new if n != name]
        elif plan.var_keyword is None:
            rows.append((row, "is gone"))
            edits.append(f"remove {shorten(name)} from 'kwargs'")
        else:
            rows.append((row, "fits"))
    for name in new:
        if plan.defaults[name] is UNSET:
            rows.append((name, "is new and required"))
            edits.append(f"add {name!r}")
    if len(args) > len(filled) and plan.var_positional is None:
        rows.append(("args", f"{len(args)} given by position, {plan.n_pos} at most"))
        by_keyword = [n for n in plan.names[plan.n_pos :] if n not in signature]
        edits.append(f"give {', '.join(map(repr, by_keyword)) or 'them'} by name, not in 'args'")
    rows = [(_cut(name), text) for name, text in rows]
    width = max([len(name) for name, _ in rows], default=0)
    table = "\n".join(f"  {name:<{width}}  {text}" for name, text in rows)
    advice = f"\nEdit the document: {'; '.join(edits)}." if edits else ""
    message = (
        f"the stored arguments do not fit the signature of {plan.name} today, "
        f"({describe_signature(plan)}):\n{table}{advice}"
    )
    return DriftError(message, plan.name)


def _cut(name: str) -> str:
    # Every row is as wide as the longest name.
    return name if len(name) <= 60 else f"{name[:57]}..."


def _get_args(plan: Plan, signature: Mapping[Any, Any]) -> list[Any]:
    args = signature.get("*args") or (
        signature.get("args") if "args" not in plan.defaults else None
    )
    return args if isinstance(args, list) else []  # pyright: ignore[reportUnknownVariableType]


def _get_extras(plan: Plan, signature: Mapping[Any, Any]) -> list[str]:
    extras = signature.get("**kwargs")
    if extras is None and "kwargs" not in plan.index:
        extras = signature.get("kwargs")
    return [str(name) for name in extras] if isinstance(extras, Mapping) else []  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]


def _get_filled(plan: Plan, signature: Mapping[Any, Any]) -> tuple[str, ...]:
    """
    Return the parameters that the positional arguments of a record fill.
    """
    names = plan.names[: plan.n_pos]
    if "*args" in signature or all(name in signature for name in names):
        return ()
    return names[: len(_get_args(plan, signature))]


def describe_signature(plan: Plan) -> str:
    """
    Return the parameters of a plan as a signature shows them.
    """
    parts: list[str] = []
    for i, name in enumerate(plan.names):
        if i == plan.n_pos:
            parts.append(f"*{plan.var_positional}" if plan.var_positional else "*")
        default = plan.defaults[name]
        parts.append(name if default is UNSET else f"{name}=...")
        if i + 1 == plan.n_posonly:
            parts.append("/")
    if plan.var_positional and plan.n_pos == len(plan.names):
        parts.append(f"*{plan.var_positional}")
    if plan.var_keyword:
        parts.append(f"**{plan.var_keyword}")
    return ", ".join(parts)
