"""
A loader builds an object later.
"""

from __future__ import annotations

import copy
import pickle
from concurrent.futures import Executor, ThreadPoolExecutor
from typing import Any, Union

import pytest
import typing_extensions

import targets
from callsheet import CallableModel, NormalExecutor, ObjLoader
from callsheet.exceptions import DocumentError, LoadError, ModelError, SignatureError
from targets import Box, Child, Point, Witness

ALLOW = ["targets.*"]


def test_load():
    """
    Each load builds a new object.
    """
    loader = ObjLoader[Point](kwargs={"x": 1, "y": 3})

    assert loader.load() == Point(1, 3)
    assert loader.load() is not loader.load()
    assert loader.object is None


def test_load_and_store():
    """
    ``load(store=True)`` keeps the object beside the data.
    """
    loader = ObjLoader[Point](args=(1,))
    other = ObjLoader[Point](args=(1,))

    loaded = loader.load(store=True)

    assert loader.object is loaded
    assert loader == other
    assert hash(loader) == hash(other)
    assert pickle.loads(pickle.dumps(loader)).object is None
    assert '"object": null' in loader.json()


def test_class_that_knows_its_parameter():
    """
    ``ObjLoader[T]`` is one class, which pickles.
    """
    cls = ObjLoader[Point]

    assert cls is ObjLoader[Point]
    assert cls is not ObjLoader[Child]
    assert issubclass(cls, ObjLoader)
    assert cls.__name__.isidentifier()
    assert cls.__qualname__ == "ObjLoader[Point]"
    assert pickle.loads(pickle.dumps(cls(args=(1,)))) == cls(args=(1,))


@pytest.mark.parametrize(
    "make",
    [
        lambda: ObjLoader[Point](args=(1,)),
        lambda: ObjLoader(loader=CallableModel(Point, args=(1,))),
        lambda: ObjLoader(loader={"callable": Point, "args": (1,)}),
        lambda: ObjLoader(loader={"callable": "targets.Point", "args": (1,)}),
        lambda: ObjLoader(object_type=Point, args=(1,)),
        lambda: ObjLoader(object=Point(5), args=(1,)),
        lambda: ObjLoader[Point](loader={"args": (1,)}),
        lambda: ObjLoader[Point](loader={"signature": {"x": 1}}),
        lambda: ObjLoader[Point](**ObjLoader[Point](args=(1,)).dict()),
        lambda: ObjLoader(**ObjLoader[Point](args=(1,)).dict()),
        lambda: ObjLoader.parse_raw(ObjLoader[Point](args=(1,)).json(), allow=ALLOW),
        lambda: ObjLoader[Point].parse_raw(ObjLoader[Point](args=(1,)).json()),
        lambda: ObjLoader[Point].parse_obj({"loader": {"signature": {"x": 1}}}),
    ],
)
def test_every_way_to_make_one(make):
    """
    The parameter comes from the class, the instance, the document or the call.
    """
    loader = make()

    assert type(loader) is ObjLoader[Point]
    assert loader.object_type is Point
    assert loader.loader == CallableModel(Point, args=(1,))
    assert loader == ObjLoader[Point](args=(1,))


def test_repr():
    """
    The repr shows what would be called.
    """
    assert repr(ObjLoader[Point](args=(1,))) == (
        "ObjLoader[Point](loader=CallableModel(callable=<class 'targets.Point'>, "
        "signature=Kwargs_Point(args=[], kwarg_order=['x', 'y'], x=1, y=0)))"
    )


def test_equality_spans_the_parameter():
    """
    Loaders of two classes differ, though they call the same.
    """
    factory = CallableModel(Child.make, args=(1,))

    assert ObjLoader[Point](loader=factory) != ObjLoader[Child](loader=factory)
    assert ObjLoader[Point](args=(1,)) != ObjLoader[Child](args=(1,))
    assert ObjLoader[Point](args=(1,)) != 1


class TestFactories:
    """
    A loader may call a factory; what comes out must be a T.
    """

    def test_factory(self):
        """
        The factory's result is the object.
        """
        loader = ObjLoader[Box](loader=CallableModel(targets.make_box, args=(1,)))

        assert loader.load() == Box(1)
        assert ObjLoader.parse_raw(loader.json(), allow=ALLOW) == loader

    def test_wrong_result(self):
        """
        What is no T is an error that names the factory.
        """
        loader = ObjLoader[Box](loader=CallableModel(targets.make_nothing))

        with pytest.raises(LoadError, match="Cannot load Box: make_nothing returned None"):
            loader.load()
        with pytest.raises(TypeError, match="make_nothing"):
            CallableModel(targets.add, kwargs={"x": loader})()

    def test_subclass(self):
        """
        A subclass of T will do, and a base class that makes one may.
        """
        assert ObjLoader[Point](loader=CallableModel(Child, args=(1,))).load() == Child(1)

    def test_document_of_a_subclass(self):
        """
        A document of a subclass of T loads back as what it was, if the policy
        allows the subclass; one of a base class does not.
        """
        child = ObjLoader[Child](args=(1,))

        assert ObjLoader[Point].parse_raw(child.json(), allow=ALLOW) == child
        with pytest.raises(DocumentError):
            ObjLoader[Point].parse_raw(child.json())
        with pytest.raises(DocumentError) as caught:
            ObjLoader[Child].parse_raw(ObjLoader[Point](args=(1,)).json(), allow=ALLOW)
        assert "is not the declared" in str(caught.value)

    def test_document_of_an_executor_of_a_subclass(self):
        """
        The same holds for executors, so that a record may say Executor.
        """
        threads = NormalExecutor[ThreadPoolExecutor](kwargs={"max_workers": 1})

        again = NormalExecutor[Executor].parse_raw(threads.json(), allow=[ThreadPoolExecutor])

        assert again == threads

    @pytest.mark.parametrize("anything", [Any, typing_extensions.Any])
    def test_any(self, anything):
        """
        ``Any`` says as much as no class.
        """
        loader = ObjLoader[Point](args=(1,))

        assert ObjLoader[anything] is ObjLoader
        assert ObjLoader[anything].parse_raw(loader.json(), allow=ALLOW) == loader
        assert NormalExecutor[anything] is NormalExecutor

    @pytest.mark.parametrize("parameter", [Point | None, Union[Point, Box]])  # noqa: UP007  two classes
    def test_no_class(self, parameter):
        """
        A union makes no objects.
        """
        with pytest.raises(ModelError, match="it takes a class"):
            ObjLoader[parameter]

    def test_class_that_has_nothing_to_do_with_it(self):
        """
        Another class is refused when the loader is made.
        """
        with pytest.raises(ModelError, match="declare ObjLoader"):
            ObjLoader[Box](loader=CallableModel(Point, args=(1,)))

    def test_refused_factory(self):
        """
        In a document, the policy must allow the factory.
        """
        loader = ObjLoader[Box](loader=CallableModel(targets.make_box, args=(1,)))

        with pytest.raises(DocumentError) as caught:
            ObjLoader[Box].parse_raw(loader.json())
        assert 'allow=[..., "targets.make_box"]' in str(caught.value)

    def test_without_a_class(self):
        """
        A factory alone does not say what it makes, and that is all right.
        """
        loader = ObjLoader(loader=CallableModel(targets.make_box, args=(1,)))

        assert loader.object_type is None
        assert loader.load() == Box(1)
        assert ObjLoader.parse_raw(loader.json(), allow=ALLOW) == loader


@pytest.mark.parametrize(
    ("make", "match"),
    [
        (lambda: ObjLoader(), "nothing tells what it loads"),
        (lambda: ObjLoader[Point](args=(1,), object=3), "not an instance"),
        (lambda: ObjLoader[Point](object_type=Box), "object_type is Box"),
        (lambda: ObjLoader[Point](loader=3), "must be a CallableModel"),
        (lambda: ObjLoader[Point](loader={"arg": (1,)}), "unknown key 'arg'"),
        (lambda: ObjLoader(loader={"args": (1,)}), "nothing tells|no callable"),
    ],
)
def test_what_makes_no_loader(make, match):
    """
    What does not say what to load is an error.
    """
    with pytest.raises(ModelError, match=match):
        make()


def test_arguments_that_do_not_fit():
    """
    Arguments are checked when the loader is made.
    """
    with pytest.raises(SignatureError, match="Point"):
        ObjLoader[Point](kwargs={"z": 1})


class TestNested:
    """
    Loaders and calls as arguments.
    """

    LOADER = ObjLoader[Box](kwargs={"content": 1})

    def test_loader_is_built_at_the_call(self):
        """
        A stored loader is built each time.
        """
        model = CallableModel(targets.only_args, args=(self.LOADER,))

        (first,), (second,) = model(), model()

        assert first == second == Box(1)
        assert first is not second

    @pytest.mark.parametrize(
        "wrap",
        [
            lambda x: [x],
            lambda x: (0, x),
            lambda x: {"k": x},
            lambda x: {"k": [(x, {1: x})]},
        ],
    )
    def test_loader_in_a_container(self, wrap):
        """
        In plain lists, tuples and dicts, too.
        """
        model = CallableModel(targets.only_args, args=(wrap(self.LOADER),))

        assert model() == (wrap(Box(1)),)

    @pytest.mark.parametrize(
        "travel",
        [
            lambda model: model,
            copy.copy,
            copy.deepcopy,
            lambda model: pickle.loads(pickle.dumps(model)),
            lambda model: CallableModel(**model.dict()),
            lambda model: CallableModel.parse_raw(model.json(), allow=ALLOW),
        ],
    )
    @pytest.mark.parametrize(
        "arrange",
        [
            lambda box: [box, box],
            lambda box: [[box, box]],
            lambda box: [{"a": box, "b": (box,)}],
            lambda box: [ObjLoader[Witness](args=(box,)), box],
            lambda box: [*[[box]] * 2],
        ],
    )
    def test_each_occurrence_on_its_own(self, travel, arrange):
        """
        One loader that stands at two places is built twice, whatever the model
        went through: a document cannot tell one loader from two equal ones.
        """
        model = CallableModel(targets.only_args, args=arrange(ObjLoader[Witness]()))
        again = travel(model)
        Witness.made.clear()

        again()

        assert again == model
        assert ["innermost"] * 2 == [w.content for w in Witness.made if w.content == "innermost"]

    def test_one_object_at_two_places(self):
        """
        An object that two arguments are to share is built by a function that
        passes it to both.
        """
        model = CallableModel(
            targets.call_twice, args=(CallableModel(targets.only_args), ObjLoader[Box]())
        )

        first, second = CallableModel.parse_raw(model.json(), allow=ALLOW)()

        assert first is second

    def test_in_every_place(self):
        """
        Named, var-positional and var-keyword arguments are built.
        """
        loader = self.LOADER
        model = CallableModel(
            targets.everything, args=(loader, 2, loader), kwargs={"d": loader, "k": [loader]}
        )
        box = Box(1)

        assert model() == (box, 2, (box,), 3, box, {"k": [box]})
        assert CallableModel.parse_raw(model.json(), allow=ALLOW)() == model()
        assert CallableModel(**model.dict())() == model()
        assert pickle.loads(pickle.dumps(model))() == model()

    def test_given_loader_is_passed_as_it_is(self):
        """
        What is given at the call is never built.
        """
        model = CallableModel(targets.everything, args=(self.LOADER,), kwargs={"d": 1})

        assert model(self.LOADER)[0] is self.LOADER
        assert model(k=self.LOADER)[-1] == {"k": self.LOADER}
        assert model(k=self.LOADER)[0] == Box(1)

    def test_annotation_that_asks_for_the_loader(self):
        """
        A parameter that asks for the loader itself gets it.
        """
        model = CallableModel(targets.take_loader, args=(self.LOADER, self.LOADER))

        assert model() == (self.LOADER, Box(1))
        assert CallableModel.parse_raw(model.json(), allow=ALLOW)() == model()

    def test_container_without_loader_is_passed_as_it_is(self):
        """
        Only a container that holds a loader is rebuilt.
        """
        plain = [[1], {"k": (2,)}]

        assert CallableModel(targets.only_args, args=(plain, self.LOADER))()[0] is plain

    def test_call_is_passed_as_a_callable(self):
        """
        A `CallableModel` argument is the callable that it is.
        """
        call = CallableModel(targets.add, kwargs={"y": 5})
        model = CallableModel(targets.apply, args=(call, 1))

        assert model() == 6
        assert CallableModel.parse_raw(model.json(), allow=ALLOW)() == 6

    def test_loaders_in_loaders(self):
        """
        To any depth.
        """
        loader: Any = self.LOADER
        for _ in range(5):
            loader = ObjLoader[Box](kwargs={"content": [loader]})

        again = ObjLoader.parse_raw(loader.json(), allow=ALLOW)

        assert again == loader
        assert again.load() == Box([Box([Box([Box([Box([Box(1)])])])])])

    def test_executor_as_an_argument(self):
        """
        An executor is an argument like another.
        """
        executor = NormalExecutor[ThreadPoolExecutor](kwargs={"max_workers": 1})
        model = CallableModel(targets.only_args, args=(executor,))

        again = CallableModel.parse_raw(
            model.json(), allow=[*ALLOW, "concurrent.futures.ThreadPoolExecutor"]
        )

        assert again == model
        assert again()[0] == executor

    def test_default_that_is_a_loader(self):
        """
        A default is what the function has, not what is stored: it is built as
        any argument of the model is.
        """

        def fn(box: Any = self.LOADER) -> Any:
            return box

        assert CallableModel(fn)() in (self.LOADER, Box(1))
