"""The mirror registry: one row for every public name of ``companion``.

Each module of the companion has a file here with a list ``ROWS``. ``tests/test_registry.py`` turns
the rows into tests: parity, signature, dtype, bad input, device guard, unchanged inputs, docstring.
A public name without a row fails the suite, so adding a function means adding one row.
"""

from __future__ import annotations

import importlib
import pkgutil

from tests.registry._row import Arg, Bad, Call, Row, call, close, values_only

__all__ = ["Arg", "Bad", "Call", "Row", "all_rows", "call", "close", "values_only"]


def all_rows() -> list[Row]:
    """Every row of every file of this folder, in file order."""
    rows: list[Row] = []
    for module in sorted(m.name for m in pkgutil.iter_modules(__path__)):
        if not module.startswith("_"):
            rows += importlib.import_module(f"{__name__}.{module}").ROWS
    return rows
