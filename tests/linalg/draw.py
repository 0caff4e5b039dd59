"""Hypothesis strategies for matrices of every kind that breaks careless algorithms."""

from __future__ import annotations

import torch
from hypothesis import strategies as st
from torch import Tensor

KINDS = ("normal", "integers", "low rank", "zero", "graded", "equal columns", "Hilbert", "triangle")


def make_matrix(kind: str, m: int, n: int, seed: int) -> Tensor:
    """Return an m x n matrix of the named kind in double precision."""
    g = torch.Generator().manual_seed(seed)
    normal = torch.randn(m, n, generator=g, dtype=torch.float64)
    if kind == "integers":
        return torch.randint(-2, 3, (m, n), generator=g).double()
    if kind == "low rank":
        return normal[:, :1] @ normal[:1]
    if kind == "zero":
        return torch.zeros_like(normal)
    if kind == "graded":
        return normal * 10.0 ** -torch.arange(0, 3 * n, 3, dtype=torch.float64)
    if kind == "equal columns":
        return normal[:, :1].repeat(1, n)
    if kind == "Hilbert":
        return 1 / (1.0 + torch.arange(m)[:, None] + torch.arange(n)).double()
    return normal.triu() if kind == "triangle" else normal


@st.composite
def matrices(draw: st.DrawFn, rows: int = 8, columns: int = 8, square: bool = False) -> Tensor:
    """Draw a matrix of any kind with 1 to ``rows`` rows and 1 to ``columns`` columns."""
    m = draw(st.integers(1, rows))
    n = m if square else draw(st.integers(1, columns))
    return make_matrix(draw(st.sampled_from(KINDS)), m, n, draw(st.integers(0, 10**6)))


def roundoff(A: Tensor) -> float:
    """The bound for backward stable factors: 100 n eps |A|, n the larger size."""
    size = float(A.abs().amax()) * max(A.shape) ** 0.5 if A.numel() else 0.0
    return 100 * max(A.shape) * torch.finfo(A.dtype).eps * size


def assert_near(ours: Tensor, expected: Tensor, bound: float) -> None:
    """Assert max |ours - expected| <= bound."""
    error = (ours - expected).abs()
    largest = float(error.max()) if error.numel() else 0.0
    assert largest <= bound, f"error {largest:.2e} exceeds {bound:.2e}"
