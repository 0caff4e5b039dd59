"""Sparse linear models by coordinate descent."""

from __future__ import annotations

import warnings
from typing import Any

import torch
from sklearn.base import MultiOutputMixin
from sklearn.exceptions import ConvergenceWarning
from torch import Tensor

from companion.linear_model._base import (
    LinearModel,
    check_count,
    check_number,
    columns,
    means,
)


class ElasticNet(MultiOutputMixin, LinearModel):
    """Least squares with a price on the absolute and on the squared weights.

    ::

        min 1/(2n) Σ (y - X w - w₀)² + α ρ |w|₁ + α (1 - ρ)/2 |w|₂²

    One weight after the other takes its best value, the others held fixed, until nothing moves::

        w_j ← soft(X_jᵀ r_j, n α ρ) / (X_jᵀ X_j + n α (1 - ρ))        r_j: residual without w_j

    Parameters
    ----------
    alpha : price α, at least 0, next to the **mean** of squared errors.
    l1_ratio : share ρ of the absolute weights, from 0 to 1.
    fit_intercept : learn the offset w₀, which is never penalised.
    max_iter : largest number of sweeps over the weights.
    tol : the sweeps end when the duality gap is below tol times Σ y².
    device : where arrays are computed; tensors stay where they are.

    Attributes
    ----------
    coef_ : [features] or [outputs, features], the weights w, some exactly 0.
    intercept_ : offset w₀, a number or [outputs].
    dual_gap_ : how far the cost may still be from its minimum, for each output.
    n_iter_ : number of sweeps, for each output.

    Raises
    ------
    TypeError, ValueError
        For parameters that are no numbers or out of range; for data as scikit-learn.

    Warns
    -----
    ConvergenceWarning
        If ``max_iter`` sweeps do not reach ``tol``.

    Mirrors ``sklearn.linear_model.ElasticNet`` (``precompute``, ``copy_X``, ``warm_start``,
    ``positive``, ``random_state``, ``selection`` and sample weights are absent).

    Proven equal to scikit-learn and to the conditions of optimality (``tests/test_registry.py``,
    ``tests/linear_model/test_lasso.py``).

    Book: chapters/05-regression/regularization
    """

    def __init__(
        self,
        alpha: float = 1.0,
        *,
        l1_ratio: float = 0.5,
        fit_intercept: bool = True,
        max_iter: int = 1000,
        tol: float = 1e-4,
        device: Any = None,
    ) -> None:
        self.alpha, self.l1_ratio, self.fit_intercept = alpha, l1_ratio, fit_intercept
        self.max_iter, self.tol, self.device = max_iter, tol, device

    def fit(self, X: Any, y: Any) -> ElasticNet:
        """Learn the weights from X [n, features] and y [n] or [n, outputs]."""
        alpha, ratio = check_number(self.alpha, "alpha"), check_number(self.l1_ratio, "l1_ratio")
        if ratio > 1:
            raise ValueError(f"l1_ratio must be at most 1, got {self.l1_ratio}")
        sweeps, tol = check_count(self.max_iter, "max_iter"), check_number(self.tol, "tol")
        data, target = self._fit_data(X, y, multi_output=True)
        targets = columns(target)
        centres = means(data, targets, self.fit_intercept)
        centred, outputs = data - centres[0], (targets - centres[1]).mT
        prices = (len(data) * alpha * ratio, len(data) * alpha * (1 - ratio))
        fits = [coordinate_descent(centred, output, *prices, sweeps, tol) for output in outputs]
        coefs, gaps, counts = zip(*fits, strict=True)
        single = target.ndim == 1
        self.dual_gap_ = gaps[0] / len(data) if single else [gap / len(data) for gap in gaps]
        self.n_iter_ = counts[0] if single else list(counts)
        self._learn(torch.stack(coefs, dim=1), centres, target, X)
        return self

    @property
    def sparse_coef_(self) -> Any:
        """The weights as a sparse matrix of SciPy."""
        from scipy.sparse import csr_matrix

        return csr_matrix(self.coef_)


class Lasso(ElasticNet):
    """Least squares with a price on the absolute weights: it sets weights to exactly zero.

    ::

        min 1/(2n) Σ (y - X w - w₀)² + α |w|₁

    It is :class:`ElasticNet` with ``l1_ratio=1``, and has its parameters, attributes and errors.

    Mirrors ``sklearn.linear_model.Lasso`` (the same arguments are absent).

    Proven equal to scikit-learn, to the conditions of optimality, and to the soft threshold where
    the columns are orthonormal (``tests/test_registry.py``, ``tests/linear_model/test_lasso.py``).

    Book: chapters/05-regression/regularization
    """

    def __init__(
        self,
        alpha: float = 1.0,
        *,
        fit_intercept: bool = True,
        max_iter: int = 1000,
        tol: float = 1e-4,
        device: Any = None,
    ) -> None:
        super().__init__(
            alpha, l1_ratio=1.0, fit_intercept=fit_intercept, max_iter=max_iter, tol=tol
        )
        self.device = device


def soft_threshold(x: Tensor, threshold: float) -> Tensor:
    """Move each number towards zero by a threshold, and to zero if it is smaller.

    ::

        soft(x, t) = sign(x) max(|x| - t, 0)        the minimum of (w - x)²/2 + t |w| over w

    Parameters
    ----------
    x : Tensor[...].
    threshold : t, at least 0.

    Raises
    ------
    TypeError
        If x is no floating-point tensor or the threshold no number.
    ValueError
        If the threshold is negative or not finite.

    Proven equal to ``torch.nn.functional.softshrink`` (``tests/test_registry.py``).

    Book: chapters/05-regression/regularization
    """
    if not isinstance(x, Tensor) or not x.is_floating_point():
        raise TypeError(f"x must be a floating-point tensor, got {type(x).__name__}")
    t = check_number(threshold, "threshold")
    return x.sign() * (x.abs() - t).clamp(min=0)


def coordinate_descent(
    X: Tensor,
    y: Tensor,
    l1: float,
    l2: float,
    max_iter: int,
    tol: float,
    start: Tensor | None = None,
) -> tuple[Tensor, float, int]:
    """Return the weights of min |y - X w|²/2 + l1 |w|₁ + l2 |w|²/2, the gap and the sweeps."""
    gram = X.mT @ X
    squares = gram.diagonal().tolist()
    w = [0.0] * X.shape[1] if start is None else start.tolist()
    slope = X.mT @ (y - X @ y.new_tensor(w))  # kept up to date
    gap, enough = float("inf"), tol * float(y @ y)
    for sweep in range(1, max_iter + 1):
        largest = move = 0.0
        for j, square in enumerate(squares):
            if square == 0:
                continue
            pull = float(slope[j]) + square * w[j]
            new = max(abs(pull) - l1, 0.0) * (1 if pull > 0 else -1) / (square + l2)
            if new != w[j]:
                slope.add_(gram[j], alpha=w[j] - new)
                move = max(move, abs(new - w[j]))
                w[j] = new
            largest = max(largest, abs(new))
        if largest == 0 or move <= tol * largest or sweep == max_iter:
            gap = duality_gap(X, y, w_now := y.new_tensor(w), l1, l2)
            slope = X.mT @ (y - X @ w_now)  # without the rounding of the updates
            if gap <= enough:
                return w_now, gap, sweep
    warnings.warn(
        f"Objective did not converge. Increase max_iter or alpha. Duality gap: {gap:.3e}, "
        f"tolerance: {enough:.3e}",
        ConvergenceWarning,
        stacklevel=3,
    )
    return y.new_tensor(w), gap, max_iter


def duality_gap(X: Tensor, y: Tensor, w: Tensor, l1: float, l2: float) -> float:
    """Return an upper bound of how far the cost is above its minimum: 0 only at the minimum."""
    residual = y - X @ w
    slope = float((X.mT @ residual - l2 * w).abs().max())
    shrink = min(1.0, l1 / slope) if slope > 0 else 1.0
    square = float(residual @ residual)
    cost = 0.5 * (1 + shrink**2) * (square + l2 * float(w @ w))
    return cost + l1 * float(w.abs().sum()) - shrink * float(residual @ y)
