"""
The import policy: entries, and what they open.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from functools import partial
from itertools import accumulate
from types import BuiltinFunctionType, MethodType
from typing import Any, Literal, TypeAlias, cast

import attrs

from .._messages import shorten
from .._statics import is_class, is_module
from ..exceptions import ImportStringError, PolicyError
from .grammar import ImportString, find_dunder, is_segment, split_import_string
from .naming import describe, get_import_string, get_owner

# A lint on the program's own list, not the boundary: that is the home rule.
# fmt: off
_DISPATCHERS = frozenset(
    {
        "asyncio.subprocess", "atexit", "bdb", "__builtin__", "builtins", "cffi", "cloudpickle",
        "code", "codeop", "compileall", "concurrent.interpreters", "copyreg", "cProfile", "_ctypes",
        "ctypes", "dill", "distutils", "doctest", "ensurepip", "_frozen_importlib",
        "_frozen_importlib_external", "_functools", "functools", "gc", "hydra", "idlelib", "_imp",
        "imp", "importlib", "inspect", "_interpreters", "ipykernel", "IPython", "jsonpickle",
        "lib2to3", "logging", "marshal", "modulefinder", "_multiprocessing", "multiprocessing",
        "nt", "_operator", "operator", "os", "pdb", "_pickle", "pickle", "pickletools", "pip",
        "pkg_resources", "pkgutil", "posix", "_posixsubprocess", "profile", "pty", "py_compile",
        "pydoc", "pydoc_data", "rlcompleter", "runpy", "setuptools", "shelve", "site",
        "sitecustomize", "subprocess", "sys", "_testcapi", "_testinternalcapi", "_thread",
        "timeit", "_tkinter", "tkinter", "trace", "types", "unittest", "usercustomize", "venv",
        "webbrowser", "_winapi", "_xxsubinterpreters", "zipapp", "zipimport",
    }
)
# fmt: on


def find_dispatcher(name: str) -> str | None:
    """Return the interpreter or dispatcher that a dotted name is or lies in, or None."""
    prefixes = accumulate(name.split("."), "{}.{}".format)
    return next((prefix for prefix in prefixes if prefix in _DISPATCHERS), None)


_ONE_BY_ONE = "Name the objects that you mean, one by one"


@attrs.frozen(eq=False, repr=False)
class Stem:
    """
    A wildcard entry that was taken apart.

    Attributes:
        entry: The entry as it was written.

        name: The dotted name before the wildcard.

        is_tree: Whether it is ``a.*`` (everything defined under the name) and
            not ``a:*`` (the public names of one module).
    """

    entry: str
    name: str
    is_tree: bool


def _read_exact(entry: str) -> ImportString:
    try:
        string = split_import_string(entry)
    except ImportStringError as error:
        reason = "it names no object in a module"
        if is_segment(entry):
            raise _bad_entry(entry, reason, f"Write '{entry}.*' or '{entry}:*'") from error
        raise _bad_entry(entry, reason) from error
    if string.dunder is not None:
        raise _bad_entry(entry, f"{string.dunder!r} opens Python's own machinery", _ONE_BY_ONE)
    return string


def _read_stem(entry: str) -> Stem:
    name, form = entry[:-2], entry[-2:]
    segments = name.split(".")
    if form not in (".*", ":*") or not all(map(is_segment, segments)):
        raise _bad_entry(entry, "a wildcard stands alone, after a whole dotted name")
    dunder = find_dunder(segments)
    if dunder is not None:
        raise _bad_entry(entry, f"{dunder!r} opens Python's own machinery", _ONE_BY_ONE)
    if segments[0] == "callsheet":
        raise _bad_entry(entry, "this library opens by exact entries only", _ONE_BY_ONE)
    dispatcher = find_dispatcher(name)
    # os.path is no part of os: it is posixpath or ntpath under another name.
    if dispatcher is not None and entry != "os.path:*":
        reason = f"a wildcard over {dispatcher!r} opens an interpreter or a dispatcher"
        raise _bad_entry(entry, reason, _ONE_BY_ONE)
    return Stem(entry, name, form == ".*")


def _check_live(entry: Any) -> Any:
    if isinstance(entry, ImportPolicy):
        remedy = "Hand it over in place of the list"
        raise _bad_entry(entry, "a policy is no entry of another", remedy)
    if is_module(entry):
        raise _bad_entry(entry, "it is a module", _ONE_BY_ONE)
    if not callable(entry):
        raise _bad_entry(entry, "it is neither a str nor callable")
    return entry


def _bad_entry(
    entry: object,
    reason: str,
    remedy: str = "Write an object, 'pkg.mod.fn', 'pkg.mod:*' or 'mypkg.*'",
) -> PolicyError:
    subject = shorten(entry)
    return PolicyError(f"Cannot allow {subject}: {reason}. {remedy}.", subject)


_ANY = object()  # the only entry of UNSAFE_ALLOW_ANY; no list can spell it

Entry: TypeAlias = str | Callable[..., Any]
Allow: TypeAlias = "ImportPolicy | Iterable[Entry]"


@attrs.frozen
class Verdict:
    """
    What a policy says about an import string.

    Attributes:
        import_string: The string as the document has it.

        verdict: ``allowed``, ``refused``, or ``undecided`` where only an
            import could tell.

        rule: The entry or the rule that decided.
    """

    import_string: str
    verdict: Literal["allowed", "refused", "undecided"]
    rule: str


@attrs.frozen
class Reference:
    """
    One import string of a document, and what the policy says of it.

    Attributes:
        path: Where it stands, such as ``$.loader.callable``.

        import_string: What it names.

        verdict: ``"allowed"``, ``"refused"`` or, where only an import could
            tell, ``"undecided"``.

        rule: The rule or entry that decided.

        candidate: Whether it stands in a mapping without a tag, and so names
            something only if the annotation of a parameter or a field makes a
            model of that mapping.
    """

    path: str
    import_string: str
    verdict: str
    rule: str
    candidate: bool = False


def _take_entries(allow: Any) -> tuple[Any, ...]:
    if isinstance(allow, ImportPolicy):
        return allow.allow
    if isinstance(allow, (str, bytes)) or not isinstance(allow, Iterable):
        message = (
            f"Cannot make an import policy of {shorten(allow)}: the entries come as a list. "
            f"Write allow=[{shorten(allow)}]."
        )
        raise PolicyError(message, shorten(allow))
    return tuple(
        str.__str__(entry) if isinstance(entry, str) else entry
        for entry in cast("list[Any]", allow)
    )


def _get_entry_key(entry: Any) -> object:
    if isinstance(entry, str):
        return entry
    if type(entry) is MethodType:
        return MethodType, id(entry.__func__), id(entry.__self__)
    if type(entry) is BuiltinFunctionType:
        return entry
    return id(entry)


def _get_key(entries: tuple[Any, ...]) -> frozenset[object]:
    return frozenset(map(_get_entry_key, entries))


@attrs.frozen(repr=False, weakref_slot=True)
class ImportPolicy:
    """
    Which import strings a document may name; a value, compared by its entries.

    ``ImportPolicy(allow=[json.dumps, "pkg.Model", "math:*", "mypkg.*"])``
    opens one live object, one object by name, the public names of one module,
    and whatever is defined under the dotted name ``mypkg``.
    An allow-list is not a sandbox: an allowed callable is allowed with any
    arguments.

    Attributes:
        allow: The entries.

        exact_only: Whether wildcards are refused, for documents that somebody
            else wrote.

        exact: The exact entries by their dotted names.

        stems: The wildcard entries.

        live: The live objects among the entries.

        allows_any: Whether this is ``UNSAFE_ALLOW_ANY``.

    Raises:
        PolicyError: An entry is nothing that a policy takes.
    """

    allow: tuple[Any, ...] = attrs.field(default=(), converter=_take_entries, eq=_get_key)
    exact_only: bool = attrs.field(default=False, kw_only=True)
    exact: dict[str, ImportString] = attrs.field(init=False, eq=False)
    stems: tuple[Stem, ...] = attrs.field(init=False, eq=False)
    live: tuple[Any, ...] = attrs.field(init=False, eq=False)
    allows_any: bool = attrs.field(init=False)

    def __attrs_post_init__(self) -> None:
        store = partial(object.__setattr__, self)
        texts = [entry for entry in self.allow if isinstance(entry, str)]
        exact = [_read_exact(text) for text in texts if not text.endswith("*")]
        store("exact", {string.dotted: string for string in exact})
        store("stems", tuple(_read_stem(text) for text in texts if text.endswith("*")))
        if self.stems and self.exact_only:
            reason = "exact_only=True takes no wildcards"
            raise _bad_entry(self.stems[0].entry, reason, _ONE_BY_ONE)
        objects = [entry for entry in self.allow if not isinstance(entry, str)]
        live = [entry for entry in objects if entry is not _ANY]
        store("live", tuple(map(_check_live, live)))
        store("allows_any", len(live) < len(objects))

    def __repr__(self) -> str:
        if self.allows_any:
            return "UNSAFE_ALLOW_ANY"
        exact_only = ", exact_only=True" if self.exact_only else ""
        return f"ImportPolicy(allow=[{', '.join(list_entries(self))}]{exact_only})"

    def __reduce__(self) -> Any:
        if self.allows_any:
            return "UNSAFE_ALLOW_ANY"  # pickle takes it from this module
        return _restore, (tuple(map(_pack, self.allow)), self.exact_only)


def make_policy(allow: Allow) -> ImportPolicy:
    """
    Return *allow* if it is a policy, and a policy of its entries otherwise.
    """
    return allow if isinstance(allow, ImportPolicy) else ImportPolicy(allow)


def _pack(entry: Any) -> Any:
    owner = None if isinstance(entry, str) else get_owner(entry)
    if owner is None or is_class(owner) or is_module(owner):
        return entry
    return get_import_string(entry)  # pickle would bind it to a copy of the instance


def _restore(allow: tuple[Any, ...], exact_only: bool) -> ImportPolicy:
    return ImportPolicy(allow, exact_only=exact_only)


def list_entries(policy: ImportPolicy) -> list[str]:
    """Return what messages call a policy's entries."""
    return [repr(entry) if isinstance(entry, str) else describe(entry) for entry in policy.allow]


#: What a document may name unless the program says otherwise: the running
#: script or notebook, which is there anyway.
DEFAULT_POLICY = ImportPolicy(allow=["__main__.*"])

#: Resolves whatever a document names. A document is then a program, with every
#: right that this process has. Accepted in place of a policy or of a whole
#: ``allow=``; no text, environment variable or document can say it.
UNSAFE_ALLOW_ANY = ImportPolicy(allow=[_ANY])
