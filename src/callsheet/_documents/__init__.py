"""
Models to documents and back; the converters that do it.

In the order of their imports: `context`, `checking`, `drift`, `writing`, `reading`,
`hooks`, `conversion`.
"""

# pyright: reportUnusedImport=false

from .conversion import (
    audit,
    configure_converter,
    format_exception,
    get_default_converter,
    make_converter,
    read_data,
    read_text,
    write_json,
)
