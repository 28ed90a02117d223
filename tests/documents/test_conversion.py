"""
Any cattrs converter, taught to read and write models.
"""

from __future__ import annotations

import datetime
import pathlib
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import attrs
import pytest
from cattrs import Converter, transform_error
from cattrs.preconf.json import make_converter as make_json_converter

import targets
from callsheet import (
    UNSAFE_ALLOW_ANY,
    CallableModel,
    ContextExecutor,
    ImportPolicy,
    Limits,
    NormalExecutor,
    ObjLoader,
    ObjType,
    SignatureModel,
    audit,
    configure_converter,
    format_exception,
    get_default_converter,
    make_converter,
)
from callsheet.exceptions import (
    CallsheetError,
    DocumentError,
    ModelError,
    RefusedError,
    TextError,
    UnwritableError,
)
from targets import Box, Point, Task

ALLOW = ["targets.*", "concurrent.futures.ThreadPoolExecutor"]
FORMATS = ["json", "orjson", "msgspec", "ujson", "pyyaml", "tomlkit", "msgpack", "cbor2", "bson"]
TASK = Task(
    "scan",
    CallableModel(targets.add, kwargs={"x": (1, 2)}),
    targets.add,
    ObjLoader[Box](kwargs={"content": 1}),
    [CallableModel(targets.only_args)],
)


def make_plain(**options: Any) -> Converter:
    converter = Converter()
    configure_converter(converter, **options)
    return converter


class TestAnyConverter:
    """
    `configure_converter` teaches any cattrs converter.
    """

    @pytest.mark.parametrize("make", [Converter, make_json_converter])
    def test_models(self, make):
        """
        Models go through structure and unstructure.
        """
        converter = make()
        configure_converter(converter, allow=ALLOW)

        for model in (
            CallableModel(targets.add, args=(1,)),
            ObjLoader[Box](args=(1,)),
            NormalExecutor[ThreadPoolExecutor](kwargs={"max_workers": 1}),
            ContextExecutor[ThreadPoolExecutor](kwargs={"max_workers": 1}),
        ):
            document = converter.unstructure(model)
            assert converter.structure(document, type(model)) == model

    @pytest.mark.parametrize("preconf", FORMATS)
    def test_fields_of_an_attrs_class(self, preconf):
        """
        A class that holds models and callables is read and written with them.
        """
        converter = make_converter(preconf, allow=ALLOW)

        assert converter.loads(converter.dumps(TASK), Task) == TASK

    def test_fields_in_a_plain_converter(self):
        """
        The same without a format.
        """
        converter = make_plain(allow=ALLOW)

        document = converter.unstructure(TASK)

        assert document["after"] == "targets.add"
        assert document["call"]["callable"] == "targets.add"
        assert converter.structure(document, Task) == TASK

    def test_class_with_call_is_left_alone(self):
        """
        An attrs class that can be called is still an attrs class.
        """

        @attrs.define
        class Callable_:
            x: int

            def __call__(self) -> int:
                return self.x

        converter = make_plain()

        assert converter.unstructure(Callable_(1)) == {"x": 1}
        assert converter.structure({"x": 1}, Callable_) == Callable_(1)

    def test_primitives_are_left_alone(self):
        """
        Nothing is registered for primitives, nor for dates.
        """
        converter = make_plain()

        assert converter.structure("5", int) == 5
        assert converter.unstructure(datetime.date(2026, 11, 22)) == datetime.date(2026, 11, 22)

    def test_later_hooks_win(self):
        """
        A hook that is registered afterwards overrides.
        """
        converter = make_plain(allow=ALLOW)
        converter.register_unstructure_hook_func(lambda cls: cls is CallableModel, lambda _: "mine")

        assert converter.unstructure(CallableModel(targets.add)) == "mine"

    @pytest.mark.parametrize(
        ("alias", "expected"),
        [
            (CallableModel[int], CallableModel),
            (ObjLoader[ObjType], ObjLoader[Box]),
            (ObjLoader[ObjType][Box], ObjLoader[Box]),
            (ObjLoader[Box], ObjLoader[Box]),
        ],
        ids=str,
    )
    def test_aliases(self, alias, expected):
        """
        Typing aliases of models are taken, too.
        """
        converter = make_plain(allow=ALLOW)
        if expected is CallableModel:
            model: Any = CallableModel(targets.add, args=(1,))
        else:
            model = ObjLoader[Box](args=(1,))

        again = converter.structure(converter.unstructure(model), alias)

        assert type(again) is expected
        assert again == model

    def test_executor_aliases(self):
        """
        Aliases of executors as well.
        """
        converter = make_plain(allow=ALLOW)
        model = NormalExecutor[ThreadPoolExecutor](kwargs={"max_workers": 1})

        alias = NormalExecutor[ObjType][ThreadPoolExecutor]

        assert converter.structure(converter.unstructure(model), alias) == model

    def test_model_passes_as_it_is(self):
        """
        What is a model already stays the same.
        """
        model = CallableModel(targets.make_local())

        assert make_plain().structure(model, CallableModel) is model

    def test_record_needs_its_callable(self):
        """
        A record by itself does not say what it is for.
        """
        with pytest.raises(ModelError, match="Structure a CallableModel"):
            make_plain().structure({"args": []}, SignatureModel)

    def test_callable_field(self):
        """
        A `Callable` is an import string, under the policy.
        """
        converter = make_plain(allow=["targets.add"])

        assert converter.structure("targets.add", Callable[..., Any]) is targets.add
        assert converter.unstructure(targets.add, Callable[..., Any]) == "targets.add"
        with pytest.raises(RefusedError, match=r"os\.system"):
            converter.structure("os.system", Callable[..., Any])

    def test_unconfigured_converter(self):
        """
        A converter that was not taught says so.
        """
        with pytest.raises(ModelError, match="configure_converter"):
            CallableModel(targets.add).json(converter=Converter())

    def test_container_of_models(self):
        """
        Lists and dicts of models need nothing more.
        """
        converter = make_plain(allow=ALLOW)
        models = [CallableModel(targets.add, args=(i,)) for i in range(3)]

        document = converter.unstructure(models, unstructure_as=list[CallableModel[Any]])

        assert converter.structure(document, list[CallableModel[Any]]) == models
        assert converter.structure({"a": document[0]}, dict[str, CallableModel[Any]]) == {
            "a": models[0]
        }
        assert converter.structure(None, CallableModel[Any] | None) is None


class TestCopy:
    """
    Copies keep what they were taught.
    """

    @pytest.mark.parametrize("make", [make_plain, make_converter])
    def test_copy(self, make):
        """
        A copy reads and writes as its original, under the same policy.
        """
        model = CallableModel(targets.add, args=(1,))

        again = make(allow=["targets.add"]).copy()

        assert again.structure(again.unstructure(model), CallableModel) == model
        with pytest.raises(DocumentError, match="Cannot read"):
            again.structure({"callable": "targets.everything"}, CallableModel)

    def test_copy_is_independent(self):
        """
        A hook of the copy is not one of the original.
        """
        converter = make_converter(allow=ALLOW)
        again = converter.copy()
        again.register_unstructure_hook(targets.Adder, lambda adder: adder.n)
        again.register_structure_hook(targets.Adder, lambda n, _: targets.Adder(n))
        model = CallableModel(targets.only_args, args=(targets.Adder(1),))

        assert '"$object": ["targets.Adder", 1]' in again.dumps(model)
        with pytest.raises(UnwritableError, match="Adder"):
            converter.dumps(model)


class TestOwnTypes:
    """
    An application's own types, under ``$object`` and the policy.
    """

    def make(self, **options: Any) -> Any:
        converter = make_converter(**{"allow": ALLOW, **options})
        converter.register_unstructure_hook(Point, lambda point: (point.x, point.y))
        converter.register_structure_hook(Point, lambda data, _: Point(*data))
        return converter

    def test_hooks(self):
        """
        A class with hooks is written by them; what they return may be anything
        that documents hold.
        """
        converter = self.make()
        model = CallableModel(targets.only_args, args=(Point({1}, datetime.date(2026, 11, 22)),))

        text = converter.dumps(model)

        assert converter.loads(text, CallableModel) == model

    def test_without_hooks(self):
        """
        Without hooks, it is refused.
        """
        with pytest.raises(UnwritableError, match="teach the converter"):
            make_converter(allow=ALLOW).dumps(CallableModel(targets.only_args, args=(Point(1),)))

    @pytest.mark.parametrize("options", [{}, {"forbid_extra_keys": False}])
    def test_unknown_key(self, options):
        """
        An unknown key of a record is an error, unless the application's options
        say otherwise.
        """
        converter = make_converter(allow=ALLOW, **options)
        data = {"$object": ["targets.Record", {"x": 1, "z": 2}]}
        document = {"callable": "targets.only_args", "signature": {"args": [data]}}

        if options:
            assert converter.structure(document, CallableModel)() == (targets.Record(1),)
        else:
            with pytest.raises(DocumentError) as caught:
                converter.structure(document, CallableModel)
            assert "z" in str(caught.value)

    def test_policy(self):
        """
        The class must be allowed.
        """
        model = CallableModel(targets.only_args, args=(Point(1),))

        text = self.make().dumps(model)

        with pytest.raises(DocumentError) as caught:
            self.make(allow=["targets.only_args"]).loads(text, CallableModel)
        assert 'allow=[..., "targets.Point"]' in str(caught.value)
        with pytest.raises(RefusedError, match=r"targets\.Point"):
            self.make(allow=["targets.only_args"]).dumps(model)

    def test_hooks_that_do_not_fit(self):
        """
        A pair of hooks that does not bring the value back is found when the
        document is written.
        """
        converter = self.make()
        converter.register_structure_hook(Point, lambda data, _: Point(0))

        with pytest.raises(UnwritableError, match="Correct the hooks"):
            converter.dumps(CallableModel(targets.only_args, args=(Point(1),)))

    def test_hook_that_fails(self):
        """
        A hook that raises is a refusal with its reason.
        """
        converter = self.make()
        converter.register_unstructure_hook(Point, lambda point: 1 / 0)

        with pytest.raises(UnwritableError, match="division by zero"):
            converter.dumps(CallableModel(targets.only_args, args=(Point(1),)))

    def test_records(self):
        """
        attrs classes and dataclasses need no hooks.
        """
        converter = make_converter(allow=ALLOW)
        model = CallableModel(
            targets.only_args,
            args=(targets.Record(1, 2), targets.Data(1, [2]), [targets.Record(3)]),
        )

        assert converter.loads(converter.dumps(model), CallableModel) == model

    def test_annotated_parameter(self):
        """
        Under an annotation, plain data by hand will do.
        """

        converter = self.make()

        def job(record: targets.Record, point: Point) -> Any:
            return record, point

        model = converter.structure(
            {"callable": job, "signature": {"record": {"x": 1, "_y": 2}, "point": [1, 2]}},
            CallableModel,
        )

        assert model() == (targets.Record(1, 2), Point(1, 2))


class TestStrict:
    """
    ``strict=True`` checks JSON-native values against annotations as well.
    """

    def read(self, **signature: Any) -> Any:
        converter = make_converter(allow=ALLOW, strict=True)
        document = {"callable": "targets.counted", "signature": signature}
        return converter.structure(document, CallableModel)

    def test_what_fits(self):
        """
        What fits passes; an int is a float.
        """
        assert self.read(n=1, ratio=2, flags=[True])() == (1, 2, [True])
        assert self.read(n=1, flags=None)() == (1, 0.5, None)

    @pytest.mark.parametrize(
        ("signature", "path"),
        [
            ({"n": 5.7}, "$.signature.n"),
            ({"n": "5"}, "$.signature.n"),
            ({"n": True}, "$.signature.n"),
            ({"n": 1, "ratio": "x"}, "$.signature.ratio"),
            ({"n": 1, "flags": [1]}, "$.signature.flags"),
            ({"n": None}, "$.signature.n"),
        ],
        ids=str,
    )
    def test_what_does_not(self, signature, path):
        """
        What does not fit is refused with its path.
        """
        with pytest.raises(DocumentError) as caught:
            self.read(**signature)

        assert [problem.path for problem in caught.value.exceptions] == [path]

    def test_writing(self):
        """
        What a strict reader would refuse is written so that it comes back.
        """
        converter = make_converter(allow=ALLOW, strict=True)
        model = CallableModel(targets.counted, args=("five", "half", [1]))

        assert converter.loads(converter.dumps(model), CallableModel) == model


class TestTransformError:
    """
    cattrs' own report of errors keeps our messages.
    """

    def get_lines(self, document: Any, cls: Any = Task) -> list[str]:
        converter = make_plain(allow=ALLOW)
        with pytest.raises(Exception) as caught:  # noqa: PT011  # cattrs' group
            converter.structure(document, cls)
        return transform_error(caught.value, format_exception=format_exception)

    def test_nested_model(self):
        """
        Each problem has cattrs' path to the model, and our message.
        """
        lines = self.get_lines(
            {
                "name": "scan",
                "call": {"callable": "targets.add", "signature": {"z": 1}},
                "after": "os.system",
            }
        )

        text = "\n".join(lines)
        assert "no parameter 'z'" in text
        assert "os.system" in text
        assert "unknown error" not in text

    def test_other_errors(self):
        """
        What is not ours is left to cattrs.
        """
        assert self.get_lines({"name": "x"}) == ["required field missing @ $.call"]

    def test_format_exception(self):
        """
        Our errors as their messages; the others as cattrs has them.
        """
        assert (
            format_exception(ModelError("Cannot do it: no. Try."), None) == "Cannot do it: no. Try."
        )
        assert format_exception(KeyError("x"), None) == "required field missing"

    def test_format_exception_of_a_whole_document(self):
        """
        The error alone is enough: one line for each problem, with its path in
        the whole document.
        """
        converter = make_plain(allow=ALLOW)
        call = {"callable": "targets.add", "signature": {"z": 1}}

        with pytest.raises(Exception) as caught:  # noqa: PT011  # cattrs' group
            converter.structure({"call": call}, Task)

        lines = format_exception(caught.value).splitlines()
        assert "required field missing @ $.name" in lines
        assert "Cannot read the document of CallableModel:" in lines
        assert any(line.startswith("  $.call.signature.z: add has no") for line in lines)


class TestPolicies:
    """
    A converter carries its policy.
    """

    def test_default(self):
        """
        By default, `__main__` is open and nothing else.
        """
        with pytest.raises(DocumentError, match="Cannot read"):
            make_converter().structure({"callable": "targets.add"}, CallableModel)

    def test_policy_and_allow(self):
        """
        Entries or the policy itself, but not both.
        """
        policy = ImportPolicy(allow=["targets.add"])

        converter = make_converter(policy=policy)

        assert converter.structure({"callable": "targets.add"}, CallableModel).missing() == ["x"]
        with pytest.raises(ModelError, match="both"):
            make_converter(policy=policy, allow=["targets.add"])
        with pytest.raises(ModelError, match="both"):
            CallableModel.parse_obj({"callable": "targets.add"}, allow=[], converter=converter)

    def test_opt_out(self):
        """
        One object opens everything.
        """
        converter = make_converter(policy=UNSAFE_ALLOW_ANY)

        assert converter.structure({"callable": "math.sqrt"}, CallableModel)(4) == 2

    def test_closure(self):
        """
        An allowed callable that reads documents itself is closed again.
        """
        converter = make_converter(allow=[CallableModel.parse_obj])
        document = {
            "callable": "callsheet.CallableModel.parse_obj",
            "signature": {"obj": {"$raw": {"callable": "os.system"}}},
        }

        model = converter.structure(document, CallableModel)

        with pytest.raises(DocumentError, match="Cannot read"):
            model()

    def test_default_converter_is_shared(self):
        """
        The same entries give the same converter.
        """
        assert get_default_converter() is get_default_converter()
        assert get_default_converter(["targets.add"]) is get_default_converter(["targets.add"])
        assert get_default_converter(["targets.add"]) is not get_default_converter()


class TestAudit:
    """
    Every reference of a document, without importing anything.
    """

    def test_references(self):
        """
        Each has its path, and the verdict with its reason.
        """
        references = audit(
            {"callable": "targets.add", "signature": {"x": {"$import": "nowhere.at_all"}}},
            allow=["targets.*"],
        )

        assert [(r.path, r.import_string, r.verdict) for r in references] == [
            ("$.callable", "targets.add", "allowed"),
            ("$.signature.x.$import", "nowhere.at_all", "refused"),
        ]
        assert all(r.rule for r in references)

    @pytest.mark.parametrize(
        "model",
        [
            ObjLoader[Box](args=(1,)),
            NormalExecutor[ThreadPoolExecutor](kwargs={"max_workers": 1}),
            CallableModel(targets.add, args=(ObjLoader[Box](),)),
        ],
        ids=str,
    )
    def test_forms(self, model):
        """
        The form of the document tells what it is.
        """
        references = audit(model.json(), allow=ALLOW)

        assert references
        assert {r.verdict for r in references} <= {"allowed", "undecided"}


class TestFormats:
    """
    The formats of `make_converter`.
    """

    @pytest.mark.parametrize("preconf", FORMATS)
    def test_damaged_text(self, preconf):
        """
        What is no document is a `TextError`, in every format.
        """
        converter = make_converter(preconf, allow=ALLOW)
        text = converter.dumps(CallableModel(targets.add, args=("a" * 50, [1, {"b": 2}])))

        if preconf not in ("pyyaml", "tomlkit"):  # of which any line may be the last
            for cut in range(1, len(text) - 1, 7):
                with pytest.raises(CallsheetError):
                    converter.loads(text[:cut], CallableModel)
        with pytest.raises(TextError):
            converter.loads(text + text, CallableModel)

    def test_unknown_format(self):
        """
        An unknown name lists those that there are.
        """
        with pytest.raises(ModelError, match="json, orjson"):
            make_converter("jsom")

    def test_options(self):
        """
        cattrs' own options are handed on.
        """
        converter = make_converter(allow=ALLOW, omit_if_default=True)

        assert converter.unstructure(targets.Record(1)) == {"x": 1}

    def test_limits(self):
        """
        Limits are the converter's.
        """
        converter = make_converter(allow=ALLOW, limits=Limits(max_depth=5))
        model = CallableModel(targets.add, args=([[[[[[1]]]]]],))

        with pytest.raises(UnwritableError, match="deep"):
            converter.dumps(model)
        with pytest.raises((DocumentError, TextError)):
            converter.loads(model.json(), CallableModel)


class TestLists:
    """
    Many models at once.
    """

    @pytest.mark.parametrize("preconf", ["json", "orjson", "msgspec", "pyyaml"])
    @pytest.mark.parametrize(
        "models",
        [
            [CallableModel(targets.add, args=(i, "é")) for i in range(3)],
            [CallableModel(targets.add, args=(1,)), CallableModel(targets.counted, args=(2,))],
            [CallableModel(targets.add), CallableModel(targets.everything, args=((1,),))],
            [CallableModel(targets.collide, args=(1,)), CallableModel(Point.make, args=(1,))],
            [CallableModel(targets.only_args), CallableModel(len)],
            [],
        ],
        ids=str,
    )
    def test_round_trip(self, preconf, models):
        """
        A list of models is written and read like its items.
        """
        converter = make_converter(preconf, allow=[*ALLOW, len])
        alias = list[CallableModel[Any]]

        text = converter.dumps(models, unstructure_as=alias)

        assert converter.loads(text, alias) == models
        assert converter.loads(text, list[CallableModel]) == models
        assert converter.loads(text, list) == [converter.unstructure(model) for model in models]

    def test_problems(self):
        """
        The problems of all items come together, each with its path.
        """
        converter = make_plain(allow=ALLOW)
        documents = [
            {"callable": "targets.add", "signature": {"x": 1}},
            {"callable": "targets.add", "signature": {"z": 1}},
            3,
            {"callable": "os.system"},
        ]

        with pytest.raises(DocumentError) as caught:
            converter.structure(documents, list[CallableModel])

        paths = [problem.path for problem in caught.value.exceptions]
        assert paths == ["$[1].signature.z", "$[2]", "$[3].callable"]

    def test_no_list(self):
        """
        What is no list is told so.
        """
        with pytest.raises(DocumentError, match="Cannot read a list"):
            make_plain(allow=ALLOW).structure({"callable": "targets.add"}, list[CallableModel])


@attrs.frozen
class Leaves:
    """
    A record of values that JSON cannot hold.
    """

    day: datetime.date
    where: pathlib.PurePosixPath


@pytest.mark.parametrize("preconf", ["json", "orjson", "msgspec", "ujson"])
def test_leaves_in_a_record(preconf):
    """
    A record's dates and paths are read from text.
    """
    record = Leaves(datetime.date(2026, 11, 22), pathlib.PurePosixPath("a/b"))
    converter = make_converter(preconf, allow=[Leaves, "targets.*"])
    by_hand = {"$object": [f"{__name__}.Leaves", {"day": "2026-11-22", "where": "a/b"}]}

    model = converter.structure(
        {"callable": "targets.only_args", "signature": {"args": [by_hand]}}, CallableModel
    )

    assert model() == (record,)


@pytest.mark.parametrize("parameter", [3, "targets.Box", targets.make_box])
def test_parameter_that_is_no_class(parameter):
    """
    The parameter of a loader is a class.
    """
    with pytest.raises(ModelError, match="it takes a class"):
        ObjLoader[parameter]


def test_parameter_that_is_there_already():
    """
    A class that knows its parameter takes no other.
    """
    with pytest.raises(ModelError, match="again"):
        ObjLoader[Box][Box]


def test_deep_loaders():
    """
    Loaders in loaders, deeper than Python's stack, are an error.
    """
    loader: Any = ObjLoader[Box]()
    for _ in range(3000):
        loader = ObjLoader[Box](args=(loader,))

    with pytest.raises(RecursionError):
        loader.load()
    with pytest.raises(UnwritableError, match="deep"):
        loader.json()
