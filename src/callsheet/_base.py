"""
The base of every model: its two forms, its port to documents, and two markers.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable, Mapping
from types import BuiltinFunctionType, FunctionType, NoneType
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeAlias, cast

from ._loading import importing

if sys.version_info >= (3, 13):
    from typing import Self as Self
    from typing import TypeVar
else:
    from typing_extensions import Self as Self
    from typing_extensions import TypeVar  # takes defaults (PEP 696)

if TYPE_CHECKING:
    from cattrs import Converter

ObjType = TypeVar("ObjType", default=Any)
R = TypeVar("R", default=Any)

#: A mapping by names. Where a class has a method `dict`, annotations see the method.
Live: TypeAlias = dict[str, Any]


class Policy(Protocol):
    """An import policy, as models know it."""

    @property
    def exact_only(self) -> bool:
        """Whether wildcards are refused."""
        ...


Allow: TypeAlias = Policy | Iterable[str | Callable[..., Any]]


#: Whether what is None, unset, or at its default is left out.
Excludes: TypeAlias = tuple[bool, bool, bool]


class Documents(Protocol):
    """What models need of documents."""

    def write_json(
        self, model: Any, converter: Any, excludes: Excludes, options: dict[str, Any], /
    ) -> str:
        """Return the document of *model* as JSON text."""
        ...

    def read_data(self, cls: Any, data: Any, allow: Any, converter: Any, /) -> Any:
        """Return the model of class *cls* that a document describes."""
        ...

    def read_text(self, cls: Any, text: Any, allow: Any, converter: Any, /) -> Any:
        """Return the model of class *cls* that JSON text describes."""
        ...


class _Port:
    __slots__ = ("documents", "load")

    load: Callable[[], Documents]
    documents: Documents | None


_port = _Port()


def connect(load: Callable[[], Any]) -> None:
    """
    Let models read and write documents by what *load* returns, which is called
    for the first one, so that `callsheet` can be imported without documents.
    """
    _port.load = load
    _port.documents = None


def _get_documents() -> Documents:
    documents = _port.documents
    if documents is None:
        with importing:
            documents = _port.documents = _port.load()
    return documents


class UnsetType:
    """
    The type of `UNSET`, which marks a parameter that has no value.

    `inspect.Parameter.empty` is a value that callables may take themselves.
    """

    __slots__ = ()

    def __repr__(self) -> str:
        return "UNSET"

    def __reduce__(self) -> str:
        return "UNSET"


UNSET: Final = UnsetType()


#: Stands for an unset parameter, as the whole value of a named one.
EMPTY: Final = "inspect._empty"


#: Exact types of values that hold nothing and are never unset.
ATOMS = frozenset(
    {int, str, float, bool, NoneType, bytes, complex, FunctionType, BuiltinFunctionType}
)


class Deferred:
    """The marker of a stored argument that is built when the call happens."""

    __slots__ = ()

    def _build(self, owned: list[Any] | None) -> Any:
        """Return the object; append what was built for its sake to *owned*."""
        raise NotImplementedError

    def load(self) -> Any:
        """Return the object."""
        raise NotImplementedError


class Model:
    """
    The methods of every model, in pydantic v1's spelling.

    `dict` gives the *live form*, which the constructor reads; `json` gives
    the *document*, which `parse_obj` and `parse_raw` read.
    """

    __slots__ = ()

    def dict(
        self,
        *,
        exclude_none: bool = False,
        exclude_unset: bool = False,
        exclude_defaults: bool = False,
    ) -> dict[str, Any]:
        """
        Return the live form: callables and argument values untouched.

        Args:
            exclude_none: Leave out parameters that are None by default.

            exclude_unset: Leave out parameters that were never given.

            exclude_defaults: Leave out parameters that have their default.
        """
        raise NotImplementedError

    def json(
        self,
        *,
        exclude_none: bool = False,
        exclude_unset: bool = False,
        exclude_defaults: bool = False,
        converter: Converter | None = None,
        **dumps_kwargs: Any,
    ) -> str:
        """
        Return the document as JSON text.

        Args:
            exclude_none: Leave out parameters that are None by default.

            exclude_unset: Leave out parameters that were never given.

            exclude_defaults: Leave out parameters that have their default.

            converter: The configured converter to use instead of the default.

            dumps_kwargs: Options of `json.dumps`, such as ``indent``.

        Raises:
            callsheet.exceptions.UnwritableError: A value has no form in a
                document; the message names the argument.

            callsheet.exceptions.UnnameableError: No import string leads to a
                callable.
        """
        excludes = (exclude_none, exclude_unset, exclude_defaults)
        return _get_documents().write_json(self, converter, excludes, dumps_kwargs)

    @classmethod
    def parse_obj(
        cls,
        obj: Mapping[str, Any],
        *,
        allow: Allow | None = None,
        converter: Converter | None = None,
    ) -> Self:
        """
        Return the model that a document (a mapping) describes.

        Args:
            obj: The document; ``callable`` may also be a live callable.

            allow: What the document may name (see `ImportPolicy`). Without it,
                what is defined in ``__main__``.

            converter: A configured converter, which carries its own policy.

        Raises:
            callsheet.exceptions.DocumentError: With every problem, each with
                its path.
        """
        return cast("Self", _get_documents().read_data(cls, obj, allow, converter))

    @classmethod
    def parse_raw(
        cls,
        text: str | bytes,
        *,
        allow: Allow | None = None,
        converter: Converter | None = None,
    ) -> Self:
        """
        Return the model that a document (JSON text) describes.

        Args:
            text: Exactly one JSON document, read strictly.

            allow: What the document may name (see `ImportPolicy`). Without it,
                what is defined in ``__main__``.

            converter: A configured converter, which carries its own policy.

        Raises:
            callsheet.exceptions.TextError: The text is not strict JSON.

            callsheet.exceptions.DocumentError: With every problem, each with
                its path.
        """
        return cast("Self", _get_documents().read_text(cls, text, allow, converter))
