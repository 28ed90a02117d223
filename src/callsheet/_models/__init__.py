"""
Models of callables and of loaders.

In the order of their imports: `generics`, `preparing`, `callables`, `loaders`.
"""

# pyright: reportUnusedImport=false

from .callables import CallableModel, as_subclass, by_name, make_model, make_plain_model
from .generics import Parametrized, is_narrower, narrow, parametrize
from .loaders import JSON_ENCODERS, ObjLoader, check_call, get_built, make_loader
from .preparing import check_bindable
