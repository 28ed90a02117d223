"""
numpy arrays, scalars and dtypes under their tags, exactly.
"""

from __future__ import annotations

import functools
import math
import re
import sys
from typing import Any

from .._equality import get_dtype_extras, same
from .._loading import importing
from .._messages import expect
from ..exceptions import UnwritableError
from .leaves import (
    Tag,
    decode_base64,
    decode_float,
    decode_int,
    decode_text,
    encode_base64,
    encode_int,
    encode_text,
    get_items,
    is_list,
    is_object,
    make_leaf,
)

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
    """Return the dtype that `encode_dtype` wrote: one of plain data, always."""
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
    """Return the shape that a list holds, where its size can be counted."""
    expect(is_list(payload) and len(payload) <= _MAX_DIMENSIONS, "its shape is no list of sizes")
    expect(all(type(size) is int and size >= 0 for size in payload), "its shape is wrong")
    expect(math.prod(size or 1 for size in payload) < 2**62, "its shape is too large")
    return tuple(payload)


_MAX_OVERLAP = 16  # times that a field may lie over the same bytes


def _get_numpy() -> Any:
    try:
        with importing:
            import numpy
    except ImportError as error:
        raise ValueError("numpy is not installed") from error
    return numpy


@functools.cache
def _get_scalar_types(numpy: Any) -> dict[str, Any]:
    types = [numpy.dtype(code).type for code in "?bBhHiIlLqQefdgFDGSUVMm"]
    return {**{cls.__name__: cls for cls in types}, "bool": numpy.bool_}


def _encode_array(array: Any) -> Any:
    numpy: Any = sys.modules["numpy"]
    dtype = encode_dtype(numpy, array.dtype)
    if not _is_checked_fast(array.dtype):
        return None
    try:
        _check_content(numpy, array)
    except ValueError:
        return None
    payload = {"dtype": dtype, "shape": list(array.shape), "data": encode_base64(array.tobytes())}
    if array.flags.fnc:
        payload["order"] = "F"
    return payload


def _decode_array(payload: Any) -> Any:
    numpy = _get_numpy()
    expect(
        is_object(payload) and payload.keys() - {"order"} == {"dtype", "shape", "data"},
        "it has other keys than dtype, shape, data and order",
    )
    order = payload.get("order", "C")
    expect(order in ("C", "F"), "its order is neither C nor F")
    dtype = decode_dtype(numpy, payload["dtype"])
    expect(dtype.subdtype is None, "its dtype is that of a field")
    shape = decode_shape(payload["shape"])
    array = _make_array(numpy, dtype, shape, decode_base64(payload["data"]))
    return array if order == "C" else numpy.asfortranarray(array)


def _make_array(numpy: Any, dtype: Any, shape: tuple[int, ...], data: bytes) -> Any:
    expect(
        math.prod(shape) * dtype.itemsize == len(data),
        f"{len(data)} bytes are not what its shape and dtype take",
    )
    expect(_is_checked_fast(dtype), "too many of its fields lie over each other")
    array = numpy.ndarray(shape, dtype, buffer=bytearray(data)).copy()
    _check_content(numpy, array)
    return array


def _is_checked_fast(dtype: Any) -> bool:
    return _count_checked(dtype) <= _MAX_OVERLAP * int(dtype.itemsize)


def _count_checked(dtype: Any) -> int:
    """Return how many bytes of an item `_check_content` looks at."""
    base = dtype.base
    if base.names is None:
        return int(dtype.itemsize) if base.kind in "bU" else 0
    n_bytes = sum(_count_checked(base.fields[name][0]) for name in base.names)
    return n_bytes * int(dtype.itemsize // base.itemsize)


def _check_content(numpy: Any, array: Any) -> None:
    """Refuse bytes that numpy would take, but that are no bool or no character."""
    dtype = array.dtype
    if dtype.names is not None:
        for name in dtype.names:
            _check_content(numpy, array[name])
    elif dtype.kind == "b":
        expect((numpy.ascontiguousarray(array).view("u1") < 2).all(), "a bool is neither 0 nor 1")
    elif dtype.kind == "U":
        points = numpy.frombuffer(array.tobytes(), numpy.dtype("u4").newbyteorder(dtype.byteorder))
        expect((points < 0x110000).all(), "a character is beyond Unicode")


def _encode_scalar(value: Any) -> Any:
    numpy: Any = sys.modules["numpy"]
    name, dtype = type(value).__name__, value.dtype
    match dtype.kind:
        case "b":
            return ["bool", bool(value)]  # numpy 1 calls it bool_
        case "i" | "u":
            return [name, encode_int(int(value))]
        case "f":
            return [name, _encode_float(numpy, value)]
        case "c":
            return [name, [_encode_float(numpy, part) for part in (value.real, value.imag)]]
        case "U":
            return [name, encode_text(str.__str__(value))]
        case "S":
            return [name, encode_base64(bytes(value))]
        case "m" | "M":
            return [dtype.str.lstrip("<>"), int(value.view("i8"))]
        case _:
            written = encode_dtype(numpy, dtype)
            is_fast = _is_checked_fast(dtype)
            return [written, encode_base64(value.tobytes())] if is_fast else None


def _encode_float(numpy: Any, value: Any) -> Any:
    if not numpy.isfinite(value):
        return repr(float(value))
    if value.dtype.itemsize > 8:
        return str(numpy.format_float_scientific(value))
    return float(value)


def _decode_scalar(payload: Any) -> Any:
    numpy = _get_numpy()
    name, content = get_items(payload, 2, "a type and a value")
    cls = _get_scalar_types(numpy).get(name) if isinstance(name, str) else None
    if cls is not None:
        return _decode_scalar_value(numpy, cls, content)
    dtype = decode_dtype(numpy, name)
    if dtype.kind in "mM":
        return numpy.array(decode_int(content), "i8").view(dtype)[()]
    expect(dtype.kind == "V" and dtype.subdtype is None, "numpy has no such type of scalars")
    return _make_array(numpy, dtype, (), decode_base64(content))[()]


def _decode_scalar_value(numpy: Any, cls: Any, payload: Any) -> Any:
    if issubclass(cls, numpy.bool_):
        expect(type(payload) is bool, "it is neither true nor false")
        return cls(payload)
    if issubclass(cls, numpy.integer):
        value = decode_int(payload)
        limits = numpy.iinfo(cls)
        expect(limits.min <= value <= limits.max, f"it is beyond {cls.__name__}")
        return cls(value)
    if issubclass(cls, numpy.floating):
        return _decode_float(numpy, cls, payload)
    if issubclass(cls, numpy.complexfloating):
        result = numpy.zeros((), cls)
        part = result.real.dtype.type
        parts = get_items(payload, 2, "two numbers")
        real, imaginary = [_decode_float(numpy, part, item) for item in parts]
        result.real, result.imag = real, imaginary
        return result[()]
    if issubclass(cls, numpy.str_):
        return cls(decode_text(payload))
    expect(issubclass(cls, numpy.bytes_), "it is written with its dtype")
    return cls(decode_base64(payload))


def _decode_float(numpy: Any, cls: Any, payload: Any) -> Any:
    value = decode_float(payload)  # which also checks the text
    with numpy.errstate(all="ignore"):
        return cls(payload if cls(0).dtype.itemsize > 8 else value)


_NDARRAY = make_leaf(
    "$ndarray", _encode_array, _decode_array, '{"dtype": "<f8", "shape": [0], "data": ""}'
)
_SCALAR = make_leaf("$scalar", _encode_scalar, _decode_scalar, '["float64", 1.5]')
NUMPY_TAGS = (_NDARRAY, _SCALAR)


def get_numpy_types() -> dict[Any, Tag]:
    """Return the tags of numpy's own arrays and scalars, without importing numpy."""
    numpy: Any = sys.modules.get("numpy")
    if getattr(numpy, "ndarray", None) is None:
        return {}
    return {numpy.ndarray: _NDARRAY, **dict.fromkeys(_get_scalar_types(numpy).values(), _SCALAR)}
