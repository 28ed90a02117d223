"""
numpy's dtypes as data: those of plain data, with fields and offsets.
"""

from __future__ import annotations

import math
import re
from typing import Any

from ._arrays import get_dtype_extras
from ._equality import same
from ._leaves import decode_text, encode_text, get_items, is_list, is_object
from ._messages import expect
from .exceptions import UnwritableError

__all__ = ["decode_dtype", "decode_shape", "encode_dtype"]

_KINDS = "biufcmMSUV"
_DTYPE = (
    r"[<>|=]?(?:\?|b1|[iu][1248]|f(?:2|4|8|12|16)|c(?:8|16|24|32)|[SUV][1-9]\d{0,8}"
    r"|[mM]8(?:\[\d{0,9}[a-zA-Z]{1,7}\])?)"
)
_FIELDS = {"names", "formats", "offsets", "itemsize"}
_DEPTH = 32
_MAX_DIMENSIONS = 64  # of numpy 2


def encode_dtype(numpy: Any, dtype: Any) -> Any:
    """
    Return a dtype as its string, or as an object with its fields.

    Raises:
        UnwritableError: Its items are not plain data, or it holds more.
    """
    payload = _encode(numpy, dtype)
    decoded = decode_dtype(numpy, payload)
    if decoded != dtype or not same(get_dtype_extras(decoded), get_dtype_extras(dtype)):
        message = (
            f"Cannot write a numpy value of dtype {dtype}: what the dtype holds besides its "
            "layout (metadata, odd titles, a type of its items) would be lost. Convert it to a "
            "dtype without."
        )
        raise UnwritableError(message, str(dtype))
    return payload


def _encode(numpy: Any, dtype: Any) -> Any:
    if dtype.kind not in _KINDS or dtype.hasobject or not dtype.itemsize:
        message = (
            f"Cannot write a numpy value of dtype {dtype}: its content is not plain data. "
            f"Convert it to another dtype, or to a list."
        )
        raise UnwritableError(message, str(dtype))
    if dtype.subdtype is not None:
        base, shape = dtype.subdtype
        return [_encode(numpy, base), list(shape)]
    if dtype.names is None:
        return dtype.str
    fields = [dtype.fields[name] for name in dtype.names]
    payload: dict[str, Any] = {
        "names": [encode_text(name) for name in dtype.names],
        "formats": [_encode(numpy, field[0]) for field in fields],
        "offsets": [field[1] for field in fields],
        "itemsize": dtype.itemsize,
    }
    if dtype.isalignedstruct:
        payload["aligned"] = True
    if any(len(field) > 2 for field in fields):
        titles = [field[2] if len(field) > 2 else "" for field in fields]
        payload["titles"] = [encode_text(title) if type(title) is str else "" for title in titles]
    if dtype.type is numpy.record:
        payload["record"] = True
    return payload


def decode_dtype(numpy: Any, payload: Any, depth: int = 0) -> Any:
    """
    Return the dtype that `encode_dtype` wrote: one of plain data, always.
    """
    expect(depth < _DEPTH, "its dtype is nested too deeply")
    if isinstance(payload, str):
        expect(re.fullmatch(_DTYPE, payload, re.ASCII), "its dtype is none of plain data")
        dtype = numpy.dtype(payload)
    elif is_list(payload):
        base, shape = get_items(payload, 2, "a dtype and a shape")
        dtype = numpy.dtype((decode_dtype(numpy, base, depth + 1), decode_shape(shape)))
    else:
        expect(is_object(payload), "its dtype is neither text nor an object")
        expect(
            payload.keys() - {"titles", "aligned", "record"} == _FIELDS,
            "its dtype has unknown keys",
        )
        fields = {
            **payload,
            "names": [decode_text(name) for name in payload["names"]],
            "formats": [decode_dtype(numpy, item, depth + 1) for item in payload["formats"]],
        }
        if "titles" in payload:
            fields["titles"] = [decode_text(title) or None for title in payload["titles"]]
        aligned = fields.pop("aligned", False) is True
        record = fields.pop("record", False) is True
        dtype = numpy.dtype(fields, align=aligned)
        if record:
            dtype = numpy.dtype((numpy.record, dtype))
    expect(not dtype.hasobject and dtype.itemsize, "its dtype is none of plain data")
    return dtype


def decode_shape(payload: Any) -> tuple[int, ...]:
    """
    Return the shape that a list holds, where its size can be counted.
    """
    expect(is_list(payload) and len(payload) <= _MAX_DIMENSIONS, "its shape is no list of sizes")
    expect(all(type(size) is int and size >= 0 for size in payload), "its shape is wrong")
    expect(math.prod(size or 1 for size in payload) < 2**62, "its shape is too large")
    return tuple(payload)
