"""
What every model shares: its two forms, its roads to documents, two markers.
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
    """
    An import policy, as models know it.
    """

    @property
    def exact_only(self) -> bool:
        """
        Whether wildcards are refused.
        """
        ...


Allow: TypeAlias = Policy | Iterable[str | Callable[..., Any]]


class Documents(Protocol):
    """
    What models need of documents.
    """

    def get_default_converter(self, allow: Any = None, converter: Any = None) -> Any:
        """
        Return the converter to use.
        """
        ...

    def write_json(self, converter: Any, model: Any, **options: Any) -> str:
        """
        Return the document of *model* as JSON text.
        """
        ...

    def read_document(self, converter: Any, document: Any, cls: Any) -> Any:
        """
        Return the model of class *cls* that *document* describes.
        """
        ...

    def read_text(self, converter: Any, text: Any, cls: Any) -> Any:
        """
        Return the model of class *cls* that JSON text describes.
        """
        ...


_loaders: list[Callable[[], Documents]] = []


def connect(load: Callable[[], Any]) -> None:
    """
    Let models read and write documents by what *load* returns. It is called
    for each document, so that `callsheet` can be imported without documents.
    """
    _loaders[:] = [load]


def _documents() -> Documents:
    with importing:
        return _loaders[0]()


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
    """
    The marker of a stored argument that is built when the call happens.
    """

    __slots__ = ()

    def _build(self, owned: list[Any] | None) -> Any:
        """
        Return the object; append what was built for its sake to *owned*.
        """
        raise NotImplementedError

    def load(self) -> Any:
        """
        Return the object.
        """
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
        documents = _documents()
        return documents.write_json(
            documents.get_default_converter() if converter is None else converter,
            self,
            exclude_none=exclude_none,
            exclude_unset=exclude_unset,
            exclude_defaults=exclude_defaults,
            **dumps_kwargs,
        )

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
        documents = _documents()
        chosen = documents.get_default_converter(allow, converter)
        return cast("Self", documents.read_document(chosen, obj, cls))

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
        documents = _documents()
        chosen = documents.get_default_converter(allow, converter)
        return cast("Self", documents.read_text(chosen, text, cls))
