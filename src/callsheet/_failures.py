"""
What an engine's own failures mean, where there is a remedy.
"""

from __future__ import annotations

from concurrent.futures import BrokenExecutor
from typing import Any, Final

from ._messages import get_name
from .exceptions import ExecutorError

__all__ = ["translate"]

_LONGEST_CHAIN: Final = 30


def translate(error: BaseException, kind: type, context: Any) -> BaseException:
    """
    Return the clear error in place of an engine's own, where there is one.

    Args:
        error: The engine's error.

        kind: The executor's class.

        context: The executor's context of multiprocessing, if it has one.
    """
    if isinstance(error, BrokenExecutor):
        return _explain_broken_pool(error, context)
    link: BaseException | None = error
    for _ in range(_LONGEST_CHAIN):
        if link is None:
            break
        if "No module named 'callsheet" in str(link):
            name = get_name(kind)
            msg = (
                f"Cannot run calls on the workers of {name}: callsheet is not installed there. "
                "Install it where the workers (and Dask's scheduler) run, or make the model with "
                "direct=True."
            )
            clear = ExecutorError(msg, name)
            clear.__cause__ = error
            return clear
        link = link.__cause__ or link.__context__
    return error


def _explain_broken_pool(error: BrokenExecutor, context: Any) -> BaseException:
    try:
        forked = context is None or context.get_start_method() == "fork"
    except Exception:
        forked = True
    if forked or len(error.args) != 1:
        return error
    # Of the same class, for programs catch it.
    clear = type(error)(
        f"{error.args[0]} If no worker could even start: workers that spawn run the main script "
        'once more, so what it does must stand under if __name__ == "__main__":'
    )
    clear.__cause__ = error.__cause__ or error
    return clear
