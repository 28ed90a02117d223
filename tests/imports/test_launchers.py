"""
``__main__`` is the program, whatever has started it: never its launcher.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
import zipapp
from collections.abc import Callable
from importlib.util import find_spec
from pathlib import Path
from textwrap import dedent

import pytest

import callsheet

SOURCE = Path(callsheet.__file__).parent.parent

# What a document could name in this process under the default policy. Every public name is tried,
# also of what the standard library's launchers are known to hold.
APP = """
import json, sys

def work(x=1):
    return x

class Own:
    def run(self):
        return 1

def attempt(name):
    from callsheet import CallableModel
    from callsheet.exceptions import CallsheetError
    try:
        CallableModel.parse_obj({"callable": f"__main__.{name}"})
    except CallsheetError as error:
        return str(error)

def report():
    names = {*vars(sys.modules["__main__"]), "work", "run", "runctx", "main", "run_path"}
    said = {name: attempt(name) for name in sorted(names) if not name.startswith("_")}
    opened = [name for name, error in said.items() if error is None]
    print("\\nREPORT", json.dumps([opened, said["run"]]), flush=True)

if __name__ == "__main__":
    report()
"""
OWN = ["Own", "attempt", "report", "work"]

# Runs text as cProfile does: in a namespace of its own, with the program's sys.argv.
LAUNCHER = """
import sys

def run(text, file="-"):
    exec(compile(text, file, "exec"), {"__name__": "__main__", "__file__": file})

def main():
    sys.argv[:] = sys.argv[1:]
    run(open(sys.argv[0]).read(), sys.argv[0])

if __name__ == "__main__":
    main()
"""


class Place:
    """
    A directory with the program, and a ``site-packages`` on the path.
    """

    def __init__(self, root: Path) -> None:
        self.root = root
        self.site = root / "lib" / "site-packages"
        self.site.mkdir(parents=True)
        self.write("app.py", APP)
        self.app = str(root / "app.py")

    def write(self, name: str, text: str) -> str:
        path = self.root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(dedent(text), encoding="utf-8")
        return str(path)

    def install(self, name: str, text: str) -> None:
        self.write(f"lib/site-packages/{name}", text)

    def report(self, *arguments: str, text: str = "", last: bool = False) -> tuple[list[str], str]:
        """
        Return what a document could name, and what was said of ``run``.
        """
        path = [str(SOURCE), str(self.site), *filter(None, [os.environ.get("PYTHONPATH")])]
        done = subprocess.run(
            [sys.executable, *arguments],
            input=text,
            cwd=self.root,
            env={**os.environ, "PYTHONPATH": os.pathsep.join(path), "PYTHONSAFEPATH": ""},
            capture_output=True,
            text=True,
            timeout=120,
            check=False,
        )
        lines = [line for line in done.stdout.splitlines() if "REPORT " in line]
        assert lines, done.stdout + done.stderr
        opened, said = json.loads(lines[-1].partition("REPORT ")[2])
        return opened, said


@pytest.fixture
def place(tmp_path: Path) -> Place:
    return Place(tmp_path)


@pytest.mark.parametrize("launcher", ["cProfile", "profile", "trace"])
def test_launcher(launcher: str, place: Place):
    """
    What the standard library's launchers define is nothing that a document
    can name, least of all what runs text; the refusal says who `__main__` is.
    """
    options = ["--count", "--coverdir", "counts"] if launcher == "trace" else []

    opened, said = place.report("-m", launcher, *options, place.app)

    assert [name for name in opened if name not in OWN] == []
    if opened == []:  # Python 3.13.1 and later put the program into its place
        assert f"{launcher}.py here, which runs the program" in said


def test_launcher_by_path(place: Place):
    """
    A launcher that is started as a file is one, too.
    """
    import profile

    assert place.report(profile.__file__, place.app)[0] == []


@pytest.mark.parametrize("launcher", ["timeit", "code", "pdb"])
def test_prompt(launcher: str, place: Place):
    """
    No more what runs lines of text; `pdb` hands its place to the program.
    """
    arguments = {
        "timeit": ["-m", "timeit", "-n1", "-r1", "import app; app.report()"],
        "code": ["-m", "code"],
        "pdb": ["-m", "pdb", place.app],
    }
    text = {"timeit": "", "code": "import app; app.report()\n", "pdb": "continue\nquit\n"}

    opened, _ = place.report(*arguments[launcher], text=text[launcher])

    assert opened == (OWN if launcher == "pdb" else [])


def test_runpy(place: Place):
    """
    `python -m runpy app` runs the program in the namespace that holds
    `run_path` already: the program's own names are open, and no others.
    """
    assert place.report("-m", "runpy", "app")[0] == OWN


@pytest.mark.parametrize("way", ["script", "module", "package", "directory", "zipapp", "text"])
def test_program(way: str, place: Place):
    """
    However Python starts the program, the program is `__main__`.
    """
    place.write("pkg/__init__.py", "")
    place.write("pkg/__main__.py", APP)
    zipapp.create_archive(place.root / "pkg", place.root / "app.pyz")
    arguments = {
        "script": [place.app],
        "module": ["-m", "app"],
        "package": ["-m", "pkg"],
        "directory": ["pkg"],
        "zipapp": ["app.pyz"],
        "text": ["-c", APP],
    }

    assert place.report(*arguments[way])[0] == OWN


def test_program_called_as_a_launcher(place: Place):
    """
    What decides is where the code lies, not what it is called.
    """
    place.write("profile.py", APP)

    assert place.report("-m", "profile")[0] == OWN
    assert place.report("profile.py")[0] == OWN


@pytest.mark.parametrize("module", ["tool", "tool.__main__"])
def test_installed_program(module: str, place: Place):
    """
    An installed program that is run as `python -m tool` is the program.
    """
    name = "tool/__main__.py" if "." in module else "tool.py"
    place.install(name, APP)
    if "." in module:
        place.install("tool/__init__.py", "")

    assert place.report("-m", "tool", "study.json")[0] == OWN


@pytest.mark.parametrize("name", ["launcher.py", "launcher/__main__.py"])
def test_installed_launcher(name: str, place: Place):
    """
    An installed program that runs another one, in whose name it changes
    `sys.argv`, is none.
    """
    place.install(name, LAUNCHER)

    opened, said = place.report("-m", "launcher", place.app)

    assert opened == []
    assert "which runs the program" in said


@pytest.mark.parametrize(
    ("change", "argv"),
    [
        ("", "[]"),
        ("", "['another']"),
        ("", "[None]"),
        ("del sys.argv", "None"),
        ("sys.frozen = True", "[sys.executable]"),
        ("sys.frozen = True; del os.__file__", "['']"),
        ("sys.frozen = True; sys.executable = __file__; os.__file__ = __file__", "['app']"),
        ("sys.executable = None", "['app']"),
    ],
)
def test_strange_surroundings(change: str, argv: str, place: Place):
    """
    A script is the program whatever it does to `sys.argv`, and in a frozen
    program, whose files may all lie in one place.
    """
    start = f"import os, sys\nsys.argv = {argv}\n{change}\n"
    script = place.write("strange.py", start + APP)

    opened, _ = place.report(script)

    assert opened == OWN


def make_pytest(place: Place) -> tuple[list[str], list[str]]:
    place.write("test_app.py", "import app\n\ndef test_app(): app.report()\n")
    return ["-m", "pytest", "-q", "-s", "-p", "no:cacheprovider", "test_app.py"], []


def make_unittest(place: Place) -> tuple[list[str], list[str]]:
    text = """
        import app, unittest
        class Test(unittest.TestCase):
            def test_app(self): app.report()
    """
    place.write("test_app.py", text)
    return ["-m", "unittest", "test_app"], []


def make_doctest(place: Place) -> tuple[list[str], list[str]]:
    place.write("page.txt", ">>> import sys, app\n>>> print = app.report()\n")
    return ["-m", "doctest", "-v", "page.txt"], []


def make_run_path(place: Place) -> tuple[list[str], list[str]]:
    return ["-c", f"import runpy; runpy.run_path({place.app!r}, run_name='__main__')"], OWN


def make_run_module(place: Place) -> tuple[list[str], list[str]]:
    call = "runpy.run_module('app', run_name='__main__', alter_sys=True)"
    return ["-c", f"import runpy; {call}"], OWN


def make_spawn(place: Place) -> tuple[list[str], list[str]]:
    spawn = """
    import multiprocessing
    if __name__ == "__main__":
        process = multiprocessing.get_context("spawn").Process(target=report)
        process.start()
        process.join()
    """
    text = APP.replace('if __name__ == "__main__":\n    report()\n', "") + dedent(spawn)
    return [place.write("spawn.py", text)], OWN


def make_coverage(place: Place) -> tuple[list[str], list[str]]:
    return ["-m", "coverage", "run", place.app], OWN


def make_ipython(place: Place) -> tuple[list[str], list[str]]:
    return ["-m", "IPython", "--quick", "--no-banner", place.app], OWN


HARNESSES: list[Callable[[Place], tuple[list[str], list[str]]]] = [
    make_pytest,
    make_unittest,
    make_doctest,
    make_run_path,
    make_run_module,
    make_spawn,
    make_coverage,
    make_ipython,
]


@pytest.mark.parametrize("make", HARNESSES, ids=lambda make: make.__name__[5:])
def test_harness(make: Callable[[Place], tuple[list[str], list[str]]], place: Place):
    """
    What tests, measures or hosts a program opens nothing of its own.
    """
    arguments, expected = make(place)
    if arguments[0] == "-m" and find_spec(arguments[1]) is None:
        pytest.skip(f"{arguments[1]} is not installed")

    opened, _ = place.report(*arguments)

    assert opened == expected
