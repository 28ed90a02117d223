"""
Models to documents.
"""

from __future__ import annotations

from collections.abc import Mapping
from sys import modules
from types import FunctionType
from typing import Any, Final

from .._base import EMPTY, UNSET, Deferred, Model
from .._equality import same
from .._executors import BaseExecutor, ContextExecutor, NormalExecutor, check_opened
from .._imports import check_object, get_import_string
from .._messages import get_name, shorten
from .._models import CallableModel, ObjLoader, get_built
from .._signatures import (
    Plan,
    SignatureModel,
    get_args_key,
    get_kwargs_key,
    get_positional,
    select,
    stands_for,
)
from .._statics import get_type
from .._values import (
    DICT,
    FAMILIES,
    LIST,
    MAX_INT,
    NATIVE,
    are_plain,
    encode_leaf,
    find_tag,
    is_json_native,
    is_look_alike,
    is_tagged,
    is_writable_key,
)
from ..exceptions import CallsheetError, UnnameableError, UnwritableError
from .context import Context, is_plain

_MAX_NAMES: Final = 1024
_MAX_NAMES_SHOWN: Final = 8
_SKIP: Final = object()
#: What readers of annotations look at.
_READ: Final = frozenset({str, int, bool, float, list, dict})
#: The models that have a tag.
_FAMILIES: Final = (CallableModel, ObjLoader, NormalExecutor, ContextExecutor)
#: A callable; where its name stands, and in which module; the import string.
Name = tuple[Any, dict[str, Any], str, str, Any, str]


class Writer:
    """
    Writes documents for one converter, with one choice of what to leave out.

    Attributes:
        context: What the converter carries.

        excludes: What to leave out.

        nulls: Whether the format has a null.

        names: Names at the top of modules, by the identity of the callable.

        plain: Whether documents of plain values are nothing but these.
    """

    __slots__ = ("context", "excludes", "names", "nulls", "plain")

    def __init__(self, context: Context, *, nulls: bool | None = None, **excludes: bool) -> None:
        self.context = context
        self.excludes = excludes
        self.nulls = context.nulls if nulls is None else nulls
        self.names: dict[int, Name] = {}
        self.plain = self.nulls and not any(excludes.values())

    def write(self, model: Model) -> dict[str, Any]:
        """
        Return the document of *model*.

        Raises:
            UnwritableError: A value has no form that loads back equal.

            UnnameableError: No import string leads to a callable.

            RefusedError: The policy that was given could not read it back.
        """
        kind = get_type(model)
        try:
            document = self.write_plainly(model) if isinstance(model, CallableModel) else None  # pyright: ignore[reportUnknownArgumentType]
            document = document or self._write_any(model, 0, top=True)
        except RecursionError:
            msg = (
                f"Cannot write {kind.__qualname__}: it is nested too deeply. Documents hold "
                f"{self.context.limits.max_depth} levels."
            )
            raise UnwritableError(msg) from None
        if document is not None:
            return document
        if isinstance(model, SignatureModel):
            return self._write_record(model, None, 0)
        msg = (
            f"Cannot write {model!r}: it is no model. Give a CallableModel, a loader or an "
            "executor."
        )
        raise UnwritableError(msg)

    def _write_any(self, model: Any, depth: int, *, top: bool = False) -> dict[str, Any] | None:
        if isinstance(model, CallableModel):
            return self._write_callable(model, depth)  # pyright: ignore[reportUnknownArgumentType]
        if isinstance(model, ObjLoader):
            return self._write_loader(model, depth, top=top)  # pyright: ignore[reportUnknownArgumentType]
        if isinstance(model, BaseExecutor):
            return self._write_executor(model, depth, top=top)  # pyright: ignore[reportUnknownArgumentType]
        return None

    def name(self, target: Any, *, exempt: bool = False) -> str:
        """Return the import string of *target*, which the policy can read back."""
        import_string = get_import_string(target)
        if self.context.governed and not exempt:
            check_object(self.context.policy, target, import_string)
        return import_string

    def name_value(self, value: Any) -> str:
        """Return the import string of a value that is written as one."""
        try:
            return self.name(value)
        except UnnameableError as error:
            raise UnwritableError(error.message) from error

    def encode(self, value: Any, depth: int = 0) -> Any:
        """
        Return *value* in the JSON data model, tagged where JSON cannot hold it.

        Raises:
            UnwritableError: It has no form that loads back equal.
        """
        if depth > self.context.limits.max_depth:
            levels = self.context.limits.max_depth
            msg = f"it is nested deeper than the {levels} levels of a document."
            raise UnwritableError(msg)
        kind = get_type(value)
        if kind in NATIVE:
            if kind is str:
                return value if value.isascii() else encode_leaf(value) or value
            if kind is int:
                return value if -MAX_INT <= value < MAX_INT else encode_leaf(value)
            if kind is float:
                return encode_leaf(value) or value
            if value is None and not self.nulls:
                return {"$none": True}
            return value
        if kind is list:
            return [self.encode(item, depth + 1) for item in value]
        if kind is dict:
            if not all(type(key) is str and is_writable_key(key) for key in value):
                return {"$dict": DICT.encode(value, self, depth)}
            if is_tagged(value) or is_look_alike(value):
                return self.write_verbatim(value, depth)
            return {key: self.encode(item, depth + 1) for key, item in value.items()}
        tag = find_tag(kind)
        payload = None if tag is None else tag.encode(value, self, depth)
        if tag is not None and payload is not None:
            return {tag.name: payload}
        for belongs, family in FAMILIES:
            if belongs(value):
                payload = family.encode(value, self, depth)
                if payload is not None:
                    return {family.name: payload}
        if tag is not None:
            msg = (
                f"{shorten(value)} could not be read back: a part of it, such as its time zone, is "
                "of a class that documents do not know. Give it one that they do, or an ObjLoader "
                "that builds it."
            )
            raise UnwritableError(msg)
        msg = (
            f"{shorten(value)} is a {kind.__module__}.{kind.__qualname__}, which documents cannot "
            "hold. Give plain data, an ObjLoader that builds it, or teach the converter the class "
            "with hooks."
        )
        raise UnwritableError(msg)

    def write_verbatim(self, value: Any, depth: int) -> Any:
        """Return *value* under a tag that switches its annotation off."""
        if is_json_native(value, nulls=self.nulls):
            return {"$raw": value}
        kind = get_type(value)
        if kind is dict or kind is list:
            tag = DICT if kind is dict else LIST
            return {tag.name: tag.encode(value, self, depth)}
        return self.encode(value, depth)  # a leaf that has a tag of its own

    def write_plainly(self, model: CallableModel[Any]) -> dict[str, Any] | None:
        """
        Return the document of a model of plain values whose name is known
        already, or None to write it with care.
        """
        values = model._ready
        if values is None or not self.plain:
            return None
        target: Any = model.callable
        record = model.signature
        plan = record._plan
        known = self.get_plain_name(target)
        if known is None:
            return None
        if not (plan.plain or is_plain(plan, target)) or not are_plain(values):
            return None
        named = record._named
        if named is None:
            named = dict(zip(plan.names, values))  # noqa: B905  # as long
        if "args" in named:
            return None
        return {"callable": known[5], "signature": {"args": [], **named}}

    def get_plain_name(self, target: Any) -> Name | None:
        """
        Return what is known of the name of *target*, or None unless it stands
        at the top of a module.
        """
        known = self.names.get(id(target))
        if (
            known is None
            or known[1].get(known[2]) is not target
            or modules.get(known[3]) is not known[4]
        ):
            return self._learn_name(target)
        return known

    def _learn_name(self, target: Any) -> Name | None:
        """
        Remember the import string of a name at the top of a module, with what
        must still hold when it is used again.
        """
        if type(target) is not FunctionType and not isinstance(target, type):
            return None
        try:
            import_string = self.name(target)
        except CallsheetError:
            return None
        module_name, _, attribute = import_string.rpartition(".")
        module = modules.get(module_name)
        if module is None or vars(module).get(attribute) is not target:
            return None
        if len(self.names) >= _MAX_NAMES:
            self.names.clear()
        known = (target, vars(module), attribute, module_name, module, import_string)
        self.names[id(target)] = known
        return known

    def write_model(self, model: Model, depth: int) -> Any:
        """Return what stands under the tag of a model among values."""
        kind: Any = type(model)
        family: Any = kind.__dict__.get("_origin") or kind
        for base in (CallableModel, ObjLoader, BaseExecutor):
            if isinstance(model, base) and family not in _FAMILIES:
                msg = (
                    f"{kind.__qualname__} is a subclass of {base.__qualname__}, which no tag "
                    "stands for. Give a model of callsheet's own class."
                )
                raise UnwritableError(msg)
        document = self._write_any(model, depth + 1)
        if document is not None:
            return document
        msg = (
            f"{model!r} is a {kind.__qualname__}, which stands for nothing on its own. Give the "
            "CallableModel that it belongs to."
        )
        raise UnwritableError(msg)

    def _write_callable(
        self, model: CallableModel[Any], depth: int, *, exempt: Any = UNSET, unset: bool = False
    ) -> dict[str, Any]:
        target: Any = model.callable
        try:
            import_string = self.name(target, exempt=target is exempt)
        except UnnameableError as error:
            instance = model.bind
            if instance is None or isinstance(instance, Deferred):
                raise
            msg = (
                f"Cannot write {get_name(target)}: it is bound to a live "
                f"{type(instance).__qualname__}, which no import string leads to. Give the "
                "function itself and bind=ObjLoader[...](...), which builds the instance."
            )
            raise UnnameableError(msg, get_name(target)) from error
        document: dict[str, Any] = {"callable": import_string}
        if unset:
            names = model.signature.kwarg_order
            document["signature"] = {"args": [], **dict.fromkeys(names, EMPTY)}
            return document
        document["signature"] = self._write_record(model.signature, target, depth + 1)
        if isinstance(model.bind, ObjLoader):
            document["bind"] = self._write_loader(model.bind, depth + 1)  # pyright: ignore[reportUnknownArgumentType, reportUnknownMemberType]
        return document

    def _write_loader(
        self, loader: ObjLoader[Any], depth: int, *, top: bool = False, unset: bool = False
    ) -> dict[str, Any]:
        exempt = loader.object_type if top else UNSET
        document: dict[str, Any] = {} if not self.nulls else {"object": None}
        document["loader"] = self._write_callable(
            loader.loader, depth + 1, exempt=exempt, unset=unset
        )
        if loader.object_type is not None:
            document["object_type"] = self.name(loader.object_type, exempt=top)
        elif self.nulls:
            document["object_type"] = None
        return document

    def _write_executor(
        self, executor: BaseExecutor[Any], depth: int, *, top: bool = False
    ) -> dict[str, Any]:
        if self.context.governed:
            check_opened(self.context.policy, get_built(executor.loader), executor._methods)
        document: dict[str, Any] = {
            "loader": self._write_loader(executor.loader, depth + 1, top=top, unset=executor.given),
            "submit_callable": executor.submit_callable,
            "map_callable": executor.map_callable,
            "shutdown_callable": executor.shutdown_callable,
        }
        if executor.given:
            document["executor"] = self.name(executor.loader.object_type, exempt=top)
        elif self.nulls:
            document["executor"] = None
        if executor.direct:
            document["direct"] = True
        return document

    def _write_record(self, record: SignatureModel, target: Any, depth: int) -> dict[str, Any]:
        plan = record._plan
        values = record._values
        args = record._args
        document: dict[str, Any] = {}
        extras = record._kwargs
        if (
            self.plain
            and not args
            and plan.own
            and "args" not in plan.defaults
            and is_plain(plan, target)
            and are_plain(values)
        ):
            document = {"args": [], **dict(zip(plan.names, values))}  # noqa: B905  # as long
            if extras:
                self._write_extras(plan, document, extras, depth)
            return document
        left_out = False
        by_position: list[Any] = []
        chosen = dict(select(record, **self.excludes))
        positional = get_positional(record)
        if positional:
            chosen = {**{name: record[name] for name in positional}, **chosen}
        readers: Mapping[str, Any] = {}
        if target is not None:
            readers = self.context.get_readers(target, plan)
        given = record._given
        for i, name in enumerate(plan.names):
            if name not in chosen:
                left_out = left_out or i < plan.n_pos
                continue
            value = chosen[name]
            if i < len(positional):
                item = self._write_item(plan, name, value, readers.get(name), depth + 2)
                by_position.append(item)
                continue
            written = self._write_argument(
                plan, name, value, readers.get(name), depth + 1, is_default=not given >> i & 1
            )
            if written is _SKIP:
                left_out = left_out or i < plan.n_pos
            else:
                document[name] = written
        key = get_args_key(plan, left_out=left_out and bool(args))
        if key is not None:
            reader = readers.get(plan.var_positional or "")
            items = [
                self._write_item(plan, f"{key}[{i}]", item, reader, depth + 2)
                for i, item in enumerate(args)
            ]
            document = {key: [*by_position, *items], **document}
        if extras:
            self._write_extras(plan, document, extras, depth, readers.get(plan.var_keyword or ""))
        return document

    def _write_extras(
        self,
        plan: Plan,
        document: dict[str, Any],
        extras: dict[str, Any],
        depth: int,
        reader: Any = None,
    ) -> None:
        key = get_kwargs_key(plan)
        verbatim = is_tagged(extras) or not all(map(is_writable_key, extras))
        if verbatim:  # annotations do not apply under a tag
            reader, depth = None, depth + 2
        written = {
            name: self._write_item(plan, f"{key}.{name}", value, reader, depth + 2)
            for name, value in extras.items()
        }
        if verbatim:
            pairs = [[self.encode(name, depth), value] for name, value in written.items()]
            document[key] = {"$dict": pairs}
        else:
            document[key] = written

    def _write_argument(
        self, plan: Plan, name: str, value: Any, reader: Any, depth: int, *, is_default: bool
    ) -> Any:
        """Return the written value of a named parameter, or _SKIP to leave it to its default."""
        if value is UNSET:
            return EMPTY
        # A wrapper can tell what was given from what was not, equal or not.
        default = plan.defaults[name] if plan.own or is_default else UNSET
        if value is None and not self.nulls and default is None:
            return _SKIP
        if type(value) is str and value == EMPTY:
            return {"$raw": value}
        if (
            default is not UNSET
            and type(value) not in NATIVE
            and stands_for(default, value)
            and not is_json_native(default)
        ):
            return _SKIP
        return self._write_item(plan, name, value, reader, depth)

    def _write_item(self, plan: Plan, place: str, value: Any, reader: Any, depth: int) -> Any:
        try:
            if reader is not None and type(value) in _READ and _changes(reader, value):
                return self.write_verbatim(value, depth)
            return self.encode(value, depth)
        except UnwritableError as error:
            raise _locate(error, place, plan) from error.__cause__


def _changes(reader: Any, value: Any) -> bool:
    """Return whether the annotation of a parameter does not leave *value* alone."""
    try:
        return not same(reader(value), value)
    except Exception:
        return True


def _locate(error: UnwritableError, name: str, plan: Plan) -> UnwritableError:
    """Return *error* as that of an argument of *plan*, however deep it arose."""
    reason = error.reason or error.message
    inner = (error.place or "").split(" > ") if error.place else []
    names = [name, *inner]
    place = " > ".join(names if len(names) <= _MAX_NAMES_SHOWN else [*names[:3], "...", names[-1]])
    located = UnwritableError(f"Cannot write the argument {place} of {plan.name}: {reason}", place)
    located.reason = reason
    located.place = place
    return located
