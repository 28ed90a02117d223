"""
Import string to object: the rules of the import policy, one by one.
"""

from __future__ import annotations

import concurrent.futures
import functools
import gc
import importlib
import importlib.util
import json
import math
import os
import sys
import threading
import trace
import types
from typing import Any

import pytest

import targets_names as targets
from callsheet._imports.guarding import (
    answers,
    check_import_string,
    check_object,
    get_refusal,
    resolve_allowed,
)
from callsheet._imports.resolving import get_callable_from_string, resolve_import_string
from callsheet.exceptions import (
    CallsheetError,
    ImportFailedError,
    ImportStringError,
    ModelError,
    RefusedError,
    ResolveError,
)
from callsheet.policies import ImportPolicy
from policy_packages import Packages, packages  # noqa: F401  a fixture

HERE = "targets_names"
SCRIPT = os.path.join(os.path.dirname(sys.executable), "app")


def resolve(allow: list[Any], text: Any) -> Any:
    return resolve_allowed(ImportPolicy(allow=allow), text)


def refuses(allow: list[Any], text: str, reason: str = "^Cannot resolve") -> bool:
    with pytest.raises(RefusedError, match=reason):
        resolve(allow, text)
    return True


@pytest.fixture
def app(packages: Packages) -> Packages:  # noqa: F811
    """
    A package with everything that the rules are about.
    """
    packages.write(
        {
            "app/__init__.py": """
                import os, functools
                from concurrent.futures import ThreadPoolExecutor
                from json import JSONDecoder, dumps
                from foreign import Outsider, outside
                from apple import seed

                __all__ = ["Model", "fn", "lazy", "_secret", "liar", "crash", "os", "missing"]

                def fn(x=1): return x
                def unlisted(): ...
                def _private(): ...
                _secret = fn

                class Meta(type):
                    def __getattr__(cls, name): return getattr(os, name)
                    def __getattribute__(cls, name):
                        if name.startswith("__"):
                            return super().__getattribute__(name)
                        raise AssertionError(name)

                class Magic(metaclass=Meta):
                    @classmethod
                    def make(cls): return "made"

                class Base:
                    foreign = staticmethod(os.getcwd)
                    factory = dict
                    def method(self): ...
                    @classmethod
                    def make(cls): return cls
                    @staticmethod
                    def helper(x): return x
                    @property
                    def prop(self): return 1
                    @functools.cached_property
                    def cached(self): return 1
                    _hidden = helper

                class Model(Base):
                    class Inner:
                        def run(self): ...

                class Exec(ThreadPoolExecutor): ...
                class Callme:
                    def __call__(self): ...
                    def run(self): ...
                    @classmethod
                    def of(cls, x): ...

                class Fake:
                    __class__ = type
                    def make(self): ...

                fake = Fake()
                callme = Callme()
                run = callme.run
                borrowed = outside.__get__(callme)
                outsider_run = Callme.__dict__["run"].__get__(Outsider())
                adopted = Callme.__dict__["of"].__func__.__get__(Outsider)
                half = functools.partial(fn, 2)
                evil = functools.partial(exec)
                upper = "x".upper
                lengths = [].append
                text_upper = str.upper
                maketrans = str.maketrans
                environ = os.environ
                REGISTRY = {"a": 1}
                alias = fn
                decoder = JSONDecoder()
                cached = functools.lru_cache(fn)
                cached_foreign = functools.lru_cache(os.getenv)
                wrapped = functools.wraps(os.getcwd)(lambda: None)

                def __getattr__(name):
                    if name == "lazy":
                        from app.inner import lazy
                        return lazy
                    if name == "liar":
                        return os.getcwd
                    if name == "crash":
                        raise RuntimeError("no")
                    if name == "unexported":
                        return fn
                    raise AttributeError(name)
            """,
            "app/inner.py": """
                import sys
                from foreign import Sub
                def lazy(): ...
                class Deep:
                    class Er:
                        @staticmethod
                        def fn(x): return x
            """,
            "app/_core.py": "def fast(): ...",
            "app/__main__.py": "raise AssertionError('ran')",
            "app/needs.py": "import no_such_dependency",
            "app/exits.py": "raise SystemExit(3)",
            "app/breaks.py": "raise ValueError('broken')",
            "app/prefix.py": "import ap",
            "apple.py": "def seed(): ...",
            "app/blames.py": "raise ModuleNotFoundError('x', name=None)",
            "foreign.py": """
                import sys
                class Outsider: ...
                def outside(self): ...
                if "app" in sys.modules and hasattr(sys.modules["app"], "Model"):
                    class Sub(sys.modules["app"].Model): ...
                else:
                    class Sub: ...
            """,
            "application.py": "raise AssertionError('imported')",
            "trap.py": "raise AssertionError('imported')",
        }
    )
    return packages


@pytest.mark.usefixtures("app")
class TestBeforeTheImport:
    """
    Rules 1 to 3: string work, and nothing has been imported.
    """

    def test_rule_1_grammar(self):
        """
        Rule 1: what is no import string is an error under any policy.
        """
        for text in ("json", "json.dumps ", "json:*", None, 5, ["json.dumps"], {}):
            with pytest.raises(ImportStringError):
                resolve(["json.*"], text)
            with pytest.raises(ImportStringError):
                check_import_string(ImportPolicy(), text)

    @pytest.mark.parametrize("text", ["app.fn.__globals__", "app.Model.__new__", "app.__main__.x"])
    def test_rule_2_dunders(self, text: str):
        """
        Rule 2: no segment starts with two underscores, and the refusal offers
        no line that would allow it.
        """
        assert refuses(["app.*"], text, "No entry opens such a name")
        assert refuses(["app.Model", "app:*", resolve_import_string], text)

    def test_rule_3_boundary(self):
        """
        Rule 3: an entry ends at a dot; nothing beside, above or below it is
        imported.
        """
        for allow in (["app.*"], ["app:*"], ["app.fn"]):
            for text in ("application.fn", "trap.fn", "trap:fn", "App.fn", "x.app.fn"):
                assert refuses(allow, text, rf'allow=\[\.\.\., "{text.replace(":", ".")}"\]')

        assert "application" not in sys.modules
        assert "trap" not in sys.modules

    def test_rule_3_exact(self):
        """
        Rule 3: an exact entry grants nothing below, beside or above itself.
        """
        for text in ("app.fn.x", "app.Model", "app.f", "app.Base.make", "app.Model.Inner"):
            allow = ["app.fn", "app.Base", "app.Model.make"]

            assert refuses(allow, text)
            assert check_import_string(ImportPolicy(allow=allow), text).verdict == "refused"

    def test_rule_3_module_form(self):
        """
        Rule 3: `a:*` imports no submodule of a.
        """
        assert refuses(["app:*"], "app.inner.Deep.Er.fn")
        assert "app.inner" not in sys.modules
        assert resolve(["app.*"], "app.inner.lazy").__name__ == "lazy"

    def test_rule_3_tree(self):
        """
        Rule 3: `a.b.*` imports neither what lies beside b nor takes anything
        from a.
        """
        assert resolve(["app.inner.*"], "app.inner.lazy")
        for text in ("app.fn", "app._core.fast", "app.needs.x", "app.innermost.x"):
            assert refuses(["app.inner.*"], text)
        assert "app._core" not in sys.modules

    def test_rule_3_longest_first(self, packages: Packages):  # noqa: F811
        """
        Rule 3: the longest module wins, and the colon decides otherwise.
        """
        packages.write(
            {
                "twice/__init__.py": """
                    from .tool import tool
                    class Thing:
                        @staticmethod
                        def run(): return "class"
                        @staticmethod
                        def only(): return "class"
                """,
                "twice/tool.py": "def tool(): ...\ndef other(): ...",
                "twice/Thing.py": "def run(): return 'module'",
            }
        )

        assert resolve(["twice.*"], "twice.tool.tool") is resolve(["twice.*"], "twice:tool")
        assert resolve(["twice.*"], "twice.tool.other").__name__ == "other"
        assert resolve(["twice.*"], "twice.Thing.run")() == "module"
        assert resolve_import_string("twice.Thing.run")() == "module"
        with pytest.raises(ResolveError):
            resolve(["twice.*"], "twice.Thing:only")

    def test_verdicts(self):
        """
        Phase one names the entry or the rule that decided.
        """
        policy = ImportPolicy(allow=["app.*", "json.dumps", math.sqrt])

        def ask(text: str) -> tuple[str, str]:
            verdict = check_import_string(policy, text)
            assert verdict.import_string == text
            return verdict.verdict, verdict.rule

        assert ask("app.anything.at.all") == ("allowed", "entry 'app.*'")
        assert ask("json.dumps") == ("allowed", "entry 'json.dumps'")
        assert ask("math.sqrt") == ("allowed", "object math.sqrt")
        assert ask("os.getcwd") == ("refused", "rule 3: no entry opens it")
        assert ask("app.__dict__") == ("refused", "rule 2: '__dict__'")
        assert "app" not in sys.modules

    def test_refusal_of_a_verdict(self):
        """
        A verdict of phase one becomes the same refusal that phase two raises.
        """
        policy = ImportPolicy(allow=["app.*"])
        for text in ("os.getcwd", "app.__dict__"):
            error = get_refusal(policy, check_import_string(policy, text))

            with pytest.raises(RefusedError) as caught:
                resolve_allowed(policy, text)
            assert str(error) == str(caught.value)


@pytest.mark.usefixtures("app")
class TestRule4:
    """
    Rule 4: a missing module is told from a module that cannot be imported.
    """

    @pytest.mark.parametrize("allow", [["app.*"], ["app.needs.x", "app.exits.x", "app.breaks.x"]])
    def test_importing_failed(self, allow: list[Any]):
        """
        The message says why the import failed, and the cause is kept.
        """
        with pytest.raises(ImportFailedError, match="needs the module 'no_such_dependency'") as e:
            resolve(allow, "app.needs.x")
        assert isinstance(e.value.__cause__, ModuleNotFoundError)
        with pytest.raises(ImportFailedError, match="failed with SystemExit: 3") as e:
            resolve(allow, "app.exits.x")
        assert isinstance(e.value.__cause__, SystemExit)
        with pytest.raises(ImportFailedError, match="failed with ValueError: broken"):
            resolve(allow, "app.breaks.x")

    def test_prefix(self):
        """
        A missing dependency whose name begins like the module's is no parent
        of it.
        """
        with pytest.raises(ImportFailedError, match="needs the module 'ap'"):
            resolve(["app.*"], "app.prefix.x")

    def test_no_name(self):
        """
        A ModuleNotFoundError that names no module is a failure as well.
        """
        with pytest.raises(ImportFailedError):
            resolve(["app.*"], "app.blames.x")

    @pytest.mark.parametrize(
        "text", ["nosuch.fn", "nosuch.sub.fn", "app.nosuch.fn", "app.nosuch", "app.fn.nosuch.x"]
    )
    def test_missing(self, text: str):
        """
        A module that is not there is not found, under a policy and without.
        """
        for find in (
            lambda: resolve([f"{text.partition('.')[0]}.*"], text),
            lambda: resolve([text], text),
            lambda: resolve_import_string(text),
        ):
            with pytest.raises(CallsheetError) as caught:
                find()
            assert type(caught.value) in (ResolveError, RefusedError)

    def test_nearest_name(self):
        """
        A name that is nearly right is answered with the right one.
        """
        for find in (lambda t: resolve(["app.*"], t), resolve_import_string):
            with pytest.raises(ResolveError, match="Did you mean 'Model'"):
                find("app.Modell")


@pytest.mark.usefixtures("app")
class TestRule5:
    """
    Rule 5: static lookups only.
    """

    def test_metaclass_does_not_run(self):
        """
        The lookups of a metaclass do not run.
        """
        assert resolve(["app.*"], "app.Magic").__name__ == "Magic"
        assert resolve(["app.*"], "app.Magic.make")() == "made"
        with pytest.raises(ResolveError, match=r"class app\.Magic has no 'getcwd'"):
            resolve(["app.*"], "app.Magic.getcwd")

    def test_exported_lazy_name(self):
        """
        A name in `__all__` may come from the module's own `__getattr__`.
        """
        for allow in (["app.*"], ["app:*"]):
            assert resolve(allow, "app.lazy").__name__ == "lazy"

    def test_unexported_lazy_name(self):
        """
        No other name reaches `__getattr__`.
        """
        with pytest.raises(ResolveError, match="has no 'unexported'"):
            resolve(["app.*"], "app.unexported")

    def test_lying_exports(self):
        """
        What `__getattr__` gives has a home like anything else, and may fail.
        """
        assert refuses(["app.*"], "app.liar", "'liar' lives at '(posix|nt).getcwd'")
        with pytest.raises(ImportFailedError, match="RuntimeError: no"):
            resolve(["app.*"], "app.crash")
        with pytest.raises(ResolveError):
            resolve(["app.*"], "app.missing")

    @pytest.mark.parametrize("text", ["app.os.getcwd", "app.functools.partial", "app.os"])
    def test_module_ends_the_walk(self, text: str):
        """
        A module that a module imports is no way on, exported or not.
        """
        assert refuses(["app.*"], text, "another module that 'app' imports")
        assert refuses(["app:*"], text)

    @pytest.mark.parametrize(
        "text",
        ["app._private", "app._secret", "app.Base._hidden", "app._core.fast", "app.__all__.x"],
    )
    def test_private_attributes(self, text: str):
        """
        No attribute starts with an underscore; a private module may.
        """
        if text == "app._core.fast":
            assert resolve(["app.*"], text).__name__ == "fast"
        else:
            assert refuses(["app.*"], text)
            assert refuses(["app:*"], text)

    def test_public_names(self):
        """
        `a:*` opens what `__all__` lists, and every name without underscore
        where there is no `__all__`.
        """
        assert resolve(["app:*"], "app.fn")
        assert resolve(["app:*"], "app.Model.helper")(3) == 3
        assert refuses(["app:*"], "app.unlisted", "no public name of 'app'")
        assert resolve(["app.inner:*"], "app.inner.Deep.Er.fn")(3) == 3

    @pytest.mark.parametrize(
        "text",
        [
            "app.environ.copy",
            "app.REGISTRY.clear",
            "app.evil.func",
            "app.half.func",
            "app.callme.run",
            "app.fake.make",
            "app.fn.x",
            "app.cached.clear",
        ],
    )
    def test_instances_end_the_walk(self, text: str):
        """
        What an instance holds is out of reach, whatever it pretends to be.
        """
        assert refuses(["app.*"], text)

    @pytest.mark.parametrize("text", ["app.Base.prop", "app.Base.cached"])
    def test_properties(self, text: str):
        """
        Neither a property nor a descriptor of Python code is run.
        """
        with pytest.raises(ResolveError):
            resolve(["app.*"], text)

    def test_not_callable(self):
        """
        What cannot be called is not found.
        """
        with pytest.raises(ResolveError, match="cannot be called"):
            resolve(["app.REGISTRY"], "app.REGISTRY")
        with pytest.raises(ResolveError, match="is a module and cannot be called"):
            resolve(["json.decoder"], "json.decoder")


@pytest.mark.usefixtures("app")
class TestRule6:
    """
    Rule 6: the home rule, at every hop.
    """

    @pytest.mark.parametrize(
        "text",
        [
            "app.fn",
            "app.alias",
            "app.half",
            "app.cached",
            "app.callme",
            "app.run",
            "app.Exec",
            "app.Model",
            "app.Model.make",
            "app.Model.helper",
            "app.Model.method",
            "app.Model.Inner.run",
            "app.inner.Deep.Er.fn",
        ],
    )
    def test_at_home(self, text: str):
        """
        What a package defines itself is opened by its wildcard.
        """
        value = resolve(["app.*"], text)

        assert value == functools.reduce(
            getattr, text.split(".")[1:], importlib.import_module("app")
        )

    @pytest.mark.parametrize(
        ("text", "home"),
        [
            ("app.ThreadPoolExecutor", "concurrent.futures.thread.ThreadPoolExecutor"),
            ("app.ThreadPoolExecutor.submit", "concurrent.futures.thread.ThreadPoolExecutor"),
            ("app.Exec.submit", "concurrent.futures.thread.ThreadPoolExecutor.submit"),
            ("app.dumps", "json.dumps"),
            ("app.JSONDecoder", "json.decoder.JSONDecoder"),
            ("app.decoder", "json.decoder.JSONDecoder"),
            ("app.Outsider", "foreign.Outsider"),
            ("app.inner.Sub", "foreign.Sub"),
            ("app.inner.Sub.make", "foreign.Sub"),
            ("app.Base.foreign", "posix.getcwd"),
            ("app.Base.factory", "builtins.dict"),
            ("app.evil", "builtins.exec"),
            ("app.upper", "builtins.str.upper"),
            ("app.lengths", "builtins.list.append"),
            ("app.text_upper", "builtins.str.upper"),
            ("app.cached_foreign", "os.getenv"),
            ("app.wrapped", "posix.getcwd"),
            ("app.borrowed", "foreign.outside' and 'app.Callme"),
            ("app.outsider_run", "app.Callme.run' and 'foreign.Outsider"),
            ("app.adopted", "app.Callme.of' and 'foreign.Outsider"),
            ("app.seed", "apple.seed"),
            ("app.REGISTRY", "builtins.dict"),
            ("app.environ", "os._Environ"),
        ],
    )
    def test_elsewhere(self, text: str, home: str):
        """
        What only passes through is refused, and the refusal says where the
        object lives and which line would allow it.
        """
        home = home.replace("posix", os.name)
        assert refuses(["app.*"], text, f"lives at '{home}'")
        assert refuses(["app.*"], text, rf'allow=\[\.\.\., "{text}"\]')

    def test_nowhere(self):
        """
        An object that does not say where it lives is not at home.
        """
        assert refuses(["app.*"], "app.maketrans", "lives at nowhere that it tells")

    def test_accelerators(self):
        """
        The C module `_a` is a home for `a`, and for no other.
        """
        import heapq
        import struct

        assert resolve(["struct:*"], "struct.pack") is struct.pack
        assert resolve(["heapq.*"], "heapq.heappush") is heapq.heappush
        assert refuses(["app.*"], "app.upper")

    def test_accelerator_of_a_package(self, packages: Packages):  # noqa: F811
        """
        Only a top level module has an accelerator.
        """
        packages.write(
            {
                "_fast.py": "def run(): ...",
                "fast/__init__.py": "from _fast import run",
                "fast/sub.py": "from _fast import run",
            }
        )

        assert resolve(["fast.*"], "fast.run").__module__ == "_fast"
        assert refuses(["fast.sub.*"], "fast.sub.run", "lives at '_fast.run'")

    def test_class_as_stem(self):
        """
        A class can be the root of a tree: its own methods and classes, and
        neither what it inherits nor its siblings.
        """
        assert resolve(["app.Base.*"], "app.Base.make")
        assert resolve(["app.Base.*"], "app.Base.helper")(3) == 3
        assert resolve(["app.Model.*"], "app.Model.Inner.run")
        assert refuses(["app.Model.*"], "app.Model.make", r"lives at 'app\.Base\.make'")
        assert refuses(["app.Base.*"], "app.Base.foreign")
        assert refuses(["app.Base.*"], "app.Base")
        assert refuses(["app.Base.*"], "app.fn")
        assert resolve(["json.JSONDecoder.*"], "json.JSONDecoder.decode")

    def test_instance_in_the_stem(self):
        """
        A stem leads through classes only.
        """
        for allow in (["app.REGISTRY.*"], ["app.callme.*"], ["app.os.*"]):
            for name in ("clear", "run", "getcwd"):
                with pytest.raises(ResolveError, match="is no class"):
                    resolve(allow, f"{allow[0][:-1]}{name}")


@pytest.mark.usefixtures("app")
class TestRule7:
    """
    Rule 7: exact and live entries stand for their object, by any name.
    """

    def test_authoritative(self):
        """
        What is named exactly needs no home.
        """
        for text in ("app.Base.foreign", "app._private", "app.environ.get", "app.evil.func"):
            assert resolve([text], text) == functools.reduce(
                getattr, text.split(".")[1:], importlib.import_module("app")
            )

    def test_other_names(self):
        """
        A document may use another name of the object, among loaded modules.
        """
        pool = concurrent.futures.ThreadPoolExecutor
        dumped = "concurrent.futures.thread.ThreadPoolExecutor"

        assert resolve(["concurrent.futures.ThreadPoolExecutor"], dumped) is pool
        assert resolve([pool], dumped) is pool
        assert resolve([pool], "concurrent.futures.ThreadPoolExecutor") is pool
        assert resolve(["app.dumps"], "json.dumps") is json.dumps
        assert resolve([targets.Base.make], f"{HERE}.Base.make") == targets.Base.make
        assert resolve([dict.fromkeys], "builtins.dict.fromkeys")("a") == {"a": None}

    def test_also(self):
        """
        A class that Python named counts as a live entry, for this call only.
        """
        policy = ImportPolicy()

        assert resolve_allowed(policy, f"{HERE}.Base", (targets.Base,)) is targets.Base
        assert check_import_string(policy, f"{HERE}.Base", (targets.Base,)).verdict == "allowed"
        for text, also in ((f"{HERE}.Base", (targets.Child,)), (f"{HERE}.Base", ())):
            with pytest.raises(RefusedError):
                resolve_allowed(policy, text, also)

    def test_constructor_only(self):
        """
        An allowed class grants neither its methods nor its instances.
        """
        for allow in ([targets.Base, targets.Runner], [f"{HERE}.Base", f"{HERE}.Runner"]):
            for name in ("Base.make", "Base.Inner", "Child.make", "Child", "runner", "run"):
                assert refuses(allow, f"{HERE}.{name}")

    def test_other_subclass(self):
        """
        A class method is bound to one class; on another it is not allowed.
        """
        assert refuses([targets.Base.make], f"{HERE}.Child.make")
        assert refuses([f"{HERE}.Child.make"], f"{HERE}.Base.make")

    def test_nothing_is_imported_for_another_name(self):
        """
        Looking for another name imports what exact entries name, and nothing
        that the string names.
        """
        assert refuses(["app.dumps", json.loads], "trap.dumps")
        assert refuses(["app.dumps"], "foreign_trap.dumps")
        assert "trap" not in sys.modules
        assert "app" in sys.modules

    def test_broken_entry(self):
        """
        An exact entry that cannot be imported stands in nobody's way.
        """
        allow = ["app.needs.x", "nosuch.x", "json.dumps"]

        assert resolve(allow, "json.dumps") is json.dumps
        assert refuses(allow, "os.getcwd")

    def test_modules_end_the_search(self):
        """
        A path through a module that a module imports is no name of the object.
        """
        importlib.import_module("app")

        assert refuses(["os.getcwd"], "app.os.getcwd")
        assert refuses([os.getcwd], "app.os.getcwd")

    def test_audit_imports_nothing(self):
        """
        Without importing, another name of an exact entry stays undecided; with
        everything loaded nothing does.
        """
        policy = ImportPolicy(allow=["app.dumps"])

        undecided = check_import_string(policy, "json.dumps", import_exact=False)

        assert (undecided.verdict, undecided.rule[:6]) == ("undecided", "rule 7")
        assert check_import_string(policy, "app.dumps", import_exact=False).verdict == "allowed"
        assert "app" not in sys.modules
        assert check_import_string(policy, "json.dumps").verdict == "allowed"
        assert check_import_string(policy, "json.dumps", import_exact=False).verdict == "allowed"
        assert check_import_string(policy, "os.getcwd", import_exact=False).verdict == "refused"

    def test_lazy_names_wait(self):
        """
        Before the import no lazy name is asked for, on no string's account.
        """
        importlib.import_module("app")
        policy = ImportPolicy(allow=["app:*"])

        assert check_import_string(policy, "foreign.lazy").verdict == "refused"
        with pytest.raises(RefusedError):
            resolve_allowed(policy, "foreign.lazy")
        assert "app.inner" not in sys.modules

    def test_colon(self):
        """
        A colon in the document must agree with the entry.
        """
        allow = ["app.Base.make"]

        assert resolve(allow, "app:Base.make") == resolve(allow, "app.Base.make")
        with pytest.raises(ResolveError):
            resolve(allow, "app.Base:make")

    def test_public_names_by_other_names(self):
        """
        `a:*` opens its public objects by the names of their own modules, and
        nothing else of those modules.
        """
        encoder = resolve(["json:*"], "json.encoder.JSONEncoder")

        assert encoder is json.JSONEncoder
        assert resolve(["json:*"], "json.encoder.JSONEncoder.encode") is encoder.encode
        assert resolve(["struct:*"], "_struct.pack") is __import__("struct").pack
        # A lazy name, and no module of it loaded yet.
        assert resolve(["app:*"], "app.inner.lazy").__module__ == "app.inner"
        assert refuses(["json:*"], "json.encoder.py_encode_basestring")
        assert refuses(["app:*"], "app.inner.Deep")
        assert refuses(["app:*"], "foreign.Outsider")


@pytest.mark.usefixtures("app")
class TestCache:
    def test_rebinding_is_noticed(self, monkeypatch: pytest.MonkeyPatch):
        """
        A second answer is the first one only while everything on the path
        stays as it was.
        """
        policy = ImportPolicy(allow=["app.*"])
        app = importlib.import_module("app")
        trusted = resolve_import_string

        def ask(text: str) -> Any:
            assert trusted(text) == trusted(text)
            return resolve_allowed(policy, text)

        first = ask("app.fn"), ask("app.Base.make"), ask("app.Model.make")
        assert first == (ask("app.fn"), ask("app.Base.make"), ask("app.Model.make"))

        monkeypatch.setattr(app, "fn", app.unlisted)
        assert ask("app.fn") is app.unlisted is trusted("app.fn")
        monkeypatch.setattr(app, "fn", os.getcwd)
        assert refuses(["app.*"], "app.fn")
        with pytest.raises(RefusedError):
            resolve_allowed(policy, "app.fn")
        app.Model.make = classmethod(lambda cls: "nearer")
        app.Model.make.__func__.__module__ = "app"
        assert ask("app.Model.make")() == "nearer"
        assert trusted("app.Model.make")() == "nearer"
        assert ask("app.Base.make") == first[1]
        del app.fn
        with pytest.raises(ResolveError):
            resolve_allowed(policy, "app.fn")
        with pytest.raises(ResolveError):
            trusted("app.fn")

    def test_replaced_module_is_noticed(self):
        """
        Another module under the name is another answer.
        """
        policy = ImportPolicy(allow=["app.*", json.dumps])
        before = resolve_allowed(policy, "app.fn"), resolve_import_string("app.fn")
        for name in [name for name in sys.modules if name.partition(".")[0] in ("app", "foreign")]:
            del sys.modules[name]

        after = resolve_allowed(policy, "app.fn"), resolve_import_string("app.fn")

        assert before[0] is not after[0]
        assert before[1] is not after[1]
        sys.modules["app"] = None  # type: ignore[assignment]
        with pytest.raises(ResolveError):
            resolve_allowed(policy, "app.fn")
        del sys.modules["app"]

    def test_alias_ends_with_its_entry(self, monkeypatch: pytest.MonkeyPatch):
        """
        Another name is allowed only as long as the entry names that object.
        """
        policy = ImportPolicy(allow=["app.dumps"])
        assert resolve_allowed(policy, "json.dumps") is json.dumps

        monkeypatch.setattr(importlib.import_module("app"), "dumps", json.loads)

        with pytest.raises(RefusedError):
            resolve_allowed(policy, "json.dumps")
        assert resolve_allowed(policy, "json.loads") is json.loads

        public = ImportPolicy(allow=["json:*"])
        assert resolve_allowed(public, "json.encoder.JSONEncoder") is json.JSONEncoder
        monkeypatch.setattr(json, "JSONEncoder", json.JSONDecoder)
        with pytest.raises(RefusedError):
            resolve_allowed(public, "json.encoder.JSONEncoder")

    def test_hit_is_used(self):
        """
        A hit looks nothing up again.
        """
        policy = ImportPolicy(allow=["json.*"])
        value = resolve_allowed(policy, "json.dumps")
        _, cache = answers[id(policy)]
        _, verdict, _ = cache.get("json.dumps")
        guards = ((sys.modules, "json", json), (vars(json), "dumps", json.dumps))
        cache.put("json.dumps", (marker := object(), verdict, ()), guards)

        assert resolve_allowed(policy, "json.dumps") is marker
        assert check_import_string(policy, "json.dumps") is verdict
        assert resolve_allowed(ImportPolicy(allow=["json.*"]), "json.dumps") is value

    def test_bounded(self, packages: Packages):  # noqa: F811
        """
        A document of many names does not grow the cache without end.
        """
        packages.write({"many.py": "\n".join(f"def f{i}(): ..." for i in range(2100))})
        policy = ImportPolicy(allow=["many.*"])

        for i in range(2100):
            resolve_allowed(policy, f"many.f{i}")

        assert len(answers[id(policy)][1]) <= 2048

    def test_longer_module_is_noticed(self, packages: Packages, monkeypatch: pytest.MonkeyPatch):  # noqa: F811
        """
        A module that stands for more of a path than the last time is asked first.
        """
        source = "def fn(): ..."
        packages.write({"longer.py": f"class part:\n    @staticmethod\n    {source}"})
        policy = ImportPolicy(allow=["longer.*"])
        short = resolve_allowed(policy, "longer.part.fn"), resolve_import_string("longer.part.fn")
        module: Any = types.ModuleType("longer.part")
        exec(source, vars(module))
        monkeypatch.setitem(sys.modules, "longer.part", module)

        long = resolve_allowed(policy, "longer.part.fn"), resolve_import_string("longer.part.fn")

        assert short[0] is short[1] is sys.modules["longer"].part.fn
        assert long[0] is long[1] is module.fn

    def test_leaves_with_the_policy(self):
        """
        Equal policies share no answers, and a policy's answers end with it.
        """
        one, other = ImportPolicy(allow=["json.*"]), ImportPolicy(allow=["json.*"])
        resolve_allowed(one, "json.dumps")
        key = id(one)

        assert key in answers
        assert id(other) not in answers

        del one
        gc.collect()

        assert key not in answers

    def test_threads(self):
        """
        Threads that resolve at once all get the object, under a cold cache
        and a cold import.
        """
        policy = ImportPolicy(allow=["app.*"])
        start = threading.Barrier(8)

        def ask(_: int) -> Any:
            start.wait()
            return [resolve_allowed(policy, "app.Model.make") for _ in range(50)][-1]

        with concurrent.futures.ThreadPoolExecutor(8) as pool:
            results = list(pool.map(ask, range(8)))

        assert all(result == results[0] for result in results)


class TestCheckObject:
    def test_readable(self):
        """
        What the policy could read back passes in silence.
        """
        policy = ImportPolicy(allow=[f"{HERE}.*", math.sqrt])

        check_object(policy, targets.function, f"{HERE}.function")
        check_object(policy, targets.Child.make, f"{HERE}.Child.make")
        check_object(policy, math.sqrt, "math.sqrt")
        check_object(ImportPolicy(), targets.Base, f"{HERE}.Base", (targets.Base,))

    @pytest.mark.parametrize(
        ("obj", "text"),
        [
            (json.dumps, "json.dumps"),
            (targets._private, f"{HERE}._private"),
            (targets.function, f"{HERE}.misleading"),
            (targets.function, f"{HERE}.nosuch"),
        ],
    )
    def test_unreadable(self, obj: Any, text: str):
        """
        What it could not is refused.
        """
        with pytest.raises(RefusedError):
            check_object(ImportPolicy(allow=[f"{HERE}.*"]), obj, text)


class TestGetCallableFromString:
    def test_plain(self):
        """
        A string of the program's own needs no policy, in either spelling.
        """
        assert get_callable_from_string("json.dumps") is json.dumps
        assert get_callable_from_string("json:JSONEncoder.encode") is json.JSONEncoder.encode
        assert get_callable_from_string(f"{HERE}._private") is targets._private

    def test_unbound(self):
        """
        A method named through its class takes the instance first.
        """
        base = targets.Base()

        assert get_callable_from_string(f"{HERE}.Base.method")(base, 3) == (base, 3)

    @pytest.mark.parametrize("cls", [targets.Base, targets.Child])
    def test_bind(self, cls: type[targets.Base]):
        """
        bind= an instance, of a subclass as well, gives the bound method.
        """
        base = cls()

        assert get_callable_from_string(f"{HERE}.Base.method", bind=base) == base.method
        assert get_callable_from_string(f"{HERE}.Base.preset", bind=base)() == (base, 2)
        assert get_callable_from_string("builtins.str.upper", bind="x")() == "X"

    @pytest.mark.parametrize(
        ("text", "bind", "reason"),
        [
            (f"{HERE}.function", targets.Base(), "reached through no class"),
            (f"{HERE}.Base", targets.Base(), "reached through no class"),
            (f"{HERE}.Base.Inner", targets.Base(), "takes no instance"),
            (f"{HERE}.Base.helper", targets.Base(), "takes no instance"),
            (f"{HERE}.Base.make", targets.Base(), "takes no instance"),
            (f"{HERE}.Base.method", targets.Runner(), "that is no Base"),
            (f"{HERE}.Child.method", targets.Base(), "that is no Child"),
            ("builtins.str.upper", 5, "that is no str"),
        ],
    )
    def test_nothing_to_bind(self, text: str, bind: Any, reason: str):
        """
        bind= where nothing is to bind is an error that says why.
        """
        with pytest.raises(ModelError, match=f"^Cannot bind .*{reason}"):
            get_callable_from_string(text, bind=bind)

    def test_errors(self):
        """
        Each way to fail has its own error.
        """
        with pytest.raises(ImportStringError):
            get_callable_from_string("dumps")
        with pytest.raises(ResolveError, match="there is no module 'nosuch'"):
            get_callable_from_string("nosuch.fn")
        with pytest.raises(ResolveError, match="cannot be called"):
            get_callable_from_string("math.pi")
        with pytest.raises(ResolveError, match="cannot be called"):
            get_callable_from_string("os.path")

    def test_object_in_place_of_a_module(self, monkeypatch: pytest.MonkeyPatch):
        """
        What a module left in sys.modules in its own place is followed in the
        program's own strings, and in no document's.
        """
        runner = targets.Runner()
        monkeypatch.setitem(sys.modules, "standin", runner)  # type: ignore[arg-type]

        assert resolve_import_string("standin.run") == runner.run
        with pytest.raises(ResolveError):
            resolve(["standin.*"], "standin.run")

    def test_deferred_import(self, packages: Packages):  # noqa: F811
        """
        A module whose import is deferred is imported when it is asked for.
        """
        packages.write({"deferred.py": "def fn(): ..."})
        spec = importlib.util.find_spec("deferred")
        assert spec is not None
        assert spec.loader is not None
        spec.loader = importlib.util.LazyLoader(spec.loader)
        sys.modules["deferred"] = module = importlib.util.module_from_spec(spec)
        spec.loader.exec_module(module)

        assert resolve(["deferred.*"], "deferred.fn").__name__ == "fn"

    def test_dynamic_attributes(self, packages: Packages):  # noqa: F811
        """
        The program's own string follows whatever Python follows, and is not
        remembered where that cannot be watched.
        """
        module = packages.load(
            "dynamic",
            """
            class Meta(type):
                def __getattr__(cls, name): return getattr(cls, "_" + name)
            class Model(metaclass=Meta):
                _run = len
            class Runner:
                def __init__(self): self.run = len
            runner = Runner()
            def __getattr__(name):
                if name == "lazy": return len
                raise AttributeError(name)
            """,
        )

        for text in ("dynamic.Model.run", "dynamic.runner.run", "dynamic.lazy"):
            assert resolve_import_string(text) is len
        module.Model._run = module.runner.run = abs
        assert resolve_import_string("dynamic.Model.run") is abs
        assert resolve_import_string("dynamic.runner.run") is abs


class TestModuleHomes:
    """
    The home rule applies to the modules that are imported, too.
    """

    @pytest.fixture
    def kept(self, packages: Packages) -> Packages:  # noqa: F811
        """
        A package that keeps aliases below its own name, as `requests` does.
        """
        packages.write(
            {
                "kept/__init__.py": "",
                "kept/packages.py": """
                    import sys, other, other.inner
                    from . import own, os_path
                    sys.modules["kept.packages.other"] = other
                    sys.modules["kept.packages.other.inner"] = other.inner
                    sys.modules["kept.alias"] = own
                    sys.modules["kept.nothing"] = object()
                    sys.modules["kept.system"] = __import__("os")
                """,
                "kept/own/__init__.py": "def fn(): ...",
                "kept/own/deep.py": "def fn(): ...",
                "kept/os_path.py": "",
                "other/__init__.py": "def fn(): ...",
                "other/inner.py": "def fn(): ...",
                "other/late.py": "def fn(): ...",
            }
        )
        importlib.import_module("kept.packages")
        return packages

    @pytest.mark.parametrize("text", ["kept.packages.other.late.fn", "kept.packages.other.late:fn"])
    def test_alias_of_a_package(self, text: str, kept: Packages):
        """
        No module of another package is imported anew under an alias of it,
        nor is one that is there already taken for its own.
        """
        before = set(sys.modules)

        assert refuses(["kept.*"], text, "is 'other' under another name")
        assert set(sys.modules) == before

    @pytest.mark.parametrize(
        "text",
        ["kept.packages.other.fn", "kept.packages.other.inner.fn", "kept.system.getcwd"],
    )
    def test_alias_of_a_module(self, text: str, kept: Packages):
        """
        Another package's module is refused under the name that it is kept by.
        """
        assert refuses(["kept.*"], text)

    def test_alias_that_was_there_before_the_rule(self, kept: Packages):
        """
        A module that somebody has imported under the alias is no better.
        """
        late = importlib.import_module("kept.packages.other.late")
        assert late.fn.__module__ == "kept.packages.other.late"

        assert refuses(["kept.*"], "kept.packages.other.late.fn")

    def test_other_entries_count(self, kept: Packages):
        """
        What one entry refuses, another may open.
        """
        fn = importlib.import_module("other.inner").fn

        assert resolve(["kept.*", "kept.packages.other.inner.*"], OTHER) is fn
        assert resolve(["kept.packages.other.*"], OTHER) is fn
        assert resolve(["kept.packages.other.inner:*"], OTHER) is fn
        assert resolve(["kept.packages.other.inner.fn"], OTHER) is fn

    def test_alias_of_its_own_package(self, kept: Packages):
        """
        An alias of a module that lives under the entry is open.
        """
        own = importlib.import_module("kept.own")

        assert resolve(["kept.*"], "kept.alias.fn") is own.fn
        assert resolve(["kept.alias:*"], "kept.alias.fn") is own.fn
        assert resolve(["kept.alias:*"], "kept.own.fn") is own.fn

    def test_alias_of_a_dispatcher(self, kept: Packages):
        """
        A wildcard spans no dispatcher, whatever it is called.
        """
        reason = "is the dispatcher 'os' under another name"

        assert refuses(["kept.system:*"], "kept.system.getcwd", reason)
        assert refuses(["kept.system.*"], "kept.system.getcwd", reason)

    def test_no_module(self, kept: Packages):
        """
        An object in sys.modules that is not a module leads nowhere.
        """
        with pytest.raises(ResolveError):
            resolve(["kept.*"], "kept.nothing.fn")
        with pytest.raises(ResolveError):
            resolve(["kept.*"], "kept.nothing.deep.fn")

    def test_module_that_tells_no_name(self, kept: Packages):
        """
        A module without a name of text is refused by a wildcard.
        """
        sys.modules["kept.own"].__name__ = 5  # type: ignore[assignment]

        assert refuses(["kept.*"], "kept.own.fn", "under another name")
        assert sys.modules["kept.own"].fn is resolve(["kept.own:*"], "kept.own.fn")


OTHER = "kept.packages.other.inner.fn"


class TestExports:
    """
    A module form opens what the module itself lists in `__all__`, as far as
    it is of the same package.
    """

    @pytest.fixture
    def facade(self, packages: Packages) -> Any:  # noqa: F811
        packages.write(
            {
                "facade/__init__.py": "",
                "facade/_core.py": """
                    class Model:
                        def run(self): ...
                        def fn(self): ...
                    def fn(): ...
                    def nowhere(): ...
                    nowhere.__module__ = None
                    class Caller:
                        def __call__(self): ...
                    caller = Caller()
                """,
                "facade/api.py": """
                    import functools, os, _facade
                    from os import getcwd
                    from facadex import stranger
                    from ._core import Model, caller, fn, nowhere
                    from ._core import fn as unlisted
                    bound = caller.__call__
                    adopted = stranger.__get__(caller)
                    lent = type(caller).__call__.__get__(os.environ)
                    half = functools.partial(getcwd)
                    __all__ = ["Model", "caller", "fn", "getcwd", "os", "half", "stranger",
                               "bound", "adopted", "lent", "nowhere", "accelerated"]
                    from _facade import accelerated
                """,
                "facadex.py": "def stranger(x=1): ...",
                "_facade.py": "def accelerated(): ...",
            }
        )
        return importlib.import_module("facade.api")

    @pytest.mark.parametrize("name", ["Model", "caller", "fn", "bound"])
    def test_own(self, name: str, facade: Any):
        """
        Wherever in its package it is defined, and by that name, too.
        """
        assert resolve(["facade.api:*"], f"facade.api.{name}") == getattr(facade, name)
        if name != "bound":
            assert resolve(["facade.api:*"], f"facade._core.{name}") is getattr(facade, name)

    @pytest.mark.parametrize(
        "name",
        ["getcwd", "half", "stranger", "adopted", "lent", "nowhere", "accelerated", "os"],
    )
    def test_foreign(self, name: str, facade: Any):
        """
        Names of other packages are refused, although they are listed.
        """
        assert refuses(["facade.api:*"], f"facade.api.{name}")

    def test_unlisted(self, facade: Any):
        """
        A name that is not listed is refused.
        """
        assert refuses(["facade.api:*"], "facade.api.unlisted", "no public name")

    @pytest.mark.parametrize("text", ["facade.api.fn", "facade.api.Model"])
    def test_tree(self, text: str, facade: Any):
        """
        A tree opens what is defined under its name, whatever is listed.
        """
        assert refuses(["facade.api.*"], text, "lives at 'facade._core")

    def test_members(self, facade: Any):
        """
        The names of the module, not what is in them.
        """
        assert refuses(["facade.api:*"], "facade.api.Model.run", "lives at 'facade._core")
        assert refuses(["facade.api:*"], "facade.api.Model.fn", "lives at 'facade._core")

    @pytest.mark.parametrize("name", ["join", "exists", "normpath", "commonprefix", "samefile"])
    def test_os_path(self, name: str):
        """
        `os.path` is a module of its own, which the standard library gathers.
        """
        function = getattr(os.path, name)

        assert resolve(["os.path:*"], f"os.path.{name}") is function
        assert resolve(["os.path:*"], f"{os.path.__name__}.{name}") is function
        assert refuses(["os.path:*"], "os.path.os.getcwd")
        assert refuses(["os.path:*"], "os.getcwd")

    @pytest.mark.parametrize("name", ["secrets.choice", "hashlib.blake2b", "threading.Lock"])
    def test_standard_library(self, name: str):
        """
        Modules of the standard library list names of their C modules.
        """
        module, _, attribute = name.partition(".")

        value = resolve([f"{module}:*"], name)

        assert value == getattr(importlib.import_module(module), attribute)


class TestCompiledFunctions:
    """
    Functions of numpy's C code are at home where they say, and where they
    cannot say it, in the module that lists them.
    """

    @pytest.fixture
    def numpy(self) -> Any:
        return pytest.importorskip("numpy")

    def test_dispatcher(self, numpy: Any):
        """
        A function with dispatch is at home where it says.
        """
        assert resolve(["numpy.linalg:*"], "numpy.linalg.norm") is numpy.linalg.norm
        assert resolve(["numpy.linalg.*"], "numpy.linalg.norm") is numpy.linalg.norm
        assert refuses(["numpy.fft.*"], "numpy.linalg.norm")

    @pytest.mark.parametrize("entry", ["science:*", "science.*"])
    def test_ufunc_without_a_home(self, entry: str, numpy: Any, packages: Packages):  # noqa: F811
        """
        One that says nothing belongs to the module that lists it.
        """
        text = """
            import numpy
            __all__ = ["double", "sin"]
            double = numpy.frompyfunc(float, 1, 1)
            private = numpy.frompyfunc(float, 1, 1)
            from numpy import sin
        """
        module = packages.load("science", text)

        assert resolve([entry], "science.double") is module.double
        assert refuses([entry], "science.private")
        if "__module__" in getattr(numpy.sin, "__dict__", {}):  # since numpy 2.2
            assert refuses([entry], "science.sin", "lives at 'numpy.sin'")

    def test_no_disguise(self, packages: Packages):  # noqa: F811
        """
        A class of Python that calls itself a ufunc is not one.
        """
        text = """
            __all__ = ["f", "g"]
            class ufunc:
                __module__ = "numpy"
                __qualname__ = "ufunc"
                def __call__(self): ...
            ufunc.__module__, ufunc.__qualname__ = "numpy", "ufunc"
            f = ufunc()
            g = ufunc()
            g.__dict__.update(__module__="disguise", __qualname__="g")
        """
        packages.load("disguise", text)

        for entry in ("disguise:*", "disguise.*"):
            assert refuses([entry], "disguise.f", "lives at 'numpy.ufunc'")
            assert refuses([entry], "disguise.g", "lives at 'numpy.ufunc'")


class TestMain:
    """
    `__main__` under the default policy is the program, not what runs it.
    """

    @pytest.fixture
    def start(self, monkeypatch: pytest.MonkeyPatch) -> Any:
        """
        Pretend that a file runs as `__main__`, with these in `sys.argv`.
        """

        def start(file: str | None, *argv: Any, source: str | None = None) -> types.ModuleType:
            module = types.ModuleType("__main__")
            if file is not None:
                module.__file__ = file
            text = "def work(): ...\nclass Own: ..."
            exec(compile(text, source or file or "<stdin>", "exec"), vars(module))
            monkeypatch.setitem(sys.modules, "__main__", module)
            monkeypatch.setattr(sys, "argv", list(argv))
            return module

        return start

    @pytest.mark.parametrize("entry", ["__main__.*", "__main__:*"])
    @pytest.mark.parametrize(
        ("file", "argv"),
        [
            (trace.__file__, "app.py"),
            (os.path.join(os.path.dirname(os.__file__), "asyncio", "__main__.py"), "app.py"),
            (trace.__file__, trace.__file__),
            ("<frozen runpy>", "app.py"),
            ("/usr/lib/python3/site-packages/scalene/__main__.py", "app.py"),
            ("/usr/lib/python3/dist-packages/kernprof.py", "app.py"),
            (SCRIPT, "app.py"),
        ],
    )
    def test_launcher(self, file: str, argv: str, entry: str, start: Any):
        """
        The module of a launcher is refused, under any name; an exact entry opens it.
        """
        module = start(file, argv)

        assert refuses([entry], "__main__.work", "which runs the program")
        assert refuses([entry], "__main__.Own", "which runs the program")
        sys.modules["launcher_alias"] = module
        try:
            assert refuses([entry], "launcher_alias.Own")
        finally:
            del sys.modules["launcher_alias"]
        assert resolve(["__main__.work"], "__main__.work") is vars(module)["work"]

    @pytest.mark.parametrize(
        ("file", "argv"),
        [
            (None, ["-c"]),
            ("<stdin>", ["-"]),
            ("<frozen __main__>", ["app"]),
            ("/home/app.py", []),
            ("/home/app.py", ["/home/other.py"]),
            ("/home/app.pyz/__main__.py", ["/home/app.pyz"]),
            (os.path.join(os.path.dirname(os.__file__), "no_such_module.py"), ["x"]),
            ("/lib/site-packages/tool/__main__.py", ["/lib/site-packages/tool/__main__.py", "x"]),
            ("/lib/site-packages/tool.pyz/__main__.py", ["/lib/site-packages/tool.pyz"]),
            (SCRIPT, [SCRIPT, "x"]),
        ],
    )
    def test_program(self, file: str | None, argv: list[str], start: Any):
        """
        The program's own module is opened, however it was started.
        """
        module = start(file, *argv)

        for entry in ("__main__.*", "__main__:*"):
            assert resolve([entry], "__main__.work") is vars(module)["work"]

    @pytest.mark.parametrize("entry", ["__main__.*", "__main__:*"])
    def test_spawned(self, entry: str, start: Any):
        """
        In a process that multiprocessing has spawned, `__main__` calls itself
        `__mp_main__`.
        """
        module = start("/home/app.py", "/home/app.py")
        vars(module)["__name__"] = "__mp_main__"
        exec("def late(): ...", vars(module))

        assert resolve([entry], "__main__.late") is vars(module)["late"]

    def test_left_by_a_launcher(self, start: Any):
        """
        What a launcher has defined in the program's namespace is not the
        program's; what is decorated with the standard library is.
        """
        module = start("/home/app.py", "/home/app.py", source=trace.__file__)
        own = "import contextlib\n@contextlib.contextmanager\ndef own(): yield\n"
        exec(compile(own, "/home/app.py", "exec"), vars(module))

        assert refuses(["__main__.*"], "__main__.work", "lives at")
        assert resolve(["__main__.*"], "__main__.own") is vars(module)["own"]

    def test_frozen(self, start: Any, monkeypatch: pytest.MonkeyPatch):
        """
        A frozen program's script may lie beside its executable.
        """
        module = start(os.path.join(os.path.dirname(sys.executable), "app.py"), "app")
        assert refuses(["__main__.*"], "__main__.work")
        monkeypatch.setattr(sys, "frozen", True, raising=False)

        assert resolve(["__main__.*"], "__main__.work") is vars(module)["work"]

    def test_other_entries(self, start: Any):
        """
        What else is open stays so.
        """
        start(trace.__file__, "app.py")

        assert resolve(["__main__.*", "json.*"], "json.dumps") is json.dumps
        assert refuses(["json.*"], "os.getcwd", r"it opens 'json\.\*'")
        assert refuses(["json.*"], "__main__.work", r"it opens 'json\.\*'")
