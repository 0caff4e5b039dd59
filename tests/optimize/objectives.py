"""Objectives for the tests of the minimisers, each with derivatives worked out by hand."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True)
class Bowl:
    """½ xᵀA x + bᵀx with a symmetric A; it works on tensors and on arrays of NumPy."""

    A: Any
    b: Any

    def __call__(self, x: Any) -> Any:
        return 0.5 * x @ (self.A @ x) + self.b @ x

    def gradient(self, x: Any) -> Any:
        return self.A @ x + self.b

    def hessian(self, x: Any) -> Any:
        return self.A

    @property
    def minimiser(self) -> Tensor:
        return torch.linalg.solve(torch.as_tensor(self.A), -torch.as_tensor(self.b))


def bowl(g: torch.Generator, n: int, dtype: torch.dtype = torch.float64, cond: float = 10) -> Bowl:
    """Draw a convex bowl whose eigenvalues run from 1 to ``cond``."""
    Q, _ = torch.linalg.qr(torch.randn(n, n, generator=g, dtype=torch.float64))
    eigenvalues = torch.logspace(0, 1, n, base=cond, dtype=torch.float64)
    A = Q @ torch.diag(eigenvalues) @ Q.mT
    b = torch.randn(n, generator=g, dtype=torch.float64)
    return Bowl(((A + A.mT) / 2).to(dtype), b.to(dtype))


def landscape(x: Any) -> Any:
    """exp(-0.05 (x² + y²)) sin x cos y, of tensors and arrays alike."""
    e, s, c = landscape_parts(x)
    return e * s * c


def landscape_gradient(x: Any) -> Any:
    x = torch.as_tensor(x)
    e, s, c = landscape_parts(x)
    cos_x, sin_y = torch.cos(x[0]), torch.sin(x[1])
    return e * torch.stack([cos_x * c - 0.1 * x[0] * s * c, -s * sin_y - 0.1 * x[1] * s * c])


def landscape_parts(x: Any) -> tuple[Any, Any, Any]:
    x = torch.as_tensor(x)
    return torch.exp(-0.05 * (x @ x)), torch.sin(x[0]), torch.cos(x[1])
