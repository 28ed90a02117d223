"""
The end of what executor models have built, also where nobody asks for it.
"""

from __future__ import annotations

import _thread
import atexit
import concurrent.futures.thread  # noqa: F401  # pyright: ignore  # its hook runs after ours
import inspect
import os
import sys
import threading
from collections.abc import Callable
from contextlib import ExitStack, suppress
from typing import Any, Final, Protocol

from .._loading import importing

#: Seconds without progress after which the end of the program waits no longer
#: for an engine outside the standard library.
EXIT_WAIT: Final = 30.0

#: Seconds that an executor gets for its shutdown after a call was cancelled on it, which some take
#: as done and then wait for.
CANCEL_WAIT: Final = 3.0

#: Seconds that calls which have begun get when Ctrl-C ends a block.
INTERRUPT_WAIT: Final = 5.0


class Closable(Protocol):
    """What `closables` holds."""

    def close_at_exit(self, interrupted: bool) -> None:
        """Close it, within a bounded time; a short one, if Ctrl-C ends the program."""


#: What is open: closed at the end of the program, the youngest first.
closables: dict[int, Closable] = {}

_hooked: set[object] = set()

_kept: list[object] = []
#: Keeps a value for ever: what it holds must not be dropped in this process.
keep: Final = _kept.append


def call_with_known(method: Callable[..., object], **options: object) -> None:
    """Call *method* with those of the *options* that its signature takes."""
    try:
        parameters = inspect.signature(method).parameters.values()
    except (TypeError, ValueError):
        options = {}
    else:
        if not any(parameter.kind is parameter.VAR_KEYWORD for parameter in parameters):
            names = {parameter.name for parameter in parameters}
            options = {name: value for name, value in options.items() if name in names}
    method(**options) if options else method()


def call_within(seconds: float | None, function: Callable[[], object]) -> bool:
    """
    Call *function* and wait at most so long for it; raise what it raises.
    Return whether it has come to its end.

    At the end of the program, Python 3.12 starts no threads: there is no limit
    then.
    """
    errors: list[BaseException] = []

    def run() -> None:
        try:
            function()
        except BaseException as error:
            errors.append(error)

    thread = threading.Thread(target=run, daemon=True)
    try:
        thread.start()
    except RuntimeError:
        function()
        return True
    thread.join(seconds)
    if errors:
        raise errors[0]
    return not thread.is_alive()


def kill_workers(workers: Any) -> bool:
    """
    Kill the workers of a pool of processes (of the standard library or loky),
    which are the values of its ``_processes``. Return whether it is one.
    """
    with importing:
        import signal  # takes long to import

    if not hasattr(workers, "values"):
        return False
    for worker in list(workers.values()):
        with suppress(Exception):
            if worker.is_alive():  # loky's have no kill()
                os.kill(worker.pid, getattr(signal, "SIGKILL", signal.SIGTERM))
    return True


def close_all(owned: list[Any]) -> None:
    """
    Close objects, the last first: by ``close()``, else by ``shutdown()``, else
    not at all. Each gets its turn, whatever the others raise.
    """
    with ExitStack() as stack:
        while owned:
            stack.callback(_close, owned.pop(0))


def _close(value: Any) -> None:
    for name in ("close", "shutdown"):
        method = getattr(value, name, None)
        if callable(method) and not isinstance(value, type):
            method()
            return


def abandon_soon(box: list[Any]) -> None:
    """
    Call `abandon` of what is alone in *box*, in a thread of its own, and forget
    about it.

    For finalisers: they run wherever the garbage collector does, in an engine's
    thread and with locks held, so they may neither wait, nor take a lock, nor
    hold the last reference, which is why the thread takes it out of the box.
    """

    def run() -> None:
        with suppress(BaseException):
            box.pop().abandon()

    try:
        _thread.start_new_thread(run, ())
    except RuntimeError:  # no new thread at the end of the interpreter
        keep(box)


def _keep_in_child() -> None:
    """
    Keep for ever what is the parent's, for its locks may be held for ever, too;
    and ask for hooks again, for multiprocessing forgets them in a child.
    """
    _kept.extend(closables.values())
    closables.clear()
    _hooked.clear()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_keep_in_child)


def close_before(hook: object) -> None:
    """
    At the end of the program, close what is open before the hooks run that are
    there by now; *hook* says which have been thought of.

    Some engines have threads that are no daemons and that only a shutdown ends.
    The interpreter joins them before it runs atexit's functions, hence the hook
    that concurrent.futures uses itself. What is registered last runs first.
    """
    if hook not in _hooked:
        _hooked.add(hook)
        with suppress(RuntimeError):  # the end has begun
            getattr(threading, "_register_atexit", atexit.register)(_close_at_exit)
        process = sys.modules.get("multiprocessing.process")
        if process is not None and process.parent_process() is not None:
            # In a worker, multiprocessing first ends the queues of the pools that are open there
            # (priority 10), and then waits for their workers, which wait for the queues.
            with importing:
                from multiprocessing.util import Finalize

            Finalize(None, _close_at_exit, exitpriority=100)


def _close_at_exit() -> None:
    # Set for what nobody has caught; at a prompt, also for what was typed long ago.
    last = getattr(sys, "last_type", None)
    interrupted = isinstance(last, type) and issubclass(last, KeyboardInterrupt)
    for closable in reversed(list(closables.values())):
        with suppress(Exception):
            closable.close_at_exit(interrupted and not hasattr(sys, "ps1"))
