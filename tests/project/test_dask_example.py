"""
The Dask example: its README's own commands, on a port that the scheduler finds.
"""

from __future__ import annotations

import importlib.util
import json
import os
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest

import callsheet
from callsheet import audit
from engines import tasks
from engines.conftest import read_address

HERE = Path(__file__).parents[2] / "examples" / "dask"
README = (HERE / "README.md").read_text(encoding="utf-8")
COMMANDS = [
    shlex.split(line)
    for block in re.findall(r"^```sh\n(.*?)^```$", README, re.DOTALL | re.MULTILINE)
    for line in block.splitlines()
]


@pytest.mark.skipif(
    importlib.util.find_spec("distributed") is None, reason="needs the extra callsheet[dask]"
)
def test_commands(tmp_path):
    """
    Three commands start the cluster, the fourth uses it.
    """
    start, use = COMMANDS[:3], COMMANDS[3]
    assert [command[:2] for command in start] == [["dask", "scheduler"], *[["dask", "worker"]] * 2]
    start[0] += ["--scheduler-file", "scheduler.json"]
    port = "0"
    # Where callsheet is tested without being installed, the workers find it like this.
    path = os.pathsep.join([str(Path(callsheet.__file__).parent.parent), *sys.path])
    environment = {**os.environ, "PYTHONPATH": path}
    processes = []
    try:
        for command in start:
            own = [word.replace("8786", port) for word in command[1:]]
            quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL, "cwd": tmp_path}
            quiet["env"] = environment
            processes.append(subprocess.Popen([sys.executable, "-m", "dask", *own], **quiet))
            assert tasks.wait_until(lambda: read_address(tmp_path / "scheduler.json"), 60)
            port = read_address(tmp_path / "scheduler.json").rpartition(":")[2]
        text = (HERE / "executor.json").read_text(encoding="utf-8").replace("8786", port)
        document = tmp_path / "executor.json"
        document.write_text(text.replace('"timeout": 5', '"timeout": 60'), encoding="utf-8")
        done = subprocess.run(
            [sys.executable, HERE / use[1], document],
            capture_output=True,
            text=True,
            timeout=240,
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
