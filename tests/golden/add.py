"""
Writes the golden documents that are not there yet:

    PYTHONPATH=src:tests python -m golden.add

A file that is there is never changed. When documents are to be written in
another way, make a new directory (``v2``) for them: the old ones stay, and are
read.
"""

from __future__ import annotations

import json
import sys

from callsheet import make_converter
from golden.cases import ALLOW, CASES, HERE

VERSION = "v1"


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
    print(f"added: {', '.join(added) or 'none'}")
    if changed:
        print(f"written in another way today, not touched: {', '.join(changed)}")
    return bool(changed)


if __name__ == "__main__":
    sys.exit(main())
