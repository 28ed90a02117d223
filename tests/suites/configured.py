"""
A plugin of pytest that teaches every cattrs converter of a run to read and
write models, and writes down what became of each test.
"""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable
from pathlib import Path
from typing import Any

import cattrs
import pytest
from cattrs.converters import BaseConverter, Converter

from callsheet import configure_converter

#: The file for the outcomes, and whether converters are taught at all.
OUTCOMES, TAUGHT = "CALLSHEET_SUITES_OUTCOMES", "CALLSHEET_SUITES_TAUGHT"

outcomes: dict[str, str] = {}


def teach(make: Callable[..., None], kind: type) -> Callable[..., None]:
    """
    Return a constructor whose converters know models, however they were made.
    """

    @functools.wraps(make)
    def make_taught(self: Any, *args: Any, **kwargs: Any) -> None:
        make(self, *args, **kwargs)
        # That of a subclass calls that of its base, which is too early.
        if kind is Converter or not isinstance(self, Converter):
            configure_converter(self)

    return make_taught


def pytest_configure() -> None:
    if os.environ[TAUGHT] == "1":
        for kind in (BaseConverter, Converter):
            kind.__init__ = teach(kind.__init__, kind)  # type: ignore[method-assign]
        configure_converter(cattrs.global_converter)


def pytest_runtest_logreport(report: pytest.TestReport) -> None:
    if report.when == "call" or report.outcome != "passed":
        outcomes[report.nodeid] = report.outcome


def pytest_sessionfinish() -> None:
    Path(os.environ[OUTCOMES]).write_text(json.dumps(outcomes))
