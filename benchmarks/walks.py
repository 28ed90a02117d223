"""
Prints how far each operation walks through the library's files, in Markdown.

    python benchmarks/walks.py
    python benchmarks/walks.py --show json    # each call, with its file

Counts calls of the library's own functions in the calling thread, the files
that they are in, and how often the next call is in another file than the one
before. Each operation is counted the second time that it runs, so that what is
worked out once per callable, policy or class is there.
"""

from __future__ import annotations

import argparse
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from decimal import Decimal
from inspect import CO_GENERATOR
from pathlib import Path
from types import FrameType
from typing import Any

import attrs

SOURCE = Path(__file__).parent.parent / "src"
sys.path.insert(0, str(SOURCE))

import targets  # noqa: E402
from callsheet import CallableModel, NormalExecutor, make_converter  # noqa: E402

PACKAGE = str(SOURCE / "callsheet") + "/"
ALLOW = ["targets.*"]


@attrs.frozen
class Settings:
    """
    An application's own class.
    """

    call: CallableModel[Any]
    pool: NormalExecutor[ThreadPoolExecutor]
    day: date
    names: tuple[str, ...]


model = CallableModel(targets.f, kwargs={"x": 1, "y": 3})
tagged = CallableModel(
    targets.nest, kwargs={"inner": [(1, Decimal("1.5")), {date(2026, 11, 22)}], "x": 1}
)
text = model.json()
tagged_text = tagged.json()
converter = make_converter(allow=[*ALLOW, "concurrent.futures.ThreadPoolExecutor"])
document = converter.unstructure(
    Settings(
        model,
        NormalExecutor[ThreadPoolExecutor](kwargs={"max_workers": 1}),
        date(2026, 11, 22),
        ("a", "b"),
    )
)


def use_executor() -> None:
    executor = NormalExecutor[ThreadPoolExecutor](kwargs={"max_workers": 1})
    executor.submit(targets.f, 1, 2).result()
    executor.shutdown()


WALKS: dict[str, Callable[[], Any]] = {
    "`CallableModel(f, kwargs=)`": lambda: CallableModel(targets.f, kwargs={"x": 1}),
    "`model.json()`": lambda: model.json(),
    "`parse_raw(text, allow=[...])`": lambda: CallableModel.parse_raw(text, allow=ALLOW),
    "the same, with tags": lambda: CallableModel.parse_raw(tagged_text, allow=ALLOW),
    "`NormalExecutor[T](kwargs=)`, `submit`, close": use_executor,
    "`converter.structure(document, Settings)`": lambda: converter.structure(document, Settings),
}


def trace(operation: Callable[[], Any]) -> list[tuple[str, str]]:
    """
    Return the file and the function of each call that an operation makes.

    A comprehension is no call on newer Pythons, so it is none here; a
    generator is called once, however often it goes on.
    """
    calls: list[tuple[str, str]] = []
    generators: set[FrameType] = set()

    def note(frame: FrameType, event: str, _: Any) -> None:
        code = frame.f_code
        if event != "call" or not code.co_filename.startswith(PACKAGE):
            return
        if code.co_name in ("<listcomp>", "<dictcomp>", "<setcomp>") or frame in generators:
            return
        if code.co_flags & CO_GENERATOR:
            generators.add(frame)
        calls.append((code.co_filename.removeprefix(PACKAGE), code.co_name))

    operation()
    sys.setprofile(note)
    try:
        operation()
    finally:
        sys.setprofile(None)
    return calls


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__.strip().splitlines()[0])
    parser.add_argument("--show", metavar="PART", help="the calls of what has this in its name")
    shown = parser.parse_args().show
    if shown:
        for title in WALKS:
            if shown in title:
                print(
                    title, *(f"    {file:30}{name}" for file, name in trace(WALKS[title])), sep="\n"
                )
        return
    print("| operation | calls | files | changes of file |\n|---|--:|--:|--:|")
    for title, operation in WALKS.items():
        files = [file for file, _ in trace(operation)]
        changes = sum(left != right for left, right in zip([None, *files], files, strict=False))
        print(f"| {title} | {len(files)} | {len(set(files))} | {changes} |")


if __name__ == "__main__":
    main()
