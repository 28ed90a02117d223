"""
Bytes and text to plain data, strictly and within limits, and back.

In the order of their imports: `limits`, `jsons`, `toml`, `yamls`, `binary`, `table`.
"""

# pyright: reportUnusedImport=false

from .jsons import read_json
from .limits import Enough, Limits, Path, Problems, format_path
from .table import Format, get_format
