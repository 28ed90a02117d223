"""
Converters: any cattrs converter, taught to read and write models.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, Final, TypeVar, cast

from ._callables import CallableModel
from ._codecs import Codec, get_codec
from ._contexts import Context
from ._hooks import ModelStructureHook, register_hooks
from ._models import Model
from ._reading import get_kind, read_model
from ._references import Reference, audit_document
from ._texts import Limits, read_json
from ._writing import Writer
from .exceptions import CallsheetError, ModelError
from .policies import DEFAULT_POLICY, Allow, ImportPolicy, make_policy

if TYPE_CHECKING:
    from cattrs import Converter

__all__ = [
    "Limits",
    "Reference",
    "audit",
    "configure_converter",
    "format_exception",
    "get_default_converter",
    "make_converter",
]

T = TypeVar("T")
M = TypeVar("M", bound=Model)

_type: Callable[[object], Any] = type
_N_POLICIES: Final = 64


def _choose_policy(allow: Allow | None, policy: ImportPolicy | None) -> tuple[ImportPolicy, bool]:
    if policy is not None:
        if allow is not None:
            msg = "Cannot take both allow and policy: a policy is its entries. Give one of them."
            raise ModelError(msg)
        return make_policy(policy), True
    return (DEFAULT_POLICY, False) if allow is None else (make_policy(allow), True)


def configure_converter(
    converter: Converter,
    *,
    policy: ImportPolicy | None = None,
    allow: Allow | None = None,
    strict: bool = False,
    limits: Limits | None = None,
) -> None:
    """
    Teach *converter* to structure and unstructure models.

    Hooks that are registered on the converter afterwards win over these.

    Args:
        converter: Any cattrs converter.

        policy: Which import strings a document may name. Without it, what is
            defined in ``__main__``.

        allow: The policy's entries, instead of *policy*.

        strict: Whether JSON-native values are checked against annotations.

        limits: The limits of documents.

    Raises:
        PolicyError: An entry is nothing that a policy takes.
    """
    chosen, governed = _choose_policy(allow, policy)
    _configure(converter, chosen, governed, strict, limits, nulls=True)


def _configure(
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


def make_converter(
    preconf: str = "json",
    *,
    policy: ImportPolicy | None = None,
    allow: Allow | None = None,
    strict: bool = False,
    limits: Limits | None = None,
    **options: Any,
) -> Any:
    """
    Return one of cattrs' preconfigured converters, taught to read and write
    models; its ``loads`` reads strictly, whatever the format's library does.

    Args:
        preconf: The name of a module of `cattrs.preconf`: ``json``, ``orjson``,
            ``msgspec``, ``ujson``, ``pyyaml``, ``tomlkit``, ``msgpack``,
            ``cbor2`` or ``bson``.

        policy: Which import strings a document may name. Without it, what is
            defined in ``__main__``.

        allow: The policy's entries, instead of *policy*.

        strict: Whether JSON-native values are checked against annotations.

        limits: The limits of documents.

        options: What cattrs' own ``make_converter`` takes.

    Returns:
        A converter with ``dumps`` and ``loads``.

    Raises:
        ModelError: There is no such preconf, or its library is not installed.

        PolicyError: An entry is nothing that a policy takes.
    """
    chosen, governed = _choose_policy(allow, policy)
    codec = get_codec(preconf)
    converter = codec.load_preconf().make_converter(**options)
    cls = _type(converter)
    converter.__class__ = _strict_class(cls)
    context = _configure(converter, chosen, governed, strict, limits, nulls=codec.nulls)
    converter._callsheet = (codec, context, codec.load_write())
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
        kind = _type(obj)
        if kind is CallableModel and not options and unstructure_as is None:
            document = context.writer.write_plainly(obj)
            if document is not None:
                return write(document)
        if unstructure_as is None and isinstance(obj, Model):
            return codec.dumps(write, context.writer.write(obj), **options)
        if kind is list and obj and codec.takes_default and not options:
            text = _dump_models(codec, context, write, obj)
            if text is not None:
                return text
        data = cast("Any", self).unstructure(obj, unstructure_as=unstructure_as)
        return codec.dumps(write, data, **options)

    def loads(self, data: Any, cl: type[T], **options: Any) -> T:
        """
        Return the *cl* that a document in the converter's format describes.
        """
        codec, context, _ = self._callsheet
        document = codec.loads(data, context.limits, **options)
        return cast("T", cast("Any", self).structure(document, cl))

    def copy(self, *args: Any, **kwargs: Any) -> Any:
        """
        Return a copy that reads and writes models in the same way.
        """
        codec, context, write = self._callsheet
        converter = cast("Any", super()).copy(*args, **kwargs)
        again = _configure(
            converter,
            context.policy,
            context.governed,
            context.strict,
            context.limits,
            nulls=context.nulls,
        )
        converter._callsheet = (codec, again, write)
        return converter


def _dump_models(
    codec: Codec, context: Context, write: Callable[..., Any], models: list[Any]
) -> Any:
    """
    Return a list of models in a format whose library calls back for each.
    """
    for kind in set(map(type, models)):
        if not issubclass(kind, Model):
            return None
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
    hook = converter.get_structure_hook(CallableModel)
    if not isinstance(hook, ModelStructureHook):
        msg = (
            f"Cannot use {converter!r}: it has not been taught models. Call "
            "callsheet.configure_converter(converter, ...) first."
        )
        raise ModelError(msg)
    return hook.context


@lru_cache(maxsize=_N_POLICIES)
def _get_cached(policy: ImportPolicy, governed: bool) -> Converter:
    from cattrs import Converter

    converter = Converter()
    _configure(converter, policy, governed, False, None, nulls=True)
    return converter


def get_default_converter(
    allow: Allow | None = None, converter: Converter | None = None
) -> Converter:
    """
    Return the converter that the models' own methods use.

    Args:
        allow: The entries of its policy. Without it, documents may name what
            is defined in ``__main__``.

        converter: Taken instead; it carries its own policy.

    Raises:
        ModelError: Both are given, or the converter knows no models.
    """
    if converter is not None:
        if allow is not None:
            msg = "Cannot take both allow and converter: the converter carries its own policy."
            raise ModelError(msg)
        get_context(converter)
        return converter
    if allow is None:
        return _get_cached(DEFAULT_POLICY, False)
    return _get_cached(make_policy(allow), True)


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
    cls: type[Model] | None = None,
    *,
    allow: Allow | None = None,
    policy: ImportPolicy | None = None,
    limits: Limits | None = None,
) -> list[Reference]:
    """
    Return every reference of a document, and what a policy says of it.

    This is the first phase of reading, the same code; it imports nothing.

    Args:
        document: The data, or JSON text.

        cls: The class to read it as; found by the document's form without it.

        allow: The policy's entries. Without it, what is defined in
            ``__main__``.

        policy: The policy itself, instead of *allow*.

        limits: The limits of documents.

    Returns:
        The references, in the document's order.

    Raises:
        DocumentError: The document is malformed.

        TextError: The text is not strict JSON.
    """
    chosen, _ = _choose_policy(allow, policy)
    limits = limits or Limits()
    data: Any = document
    if isinstance(document, (str, bytes, bytearray)):
        data = read_json(document, limits)
    kind = _guess_kind(data) if cls is None else get_kind(cls)
    return audit_document(data, kind, chosen, limits, getattr(cls, "_parameter", None))


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


def format_exception(exc: BaseException, type: type | None) -> str:
    """
    Return a line for an error, for `cattrs.transform_error`.

    Our own errors keep their messages; cattrs formats the rest.

    Example:
        ``transform_error(exc, format_exception=format_exception)``
    """
    if isinstance(exc, CallsheetError):
        return str(exc)
    from cattrs.v import format_exception as format_cattrs_exception

    return format_cattrs_exception(exc, type)
