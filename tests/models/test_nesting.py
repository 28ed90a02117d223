"""
Models in models, a thousand deep.
"""

from __future__ import annotations

import copy
import pickle

import pytest

from callsheet import CallableModel, NormalExecutor, ObjLoader
from callsheet.exceptions import CallsheetError

DEPTH = 1_000
PICKLED = 50  # further, pickle and copy reach no more than in any nested objects


class Part:
    """
    Something that is made of other parts.
    """

    def __init__(self, inner: object = None, size: int = 1) -> None:
        self.inner = inner
        self.size = size

    def run(self) -> object:
        """
        Return what is in it.
        """
        return self.inner


def take(inner: object = None, size: int = 1, *args: object, **kwargs: object) -> object:
    """
    Return what was given.
    """
    return inner, size, args, kwargs


def nest(kind: str, depth: int = DEPTH) -> CallableModel:
    """
    Return a model in which *depth* others stand, each in the next.
    """
    model = CallableModel(take, kwargs={"size": 2})
    for size in range(depth):
        if kind == "plain":
            model = CallableModel(take, kwargs={"inner": model, "size": size})
        elif kind == "loaders":
            loader = ObjLoader[Part](kwargs={"inner": model, "size": size})
            model = CallableModel(take, kwargs={"inner": loader})
        elif kind == "containers":
            model = CallableModel(take, kwargs={"inner": {"list": [(model,)]}})
        elif kind == "extras":
            model = CallableModel(take, kwargs={"more": model})
        else:
            model = CallableModel(take, args=(1, size, model))
    return model


KINDS = ("plain", "loaders", "extras", "positional", "containers")


@pytest.mark.parametrize("kind", KINDS)
def test_pickle(kind):
    """
    A pickle holds all levels, and is read again.
    """
    model = nest(kind, PICKLED)
    copied = pickle.loads(pickle.dumps(model))

    assert copied == model
    assert copied is not model


@pytest.mark.parametrize("kind", KINDS)
def test_deepcopy(kind):
    """
    A deep copy has as many levels.
    """
    model = nest(kind, PICKLED)

    assert model == copy.deepcopy(model)


@pytest.mark.parametrize("kind", KINDS)
def test_shared_parts_stay_shared(kind):
    """
    What two models hold in common is one object after pickling, too.
    """
    shared = nest(kind, PICKLED)
    model = CallableModel(take, args=([shared, shared], shared))
    first, size = _get(model)

    assert first[0] is first[1] is size
    assert first[0] == shared


def _get(model):
    copied = pickle.loads(pickle.dumps(model))
    return copied.signature.inner, copied.signature.size


@pytest.mark.parametrize("kind", KINDS[:-1])
def test_hash(kind):
    """
    Equal models have equal hashes at any depth.
    """
    model = nest(kind)

    assert hash(model) == hash(nest(kind))
    assert hash(model) != hash(nest(kind, DEPTH - 1))
    assert hash(model.signature) == hash(nest(kind).signature)
    assert {model: 1}[nest(kind)] == 1


def test_hash_of_what_has_none():
    """
    A list deep inside makes the whole unhashable.
    """
    model = nest("containers")

    with pytest.raises(TypeError, match="unhashable"):
        hash(model)
    with pytest.raises(TypeError, match="unhashable"):
        hash(CallableModel(take, kwargs={"more": [1]}))
    with pytest.raises(TypeError, match="unhashable"):
        hash(ObjLoader[Part](kwargs={"inner": {}}))


@pytest.mark.parametrize("kind", KINDS)
def test_repr(kind):
    """
    What Python cannot print is left out, far inside.
    """
    text = repr(nest(kind))

    assert text.startswith("CallableModel(callable=<function take")
    assert "CallableModel(...)" in text
    assert text.count("CallableModel(") > 20
    assert repr(ObjLoader[Part](kwargs={"inner": nest(kind)})).startswith("ObjLoader[")


def test_executors():
    """
    An executor whose constructor takes many levels can be copied and hashed.
    """
    executor = NormalExecutor[Part](
        args=(nest("loaders", PICKLED),),
        submit_callable="run",
        map_callable="run",
        shutdown_callable="run",
    )

    assert pickle.loads(pickle.dumps(executor)) == executor
    assert hash(executor) == hash(copy.deepcopy(executor))


@pytest.mark.parametrize("kind", KINDS)
def test_documents(kind):
    """
    What is too deep for a document is refused as such.
    """
    with pytest.raises(CallsheetError, match="deep"):
        nest(kind).json()


def test_what_holds_itself():
    """
    A list that holds itself, and a model, goes through pickle all the same.
    """
    endless: list = [CallableModel(take, kwargs={"size": [1]})]
    endless.append(endless)
    again = pickle.loads(pickle.dumps(CallableModel(take, args=(endless,))))
    inner = again.signature.inner

    assert inner[1] is inner
    assert inner[0] == endless[0]
