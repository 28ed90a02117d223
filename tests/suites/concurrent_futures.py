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
import gc
import importlib
import importlib.util
import json
import os
import signal
import subprocess
import sys
import tempfile
import types
import unittest
from collections import Counter
from contextlib import suppress
from pathlib import Path
from typing import Any

TESTS = Path(__file__).parent.parent
PACKAGE = "test.test_concurrent_futures"
LIMIT = 100.0

_REFUSED = "what cannot be pickled is refused when the call is handed in"
_TRAVELS = "what cannot travel is a TaskError of its call, and the pool goes on"
_LEAVES = "sys.exit() in a task is a TaskError of its call, and the pool goes on"
_LATER = "nothing is built before the first use, so a wrong option is an error then"

#: What is decided to be otherwise, by the names of tests, and why: the rows of docs/executors.md.
DIFFERENCES = {
    "test_max_workers_negative": _LATER,
    "test_max_tasks_per_child": _LATER,
    "test_submit_keyword": "submit(fn=f) is taken too, since engines differ in the argument's name",
}

#: The same, but with ``direct=True``, where calls and outcomes are the engine's own.
DIFFERENCES_IF_SENT = {
    "test_error_at_task_pickle": _REFUSED,
    "test_shutdown_deadlock_pickle": _REFUSED,
    "test_saturation": _REFUSED,
    "test_processes_terminate": _REFUSED,
    "test_exit_at_task_unpickle": _TRAVELS,
    "test_error_at_task_unpickle": _TRAVELS,
    "test_error_during_result_pickle_on_worker": _TRAVELS,
    "test_error_during_result_unpickle_in_result_handler": _TRAVELS,
    "test_exit_during_result_unpickle_in_result_handler": _TRAVELS,
    "test_exit_during_func_exec_on_worker": _LEAVES,
    "test_exit_during_result_pickle_on_worker": _LEAVES,
    "test_traceback": "the worker's traceback is a class of callsheet's, on every engine",
}


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
        # The error of a test that ends otherwise holds the frame that holds its pool, and CPython's
        # clean-up waits for that pool.
        gc.collect()

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
        printed, errors, code = run_apart(
            [sys.executable, __file__, "--run", name, *tests], environment, LIMIT * (len(tests) + 1)
        )
        outcomes = [json.loads(line) for line in printed.splitlines() if line.startswith('["')]
        ended = [outcome for outcome in outcomes if outcome[1] != "started"]
        found += map(tuple, ended)
        left = [test for test in tests if test not in {test for test, _, _ in ended}]
        if left:  # the first of them ended the process
            found.append((left[0], "hung" if "Timeout (" in errors else "died", errors))
        elif code:
            found.append(("the end", "died", errors))
        tests = left[1:]
    return found


def run_apart(
    command: list[str], environment: dict[str, str], limit: float
) -> tuple[str, str, int]:
    """
    Run a program; return what it printed and its exit code. What it leaves
    behind is killed.
    """
    with tempfile.TemporaryFile("w+") as printed, tempfile.TemporaryFile("w+") as errors:
        process = subprocess.Popen(
            command, stdout=printed, stderr=errors, env=environment, start_new_session=True
        )
        try:
            process.wait(limit)
        except subprocess.TimeoutExpired:
            process.send_signal(signal.SIGABRT)
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        code = process.wait()
        printed.seek(0)
        errors.seek(0)
        return printed.read(), errors.read(), code


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
    differences = DIFFERENCES if options.direct else DIFFERENCES | DIFFERENCES_IF_SENT
    counts: Counter[str] = Counter()
    unexplained = []
    with concurrent.futures.ThreadPoolExecutor(options.parallel) as threads:
        runs = {
            name: threads.submit(run_class, name, tests, options.direct)
            for name, tests in jobs.items()
        }
        for name, run in runs.items():
            for test, outcome, detail in run.result():
                if outcome == "failed" and test in differences:
                    outcome = f"different: {differences[test]}"
                elif outcome == "failed":
                    # Some count on calls that begin at once, which a busy machine does not give.
                    ((_, outcome, detail),) = run_class(name, [test], options.direct)
                if outcome in ("failed", "hung", "died"):
                    unexplained.append(f"{name}.{test}")
                    print(f"=== {name}.{test}: {outcome}\n{detail}", flush=True)
                counts[f"skipped: {detail}" if outcome == "skipped" else outcome] += 1
    version = sys.version.split()[0]
    mode = "direct=True" if options.direct else "models"
    print(f"Python {version}, {mode}: {sum(len(tests) for tests in jobs.values())} tests")
    for outcome, n in sorted(counts.items()):
        print(f"  {n:4} {outcome}")
    return int(bool(unexplained))


if __name__ == "__main__":
    sys.exit(main())
