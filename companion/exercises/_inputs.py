"""Random inputs of exercises: float64, on the CPU, from the grader's generator."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import torch
from torch import Generator, Tensor


def tensor(values: Sequence[Any] | float) -> Tensor:
    """Turn numbers into a float64 tensor."""
    return torch.tensor(values, dtype=torch.float64, device="cpu")


def randn(generator: Generator, *shape: int) -> Tensor:
    """Draw standard normal numbers."""
    return torch.randn(shape, generator=generator, dtype=torch.float64, device="cpu")


def uniform(generator: Generator, low: float, high: float, *shape: int) -> Tensor:
    """Draw numbers between ``low`` and ``high``."""
    unit = torch.rand(shape, generator=generator, dtype=torch.float64, device="cpu")
    return low + (high - low) * unit


def integers(generator: Generator, low: int, high: int, *shape: int) -> Tensor:
    """Draw whole numbers from ``low`` up to, but not including, ``high``."""
    return torch.randint(low, high, shape, generator=generator, device="cpu")


def orthogonal(generator: Generator, n: int, *, rotation: bool = False) -> Tensor:
    """Draw an orthogonal matrix; a rotation if asked."""
    Q: Tensor = torch.linalg.qr(randn(generator, n, n))[0]
    if rotation and torch.linalg.det(Q) < 0:
        Q[:, 0] = -Q[:, 0]
    return Q


def symmetric(generator: Generator, eigenvalues: Sequence[float] | Tensor) -> Tensor:
    """Draw a symmetric matrix with the given eigenvalues."""
    values = torch.as_tensor(eigenvalues, dtype=torch.float64, device="cpu")
    Q = orthogonal(generator, len(values))
    A = (Q * values) @ Q.T
    return (A + A.T) / 2
