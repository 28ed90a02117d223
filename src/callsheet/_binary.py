"""
Strict reading of binary formats, down to what JSON can hold.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from ._libraries import import_library
from ._limits import Limits, check_size, check_tree, describe_key
from .exceptions import CallsheetError, LimitError, TextError

__all__ = ["read_bson", "read_cbor2", "read_msgpack"]

_type: Callable[[object], Any] = type


def read_msgpack(data: bytes | bytearray, limits: Limits | None = None) -> Any:
    """
    Return the data of a msgpack document; extension types, timestamps and bytes
    are refused, as not every format has them.

    Raises:
        TextError: It is not exactly one strict document.

        LimitError: It goes beyond *limits*.
    """
    library = import_library("msgpack", "msgpack", "the msgpack document")

    def loads(content: bytes) -> Any:
        return library.unpackb(content, object_pairs_hook=_make_object, strict_map_key=False)

    return _read("msgpack", loads, data, limits or Limits())


def read_cbor2(data: bytes | bytearray, limits: Limits | None = None) -> Any:
    """
    Return the data of a CBOR document; tagged values and bytes are refused, as
    not every format has them.

    A key that occurs twice in a map is refused from cbor2 6 on: earlier
    versions do not tell.

    Raises:
        TextError: It is not exactly one strict document.

        LimitError: It goes beyond *limits*.
    """
    cls = import_library("cbor2", "cbor2", "the CBOR document").CBORDecoder
    options = {"allow_duplicate_keys": False} if hasattr(cls, "allow_duplicate_keys") else {}

    def loads(content: bytes) -> Any:
        file = io.BytesIO(content)
        decoded = cls(file, **options).decode()
        if file.tell() != len(content):
            raise ValueError("there is more after the document")
        return decoded

    return _read("CBOR", loads, data, limits or Limits())


def read_bson(data: bytes | bytearray, limits: Limits | None = None) -> Any:
    """
    Return the data of a BSON document; its native types are refused, as not
    every format has them.

    Raises:
        TextError: It is not exactly one strict document.

        LimitError: It goes beyond *limits*.
    """
    library = import_library("bson", "bson", "the BSON document")
    options = library.CodecOptions(document_class=_StrictDict)

    def loads(content: bytes) -> Any:
        return _make_plain(library.decode(content, codec_options=options), library.Int64)

    return _read("BSON", loads, data, limits or Limits())


def _read(name: str, loads: Any, data: Any, limits: Limits) -> Any:
    title = f"the {name} document"
    check_size(data, limits, title)
    if isinstance(data, str):
        message = f"Cannot read {title}: it is text. Give bytes."
        raise TextError(message)
    try:
        decoded = loads(bytes(data))
    except CallsheetError:
        raise
    except (RecursionError, MemoryError):
        message = f"Cannot read {title}: it is nested too deeply, or too large. Split it."
        raise LimitError(message) from None
    except Exception as error:  # the libraries raise more than their own errors
        reason = str(error)[:200].rstrip(".") or type(error).__name__
        message = f"Cannot read {title}: {reason}. Write it anew."
        raise TextError(message) from error
    check_tree(decoded, limits)
    return decoded


def _refuse_duplicate(key: object) -> TextError:
    message = (
        f"Cannot read the document: an object has the key {describe_key(key)} twice. "
        f"Remove one of the two."
    )
    return TextError(message)


def _make_object(pairs: list[tuple[Any, Any]]) -> dict[Any, Any]:
    made: dict[Any, Any] = {}
    for key, value in pairs:
        if key in made:
            raise _refuse_duplicate(key)
        made[key] = value
    return made


class _StrictDict(dict[str, Any]):
    """
    A dict that takes each key once.
    """

    def __setitem__(self, key: str, value: Any) -> None:
        if key in self:
            raise _refuse_duplicate(key)
        super().__setitem__(key, value)


def _make_plain(data: Any, integer: Any) -> Any:
    """
    Return *data* with plain dicts and ints instead of bson's own.
    """
    root: list[Any] = [data]
    stack: list[Any] = [root]
    while stack:
        target = stack.pop()
        for key in list(target) if _type(target) is dict else range(len(target)):
            value = target[key]
            kind = _type(value)
            if kind is _StrictDict:
                value, kind = dict(value), dict
            elif kind is integer:
                value = int(value)
            target[key] = value
            if kind is dict or kind is list:
                stack.append(value)
    return root[0]
