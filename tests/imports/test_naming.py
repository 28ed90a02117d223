"""
Import strings: their grammar, and the name that leads back to an object.
"""

from __future__ import annotations

import builtins
import collections
import concurrent.futures
import datetime
import functools
import json
import math
import os
import pathlib
import random
import struct
import subprocess
import sys
import types
from typing import Any

import pytest

import targets_names as targets
from callsheet._imports.grammar import MAX_LENGTH, MAX_SEGMENTS, split_import_string
from callsheet._imports.homes import get_home, get_homes
from callsheet._imports.naming import describe, get_import_string
from callsheet._imports.resolving import resolve_import_string
from callsheet._statics import is_same
from callsheet.exceptions import ImportStringError, UnnameableError
from policy_packages import Packages, packages  # noqa: F401  a fixture

HERE = "targets_names"


class TestGrammar:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            "json",
            ".",
            "json.",
            ".json.dumps",
            "json..dumps",
            "json.dumps ",
            "json.\tdumps",
            "json.dumps\0",
            "json:dumps:x",
            "json:",
            ":dumps",
            "json.1x",
            "json.d-x",
            "json.*",
            "json:*",
            "class.x",
            "x.None",
            "json.du\ufb01ps",
            "\uff4ason.dumps",
            "json.\ud800",
            "json.\u200ddumps",
        ],
    )
    def test_refused(self, text: str):
        """
        Rule 1: what Python would not read as a plain dotted name is an error
        that shows the text.
        """
        with pytest.raises(ImportStringError, match="Cannot read") as caught:
            split_import_string(text)

        assert caught.value.subject == repr(text)

    @pytest.mark.parametrize("value", [None, True, 0, 1.5, b"json.dumps", ["json", "dumps"], {}])
    def test_no_text(self, value: Any):
        """
        Rule 1: only a str is an import string.
        """
        with pytest.raises(ImportStringError, match=type(value).__name__):
            split_import_string(value)

    def test_length(self):
        """
        Rule 1: 512 characters are taken, one more is not.
        """
        longest = "json." + "x" * (MAX_LENGTH - 5)

        assert split_import_string(longest).text == longest
        with pytest.raises(ImportStringError, match="513 characters"):
            split_import_string(longest + "x")

    def test_segments(self):
        """
        Rule 1: 16 segments are taken, one more is not.
        """
        most = ".".join(["x"] * MAX_SEGMENTS)

        assert len(split_import_string(most).segments) == 16
        with pytest.raises(ImportStringError, match="17 segments"):
            split_import_string(most + ".x")

    def test_keyword(self):
        """
        Rule 1: a keyword is no name, a soft keyword is one.
        """
        assert split_import_string("pkg.match").segments == ("pkg", "match")
        with pytest.raises(ImportStringError, match="'class' is no plain Python name"):
            split_import_string("pkg.class")

    def test_normalisation(self):
        """
        Rule 1: a name that the parser would fold into another is refused, a
        name outside ASCII is not.
        """
        assert split_import_string("mypkg.größe").segments[-1] == "größe"
        with pytest.raises(ImportStringError, match="no plain Python name"):
            split_import_string("mypkg.\u017fize")

    def test_long_text_is_shortened(self):
        """
        A message stays short whatever the text.
        """
        with pytest.raises(ImportStringError) as caught:
            split_import_string("x" * 1_000_000)

        assert len(str(caught.value)) < 400

    def test_splits(self):
        """
        The longest module comes first; a colon leaves one reading.
        """
        dotted = split_import_string("a.b.C.d")
        colon = split_import_string("a.b:C.d")

        assert dotted.splits == (("a.b.C", ("d",)), ("a.b", ("C", "d")), ("a", ("b", "C", "d")))
        assert colon.splits == (("a.b", ("C", "d")),)
        assert (dotted.dotted, dotted.colon) == ("a.b.C.d", None)
        assert (colon.dotted, colon.colon) == ("a.b.C.d", 2)

    @pytest.mark.parametrize(
        ("text", "dunder"),
        [
            ("a.__x__", "__x__"),
            ("a.__x", "__x"),
            ("__main__.f", None),
            ("a.__main__.f", "__main__"),
            ("__mp_main__.f", "__mp_main__"),
            ("a._b", None),
        ],
    )
    def test_dunder(self, text: str, dunder: str | None):
        """
        Rule 2: a segment that starts with two underscores is noticed, but for
        a first `__main__`.
        """
        assert split_import_string(text).dunder == dunder

    def test_subclass_of_str(self):
        """
        A str subclass is read as the characters that it holds.
        """

        class Text(str):
            def partition(self, sep: str, /) -> Any:
                raise AssertionError

        assert split_import_string(Text("json.dumps")).segments == ("json", "dumps")


NAMED = [
    (targets.function, f"{HERE}.function"),
    (targets._private, f"{HERE}._private"),
    (targets.cached, f"{HERE}.cached"),
    (targets.partial, f"{HERE}.partial"),
    (targets.runner, f"{HERE}.runner"),
    (targets.run, f"{HERE}.run"),
    (targets._hidden.run, f"{HERE}.run"),
    (targets.Base, f"{HERE}.Base"),
    (targets.Guarded, f"{HERE}.Guarded"),
    (targets.Base.Inner, f"{HERE}.Base.Inner"),
    (targets.Base.Inner.build, f"{HERE}.Base.Inner.build"),
    (targets.Base.method, f"{HERE}.Base.method"),
    (targets.Child.method, f"{HERE}.Base.method"),
    (targets.Base.helper, f"{HERE}.Base.helper"),
    (targets.Base.make, f"{HERE}.Base.make"),
    (targets.Child.make, f"{HERE}.Child.make"),
    (targets.Child.remade, f"{HERE}.Child.make"),
    (targets.Base.preset, f"{HERE}.Base.preset"),
    (targets.misleading, f"{HERE}.misleading"),
    (json.dumps, "json.dumps"),
    (math.sqrt, "math.sqrt"),
    (len, "builtins.len"),
    (dict, "builtins.dict"),
    (str.upper, "builtins.str.upper"),
    (str.maketrans, "builtins.str.maketrans"),
    (dict.fromkeys, "builtins.dict.fromkeys"),
    (collections.OrderedDict.fromkeys, "collections.OrderedDict.fromkeys"),
    (datetime.datetime.fromisoformat, "datetime.datetime.fromisoformat"),
    (struct.pack, "struct.pack"),
    (os.getcwd, "os.getcwd"),
    (os.fsencode, "os.fsencode"),
    (targets.inner, f"{HERE}.inner"),
    (targets.Made, f"{HERE}.Made"),
    (targets.Made.make, f"{HERE}.Made.make"),
    (random.uniform, "random.uniform"),
    (random.random, "random.random"),
    (pathlib.Path.cwd, "pathlib.Path.cwd"),
    (
        concurrent.futures.ThreadPoolExecutor,
        "concurrent.futures.thread.ThreadPoolExecutor",
    ),
]


class TestGetImportString:
    @pytest.mark.parametrize(("obj", "text"), NAMED, ids=[text for _, text in NAMED])
    def test_leads_back(self, obj: Any, text: str):
        """
        The import string is the documented one, and leads back to the object.
        """
        assert get_import_string(obj) == text
        assert is_same(resolve_import_string(text), obj)

    @pytest.mark.parametrize(
        ("obj", "reason"),
        [
            (lambda: None, "it is a lambda"),
            (targets.shout, "it is a lambda"),
            (targets.outer(), "defined inside a function"),
            (targets.original, "leads to something else"),
            (targets.Base().method, "bound to an instance"),
            ("x".upper, "bound to an instance"),
            (functools.partial(targets.function, 2), "a partial that no module holds"),
            (targets.Runner(), "no loaded module holds it"),
            (targets.Base.__init__, "no document may name '__init__'|no loaded module"),
            (json, "not callable"),
            (5, "not callable"),
        ],
        ids=str,
    )
    def test_unnameable(self, obj: Any, reason: str):
        """
        What no name leads back to is refused at once, with the reason and a
        remedy.
        """
        with pytest.raises(UnnameableError, match=reason) as caught:
            get_import_string(obj)

        assert str(caught.value).startswith("Cannot name ")
        assert str(caught.value).count(". ") >= 1

    def test_local_class(self):
        """
        A class method of a local class says that the class is local.
        """

        class Local:
            @classmethod
            def make(cls) -> None: ...

        with pytest.raises(UnnameableError, match="defined inside a function"):
            get_import_string(Local.make)

    def test_rebinding_is_noticed(self, monkeypatch: pytest.MonkeyPatch):
        """
        A name that has been given to something else no longer counts, though
        it was found before.
        """
        known: list[Any] = [targets.function, targets.runner, targets.Base.Inner.build]
        for obj in known:
            get_import_string(obj)
        monkeypatch.setattr(targets, "function", print)
        monkeypatch.setattr(targets, "runner", print)
        monkeypatch.setattr(targets.Base.Inner, "build", print)

        for obj in known:
            with pytest.raises(UnnameableError):
                get_import_string(obj)

    def test_module_that_hides_a_class(self, packages: Packages):  # noqa: F811
        """
        Where a module has the name of a class, the colon tells them apart; a
        function with the name of its module needs none.
        """
        packages.write(
            {
                "hiding/__init__.py": """
                    from .tool import tool
                    class Thing:
                        @staticmethod
                        def run(): ...
                """,
                "hiding/tool.py": "def tool(): ...",
                "hiding/Thing.py": "def run(): ...",
            }
        )
        hiding = __import__("hiding.Thing")
        thing = vars(sys.modules["hiding.Thing"])
        hiding.Thing = cls = type("Thing", (), {"__module__": "hiding", "run": staticmethod(abs)})
        run = types.FunctionType(thing["run"].__code__, vars(hiding), "run")
        run.__qualname__, run.__module__ = "Thing.run", "hiding"
        cls.run = staticmethod(run)

        assert get_import_string(hiding.tool) == "hiding.tool.tool"
        assert get_import_string(run) == "hiding:Thing.run"
        assert resolve_import_string("hiding:Thing.run") is run
        assert resolve_import_string("hiding.Thing.run") is thing["run"]

    def test_no_module(self, monkeypatch: pytest.MonkeyPatch):
        """
        A callable that names no module is found by a search, the most public
        name first.
        """

        class Ufunc:
            __module__ = None  # type: ignore[assignment]
            __name__ = "add"

            def __call__(self) -> None: ...

        obj = Ufunc()
        for name in ("zz_public", "aa_public._core"):
            module = types.ModuleType(name)
            module.add = obj  # type: ignore[attr-defined]
            monkeypatch.setitem(sys.modules, name, module)

        assert get_import_string(obj) == "zz_public.add"

    def test_numpy(self):
        """
        ufuncs, C functions and dispatched functions of numpy have names.
        """
        numpy = pytest.importorskip("numpy")

        for name in ("add", "mean", "array", "linalg.solve", "float64", "ndarray", "random.rand"):
            obj = functools.reduce(getattr, name.split("."), numpy)
            assert resolve_import_string(get_import_string(obj)) is obj

    def test_main_module(self, packages: Packages):  # noqa: F811
        """
        What the running script defines is named `__main__`, in a process that
        multiprocessing spawned as well.
        """
        packages.write(
            {
                "script.py": """
                    import multiprocessing
                    from callsheet._imports.naming import get_import_string

                    class Model:
                        @classmethod
                        def make(cls): ...

                    def work(_):
                        return [get_import_string(x) for x in (work, Model, Model.make)]

                    if __name__ == "__main__":
                        names = work(0)
                        with multiprocessing.get_context("spawn").Pool(1) as pool:
                            assert pool.map(work, [0]) == [names]
                        print(*names)
                """
            }
        )

        for command in (["script.py"], ["-m", "script"]):
            done = subprocess.run(
                [sys.executable, *command],
                cwd=packages.root,
                env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
                capture_output=True,
                text=True,
                check=True,
            )
            assert done.stdout.split() == [
                "__main__.work",
                "__main__.Model",
                "__main__.Model.make",
            ]


HOMES = [
    (targets.function, (f"{HERE}.function",)),
    (targets.Guarded, (f"{HERE}.Guarded",)),
    (targets.Guarded(), (f"{HERE}.Guarded",)),
    (targets.partial, (f"{HERE}.function",)),
    (targets.cached, (f"{HERE}.cached",)),
    (targets.Base.preset, (f"{HERE}.Base.method",)),
    (targets.Child.make, (f"{HERE}.Base.make", f"{HERE}.Child")),
    (targets.run, (f"{HERE}.Runner.run", f"{HERE}.Runner")),
    (functools.partial(exec, "1"), ("builtins.exec",)),
    ("x".upper, ("builtins.str.upper",)),
    (str.upper, ("builtins.str.upper",)),
    ("x".__add__, ("builtins.str.__add__",)),
    (random.random, ("random.Random.random",)),
    (dict.fromkeys, ("builtins.dict.fromkeys",)),
    (list[int], ("builtins.list",)),
    (json.JSONEncoder(), ("json.encoder.JSONEncoder",)),
    (os, ()),
]


class TestHomes:
    @pytest.mark.parametrize(("obj", "homes"), HOMES, ids=lambda value: str(value)[:30])
    def test_homes(self, obj: Any, homes: tuple[str, ...]):
        """
        Rule 6: each kind of object is at home where its code is defined.
        """
        assert get_homes(obj) == homes
        assert get_home(obj) == (homes[0] if homes else None)

    def test_pretenders(self):
        """
        An instance that claims another class, or a home of its own, is at
        home where its real class is.
        """

        class Pretender:
            __class__ = os._Environ  # type: ignore[assignment]
            __module__ = "json"

            def __call__(self) -> None: ...

        pretender = Pretender()
        vars(pretender).update(__module__="json", __qualname__="dumps")

        assert get_homes(pretender) == (f"json.{Pretender.__qualname__}",)

    def test_odd_names_are_no_home(self):
        """
        A module or qualified name that is no plain str counts for nothing.
        """

        class Sly(str):
            def startswith(self, *_: Any) -> bool:
                return True

        class Model:
            __module__ = Sly("anything")

        assert get_homes(Model) == ()
        assert get_homes(Model()) == ()

    def test_describe_runs_nothing(self):
        """
        A message can name any object without running its code.
        """
        assert describe(targets.Guarded) == f"{HERE}.Guarded"
        assert describe(targets.Guarded()) == f"<Guarded object, {HERE}.Guarded>"
        assert describe(builtins) == "<module object>"
