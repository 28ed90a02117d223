"""
Executors as data, and their live part.

In the order of their imports: `orphans`, `trampoline`, `parcels`, `futures`, `closing`,
`methods`, `live`, `streams`, `base`, `kinds`.
"""

# pyright: reportUnusedImport=false

from .base import BaseExecutor, make_executor
from .kinds import ContextExecutor, NormalExecutor
from .methods import DEFAULT_METHODS, Methods, check_opened
