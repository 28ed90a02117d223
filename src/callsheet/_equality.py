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
from collections.abc import Callable, Collection, Iterable
from contextlib import suppress
from operator import attrgetter, itemgetter, methodcaller
from typing import Any, Final, Literal, NamedTuple, TypeAlias

import attrs

from ._statics import find_in_class, get_class_dict, get_mro, get_type
from .exceptions import LimitError

#: A class that has a method of this name says itself what it is made of.
NODES_METHOD: Final = "__callsheet_nodes__"
MAX_COLLISIONS: Final = 1000

#: Takes a value apart; None where this value can only be asked by ``==``.
GetParts: TypeAlias = Callable[[Any], "tuple[Any, ...] | None"]
GetAttributes: TypeAlias = Callable[[Any], dict[str, Any]]
_Pairs: TypeAlias = "list[tuple[Any, Any]]"

_ABSENT: Final = object()  # stands for a field that an instance does not have
_CACHED_HASH: Final = "_attrs_cached_hash"  # kept on instances of a class with ``cache_hash``
_HASH_OF_NAN: Final = 314_159
_PLAIN: Final[frozenset[Any]] = frozenset({str, int, bool, bytes, type(None)})
_SETS: Final[Any] = (set, frozenset)
_SET_EQUALITIES: Final = [cls.__eq__ for cls in _SETS]


def same(a: object, b: object, /) -> bool:
    """
    Return whether two values are the same type and value at every node.

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
    return bool(a == b) if cls is str or cls is int else _Comparison().run(a, b)


def can_replace(a: object, b: object, /, *, compute: bool = False) -> bool:
    """
    Return whether *a* can take the place of *b*: strictly equal, and no field,
    slot or attribute of a record, no sign of a zero and no order of keys tells
    them apart. A record that only equals itself cannot be replaced.

    Args:
        a: A value.

        b: Another.

        compute: Whether records in *a* compute the properties that those in *b*
            have cached, instead of being different.
    """
    return _Comparison(exact=True, compute=compute).run(a, b)


class _Comparison:
    """
    A walk through two values, node by node, with a stack of its own.

    Attributes:
        exact: Whether all counts that tells one value from another: the sign of
            a zero, the order of keys, each attribute of a record.

        compute: Whether cached properties are computed, see `get_attributes`.

        pickled: Whether the values are parts of a pickle, which makes copies of
            what is otherwise equal to nothing but itself.
    """

    def __init__(
        self, *, exact: bool = False, compute: bool = False, pickled: bool = False
    ) -> None:
        self.exact = exact
        self.compute = compute
        self.pickled = pickled

    def run(self, first: Any, second: Any) -> bool:
        """Return whether the two are the same."""
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
                if self.exact and a == 0.0 and repr(a) != repr(b):
                    return False
                continue
            pair = (id(a), id(b))
            if pair in seen:
                continue
            seen.add(pair)
            try:
                found = self._compare(cls, a, b)
            except Exception:  # whatever foreign code raises
                return False
            if found is False:
                return False
            if found is not True:
                kept.append(found)
                stack.extend(found)
        return True

    def _compare(self, cls: Any, a: Any, b: Any) -> bool | _Pairs:
        """Return the answer for two values of one class, or the pairs that it depends on."""
        if cls is list or cls is tuple:
            if len(a) != len(b):
                return False
            if _is_plain(a) and [*map(type, a)] == [*map(type, b)]:
                return bool(a == b)
            return [*zip(a, b, strict=True)]
        if cls is dict:
            if self.exact:
                return [*zip(a, b, strict=True), *zip(a.values(), b.values(), strict=True)]
            return _pair_items(a, b)
        if self.exact and is_record(cls):
            return self._pair_attributes(cls, a, b)
        found = self._compare_contents(cls, a, b)
        extras = _get_shape(cls).extras
        if found is False or extras is None:
            return found
        return [*([] if found is True else found), (extras(a), extras(b))]

    def _pair_attributes(self, cls: Any, a: Any, b: Any) -> bool | _Pairs:
        by_parts = get_parts(cls) is not None
        if cls.__eq__ is object.__eq__ or not (by_parts or self._compare_leaves(cls, a, b) is True):
            return False
        mine, yours = get_attributes(a, b if self.compute else None), get_attributes(b)
        if mine.keys() != yours.keys():
            return False
        contents = get_contents(cls)
        pairs = [(mine[name], item) for name, item in yours.items()]
        return [*pairs, *zip(contents(a) or (), contents(b) or (), strict=True)]

    def _compare_contents(self, cls: Any, a: Any, b: Any) -> bool | _Pairs:
        if _is_set(cls):
            return len(a) == len(b) and _match(a, b, same)
        get = get_parts(cls)
        mine, yours = (None, None) if get is None else (get(a), get(b))
        if mine is not None and yours is not None:
            return len(mine) == len(yours) and [*zip(mine, yours, strict=True)]
        if is_array(a) or is_numpy_scalar(a):
            return _compare_arrays(a, b)
        return self._compare_leaves(cls, a, b)

    def _compare_leaves(self, cls: Any, a: Any, b: Any) -> bool | _Pairs:
        if _is_of(a, "decimal", "Decimal"):
            if a.is_nan():
                return bool(b.is_nan()) and a.is_snan() == b.is_snan()
            return bool(a == b) and a.as_tuple() == b.as_tuple()
        if _is_of(a, "datetime", "datetime", "time"):
            # One moment in two zones is two values; and one zone that is loaded twice
            # is two objects, for which some hours never compare equal.
            return (
                a.fold == b.fold
                and bool(a.replace(tzinfo=None) == b.replace(tzinfo=None))
                and [(a.tzinfo, b.tzinfo)]
            )
        if _are_equal(a, b):
            return True
        decides = not self.pickled or cls.__eq__ is not object.__eq__
        # An ``==`` that does not even find a value equal to itself has not decided.
        if decides and (_are_equal(a, a) or _are_equal(b, b)):
            return False
        parts = _pair_pickled_parts(a, b)
        return [parts] if self.pickled else _Comparison(pickled=True).run(*parts)


def _is_plain(values: Any) -> bool:
    """Return whether ``==`` compares the items as strictly, but for their types."""
    try:
        return _PLAIN.issuperset(map(type, values))
    except TypeError:  # a metaclass makes a class unhashable
        return False


def _are_equal(a: object, b: object) -> bool:
    """Return whether ``a == b`` is true, and not merely something else than false."""
    try:
        answer: Any = a == b
    except Exception:  # it is not ours
        return False
    return answer is True or (type(answer).__name__ in ("bool", "bool_") and bool(answer))


def _pair_items(a: dict[Any, Any], b: dict[Any, Any]) -> bool | _Pairs:
    if len(a) != len(b):
        return False
    if all(type(key) is str for key in (*a, *b)):
        return a.keys() == b.keys() and [(value, b[key]) for key, value in a.items()]
    pairs = _match(a, b, lambda mine, yours: same(a[mine], b[yours]))
    return pairs and [*pairs, *[(a[mine], b[yours]) for mine, yours in pairs]]


def _match(
    a: Collection[Any], b: Collection[Any], belong: Callable[[Any, Any], bool]
) -> Literal[False] | _Pairs:
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


def strict_hash(value: object, /) -> int:
    """
    Return a hash that is equal wherever strict equality finds two values equal:
    like ``hash()``, but every NaN has the same. Any depth works, cycles too.

    Raises:
        TypeError: The value, or a part of it, is unhashable.
    """
    if get_type(value) is str:
        return hash(value)
    hashes: dict[int, Any] = {}  # by id, once they are known
    entered: dict[int, Any] = {}  # the parts of a value; they keep their ids
    stack: list[Any] = [value]
    while stack:
        item = stack.pop()
        key = id(item)
        if key in hashes:
            continue
        if key in entered:
            hashes[key] = _join(item, [hashes.get(id(part), 0) for part in entered[key]])
            continue
        parts = _get_hashed_parts(item)
        if parts is None:
            hashes[key] = _hash_leaf(item)
        else:
            entered[key] = parts
            stack += (item, *parts)  # the value again, when its parts are known
    result = hashes[id(value)]
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


def _join(value: Any, hashes: list[Any]) -> Any:
    """Return the hash that those of a value's parts make, or an error."""
    cls: Any = get_type(value)
    errors = [error for error in hashes if isinstance(error, TypeError)]
    if not errors:
        return hash((cls.__name__, frozenset(hashes) if _is_set(cls) else tuple(hashes)))
    if cls is tuple or cls is frozenset or cls.__hash__ is hash_nodes:
        return errors[-1]
    # Its own hash may do without the parts that have none.
    own = _hash_leaf(value)
    return own if isinstance(own, TypeError) else hash(cls.__name__)


def _get_hashed_parts(value: Any) -> Collection[Any] | None:
    cls = get_type(value)
    if cls is tuple:
        return None if _is_plain(value) else value
    if cls is float or cls.__hash__ is None:
        return None
    if cls.__hash__ is hash_nodes:
        nodes = value.__callsheet_nodes__()
        return [
            tuple(sorted(node.items(), key=itemgetter(0))) if get_type(node) is dict else node
            for node in nodes
        ]
    if _is_set(cls):
        return tuple(value)
    get = None if hasattr(cls, NODES_METHOD) else get_parts(cls)
    parts = None if get is None else get(value)
    return None if parts is None else [part for part in parts if type(part) is not dict]


def _is_set(cls: Any) -> bool:
    return issubclass(cls, _SETS) and cls.__eq__ in _SET_EQUALITIES


def _hash_leaf(value: Any) -> Any:
    """Return the hash, or the error that says that there is none."""
    try:
        if _is_nan(value):
            return _HASH_OF_NAN
        own = hash(value)
    except TypeError as error:
        return error
    cls = get_type(value)
    if cls.__eq__ is object.__eq__ or _are_equal(value, value):
        return own
    return hash(cls.__name__)  # it is compared by what it pickles to


def _is_nan(value: Any) -> bool:
    if isinstance(value, float):
        return value != value
    if _is_of(value, "decimal", "Decimal"):
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
    for shared, n in Counter(map(hash, values)).items():
        if n > MAX_COLLISIONS:
            alike = [value for value in values if hash(value) == shared]
            if len(set(alike[: 2 * MAX_COLLISIONS])) > MAX_COLLISIONS // 2:
                message = f"more than {MAX_COLLISIONS} values share one hash. Write a list instead."
                raise LimitError(message)


class _Shape(NamedTuple):
    """
    What the instances of a class hold. Nothing here refers to the class, which
    could not end then.

    Attributes:
        parts: Gives what the ``==`` of the class compares, None where only the
            class itself knows.

        extras: Gives the attributes of which that ``==`` cannot know, None where
            there are none. One that an application wrote knows what counts.

        slots: The classes that have the slots, by the slots' names.

        contents: Gives what is held in a built-in base class, None where Python
            does not show it.
    """

    parts: GetParts | None
    extras: GetAttributes | None
    slots: dict[str, weakref.ref[type]]
    contents: GetParts | None


_SHAPES: Final[weakref.WeakKeyDictionary[type, _Shape]] = weakref.WeakKeyDictionary()


def _get_shape(cls: Any) -> _Shape:
    with suppress(KeyError, TypeError):
        return _SHAPES[cls]
    parts = _find_parts(cls)
    slots = _find_slots(cls)
    shape = _Shape(parts, _find_extras(cls, parts, slots), slots, _find_contents(cls, len(slots)))
    with suppress(TypeError):  # its metaclass makes it unhashable
        _SHAPES[cls] = shape
    return shape


def get_parts(cls: type, /) -> GetParts | None:
    """
    Return the function that takes the instances of *cls* apart, in order, or
    None where only the class itself knows when two of them are equal.

    Two values of the same type are equal when their parts are, so a class is
    taken apart only if its own ``==`` does the same.
    """
    return _get_shape(cls).parts


def get_contents(cls: type, /) -> GetParts:
    """
    Return the function that gives what instances of *cls* hold in a built-in
    base class.

    Raises:
        TypeError: A base class keeps something that Python does not show.
    """
    contents = _get_shape(cls).contents
    if contents is None:
        raise TypeError(f"a base class of {cls.__qualname__} does not show all that it holds")
    return contents


def get_attributes(value: Any, like: Any = None, /) -> dict[str, Any]:
    """
    Return the attributes of an instance by name, fields or not.

    Properties that *like* has cached, it computes.
    """
    attributes: dict[str, Any] = {**getattr(value, "__dict__", {})}
    for name, owner in _get_shape(type(value)).slots.items():
        with suppress(AttributeError):
            attributes[name] = get_class_dict(owner())[name].__get__(value)
    attributes.pop(_CACHED_HASH, None)
    for name in () if like is None else get_attributes(like):
        if name not in attributes and _is_cached(type(value), name):
            with suppress(Exception):  # it is not the same then
                attributes[name] = getattr(value, name)
    return attributes


def is_record(cls: Any, /) -> bool:
    """Return whether *cls* is an attrs class or a dataclass, and no model."""
    is_known = hasattr(cls, "__dataclass_fields__") or attrs.has(cls)
    return is_known and not hasattr(cls, NODES_METHOD)


def _find_parts(cls: Any) -> GetParts | None:
    nodes: GetParts | None = getattr(cls, NODES_METHOD, None)
    if nodes is not None:
        return nodes
    eq = cls.__eq__
    lazy = [(getattr(sys.modules.get(module), name, None), parts) for module, name, parts in _LAZY]
    for base, parts in (*_BY_EQUALITY, *lazy):
        if base is not None and eq is base.__eq__ and _is_below(cls, base):
            return parts
    if _is_of_attrs(cls, eq):
        return _make_parts([(f.name, f.eq_key) for f in attrs.fields(cls) if f.eq])
    if _is_of_dataclass(cls, eq):
        fields = cls.__dataclass_fields__.values()
        return _make_parts(
            [(f.name, None) for f in fields if f.compare and f._field_type.name == "_FIELD"]
        )
    return None


def _make_parts(fields: list[tuple[str, Callable[[Any], Any] | None]]) -> GetParts:
    def parts(value: Any) -> tuple[Any, ...]:
        items = [(getattr(value, name, _ABSENT), key) for name, key in fields]
        return tuple([x if key is None or x is _ABSENT else key(x) for x, key in items])

    return parts


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


def _find_extras(cls: Any, parts: GetParts | None, slots: Iterable[str]) -> GetAttributes | None:
    eq = cls.__eq__
    if hasattr(cls, NODES_METHOD) or (parts is None and eq is object.__eq__):
        return None  # or it is equal to itself alone
    if _is_of_attrs(cls, eq):
        fields = {field.name for field in attrs.fields(cls)}
    elif _is_of_dataclass(cls, eq):
        fields = {*cls.__dataclass_fields__}
    elif type(eq) is types.WrapperDescriptorType or _is_standard(eq):
        fields = _get_fields(cls)
    else:
        return None

    def get_extras(value: Any) -> dict[str, Any]:
        return {
            name: item
            for name, item in get_attributes(value).items()
            if name not in fields and not _is_cached(type(value), name)
        }

    names = [name for name in slots if name not in fields and not _is_cached(cls, name)]
    return get_extras if cls.__dictoffset__ or names else None


def _get_fields(cls: Any) -> set[str]:
    names = {field.name for field in attrs.fields(cls)} if attrs.has(cls) else set[str]()
    return names.union(getattr(cls, "__dataclass_fields__", ()))


def _find_slots(cls: Any) -> dict[str, weakref.ref[type]]:
    return {
        name: weakref.ref(base)
        for base in reversed(cls.__mro__)
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
    """Return whether an attribute is a cached property, which follows from the rest."""
    raw = find_in_class(cls, name)[0]
    if type(raw) is types.MemberDescriptorType:
        # attrs makes slots of cached properties, and no others than these and the fields.
        return "__attrs_attrs__" in vars(raw.__objclass__) and name not in _get_fields(cls)
    # Libraries have their own, from times when Python had none.
    kinds = [kind.__name__ for kind in get_mro(type(raw))]
    return "cached_property" in kinds or name == _CACHED_HASH


def _get_builtin_parts(function: Any) -> tuple[Any, ...] | None:
    owner = function.__self__
    is_function = owner is None or isinstance(owner, (types.ModuleType, type))
    return None if is_function else (function.__name__, owner)


def _get_items(values: Any) -> tuple[Any, ...]:
    # The iterator of the base class: a subclass may have one of its own.
    base: Any = tuple if isinstance(values, tuple) else list
    return tuple(base.__iter__(values))


def _get_arguments(value: Any) -> tuple[Any, ...]:
    return tuple(value.__reduce__())


# More special classes first; a subclass with an ``==`` of its own is none of them.
# The ``==`` of some passes over what a call can see: zero counts, the case of a
# Windows path, the bounds of an empty range, the name of a zone, metadata of a dtype.
_BY_EQUALITY: Final[list[tuple[type, GetParts]]] = [
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
    (types.MethodType, lambda value: (value.__func__, value.__self__)),
    (types.BuiltinFunctionType, _get_builtin_parts),
    (types.SimpleNamespace, lambda value: ()),
    (types.MappingProxyType, lambda value: (dict(value),)),
    (weakref.ref, lambda value: None if value() is None else (value(),)),
    (UserDict, lambda value: (value.data,)),
    (UserList, lambda value: (value.data,)),
    *((cls, _get_arguments) for cls in (attrgetter, itemgetter, methodcaller)),
]

# Classes of modules that may not have been imported: then nobody has such a value.
_LAZY: Final[list[tuple[str, str, GetParts]]] = [
    ("array", "array", lambda value: (value.typecode, value.tolist())),
    ("datetime", "timezone", lambda value: tuple(value.__getinitargs__())),
    ("numpy", "dtype", _get_arguments),
    ("pathlib", "PureWindowsPath", lambda value: (str(value),)),
    ("zoneinfo", "ZoneInfo", lambda value: None if value.key is None else (value.key,)),
]

# What instances of subclasses hold in such a base class, beside those of above.
_CONTENTS: Final[list[tuple[type, GetParts]]] = [
    *((base, base.__getnewargs__) for base in (str, bytes, int, float)),
    *((base, lambda value: (frozenset(value),)) for base in (set, frozenset)),
    (bytearray, lambda value: (bytes(value),)),
    (
        BaseException,
        lambda value: (value.args, value.__cause__, value.__context__, value.__traceback__),
    ),
]


def _pair_pickled_parts(a: object, b: object) -> tuple[Any, Any]:
    """
    Return what the pickles of two values of one type are made of.

    A private attribute that only one of them has is left out: a cache, that of
    a value which was used.

    Raises:
        Exception: They cannot be pickled.
    """
    mine, attributes = _get_pickled_parts(a)
    yours, others = _get_pickled_parts(b)
    caches = {name for name in attributes.keys() ^ others.keys() if name[:1] == "_"}
    for name in (*caches, "_cache"):  # which pandas fills bit by bit
        attributes.pop(name, None)
        others.pop(name, None)
    return (mine, attributes), (yours, others)


def _get_pickled_parts(value: Any) -> tuple[Any, dict[str, Any]]:
    """Return what a pickle of *value* is made of, and its attributes apart."""
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


def _is_of(value: object, module: str, *names: str) -> bool:
    """Return whether *value* is of such a class; of a module not imported nobody has values."""
    library = sys.modules.get(module)
    return any(isinstance(value, getattr(library, name, ())) for name in names)


def is_array(value: object) -> bool:
    """Return whether *value* is a numpy array, of a subclass also."""
    return _is_of(value, "numpy", "ndarray")


def is_numpy_scalar(value: object) -> bool:
    """Return whether *value* is a numpy scalar (``np.float64(1)``)."""
    return _is_of(value, "numpy", "generic")


def get_dtype_extras(dtype: Any) -> tuple[Any, ...]:
    """
    Return what a dtype's ``==`` passes over: metadata, and the type of its
    items, also of its fields.
    """
    inner = [dtype.subdtype[0]] if dtype.subdtype is not None else []
    inner += [dtype.fields[name][0] for name in dtype.names or ()]
    metadata = None if dtype.metadata is None else dict(dtype.metadata)
    return metadata, dtype.names and dtype.type, *map(get_dtype_extras, inner)


def _compare_arrays(a: Any, b: Any) -> bool | _Pairs:
    """Compare two numpy values of one type by dtype, shape and content."""
    numpy: Any = sys.modules["numpy"]
    if a.dtype != b.dtype or a.shape != b.shape:
        return False
    parts: _Pairs = []
    if a.dtype is not b.dtype:
        parts.append((get_dtype_extras(a.dtype), get_dtype_extras(b.dtype)))
    if isinstance(a, numpy.ma.MaskedArray):
        parts.append((numpy.ma.getmaskarray(a), numpy.ma.getmaskarray(b)))
        parts.append((a.fill_value, b.fill_value))
        a, b = a.filled(), b.filled()
    elif isinstance(a, numpy.ndarray) and hasattr(a, "__dict__"):
        parts.append((a.__dict__, b.__dict__))
    a, b = numpy.asarray(a), numpy.asarray(b)
    if a.dtype.hasobject:
        return [*parts, (a.ravel().tolist(), b.ravel().tolist())]
    return _same_content(a, b) and parts


def _same_content(a: Any, b: Any) -> bool:
    if a.dtype.names is not None:  # bytes outside of its fields are no content
        return all(_same_content(a[name], b[name]) for name in a.dtype.names)
    # numpy crashes on the bytes of items without any.
    if not a.dtype.itemsize or a.tobytes() == b.tobytes():
        return True
    if a.dtype.kind not in "fcmM":
        return a.dtype.kind in "USb?iu" and bool((a == b).all())
    return bool(((a == b) | ((a != a) & (b != b))).all())
