"""Ridge regression that learns from the data how large its price should be."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from companion._estimator import give, take
from companion.linear_model._base import LinearModel, check_count, check_number, means


class BayesianRidge(LinearModel):
    """Bayesian linear regression; the precisions of noise and weights maximise the evidence.

    ::

        y ~ N(X w, 1/α)    w ~ N(0, I/λ)    Σ = (α XᵀX + λ I)⁻¹    w̃ = α Σ Xᵀ y
        γ = Σ_i α s_i/(λ + α s_i)    λ ← γ/|w̃|²    α ← (n - γ)/|y - X w̃|²

    With the eigenvalues s_i of XᵀX, computed once, each round costs a few sums. Gamma priors on
    α and λ add ``alpha_1, alpha_2, lambda_1, lambda_2``.

    Parameters
    ----------
    max_iter : largest number of rounds.
    tol : the rounds end when the weights move by less, added up.
    alpha_1, alpha_2, lambda_1, lambda_2 : shape and rate of the two Gamma priors.
    alpha_init, lambda_init : first precisions; by default 1 over the variance of y, and 1.
    compute_score : keep the log evidence of each round.
    fit_intercept : learn the offset, from the means.
    device : where arrays are computed; tensors stay where they are.

    Attributes
    ----------
    coef_, intercept_ : mean of the weights [features], and the offset.
    alpha_, lambda_ : precisions of the noise and of the weights.
    sigma_ : covariance of the weights [features, features].
    scores_ : log evidence of each round and of the end, if ``compute_score``.
    n_iter_ : number of rounds.
    X_offset_ : means of the columns.

    Raises
    ------
    TypeError, ValueError
        For parameters that are no numbers or out of range; for data as scikit-learn.

    Mirrors ``sklearn.linear_model.BayesianRidge`` (``copy_X``, ``verbose``, ``X_scale_`` and sample
    weights are absent; its last score mixes the last errors with older weights, ours does not). XᵀX
    serves while it is well conditioned, else the singular values of X.

    Proven equal to scikit-learn (``tests/test_registry.py``,
    ``tests/linear_model/test_bayesian.py``).

    Book: chapters/05-regression/bayesian-regression
    """

    def __init__(
        self,
        *,
        max_iter: int = 300,
        tol: float = 1.0e-3,
        alpha_1: float = 1.0e-6,
        alpha_2: float = 1.0e-6,
        lambda_1: float = 1.0e-6,
        lambda_2: float = 1.0e-6,
        alpha_init: float | None = None,
        lambda_init: float | None = None,
        compute_score: bool = False,
        fit_intercept: bool = True,
        device: Any = None,
    ) -> None:
        self.max_iter, self.tol = max_iter, tol
        self.alpha_1, self.alpha_2 = alpha_1, alpha_2
        self.lambda_1, self.lambda_2 = lambda_1, lambda_2
        self.alpha_init, self.lambda_init = alpha_init, lambda_init
        self.compute_score, self.fit_intercept, self.device = compute_score, fit_intercept, device

    def fit(self, X: Any, y: Any) -> BayesianRidge:
        """Learn weights and precisions from X [n, features] and y [n]."""
        self._check()
        data, target = self._fit_data(X, y)
        centres = means(data, target[:, None], self.fit_intercept)
        centred, t = data - centres[0], target - centres[1]
        basis = _Basis(centred, t)
        alpha, lambda_ = self._first(t)
        before, scores = None, []
        rounds = 0
        while rounds < self.max_iter:
            rounds += 1
            coef, error, gamma = basis.posterior(lambda_ / alpha)
            size = float(coef @ coef)
            if self.compute_score:
                scores.append(self._evidence(basis, alpha, lambda_, size, error))
            lambda_ = (gamma + 2 * self.lambda_1) / (size + 2 * self.lambda_2)
            alpha = (len(t) - gamma + 2 * self.alpha_1) / (error + 2 * self.alpha_2)
            if before is not None and float(torch.dist(before, coef, 1)) < self.tol:
                break
            before = coef
        coef, error, _ = basis.posterior(lambda_ / alpha)
        if self.compute_score:
            scores.append(self._evidence(basis, alpha, lambda_, float(coef @ coef), error))
            self.scores_ = give(data.new_tensor(scores), X)
        self.n_iter_, self.alpha_, self.lambda_ = rounds, alpha, lambda_
        self.sigma_ = give(basis.covariance(alpha, lambda_), X)
        self.X_offset_ = give(centres[0], X)
        self._learn(coef[:, None], centres, target, X)
        return self

    def predict(self, X: Any, return_std: bool = False) -> Any:
        """Return the mean for each row, and with ``return_std`` the standard deviation too."""
        mean = super().predict(X)
        if not return_std:
            return mean
        data = self._data(X)
        data = data - take(self.X_offset_, data)
        variance = ((data @ take(self.sigma_, data)) * data).sum(1) + 1 / self.alpha_
        return mean, give(variance.sqrt(), X)

    def _check(self) -> None:
        """Check the parameters, as scikit-learn does in ``fit``."""
        check_count(self.max_iter, "max_iter")
        check_number(self.tol, "tol", above=True)
        for name in ("alpha_1", "alpha_2", "lambda_1", "lambda_2"):
            check_number(getattr(self, name), name)
        for name in ("alpha_init", "lambda_init"):
            if getattr(self, name) is not None:
                check_number(getattr(self, name), name)

    def _first(self, t: Tensor) -> tuple[float, float]:
        """Return the precisions to begin with."""
        alpha = 1 / (float(t.var(correction=0)) + torch.finfo(torch.float64).eps)
        alpha = alpha if self.alpha_init is None else float(self.alpha_init)
        return alpha, 1.0 if self.lambda_init is None else float(self.lambda_init)

    def _evidence(
        self, basis: _Basis, alpha: float, lambda_: float, size: float, error: float
    ) -> float:
        """Return the log of the evidence, with the Gamma priors, of these precisions."""
        n, p = basis.X.shape
        log_det = float(torch.log(lambda_ + alpha * basis.s).sum())
        log_det += (p - len(basis.s)) * math.log(lambda_)
        priors = self.lambda_1 * math.log(lambda_) - self.lambda_2 * lambda_
        priors += self.alpha_1 * math.log(alpha) - self.alpha_2 * alpha
        fit = p * math.log(lambda_) + n * math.log(alpha) - alpha * error - lambda_ * size
        return priors + 0.5 * (fit - log_det - n * math.log(2 * math.pi))


class _Basis:
    """Data in the eigenvectors V of XᵀX: there Σ is diagonal, and w̃ a quotient."""

    def __init__(self, X: Tensor, t: Tensor) -> None:
        n, p = X.shape
        self.X, self.t, self.total = X, t, float(t @ t)
        if n > p:
            self.s, self.V = torch.linalg.eigh(X.mT @ X)
            self.moment = self.V.mT @ (X.mT @ t)
        if n <= p or float(self.s[0]) <= 1e-8 * float(self.s[-1]):
            # XᵀX is singular or has lost half of the digits: take the singular values of X itself.
            U, S, Vh = torch.linalg.svd(X, full_matrices=n < p)
            self.s, self.V, self.moment = S**2, Vh.mT, S * (U.mT @ t)
        self.seen = self.V[:, : len(self.s)]

    def posterior(self, ratio: float) -> tuple[Tensor, float, float]:
        """Return w̃, its sum of squared errors and γ, for the ratio λ/α."""
        damped = self.s + ratio
        w = self.moment / damped
        coef = self.seen @ w
        # Σ (y - X w̃)² from numbers of the eigenvectors alone, unless it would lose its digits
        error = self.total - float(w @ self.moment) - ratio * float(w @ w)
        if error < 1e-6 * self.total:
            error = float((self.t - self.X @ coef).square().sum())
        return coef, error, float((self.s / damped).sum())

    def covariance(self, alpha: float, lambda_: float) -> Tensor:
        """Return Σ; directions that the data do not see keep the variance 1/λ."""
        unseen = self.s.new_zeros(len(self.V) - len(self.s))
        covariance: Tensor = (self.V / (alpha * torch.cat([self.s, unseen]) + lambda_)) @ self.V.mT
        return covariance
