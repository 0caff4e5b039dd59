"""Least squares, pseudoinverse, rank, conditioning, and bases of the four subspaces."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from companion.linalg._check import as_columns, check_dtypes, check_square, check_tensor
from companion.linalg.elimination import eliminate, inv, is_singular, substitute
from companion.linalg.norms import matrix_norm
from companion.linalg.orthogonal import qr
from companion.linalg.singular import svd, svdvals

Tolerance = float | Tensor | None


class LeastSquares(NamedTuple):
    """What :func:`lstsq` returns."""

    solution: Tensor
    residuals: Tensor
    rank: Tensor
    singular_values: Tensor


def _default_rtol(A: Tensor) -> float:
    """Return max(m, n) eps: what round-off leaves of a zero singular value, relative to S_1."""
    return max(A.shape[-2:]) * torch.finfo(A.dtype).eps


def _is_counted(A: Tensor, values: Tensor, atol: Tolerance, rtol: Tolerance) -> Tensor:
    """Say which singular values (descending) of A are larger than max(atol, rtol S_1)."""
    absolute = torch.as_tensor(0.0 if atol is None else atol, dtype=A.dtype, device=A.device)
    if rtol is None:
        relative = torch.where(absolute > 0, 0.0, _default_rtol(A))
    else:
        relative = torch.as_tensor(rtol, dtype=A.dtype, device=A.device)
    return values > torch.maximum(absolute[..., None], relative[..., None] * values[..., :1])


def matrix_rank(A: Tensor, *, atol: Tolerance = None, rtol: Tolerance = None) -> Tensor:
    """Return the number of singular values larger than max(atol, rtol S_1).

    A : Tensor[..., m, n] -> integers Tensor[...]. ``atol`` is 0 by default; ``rtol`` is
    max(m, n) eps, or 0 where a positive ``atol`` is given.

    Raises
    ------
    TypeError, ValueError
        If A is no floating-point tensor; if it is not a finite (batch of) matrix.

    Mirrors ``torch.linalg.matrix_rank``.
    Proven equal to ``torch.linalg.matrix_rank`` (``tests/test_registry.py``).
    Book: chapters/02-linear-algebra/linear-systems
    """
    return _is_counted(A, svdvals(A), atol, rtol).sum(dim=-1)


def pinv(A: Tensor, *, atol: Tolerance = None, rtol: Tolerance = None) -> Tensor:
    """Return the Moore-Penrose pseudoinverse A⁺ = V diag(S⁺) Uᵀ.

    S⁺ holds 1 / S_i where S_i > max(atol, rtol S_1), else 0, with the defaults of
    :func:`matrix_rank`. A⁺ is the only matrix with A A⁺ A = A, A⁺ A A⁺ = A⁺ and symmetric A A⁺
    and A⁺ A; A⁺ b is the shortest of all least-squares solutions of A x = b.

    A : Tensor[..., m, n] -> Tensor[..., n, m].

    Raises
    ------
    TypeError, ValueError
        If A is no floating-point tensor; if it is not a finite (batch of) matrix.

    Mirrors ``torch.linalg.pinv``.
    Proven equal to ``torch.linalg.pinv`` (``tests/test_registry.py``) and the Penrose conditions.
    Book: chapters/02-linear-algebra/least-squares
    """
    U, S, Vh = svd(A, full_matrices=False)
    counted = _is_counted(A, S, atol, rtol)
    inverse = torch.where(counted, 1 / S, 0.0)
    return (Vh.mT * inverse[..., None, :]) @ U.mT


def lstsq(A: Tensor, B: Tensor, rcond: float | None = None) -> LeastSquares:
    """Return the X of smallest norm among those that minimise |A X - B|.

    Full rank: A = Q R gives R X = Qᵀ B (m >= n), or Aᵀ = Q R gives X = Q R⁻ᵀ B (m < n). Else
    X = A⁺ B. The normal equations are never formed: they square the condition number.

    Parameters
    ----------
    A : Tensor[..., m, n]
    B : Tensor[m], Tensor[..., m] with the batch of A, or Tensor[..., m, k].
    rcond : singular values up to ``rcond`` times the largest count as zero; default max(m, n) eps.

    Returns
    -------
    solution : Tensor[..., n, k] (without k if B is a vector).
    residuals : squared column norms of A X - B, Tensor[..., k] (k = 1 if B is a vector); empty
        unless m > n and every matrix has full rank.
    rank : Tensor[...].
    singular_values : Tensor[..., min(m, n)].

    Raises
    ------
    TypeError, ValueError
        If A or B is no floating-point tensor of the same dtype; if a shape does not fit or an
        entry is not finite.

    Mirrors ``torch.linalg.lstsq`` with its driver "gelsd", the one that returns all four.
    Proven equal to ``torch.linalg.lstsq`` (``tests/test_registry.py``).
    Book: chapters/02-linear-algebra/least-squares
    """
    check_tensor(A, "A")
    check_tensor(B, "B", ndim=1)
    check_dtypes(A, B)
    columns, is_vector = as_columns(A, B)
    m, n = A.shape[-2:]
    Q, R = qr(A if m >= n else A.mT)
    S = svdvals(R)
    rank = _is_counted(A, S, None, rcond).sum(dim=-1)
    is_full = bool((rank == min(m, n)).all())
    if not is_full:
        X = pinv(A, rtol=rcond) @ columns
    elif m >= n:
        X = substitute(R, Q.mT @ columns, upper=True)
    else:
        X = Q @ substitute(R.mT, columns, upper=False)
    residuals = A.new_empty(0)
    if is_full and m > n:
        residuals = (A @ X - columns).square().sum(dim=-2)
    return LeastSquares(X[..., 0] if is_vector else X, residuals, rank, S)


def cond(A: Tensor, p: float | str | None = None) -> Tensor:
    """Return the condition number |A| |A⁻¹| in the norm p.

    It bounds how much a relative error of b grows in the solution of A x = b. None and 2 give
    S_1 / S_n (any shape), -2 gives S_n / S_1; the other norms of :func:`matrix_norm` need a square
    A. A singular matrix gives inf, and zeros give NaN where the ratio is 0 / 0.

    A : Tensor[..., m, n] -> Tensor[...].

    Raises
    ------
    TypeError, ValueError
        If A is no floating-point tensor; if it is not finite, not square where it must be, or for
        another p.

    Mirrors ``torch.linalg.cond``.
    Proven equal to ``torch.linalg.cond`` (``tests/test_registry.py``).
    Book: chapters/02-linear-algebra/norms-and-forms
    """
    check_tensor(A, "A")
    if p not in (None, "fro", "nuc", 1, -1, 2, -2, float("inf"), -float("inf")):
        raise ValueError(f"p must be None, 'fro', 'nuc', 1, -1, 2, -2, inf or -inf, got {p!r}")
    if p is not None and p not in (2, -2):
        check_square(A)
    if A.shape[-1] == 0 or A.shape[-2] == 0:
        return A.new_zeros(A.shape[:-2])
    if p is None or p in (2, -2):
        S = svdvals(A)
        return S[..., -1] / S[..., 0] if p == -2 else S[..., 0] / S[..., -1]
    singular = is_singular(eliminate(A).packed)
    identity = torch.eye(A.shape[-1], dtype=A.dtype, device=A.device)
    inverse = inv(torch.where(singular[..., None, None], identity, A))
    return torch.where(singular, float("inf"), matrix_norm(A, p) * matrix_norm(inverse, p))


def _check_single(A: Tensor) -> None:
    """A basis has as many columns as its rank says, so batches are not possible."""
    check_tensor(A, "A")
    if A.ndim != 2:
        raise ValueError(f"A must be one matrix, got shape {tuple(A.shape)}")


def null_space(A: Tensor, rcond: float | None = None) -> Tensor:
    """Return an orthonormal basis of all x with A x = 0: the rows of Vh without singular value.

    A : Tensor[m, n] -> Tensor[n, n - rank]; singular values up to ``rcond`` S_1 count as zero,
    default max(m, n) eps. The basis is unique up to a rotation within the space.

    Raises
    ------
    TypeError, ValueError
        If A is no floating-point tensor; if it is not one finite matrix.

    Mirrors ``scipy.linalg.null_space``.
    Proven equal to ``scipy.linalg.null_space``: the projector (``tests/test_registry.py``).
    Book: chapters/02-linear-algebra/linear-systems
    """
    _check_single(A)
    _, S, Vh = svd(A, full_matrices=True)
    rank = int(_is_counted(A, S, None, rcond).sum())
    return Vh[rank:].mT


def orth(A: Tensor, rcond: float | None = None) -> Tensor:
    """Return an orthonormal basis of the column space of A.

    A : Tensor[m, n] -> Tensor[m, rank]; ``rcond`` as in :func:`null_space`.

    Raises
    ------
    TypeError, ValueError
        If A is no floating-point tensor; if it is not one finite matrix.

    Mirrors ``scipy.linalg.orth``.
    Proven equal to ``scipy.linalg.orth``: the projector (``tests/test_registry.py``).
    Book: chapters/02-linear-algebra/linear-systems
    """
    _check_single(A)
    U, S, _ = svd(A, full_matrices=False)
    return U[:, _is_counted(A, S, None, rcond)]
