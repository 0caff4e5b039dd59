"""Symmetric positive definite matrices: the Cholesky factorization."""

from __future__ import annotations

from torch import Tensor

from companion.linalg._check import LinAlgError, check_square


def cholesky(A: Tensor, *, upper: bool = False) -> Tensor:
    """Return the lower triangular L with A = L Lᵀ, or the upper triangular U with A = Uᵀ U.

    Column j of L is column j of A, less what the columns before it explain, divided by the root
    of its first entry: (n³)/3 operations, half of an elimination. It exists exactly for positive
    definite A. Only the named triangle of A is read.

    Parameters
    ----------
    A : Tensor[..., n, n], symmetric.
    upper : whether to return U.

    Raises
    ------
    TypeError, ValueError
        If A is no floating-point tensor; if it is not square or not finite.
    torch.linalg.LinAlgError
        If A is not positive definite.

    Mirrors ``torch.linalg.cholesky``.
    Proven equal to ``torch.linalg.cholesky`` (``tests/test_registry.py``), also L Lᵀ = A.
    Book: chapters/02-linear-algebra/linear-systems
    """
    check_square(A)
    L = (A.mT if upper else A).tril()
    for j in range(A.shape[-1]):
        column = L[..., j:, j : j + 1]
        column -= L[..., j:, :j] @ L[..., j : j + 1, :j].mT
        column /= column[..., :1, :].sqrt()
    _require_positive(L.diagonal(dim1=-2, dim2=-1))
    return L.mT if upper else L


def _require_positive(diagonal: Tensor) -> None:
    """Raise if a root was taken of a number that is not positive: it left 0 or NaN behind."""
    failed = ~(diagonal > 0)
    if bool(failed.any()):
        order = int(failed.nonzero()[:, -1].min()) + 1
        raise LinAlgError(
            f"cholesky: A is not positive definite, its leading minor of order {order} is not"
        )
