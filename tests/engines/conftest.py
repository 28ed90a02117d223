"""
Engines for the tests, and the proof that they leave nothing behind.
"""

from __future__ import annotations

import contextlib
import importlib.util
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterable, Iterator
from pathlib import Path

import attrs
import pytest

import callsheet
from engines import tasks
from engines.documents import ENGINES, MPI, Engine

TESTS = Path(__file__).parent.parent
UNDER_MPI = "CALLSHEET_TEST_UNDER_MPI" in os.environ

# Workers that are started from a shell find the tests' modules like this.
os.environ["PYTHONPATH"] = os.pathsep.join(
    [str(TESTS), str(TESTS / "support"), str(Path(callsheet.__file__).parent.parent)]
    + [os.path.abspath(path) for path in os.environ.get("PYTHONPATH", "").split(os.pathsep) if path]
)


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        if "engines" in Path(item.fspath).parts:
            # What engines warn about is theirs: ports in use, forks of processes with threads.
            item.add_marker(pytest.mark.filterwarnings("ignore"))


def has(module: str) -> bool:
    try:
        return importlib.util.find_spec(module) is not None
    except ModuleNotFoundError:
        return False


def start_cluster(directory: Path, *first: Path) -> tuple[str, list[subprocess.Popen[bytes]]]:
    """
    Start a Dask scheduler and two workers, as one does from a shell; what they
    import is looked for in *first* first.
    """
    file = directory / "scheduler.json"
    dask = [sys.executable, "-m", "dask"]
    local = ["--host", "127.0.0.1", "--dashboard-address", "127.0.0.1:0"]
    single = ["--nthreads", "1", "--no-nanny", "--death-timeout", "200"]
    quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": directory}
    path = os.pathsep.join([*map(str, first), os.environ["PYTHONPATH"]])
    quiet["env"] = {**os.environ, "PYTHONPATH": path}
    scheduler = subprocess.Popen(
        [*dask, "scheduler", *local, "--port", "0", "--scheduler-file", str(file), "--no-show"],
        **quiet,
    )
    assert tasks.wait_until(lambda: read_address(file), 60), "the scheduler did not start"
    address = read_address(file)
    workers = [
        subprocess.Popen([*dask, "worker", address, *local, *single], **quiet) for _ in range(2)
    ]
    return address, [scheduler, *workers]


def read_address(file: Path) -> str:
    """
    Return a scheduler's address, once it has written its file to the end.
    """
    try:
        return json.loads(file.read_text())["address"]
    except (OSError, ValueError):
        return ""


def stop_cluster(processes: list[subprocess.Popen[bytes]]) -> None:
    # Workers first: without the scheduler they linger, trying to reconnect.
    for process in reversed(processes):
        process.terminate()
        try:
            process.wait(30)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def get_workers() -> dict[int, str]:
    """
    Return the processes that this one has started and that do work.
    """
    psutil = pytest.importorskip("psutil")
    # The servers of multiprocessing and loky that live as long as the program; what a forkserver
    # forks has its command line, but is no child of ours.
    servers = ("resource_tracker", "forkserver", "semaphore_tracker")
    found = {}
    for child in psutil.Process().children(recursive=True):
        try:
            line = " ".join(child.cmdline())
            server = child.ppid() == os.getpid() and any(s in line for s in servers)
            if child.status() != psutil.STATUS_ZOMBIE and not server:
                found[child.pid] = line
        except psutil.NoSuchProcess:
            continue
    return found


def wait_for_end(before: dict[int, str], limit: float = 60) -> dict[int, str]:
    """
    Return the processes that are still there after *limit* seconds, besides
    those that were there *before*.
    """
    end = time.monotonic() + limit
    while True:
        left = {pid: line for pid, line in get_workers().items() if pid not in before}
        if not left or time.monotonic() > end:
            return left
        time.sleep(0.05)


def get_listeners() -> set[str]:
    """
    Return the addresses on which this process and its children listen.
    """
    psutil = pytest.importorskip("psutil")
    me = psutil.Process()
    found = set()
    for process in [me, *me.children(recursive=True)]:
        try:
            get = getattr(process, "net_connections", None) or process.connections
            found |= {c.laddr.ip for c in get("inet") if c.status == psutil.CONN_LISTEN}
        except psutil.Error:
            continue
    return found


def get_group(group: int) -> list[int]:
    """
    Return the processes of a process group.
    """
    found = []
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            try:
                fields = (entry / "stat").read_text().rpartition(")")[2].split()
            except OSError:
                continue
            if fields[0] != "Z" and int(fields[2]) == group:
                found.append(int(entry.name))
    return found


def get_sockets(pids: Iterable[int] | None = None) -> set[str]:
    """
    Return the sockets, of any kind, of some processes; without *pids*, of this
    one and all that it has started.
    """
    if pids is None:
        psutil = pytest.importorskip("psutil")
        me = psutil.Process()
        pids = [me.pid, *(child.pid for child in me.children(recursive=True))]
    found = set()
    for pid in pids:
        with contextlib.suppress(OSError):  # it has just ended
            for entry in Path(f"/proc/{pid}/fd").iterdir():
                with contextlib.suppress(OSError):
                    found.add(os.readlink(entry))
    return {name for name in found if name.startswith("socket:")}


@pytest.fixture(scope="package")
def cluster(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """
    The address of a Dask scheduler with two workers that a shell started.
    """
    address, processes = start_cluster(tmp_path_factory.mktemp("dask"))
    yield address
    stop_cluster(processes)


@pytest.fixture(
    scope="module", params=[MPI] if UNDER_MPI else ENGINES, ids=lambda engine: engine.name
)
def engine(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory
) -> Iterator[Engine]:
    """
    Each engine in turn. After its tests, no process of its is left.
    """
    found: Engine = request.param
    if not has(found.needs):
        pytest.skip(f"{found.needs} is not installed")
    text = json.dumps(found.document)
    if found.name == "dask-shell":
        text = text.replace("set by the fixture", request.getfixturevalue("cluster"))
    else:
        text = text.replace("set by the fixture", str(tmp_path_factory.mktemp("runs")))
    before = get_workers()
    yield attrs.evolve(found, document=json.loads(text))
    assert wait_for_end(before) == {}
