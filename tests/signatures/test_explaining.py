"""
The call that a model would make, explained.
"""

from __future__ import annotations

from inspect import Parameter

import attrs
import pytest

import targets
from callsheet import Argument, CallableModel, Explanation
from callsheet.exceptions import SignatureError


def test_sources():
    """
    Each argument says where it comes from.
    """
    model = CallableModel(targets.everything, args=(1,), kwargs={"d": 4, "k": 5})

    explanation = model.explain(b=2, m=6)

    assert explanation == Explanation(
        "everything",
        (
            Argument("a", 1, "stored"),
            Argument("b", 2, "given"),
            Argument("c", 3, "default"),
            Argument("d", 4, "stored"),
            Argument("**kwargs['k']", 5, "stored"),
            Argument("**kwargs['m']", 6, "given"),
        ),
    )


def test_var_positional():
    """
    Var-positional arguments stand where the signature has them.
    """
    model = CallableModel(targets.everything, args=(1, 2, 3))

    names = [(a.name, a.source) for a in model.explain().arguments]

    assert names == [
        ("a", "stored"),
        ("b", "stored"),
        ("*args[0]", "stored"),
        ("c", "default"),
        ("d", "unset"),
    ]
    assert model.explain(7, 8, 9).arguments[2] == Argument("*args[0]", 9, "given")


def test_unset():
    """
    An unset argument has no value.
    """
    (x, y) = CallableModel(targets.add).explain().arguments

    assert x == Argument("x", Parameter.empty, "unset")
    assert y == Argument("y", 4, "default")


def test_given_value_that_was_stored():
    """
    What is given is given, equal or identical to what is stored.
    """
    model = CallableModel(targets.add, kwargs={"x": 1, "y": 2})

    assert [a.source for a in model.explain(x=1).arguments] == ["given", "stored"]


def test_table():
    """
    It prints as an aligned table.
    """
    model = CallableModel(targets.everything, args=(1,), kwargs={"k": "a" * 100})

    assert str(model.explain(b=[2])) == (
        "everything(...)\n"
        "  a              1                                                             stored\n"
        "  b              [2]                                                           given\n"
        "  c              3                                                             default\n"
        "  d                                                                            unset\n"
        "  **kwargs['k']  'aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa...  stored"
    )


def test_no_arguments():
    """
    A call without arguments is just that.
    """
    assert str(CallableModel(targets.only_args).explain()) == "only_args()"


def test_frozen():
    """
    An explanation is a value.
    """
    explanation = CallableModel(targets.add).explain()

    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        explanation.callable = "x"
    assert explanation == CallableModel(targets.add).explain()


def test_what_does_not_fit():
    """
    Arguments that do not fit are the same error as at the call.
    """
    with pytest.raises(SignatureError, match="'z'"):
        CallableModel(targets.add).explain(z=1)
