"""
What one Python writes, another reads: names, documents and pickles.

Documents stand here as each Python writes them; benchmarks/matrix.py lets four
of them write and read.
"""

from __future__ import annotations

import asyncio
import concurrent.futures
import enum
import hashlib
import importlib
import json
import math
import pathlib
import pickle
import posixpath
import re
import statistics
import threading
import types
import weakref
import zipfile
from typing import Any

import pytest

import targets
from callsheet import UNSAFE_ALLOW_ANY, CallableModel, NormalExecutor, ObjLoader
from callsheet._base import UNSET
from callsheet._imports.naming import get_import_string
from callsheet._models.callables import _restore
from callsheet._signatures.plans import get_plan
from callsheet.exceptions import DocumentError, DriftError
from policy_packages import Packages, packages  # noqa: F401  a fixture

PUBLIC = [
    (pathlib.Path, "pathlib.Path"),
    (pathlib.Path.exists, "pathlib.Path.exists"),
    (pathlib.Path.cwd, "pathlib.Path.cwd"),
    (zipfile.Path, "zipfile.Path"),
    (threading.Lock, "threading.Lock"),
    (threading.local, "threading.local"),
    (hashlib.sha256, "hashlib.sha256"),
    (weakref.WeakSet, "weakref.WeakSet"),
    (types.MappingProxyType, "types.MappingProxyType"),
    (types.MethodType, "types.MethodType"),
    (concurrent.futures.Executor, "concurrent.futures.Executor"),
    (importlib.machinery.SourceFileLoader, "importlib.machinery.SourceFileLoader"),
    (asyncio.SelectorEventLoop, "asyncio.SelectorEventLoop"),
    (re.error, "re.error"),
    (enum.EnumMeta, "enum.EnumMeta"),
    (posixpath.islink, "posixpath.islink"),
]
MODULES = [
    *("asyncio", "collections", "collections.abc", "concurrent.futures", "contextlib", "ctypes"),
    *("dataclasses", "datetime", "decimal", "email.policy", "email.utils", "enum", "functools"),
    *("hashlib", "heapq", "importlib.abc", "importlib.resources", "inspect", "io", "json", "math"),
    *("multiprocessing", "operator", "os.path", "pathlib", "pickle", "queue", "random", "re"),
    *("socket", "sqlite3", "statistics", "string", "subprocess", "tempfile", "threading", "types"),
    *("uuid", "weakref", "xml.sax", "zipfile", "zoneinfo"),
]


def read(document: dict[str, Any], cls: Any = CallableModel) -> Any:
    return cls.parse_raw(json.dumps(document), allow=UNSAFE_ALLOW_ANY)


def write(callable: str, **signature: Any) -> dict[str, Any]:
    return {"callable": callable, "signature": {"args": [], **signature}}


class TestNames:
    @pytest.mark.parametrize(("obj", "text"), PUBLIC, ids=[text for _, text in PUBLIC])
    def test_public_home(self, obj, text):
        """
        An object of the standard library is written by the name that every Python knows.
        """
        assert text == get_import_string(obj)

    @pytest.mark.parametrize("name", MODULES)
    def test_nothing_private(self, name):
        """
        What a module offers is not written by the name of a private one.
        """
        module = importlib.import_module(name)
        offered = getattr(module, "__all__", [n for n in vars(module) if not n.startswith("_")])

        for path in offered:
            value = getattr(module, path)
            if path == "excepthook":  # where pytest puts one of its own
                continue
            if callable(value) and not path.startswith("_"):
                assert not re.search(r"(^|[.:])_(?!_main__)", get_import_string(value))

    @pytest.mark.parametrize("name", ["pathlib.Path", pathlib.Path.__module__ + ".Path"])
    def test_either_name_is_read(self, name):
        """
        The home is read as well, as documents of Python 3.13 have it.
        """
        document = {"callable": name, "signature": {"args": ["a"]}}

        model = CallableModel.parse_obj(document, allow=["pathlib.Path"])

        assert CallableModel(pathlib.Path, args=("a",)) == model

    def test_package_around_a_private_module(self, packages: Packages):  # noqa: F811
        """
        The same holds for the packages of others, where a package around offers the object.
        """
        packages.write({"outer/__init__.py": "from outer._inner import job, hidden as other"})
        inner = packages.load("outer._inner", "def job(): ...\ndef hidden(): ...\ndef own(): ...")

        assert "outer.job" == get_import_string(inner.job)
        assert "outer._inner.hidden" == get_import_string(inner.hidden)
        assert "outer._inner.own" == get_import_string(inner.own)

    def test_pickle_by_public_name(self):
        """
        Pickles name such objects in the same way, classes of loaders too.
        """
        call = CallableModel(zipfile.Path, kwargs={"root": "a.zip"})
        loader = ObjLoader[zipfile.Path](kwargs={"root": "a.zip"})

        for model in (call, loader, CallableModel(pathlib.Path, args=("a",))):
            data = pickle.dumps(model)

            assert model == pickle.loads(data)
            assert b"_local" not in data
            assert b"_path" not in data


POOL = "concurrent.futures.process.ProcessPoolExecutor"
SETTINGS = {"max_workers": 2, "mp_context": None, "initializer": None}


class TestDocuments:
    def test_process_pool(self):
        """
        A pool's document is read where the pool has one parameter less, or more.
        """
        pool = concurrent.futures.ProcessPoolExecutor
        for settings in (SETTINGS, {**SETTINGS, "max_tasks_per_child": None}):
            call = write(POOL, **settings)
            document = {"loader": {"loader": call, "object_type": POOL}}

            model = read(document, NormalExecutor)

            assert NormalExecutor[pool](kwargs={"max_workers": 2}) == model

    @pytest.mark.parametrize(
        "more", [{"later": None}, {"max_tasks_per_child": 0, "later": 1}, {"strict": False}]
    )
    def test_other_values_are_drift(self, more):
        """
        What is no default of another Python is not dropped.
        """
        with pytest.raises(DocumentError) as caught:
            read(write("statistics.median", data=[1], **more))

        assert "has no parameter" in str(caught.value)

    def test_own_callables(self):
        """
        Nothing is dropped for a callable that is not of the standard library.
        """
        with pytest.raises(DocumentError) as caught:
            read(write("targets.add", x=1, y=4, context=None))

        assert "has no parameter 'context'" in str(caught.value)

    def test_unset_parameter_of_another_name(self):
        """
        A parameter that is unset may have another name: it is positional-only.
        """
        for name in ("n", "x"):
            model = read(write("math.factorial", **{name: "inspect._empty"}))

            assert CallableModel(math.factorial) == model

    @pytest.mark.parametrize(
        "signature",
        [
            {"args": ["a"], "sep": ",", "end": "\n", "file": None, "flush": False},
            {"args": ["a"], "kwargs": {"sep": ","}},
        ],
        ids=["shown", "not shown"],
    )
    def test_print(self, signature, capsys):
        """
        Print has a signature from Python 3.11 on; either record is read by all.
        """
        model = read({"callable": "builtins.print", "signature": signature})

        model("b", "c")
        assert "b,c\n" == capsys.readouterr().out

    def test_unset_without_a_signature(self):
        """
        An unset parameter of a callable that shows no signature here is unset.
        """
        model = read(write("builtins.max", iterable="inspect._empty"))

        assert CallableModel(max) == model

    @pytest.mark.parametrize(
        ("target", "args", "kwargs", "written"),
        [
            (math.factorial, (5,), {}, {"args": [5]}),
            (pow, (2, 3), {}, {"args": [2, 3]}),
            (
                sorted,
                ([2, 1],),
                {"reverse": True},
                {"args": [[2, 1]], "reverse": True},
            ),
            (math.factorial, (), {}, None),
        ],
    )
    def test_positional_only(self, target, args, kwargs, written):
        """
        Positional-only arguments of a callable of C are written by position.
        """
        model = CallableModel(target, args=args, kwargs=kwargs)

        text = model.json()
        assert written in (None, json.loads(text)["signature"])
        assert model == CallableModel.parse_raw(text, allow=UNSAFE_ALLOW_ANY)


class TestPickles:
    @pytest.mark.parametrize(
        "state",
        [
            ((), (), 0, (("a",), {"sep": ","}, 0, ()), None, 0, 0),
            (
                ("sep", "end", "file", "flush"),
                (",", UNSET, UNSET, UNSET),
                1,
                (("a",), None, 0, ()),
                None,
                0,
                0,
            ),
        ],
        ids=["not shown", "shown"],
    )
    def test_print(self, state):
        """
        What one Python shows no signature of is unpickled by one that does, and back.
        """
        expected = CallableModel(print, args=("a",), kwargs={"sep": ","})

        assert expected == _restore(print, *state)

    def test_process_pool(self):
        """
        A parameter that was not given, or is at its default, need not be there.
        """
        pool = concurrent.futures.ProcessPoolExecutor
        plan = get_plan(pool)
        for names in (plan.names[:-1], (*plan.names, "context")):
            for value in (UNSET, None):
                values = (2, *[UNSET] * (len(names) - 2), value)

                model = _restore(pool, names, values, 1, None, None, 0, len(names))

                assert model.signature["max_workers"] == 2

    def test_given_parameter_is_drift(self):
        """
        One that was given is not dropped, and one that is new and required is not made up.
        """
        for names, values in ((("data", "later"), ([1], 5)), ((), ())):
            with pytest.raises(DriftError, match="its parameters were"):
                _restore(targets.add, names, values, 1, None, None, 0, 0)
        with pytest.raises(DriftError, match="later"):
            _restore(statistics.median, ("data", "later"), ([1], 5), 3, None, None, 0, 2)
