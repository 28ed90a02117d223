"""
Loaders, which build an object later; and the reference's lossy encoders.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from inspect import isclass
from operator import methodcaller
from types import BuiltinFunctionType, FunctionType, MethodType
from typing import Any, Final, Generic, cast, get_origin

import attrs

from .._base import Deferred, Model, ObjType
from .._equality import hash_nodes, same
from .._imports import get_callable_from_string
from .._messages import get_name, shorten
from .._statics import get_type
from ..exceptions import LoadError, ModelError
from .callables import CallableModel, by_name, call_record
from .generics import Parametrized

_NO_KWARGS: Final[Mapping[str, Any]] = {}


class _Cell:
    """
    What `ObjLoader.load` has stored, and a class that what it builds must be of
    although it does not say so: outside equality and documents.
    """

    __slots__ = ("expected", "value")

    def __init__(self, value: Any, expected: type | None = None) -> None:
        self.value = value
        self.expected = expected


@attrs.frozen(init=False, eq=False, repr=False, getstate_setstate=False)
class ObjLoader(Parametrized, Deferred, Generic[ObjType]):
    """
    Builds an object of class ``T`` later, from stored arguments.

    ``ObjLoader[T]`` is a class that knows ``T``. Without the parameter, ``T``
    comes from *object_type*, from *object*, or from a class in *loader*.

    Args:
        args: Positional arguments to store for ``T``.

        kwargs: Keyword arguments to store for ``T``.

        loader: The call that builds the object instead: a `CallableModel` of
            ``T`` or of a factory that returns a ``T``, or its live form.

        object: An instance that is there already.

        object_type: ``T``, where it is not the parameter.

    Attributes:
        loader: The call that builds the object.

        object: What ``load(store=True)`` built last, or None.

        object_type: ``T``, or None if it is not known.

    Raises:
        SignatureError: The arguments do not fit.

        ModelError: ``T`` is not known, or not what *loader* calls.
    """

    loader: CallableModel[ObjType] = attrs.field(kw_only=True)
    _cell: _Cell = attrs.field(init=False)

    def __new__(
        cls,
        *,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] = _NO_KWARGS,
        loader: CallableModel[ObjType] | Mapping[str, Any] | None = None,
        object: ObjType | None = None,
        object_type: type[ObjType] | None = None,
    ) -> ObjLoader[ObjType]:
        if cls._parameter is None:
            parameter = _find_parameter(loader, object, object_type)
            if parameter is not None:
                cls = cls.__class_getitem__(parameter)
        return super().__new__(cls)

    def __init__(
        self,
        *,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] = _NO_KWARGS,
        loader: CallableModel[ObjType] | Mapping[str, Any] | None = None,
        object: ObjType | None = None,
        object_type: type[ObjType] | None = None,
    ) -> None:
        parameter = self._parameter
        name = type(self).__qualname__
        if object_type is not None and object_type != parameter:
            given = get_name(object_type)
            reason = f"object_type is {given}. Leave it out, or use ObjLoader[{given}]."
            raise _refuse(name, reason)
        if object is not None and not isinstance(object, get_origin(parameter) or parameter):
            reason = f"{shorten(object)} is not an instance of {get_name(parameter)}."
            raise _refuse(name, reason)
        if loader is None and parameter is not None:
            model = CallableModel(parameter, args=args, kwargs=kwargs)
        else:
            model = _get_call(name, parameter, loader)
            check_call(name, parameter, model.callable)
            if args or kwargs:
                model = attrs.evolve(model, args=args, kwargs=kwargs)
        _set_loader(self, model)
        _set_cell(self, _Cell(object))

    @property
    def object(self) -> ObjType | None:
        """
        What ``load(store=True)`` built last, or None.
        """
        return cast("ObjType | None", self._cell.value)

    @property
    def object_type(self) -> type[ObjType] | None:
        """
        The class of what this loader builds, or None if it is not known.
        """
        return cast("type[ObjType] | None", self._parameter)

    def load(self, store: bool = False) -> ObjType:
        """
        Build the object and hand it to the caller.

        Args:
            store: Also keep it as `object`.

        Returns:
            The new object.

        Raises:
            LoadError: A factory returned something that is not a ``T``.

            SignatureError: A required argument is unset.
        """
        model = self.loader
        ready = model._ready
        target = model.callable
        if ready is not None:
            loaded = target(*ready)
        else:
            loaded = call_record(target, model.bind, model.signature)
        if target is not self._parameter:
            loaded = self._check(loaded)
        if store:
            self._cell.value = loaded
        return loaded

    def _build(self, owned: list[Any] | None) -> Any:
        model = self.loader
        if owned is None or model._ready is not None:  # nothing else is to be built
            return self.load()
        return self._check(call_record(model.callable, model.bind, model.signature, owned))

    def _check(self, loaded: Any) -> Any:
        for parameter in (self._parameter, self._cell.expected):
            if parameter is None or isinstance(loaded, get_origin(parameter) or parameter):
                continue
            name = get_name(self.loader.callable)
            msg = (
                f"Cannot load {get_name(parameter)}: {name} returned "
                f"{shorten(loaded)}, of type {type(loaded).__qualname__}. Use a factory that "
                "returns the declared class, or declare the class that it returns."
            )
            raise LoadError(msg, name)
        return loaded

    def dict(
        self,
        *,
        exclude_none: bool = False,
        exclude_unset: bool = False,
        exclude_defaults: bool = False,
    ) -> dict[str, Any]:
        """
        Return the live form, which the constructor reads.
        """
        return {
            "object": self.object,
            "loader": self.loader.dict(
                exclude_none=exclude_none,
                exclude_unset=exclude_unset,
                exclude_defaults=exclude_defaults,
            ),
            "object_type": self.object_type,
        }

    def __repr__(self) -> str:
        return f"{type(self).__qualname__}(loader={self.loader!r})"

    def __callsheet_nodes__(self) -> tuple[Any, ...]:
        return self._parameter, self.loader

    def __eq__(self, other: Any) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return same(self, other)

    __hash__ = hash_nodes

    def __reduce__(self) -> tuple[Any, ...]:
        origin = vars(type(self)).get("_origin")
        family = (type(self), None) if origin is None else (origin, by_name(self._parameter))
        expected = self._cell.expected
        return _restore, (*family, self.loader, *(() if expected is None else (expected,)))


_fields = ObjLoader.__dict__
_set_loader = _fields["loader"].__set__
_set_cell = _fields["_cell"].__set__


def _restore(
    origin: Any, parameter: Any, loader: CallableModel[Any], expected: type | None = None
) -> ObjLoader[Any]:
    return make_loader(origin if parameter is None else origin[parameter], loader, expected)


def make_loader(
    cls: Any, loader: CallableModel[Any], expected: type | None = None
) -> ObjLoader[Any]:
    """
    Return a loader of class *cls* around a call that is known to fit, of an
    object that must be of class *expected*, too.
    """
    made: ObjLoader[Any] = object.__new__(cls)
    _set_loader(made, loader)
    _set_cell(made, _Cell(None, expected))
    return made


def _refuse(name: str, reason: str) -> ModelError:
    return ModelError(f"Cannot make {name}: {reason}", name)


def get_built(loader: ObjLoader[Any]) -> Any:
    """Return the class that a loader calls, or else the one that it declares."""
    target: Any = loader.loader.callable
    return target if isinstance(get_origin(target) or target, type) else loader.object_type


def check_call(name: str, parameter: Any, target: Any) -> None:
    """
    Raise `ModelError` if *target* is a class that has nothing to do with
    *parameter*; a factory is checked by what it returns.
    """
    declared = get_origin(parameter) or parameter
    made = get_origin(target) or target
    if (
        isinstance(declared, type)
        and isinstance(made, type)
        and not issubclass(made, declared)
        and not issubclass(declared, made)
    ):
        called = get_name(target)
        reason = (
            f"its loader calls {called}, which is no {get_name(parameter)}. Leave the callable "
            f"out, or declare ObjLoader[{called}]."
        )
        raise _refuse(name, reason)


def _find_parameter(loader: Any, instance: Any, object_type: Any) -> Any:
    if object_type is not None:
        return object_type
    if instance is not None:
        return get_type(instance)
    target = loader
    if isinstance(loader, CallableModel):
        target = target.callable
    elif isinstance(loader, Mapping):
        target = target.get("callable")
        if isinstance(target, str) and not callable(target):
            target = get_callable_from_string(target)
    return target if isclass(target) else None


def _get_call(name: str, parameter: Any, loader: Any) -> CallableModel[Any]:
    if loader is None:
        msg = (
            "Cannot make an ObjLoader: nothing tells what it loads. Use ObjLoader[T], or "
            "give loader=CallableModel(...)."
        )
        raise ModelError(msg, name)
    if isinstance(loader, CallableModel):
        return loader  # pyright: ignore[reportUnknownVariableType]
    if not isinstance(loader, Mapping):
        reason = f"loader must be a CallableModel or its live form, not {shorten(loader)}."
        raise _refuse(name, reason)
    values: dict[str, Any] = dict(loader)  # pyright: ignore[reportUnknownArgumentType]
    if values.get("callable") is None:
        if parameter is None:
            raise _refuse(name, "its loader has no callable. Use ObjLoader[T].")
        values["callable"] = parameter
    unknown = values.keys() - {"callable", "args", "kwargs", "signature", "bind"}
    if unknown:
        raise _refuse(name, f"unknown key {min(map(str, unknown))!r} in its loader.")
    return CallableModel(**values)


def _encode_callable(value: Any) -> str:
    return f"{value.__module__}.{value.__qualname__}"


JSON_ENCODERS: Final[dict[Any, Callable[[Any], Any]]] = {
    FunctionType: _encode_callable,
    MethodType: _encode_callable,
    BuiltinFunctionType: _encode_callable,
    type: _encode_callable,
    Model: methodcaller("dict"),
}
"""
Types and their encoders, looked up along the MRO of a value's type.

A bound method is written without its instance, and a model as its live form
(so that an encoder function applies the table again to what is in it).
"""
