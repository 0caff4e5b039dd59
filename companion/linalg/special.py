"""Test matrices with known properties."""

from __future__ import annotations

import torch
from torch import Tensor


def hilbert(
    n: int, *, dtype: torch.dtype | None = None, device: torch.device | str | None = None
) -> Tensor:
    """Return the Hilbert matrix H_ij = 1 / (i + j - 1): positive definite, badly conditioned.

    Its condition number grows like 34^n. n -> Tensor[n, n]; ``dtype`` (default: torch's) and
    ``device`` are those of a tensor factory, which SciPy has no need of.

    Raises
    ------
    TypeError, ValueError
        If n is no integer; if it is negative.

    Mirrors ``scipy.linalg.hilbert``.
    Proven equal to ``scipy.linalg.hilbert`` (``tests/test_registry.py``).
    Book: chapters/02-linear-algebra/norms-and-forms
    """
    if not isinstance(n, int) or isinstance(n, bool):
        raise TypeError(f"n must be an integer, got {type(n).__name__}")
    if n < 0:
        raise ValueError(f"n must not be negative, got {n}")
    index = torch.arange(n, dtype=dtype or torch.get_default_dtype(), device=device)
    return 1 / (index[:, None] + index + 1)
