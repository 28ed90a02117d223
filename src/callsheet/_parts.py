"""
What a value is made of: the parts that stand for it when it is compared.
"""

from __future__ import annotations

import copyreg
import functools
import sys
import types
import weakref
from collections import Counter, OrderedDict, UserDict, UserList, defaultdict, deque
from collections.abc import Callable
from contextlib import suppress
from operator import attrgetter, itemgetter, methodcaller
from typing import Any, TypeAlias

import attrs

from ._statics import find_in_class, get_class_dict, get_mro, get_type

__all__ = [
    "NODES_METHOD",
    "GetParts",
    "are_equal",
    "get_attributes",
    "get_both",
    "get_contents",
    "get_parts",
    "get_pickled_parts",
    "is_record",
    "pair_pickled_parts",
]

#: A class that has a method of this name says itself what it is made of.
NODES_METHOD = "__callsheet_nodes__"

#: Takes a value apart; None where this value can only be asked by ``==``.
GetParts: TypeAlias = Callable[[Any], "tuple[Any, ...] | None"]
_Both: TypeAlias = "tuple[GetParts | None, GetParts | None]"
#: The slots of a class, and what gives what is held in a built-in base class.
_Shape: TypeAlias = "tuple[dict[str, Any], GetParts | None]"


def get_parts(cls: type, /) -> GetParts | None:
    """
    Return the function that takes the instances of *cls* apart, in order, or
    None where only the class itself knows when two of them are equal.

    Two values of the same type are equal when their parts are, so a class is
    taken apart only if its own ``==`` does the same.
    """
    return get_both(cls)[0]


def get_both(cls: type, /) -> _Both:
    """
    Return the function of `get_parts`, and the one that gives what instances
    of *cls* hold besides, or None where that is nothing.

    An ``==`` that an application wrote knows what counts; one that was
    generated, or that is a built-in type's, cannot know of an attribute that
    was set on an instance. A cached property follows from the rest.
    """
    try:
        return _CACHE[cls]
    except (KeyError, TypeError):
        parts = _find_parts(cls)
        both = parts, _find_extras(cls, parts)
    with suppress(TypeError):  # its metaclass makes it unhashable
        _CACHE[cls] = both
    return both


def is_record(cls: Any, /) -> bool:
    """
    Whether *cls* is an attrs class or a dataclass, and no model.
    """
    is_known = hasattr(cls, "__dataclass_fields__") or attrs.has(cls)
    return is_known and not hasattr(cls, NODES_METHOD)


def get_attributes(value: Any, like: Any = None, /) -> dict[str, Any]:
    """
    Return the attributes of an instance by name, fields or not.

    Properties that *like* has cached, it computes.
    """
    attributes: dict[str, Any] = {**getattr(value, "__dict__", {})}
    for name, slot in _get_shape(type(value))[0].items():
        with suppress(AttributeError):
            attributes[name] = slot.__get__(value)
    attributes.pop(_CACHED_HASH, None)
    for name in () if like is None else get_attributes(like):
        if name not in attributes and _is_cached(type(value), name):
            with suppress(Exception):  # it is not the same then
                attributes[name] = getattr(value, name)
    return attributes


def get_contents(cls: type, /) -> GetParts:
    """
    Return the function that gives what instances of *cls* hold in a built-in
    base class.

    Raises:
        TypeError: A base class keeps something that Python does not show.
    """
    contents = _get_shape(cls)[1]
    if contents is None:
        raise TypeError(f"a base class of {cls.__qualname__} does not show all that it holds")
    return contents


def _get_shape(cls: Any) -> _Shape:
    with suppress(KeyError, TypeError):
        return _SHAPES[cls]
    slots = _find_slots(cls)
    shape = slots, _find_contents(cls, len(slots))
    with suppress(TypeError):  # its metaclass makes it unhashable
        _SHAPES[cls] = shape
    return shape


def _find_slots(cls: Any) -> dict[str, Any]:
    bases: Any = reversed(cls.__mro__)
    return {
        name: raw
        for base in bases
        for name, raw in get_class_dict(base).items()
        if type(raw) is types.MemberDescriptorType
        # A type of C keeps pointers in members.
        and "__slots__" in get_class_dict(base)
        and not _is_standard(base)
    }


def _find_contents(cls: Any, n_slots: int) -> GetParts | None:
    for base, parts in (*_BY_EQUALITY, *_CONTENTS):
        if _is_below(cls, base):
            return parts
    n_slots += (cls.__dictoffset__ > 0) + (cls.__weakrefoffset__ > 0)
    n_pointers = (cls.__basicsize__ - object.__basicsize__) * 2 // object.__basicsize__
    return None if n_pointers > n_slots or cls.__itemsize__ else lambda value: ()


def _is_below(cls: Any, base: type) -> bool:
    return any(found is base for found in get_mro(cls))


def _is_standard(cls: Any) -> bool:
    # Where such a class keeps what it has computed is its own affair.
    return str(getattr(cls, "__module__", "")).partition(".")[0] in sys.stdlib_module_names


def _is_cached(cls: Any, name: str) -> bool:
    raw = find_in_class(cls, name)[0]
    if type(raw) is types.MemberDescriptorType:
        # attrs makes slots of cached properties, and no others than these and the fields.
        return "__attrs_attrs__" in vars(raw.__objclass__) and name not in _get_fields(cls)
    # Libraries have their own, from times when Python had none.
    kinds = [kind.__name__ for kind in get_mro(type(raw))]
    return "cached_property" in kinds or name == _CACHED_HASH


def _get_fields(cls: Any) -> frozenset[str]:
    names = {field.name for field in attrs.fields(cls)} if attrs.has(cls) else set[str]()
    return frozenset({*names, *getattr(cls, "__dataclass_fields__", ())})


def _find_extras(cls: Any, parts: GetParts | None) -> GetParts | None:
    eq = cls.__eq__
    if parts is None and eq is object.__eq__:  # which is equal to itself alone
        return None
    is_counted = (
        _is_generated(cls, eq) or type(eq) is types.WrapperDescriptorType or _is_standard(eq)
    )
    if hasattr(cls, NODES_METHOD) or not is_counted:
        return None
    fields = _get_fields(cls)
    slots = [
        slot
        for name, slot in _get_shape(cls)[0].items()
        if name not in fields and not _is_cached(cls, name)
    ]
    if not slots and not cls.__dictoffset__:
        return None

    def extras(value: Any) -> tuple[Any, ...]:
        attributes = getattr(value, "__dict__", {})
        others = {
            name: item
            for name, item in attributes.items()
            if name not in fields and not _is_cached(cls, name)
        }
        return (others, *[_read(slot, value) for slot in slots])

    return extras


def _read(slot: Any, value: Any) -> Any:
    try:
        return slot.__get__(value)
    except AttributeError:
        return _ABSENT


def _find_parts(cls: type) -> GetParts | None:
    nodes = getattr(cls, NODES_METHOD, None)
    if nodes is not None:
        return nodes  # type: ignore[no-any-return]
    eq = cls.__eq__
    for base, parts in _BY_EQUALITY:
        if eq is base.__eq__ and _is_below(cls, base):
            return parts
    lazy = _find_lazy(cls)
    if lazy is not None:
        return lazy
    if _is_generated(cls, eq):
        return _make_attrs_parts(cls) if attrs.has(cls) else _make_dataclass_parts(cls)
    return None


def _find_lazy(cls: type) -> GetParts | None:
    # Nobody has a value of a module that has not been imported.
    array = sys.modules.get("array")
    if array is not None and cls is array.array:
        return lambda value: (value.typecode, value.tolist())
    zoneinfo = sys.modules.get("zoneinfo")
    if zoneinfo is not None and cls is zoneinfo.ZoneInfo:
        return lambda value: None if value.key is None else (value.key,)
    datetime = sys.modules.get("datetime")
    if datetime is not None and cls is datetime.timezone:  # its ``==`` passes over the name
        return lambda value: value.__getinitargs__()
    dtype = getattr(sys.modules.get("numpy"), "dtype", None)
    if dtype is not None and issubclass(cls, dtype):  # its ``==`` passes over metadata
        return _get_arguments
    pathlib = sys.modules.get("pathlib")
    if pathlib is not None:
        base = pathlib.PureWindowsPath  # its ``==`` passes over the case of letters
        if issubclass(cls, base) and cls.__eq__ is base.__eq__:
            return lambda value: (str(value),)
    return None


def are_equal(a: object, b: object) -> bool:
    """
    Answer whether ``a == b`` is true, and not merely something else than false.
    """
    try:
        answer: Any = a == b
    except Exception:  # it is not ours
        return False
    return answer is True or (type(answer).__name__ in ("bool", "bool_") and bool(answer))


def pair_pickled_parts(a: object, b: object) -> tuple[Any, Any]:
    """
    Return what the pickles of two values of one type are made of.

    A private attribute that only one of them has is left out: a cache, that of
    a value which was used.

    Raises:
        Exception: They cannot be pickled.
    """
    mine, attributes = get_pickled_parts(a)
    yours, others = get_pickled_parts(b)
    caches = {name for name in attributes.keys() ^ others.keys() if name[:1] == "_"}
    caches.add("_cache")  # which pandas fills bit by bit
    pairs = [
        {name: value for name, value in held.items() if name not in caches}
        for held in (attributes, others)
    ]
    return (mine, pairs[0]), (yours, pairs[1])


def get_pickled_parts(value: Any) -> tuple[Any, dict[str, Any]]:
    """
    Return what a pickle of *value* is made of, and its attributes apart.

    Raises:
        Exception: It cannot be pickled.
    """
    if isinstance(value, type):
        raise TypeError("a class is pickled by its name")
    hasattr(value, NODES_METHOD)  # the first miss makes xarray complete what it left open
    cls = get_type(value)
    reduce = copyreg.dispatch_table.get(cls)
    reduced: Any = value.__reduce_ex__(4) if reduce is None else reduce(value)
    if isinstance(reduced, str):
        return reduced, {}
    make, args, state, items, pairs, *rest = (*reduced, None, None, None)[: max(5, len(reduced))]
    if getattr(make, "__module__", None) == "copyreg" and not _is_importable(cls):
        raise TypeError("a local class is not pickled")
    attributes: dict[str, Any] = {}
    kept: list[Any] = []
    if state is not None and get_type(state) is not tuple:
        state = (state,)
    for part in state or ():  # two of them hold attributes where there are slots
        if _holds_attributes(part, value) and attributes.keys().isdisjoint(part):
            attributes.update(part)
        else:
            kept.append(part)
    return (make, args, kept, list(items or ()), list(pairs or ()), *rest), attributes


def _is_importable(cls: type[Any]) -> bool:
    found: Any = sys.modules.get(cls.__module__)
    for name in cls.__qualname__.split("."):
        found = getattr(found, name, None)
    return found is cls


def _holds_attributes(part: Any, value: Any) -> bool:
    return isinstance(part, dict) and all(
        isinstance(name, str) and hasattr(value, name)
        for name in part  # pyright: ignore[reportUnknownVariableType]
    )


def _is_generated(cls: Any, eq: Any) -> bool:
    if attrs.has(cls):
        return (eq.__doc__ or "").startswith("Method generated by attrs")
    code = getattr(eq, "__code__", None)
    return (
        hasattr(cls, "__dataclass_fields__")
        and code is not None
        and code.co_filename == "<string>"
        and {"__class__", "NotImplemented"} <= {*code.co_names}
    )


def _make_attrs_parts(cls: type) -> GetParts:
    fields = [(field.name, field.eq_key) for field in attrs.fields(cls) if field.eq]

    def parts(value: Any) -> tuple[Any, ...]:
        items: list[Any] = []
        for name, key in fields:
            item = getattr(value, name, _ABSENT)
            items.append(item if key is None or item is _ABSENT else key(item))
        return tuple(items)

    return parts


def _make_dataclass_parts(cls: Any) -> GetParts:
    names = [
        field.name
        for field in cls.__dataclass_fields__.values()
        if field.compare and field._field_type.name == "_FIELD"
    ]
    return lambda value: tuple([getattr(value, name, _ABSENT) for name in names])


def _get_method_parts(method: Any) -> tuple[Any, ...]:
    return method.__func__, method.__self__


def _get_builtin_parts(function: Any) -> tuple[Any, ...] | None:
    owner = function.__self__
    if owner is None or isinstance(owner, (types.ModuleType, type)):
        return None
    return function.__name__, owner


def _get_items(values: Any) -> tuple[Any, ...]:
    # The iterator of the base class: a subclass may have one of its own.
    base: Any = tuple if isinstance(values, tuple) else list
    return tuple(base.__iter__(values))


def _get_arguments(value: Any) -> tuple[Any, ...]:
    return tuple(value.__reduce__())


# More special classes first; a subclass with an ``==`` of its own is none of them.
# The ``==`` of some passes over what a call can see: zero counts, the case of a
# Windows path, the bounds of an empty range.
_BY_EQUALITY: list[tuple[type, GetParts]] = [
    (OrderedDict, lambda value: (list(value.items()),)),
    (defaultdict, lambda value: (value.default_factory, dict(value))),
    (Counter, lambda value: (dict(value),)),
    (dict, lambda value: (dict(value),)),
    (tuple, _get_items),
    (list, _get_items),
    (deque, lambda value: (value.maxlen, *value)),
    (slice, lambda value: (value.start, value.stop, value.step)),
    (range, lambda value: (value.start, value.stop, value.step)),
    (complex, lambda value: (value.real, value.imag)),
    (functools.partial, lambda value: (value.func, value.args, value.keywords)),
    (functools.partialmethod, lambda value: (value.func, value.args, value.keywords)),
    (types.MethodType, _get_method_parts),
    (types.BuiltinFunctionType, _get_builtin_parts),
    (types.SimpleNamespace, lambda value: ()),
    (types.MappingProxyType, lambda value: (dict(value),)),
    (weakref.ref, lambda value: None if value() is None else (value(),)),
    (UserDict, lambda value: (value.data,)),
    (UserList, lambda value: (value.data,)),
    *((cls, _get_arguments) for cls in (attrgetter, itemgetter, methodcaller)),
]

# What instances of subclasses hold in such a base class, beside those of above.
_CONTENTS: list[tuple[type, GetParts]] = [
    *((base, base.__getnewargs__) for base in (str, bytes, int, float)),
    (set, lambda value: (frozenset(value),)),
    (frozenset, lambda value: (frozenset(value),)),
    (bytearray, lambda value: (bytes(value),)),
    (
        BaseException,
        lambda value: (value.args, value.__cause__, value.__context__, value.__traceback__),
    ),
]

# Stands for a field that an instance does not have.
_ABSENT: Any = object()
# What attrs keeps on instances of a class with ``cache_hash``.
_CACHED_HASH = "_attrs_cached_hash"
_SHAPES: weakref.WeakKeyDictionary[type, _Shape] = weakref.WeakKeyDictionary()
_CACHE: weakref.WeakKeyDictionary[type, _Both] = weakref.WeakKeyDictionary()
