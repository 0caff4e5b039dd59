"""What the caller gives and gets: points as tensors, values as numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor


def to_tensor(x: Any, name: str = "x0") -> Tensor:
    """Return a starting point as a tensor of one dimension, a copy of its own.

    Raises
    ------
    TypeError
        If it holds no real numbers.
    ValueError
        If it has more than one dimension, no entries, or entries that are not finite.
    """
    if not isinstance(x, Tensor):
        array = np.asarray(x)
        if array.dtype.kind not in "iuf":
            raise TypeError(f"{name} must hold real numbers, got dtype {array.dtype}")
        small = array.dtype in (np.float32, np.float64)
        x = torch.from_numpy(np.array(array, dtype=array.dtype if small else float))
    if not x.is_floating_point():
        raise TypeError(f"{name} must have a floating-point dtype, got {x.dtype}")
    if x.ndim > 1 or x.numel() == 0:
        raise ValueError(f"{name} must be one number or a vector, got shape {tuple(x.shape)}")
    if not bool(torch.isfinite(x).all()):
        raise ValueError(f"{name} must be finite, got NaN or infinity")
    start: Tensor = x.detach().clone().reshape(-1)
    return start


def to_number(value: Any, name: str = "fun") -> float:
    """Return what an objective gave as a float; NaN and infinity pass.

    Raises
    ------
    TypeError
        If it is no real number.
    ValueError
        If it has more than one entry.
    """
    if isinstance(value, Tensor):
        value = value.detach().cpu().numpy()
    if isinstance(value, str) or np.iscomplexobj(value):
        raise TypeError(f"{name} must return a real number, got {type(value).__name__}")
    if isinstance(value, np.ndarray | list | tuple) and np.size(value) != 1:
        raise ValueError(f"{name} must return one number, got shape {np.shape(value)}")
    try:
        return float(value.item() if isinstance(value, np.ndarray) else value)
    except (TypeError, ValueError):
        raise TypeError(f"{name} must return a real number, got {type(value).__name__}") from None
