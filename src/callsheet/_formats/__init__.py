"""
Bytes and text to plain data, strictly and within limits, and back.

In the order of their imports: `limits`, `binary`, `yamls`, `texts`, `table`.
"""

# pyright: reportUnusedImport=false

from .limits import Enough, Limits, Path, Problems, format_path
from .table import Codec, get_codec
from .texts import read_json
