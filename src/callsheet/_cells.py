"""
Where a model keeps its live part.
"""

from __future__ import annotations

import weakref
from collections.abc import Callable
from threading import Lock
from typing import Any

from ._live import Live, is_direct
from .exceptions import ShutdownError

__all__ = ["Cell"]


class Cell:
    """
    Where a model keeps its live part; futures that are not done hold it.
    """

    __slots__ = ("__weakref__", "closed", "live", "lock", "raw")

    def __init__(self, live: Live | None = None) -> None:
        self.lock = Lock()
        self.live: Live | None = None
        self.closed = False
        #: The engine's own submit, where calls take the direct road.
        self.raw: Callable[..., Any] | None = None
        if live is not None:
            self._take(live)

    def open(self, build: Callable[[], Live]) -> Live:
        """
        Return the live part, built now if it is not there.

        Raises:
            ShutdownError: It has been shut down.
        """
        with self.lock:
            if self.closed:
                raise ShutdownError("cannot schedule new futures after shutdown")
            if self.live is None:
                self._take(build())
            assert self.live is not None
            return self.live

    def close(self, wait: bool, cancel_futures: bool, timeout: float | None) -> None:
        """
        Shut the live part down, if there is one.
        """
        with self.lock:
            self.closed = True
            self.raw = None
            live = self.live
        if live is not None:
            live.close(wait, cancel_futures, timeout)

    def _take(self, live: Live) -> None:
        self.live = live
        if is_direct(live.executor):
            self.raw = live.raw
        if live.needs_finalizer:
            weakref.finalize(self, live.abandon).atexit = False
