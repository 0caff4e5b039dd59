"""Input checks of ``companion.linalg``: errors name the argument and say what came."""

from __future__ import annotations

import torch
from torch import Tensor

LinAlgError: type[RuntimeError] = torch.linalg.LinAlgError  # type: ignore[attr-defined]


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
    # The extremes carry every NaN and infinity, and cost a fifth of looking at each entry.
    if finite and x.numel() and not bool(torch.isfinite(torch.stack(x.aminmax())).all()):
        raise ValueError(f"{name} must be finite, got NaN or infinity")
    return x


def check_square(A: Tensor, name: str = "A", *, finite: bool = True) -> Tensor:
    """Like :func:`check_tensor`, and the last two sizes must be equal."""
    check_tensor(A, name, finite=finite)
    if A.shape[-1] != A.shape[-2]:
        raise ValueError(f"{name} must be square, got shape {tuple(A.shape)}")
    return A


def check_dtypes(A: Tensor, B: Tensor) -> None:
    """Raise ``TypeError`` if the right side B has another dtype than A."""
    if A.dtype != B.dtype:
        raise TypeError(f"B must have the dtype of A, {A.dtype}, got {B.dtype}")


def batch_shape(A: Tensor, B: Tensor) -> torch.Size:
    """Return the common leading sizes of the matrices A and B.

    Raises
    ------
    ValueError
        If they do not broadcast.
    """
    try:
        shape: torch.Size = torch.broadcast_shapes(A.shape[:-2], B.shape[:-2])  # type: ignore[no-untyped-call]
    except RuntimeError as error:
        raise ValueError(
            f"B must have a batch that fits A of shape {tuple(A.shape)}, got {tuple(B.shape)}"
        ) from error
    return shape


def as_columns(
    A: Tensor, B: Tensor, *, left: bool = True, vectors: bool = True
) -> tuple[Tensor, bool]:
    """Return the right side B of A X = B as Tensor[..., m, k], and whether it was a vector.

    B is a vector if it has one dimension, or the shape of a batch of vectors that fits A.
    With ``left=False`` the equation is X A = B, and Bᵀ is returned.

    Raises
    ------
    ValueError
        If B does not fit A, or X A = B has a vector B.
    """
    is_vector = vectors and (B.ndim == 1 or B.shape == A.shape[:-1])
    columns = B[..., None] if is_vector else (B if left else B.mT)
    if (is_vector and not left) or columns.shape[-2] != A.shape[-2]:
        raise ValueError(f"B must fit A of shape {tuple(A.shape)}, got shape {tuple(B.shape)}")
    batch_shape(A, columns)
    return columns, is_vector
