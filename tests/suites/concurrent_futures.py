"""
CPython's own tests of `concurrent.futures`, with models in place of executors.

    python tests/suites/concurrent_futures.py [--direct] [NAME ...]

The tests are those of the running Python; each class of them runs in a process
of its own, where a test that takes longer than the limit counts as a hang.
Every executor that they make is a `NormalExecutor`, also in the programs that
they start. A failure that is no row of `DIFFERENCES` fails the run.
"""

from __future__ import annotations

import argparse
import concurrent.futures
import faulthandler
import importlib
import importlib.util
import json
import os
import signal
import subprocess
import sys
import types
import unittest
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parent.parent
PACKAGE = "test.test_concurrent_futures"
LIMIT = 100.0

#: What is decided to be otherwise, by the names of tests, and why: the rows of docs/executors.md.
DIFFERENCES: dict[str, str] = {}


def load_modules() -> list[types.ModuleType]:
    """
    Import the tests: a package, and a single module before Python 3.12.
    """
    package = importlib.import_module(PACKAGE)
    if not hasattr(package, "__path__"):
        return [package]
    names = sorted(path.stem for path in Path(package.__path__[0]).glob("*.py"))
    return [importlib.import_module(f"{PACKAGE}.{name}") for name in names if name != "__init__"]


def get_classes() -> dict[str, type[unittest.TestCase]]:
    """
    Return the classes of tests, those of the future's class alone excepted.
    """
    found = {}
    for module in load_modules():
        for name, value in vars(module).items():
            is_test = isinstance(value, type) and issubclass(value, unittest.TestCase)
            if is_test and value.__module__ == module.__name__ and name != "FutureTests":
                found[f"{module.__name__}:{name}"] = value
    return found


def get_tests(kind: type[unittest.TestCase]) -> list[str]:
    return unittest.defaultTestLoader.getTestCaseNames(kind)  # type: ignore[return-value]


def replace_executors() -> None:
    """
    Let the tests, and the programs that they start, make models.
    """
    from suites import models

    futures = types.ModuleType("futures")
    concurrent.futures.ThreadPoolExecutor  # noqa: B018  # puts what is lazy into the module
    concurrent.futures.ProcessPoolExecutor  # noqa: B018
    vars(futures).update(vars(concurrent.futures))
    futures.ThreadPoolExecutor = models.ThreadPoolExecutor  # type: ignore[attr-defined]
    futures.ProcessPoolExecutor = models.ProcessPoolExecutor  # type: ignore[attr-defined]
    for module in load_modules():
        if hasattr(module, "futures"):
            module.futures = futures  # type: ignore[attr-defined]
        if hasattr(module, "assert_python_ok"):
            module.assert_python_ok = start_with_models  # type: ignore[attr-defined]
        for value in vars(module).values():
            kind = getattr(value, "executor_type", None)
            if isinstance(value, type) and isinstance(kind, type):
                value.executor_type = staticmethod(getattr(models, kind.__name__))


def start_with_models(*arguments: str, **variables: str) -> Any:
    from test.support.script_helper import assert_python_ok

    *first, code = arguments
    code = code.replace(
        "from concurrent.futures import", "import multiprocessing; from suites.models import"
    )
    return assert_python_ok(*first, code, PYTHONPATH=os.environ["PYTHONPATH"], **variables)


class Result(unittest.TestResult):
    """
    Prints each outcome as a line of JSON, and ends the process if a test hangs.
    """

    def startTest(self, test: unittest.TestCase) -> None:
        super().startTest(test)
        self.say(test, "started")
        faulthandler.dump_traceback_later(LIMIT, exit=True, file=sys.__stderr__)

    def stopTest(self, test: unittest.TestCase) -> None:
        faulthandler.cancel_dump_traceback_later()
        super().stopTest(test)

    def say(self, test: unittest.TestCase, outcome: str, detail: str = "") -> None:
        name = getattr(test, "_testMethodName", str(test))
        print(json.dumps([name, outcome, detail]), file=sys.__stdout__, flush=True)

    def addSuccess(self, test: unittest.TestCase) -> None:
        self.say(test, "passed")

    def addSkip(self, test: unittest.TestCase, reason: str) -> None:
        self.say(test, "skipped", reason)

    def addError(self, test: unittest.TestCase, err: Any) -> None:
        self.say(test, "failed", self._exc_info_to_string(err, test))  # type: ignore[attr-defined]

    addFailure = addError


def run_tests(name: str, tests: list[str]) -> None:
    """
    Run tests of a class in this process.
    """
    from test import support

    support.verbose = 0  # else it prints among the outcomes
    kind = get_classes()[name]
    replace_executors()
    unittest.TestSuite(map(kind, tests)).run(Result())


def run_class(name: str, tests: list[str], direct: bool) -> list[tuple[str, str, str]]:
    """
    Run tests of a class in processes of their own: another one after a hang.
    """
    environment = {
        **os.environ,
        "PYTHONPATH": os.pathsep.join([str(TESTS), *find_source()]),
        "CALLSHEET_SUITES_DIRECT": str(int(direct)),
    }
    found = []
    while tests:
        process = subprocess.Popen(
            [sys.executable, __file__, "--run", name, *tests],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env=environment,
            start_new_session=True,
        )
        try:
            printed, errors = process.communicate(timeout=LIMIT * (len(tests) + 1))
        except subprocess.TimeoutExpired:
            os.killpg(process.pid, signal.SIGABRT)
            printed, errors = process.communicate()
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        outcomes = [json.loads(line) for line in printed.splitlines() if line.startswith('["')]
        ended = [outcome for outcome in outcomes if outcome[1] != "started"]
        found += map(tuple, ended)
        left = [test for test in tests if test not in {test for test, _, _ in ended}]
        if left:  # the first of them ended the process
            found.append((left[0], "hung" if "Timeout (" in errors else "died", errors))
        elif process.returncode:
            found.append(("the end", "died", errors))
        tests = left[1:]
    return found


def find_source() -> list[str]:
    """
    Return where callsheet is found, if it is not installed.
    """
    spec = importlib.util.find_spec("callsheet")
    assert spec is not None
    assert spec.origin is not None
    return [str(Path(spec.origin).parent.parent)]


def main() -> int:
    """
    Print the counts, and each failure that is not explained.
    """
    parser = argparse.ArgumentParser(description=(__doc__ or "").strip().splitlines()[0])
    parser.add_argument("names", nargs="*", help="parts of names of classes or tests")
    parser.add_argument("--direct", action="store_true", help="models with direct=True")
    parser.add_argument("--parallel", type=int, default=2)
    parser.add_argument("--run", metavar="CLASS", help="run the tests NAMES in this process")
    options = parser.parse_args()
    if options.run:
        run_tests(options.run, options.names)
        return 0
    if importlib.util.find_spec(PACKAGE) is None:
        print(f"This Python ({sys.version.split()[0]}) comes without {PACKAGE}.")
        return 0

    jobs = {}
    for name, kind in get_classes().items():
        tests = get_tests(kind)
        if options.names:
            tests = [t for t in tests if any(part in f"{name}.{t}" for part in options.names)]
        if tests:
            jobs[name] = tests
    counts: Counter[str] = Counter()
    unexplained = 0
    with concurrent.futures.ThreadPoolExecutor(options.parallel) as threads:
        runs = {
            name: threads.submit(
                lambda *given: list(run_class(*given)), name, tests, options.direct
            )
            for name, tests in jobs.items()
        }
        for name, run in runs.items():
            for test, outcome, detail in run.result():
                reason = DIFFERENCES.get(test)
                explained = outcome == "failed" and reason is not None
                if not explained and outcome not in ("passed", "skipped"):
                    unexplained += 1
                    print(f"=== {name}.{test}: {outcome}\n{detail}", flush=True)
                counts["different" if explained else outcome] += 1
                if outcome == "skipped":
                    counts[f"skipped: {detail}"] += 1
    version = sys.version.split()[0]
    mode = "direct=True" if options.direct else "models"
    print(f"Python {version}, {mode}: {sum(len(tests) for tests in jobs.values())} tests")
    for outcome, n in sorted(counts.items()):
        print(f"  {n:4} {outcome}")
    return int(unexplained > 0)


if __name__ == "__main__":
    sys.exit(main())
