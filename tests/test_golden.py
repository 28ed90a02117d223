"""
Documents that were written once are read for ever, and so are pickles of a release.
"""

from __future__ import annotations

import json
import pickle
import sys
import warnings
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from callsheet import (
    CallableModel,
    ContextExecutor,
    NormalExecutor,
    ObjLoader,
    make_converter,
)
from golden import add
from golden.cases import ALLOW, CASES, HERE, PICKLES, get_files

FILES = get_files()
REFERENCE = HERE / "reference"
CLASSES = (CallableModel, ObjLoader, NormalExecutor, ContextExecutor)


def read(path: Path) -> str:
    return path.read_text(encoding="utf-8")


def get_class(model: object) -> type:
    return next(cls for cls in CLASSES if isinstance(model, cls))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}-{path.stem}")
def test_document_is_read(path):
    """
    A golden document loads as the model that it was written from.
    """
    expected = CASES[path.stem]()

    actual = get_class(expected).parse_raw(read(path), allow=ALLOW)

    assert expected == actual


@pytest.mark.parametrize("name", CASES)
def test_document_is_written(name):
    """
    The model is written today as the newest golden document of it.
    """
    converter = make_converter("json", allow=ALLOW)

    actual = json.loads(json.dumps(converter.unstructure(CASES[name]())))

    assert json.loads(read(HERE / add.VERSION / f"{name}.json")) == actual


@pytest.mark.parametrize("preconf", ["pyyaml", "tomlkit", "msgpack", "cbor2", "bson"])
@pytest.mark.parametrize("name", CASES)
def test_other_formats_hold_the_same(name, preconf):
    """
    Every golden model goes through the other formats.
    """
    model = CASES[name]()
    converter = make_converter(preconf, allow=ALLOW)

    actual = converter.loads(converter.dumps(model), get_class(model))

    assert model == actual


@pytest.mark.parametrize("name", PICKLES)
def test_pickle_is_read(name):
    """
    A golden pickle loads as what it was made from, of the same class.
    """
    expected = PICKLES[name]()

    actual = pickle.loads((HERE / "pickles" / f"{name}.pickle").read_bytes())

    assert expected == actual
    assert type(expected) is type(actual)


def test_every_model_has_a_pickle():
    """
    No class of models is without a golden pickle.
    """
    kinds = [type(make()) for make in PICKLES.values()]

    assert [] == [cls for cls in CLASSES if not any(issubclass(kind, cls) for kind in kinds)]


def test_every_tag_has_a_document():
    """
    No tag is without a golden document.
    """
    from callsheet._documents.checking import get_names

    texts = "".join(map(read, FILES))

    assert [] == [tag for tag in get_names() if tag != "$none" and f'"{tag}"' not in texts]


def test_add_never_changes_a_file(tmp_path, monkeypatch, capsys):
    """
    The script that adds documents and pickles leaves those alone that are there.
    """
    (tmp_path / "v1").mkdir()
    (tmp_path / "v1" / "callable.json").write_text('{"old": true}', encoding="utf-8")
    (tmp_path / "pickles").mkdir()
    (tmp_path / "pickles" / "callable.pickle").write_bytes(b"old")
    monkeypatch.setattr(add, "HERE", tmp_path)

    assert add.main() == 1

    assert read(tmp_path / "v1" / "callable.json") == '{"old": true}'
    assert "not touched: callable\n" in capsys.readouterr().out
    assert len(list(tmp_path.glob("v1/*.json"))) == len(CASES)
    assert (tmp_path / "pickles" / "callable.pickle").read_bytes() == b"old"
    assert len(list(tmp_path.glob("pickles/*.pickle"))) == len(PICKLES)


@pytest.fixture
def notebook(monkeypatch):
    """
    What the notebook defines in `__main__`.
    """

    def test_function(x: int, y: int = 5):
        return x + y

    class TestClass:
        def __init__(self, x, y):
            self.x = x
            self.y = y

    def evaluate(inputs, y=5, z=None):
        return {"result": inputs["x"] + y}

    main = sys.modules["__main__"]
    for value in (test_function, TestClass, evaluate):
        value.__module__, value.__qualname__ = "__main__", value.__name__
        monkeypatch.setattr(main, value.__name__, value, raising=False)
    return main


def test_function_of_the_reference(notebook):
    """
    The notebook's first document calls its function.
    """
    model = CallableModel.parse_raw(read(REFERENCE / "function.json"))

    assert model == CallableModel(notebook.test_function, kwargs={"x": 1, "y": 3})
    assert model() == 4


def test_class_of_the_reference(notebook):
    """
    The notebook's document of a class makes an instance.
    """
    model = CallableModel.parse_raw(read(REFERENCE / "class.json"))

    assert (model().x, model().y) == (1, 3)


def test_unset_argument_of_the_reference(notebook):
    """
    In the notebook's YAML, the marker is an unset argument and not a text.
    """
    converter = make_converter("pyyaml")

    model = converter.loads(read(REFERENCE / "unset.yaml"), CallableModel)

    assert model.missing() == ["inputs"]
    assert model({"x": 5}, z=2) == {"result": 105}


@pytest.mark.parametrize("cls", [ContextExecutor, ContextExecutor[ThreadPoolExecutor]])
def test_executor_of_the_reference(cls):
    """
    The notebook's executor is read and used; the null that it wrote for an
    empty tuple does no harm.
    """
    allow = ["concurrent.futures.ThreadPoolExecutor"]
    model = cls.parse_raw(read(REFERENCE / "context.json"), allow=allow)

    assert type(model) is ContextExecutor[ThreadPoolExecutor]
    assert model.submit(divmod, 7, 2).result() == (3, 1)


def test_live_dask_executor_of_the_reference():
    """
    The document of an executor that was live loads, which it never did before;
    without its client, it cannot be used.
    """
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # distributed's own, on import
        cfexecutor = pytest.importorskip("distributed.cfexecutor")

    model = NormalExecutor[cfexecutor.ClientExecutor].parse_raw(read(REFERENCE / "dask-live.json"))

    assert model.loader.loader.missing() == ["client"]
    with pytest.raises(RuntimeError, match="executor="):
        model.submit(divmod, 7, 2)
