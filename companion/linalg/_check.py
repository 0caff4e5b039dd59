"""Input checks of ``companion.linalg``: errors name the argument and say what came."""

from __future__ import annotations

import torch
from torch import Tensor


def check_tensor(x: Tensor, name: str, ndim: int = 2, *, finite: bool = True) -> Tensor:
    """Return ``x`` if it is a floating-point tensor with at least ``ndim`` dimensions.

    Raises
    ------
    TypeError
        If ``x`` is no tensor, or its dtype is not real floating point.
    ValueError
        If it has fewer dimensions, or (with ``finite``) holds NaN or infinity.
    """
    if not isinstance(x, Tensor):
        raise TypeError(f"{name} must be a torch.Tensor, got {type(x).__name__}")
    if not x.is_floating_point():
        raise TypeError(f"{name} must have a floating-point dtype, got {x.dtype}")
    if x.ndim < ndim:
        raise ValueError(
            f"{name} must have at least {ndim} dimension(s), got shape {tuple(x.shape)}"
        )
    if finite and not bool(torch.isfinite(x).all()):
        raise ValueError(f"{name} must be finite, got NaN or infinity")
    return x


def check_square(A: Tensor, name: str = "A", *, finite: bool = True) -> Tensor:
    """Like :func:`check_tensor`, and the last two sizes must be equal."""
    check_tensor(A, name, finite=finite)
    if A.shape[-1] != A.shape[-2]:
        raise ValueError(f"{name} must be square, got shape {tuple(A.shape)}")
    return A
