"""
Documents: how models are written, and how documents are read.
"""

from __future__ import annotations

import datetime
import json
import math
import pathlib
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from typing import Any

import pytest

import targets
from callsheet import (
    UNSAFE_ALLOW_ANY,
    CallableModel,
    ContextExecutor,
    NormalExecutor,
    ObjLoader,
    make_converter,
)
from callsheet.exceptions import (
    DocumentError,
    DocumentWarning,
    RefusedError,
    TextError,
    UnnameableError,
    UnwritableError,
)
from targets import Box, Child, Point

ALLOW = ["targets.*", "concurrent.futures.ThreadPoolExecutor"]


def write(model: Any, **options: Any) -> Any:
    return json.loads(model.json(**options))


def read(document: Any, cls: Any = CallableModel) -> Any:
    return cls.parse_raw(json.dumps(document), allow=ALLOW)


class TestForms:
    """
    Documents are written like the reference's.
    """

    def test_callable(self):
        """
        A callable's document is its import string and its record.
        """
        document = write(CallableModel(targets.add, kwargs={"x": 1, "y": 3}))

        assert document == {
            "callable": "targets.add",
            "signature": {"args": [], "x": 1, "y": 3},
        }

    def test_text_is_the_references(self):
        """
        The text is the notebook's, key by key.
        """
        assert CallableModel(targets.add, kwargs={"x": 1, "y": 3}).json() == (
            '{"callable": "targets.add", "signature": {"args": [], "x": 1, "y": 3}}'
        )

    def test_options_of_dumps(self):
        """
        What `json.dumps` takes is handed on.
        """
        assert CallableModel(targets.only_args).json(indent=1) == (
            '{\n "callable": "targets.only_args",\n "signature": {\n  "args": []\n }\n}'
        )

    def test_loader(self):
        """
        A loader's document has its three keys.
        """
        assert write(ObjLoader[Box](kwargs={"content": 1})) == {
            "object": None,
            "loader": {"callable": "targets.Box", "signature": {"args": [], "content": 1}},
            "object_type": "targets.Box",
        }

    def test_executor(self):
        """
        An executor's has the names of its methods, and no live part.
        """
        document = write(ContextExecutor[ThreadPoolExecutor](kwargs={"max_workers": 1}))
        pool = "concurrent.futures.thread.ThreadPoolExecutor"

        assert document == {
            "loader": {
                "object": None,
                "loader": {
                    "callable": pool,
                    "signature": {
                        "args": [],
                        "max_workers": 1,
                        "thread_name_prefix": "",
                        "initializer": None,
                    },
                },
                "object_type": pool,
            },
            "submit_callable": "submit",
            "map_callable": "map",
            "shutdown_callable": "shutdown",
            "executor": None,
        }

    def test_unset_argument(self):
        """
        An unset required parameter is marked, and read back as unset.
        """
        model = CallableModel(targets.add)

        assert write(model)["signature"] == {"args": [], "x": "inspect._empty", "y": 4}
        assert read(write(model)).missing() == ["x"]

    def test_marker_as_a_text(self):
        """
        The marker's text itself is an argument that comes back.
        """
        model = CallableModel(targets.everything, args=("inspect._empty",) * 3, kwargs={"d": 1})

        again = read(write(model))

        assert again == model
        assert again.missing() == []

    def test_marker_for_a_default(self):
        """
        For a parameter that has a default, the marker means the default;
        anywhere else it is a text.
        """
        marker = "inspect._empty"
        document = {
            "callable": "targets.everything",
            "signature": {"a": [marker], "b": marker, "d": {"k": marker}, "kwargs": {"z": marker}},
        }

        assert read(document)() == ([marker], 2, (), 3, {"k": marker}, {"z": marker})

    def test_default_that_json_cannot_hold(self):
        """
        A parameter at a default that is no JSON is left out, and restored.
        """
        model = CallableModel(targets.with_sentinel)

        assert write(model)["signature"] == {"args": []}
        assert read(write(model))() == (True, ())

    def test_given_value_equal_to_such_a_default(self):
        """
        An equal value is the default.
        """
        model = CallableModel(targets.with_sentinel, kwargs={"x": 1, "sizes": ()})

        assert write(model)["signature"] == {"args": [], "x": 1}
        assert read(write(model)) == model

    @pytest.mark.parametrize("option", [None, "exclude_defaults", "exclude_unset"])
    def test_given_value_that_only_equals_a_default(self, option):
        """
        A value that ``==`` cannot tell from the default is written: a sign, the
        digits of a number, the time zone of a moment.
        """
        zone = datetime.timezone(datetime.timedelta(hours=1))
        values = ((-0.0,), Decimal("1.00"), targets.NOON.astimezone(zone))
        model = CallableModel(targets.subtle, args=values)

        for again in (
            read(write(model, **({option: True} if option else {}))),
            CallableModel(**model.dict(**({option: True} if option else {}))),
        ):
            assert repr(again()) == repr(values)

    def test_rest_is_kept_apart(self):
        """
        ``*args`` is written where a positional parameter is left out.
        """
        model = CallableModel(targets.everything, args=(1, 2, 3), kwargs={"d": 4})

        document = write(model, exclude_defaults=True)

        assert document["signature"] == {"*args": [3], "a": 1, "d": 4}
        assert read(document) == model

    def test_collisions(self):
        """
        Parameters called ``args`` and ``kwargs`` keep their keys.
        """
        model = CallableModel(
            targets.collide, args=([1], {"b": 2}, 3), kwargs={"callable": 4, "signature": 5}
        )

        assert write(model)["signature"] == {
            "*args": [3],
            "args": [1],
            "kwargs": {"b": 2},
            "callable": 4,
            "**kwargs": {"signature": 5},
        }
        assert read(write(model)) == model

    @pytest.mark.parametrize("name", ["$gt", "$import", "$raw", "", "\x00", "\udc80", "a b", "é"])
    def test_odd_keywords(self, name):
        """
        Any text can be the name of a var-keyword argument.
        """
        model = CallableModel(targets.only_kwargs, kwargs={name: {name: 1}})

        assert read(write(model)) == model

    def test_names_of_methods(self):
        """
        Methods are named through the class that they were taken from.
        """
        assert write(CallableModel(Child.make, args=(1,)))["callable"] == "targets.Child.make"
        assert write(CallableModel(Point.Inner))["callable"] == "targets.Point.Inner"
        assert write(CallableModel(targets.move))["callable"] == "targets.move"
        assert write(CallableModel(targets.add_three))["callable"] == "targets.add_three"
        assert read(write(CallableModel(Child.make, args=(1,))))() == Child(1)

    @pytest.mark.parametrize("option", ["exclude_none", "exclude_unset", "exclude_defaults"])
    @pytest.mark.parametrize(
        "model",
        [
            CallableModel(targets.everything, args=(None, 2), kwargs={"d": None, "k": None}),
            CallableModel(targets.counted, args=(None,)),
            CallableModel(targets.counted, args=(1, 0.5, None)),
            CallableModel(targets.add, kwargs={"x": None, "y": None}),
            CallableModel(targets.wrapped, args=(None,)),
            ObjLoader[Box](kwargs={"content": None}),
            ContextExecutor[ThreadPoolExecutor](kwargs={"max_workers": None}),
        ],
        ids=str,
    )
    def test_excludes_lose_nothing(self, option, model):
        """
        Whatever is left out is restored.
        """
        cls = next(c for c in type(model).__mro__ if "[" not in c.__qualname__)

        assert read(write(model, **{option: True}), cls) == model

    def test_annotation_is_switched_off(self):
        """
        A written value that its annotation would change is written verbatim.
        """
        model = CallableModel(
            targets.dated, args=("2026-11-22", "a/b", ["x"], "2026-11-23"), kwargs={"k": "c"}
        )

        signature = write(model)["signature"]

        assert signature["day"] == {"$raw": "2026-11-22"}
        assert signature["names"] == {"$raw": ["x"]}
        assert signature["args"] == [{"$raw": "2026-11-23"}]
        assert signature["kwargs"] == {"k": {"$raw": "c"}}
        assert read(write(model)) == model

    def test_cells_of_set_are_ordered(self):
        """
        A set is written the same in every process.
        """
        model = CallableModel(targets.add, args=({"b", "a", "c"},))

        assert write(model)["signature"]["x"] == {"$set": ["a", "b", "c"]}

    def test_nothing_is_shared(self):
        """
        What is read is never the document's own list or dict.
        """
        document = {"callable": "targets.add", "signature": {"x": [1, {"k": [2]}]}}
        model = CallableModel.parse_obj(document, allow=ALLOW)

        model.signature.x[1]["k"].append(3)

        assert document["signature"]["x"] == [1, {"k": [2]}]


class TestByHand:
    """
    Documents that people write.
    """

    @pytest.mark.parametrize(
        ("document", "expected"),
        [
            ({"callable": "targets.only_args"}, ()),
            ({"callable": "targets:only_args", "signature": {}}, ()),
            ({"callable": "targets.add", "signature": {"x": 1}}, 5),
            ({"callable": "targets.add", "signature": {"args": [1, 2]}}, 3),
            ({"callable": "targets.Point.double", "signature": {"x": 2}}, 4),
            ({"callable": "targets.Point.make", "signature": {"x": 2}}, Point(2)),
        ],
    )
    def test_what_may_be_left_out(self, document, expected):
        """
        What has a default may be left out.
        """
        assert read(document)() == expected

    def test_known_class(self):
        """
        Where T is known, its name may be left out.
        """
        by_class = ObjLoader[Box].parse_obj({"loader": {"signature": {"content": 1}}})
        empty = ObjLoader[Box].parse_obj({})
        executor = ContextExecutor[ThreadPoolExecutor].parse_obj(
            {"loader": {"loader": {"signature": {"max_workers": 1}}}}
        )

        assert by_class == ObjLoader[Box](args=(1,))
        assert empty == ObjLoader[Box]()
        assert executor == ContextExecutor[ThreadPoolExecutor](kwargs={"max_workers": 1})

    def test_annotations_read_untagged_values(self):
        """
        Text and lists are read as what the parameters' annotations say.
        """
        document = {
            "callable": "targets.dated",
            "signature": {
                "day": "2026-11-22",
                "root": "a/b",
                "names": ["x"],
                "args": ["2026-11-23"],
                "kwargs": {"k": "c"},
            },
        }

        day = datetime.date(2026, 11, 22)
        path = pathlib.PurePosixPath
        expected = (day, path("a/b"), ("x",), (day.replace(day=23),), {"k": path("c")})
        assert read(document)() == expected

    def test_primitive_annotations_change_nothing(self):
        """
        No lossy coercion: what is no int stays what it is.
        """
        for value in (5.7, "5", True, None, [1]):
            document = {"callable": "targets.counted", "signature": {"n": value}}

            assert read(document)()[0] is value or read(document)()[0] == value
            assert type(read(document)()[0]) is type(value)

    def test_flat_extras_are_read_by_annotation(self):
        """
        Keyword arguments that stand flat are read alike.
        """
        document = {"callable": "targets.dated", "signature": {"day": "2026-11-22", "k": "c"}}

        assert read(document)()[-1] == {"k": pathlib.PurePosixPath("c")}

    def test_live_callable(self):
        """
        ``parse_obj`` also takes a live callable, which needs no entry.
        """
        local = targets.make_local()

        assert CallableModel.parse_obj({"callable": local, "signature": {"x": 3}})() == 3

    def test_live_values(self):
        """
        Values that are there already pass as they are.
        """
        model = CallableModel.parse_obj(
            {"callable": targets.add, "signature": {"x": (1, 2), "y": {3}}}
        )

        assert model.signature.build() == ([(1, 2), {3}], {})


class TestRefusals:
    """
    What cannot be read, with every problem and its path.
    """

    def get_problems(self, document: Any, cls: Any = CallableModel) -> dict[str, str]:
        with pytest.raises(DocumentError) as caught:
            read(document, cls)
        return {error.path: str(error) for error in caught.value.exceptions}

    def test_all_problems_at_once(self):
        """
        Every problem of a document is reported, with its path and its cause.
        """
        problems = self.get_problems(
            {
                "callable": "os.system",
                "signatur": {},
                "signature": {
                    "command": {"$dat": "2026"},
                    "y": [{"$import": "builtins.eval"}, {"$tuple": 3}],
                },
                "bind": {"loader": {"callable": "nowhere"}},
            }
        )

        assert set(problems) == {
            "$.callable",
            "$.signatur",
            "$.signature.command",
            "$.signature.y[0].$import",
            "$.signature.y[1].$tuple",
            "$.bind.loader.callable",
        }
        assert "Did you mean 'signature'" in problems["$.signatur"]
        assert "Did you mean '$date'" in problems["$.signature.command"]
        assert 'allow=[..., "os.system"]' in problems["$.callable"]

    def test_problems_of_phase_two(self):
        """
        What only shows when values are made is collected as well.
        """
        problems = self.get_problems(
            {
                "callable": "targets.everything",
                "signature": {
                    "a": {"$date": "tomorrow"},
                    "d": {"$set": [[1]]},
                    "kwargs": {"k": {"$enum": ["targets.Colour", "GREEN"]}},
                    "args": [],
                    "b": {"$load": {"loader": {"callable": "targets.Box", "signature": {"q": 1}}}},
                },
            }
        )

        assert set(problems) == {
            "$.signature.a.$date",
            "$.signature.d.$set",
            "$.signature.kwargs.k.$enum",
            "$.signature.b.$load.loader.signature.q",
        }

    @pytest.mark.parametrize(
        ("document", "path", "match"),
        [
            (3, "$", "must be described by a mapping"),
            ([], "$", "must be described by a mapping"),
            ({}, "$", "no callable is named"),
            ({"callable": 3}, "$.callable", "must be an import string, not 3"),
            ({"callable": "targets.nothing"}, "$.callable", "nothing"),
            ({"callable": "targets add"}, "$.callable", "targets add"),
            ({"callable": "targets.add", "signature": [1]}, "$.signature", "must be a mapping"),
            ({"callable": "targets.add", "signature": {"z": 1}}, "$.signature.z", "no parameter"),
            ({"callable": "targets.add", "extra": 1}, "$.extra", "unknown key"),
            (
                {"callable": "targets.add", "bind": {"loader": {"callable": "targets.Box"}}},
                "$.bind",
                "Cannot bind",
            ),
            (
                {"callable": "targets.Point.move", "signature": {"self": {"x": 1}}},
                "$.signature.self",
                "instance of Point",
            ),
            (
                {"callable": "targets.add", "signature": {"x": {"$none": 1}}},
                "$.signature.x.$none",
                "true",
            ),
            (
                {"callable": "targets.add", "signature": {"x": {"$set": [1, 1]}}},
                "$.signature.x.$set",
                "twice",
            ),
            (
                {"callable": "targets.add", "signature": {"x": {"$dict": [[1, 2], [1, 3]]}}},
                "$.signature.x.$dict",
                "twice",
            ),
            (
                {"callable": "targets.add", "signature": {"x": {"$dict": [[1]]}}},
                "$.signature.x.$dict[0]",
                "pairs",
            ),
            (
                {"callable": "targets.add", "signature": {"x": {"$object": ["targets.Adder", {}]}}},
                "$.signature.x.$object",
                "no hook",
            ),
            (
                {
                    "callable": "targets.add",
                    "signature": {"x": {"$object": ["targets.Record", {"y": 1}]}},
                },
                "$.signature.x.$object",
                "x",
            ),
            (
                {"callable": "targets.add", "signature": {"x": {"$enum": ["targets.Box", "A"]}}},
                "$.signature.x.$enum",
                "no enumeration",
            ),
            (
                {"callable": "targets.dated", "signature": {"day": "soon"}},
                "$.signature.day",
                "soon",
            ),
        ],
        ids=str,
    )
    def test_path_and_reason(self, document, path, match):
        """
        Each problem says where it is, and why.
        """
        problems = self.get_problems(document)

        assert match in problems[path]

    @pytest.mark.parametrize(
        ("document", "path"),
        [
            ({"object": {"x": 1}, "loader": {"callable": "targets.Box"}}, "$.object"),
            (
                {"loader": {"callable": "targets.Box"}, "object_type": "targets.Point"},
                "$.loader.callable",
            ),
            (
                {"loader": {"callable": "targets.Box"}, "object_type": "targets.add"},
                "$.object_type",
            ),
            ({"loder": {}}, "$.loder"),
        ],
        ids=str,
    )
    def test_loaders(self, document, path):
        """
        The same for loaders.
        """
        assert path in self.get_problems(document, ObjLoader)

    @pytest.mark.parametrize(
        ("value", "place", "match"),
        [
            ({"$none": 1}, ".$none", "true"),
            ({"$set": [1, 1]}, ".$set", "twice"),
            ({"$frozenset": [1, True]}, ".$frozenset", "twice"),
            ({"$dict": [[1, 2], [1, 3]]}, ".$dict", "twice"),
            ({"$dict": [[1]]}, ".$dict[0]", "pairs"),
            ({"$dict": [[[1], 2]]}, ".$dict", "hashable"),
            ({"$object": ["targets.Adder", {}]}, ".$object", "no hook"),
            ({"$object": ["targets.Record", {"y": 1}]}, ".$object", "x"),
            ({"$object": ["targets.Record", {}, 1]}, ".$object", "[class, data]"),
            ({"$object": "targets.Record"}, ".$object", "list"),
            ({"$enum": ["targets.Box", "A"]}, ".$enum", "no enumeration"),
            ({"$enum": ["targets.Colour", "GREEN"]}, ".$enum", "['RED', 'BLUE']"),
            ({"$enum": ["targets.Colour", "RED", 1]}, ".$enum", "[class, name]"),
            ({"$enum": ["targets.Colour", None, 2.0]}, ".$enum", "no member of value 2.0"),
            ({"$import": ["targets.add"]}, ".$import", "import string"),
            ({"$int": 3.5}, ".$int", "3.5"),
        ],
        ids=str,
    )
    def test_tags(self, value, place, match):
        """
        What stands under a tag must be what the tag says.
        """
        document = {"callable": "targets.add", "signature": {"x": value}}

        problems = self.get_problems(document)

        assert match in problems[f"$.signature.x{place}"]

    def test_declared_class(self):
        """
        A document of another class than the declared one is refused.
        """
        text = ObjLoader[Box](args=(1,)).json()

        with pytest.raises(DocumentError, match="Cannot read"):
            ObjLoader[Point].parse_raw(text, allow=ALLOW)

    def test_what_is_not_callable(self):
        """
        An import string that leads to something else than a callable.
        """
        with pytest.raises(DocumentError) as caught:
            CallableModel.parse_obj({"callable": "targets.MISSING"}, allow=["targets.MISSING"])

        assert "cannot be called" in str(caught.value)

    def test_message_lists_the_problems(self):
        """
        The text of the error is for people.
        """
        with pytest.raises(DocumentError) as caught:
            read({"callable": "targets.add", "signature": {"z": 1, "args": [1, 2, 3]}})

        lines = str(caught.value).splitlines()
        assert lines[0] == "Cannot read the document of CallableModel:"
        assert lines[1].startswith("  $.signature.z: add has no parameter 'z'")

    @pytest.mark.parametrize(
        "text",
        [
            '{"callable": "targets.add"',
            "",
            "{} {}",
            '{"callable": 1, "callable": 2}',
            "[NaN]",
            b"\xff",
        ],
    )
    def test_text_that_is_not_one_document(self, text):
        """
        Text is read strictly.
        """
        with pytest.raises(TextError, match="Cannot read"):
            CallableModel.parse_raw(text)

    def test_deep_document(self):
        """
        A document that is nested too deeply is refused, not a crash.
        """
        deep: Any = 1
        for _ in range(5000):
            deep = [deep]

        with pytest.raises((DocumentError, TextError)):
            CallableModel.parse_obj({"callable": targets.add, "signature": {"x": deep}})


class TestWriting:
    """
    What cannot be written is refused at once.
    """

    @pytest.mark.parametrize(
        ("callable", "reason"),
        [
            (targets.square, "lambda"),
            (lambda: 0, "lambda"),
            (targets.make_local(), "inside a function"),
            (Point(1).move, "bound to a live Point"),
            (targets.Adder(1), "Adder"),
            (list[int], "list"),
        ],
        ids=str,
    )
    def test_callable_without_a_name(self, callable, reason):
        """
        A callable that no import string leads to is refused, with the reason.
        """
        with pytest.raises(UnnameableError, match=r"Cannot (name|write)") as caught:
            CallableModel(callable).json()

        assert reason in str(caught.value)

    def test_foreign_time_zone(self):
        """
        What a part of the value keeps from being written is said.
        """

        class Zone(datetime.tzinfo):
            pass

        model = CallableModel(targets.add, args=(datetime.datetime(2026, 1, 1, tzinfo=Zone()),))

        with pytest.raises(UnwritableError, match=r"argument x of add: .* such as its time zone"):
            model.json()

    def test_name_that_leads_elsewhere(self, monkeypatch):
        """
        A name that belongs to something else by now is refused.
        """
        old = targets.add
        monkeypatch.setattr(targets, "add", lambda x: x)

        with pytest.raises(UnnameableError, match="something else"):
            CallableModel(old, args=(1,)).json()

    @pytest.mark.parametrize(
        "value",
        [object(), targets.Adder(1), lambda: 0, {1: object()}, [(object(),)], {"k": iter(())}],
    )
    def test_value(self, value):
        """
        A value that documents cannot hold is refused with its argument.
        """
        for model in (
            CallableModel(targets.everything, args=(1,), kwargs={"d": value}),
            CallableModel(targets.only_args, args=(1, value)),
            CallableModel(targets.only_kwargs, kwargs={"d": value}),
        ):
            with pytest.raises(UnwritableError, match=r"Cannot write the argument .* of"):
                model.json()

    def test_name_of_the_argument(self):
        """
        The message names the argument as it was given.
        """
        value = object()

        for model, name in (
            (CallableModel(targets.add, kwargs={"x": value}), "argument x of add"),
            (CallableModel(targets.only_args, args=(1, value)), r"argument args\[1\] of only_args"),
            (CallableModel(targets.only_kwargs, kwargs={"k": value}), r"argument kwargs.k of only"),
        ):
            with pytest.raises(UnwritableError, match=name):
                model.json()

    def test_policy_that_was_given_governs_writing(self):
        """
        What the policy could not read back is refused.
        """
        converter = make_converter(allow=["targets.add"])

        converter.dumps(CallableModel(targets.add, args=(1,)))
        with pytest.raises(RefusedError, match=r"targets\.everything"):
            converter.dumps(CallableModel(targets.everything))
        with pytest.raises(RefusedError, match=r"targets\.Box"):
            converter.dumps(CallableModel(targets.add, args=(ObjLoader[Box](),)))

    def test_value_that_breaks_on_repr(self):
        """
        A value whose own code fails is refused like another.
        """

        class Broken:
            def __repr__(self) -> str:
                raise RuntimeError("broken")

        with pytest.raises(UnwritableError, match="argument x of add"):
            CallableModel(targets.add, args=(Broken(),)).json()


def test_executor_that_was_live():
    """
    A live executor's settings are not known: they are written as unset.
    """
    with ThreadPoolExecutor(1) as pool:
        model = NormalExecutor[ThreadPoolExecutor](executor=pool)
        document = write(model)

    assert document["executor"] == "concurrent.futures.thread.ThreadPoolExecutor"
    signature = document["loader"]["loader"]["signature"]
    assert signature.pop("args") == []
    assert set(signature.values()) == {"inspect._empty"}
    again = read(document, NormalExecutor)
    with pytest.raises(RuntimeError, match="executor="):
        again.submit(len, [])


def test_executor_with_arguments_warns():
    """
    A document of the reference that names a live executor but has all its
    arguments makes a new one, and says so.
    """
    document = write(NormalExecutor[ThreadPoolExecutor](kwargs={"max_workers": 1}))
    document["executor"] = "concurrent.futures.thread.ThreadPoolExecutor"

    with pytest.warns(DocumentWarning, match="new one") as caught:
        model = read(document, NormalExecutor)

    assert caught[0].filename == __file__
    assert model.submit(divmod, 7, 2).result() == (3, 1)
    model.shutdown()


def test_reading_starts_nothing():
    """
    Nothing is started and nothing is imported that is not called for.
    """
    text = NormalExecutor[ThreadPoolExecutor](kwargs={"max_workers": 1}).json()
    before = threading.enumerate()

    model = NormalExecutor.parse_raw(text, allow=ALLOW)

    assert model._cell.live is None
    assert before == threading.enumerate()


def test_main_by_default(monkeypatch):
    """
    Without an ``allow``, a document may name what is defined in `__main__`.
    """

    def job(x: Any) -> Any:
        return x

    job.__module__, job.__qualname__ = "__main__", "job"
    monkeypatch.setattr(sys.modules["__main__"], "job", job, raising=False)
    model = CallableModel(job, args=(1,))

    assert CallableModel.parse_raw(model.json()) == model
    with pytest.raises(DocumentError, match="Cannot read"):
        CallableModel.parse_raw(model.json(), allow=[])
    with pytest.raises(DocumentError, match="Cannot read"):
        CallableModel.parse_raw(CallableModel(targets.add, args=(1,)).json())


@pytest.mark.parametrize("preconf", ["json", "pyyaml", "tomlkit", "msgpack", "bson"])
def test_null(preconf):
    """
    A null that is no default survives in a format that has none.
    """
    converter = make_converter(preconf, policy=UNSAFE_ALLOW_ANY)
    for model in (
        CallableModel(targets.add, args=(None, [None, {"k": None}])),
        CallableModel(targets.only_args, args=(None,)),
        CallableModel(targets.only_kwargs, kwargs={"k": None}),
        CallableModel(targets.counted, args=(None,)),
        CallableModel(targets.counted, args=(1, None, None)),
    ):
        assert converter.loads(converter.dumps(model), CallableModel) == model


def test_number_that_is_none():
    """
    JSON text never holds a bare NaN.
    """
    text = CallableModel(targets.add, args=(math.nan, [math.inf])).json()

    assert "NaN" not in text
    assert "Infinity" not in text
    assert json.loads(text, parse_constant=pytest.fail)
