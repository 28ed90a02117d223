"""
Strict reading of binary formats, down to what JSON can hold.
"""

from __future__ import annotations

import io
from collections.abc import Callable
from typing import Any

from .._messages import expect
from .._statics import get_type
from .limits import (
    Limits,
    check_size,
    check_tree,
    describe_key,
    import_library,
    reading,
    refuse,
    refuse_double,
)


def read_msgpack(data: bytes | bytearray, limits: Limits | None = None) -> Any:
    """
    Return the data of a msgpack document; extension types, timestamps and bytes
    are refused, as not every format has them.
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
    """
    limits = limits or Limits()
    cls = import_library("cbor2", "cbor2", "the CBOR document").CBORDecoder
    options = {"allow_duplicate_keys": False} if hasattr(cls, "allow_duplicate_keys") else {}

    def loads(content: bytes) -> Any:
        _check_cbor(content, limits.max_depth)
        return cls(io.BytesIO(content), **options).decode()

    return _read("CBOR", loads, data, limits)


def read_bson(data: bytes | bytearray, limits: Limits | None = None) -> Any:
    """
    Return the data of a BSON document; its native types are refused, as not
    every format has them.
    """
    library = import_library("bson", "bson", "the BSON document")
    options = library.CodecOptions(document_class=_StrictDict)

    def loads(content: bytes) -> Any:
        return _make_plain(library.decode(content, codec_options=options), library.Int64)

    return _read("BSON", loads, data, limits or Limits())


def _read(name: str, loads: Callable[[bytes], Any], data: Any, limits: Limits) -> Any:
    title = f"the {name} document"
    check_size(data, limits, title)
    if isinstance(data, str):
        raise refuse(title, "it is text. Give bytes.")
    with reading(title, "Write it anew."):
        decoded = loads(bytes(data))
    check_tree(decoded, limits)
    return decoded


class _StrictDict(dict[str, Any]):
    """A dict that takes each key once."""

    def __setitem__(self, key: str, value: Any) -> None:
        if key in self:
            raise refuse_double(key, "the document")
        super().__setitem__(key, value)


def _make_object(pairs: list[tuple[Any, Any]]) -> dict[str, Any]:
    made: dict[Any, Any] = {}
    for key, value in pairs:
        if type(key) is not str:  # whose hash the document may have chosen
            raise refuse("the document", f"a key is {describe_key(key)}, not text.")
        if key in made:
            raise refuse_double(key, "the document")
        made[key] = value
    return made


def _check_cbor(data: bytes, max_depth: int) -> None:
    """
    Refuse, before the library makes anything of it, what is no JSON data: tags,
    which may stand for more than their size, keys that are not text, and
    lists that claim to be longer than the document.
    """
    size, position = len(data), 0
    n_left, is_map = 1, False  # items of the innermost; below 0 where a break ends it
    outer: list[tuple[int, bool]] = []
    n_claimed = 0
    while True:
        while n_left == 0:
            if not outer:
                expect(position == size, "there is more after the document")
                return
            n_left, is_map = outer.pop()
        expect(position < size, "it is cut short")
        major, info = divmod(data[position], 32)
        position += 1
        if major == 7 and info == 31:
            expect(n_left < 0 and outer, "it has a break where nothing ends")
            n_left, is_map = outer.pop()
            continue
        argument = info
        if 24 <= info <= 27:
            end = position + (1 << info - 24)
            argument, position = int.from_bytes(data[position:end], "big"), end
        expect(major != 6, "it has a tagged value, which not every format has")
        expect(not is_map or n_left % 2 or major == 3, "a key is not text")
        n_claimed -= n_left > 0
        n_left -= 1
        if info == 31 or major in (4, 5):
            if len(outer) > max_depth + 1:  # text in pieces is one more
                raise RecursionError
            outer.append((n_left, is_map))
            is_map = major == 5
            n_left = -2 if info == 31 else argument * (major - 3)
            n_claimed += max(n_left, 0)
            expect(n_claimed <= size - position, "it is cut short")
        elif major in (2, 3):
            position += argument


def _make_plain(data: Any, integer: Any) -> Any:
    """Return *data* with plain dicts and ints instead of bson's own."""
    root: list[Any] = [data]
    stack: list[Any] = [root]
    while stack:
        target = stack.pop()
        for key in list(target) if get_type(target) is dict else range(len(target)):
            value = target[key]
            kind = get_type(value)
            if kind is _StrictDict:
                value, kind = dict(value), dict
            elif kind is integer:
                value = int(value)
            target[key] = value
            if kind is dict or kind is list:
                stack.append(value)
    return root[0]
