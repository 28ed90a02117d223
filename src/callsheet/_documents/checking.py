"""
Phase one of reading: references of a document, judged before anything is
imported or built.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Any, cast

import attrs

from .._base import Model
from .._executors import DEFAULT_METHODS, ContextExecutor, NormalExecutor
from .._formats import Enough, Limits, Path, Problems, format_path
from .._imports import (
    ImportPolicy,
    Reference,
    Verdict,
    check_import_string,
    get_import_string,
    get_refusal,
)
from .._messages import get_close_names, shorten
from .._models import CallableModel, ObjLoader
from .._statics import get_type
from .._values import (
    CALLABLE_KEYS,
    EXECUTOR_KEYS,
    LOADER_KEYS,
    Tag,
    describe,
    find_named,
    get_names,
    is_tagged,
    register,
)
from ..exceptions import (
    CallsheetError,
    DocumentError,
    LimitError,
    ModelError,
    RefusedError,
    UnnameableError,
)

_CONTAINERS = frozenset({list, dict})
_LOADER_OR_EXECUTOR = LOADER_KEYS | EXECUTOR_KEYS
_NAMES = frozenset({"callable", "object_type", "executor"})
_METHODS = ("submit_callable", "map_callable", "shutdown_callable")


#: Stands for a class that the document itself names elsewhere.
KNOWN = object()
#: Marks what names something only if an annotation makes a model of the mapping around it.
CANDIDATE = object()
ARTICLES = {"callable": "a callable", "loader": "a loader", "executor": "an executor"}


@attrs.define
class Scan:
    """
    The walk of phase one: import strings by path, and problems.

    It keeps its own stack, so that no document can exhaust Python's.
    """

    limits: Limits
    names: list[tuple[Path, str, tuple[Any, ...]]] = attrs.field(factory=list[Any])
    problems: Problems = attrs.field(factory=Problems)
    unknown: Problems = attrs.field(factory=Problems)
    nodes: int = 0
    waiting: list[tuple[Any, str, Path, int, Any]] = attrs.field(factory=list[Any])

    def push(self, value: Any, kind: str, path: Path, depth: int, declared: Any = None) -> None:
        """Visit *value* later, as what *kind* says; what holds nothing is not visited."""
        if get_type(value) in _CONTAINERS or kind in ARTICLES:
            self.waiting.append((value, kind, path, depth, declared))

    def add_problem(self, path: Path, error: CallsheetError) -> None:
        """Add *error*, unless it says itself where it lies."""
        if error.path is None:
            error.path = format_path(path)
        self.problems.append(error)

    def add_name(self, path: Path, value: Any, declared: Any, what: str) -> None:
        """Add the import string that stands at *path*."""
        if isinstance(value, str):
            self.names.append((path, value, () if declared is None else (declared,)))
        else:
            msg = f"{what} must be an import string, not {_describe(value)}."
            self.add_problem(path, ModelError(msg))

    def run(self, document: Any, kind: str, declared: Any) -> None:
        limits, stack = self.limits, self.waiting
        stack.append((document, kind, (), 1, declared))
        while stack:
            value, kind, path, depth, declared = stack.pop()
            n_waiting = len(stack)
            if depth > limits.max_depth:
                msg = f"the document is nested deeper than {limits.max_depth} levels. Flatten it."
                error = LimitError(msg)
                error.path = format_path(path, 8)
                self.add_problem(path, error)
                break
            self.nodes += len(value) if get_type(value) in _CONTAINERS else 1
            if self.nodes > limits.max_nodes:
                msg = f"the document has more than {limits.max_nodes} values. Split it."
                self.add_problem((), LimitError(msg))
                break
            if kind == "value":
                self.visit_value(value, path, depth)
            elif kind == "verbatim":
                self.visit_verbatim(value, path, depth)
            elif not isinstance(value, Mapping):
                msg = f"{ARTICLES[kind]} must be described by a mapping, not {_describe(value)}."
                self.add_problem(path, ModelError(msg))
            else:
                getattr(self, f"visit_{kind}")(value, path, depth, declared)
            if len(stack) > n_waiting + 1:  # the document's order
                stack[n_waiting:] = stack[n_waiting:][::-1]

    def visit_verbatim(self, value: Any, path: Path, depth: int) -> None:
        for item in value.values() if get_type(value) is dict else value:
            if get_type(item) in _CONTAINERS:
                self.push(item, "verbatim", path, depth + 1)

    def visit_value(self, value: Any, path: Path, depth: int) -> None:
        if get_type(value) is dict:
            if len(value) == 1 and is_tagged(value):
                ((name, payload),) = value.items()
                self.visit_tag(name, payload, path, depth)
                return
            if "loader" in value or not _NAMES.isdisjoint(value):
                self.visit_candidate(value, path)
            for key, item in value.items():
                if get_type(item) in _CONTAINERS:
                    self.push(item, "value", (path, key), depth + 1)
        elif get_type(value) is list:
            for i, item in enumerate(value):
                if get_type(item) in _CONTAINERS:
                    self.push(item, "value", (path, i), depth + 1)

    def visit_tag(self, name: str, payload: Any, path: Path, depth: int) -> None:
        tag = find_named(name)
        if tag is not None:
            tag.visit(payload, self, (path, name), depth)
            return
        written = shorten(name)
        near = get_close_names(name, get_names(), 1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        msg = (
            f"{written} is no tag of a document.{hint} A mapping that has this one key of its own "
            f'is written {{"$raw": {{"{written[1:-1]}": ...}}}}.'
        )
        self.add_problem(path, ModelError(msg))

    def visit_candidate(self, value: dict[str, Any], path: Path) -> None:
        """Add the import strings of a mapping that an annotation may make a model."""
        if "callable" in value or "loader" in value or _LOADER_OR_EXECUTOR.issuperset(value):
            names: dict[str, Any] = {key: value.get(key) for key in _NAMES}
            owner = _find_owner(value, None)
            for key in _METHODS:
                name = value.get(key)
                if owner is not None and isinstance(name, str) and name not in DEFAULT_METHODS:
                    names[key] = f"{owner}.{name}"
            for key in value:
                if isinstance(names.get(key), str):
                    self.names.append(((path, key), names[key], (CANDIDATE,)))

    def check_keys(self, value: Any, valid: frozenset[str], path: Path) -> None:
        for key in value:
            if key not in valid:
                near = get_close_names(key, sorted(valid), 1) if isinstance(key, str) else []
                hint = f"Did you mean {near[0]!r}? " if near else ""
                msg = f"unknown key {shorten(key)}. {hint}The keys are {', '.join(sorted(valid))}."
                error = ModelError(msg, key if isinstance(key, str) else shorten(key))
                error.path = format_path((path, key))
                self.unknown.append(error)

    def push_part(self, value: Any, key: str, kind: str, path: Path, depth: int, decl: Any) -> None:
        """Visit what a model is made by, unless Python has named its class."""
        part = value.get(key)
        if part is not None or decl is None:
            self.push({} if part is None else part, kind, (path, key), depth + 1, decl)

    def visit_callable(self, value: Any, path: Path, depth: int, declared: Any) -> None:
        self.check_keys(value, CALLABLE_KEYS, path)
        target = value.get("callable")
        if target is None:
            if declared is None:
                msg = 'no callable is named. Add "callable": "pkg.mod.fn".'
                self.add_problem(path, ModelError(msg))
        elif not callable(target):
            known = None if declared is KNOWN else declared
            self.add_name((path, "callable"), target, known, "callable")
        signature: Any = value.get("signature", {})
        place = (path, "signature")
        if isinstance(signature, Mapping):
            given: Mapping[Any, Any] = signature  # pyright: ignore[reportUnknownVariableType]
            for key, item in given.items():
                if get_type(item) in _CONTAINERS:
                    self.push(item, "value", (place, key), depth + 2)
        elif not isinstance(signature, Model):
            msg = f"signature must be a mapping, not {_describe(signature)}."
            self.add_problem(place, ModelError(msg))
        if value.get("bind") is not None:
            self.push(value["bind"], "loader", (path, "bind"), depth + 1)

    def visit_loader(self, value: Any, path: Path, depth: int, declared: Any) -> None:
        self.check_keys(value, LOADER_KEYS, path)
        if value.get("object") is not None:
            msg = "an object cannot come from a document. Describe how to build it under loader."
            self.add_problem((path, "object"), ModelError(msg))
        object_type = value.get("object_type")
        if object_type is not None and not isinstance(object_type, type):
            self.add_name((path, "object_type"), object_type, declared, "object_type")
        if declared is None and object_type is not None:
            declared = KNOWN
        self.push_part(value, "loader", "callable", path, depth, declared)

    def visit_executor(self, value: Any, path: Path, depth: int, declared: Any) -> None:
        self.check_keys(value, EXECUTOR_KEYS, path)
        for key in _METHODS:
            if key in value:
                self.visit_method((path, key), value[key], value, declared)
        if not isinstance(value.get("direct", False), bool):
            self.add_problem((path, "direct"), ModelError("direct must be true or false."))
        live = value.get("executor")
        if isinstance(live, str):
            self.add_name((path, "executor"), live, declared, "executor")
        elif live is not None:
            msg = "an executor cannot come from a document; it names the class at most, or null."
            self.add_problem((path, "executor"), ModelError(msg))
        if declared is None and live is not None:
            declared = KNOWN
        self.push_part(value, "loader", "loader", path, depth, declared)

    def visit_method(self, path: Path, name: Any, document: Any, declared: Any) -> None:
        key = path[1]
        if not isinstance(name, str) or not name.isidentifier():
            msg = f"{key} must be the name of a method, not {_describe(name)}."
            self.add_problem(path, ModelError(msg))
        elif name.startswith("_"):
            msg = (
                f"{key} {shorten(name)} is refused: a document may choose among public methods "
                "only, not names that start with an underscore."
            )
            self.add_problem(path, RefusedError(msg, name))
        elif name not in DEFAULT_METHODS:
            owner = _find_owner(document, declared)
            if owner is not None:
                self.add_name(path, f"{owner}.{name}", None, key)


def _describe(value: Any) -> str:
    if isinstance(value, (list, dict)):
        return describe(value)  # pyright: ignore[reportUnknownArgumentType]
    text = shorten(value)
    return f"{text if len(text) <= 40 else text[:37] + '...'} ({type(value).__name__})"


def _get(value: Any, key: str) -> Any:
    return value.get(key) if isinstance(value, Mapping) else None  # pyright: ignore[reportUnknownMemberType, reportUnknownVariableType]


def _find_owner(document: Any, declared: Any) -> str | None:
    """Return the import string of an executor's class, as far as a document says."""
    loader = _get(document, "loader")
    names = [document.get("executor"), _get(loader, "object_type")]
    for name in [*names, _get(_get(loader, "loader"), "callable")]:
        if isinstance(name, str):
            return name
    try:
        return None if declared is None else get_import_string(declared)
    except UnnameableError:
        return None


def collect(document: Any, kind: str, limits: Limits, declared: Any = None) -> Scan:
    """
    Return the references of a document, without importing anything.

    Args:
        document: The data.

        kind: What it describes: ``"callable"``, ``"loader"``, ``"executor"``
            or ``"value"``.

        limits: How deep and how large it may be.

        declared: The class ``T`` that Python itself named.
    """
    found = Scan(limits)
    try:
        found.run(document, kind, declared)
    except Enough:
        found.problems.close()
    return found


def judge(
    found: Scan, policy: ImportPolicy, *, import_exact: bool = True
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
    """Return the path of the outermost argument that *path* leads into."""
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


def _make_tag(name: str, kind: str, cls: Any, example: str) -> Tag:
    """Return the tag of models; what writes and reads documents does the work."""
    read = f"read_{kind}"
    return Tag(
        name,
        lambda model, writer, depth: cast("Any", writer).write_model(model, depth),
        lambda payload, reader, path: getattr(reader, read)(payload, path, cls),
        example,
        lambda payload, scan, path, depth: scan.push(payload, kind, path, depth + 1),
    )


def _is_of(cls: type, value: Any) -> bool:
    return isinstance(value, cls)


_CALL = '{"callable": "math.sqrt", "signature": {"args": [2]}}'
_LOADER = (
    '{"object": null, "loader": {"callable": "callsheet.adapters.SerialExecutor", "signature": '
    '{"args": []}}, "object_type": "callsheet.adapters.SerialExecutor"}'
)
_EXECUTOR = (
    f'{{"loader": {_LOADER}, "submit_callable": "submit", "map_callable": "map", '
    '"shutdown_callable": "shutdown", "executor": null}'
)
# The last is asked for all other models, which it refuses.
_FAMILIES: list[tuple[Any, Tag]] = [
    (CallableModel, _make_tag("$call", "callable", None, _CALL)),
    (ObjLoader, _make_tag("$load", "loader", ObjLoader, _LOADER)),
    (NormalExecutor, _make_tag("$normal", "executor", NormalExecutor, _EXECUTOR)),
    (Model, _make_tag("$context", "executor", ContextExecutor, _EXECUTOR)),
]
register({}, first=[(partial(_is_of, cls), tag) for cls, tag in _FAMILIES])
