"""
Data that another parser made: mappings, lists, text and numbers of its own.
"""

from __future__ import annotations

import json
from collections import ChainMap, OrderedDict, UserDict
from enum import Enum
from types import MappingProxyType
from typing import Any

import attrs
import pytest
from hypothesis import given
from hypothesis import strategies as st

import targets
from callsheet import (
    CallableModel,
    NormalExecutor,
    ObjLoader,
    audit,
    configure_converter,
    make_converter,
)
from callsheet._values.tags import as_data
from callsheet.exceptions import DocumentError

ALLOW = ["targets.*", "collections.OrderedDict"]
DOCUMENT: dict[str, Any] = {
    "callable": "targets.add",
    "signature": {
        "x": {"$tuple": [1, {"$set": [1.5]}, {"k": {"$date": "2026-11-22"}}, [True, None]]},
        "y": {"$call": {"callable": "targets.add", "signature": {"x": {"$raw": {"$gt": 1}}}}},
    },
}
LOADER: dict[str, Any] = {
    "loader": {"callable": "targets.Box", "signature": {"content": {"$tuple": [1]}}},
    "object_type": "targets.Box",
}
EVIL: dict[str, Any] = {"callable": "targets.add", "signature": {"x": [{"$import": "os.system"}]}}


class Integer(int):
    """
    A parser's own integer.
    """


class Float(float):
    """
    A parser's own number.
    """


class Items(list[Any]):
    """
    A parser's own list.
    """


class Key(str, Enum):
    """
    A tag as a member.
    """

    TUPLE = "$tuple"


@attrs.define
class Holder:
    """
    An application's own class, with a model.
    """

    call: CallableModel[Any]


def rebuild(data: Any, mapping: Any) -> Any:
    """
    Return *data* as a parser with classes of its own would have made it.
    """
    if isinstance(data, dict):
        return mapping({targets.Text(key): rebuild(item, mapping) for key, item in data.items()})
    if isinstance(data, list):
        return Items(rebuild(item, mapping) for item in data)
    for base, cls in ((str, targets.Text), (int, Integer), (float, Float)):
        if type(data) is base:
            return cls(data)
    return data


MAPPINGS = [dict, OrderedDict, MappingProxyType, UserDict, ChainMap]


@pytest.mark.parametrize("mapping", MAPPINGS)
class TestMappings:
    def test_reads_as_the_plain_data(self, mapping):
        """
        Tags are read in every mapping, and what reaches the call is plain.
        """
        plain = CallableModel.parse_obj(DOCUMENT, allow=ALLOW)

        for data in (rebuild(DOCUMENT, mapping), mapping(DOCUMENT)):
            assert CallableModel.parse_obj(data, allow=ALLOW) == plain
            assert make_converter(allow=ALLOW).structure(data, CallableModel) == plain
            assert make_converter(allow=ALLOW).structure([data], list[CallableModel]) == [plain]

    def test_loaders_and_executors(self, mapping):
        """
        So it is for every model.
        """
        name = "concurrent.futures.ThreadPoolExecutor"
        executor = {"loader": {"loader": {"callable": name, "signature": {"max_workers": 1}}}}
        for cls, data in ((ObjLoader, LOADER), (NormalExecutor, executor)):
            plain = cls.parse_obj(data, allow=[*ALLOW, name])

            assert cls.parse_obj(rebuild(data, mapping), allow=[*ALLOW, name]) == plain

    def test_what_is_read_is_judged(self, mapping):
        """
        The policy sees every reference that reading would follow.
        """
        data = rebuild(EVIL, mapping)

        with pytest.raises(DocumentError) as caught:
            CallableModel.parse_obj(data, allow=ALLOW)

        assert "os.system" in str(caught.value)
        assert [found.import_string for found in audit(data)] == ["targets.add", "os.system"]

    def test_models_in_an_application_s_class(self, mapping):
        """
        A field that is a model is read in the same way.
        """
        import cattrs

        converter = cattrs.Converter()
        configure_converter(converter, allow=ALLOW)

        holder = converter.structure({"call": rebuild(DOCUMENT, mapping)}, Holder)

        assert holder.call == CallableModel.parse_obj(DOCUMENT, allow=ALLOW)


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (({"$tuple": [1]}, 2), ((1,), 2)),
        (({"$set": [1]},), ({1},)),
        ((1, "$tuple"), (1, "$tuple")),
        ([((),)], [((),)]),
        ({Key.TUPLE: [1]}, (1,)),
        (OrderedDict({1: {"$tuple": []}}), {1: ()}),
        (targets.Colour.RED, targets.Colour.RED),
    ],
)
def test_other_data(value, expected):
    """
    Tags in a live tuple are read, a key is its text, and a member stays.
    """
    document = {"callable": "targets.add", "signature": {"x": value}}

    x = CallableModel.parse_obj(document, allow=ALLOW).signature["x"]

    assert (type(x), x) == (type(expected), expected)


def test_json_hooks():
    """
    What ``json.loads`` makes with hooks is read like its own dicts.
    """
    for hook in (OrderedDict, lambda pairs: MappingProxyType(dict(pairs))):
        data = json.loads(json.dumps(DOCUMENT), object_pairs_hook=hook)

        model = CallableModel.parse_obj(data, allow=ALLOW)

        assert model == CallableModel.parse_obj(DOCUMENT, allow=ALLOW)


def test_tomlkit():
    """
    Tables, arrays, numbers, text and dates of tomlkit are plain ones.
    """
    tomlkit = pytest.importorskip("tomlkit")
    arguments = 'a = {"$tuple" = [1, true, 2.5, "x", 2026-11-22]}\nb = 2026-11-22\nc = [[1]]\n'
    document = tomlkit.parse(f'callable = "targets.only_kwargs"\n[signature.kwargs]\n{arguments}')

    kwargs = CallableModel.parse_obj(document, allow=ALLOW)()

    assert [type(item).__module__ for item in [*kwargs["a"], kwargs["b"]]] == [
        *["builtins"] * 4,
        *["datetime"] * 2,
    ]
    assert kwargs["a"][:4] == (1, True, 2.5, "x")
    assert type(kwargs["c"]) is type(kwargs["c"][0]) is list


def test_numpy_scalars_are_live():
    """
    A number of numpy's is a value of its own.
    """
    numpy = pytest.importorskip("numpy")
    document = {"callable": "targets.add", "signature": OrderedDict(x=numpy.float64(1.5))}

    assert type(CallableModel.parse_obj(document, allow=ALLOW).signature["x"]) is numpy.float64


def test_cycles_are_refused():
    """
    Data that holds itself is nested too deeply, in any mapping.
    """
    cycle: Any = OrderedDict()
    cycle["k"] = [cycle]

    with pytest.raises(DocumentError) as caught:
        CallableModel.parse_obj({"callable": "targets.add", "signature": {"x": cycle}}, allow=ALLOW)

    assert "nested deeper" in str(caught.value)


def test_what_is_shared_is_copied_once():
    """
    Data that holds the same part 60 times over is read at once, or refused.
    """
    shared: Any = OrderedDict(k=1)
    for _ in range(60):
        shared = [shared, shared]

    data = as_data(shared)

    assert data[0] is data[1]


def test_keys_that_are_one_text():
    """
    Two keys of one text are refused, for one would be lost.
    """

    class Odd(targets.Text):
        def __eq__(self, other):
            return self is other

        __hash__ = object.__hash__

    document = {"callable": "targets.add", "signature": {Odd("x"): 1, "x": 2}}

    with pytest.raises(DocumentError) as caught:
        CallableModel.parse_obj(document, allow=ALLOW)

    assert "'x' twice" in str(caught.value)


JSON = st.recursive(
    st.one_of(st.none(), st.booleans(), st.integers(), st.floats(), st.text(max_size=3)),
    lambda inner: st.one_of(
        st.lists(inner, max_size=3), st.dictionaries(st.text(max_size=3), inner, max_size=3)
    ),
    max_leaves=10,
)


@given(JSON, st.sampled_from(MAPPINGS))
def test_plain_data_is_itself(data, mapping):
    """
    Plain data is not copied, and any other becomes the same plain data.
    """
    assert as_data(data) is data
    assert repr(as_data(rebuild(data, mapping))) == repr(data)
