"""
Imports at first use, which no fork interrupts.
"""

from __future__ import annotations

import os
from threading import RLock

__all__ = ["importing"]

#: Held while a function imports what it needs. A fork waits for it: in the child, a module that
#: another thread of the parent's was importing would never be there, and whoever needs it would
#: wait for ever.
importing = RLock()


if hasattr(os, "register_at_fork"):
    os.register_at_fork(
        before=importing.acquire,
        after_in_parent=importing.release,
        after_in_child=importing.release,
    )
