"""Least squares by QR, and by singular values where the columns depend on each other."""

from __future__ import annotations

from typing import Any

import torch
from sklearn.base import MultiOutputMixin
from torch import Tensor

from companion._estimator import give
from companion.linear_model._base import LinearModel, columns, means


class LinearRegression(MultiOutputMixin, LinearModel):
    """Ordinary least squares: the weights with the smallest sum of squared errors.

    ::

        min Σ (y - X w - w₀)²        centred data: R w = Qᵀ y  with  X = Q R

    The offset w₀ is not fitted as a column but follows from the means. If the columns depend on
    each other, the solution of least norm is taken, by the singular values of R.

    Parameters
    ----------
    fit_intercept : learn the offset; else the plane goes through the origin.
    device : where arrays are computed; tensors stay where they are.

    Attributes
    ----------
    coef_ : [features] or [outputs, features], the weights w.
    intercept_ : offset w₀, a number or [outputs].
    rank_, singular_ : rank and singular values of the centred X.

    Raises
    ------
    TypeError, ValueError
        For data as scikit-learn.

    Mirrors ``sklearn.linear_model.LinearRegression`` (``copy_X``, ``tol``, ``n_jobs``, ``positive``
    and sample weights are absent). Singular values count as zero below max(n, p) ε times the
    largest, where scikit-learn says 10⁻⁶: ill-conditioned columns are kept here.

    Proven equal to scikit-learn and ``torch.linalg.lstsq`` (``tests/test_registry.py``,
    ``tests/linear_model/test_least_squares.py``).

    Book: chapters/05-regression/least-squares
    """

    def __init__(self, *, fit_intercept: bool = True, device: Any = None) -> None:
        self.fit_intercept, self.device = fit_intercept, device

    def fit(self, X: Any, y: Any) -> LinearRegression:
        """Learn the weights from X [n, features] and y [n] or [n, outputs]."""
        data, target = self._fit_data(X, y, multi_output=True)
        targets = columns(target)
        centres = means(data, targets, self.fit_intercept)
        p = data.shape[1]
        # The R of [X y] holds R of X and Qᵀy: Q itself is never formed.
        both = torch.cat([data - centres[0], targets - centres[1]], dim=1)
        R = torch.linalg.qr(both, mode="r").R[: min(data.shape), :]
        coef, singular = solve_triangle(R[:, :p], R[:, p:], len(data))
        self.singular_ = give(singular, X)
        self.rank_ = int((singular > _cutoff(singular, len(data), p)).sum())
        self._learn(coef, centres, target, X)
        return self


def solve_triangle(R: Tensor, b: Tensor, n: int) -> tuple[Tensor, Tensor]:
    """Return the least-squares solution of R w = b of least norm, and the singular values of R."""
    singular = torch.linalg.svdvals(R)
    cutoff = _cutoff(singular, n, R.shape[1])
    if R.shape[0] == R.shape[1] and bool((singular > cutoff).all()):
        return torch.linalg.solve_triangular(R, b, upper=True), singular
    U, S, Vh = torch.linalg.svd(R, full_matrices=False)
    kept = cutoff < S
    inverse = torch.where(kept, 1 / torch.where(kept, S, 1.0), 0.0)
    return Vh.mT @ (inverse[:, None] * (U.mT @ b)), singular


def _cutoff(singular: Tensor, n: int, p: int) -> Tensor:
    """Return the size below which a singular value is rounding."""
    return max(n, p) * torch.finfo(singular.dtype).eps * singular.max()
