"""Rows of tables of any kind: tensors on their device, arrays, frames, lists."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any

import numpy as np
import torch
from torch import Tensor


def rows(table: Any, chosen: Any) -> Any:
    """Return the chosen rows of a table, None for None."""
    if table is None:
        return None
    if isinstance(table, Tensor):
        return table[torch.as_tensor(chosen, device=table.device)]
    chosen = np.asarray(chosen)
    if hasattr(table, "iloc"):
        return table.iloc[chosen]
    return table[chosen] if isinstance(table, np.ndarray) else [table[i] for i in chosen]


def count(*tables: Any) -> int:
    """Return the number of rows that all tables share.

    Raises
    ------
    ValueError
        If the numbers differ, or there is no table.
    """
    sizes = [len(table) for table in tables if table is not None]
    if not sizes:
        raise ValueError("At least one array required as input")
    if len(set(sizes)) > 1:
        raise ValueError(f"Found input variables with inconsistent numbers of samples: {sizes}")
    return sizes[0]


def numbers_of(like: Any, indices: np.ndarray) -> Any:
    """Return row numbers as a tensor beside a tensor, else as an array."""
    return torch.as_tensor(indices, device=like.device) if isinstance(like, Tensor) else indices


def is_int(value: Any) -> bool:
    """Say whether a value is a whole number, of Python or of NumPy, and no bool."""
    return isinstance(value, Integral) and not isinstance(value, bool)


def is_real(value: Any) -> bool:
    """Say whether a value is a real number, and no bool."""
    return isinstance(value, Real) and not isinstance(value, bool)
