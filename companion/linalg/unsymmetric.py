"""Eigenvalues of general matrices: Hessenberg form, then the QR iteration with shifts."""

from __future__ import annotations

import cmath
import math

import torch
from torch import Tensor

from companion.linalg._check import LinAlgError, check_square
from companion.linalg._jacobi import unit_scale

MAX_SIZE = 20  # one rotation at a time is for reading, not for large matrices
MAX_STEPS = 30  # per eigenvalue; two or three are usual


def _hessenberg(A: Tensor) -> Tensor:
    """Return Qᵀ A Q, zero below the first subdiagonal, by n - 2 Householder reflections."""
    H = A.clone()
    for k in range(A.shape[-1] - 2):
        v = H[..., k + 1 :, k].clone()
        length = (v * v).sum(dim=-1).sqrt()
        v[..., 0] += length.copysign(v[..., 0])
        square = (v * v).sum(dim=-1, keepdim=True)
        v = (v / torch.where(square > 0, square, 1.0).sqrt())[..., None]
        below, right = H[..., k + 1 :, :], H[..., :, k + 1 :]
        below -= 2 * v @ (v.mT @ below)
        right -= 2 * (right @ v) @ v.mT
        H[..., k + 2 :, k] = 0
    return H


def _shift(H: Tensor, step: int) -> complex:
    """Return the eigenvalue of the last 2 x 2 block that is nearer to its last entry (Wilkinson).

    Every tenth step takes another number: for a cyclic permutation the rule stands still.
    """
    a, b, c, d = H[-2:, -2:].flatten().tolist()
    if step % 10 == 9:
        return complex(d + abs(c))
    half = (a - d) / 2
    root = cmath.sqrt(half * half + b * c)
    largest = max(half + root, half - root, key=abs)
    return complex(d - b * c / largest) if largest != 0 else complex(d)


def _qr_step(H: Tensor, shift: complex) -> None:
    """Replace H by R Q + shift I, where Q R = H - shift I by one rotation per subdiagonal entry."""
    n = H.shape[-1]
    H.diagonal().sub_(shift)
    rotations = []
    for k in range(n - 1):
        x, y = H[k, k], H[k + 1, k]
        G = torch.stack([x.conj(), y.conj(), -y, x]).view(2, 2) / torch.hypot(x.abs(), y.abs())
        H[k : k + 2, k:] = G @ H[k : k + 2, k:]
        rotations.append(G)
    for k, G in enumerate(rotations):
        H[: k + 2, k : k + 2] = H[: k + 2, k : k + 2] @ G.mH
    H.diagonal().add_(shift)


def _unreduced_start(H: Tensor) -> int:
    """Return where the last block of H begins whose subdiagonal has no negligible entry."""
    diagonal = H.diagonal().abs()
    allowed = torch.finfo(H.dtype).eps * (diagonal[:-1] + diagonal[1:])
    negligible = (H.diagonal(offset=-1).abs() <= allowed).tolist()
    return next((k for k in range(len(negligible), 0, -1) if negligible[k - 1]), 0)


def _hessenberg_eigenvalues(H: Tensor) -> Tensor:
    """Return the eigenvalues of one complex Hessenberg matrix; they appear on its diagonal."""
    n, step = H.shape[-1], 0
    while n > 1:
        start = _unreduced_start(H[:n, :n])
        if start == n - 1:  # the last eigenvalue has split off
            n, step = n - 1, 0
            continue
        if step == MAX_STEPS:
            raise LinAlgError(f"eigvals: no convergence after {MAX_STEPS} steps for one eigenvalue")
        block = H[start:n, start:n]
        _qr_step(block, _shift(block, step))
        step += 1
    return H.diagonal()


def eigvals(A: Tensor) -> Tensor:
    """Return the eigenvalues of a square matrix, always as complex numbers, in no fixed order.

    A is brought to Hessenberg form H = Qᵀ A Q; each step H - μ I = Q R, H <- R Q + μ I keeps the
    eigenvalues and drives the last subdiagonal entry to zero.

    Parameters
    ----------
    A : Tensor[..., n, n] with n <= 20; take ``torch.linalg.eigvals`` for larger matrices.

    Returns
    -------
    Tensor[..., n], complex64 for float32, complex128 for float64.

    Raises
    ------
    TypeError, ValueError
        If A is no floating-point tensor; if it is not square, not finite or too large.
    torch.linalg.LinAlgError
        If the iteration does not converge.

    Mirrors ``torch.linalg.eigvals``.
    Proven equal to ``torch.linalg.eigvals`` as a set (``tests/test_registry.py``).
    Book: chapters/02-linear-algebra/eigenvalues
    """
    check_square(A)
    n = A.shape[-1]
    if n > MAX_SIZE:
        raise ValueError(f"A must be at most {MAX_SIZE} x {MAX_SIZE}, got shape {tuple(A.shape)}")
    scale = unit_scale(A)
    H = _hessenberg(A / scale).to(A.dtype.to_complex())
    matrices = H.reshape(math.prod(H.shape[:-2]), n, n).unbind()
    values = [_hessenberg_eigenvalues(matrix) for matrix in matrices]
    stacked = torch.stack(values) if values else H.new_empty(0)
    return stacked.reshape(A.shape[:-1]) * scale[..., 0]
