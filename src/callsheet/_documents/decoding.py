"""
The values of documents -> what they stand for.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import Enum
from typing import Any, Final, NoReturn

from .._base import ATOMS
from .._equality import check_hashes, same
from .._formats import Path, Problems, format_path
from .._imports import resolve_allowed
from .._messages import shorten
from .._statics import get_type
from .._values import (
    LEAF_TAGS,
    MODEL_TAGS,
    SEQUENCE_TAGS,
    as_values,
    decode_leaf,
    get_reasons,
    is_tagged,
)
from ..exceptions import CallsheetError, DocumentError, ModelError
from .context import Context, Reader

_JSON: Final = frozenset({str, int, bool, float, list, dict, type(None)})
_SEQUENCES: Final[dict[str, Any]] = {
    "$tuple": tuple,
    "$set": set,
    "$frozenset": frozenset,
    "$list": list,
}
_HASHED: Final = frozenset({"$set", "$frozenset"})


class _FailedType:
    """
    The type of what stands for a part that could not be read.
    """

    __slots__ = ()


FAILED: Any = _FailedType()


class Untagged:
    """
    A value that its parameter's annotation is still to read.
    """

    __slots__ = ("value",)

    def __init__(self, value: Any) -> None:
        self.value = value


class Decoder:
    """
    The reading of one document's values: it collects every problem on the way.

    Attributes:
        context: What the converter carries.

        problems: What is wrong, each with its path.
    """

    __slots__ = ("context", "problems")

    def __init__(self, context: Context) -> None:
        self.context = context
        self.problems = Problems()

    def decode_model(self, tag: str, payload: Any, path: Path) -> Any:
        """
        Return the model that stands under *tag*.
        """
        raise NotImplementedError

    def fail(self, path: Path, error: CallsheetError) -> Any:
        if error.path is None:
            error.path = format_path(path)
        self.problems.append(error)
        return FAILED

    def resolve(self, import_string: Any, path: Path, declared: Any = None) -> Any:
        if not isinstance(import_string, str) or callable(import_string):
            return import_string  # a live object, from Python
        also = () if declared is None else (declared,)
        try:
            return resolve_allowed(self.context.policy, import_string, also)
        except CallsheetError as error:
            return self.fail(path, error)

    def decode_argument(self, value: Any, path: Path, readers: Mapping[str, Reader]) -> Any:
        kind = get_type(value)
        if kind not in (list, dict):
            return Untagged(value) if readers and kind in _JSON else value
        decoded = self.decode(value, path)
        if readers and not (kind is dict and is_tagged(value)):
            return Untagged(decoded)
        return decoded

    def read_untagged(self, value: Any, reader: Reader | None, path: Path) -> Any:
        if type(value) is not Untagged:
            return value
        if reader is None:
            return value.value
        try:
            return reader(value.value)
        except DocumentError as error:
            self.problems.extend(nest(error, path))
            return FAILED
        except CallsheetError as error:
            return self.fail(path, error)
        except Exception as error:
            return self.fail(path, describe_failure(error))

    def decode(self, value: Any, path: Path) -> Any:
        """
        Return the value that *value* stands for in a document.
        """
        kind = get_type(value)
        if kind is list:
            if ATOMS.issuperset(map(type, value)):
                return value.copy()
            return [
                self.decode(item, (path, i)) if type(item) in (list, dict) else item
                for i, item in enumerate(value)
            ]
        if kind is not dict:
            return value
        if len(value) == 1:
            (tag,) = value
            if type(tag) is str and tag.startswith("$"):
                return self.decode_tag(tag, value[tag], (path, tag))
        return {
            key: self.decode(item, (path, key)) if type(item) in (list, dict) else item
            for key, item in value.items()
        }

    def decode_tag(self, tag: str, payload: Any, path: Path) -> Any:
        try:
            if tag in LEAF_TAGS:
                return decode_leaf(tag, payload)
            return self._decode_tag(tag, payload, path)
        except DocumentError as error:
            self.problems.extend(nest(error, path))
            return FAILED
        except CallsheetError as error:
            return self.fail(path, error)

    def _decode_tag(self, tag: str, payload: Any, path: Path) -> Any:
        if tag == "$raw":
            return _copy_json(payload)
        if tag == "$none":
            return None if payload is True else _malformed("$none must hold true.")
        if tag in SEQUENCE_TAGS:
            items = self.decode(payload, path)
            try:
                if tag in _HASHED:
                    check_hashes(items)
                made = _SEQUENCES[tag](items)
            except TypeError as error:
                raise ModelError(f"{tag} holds a value that is not hashable: {error}.") from error
            if len(made) != len(items) and FAILED not in made:
                return _malformed(f"{tag} holds a value twice.")
            return made
        if tag == "$dict":
            pairs = [self.decode(pair, (path, i)) for i, pair in enumerate(payload)]
            try:
                check_hashes([key for key, _ in pairs])
                made = dict(pairs)
            except TypeError as error:
                raise ModelError(f"$dict has a key that is not hashable: {error}.") from error
            if len(made) != len(pairs) and FAILED not in made:
                return _malformed("$dict has a key twice.")
            return made
        if tag == "$import":
            return self.resolve(payload, path)
        if tag in MODEL_TAGS:
            return self.decode_model(tag, payload, path)
        cls = self.resolve(payload[0], (path, 0))
        if cls is FAILED:
            return FAILED
        if tag == "$enum":
            return self.decode_member(cls, payload, path)
        return self.decode_object(cls, payload, path)

    def decode_member(self, cls: Any, payload: list[Any], path: Path) -> Any:
        if not isinstance(cls, type) or not issubclass(cls, Enum):
            return _malformed(f"$enum names {payload[0]!r}, which is no enumeration.")
        name = payload[1]
        if isinstance(name, str) and len(payload) == 2:
            member = cls.__members__.get(name)
            if member is None:
                return _malformed(
                    f"{payload[0]} has no member {shorten(name)}; it has {list(cls.__members__)}."
                )
            return member
        if len(payload) != 3 or self.decode(name, (path, 1)) is not None:
            return _malformed("$enum must hold [class, name] or [class, null, value].")
        value = self.decode(payload[2], (path, 2))
        try:
            member = cls(value)
        except Exception as error:  # an enumeration may look its members up itself
            raise ModelError(f"{payload[0]} has no member of value {shorten(value)}.") from error
        if not same(member.value, value):  # pyright: ignore[reportUnknownMemberType]
            return _malformed(f"{payload[0]} has no member of value {shorten(value)}.")
        return member

    def decode_object(self, cls: Any, payload: list[Any], path: Path) -> Any:
        if len(payload) != 2 or not isinstance(cls, type):
            return _malformed("$object must hold [class, data], where the first names a class.")
        if not self.context.can_structure(cls):
            return _malformed(f"the converter has no hook that makes a {cls.__qualname__}.")
        data = self.decode(payload[1], (path, 1))
        try:
            with as_values():
                return self.context.structure(cls, data)
        except CallsheetError:
            raise
        except Exception as error:
            raise describe_failure(error) from error


def _malformed(message: str) -> NoReturn:
    raise ModelError(message)


def describe_failure(error: Exception) -> ModelError:
    """
    Return our error for what an application's converter raised.
    """
    failure = ModelError(f"the converter refused it: {get_reasons(error)}.")
    failure.__cause__ = error
    return failure


def nest(error: DocumentError, path: Path) -> list[Any]:
    """
    Return the problems of a document that lies inside another one.
    """
    prefix = format_path(path)
    problems: list[Any] = list(error.exceptions)
    for problem in problems:
        inner = getattr(problem, "path", None) or "$"
        problem.path = prefix + inner[1:]
    return problems


def _copy_json(value: Any) -> Any:
    if type(value) is list:
        return [_copy_json(item) for item in value]  # pyright: ignore[reportUnknownVariableType]
    if type(value) is dict:
        return {key: _copy_json(item) for key, item in value.items()}  # pyright: ignore[reportUnknownVariableType]
    return value
