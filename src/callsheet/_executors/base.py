"""
The base of executor models: the loader of the executor, and the names of its methods.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, ClassVar, Final, Generic, get_origin

import attrs

from .._base import ObjType, Self
from .._equality import hash_nodes, same
from .._messages import get_name
from .._models import CallableModel, ObjLoader, Parametrized, by_name, parametrize
from ..exceptions import ModelError
from .live import Cell, Live
from .methods import Methods, check_methods

_NO_KWARGS: Final[Mapping[str, Any]] = {}
_LOADER_KEYS: Final = frozenset({"args", "kwargs", "loader", "object", "object_type"})


@attrs.frozen(init=False, eq=False, repr=False, getstate_setstate=False)
class BaseExecutor(Parametrized, Generic[ObjType]):
    """
    How to build an executor of class ``T``, and the names of its methods.

    Args:
        args: Positional arguments to store for ``T``.

        kwargs: Keyword arguments to store for ``T``.

        loader: What builds the executor instead: an `ObjLoader`, the
            `CallableModel` of a factory, or the live form of a loader.

        executor: A live executor to use instead of building one.

        submit_callable: The name of the executor's ``submit``.

        map_callable: The name of its ``map``. Any other name than the default
            means the executor's own.

        shutdown_callable: The name of its ``shutdown``.

        direct: Hand calls to the executor as they are, not through
            callsheet's trampoline: for workers that lack callsheet.

    Attributes:
        loader: What builds the executor.

        submit_callable: The name of the executor's ``submit``.

        map_callable: The name of its ``map``.

        shutdown_callable: The name of its ``shutdown``.

        direct: Whether calls go without the trampoline.

        given: Whether the executor was given live, so that its settings are
            not known.

    Raises:
        SignatureError: The arguments do not fit.

        ModelError: ``T`` is not known, or has no such methods.
    """

    loader: ObjLoader[ObjType] = attrs.field(kw_only=True)
    submit_callable: str = attrs.field(kw_only=True)
    map_callable: str = attrs.field(kw_only=True)
    shutdown_callable: str = attrs.field(kw_only=True)
    direct: bool = attrs.field(kw_only=True)
    given: bool = attrs.field(kw_only=True, init=False)
    _cell: Cell = attrs.field(init=False)

    _takes_live: ClassVar[bool] = True

    #: The tag under which a document holds such a model as a value.
    tag: ClassVar[str] = "$normal"

    def __new__(
        cls,
        *,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] = _NO_KWARGS,
        loader: ObjLoader[ObjType] | CallableModel[ObjType] | Mapping[str, Any] | None = None,
        executor: ObjType | None = None,
        submit_callable: str = "submit",
        map_callable: str = "map",
        shutdown_callable: str = "shutdown",
        direct: bool = False,
    ) -> Self:
        if cls._parameter is None:
            parameter = type(executor) if executor is not None else _as_loader(None, loader)
            if isinstance(parameter, ObjLoader):
                parameter = parameter.object_type
            if parameter is not None:
                cls = parametrize(cls, parameter)
        return super().__new__(cls)

    def __init__(
        self,
        *,
        args: Sequence[Any] = (),
        kwargs: Mapping[str, Any] = _NO_KWARGS,
        loader: ObjLoader[ObjType] | CallableModel[ObjType] | Mapping[str, Any] | None = None,
        executor: ObjType | None = None,
        submit_callable: str = "submit",
        map_callable: str = "map",
        shutdown_callable: str = "shutdown",
        direct: bool = False,
    ) -> None:
        parameter = self._parameter
        name = type(self).__qualname__
        if executor is not None and not self._takes_live:
            msg = (
                f"Cannot make {name} of a live executor: it builds a fresh one for each use. "
                "Use NormalExecutor."
            )
            raise ModelError(msg, name)
        if executor is not None and not isinstance(executor, get_origin(parameter) or parameter):
            msg = f"Cannot make {name}: {executor!r} is not an instance of {get_name(parameter)}."
            raise ModelError(msg, name)
        found = _as_loader(parameter, loader)
        if found is None:
            if parameter is None:
                msg = (
                    f"Cannot make {name}: nothing tells what executor it is. Use {name}[T], or "
                    "give loader=CallableModel(...)."
                )
                raise ModelError(msg, name)
            found = parametrize(ObjLoader, parameter)(args=args, kwargs=kwargs)
        elif args or kwargs:
            found = type(found)(loader=found.loader, args=args, kwargs=kwargs)
        methods = Methods(submit_callable, map_callable, shutdown_callable)
        check_methods(get_origin(parameter) or parameter, methods)
        live = None if executor is None else Live(executor, None, methods, direct)
        _fill(self, found, methods, direct, executor is not None, Cell(live))

    @property
    def _methods(self) -> Methods:
        return Methods(self.submit_callable, self.map_callable, self.shutdown_callable)

    @property
    def executor(self) -> ObjType | None:
        """
        The live executor, or None.
        """
        return None

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
        live = self._cell.live
        form: dict[str, Any] = {
            "loader": self.loader.dict(
                exclude_none=exclude_none,
                exclude_unset=exclude_unset,
                exclude_defaults=exclude_defaults,
            ),
            "submit_callable": self.submit_callable,
            "map_callable": self.map_callable,
            "shutdown_callable": self.shutdown_callable,
            "executor": live.executor if self.given and live is not None else None,
        }
        if self.direct:
            form["direct"] = True
        return form

    def __repr__(self) -> str:
        names = [
            f", {name}_callable={given!r}"
            for name, given in self._methods._asdict().items()
            if given != name
        ]
        direct = ", direct=True" if self.direct else ""
        return f"{type(self).__qualname__}(loader={self.loader!r}{''.join(names)}{direct})"

    def __callsheet_nodes__(self) -> tuple[Any, ...]:
        return self._parameter, self.loader, tuple(self._methods), self.direct, self.given

    def __eq__(self, other: Any) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return same(self, other)

    __hash__ = hash_nodes

    def __reduce__(self) -> tuple[Any, ...]:
        origin: Any = vars(type(self)).get("_origin")
        family = (type(self), None) if origin is None else (origin, by_name(self._parameter))
        methods = tuple(self._methods)
        return _restore, (*family, self.loader, methods, self.direct, self.given)


def _fill(
    model: Any, loader: ObjLoader[Any], methods: Methods, direct: bool, given: bool, cell: Cell
) -> None:
    fields: Any = attrs.fields(BaseExecutor)
    for field, value in zip(fields, (loader, *methods, direct, given, cell), strict=True):
        object.__setattr__(model, field.name, value)


def make_executor(
    cls: Any, loader: ObjLoader[Any], methods: Methods, direct: bool, given: bool
) -> Any:
    """Return a model of class *cls*, with or without its ``T``, that is not live."""
    parameter = cls._parameter
    if parameter is None and loader.object_type is not None:
        parameter = loader.object_type
        cls = cls[parameter]
    check_methods(get_origin(parameter) or parameter, methods)
    model = object.__new__(cls)
    _fill(model, loader, methods, direct, given, Cell())
    return model


def _restore(origin: Any, parameter: Any, loader: Any, methods: Any, *rest: Any) -> Any:
    cls = origin if parameter is None else origin[parameter]
    return make_executor(cls, loader, Methods(*methods), *rest)


def _as_loader(parameter: Any, loader: Any) -> ObjLoader[Any] | None:
    """Return the loader of what the constructor was given."""
    if loader is None:
        return None
    cls: Any = ObjLoader if parameter is None else ObjLoader[parameter]
    if isinstance(loader, ObjLoader):
        known: ObjLoader[Any] = loader  # pyright: ignore[reportUnknownVariableType]
        if parameter is None or known.object_type is parameter:
            return known
        return cls(loader=known.loader)  # type: ignore[no-any-return]
    if isinstance(loader, Mapping):
        live: dict[str, Any] = dict(loader)  # pyright: ignore[reportUnknownArgumentType]
        unknown = sorted(map(str, live.keys() - _LOADER_KEYS))
        if unknown:
            msg = (
                f"Cannot make {cls.__qualname__}: unknown key {unknown[0]!r}. It takes args and "
                "kwargs, or loader, a CallableModel or its live form."
            )
            raise ModelError(msg, cls.__qualname__)
        return cls(**live)  # type: ignore[no-any-return]
    return cls(loader=loader)  # type: ignore[no-any-return]
