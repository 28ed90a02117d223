"""
A document whose callable has changed since it was written.
"""

from __future__ import annotations

import sys
import types
from typing import Any

import pytest

from callsheet import CallableModel, ObjLoader
from callsheet.exceptions import DocumentError, DriftError


@pytest.fixture
def module(monkeypatch):
    """
    A module whose functions change.
    """
    made = types.ModuleType("drifting")
    monkeypatch.setitem(sys.modules, "drifting", made)
    return made


def define(module: Any, code: str) -> Any:
    exec(code, vars(module))
    return module


OLD = "def job(rate, n=2, *rest, verbose=False): return rate, n, rest, verbose"


@pytest.fixture
def document(module):
    """
    A document of the old function.
    """
    define(module, OLD)
    return CallableModel(module.job, args=(0.5, 3)).json()


def read(text: str) -> Any:
    return CallableModel.parse_raw(text, allow=["drifting.*"])


def get_report(text: str) -> DriftError:
    with pytest.raises(DocumentError) as caught:
        read(text)
    (report,) = [e for e in caught.value.exceptions if isinstance(e, DriftError)]
    assert report.path == "$.signature"
    return report


def test_unchanged(module, document):
    """
    The same signature reads the document.
    """
    define(module, OLD)

    assert read(document)() == (0.5, 3, (), False)


@pytest.mark.parametrize(
    ("code", "rows", "edits"),
    [
        (
            "def job(ratio, n=2, *rest, verbose=False): ...",
            ["rate     is gone; 'ratio' is new", "n        fits", "verbose  fits"],
            ["rename 'rate' to 'ratio'"],
        ),
        (
            "def job(rate, *rest, verbose=False): ...",
            ["rate     fits", "n        is gone"],
            ["remove 'n'"],
        ),
        (
            "def job(rate, n=2, *rest, verbose=False, seed): ...",
            ["rate     fits", "seed     is new and required"],
            ["add 'seed'"],
        ),
        (
            "def job(rate, count, verbosity=False): ...",
            [
                "n        is gone",
                "verbose  is gone; 'verbosity' is new",
                "count    is new and required",
            ],
            ["remove 'n'", "rename 'verbose' to 'verbosity'", "add 'count'"],
        ),
    ],
)
def test_report(module, document, code, rows, edits):
    """
    Each stored argument is listed against the signature of today, and the edit
    is suggested.
    """
    define(module, code)

    text = str(get_report(document))

    lines = [line.strip() for line in text.splitlines()]
    assert text.startswith("the stored arguments do not fit the signature of job today, (")
    for row in rows:
        assert row in lines
    for edit in edits:
        assert edit in lines[-1]
    assert lines[-1].startswith("Edit the document: ")


def test_keyword_only(module):
    """
    What was given by position and is keyword-only today is told.
    """
    define(module, "def job(*sizes): return sizes")
    text = CallableModel(module.job, args=(1, 2)).json()
    define(module, "def job(*, width=0, height=0): return width, height")

    with pytest.raises(DocumentError, match="Cannot read"):
        read(text)


def test_keyword_only_by_name(module, document):
    """
    A stored name still fits when it has become keyword-only.
    """
    define(module, "def job(*, rate, n=2, verbose=False): return rate, n, verbose")

    assert read(document)() == (0.5, 3, False)


def test_fewer_positional_parameters(module):
    """
    Arguments that stand in ``args`` are counted, and those that are too many
    are to be given by name.
    """
    define(module, "def job(a, *rest): return a, rest")
    text = CallableModel(module.job, args=(1, 2, 3)).json()
    define(module, "def job(a, *, b=0, c=0): return a, b, c")

    report = str(get_report(text))

    assert "args  2 given by position, 1 at most" in report
    assert "give 'b', 'c' by name, not in 'args'" in report


def test_new_parameter_with_a_default(module, document):
    """
    A new parameter that has a default changes nothing.
    """
    define(module, "def job(rate, n=2, *rest, verbose=False, seed=7): return rate, n, seed")

    assert read(document)() == (0.5, 3, 7)


def test_new_default(module):
    """
    A written default is what the call had: it stays.
    """
    define(module, "def job(x=1): return x")
    text = CallableModel(module.job).json()
    define(module, "def job(x=2): return x")

    assert read(text)() == 1


def test_default_that_has_gone(module):
    """
    A parameter that was left out and has no default today is missing, and says
    so.
    """
    define(module, "def job(x, sizes=()): return sizes")
    text = CallableModel(module.job, args=(1,)).json()
    define(module, "def job(x, sizes): return sizes")

    report = str(get_report(text))

    assert "sizes  is new and required" in report


@pytest.mark.parametrize(
    ("code", "rows", "edits"),
    [
        (
            "def job(rate, n=2, *rest): ...",
            ["rate            fits", "kwargs['seed']  is gone"],
            "remove 'seed' from 'kwargs'.",
        ),
        (
            "def job(rate, n=2, *rest, seed, **options): ...",
            ["kwargs['seed']  is a parameter of its own"],
            "move 'seed' out of 'kwargs'.",
        ),
        (
            "def job(rate, n=2, count=1, *rest, **options): ...",
            ["args            'count' is new, and would take the first of them"],
            "write 'args' as '*args'.",
        ),
        (
            "def job(rate, n=2, count=1, **options): ...",
            ["args            'count' is new, and would take the first of them"],
            "remove 'args'.",
        ),
    ],
)
def test_report_of_stars(module, code, rows, edits):
    """
    The var-positional and the var-keyword arguments are listed, too.
    """
    define(module, "def job(rate, n=2, *rest, **options): ...")
    text = CallableModel(module.job, args=(1, 2, 3), kwargs={"seed": 4}).json()
    define(module, code)

    report = str(get_report(text))

    lines = [line.strip() for line in report.splitlines()]
    assert set(rows) <= set(lines)
    assert lines[-1] == f"Edit the document: {edits}"


def test_var_keyword_takes_what_is_gone(module, document):
    """
    Where a function takes any keyword, a name that is gone goes there; nothing
    is lost.
    """
    define(module, "def job(rate, **options): return rate, options")

    assert read(document)() == (0.5, {"n": 3, "verbose": False})


def test_by_hand(module):
    """
    What people wrote by hand gets no report, but the slip.
    """
    define(module, OLD)

    with pytest.raises(DocumentError) as caught:
        CallableModel.parse_obj(
            {"callable": "drifting.job", "signature": {"ratee": 1}}, allow=["drifting.*"]
        )

    (problem,) = caught.value.exceptions
    assert problem.path == "$.signature.ratee"
    assert "Did you mean 'rate'" in str(problem)


def test_class(module):
    """
    The same for the class that a loader builds.
    """
    define(module, "class Tool:\n    def __init__(self, size): self.size = size")
    text = ObjLoader[module.Tool](args=(1,)).json()
    define(module, "class Tool:\n    def __init__(self, width): self.width = width")

    with pytest.raises(DocumentError) as caught:
        ObjLoader.parse_raw(text, allow=["drifting.*"])

    assert "$.loader.signature" in str(caught.value)
    assert "rename 'size' to 'width'" in str(caught.value)


def test_given_by_position_to_a_wrapper(module):
    """
    A wrapper's arguments that stand by position are counted among what fits.
    """
    wrapper = (
        "import functools\n{}\n_job = job\n"
        "job = functools.wraps(_job)(lambda *a, **k: _job(*a, **k))"
    )
    define(module, wrapper.format("def job(rate, n=2): return rate, n"))
    module.job.__module__, module.job.__qualname__ = "drifting", "job"
    text = CallableModel(module.job, args=(1,), kwargs={"n": 5}).json()
    define(module, wrapper.format("def job(rate, count=2): return rate, count"))

    report = str(get_report(text))

    assert "rate  fits, by position" in report
    assert "rename 'n' to 'count'" in report
