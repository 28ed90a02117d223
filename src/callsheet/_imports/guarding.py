"""
Objects of import strings under the import policy: every path from a document to an object.
"""

from __future__ import annotations

import sys
from collections.abc import Sequence
from types import ModuleType
from typing import Any, cast

import attrs

from .._messages import shorten
from .._statics import (
    MISSING,
    Guard,
    bind_to_class,
    find_in_class,
    get_class_dict,
    get_module_dict,
    get_mro,
    get_type,
    is_class,
    is_module,
    is_same,
)
from ..exceptions import CallsheetError, ImportFailedError, RefusedError, ResolveError
from .grammar import ImportString, split_import_string
from .guards import Found, are_intact, find_loaded
from .homes import find_launcher, get_home, get_homes, get_module_home, is_at_home, is_homeless
from .naming import describe
from .policy import ImportPolicy, Stem, Verdict, find_dispatcher
from .resolving import (
    check_callable,
    find_trusted,
    import_failed,
    load_module,
    not_found,
)


def is_under(name: str, stem: str) -> bool:
    """
    Tell whether a dotted name is *stem* or lies below it.
    """
    return name == stem or name.startswith(f"{stem}.")


def admits(stem: Stem, string: ImportString, module_name: str) -> bool:
    """
    Tell whether an entry lets a module of a path be imported.

    A tree also lets its stem's parents be imported, for the stem may be a
    class; nothing but the stem is then taken from them.
    """
    if not string.dotted.startswith(f"{stem.name}."):
        return False
    if not stem.is_tree:
        return module_name == stem.name
    return is_under(module_name, stem.name) or is_under(stem.name, module_name)


def find_under(string: ImportString, stems: Sequence[Stem]) -> tuple[Found, Stem]:
    """
    Import and look up a path under wildcard entries, the longest module first.

    Raises:
        RefusedError: The path leaves what the entries open.

        ResolveError: It leads nowhere, or to nothing callable.
    """
    errors: list[CallsheetError] = []
    absent: list[Guard] = []
    for module_name, attributes in string.splits:
        for stem in stems:
            if not admits(stem, string, module_name):
                continue
            try:
                module = _load_under(stem, string, module_name)
                if module is None:
                    continue
                found = _walk(string, stem, module_name, module, attributes)
            except ImportFailedError:
                raise
            except (RefusedError, ResolveError) as error:
                errors.append(error)
            else:
                return attrs.evolve(found, guards=(*absent, *(found.guards or ()))), stem
        if module_name not in sys.modules:
            absent.append((sys.modules, module_name, None))
    refusals = [error for error in errors if isinstance(error, RefusedError)]
    if not errors:
        raise not_found(string, f"there is no module {string.splits[-1][0]!r}")
    raise [*refusals, *errors][0]


def _load_under(stem: Stem, string: ImportString, module_name: str) -> ModuleType | None:
    """
    Import a module that an entry admits, one package after another: each must
    live under the entry, and not only be called so in ``sys.modules``.
    """
    names = module_name.split(".")
    first = min(stem.name.count(".") + 1, len(names))
    module: Any = None
    for size in range(first, len(names) + 1):
        name = ".".join(names[:size])
        module = load_module(name, string)
        if not is_module(module):
            return None
        home = get_module_home(module)
        if size > first and not is_under(home, _get_stem_home(stem)):
            raise refuse(string, f"the module {name!r} is {home!r} under another name")
    return cast("ModuleType", module)


def _get_stem_home(stem: Stem) -> str:
    """
    Return the name under which the objects of an entry live: ``posixpath``
    for ``os.path:*``.
    """
    module = sys.modules.get(stem.name)
    return (get_module_home(module) if is_module(module) else "") or stem.name


def find_alias(string: ImportString, stem: Stem, *, import_lazy: bool) -> Found | None:
    """
    Return what another name of a module's public object leads to among the
    loaded modules, or None: ``json.encoder.JSONEncoder`` under ``json:*``.

    With *import_lazy*, a name that the module exports and has not made yet is
    asked for first: ``concurrent.futures.process.ProcessPoolExecutor``.
    """
    module = sys.modules.get(stem.name)
    if stem.is_tree or not is_module(module):
        return None
    for module_name, attributes in string.splits:
        value = _read_lazily(string, module, attributes[0]) if import_lazy else MISSING
        other = sys.modules.get(module_name)
        if not is_module(other) or module_name == stem.name:
            continue
        guards: list[Guard] = [(sys.modules, stem.name, module)]
        held = get_module_dict(other).get(attributes[0], MISSING)
        public: str | None = attributes[0]
        if value is MISSING or held is not value:
            public = _find_public(module, held)
            if public is None:
                continue
            guards.append((get_module_dict(module), public, held))
        try:
            found = _walk(string, stem, module_name, other, attributes, public)
        except (RefusedError, ResolveError):
            continue
        return attrs.evolve(found, guards=(*(found.guards or ()), *guards))
    return None


def _read_lazily(string: ImportString, module: ModuleType, name: str) -> Any:
    if name in get_module_dict(module):
        return MISSING
    try:
        return _read_module(string, module.__name__, module, name)
    except ResolveError:
        return MISSING


def _find_public(module: ModuleType, value: object) -> str | None:
    held: dict[str, object] = get_module_dict(module)
    for name, public in list(held.items()):
        if public is value and _is_public(module, name):
            return name
    return None


def _walk(
    string: ImportString,
    stem: Stem,
    module_name: str,
    module: ModuleType,
    attributes: tuple[str, ...],
    public: str | None = None,
) -> Found:
    # *public*: the name in the entry's module, where another module is walked.
    is_alias = public is not None
    guards: tuple[Guard, ...] = ((sys.modules, module_name, module),)
    home = _get_stem_home(stem)
    dispatcher = find_dispatcher(home)
    if dispatcher is not None:
        reason = f"{stem.name!r} is the dispatcher {dispatcher!r} under another name"
        raise refuse(string, reason)
    # Segments that the entry itself spells out: the programmer named them.
    given = 0 if is_alias else stem.name.count(".") - module_name.count(".")
    value: Any = module
    owner: type | None = None
    raw: Any = None
    for index, name in enumerate(attributes):
        is_given = index < given
        if name.startswith("_") and not is_given:
            raise refuse(string, f"{name!r} is private")
        if is_module(value):
            if not stem.is_tree and not is_alias and not _is_public(value, name):
                raise refuse(string, f"{name!r} is no public name of {module_name!r}")
            value = raw = _read_module(string, module_name, value, name)
            guards = (*guards, (get_module_dict(module), name, raw))
        elif is_class(value):
            owner = value
            raw, more = _read_class(string, owner, name)
            value = bind_to_class(raw, owner)
            guards = (*guards, *more)
            if value is MISSING:
                raise not_found(string, f"{name!r} can only be told by running it")
        else:
            reason = f"the path goes on behind {describe(value)}, which is no module or class"
            raise refuse(string, reason)
        if is_given:
            if not is_class(value):
                raise not_found(string, f"{name!r} in {module_name!r} is no class")
            home = get_home(value) or home
        elif is_module(value):
            raise refuse(string, f"{name!r} is another module that {module_name!r} imports")
        elif not is_at_home(value, home) and not (
            index == 0 and _is_exported(stem, module, public or name, value)
        ):
            lives = " and ".join(map(repr, get_homes(value))) or "nowhere that it tells"
            raise refuse(string, f"{name!r} lives at {lives}, not under {stem.entry!r}")
    check_callable(string, value)
    return Found(value, guards, owner, raw)


def _is_exported(stem: Stem, module: ModuleType, name: str, value: object) -> bool:
    """
    Tell whether an object that is at home elsewhere is an entry's all the
    same: the module itself exports it, and it is a ufunc, which can tell no
    home, or, for the module form, at home in the same package.
    """
    if not stem.is_tree:
        module = sys.modules[stem.name]
    if name not in _list_exports(module):
        return False
    if is_homeless(value):
        return True
    package = _get_package(get_module_home(module))
    homes = [_get_package(home) for home in get_homes(value)]
    return not stem.is_tree and bool(homes) and all(home == package for home in homes)


def _get_package(name: str) -> str:
    package = name.partition(".")[0]
    return "sys" if package in sys.stdlib_module_names else package  # it comes as one


def _read_module(string: ImportString, module_name: str, module: ModuleType, name: str) -> Any:
    namespace = get_module_dict(module)
    value = namespace.get(name, MISSING)
    if value is not MISSING:
        return value
    getter: Any = namespace.get("__getattr__")
    if getter is None or name not in _list_exports(module):
        raise not_found(string, f"module {module_name!r} has no {name!r}", list(namespace))
    try:
        return getter(name)  # PEP 562, for what the module itself exports
    except AttributeError as error:
        raise not_found(string, f"module {module_name!r} has no {name!r}") from error
    except (Exception, SystemExit) as error:
        raise import_failed(string, module_name, error) from error


def _read_class(string: ImportString, cls: type, name: str) -> tuple[Any, tuple[Guard, ...]]:
    raw, guards = find_in_class(cls, name)
    if raw is MISSING:
        names = [key for base in get_mro(cls) for key in get_class_dict(base)]
        raise not_found(string, f"class {describe(cls)} has no {name!r}", names)
    return raw, guards


def _list_exports(module: ModuleType) -> list[str]:
    exports: Any = get_module_dict(module).get("__all__")
    kind = get_type(exports)
    if kind is not list and kind is not tuple:
        return []
    names = cast("list[object]", exports)
    return [name for name in names if type(name) is str]


def _is_public(module: ModuleType, name: str) -> bool:
    if "__all__" in get_module_dict(module):
        return name in _list_exports(module)
    return name in get_module_dict(module) and not name.startswith("_")


def refuse(string: ImportString, reason: str, *, can_allow: bool = True) -> RefusedError:
    """
    Return a refusal that tells which line would allow this one object.
    """
    remedy = (
        f'If that is meant, allow this one object: allow=[..., "{string.dotted}"].'
        if can_allow
        else "No entry opens such a name."
    )
    subject = shorten(string.text)
    message = f"Cannot resolve {subject}: the import policy refuses it: {reason}. {remedy}"
    return RefusedError(message, string.text)


_LIMIT = 2048

# What is kept per policy: the object, what must stay as it is, the verdict,
# and the live objects, which keep the ids in the key their own.
_Hit = tuple[Any, tuple[Guard, ...], Verdict, tuple[Any, ...]]


def check_import_string(
    policy: ImportPolicy, text: object, also: tuple[Any, ...] = (), *, import_exact: bool = True
) -> Verdict:
    """
    Return what a policy says about an import string before anything that the
    string names is imported.

    Args:
        also: Live objects that are allowed besides, such as the class that
            Python named in ``ObjLoader[T]``.

        import_exact: Whether the modules that exact entries name may be
            imported, to learn other names of their objects.

    Raises:
        ImportStringError: *text* is no import string.
    """
    hit = _get_hit(policy, text, also)
    if hit is not None:
        return hit[2]
    string = split_import_string(text)
    return _decide(policy, string, also, import_exact)


def resolve_allowed(policy: ImportPolicy, text: object, also: tuple[Any, ...] = ()) -> Any:
    """
    Return the callable that an import string leads to, if the policy allows
    the string before the import and the object after it.

    Raises:
        ImportStringError: *text* is no import string.

        RefusedError: The policy does not allow it.

        ResolveError: It is allowed, but leads to nothing callable.
    """
    # _get_hit, spelled out: this is the hot road.
    try:
        hit: _Hit | None = policy.cache.get((text, *map(id, also)) if also else text)
    except TypeError:
        hit = None
    if hit is not None and are_intact(hit[1]):
        return hit[0]
    string = split_import_string(text)
    found, verdict = _resolve(policy, string, also)
    check_callable(string, found.value)
    if found.guards is not None:
        if len(policy.cache) >= _LIMIT:
            policy.cache.clear()
        key = (string.text, *map(id, also)) if also else string.text
        policy.cache[key] = (found.value, found.guards, verdict, also)
    return found.value


def get_refusal(policy: ImportPolicy, verdict: Verdict) -> RefusedError:
    """
    Return the error that says what a verdict of ``refused`` means, and which
    line would allow the object.
    """
    string = split_import_string(verdict.import_string)
    if string.dunder is not None:
        reason = f"{string.dunder!r} opens Python's own machinery"
        return refuse(string, reason, can_allow=False)
    if string.segments[0] == "__main__" and _get_stems(policy) is not policy.stems:
        reason = f"'__main__' is {find_launcher()} here, which runs the program, and is not it"
        return refuse(string, reason)
    opened = ", ".join(_list_entries(policy)) or "nothing"
    return refuse(string, f"it opens {opened}")


def check_object(
    policy: ImportPolicy, obj: object, import_string: str, also: tuple[Any, ...] = ()
) -> None:
    """
    Raise a RefusedError if a document that names *obj* by this import string
    could not be read back under the policy.
    """
    try:
        value = resolve_allowed(policy, import_string, also)
    except RefusedError:
        raise
    except ResolveError as error:
        raise refuse(split_import_string(import_string), "it cannot be read back") from error
    if not is_same(value, obj):
        reason = f"the name leads to {describe(value)} and not to {describe(obj)}"
        raise refuse(split_import_string(import_string), reason, can_allow=False)


def _get_hit(policy: ImportPolicy, text: Any, also: tuple[Any, ...]) -> _Hit | None:
    try:
        hit: _Hit | None = policy.cache.get((text, *map(id, also)) if also else text)
    except TypeError:  # unhashable, so no import string either
        return None
    return hit if hit is not None and are_intact(hit[1]) else None


def _decide(
    policy: ImportPolicy, string: ImportString, also: tuple[Any, ...], import_exact: bool
) -> Verdict:
    if policy.allows_any:
        return Verdict(string.text, "allowed", "UNSAFE_ALLOW_ANY")
    if string.dunder is not None:
        return Verdict(string.text, "refused", f"rule 2: {string.dunder!r}")
    exact = policy.exact.get(string.dotted)
    if exact is not None:
        return Verdict(string.text, "allowed", f"entry {exact.text!r}")
    stems = _list_stems(policy, string)
    if stems:
        return Verdict(string.text, "allowed", f"entry {stems[0].entry!r}")
    alias = _find_alias(policy, string, also, import_exact, import_lazy=False)
    if alias is not None:
        return Verdict(string.text, "allowed", alias[1])
    if not import_exact and _is_anything_unloaded(policy):
        return Verdict(string.text, "undecided", "rule 7: may be another name of an exact entry")
    return Verdict(string.text, "refused", "rule 3: no entry opens it")


def _resolve(
    policy: ImportPolicy, string: ImportString, also: tuple[Any, ...]
) -> tuple[Found, Verdict]:
    verdict = _decide(policy, string, also, True)
    if verdict.verdict == "refused":
        raise get_refusal(policy, verdict)
    if policy.allows_any:
        return find_trusted(string), verdict
    exact = policy.exact.get(string.dotted)
    if exact is not None:
        return _find_exact(string, exact), verdict
    problem: CallsheetError = refuse(string, "no entry opens it")
    stems = _list_stems(policy, string)
    if stems:
        try:
            found, stem = find_under(string, stems)
        except (RefusedError, ResolveError) as error:
            problem = error
        else:
            return found, attrs.evolve(verdict, rule=f"entry {stem.entry!r}")
    alias = _find_alias(policy, string, also, True, import_lazy=True)
    if alias is None:
        raise problem
    return alias[0], attrs.evolve(verdict, rule=alias[1])


def _list_stems(policy: ImportPolicy, string: ImportString) -> list[Stem]:
    modules = [split[0] for split in string.splits]
    return [
        stem
        for stem in _get_stems(policy)
        if any(admits(stem, string, module) for module in modules)
    ]


def _get_stems(policy: ImportPolicy) -> tuple[Stem, ...]:
    """
    Return a policy's wildcards, without those over a ``__main__`` that is not
    the program.
    """
    is_main = [stem.name.partition(".")[0] == "__main__" for stem in policy.stems]
    if not any(is_main) or find_launcher() is None:
        return policy.stems
    return tuple(stem for stem, main in zip(policy.stems, is_main, strict=True) if not main)


def _find_exact(string: ImportString, exact: ImportString) -> Found:
    """
    Resolve an exact entry as the program's own; a colon in the document's
    spelling must agree with where the entry's module ends.
    """
    found = find_trusted(exact)
    if string.colon is not None and string.colon != exact.colon:
        other = find_trusted(string)
        if not is_same(found.value, other.value):
            raise refuse(string, f"it is not what the entry {exact.text!r} names")
    return found


def _find_alias(
    policy: ImportPolicy,
    string: ImportString,
    also: tuple[Any, ...],
    import_exact: bool,
    *,
    import_lazy: bool,
) -> tuple[Found, str] | None:
    """
    Return what a string leads to among the loaded modules if that is an
    allowed object under another name, with the entry that allows it.
    """
    entries = _list_exact(policy, import_exact)
    found = find_loaded(string)
    if found is not None:
        for live in (*also, *policy.live):
            if is_same(found.value, live):
                return found, f"object {describe(live)}"
        for text, entry in entries:
            if is_same(found.value, entry.value):
                guards = None
                if found.guards is not None and entry.guards is not None:
                    guards = (*found.guards, *entry.guards)
                return attrs.evolve(found, guards=guards), f"entry {text!r}"
    for stem in _get_stems(policy):
        other = find_alias(string, stem, import_lazy=import_lazy)
        if other is not None:
            return other, f"entry {stem.entry!r}"
    return None


def _list_entries(policy: ImportPolicy) -> list[str]:
    entries = [repr(entry) if isinstance(entry, str) else describe(entry) for entry in policy.allow]
    return entries if len(entries) <= 5 else [*entries[:4], f"{len(entries) - 4} more"]


def _list_exact(policy: ImportPolicy, import_exact: bool) -> list[tuple[str, Found]]:
    entries: list[tuple[str, Found]] = []
    for exact in policy.exact.values():
        found = None
        if import_exact:
            try:
                found = find_trusted(exact)
            except ResolveError:
                continue
        else:
            found = find_loaded(exact)
        if found is not None:
            entries.append((exact.text, found))
    return entries


def _is_anything_unloaded(policy: ImportPolicy) -> bool:
    return any(find_loaded(exact) is None for exact in policy.exact.values()) or any(
        not stem.is_tree and stem.name not in sys.modules for stem in policy.stems
    )
