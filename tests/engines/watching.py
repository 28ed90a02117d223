"""
Starts programs, and waits for their end and that of all they have started.
"""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterable, Sequence
from pathlib import Path

import attrs

import callsheet

HERE = Path(__file__).parent
#: The environment variable by which what a program has started is known, also in other sessions.
MARK = "CALLSHEET_TEST_PROGRAM"

FORMS = ("module", "function", "block", "dropped", "nowait", "timeout")
ENDINGS = (
    "normal",
    "exception",
    "exit",
    "sigint",
    "sigint-group",
    "sigterm",
    "sigkill",
    "killed",
    "sigterm-idle",
    "sigkill-idle",
)
POOLS = ("fork", "spawn", "forkserver", "loky", "pool")
ENGINES = ("threads", *POOLS, "dask")

SIGNALS = {
    "sigint": signal.SIGINT,
    "sigint-group": signal.SIGINT,
    "sigterm": signal.SIGTERM,
    "sigkill": getattr(signal, "SIGKILL", signal.SIGTERM),
}
#: The exit codes of the endings.
CODES = {
    "normal": (0,),
    "exception": (1,),
    "exit": (3,),
    "sigint": (-2, 1, 130),
    "sigint-group": (-2, 1, 130),
    "sigterm": (-15,),
    "sigkill": (-9,),
    "killed": (0, 1),  # 0, where nothing is read from the futures, or another makes the calls
}
SHORT, LONG = 0.5, 60.0


@attrs.frozen
class Cell:
    """
    A program of `endings.py`.
    """

    form: str
    ending: str
    engine: str
    library: str = "model"

    @property
    def has_meaning(self) -> bool:
        """
        Whether there is such a thing: threads are no workers that can be killed.
        """
        return not (self.ending == "killed" and self.engine == "threads")

    @property
    def seconds(self) -> float:
        """
        How long each of its calls takes: long, where calls are given up.
        """
        if self.ending.endswith("idle"):
            return 0
        if self.ending == "killed" and self.engine == "dask":
            return SHORT  # made again, by another worker
        if self.ending.startswith(("sig", "killed")) or self.form == "timeout":
            return LONG
        return LONG if (self.form, self.ending) == ("block", "exit") else SHORT

    @property
    def waited(self) -> float:
        """
        How long the documentation says that calls are waited for.
        """
        if self.ending.startswith(("sigterm", "sigkill")):
            return 0
        if self.ending.startswith("sigint") or (self.form, self.ending) == ("block", "exit"):
            return 5
        if self.form == "timeout":
            return 1
        # Two workers, and three calls.
        return 2 * SHORT if self.seconds == SHORT else 0

    @property
    def grace(self) -> float:
        """
        How many seconds more it may take.
        """
        return 5 if self.ending.startswith(("sigterm", "sigkill")) else 10

    @property
    def is_made(self) -> bool:
        """
        Whether all calls are made to their end.
        """
        return self.seconds == SHORT

    @property
    def arguments(self) -> list[str]:
        ending = self.ending.removesuffix("-idle")
        return [self.library, self.form, ending, self.engine, str(self.seconds)]


@attrs.frozen
class End:
    """
    How a program ended.

    Attributes:
        seconds: From the event that ended it until it and all it had started
            were gone; None, if they were still there at the limit.

        own: The same for the program alone.

        code: The program's exit code.

        made: How many calls were made to their end.

        left: The processes that were left, with their command lines.

        log: What it printed, with stacks if it was stopped at the limit.
    """

    seconds: float | None
    own: float | None
    code: int | None
    made: int
    left: dict[int, str]
    log: str

    def find_fault(self, cell: Cell) -> str:
        """
        Return what is not as documented.
        """
        faults = []
        if self.seconds is not None and self.seconds > cell.waited + cell.grace:
            faults.append("late")
        if self.own is None:
            faults.append("hang")
        elif self.seconds is None:
            faults.append(f"{len(self.left)} left")
        elif self.code not in CODES[cell.ending.removesuffix("-idle")]:
            faults.append(f"code {self.code}")
        if cell.is_made and self.made < 3:
            faults.append(f"{self.made} of 3 made")
        return ", ".join(faults)


class Scanner:
    """
    Finds processes by their mark.
    """

    def __init__(self) -> None:
        self._marks: dict[tuple[int, str], str] = {}

    def find(self) -> dict[str, list[int]]:
        """
        Return the processes of each mark, zombies excepted.
        """
        found: dict[str, list[int]] = {}
        marks = {}
        for entry in os.listdir("/proc"):
            if not entry.isdigit():
                continue
            with contextlib.suppress(OSError):
                fields = Path(f"/proc/{entry}/stat").read_text().rpartition(")")[2].split()
                key = (int(entry), fields[19])
                mark = self._marks.get(key)
                if mark is None:
                    mark = read_mark(int(entry))
                if mark:  # what is about to become another program is read again
                    marks[key] = mark
                if mark and fields[0] not in "ZX":
                    found.setdefault(mark, []).append(int(entry))
        self._marks = marks
        return found


def read_mark(pid: int) -> str:
    prefix = f"{MARK}=".encode()
    for variable in Path(f"/proc/{pid}/environ").read_bytes().split(b"\0"):
        if variable.startswith(prefix):
            return variable[len(prefix) :].decode()
    return ""


def read_line(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode().strip()
    except OSError:
        return "gone"


class Program:
    """
    A running program.

    Args:
        arguments: Of Python.

        directory: Where it runs, and writes; made by this.

        limit: Seconds after its ending at which it is stopped.

        ending: The signal that ends it, if one does, once it has written
            ``ending`` into its directory.
    """

    def __init__(
        self, arguments: Sequence[str], directory: Path, limit: float = 30, ending: str = ""
    ) -> None:
        directory.mkdir(parents=True)
        self.directory = directory
        self.limit = limit
        self.mark = f"{os.getpid()}-{time.monotonic_ns()}"
        self._ending = ending
        self._log = directory / "log"
        self._started = time.monotonic()
        #: When it was ended.
        self._begin: float | None = None
        self._signal_at: float | None = None
        self._own: float | None = None
        #: What it came to, once it is over.
        self.end: End | None = None
        paths = [
            str(HERE.parent),
            str(HERE.parent / "support"),
            str(Path(callsheet.__file__).parent.parent),
        ]
        variables = {**os.environ, MARK: self.mark, "PYTHONPATH": os.pathsep.join(paths)}
        with self._log.open("wb") as stream:
            self._process = subprocess.Popen(
                [sys.executable, *arguments],
                stdin=subprocess.DEVNULL,
                stdout=stream,
                stderr=stream,
                cwd=directory,
                env=variables,
                start_new_session=True,
            )

    def look(self, found: dict[str, list[int]]) -> bool:
        """
        Look how far it is, given all processes; return whether it is over.
        """
        if self.end is not None:
            return True
        now = time.monotonic()
        code = self._process.poll()
        if code is not None and self._own is None:
            self._own = now
        pids = found.get(self.mark, [])
        self._look_for_ending(now)
        if code is not None and self._begin is None:
            self._begin = now  # it never came to its ending
        if code is not None and not pids:
            self._finish(now - (self._begin or now), {})
        elif now > (self._begin or self._started + 120) + self.limit:
            lines = {pid: read_line(pid) for pid in pids}
            self._stop(pids)
            self._finish(None, lines)
        return self.end is not None

    def _look_for_ending(self, now: float) -> None:
        with contextlib.suppress(OSError, ValueError):
            said = float((self.directory / "ending").read_text())
            if self._ending not in SIGNALS:
                self._begin = said
            elif self._signal_at is None:
                # Until then it has come to its waiting.
                self._signal_at = now + 0.3
        if self._signal_at is not None and self._begin is None and now >= self._signal_at:
            self._begin = now
            send = os.killpg if self._ending == "sigint-group" else os.kill
            with contextlib.suppress(ProcessLookupError):
                send(self._process.pid, SIGNALS[self._ending])

    def _stop(self, pids: Iterable[int]) -> None:
        for number in (signal.SIGUSR1, signal.SIGKILL):  # the first makes them print their stacks
            for pid in pids:
                with contextlib.suppress(ProcessLookupError):
                    os.kill(pid, number)
            time.sleep(0.3)
        self._process.kill()
        self._process.wait()

    def _finish(self, seconds: float | None, left: dict[int, str]) -> None:
        begin = self._begin or self._started
        own = None if self._own is None else max(0.0, self._own - begin)
        made = sum(path.name.isdigit() for path in self.directory.iterdir())
        log = self._log.read_text(errors="replace")
        self.end = End(seconds, own, self._process.wait(), made, left, log)


def run_all(programs: Iterable[Program], n_at_once: int = 8) -> list[Program]:
    """
    Start programs, so many at once, and wait for the end of all.
    """
    scanner = Scanner()
    waiting = iter(programs)
    running: list[Program] = []
    done: list[Program] = []
    exhausted = False
    while running or not exhausted:
        while len(running) < n_at_once and not exhausted:
            program = next(waiting, None)
            if program is None:
                exhausted = True
            else:
                running.append(program)
                done.append(program)
        found = scanner.find()
        running = [program for program in running if not program.look(found)]
        time.sleep(0.05)
    return done


def start_cell(cell: Cell, directory: Path, limit: float = 12) -> Program:
    """
    Start a cell's program, which may take *limit* seconds beyond what it is to
    wait for.
    """
    ending = cell.ending.removesuffix("-idle")
    where = directory / "-".join((cell.library, cell.form, cell.ending, cell.engine))
    arguments = [str(HERE / "endings.py"), *cell.arguments, str(where)]
    return Program(arguments, where, limit + cell.waited, ending)
