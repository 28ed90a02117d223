"""
The reference's own table of encoders, kept for its users.
"""

from __future__ import annotations

from typing import Any

import targets
from callsheet import JSON_ENCODERS, CallableModel, ObjLoader
from targets import Box, Point


def encode(value: Any) -> Any:
    """
    Look a value's class up along its MRO, as pydantic v1 does.
    """
    for cls in type(value).__mro__[:-1]:
        if cls in JSON_ENCODERS:
            return JSON_ENCODERS[cls](value)
    raise TypeError(value)


def test_callables():
    """
    Functions, methods, built-ins and classes are written as their names, a
    bound method without its instance.
    """
    assert encode(targets.add) == "targets.add"
    assert encode(Point(1).move) == "targets.Point.move"
    assert encode(len) == "builtins.len"
    assert encode(Point) == "targets.Point"
    assert encode(Point.Inner) == "targets.Point.Inner"


def test_class_with_a_metaclass():
    """
    Whatever the metaclass is.
    """
    assert encode(ObjLoader[Box]) == "callsheet._models.loaders.ObjLoader[Box]"


def test_models():
    """
    A model is written as its live form, to which the table applies again.
    """
    model = CallableModel(targets.add, args=(1,))

    assert encode(model) == model.dict()
    assert encode(model.signature) == model.signature.dict()
    assert encode(encode(model)["callable"]) == "targets.add"
    assert encode(ObjLoader[Box]()) == ObjLoader[Box]().dict()
