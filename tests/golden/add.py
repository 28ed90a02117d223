"""
Writes the golden documents and the golden pickles that are not there yet:

    PYTHONPATH=src:tests:tests/support python -m golden.add

A file that is there is never changed. When documents are to be written in
another way, make a new directory (``v2``) for them: the old ones stay, and are
read.

A pickle names the library's private modules, which a document never does. Where
those have been renamed and no release has pickles of the old names, remove
``pickles`` and run this again.
"""

from __future__ import annotations

import json
import pickle
import sys

from callsheet import make_converter
from golden.cases import ALLOW, CASES, HERE, PICKLES

VERSION = "v1"
PROTOCOL = 4  # what every Python reads that has ever been supported


def main() -> int:
    """
    Add what is missing, and name what would be written in another way today.
    """
    converter = make_converter("json", allow=ALLOW)
    added, changed = [], []
    for name, make in CASES.items():
        path = HERE / VERSION / f"{name}.json"
        document = converter.unstructure(make())
        if not path.exists():
            text = json.dumps(document, indent=1, ensure_ascii=True)
            path.write_text(f"{text}\n", encoding="utf-8")
            added.append(name)
        elif json.loads(path.read_text(encoding="utf-8")) != json.loads(json.dumps(document)):
            changed.append(name)
    (HERE / "pickles").mkdir(exist_ok=True)
    for name, make in PICKLES.items():
        path = HERE / "pickles" / f"{name}.pickle"
        if not path.exists():
            path.write_bytes(pickle.dumps(make(), protocol=PROTOCOL))
            added.append(path.name)
    print(f"added: {', '.join(added) or 'none'}")
    if changed:
        print(f"written in another way today, not touched: {', '.join(changed)}")
    return bool(changed)


if __name__ == "__main__":
    sys.exit(main())
