"""
A model calls what the plain call would have called, whatever it went through.
"""

from __future__ import annotations

import copy
import functools
import inspect
import pickle
import sys
from inspect import Parameter
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, event, given, settings
from hypothesis import strategies as st

from callsheet import UNSAFE_ALLOW_ANY, CallableModel, ObjLoader, make_converter
from callsheet._equality import same
from callsheet._signatures.plans import get_plan
from callsheet.exceptions import SignatureError, UnnameableError, UnwritableError
from fidelity import functions
from fidelity.counts import count, get_examples, is_big_run
from fidelity.functions import KINDS, Case, mangle
from fidelity.oracle import bind_partial, build_loaders, holds_loader, merge_arguments
from fidelity.strategies import classify, exact, is_writable

EXAMPLES = settings(
    max_examples=get_examples(150),
    # A big run looks for what is new.
    derandomize=not is_big_run(),
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    report_multiple_bugs=False,
)
OPTIONS = ("exclude_none", "exclude_unset", "exclude_defaults")
# The defaults that are another object when their module is imported again.
ONLY_THERE = {"sentinel", "sentinel without ==", "lambda", "local class"}


@pytest.fixture(scope="module", autouse=True)
def directory(tmp_path_factory):
    """
    A place for the generated modules.
    """
    patch = pytest.MonkeyPatch()
    patch.setattr(sys, "dont_write_bytecode", True)
    path = tmp_path_factory.mktemp("generated")
    functions.set_directory(path)
    yield
    sys.path.remove(str(path))
    patch.undo()


@functools.cache
def get_converter(preconf: str) -> Any:
    """
    Return a converter that reads whatever it wrote.
    """
    return make_converter(preconf, policy=UNSAFE_ALLOW_ANY)


class Expectation:
    """
    What the plain call of a case does, with and without what is given.
    """

    def __init__(self, case: Case, module: Any) -> None:
        self.case = case
        self.module = module
        self.target = functions.get_target(case, module)
        self.options: dict[str, Any] = {}
        if "bind" in KINDS[case.kind].limits:
            self.target = module.K().m
            self.options = {"bind": ObjLoader[module.K]()}
        owner = KINDS[case.kind].owner
        self.names = {p.name for p in case.params}
        with_default = [p for p in case.params if p.default is not None]
        self.defaults = {
            mangle(p.name, owner): value for p, value in zip(with_default, module._D, strict=True)
        }
        args, kwargs = case.stored
        self.stored_args = tuple(build_loaders(a) for a in args)
        self.stored_kwargs = {n: build_loaders(v) for n, v in kwargs.items()}
        # `inspect` cannot show a default that is its own marker: it says "required", or
        # that there is no signature. Only where it is not asked, a model knows better.
        plan = get_plan(self.target)
        self.shown_as_required = "Parameter.empty" in case.default_labels and not plan.own
        if case.kind == "singledispatch" and "args" in self.names:
            # It wants its first argument by position, which a document cannot say
            # where the key ``args`` belongs to a parameter.
            self.shown_as_required = True
        self.has_signature = plan.known
        self.touched = any(holds_loader(v) for v in [*args, *kwargs.values()])

    def call(self) -> Any:
        """
        Return what the plain call sees of the stored arguments.
        """
        return self.see(lambda: self.target(*self.stored_args, **self.stored_kwargs))

    def call_with(self) -> Any:
        """
        Return what the plain call sees of stored and given arguments.
        """
        case = self.case
        if not self.has_signature:
            return TypeError
        stored = (
            (*case.filled[0], *self.stored_args),
            {**case.filled[1], **self.stored_kwargs},
        )
        signature = functions.get_empty_signature(case)
        is_partial = isinstance(self.target, functools.partial)
        function = self.target.func if is_partial else self.target
        args, kwargs = merge_arguments(signature, self.defaults, stored, case.given)
        return self.see(lambda: function(*args, **kwargs))

    def see(self, call: Any) -> Any:
        """
        Return the arguments that *call* passed, or TypeError.
        """
        try:
            return functions.take_locals(self.case, call())
        except TypeError:
            return TypeError

    def check(self, call: Any, expected: Any, how: str, *, live: bool = False) -> None:
        """
        Compare what *call* passes.
        """
        seen = self.see(call)
        where = f"{how} of {self.case.kind}"
        if seen is TypeError and self.shown_as_required:
            return
        if expected is TypeError or seen is TypeError:
            assert expected is seen, f"{where}: expected {expected}, saw {seen}"
            return
        assert list(expected) == list(seen), where
        for name, value in expected.items():
            if live and not self.touched:
                assert identical(value, seen[name]), f"{where}: {name}: {value!r}, {seen[name]!r}"
            else:
                assert exact(value, seen[name]), f"{where}: {name}: {value!r}, {seen[name]!r}"

    def check_style(self, again: Any, excluded: bool) -> None:
        """
        Compare what a wrapper sees: what was not given is not passed, and what
        was given by position comes by position.
        """
        if self.touched or self.shown_as_required or excluded:
            return
        self.target(*self.stored_args, **self.stored_kwargs)
        args, kwargs = self.target.seen
        again()
        seen_args, seen_kwargs = again.callable.seen
        if "args" not in self.names:  # that key belongs to the parameter
            assert same(args, seen_args), (args, seen_args)
            assert same(kwargs, seen_kwargs), (kwargs, seen_kwargs)
        elif len(args) == len(seen_args):
            assert same(kwargs, seen_kwargs), (kwargs, seen_kwargs)


def identical(a: Any, b: Any) -> bool:
    """
    Whether two arguments are one object; of ``*args`` and ``**kwargs``, each.
    """
    if a is b:
        return True
    if type(a) is tuple and type(b) is tuple:
        return len(a) == len(b) and all(identical(x, y) for x, y in zip(a, b, strict=True))
    if type(a) is dict and type(b) is dict:
        return list(a) == list(b) and all(identical(v, b[n]) for n, v in a.items())
    return type(a) is method_type and a == b


method_type = type(pytest.MonkeyPatch().undo)


def count_case(case: Case) -> None:
    """
    Count what an example is made of.
    """
    count("kind of callable", case.kind)
    count("kind of parameter", *[p.kind.description for p in case.params])
    count("name of a parameter", *[p.name for p in case.params])
    count("keyword", *case.stored[1], *case.given[1])
    count("default", *case.default_labels)
    count("annotation", *case.annotation_labels)
    values = [*case.stored[0], *case.stored[1].values(), *case.given[0], *case.given[1].values()]
    count("class of value", *{label for value in values for label in classify(value)})
    count("given at the call", "something" if any(case.given) else "nothing")


@EXAMPLES
@given(functions.cases(), st.sampled_from(OPTIONS), st.integers(0, 3))
def test_calls(case, option, fresh):
    """
    Live, from an import string, and after dict, JSON, YAML, msgpack, pickle
    and deepcopy: the model calls what the plain call calls, by itself and with
    overrides; or writing it is refused for a value that documents do not hold.
    """
    count_case(case)
    with functions.generated_module(case.source) as module:
        check_case(case, option, module, fresh=not fresh)


def check_case(case: Case, option: str, module: Any, *, fresh: bool) -> None:
    """
    Check all the ways that a model can go.
    """
    expectation = Expectation(case, module)
    plain = expectation.call()
    given_too = expectation.call_with()
    args, kwargs = case.stored
    before = copy.copy(kwargs)
    target = functions.get_target(case, module)
    options = expectation.options
    model = CallableModel(target, args=args, kwargs=kwargs, **options)

    def check(again: Any, how: str, *, live: bool = False) -> None:
        expectation.check(lambda: again(), plain, how, live=live)
        if case.kind == "wrapper" and plain is not TypeError:
            expectation.check_style(again, option in how)
        if not expectation.has_signature:
            return
        expectation.check(
            lambda: again(*case.given[0], **case.given[1]), given_too, f"{how}, given", live=live
        )

    check(model, "live", live=True)
    assert list(kwargs) == list(before)
    if case.target.replace(".", "_").isidentifier() and "partial" not in case.kind:
        name = f"{module.__name__}.{case.target}"
        named = CallableModel(name, args=args, kwargs=kwargs, **options)
        check(named, "import string", live=True)
    values = [*args, *kwargs.values()]
    check_live_form(case, model, check, option)
    check_pickle(model, target, values, check)
    check_documents(case, model, values, check, option)
    if fresh:
        check_fresh(case, model, values, plain)


def check_live_form(case: Case, model: Any, check: Any, option: str) -> None:
    """
    Check ``CallableModel(**model.dict())``.
    """
    try:
        live, less = model.dict(), model.dict(**{option: True})
    except UnwritableError:
        record = model.signature
        assert Parameter.empty in [v for _, v in record if isinstance(v, type)], "refused"
        count("refused", "live form")
        return
    again = CallableModel(**live)
    assert again == model, "live form"
    check(again, "live form", live=True)
    again = CallableModel(**less)
    assert again == model, option
    check(again, f"live form, {option}")  # an equal default takes its place


def check_pickle(model: Any, target: Any, values: list[Any], check: Any) -> None:
    """
    Check pickle and deepcopy: what pickles by itself pickles in a model.
    """
    for how, go in (
        ("pickle", lambda x: pickle.loads(pickle.dumps(x))),
        ("deepcopy", copy.deepcopy),
    ):
        try:
            alone = go((target, values))
        except Exception:
            count("refused", how)
            continue
        again = go(model)
        if same(alone[1], values) and same(alone[0], target):
            assert again == model, how
            check(again, how)
        count("went through", how)


def check_documents(case: Case, model: Any, values: list[Any], check: Any, option: str) -> None:
    """
    Check JSON, YAML and msgpack.
    """
    writable = KINDS[case.kind].nameable and all(is_writable(value) for value in values)
    writers = {
        "json": (model.json, lambda text: CallableModel.parse_raw(text, allow=UNSAFE_ALLOW_ANY)),
        option: (
            lambda: model.json(**{option: True}),
            lambda text: CallableModel.parse_raw(text, allow=UNSAFE_ALLOW_ANY),
        ),
    }
    for preconf in ("pyyaml", "msgpack"):
        converter = get_converter(preconf)
        writers[preconf] = (
            lambda converter=converter: converter.dumps(model),
            lambda text, converter=converter: converter.loads(text, CallableModel),
        )
    for how, (write, read) in writers.items():
        try:
            document = write()
        except (UnwritableError, UnnameableError) as error:
            assert not writable, f"{how} of {case.kind}: {error}"  # noqa: PT017  not always raised
            count("refused", how)
            continue
        again = read(document)
        assert again == model, f"{how}: {document}"
        check(again, how)
        if how == "json":
            assert again.json() == document
        count("went through", how)


def check_fresh(case: Case, model: Any, values: list[Any], plain: Any) -> None:
    """
    Check that a document leads to the same call when its module is imported
    anew, as in another process.
    """
    labels = {label for value in values for label in classify(value)}
    only_there = case.default_labels & ONLY_THERE
    if plain is TypeError or only_there or labels & {"Opaque", "object"} or "hidden" in case.kind:
        return
    try:
        document = model.json()
    except (UnwritableError, UnnameableError):
        return
    module = sys.modules.pop(model_module(model))
    try:
        again = CallableModel.parse_raw(document, allow=UNSAFE_ALLOW_ANY)
        expectation = Expectation(case, sys.modules[module.__name__])
        expectation.touched = True
        assert sys.modules[module.__name__] is not module
        expectation.check(again, plain, "another import")
        count("went through", "another import")
    finally:
        sys.modules[module.__name__] = module


def model_module(model: Any) -> str:
    """
    Return the name of the generated module.
    """
    names = [name for name in sys.modules if name.startswith(f"{functions.PACKAGE}.")]
    assert len(names) == 1
    return names[0]


@EXAMPLES
@given(functions.cases(), functions.cases())
def test_refusals(case, other):
    """
    Arguments fit a model exactly where `inspect.Signature.bind_partial` takes
    them; what does not fit is a SignatureError at once.
    """
    with functions.generated_module(case.source) as module:
        target = functions.get_target(case, module)
        args, kwargs = all_args, all_kwargs = other.stored
        function = target
        if isinstance(target, functools.partial):
            function = target.func
            all_args, all_kwargs = (*target.args, *args), {**target.keywords, **kwargs}
        try:
            signature = inspect.signature(function)
        except (TypeError, ValueError):  # it shows none
            return
        try:
            bind_partial(signature, (all_args, all_kwargs))
            fits = True
        except TypeError:
            fits = False
        if "Parameter.empty" in case.default_labels:
            fits = None  # inspect takes the default for none
        try:
            CallableModel(target, args=args, kwargs=kwargs)
            taken = True
        except SignatureError as error:
            assert str(error).startswith("Cannot")  # noqa: PT017  not always raised
            taken = False
        event(f"fits: {fits}")

        assert fits is None or taken == fits
