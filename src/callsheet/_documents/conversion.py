"""
Converters: any cattrs converter, taught to read and write models.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from functools import lru_cache
from sys import modules
from typing import Any, Final, TypeVar, cast, get_args, get_origin

from cattrs import BaseValidationError, Converter, transform_error
from cattrs.v import format_exception as format_cattrs_exception

from .._base import Excludes, Model
from .._formats import Format, Limits, get_format, read_json
from .._imports import DEFAULT_POLICY, Allow, ImportPolicy, Reference, make_policy
from .._messages import shorten
from .._models import CallableModel
from .._signatures import Plan
from .._statics import get_type
from .._values import (
    COLLECTIONS,
    are_plain,
    as_data,
    as_values,
    make_native,
    register_field_readers,
    register_field_writers,
    register_mapping_readers,
)
from ..exceptions import CallsheetError, ModelError
from .checking import audit_document
from .context import Context, is_plain
from .hooks import ModelStructureHook, register_hooks
from .reading import get_kind, read_model
from .writing import Writer

T = TypeVar("T")

_MAX_CONTEXTS: Final = 64
_MAX_HEADS: Final = 1024
_TEXT: Final = frozenset({str})
_encode: Final = json.JSONEncoder(allow_nan=False).encode
_NO_EXCLUDES: Final = (False, False, False)
_KINDS: Final[dict[Any, tuple[Any, ...]]] = {
    AbstractSet: (AbstractSet,),
    frozenset: (frozenset, AbstractSet),
    tuple: (tuple, Sequence),
}


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
    models; its ``loads`` reads strictly, whatever the format's library does,
    and takes none of that library's options.

    Args:
        preconf: The name of a module of `cattrs.preconf`: ``json``, ``orjson``,
            ``msgspec``, ``ujson``, ``pyyaml``, ``tomlkit``, ``msgpack``,
            ``cbor2`` or ``bson``.

        policy: Which import strings a document may name. Without it, what is
            defined in ``__main__``.

        allow: The policy's entries, instead of *policy*.

        strict: Whether JSON-native values are checked against annotations.

        limits: The limits of documents.

        options: What cattrs' own ``make_converter`` takes. Unlike there,
            ``forbid_extra_keys`` is true unless it is given.

    Returns:
        A converter with ``dumps`` and ``loads``.

    Raises:
        ModelError: There is no such preconf, or its library is not installed.

        PolicyError: An entry is nothing that a policy takes.
    """
    chosen, governed = _choose_policy(allow, policy)
    form = get_format(preconf)
    given = options.get("unstruct_collection_overrides", {})
    kinds = {get_origin(cls) or cls for cls in given}
    # An override of a kind is one of what is of that kind, as in cattrs.
    defaults = {cls: to for cls, to in COLLECTIONS.items() if kinds.isdisjoint(_KINDS[cls])}
    overrides = {**defaults, **given}
    options = {"forbid_extra_keys": True, **options, "unstruct_collection_overrides": overrides}
    converter = form.load_preconf().make_converter(**options)
    converter.__class__ = _strict_class(get_type(converter))
    if preconf == "bson":
        register_mapping_readers(converter)
    register_field_readers(converter)
    register_field_writers(converter, with_records=preconf == "msgspec")
    context = _configure(converter, chosen, governed, strict, limits, nulls=form.nulls)
    return _equip(converter, form, context, form.load_write())


def _equip(converter: Any, form: Format, context: Context, write: Callable[..., Any]) -> Any:
    dump_list = None
    if form.is_quick:
        encode = write if form.is_compact else _encode
        converter.dumps, dump_list = _make_dumps(
            context.writer, encode, converter.dumps, is_compact=form.is_compact
        )
    converter._callsheet = (form, context, write, dump_list)
    return converter


def _make_dumps(
    writer: Writer, encode: Callable[[Any], Any], otherwise: Callable[..., Any], *, is_compact: bool
) -> tuple[Callable[..., Any], Callable[[list[Any]], Any]]:
    """
    Return a function that gives the JSON of plain models quickly, and one for
    lists of models.

    What stands before the arguments is encoded once for each callable, and kept
    with the names that must still lead to it. They are functions of their own,
    with all that they need at hand: a method and what it looks up cost as much
    as the encoding.

    Args:
        writer: What knows the names of callables.

        encode: Encodes a mapping as JSON.

        otherwise: The ``dumps`` of everything else.

        is_compact: Whether *encode* gives bytes without white space, not text.
    """
    heads: dict[int, tuple[Plan, dict[str, Any], str, str, Any, Any]] = {}
    end: Any = b"}" if is_compact else "}"

    def dumps(obj: Any, unstructure_as: Any = None, **options: Any) -> Any:
        if get_type(obj) is CallableModel and unstructure_as is None and not options:
            record = obj.signature
            named = record._named
            if named and obj._ready is not None:
                target = obj.callable
                try:
                    plan, namespace, name, module_name, module, head = heads[id(target)]
                    if (
                        record._plan is plan
                        and namespace[name] is target
                        and modules[module_name] is module
                        and are_plain(obj._ready)
                    ):
                        return head + encode(named)[1:] + end
                except KeyError:
                    pass
                learn(target, record._plan)
        return otherwise(obj, unstructure_as, **options)

    def dump_list(models: list[Any]) -> Any:
        texts: list[Any] = []
        target: Any = None
        plan: Any = None
        head: Any = None
        for model in models:
            if get_type(model) is not CallableModel:
                texts.append(dumps(model))
                continue
            record = model.signature
            if model.callable is target and record._plan is plan:
                named = record._named
                if head and named and model._ready is not None and are_plain(model._ready):
                    texts.append(head + encode(named)[1:] + end)
                    continue
            texts.append(dumps(model))
            target, plan = model.callable, record._plan
            known = heads.get(id(target))
            head = known[-1] if known is not None and known[0] is plan else None
        return b"[" + b",".join(texts) + b"]" if is_compact else f"[{', '.join(texts)}]"

    def learn(target: Any, plan: Plan) -> None:
        if not writer.plain or "args" in plan.defaults or not is_plain(plan, target):
            return
        known = writer.get_plain_name(target)
        if known is None:
            return
        if len(heads) >= _MAX_HEADS:
            heads.clear()
        _, namespace, name, module_name, module, import_string = known
        # No character of an import string needs an escape.
        head: Any = f'{{"callable": "{import_string}", "signature": {{"args": [], '
        if is_compact:
            head = head.replace(" ", "").encode()
        heads[id(target)] = (plan, namespace, name, module_name, module, head)

    return dumps, dump_list


class _Strict:
    """The ``dumps`` and ``loads`` of converters that `make_converter` returns."""

    _callsheet: tuple[Format, Context, Callable[..., Any], Callable[..., Any] | None]

    def dumps(self, obj: Any, unstructure_as: Any = None, **options: Any) -> Any:
        """Return *obj* as a document in the converter's format."""
        form, context, write, dump_list = self._callsheet
        kind = get_type(obj)
        if kind is CallableModel and not options and unstructure_as is None:
            document = context.writer.write_plainly(obj)
            if document is not None:
                return write(document)
        if unstructure_as is None and isinstance(obj, Model):
            return form.dumps(write, context.writer.write(obj), **options)
        are_models = kind is list and _are_models(obj)
        if are_models and obj and dump_list is not None and not options:
            return dump_list(obj)
        with as_values(False):  # a hook may write a document within a document
            data = cast("Any", self).unstructure(obj, unstructure_as=unstructure_as)
        return form.dumps(write, data if are_models else make_native(data), **options)

    def loads(self, data: Any, cl: type[T], *args: Any, **options: Any) -> T:
        """
        Return the *cl* that a document in the converter's format describes.

        Raises:
            ModelError: An option of the format's library was given.
        """
        form, context, _, _ = self._callsheet
        if args or options:
            given = ", ".join(
                [*map(shorten, args), *(f"{k}={shorten(options[k])}" for k in options)]
            )
            msg = (
                f"Cannot read {form.name} with {given}: a document is read strictly, without "
                f"options of the format's library. Leave it out, or decode the data with that "
                f"library and call converter.structure(data, {getattr(cl, '__name__', cl)})."
            )
            raise ModelError(msg, form.name)
        if form.reads_json:
            # What reads models looks at the depth of each itself.
            check_depth = cl is not CallableModel and get_args(cl) != (CallableModel,)
            document = read_json(data, context.limits, check_depth=check_depth)
        else:
            document = form.loads(data, context.limits)
        return cast("T", cast("Any", self).structure(document, cl))

    def copy(self, *args: Any, **kwargs: Any) -> Any:
        """Return a copy that reads and writes models in the same way."""
        form, context, write, _ = self._callsheet
        converter = cast("Any", super()).copy(*args, **kwargs)
        again = _configure(
            converter,
            context.policy,
            context.governed,
            context.strict,
            context.limits,
            nulls=context.nulls,
        )
        return _equip(converter, form, again, write)


def _are_models(items: list[Any]) -> bool:
    return all(issubclass(kind, Model) for kind in set(map(type, items)))


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


@lru_cache(maxsize=_MAX_CONTEXTS)
def _get_context(policy: ImportPolicy, governed: bool) -> Context:
    converter = Converter(forbid_extra_keys=True, unstruct_collection_overrides={tuple: tuple})
    register_field_readers(converter)
    return _configure(converter, policy, governed, False, None, nulls=True)


_contexts: dict[tuple[str, ...], Context] = {}


def _choose_context(allow: Any, converter: Converter | None) -> Context:
    """Return the context of *converter*, or of the default one for these entries."""
    if converter is not None:
        if allow is not None:
            msg = "Cannot take both allow and converter: the converter carries its own policy."
            raise ModelError(msg)
        return get_context(converter)
    if allow is None:
        return _get_context(DEFAULT_POLICY, False)
    if get_type(allow) is not list or not _TEXT.issuperset(map(type, allow)):
        return _get_context(make_policy(allow), True)
    key: tuple[str, ...] = tuple(allow)
    context = _contexts.get(key)
    if context is None:
        context = _get_context(make_policy(allow), True)
        if len(_contexts) >= _MAX_CONTEXTS:
            _contexts.clear()
        _contexts[key] = context
    return context


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
    return cast("Converter", _choose_context(allow, converter).converter)


def _get_writer(context: Context, excludes: Excludes) -> Writer:
    writer: Writer | None = context.writers.get(excludes)
    if writer is None:
        nothing, unset, defaults = excludes
        writer = context.writers[excludes] = Writer(
            context,
            exclude_none=nothing,
            exclude_unset=unset,
            exclude_defaults=defaults,
            nulls=True,
        )
    return writer


def write_json(
    model: Any, converter: Converter | None, excludes: Excludes, options: dict[str, Any]
) -> str:
    """Return the document of *model* as JSON text."""
    context = _choose_context(None, converter)
    if options or excludes != _NO_EXCLUDES:
        return json.dumps(_get_writer(context, excludes).write(model), **options)
    dumps = context.dumps
    if dumps is None:
        writer = _get_writer(context, excludes)

        def write_with_care(obj: Any, _: Any) -> str:
            return _encode(writer.write(obj))

        dumps, _ = _make_dumps(writer, _encode, write_with_care, is_compact=False)
        context.dumps = dumps
    return cast("str", dumps(model))


def read_data(cls: Any, data: Any, allow: Any, converter: Converter | None) -> Any:
    """Return the model of class *cls* that a document describes."""
    return read_model(_choose_context(allow, converter), data, cls)


def read_text(cls: Any, text: Any, allow: Any, converter: Converter | None) -> Any:
    """Return the model of class *cls* that JSON text describes."""
    context = _choose_context(allow, converter)
    return read_model(context, read_json(text, context.limits, check_depth=False), cls)


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
    data = as_data(data)
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


def format_exception(exc: BaseException, type: type | None = None) -> str:
    """
    Return an error in lines that a person reads: each problem with its path.

    Our own errors keep their messages; cattrs formats the rest.

    Args:
        exc: What a converter has raised.

        type: What was to be made, as `cattrs.transform_error` hands it over.

    Example:
        ``print(format_exception(exc))``, or, as lines,
        ``transform_error(exc, format_exception=format_exception)``
    """
    if isinstance(exc, CallsheetError):
        return str(exc)
    if isinstance(exc, BaseValidationError):
        lines = transform_error(exc, format_exception=format_exception)
        return "\n".join(map(_put_in_place, lines))
    return format_cattrs_exception(exc, type)


def _put_in_place(text: str) -> str:
    # The problems of an inner document, under the path of that document.
    problems, _, path = text.rpartition(" @ ")
    return problems.replace("\n  $", f"\n  {path}") if "\n  $" in problems else text
