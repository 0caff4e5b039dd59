"""Checks of the numbers, dtypes and bars that ``companion.physics`` and its users take."""

from __future__ import annotations

import math
from collections.abc import Sequence

import torch
from torch import Tensor


def check_number(value: float, name: str) -> float:
    """Return ``value`` as a finite float.

    Raises
    ------
    TypeError
        If it is no number.
    ValueError
        If it is NaN or infinite.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be a number, got {type(value).__name__}")
    if not math.isfinite(value):
        raise ValueError(f"{name} must be finite, got {value}")
    return float(value)


def check_positive(value: float, name: str) -> float:
    """Like :func:`check_number`, and the value must be above zero."""
    if check_number(value, name) <= 0:
        raise ValueError(f"{name} must be positive, got {value}")
    return float(value)


def check_not_negative(value: float, name: str) -> float:
    """Like :func:`check_number`, and the value must not be below zero."""
    if check_number(value, name) < 0:
        raise ValueError(f"{name} must not be negative, got {value}")
    return float(value)


def check_count(value: int, name: str, least: int = 1) -> int:
    """Return ``value`` if it is an int of at least ``least``."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an int, got {type(value).__name__}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}, got {value}")
    return value


def check_dtype(dtype: torch.dtype | None) -> torch.dtype:
    """Return the real floating-point ``dtype``, or torch's default for ``None``.

    Raises
    ------
    TypeError
        If it is no dtype, or one of integers, booleans or complex numbers.
    """
    if dtype is None:
        return torch.get_default_dtype()
    if not isinstance(dtype, torch.dtype) or not dtype.is_floating_point:
        raise TypeError(f"dtype must be a floating-point torch.dtype or None, got {dtype!r}")
    return dtype


def check_bars(bars: Tensor | Sequence[Sequence[int]], n: int, device: torch.device) -> Tensor:
    """Return the bars between nodes 0 to n - 1 as an integer Tensor[b, 2] on ``device``.

    Raises
    ------
    TypeError
        If they are not integers.
    ValueError
        If they are not pairs, or name a node that does not exist.
    """
    try:
        pairs = torch.as_tensor(bars, device=device)
    except ValueError as error:  # rows of unequal length
        raise ValueError(f"bars must be pairs of node numbers: {error}") from error
    except (TypeError, RuntimeError) as error:
        raise TypeError(f"bars must be pairs of node numbers: {error}") from error
    if pairs.is_floating_point() or pairs.is_complex() or pairs.dtype == torch.bool:
        raise TypeError(f"bars must hold integers, got {pairs.dtype}")
    if pairs.ndim != 2 or pairs.shape[1] != 2:
        raise ValueError(f"bars must have shape (b, 2), got {tuple(pairs.shape)}")
    if bool(((pairs < 0) | (pairs >= n)).any()):
        raise ValueError(f"bars must name nodes 0 to {n - 1}, got {pairs.tolist()}")
    return pairs.long()
