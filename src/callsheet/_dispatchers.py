"""
Modules that run what they are told to run: no wildcard may span them.
"""

from __future__ import annotations

__all__ = ["find_dispatcher"]

# A lint on the program's own list, not the boundary: that is the home rule.
# fmt: off
_DISPATCHERS = frozenset(
    {
        "asyncio.subprocess", "atexit", "bdb", "__builtin__", "builtins", "cffi", "cloudpickle",
        "code", "codeop", "compileall", "concurrent.interpreters", "copyreg", "cProfile", "_ctypes",
        "ctypes", "dill", "distutils", "doctest", "ensurepip", "_frozen_importlib",
        "_frozen_importlib_external", "_functools", "functools", "gc", "hydra", "idlelib", "_imp",
        "imp", "importlib", "inspect", "_interpreters", "ipykernel", "IPython", "jsonpickle",
        "lib2to3", "logging", "marshal", "modulefinder", "_multiprocessing", "multiprocessing",
        "nt", "_operator", "operator", "os", "pdb", "_pickle", "pickle", "pickletools", "pip",
        "pkg_resources", "pkgutil", "posix", "_posixsubprocess", "profile", "pty", "py_compile",
        "pydoc", "pydoc_data", "rlcompleter", "runpy", "setuptools", "shelve", "site",
        "sitecustomize", "subprocess", "sys", "_testcapi", "_testinternalcapi", "_thread",
        "timeit", "_tkinter", "tkinter", "trace", "types", "unittest", "usercustomize", "venv",
        "webbrowser", "_winapi", "_xxsubinterpreters", "zipapp", "zipimport",
    }
)
# fmt: on


def find_dispatcher(name: str) -> str | None:
    """
    Return the interpreter or dispatcher that a dotted name is or lies in, or
    None.
    """
    segments = name.split(".")
    for size in range(1, len(segments) + 1):
        prefix = ".".join(segments[:size])
        if prefix in _DISPATCHERS:
            return prefix
    return None
