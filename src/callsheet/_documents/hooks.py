"""
The hooks, predicates and hook factories that teach a cattrs converter models.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, get_args, get_origin

from .._base import Model
from .._imports import resolve_allowed
from .._models import CallableModel
from .._signatures import SignatureModel
from .._values import are_kept
from ..exceptions import ModelError
from .context import Context
from .reading import read_model, read_models
from .writing import Writer

if TYPE_CHECKING:
    from cattrs import Converter


def is_model_class(cls: Any) -> bool:
    """Return whether *cls* is a model class, or a typing alias of one."""
    origin = get_origin(cls) or cls
    return isinstance(origin, type) and issubclass(origin, Model)


def is_model_list(converter: Converter, cls: Any) -> bool:
    """
    Return whether *cls* is a list of `CallableModel`, and the converter reads those
    with our hook and not with one of the application's own.
    """
    return (
        get_origin(cls) is list
        and get_args(cls) == (CallableModel,)
        and isinstance(converter.get_structure_hook(CallableModel), ModelStructureHook)
    )


def is_callable_annotation(cls: Any) -> bool:
    """
    Return whether *cls* is ``Callable`` or ``Callable[..., T]``.

    A class with a ``__call__`` is a subclass of the ABC, so it is compared,
    never asked with `issubclass`.
    """
    return (get_origin(cls) or cls) is Callable


class ModelStructureHook:
    """Structures documents into models; carries the converter's context."""

    __slots__ = ("cls", "context")

    def __init__(self, context: Context, cls: Any) -> None:
        self.context = context
        self.cls = cls

    def __call__(self, value: Any, cls: Any = None) -> Any:
        cls = self.cls
        if isinstance(value, cls):
            return value
        return read_model(self.context, value, cls)


def get_model_class(cls: Any) -> Any:
    """
    Return the model class that a class or a typing alias stands for.

    Raises:
        ModelError: Documents cannot describe it on their own.
    """
    origin = get_origin(cls)
    if origin is not None:
        (parameter,) = cls.__args__
        parametrized = hasattr(origin, "_parameter") and not hasattr(parameter, "__constraints__")
        cls = origin[parameter] if parametrized else origin
    if cls is Model or issubclass(cls, SignatureModel):
        msg = (
            f"Cannot structure a {cls.__name__}: its document does not name the callable. "
            "Structure a CallableModel and take its signature."
        )
        raise ModelError(msg, cls.__name__)
    return cls


def model_structure_hook_factory(context: Context) -> Callable[[Any], ModelStructureHook]:
    """Return a factory of structure hooks for model classes."""
    return lambda cls: ModelStructureHook(context, get_model_class(cls))


def model_list_structure_hook_factory(context: Context) -> Callable[[Any, Any], Any]:
    """
    Return a hook for lists of `CallableModel`: one error names the problems of
    all items, each with its path.
    """
    return lambda value, _: read_models(context, value)


def callable_structure_hook_factory(context: Context) -> Callable[[Any, Any], Any]:
    """Return a hook from import strings to callables, under the policy."""

    def structure_callable(value: Any, _: Any) -> Any:
        if callable(value):
            return value
        return resolve_allowed(context.policy, value)

    return structure_callable


def register_hooks(converter: Converter, context: Context) -> None:
    """Register everything on *converter*; later registrations win."""
    context.writer = writer = Writer(context)

    def unstructure_model(model: Any) -> Any:
        if are_kept():
            return model
        # Most are plain; `write` would only be one more call.
        plain = writer.write_plainly(model) if type(model) is CallableModel else None  # pyright: ignore[reportUnknownArgumentType]
        return writer.write(model) if plain is None else plain

    def unstructure_callable(value: Any) -> Any:
        return writer.write(value) if isinstance(value, Model) else writer.name(value)

    converter.register_structure_hook_factory(is_model_class, model_structure_hook_factory(context))
    converter.register_unstructure_hook_func(is_model_class, unstructure_model)
    converter.register_structure_hook_func(
        lambda cls: is_model_list(converter, cls), model_list_structure_hook_factory(context)
    )
    converter.register_structure_hook_func(
        is_callable_annotation, callable_structure_hook_factory(context)
    )
    converter.register_unstructure_hook_func(is_callable_annotation, unstructure_callable)
