"""
Fuzz the text readers and the parser of import strings: only this library's errors may come out.

Valid texts from a seed list and from the corpus are mutated, spliced and mixed with random bytes.
Every input goes to one reader, in one process; what comes out is counted by outcome. A finding is
an exception that is not ours, an answer that disagrees with a plainer reader, or more than a
second; it is printed, kept in the corpus, and makes the exit code 1.

    python benchmarks/fuzz_texts.py --inputs 1000000 --seed 1

With ``--keep``, one input for each new outcome is added to the corpus, too. The tests read the
corpus again.
"""

from __future__ import annotations

import argparse
import hashlib
import json
import keyword
import random
import re
import sys
import time
from collections import Counter
from collections.abc import Callable
from pathlib import Path
from typing import Any

from callsheet._formats.jsons import read_json
from callsheet._formats.limits import Limits, check_tree
from callsheet._formats.toml import read_toml
from callsheet._formats.yamls import read_yaml
from callsheet._imports.grammar import split_import_string
from callsheet.exceptions import CallsheetError

CORPUS = Path(__file__).parent.parent / "tests" / "corpus"
SLOW = 1.0  # seconds
N_KEPT = 60  # outcomes of a target

JSON_SEEDS = [
    '{"callable": "pkg.mod.fn", "signature": {"args": [], "x": 1, "y": 3.5}}',
    '{"loader": {"object": null, "loader": {"callable": "a.b"}}, "executor": null, "direct": true}',
    '{"x": {"$tuple": [1, -2, 3e5, 0.1, true, false, null]}, "y": "\\u00e9\\ud83d\\ude00\\n"}',
    '[[[[[]]]], {"a": {"b": {"c": {}}}}, "", 0, -0.0, 1E+2, 123456789012345678901234567890]',
    '{"a": 1, "b": {"$float": "nan"}, "c": [{"a": 2, "b": "\\ud800"}, {"\\u0061": 3}]}',
    "[NaN, Infinity, -Infinity, 1e999]",
]
YAML_SEEDS = [
    "callable: pkg.mod.fn\nsignature:\n  args: []\n  x: 1\n  y: [2.5, true, ~]\n",
    "a: &a {x: 1}\nb:\n  <<: [*a, {z: 1}]\n  c: *a\n",
    "- |\n  text\n  more\n- >-\n  folded\n- 'single ''quoted'''\n- \"double\\n\\u00e9\"\n",
    "%YAML 1.1\n---\n? [a, b]\n: !!str 1\n...\n--- second\n",
    "[0x1F, 017, 1_000, 1:30, 2026-11-22, .nan, -.inf, 1e3, 1.5e+3, !!int '3', !x y, <<]\n",
    "a: &x [*x, &y [*y]]\nb: !!python/object/apply:os.system [x]\nc: !!binary aGk=\n",
    "# comment\n\n{a: [b, {c: d}], 'e f': \"g\", ? h : i}\n",
]
TOML_SEEDS = [
    'callable = "pkg.mod.fn"\n[signature]\nargs = []\nx = 1\ny = 2.5\n',
    "a.b = 1\n[[c]]\nd = [1, {e = true}, 0x1F, 1_000]\n[[c]]\nf = 'g'\n",
    'a = """\nmore\n\\u00e9"""\nb = 1979-05-27T07:32:00Z\nc = nan\n',
]
NAME_SEEDS = [
    "pkg.mod.Outer.Inner.meth",
    "pkg.mod:Outer.meth",
    "__main__.fn",
    "concurrent.futures.ThreadPoolExecutor",
    "a.b.c.d.e.f.g.h.i.j.k.l.m.n.o.p",
    "os.__class__.x",
    "\uff46\uff55\uff4c\uff4c.\uff57",
    "é.x\u0301.ﬁ",
    "a.class.b",
    "a b.c",
]
TOKENS = [
    *('"', "'", "{", "}", "[", "]", ":", ",", ".", "\\", "\\u", "\\ud800", "\\x", "/", "//", "/*"),
    *("NaN", "Infinity", "-", "1e999", "9" * 50, "0", "-0", "null", "true", "0x", "\x00", "\ufeff"),
    *(
        "&a ",
        "*a ",
        "<<: ",
        "!!",
        "!",
        "!!str ",
        "---\n",
        "...\n",
        "%",
        "|\n",
        ">\n",
        "? ",
        "- ",
        "#",
    ),
    *(
        "\n",
        "\n  ",
        "\t",
        " ",
        "\r",
        "\x85",
        "\u2028",
        "é",
        "\u0301",
        "😀",
        "\ud800",
        "__",
        "class",
    ),
]
BRACKETS = ["[", "{", '{"a":', "- ", "? ", "&a [", "a.", "a:", "*a,", "!!seq ["]


class Mutator:
    """
    Makes inputs out of seeds, reproducibly.
    """

    def __init__(self, seed: int, seeds: list[str]) -> None:
        self.random = random.Random(seed)
        self.seeds = seeds

    def make(self) -> str | bytes:
        """
        Return an input: mostly a text that was valid, sometimes bytes.
        """
        choose = self.random.random()
        if choose < 0.02:
            return self.random.randbytes(self.random.randrange(40))
        if choose < 0.04:
            return self.random.choice(BRACKETS) * self.random.choice([10, 100, 300, 400, 2000])
        text = self.random.choice(self.seeds)
        for _ in range(self.random.choice([0, 1, 1, 1, 2, 3, 5])):
            text = self.mutate(text)
        if choose < 0.1:
            data = bytearray(text.encode("utf-8", "surrogatepass"))
            for _ in range(self.random.randrange(3)):
                data.insert(self.random.randrange(len(data) + 1), self.random.randrange(256))
            return bytes(data)
        return text

    def mutate(self, text: str) -> str:
        """
        Return *text* with one change.
        """
        pick = self.random.randrange
        start = pick(len(text) + 1)
        end = min(len(text), start + pick(12))
        kind = pick(8)
        if kind <= 1:
            return text[:start] + text[end:]
        if kind <= 3:
            return text[:start] + self.random.choice(TOKENS) + text[start:]
        if kind == 4:
            return text[:start] + text[start:end] * pick(5) + text[end:]
        if kind == 5:
            other = self.random.choice(self.seeds)
            return text[:start] + other[pick(len(other) + 1) :]
        if kind == 6:
            return text[:start] + chr(pick(0x300)) + text[end:]
        here, there = sorted((start, pick(len(text) + 1)))
        return text[here:there] + text[:here] + text[there:]


def is_equal(a: Any, b: Any) -> bool:
    """
    Compare JSON data, an int and a float apart.
    """
    return repr(a) == repr(b)


def check_json(text: Any, data: Any, error: CallsheetError | None) -> str | None:
    """
    Return how `read_json` disagrees with the standard library, or None.
    """
    try:
        plain = json.loads(text.decode("utf-8") if isinstance(text, bytes) else text)
    except (ValueError, RecursionError):
        return None if error is not None else "read what json refuses"
    if error is None:
        return None if is_equal(plain, data) else "read another value than json"
    reasons = ("twice", "JSON number", "beyond every float", "deeper", "byte order", "nested")
    return None if any(word in error.message for word in reasons) else f"refused: {error}"


def check_model(text: Any, data: Any, error: CallsheetError | None) -> str | None:
    """
    Return None; data beyond the JSON data model raises.
    """
    if error is None:
        check_tree(data, Limits())
    return None


def check_name(text: Any, parsed: Any, error: CallsheetError | None) -> str | None:
    """
    Return how an import string that was taken breaks the grammar, or None.
    """
    if error is not None:
        return None
    segments = re.split("[.:]", text)
    fine = (
        2 <= len(segments) <= 16
        and len(text) <= 512
        and text.count(":") <= 1
        and all(item.isidentifier() and not keyword.iskeyword(item) for item in segments)
        and tuple(segments) == parsed.segments
    )
    return None if fine else "took what the grammar does not have"


# What is fuzzed: its seeds, its reader, its check, its share of the inputs.
TARGETS: dict[str, tuple[list[str], Callable[[Any], Any], Callable[..., str | None], int]] = {
    "json": (JSON_SEEDS, read_json, check_json, 45),
    "yaml": (YAML_SEEDS, read_yaml, check_model, 15),
    "toml": (TOML_SEEDS, read_toml, check_model, 5),
    "names": (NAME_SEEDS, split_import_string, check_name, 35),
}


def read_corpus(name: str) -> list[str]:
    """
    Return the kept inputs of a target, as text.
    """
    paths = sorted((CORPUS / name).glob("*.bin"))
    return [path.read_bytes().decode("utf-8", "surrogateescape") for path in paths]


def keep(name: str, text: str | bytes) -> None:
    """
    Write an input to the corpus, under a name that its content gives.
    """
    data = text if isinstance(text, bytes) else text.encode("utf-8", "surrogatepass")
    path = CORPUS / name / f"{hashlib.sha256(data).hexdigest()[:16]}.bin"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(data)


def get_outcome(error: CallsheetError | None) -> str:
    """
    Return the kind of an outcome: the message without what it quotes or counts.
    """
    if error is None:
        return "read"
    quoted = r"'(?:[^'\\]|\\.)*'|\"(?:[^\"\\]|\\.)*\""
    reason = re.sub(quoted, "'…'", error.message).partition(": ")[2]
    return f"{type(error).__name__}: {re.sub(r'#?x?[0-9][0-9a-f]*', '0', reason)[:36]}"


def fuzz(name: str, n: int, seed: int, *, keep_new: bool) -> tuple[Counter[str], int, float]:
    """
    Give *n* inputs to one target; return the outcomes, the number of findings
    and the longest time that one input took.
    """
    seeds, read, check, _ = TARGETS[name]
    kept = read_corpus(name)
    mutator = Mutator(seed, seeds + kept)
    known = {get_outcome(attempt(read, text)[1]) for text in kept}
    outcomes: Counter[str] = Counter()
    n_findings = 0
    longest = 0.0
    for _ in range(n):
        text = mutator.make()
        start = time.perf_counter()
        try:
            data, error = attempt(read, text)
            problem = check(text, data, error)
        except Exception as caught:
            error, problem = None, f"{type(caught).__name__}: {caught}"
        elapsed = time.perf_counter() - start
        longest = max(longest, elapsed)
        if problem is None and elapsed > SLOW:
            problem = f"took {elapsed:.1f} s"
        if problem is not None:
            n_findings += 1
            keep(name, text)
            print(f"FINDING in {name}: {problem[:300]}\n  input: {text[:300]!r}")
            continue
        outcome = get_outcome(error)
        outcomes[outcome] += 1
        if keep_new and outcome not in known and len(known) < N_KEPT:
            known.add(outcome)
            keep(name, text)
    return outcomes, n_findings, longest


def attempt(read: Callable[[Any], Any], text: Any) -> tuple[Any, CallsheetError | None]:
    """
    Return what a reader makes of an input, or its error.
    """
    try:
        return read(text), None
    except CallsheetError as error:
        return None, error


def main() -> int:
    """
    Run the fuzz and print its counts.
    """
    parser = argparse.ArgumentParser(description="Fuzz the text readers.")
    parser.add_argument("--inputs", type=int, default=100_000, help="how many, in all")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", action="store_true", help="keep one input per new outcome")
    options = parser.parse_args()
    total = sum(target[3] for target in TARGETS.values())
    print(f"Python {sys.version.split()[0]}, seed {options.seed}, {options.inputs} inputs")
    n_all = n_findings = 0
    begin = time.perf_counter()
    for name, (_, _, _, share) in TARGETS.items():
        n = options.inputs * share // total
        start = time.perf_counter()
        outcomes, found, longest = fuzz(name, n, options.seed, keep_new=options.keep)
        seconds = time.perf_counter() - start
        n_all, n_findings = n_all + n, n_findings + found
        print(f"\n{name}: {n} inputs in {seconds:.1f} s, {found} findings")
        print(f"           the longest took {longest * 1e3:.0f} ms")
        for outcome, count in outcomes.most_common(N_KEPT):
            print(f"{count:>9}  {outcome}")
    seconds = time.perf_counter() - begin
    print(f"\n{n_all} inputs, {n_findings} findings, {n_all / seconds:.0f} inputs/s")
    return 1 if n_findings else 0


if __name__ == "__main__":
    sys.exit(main())
