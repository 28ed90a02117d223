"""
Converters: any cattrs converter, taught to read and write models.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar

from ._base import Model
from ._formats import Limits
from ._imports import DEFAULT_POLICY, Allow, ImportPolicy, Reference, make_policy
from ._loading import importing
from .exceptions import CallsheetError, ModelError

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

M = TypeVar("M", bound=Model)

# The machinery is imported when a document is first read or written: a
# program that only calls models needs none of it, and no cattrs either.


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
    with importing:
        from ._documents import configure

    configure(converter, chosen, governed, strict, limits, nulls=True)


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
    with importing:
        from ._documents import make

    return make(preconf, chosen, governed, strict, limits, options)


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
    with importing:
        from ._documents import get_cached, get_context

    if converter is not None:
        if allow is not None:
            msg = "Cannot take both allow and converter: the converter carries its own policy."
            raise ModelError(msg)
        get_context(converter)
        return converter
    if allow is None:
        return get_cached(DEFAULT_POLICY, False)
    return get_cached(make_policy(allow), True)


def write_json(converter: Converter, model: Model, **options: Any) -> str:
    """
    Return the document of *model* as JSON text.
    """
    with importing:
        from ._documents import write_json as write

    return write(converter, model, **options)


def read_document(converter: Converter, document: Mapping[str, Any], cls: type[M]) -> M:
    """
    Return the model of class *cls* that *document* describes.
    """
    with importing:
        from ._documents import read_document as read

    return read(converter, document, cls)


def read_text(converter: Converter, text: str | bytes, cls: type[M]) -> M:
    """
    Return the model of class *cls* that JSON text describes.
    """
    with importing:
        from ._documents import read_text as read

    return read(converter, text, cls)


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
    with importing:
        from ._documents import audit as audit_document

    chosen, _ = _choose_policy(allow, policy)
    return audit_document(document, cls, chosen, limits)


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
    with importing:
        from cattrs import BaseValidationError, transform_error
        from cattrs.v import format_exception as format_cattrs_exception

    if isinstance(exc, BaseValidationError):
        lines = transform_error(exc, format_exception=format_exception)
        return "\n".join(map(_put_in_place, lines))
    return format_cattrs_exception(exc, type)


def _put_in_place(text: str) -> str:
    # The problems of an inner document, under the path of that document.
    problems, _, path = text.rpartition(" @ ")
    return problems.replace("\n  $", f"\n  {path}") if "\n  $" in problems else text
