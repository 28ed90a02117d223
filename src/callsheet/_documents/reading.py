"""
Documents -> models: phase two, after every reference has been judged.
"""

from __future__ import annotations

import sys
import warnings
from collections.abc import Mapping
from contextvars import ContextVar
from inspect import Parameter
from types import FunctionType
from typing import Any

from .._base import ATOMS, EMPTY, UNSET
from .._executors import (
    DEFAULT_METHODS,
    BaseExecutor,
    Methods,
    check_opened,
    make_executor,
)
from .._formats import Enough, Path, Problems, format_path
from .._imports import find_loaded, find_trusted, is_of_python, resolve_allowed, split_import_string
from .._models import (
    CallableModel,
    ObjLoader,
    as_subclass,
    check_bindable,
    check_call,
    get_built,
    is_narrower,
    make_loader,
    make_model,
    make_plain_model,
    narrow,
    parametrize,
)
from .._signatures import (
    Plan,
    SignatureModel,
    assign,
    bind_plainly,
    get_plan,
    get_unbound_plan,
    record_of,
    replace_first,
)
from .._statics import LRU_WRAPPER, get_type
from .._values import (
    BY_NAME,
    EXECUTOR_KEYS,
    FAILED,
    JSON_TYPES,
    LOADER_KEYS,
    as_data,
    describe_failure,
    is_tagged,
)
from ..exceptions import (
    CallsheetError,
    DocumentError,
    DocumentWarning,
    ModelError,
    SignatureError,
    TextError,
)
from .checking import check
from .context import Context, Reader, is_plain
from .drift import check_missing, describe_drift, fit_to_python

#: Whether a document around this one has settled its refused candidates, this one's among them.
_is_settled: ContextVar[bool] = ContextVar("callsheet_settled", default=False)
_PLAIN_EXECUTOR = EXECUTOR_KEYS - {"direct"}
_PLUMBING = ("callsheet", "cattrs")
_PLAIN_CALL = frozenset({"callable", "signature"})


def get_kind(cls: Any) -> str:
    """Return what documents of a model class describe."""
    if issubclass(cls, CallableModel):
        return "callable"
    return "loader" if issubclass(cls, ObjLoader) else "executor"


def read_model(context: Context, document: Any, cls: Any) -> Any:
    """
    Return the model of class *cls* that *document* describes.

    Raises:
        DocumentError: With every problem, each with its path.
    """
    if cls is CallableModel and type(document) is dict:
        model = _read_plainly(context, document)
        if model is not None:
            return model
    elif type(document) is dict and issubclass(cls, BaseExecutor) and type(cls._parameter) is type:
        model = _read_executor_plainly(context, document, cls)
        if model is not None:
            return model
    return Session(context, cls).read(document)


def read_models(context: Context, documents: Any) -> list[CallableModel[Any]]:
    """
    Return the models that a list of documents describes.

    Raises:
        DocumentError: With the problems of all items, each with its path.
    """
    if not isinstance(documents, (list, tuple)):
        msg = f"a list of documents is expected, not {type(documents).__name__}."
        raise DocumentError("Cannot read a list of CallableModel", [ModelError(msg)])
    models: list[CallableModel[Any]] = []
    problems = Problems()
    for i, document in enumerate(documents):  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
        model = _read_plainly(context, document) if type(document) is dict else None  # pyright: ignore[reportUnknownArgumentType]
        if model is None:
            if isinstance(document, CallableModel):
                model = document  # pyright: ignore[reportUnknownVariableType]
            else:
                try:
                    model = Session(context, CallableModel).read(document)
                except DocumentError as error:
                    try:
                        problems.extend(nest(error, ((), i)))
                    except Enough:
                        problems.close()
                        break
                    continue
        models.append(model)  # pyright: ignore[reportUnknownArgumentType]
    if problems:
        raise DocumentError("Cannot read a list of CallableModel", problems)
    return models


def _read_plainly(context: Context, document: Any) -> CallableModel[Any] | None:
    """
    Return the model of a document of plain values, or None to read it with
    care: the careful way reports what is wrong.
    """
    if len(document) != 2 or context.strict:
        return None
    import_string = document.get("callable")
    signature: dict[str, Any] = document.get("signature")
    if type(import_string) is not str or type(signature) is not dict:
        return None
    has_args = "args" in signature
    if has_args:
        args = signature["args"]
        if type(args) is not list or args:
            return None
        signature = signature.copy()
        del signature["args"]
    # What holds others may hold references, and those are judged before any import.
    for value in signature.values():
        kind = get_type(value)
        if kind not in ATOMS or (kind is str and value == EMPTY):
            return None
    try:
        target: Any = resolve_allowed(context.policy, import_string)
    except CallsheetError:
        return None
    # A function of a class may be a method, whose first argument is no data.
    if type(target) is not FunctionType or "." in target.__qualname__:
        return None
    plan = get_plan(target)
    if has_args and "args" in plan.defaults:
        return None
    if not (plan.plain or is_plain(plan, target)):
        return None
    record = bind_plainly(plan, signature)
    if record is None:
        return None
    return make_plain_model(target, record)


def _read_executor_plainly(context: Context, document: Any, cls: Any) -> Any:
    """
    Return the executor model of a document of plain values about a class that
    Python named, or None to read it with care.
    """
    parameter = cls._parameter
    loader: dict[str, Any] = document.get("loader")
    call: dict[str, Any] | None = loader.get("loader") if type(loader) is dict else None
    if (
        type(call) is not dict
        or context.strict
        or not _PLAIN_EXECUTOR.issuperset(document)
        or not LOADER_KEYS.issuperset(loader)
        or not _PLAIN_CALL.issuperset(call)
        or document.get("executor") is not None
        or loader.get("object") is not None
        or document.get("submit_callable", "submit") != "submit"
        or document.get("map_callable", "map") != "map"
        or document.get("shutdown_callable", "shutdown") != "shutdown"
    ):
        return None
    signature: dict[str, Any] | None = call.get("signature")
    if type(signature) is not dict:
        return None
    if "args" in signature:
        if signature["args"] != []:
            return None
        signature = signature.copy()
        del signature["args"]
        has_args = True
    else:
        has_args = False
    object_type = loader.get("object_type")
    import_string = call.get("callable", object_type)
    # Two names, or what holds others, are judged together before any import.
    if not (
        (object_type is None or object_type == import_string)
        and (import_string is None or type(import_string) is str)
        and ATOMS.issuperset(map(type, signature.values()))
    ):
        return None
    try:
        if (
            import_string is not None
            and resolve_allowed(context.policy, import_string, (parameter,)) is not parameter
        ):
            return None
    except CallsheetError:
        return None
    plan = get_plan(parameter)
    if has_args and "args" in plan.defaults:
        return None
    if not is_plain(plan, parameter):
        return None
    record = bind_plainly(plan, signature)
    if record is None or EMPTY in signature.values():
        return None
    made = make_loader(parametrize(ObjLoader, parameter), make_plain_model(parameter, record))
    return make_executor(cls, made, DEFAULT_METHODS, False, False)


class Untagged:
    """A value that its parameter's annotation is still to read."""

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class Session:
    """
    The reading of one document: it collects every problem on the way.

    Attributes:
        context: What the converter carries.

        cls: The class of the model.

        problems: What is wrong, each with its path.

        suspects: Paths of arguments in which the policy refused a candidate.
    """

    __slots__ = ("cls", "context", "problems", "suspects")

    def __init__(self, context: Context, cls: Any) -> None:
        self.context = context
        self.cls = cls
        self.problems = Problems()
        self.suspects: set[Path] = set()

    def fail(self, path: Path, error: Exception) -> Any:
        """Note what went wrong at *path*; return what stands for it."""
        if isinstance(error, DocumentError):
            self.problems.extend(nest(error, path))
            return FAILED
        problem = error if isinstance(error, CallsheetError) else describe_failure(error)
        if problem.path is None:
            problem.path = format_path(path)
        self.problems.append(problem)
        return FAILED

    def resolve(self, import_string: Any, path: Path, declared: Any = None) -> Any:
        if not isinstance(import_string, str) or callable(import_string):
            return import_string  # a live object, from Python
        also = () if declared is None else (declared,)
        try:
            return resolve_allowed(self.context.policy, import_string, also)
        except CallsheetError as error:
            return self.fail(path, error)

    def decode(self, value: Any, path: Path) -> Any:
        """Return the value that *value* stands for in a document."""
        kind = get_type(value)
        if kind is list:
            if ATOMS.issuperset(map(type, value)):
                return value.copy()
            return [
                self.decode(item, (path, i)) if type(item) in (list, dict) else item
                for i, item in enumerate(value)
            ]
        if kind is not dict:
            return value
        if len(value) == 1:
            (tag,) = value
            if type(tag) is str and tag.startswith("$"):
                path = (path, tag)
                try:
                    return BY_NAME[tag].decode(value[tag], self, path)
                except CallsheetError as error:
                    return self.fail(path, error)
        return {
            key: self.decode(item, (path, key)) if type(item) in (list, dict) else item
            for key, item in value.items()
        }

    def decode_argument(self, value: Any, path: Path, readers: Mapping[str, Reader]) -> Any:
        kind = get_type(value)
        if kind not in (list, dict):
            return Untagged(value) if readers and kind in JSON_TYPES else value
        decoded = self.decode(value, path)
        if readers and not (kind is dict and is_tagged(value)):
            return Untagged(decoded)
        return decoded

    def read_untagged(self, value: Any, reader: Reader | None, path: Path) -> Any:
        if type(value) is not Untagged:
            return value
        if reader is None:
            return value.value
        try:
            return reader(value.value)
        except Exception as error:  # an application's hook may raise anything
            return self.fail(path, error)

    def read(self, document: Any) -> Any:
        cls = self.cls
        kind = get_kind(cls)
        declared = getattr(cls, "_parameter", None)
        document = as_data(document)
        token = None
        try:
            unknown, suspects = check(
                document, kind, self.context.policy, self.context.limits, declared
            )
            self.problems.extend(unknown)
            if suspects and not _is_settled.get():
                self.suspects = suspects
                token = _is_settled.set(True)
            if kind == "callable":
                model = self.read_callable(document, (), None)
                if cls is not CallableModel and model is not FAILED:
                    model = as_subclass(cls, model)
            elif kind == "loader":
                model = self.read_loader(document, (), cls)
            else:
                model = self.read_executor(document, (), cls)
        except RecursionError:
            error = TextError("the document is nested too deeply to be read here. Flatten it.")
            self.fail((), error)
            model = FAILED
        except Enough:
            self.problems.close()
            model = FAILED
        except DocumentError as error:
            error_name = f"Cannot read the document of {cls.__qualname__}"
            raise DocumentError(error_name, error.exceptions) from None
        finally:
            if token is not None:
                _is_settled.reset(token)
        if self.problems:
            raise DocumentError(f"Cannot read the document of {cls.__qualname__}", self.problems)
        return model

    def read_callable(self, document: Mapping[str, Any], path: Path, declared: Any) -> Any:
        named = document.get("callable")
        target = declared if named is None else self.resolve(named, (path, "callable"), declared)
        if target is FAILED:
            return FAILED
        if not callable(target):
            msg = f"{named!r} leads to {target!r}, which is not callable."
            return self.fail((path, "callable"), ModelError(msg))
        if self.suspects:
            self.settle(document, target, (path, "signature"))
        bind: Any = None
        if document.get("bind") is not None:
            bind = self.read_bind(document["bind"], target, (path, "bind"))
            if bind is FAILED:
                return FAILED
        plan = get_plan(target) if bind is None else get_unbound_plan(target)
        signature = document.get("signature", {})
        if isinstance(signature, SignatureModel):
            signature = signature.dict()
        record = self.read_record(signature, target, plan, (path, "signature"))
        if record is FAILED:
            return FAILED
        owner = get_owner(target, document.get("callable"), bind)
        if owner is not None:
            record = self.check_self(record, owner, (path, "signature"))
            if record is FAILED:
                return FAILED
        return make_model(target, record, bind)

    def settle(self, document: Mapping[str, Any], target: Any, path: Path) -> None:
        """
        Read the arguments with refused candidates before anything else is
        imported for the document, and end there if one turns out to be a model.
        """
        signature: Any = document.get("signature")
        if not isinstance(signature, Mapping):
            return
        given: Mapping[str, Any] = signature  # pyright: ignore[reportUnknownVariableType]
        suspects = {key: given[key] for key in given if (path, key) in self.suspects}
        if not suspects:
            return
        n_problems = len(self.problems)
        plan = get_plan(target) if document.get("bind") is None else get_unbound_plan(target)
        # Which names there are says what `args` stands for.
        names = {key: EMPTY for key in given if key in plan.defaults}
        self.read_record({**names, **suspects}, target, plan, path)
        problems = self.problems[n_problems:]
        del self.problems[n_problems:]
        # That the other arguments are not there is no problem.
        if not all(isinstance(problem, SignatureError) for problem in problems):
            raise DocumentError("Cannot read an argument", [*self.problems, *problems])

    def read_bind(self, document: Any, target: Any, path: Path) -> Any:
        try:
            check_bindable(target)
        except ModelError as error:
            return self.fail(path, error)
        return self.read_loader(document, path, ObjLoader)

    def check_self(self, record: SignatureModel, owner: type, path: Path) -> Any:
        """
        Return the record if a stored first argument can stand for ``self``:
        data never stands in for an instance. What a factory returns is only
        known at the call, and is checked there.
        """
        plan = record._plan
        n_named = 1 if plan.n_pos else 0
        values = record._values[:n_named] or record._args
        if not values or values[0] is UNSET or isinstance(values[0], owner):
            return record
        given: Any = get_type(values[0])
        if issubclass(given, ObjLoader):
            built: Any = values[0].object_type
            if isinstance(built, type) and issubclass(built, owner):
                return record
            if not isinstance(built, type):
                checked = make_loader(given, values[0].loader, owner)
                return replace_first(record, checked)
            given = built
        first = plan.names[0] if n_named else "args"
        msg = (
            f"the first argument of {plan.name} must be an instance of {owner.__qualname__}, not "
            f"{given.__name__}. Describe it as a loader, or use bind."
        )
        return self.fail((path, first), SignatureError(msg, plan.name))

    def read_loader(self, document: Any, path: Path, cls: Any) -> Any:
        if isinstance(document, ObjLoader):
            return document  # pyright: ignore[reportUnknownVariableType]
        parameter = getattr(cls, "_parameter", None)
        object_type = document.get("object_type")
        if object_type is not None:
            named = self.resolve(object_type, (path, "object_type"), parameter)
            if named is FAILED:
                return FAILED
            if not isinstance(named, type) and parameter is None:
                msg = f"object_type {object_type!r} leads to {named!r}, which is no class."
                return self.fail((path, "object_type"), ModelError(msg))
            if parameter is not None and named != parameter and not is_narrower(named, parameter):
                msg = f"object_type {object_type!r} is not the declared {parameter!r}."
                return self.fail((path, "object_type"), ModelError(msg))
            parameter = named
        call = self.read_callable(document.get("loader") or {}, (path, "loader"), parameter)
        if call is FAILED:
            return FAILED
        if parameter is None:
            parameter = call.callable if isinstance(call.callable, type) else None
        try:
            check_call("the loader", parameter, call.callable)
        except ModelError as error:
            return self.fail(((path, "loader"), "callable"), error)
        return make_loader(cls if parameter is None else narrow(cls, parameter), call)

    def read_executor(self, document: Any, path: Path, cls: Any) -> Any:
        parameter = getattr(cls, "_parameter", None)
        live = document.get("executor")
        if live is not None:
            named = self.resolve(live, (path, "executor"), parameter)
            if named is FAILED:
                return FAILED
            if not isinstance(named, type) or not is_narrower(named, parameter or named):
                msg = f"executor {live!r} leads to {named!r}, which is not the executor's class."
                return self.fail((path, "executor"), ModelError(msg))
            parameter = named
        loader_class = ObjLoader if parameter is None else parametrize(ObjLoader, parameter)
        loader = self.read_loader(document.get("loader") or {}, (path, "loader"), loader_class)
        if loader is FAILED:
            return FAILED
        given = live is not None and _has_unset(document)
        if live is not None and not given:
            msg = (
                f"{format_path((path, 'executor'))}: the document names the class of a live "
                "executor, but holds its arguments too; a new one will be built."
            )
            warnings.warn(msg, DocumentWarning, stacklevel=_get_stacklevel())
        if loader.object_type is not None:
            cls = narrow(cls, loader.object_type)
        methods = Methods(
            *[document.get(f"{key}_callable", key) for key in ("submit", "map", "shutdown")]
        )
        try:
            model = make_executor(cls, loader, methods, document.get("direct", False), given)
            check_opened(self.context.policy, get_built(loader), methods)
            return model
        except CallsheetError as error:
            return self.fail(path, error)

    def read_record(self, signature: Any, target: Any, plan: Plan, path: Path) -> Any:
        readers = self.context.get_readers(target, plan)
        n_problems = len(self.problems)
        if not plan.defaults.keys() >= signature.keys() - {"args"} and is_of_python(target):
            signature = fit_to_python(plan, signature)
        decoded: dict[Any, Any] = {}
        for key, value in signature.items():
            kind = get_type(value)
            place = (path, key)
            if key in plan.defaults:
                is_unset = value is Parameter.empty or (kind is str and value == EMPTY)
                decoded[key] = UNSET if is_unset else self.decode_argument(value, place, readers)
            elif key in ("args", "*args") and kind is list:
                decoded[key] = [
                    self.decode_argument(item, (place, i), readers) for i, item in enumerate(value)
                ]
            elif key in ("kwargs", "**kwargs") and kind is dict and not is_tagged(value):
                decoded[key] = {
                    name: self.decode_argument(item, (place, name), readers)
                    for name, item in value.items()
                }
            else:
                decoded[key] = self.decode_argument(value, place, readers)
        if len(self.problems) > n_problems:
            return FAILED
        assignment = assign(plan, decoded)
        if readers:
            self.apply(readers, plan, assignment, path)
        if not assignment.problems:
            assignment.problems.extend(check_missing(plan, assignment, signature))
        for key, reason in assignment.problems:
            self.fail((path, key), SignatureError(str(reason), plan.name))
        if assignment.problems:
            report = describe_drift(plan, signature)
            if report is not None:
                self.fail(path, report)
        if len(self.problems) > n_problems:
            return FAILED
        return record_of(target, plan, assignment)

    def apply(self, readers: Mapping[str, Reader], plan: Plan, assignment: Any, path: Path) -> None:
        """Read untagged arguments by the annotations of their parameters."""
        named = assignment.named
        for name, value in named.items():
            named[name] = self.read_untagged(value, readers.get(name), (path, name))
        reader = readers.get(plan.var_positional or "")
        place = (path, "args")
        assignment.args = tuple(
            [self.read_untagged(item, reader, (place, i)) for i, item in enumerate(assignment.args)]
        )
        reader = readers.get(plan.var_keyword or "")
        place = (path, "kwargs")
        for name, value in assignment.extras.items():
            assignment.extras[name] = self.read_untagged(value, reader, (place, name))


def nest(error: DocumentError, path: Path) -> list[Any]:
    """Return the problems of a document that lies inside another one."""
    prefix = format_path(path)
    problems: list[Any] = list(error.exceptions)
    for problem in problems:
        inner = getattr(problem, "path", None) or "$"
        problem.path = prefix + inner[1:]
    return problems


def _get_stacklevel() -> int:
    """
    Return the stack level, seen by our caller, of the code that asked for a
    document to be read.
    """
    level = 1
    frame = sys._getframe(1)
    while frame.f_back is not None and (
        frame.f_globals.get("__name__", "").partition(".")[0] in _PLUMBING
        or frame.f_code.co_filename.startswith("<cattrs")
    ):
        frame = frame.f_back
        level += 1
    return level


def _has_unset(document: Any) -> bool:
    """Return whether the constructor's arguments of an executor are marked as unset."""
    loader: Mapping[str, Any] = document.get("loader") or {}
    call: Mapping[str, Any] = loader.get("loader") or {}
    signature: Mapping[str, Any] = call.get("signature") or {}
    named = [value for key, value in signature.items() if key != "args"]
    return not named or EMPTY in [value for value in named if type(value) is str]


def get_owner(target: Any, import_string: Any, bind: Any) -> type | None:
    """
    Return the class of which *target* is a plain function, cached or not,
    reached by name through the class, or None.
    """
    if bind is not None or not isinstance(import_string, str):
        return None
    if type(target) is not FunctionType and type(target) is not LRU_WRAPPER:
        return None
    string = split_import_string(import_string)
    found = find_loaded(string) or find_trusted(string)
    return found.owner if found.raw is target else None
