"""
Models are values: they compare, hash, print, copy, pickle, match.
"""

from __future__ import annotations

import copy
import multiprocessing
import pickle
import random
import sys
import threading
from concurrent.futures import ProcessPoolExecutor, ThreadPoolExecutor
from typing import Any

import attrs
import pytest

import targets
from callsheet import CallableModel, ContextExecutor, NormalExecutor, ObjLoader, SignatureModel
from callsheet.exceptions import DriftError
from targets import Box, Child, Point

THREADS = {"max_workers": 1}
MAKERS: dict[str, Any] = {
    "call": lambda: CallableModel(targets.add, kwargs={"x": 1}),
    "five kinds": lambda: CallableModel(
        targets.everything, args=(1, 2, 3), kwargs={"d": (4,), "k": 5}
    ),
    "unset": lambda: CallableModel(targets.everything),
    "class method": lambda: CallableModel(Child.make, args=(1,)),
    "bound method": lambda: CallableModel(Point(1).move, args=(1,)),
    "bound by a loader": lambda: CallableModel(Box.get, bind=ObjLoader[Box](args=(1,))),
    "built-in": lambda: CallableModel(max, args=(1, 2)),
    "wrapper": lambda: CallableModel(targets.wrapped, args=(1,)),
    "nested": lambda: CallableModel(
        targets.add, kwargs={"x": CallableModel(len), "y": ObjLoader[Box](args=(1,))}
    ),
    "record": lambda: CallableModel(targets.add, kwargs={"x": 1}).signature,
    "loader": lambda: ObjLoader[Box](args=(1,)),
    "factory": lambda: ObjLoader[Box](loader=CallableModel(targets.make_box)),
    "normal executor": lambda: NormalExecutor[ThreadPoolExecutor](kwargs=THREADS),
    "context executor": lambda: ContextExecutor[ThreadPoolExecutor](kwargs=THREADS),
}
EACH = pytest.mark.parametrize("make", MAKERS.values(), ids=MAKERS)


@EACH
def test_equality(make):
    """
    Two models that were made alike are equal, and hash alike.
    """
    assert make() == make()
    assert (make() != make()) is False
    assert hash(make()) == hash(make())
    assert {make(): 1}[make()] == 1


def test_all_differ():
    """
    Models that differ in anything are unequal.
    """
    models = [make() for make in MAKERS.values()]

    for i, one in enumerate(models):
        assert [i] == [j for j, other in enumerate(models) if one == other]
        assert one != "something else"


@pytest.mark.parametrize(
    ("x", "y"),
    [(1, True), (1, 1.0), (0, False), ((1,), [1]), ([1], [True]), ("a", b"a"), (None, 0)],
)
def test_strict_equality(x, y):
    """
    Equal is the same type and value at every node.
    """
    assert CallableModel(targets.add, args=(x,)) != CallableModel(targets.add, args=(y,))
    assert ObjLoader[Box](args=([x],)) != ObjLoader[Box](args=([y],))


def test_equality_is_always_a_bool():
    """
    Arrays and values with an odd ``==`` give a plain answer.
    """
    numpy = pytest.importorskip("numpy")

    class Odd:
        def __eq__(self, other: object) -> Any:
            raise RuntimeError("do not compare")

    array = CallableModel(targets.add, args=(numpy.arange(3),))
    odd = CallableModel(targets.add, args=(Odd(),))

    assert (array == CallableModel(targets.add, args=(numpy.arange(3),))) is True
    assert (array == CallableModel(targets.add, args=(numpy.arange(3.0),))) is False
    assert (odd == CallableModel(targets.add, args=(Odd(),))) is False
    assert (odd == odd) is True  # that is the test


def test_unhashable_argument():
    """
    A model hashes where its arguments hash.
    """
    with pytest.raises(TypeError, match="unhashable"):
        hash(CallableModel(targets.add, args=([1],)))


def test_signature_that_was_given_in_another_way():
    """
    How arguments were given does not matter, what they are does.
    """
    model = CallableModel(targets.add, args=(1, 4))

    assert model == CallableModel(targets.add, kwargs={"y": 4, "x": 1})
    assert model == CallableModel(targets.add, kwargs={"x": 1})
    assert model == CallableModel("targets.add", signature={"x": 1})


def test_repr():
    """
    The repr is the reference's.
    """
    text = repr(CallableModel(Point, kwargs={"x": 1, "y": 3}))

    assert text == (
        "CallableModel(callable=<class 'targets.Point'>, "
        "signature=Kwargs_Point(args=[], kwarg_order=['x', 'y'], x=1, y=3))"
    )


@EACH
def test_repr_of_each(make):
    """
    Every model prints, and its class first.
    """
    model = make()
    name = "Kwargs_add" if isinstance(model, SignatureModel) else type(model).__qualname__

    assert repr(model).startswith(f"{name}(")


@EACH
def test_copies(make):
    """
    Copies are equal; a shallow one may be the model itself, which is frozen.
    """
    model = make()

    for again in (copy.copy(model), copy.deepcopy(model)):
        assert type(again) is type(model)
        assert again == model


@EACH
@pytest.mark.parametrize("protocol", range(pickle.HIGHEST_PROTOCOL + 1))
def test_pickle(make, protocol):
    """
    Models pickle with every protocol.
    """
    model = make()

    again = pickle.loads(pickle.dumps(model, protocol))

    assert type(again) is type(model)
    assert again == model


@EACH
def test_frozen(make):
    """
    No attribute can be set or deleted.
    """
    model = make()
    name = attrs.fields(type(model))[0].name

    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        setattr(model, name, None)
    with pytest.raises(attrs.exceptions.FrozenInstanceError):
        delattr(model, name)


def test_sentinel_survives():
    """
    A default that is compared by identity stays that object.
    """
    model = CallableModel(targets.with_sentinel)

    for again in (
        model,
        copy.deepcopy(model),
        pickle.loads(pickle.dumps(model)),
        CallableModel(**model.dict()),
        CallableModel.parse_raw(model.json(), allow=["targets.*"]),
    ):
        assert again() == (True, ())
        assert again == model


def test_pickle_of_a_signature_that_has_changed(monkeypatch):
    """
    A pickle whose callable has other parameters today is refused.
    """
    data = pickle.dumps(CallableModel(targets.add, kwargs={"x": 1}))
    monkeypatch.setattr(targets.add, "__code__", (lambda x, z=1: x).__code__)

    with pytest.raises(DriftError, match="its parameters were x, y, today they are x, z"):
        pickle.loads(data)


def test_pickle_of_a_lambda():
    """
    What pickle cannot name, it refuses as ever.
    """
    with pytest.raises((pickle.PicklingError, AttributeError)):
        pickle.dumps(CallableModel(targets.make_local()))


def call(model: Any) -> Any:
    return model()


@pytest.mark.parametrize("method", ["spawn", "fork"])
def test_process_pool(method):
    """
    A model is submitted to a process pool like any function.
    """
    if method not in multiprocessing.get_all_start_methods():
        pytest.skip(f"no {method} here")
    if method == "fork" and sys.version_info >= (3, 12):
        pytest.skip("3.12 warns of forking with threads")
    context = multiprocessing.get_context(method)
    models = [MAKERS[name]() for name in ("call", "five kinds", "bound method", "class method")]

    with ProcessPoolExecutor(1, mp_context=context) as pool:
        results = [pool.submit(model).result() for model in models]

    assert results == [model() for model in models]


def test_evolve():
    """
    `attrs.evolve` puts arguments over the stored ones.
    """
    model = CallableModel(targets.add, kwargs={"x": 1, "y": 2})

    assert attrs.evolve(model, kwargs={"y": 5}) == CallableModel(targets.add, args=(1, 5))
    assert attrs.evolve(model, args=(7,)) == CallableModel(targets.add, args=(7, 2))
    assert attrs.evolve(model) == model
    assert model() == 3


def test_evolve_of_a_loader():
    """
    Loaders, too.
    """
    loader = ObjLoader[Box](kwargs={"content": 1})

    assert attrs.evolve(loader, kwargs={"content": 2}) == ObjLoader[Box](kwargs={"content": 2})
    assert attrs.evolve(loader) == loader


def test_pattern_matching():
    """
    Models match by their parts.
    """
    match CallableModel(targets.add, kwargs={"x": 1}):
        case CallableModel(targets.add, signature=SignatureModel(x=x, y=4)):
            assert x == 1
        case _:
            pytest.fail("no match")
    match ObjLoader[Box](args=(1,)):
        case ObjLoader(loader=CallableModel(callable=cls), object_type=targets.Box):
            assert cls is Box
        case _:
            pytest.fail("no match")


def test_threads():
    """
    One model is called, written and read by many threads at once.
    """
    model = CallableModel(targets.everything, args=(1,), kwargs={"d": ObjLoader[Box](args=(1,))})
    text = model.json()
    errors: list[BaseException] = []

    def work() -> None:
        try:
            for i in range(100):
                assert model(b=i)[1] == i
                assert model.json() == text
                assert CallableModel.parse_raw(text, allow=["targets.*"]) == model
                assert hash(ObjLoader[Box]) == hash(ObjLoader[Box])
        except BaseException as error:
            errors.append(error)

    threads = [threading.Thread(target=work) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert errors == []


def test_generic_alias():
    """
    ``CallableModel[int]`` is for type checkers; it makes the same models.
    """
    assert CallableModel[int](targets.add, args=(1,)) == CallableModel(targets.add, args=(1,))


def test_pickle_keeps_what_a_method_is_bound_to():
    """
    A method with all its arguments stored keeps its loader through pickle, and
    a method of a module's own instance stays that instance's.
    """
    bound = CallableModel(Box.get, bind=ObjLoader[Box](args=(3,)), kwargs={"key": 1})
    hidden = CallableModel(random.uniform, kwargs={"a": 1, "b": 2})

    assert pickle.loads(pickle.dumps(bound)) == bound
    assert pickle.loads(pickle.dumps(hidden)).callable == random.uniform
