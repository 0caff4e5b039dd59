"""Elimination with partial pivoting: LU, triangular systems, solve and inverse."""

from __future__ import annotations

from typing import NamedTuple

import torch
from torch import Tensor

from companion.linalg._check import (
    LinAlgError,
    as_columns,
    batch_shape,
    check_dtypes,
    check_square,
    check_tensor,
)


class LU(NamedTuple):
    """The factors of A = P L U."""

    P: Tensor
    L: Tensor
    U: Tensor


class Elimination(NamedTuple):
    """L below and U on and above the diagonal, and the row exchanges P' with L U = P' A."""

    packed: Tensor
    exchanges: Tensor


def eliminate(A: Tensor) -> Elimination:
    """Eliminate column by column, each with the largest entry on or below the diagonal as pivot.

    The rows of the identity travel with those of A and end as the permutation P'.
    """
    m, n = A.shape[-2:]
    identity = torch.eye(m, dtype=A.dtype, device=A.device).expand(*A.shape[:-1], m)
    W = torch.cat([A, identity], dim=-1)
    for j in range(min(m, n)):
        rest = W[..., j:, :]
        pivot = rest[..., j : j + 1].abs().argmax(dim=-2, keepdim=True)
        _exchange_with_first(rest, pivot)
        _eliminate_column(rest[..., j:n])
    return Elimination(W[..., :n], W[..., n:])


def _exchange_with_first(rows: Tensor, chosen: Tensor) -> None:
    """Exchange row 0 with the chosen row, an index Tensor[..., 1, 1], in place."""
    pair = torch.cat([torch.zeros_like(chosen), chosen], dim=-2)
    pair = pair.expand(*pair.shape[:-1], rows.shape[-1])
    rows.scatter_(-2, pair, rows.gather(-2, pair).flip(-2))


def _eliminate_column(block: Tensor) -> None:
    """Put multipliers below the first entry, the pivot, and update what is right of them.

    A zero pivot means that nothing stands below it: the multipliers are zero.
    """
    pivot, multipliers = block[..., :1, :1], block[..., 1:, :1]
    multipliers /= torch.where(pivot.bool(), pivot, pivot.new_ones(()))
    block[..., 1:, 1:].addcmul_(multipliers, block[..., :1, 1:], value=-1)


def is_singular(packed: Tensor) -> Tensor:
    """Say of each eliminated matrix whether a pivot vanished: Tensor[..., n, n] -> Tensor[...]."""
    return (packed.diagonal(dim1=-2, dim2=-1) == 0).any(dim=-1)


def substitute(T: Tensor, B: Tensor, upper: bool, unit: bool = False) -> Tensor:
    """Solve T X = B row by row; what stands in the other triangle of T is never read."""
    n, k = B.shape[-2:]
    X = B.expand(*batch_shape(T, B), n, k).clone()
    for i in reversed(range(n)) if upper else range(n):
        known = slice(i + 1, n) if upper else slice(0, i)
        row = X[..., i : i + 1, :]
        row -= T[..., i : i + 1, known] @ X[..., known, :]
        if not unit:
            row /= T[..., i : i + 1, i : i + 1]
    return X


def lu(A: Tensor, *, pivot: bool = True) -> LU:
    """Factor A = P L U by elimination with partial pivoting.

    P is a permutation matrix, L has ones on its diagonal and entries of size at most 1 below it,
    U is upper triangular. Without pivoting P is empty, A = L U, and small pivots spoil the result.

    Parameters
    ----------
    A : Tensor[..., m, n]
    pivot : whether to exchange rows; ``False`` is for showing why it is needed.

    Returns
    -------
    P, L, U : Tensor[..., m, m], Tensor[..., m, k], Tensor[..., k, n] with k = min(m, n).

    Raises
    ------
    TypeError, ValueError
        If A is no floating-point tensor; if it is not a finite (batch of) matrix.
    torch.linalg.LinAlgError
        If a pivot is zero and ``pivot`` is false.

    Mirrors ``torch.linalg.lu`` (which has ``pivot=False`` on GPUs only).
    Proven equal to ``torch.linalg.lu`` (``tests/test_registry.py``), also P L U = A.
    Book: chapters/02-linear-algebra/linear-systems
    """
    check_tensor(A, "A")
    m, n = A.shape[-2:]
    k = min(m, n)
    if pivot:
        packed, exchanges = eliminate(A)
        P = exchanges.mT
    else:
        packed, P = _eliminate_in_order(A), A.new_empty(0)
    unit = torch.eye(m, k, dtype=A.dtype, device=A.device)
    return LU(P, packed[..., :k].tril(-1) + unit, packed[..., :k, :].triu())


def _eliminate_in_order(A: Tensor) -> Tensor:
    """Eliminate without exchanging rows."""
    W = A.clone()
    for j in range(min(A.shape[-2:])):
        if bool(((W[..., j, j] == 0) & (W[..., j + 1 :, j] != 0).any(dim=-1)).any()):
            raise LinAlgError(f"lu: pivot {j + 1} is zero; A needs row exchanges")
        _eliminate_column(W[..., j:, j:])
    return W


def solve_triangular(
    A: Tensor, B: Tensor, *, upper: bool, left: bool = True, unitriangular: bool = False
) -> Tensor:
    """Solve A X = B, or X A = B, for a triangular A by forward or back substitution.

    Only the named triangle of A is read, and with ``unitriangular`` not its diagonal either.

    Parameters
    ----------
    A : Tensor[..., n, n]
    B : Tensor[..., n, k] (left) or Tensor[..., k, n]; the leading sizes broadcast.

    Raises
    ------
    TypeError, ValueError
        If A or B is no floating-point tensor of the same dtype; if a shape does not fit or an
        entry is not finite.
    torch.linalg.LinAlgError
        If a diagonal entry is zero (the library divides by it).

    Mirrors ``torch.linalg.solve_triangular``.
    Proven equal to ``torch.linalg.solve_triangular`` (``tests/test_registry.py``).
    Book: chapters/02-linear-algebra/linear-systems
    """
    check_square(A)
    check_tensor(B, "B")
    check_dtypes(A, B)
    columns, _ = as_columns(A, B, left=left, vectors=False)
    if not unitriangular and bool(is_singular(A).any()):
        raise LinAlgError("solve_triangular: A is singular, its diagonal has a zero")
    if left:
        return substitute(A, columns, upper, unitriangular)
    return substitute(A.mT, columns, not upper, unitriangular).mT


def solve(A: Tensor, B: Tensor, *, left: bool = True) -> Tensor:
    """Solve A X = B (or X A = B) by elimination with partial pivoting.

    With P A' = L U: forward substitution L Y = P B, back substitution U X = Y; about (2/3) n³
    operations, and never an inverse.

    Parameters
    ----------
    A : Tensor[..., n, n]
    B : Tensor[n], Tensor[..., n] with the batch of A, or Tensor[..., n, k]; ``left=False``:
        Tensor[..., k, n].

    Raises
    ------
    TypeError, ValueError
        If A or B is no floating-point tensor of the same dtype; if a shape does not fit or an
        entry is not finite.
    torch.linalg.LinAlgError
        If a pivot vanishes: A is singular.

    Mirrors ``torch.linalg.solve``.
    Proven equal to ``torch.linalg.solve`` (``tests/test_registry.py``), also A X = B.
    Book: chapters/02-linear-algebra/linear-systems
    """
    check_square(A)
    check_tensor(B, "B", ndim=1)
    check_dtypes(A, B)
    columns, is_vector = as_columns(A, B, left=left)
    X = _solve_columns(eliminate(A if left else A.mT), columns, "solve")
    if is_vector:
        return X[..., 0]
    return X if left else X.mT


def _solve_columns(factors: Elimination, B: Tensor, caller: str) -> Tensor:
    """Solve for B : Tensor[..., n, k] with the eliminated matrix."""
    if bool(is_singular(factors.packed).any()):
        raise LinAlgError(f"{caller}: A is singular, a pivot vanished")
    forward = substitute(factors.packed, factors.exchanges @ B, upper=False, unit=True)
    return substitute(factors.packed, forward, upper=True)


def inv(A: Tensor) -> Tensor:
    """Return the inverse of A, the solution of A X = I.

    A : Tensor[..., n, n]. To solve a system use :func:`solve`: it is faster and more accurate.

    Raises
    ------
    TypeError, ValueError
        If A is no floating-point tensor; if it is not square or not finite.
    torch.linalg.LinAlgError
        If A is singular.

    Mirrors ``torch.linalg.inv``.
    Proven equal to ``torch.linalg.inv`` (``tests/test_registry.py``), also A X = I.
    Book: chapters/02-linear-algebra/products
    """
    check_square(A)
    identity = torch.eye(A.shape[-1], dtype=A.dtype, device=A.device).expand_as(A)
    return _solve_columns(eliminate(A), identity, "inv")
