"""
Objects of import strings under the import policy: every path from a document to an object.
"""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import suppress
from functools import partial
from types import ModuleType
from typing import Any, cast
from weakref import ref

from .._messages import shorten
from .._statics import (
    MISSING,
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
from .guards import Found, GuardedCache, Guards, find_loaded, iterate_splits
from .homes import find_launcher, get_home, get_homes, get_module_home, is_at_home, is_homeless
from .naming import describe
from .policy import ImportPolicy, Stem, Verdict, find_dispatcher, list_entries
from .resolving import check_callable, find_trusted, import_failed, load_module, not_found


def is_under(name: str, stem: str) -> bool:
    """Return whether a dotted name is *stem* or lies below it."""
    return name == stem or name.startswith(f"{stem}.")


def admits(stem: Stem, string: ImportString, module_name: str) -> bool:
    """
    Return whether an entry lets a module of a path be imported.

    A tree also lets its stem's parents be imported, for the stem may be a
    class; nothing but the stem is then taken from them.
    """
    if not string.dotted.startswith(f"{stem.name}."):
        return False
    if not stem.is_tree:
        return module_name == stem.name
    return is_under(module_name, stem.name) or is_under(stem.name, module_name)


def _find_under(
    string: ImportString,
    stem: Stem,
    module_name: str,
    attributes: tuple[str, ...],
    longer: Guards,
) -> Found | None:
    """Import and look up a path read in one way; return None if there is no such module."""
    module = _load_under(stem, string, module_name)
    if module is None:
        return None
    return _walk(string, stem, module_name, module, attributes).watch(longer)


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
    """Return the name under which the objects of an entry live: ``posixpath`` for ``os.path:*``."""
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
    namespace: dict[str, Any] = get_module_dict(module)
    for module_name, attributes in string.splits:
        lazy: Any = MISSING
        if import_lazy and attributes[0] not in namespace:
            with suppress(ResolveError):
                lazy = _read_module(string, module.__name__, module, attributes[0])
        other = sys.modules.get(module_name)
        if not is_module(other) or module_name == stem.name:
            continue
        guards: Guards = ((sys.modules, stem.name, module),)
        held = get_module_dict(other).get(attributes[0])
        public = [name for name, value in list(namespace.items()) if value is held]
        public = [name for name in public if _is_public(module, name)]
        if public:
            guards = (*guards, (namespace, public[0], held))
        elif lazy is not held:
            continue
        name = public[0] if public else attributes[0]
        try:
            return _walk(string, stem, module_name, other, attributes, name).watch(guards)
        except (RefusedError, ResolveError):
            continue
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
    guards: Guards = ((sys.modules, module_name, module),)
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
            raw, more = find_in_class(owner, name)
            if raw is MISSING:
                names = [key for base in get_mro(owner) for key in get_class_dict(base)]
                reason = f"class {describe(owner)} has no {name!r}"
                raise not_found(string, reason, names)
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
    Return whether an object that is at home elsewhere is an entry's all the
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
    """Return a refusal that tells which line would allow this one object."""
    remedy = (
        f'If that is meant, allow this one object: allow=[..., "{string.dotted}"].'
        if can_allow
        else "No entry opens such a name."
    )
    subject = shorten(string.text)
    message = f"Cannot resolve {subject}: the import policy refuses it: {reason}. {remedy}"
    return RefusedError(message, string.text)


# What has been resolved, by the id of its policy, which leaves with the policy. Equal
# policies share nothing: their verdicts name the entry that came first.
answers: dict[int, tuple[ref[ImportPolicy], GuardedCache]] = {}


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
        verdict: Verdict = hit[1]
        return verdict
    string = split_import_string(text)
    for rule, _ in _list_candidates(policy, string, also, import_exact):
        return Verdict(string.text, "allowed", rule)
    if string.dunder is not None:
        return Verdict(string.text, "refused", f"rule 2: {string.dunder!r}")
    if not import_exact and _is_anything_unloaded(policy):
        return Verdict(string.text, "undecided", "rule 7: may be another name of an exact entry")
    return Verdict(string.text, "refused", "rule 3: no entry opens it")


def resolve_allowed(policy: ImportPolicy, text: object, also: tuple[Any, ...] = ()) -> Any:
    """
    Return the callable that an import string leads to, if the policy allows
    the string before the import and the object after it.

    Raises:
        ImportStringError: *text* is no import string.

        RefusedError: The policy does not allow it.

        ResolveError: It is allowed, but leads to nothing callable.
    """
    hit = _get_hit(policy, text, also)
    if hit is not None:
        return hit[0]
    string = split_import_string(text)
    problems: list[CallsheetError] = []
    rule = None
    for rule, find in _list_candidates(policy, string, also, True):
        try:
            found = find()
            if found is not None:
                check_callable(string, found.value)
                _keep(policy, string.text, also, found, Verdict(string.text, "allowed", rule))
                return found.value
        except ImportFailedError:
            raise
        except (RefusedError, ResolveError) as error:
            problems.append(error)
    if rule is None:
        raise get_refusal(policy, check_import_string(policy, string.text, also))
    problems.append(not_found(string, f"there is no module {string.splits[-1][0]!r}"))
    raise min(problems, key=lambda error: not isinstance(error, RefusedError))


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
    entries = list_entries(policy)
    if len(entries) > 5:
        entries[4:] = [f"{len(entries) - 4} more"]
    return refuse(string, f"it opens {', '.join(entries) or 'nothing'}")


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


def _get_hit(policy: ImportPolicy, text: object, also: tuple[Any, ...]) -> Any:
    held = answers.get(id(policy))
    if held is None or held[0]() is not policy or type(text) is not str:
        return None
    return held[1].get((text, *map(id, also)) if also else text)


def _keep(
    policy: ImportPolicy, text: str, also: tuple[Any, ...], found: Found, verdict: Verdict
) -> None:
    key = id(policy)
    held = answers.get(key)
    if held is None or held[0]() is not policy:
        held = ref(policy, lambda _: answers.pop(key, None)), GuardedCache(2048)
        answers[key] = held
    # The live objects keep the ids in the key their own.
    held[1].put(
        (text, *map(id, also)) if also else text, (found.value, verdict, also), found.guards
    )


def _list_candidates(
    policy: ImportPolicy, string: ImportString, also: tuple[Any, ...], import_exact: bool
) -> Iterator[tuple[str, Callable[[], Found | None]]]:
    """
    Yield each entry that allows an import string, the nearest first, with the
    lookup under it; what the string names is imported by the lookup alone.
    """
    if policy.allows_any:
        yield "UNSAFE_ALLOW_ANY", partial(find_trusted, string)
        return
    if string.dunder is not None:
        return
    exact = policy.exact.get(string.dotted)
    if exact is not None:
        yield f"entry {exact.text!r}", partial(_find_exact, string, exact)
        return
    stems = _get_stems(policy)
    is_open = False
    for module_name, attributes, longer in iterate_splits(string):
        for stem in stems:
            if admits(stem, string, module_name):
                is_open = True
                find = partial(_find_under, string, stem, module_name, attributes, longer)
                yield f"entry {stem.entry!r}", find
    # Rule 7: among the loaded modules, an allowed object under another name.
    entries = _list_exact(policy, import_exact)
    found = find_loaded(string)
    if found is not None:
        for live in (*also, *policy.live):
            if is_same(found.value, live):
                yield f"object {describe(live)}", partial(found.watch, ())
        for text, entry in entries:
            if is_same(found.value, entry.value):
                yield f"entry {text!r}", partial(found.watch, entry.guards)
    for stem in stems:
        alias = find_alias(string, stem, import_lazy=is_open)
        if alias is not None:
            yield f"entry {stem.entry!r}", partial(alias.watch, ())


def _get_stems(policy: ImportPolicy) -> tuple[Stem, ...]:
    """Return a policy's wildcards, without those over a ``__main__`` that is not the program."""
    mains = [stem for stem in policy.stems if is_under(stem.name, "__main__")]
    if not mains or find_launcher() is None:
        return policy.stems
    return tuple(stem for stem in policy.stems if stem not in mains)


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


def _list_exact(policy: ImportPolicy, import_exact: bool) -> list[tuple[str, Found]]:
    entries: list[tuple[str, Found]] = []
    for exact in policy.exact.values():
        with suppress(ResolveError):
            found = find_trusted(exact) if import_exact else find_loaded(exact)
            if found is not None:
                entries.append((exact.text, found))
    return entries


def _is_anything_unloaded(policy: ImportPolicy) -> bool:
    return any(find_loaded(exact) is None for exact in policy.exact.values()) or any(
        not stem.is_tree and stem.name not in sys.modules for stem in policy.stems
    )
