"""
The number of examples, and the report of what they were made of.
"""

from __future__ import annotations

import os

from fidelity.counts import ENVIRONMENT, format_tables, is_big_run


def pytest_addoption(parser):
    """
    Add the size of the big run.
    """
    parser.addoption(
        "--fidelity-examples",
        type=int,
        metavar="N",
        help=f"how many examples each fidelity test runs (also {ENVIRONMENT}=N)",
    )


def pytest_configure(config):
    """
    Hand the option to the tests, which are decorated when they are imported.
    """
    number = config.getoption("fidelity_examples", default=None)
    if number:
        os.environ[ENVIRONMENT] = str(number)


def pytest_terminal_summary(terminalreporter):
    """
    Print what the examples of a big run were made of.
    """
    if is_big_run():
        terminalreporter.section("fidelity: what the examples were made of")
        for line in format_tables():
            terminalreporter.write_line(line)
