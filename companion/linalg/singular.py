"""Singular value decomposition by one-sided Jacobi rotations, and the polar decomposition."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from companion.linalg._check import LinAlgError, check_tensor
from companion.linalg._jacobi import MAX_SWEEPS, exchange_rotation, pairs, unit_scale
from companion.linalg.orthogonal import qr


class SVD(NamedTuple):
    """The factors of A = U diag(S) Vh."""

    U: Tensor
    S: Tensor
    Vh: Tensor


class Polar(NamedTuple):
    """The factors of a = u p (right) or a = p u (left)."""

    u: Tensor
    p: Tensor


def _floor(dtype: torch.dtype) -> float:
    """Return the length below which a row counts as zero: its squares would underflow."""
    info = torch.finfo(dtype)
    return float(info.tiny**0.5 / info.eps)


def _sweep(W: Tensor, m: int) -> Tensor:
    """Make each pair of rows of W[..., :m] orthogonal once; return whether any was not."""
    tolerance = m**0.5 * torch.finfo(W.dtype).eps
    floor = _floor(W.dtype) ** 2
    rotated = torch.zeros((), dtype=torch.bool, device=W.device)
    for number in range(W.shape[-2]):
        block = pairs(W, number % 2)
        gram = block[..., :m] @ block[..., :m].mT
        alpha, beta, gamma = gram[..., 0, 0], gram[..., 1, 1], gram[..., 0, 1]
        active = gamma.abs() > tolerance * alpha.sqrt() * beta.sqrt()
        active &= torch.minimum(alpha, beta) > floor
        block.copy_(exchange_rotation(alpha, beta, gamma, active) @ block)
        rotated = rotated | active.any()
    return rotated


def _orthogonalise(W: Tensor, m: int) -> Tensor:
    """Rotate the rows of W (overwritten) until their first m entries are orthogonal vectors."""
    for _ in range(MAX_SWEEPS):
        rotated = _sweep(W, m)
        W = W.flip(-2)  # the exchanges of a sweep have reversed the order of the rows
        if not bool(rotated):
            return W
    raise LinAlgError(f"svd: no convergence after {MAX_SWEEPS} sweeps")


def _lengths(rows: Tensor) -> Tensor:
    """Return the lengths of the rows, zero for those too short to have been rotated."""
    lengths = (rows * rows).sum(dim=-1).sqrt()
    return torch.where(lengths > _floor(rows.dtype), lengths, 0.0)


def _complete(U: Tensor, S: Tensor, columns: int) -> Tensor:
    """Replace columns with S = 0 and append others, so that ``columns`` are orthonormal.

    A Householder QR of U reproduces its columns up to sign and continues with a basis of the rest.
    """
    Q = qr(U, mode="complete").Q[..., :columns]
    n = S.shape[-1]
    return torch.cat([torch.where(S[..., None, :] > 0, U, Q[..., :n]), Q[..., n:]], dim=-1)


def _tall_svd(A: Tensor, full_matrices: bool) -> SVD:
    """Return the decomposition of A : Tensor[..., m, n] with m >= n.

    The rows of W = [Aᵀ | I] are rotated until W = [diag(S) Uᵀ | Vᵀ].
    """
    m, n = A.shape[-2:]
    scale = unit_scale(A)
    identity = torch.eye(n, dtype=A.dtype, device=A.device).expand(*A.shape[:-2], n, n)
    W = torch.cat([(A / scale).mT, identity], dim=-1)
    W = _orthogonalise(W, m)
    S, order = _lengths(W[..., :m]).sort(dim=-1, descending=True, stable=True)
    W = W.take_along_dim(order[..., None], dim=-2)
    U = (W[..., :m] / torch.where(S > 0, S, 1.0)[..., None]).mT
    if full_matrices or bool((S == 0).any()):
        U = _complete(U, S, m if full_matrices else n)
    return SVD(U, S * scale[..., 0], W[..., m:])


def svd(A: Tensor, full_matrices: bool = True) -> SVD:
    """Return the singular value decomposition A = U diag(S) Vh by one-sided Jacobi rotations.

    Pairs of columns of A are rotated until all are orthogonal: A V = U diag(S). Every pair sees
    its own angle, and small singular values keep their relative accuracy where the columns of A
    differ only in length. Values below about 1e-138 of the largest (float32: 1e-12) become zero.

    Parameters
    ----------
    A : Tensor[..., m, n]
    full_matrices : with k = min(m, n), U : Tensor[..., m, m] and Vh : Tensor[..., n, n] if true,
        else U : Tensor[..., m, k] and Vh : Tensor[..., k, n].

    Returns
    -------
    U, S, Vh : S : Tensor[..., k] descending; U has orthonormal columns, Vh orthonormal rows.

    Raises
    ------
    TypeError, ValueError
        If A is no floating-point tensor; if it is not a finite (batch of) matrix.
    torch.linalg.LinAlgError
        If the sweeps do not converge.

    Mirrors ``torch.linalg.svd``.
    Proven equal to ``torch.linalg.svd``: values, reconstruction (``tests/test_registry.py``).
    Book: chapters/02-linear-algebra/svd
    """
    check_tensor(A, "A")
    if A.shape[-2] >= A.shape[-1]:
        return _tall_svd(A, full_matrices)
    V, S, Uh = _tall_svd(A.mT, full_matrices)
    return SVD(Uh.mT, S, V.mT)


def svdvals(A: Tensor) -> Tensor:
    """Return the singular values of A in descending order, without their vectors.

    A : Tensor[..., m, n] -> Tensor[..., min(m, n)]. Raises like :func:`svd`.

    Mirrors ``torch.linalg.svdvals``.
    Proven equal to ``torch.linalg.svdvals`` (``tests/test_registry.py``).
    Book: chapters/02-linear-algebra/svd
    """
    check_tensor(A, "A")
    scale = unit_scale(A)
    tall = A if A.shape[-2] >= A.shape[-1] else A.mT
    W = _orthogonalise((tall / scale).mT.contiguous(), tall.shape[-2])
    return _lengths(W).sort(dim=-1, descending=True).values * scale[..., 0]


def polar(a: Tensor, side: str = "right") -> Polar:
    """Return rotation u and stretch p with a = u p (right) or a = p u (left).

    With a = U diag(S) Vh: u = U Vh, p = Vhᵀ diag(S) Vh (right) or U diag(S) Uᵀ (left). For a
    deformation gradient, u is the rotation and p the right or left stretch.

    Parameters
    ----------
    a : Tensor[..., m, n]
    side : "right" (p : Tensor[..., n, n]) or "left" (p : Tensor[..., m, m]).

    Raises
    ------
    TypeError, ValueError
        As :func:`svd`; ValueError for another side.

    Mirrors ``scipy.linalg.polar``; also takes batches.
    Proven equal to ``scipy.linalg.polar`` (``tests/test_registry.py``).
    Book: chapters/02-linear-algebra/svd
    """
    check_tensor(a, "a")
    if side not in ("right", "left"):
        raise ValueError(f"side must be 'right' or 'left', got {side!r}")
    U, S, Vh = svd(a, full_matrices=False)
    p = (Vh.mT * S[..., None, :]) @ Vh if side == "right" else (U * S[..., None, :]) @ U.mT
    return Polar(U @ Vh, p)
