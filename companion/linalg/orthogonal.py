"""Orthogonal factors by Householder reflections."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from companion.linalg._check import check_tensor


class QR(NamedTuple):
    """The factors of A = Q R."""

    Q: Tensor
    R: Tensor


class Reflections(NamedTuple):
    """R, and for each column the vector v and factor tau of its reflection I - tau v vᵀ."""

    R: Tensor
    V: Tensor
    tau: Tensor


def _reflection(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return v with v_1 = 1, tau and beta such that (I - tau v vᵀ) x = beta e_1.

    beta = -sign(x_1) |x| avoids cancellation in x_1 - beta. Where nothing stands below x_1 there
    is nothing to reflect: tau = 0, beta = x_1. x : Tensor[..., m, 1] with m >= 2.
    """
    scale = x.abs().amax(dim=-2, keepdim=True)
    unit = x / torch.where(scale > 0, scale, 1.0)
    first = unit[..., :1, :]
    beta = (unit * unit).sum(dim=-2, keepdim=True).sqrt().copysign(-first)
    active = (x[..., 1:, :] != 0).any(dim=-2, keepdim=True)
    v = unit / torch.where(active, first - beta, 1.0)
    v[..., :1, :] = 1.0
    tau = torch.where(active, (beta - first) / beta, 0.0)
    return v, tau, torch.where(active, beta * scale, x[..., :1, :])


def reflect(A: Tensor) -> Reflections:
    """Reflect the columns of A one after the other until A is upper triangular.

    Row and column counts m, n give min(m - 1, n) reflections: the last row has nothing below it.
    """
    R = A.clone()
    m, n = A.shape[-2:]
    steps = max(min(m - 1, n), 0)
    V = A.new_zeros((*A.shape[:-1], steps))
    tau = A.new_zeros((*A.shape[:-2], 1, steps))
    for j in range(steps):
        v, tau_j, beta = _reflection(R[..., j:, j : j + 1])
        _mirror(R[..., j:, j + 1 :], v, tau_j)
        R[..., j : j + 1, j : j + 1] = beta
        V[..., j:, j : j + 1] = v
        tau[..., j : j + 1] = tau_j
    return Reflections(R.triu(), V, tau)


def _mirror(block: Tensor, v: Tensor, tau: Tensor) -> None:
    """Replace the block by (I - tau v vᵀ) block, in place: two products, never the matrix."""
    block.addcmul_(v, tau * (v.mT @ block), value=-1)


def _accumulate(factors: Reflections, columns: int) -> Tensor:
    """Return the first columns of Q, the product of the reflections, the last one acting first.

    Reflection j meets columns of the identity that are zero from row j on, left of column j.
    """
    V, tau = factors.V, factors.tau
    m = V.shape[-2]
    Q = torch.eye(m, columns, dtype=V.dtype, device=V.device).repeat(*V.shape[:-2], 1, 1)
    for j in reversed(range(V.shape[-1])):
        _mirror(Q[..., j:, j:], V[..., j:, j : j + 1], tau[..., j : j + 1])
    return Q


def qr(A: Tensor, mode: str = "reduced") -> QR:
    """Factor A = Q R by Householder reflections, with orthonormal Q and upper triangular R.

    Reflection j maps what is left of column j on its first entry, R_jj = -sign(x_1) |x|; where
    nothing stands below the diagonal there is no reflection and R_jj = x_1, as in LAPACK.

    Parameters
    ----------
    A : Tensor[..., m, n]; k = min(m, n).
    mode : "reduced": Q : Tensor[..., m, k], R : Tensor[..., k, n]; "complete": Q : Tensor[..., m,
        m], R : Tensor[..., m, n]; "r": R as in "reduced" and an empty Q.

    Raises
    ------
    TypeError, ValueError
        If A is no floating-point tensor; if it is not a finite (batch of) matrix, or for
        another mode.

    Mirrors ``torch.linalg.qr``.
    Proven equal to ``torch.linalg.qr`` with the same signs (``tests/test_registry.py``).
    Book: chapters/02-linear-algebra/least-squares
    """
    check_tensor(A, "A")
    if mode not in ("reduced", "complete", "r"):
        raise ValueError(f"mode must be 'reduced', 'complete' or 'r', got {mode!r}")
    m, n = A.shape[-2:]
    k = m if mode == "complete" else min(m, n)
    factors = reflect(A)
    R = factors.R[..., :k, :]
    if mode == "r":
        return QR(A.new_empty(0), R)
    return QR(_accumulate(factors, k), R)
