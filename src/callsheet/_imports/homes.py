"""
Homes of objects: the modules and the qualified names that define them.
"""

from __future__ import annotations

import functools
import os
import sys
import types
import typing
import unicodedata
from typing import Any, cast

from .._statics import (
    LRU_WRAPPER,
    MISSING,
    find_in_class,
    get_class_dict,
    get_module_dict,
    get_partialmethod,
    get_type,
    is_class,
    is_module,
    read_slot,
)

_DEPTH = 8  # of partials of methods of partials; nothing sane comes near

get_class_module = read_slot(type, "__module__")
get_class_qualname = read_slot(type, "__qualname__")
_class_flags = read_slot(type, "__flags__")
_function_module = read_slot(types.FunctionType, "__module__")
_function_qualname = read_slot(types.FunctionType, "__qualname__")
_function_globals = read_slot(types.FunctionType, "__globals__")
_function_code = read_slot(types.FunctionType, "__code__")
_builtin_module = read_slot(types.BuiltinFunctionType, "__module__")
_builtin_name = read_slot(types.BuiltinFunctionType, "__name__")
_builtin_self = read_slot(types.BuiltinFunctionType, "__self__")
_wrapper_self = read_slot(types.MethodWrapperType, "__self__")
_wrapper_name = read_slot(types.MethodWrapperType, "__name__")
_method_function = read_slot(types.MethodType, "__func__")
_method_self = read_slot(types.MethodType, "__self__")
_partial_function = read_slot(functools.partial, "func")
_lru_dict = read_slot(LRU_WRAPPER, "__dict__")
_alias_origin = read_slot(types.GenericAlias, "__origin__")
DESCRIPTORS = (
    types.MethodDescriptorType,
    types.WrapperDescriptorType,
    types.ClassMethodDescriptorType,
)
# Functions of C code that are no builtin_function_or_method.
_C_FUNCTIONS = frozenset(
    {("numpy", "ufunc"), ("numpy", "_ArrayFunctionDispatcher"), ("uarray", "_Function")}
)
_HEAP_TYPE = 1 << 9  # Py_TPFLAGS_HEAPTYPE: not set for the static types of C code
_CAPSULE = get_type(vars(unicodedata).get("_ucnhash_CAPI"))
_TYPING_ALIAS: type = type(typing.List[int])  # noqa: UP006  list[int] is another class


def get_home(obj: object) -> str | None:
    """
    Return the dotted name under which an object was defined, or None if it
    does not say.

    Nothing of the object runs: no metaclass, property or ``__getattr__``.
    """
    return next(iter(get_homes(obj)), None)


def get_homes(obj: Any, depth: int = 0) -> tuple[str, ...]:
    """
    Return every home that *obj* needs: a bound method those of its function
    and of what it is bound to, most objects exactly one; empty if unknown.
    """
    kind = get_type(obj)
    if kind is types.FunctionType:
        made_by = get_partialmethod(obj)
        if made_by is not None and depth < _DEPTH:
            return get_homes(made_by.func, depth + 1)
        return _function_home(obj)
    if is_class(obj):
        return _class_home(obj)
    if is_module(obj) or depth > _DEPTH:
        return ()
    if kind is types.MethodType:
        owner = _method_self(obj)
        return _all(get_homes(_method_function(obj), depth + 1), _class_home(_as_class(owner)))
    if kind is types.BuiltinFunctionType:
        return _builtin_home(obj)
    if kind is types.MethodWrapperType:
        return _below(_as_class(_wrapper_self(obj)), _wrapper_name(obj))
    if any(kind is descriptor for descriptor in DESCRIPTORS):
        return _below(obj.__objclass__, obj.__name__)
    inner = _find_inner(obj, kind)
    if inner is MISSING:
        return _carried_home(obj) or _compiled_home(obj, kind) or _class_home(kind)
    homes = get_homes(inner, depth + 1)
    if kind is functools.partial or not issubclass(kind, functools.partial):
        return homes
    return _all(homes, _class_home(get_type(obj)))  # a subclass brings its own code


def is_of_python(obj: object) -> bool:
    """Return whether an object says that the standard library defines it."""
    return (get_home(obj) or "").partition(".")[0] in sys.stdlib_module_names


def is_at_home(obj: object, stem: str) -> bool:
    """
    Return whether all of an object's homes lie under the dotted name *stem*.

    The C accelerator ``_a`` counts as a home for a top level module ``a``.
    """
    homes = get_homes(obj)
    prefixes = (f"{stem}.",) if "." in stem else (f"{stem}.", f"_{stem}.")
    # What a method is bound to may be the stem itself: "pkg.Model.*" opens Model.make.
    return (
        bool(homes)
        and homes[0].startswith(prefixes)
        and all(home == stem or home.startswith(prefixes) for home in homes[1:])
    )


def is_homeless(obj: object) -> bool:
    """
    Return whether *obj* is a function of C code that has no place for the name
    of its module, such as a ufunc.
    """
    kind = get_type(obj)
    return _is_c_function(kind) and not _carried_home(obj)


def get_module_home(module: types.ModuleType) -> str:
    """
    Return the name under which a module was imported first; it may stand in
    ``sys.modules`` under others.
    """
    name = get_module_dict(module).get("__name__")
    if type(name) is not str:
        return ""
    return "__main__" if name == "__mp_main__" else name


def find_launcher() -> str | None:
    """
    Return the file that ``__main__`` comes from if that is not the program
    but what runs it (``python -m cProfile app.py``), or None.
    """
    module = sys.modules.get("__main__")
    if not is_module(module):
        return None
    file = get_module_dict(module).get("__file__")
    return file if type(file) is str and _is_launcher(file) else None


def _is_launcher(file: str) -> bool:
    """
    Return whether code that runs as ``__main__`` is another program's.

    The standard library has none but launchers. What is installed is a program
    of its own until it hands ``sys.argv`` to another one.
    """
    if file.startswith("<"):  # frozen, or typed at a prompt
        return file.startswith("<frozen ") and _is_standard(file[8:-1])
    if _is_in_library(file):
        return True
    if not _is_installed(file):
        return False
    given: Any = [*getattr(sys, "argv", ()), ""][0]
    given = os.path.abspath(given) if type(given) is str else ""
    return given not in (file, os.path.dirname(file))


def _is_in_library(file: str) -> bool:
    folder = os.path.dirname(getattr(os, "__file__", ""))
    start, _, name = os.path.realpath(file).partition(os.path.join(os.path.realpath(folder), ""))
    # The name counts, too: a frozen program may keep its script beside the library.
    return bool(folder) and not start and _is_standard(name.replace(os.sep, "."))


def _is_installed(file: str) -> bool:
    folder = os.path.dirname(file)
    parts = os.path.normcase(folder).split(os.sep)
    if "site-packages" in parts or "dist-packages" in parts:
        return True
    if hasattr(sys, "frozen"):  # its script may lie beside its executable
        return False
    return bool(folder) and folder == os.path.dirname(sys.executable or "")


def _is_standard(name: str) -> bool:
    return name.partition(".")[0] in sys.stdlib_module_names


def _find_inner(obj: Any, kind: type) -> Any:
    """Return the callable that a wrapper of the standard library calls."""
    if issubclass(kind, functools.partial):
        return _partial_function(obj)
    if kind is LRU_WRAPPER:
        return cast("dict[str, Any]", _lru_dict(obj)).get("__wrapped__", MISSING)
    if kind is staticmethod or kind is classmethod:
        return obj.__func__
    if kind is functools.partialmethod:
        return _read_dict(obj).get("func", MISSING)
    if kind is types.GenericAlias:
        return _alias_origin(obj)
    if kind is _TYPING_ALIAS:
        return _read_dict(obj).get("__origin__", MISSING)
    return MISSING


def _read_dict(obj: object) -> dict[str, Any]:
    return cast("dict[str, Any]", object.__getattribute__(obj, "__dict__"))


def _function_home(obj: Any) -> tuple[str, ...]:
    module = _function_module(obj)
    if module == "__main__":
        # `python -m runpy app` runs the program in the namespace that runpy has filled.
        file = _function_code(obj).co_filename
        main = sys.modules.get("__main__")
        is_own = is_module(main) and get_module_dict(main) is _function_globals(obj)
        if is_own and _is_launcher(file):
            module = file
    return _join(module, _function_qualname(obj))


def _builtin_home(obj: Any) -> tuple[str, ...]:
    owner = _builtin_self(obj)
    name = _builtin_name(obj)
    if owner is None or is_module(owner) or _is_capsule(owner):
        module = _builtin_module(obj)
        if module is None and is_module(owner):
            module = get_module_dict(owner).get("__name__")
        return _join(module, name)
    return _below(_as_class(owner), name)


def _is_capsule(owner: object) -> bool:
    # pybind11 keeps its record of a module's function where the module belongs.
    kind = get_type(owner)
    return kind is _CAPSULE or get_class_module(kind) == "pybind11_builtins"


def _is_c_function(kind: type) -> bool:
    key = (get_class_module(kind), get_class_qualname(kind))
    return not _class_flags(kind) & _HEAP_TYPE and key in _C_FUNCTIONS


def _carried_home(obj: Any) -> tuple[str, ...]:
    """Return the home that a function of C code carries in its own dictionary."""
    if not _is_c_function(get_type(obj)):
        return ()
    try:
        carried = _read_dict(obj)
    except AttributeError:  # before numpy 2.2, ufuncs had none
        return ()
    return _join(carried.get("__module__"), carried.get("__qualname__"))


def _compiled_home(obj: Any, kind: type) -> tuple[str, ...]:
    """
    Return the home that a compiled function carries (Cython): only C code can
    give a class getset descriptors of these names.
    """
    namespace = get_class_dict(kind)
    module = namespace.get("__module__")
    is_compiled = isinstance(module, (types.GetSetDescriptorType, types.MemberDescriptorType))
    # A class of Python may inherit the others, but its __module__ is text of its own.
    qualname, code = (
        find_in_class(kind, name)[0] if is_compiled else namespace.get(name)
        for name in ("__qualname__", "__code__")
    )
    if type(qualname) is not types.GetSetDescriptorType:
        return ()
    if type(code) is not types.GetSetDescriptorType:
        return ()
    return _join(module.__get__(obj) if is_compiled else module, qualname.__get__(obj))


def _as_class(owner: object) -> type[Any]:
    return owner if is_class(owner) else type(owner)


def _class_home(cls: type) -> tuple[str, ...]:
    return _join(get_class_module(cls), get_class_qualname(cls))


def _below(cls: type, name: object) -> tuple[str, ...]:
    return tuple(f"{home}.{name}" for home in _class_home(cls)) if type(name) is str else ()


def _join(module: object, qualname: object) -> tuple[str, ...]:
    # Exactly str: a subclass could answer startswith() as it likes.
    if type(module) is not str or type(qualname) is not str:
        return ()
    # The main module's name in a process that multiprocessing has spawned.
    return (f"{'__main__' if module == '__mp_main__' else module}.{qualname}",)


def _all(one: tuple[str, ...], other: tuple[str, ...]) -> tuple[str, ...]:
    return (*one, *other) if one and other else ()
