"""
What a converter that knows models does: the machinery behind `converters`.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast, get_args, get_origin

from .._base import Model
from .._formats import Codec, Limits, get_codec, read_json
from .._imports import ImportPolicy, Reference
from .._messages import shorten
from .._models import CallableModel
from .._statics import get_type
from .._values import (
    COLLECTIONS,
    as_data,
    as_values,
    make_native,
    register_field_readers,
    register_field_writers,
    register_mapping_readers,
)
from ..exceptions import ModelError
from .checking import audit_document
from .context import Context
from .hooks import ModelStructureHook, register_hooks
from .reading import get_kind, read_model
from .writing import Writer, dump_plain_models, make_dumps

if TYPE_CHECKING:
    from cattrs import Converter


T = TypeVar("T")
M = TypeVar("M", bound=Model)

_N_POLICIES: Final = 64
_KINDS: Final[dict[Any, tuple[Any, ...]]] = {
    AbstractSet: (AbstractSet,),
    frozenset: (frozenset, AbstractSet),
    tuple: (tuple, Sequence),
}


def configure(
    converter: Converter,
    policy: ImportPolicy,
    governed: bool,
    strict: bool,
    limits: Limits | None,
    *,
    nulls: bool,
) -> Context:
    context = Context(converter, policy, governed, strict, limits or Limits(), nulls)
    register_hooks(converter, context)
    return context


def make(
    preconf: str,
    policy: ImportPolicy,
    governed: bool,
    strict: bool,
    limits: Limits | None,
    options: Mapping[str, Any],
) -> Any:
    """
    Return a converter of `cattrs.preconf` that knows models and reads
    strictly.
    """
    codec = get_codec(preconf)
    given = options.get("unstruct_collection_overrides", {})
    kinds = {get_origin(cls) or cls for cls in given}
    # An override of a kind is one of what is of that kind, as in cattrs.
    defaults = {cls: to for cls, to in COLLECTIONS.items() if kinds.isdisjoint(_KINDS[cls])}
    overrides = {**defaults, **given}
    options = {"forbid_extra_keys": True, **options, "unstruct_collection_overrides": overrides}
    converter = codec.load_preconf().make_converter(**options)
    converter.__class__ = _strict_class(get_type(converter))
    if preconf == "bson":
        register_mapping_readers(converter)
    register_field_readers(converter)
    register_field_writers(converter, with_records=preconf == "msgspec")
    context = configure(converter, policy, governed, strict, limits, nulls=codec.nulls)
    return _equip(converter, codec, context, codec.load_write())


def _equip(converter: Any, codec: Codec, context: Context, write: Callable[..., Any]) -> Any:
    converter._callsheet = (codec, context, write)
    if codec.is_compact:
        converter.dumps = make_dumps(context.writer, write, converter.dumps)
    return converter


class _Strict:
    """
    The ``dumps`` and ``loads`` of converters that `make_converter` returns.
    """

    _callsheet: tuple[Codec, Context, Callable[..., Any]]

    def dumps(self, obj: Any, unstructure_as: Any = None, **options: Any) -> Any:
        """
        Return *obj* as a document in the converter's format.
        """
        codec, context, write = self._callsheet
        kind = get_type(obj)
        if kind is CallableModel and not options and unstructure_as is None:
            document = context.writer.write_plainly(obj)
            if document is not None:
                return write(document)
        if unstructure_as is None and isinstance(obj, Model):
            return codec.dumps(write, context.writer.write(obj), **options)
        are_models = kind is list and _are_models(obj)
        if are_models and obj and codec.takes_default and not options:
            return _dump_models(codec, context, write, obj)
        with as_values(False):  # a hook may write a document within a document
            data = cast("Any", self).unstructure(obj, unstructure_as=unstructure_as)
        return codec.dumps(write, data if are_models else make_native(data), **options)

    def loads(self, data: Any, cl: type[T], *args: Any, **options: Any) -> T:
        """
        Return the *cl* that a document in the converter's format describes.

        Raises:
            ModelError: An option of the format's library was given.
        """
        codec, context, _ = self._callsheet
        if args or options:
            given = ", ".join(
                [*map(shorten, args), *(f"{k}={shorten(options[k])}" for k in options)]
            )
            msg = (
                f"Cannot read {codec.name} with {given}: a document is read strictly, without "
                f"options of the format's library. Leave it out, or decode the data with that "
                f"library and call converter.structure(data, {getattr(cl, '__name__', cl)})."
            )
            raise ModelError(msg, codec.name)
        if codec.reads_json:
            # What reads models looks at the depth of each itself.
            check_depth = cl is not CallableModel and get_args(cl) != (CallableModel,)
            document = read_json(data, context.limits, check_depth=check_depth)
        else:
            document = codec.loads(data, context.limits)
        return cast("T", cast("Any", self).structure(document, cl))

    def copy(self, *args: Any, **kwargs: Any) -> Any:
        """
        Return a copy that reads and writes models in the same way.
        """
        codec, context, write = self._callsheet
        converter = cast("Any", super()).copy(*args, **kwargs)
        again = configure(
            converter,
            context.policy,
            context.governed,
            context.strict,
            context.limits,
            nulls=context.nulls,
        )
        return _equip(converter, codec, again, write)


def _are_models(items: list[Any]) -> bool:
    return all(issubclass(kind, Model) for kind in set(map(type, items)))


def _dump_models(
    codec: Codec, context: Context, write: Callable[..., Any], models: list[Any]
) -> Any:
    """
    Return a list of models in a format whose library calls back for each.
    """
    if codec.is_compact:
        text = dump_plain_models(context.writer, write, models)
        if text is not None:
            return text
    return codec.dumps(write, models, default=context.writer.write_nested)


@lru_cache
def _strict_class(cls: type) -> type:
    return type(cls.__name__, (_Strict, cls), {"__module__": cls.__module__})


def get_context(converter: Converter) -> Context:
    """
    Return what the hooks of *converter* share.

    Raises:
        ModelError: The converter has not been configured.
    """
    try:
        hook: Any = converter.get_structure_hook(CallableModel)
    except Exception:  # cattrs tries to make one of the fields
        hook = None
    if not isinstance(hook, ModelStructureHook):
        msg = (
            f"Cannot use {converter!r}: it has not been taught models. Call "
            "callsheet.configure_converter(converter, ...) first."
        )
        raise ModelError(msg)
    return hook.context


@lru_cache(maxsize=_N_POLICIES)
def get_cached(policy: ImportPolicy, governed: bool) -> Converter:
    from cattrs import Converter

    overrides: dict[Any, Any] = {tuple: tuple}
    converter = Converter(forbid_extra_keys=True, unstruct_collection_overrides=overrides)
    register_field_readers(converter)
    configure(converter, policy, governed, False, None, nulls=True)
    return converter


def write_json(converter: Converter, model: Model, **options: Any) -> str:
    """
    Return the document of *model* as JSON text.
    """
    excludes = {
        key: options.pop(key) for key in ("exclude_none", "exclude_unset", "exclude_defaults")
    }
    context = get_context(converter)
    writer = Writer(context, nulls=True, **excludes)
    return json.dumps(writer.write(model), **options)


def read_document(converter: Converter, document: Mapping[str, Any], cls: type[M]) -> M:
    """
    Return the model of class *cls* that *document* describes.
    """
    return cast("M", read_model(get_context(converter), document, cls))


def read_text(converter: Converter, text: str | bytes, cls: type[M]) -> M:
    """
    Return the model of class *cls* that JSON text describes.
    """
    context = get_context(converter)
    return cast("M", read_model(context, read_json(text, context.limits), cls))


def audit(
    document: Mapping[str, Any] | str | bytes,
    cls: type[Model] | None,
    policy: ImportPolicy,
    limits: Limits | None,
) -> list[Reference]:
    """
    Return every reference of a document with its verdict; imports nothing.
    """
    limits = limits or Limits()
    data: Any = document
    if isinstance(document, (str, bytes, bytearray)):
        data = read_json(document, limits)
    data = as_data(data)
    kind = _guess_kind(data) if cls is None else get_kind(cls)
    return audit_document(data, kind, policy, limits, getattr(cls, "_parameter", None))


def _guess_kind(data: Any) -> str:
    if not isinstance(data, Mapping) or "callable" in data:
        return "callable"
    document = cast("Mapping[str, Any]", data)
    inner = document.get("loader")
    if "object" in document or "object_type" in document:
        return "loader"
    if "loader" in document:
        is_executor = "submit_callable" in document or (
            isinstance(inner, Mapping) and "loader" in inner
        )
        return "executor" if is_executor else "loader"
    return "value"
