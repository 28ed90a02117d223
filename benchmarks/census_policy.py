"""
Every public callable of scientific packages: does the wildcard over its module
open it, and if not, why not?

    python benchmarks/census_policy.py                     # what is installed here
    python benchmarks/census_policy.py numpy scipy --write docs/census.md

A process for each package. What is opened must be what Python finds under that
name; anything else fails the run, and so does a refusal that has no reason here.
"""

from __future__ import annotations

import argparse
import importlib
import json
import os
import platform
import subprocess
import sys
import warnings
from collections import Counter, defaultdict
from importlib.metadata import packages_distributions, version
from importlib.util import find_spec
from pathlib import Path
from types import ModuleType
from typing import Any

from census_subjects import list_modules

HERE = Path(__file__).parent
TIMEOUT = 900
# fmt: off
PACKAGES = (
    "numpy", "scipy", "pandas", "sklearn", "sympy", "networkx", "xarray", "matplotlib",
    "statsmodels", "skimage", "shapely", "astropy", "h5py", "dask", "distributed", "joblib",
    "tqdm", "pint", "uncertainties", "emcee", "lmfit", "cvxpy", "deap", "optuna", "bokeh",
    "plotly", "seaborn", "pyarrow", "polars", "numexpr", "bottleneck", "patsy", "control",
    "filterpy", "SALib", "tables", "numba", "imageio", "zarr", "netCDF4", "pyproj", "pymoo",
    "nevergrad", "requests", "mpmath",
)
# fmt: on
REASONS = {
    "foreign": "another package's function or class",
    "instance": "an instance of another package's class, or a ufunc that no `__all__` lists",
    "typing": "an alias of the typing module",
    "unlisted": "defined elsewhere in the package, in a module without `__all__`",
    "private": "begins with an underscore",
    "homeless": "tells no home that a name could have",
    "unnamed": "no import string (a keyword, a dunder)",
    "lazy": "made by the module's `__getattr__`, not listed in `__all__` itself",
    "lint": "the module is a dispatcher",
}


def list_names(module: ModuleType) -> list[str]:
    """
    Return what a module offers: ``__all__``, or the names without underscore
    of what its package defines.
    """
    offered: Any = getattr(module, "__all__", None)
    if offered is not None:
        return sorted({name for name in offered if isinstance(name, str)})
    package = module.__name__.partition(".")[0]
    names: list[str] = []
    for name, value in list(vars(module).items()):
        home = getattr(value, "__module__", None) or module.__name__
        is_own = isinstance(home, str) and home.partition(".")[0] == package
        if not name.startswith("_") and is_own and not isinstance(value, ModuleType):
            names.append(name)
    return sorted(names)


def get_reason(module: ModuleType, name: str, value: Any) -> str:
    """
    Return the key of why a name is refused, or the name where nothing
    explains it.
    """
    from callsheet._imports.homes import get_homes
    from callsheet._statics import is_class

    package = module.__name__.partition(".")[0]
    homes = get_homes(value)
    kind = type(value)
    if name.startswith("_"):
        return "unnamed" if name.startswith("__") else "private"
    if not name.isidentifier():
        return "unnamed"
    if kind.__module__ in ("typing", "typing_extensions", "types") and "Alias" in kind.__qualname__:
        return "typing"
    if not homes:
        return "homeless"
    if all(home.partition(".")[0] == package for home in homes):
        if "__all__" not in vars(module):
            return "lazy" if name not in vars(module) else "unlisted"
        return f"unexplained: {module.__name__}.{name} at {homes}"
    kinds = (f"{kind.__module__}.{kind.__qualname__}", homes[0])
    if not is_class(value) and kinds[0] == kinds[1]:
        return "instance"
    return "foreign"


def work(package: str) -> dict[str, Any]:
    """
    Return how many public callables a package has, and what became of them.
    """
    from callsheet._imports.guarding import resolve_allowed
    from callsheet.exceptions import CallsheetError, PolicyError
    from callsheet.policies import ImportPolicy

    counts: Counter[str] = Counter()
    examples: dict[str, list[str]] = defaultdict(list)
    n_modules = 0
    for module_name in list_modules(package):
        try:
            module = importlib.import_module(module_name)
            names = list_names(module)
        except BaseException:  # an optional dependency, or a program
            continue
        n_modules += 1
        try:
            policy = ImportPolicy(allow=[f"{module_name}:*"])
        except PolicyError:
            counts["lint"] += len(names)
            continue
        for name in names:
            try:
                value = getattr(module, name)
                if not callable(value) or isinstance(value, ModuleType):
                    continue
            except Exception:
                continue
            counts["public"] += 1
            try:
                found = resolve_allowed(policy, f"{module_name}.{name}")
            except CallsheetError:
                reason = get_reason(module, name, value)
                key = reason.partition(":")[0]
                counts[key] += 1
                text = reason if key == "unexplained" else f"{module_name}.{name}"
                examples[key].append(text)
            else:
                is_anew = getattr(module, name) is not value  # made at each access
                key = "opened" if found is value or found == value or is_anew else "wrong"
                counts[key] += 1
                if key == "wrong":
                    examples[key].append(f"{module_name}.{name}")
    return {"package": package, "modules": n_modules, "counts": counts, "examples": examples}


def run(package: str) -> dict[str, Any]:
    """
    Return the result of a package's own process.
    """
    path = [str(HERE.parent / "src"), str(HERE), os.environ.get("PYTHONPATH", "")]
    done = subprocess.run(
        [sys.executable, __file__, "--worker", package],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, path)), "MPLBACKEND": "agg"},
        capture_output=True,
        text=True,
        timeout=TIMEOUT,
        check=False,
    )
    lines = [line for line in done.stdout.splitlines() if line.startswith("{")]
    if not lines:
        raise SystemExit(f"{package}: {done.stderr[-500:]}")
    return dict(json.loads(lines[-1]))


def format_report(results: list[dict[str, Any]]) -> str:
    """
    Return the table, and each reason with examples.
    """
    distributions = packages_distributions()
    keys = [key for key in REASONS if any(key in result["counts"] for result in results)]
    titles = ["package", "modules", "public callables", "opened", *keys]
    lines = [
        f"Python {platform.python_version()}, {len(results)} packages.",
        "",
        f"| {' | '.join(titles)} |",
        f"|---|{'--:|' * (len(titles) - 1)}",
    ]
    total: Counter[str] = Counter()
    for result in results:
        counts = Counter(result["counts"])
        counts["modules"] = result["modules"]
        total.update(counts)
        distribution = distributions.get(result["package"], [result["package"]])[0]
        name = f"{result['package']} {version(distribution)}"
        numbers = [f"{counts[key]:,}" for key in ("modules", "public", "opened", *keys)]
        lines.append(f"| {name} | {' | '.join(numbers)} |")
    numbers = [f"{total[key]:,}" for key in ("modules", "public", "opened", *keys)]
    lines += [f"| all | {' | '.join(numbers)} |", ""]
    for key in keys:
        names = [name for result in results for name in result["examples"].get(key, [])[:1]][:6]
        listed = ", ".join(f"`{name}`" for name in names)
        lines.append(f"- *{key}*: {REASONS[key]}. {listed}.")
    return "\n".join(lines)


def main() -> int:
    """
    Take the census, print it, and fail if a refusal has no reason.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("packages", nargs="*", help="their import names")
    parser.add_argument("--worker", help=argparse.SUPPRESS)
    parser.add_argument("--write", type=Path, help="replace the report in this page")
    parser.add_argument("--json", type=Path, help="keep every refused name here")
    options = parser.parse_args()
    if options.worker:
        warnings.simplefilter("ignore")
        out, sys.stdout = sys.stdout, sys.stderr  # some modules greet
        print(json.dumps(work(options.worker)), file=out, flush=True)
        os._exit(0)  # whatever they have started
    names = options.packages or [name for name in PACKAGES if find_spec(name) is not None]
    results = [run(name) for name in names]
    report = format_report(results)
    print(report)
    if options.json:
        options.json.write_text(json.dumps(results, indent=1), encoding="utf-8")
    if options.write:
        page = options.write.read_text(encoding="utf-8")
        start, end = page.index("<!-- policy -->"), page.index("<!-- end of policy -->")
        text = f"{page[:start]}<!-- policy -->\n{report}\n{page[end:]}"
        options.write.write_text(text, encoding="utf-8")
    failures = [
        name
        for r in results
        for key in ("wrong", "unexplained")
        for name in r["examples"].get(key, [])
    ]
    print(f"\n{len(failures)} wrong or unexplained", *failures, sep="\n")
    return 1 if failures else 0


if __name__ == "__main__":
    sys.exit(main())
