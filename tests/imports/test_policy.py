"""
Import policies as values: their entries, and what they say of themselves.
"""

from __future__ import annotations

import copy
import json
import math
import pathlib
import pickle
import random
import types
from typing import Any

import attrs
import pytest

import targets_names as targets
from callsheet._imports.guarding import answers, check_import_string, resolve_allowed
from callsheet.exceptions import PolicyError, RefusedError, ResolveError
from callsheet.policies import (
    DEFAULT_POLICY,
    UNSAFE_ALLOW_ANY,
    ImportPolicy,
    make_policy,
)

GOOD = [
    "json.dumps",
    "json:dumps",
    "mypkg._private",
    "os.path.exists",
    "os.getcwd",
    "functools.reduce",
    "math:*",
    "mypkg.*",
    "mypkg._core.*",
    "mypkg.Model.*",
    "__main__.*",
    "__main__:*",
    "__main__.fn",
    "callsheet.CallableModel",
    "json.*",
    "concurrent.futures.*",
    "random:*",
    "collections.abc.*",
    "osprey.*",
    "größe.*",
]

BAD = [
    "*",
    "**",
    "*.*",
    "*:*",
    ".*",
    ":*",
    "js*",
    "js*.*",
    "json.d*",
    "json.*.dumps",
    "*.dumps",
    "json..*",
    "json.:*",
    ".json.*",
    "a:b.*",
    "a.b:c:*",
    "a b.*",
    "class.*",
    "1x.*",
    "\uff4ason.*",
    " json.*",
    "json.* ",
    "json",
    "__main__",
    "",
    "json.__dict__",
    "json.__dict__.*",
    "__builtins__.*",
    "__mp_main__.*",
    "__main__.__main__.*",
    "mypkg.__main__.*",
    "callsheet.*",
    "callsheet:*",
    "callsheet._imports.*",
    None,
    5,
    b"json.dumps",
    json,
    ["json.dumps"],
    object(),
    DEFAULT_POLICY,
    UNSAFE_ALLOW_ANY,
]

DISPATCHERS = [
    "builtins",
    "os",
    "posix",
    "nt",
    "subprocess",
    "importlib",
    "importlib.util",
    "os.path",
    "operator",
    "_operator",
    "functools",
    "_functools",
    "types",
    "pickle",
    "_pickle",
    "logging",
    "logging.config",
    "sys",
    "runpy",
    "code",
    "codeop",
    "ctypes",
    "ctypes.util",
    "marshal",
    "shelve",
    "pydoc",
    "pty",
    "pdb",
    "bdb",
    "timeit",
    "trace",
    "cProfile",
    "profile",
    "imp",
    "pkgutil",
    "zipimport",
    "inspect",
    "gc",
    "multiprocessing",
    "multiprocessing.pool",
]


class TestEntries:
    @pytest.mark.parametrize("entry", GOOD)
    def test_good(self, entry: str):
        """
        The four forms of an entry are taken, and kept as they were written.
        """
        assert ImportPolicy(allow=[entry]).allow == (entry,)

    @pytest.mark.parametrize("entry", BAD, ids=str)
    def test_bad(self, entry: Any):
        """
        Anything else is an error when the policy is built, a ValueError that
        shows the entry.
        """
        with pytest.raises(ValueError, match=r"^Cannot allow ") as caught:
            ImportPolicy(allow=["json.dumps", entry])

        assert type(caught.value) is PolicyError
        assert caught.value.subject == repr(entry)

    def test_bad_live_objects(self):
        """
        A module is no entry, even one that can be called, nor is a policy.
        """

        class Callable(types.ModuleType):
            def __call__(self) -> None: ...

        with pytest.raises(PolicyError, match="it is a module"):
            ImportPolicy(allow=[Callable("callable")])
        with pytest.raises(PolicyError, match="Hand it over in place of the list"):
            ImportPolicy(allow=[UNSAFE_ALLOW_ANY])

    @pytest.mark.parametrize("name", DISPATCHERS)
    @pytest.mark.parametrize("form", [".*", ":*"])
    def test_dispatcher(self, name: str, form: str):
        """
        No wildcard spans a module that runs what it is told to run; a name in
        one is the program's own decision.
        """
        if f"{name}{form}" == "os.path:*":  # posixpath or ntpath, which only hangs there
            assert ImportPolicy(allow=[f"{name}{form}"]).stems[0].name == name
            return
        with pytest.raises(PolicyError, match="an interpreter or a dispatcher"):
            ImportPolicy(allow=[f"{name}{form}"])

        assert ImportPolicy(allow=[f"{name}.something"]).stems == ()

    @pytest.mark.parametrize("allow", ["json.dumps", "json.*", b"x", None, 5, json.dumps])
    def test_no_list(self, allow: Any):
        """
        The entries come as a list: a str alone is not one entry per letter.
        """
        with pytest.raises(PolicyError, match=r"the entries come as a list\. Write allow=\["):
            ImportPolicy(allow=allow)

    def test_live_objects(self):
        """
        Live objects stand beside names.
        """
        policy = ImportPolicy(allow=[json.dumps, targets.Base, "math:*"])

        assert policy.live == (json.dumps, targets.Base)
        assert resolve_allowed(policy, "json.dumps") is json.dumps

    def test_exact_only(self):
        """
        exact_only takes names of single objects and live objects, and no
        wildcard.
        """
        policy = ImportPolicy(allow=["json.dumps", math.sqrt], exact_only=True)

        assert resolve_allowed(policy, "math.sqrt") is math.sqrt
        for entry in ("json.*", "json:*"):
            with pytest.raises(PolicyError, match="exact_only=True takes no wildcards"):
                ImportPolicy(allow=[entry], exact_only=True)


class TestDefaults:
    def test_closed(self):
        """
        A policy without entries opens nothing.
        """
        for policy in (ImportPolicy(), ImportPolicy(allow=[])):
            for text in ("json.dumps", "builtins.len", "__main__.fn"):
                with pytest.raises(RefusedError):
                    resolve_allowed(policy, text)

    def test_default(self, monkeypatch: pytest.MonkeyPatch):
        """
        The default opens what the running script defines, and nothing that it
        imported.
        """
        import __main__

        def fn() -> None: ...

        fn.__module__, fn.__qualname__ = "__main__", "fn"
        spawned = targets.Runner()
        monkeypatch.setattr(targets.Runner, "__module__", "__mp_main__")
        monkeypatch.setattr(__main__, "fn", fn, raising=False)
        monkeypatch.setattr(__main__, "spawned", spawned, raising=False)
        monkeypatch.setattr(__main__, "dumps", json.dumps, raising=False)

        assert resolve_allowed(DEFAULT_POLICY, "__main__.fn") is fn
        assert resolve_allowed(DEFAULT_POLICY, "__main__.spawned") is spawned
        with pytest.raises(RefusedError, match=r"lives at 'json\.dumps'"):
            resolve_allowed(DEFAULT_POLICY, "__main__.dumps")
        with pytest.raises(RefusedError):
            resolve_allowed(DEFAULT_POLICY, "json.dumps")

    def test_own_package(self):
        """
        Rule 2: this library opens by exact entries only.
        """
        text = "callsheet.policies.ImportPolicy"

        assert resolve_allowed(ImportPolicy(allow=[text]), text) is ImportPolicy
        with pytest.raises(PolicyError, match="this library opens by exact entries only"):
            ImportPolicy(allow=["callsheet.policies:*"])


class TestUnsafe:
    def test_resolves(self):
        """
        UNSAFE_ALLOW_ANY resolves as the program's own strings are; the
        grammar still holds.
        """
        assert resolve_allowed(UNSAFE_ALLOW_ANY, "os.path.join") is __import__("os").path.join
        assert check_import_string(UNSAFE_ALLOW_ANY, "os.system").rule == "UNSAFE_ALLOW_ANY"
        with pytest.raises(ValueError, match="Cannot read"):
            resolve_allowed(UNSAFE_ALLOW_ANY, "os")
        with pytest.raises(ResolveError):
            resolve_allowed(UNSAFE_ALLOW_ANY, "os.no_such_name")

    def test_is_one_object(self):
        """
        It stands in place of a policy or of a whole list, not in a list; it
        survives pickling and copying as itself.
        """
        assert make_policy(UNSAFE_ALLOW_ANY) is UNSAFE_ALLOW_ANY
        assert ImportPolicy(allow=UNSAFE_ALLOW_ANY) == UNSAFE_ALLOW_ANY
        assert pickle.loads(pickle.dumps(UNSAFE_ALLOW_ANY)) is UNSAFE_ALLOW_ANY
        assert copy.deepcopy(UNSAFE_ALLOW_ANY) is UNSAFE_ALLOW_ANY
        assert repr(UNSAFE_ALLOW_ANY) == "UNSAFE_ALLOW_ANY"
        assert ImportPolicy() != UNSAFE_ALLOW_ANY
        assert not ImportPolicy(allow=["json.*"]).allows_any

    @pytest.mark.parametrize("allow", ["UNSAFE_ALLOW_ANY", ["UNSAFE_ALLOW_ANY"]])
    def test_no_string_says_it(self, allow: Any):
        """
        Its name in a str is an error.
        """
        with pytest.raises(PolicyError):
            ImportPolicy(allow=allow)


class TestValue:
    ENTRIES = (json.dumps, pathlib.Path.cwd, "a.b", "math:*", "mypkg.*")

    def test_equality(self):
        """
        Policies compare and hash by their entries, in any order.
        """
        one = ImportPolicy(allow=self.ENTRIES)
        # pathlib.Path.cwd is another object each time that it is read.
        other = ImportPolicy(allow=[pathlib.Path.cwd, *self.ENTRIES[2:], json.dumps])

        assert one == other
        assert hash(one) == hash(other)
        assert one != ImportPolicy(allow=self.ENTRIES[1:])
        assert ImportPolicy(allow=["a.b"]) != ImportPolicy(allow=["a.b"], exact_only=True)

    def test_pickle(self):
        """
        A policy survives pickle and copy; what it has resolved stays behind.
        """
        policy = ImportPolicy(allow=self.ENTRIES)
        resolve_allowed(policy, "json.dumps")

        again = pickle.loads(pickle.dumps(policy))

        assert again == policy == copy.deepcopy(policy)
        assert id(policy) in answers
        assert id(again) not in answers
        assert pickle.loads(pickle.dumps(ImportPolicy(exact_only=True))).exact_only

    def test_pickle_of_a_bound_method(self):
        """
        A method of a hidden instance travels by name, for pickle would make
        another instance of it.
        """
        policy = ImportPolicy(allow=[random.random, random.uniform])

        again = pickle.loads(pickle.dumps(policy))

        assert resolve_allowed(again, "random.random") is random.random
        assert resolve_allowed(again, "random.uniform") is random.uniform

    def test_frozen(self):
        """
        A policy cannot be changed, not through the list that it came from
        either.
        """
        entries: list[Any] = ["json.dumps"]
        policy = ImportPolicy(allow=entries)
        entries.append("os.system")

        assert policy.allow == ("json.dumps",)
        with pytest.raises(attrs.exceptions.FrozenInstanceError):
            policy.allow = ()  # type: ignore[misc]
        assert attrs.evolve(policy, allow=["math.sqrt"]).exact.keys() == {"math.sqrt"}

    def test_repr(self):
        """
        The repr is the line that makes the policy.
        """
        policy = ImportPolicy(allow=[json.dumps, "mypkg.fn"], exact_only=True)

        assert repr(policy) == "ImportPolicy(allow=[json.dumps, 'mypkg.fn'], exact_only=True)"

    def test_make_policy(self):
        """
        A list becomes a policy, a policy stays the one it is.
        """
        policy = ImportPolicy(allow=["json.*"])

        assert make_policy(policy) is policy
        assert make_policy(["json.*"]) == policy
        assert make_policy(entry for entry in ["json.*"]) == policy
