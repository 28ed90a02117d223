"""
Models to documents and back; the converters that do it.

In the order of their imports: `context`, `checking`, `drift`, `writing`, `reading`,
`hooks`, `conversion`.
"""

# pyright: reportUnusedImport=false

from .conversion import (
    audit,
    configure,
    get_cached,
    get_context,
    make,
    read_document,
    read_text,
    write_json,
)
