"""
Strict equality, and the hash that goes with it: the same type and the same
value at every node.
"""

from __future__ import annotations

import copyreg
import functools
import sys
import types
import weakref
from collections import Counter, OrderedDict, UserDict, UserList, defaultdict, deque
from collections.abc import Callable, Collection
from contextlib import suppress
from functools import partial
from operator import attrgetter, eq, itemgetter, methodcaller
from typing import Any, TypeAlias

import attrs

from ._statics import find_in_class, get_class_dict, get_mro, get_type
from .exceptions import LimitError

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
    if _is_of_attrs(cls, eq):
        fields = frozenset(field.name for field in attrs.fields(cls))
    elif _is_of_dataclass(cls, eq):
        fields = frozenset(cls.__dataclass_fields__)
    elif type(eq) is types.WrapperDescriptorType or _is_standard(eq):
        fields = _get_fields(cls)
    else:
        return None
    if hasattr(cls, NODES_METHOD):
        return None
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
    if _is_of_attrs(cls, eq):
        return _make_attrs_parts(cls)
    return _make_dataclass_parts(cls) if _is_of_dataclass(cls, eq) else None


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


def _is_of_attrs(cls: Any, eq: Any) -> bool:
    return attrs.has(cls) and (eq.__doc__ or "").startswith("Method generated by attrs")


def _is_of_dataclass(cls: Any, eq: Any) -> bool:
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


_NAN = 314_159
MAX_COLLISIONS = 1000
_HASHED_PLAINLY: frozenset[Any] = frozenset({str, int, float, bool, bytes, type(None)})
_FROZENSET: Any = frozenset


def strict_hash(value: object, /) -> int:
    """
    Return a hash that is equal wherever strict equality finds two values equal:
    like ``hash()``, but every NaN has the same.

    Raises:
        TypeError: The value, or a part of it, is unhashable.
    """
    cls = get_type(value)
    if cls is str or cls is int:
        return hash(value)
    if cls is tuple and _is_plain(value):
        return hash(value)
    stack: list[Any] = [value]
    done: list[Any] = []
    known: dict[int, Any] = {}
    kept: list[Any] = []  # what was made on the way keeps its id
    while stack:
        item = stack.pop()
        if type(item) is _Join:
            known[id(item.value)] = item.run(done)
            continue
        if id(item) in known:
            done.append(known[id(item)])
            continue
        parts = _get_parts(item)
        if parts is None:
            done.append(_hash_leaf(item))
            continue
        known[id(item)] = 0  # until it is known, for a value that is in itself
        kept.append(parts)
        stack.append(_Join(item, len(parts)))
        stack.extend(parts)
    result = done[0]
    if isinstance(result, TypeError):
        raise result
    return int(result)


def hash_nodes(self: object) -> int:
    """
    Return the hash of a model, as its ``__hash__``: of all that it is made of,
    and without going deeper into Python's stack.

    Raises:
        TypeError: A part of it is unhashable.
    """
    return strict_hash(self)


class _Join:
    """
    A step on the stack: the hashes of a value's parts become its own.
    """

    __slots__ = ("count", "value")

    def __init__(self, value: Any, count: int) -> None:
        self.value = value
        self.count = count

    def run(self, done: list[Any]) -> Any:
        start = len(done) - self.count
        parts = done[start:]
        del done[start:]
        done.append(self._join(parts))
        return done[-1]

    def _join(self, parts: list[Any]) -> Any:
        cls = get_type(self.value)
        errors = [part for part in parts if isinstance(part, TypeError)]
        if not errors:
            unordered = issubclass(cls, _FROZENSET)
            return hash((cls.__name__, frozenset(parts) if unordered else tuple(parts)))
        if cls is tuple or cls is frozenset or cls.__hash__ is hash_nodes:
            return errors[0]
        # Its own hash may do without the parts that have none.
        own = _hash_leaf(self.value)
        return own if isinstance(own, TypeError) else hash(cls.__name__)


def _get_parts(value: Any) -> tuple[Any, ...] | None:
    cls = get_type(value)
    if cls is tuple:
        return None if _is_plain(value) else value
    if cls is str or cls is int or cls is float or cls.__hash__ is None:
        return None
    if issubclass(cls, _FROZENSET) and cls.__eq__ is _FROZENSET.__eq__:
        return tuple(value)
    if cls.__hash__ is hash_nodes:
        nodes: tuple[Any, ...] = value.__callsheet_nodes__()
        return tuple([_sort(node) if get_type(node) is dict else node for node in nodes])
    if hasattr(cls, NODES_METHOD):
        return None
    get = get_parts(cls)
    parts = None if get is None else get(value)
    if parts is None:
        return None
    return tuple([part for part in parts if type(part) is not dict])


def _sort(extras: dict[str, Any]) -> tuple[tuple[str, Any], ...]:
    return tuple(sorted(extras.items(), key=itemgetter(0)))


def _is_plain(value: Any) -> bool:
    # Equal tuples hold the same types, so all of them are hashed in this way, or none.
    try:
        return _HASHED_PLAINLY.issuperset(map(type, value)) and all(map(eq, value, value))
    except TypeError:  # a metaclass makes a class unhashable
        return False


def _hash_leaf(value: Any) -> Any:
    """
    Return the hash, or the error that says that there is none.
    """
    try:
        if _is_nan(value):
            return _NAN
        own = hash(value)
    except TypeError as error:
        return error
    cls = get_type(value)
    if cls in _HASHED_PLAINLY or cls.__eq__ is object.__eq__ or are_equal(value, value):
        return own
    return hash(cls.__name__)  # it is compared by what it pickles to


def _is_nan(value: Any) -> bool:
    if isinstance(value, float):
        return value != value
    decimal = sys.modules.get("decimal")
    if decimal is not None and isinstance(value, decimal.Decimal):
        return bool(value.is_nan())
    return is_numpy_scalar(value) and bool(value.dtype.kind in "fcmM" and value != value)


def check_hashes(values: Collection[Any]) -> None:
    """
    Check that a set, or the keys of a dict, can be made of *values* in time
    that is proportional to their number.

    The hashes of numbers are known beforehand, so that a document may hold
    many different ones that share one.

    Raises:
        LimitError: They collide.

        TypeError: One is not hashable.
    """
    if len(values) <= MAX_COLLISIONS:
        return
    counts = Counter(map(hash, values))
    for shared, n in counts.items():
        if n > MAX_COLLISIONS:
            same = [value for value in values if hash(value) == shared]
            if len(set(same[: 2 * MAX_COLLISIONS])) > MAX_COLLISIONS // 2:
                message = f"more than {MAX_COLLISIONS} values share one hash. Write a list instead."
                raise LimitError(message)


_Pairs = list[tuple[Any, Any]]
_Compare = Callable[[Any, Any, Any], "bool | _Pairs"]
_PLAIN: frozenset[Any] = frozenset({str, int, bool, bytes, type(None)})


def same(a: object, b: object, /) -> bool:
    """
    Answer whether two values are the same type and value at every node.

    ``1``, ``True`` and ``1.0`` differ; NaN equals NaN; numpy arrays compare by
    dtype, shape and content; Decimals by their digits, too, and moments by what
    the clock shows and by its zone. The order of a dict's keys does not matter.
    Other leaves of one type compare by ``==`` (so ``0.0`` equals ``-0.0``). Where
    that is no answer (it raises, it compares element by element, or a value is
    not even equal to itself), values are the same that pickle as the same. What
    instances hold besides counts, too, unless an application wrote the ``==`` of
    the class. Any depth works, cycles too.
    """
    if a is b:
        return True
    cls: Any = type(a)
    if cls is not type(b):
        return False
    if cls is str or cls is int:
        return a == b
    return _walk(a, b, _compare)


def can_replace(a: object, b: object, /, *, compute: bool = False) -> bool:
    """
    Answer whether *a* can take the place of *b*: strictly equal, and no field,
    slot or attribute of a record, no sign of a zero and no order of keys tells
    them apart. A record that only equals itself cannot be replaced.

    Args:
        a: A value.

        b: Another.

        compute: Whether records in *a* compute the properties that those in *b*
            have cached, instead of being different.
    """
    return type(a) is type(b) and _walk(a, b, partial(_compare_states, compute), exact=True)


def _walk(first: Any, second: Any, compare: _Compare, exact: bool = False) -> bool:
    """
    Compare two values node by node.

    Args:
        first: One of them.

        second: The other.

        compare: Returns the answer for two nodes of one class, or the pairs that
            it depends on.

        exact: Whether the sign of a zero counts.
    """
    stack: _Pairs = [(first, second)]
    # Pairs that were met are equal unless another pair says otherwise, which
    # ends cycles; ``kept`` keeps the ids of what was made on the way unique.
    seen: set[tuple[int, int]] = set()
    kept: list[Any] = []
    while stack:
        a, b = stack.pop()
        if a is b:
            continue
        cls = get_type(a)
        if cls is not get_type(b):
            return False
        if cls is str or cls is int:
            if a != b:
                return False
            continue
        if cls is float:
            if a != b and (a == a or b == b):
                return False
            if exact and a == 0.0 and repr(a) != repr(b):
                return False
            continue
        pair = (id(a), id(b))
        if pair in seen:
            continue
        seen.add(pair)
        if cls is list or cls is tuple:
            if len(a) != len(b):
                return False
            if not _are_plain(a, b):
                stack.extend(zip(a, b, strict=True))
            elif a != b:
                return False
            continue
        try:
            found = compare(cls, a, b)
        except Exception:  # whatever foreign code raises
            return False
        if found is False:
            return False
        if found is not True:
            kept.append(found)
            stack.extend(found)
    return True


def _are_plain(a: Any, b: Any) -> bool:
    """
    Answer whether two sequences hold the same types in the same order, and only
    such that ``==`` compares them as strictly.
    """
    kinds = [*map(type, a)]
    try:
        return _PLAIN.issuperset(kinds) and kinds == [*map(type, b)]
    except TypeError:  # a metaclass makes a class unhashable
        return False


def _compare(cls: Any, a: Any, b: Any, pickled: bool = False) -> bool | _Pairs:
    """
    Return the answer, or the pairs that it depends on.

    Args:
        cls: The class of both.

        a: A node.

        b: Another.

        pickled: Whether they are parts of a pickle, which makes copies of what
            is otherwise equal to nothing but itself.
    """
    if cls is dict:
        return _pair_items(a, b)
    get_parts, get_extras = get_both(cls)
    found = _compare_contents(cls, a, b, get_parts, pickled)
    if found is False or get_extras is None:
        return found
    extras = zip(get_extras(a) or (), get_extras(b) or (), strict=True)
    return [*([] if found is True else found), *extras]


def _compare_contents(cls: Any, a: Any, b: Any, get_parts: Any, pickled: bool) -> bool | _Pairs:
    if issubclass(cls, _SETS) and cls.__eq__ in _SET_EQUALITIES:
        return _pair_members(a, b)
    if get_parts is not None:
        mine, yours = get_parts(a), get_parts(b)
        if mine is not None and yours is not None:
            return len(mine) == len(yours) and list(zip(mine, yours, strict=True))
    if is_numpy_value(a):
        return same_arrays(a, b)
    return _same_leaves(cls, a, b, pickled)


def _compare_states(compute: bool, cls: Any, a: Any, b: Any) -> bool | _Pairs:
    if cls is dict:
        pairs = [*zip(a, b, strict=True), *zip(a.values(), b.values(), strict=True)]
        return pairs or True
    if not is_record(cls):
        return _compare(cls, a, b)
    if cls.__eq__ is object.__eq__ or not (
        get_parts(cls) or _same_leaves(cls, a, b, False) is True
    ):
        return False
    contents = get_contents(cls)
    mine, yours = get_attributes(a, b if compute else None), get_attributes(b)
    if mine.keys() != yours.keys():
        return False
    pairs = [(mine[name], item) for name, item in yours.items()]
    return [*pairs, *zip(contents(a) or (), contents(b) or (), strict=True)]


_SETS: Any = (set, frozenset)
_SET_EQUALITIES = [cls.__eq__ for cls in _SETS]


def _same_leaves(cls: Any, a: Any, b: Any, pickled: bool) -> bool | _Pairs:
    decimal = sys.modules.get("decimal")
    if decimal is not None and isinstance(a, decimal.Decimal):
        if a.is_nan():
            return bool(b.is_nan()) and a.is_snan() == b.is_snan()
        return bool(a == b) and a.as_tuple() == b.as_tuple()
    datetime = sys.modules.get("datetime")
    if datetime is not None and isinstance(a, (datetime.datetime, datetime.time)):
        # One moment in two zones is two values; and one zone that is loaded twice
        # is two objects, for which some hours never compare equal.
        return (
            a.fold == b.fold
            and bool(a.replace(tzinfo=None) == b.replace(tzinfo=None))
            and [(a.tzinfo, b.tzinfo)]
        )
    if are_equal(a, b):
        return True
    decides = not pickled or cls.__eq__ is not object.__eq__
    # An ``==`` that does not even find a value equal to itself has not decided.
    if decides and (are_equal(a, a) or are_equal(b, b)):
        return False
    parts = pair_pickled_parts(a, b)
    return [parts] if pickled else _walk(*parts, partial(_compare, pickled=True))


def _pair_items(a: dict[Any, Any], b: dict[Any, Any]) -> bool | _Pairs:
    if len(a) != len(b):
        return False
    if all(type(key) is str for key in a) and all(type(key) is str for key in b):
        if a.keys() != b.keys():
            return False
        return [(value, b[key]) for key, value in a.items()]
    pairs = _match(a, b, lambda mine, yours: same(a[mine], b[yours]))
    if pairs is False:
        return False
    return [*pairs, *((a[mine], b[yours]) for mine, yours in pairs)]


def _pair_members(a: Collection[Any], b: Collection[Any]) -> bool | _Pairs:
    return len(a) == len(b) and _match(a, b, same)


def _match(
    a: Collection[Any], b: Collection[Any], belong: Callable[[Any, Any], bool]
) -> _Pairs | Any:
    """
    Pair each of *a* with the one of *b* that is its only possible equal;
    False if one of them has none. Of several (keys that hold NaN), it is one
    that belongs to it.
    """
    buckets: dict[int, list[Any]] = {}
    for yours in b:
        buckets.setdefault(_get_bucket(yours), []).append(yours)
    pairs: _Pairs = []
    for mine in a:
        bucket = buckets.get(_get_bucket(mine), [])
        found = bucket
        if len(bucket) > 1:
            found = [yours for yours in bucket if same(mine, yours)]
            if len(found) > 1:
                found.sort(key=lambda yours: belong(mine, yours))
        if not found:
            return False
        pairs.append((mine, found[-1]))
        bucket[:] = [yours for yours in bucket if yours is not found[-1]]
    return pairs


def _get_bucket(value: object) -> int:
    try:
        return strict_hash(value)
    except Exception:  # a ``__hash__`` that has changed its mind
        return 0
