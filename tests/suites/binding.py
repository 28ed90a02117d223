"""
CPython's own tests of `inspect.Signature.bind`, with models that bind.

    python tests/suites/binding.py

Each test runs twice: with the arguments stored in the model, and given at the
call. A failure that is no row of `DIFFERENCES` fails the run.
"""

from __future__ import annotations

import importlib
import sys
import unittest
from collections.abc import Callable
from typing import Any

from callsheet import CallableModel


def load_tests() -> type[Any] | None:
    """
    Return the class of tests of the running Python, if it comes with it.
    """
    for name in ("test.test_inspect.test_inspect", "test.test_inspect"):
        try:
            return getattr(importlib.import_module(name), "TestSignatureBind", None)
        except ModuleNotFoundError:
            continue
    return None


def call_stored(func: Callable[..., Any], *args: Any, **kwargs: Any) -> Any:
    return CallableModel(func, args=args, kwargs=kwargs)()


def call_given(func: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Any:
    return CallableModel(func)(*args, **kwargs)


#: What the messages of models say in other words.
WORDS = {
    "missing": "missing the required argument",  # all of them at once
    "positional-only arguments passed as keyword": "is positional-only",
}

#: What is decided to be otherwise, by the names of tests, and why.
DIFFERENCES: dict[str, str] = {}
if sys.version_info < (3, 13):
    DIFFERENCES["test_signature_bind_positional_only"] = (
        "bind refuses a keyword that the plain call puts into **kwargs (python/cpython#87106)"
    )


class OwnWords:
    """
    Knows the words of a model.
    """

    def assertRaisesRegex(self, kind: Any, pattern: str, *args: Any, **kwargs: Any) -> Any:
        words = (own for theirs, own in WORDS.items() if pattern.startswith(theirs))
        expect = super().assertRaisesRegex  # type: ignore[misc]
        return expect(kind, next(words, pattern), *args, **kwargs)


def main() -> int:
    """
    Print the counts, and each failure.
    """
    tests = load_tests()
    version = sys.version.split()[0]
    if tests is None:
        print(f"This Python ({version}) comes without test.test_inspect.")
        return 0
    n_failed = 0
    for call in (call_stored, call_given):
        kind = type(tests.__name__, (OwnWords, tests), {"call": staticmethod(call)})
        suite = unittest.defaultTestLoader.loadTestsFromTestCase(kind)
        result = unittest.TestResult()
        suite.run(result)
        found = [(test.id().rpartition(".")[2], detail) for test, detail in result.failures]
        found += [(test.id().rpartition(".")[2], detail) for test, detail in result.errors]
        failed = [(name, detail) for name, detail in found if name not in DIFFERENCES]
        n_failed += len(failed)
        for name, detail in failed:
            print(f"=== {name}\n{detail}")
        print(
            f"Python {version}, {call.__name__}: {result.testsRun} tests, {len(failed)} failed, "
            f"{len(found) - len(failed)} different, {len(result.skipped)} skipped"
        )
    return int(n_failed > 0)


if __name__ == "__main__":
    sys.exit(main())
