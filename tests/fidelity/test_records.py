"""
Instances of attrs classes and dataclasses come back whole, or are refused by
name: whatever their constructors, slots and attributes are.
"""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from callsheet import UNSAFE_ALLOW_ANY, CallableModel, make_converter
from callsheet.exceptions import UnwritableError
from fidelity.counts import count, get_examples, is_big_run
from fidelity.records import Case, cases, describe, make_instance, record_module
from fidelity.table import FORMATS

EXAMPLES = settings(
    max_examples=get_examples(150),
    derandomize=not is_big_run(),
    database=None,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    report_multiple_bugs=False,
)


def check(module: Any, instance: Any, preconf: str) -> str:
    """
    Send an instance through a format, alone and in containers.

    Returns:
        "equal" or "refused".
    """
    converter = make_converter(preconf, policy=UNSAFE_ALLOW_ANY)
    ordered = preconf != "tomlkit"  # TOML moves tables behind plain values
    before = describe(instance, ordered=ordered)
    model = CallableModel(module.take, kwargs={"x": instance, "y": [{"k": (instance,)}]})
    try:
        text, refusal = converter.dumps(model), ""
    except UnwritableError as error:
        text, refusal = None, str(error)
    assert describe(instance, ordered=ordered) == before, "writing changed the instance"
    if text is None:
        assert "argument x of take" in refusal
        assert "K" in refusal
        return "refused"
    again = converter.loads(text, CallableModel)
    assert again == model
    assert hash_of(again) == hash_of(model)
    x, y = again()
    for received in (x, y[0]["k"][0]):
        if "cached" in str(before):
            received.cached  # noqa: B018  what was cached has only been computed
        assert describe(received, ordered=ordered) == before
    return "equal"


def hash_of(model: Any) -> Any:
    """
    Return the hash of a model, None if it has none.
    """
    try:
        return hash(model)
    except (TypeError, AttributeError):  # a field was deleted
        return None


@EXAMPLES
@given(case=cases(), data=st.data())
def test_records(case: Case, data: Any) -> None:
    """
    An instance comes back with all that it holds, and equal, or is refused.
    """
    with record_module(case.source) as module:
        if module is None:
            count("record", "no class")
            return
        for call, action in case.instances:
            instance = make_instance(module, call, action)
            if instance is None:
                count("record", "no instance")
                continue
            preconf = data.draw(st.sampled_from(FORMATS))
            answer = check(module, instance, preconf)
            count("record", answer)
            count(f"record, {answer}", *case.labels)
            count("record, format", f"{preconf}: {answer}")
