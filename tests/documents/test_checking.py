"""
What a policy says of whole documents: method names, mappings that an
annotation makes models, what stands in for ``self``.
"""

from __future__ import annotations

import copy
import json
import pickle
import sys
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from callsheet import (
    UNSAFE_ALLOW_ANY,
    BaseExecutor,
    CallableModel,
    ContextExecutor,
    NormalExecutor,
    ObjLoader,
    Reference,
    audit,
    make_converter,
)
from callsheet.exceptions import (
    DocumentError,
    LoadError,
    RefusedError,
)
from hostile_cases import is_refusal, traps

HERE = __name__
wiped: list[str] = []


@contextmanager
def refused(reason: str) -> Iterator[None]:
    """
    Expect that a document cannot be read, for this reason.
    """
    with pytest.raises(DocumentError) as caught:
        yield
    assert reason in str(caught.value)


class Pool(ThreadPoolExecutor):
    """
    An executor with more methods than those of the standard library.
    """

    system = staticmethod(wiped.append)
    quit = sys.exit

    def wipe(self, *args: Any, **kwargs: Any) -> None:
        wiped.append("wiped")

    def schedule(self, fn: Any, *args: Any, **kwargs: Any) -> Any:
        return self.submit(fn, *args, **kwargs)

    @classmethod
    def reset(cls, *args: Any, **kwargs: Any) -> None:
        pass


class SubPool(Pool):
    pass


def make_pool(max_workers: int = 1) -> Pool:
    return Pool(max_workers)


def describe_pool(callable: Any = Pool, **names: str) -> dict[str, Any]:
    call = {"callable": f"{HERE}.{callable.__qualname__}", "signature": {"max_workers": 1}}
    return {"loader": {"loader": call}, **names}


KEYS = ["submit_callable", "map_callable", "shutdown_callable"]
KINDS: list[type[BaseExecutor[Any]]] = [BaseExecutor, NormalExecutor, ContextExecutor]


@pytest.mark.parametrize("cls", KINDS)
@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize("name", ["wipe", "system", "quit", "schedule", "reset"])
class TestMethodNames:
    """
    A document names submit, map and shutdown, and what the policy opens.
    """

    def test_exact_class(self, cls: Any, key: str, name: str):
        """
        The class alone opens none of its methods; the message names the entry that would.
        """
        with pytest.raises(DocumentError) as caught:
            cls.parse_obj(describe_pool(**{key: name}), allow=[Pool])

        assert is_refusal(caught.value)
        assert f'allow=[..., "{HERE}.Pool.{name}"]' in str(caught.value)
        assert f"$.{key}" in str(caught.value)

    def test_declared_class(self, cls: Any, key: str, name: str):
        """
        Nor does a class that Python itself names.
        """
        document = {"loader": {"loader": {"signature": {"max_workers": 1}}}, key: name}

        with pytest.raises(DocumentError) as caught:
            cls[Pool].parse_obj(document, allow=[])

        assert is_refusal(caught.value)

    def test_wildcard(self, cls: Any, key: str, name: str):
        """
        Under a wildcard, a method that is at home there, and no other.
        """
        document = describe_pool(**{key: name})

        if name in ("system", "quit"):
            with pytest.raises(DocumentError) as caught:
                cls.parse_obj(document, allow=[f"{HERE}.*"])
            assert is_refusal(caught.value)
        else:
            assert getattr(cls.parse_obj(document, allow=[f"{HERE}.*"]), key) == name

    def test_unsafe(self, cls: Any, key: str, name: str):
        """
        The policy that allows anything opens every name.
        """
        model = cls.parse_obj(describe_pool(**{key: name}), allow=UNSAFE_ALLOW_ANY)

        assert getattr(model, key) == name

    def test_writing(self, cls: Any, key: str, name: str):
        """
        A model made in Python may use any method; a policy that was given
        writes what it could read, the default writes everything.
        """
        model = cls[Pool](**{key: name})

        with pytest.raises(RefusedError, match=rf"{HERE}.Pool.{name}"):
            make_converter(allow=[Pool]).dumps(model)
        text = model.json()
        assert json.loads(text)[key] == name
        assert cls.parse_raw(text, allow=UNSAFE_ALLOW_ANY) == model


@pytest.mark.parametrize("name", ["schedule", "reset"])
@pytest.mark.parametrize("callable", [Pool, SubPool])
@pytest.mark.parametrize("as_text", [True, False])
def test_opened_method(name: str, callable: Any, as_text: bool):
    """
    An entry opens a method for a class and its subclasses, there and back.
    """
    if name == "reset" and callable is SubPool and not as_text:
        pytest.skip("Pool.reset is bound to Pool: another object than SubPool.reset")
    entry: Any = f"{HERE}.{callable.__qualname__}.{name}" if as_text else getattr(Pool, name)
    converter = make_converter(allow=[callable, entry])

    model = converter.structure(describe_pool(callable, submit_callable=name), NormalExecutor)

    assert model.submit_callable == name
    assert converter.loads(converter.dumps(model), NormalExecutor[callable]) == model


def test_factory():
    """
    Behind a factory the class is only known where it is declared.
    """
    document = describe_pool(make_pool, submit_callable="schedule")
    declared = {"loader": {**document["loader"], "object_type": f"{HERE}.Pool"}}

    with refused("nothing tells the class"):
        NormalExecutor.parse_obj(document, allow=[f"{HERE}.*"])
    model = NormalExecutor.parse_obj({**document, **declared}, allow=[f"{HERE}.*"])
    trusted = NormalExecutor.parse_obj(document, allow=UNSAFE_ALLOW_ANY)

    assert trusted.submit_callable == "schedule"
    with model:
        assert model.submit(len, "abc").result() == 3


def test_factory_writing():
    """
    A factory's model with a method of its own is not written under a policy.
    """
    model: Any = NormalExecutor(loader=CallableModel(make_pool), submit_callable="schedule")

    with pytest.raises(RefusedError, match="nothing tells the class"):
        make_converter(allow=[f"{HERE}.*"]).dumps(model)
    assert json.loads(model.json())["submit_callable"] == "schedule"


def test_leaving_the_block():
    """
    Nothing of a refused executor runs, and submit, map and shutdown still may
    stand for one another.
    """
    with pytest.raises(DocumentError):
        NormalExecutor.parse_obj(describe_pool(shutdown_callable="wipe"), allow=[Pool])
    model = NormalExecutor.parse_obj(describe_pool(map_callable="submit"), allow=[Pool])

    with model:
        model.submit(len, "abc").result()

    assert wiped == []


def test_no_such_method():
    """
    A method that is not there is told apart from one that is not open.
    """
    with refused("has no such method"):
        NormalExecutor.parse_obj(
            describe_pool(submit_callable="shedule"), allow=[Pool, f"{HERE}.Pool.shedule"]
        )


def test_method_in_audit():
    """
    An audit lists the method, before anything is imported.
    """
    document = {"loader": {"loader": {"callable": "no.such.Pool"}}, "shutdown_callable": "wipe"}

    references = audit(document, NormalExecutor, allow=["no.such.Pool"])

    assert [(r.path, r.import_string, r.verdict) for r in references] == [
        ("$.shutdown_callable", "no.such.Pool.wipe", "undecided"),
        ("$.loader.loader.callable", "no.such.Pool", "allowed"),
    ]


@pytest.mark.parametrize("value", [1 << 70_000, ["x"] * 9, {"a": {}}, True, 1.5], ids=type)
def test_method_name_of_another_type(value: Any):
    """
    What is no name is our error, in an executor and in what looks like one.
    """
    document = describe_pool(submit_callable=value)
    call = {"callable": f"{HERE}.take", "signature": {"x": document}}

    with refused("must be the name of a method"):
        NormalExecutor.parse_obj(document, allow=[f"{HERE}.*"])
    assert CallableModel.parse_obj(call, allow=[f"{HERE}.*"])() == document


# Mappings that an annotation makes models.


def take(x: Any = None, y: Any = None) -> Any:
    return x


def take_call(m: CallableModel, x: Any = None, **others: Any) -> Any:
    return m, x, others


def take_more(x: Any, y: Any, *rest: Any) -> Any:
    return x, y, rest


def take_rest(x: int, y: Any, *rest: CallableModel) -> Any:
    return rest


EVIL = {"callable": "mypkg_evil.run", "signature": {"command": "true"}}


class TestCandidates:
    """
    A mapping without a tag is judged before other modules are imported.
    """

    def test_audit(self):
        """
        An audit lists it, and says that it is a candidate.
        """
        document = {
            "callable": f"{HERE}.take_call",
            "signature": {"m": EVIL, "x": {"$raw": EVIL}, "y": {"$import": "a.b"}},
        }

        references = audit(document, allow=[f"{HERE}.*"])

        rule = "rule 3: no entry opens it"
        assert references == [
            Reference(
                "$.callable", f"{HERE}.take_call", "allowed", f"entry '{HERE}.*'", candidate=False
            ),
            Reference("$.signature.m.callable", "mypkg_evil.run", "refused", rule, candidate=True),
            Reference("$.signature.y.$import", "a.b", "refused", rule, candidate=False),
        ]

    @pytest.mark.parametrize(
        ("signature", "is_model"),
        [
            ({"x": {"$import": "mypkg.sidefx.fn"}, "m": EVIL}, True),
            ({"args": [EVIL, {"$import": "mypkg.sidefx.fn"}]}, False),
            ({"k": {"$import": "mypkg.sidefx.fn"}, "m": EVIL}, True),
            ({"kwargs": {"k": {"$import": "mypkg.sidefx.fn"}}, "m": EVIL}, True),
        ],
    )
    def test_nothing_else_is_imported(
        self, signature: dict[str, Any], is_model: bool, tmp_path: Path
    ):
        """
        Not even what the policy opens, but for what stands in the argument.
        """
        document = {"callable": f"{HERE}.take_call", "signature": signature}
        converter = make_converter(allow=[take_call, "mypkg.sidefx:*"])

        with traps(tmp_path), pytest.raises(DocumentError) as caught:
            converter.structure(document, CallableModel)

        assert is_refusal(caught.value)
        assert "mypkg_evil" not in sys.modules
        assert (list(tmp_path.iterdir()) == []) is is_model

    def test_further_arguments(self, tmp_path: Path):
        """
        Where all others are named, `args` are those behind them.
        """
        signature = {"x": 1, "y": {"$import": "mypkg.sidefx.fn"}, "args": [EVIL]}
        document = {"callable": f"{HERE}.take_rest", "signature": signature}
        converter = make_converter(allow=[take_rest, "mypkg.sidefx:*"])

        with traps(tmp_path), pytest.raises(DocumentError) as caught:
            converter.structure(document, CallableModel)

        assert is_refusal(caught.value)
        assert list(tmp_path.iterdir()) == []

    def test_bind(self, tmp_path: Path):
        """
        Nor what a method is to be bound to.
        """
        document = {
            "callable": f"{HERE}.Model.take",
            "signature": {"m": EVIL},
            "bind": {"loader": {"callable": "mypkg.sidefx.fn"}},
        }
        converter = make_converter(allow=[f"{HERE}.Model.take", "mypkg.sidefx:*"])

        with traps(tmp_path), pytest.raises(DocumentError) as caught:
            converter.structure(document, CallableModel)

        assert is_refusal(caught.value)
        assert list(tmp_path.iterdir()) == []

    @pytest.mark.parametrize(
        "value", [EVIL, {"loader": EVIL}, [EVIL, {"loader": {"loader": EVIL}}], {"callable": ".."}]
    )
    def test_plain_data(self, value: Any):
        """
        Where no annotation makes it a model, it stays what it is, in order.
        """
        signature = {"m": {"callable": f"{HERE}.take"}, "b": 1, "x": value, "a": value}
        document = {"callable": f"{HERE}.take_call", "signature": signature}

        model = CallableModel.parse_obj(document, allow=[f"{HERE}.*"])

        _, x, others = model()
        assert x == value
        assert list(others.items()) == [("b", 1), ("a", value)]

    def test_other_problems(self):
        """
        What is wrong beside plain data is told as ever, and once.
        """
        signature = {"args": [EVIL], "x": {"$decimal": "five"}}
        document = {"callable": f"{HERE}.take_more", "signature": signature}
        drifted = {"callable": f"{HERE}.take_more", "signature": {"args": [EVIL], "x": 1}}

        with pytest.raises(DocumentError) as caught:
            CallableModel.parse_obj(document, allow=[f"{HERE}.*"])
        with pytest.raises(DocumentError) as missing:
            CallableModel.parse_obj(drifted, allow=[f"{HERE}.*"])

        assert [error.path for error in caught.value.exceptions] == ["$.signature.x.$decimal"]
        assert str(missing.value).count("gets 'x' twice") == 1

    def test_models_in_models(self):
        """
        Many levels of them, with plain data at the bottom, are read in time.
        """
        document: Any = {"callable": f"{HERE}.take", "signature": {"x": EVIL}}
        for _ in range(40):
            signature = {"m": document, "x": 1}
            document = {"callable": f"{HERE}.take_call", "signature": signature}

        model = CallableModel.parse_obj(document, allow=[f"{HERE}.*"])

        for _ in range(40):
            model = model.signature.m
        assert model() == EVIL


# What stands in for self.


class Model:
    def get(self) -> Any:
        return type(self).__name__

    def take(self, m: CallableModel) -> Any:
        return m

    def take_many(*args: Any, key: int = 1) -> Any:  # pyright: ignore[reportSelfClsParameterName]
        return args, key


class SubModel(Model):
    pass


class Other:
    def get(self) -> str:
        raise AssertionError("the wrong class's method")


def make_model() -> Any:
    return SubModel()


def make_other() -> Any:
    return Other()


def make_text() -> Any:
    return "text"


def describe_call(callable: str, factory: Callable[..., Any], **more: Any) -> dict[str, Any]:
    loader = {"loader": {"callable": f"{HERE}.{factory.__qualname__}"}, **more}
    return {"callable": f"{HERE}.{callable}", "signature": {"args": [{"$load": loader}]}}


def send(model: Any) -> Any:
    return pickle.loads(pickle.dumps(model))


class TestSelf:
    """
    What a document hands over as ``self`` is an instance, also where only the
    call can tell.
    """

    @pytest.mark.parametrize("copied", [lambda model: model, send, copy.copy, copy.deepcopy])
    @pytest.mark.parametrize("name", ["Model.get", "Model.take_many"])
    def test_factory(self, name: str, copied: Any):
        """
        A factory that returns an instance of another class is refused at the call.
        """
        model = CallableModel.parse_obj(describe_call(name, make_other), allow=[f"{HERE}.*"])

        with pytest.raises(LoadError, match=r"Cannot load Model: make_other returned .* Other"):
            copied(model)()

    def test_declared_class(self):
        """
        A class that is declared is checked as ever.
        """
        loader = ObjLoader[Model](loader=CallableModel(make_other))

        with pytest.raises(LoadError, match=r"Cannot load Model: make_other"):
            loader.load()

    def test_factory_of_data(self):
        """
        So is one that returns data.
        """
        model = CallableModel.parse_obj(describe_call("Model.get", make_text), allow=[f"{HERE}.*"])

        with pytest.raises(LoadError, match="of type str"):
            model()

    def test_factory_of_an_instance(self):
        """
        A factory may return an instance of a subclass.
        """
        document = describe_call("Model.get", make_model)

        model = CallableModel.parse_obj(document, allow=[f"{HERE}.*"])

        assert model() == "SubModel"

    def test_factory_on_a_worker(self):
        """
        The refusal comes back from a worker.
        """
        model = CallableModel.parse_obj(describe_call("Model.get", make_other), allow=[f"{HERE}.*"])

        with NormalExecutor[ThreadPoolExecutor](args=(1,)) as executor:
            future = executor.submit(model)

            with pytest.raises(LoadError):
                future.result()

    def test_document_is_the_same(self):
        """
        The check is no part of the value: the model equals the one that was
        written, and is written as it was.
        """
        loader: Any = ObjLoader(loader=CallableModel(make_model))
        model: Any = CallableModel(Model.get, args=(loader,))

        loaded = CallableModel.parse_raw(model.json(), allow=[f"{HERE}.*"])

        assert loaded == model
        assert hash(loaded) == hash(model)
        assert loaded.json() == model.json()

    def test_live_model(self):
        """
        In Python, whatever fits may be `self`.
        """
        loader: Any = ObjLoader(loader=CallableModel(make_other))
        document = {"callable": Model.get, "signature": {"self": loader}}

        assert CallableModel(Model.get, args=(loader,))() == "Other"
        assert CallableModel.parse_obj(document)() == "Other"

    def test_live_loader_in_a_document(self):
        """
        A loader that Python handed over stays as it is for others.
        """
        loader: Any = ObjLoader(loader=CallableModel(make_other))
        document = {"callable": f"{HERE}.Model.get", "signature": {"self": loader}}

        model = CallableModel.parse_obj(document, allow=[f"{HERE}.*"])

        with pytest.raises(LoadError):
            model()
        assert type(loader.load()) is Other

    @pytest.mark.parametrize("value", [5, {"a": 1}, [1], {"$tuple": [1]}, None])
    def test_data_among_positional_arguments(self, value: Any):
        """
        The first argument is looked at where a method takes any number.
        """
        document = {"callable": f"{HERE}.Model.take_many", "signature": {"args": [value]}}

        with refused("must be an instance of Model"):
            CallableModel.parse_obj(document, allow=[f"{HERE}.*"])

    def test_keyword_of_a_method_of_many(self):
        """
        A keyword-only argument is not the first one.
        """
        document = {"callable": f"{HERE}.Model.take_many", "signature": {"args": [], "key": 2}}

        assert CallableModel.parse_obj(document, allow=[f"{HERE}.*"])() == ((), 2)

    @pytest.mark.parametrize("name", ["Cached.get", "Lazy.get"])
    def test_data_behind_a_cache_or_a_lazy_class(self, name: str):
        """
        A cached method is a method, and so is one of a class that the module
        makes when it is asked for.
        """
        document = {"callable": f"lazy_models.{name}", "signature": {"self": {"n": 1}}}

        with refused("must be an instance of"):
            CallableModel.parse_obj(document, allow=["lazy_models.*"])


@pytest.fixture(autouse=True)
def lazy_models(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """
    A module with a cached method, and with a class that it makes on demand.
    """
    text = """
import functools

__all__ = ["Lazy"]

class Cached:
    @functools.lru_cache
    def get(self): return self

def __getattr__(name):
    if name == "Lazy":
        return _Lazy
    raise AttributeError(name)

class _Lazy:
    def get(self): return self

_Lazy.__qualname__ = "Lazy"
"""
    folder = tmp_path.parent / f"{tmp_path.name}-modules"
    folder.mkdir()
    (folder / "lazy_models.py").write_text(text, encoding="utf-8")
    monkeypatch.syspath_prepend(folder)
    monkeypatch.delitem(sys.modules, "lazy_models", raising=False)
