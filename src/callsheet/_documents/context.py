"""
The context of one converter, for reading and writing: policy, limits, readers.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import is_dataclass
from inspect import isclass
from typing import Any
from weakref import WeakKeyDictionary

import attrs

from .._base import Model
from .._formats import Limits
from .._imports import ImportPolicy
from .._loading import importing
from .._signatures import Plan, resolve_annotations
from .._values import get_reader

Reader = Callable[[Any], Any]

_PRIMITIVES: frozenset[Any] = frozenset({int, float, str, bool, type(None), None, Any, object})


@attrs.define(eq=False)
class Context:
    """
    What the hooks of one converter share.

    Attributes:
        converter: The converter that the hooks are registered on.

        policy: Which import strings a document may name.

        governed: Whether the policy was given, so that writing asks it too.

        strict: Whether JSON-native values are checked against annotations.

        limits: The limits of documents.

        nulls: Whether the format has a null (TOML has none).

        writer: What writes in the converter's format.

        writers: What writes JSON, by what it leaves out.

        dumps: Gives the JSON text of models, once it has been asked for.
    """

    converter: Any
    policy: ImportPolicy
    governed: bool = False
    strict: bool = False
    limits: Limits = attrs.field(factory=Limits)
    nulls: bool = True
    writer: Any = attrs.field(init=False, default=None)
    writers: dict[Any, Any] = attrs.field(init=False, factory=dict[Any, Any])
    dumps: Any = attrs.field(init=False, default=None)
    _readers: WeakKeyDictionary[Plan, dict[str, Reader]] = attrs.field(
        init=False, factory=WeakKeyDictionary[Plan, "dict[str, Reader]"]
    )

    def get_readers(self, target: Any, plan: Plan) -> Mapping[str, Reader]:
        """
        Return, by parameter, what reads its untagged values: only where the
        annotation would change some of them.
        """
        if is_plain(plan, target) and not self.strict:
            return {}
        readers = self._readers.get(plan)
        if readers is None:
            readers = {}
            for name, annotation in resolve_annotations(target).items():
                reader = get_reader(annotation, self, strict=self.strict)
                if reader is not None:
                    readers[name] = reader
            self._readers[plan] = readers
        return readers

    def can_structure(self, cls: Any) -> bool:
        """Return whether the converter makes instances of *cls* from plain data."""
        if not isclass(cls):
            return False
        if issubclass(cls, Model) or attrs.has(cls) or is_dataclass(cls):
            return True
        with importing:
            from cattrs import fns
            from cattrs.errors import StructureHandlerNotFoundError

        try:
            hook = self.converter.get_structure_hook(cls, cache_result=False)
        except StructureHandlerNotFoundError:
            return False
        fallback: Any = getattr(fns, "raise_error")  # noqa: B009  # it is not typed
        return hook is not fallback  # cattrs 24.1 has a hook that raises

    def structure(self, cls: Any, value: Any) -> Any:
        """Return the instance of *cls* that the converter makes of *value*."""
        return self.converter.structure(value, cls)


def is_plain(plan: Plan, target: Any) -> bool:
    """Return whether no annotation of *target* changes what a document's values mean."""
    if plan.plain is None:
        if target is None:  # a record on its own, without its callable
            return True
        plan.plain = all(map(_is_primitive, resolve_annotations(target).values()))
    return plan.plain


def _is_primitive(annotation: Any) -> bool:
    try:
        return annotation in _PRIMITIVES
    except TypeError:  # unhashable
        return False
