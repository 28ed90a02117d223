"""
The Dask example: its README's own commands, on a free port.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shlex
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest

import callsheet
from callsheet import audit

HERE = Path(__file__).parent.parent / "examples" / "dask"
README = (HERE / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    shlex.split(line)
    for block in re.findall(r"^```sh\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    for line in block.splitlines()
]


def get_free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def is_open(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="needs the extra callsheet[dask]"
)
def test_commands(tmp_path):
    """
    Three commands start the cluster, the fourth uses it.
    """
    port = get_free_port()
    start, use = COMMANDS[:3], COMMANDS[3]
    assert [command[:2] for command in start] == [["dask", "scheduler"], *[["dask", "worker"]] * 2]
    document = tmp_path / "executor.json"
    text = (HERE / "executor.json").read_text(encoding="utf-8")
    document.write_text(text.replace("8786", str(port)), encoding="utf-8")

    # Where callsheet is tested without being installed, the workers find it like this.
    path = os.pathsep.join([str(Path(callsheet.__file__).parent.parent), *sys.path])
    environment = {**os.environ, "PYTHONPATH": path}
    processes = []
    try:
        for command in start:
            own = [word.replace("8786", str(port)) for word in command[1:]]
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
            quiet["env"] = environment
            processes.append(subprocess.Popen([sys.executable, "-m", "dask", *own], **quiet))
            end = time.monotonic() + 20
            while not is_open(port) and time.monotonic() < end:
                time.sleep(0.05)
        done = subprocess.run(
            [sys.executable, HERE / use[1], document],
            capture_output=True,
            text=True,
            timeout=60,
            check=False,
            env=environment,
        )
    finally:
        for process in reversed(processes):  # workers first, as the README says
            process.terminate()
            try:
                process.wait(20)
            except subprocess.TimeoutExpired:
                process.kill()
                process.wait()

    assert done.returncode == 0, done.stderr
    shown = re.search(r"^```text\n(.*?)^```$", README, re.DOTALL | re.MULTILINE).group(1)
    # Which of the workers gets a call is Dask's affair.
    assert shown.replace("2 workers", "1 workers") == done.stdout.replace("2 workers", "1 workers")


@pytest.mark.parametrize("name", ["executor.json", "slurm.json"])
def test_documents_name_what_is_allowed(name):
    """
    Each document is allowed by the program's list, without importing anything.
    """
    allow = re.search(r"^ALLOW = (\[.*?^\])", (HERE / "run.py").read_text(), re.S | re.M).group(1)
    found = audit((HERE / name).read_text(), allow=json.loads(re.sub(r",\s*\]", "]", allow)))

    assert {"allowed"} == {reference.verdict for reference in found}
