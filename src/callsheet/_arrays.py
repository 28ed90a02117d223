"""
numpy, without importing it: a value of numpy's exists only where numpy does.
"""

from __future__ import annotations

import sys
from typing import Any

__all__ = ["get_dtype_extras", "is_array", "is_numpy_scalar", "is_numpy_value", "same_arrays"]


def _get_class(name: str) -> Any:
    return getattr(sys.modules.get("numpy"), name, None)


def is_array(value: object) -> bool:
    """
    Answer whether *value* is a numpy array, of a subclass also.
    """
    cls = _get_class("ndarray")
    return cls is not None and isinstance(value, cls)


def is_numpy_scalar(value: object) -> bool:
    """
    Answer whether *value* is a numpy scalar (``np.float64(1)``).
    """
    cls = _get_class("generic")
    return cls is not None and isinstance(value, cls)


def is_numpy_value(value: object) -> bool:
    """
    Answer whether *value* is a numpy array or scalar.
    """
    return is_array(value) or is_numpy_scalar(value)


def get_dtype_extras(dtype: Any) -> tuple[Any, ...]:
    """
    Return what a dtype's ``==`` passes over: metadata, and the type of its
    items, also of its fields.
    """
    inner = [dtype.subdtype[0]] if dtype.subdtype is not None else []
    inner += [dtype.fields[name][0] for name in dtype.names or ()]
    metadata = None if dtype.metadata is None else dict(dtype.metadata)
    return metadata, dtype.names and dtype.type, *map(get_dtype_extras, inner)


def same_arrays(a: Any, b: Any) -> bool | list[tuple[Any, Any]]:
    """
    Compare two numpy values of one type by dtype, shape and content, NaN
    being equal to NaN.

    Returns:
        A bool, or pairs of parts that are still to be compared.
    """
    numpy: Any = sys.modules["numpy"]
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    parts: list[tuple[Any, Any]] = []
    if a.dtype is not b.dtype:
        parts.append((get_dtype_extras(a.dtype), get_dtype_extras(b.dtype)))
    if isinstance(a, numpy.ma.MaskedArray):
        if not numpy.array_equal(numpy.ma.getmaskarray(a), numpy.ma.getmaskarray(b)):
            return False
        parts.append((a.fill_value, b.fill_value))
        a, b = a.filled(), b.filled()
    elif isinstance(a, numpy.ndarray) and hasattr(a, "__dict__"):
        parts.append((a.__dict__, b.__dict__))
    a, b = numpy.asarray(a), numpy.asarray(b)
    if a.dtype.hasobject:
        parts.append((a.ravel().tolist(), b.ravel().tolist()))
        return parts
    if not _same_content(numpy, a, b):
        return False
    return parts or True


def _same_content(numpy: Any, a: Any, b: Any) -> bool:
    if a.dtype.names is not None:  # bytes outside of its fields are no content
        return all(_same_content(numpy, a[name], b[name]) for name in a.dtype.names)
    # numpy crashes on the bytes of items without any.
    if not a.dtype.itemsize or a.tobytes() == b.tobytes():
        return True
    if a.dtype.kind not in "fcmM":
        return a.dtype.kind in "USb?iu" and bool((a == b).all())
    return bool(((a == b) | ((a != a) & (b != b))).all())
