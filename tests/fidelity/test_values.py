"""
A value goes through every format equal, or is refused by name: never changed.
"""

from __future__ import annotations

import functools
import math
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from callsheet import UNSAFE_ALLOW_ANY, CallableModel, make_converter
from callsheet._equality import same
from callsheet.exceptions import UnwritableError
from fidelity.counts import count, get_examples, is_big_run
from fidelity.strategies import (
    HIDDEN,
    LEAVES,
    LOOK_ALIKES,
    REFUSED,
    classify,
    exact,
    is_writable,
    values,
)
from fidelity.table import FORMATS, make_table
from fidelity.targets import take

PLAIN = st.lists(values(refused=True, with_models=True, depth=3), min_size=1, max_size=3)
EXAMPLES = settings(
    max_examples=get_examples(60),
    # A big run looks for what is new.
    derandomize=not is_big_run(),
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    report_multiple_bugs=False,
)


@functools.cache
def get_converter(preconf: str) -> Any:
    """
    Return a converter that reads whatever it wrote.
    """
    return make_converter(preconf, policy=UNSAFE_ALLOW_ANY)


def go_through(preconf: str, model: CallableModel[Any]) -> CallableModel[Any]:
    """
    Return the model that a format gives back.
    """
    converter = get_converter(preconf)
    return converter.loads(converter.dumps(model), CallableModel)


def check(preconf: str, items: list[Any]) -> str:
    """
    Send a value through a format, in every place that arguments have.

    Returns:
        "equal" or "refused".
    """
    first = items[0]
    model: CallableModel[Any] = CallableModel(
        take, args=items[1:], kwargs={"x": first, "extra": first, "y z": items}
    )
    must_be_written = all(is_writable(item) for item in items)
    try:
        again = go_through(preconf, model)
    except UnwritableError as error:
        refusal = str(error)
    else:
        refusal = None
    if refusal is not None:
        assert not must_be_written, f"{preconf} refused {items!r}: {refusal}"
        assert refusal.startswith("Cannot write")
        return "refused"
    ordered = preconf != "tomlkit"  # TOML moves tables behind plain values
    assert exact(again.signature["x"], first, ordered=ordered)
    assert exact(again.signature.kwargs["y z"], items, ordered=ordered)
    assert again == model
    return "equal"


@pytest.mark.parametrize("preconf", FORMATS)
@EXAMPLES
@given(items=PLAIN)
def test_round_trip(preconf, items):
    """
    Values of every class, nested in every container, are equal afterwards, or
    refused with an UnwritableError.
    """
    answer = check(preconf, items)
    count(f"class of value, {answer}", *{label for item in items for label in classify(item)})
    count("format", f"{preconf}: {answer}")


@pytest.mark.parametrize("preconf", FORMATS)
@pytest.mark.parametrize("kind", LEAVES)
@settings(EXAMPLES, max_examples=get_examples(8))
@given(data=st.data())
def test_every_class(preconf, kind, data):
    """
    What DESIGN lists is written by every format, not refused.
    """
    value = data.draw(LEAVES[kind])

    assert check(preconf, [value]) == "equal"


@pytest.mark.parametrize("preconf", FORMATS)
@EXAMPLES
@given(
    value=REFUSED.filter(lambda value: type(value).__module__ != "collections"),
    depth=st.integers(0, 3),
)
def test_refused(preconf, value, depth):
    """
    What no document can hold is refused with the name of the argument.
    """
    for _ in range(depth):
        value = [value, {"deeper": value}]
    model = CallableModel(take, kwargs={"x": value})

    with pytest.raises(UnwritableError, match="argument x of take"):
        get_converter(preconf).dumps(model)


@pytest.mark.parametrize("preconf", FORMATS)
@EXAMPLES
@given(value=LOOK_ALIKES, place=st.integers(0, 4))
def test_look_alikes(preconf, value, place):
    """
    Data that looks like a tag or like a model comes back as it was.
    """
    wrapped: Any = [value, [value], {"k": value}, (value,), {3: value}][place]
    model = CallableModel(take, kwargs={**({} if place else value), "x": wrapped})

    again = go_through(preconf, model)

    assert again == model
    assert same(again.signature["x"], wrapped)


@pytest.mark.parametrize("preconf", FORMATS)
@pytest.mark.parametrize("key", ["", "\x00", "a\x00b", "\udc80", "$ref", "$id", "a.b", "$x", "é"])
def test_odd_keys(preconf, key):
    """
    A dict keeps keys that a format would refuse or read as something else.
    """
    value = {key: 1, "other": {key: [{key: None}]}}

    again = go_through(preconf, CallableModel(take, kwargs={"x": value}))

    assert same(value, again.signature["x"])


@pytest.mark.parametrize("preconf", FORMATS)
@pytest.mark.parametrize("depth", [1, 50, 99, 100, 120, 500, 5000])
@pytest.mark.parametrize("kind", ["list", "dict", "tuple", "pairs"])
def test_depth(preconf, depth, kind):
    """
    Nesting comes back whole or is refused, never a crash.
    """
    value: Any = 1
    for _ in range(depth):
        value = {"list": [value], "dict": {"k": value}, "tuple": (value,), "pairs": {1: value}}[
            kind
        ]
    model = CallableModel(take, kwargs={"x": value})

    try:
        text = get_converter(preconf).dumps(model)
    except UnwritableError:
        assert depth > 20
        return

    assert same(value, get_converter(preconf).loads(text, CallableModel).signature["x"])


@pytest.mark.parametrize("preconf", FORMATS)
def test_cycle(preconf):
    """
    A list that holds itself is refused, not followed.
    """
    cycle: list[Any] = []
    cycle.append(cycle)

    with pytest.raises(UnwritableError, match="argument x of take"):
        get_converter(preconf).dumps(CallableModel(take, kwargs={"x": cycle}))


def test_nan_is_never_null():
    """
    NaN and the infinities survive in every format.
    """
    for preconf in FORMATS:
        model = CallableModel(take, kwargs={"x": [math.nan, math.inf, -math.inf]})

        x = go_through(preconf, model).signature["x"]

        assert [repr(item) for item in x] == ["nan", "inf", "-inf"], preconf


def test_hidden_functions():
    """
    A lambda is refused as a value, with the reason.
    """
    with pytest.raises(UnwritableError, match="lambda"):
        get_converter("json").dumps(CallableModel(take, kwargs={"x": HIDDEN[2]}))


def test_table_of_page():
    """
    The table of docs/values.md is what the formats do.
    """
    page = Path(__file__).parent.parent.parent / "docs" / "values.md"

    assert make_table() in page.read_text(encoding="utf-8")
