"""
Takes the rules of the import policy out one at a time, each in a copy of the
source, and tells which of them no test misses.

    python tests/mutation/mutate_policy.py [--only TEXT] [--jobs N]

The exit status is the number of mutants that survived.
"""

from __future__ import annotations

import argparse
import os
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import NamedTuple

ROOT = Path(__file__).parents[2]
TESTS = [
    "tests/imports/test_naming.py",
    "tests/imports/test_policy.py",
    "tests/imports/test_guarding.py",
    "tests/imports/test_hostile_resolve.py",
    "tests/documents/test_checking.py",
    "tests/imports/test_policy_property.py",
]


class Mutant(NamedTuple):
    """
    One rule less: a piece of source and what stands there instead.
    """

    rule: str
    without: str
    module: str
    old: str
    new: str


MUTANTS = [
    # Entries.
    Mutant("entries", "the list (a str counts as letters)", "_imports/policy",
           "if isinstance(allow, (str, bytes)) or not", "if not"),
    Mutant("entries", "whole names before a wildcard", "_imports/policy",
           "or not all(map(is_segment, segments))", ""),
    Mutant("entries", "the dot before a wildcard", "_imports/policy",
           'form not in (".*", ":*")', "False"),
    Mutant("entries", "no dunder in a wildcard", "_imports/policy",
           "    if dunder is not None:", "    if False:"),
    Mutant("entries", "no dunder in an exact entry", "_imports/policy",
           "if string.dunder is not None:", "if False:"),
    Mutant("entries", "the lint of dispatchers", "_imports/policy",
           "if dispatcher is not None and", "if False and"),
    Mutant("entries", "the lint below a dispatcher", "_imports/policy",
           'accumulate(name.split("."), "{}.{}".format)', "[name]"),
    Mutant("entries", "no modules among live objects", "_imports/policy",
           "if is_module(entry):", "if False:"),
    Mutant("entries", "only callables among live objects", "_imports/policy",
           "if not callable(entry):", "if False:"),
    Mutant("entries", "no policy in a list", "_imports/policy",
           "if isinstance(entry, ImportPolicy):", "if False:"),
    Mutant("entries", "exact_only", "_imports/policy",
           "if self.stems and self.exact_only:", "if False:"),
    Mutant("entries", "closed by default", "_imports/policy",
           "default=(), converter=_take_entries", 'default=("json.*",), converter=_take_entries'),
    Mutant("entries", "__main__.* as the default", "_imports/policy",
           'ImportPolicy(allow=["__main__.*"])', 'ImportPolicy(allow=["__main__.*", "json.*"])'),
    # Rule 1.
    Mutant("1", "the type", "_imports/grammar", "if not isinstance(text, str):", "if False:"),
    Mutant("1", "the length", "_imports/grammar", "if len(text) > MAX_LENGTH:", "if False:"),
    Mutant("1", "the number of segments", "_imports/grammar",
           "if len(segments) > MAX_SEGMENTS:", "if False:"),
    Mutant("1", "a module and a name", "_imports/grammar", "if len(segments) < 2:", "if False:"),
    Mutant("1", "identifiers", "_imports/grammar", "text.isidentifier()", "True"),
    Mutant("1", "keywords", "_imports/grammar", "and not iskeyword(text)", ""),
    Mutant("1", "NFKC", "_imports/grammar",
           'and (text.isascii() or normalize("NFKC", text) == text)', ""),
    # Rule 2.
    Mutant("2", "dunders", "_imports/guarding",
           "if string.dunder is not None:\n        return Verdict",
           "if False:\n        return Verdict"),
    Mutant("2", "__main__ only first", "_imports/grammar",
           'and (index or segment != "__main__")', 'and segment != "__main__"'),
    Mutant("2", "__main__ at all", "_imports/grammar",
           'and (index or segment != "__main__")', ""),
    Mutant("2", "the library's own package", "_imports/policy",
           'if segments[0] == "callsheet":', "if False:"),
    # Rule 3.
    Mutant("3", "the policy", "_imports/guarding",
           "raise get_refusal(policy, check_import_string(policy, string.text, also))",
           "return find_trusted(string).value"),
    Mutant("3", "the dot after a stem", "_imports/guarding",
           'if not string.dotted.startswith(f"{stem.name}."):',
           "if not string.dotted.startswith(stem.name):"),
    Mutant("3", "the path below a stem", "_imports/guarding",
           'if not string.dotted.startswith(f"{stem.name}."):', "if False:"),
    Mutant("3", "no submodules in the module form", "_imports/guarding",
           "        return module_name == stem.name",
           "        return is_under(module_name, stem.name)"),
    Mutant("3", "the longest module first", "_imports/guarding",
           "in iterate_splits(string):\n        for stem in stems",
           "in list(iterate_splits(string))[::-1]:\n        for stem in stems"),
    Mutant("3", "the colon", "_imports/grammar",
           'sizes = [module.count(".") + 1] if colon else range',
           "sizes = range"),
    Mutant("3", "exact means exact", "_imports/guarding",
           "policy.exact.get(string.dotted)",
           "next((e for k, e in policy.exact.items() if string.dotted.startswith(k)), None)"),
    Mutant("3", "nothing imported in an audit", "_imports/guarding",
           "find_trusted(exact) if import_exact else find_loaded(exact)", "find_trusted(exact)"),
    Mutant("3", "undecided", "_imports/guarding",
           "if not import_exact and _is_anything_unloaded(policy):", "if False:"),
    # Rule 4.
    Mutant("4", "the name of the missing module", "_imports/resolving",
           'if missing is not None and f"{name}.".startswith(f"{missing}."):', "if True:"),
    Mutant("4", "the dot in that name", "_imports/resolving",
           'f"{name}.".startswith(f"{missing}.")', "name.startswith(missing)"),
    Mutant("4", "SystemExit from a module", "_imports/resolving",
           "        except (Exception, SystemExit) as error:\n"
           "            raise import_failed(string, name, error) from error\n"
           "        module = sys",
           "        except Exception as error:\n"
           "            raise import_failed(string, name, error) from error\n"
           "        module = sys"),
    Mutant("4", "any other error of a module", "_imports/resolving",
           "        except (Exception, SystemExit) as error:\n"
           "            raise import_failed(string, name, error) from error\n"
           "        module = sys",
           "        except SystemExit as error:\n"
           "            raise import_failed(string, name, error) from error\n"
           "        module = sys"),
    # Rule 5.
    Mutant("5", "static lookups in modules", "_imports/guarding",
           "    value = namespace.get(name, MISSING)\n    if value is not MISSING:",
           "    value = getattr(module, name, MISSING)\n    if value is not MISSING:"),
    Mutant("5", "static lookups in classes", "_imports/guarding",
           "            value = bind_to_class(raw, owner)\n            guards",
           "            value = getattr(owner, name)\n            guards"),
    Mutant("5", "the MRO alone", "_imports/guarding",
           "            raw, more = find_in_class(owner, name)\n",
           "            raw, more = find_in_class(owner, name)\n"
           "            raw = getattr(owner, name, MISSING) if raw is MISSING else raw\n"),
    Mutant("5", "descriptors left alone", "_statics",
           "        return raw.__get__(None, cls)\n    return MISSING",
           "        return raw.__get__(None, cls)\n    return raw.__get__(None, cls)"),
    Mutant("5", "__getattr__ for exported names", "_imports/guarding",
           "if getter is None or name not in _list_exports(module):",
           "if True:"),
    Mutant("5", "__getattr__ for exported names only", "_imports/guarding",
           "if getter is None or name not in _list_exports(module):",
           "if getter is None:"),
    Mutant("5", "the errors of __getattr__", "_imports/guarding",
           "    except (Exception, SystemExit) as error:\n"
           "        raise import_failed(string, module_name, error) from error\n",
           "    except SystemExit as error:\n"
           "        raise import_failed(string, module_name, error) from error\n"),
    Mutant("5", "a module ends the walk", "_imports/guarding",
           "        elif is_module(value):\n            raise refuse",
           "        elif is_module(value):\n            continue\n            raise refuse"),
    Mutant("5", "an instance ends the walk", "_imports/guarding",
           '        else:\n            reason = f"the path goes on',
           "        elif hasattr(value, name):\n            value = getattr(value, name)\n"
           '        else:\n            reason = f"the path goes on'),
    Mutant("5", "private attributes", "_imports/guarding",
           'if name.startswith("_") and not is_given:', "if False:"),
    Mutant("5", "public names", "_imports/guarding",
           "if not stem.is_tree and not is_alias and not _is_public(value, name):", "if False:"),
    Mutant("5", "__all__", "_imports/guarding",
           'if "__all__" in get_module_dict(module):', "if False:"),
    Mutant("5", "callables only", "_imports/resolving",
           "if is_module(value) or not callable(value):", "if False:"),
    Mutant("5", "real classes, whatever __class__ says", "_statics",
           "return issubclass(type(value), type)", "return isinstance(value, type)"),
    # Rule 6.
    Mutant("6", "the home rule", "_imports/guarding",
           "elif not is_at_home(value, home) and", "elif False and"),
    Mutant("6", "the home of every hop but the last", "_imports/guarding",
           "elif not is_at_home(value, home) and",
           "elif index == len(attributes) - 1 and not is_at_home(value, home) and"),
    Mutant("6", "the home of the last hop", "_imports/guarding",
           "elif not is_at_home(value, home) and",
           "elif index < len(attributes) - 1 and not is_at_home(value, home) and"),
    Mutant("6", "the dot in a home", "_imports/homes",
           'prefixes = (f"{stem}.",) if "." in stem else (f"{stem}.", f"_{stem}.")',
           'prefixes = (stem,) if "." in stem else (stem, f"_{stem}.")'),
    Mutant("6", "a method's function", "_imports/homes",
           "_all(get_homes(_method_function(obj), depth + 1), ",
           "_all(_class_home(_as_class(owner)), "),
    Mutant("6", "what a method is bound to", "_imports/homes",
           "and all(home == stem or home.startswith(prefixes) for home in homes[1:])", ""),
    Mutant("6", "a partial's function", "_imports/homes",
           "if issubclass(kind, functools.partial):", "if False:"),
    Mutant("6", "a cached function's function", "_imports/homes",
           "if kind is LRU_WRAPPER:", "if False:"),
    Mutant("6", "a C method's object", "_imports/homes",
           "if owner is None or is_module(owner) or _is_capsule(owner):", "if True:"),
    Mutant("6", "a descriptor's class", "_imports/homes",
           "if any(kind is descriptor for descriptor in DESCRIPTORS):", "if False:"),
    Mutant("6", "an alias's origin", "_imports/homes",
           "if kind is types.GenericAlias:", "if False:"),
    Mutant("6", "accelerators", "_imports/homes",
           'else (f"{stem}.", f"_{stem}.")', 'else (f"{stem}.",)'),
    Mutant("6", "accelerators of top level modules only", "_imports/homes",
           '(f"{stem}.",) if "." in stem else (f"{stem}.", f"_{stem}.")',
           '(f"{stem}.", f"_{stem.rpartition(\'.\')[0].partition(\'.\')[0] or stem}.")'),
    Mutant("6", "a home for every object", "_imports/homes",
           "        bool(homes)\n        and homes[0].startswith(prefixes)",
           "        not homes or homes[0].startswith(prefixes)"),
    Mutant("6", "names that are plain str", "_imports/homes",
           "if type(module) is not str or type(qualname) is not str:",
           "if not isinstance(module, str) or not isinstance(qualname, str):"),
    Mutant("6", "__mp_main__", "_imports/homes",
           "if module == '__mp_main__' else", "if False else"),
    Mutant("6", "the metaclass left alone", "_imports/homes",
           'get_class_module = read_slot(type, "__module__")',
           "get_class_module = lambda cls: cls.__module__"),
    Mutant("6", "the real home of a class that is a stem", "_imports/guarding",
           "            home = get_home(value) or home\n", ""),
    Mutant("6", "only a class as a stem", "_imports/guarding",
           "            if not is_class(value):\n                raise not_found",
           "            if False:\n                raise not_found"),
    # Rule 7.
    Mutant("7", "other names of exact entries", "_imports/guarding",
           "for text, entry in entries:", "for text, entry in ():"),
    Mutant("7", "other names of live objects", "_imports/guarding",
           "for live in (*also, *policy.live):", "for live in also:"),
    Mutant("7", "the class that Python named", "_imports/guarding",
           "for live in (*also, *policy.live):", "for live in policy.live:"),
    Mutant("7", "other names of public names", "_imports/guarding",
           "if stem.is_tree or not is_module(module):", "if True:"),
    Mutant("7", "lazy public names by other names", "_imports/guarding",
           "import_lazy=is_open", "import_lazy=False"),
    Mutant("7", "no lazy names before the import", "_imports/guarding",
           "import_lazy=is_open", "import_lazy=True"),
    Mutant("7", "identity", "_statics",
           "    if one is other:\n        return True\n",
           "    if one is other or getattr(one, '__name__', 0) == getattr(other, '__name__', 1):\n"
           "        return True\n"),
    Mutant("7", "the object of a bound method", "_statics",
           "return _get_method_self(one) is _get_method_self(other) and is_same(",
           "return is_same("),
    Mutant("7", "modules already loaded", "_imports/guards",
           "    module = sys.modules.get(module_name)\n    if not is_module(module):\n",
           "    module = __import__('importlib').import_module(module_name)\n"
           "    if not is_module(module):\n"),
    Mutant("7", "a search that stops at modules", "_imports/guards",
           "        if not is_class(owner):\n            return None\n        raw, more",
           "        if is_module(owner):\n"
           "            found = Found(get_module_dict(owner).get(name), None)\n"
           "            continue\n"
           "        if not is_class(owner):\n            return None\n        raw, more"),
    Mutant("7", "the colon against an exact entry", "_imports/guarding",
           "if string.colon is not None and string.colon != exact.colon:", "if False:"),
    Mutant("7", "broken entries left aside", "_imports/guarding",
           "with suppress(ResolveError):", "if True:"),
    # The program, and what runs it.
    Mutant("main", "the launcher in __main__", "_imports/guarding",
           "if not mains or find_launcher() is None:", "if True:"),
    Mutant("main", "the other entries under a launcher", "_imports/guarding",
           "for stem in policy.stems if stem not in mains)", "for stem in ())"),
    Mutant("main", "other names of a launcher's names", "_imports/guarding",
           "    for stem in stems:\n        alias", "    for stem in policy.stems:\n        alias"),
    Mutant("main", "the standard library", "_imports/homes",
           "    if _is_in_library(file):\n        return True\n", ""),
    Mutant("main", "the names in the standard library's folder", "_imports/homes",
           'and _is_standard(name.replace(os.sep, "."))', ""),
    Mutant("main", "what is installed", "_imports/homes",
           "    if not _is_installed(file):\n        return False", "    return False"),
    Mutant("main", "what is not installed", "_imports/homes",
           "    if not _is_installed(file):\n        return False\n", ""),
    Mutant("main", "site-packages", "_imports/homes",
           'if "site-packages" in parts or', "if"),
    Mutant("main", "dist-packages", "_imports/homes",
           'or "dist-packages" in parts:', ":"),
    Mutant("main", "scripts beside Python", "_imports/homes",
           'return bool(folder) and folder == os.path.dirname(sys.executable or "")',
           "return False"),
    Mutant("main", "frozen programs", "_imports/homes",
           'if hasattr(sys, "frozen"):', "if False:"),
    Mutant("main", "frozen modules", "_imports/homes",
           'return file.startswith("<frozen ") and _is_standard(file[8:-1])', "return False"),
    Mutant("main", "the frozen __main__", "_imports/homes",
           'file.startswith("<frozen ") and _is_standard(file[8:-1])',
           'file.startswith("<frozen ")'),
    Mutant("main", "installed programs", "_imports/homes",
           "return given not in (file, os.path.dirname(file))", "return True"),
    Mutant("main", "installed archives", "_imports/homes",
           "return given not in (file, os.path.dirname(file))", "return given != file"),
    Mutant("main", "what hands sys.argv on", "_imports/homes",
           "return given not in (file, os.path.dirname(file))", "return False"),
    Mutant("main", "what a launcher has left", "_imports/homes",
           "if is_own and _is_launcher(file):", "if False:"),
    Mutant("main", "decorators of the standard library", "_imports/homes",
           "if is_own and _is_launcher(file):", "if _is_launcher(file):"),
    # The homes of modules.
    Mutant("module", "the home of a module", "_imports/guarding",
           "if size > first and not is_under(home, _get_stem_home(stem)):", "if False:"),
    Mutant("module", "the home of the packages around it", "_imports/guarding",
           "for size in range(first, len(names) + 1):", "for size in (len(names),):"),
    Mutant("module", "the program's own alias", "_imports/guarding",
           "if size > first and not is_under", "if not is_under"),
    Mutant("module", "the real home of a module that is a stem", "_imports/guarding",
           "    return (get_module_home(module) if is_module(module) else \"\") or stem.name",
           "    return stem.name"),
    Mutant("module", "dispatchers under another name", "_imports/guarding",
           "    if dispatcher is not None:\n        reason = f\"{stem.name!r} is",
           "    if False:\n        reason = f\"{stem.name!r} is"),
    Mutant("module", "a name that is plain str", "_imports/homes",
           "    if type(name) is not str:\n        return \"\"\n", ""),
    Mutant("module", "__mp_main__ as a module", "_imports/homes",
           'return "__main__" if name == "__mp_main__" else name', "return name"),
    Mutant("module", "the module's own name as an alias", "_imports/guarding",
           "or module_name == stem.name:", "or other is module:"),
    Mutant("module", "os.path", "_imports/policy", 'and entry != "os.path:*"', ""),
    # Exports.
    Mutant("export", "what __all__ lists", "_imports/guarding",
           "    if name not in _list_exports(module):\n        return False\n    if is_homeless",
           "    if is_homeless"),
    Mutant("export", "the package", "_imports/guarding",
           "and bool(homes) and all(home == package for home in homes)", ""),
    Mutant("export", "a home for every export", "_imports/guarding",
           "and bool(homes) and all(home", "and all(home"),
    Mutant("export", "all homes of an export", "_imports/guarding",
           "all(home == package for home in homes)", "homes[0] == package"),
    Mutant("export", "exports of the module form only", "_imports/guarding",
           "return not stem.is_tree and bool(homes)", "return bool(homes)"),
    Mutant("export", "the members of an export", "_imports/guarding",
           "            index == 0 and _is_exported(", "            _is_exported("),
    Mutant("export", "the package as a whole name", "_imports/guarding",
           "all(home == package for home in homes)",
           "all(home.startswith(package) for home in homes)"),
    Mutant("export", "the standard library as one", "_imports/guarding",
           'return "sys" if package in sys.stdlib_module_names else package', "return package"),
    Mutant("export", "exports by other names", "_imports/guarding",
           "_is_exported(stem, module, public or name, value)",
           "(public is None and _is_exported(stem, module, name, value))"),
    Mutant("export", "functions without a home", "_imports/guarding",
           "    if is_homeless(value):\n        return True\n", ""),
    Mutant("export", "the home that C functions carry", "_imports/homes",
           "_carried_home(obj) or _compiled_home", "_compiled_home"),
    Mutant("export", "the home that a ufunc carries", "_imports/homes",
           "_is_c_function(kind) and not _carried_home(obj)", "_is_c_function(kind)"),
    Mutant("export", "C code alone", "_imports/homes",
           "not _class_flags(kind) & _HEAP_TYPE and key", "key"),
    # Methods of executors.
    Mutant("method", "the policy's word on methods, read", "_documents/reading",
           "            check_opened(self.context.policy, get_built(loader), methods)\n", ""),
    Mutant("method", "the policy's word on methods, written", "_documents/writing",
           "        if self.context.governed:\n            check_opened",
           "        if False:\n            check_opened"),
    Mutant("method", "the default that writes everything", "_documents/writing",
           "        if self.context.governed:\n            check_opened",
           "        if True:\n            check_opened"),
    Mutant("method", "submit, map and shutdown", "_executors/methods",
           "if name in DEFAULT_METHODS or policy.allows_any:", "if policy.allows_any:"),
    Mutant("method", "UNSAFE_ALLOW_ANY", "_executors/methods",
           "if name in DEFAULT_METHODS or policy.allows_any:", "if name in DEFAULT_METHODS:"),
    Mutant("method", "a class that is not known", "_executors/methods",
           "if not isinstance(cls, type):\n            msg = (\n",
           "if not isinstance(cls, type):\n            continue\n            msg = (\n"),
    Mutant("method", "methods before the import", "_documents/checking",
           "            if owner is not None:\n                self.add_name",
           "            if False:\n                self.add_name"),
    Mutant("method", "the class that a factory declares", "_models/loaders",
           "(get_origin(target) or target, type) else loader.object_type",
           "(get_origin(target) or target, type) else target"),
    # Mappings that an annotation may make models.
    Mutant("candidate", "candidates", "_documents/checking",
           "                    self.names.append(((path, key), names[key], (CANDIDATE,)))",
           "                    pass"),
    Mutant("candidate", "plain data", "_documents/checking",
           "            if is_candidate:\n                suspects",
           "            if False:\n                suspects"),
    Mutant("candidate", "the mark in an audit", "_documents/checking",
           "verdict.rule, is_candidate\n", "verdict.rule\n"),
    Mutant("candidate", "the order of imports", "_documents/reading",
           "            self.settle(document, target,",
           "            id((document, target),)\n            str("),
    Mutant("candidate", "what is missing beside it", "_documents/reading",
           "if not all(isinstance(problem, SignatureError) for problem in problems):",
           "if problems:"),
    Mutant("candidate", "problems told once", "_documents/reading",
           "        del self.problems[n_problems:]\n", ""),
    # Self.
    Mutant("self", "the check at the call", "_models/loaders",
           "for parameter in (self._parameter, self._cell.expected):",
           "for parameter in (self._parameter,):"),
    Mutant("self", "the declared class", "_models/loaders",
           "for parameter in (self._parameter, self._cell.expected):",
           "for parameter in (self._cell.expected,):"),
    Mutant("self", "the check in pickles", "_models/loaders",
           "*(() if expected is None else (expected,))", ""),
    Mutant("self", "factories", "_documents/reading",
           "checked = make_loader(given, values[0].loader, owner)", "checked = values[0]"),
    Mutant("self", "the first of many", "_documents/reading",
           "n_named = 1 if plan.n_pos else 0", "n_named = len(plan.names)"),
    Mutant("self", "cached methods", "_documents/reading",
           "and type(target) is not LRU_WRAPPER", ""),
    Mutant("self", "classes made on demand", "_documents/reading",
           "    found = find_loaded(string) or find_trusted(string)\n"
           "    return found.owner if found.raw is target else None",
           "    found = find_loaded(string)\n"
           "    return found.owner if found is not None and found.raw is target else None"),
    # Writing, and the cache.
    Mutant("writing", "what a name leads to", "_imports/guarding",
           "if not is_same(value, obj):", "if False:"),
    Mutant("writing", "what cannot be read back", "_imports/guarding",
           "    except ResolveError as error:\n        raise refuse",
           "    except ResolveError as error:\n        return\n        raise refuse"),
    Mutant("cache", "the guard", "_imports/guards",
           "if modules[module_name] is module and names[name] is value:", "if True:"),
    Mutant("cache", "the guard of the module", "_imports/guards",
           "if modules[module_name] is module and names", "if names"),
    Mutant("cache", "the guards of longer paths", "_imports/guards",
           "if namespace.get(name) is not value:", "if False:"),
    Mutant("cache", "the guard of longer modules", "_imports/guards",
           "longer = (*longer, (sys.modules, module_name, module))", "pass"),
    Mutant("cache", "the policy of an answer", "_imports/guarding", "id(policy)", "0"),
    Mutant("cache", "the guard of nearer classes", "_statics",
           "        guards.append((namespace, name, None))\n", ""),
    Mutant("cache", "the guard of an alias's entry", "_imports/guarding",
           "partial(found.watch, entry.guards)", "partial(found.watch, ())"),
    Mutant("cache", "the guard of a public name", "_imports/guarding",
           "            guards = (*guards, (namespace, public[0], held))\n", "            pass\n"),
    Mutant("cache", "no memory of what cannot be watched", "_imports/resolving",
           "guards = (*guards, *more) if guards is not None and is_static else None",
           "guards = (*guards, *more)"),
    Mutant("cache", "the bound", "_imports/guards", "self.entries.clear()", "pass"),
]  # fmt: skip


def apply(mutant: Mutant, source: Path) -> None:
    """
    Take the rule out of a copy of the source.
    """
    path = source / "callsheet" / f"{mutant.module}.py"
    text = path.read_text(encoding="utf-8")
    if mutant.old not in text:
        raise SystemExit(f"{mutant.module}.py no longer holds {mutant.old!r}")
    path.write_text(text.replace(mutant.old, mutant.new), encoding="utf-8")


def run_tests(source: Path) -> str | None:
    """
    Return the first test that fails on this source, or None.
    """
    command = [sys.executable, "-m", "pytest", "-x", "-q", "-p", "no:cacheprovider", *TESTS]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={**os.environ, "PYTHONPATH": str(source), "PYTHONDONTWRITEBYTECODE": "1"},
        capture_output=True,
        text=True,
    )
    if done.returncode == 0:
        return None
    # Anything but a failed test (1) or a test module that does not import (2) is our own mistake.
    if done.returncode not in (1, 2):
        raise SystemExit(done.stdout + done.stderr)
    lines = [line for line in done.stdout.splitlines() if line.startswith(("FAILED", "ERROR"))]
    return lines[0].partition(" - ")[0].split(" ", 1)[1] if lines else "?"


def run(mutant: Mutant, original: Path) -> str | None:
    with tempfile.TemporaryDirectory() as copy:
        source = Path(copy) / "src"
        shutil.copytree(original, source)
        apply(mutant, source)
        return run_tests(source)


def select(only: str) -> Iterator[Mutant]:
    for mutant in MUTANTS:
        if only in f"{mutant.rule} {mutant.without}":
            yield mutant


def main() -> int:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--only", default="", help="run mutants whose rule or name holds this")
    parser.add_argument("--jobs", type=int, default=2)
    options = parser.parse_args()
    mutants = list(select(options.only))
    survivors = 0
    with tempfile.TemporaryDirectory() as copy, ThreadPoolExecutor(options.jobs) as pool:
        original = Path(copy) / "src"
        shutil.copytree(ROOT / "src", original, ignore=shutil.ignore_patterns("__pycache__"))
        failed = run_tests(original)
        if failed is not None:
            raise SystemExit(f"{failed} fails without a mutation")
        tests = pool.map(run, mutants, [original] * len(mutants))
        for mutant, test in zip(mutants, tests, strict=True):
            survivors += test is None
            print(f"{mutant.rule:8} without {mutant.without:45} {test or 'SURVIVED'}", flush=True)
    print(f"{len(mutants)} mutants, {len(mutants) - survivors} caught")
    return survivors


if __name__ == "__main__":
    sys.exit(main())
