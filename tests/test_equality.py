"""
Strict equality, and the hash that goes with it.
"""

from __future__ import annotations

import array
import collections
import contextlib
import copy
import copyreg
import dataclasses
import datetime as dt
import functools
import gc
import pickle
import random
import subprocess
import sys
import threading
import types
import weakref
import zoneinfo
from decimal import Decimal
from pathlib import PureWindowsPath
from typing import Any

import attrs
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

import targets
from callsheet import CallableModel
from callsheet._equality import can_replace, same, strict_hash
from value_strategies import KEYS, VALUES

NAN = float("nan")


def other_nan() -> float:
    """
    Return a NaN that is not the same object as any other.
    """
    return float("nan")


def is_same(a: Any, b: Any) -> bool:
    """
    Compare by the rule's plain words, with recursion and in quadratic time.
    """
    if type(a) is not type(b):
        return False
    if isinstance(a, (list, tuple)):
        return len(a) == len(b) and all(is_same(x, y) for x, y in zip(a, b, strict=True))
    if isinstance(a, slice):
        return is_same((a.start, a.stop, a.step), (b.start, b.stop, b.step))
    if isinstance(a, dict):
        a, b = list(a.items()), list(b.items())
    if isinstance(a, (set, frozenset, list)):
        return len(a) == len(b) and all(any(is_same(x, y) for y in b) for x in a)
    if isinstance(a, complex):
        return is_same((a.real, a.imag), (b.real, b.imag))
    if isinstance(a, Decimal) and (a.is_nan() or b.is_nan()):
        return a.is_nan() and b.is_nan() and a.is_snan() == b.is_snan()
    if isinstance(a, float) and a != a:
        return b != b
    if isinstance(a, (Decimal, dt.datetime, dt.time, dt.timezone, range, PureWindowsPath)):
        return a == b and repr(a) == repr(b)
    return a == b


ATOMS = st.sampled_from([0, False, 0.0, -0.0, Decimal(0), 1, True, 1.0, NAN, "1", b"1"])
SIMILAR = st.recursive(
    ATOMS,
    lambda inner: st.one_of(
        st.lists(inner, max_size=2),
        st.lists(inner, max_size=2).map(tuple),
        st.dictionaries(ATOMS, inner, max_size=2),
        st.frozensets(ATOMS, max_size=2),
    ),
    max_leaves=4,
)


class TestProperties:
    @given(VALUES)
    def test_a_copy_is_the_same(self, value):
        """
        A deep copy is the same, whatever the value.
        """
        assert same(value, copy.deepcopy(value))

    @given(VALUES)
    def test_a_pickled_value_is_the_same(self, value):
        """
        What went to another process and back is the same.
        """
        assert same(value, pickle.loads(pickle.dumps(value)))

    @given(VALUES, VALUES)
    @settings(max_examples=300)
    def test_agrees_with_the_plain_rule(self, a, b):
        """
        Any two values compare as the rule says, in both directions.
        """
        expected = is_same(a, b)

        assert same(a, b) is expected
        assert same(b, a) is expected

    @given(SIMILAR, SIMILAR)
    @settings(max_examples=300)
    def test_similar_values_agree_with_the_plain_rule(self, a, b):
        """
        Values that Python finds equal, but that differ in type, compare as the rule says.
        """
        assert same(a, b) is is_same(a, b)

    @given(KEYS)
    def test_the_same_values_have_the_same_hash(self, value):
        """
        A copy has the same hash, NaN or not.
        """
        assert strict_hash(value) == strict_hash(copy.deepcopy(value))

    @given(VALUES)
    def test_the_hash_exists_where_it_does_for_python(self, value):
        """
        Only what Python cannot hash has no hash, but for signalling NaN.
        """
        try:
            hash(value)
        except TypeError as error:
            if "signaling" not in str(error):
                with pytest.raises(TypeError, match="unhashable"):
                    strict_hash(value)
        else:
            assert isinstance(strict_hash(value), int)


class TestAtoms:
    @pytest.mark.parametrize(
        ("a", "b"),
        [
            (1, True),
            (1, 1.0),
            (0, False),
            ("a", b"a"),
            ([1], (1,)),
            ({1}, frozenset({1})),
            (1, 1 + 0j),
        ],
    )
    def test_types_matter(self, a, b):
        """
        Values of different types differ, alone and inside of others.
        """
        assert not same(a, b)
        assert not same([a], [b])
        assert not same({"k": (a,)}, {"k": (b,)})

    @pytest.mark.parametrize(
        "make",
        [
            other_nan,
            lambda: complex(other_nan(), 1),
            lambda: complex(1, other_nan()),
            lambda: Decimal("NaN"),
            lambda: Decimal("sNaN"),
            lambda: {other_nan(): other_nan()},
            lambda: frozenset({other_nan(), "a"}),
            lambda: slice(other_nan(), None),
        ],
    )
    def test_nan_equals_nan(self, make):
        """
        Two NaN are the same, wherever they are.
        """
        assert same(make(), make())

    def test_nan_equals_nothing_else(self):
        """
        NaN differs from numbers, and a quiet one from a signalling one.
        """
        assert not same(NAN, 1.0)
        assert not same(complex(NAN, 1), complex(NAN, 2))
        assert not same(Decimal("NaN"), Decimal("sNaN"))
        assert not same(Decimal("NaN"), Decimal(1))

    def test_every_nan_has_one_hash(self):
        """
        The hash does not tell one NaN from another, in containers neither.
        """
        assert strict_hash(NAN) == strict_hash(other_nan())
        assert strict_hash((NAN, frozenset({NAN}))) == strict_hash((other_nan(), frozenset({NAN})))
        assert strict_hash(Decimal("sNaN")) == strict_hash(Decimal("sNaN"))

    @pytest.mark.parametrize(
        ("a", "b"),
        [
            (Decimal("1.0"), Decimal("1.00")),
            (Decimal("0"), Decimal("-0")),
            (
                dt.datetime(2026, 1, 1, 12, tzinfo=dt.timezone.utc),
                dt.datetime(2026, 1, 1, 13, tzinfo=dt.timezone(dt.timedelta(hours=1))),
            ),
            (
                dt.datetime(2026, 1, 1, 12, tzinfo=dt.timezone.utc),
                dt.datetime(2026, 1, 1, 12, tzinfo=zoneinfo.ZoneInfo("UTC")),
            ),
            (
                dt.time(12, tzinfo=dt.timezone.utc),
                dt.time(13, tzinfo=dt.timezone(dt.timedelta(hours=1))),
            ),
            (dt.datetime(2020, 10, 25, 2, 30), dt.datetime(2020, 10, 25, 2, 30, fold=1)),
            (dt.timezone(dt.timedelta(0)), dt.timezone(dt.timedelta(0), "GMT")),
            (range(0), range(1, 1)),
            (range(0, 3, 2), range(0, 4, 2)),
            (PureWindowsPath("A"), PureWindowsPath("a")),
            (collections.Counter(a=0), collections.Counter()),
        ],
    )
    def test_what_a_call_could_tell_apart(self, a, b):
        """
        Values that ``==`` finds equal differ where a call sees the difference.
        """
        assert a == b
        assert not same(a, b)
        assert not same([a], [b])
        assert CallableModel(print, args=(a,)) != CallableModel(print, args=(b,))
        assert same(a, copy.deepcopy(a))

    def test_a_zone_may_be_loaded_twice(self):
        """
        A time in the hour that occurs twice equals itself under a fresh zone.
        """
        a, b = (
            dt.datetime(
                2020, 10, 25, 2, 30, fold=1, tzinfo=zoneinfo.ZoneInfo.no_cache("Europe/Vienna")
            )
            for _ in range(2)
        )

        assert a != b
        assert same(a, b)
        assert strict_hash(a) == strict_hash(b)
        assert strict_hash(a.tzinfo) == strict_hash(b.tzinfo)


class TestContainers:
    def test_order_of_keys_does_not_matter(self):
        """
        Dicts are the same in any order, but an OrderedDict has one.
        """
        ordered = collections.OrderedDict

        assert same({"a": 1, "b": 2}, {"b": 2, "a": 1})
        assert same({1: 1, "b": 2}, {"b": 2, 1: 1})
        assert not same(ordered(a=1, b=2), ordered(b=2, a=1))

    def test_keys_are_compared_strictly(self):
        """
        Keys and members differ by type, too.
        """
        assert not same({1: "a"}, {True: "a"})
        assert not same({1}, {1.0})
        assert not same({(1,): "a"}, {(True,): "a"})
        assert not same(frozenset({frozenset({1})}), frozenset({frozenset({True})}))

    def test_members_with_the_same_hash(self):
        """
        Members whose hashes collide find their equals.
        """
        assert hash(-1) == hash(-2)
        assert same({-1, -2, (-1,), (-2,)}, {(-2,), (-1,), -2, -1})
        assert not same({-1}, {-2})
        assert not same({-1: "a", -2: "b"}, {-1: "b", -2: "a"})

    @pytest.mark.parametrize(
        "make",
        [
            lambda x: collections.deque([x], 3),
            lambda x: collections.defaultdict(int, a=x),
            lambda x: collections.OrderedDict(a=x),
            lambda x: types.SimpleNamespace(a=x),
            lambda x: types.MappingProxyType({"a": x}),
            lambda x: array.array("i" if x is True else "d", [x]),
            lambda x: slice(None, x),
            lambda x: functools.partial(int, x),
            lambda x: functools.partial(int, base=x),
            lambda x: functools.partialmethod(int, x),
        ],
    )
    def test_other_containers(self, make):
        """
        The standard library's containers are compared part by part.
        """
        assert same(make(1), make(1))
        assert not same(make(1), make(True))

    def test_more_than_contents(self):
        """
        What a container has besides its contents counts.
        """
        assert not same(collections.deque([1], 3), collections.deque([1], 4))
        assert not same(collections.defaultdict(int), collections.defaultdict(list))

    def test_subclasses(self):
        """
        A subclass is compared by its parts unless it has an ``==`` of its own.
        """

        class Plain(list):
            pass

        class Own(list):
            def __eq__(self, other):
                return True

        class Odd(tuple):
            def __iter__(self):
                raise RuntimeError

        point = collections.namedtuple("point", "x y")

        assert same(Plain([NAN]), Plain([other_nan()]))
        assert not same(Plain([1]), [1])
        assert same(Own([1]), Own([2]))
        assert same(Odd([1]), Odd([1]))
        assert same(point(1, NAN), point(1, other_nan()))
        assert not same(point(1, 2), point(True, 2))

    def test_any_depth(self):
        """
        100,000 levels are compared and hashed without recursion.
        """
        for wrap in (lambda inner: [inner], lambda inner: (inner,), lambda inner: {"k": inner}):
            a: Any = 1
            b: Any = 1
            for _ in range(100_000):
                a, b = wrap(a), wrap(b)
            assert same(a, b)
            assert not same(a, wrap(b))
            if isinstance(a, tuple):
                assert strict_hash(a) == strict_hash(b)

    def test_shared_parts_take_no_time(self):
        """
        A value that holds another twice, 60 times over, is compared at once.
        """
        a: Any = (1,)
        b: Any = (1,)
        for _ in range(60):
            a, b = (a, a), (b, b)

        assert same(a, b)
        assert strict_hash(a) == strict_hash(b)

    def test_cycles_end(self):
        """
        Containers that hold themselves are compared, the same or not.
        """
        a: Any = [1]
        b: Any = [1]
        c: Any = [2]
        for cycle in (a, b, c):
            cycle.append({"self": cycle})

        assert same(a, b)
        assert not same(a, c)


@dataclasses.dataclass(frozen=True)
class Point:
    x: Any
    note: Any = dataclasses.field(default=None, compare=False)


@dataclasses.dataclass(frozen=True)
class Loose:
    x: Any

    def __eq__(self, other):
        return True

    def __hash__(self):
        return 1


@dataclasses.dataclass(eq=False)
class ByIdentity:
    x: Any


@dataclasses.dataclass
class Decorated:
    x: Any

    @functools.cached_property
    def double(self):
        return self.x * 2


class Plain(Decorated):
    pass


class Slot(str):
    __slots__ = ("note",)


@attrs.define(slots=False)
class Dict:
    x: Any


Named = collections.namedtuple("Named", "a")
SUBCLASSES: dict[Any, Any] = {
    base: type(f"My{base.__name__}", (base,), {})
    for base in (list, dict, tuple, str, int, frozenset, set, Decimal, dt.datetime, Named)
}


@attrs.frozen
class Pair:
    a: Any
    b: Any = attrs.field(default=None, eq=False)
    c: Any = attrs.field(default="", eq=str.lower)


@attrs.frozen
class OfAttrs:
    z: Any = 0


@dataclasses.dataclass(eq=False)
class OfDataclass:
    z: Any = 0


@dataclasses.dataclass(frozen=True)
class DataclassOnAttrs(OfAttrs):
    x: Any = None


@dataclasses.dataclass(frozen=True, eq=False)
class DataclassByAttrs(OfAttrs):
    y: Any = None


class PlainOnMixed(DataclassOnAttrs):
    pass


@attrs.define(slots=False)
class AttrsOnDataclass(OfDataclass):
    x: Any = None


@attrs.define(slots=False, eq=False)
class AttrsByDataclass(Decorated):
    y: Any = None


class Node:
    def __init__(self, *nodes):
        self.nodes = nodes

    def __callsheet_nodes__(self):
        return self.nodes

    def __hash__(self):
        return 7


class Column:
    """
    What a table is made of; like the parts of pandas, it has no ``==``.
    """

    def __init__(self, values, table=None):
        self.values = values
        self.table = table


class Table:
    """
    Compares element by element, as pandas does, and refers to itself.
    """

    def __init__(self, values):
        self.column = Column(values, self)
        self.notes = {"sums": functools.partial(sum)}

    def __eq__(self, other):
        return [a == b for a, b in zip(self.column.values, other.column.values, strict=True)]


class HashableTable(Table):
    """
    As torch does it.
    """

    __hash__ = object.__hash__


class Slotted:
    """
    Raises where shapes differ, and fills a slot when it is used.
    """

    __slots__ = ("_total", "column")

    def __init__(self, values):
        self.column = Column(values)

    def __eq__(self, other):
        self._total = len(self.column.values)
        raise ValueError("ambiguous")


class Rows(list):
    """
    A list with an ``==`` of its own.
    """

    def __eq__(self, other):
        return [a == b for a, b in zip(self, other, strict=True)]


class Reduced:
    """
    Pickles by a function, and is not equal to itself.
    """

    def __init__(self, values):
        self.values = values
        self.lock = threading.Lock()

    def __eq__(self, other):
        return False

    def __reduce__(self):
        return Reduced, (self.values,)


class Registered(Reduced):
    """
    Pickles by what `copyreg` knows, and has a hash.
    """

    __hash__ = object.__hash__
    __reduce__ = None


class Odd:
    """
    Compares in an odd way.
    """

    def __init__(self, content, answer):
        self.content = content
        self.answer = answer

    def __eq__(self, other):
        if self.answer == "raise":
            raise RuntimeError
        return self == other if self.answer == "recurse" else self.answer

    def __hash__(self):
        return id(self)


class Stateful(Table):
    """
    Pickles what it was given.
    """

    x = 0

    def __init__(self, state):
        super().__init__([1])
        self.state = state

    def __getstate__(self):
        return self.state


copyreg.pickle(Registered, lambda value: (Registered, (value.values,)))

TABLES = [Table, HashableTable, Slotted, Rows, Reduced, Registered]


class TestObjects:
    @pytest.mark.parametrize("cls", [Point, Pair])
    def test_records_by_their_fields(self, cls):
        """
        Dataclasses and attrs classes are compared field by field.
        """
        assert same(cls(NAN), cls(other_nan()))
        assert same(cls([1]), cls([1]))
        assert not same(cls(1), cls(True))
        assert same(cls(1, 2), cls(1, 3))
        assert strict_hash(cls(NAN)) == strict_hash(cls(other_nan()))
        with pytest.raises(TypeError, match="unhashable"):
            strict_hash(cls([1]))

    @pytest.mark.parametrize(
        ("cls", "field", "besides"),
        [
            (DataclassOnAttrs, "x", "z"),
            (PlainOnMixed, "x", "z"),
            (DataclassByAttrs, "z", "y"),
            (AttrsOnDataclass, "x", "z"),
            (AttrsByDataclass, "x", "y"),
        ],
    )
    def test_mixed_records(self, cls, field, besides):
        """
        In a dataclass that is an attrs class, too, the one whose ``==`` it has
        says what its fields are; all that it holds besides counts.
        """

        def make(**values):
            made = cls.__new__(cls)
            for name, value in {field: other_nan(), besides: 1, **values}.items():
                object.__setattr__(made, name, value)
            return made

        assert same(make(), make())
        if cls.__hash__:
            assert strict_hash(make()) == strict_hash(make())
        assert not same(make(), make(**{field: 2.0}))
        assert not same(make(), make(**{besides: 2}))

    def test_records_with_rules_of_their_own(self):
        """
        A class's own ``==`` and an attrs field's key decide.
        """
        assert same(Loose(1), Loose(2))
        assert strict_hash(Loose([])) == strict_hash(Loose([]))
        assert same(Pair(1, c="A"), Pair(1, c="a"))
        assert not same(ByIdentity(1), ByIdentity(1))

    @pytest.mark.parametrize(
        "make",
        [
            lambda: Plain(1),
            lambda: Dict(1),
            lambda: SUBCLASSES[list]([1]),
            lambda: SUBCLASSES[dict](a=1),
            lambda: SUBCLASSES[tuple]((1,)),
            lambda: SUBCLASSES[str]("a"),
            lambda: SUBCLASSES[int](1),
            lambda: SUBCLASSES[frozenset]({1}),
            lambda: SUBCLASSES[set]({1}),
            lambda: SUBCLASSES[Decimal]("1.0"),
            lambda: SUBCLASSES[dt.datetime](2026, 1, 1),
            lambda: SUBCLASSES[Named](1),
            lambda: functools.partial(int, 1),
            lambda: types.SimpleNamespace(a=1),
            lambda: collections.OrderedDict(a=1),
            lambda: collections.UserDict(a=1),
            lambda: Slot("a"),
        ],
    )
    def test_attributes_count(self, make):
        """
        An attribute that was set on an instance counts, of which an ``==`` that
        nobody wrote knows nothing.
        """
        a, b, c, d = (make() for _ in range(4))
        for instance, note in ((b, 1), (c, 1), (d, True)):
            object.__setattr__(instance, "note", note)

        assert same(b, c)
        assert not same(a, b)
        assert not same(c, d)
        if type(a).__hash__ is not None:
            assert strict_hash(b) == strict_hash(c)

    def test_fields_that_are_not_there(self):
        """
        A field that was never set, or deleted, is like no value.
        """
        a, b, c = Plain(1), Plain(1), Plain(1)
        for instance in (a, b):
            del instance.x

        assert same(a, b)
        assert not same(a, c)

    @pytest.mark.parametrize(
        "make",
        [
            lambda: attrs.make_class("Made", ["x"]),
            lambda: attrs.make_class("Made", ["x"], slots=False),
            lambda: dataclasses.make_dataclass("Made", ["x"]),
            lambda: type("Made", (Slotted,), {"__slots__": ("more",)}),
        ],
    )
    def test_classes_end(self, make):
        """
        What is remembered of a class does not keep it.
        """
        cls = make()
        same(cls([1]), cls([1]))
        can_replace(cls([1]), cls([1]))
        ended = weakref.ref(cls)

        del cls
        gc.collect()

        assert ended() is None

    def test_cached_properties_do_not_count(self):
        """
        What was computed from the rest makes no difference.
        """
        a, b = Plain(1), Plain(1)

        assert a.double == 2
        assert same(a, b)

    def test_hook(self):
        """
        A class that says what it is made of is compared by that.
        """
        assert same(Node(1, Node([NAN])), Node(1, Node([other_nan()])))
        assert not same(Node(1), Node(True))
        assert not same(Node(1), Node(1, 2))
        assert strict_hash((Node([]),)) == strict_hash((Node([]),))

    def test_methods(self):
        """
        A bound method is its function and its instance.
        """
        assert same(Point(NAN).__repr__, Point(other_nan()).__repr__)
        assert not same(Point(1).__repr__, Point(2).__repr__)
        assert not same(Point(1).__repr__, Point(1).__hash__)
        assert same([1].append, [1].append)
        assert not same([1].append, [2].append)
        assert not same([1].append, [1].extend)
        assert same(len, len)
        assert not same(random.random, random.gauss)
        assert strict_hash([1].append) == strict_hash([1].append)

    @pytest.mark.parametrize("answer", [None, NotImplemented, "yes", [1], 1, object()])
    def test_answers_that_are_no_bool(self, answer):
        """
        An ``==`` that answers anything but a bool finds nothing equal but itself,
        if its class does not pickle.
        """

        class Odd:
            def __eq__(self, other):
                return answer

        odd = Odd()

        assert same(odd, Odd()) is False
        assert same(odd, odd) is True

    def test_errors(self):
        """
        An ``==`` or a ``__hash__`` that raises counts as unequal, if its class
        does not pickle.
        """

        class Raising:
            def __init__(self, fine=False):
                self.fine = fine

            def __eq__(self, other):
                raise RuntimeError

            def __hash__(self):
                if self.fine:
                    return 1
                raise RuntimeError

        a, b = Raising(True), Raising(True)
        members, others = {a}, {b}
        a.fine = b.fine = False

        assert same(Raising(), Raising()) is False
        assert same(members, others) is False

    def test_deep_recursion_of_a_foreign_eq(self):
        """
        A class whose ``==`` recurses without end is unequal, not an error.
        """

        class Endless:
            def __eq__(self, other):
                return self == other

        assert same(Endless(), Endless()) is False

    @pytest.mark.parametrize("answer", [None, NotImplemented, "yes", [1], 1, "raise", "recurse"])
    def test_answers_of_what_pickles(self, answer):
        """
        Where it does, values are the same that pickle as the same, but for those
        of which ``==`` says that two are not equal.
        """
        odd = Odd([NAN], answer)

        assert same(odd, Odd([other_nan()], answer)) is (answer is not NotImplemented)
        assert same({odd}, {Odd([other_nan()], answer)}) is (answer is not NotImplemented)
        assert same(odd, Odd([1], answer)) is False
        assert same(Odd(1, answer), Odd(True, answer)) is False
        assert same(odd, odd) is True

    @pytest.mark.parametrize("cls", TABLES)
    def test_values_that_compare_element_by_element(self, cls):
        """
        A pickled and a deep copy are the same as the value, other content, names
        and types are not: whatever the class keeps in objects of its own, in
        cycles, in slots, in a subclass of list or behind ``__reduce__``.
        """
        value, other = cls([1, NAN]), cls([2, NAN])
        copies = [pickle.loads(pickle.dumps(value)), copy.deepcopy(value), cls([1, other_nan()])]

        for copied in copies:
            assert same(value, copied) is same(copied, value) is True
            assert CallableModel(targets.add, args=(value,)) == CallableModel(
                targets.add, args=(copied,)
            )
        assert same(value, other) is same(other, value) is False
        assert same(value, cls([True, NAN])) is False
        assert same(value, cls([1, NAN, 3])) is False

    def test_what_a_value_has_cached(self):
        """
        Private attributes that only a used value has are a cache; others are not.
        """
        value, used, named = (Table([1, NAN]) for _ in range(3))
        used.__dict__["_total"] = 1
        used._cache = {"mean": 2}
        value._cache = {}
        named.unit = "m"

        assert same(value, used) is same(used, value) is True
        assert same(value, named) is same(named, value) is False
        used.notes["_total"] = 1
        assert same(value, used) is same(used, value) is False

    def test_places_in_a_state(self):
        """
        What a class pickles as it likes is compared place by place.
        """
        states = [(1, None), (None, 1), ({"x": 1}, {"x": 2}), ({"x": 2}, {"x": 1}), ({"_x": 1},)]
        values = [Stateful(state) for state in states]

        for value in values:
            found = [same(value, Stateful(state)) for state in states]
            assert [state is value.state for state in states] == found

    def test_what_has_no_equality_and_no_pickle(self):
        """
        A value that compares element by element and cannot be pickled is the same
        as itself alone.
        """
        value, other = Table([1]), Table([1])
        value.notes["lock"], other.notes["lock"] = threading.Lock(), threading.Lock()

        assert same(value, value) is True
        assert same(value, other) is False

    def test_hashes_of_what_pickles_as_the_same(self):
        """
        What is compared by its pickle has one hash, whatever its class says.
        """
        a, b = HashableTable([NAN]), HashableTable([other_nan()])

        assert same(a, b) is True
        assert strict_hash(a) == strict_hash(b)
        assert same({a: 1}, {b: 1}) is True
        assert same({a: 1}, {HashableTable([1]): 1}) is False

    def test_identity_is_the_equality_of_its_class(self):
        """
        An object whose class has no ``==`` is the same as itself alone, since two
        of them are two objects to a call.
        """
        rng = random.Random(1)

        assert same(rng, rng)
        assert not same(rng, copy.deepcopy(rng))
        assert not same(object(), object())

    def test_metaclass_without_hash(self):
        """
        Not even a class that cannot be hashed is an error.
        """

        class Meta(type):
            def __eq__(cls, other):
                return False

        class Odd(metaclass=Meta):
            def __eq__(self, other):
                return True

        assert same(Odd(), Odd()) is True


@pytest.mark.parametrize(
    ("module", "make"),
    [
        ("pandas", lambda pd, x: pd.DataFrame({"a": [x, NAN], "b": ["x", None]})),
        ("pandas", lambda pd, x: pd.DataFrame({"t": pd.date_range("2026", periods=x)})),
        ("pandas", lambda pd, x: pd.DataFrame({"a": [1, 2], "b": [x, 3]}).set_index(["a", "b"])),
        ("pandas", lambda pd, x: pd.DataFrame([1.5], columns=[str(x)])),
        ("pandas", lambda pd, x: pd.Series([1, None], name=str(x))),
        ("pandas", lambda pd, x: pd.Series(["a", str(x)], dtype="category")),
        ("pandas", lambda pd, x: pd.Series([x, None], dtype="Int64")),
        ("pandas", lambda pd, x: pd.MultiIndex.from_tuples([(1, x)])),
        ("pandas", lambda pd, x: pd.interval_range(0, x)),
        ("pandas", lambda pd, x: pd.Timestamp(2026, 11, 22, x, tz="Europe/Berlin")),
        ("polars", lambda pl, x: pl.DataFrame({"a": [x, None], "b": [NAN, 1.0]})),
        ("polars", lambda pl, x: pl.Series(str(x), [[1], None])),
        ("polars", lambda pl, x: pl.LazyFrame({"a": [1]}).filter(pl.col("a") > x)),
        ("polars", lambda pl, x: pl.col("a") + x),
        *(
            ("scipy.sparse", lambda sp, x, f=f, k=k: getattr(sp, f"{f}_{k}")([[0, x], [NAN, 1]]))
            for f in ("bsr", "coo", "csc", "csr", "dia", "dok", "lil")
            for k in ("array", "matrix")
        ),
        ("xarray", lambda xr, x: xr.DataArray([x, NAN], dims="x", coords={"x": [1, 2]})),
        ("xarray", lambda xr, x: xr.DataArray([1], attrs={"unit": x})),
        ("xarray", lambda xr, x: xr.Dataset({"a": ("x", [1, x])}, coords={"x": [1, 2]})),
        ("pyarrow", lambda pa, x: pa.table({"a": [x, None], "b": [NAN, 1.0]})),
        ("pyarrow", lambda pa, x: pa.array([float(x), NAN])),
        ("pint", lambda pint, x: pint.get_application_registry().Quantity([NAN, x], "m")),
        ("astropy.units", lambda u, x: [x, NAN] * u.m),
        ("astropy.time", lambda time, x: time.Time(["2026-11-22", f"2026-11-{x:02}"])),
        ("sympy", lambda sympy, x: sympy.Matrix([[sympy.Symbol("a"), x]])),
        ("shapely", lambda shapely, x: shapely.Point(x, NAN)),
        ("PIL.Image", lambda image, x: image.new("L", (2, 2), x)),
        ("dask.array", lambda da, x: da.full((3,), x, chunks=2)),
    ],
)
def test_libraries_of_data(module, make):
    """
    A model that holds a library's data equals its pickled copy, and no other
    model: used or not, and hashing alike if at all.
    """
    library = pytest.importorskip(module, reason="a library of data, none of the tests' own")
    model, twin, other = (
        CallableModel(targets.only_args, args=(make(library, x),)) for x in (3, 3, 4)
    )
    copied = pickle.loads(pickle.dumps(model))
    repr(copied())

    assert model == model
    assert model == copied
    assert copied == model
    assert copied == pickle.loads(pickle.dumps(copied))
    assert model == copy.deepcopy(model)
    assert model == twin
    assert (model == other) is (other == model) is False
    with contextlib.suppress(TypeError):
        assert hash(model) == hash(copied)


class TestArrays:
    @pytest.fixture
    def np(self):
        return pytest.importorskip("numpy")

    def test_by_dtype_shape_and_content(self, np):
        """
        Arrays are the same with the same dtype, shape and content.
        """
        assert same(np.arange(3), np.arange(3))
        assert same({"a": np.array([1, NAN])}, {"a": np.array([1, NAN])})
        assert not same(np.zeros(2), np.zeros(2, "f4"))
        assert not same(np.zeros(2, "<f8"), np.zeros(2, ">f8"))
        assert not same(np.zeros(2), np.zeros((2, 1)))
        assert not same(np.zeros(2), np.ones(2))
        assert same(np.zeros(1), -np.zeros(1))

    @pytest.mark.parametrize(
        "dtype", ["f2", "c16", "M8[s]", "m8[D]", "U3", "S3", "V3", "?", "O", "g", "i1", "V0"]
    )
    def test_dtypes(self, np, dtype):
        """
        Every dtype compares, zero-dimensional and empty arrays too.
        """
        for shape in ((), (0,), (2, 3)):
            a = np.zeros(shape, dtype)
            assert same(a, a.copy())

    def test_objects_in_arrays(self, np):
        """
        Objects in an array are compared strictly.
        """
        a, b, c = (np.array([x, [NAN]], dtype=object) for x in (1, 1, True))

        assert same(a, b)
        assert not same(a, c)

    def test_structured(self, np):
        """
        Records are compared field by field, whatever lies between.
        """
        dtype = np.dtype([("a", "u1"), ("b", "f8", (2,))], align=True)
        a, b = np.empty(2, dtype), np.full(2, 0, dtype)
        a[:] = 0
        a["b"] = b["b"] = NAN

        assert same(a, b)
        assert same(a[0], b[0])
        b["a"] = 1
        assert not same(a, b)

    def test_subclasses(self, np):
        """
        Masked arrays compare by mask, and a subclass differs from its base.
        """
        masked = [np.ma.array([1, x], mask=[False, True]) for x in (2, 3)]

        assert same(*masked)
        assert not same(masked[0], np.ma.array([1, 2], mask=[True, False]))
        assert not same(np.ma.array([1]), np.array([1]))

    def test_scalars(self, np):
        """
        Scalars compare by type and value, and hash alike.
        """
        assert same(np.float64(NAN), np.float64(NAN))
        assert same(np.float32(NAN), np.float32(NAN))
        assert same(np.complex64(complex(NAN, 1)), np.complex64(complex(NAN, 1)))
        assert not same(np.float64(1), 1.0)
        assert not same(np.int64(1), np.int32(1))
        assert same(np.datetime64("NaT", "s"), np.datetime64("NaT", "s"))
        assert not same(np.datetime64(1, "s"), np.datetime64(1, "ms"))
        assert strict_hash(np.float32(NAN)) == strict_hash(np.float32(NAN))
        with pytest.raises(TypeError, match="unhashable"):
            strict_hash((np.zeros(1),))


def test_numpy_is_not_imported():
    """
    Comparing and hashing does not import numpy.
    """
    code = (
        "import sys; from callsheet._equality import same, strict_hash; "
        "same([1, {2}], [1, {2}]); same(object(), object()); strict_hash((1.5, 2)); "
        "sys.exit('numpy' in sys.modules)"
    )

    assert subprocess.run([sys.executable, "-c", code], timeout=60).returncode == 0


def test_keys_that_only_their_values_tell_apart():
    """
    Keys that hold NaN are equal to one another; each finds the one of its value.
    """

    def make(*values: object) -> dict[object, object]:
        return {(float("nan"),): value for value in values}

    assert same(make(1, 2), make(1, 2))
    assert same(make(1, 2, 1), make(1, 1, 2))
    assert same(make([1], [2], 3), make(3, [2], [1]))
    assert not same(make(1, 2, 2), make(1, 1, 2))
    assert not same(make(1, 2), make(1, True))
    model = CallableModel(targets.add, args=(make(1, [2]),))
    assert copy.deepcopy(model) == model == pickle.loads(pickle.dumps(model))
    assert CallableModel.parse_raw(model.json(), allow=["targets.*"]) == model
