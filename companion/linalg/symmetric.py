"""Eigenvalues of symmetric matrices by Jacobi rotations, plain and generalised."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from companion.linalg._check import LinAlgError, check_square
from companion.linalg._jacobi import MAX_SWEEPS, exchange_rotation, pairs, unit_scale
from companion.linalg.definite import cholesky
from companion.linalg.elimination import solve_triangular


class Eigh(NamedTuple):
    """Eigenvalues in ascending order; eigenvectors in the columns."""

    eigenvalues: Tensor
    eigenvectors: Tensor


def _check_symmetric(a: Tensor, name: str) -> Tensor:
    """Return ``a`` if it is square, finite and symmetric to 100 n eps max |a|."""
    check_square(a, name)
    gap = (a - a.mT).abs() / unit_scale(a)
    allowed = 100 * a.shape[-1] * torch.finfo(a.dtype).eps
    if bool((gap > allowed).any()):
        raise ValueError(f"{name} must be symmetric, but differs from its transpose")
    return a


def _rotate(W: Tensor, first: int, tolerance: Tensor) -> Tensor:
    """Zero the entries beside the diagonal of A for one round; return whether any was large."""
    n = W.shape[-2]
    A = W[..., :n]
    rows, columns = pairs(W, first), pairs(A.mT, first)
    last = first + 2 * rows.shape[-3]
    diagonal = A.diagonal(dim1=-2, dim2=-1)[..., first:last]
    gamma = A.diagonal(offset=1, dim1=-2, dim2=-1)[..., first:last:2]
    active = gamma.abs() > tolerance
    R = exchange_rotation(diagonal[..., 0::2], diagonal[..., 1::2], gamma, active)
    rows.copy_(R @ rows)
    columns.copy_(R @ columns)
    return active.any()


def _diagonalise(W: Tensor) -> Tensor:
    """Turn W = [A | I] (overwritten) into [diag(w) | Vᵀ], where A V = V diag(w)."""
    n = W.shape[-2]
    size = (W[..., :n] ** 2).sum(dim=(-2, -1)).sqrt()
    tolerance = (torch.finfo(W.dtype).eps * size)[..., None]
    for _ in range(MAX_SWEEPS):
        rotated = [_rotate(W, number % 2, tolerance) for number in range(n)]
        # The exchanges of a sweep have reversed the order of the rows, and of the columns of A.
        W = torch.cat([W[..., :n].flip(-1), W[..., n:]], dim=-1).flip(-2)
        if not rotated or not bool(torch.stack(rotated).any()):
            return W
    raise LinAlgError(f"eigh: no convergence after {MAX_SWEEPS} sweeps")


def _jacobi(a: Tensor, vectors: bool) -> tuple[Tensor, Tensor]:
    """Return ascending eigenvalues and the rows of Vᵀ (rows of length 0 without vectors)."""
    n = a.shape[-1]
    scale = unit_scale(a)
    A = a / scale
    start = torch.eye(n, n if vectors else 0, dtype=a.dtype, device=a.device)
    W = torch.cat([(A + A.mT) / 2, start.expand(*a.shape[:-1], start.shape[-1])], dim=-1)
    W = _diagonalise(W)
    values, order = W[..., :n].diagonal(dim1=-2, dim2=-1).sort(dim=-1, stable=True)
    return values * scale[..., 0], W[..., n:].take_along_dim(order[..., None], dim=-2)


def _factor_mass(a: Tensor, b: Tensor) -> Tensor:
    """Return L with b = L Lᵀ after the checks of b."""
    _check_symmetric(b, "b")
    if b.dtype != a.dtype:
        raise TypeError(f"b must have the dtype of a, {a.dtype}, got {b.dtype}")
    if b.shape != a.shape:
        raise ValueError(f"b must have the shape of a, {tuple(a.shape)}, got {tuple(b.shape)}")
    try:
        return cholesky(b)
    except LinAlgError as error:
        raise LinAlgError(f"eigh: b must be positive definite ({error})") from error


def eigh(a: Tensor, b: Tensor | None = None) -> Eigh:
    """Return eigenvalues and eigenvectors of a symmetric matrix by Jacobi rotations.

    a v = w v, or a v = w b v with a symmetric positive definite b (stiffness and mass: w = ω²).
    Rotations zero the off-diagonal entries pair by pair until a is diagonal. With b = L Lᵀ the
    same is done for L⁻¹ a L⁻ᵀ, and v = L⁻ᵀ y: the vectors are then b-orthonormal, vᵀ b v = 1.

    Parameters
    ----------
    a, b : Tensor[..., n, n]

    Returns
    -------
    eigenvalues, eigenvectors : Tensor[..., n] ascending, Tensor[..., n, n] with v in the columns.

    Raises
    ------
    TypeError, ValueError
        If a or b is no floating-point tensor of the same dtype; if it is not square, not finite,
        of different shape, or not symmetric to about 100 n eps max |a|. (A deviation: the
        libraries read one triangle and return the eigenvalues of another matrix.)
    torch.linalg.LinAlgError
        If b is not positive definite, or the sweeps do not converge.

    Mirrors ``scipy.linalg.eigh``; also takes batches, like ``torch.linalg.eigh``.
    Proven equal to ``torch.linalg.eigh`` and, with b, ``scipy.linalg.eigh``: values, vectors up
    to sign (``tests/test_registry.py``).
    Book: chapters/02-linear-algebra/eigenvalues
    """
    _check_symmetric(a, "a")
    if b is None:
        values, rows = _jacobi(a, vectors=True)
        return Eigh(values, rows.mT)
    L = _factor_mass(a, b)
    half = solve_triangular(L, a, upper=False)
    values, rows = _jacobi(solve_triangular(L, half.mT, upper=False), vectors=True)
    return Eigh(values, solve_triangular(L.mT, rows.mT, upper=True))


def eigvalsh(a: Tensor) -> Tensor:
    """Return the eigenvalues of a symmetric matrix in ascending order, without vectors.

    a : Tensor[..., n, n] -> Tensor[..., n]. Raises like :func:`eigh`.

    Mirrors ``scipy.linalg.eigvalsh``; also takes batches, like ``torch.linalg.eigvalsh``.
    Proven equal to ``torch.linalg.eigvalsh`` (``tests/test_registry.py``).
    Book: chapters/02-linear-algebra/eigenvalues
    """
    return _jacobi(_check_symmetric(a, "a"), vectors=False)[0]
