"""
Models and values -> documents.
"""

from __future__ import annotations

from enum import Enum
from sys import modules
from types import BuiltinFunctionType, FunctionType, MethodType, NoneType
from typing import Any

from ._callables import CallableModel
from ._contexts import Context, is_plain
from ._equality import same
from ._imports import check_object
from ._loaders import ObjLoader
from ._models import UNSET, Deferred, Model
from ._names import get_import_string
from ._plans import Plan, get_name
from ._signatures import SignatureModel, get_args_key, get_kwargs_key, select
from ._specs import BaseExecutor
from ._tags import EMPTY, is_look_alike, is_tagged
from ._values import encode_leaf
from .exceptions import CallsheetError, UnnameableError, UnwritableError

_NATIVE = frozenset({str, int, bool, NoneType, float})
_CALLABLES = (FunctionType, BuiltinFunctionType, MethodType, type)
_MAX_INT = 1 << 63
_MAX_NAMES = 1024
_Name = tuple[Any, dict[str, Any], str, str, Any, str]
_SKIP = object()


class Writer:
    """
    Writes documents for one converter, with one choice of what to leave out.
    """

    __slots__ = ("context", "excludes", "names", "nulls", "plain")

    def __init__(
        self,
        context: Context,
        *,
        exclude_none: bool = False,
        exclude_unset: bool = False,
        exclude_defaults: bool = False,
        nulls: bool | None = None,
    ) -> None:
        self.context = context
        self.excludes = {
            "exclude_none": exclude_none,
            "exclude_unset": exclude_unset,
            "exclude_defaults": exclude_defaults,
        }
        self.nulls = context.nulls if nulls is None else nulls
        self.names: dict[int, _Name] = {}
        self.plain = self.nulls and not any(self.excludes.values())

    def write(self, model: Model) -> dict[str, Any]:
        """
        Return the document of *model*.

        Raises:
            UnwritableError: A value has no form that loads back equal.

            UnnameableError: No import string leads to a callable.

            RefusedError: The policy that was given could not read it back.
        """
        try:
            if isinstance(model, CallableModel):
                plain = self.write_plainly(model)
                return self._write_callable(model, 0) if plain is None else plain  # pyright: ignore[reportUnknownArgumentType]
            if isinstance(model, ObjLoader):
                return self._write_loader(model, 0, top=True)  # pyright: ignore[reportUnknownArgumentType]
            if isinstance(model, BaseExecutor):
                return self._write_executor(model, 0, top=True)  # pyright: ignore[reportUnknownArgumentType]
        except RecursionError:
            msg = (
                f"Cannot write {type(model).__qualname__}: it is nested too deeply. Documents hold "
                f"{self.context.limits.max_depth} levels."
            )
            raise UnwritableError(msg) from None
        if isinstance(model, SignatureModel):
            return self._write_record(model, None, 0)
        msg = f"Cannot write {model!r}: it is no model. Give a CallableModel, a loader or an executor."
        raise UnwritableError(msg)

    def name(self, target: Any, *, exempt: bool = False) -> str:
        """
        Return the import string of *target*, which the policy can read back.
        """
        import_string = get_import_string(target)
        if self.context.governed and not exempt:
            check_object(self.context.policy, target, import_string)
        return import_string

    def write_plainly(self, model: CallableModel[Any]) -> dict[str, Any] | None:
        """
        Return the document of a model of plain values whose name is known
        already, or None to write it with care.
        """
        values = model._ready
        if values is None or not self.plain:
            return None
        target: Any = model.callable
        plan = model.signature._plan
        keys = plan.live_keys
        known = self.names.get(id(target))
        if (
            known is None
            or known[0] is not target
            or known[1].get(known[2]) is not target
            or modules.get(known[3]) is not known[4]
        ):
            known = self._learn_name(target)
        if (
            known is None
            or keys is None
            or not (plan.plain or (plan.plain is None and is_plain(plan, target)))
            or not _are_plain(values)
        ):
            return None
        return {
            "callable": known[5],
            "signature": dict(zip(keys, ([], *values))),  # noqa: B905  # as long
        }

    def write_nested(self, model: Any) -> dict[str, Any]:
        """
        Return the document of a model among others.
        """
        if type(model) is CallableModel:
            document = self.write_plainly(model)  # pyright: ignore[reportUnknownArgumentType]
            if document is not None:
                return document
        return self.write(model)

    def _learn_name(self, target: Any) -> _Name | None:
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

    def _write_callable(
        self,
        model: CallableModel[Any],
        depth: int,
        *,
        exempt: Any = UNSET,
        unset: bool = False,
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
        self,
        loader: ObjLoader[Any],
        depth: int,
        *,
        top: bool = False,
        unset: bool = False,
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
            and plan.live_keys is not None
            and is_plain(plan, target)
            and _are_plain(values)
        ):
            document = dict(zip(plan.live_keys, ([], *values)))  # noqa: B905  # as long
            if extras:
                self._write_extras(plan, document, extras, depth)
            return document
        left_out = False
        chosen = dict(select(record, **self.excludes))
        readers = self.context.get_readers(target, plan) if target is not None else {}
        given = record._given
        for i, name in enumerate(plan.names):
            if name not in chosen:
                left_out = left_out or i < plan.n_pos
                continue
            value = chosen[name]
            is_default = not given >> i & 1
            written = self._write_argument(
                plan, name, value, readers.get(name), depth + 1, is_default=is_default
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
            document = {key: items, **document}
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
        written = {
            name: self._write_item(plan, f"{key}.{name}", value, reader, depth + 2)
            for name, value in extras.items()
        }
        document[key] = written

    def _write_argument(
        self, plan: Plan, name: str, value: Any, reader: Any, depth: int, *, is_default: bool
    ) -> Any:
        """
        Return the written value of a named parameter, or _SKIP to leave it to
        its default.
        """
        if value is UNSET:
            return EMPTY
        default = plan.defaults[name]
        if value is None and not self.nulls and default is None:
            return _SKIP
        if type(value) is str and value == EMPTY:
            return {"$raw": value}
        if (
            default is not UNSET
            and type(value) not in _NATIVE
            and (value is default or same(value, default))
            and not _is_json_native(default)
        ):
            return _SKIP
        return self._write_item(plan, name, value, reader, depth)

    def _write_item(self, plan: Plan, place: str, value: Any, reader: Any, depth: int) -> Any:
        try:
            if reader is not None and type(value) in _READ and _changes(reader, value):
                return self._write_verbatim(value, depth)
            return self.encode(value, depth)
        except CallsheetError as error:
            if isinstance(error, UnwritableError) and error.path is None:
                msg = f"Cannot write the argument {place} of {plan.name}: {error.message}"
                raise UnwritableError(msg, place) from error
            raise

    def _write_verbatim(self, value: Any, depth: int) -> Any:
        """
        Return *value* under a tag that switches its annotation off.
        """
        if _is_json_native(value, nulls=self.nulls):
            return {"$raw": value}
        if type(value) is dict:
            return self._write_pairs(value, depth)
        return {"$list": [self.encode(item, depth + 2) for item in value]}

    def _write_pairs(self, value: dict[Any, Any], depth: int) -> dict[str, Any]:
        pairs = [
            [self.encode(key, depth + 3), self.encode(item, depth + 3)]
            for key, item in value.items()
        ]
        return {"$dict": pairs}

    def encode(self, value: Any, depth: int = 0) -> Any:
        """
        Return *value* in the JSON data model, tagged where JSON cannot hold it.

        Raises:
            UnwritableError: It has no form that loads back equal.
        """
        if depth > self.context.limits.max_depth:
            msg = f"it is nested deeper than the {self.context.limits.max_depth} levels of a document."
            raise UnwritableError(msg)
        kind = type(value)
        if kind in _NATIVE:
            if kind is str:
                return value if value.isascii() else encode_leaf(value) or value
            if kind is int:
                return value if -_MAX_INT <= value < _MAX_INT else encode_leaf(value)
            if kind is float:
                return encode_leaf(value) or value
            if value is None and not self.nulls:
                return {"$none": True}
            return value
        if kind is list:
            return [self.encode(item, depth + 1) for item in value]
        if kind is dict:
            return self._encode_dict(value, depth)
        if kind is tuple:
            return {"$tuple": [self.encode(item, depth + 2) for item in value]}
        if kind is set or kind is frozenset:
            items = [self.encode(item, depth + 2) for item in value]
            return {"$set" if kind is set else "$frozenset": sorted(items, key=repr)}
        leaf = encode_leaf(value)
        if leaf is not None:
            return leaf
        return self._encode_object(value, depth)

    def _encode_dict(self, value: dict[Any, Any], depth: int) -> Any:
        if not all(type(key) is str and is_writable_key(key) for key in value):
            return self._write_pairs(value, depth)
        if is_tagged(value) or is_look_alike(value):
            return self._write_verbatim(value, depth)
        return {key: self.encode(item, depth + 1) for key, item in value.items()}

    def _encode_object(self, value: Any, depth: int) -> Any:
        kind = type(value)
        if isinstance(value, Model):
            if isinstance(value, CallableModel):
                return {"$call": self._write_callable(value, depth + 1)}  # pyright: ignore[reportUnknownArgumentType]
            if isinstance(value, ObjLoader):
                return {"$load": self._write_loader(value, depth + 1)}  # pyright: ignore[reportUnknownArgumentType]
            if isinstance(value, BaseExecutor):
                return {value.tag: self._write_executor(value, depth + 1)}  # pyright: ignore[reportUnknownArgumentType]
        if isinstance(value, Enum):
            return self._encode_enum(value, depth)
        if isinstance(value, _CALLABLES):
            return {"$import": self._name_value(value)}
        hooked = self._encode_hooked(value, kind, depth)
        if hooked is not None:
            return hooked
        if callable(value):
            return {"$import": self._name_value(value)}
        msg = (
            f"{value!r} is a {kind.__module__}.{kind.__qualname__}, which documents cannot hold. "
            "Give plain data, an ObjLoader that builds it, or teach the converter the class with "
            "hooks."
        )
        raise UnwritableError(msg)

    def _name_value(self, value: Any) -> str:
        try:
            return self.name(value)
        except UnnameableError as error:
            raise UnwritableError(error.message) from error

    def _encode_enum(self, value: Enum, depth: int) -> Any:
        kind = type(value)
        import_string = self._name_value(kind)
        if value.name is not None and kind.__members__.get(value.name) is value:  # pyright: ignore[reportUnnecessaryComparison]
            return {"$enum": [import_string, value.name]}
        return {"$enum": [import_string, None, self.encode(value.value, depth + 2)]}

    def _encode_hooked(self, value: Any, kind: type, depth: int) -> Any:
        """
        Return an application's own object through its converter, or None.
        """
        converter = self.context.converter
        try:
            data = converter.unstructure(value, kind)
        except CallsheetError:
            raise
        except Exception as error:
            msg = f"{value!r} of {get_name(kind)} failed in the converter's hook: {error}."
            raise UnwritableError(msg) from error
        if data is value:
            return None
        import_string = self._name_value(kind)
        encoded = self.encode(data, depth + 2)
        try:
            loaded = converter.structure(data, kind)
        except Exception as error:
            msg = f"{value!r} of {get_name(kind)} does not load back: {error}."
            raise UnwritableError(msg) from error
        if kind.__eq__ is not object.__eq__ and not same(loaded, value):
            msg = (
                f"{value!r} of {get_name(kind)} loads back as {loaded!r}. Correct the hooks of its "
                "converter."
            )
            raise UnwritableError(msg)
        return {"$object": [import_string, encoded]}


_READ = frozenset({str, int, bool, float, list, dict})


def _changes(reader: Any, value: Any) -> bool:
    try:
        return not same(reader(value), value)
    except Exception:
        return True


def is_writable_key(key: str) -> bool:
    """
    Whether every format takes *key* as it is: UTF-8 text without a NUL, and
    not ``$ref``, which BSON reads as a reference.
    """
    return (key.isascii() or encode_leaf(key) is None) and "\0" not in key and key != "$ref"


def _is_json_native(value: Any, *, nulls: bool = True) -> bool:
    """
    Whether JSON holds *value* verbatim, at every depth.
    """
    stack = [value]
    while stack:
        item = stack.pop()
        kind = type(item)
        if kind is list:
            stack.extend(item)
        elif kind is dict:
            if not all(type(key) is str and is_writable_key(key) for key in item):
                return False
            stack.extend(item.values())
        elif item is None:
            if not nulls:
                return False
        elif kind not in _NATIVE or (kind is not bool and encode_leaf(item) is not None):
            return False
    return True


def _are_plain(values: tuple[Any, ...]) -> bool:
    """
    Whether every format holds each of *values* as it is.
    """
    for value in values:
        kind = type(value)
        if kind is int:
            if not -_MAX_INT <= value < _MAX_INT:
                return False
        elif kind is str:
            if value == EMPTY or not value.isascii():
                return False
        elif kind is float:
            if value - value != 0.0:  # only finite numbers give zero
                return False
        elif kind is not bool and value is not None:
            return False
    return True
