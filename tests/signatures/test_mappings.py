"""
A record written as a mapping: which key belongs to which argument.
"""

from __future__ import annotations

import re
from typing import Any

import pytest

import targets
from callsheet import CallableModel
from callsheet.exceptions import CallsheetError, DocumentError, SignatureError

ALLOW = ["targets.*"]


def construct(name: str, signature: Any) -> CallableModel[Any]:
    return CallableModel(getattr(targets, name), signature=signature)


def parse(name: str, signature: Any) -> CallableModel[Any]:
    document = {"callable": f"targets.{name}", "signature": signature}
    return CallableModel.parse_obj(document, allow=ALLOW)


READERS = pytest.mark.parametrize("read", [construct, parse])


@READERS
@pytest.mark.parametrize(
    ("name", "signature", "expected"),
    [
        ("add", {"x": 1}, (1, 4)),
        ("add", {"args": [1, 2]}, (1, 2)),
        ("add", {"args": [1], "y": 2}, (1, 2)),
        ("add", {"args": [], "x": 1, "y": 2}, (1, 2)),
        ("add", {"args": [1]}, (1, 4)),
        ("add", {"*args": [], "x": 1}, (1, 4)),
        ("add", {"kwarg_order": ["x", "y"], "x": 1, "args": []}, (1, 4)),
        ("add", {"kwargs": {}, "x": 1}, (1, 4)),
    ],
)
def test_positional_arguments(read, name, signature, expected):
    """
    ``args`` is the list of the call's positional arguments.
    """
    record = read(name, signature).signature

    assert (record.x, record.y) == expected


@READERS
@pytest.mark.parametrize(
    ("signature", "expected"),
    [
        ({"args": [1, 2, 3, 4], "d": 5}, (1, 2, (3, 4), 3, 5, {})),
        ({"args": [3, 4], "a": 1, "b": 2, "d": 5}, (1, 2, (3, 4), 3, 5, {})),
        ({"*args": [3, 4], "a": 1, "d": 5}, (1, 2, (3, 4), 3, 5, {})),
        ({"*args": [3], "args": [1, 9], "d": 5}, (1, 9, (3,), 3, 5, {})),
        ({"args": [1], "b": 9, "d": 5}, (1, 9, (), 3, 5, {})),
        ({"a": 1, "d": 5, "k": 6}, (1, 2, (), 3, 5, {"k": 6})),
        ({"a": 1, "d": 5, "kwargs": {"k": 6}}, (1, 2, (), 3, 5, {"k": 6})),
        ({"a": 1, "d": 5, "**kwargs": {"k": 6}}, (1, 2, (), 3, 5, {"k": 6})),
        ({"a": 1, "d": 5, "j": 7, "kwargs": {"k": 6}}, (1, 2, (), 3, 5, {"j": 7, "k": 6})),
        ({"a": 1, "d": 5, "kwargs": {"a": 6}}, (1, 2, (), 3, 5, {"a": 6})),
        ({"a": 1, "d": 5, "kwargs": {"not a name": 6}}, (1, 2, (), 3, 5, {"not a name": 6})),
    ],
)
def test_five_kinds(read, signature, expected):
    """
    The var-positional arguments stand in ``args`` where every positional
    parameter has a key, and always under ``*args``; the var-keyword ones under
    ``kwargs``, or flat where their names are identifiers.
    """
    assert read("everything", signature)() == expected


@READERS
@pytest.mark.parametrize(
    ("signature", "expected"),
    [
        ({"args": [1, 2], "kwargs": 3}, ([1, 2], 3, (), 1, {})),
        ({"args": 1, "kwargs": {"a": 2}}, (1, {"a": 2}, (), 1, {})),
        ({"args": 1, "*args": [5], "kwargs": 2}, (1, 2, (5,), 1, {})),
        ({"args": 1, "**kwargs": {"self": 2}}, (1, None, (), 1, {"self": 2})),
        ({"args": 1, "callable": 2, "signature": 3}, (1, None, (), 2, {"signature": 3})),
    ],
)
def test_named_parameter_owns_its_key(read, signature, expected):
    """
    A parameter called ``args`` or ``kwargs`` takes that key; the star spelling
    keeps the others apart.
    """
    assert read("collide", signature)() == expected


@READERS
@pytest.mark.parametrize(
    ("name", "signature", "match"),
    [
        ("add", {"z": 1}, "no parameter 'z'"),
        ("add", {"args": [1, 2, 3]}, "1 are left over"),
        ("add", {"args": [3], "x": 1, "y": 2}, "1 are left over"),
        ("add", {"args": [1], "x": 1}, "'x' twice"),
        ("add", {"args": "ab"}, "'args' must be a list"),
        ("add", {"*args": {"a": 1}}, r"'\*args' must be a list"),
        ("add", {"kwargs": [1]}, "'kwargs' must be a mapping"),
        ("add", {"kwargs": {"x": 1}}, "takes it by its own key"),
        ("add", {"kwargs": {"z": 1}}, "no parameter 'z'"),
        ("add", {"kwarg_order": ["y", "x"]}, "no parameter 'kwarg_order'"),
        ("everything", {"a": 1, "d": 2, "not a name": 3}, "no parameter 'not a name'"),
        ("everything", {"a": 1, "k": 1, "d": 2, "kwargs": {"k": 3}}, "takes it by its own key"),
        ("everything", {"a": 1, "kwargs": {"d": 3}}, "takes it by its own key"),
        ("only_args", {"args": [1], "*args": [2]}, "more than the positional parameters take"),
    ],
)
def test_what_does_not_fit(read, name, signature, match):
    """
    What belongs to no parameter, or to one twice, is an error that names it.
    """
    with pytest.raises((SignatureError, DocumentError)) as caught:
        read(name, signature)

    assert re.search(match, str(caught.value))


def test_keys_that_are_no_text():
    """
    A key of the live form that is no text is named.
    """
    with pytest.raises(SignatureError, match="1 is no name"):
        construct("only_kwargs", {1: 2})


@READERS
def test_all_slips_at_once(read):
    """
    Every slip of a record is reported, not just the first.
    """
    with pytest.raises(CallsheetError) as caught:
        read("add", {"u": 1, "v": 2, "args": 3})

    text = str(caught.value)
    assert "'u'" in text
    assert "'v'" in text
    assert "'args'" in text


def test_parameters_without_a_name_of_their_own():
    """
    Callables without a signature take anything.
    """
    model = CallableModel(dict, signature={"args": [[["a", 1]]], "kwargs": {"b": 2}, "c": 3})

    assert model() == {"a": 1, "b": 2, "c": 3}
