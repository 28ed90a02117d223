"""
What the engines' tests send to workers; found by import string there.
"""

from __future__ import annotations

import os
import signal
import threading
import time
from collections.abc import Callable
from concurrent.futures import Executor, Future
from pathlib import Path
from typing import Any


def add(x: int, y: int = 5) -> int:
    return x + y


def take(*args: Any, **kwargs: Any) -> tuple[tuple[Any, ...], dict[str, Any]]:
    return args, kwargs


def draw() -> bytes:
    return os.urandom(8)


def draw_for(n: int) -> bytes:
    return os.urandom(n)


def sleep(seconds: float) -> float:
    time.sleep(seconds)
    return seconds


def get_pid(seconds: float = 0) -> int:
    time.sleep(seconds)
    return os.getpid()


def touch(path: str, seconds: float = 0) -> str:
    time.sleep(seconds)
    Path(path).touch()
    return path


def begin_and_end(path: str, seconds: float) -> str:
    """
    Leave a file with the worker's number at the beginning, and one at the end.
    """
    part = Path(f"{path}.part")
    part.write_text(str(os.getpid()))
    part.replace(f"{path}.begun")
    return touch(path, seconds)


def wait_for(path: str, limit: float = 200) -> bool:
    """
    Wait until a file is there, longer than any test waits for the answer.
    """
    return wait_until(lambda: os.path.exists(path), limit)


def wait_until(condition: Callable[[], object], limit: float) -> bool:
    """
    Wait until something is true, and return whether it is.
    """
    end = time.monotonic() + limit
    while not condition() and time.monotonic() < end:
        time.sleep(0.01)
    return bool(condition())


def note_and_wait(mark: str, gate: str) -> bool:
    """
    Write down which process makes the call, and wait for the gate.
    """
    part = Path(f"{mark}.{os.getpid()}")
    part.write_text(str(os.getpid()))
    part.replace(mark)
    return wait_for(gate)


class KnownError(Exception):
    """
    Survives pickling, attributes included.
    """


class WordyError(Exception):
    """
    Unpickles to another message, if nobody takes care.
    """

    def __init__(self, name: str) -> None:
        super().__init__(f"no {name}")


class BrittleError(Exception):
    """
    Pickles, but does not unpickle.
    """

    def __init__(self, first: int, second: int) -> None:
        super().__init__(first)


class StickyError(Exception):
    """
    Does not pickle.
    """

    def __init__(self) -> None:
        super().__init__("sticky")
        self.lock = threading.Lock()


def raise_known(text: str = "on purpose") -> None:
    error = KnownError(text, 7)
    error.extra = {"a": 1}  # type: ignore[attr-defined]
    raise error


def raise_wordy() -> None:
    raise WordyError("name")


def raise_chained() -> None:
    try:
        raise ZeroDivisionError("first")
    except ZeroDivisionError as error:
        raise KnownError("second") from error


def raise_brittle() -> None:
    raise BrittleError(1, 2)


def raise_sticky() -> None:
    raise StickyError


def raise_at(n: int, bad: int) -> int:
    if n == bad:
        raise KnownError(n)
    return n


def leave() -> None:
    raise SystemExit(3)


def interrupt() -> None:
    raise KeyboardInterrupt


def make_lock() -> Any:
    return threading.Lock()


def make_lambda() -> Any:
    return lambda: 1


class Booby:
    """
    Pickles, but does not unpickle.
    """

    def __reduce__(self) -> Any:
        return _explode, ()


def _explode() -> None:
    raise ValueError("boom while unpickling")


def make_booby() -> Booby:
    return Booby()


class Holder:
    """
    Holds what cannot be pickled, somewhere inside.
    """

    def __init__(self) -> None:
        self.ok = 1
        self.inner = {"deep": [1, threading.Lock()]}

    def method(self) -> int:
        return self.ok


def die(code: int = 1) -> None:
    os._exit(code)


class FailingClient:
    """
    A constructor argument that leaves a file when it is closed.
    """

    def __init__(self, path: str) -> None:
        self.path = path

    def close(self) -> None:
        Path(self.path).touch()


class FailingExecutor:
    """
    An executor that cannot be built.
    """

    def __init__(self, client: FailingClient) -> None:
        raise OSError("no such machine")

    def submit(self, fn: Any, /, *args: Any) -> None: ...

    def map(self, fn: Any, *iterables: Any) -> None: ...

    def shutdown(self) -> None: ...


class Leaver:
    """
    Raises what is no `Exception` when it is pickled.
    """

    def __init__(self, error: type[BaseException] = SystemExit) -> None:
        self.error = error

    def __reduce__(self) -> Any:
        raise self.error("on the way out")


class LateLeaver:
    """
    Raises it when it is unpickled.
    """

    def __init__(self, error: type[BaseException] = SystemExit) -> None:
        self.error = error

    def __setstate__(self, state: dict[str, Any]) -> None:
        raise state["error"]("on the way in")


def make_leaver(late: bool = False) -> object:
    return LateLeaver() if late else Leaver()


class Inline(Executor):
    """
    Runs the trampoline in the process that hands in the call.
    """

    def submit(self, fn: Any, /, *args: Any, **kwargs: Any) -> Future[Any]:
        future: Future[Any] = Future()
        future.set_result(fn(*args, **kwargs))
        return future


class Interrupted:
    """
    Ctrl-C is pressed while it is pickled, or unpickled.
    """

    def __init__(self, late: bool = False) -> None:
        self.late = late

    def __getstate__(self) -> bool:
        if not self.late:
            signal.raise_signal(signal.SIGINT)
        return self.late

    def __setstate__(self, late: bool) -> None:
        signal.raise_signal(signal.SIGINT)


class Unpicklable:
    """
    Travels only with a reducer.
    """

    def __init__(self, value: int = 0) -> None:
        self.value = value

    def __reduce__(self) -> Any:
        raise TypeError("does not pickle")


def reduce_unpicklable(value: Unpicklable) -> Any:
    return Unpicklable, (value.value + 1,)


def copy_unpicklable(value: Unpicklable) -> Unpicklable:
    return Unpicklable(value.value + 10)


def talk(socket: Any) -> Any:
    """
    Write to a socket, or to a connection, and give it back.
    """
    (socket.sendall if hasattr(socket, "sendall") else socket.send_bytes)(b"hello")
    return socket
