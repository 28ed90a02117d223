"""
A Slurm of one node on 127.0.0.1, for the time of the tests.
"""

from __future__ import annotations

import os
import secrets
import shutil
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import attrs
import pytest

COMMANDS = ["munged", "slurmctld", "slurmd", "sbatch", "scancel", "scontrol", "sinfo", "squeue"]

# CPUs and memory are what Slurm is told, whatever the machine has: jobs here only sleep and add.
CONF = """\
ClusterName=callsheet
SlurmctldHost={host}(127.0.0.1)
SlurmctldPort={controller_port}
SlurmdPort={node_port}
CommunicationParameters=NoCtldInAddrAny,NoInAddrAny
AuthType=auth/munge
AuthInfo=socket={directory}/munge.socket
SlurmUser=root
SlurmdUser=root
StateSaveLocation={directory}/state
SlurmdSpoolDir={directory}/spool
SlurmctldPidFile={directory}/slurmctld.pid
SlurmdPidFile={directory}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
SwitchType=switch/none
MpiDefault=none
SelectType=select/cons_tres
SelectTypeParameters=CR_Core
SlurmdParameters=config_overrides
ReturnToService=2
KillWait=2
MinJobAge=2
MailProg=/bin/true
NodeName={host} NodeAddr=127.0.0.1 CPUs=8 RealMemory=16384 State=UNKNOWN
PartitionName=main Nodes={host} Default=YES MaxTime=INFINITE State=UP
"""


@attrs.frozen
class Slurm:
    """
    A running Slurm.

    Attributes:
        directory: Where its configuration, its logs and its state are.

        seconds: How long it took until its node was idle.
    """

    directory: Path
    seconds: float

    def get_jobs(self) -> list[str]:
        """
        Return the jobs that wait, run or are about to end, each with its state.
        """
        done = subprocess.run(
            ["squeue", "--noheader", "--format=%i %T"], capture_output=True, text=True, check=True
        )
        return done.stdout.splitlines()


def wait_until(reached: Callable[[], object], limit: float = 20) -> bool:
    """
    Wait until something is so; return whether it is.
    """
    end = time.monotonic() + limit
    while not (found := reached()) and time.monotonic() < end:
        time.sleep(0.05)
    return bool(found)


def get_free_ports(n: int) -> list[int]:
    """
    Return that many ports that nobody listens on.
    """
    probes = [socket.create_server(("127.0.0.1", 0)) for _ in range(n)]
    try:
        return [int(probe.getsockname()[1]) for probe in probes]
    finally:
        for probe in probes:
            probe.close()


def get_reason_to_skip() -> str | None:
    """
    Return what is missing to start Slurm here, if anything is.
    """
    missing = [name for name in COMMANDS if shutil.which(name) is None]
    if missing:
        return f"needs Debian's slurmctld, slurmd, slurm-client and munge: no {', '.join(missing)}"
    if os.geteuid() != 0:
        return "needs root, for slurmd"
    return None


def is_idle() -> bool:
    done = subprocess.run(
        ["sinfo", "--noheader", "--format=%T"], capture_output=True, text=True, check=False
    )
    return done.stdout.split() == ["idle"]


def stop(process: subprocess.Popen[bytes]) -> None:
    process.terminate()
    try:
        process.wait(10)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


def start_slurm(directory: Path, processes: list[subprocess.Popen[bytes]]) -> None:
    """
    Start the three daemons, each at the end of *processes* as soon as it runs.
    """
    controller_port, node_port = get_free_ports(2)
    (directory / "slurm.conf").write_text(
        CONF.format(
            host=socket.gethostname().split(".")[0],
            directory=directory,
            controller_port=controller_port,
            node_port=node_port,
        )
    )
    for name in ("state", "spool"):
        (directory / name).mkdir(mode=0o755)
    key = directory / "munge.key"
    key.touch(mode=0o600)
    key.write_bytes(secrets.token_bytes(128))

    def start(*command: str) -> None:
        with (directory / f"{command[0]}.log").open("wb") as log:
            processes.append(subprocess.Popen(command, stdout=log, stderr=log, cwd=directory))

    def logs() -> str:
        return "\n".join(path.read_text(errors="replace") for path in directory.glob("*.log"))

    start(
        "munged",
        "--foreground",
        "--force",  # pytest's directories are closed to others, which munged would refuse
        f"--socket={directory}/munge.socket",
        f"--key-file={key}",
        f"--pid-file={directory}/munged.pid",
        f"--seed-file={directory}/munged.seed",
    )
    assert wait_until((directory / "munge.socket").exists), logs()
    start("slurmctld", "-D", "-c")
    start("slurmd", "-D")
    assert wait_until(is_idle), logs()


def get_processes(directory: Path) -> dict[int, str]:
    """
    Return the processes of the Slurm in this directory: its daemons, its jobs
    and their steps.
    """
    psutil = pytest.importorskip("psutil")

    def belongs(process: psutil.Process) -> bool:
        if process.status() == psutil.STATUS_ZOMBIE:
            return False
        # A worker that has set its title may have no environment to read, but has its log open.
        return process.environ().get("SLURM_CONF") == f"{directory}/slurm.conf" or any(
            Path(file.path).is_relative_to(directory) for file in process.open_files()
        )

    found = {}
    for process in psutil.process_iter():
        try:
            if belongs(process):
                found[process.pid] = " ".join(process.cmdline())
        except psutil.Error:
            continue
    return found


@pytest.fixture(scope="session")
def slurm(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Slurm]:
    """
    A Slurm that the commands of this process and its children talk to. After
    the tests, nothing of it is left.
    """
    reason = get_reason_to_skip()
    if reason is not None:
        pytest.skip(reason)
    directory = tmp_path_factory.mktemp("slurm")
    processes: list[subprocess.Popen[bytes]] = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SLURM_CONF", str(directory / "slurm.conf"))
        # The commands that Dask puts into jobs are those of this environment.
        patch.setenv("PATH", str(Path(sys.executable).parent), prepend=os.pathsep)
        begin = time.monotonic()
        try:
            start_slurm(directory, processes)
            found = Slurm(directory, time.monotonic() - begin)
            yield found
            left = found.get_jobs()
            subprocess.run(["scancel", "--user=root"], check=False)
            wait_until(lambda: not found.get_jobs())
        finally:
            for process in reversed(processes):
                stop(process)
        assert left == []
        assert wait_until(lambda: not get_processes(directory)), get_processes(directory)
