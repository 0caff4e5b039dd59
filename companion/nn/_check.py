"""Input checks of ``companion.nn``: errors name the argument and say what came.

Values are never looked at: a layer passes NaN on and does not wait for its device.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor


def check_float(x: Any, name: str) -> None:
    """Raise ``TypeError`` unless ``x`` is a tensor of a real floating-point dtype."""
    if not isinstance(x, Tensor):
        raise TypeError(f"{name} must be a torch.Tensor, got {type(x).__name__}")
    if not x.is_floating_point():
        raise TypeError(f"{name} must have a real floating-point dtype, got {x.dtype}")


def check_number(x: Any, name: str) -> None:
    """Raise ``TypeError`` unless ``x`` is a real Python number."""
    if not isinstance(x, (int, float)):
        raise TypeError(f"{name} must be a real number, got {type(x).__name__}")


def check_size(x: Any, name: str) -> None:
    """Raise unless ``x`` is an integer from 0."""
    if not isinstance(x, int):
        raise TypeError(f"{name} must be an integer, got {type(x).__name__}")
    if x < 0:
        raise ValueError(f"{name} must not be negative, got {x}")


def check_dim(dim: Any, name: str, x: Tensor) -> None:
    """Raise unless ``dim`` is an integer that names a dimension of ``x``."""
    if not isinstance(dim, int):
        raise TypeError(f"{name} must be an integer, got {type(dim).__name__}")
    dimensions = max(x.ndim, 1)
    if not -dimensions <= dim < dimensions:
        raise ValueError(
            f"{name} must be from {-dimensions} to {dimensions - 1} "
            f"for the shape {tuple(x.shape)}, got {dim}"
        )


def check_dtype(dtype: torch.dtype | None, name: str = "dtype") -> None:
    """Raise ``TypeError`` unless ``dtype`` is None or a real floating-point dtype."""
    if dtype is None:
        return
    if not isinstance(dtype, torch.dtype) or not dtype.is_floating_point:
        raise TypeError(f"{name} must be a real floating-point torch.dtype, got {dtype}")
