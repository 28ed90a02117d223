"""
The engines' tests once more, on MPI workers that mpiexec starts.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from engines.conftest import UNDER_MPI, has

# mpiexec itself listens on all interfaces, for a moment. Where the system lets us, it gets a
# network of its own that consists of the loopback.
LOOPBACK = 'ip link set lo up && exec "$@"'
CONTAIN = ["unshare", "--map-root-user", "--net", "sh", "-c", LOOPBACK, "sh"]

HERE = Path(__file__).parent
MPIEXEC = shutil.which("mpiexec", path=os.path.dirname(sys.executable)) or shutil.which("mpiexec")


def can_contain() -> bool:
    if shutil.which("unshare") is None:
        return False
    return subprocess.run([*CONTAIN, "true"], capture_output=True, check=False).returncode == 0


@pytest.mark.skipif(UNDER_MPI, reason="this is the run that it starts")
@pytest.mark.skipif(not has("mpi4py"), reason="mpi4py is not installed")
@pytest.mark.skipif(MPIEXEC is None, reason="there is no mpiexec")
def test_under_mpi():
    """
    Every promise holds on MPI, too.
    """
    contain = CONTAIN if can_contain() else []
    transport = {} if contain else {"UCX_TLS": "self,posix"}
    mpiexec = [*contain, MPIEXEC, "-hosts", "127.0.0.1", "-n", "3"]
    command = [*mpiexec, sys.executable, "-m", "mpi4py.futures", "-m", "pytest"]
    files = [str(HERE / "test_conformance.py"), str(HERE / "test_lifecycle.py")]

    done = subprocess.run(
        [*command, "-q", "-p", "no:cacheprovider", *files],
        cwd=HERE.parent.parent,
        env={**os.environ, "CALLSHEET_TEST_UNDER_MPI": "1", **transport},
        capture_output=True,
        text=True,
        timeout=500,
        check=False,
    )

    assert done.returncode == 0, done.stdout + done.stderr
    assert " passed" in done.stdout
