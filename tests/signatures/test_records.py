"""
The record of stored arguments.
"""

from __future__ import annotations

import copy
import pickle
from inspect import Parameter

import attrs
import pytest

import targets
from callsheet import CallableModel, SignatureModel, validate_and_compose_signature
from callsheet.exceptions import SignatureError


def test_repr_is_the_references():
    """
    A record prints as the notebook's records do.
    """

    def test_fn(x, y=4, *args, m, **kwargs):
        return x

    record = validate_and_compose_signature(test_fn, y=5, x=2, hi=4)

    assert repr(record).endswith(
        "(args=[], m=<class 'inspect._empty'>, kwarg_order=['x', 'y', 'm'], x=2, y=5, "
        "kwargs={'hi': 4})"
    )


def test_repr_of_a_function_in_a_module():
    """
    Its name is the function's.
    """
    record = validate_and_compose_signature(targets.add, 1, 3)

    assert repr(record) == "Kwargs_add(args=[], kwarg_order=['x', 'y'], x=1, y=3)"


def test_repr_of_what_python_cannot_print():
    """
    An int of too many digits for Python is named by its type.
    """
    record = validate_and_compose_signature(targets.everything, 1 << 100_000, *[2] * 3, d=3)

    assert "a=<int object" in repr(record)


def test_arguments_as_attributes_and_items():
    """
    An argument is an attribute; an item where the record has one of its own.
    """
    record = validate_and_compose_signature(targets.collide, [1], {"a": 2}, 3, k=4)

    assert record.callable == 1
    assert record["callable"] == 1
    assert record.args == [3]
    assert record["args"] == [1]
    assert record.kwargs == {"k": 4}
    assert record["kwargs"] == {"a": 2}
    assert record["k"] == 4
    assert record.k == 4


def test_unset_argument_reads_as_empty():
    """
    An unset parameter reads as `inspect.Parameter.empty`.
    """
    record = validate_and_compose_signature(targets.add)

    assert record.x is Parameter.empty
    assert dict(record) == {"x": Parameter.empty, "y": 4}
    assert record.missing() == ["x"]


def test_unknown_argument():
    """
    What is no parameter is no attribute, and the nearest name is told.
    """
    record = validate_and_compose_signature(targets.everything, 1, d=2)

    with pytest.raises(AttributeError, match="'dd'"):
        record.dd  # noqa: B018  # reading it is the test
    with pytest.raises(SignatureError, match=r"no such parameter\. .*a, b, c, d"):
        record["zz"]
    assert not hasattr(record, "__array__")


def test_build():
    """
    ``build`` returns the call that would be made.
    """
    record = validate_and_compose_signature(targets.everything, 1, d=4)

    assert record.build() == ([1, 2], {"c": 3, "d": 4})
    assert record.build(5, 6, 7, d=8, k=9) == ([5, 6, 7], {"c": 3, "d": 8, "k": 9})


def test_build_stops_at_no_gap():
    """
    Positional arguments after an unset default are not lost.
    """
    record = validate_and_compose_signature(targets.add, y=1)

    assert record.build(5) == ([5, 1], {})
    with pytest.raises(SignatureError, match="'x'"):
        record.build()


def test_schema():
    """
    The schema is the reference's.
    """
    record = validate_and_compose_signature(targets.counted, 1)

    schema = record.schema()

    assert schema["title"] == "Kwargs_counted"
    assert schema["type"] == "object"
    assert schema["properties"]["n"] == {"title": "N", "default": 1, "type": "integer"}
    assert schema["properties"]["ratio"] == {"title": "Ratio", "default": 0.5, "type": "number"}


def test_schema_of_a_parameter_keys():
    """
    A parameter that makes a record look like a mapping has its schema, too.
    """
    record = CallableModel(lambda keys, items: None, kwargs={"keys": 1, "items": 2}).signature

    assert ["args", "kwarg_order", "keys", "items"] == [*record.schema()["properties"]]


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({}, {"args": [], "x": None, "y": 4}),
        ({"exclude_none": True}, {"args": [], "x": None, "y": 4}),
        ({"exclude_unset": True}, {"args": [], "x": None}),
        ({"exclude_defaults": True}, {"args": [], "x": None}),
    ],
)
def test_excludes(options, expected):
    """
    A parameter is left out only where its default restores it: a None that is
    no default stays.
    """
    record = validate_and_compose_signature(targets.add, None)

    assert record.dict(**options) == expected


def test_exclude_none_where_it_is_the_default():
    """
    A None is left out where the default is None.
    """
    record = validate_and_compose_signature(targets.counted, 1)

    assert record.dict(exclude_none=True) == {"args": [], "n": 1, "ratio": 0.5}


@pytest.mark.parametrize("option", ["exclude_none", "exclude_unset", "exclude_defaults"])
@pytest.mark.parametrize("args", [(), (None,), (None, None), (None, 1), (1, None)])
def test_arguments_by_position_are_written_once(option, args):
    """
    What is written by position, for its class can tell, stands there once.
    """
    model = CallableModel(targets.Failure, args=args)

    again = CallableModel(**model.dict(**{option: True}))

    assert model == again
    assert (args, model().seen) == (again().args, again().seen)


def test_exclude_unset_keeps_what_was_given():
    """
    A given argument stays, equal to the default or not.
    """
    record = validate_and_compose_signature(targets.add, 1, 4)

    assert record.dict(exclude_unset=True) == {"args": [], "x": 1, "y": 4}
    assert record.dict(exclude_defaults=True) == {"args": [], "x": 1}


def test_star_spelling_keeps_the_rest_apart():
    """
    Where a positional parameter is left out, the rest stands under ``*args``.
    """
    record = validate_and_compose_signature(targets.everything, 1, 2, 3, d=4)

    live = record.dict(exclude_defaults=True)

    assert live == {"*args": [3], "a": 1, "d": 4}
    assert CallableModel(targets.everything, signature=live).signature == record


def test_record_is_frozen():
    """
    Nothing can be set, and what is handed out is a copy.
    """
    record = validate_and_compose_signature(targets.everything, 1, 2, 3, d=4, k=5)

    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        record.a = 2
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        record._values = ()
    record.args.append(1)
    record.kwargs["z"] = 1
    record.kwarg_order.append("z")
    assert record == validate_and_compose_signature(targets.everything, 1, 2, 3, d=4, k=5)


def test_equality_is_strict():
    """
    Values are equal with their types; defaults are applied.
    """
    make = validate_and_compose_signature

    assert make(targets.add, 1) == make(targets.add, 1, 4)
    assert make(targets.add, 1) != make(targets.add, True)
    assert make(targets.add, 1) != make(targets.add, 1.0)
    assert make(targets.add, float("nan")) == make(targets.add, float("nan"))
    assert make(targets.add, 1) != make(targets.counted, 1)
    assert make(targets.add, 1) != 1
    assert hash(make(targets.add, 1)) == hash(make(targets.add, 1, 4))


def test_copies():
    """
    A record pickles and copies by itself.
    """
    record = validate_and_compose_signature(targets.everything, 1, 2, 3, d=[4], k=5)

    for again in (pickle.loads(pickle.dumps(record)), copy.copy(record), copy.deepcopy(record)):
        assert type(again) is SignatureModel
        assert again == record
        assert CallableModel(targets.everything, signature=again)() == (
            1,
            2,
            (3,),
            3,
            [4],
            {"k": 5},
        )


def test_copied_record_keeps_a_sentinel():
    """
    A copied default is still the default.
    """
    record = validate_and_compose_signature(targets.with_sentinel)

    again = CallableModel(targets.with_sentinel, signature=copy.deepcopy(record))

    assert again() == (True, ())


def test_refusal_has_its_cause():
    """
    The error names the callable, and keeps what `inspect` says.
    """
    with pytest.raises(SignatureError, match="add") as caught:
        validate_and_compose_signature(targets.add, z=1)

    assert type(caught.value.__cause__) is TypeError
    assert caught.value.subject == "add"
