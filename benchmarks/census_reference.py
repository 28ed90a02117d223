"""
Judges public callables with the reference, xopt 1.4.1's own module.

Runs in an environment of its own (pydantic 1.10, numpy, orjson), never in
ours; `census.py --reference` starts it. torch is replaced by an empty module:
the reference imports it for a serializer that the census does not reach.
"""

from __future__ import annotations

import importlib
import importlib.util
import json
import sys
import types
import warnings
from pathlib import Path
from typing import Any

from census_subjects import list_subjects


def load_reference(path: Path) -> Any:
    """
    Import the reference's module from its file.
    """
    torch = types.ModuleType("torch")
    torch.nn = types.ModuleType("torch.nn")  # type: ignore[attr-defined]
    torch.nn.Module = type("Module", (), {})  # type: ignore[attr-defined]
    torch.Tensor = type("Tensor", (), {})  # type: ignore[attr-defined]
    sys.modules.update({"torch": torch, "torch.nn": torch.nn})  # type: ignore[attr-defined]
    spec = importlib.util.spec_from_file_location("reference", path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    sys.modules["reference"] = module
    spec.loader.exec_module(module)
    return module


def judge(reference: Any, value: Any) -> dict[str, Any]:
    """
    Return what the reference makes of one callable.
    """
    result: dict[str, Any] = {"built": False, "named": False, "round": False}
    try:
        model = reference.CallableModel(callable=value)
    except Exception as error:
        result["reason"] = type(error).__name__
        return result
    result["built"] = model.callable is value or model.callable == value
    record = model.signature.dict()
    try:
        again = reference.CallableModel.parse_raw(model.json())
    except Exception as error:
        result["reason"] = type(error).__name__
        return result
    result["named"] = again.callable is value or again.callable == value
    try:
        same_record = bool(again.signature.dict() == record)
    except Exception:
        same_record = False
    result["round"] = result["named"] and same_record
    if not result["named"]:
        result["wrong"] = "another callable"
    elif not same_record:
        result["wrong"] = "another record"
    return result


def main() -> None:
    """
    Judge every public callable of the modules that are named; print JSON lines.
    """
    path, *modules = sys.argv[1:]
    reference = load_reference(Path(path))
    warnings.simplefilter("ignore")
    out = sys.stdout
    sys.stdout = sys.stderr
    for name in modules:
        try:
            module = importlib.import_module(name)
        except Exception:
            continue
        for group, where, value in list_subjects(module):
            result = {"module": name, "group": group, "path": where, **judge(reference, value)}
            print(json.dumps(result), file=out, flush=True)


if __name__ == "__main__":
    main()
