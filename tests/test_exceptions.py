"""
Wrong input: each message says what could not be done, to which object, why,
and the remedy.
"""

from __future__ import annotations

import copy
import importlib
import pickle
import sys
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest

import targets
from callsheet import (
    CallableModel,
    CallsheetError,
    ContextExecutor,
    ImportPolicy,
    NormalExecutor,
    ObjLoader,
    exceptions,
    get_callable_from_string,
)
from callsheet.exceptions import (
    DocumentError,
    DocumentWarning,
    ImportFailedError,
    ResolveError,
    SignatureError,
    TaskError,
    UnnameableError,
)

ERRORS = [
    getattr(exceptions, name)
    for name in exceptions.__all__
    if issubclass(getattr(exceptions, name), CallsheetError)
]


class NoSubmit:
    """
    An executor's class without the method.
    """

    def map(self) -> None:
        """
        Do nothing.
        """

    def shutdown(self) -> None:
        """
        Do nothing.
        """


def shut_down() -> Any:
    model = NormalExecutor[ThreadPoolExecutor](kwargs={"max_workers": 1})
    model.submit(len, []).result()
    model.shutdown()
    return model


MISTAKES: dict[str, tuple[Any, type[Exception], list[str]]] = {
    "an unknown argument": (
        lambda: CallableModel(targets.add, kwargs={"xx": 1}),
        SignatureError,
        ["add", "unexpected keyword argument 'xx'", "Did you mean 'x'", "x, y"],
    ),
    "a missing argument": (
        lambda: CallableModel(targets.add)(),
        SignatureError,
        ["Cannot call add", "'x'", "Store it in the model or give it at the call"],
    ),
    "too many arguments": (
        lambda: CallableModel(targets.add, args=(1, 2, 3)),
        SignatureError,
        ["add", "too many positional arguments"],
    ),
    "a string that is no import string": (
        lambda: CallableModel("not an import string"),
        CallsheetError,
        ["Cannot", "'not an import string'"],
    ),
    "a module that is not there": (
        lambda: CallableModel("nowhere.at_all"),
        ResolveError,
        ["Cannot resolve 'nowhere.at_all'", "nowhere"],
    ),
    "an attribute that is not there": (
        lambda: CallableModel("targets.ad"),
        ResolveError,
        ["Cannot resolve 'targets.ad'", "ad"],
    ),
    "a dependency that is missing": (
        lambda: CallableModel("needs_other.fn"),
        ImportFailedError,
        ["needs_other", "no_such_dependency"],
    ),
    "a lambda written to JSON": (
        lambda: CallableModel(lambda x: x, args=(1,)).json(),
        UnnameableError,
        ["lambda", "Define it at the top level of a module"],
    ),
    "a local function written to JSON": (
        lambda: CallableModel(targets.make_local()).json(),
        UnnameableError,
        ["make_local.<locals>.local", "inside a function", "top level"],
    ),
    "an unknown key": (
        lambda: CallableModel.parse_raw('{"calable": "targets.add"}'),
        DocumentError,
        ["$.calable", "unknown key 'calable'", "Did you mean 'callable'"],
    ),
    "a class without the named method": (
        lambda: NormalExecutor[NoSubmit](),
        CallsheetError,
        ["NoSubmit", "submit"],
    ),
    "a method that is named wrongly": (
        lambda: NormalExecutor[ThreadPoolExecutor](submit_callable="sumbit"),
        CallsheetError,
        ["ThreadPoolExecutor", "sumbit", "submit"],
    ),
    "submit after shutdown": (
        lambda: shut_down().submit(len, []),
        RuntimeError,
        ["cannot schedule new futures after shutdown"],
    ),
    "a callable outside the policy": (
        lambda: CallableModel.parse_raw('{"callable": "targets.add"}'),
        DocumentError,
        ["$.callable", "'targets.add'", "refuses", 'allow=[..., "targets.add"]'],
    ),
    "an entry that is none": (
        lambda: ImportPolicy(allow=["*"]),
        ValueError,
        ["'*'"],
    ),
    "entries that are one text": (
        lambda: ImportPolicy(allow="targets.add"),
        ValueError,
        ["targets.add"],
    ),
    "a value that no document holds": (
        lambda: CallableModel(targets.add, args=(object(),)).json(),
        ValueError,
        ["argument x of add", "builtins.object", "ObjLoader", "hooks"],
    ),
    "a factory that makes something else": (
        lambda: ObjLoader[targets.Box](loader=CallableModel(targets.make_nothing)).load(),
        TypeError,
        ["Box", "make_nothing returned None", "declare the class that it returns"],
    ),
    "what is no callable": (
        lambda: CallableModel(3),
        ValueError,
        ["3", "int", "import string"],
    ),
    "text that is no document": (
        lambda: CallableModel.parse_raw("{"),
        ValueError,
        ["Cannot read the JSON text"],
    ),
}


@pytest.fixture
def needs_other(tmp_path, monkeypatch):
    """
    A module that needs another one, which is not there.
    """
    code = "import no_such_dependency\n\ndef fn(): ...\n"
    (tmp_path / "needs_other.py").write_text(code, encoding="utf-8")
    monkeypatch.syspath_prepend(str(tmp_path))
    importlib.invalidate_caches()
    yield
    sys.modules.pop("needs_other", None)


@pytest.mark.parametrize("mistake", MISTAKES)
def test_message(mistake, needs_other):
    """
    The message names the object, the reason and the remedy.
    """
    make, kind, parts = MISTAKES[mistake]

    with pytest.raises(kind) as caught:
        make()

    text = str(caught.value)
    assert isinstance(caught.value, CallsheetError)
    for part in parts:
        assert part in text
    if mistake != "submit after shutdown":  # which says what the standard library says
        assert text.startswith("Cannot")


def test_missing_dependency_is_told_apart(needs_other):
    """
    A missing dependency of a module is not a missing module.
    """
    with pytest.raises(ResolveError) as missing:
        get_callable_from_string("nowhere_else.fn")
    with pytest.raises(ImportFailedError) as failed:
        get_callable_from_string("needs_other.fn")

    assert type(missing.value) is ResolveError
    assert isinstance(failed.value.__cause__, ModuleNotFoundError)
    assert failed.value.__cause__.name == "no_such_dependency"


def test_context_executor_after_an_error():
    """
    An error of the constructor arrives as itself.
    """
    model = ContextExecutor[ThreadPoolExecutor](kwargs={"max_workers": -1})

    with pytest.raises(ValueError, match="max_workers must be greater than 0"):
        model.submit(len, [])


@pytest.mark.parametrize("cls", ERRORS)
def test_errors_travel(cls):
    """
    Every error pickles and copies with its message, its subject and its path.
    """
    if issubclass(cls, DocumentError):
        error = cls("Cannot read it", [SignatureError("Cannot do it.", "f")])
        error.exceptions[0].path = "$.x"
    elif cls is TaskError:
        error = cls("It failed.", "a.B", "detail", "Traceback ...")
    else:
        error = cls("Cannot do it: no. Try this.", "subject")
    error.path = "$.signature"

    for again in (
        pickle.loads(pickle.dumps(error)),
        copy.copy(error),
        copy.deepcopy(error),
    ):
        assert type(again) is cls
        assert str(again) == str(error)
        assert again.message == error.message
        assert again.subject == error.subject
        assert again.path == "$.signature"


@pytest.mark.parametrize("cls", ERRORS)
def test_each_error_is_a_builtin_one(cls):
    """
    Each error is also the built-in error that fits, and a `CallsheetError`.
    """
    builtin = (TypeError, ValueError, ImportError, RuntimeError)

    assert issubclass(cls, CallsheetError)
    assert cls is CallsheetError or issubclass(cls, builtin)


def test_tree_of_the_docstring():
    """
    The docstring draws every error under its parent.
    """
    tree = exceptions.__doc__ or ""

    for cls in ERRORS:
        assert f"{cls.__name__} (" in tree or f"{cls.__name__}  " in tree, cls
    assert set(ERRORS) == {CallsheetError, *get_subclasses(CallsheetError)}


def get_subclasses(cls: type) -> set[type]:
    direct = set(cls.__subclasses__())
    return direct.union(*map(get_subclasses, direct))


def test_group():
    """
    A document's problems are an exception group.
    """
    with pytest.raises(DocumentError) as caught:
        CallableModel.parse_obj({"callable": "os.system", "x": 1})
    group = caught.value

    matched, rest = group.split(exceptions.RefusedError)
    assert len(matched.exceptions) == 1
    assert type(rest) is DocumentError
    assert str(rest).startswith("Cannot read the document of CallableModel:\n  $.x: unknown key")


def test_warning_is_no_error():
    """
    The warning is a `UserWarning`.
    """
    assert issubclass(DocumentWarning, UserWarning)
