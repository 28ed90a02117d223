"""
Programs that must end, each a process of its own that is stopped at a limit.

`benchmarks/faults.py --endings` prints the whole table of them.
"""

from __future__ import annotations

import os
from collections.abc import Iterator

import pytest

from engines.conftest import has
from engines.watching import CODES, HERE, Cell, End, Program, run_all, start_cell

pytestmark = pytest.mark.skipif(not os.path.isdir("/proc"), reason="processes are found in /proc")

#: Beyond what the documentation says is waited for; the seconds themselves are no verdict here.
LIMIT = 30.0
MADE = "[True, True, True]"
BROKEN = "BrokenProcessPool BrokenProcessPool BrokenProcessPool"

#: What is run, the signal that ends it, its exit code, and the last line that it prints.
PROGRAMS = {
    "exit_in_block fork": ("", 3, ""),
    "exit_in_block spawn": ("", 3, ""),
    "exit_in_context fork": ("", 3, ""),
    "exit_in_context forkserver": ("", 3, ""),
    "end_context threads": ("", 0, "[None, None, None]"),
    "end_context fork": ("", 0, "[None, None, None]"),
    "leave_generator threads": ("", 0, MADE),
    "leave_generator fork": ("", 0, MADE),
    "cancel_coroutine threads": ("", 0, MADE),
    "cancel_coroutine fork": ("", 0, MADE),
    "shut_down_in_callback threads": ("", 0, "[5, 6, 7]"),
    "shut_down_in_callback fork": ("", 0, "[5, 6, 7]"),
    "shut_down_in_callback spawn": ("", 0, "[5, 6, 7]"),
    "shut_down_then_die fork": ("", 0, BROKEN),
    "shut_down_then_die spawn": ("", 0, BROKEN),
    "shut_down_within fork": ("", 0, "True"),
    "shut_down_within spawn": ("", 0, "True"),
    "sleep_in_main fork": ("sigint", -2, "KeyboardInterrupt"),
    "sleep_in_main spawn": ("sigint", -2, "KeyboardInterrupt"),
    "nest fork model block": ("", 0, "[0, 5, 11, 18, 26, 35, 45, 56]"),
    "nest fork model context": ("", 0, "[0, 5, 11, 18, 26, 35, 45, 56]"),
    "nest fork model dropped": ("", 0, "[0, 5, 11, 18, 26, 35, 45, 56]"),
    "nest fork model open": ("", 0, "[0, 5, 11, 18, 26, 35, 45, 56]"),
    "nest spawn model open 2": ("", 0, "[0, 5]"),
}

#: The engines whose model many threads use while the process forks.
FORKED = ("threads", "fork")

CELLS = [
    Cell("module", "exception", "fork"),
    Cell("function", "normal", "loky"),
    Cell("dropped", "exit", "spawn"),
    Cell("dropped", "sigint", "pool"),
    Cell("nowait", "normal", "forkserver"),
    Cell("nowait", "sigint-group", "fork"),
    Cell("nowait", "killed", "loky"),
    Cell("nowait", "killed", "pool"),
    Cell("timeout", "sigint", "pool"),
    Cell("block", "sigint-group", "loky"),
    Cell("block", "sigterm", "fork"),
    Cell("block", "sigkill", "fork"),
    Cell("module", "sigkill", "spawn"),
    Cell("module", "sigkill-idle", "forkserver"),
    Cell("function", "sigkill", "pool"),
    Cell("function", "sigkill-idle", "loky"),
]


def name_cell(cell: Cell) -> str:
    return f"{cell.engine} {cell.form} {cell.ending}"


@pytest.fixture(scope="module")
def ends(tmp_path_factory: pytest.TempPathFactory) -> dict[str, End]:
    """
    How the programs ended; they are run together, since most of them wait.
    """
    directory = tmp_path_factory.mktemp("ends")

    def start() -> Iterator[Program]:
        for i, (words, (signal, *_)) in enumerate(PROGRAMS.items()):
            arguments = [str(HERE / "programs.py"), *words.split()]
            yield Program(arguments, directory / str(i), LIMIT, signal)
        for engine in FORKED:
            arguments = [str(HERE / "forking.py"), "model", engine, "8", "20"]
            yield Program(arguments, directory / f"forks-{engine}", LIMIT * 4)
        for cell in cells:
            yield start_cell(cell, directory, LIMIT)

    cells = [cell for cell in CELLS if cell.engine != "loky" or has("loky")]
    names = [*PROGRAMS, *FORKED, *map(name_cell, cells)]
    done = run_all(start(), n_at_once=16)
    return {name: program.end for name, program in zip(names, done, strict=True) if program.end}


@pytest.mark.parametrize("words", PROGRAMS)
def test_program(words, ends):
    """
    A program ends, with all that it has started, with its own exit code.
    """
    _, code, last = PROGRAMS[words]
    end = ends[words]

    assert end.seconds is not None, f"{end.left}\n{end.log}"
    assert (code, last) == (end.code, "".join(end.log.splitlines()[-1:])), end.log


@pytest.mark.parametrize("engine", FORKED)
def test_forks(engine, ends):
    """
    A child that is forked while threads use a model can use it or is refused,
    can build a new one, and ends.
    """
    end = ends[engine]

    assert end.seconds is not None, f"{end.left}\n{end.log}"
    assert 0 == end.code, end.log


@pytest.mark.parametrize("cell", CELLS, ids=name_cell)
def test_cell(cell, ends):
    """
    However it ends, and whatever is under way, so does every other.
    """
    if cell.engine == "loky" and not has("loky"):
        pytest.skip("loky is not installed")
    end = ends[name_cell(cell)]

    assert end.seconds is not None, f"{end.left}\n{end.log}"
    assert end.code in CODES[cell.ending.removesuffix("-idle")], end.log
    assert end.made == 3 or not cell.is_made
