"""Least squares with a price on large weights."""

from __future__ import annotations

from typing import Any

import torch
from sklearn.base import MultiOutputMixin
from torch import Tensor

from companion.linalg._check import LinAlgError
from companion.linear_model._base import LinearModel, check_number, columns, means

SOLVERS = ("auto", "cholesky", "svd")
BLOCK = 4096  # rows that are centred at a time: they stay in the processor's cache


class Ridge(MultiOutputMixin, LinearModel):
    """Least squares with the squared weights added to the cost, the offset excepted.

    ::

        min Σ (y - X w - w₀)² + α |w|²        centred data: (XᵀX + α I) w = Xᵀ y

    Parameters
    ----------
    alpha : price α of the squared weights, at least 0, next to the **sum** of squared errors.
    fit_intercept : learn the offset w₀, which is never penalised.
    solver : ``"cholesky"`` solves the equations above, the smaller of the two forms XᵀX and XXᵀ,
        and squares the condition number; ``"svd"`` is slower and keeps all digits; ``"auto"`` is
        Cholesky, and svd where that breaks down.
    device : where arrays are computed; tensors stay where they are.

    Attributes
    ----------
    coef_ : [features] or [outputs, features], the weights w.
    intercept_ : offset w₀, a number or [outputs].
    solver_ : the solver that was used.

    Raises
    ------
    TypeError, ValueError
        For an alpha that is no number, negative or not finite, an unknown solver; for data as
        scikit-learn.

    Mirrors ``sklearn.linear_model.Ridge`` (``copy_X``, ``max_iter``, ``tol``, ``positive``,
    ``random_state``, sample weights and an alpha for each output are absent).

    Proven equal to scikit-learn and to least squares with augmented rows
    (``tests/test_registry.py``, ``tests/linear_model/test_ridge.py``).

    Book: chapters/05-regression/regularization
    """

    def __init__(
        self,
        alpha: float = 1.0,
        *,
        fit_intercept: bool = True,
        solver: str = "auto",
        device: Any = None,
    ) -> None:
        self.alpha, self.fit_intercept = alpha, fit_intercept
        self.solver, self.device = solver, device

    def fit(self, X: Any, y: Any) -> Ridge:
        """Learn the weights from X [n, features] and y [n] or [n, outputs]."""
        alpha = check_number(self.alpha, "alpha")
        if self.solver not in SOLVERS:
            raise ValueError(f"solver must be one of {list(SOLVERS)}, got {self.solver!r}")
        data, target = self._fit_data(X, y, multi_output=True)
        targets = columns(target)
        centres = means(data, targets, self.fit_intercept)
        coef = None
        if self.solver != "svd":
            coef = _by_cholesky(data, targets, centres, alpha)
            if coef is None and self.solver == "cholesky":
                raise LinAlgError("XᵀX + αI is singular: take the solver 'svd'")
        self.solver_ = "svd" if coef is None else "cholesky"
        if coef is None:
            coef = _by_svd(data - centres[0], targets - centres[1], alpha)
        self._learn(coef, centres, target, X)
        return self


def _by_cholesky(
    X: Tensor, y: Tensor, centres: tuple[Tensor, Tensor], alpha: float
) -> Tensor | None:
    """Return the weights from the smaller normal equations, None if they are singular."""
    n, p = X.shape
    if p > n:
        centred = X - centres[0]
        dual = _solve(centred @ centred.mT, y - centres[1], alpha)
        return None if dual is None else centred.mT @ dual
    gram, moment = X.new_zeros(p, p), X.new_zeros(p, y.shape[1])
    for start in range(0, n, BLOCK):
        block = X[start : start + BLOCK] - centres[0]
        targets = y[start : start + BLOCK]
        gram.addmm_(block.mT, block)
        moment.addmm_(block.mT, targets - centres[1])
    return _solve(gram, moment, alpha)


def _solve(gram: Tensor, b: Tensor, alpha: float) -> Tensor | None:
    """Return (gram + α I)⁻¹ b, None if it is singular to the last digit."""
    gram.diagonal().add_(alpha)
    L, info = torch.linalg.cholesky_ex(gram)
    pivots = L.diagonal() ** 2
    rounding = len(gram) * torch.finfo(gram.dtype).eps * pivots.max()
    return None if int(info) or bool(pivots.min() <= rounding) else torch.cholesky_solve(b, L)


def _by_svd(X: Tensor, y: Tensor, alpha: float) -> Tensor:
    """Return V S/(S² + α) Uᵀ y; where S and α vanish, no weight."""
    U, S, Vh = torch.linalg.svd(X, full_matrices=False)
    cutoff = S.max() * max(X.shape) * torch.finfo(S.dtype).eps
    kept = cutoff < S
    factor = torch.where(kept, S / torch.where(kept, S**2 + alpha, 1.0), 0.0)
    coef: Tensor = Vh.mT @ (factor[:, None] * (U.mT @ y))
    return coef
