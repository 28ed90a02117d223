"""
Where a model keeps its live part.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from threading import RLock
from typing import Any
from weakref import WeakSet

from ._closing import abandon_soon, keep
from ._live import Live, is_direct
from .exceptions import ExecutorError, ShutdownError

__all__ = ["Cell"]


class Cell:
    """
    Where a model keeps its live part.
    """

    __slots__ = ("__weakref__", "closed", "is_building", "live", "lock", "raw")

    def __init__(self, live: Live | None = None) -> None:
        self.lock = RLock()
        self.live: Live | None = None
        self.closed = False
        self.is_building = False
        #: The engine's own submit, where calls take the direct road.
        self.raw: Callable[..., Any] | None = None
        if live is not None:
            self._take(live)

    def open(self, build: Callable[[], Live]) -> Live:
        """
        Return the live part, built now if it is not there.

        Raises:
            ShutdownError: It has been shut down.

            ExecutorError: It is what is being built, in this thread.
        """
        with self._get_lock():
            if self.closed:
                raise ShutdownError("cannot schedule new futures after shutdown")
            if self.is_building:
                msg = (
                    "Cannot use an executor model while its executor is being built: what builds "
                    "it uses the model itself. Build it of other parts."
                )
                raise ExecutorError(msg, "executor")
            if self.live is None:
                self.is_building = True
                try:
                    self._take(build())
                finally:
                    self.is_building = False
            assert self.live is not None
            return self.live

    def close(self, wait: bool, cancel_futures: bool, timeout: float | None) -> None:
        """
        Shut the live part down, if there is one.
        """
        with self._get_lock():
            self.closed = True
            self.raw = None
            live = self.live
        if live is not None:
            live.close(wait, cancel_futures, timeout)

    def renew(self) -> None:
        """
        Leave a live part that was built to the parent, in a forked child, and
        the lock, which a thread of the parent's may hold.
        """
        self.lock = RLock()
        self.is_building = False
        if self.live is not None and self.live.is_ours:
            keep(self.live)
            self.live = self.raw = None

    def __del__(self) -> None:
        if self.live is None or self.live.is_at_rest:
            return
        box: list[Live] = [self.live]
        self.live = None
        if box[0].is_foreign:
            keep(box)
        else:
            abandon_soon(box)

    def _get_lock(self) -> RLock:
        _used.add(self)
        return self.lock

    def _take(self, live: Live) -> None:
        self.live = live
        if is_direct(live.executor):
            self.raw = live.raw


# Those whose locks may be held.
_used: WeakSet[Cell] = WeakSet()


def _renew_in_child() -> None:
    for cell in list(_used):
        cell.renew()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(after_in_child=_renew_in_child)
