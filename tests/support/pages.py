"""
Runs the Python blocks of a Markdown page in `__main__`, as a reader would.
"""

from __future__ import annotations

import doctest
import re
import sys
from pathlib import Path
from typing import Any

BLOCK = re.compile(r"^```python\n(.*?)^```$", re.DOTALL | re.MULTILINE)
OPTIONS = doctest.ELLIPSIS | doctest.IGNORE_EXCEPTION_DETAIL


def get_blocks(text: str) -> list[tuple[int, str]]:
    """
    Return each Python block of a page with the number of its first line.
    """
    return [
        (text.count("\n", 0, found.start(1)) + 1, found.group(1)) for found in BLOCK.finditer(text)
    ]


def run_block(code: str, page: Path, line: int, names: dict[str, Any]) -> None:
    """
    Run one block: a session at the prompt is compared, a script just runs.

    Raises:
        SystemExit: A session printed something else.
    """
    if not code.startswith(">>> "):
        # The padding makes a traceback show the line of the page.
        exec(compile("\n" * (line - 1) + code, str(page), "exec"), names)
        return
    test = doctest.DocTestParser().get_doctest(code, {}, page.name, str(page), line - 1)
    test.globs = names
    runner = doctest.DocTestRunner(optionflags=OPTIONS)
    if runner.run(test, clear_globs=False).failed:
        raise SystemExit(f"{page}:{line}: the session does not print what the page shows")


def run_page(page: Path) -> None:
    """
    Run all blocks of a page, one after the other, in the same `__main__`.
    """
    names = vars(sys.modules["__main__"])
    for line, code in get_blocks(page.read_text(encoding="utf-8")):
        run_block(code, page, line, names)
