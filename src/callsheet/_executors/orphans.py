"""
Workers that do not outlive the process that they work for.

The standard pools' workers do, when it is killed (python/cpython#111873), and a thread of Python
cannot end one whose call holds the interpreter's lock. The kernel can: it sends SIGKILL to whoever
asked for it when the last write end of a pipe is closed.
"""

from __future__ import annotations

import os
import sys
from contextlib import suppress
from threading import Lock, Thread
from time import sleep
from typing import Any

_POLL_INTERVAL = 1.0

_lock = Lock()
_pipe: tuple[int, ...] = ()
_address = ""
_watching = False


def get_pipe() -> str:
    """
    Return the address of a pipe that nobody writes to, and whose write end
    only this process holds.
    """
    global _pipe, _address
    with _lock:
        if not _address:
            _pipe = os.pipe()
            _address = f"{_pipe[0]}.{os.fstat(_pipe[0]).st_ino}"
        return _address


def watch_parent(token: str) -> None:
    """
    End this worker as soon as its parent has ended.

    Args:
        token: That of a call. It begins with the id of the process that made
            it and the address of its pipe; nothing happens if that is not the
            parent, or if there is no address.
    """
    global _watching
    if _watching:
        return
    process = sys.modules.get("multiprocessing.process")
    parent = process and process.parent_process()
    pid, _, rest = token.partition("-")
    address = rest.partition("-")[0]
    if parent is None or str(parent.pid) != pid or not address:
        return
    _watching = True
    asked = False
    with suppress(OSError):
        asked = _ask_kernel(parent.pid, address)
    if not asked:
        with suppress(RuntimeError):  # no new thread at the end of the interpreter
            Thread(target=_wait_for_end, args=(parent,), daemon=True).start()


def _ask_kernel(pid: int, address: str) -> bool:
    """Ask for SIGKILL at the end of process *pid*; return whether it will be sent."""
    if sys.platform != "linux":
        return False
    import fcntl
    from signal import SIGKILL

    number, inode = map(int, address.split("."))
    # Opened once more, the pipe has an owner of its own in each worker.
    fd = os.open(f"/proc/{pid}/fd/{number}", os.O_RDONLY | os.O_NONBLOCK)
    if os.fstat(fd).st_ino != inode:
        os.close(fd)
        return False
    fcntl.fcntl(fd, fcntl.F_SETOWN, os.getpid())
    fcntl.fcntl(fd, fcntl.F_SETSIG, SIGKILL)
    fcntl.fcntl(fd, fcntl.F_SETFL, os.O_ASYNC | os.O_NONBLOCK)
    try:
        os.read(fd, 1)
    except BlockingIOError:
        return True
    return False  # it has ended, and nothing will be sent


def _wait_for_end(parent: Any) -> None:
    if os.name == "posix" and os.getppid() == parent.pid:
        while os.getppid() == parent.pid:
            sleep(_POLL_INTERVAL)
    elif parent.sentinel is not None:
        from multiprocessing.connection import wait

        wait([parent.sentinel])
    else:
        return
    os._exit(1)


def _forget() -> None:
    """Close, in a process that was forked, the ends of its parent's pipe."""
    global _lock, _pipe, _address, _watching
    for fd in _pipe:
        with suppress(OSError):
            os.close(fd)
    _lock, _pipe, _address, _watching = Lock(), (), "", False


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_forget)
