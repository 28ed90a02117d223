"""
The fields of an application's own classes, in every format.
"""

from __future__ import annotations

import datetime as dt
import importlib
import json
import math
import sys
import typing
from collections import Counter, deque
from collections.abc import Mapping, MutableMapping, MutableSequence, MutableSet, Sequence
from collections.abc import Set as AbstractSet
from pathlib import PurePosixPath
from typing import Any

import attrs
import pytest

from callsheet import CallableModel, audit, make_converter
from callsheet._equality import same
from callsheet.exceptions import ModelError, UnwritableError
from targets import Adder, only_args
from targets_fields import (
    AttrsIdentity,
    Colour,
    DataIdentity,
    Growing,
    Items,
    Loaded,
    Moment,
    NoEquality,
    Odd,
    Open,
    Parcel,
    PerThread,
    Seeded,
    Slotted,
    Study,
    take,
)

FORMATS = ["json", "orjson", "msgspec", "ujson", "pyyaml", "tomlkit", "msgpack", "cbor2", "bson"]
ALLOW = ["targets.*", "targets_fields.*"]
DAY = dt.date(2026, 1, 1)
VALUES = [
    Moment(),
    Parcel(),
    *map(Open, [DAY, (1, DAY), {DAY}, frozenset({1}), b"x", PurePosixPath("a"), [{"k": (1,)}]]),
    Open(1, DAY),
    Open(1, (DAY,), [DAY]),
    Open(1, 2, (DAY,)),
    Open(Open(Moment())),
    Open([CallableModel(only_args, args=((1,),))]),
    Study(CallableModel(only_args, args=(DAY,)), [CallableModel(only_args)]),
]


def make(preconf: str, **options: Any) -> Any:
    """
    Return the converter of a format whose library is installed.
    """
    pytest.importorskip({"pyyaml": "yaml"}.get(preconf, preconf))
    return make_converter(preconf, allow=ALLOW, **options)


def hold(kind: Any, value: Any) -> Any:
    """
    Return an object with one field.
    """
    return attrs.make_class("Held", {"value": attrs.field(type=kind)})(value)


#: A collection that is overridden, a field that it applies to, and a value.
OVERRIDES: list[tuple[Any, Any, Any]] = [
    (set, set[int], {1}),
    (frozenset, frozenset[int], frozenset({1})),
    (frozenset, frozenset, frozenset({1})),
    (typing.FrozenSet, frozenset[int], frozenset({1})),  # noqa: UP006  cattrs takes these as well
    (AbstractSet, set[int], {1}),
    (AbstractSet, frozenset[int], frozenset({1})),
    (AbstractSet, AbstractSet[int], {1}),
    (typing.AbstractSet, frozenset[int], frozenset({1})),
    (MutableSet, set[int], {1}),
    (tuple, tuple[int, ...], (1,)),
    (tuple, tuple[int, int], (1, 2)),
    (list, list[int], [1]),
    (deque, deque[int], deque([1])),
    (Sequence, Sequence[int], [1]),
    (Sequence, Sequence[int], (1,)),
    (Sequence, tuple[int, ...], (1,)),
    (Sequence, tuple[int, int], (1, 2)),
    (Sequence, list[int], [1]),
    (MutableSequence, list[int], [1]),
    (dict, dict[str, int], {"a": 1}),
    (dict, Counter[str], Counter("a")),
    (Mapping, dict[str, int], {"a": 1}),
    (MutableMapping, dict[str, int], {"a": 1}),
]


@pytest.mark.parametrize("preconf", FORMATS)
class TestFormats:
    @pytest.mark.parametrize("value", [Moment(), Parcel()], ids=["attrs", "dataclass"])
    def test_documents_of_their_own(self, preconf, value):
        """
        An application's own document comes back equal.
        """
        converter = make(preconf)

        again = converter.loads(converter.dumps(value), type(value))

        assert same(again, value)

    @pytest.mark.parametrize("value", VALUES, ids=repr)
    def test_arguments(self, preconf, value):
        """
        Under ``$object`` leaves keep their tags, whatever the annotation says.
        """
        converter = make(preconf)
        model = CallableModel(only_args, args=([value, {"k": value}],))

        text = converter.dumps(model)

        assert converter.loads(text, CallableModel) == model
        assert CallableModel.parse_raw(model.json(), allow=ALLOW) == model
        assert make("json").loads(model.json(), CallableModel) == model

    def test_by_hand(self, preconf):
        """
        Text is read by the annotation of its field.
        """
        data = {
            "content": "AP8=",
            "weight": "1.10",
            "share": "1/3",
            "id": "00000000-0000-0000-0000-000000000005",
            "path": "a/b",
            "pure": "a",
            "point": "1-2j",
            "colour": 1,
            "numbers": [2, 1],
            "days": ["2026-01-01"],
            "moment": {"timedelta": "-1 day, 0:00:00.000003", "date": {"$date": "2026-11-22"}},
        }

        assert same(make(preconf).structure(data, Parcel), Parcel())

    @pytest.mark.parametrize("number", [float("nan"), float("-inf")])
    def test_no_number(self, preconf, number):
        """
        What would be null, or could not be read again, is refused with its path.
        """
        with pytest.raises(UnwritableError, match=r"Cannot write \$\.anything\[1\]"):
            make(preconf).dumps(Open([1, number], 0))


def test_one_form():
    """
    The document of a model is the same from every converter, and so are the
    documents of an application's own.
    """
    model = CallableModel(only_args, args=(Moment(),))
    texts = [make(preconf).dumps(model) for preconf in ("json", "orjson", "msgspec", "ujson")]
    own = [make(preconf).dumps(Moment()) for preconf in ("json", "orjson", "msgspec", "ujson")]

    assert [json.loads(text) for text in texts] == [json.loads(model.json())] * 4
    assert [json.loads(text) for text in own] == [json.loads(own[0])] * 4


def test_models_in_records_are_references():
    """
    The names in a record of models are judged with all others, before anything
    is imported.
    """
    model = CallableModel(only_args, args=(Study(CallableModel(only_args)),))

    found = audit(model.json(), allow=["targets_fields.Study"])

    assert [(reference.path, reference.verdict) for reference in found] == [
        ("$.callable", "refused"),
        ("$.signature.args[0].$object[0]", "allowed"),
        ("$.signature.args[0].$object[1].call.$call.callable", "refused"),
    ]


def test_hooks_of_the_application_win():
    """
    A hook that is registered later is asked instead.
    """
    converter = make("json")
    converter.register_unstructure_hook(dt.date, lambda value: value.toordinal())
    converter.register_structure_hook(dt.date, lambda value, _: dt.date.fromordinal(value))
    value = attrs.make_class("Day", {"day": attrs.field(type=dt.date)})(DAY)

    text = converter.dumps(value)

    assert json.loads(text) == {"day": DAY.toordinal()}
    assert converter.loads(text, type(value)) == value


def test_document_within_a_document():
    """
    A hook may write a document of its own, in the same form as anywhere else.
    """
    converter = make("json")
    converter.register_unstructure_hook(Adder, lambda value: converter.dumps(Open(DAY, value.n)))
    converter.register_structure_hook(Adder, lambda text, _: Adder(json.loads(text)["thing"]))

    text = converter.dumps(CallableModel(only_args, args=(Adder(3),)))

    assert "2026-01-01" in text
    assert converter.loads(text, CallableModel)()[0].n == 3


def test_numpy():
    """
    Arrays are leaves, too.
    """
    np = pytest.importorskip("numpy")
    converter = make("json")
    cls = attrs.make_class("Data", {"a": attrs.field(type=np.ndarray)}, eq=False)

    again = converter.loads(converter.dumps(cls(np.eye(2))), cls)

    assert same(again.a, np.eye(2))


def test_colour_is_read_by_value():
    """
    An enum's member is its value, as for cattrs.
    """
    assert make("json").structure(1, Colour) is Colour.RED


KEEPS_CACHES = "double" in vars(Slotted)["__slots__"]
NEEDS_CACHES = pytest.mark.skipif(
    not KEEPS_CACHES, reason="attrs keeps cached properties in slots since 23.3"
)


def change(instance: Any, **attributes: Any) -> Any:
    """
    Return *instance* with other attributes.
    """
    for name, value in attributes.items():
        object.__setattr__(instance, name, value)
    return instance


@pytest.mark.parametrize(
    ("value", "name"),
    [
        (Seeded(1, 7), "total"),
        (change(Seeded(), total=10.0), "total"),
        (change(Seeded(), note=None), "note"),
        (change(Loaded(), state=5), "state"),
        (change(Loaded(), state=True), "state"),
        (change(Loaded(), more=[1]), "more"),
        (change(Slotted(), hidden=1), "hidden"),
        (change(Loaded(1), double=3), "double"),
        pytest.param(
            change(Slotted(1), double=3) if KEEPS_CACHES else Slotted(1),
            "double",
            marks=NEEDS_CACHES,
        ),
        (change(Odd(), b=3), "b"),
        (Growing([1]), "items"),
        (Open(Seeded(1, 7)), "total"),
        (Open([{"k": (change(Loaded(), more=1),)}]), "more"),
        (change(Items(), b=1), "b"),
        (change(Moment(), zoned=Moment().zoned.replace(fold=0)), None),
    ],
    ids=repr,
)
def test_state_that_would_be_lost(value, name):
    """
    What a constructor does not bring back is refused by name, not lost.
    """
    model = CallableModel(take, args=([value],))

    if name is None:
        assert make("json").loads(make("json").dumps(model), CallableModel) == model
        return
    if sys.version_info < (3, 11) and "Seeded" in repr(value):
        name = "InitVar"  # typing cannot evaluate the annotation there
    with pytest.raises(UnwritableError, match=rf"argument x of take.*\b{name}\b"):
        make("json").dumps(model)


@pytest.mark.parametrize(
    ("value", "reason"),
    [
        (DataIdentity(), "DataIdentity.* equals nothing but itself"),
        (AttrsIdentity(), "AttrsIdentity.* equals nothing but itself"),
        (Open(DataIdentity()), "DataIdentity.* equals nothing but itself"),
        (PerThread(), "PerThread"),
    ],
)
def test_records_that_cannot_come_back(value, reason):
    """
    What could not be equal afterwards, or does not show what it holds, is
    refused.
    """
    with pytest.raises(UnwritableError, match=reason):
        make("json").dumps(CallableModel(take, args=(value,)))


def test_items_of_a_base_class():
    """
    What a record has of a built-in base class must come back, too.
    """
    items = Items(2)
    model = CallableModel(take, args=(items,))

    assert make("json").loads(make("json").dumps(model), CallableModel) == model
    items.append(1)
    with pytest.raises(UnwritableError, match="argument x of take"):
        make("json").dumps(model)


@pytest.mark.parametrize(
    "value", [Loaded(3), pytest.param(Slotted(3), marks=NEEDS_CACHES)], ids=repr
)
def test_cached_properties_are_no_state(value):
    """
    A model is written, and equal, before and after a property was cached.
    """
    model = CallableModel(take, args=(value,))
    before = make("json").dumps(model)

    assert value.double == 6
    again = make("json").loads(make("json").dumps(model), CallableModel)

    assert make("json").dumps(model) == before
    assert again == model
    assert again.signature["x"].double == 6


@pytest.mark.parametrize("value", [Growing([]), Open([Growing([])])], ids=repr)
def test_writing_changes_nothing(value):
    """
    The constructor that writing tries gets a copy of what it might change.
    """
    before = repr(value)

    with pytest.raises(UnwritableError):
        make("json").dumps(CallableModel(take, args=(value,)))

    assert repr(value) == before


def test_defaults_do_not_stand_for_other_state():
    """
    An argument is left to its default only where nothing tells the two apart.
    """
    near = change(Slotted(1), hidden=1)
    model = CallableModel(take, args=(1,), kwargs={"slotted": near})

    assert make("json").loads(make("json").dumps(CallableModel(take, args=(1,))), CallableModel)
    with pytest.raises(UnwritableError, match="hidden"):
        make("json").dumps(model)


def test_hooks_of_a_class_without_equality():
    """
    Such a class is written by its hooks, which must bring its attributes back.
    """
    converter = make("json")
    converter.register_unstructure_hook(NoEquality, lambda value: value.a)
    converter.register_structure_hook(NoEquality, lambda data, _: NoEquality(data))
    model = CallableModel(take, args=(NoEquality(3),))

    assert converter.loads(converter.dumps(model), CallableModel)()[0].a == 3
    with pytest.raises(UnwritableError, match=r"other values of b"):
        converter.dumps(CallableModel(take, args=(change(NoEquality(3), b=1),)))


@pytest.mark.parametrize("preconf", FORMATS)
class TestOptionsOfCattrs:
    @pytest.mark.parametrize(("kind", "field", "value"), OVERRIDES, ids=str)
    def test_collection_override(self, preconf, kind, field, value):
        """
        What a program overrides for a collection is called where cattrs calls it.
        """
        if preconf == "msgspec" and kind is deque:
            pytest.skip("cattrs hands it to msgspec, which does not take it")
        seen = []

        def gather(items):
            seen.append(list(items))
            return dict(seen[-1]) if isinstance(value, dict) else seen[-1]

        overrides = {kind: gather}
        ours = make(preconf, unstruct_collection_overrides=overrides)
        module = importlib.import_module(f"cattrs.preconf.{preconf}")
        theirs = module.make_converter(unstruct_collection_overrides={kind: gather})
        theirs.unstructure(hold(field, value))
        n_expected = len(seen)
        seen.clear()

        ours.unstructure(hold(field, value))

        # What cattrs leaves to msgspec is the program's here, too.
        assert n_expected == len(seen) or (preconf == "msgspec" and seen)
        assert {kind: gather} == overrides

    @pytest.mark.parametrize(
        ("args", "options"),
        [
            ((), {"strict_map_key": False}),
            ((), {"codec_options": None}),
            ((), {"parse_float": str}),
            ((), {"check_depth": False}),
            ((None,), {}),
        ],
    )
    def test_options_of_loads(self, preconf, args, options):
        """
        Options of the format's library are refused by name, with the remedy.
        """
        converter = make(preconf)
        text = converter.dumps(Moment())

        with pytest.raises(ModelError, match=r"Leave it out, or decode .*structure\(data, Moment"):
            converter.loads(text, Moment, *args, **options)

    def test_unknown_option_of_dumps(self, preconf):
        """
        An option that the format's library does not have is what is to be left out.
        """
        with pytest.raises(UnwritableError, match="Leave out colour, or change the value"):
            make(preconf).dumps(Moment(), colour="red")


@pytest.mark.parametrize("preconf", FORMATS)
class TestKeys:
    @pytest.mark.parametrize("key", [1, 2**70, 1.5, math.inf, -math.inf])
    def test_numbers(self, preconf, key):
        """
        A number as a key is text in every format, and the annotation makes it a number.
        """
        held = hold(dict[type(key), int], {key: 1})
        converter = make(preconf)

        again = converter.loads(converter.dumps(held), type(held))

        assert same(held.value, again.value)

    @pytest.mark.parametrize("key", [True, None])
    def test_others(self, preconf, key):
        """
        What text could not tell apart is refused by name, and no format is praised.
        """
        if preconf in ("orjson", "tomlkit", "bson"):
            pytest.skip("cattrs makes text of every key there")
        held = hold(dict[Any, int], {key: 1})

        with pytest.raises(
            UnwritableError, match=rf"\$\.value: its key {key} is of type"
        ) as caught:
            make(preconf).dumps(held)

        assert "another format" not in str(caught.value)
