"""Bayesian linear regression with known variances: a Gaussian before, a Gaussian after."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Any

import torch
from sklearn.base import RegressorMixin
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from companion._estimator import Estimator, give, take
from companion.linear_model._base import check_count, check_number
from companion.metrics import r2_score


class BayesianLinearRegression(RegressorMixin, Estimator):
    """Weights with a Gaussian prior, and the Gaussian that data make of it.

    ::

        y = Φ w + N(0, σ²)    w ~ N(0, α² I)    Σ⁻¹ = ΦᵀΦ/σ² + I/α²    w̃ = Σ Φᵀ y/σ²
        y* ~ N(φ*ᵀ w̃, σ² + φ*ᵀ Σ φ*)

    There is no offset: give a column of ones, as ``PolynomialFeatures`` does.

    Parameters
    ----------
    noise_variance : σ², variance of the readings.
    prior_variance : α², variance of each weight before any data.
    device : where arrays are computed; tensors stay where they are.

    Attributes
    ----------
    coef_ : mean w̃ of the weights [features].
    covariance_, precision_ : Σ and Σ⁻¹ [features, features].
    n_samples_seen_ : number of readings so far.

    Raises
    ------
    TypeError, ValueError
        For variances that are no numbers or not above 0; for data as scikit-learn.

    Proven equal to a Gaussian process with the kernel α² φᵀφ', to ridge regression with the price
    σ²/α², and to the logarithm of a Gaussian density (``tests/test_registry.py``,
    ``tests/linear_model/test_bayesian.py``).

    Book: chapters/05-regression/bayesian-regression
    """

    def __init__(
        self, noise_variance: float = 1.0, prior_variance: float = 1.0, *, device: Any = None
    ) -> None:
        self.noise_variance, self.prior_variance = noise_variance, prior_variance
        self.device = device

    def fit(self, X: Any, y: Any) -> BayesianLinearRegression:
        """Start from the prior and learn from X [n, features] and y [n]."""
        if hasattr(self, "precision_"):
            del self.precision_
        return self.partial_fit(X, y)

    def partial_fit(self, X: Any, y: Any) -> BayesianLinearRegression:
        """Learn from more readings: the posterior so far is the prior now."""
        noise = check_number(self.noise_variance, "noise_variance", above=True)
        prior = check_number(self.prior_variance, "prior_variance", above=True)
        first = not hasattr(self, "precision_")
        if not first:
            self._data(X)  # it must have the features of the readings so far
        data, target = self._fit_data(X, y)
        if first:
            self._belief = _Belief.prior(data, prior)
            self.n_samples_seen_ = 0
        self._belief = self._belief.like(data).after(data, target, noise)
        self.n_samples_seen_ += len(data)
        self.coef_ = give(self._belief.mean, X)
        self.precision_ = give(self._belief.precision, X)
        self.covariance_ = give(self._belief.covariance(), X)
        return self

    def predict(self, X: Any, return_std: bool = False) -> Any:
        """Return the mean of a new reading, and with ``return_std`` its standard deviation."""
        data = self._data(X)
        mean = give(data @ take(self.coef_, data), X)
        if not return_std:
            return mean
        variance = ((data @ take(self.covariance_, data)) * data).sum(1) + self.noise_variance
        return mean, give(variance.sqrt(), X)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        """Return R² of the prediction."""
        return r2_score(y, self.predict(X), sample_weight=sample_weight)

    def sample(self, n_samples: int = 1, *, random_state: Any = None) -> Any:
        """Draw weights [n_samples, features] from what is believed now."""
        check_is_fitted(self)
        count = check_count(n_samples, "n_samples")
        normal = check_random_state(random_state).standard_normal((count, self.n_features_in_))
        covariance = torch.as_tensor(self.covariance_)
        L = torch.linalg.cholesky(covariance)
        return give(take(self.coef_, covariance) + take(normal, covariance) @ L.mT, self.coef_)

    def log_marginal_likelihood(self) -> float:
        """Return the log of the evidence: the density of all readings, weights integrated out.

        It is the sum over the readings of the log density of each, given those before it.
        """
        check_is_fitted(self)
        return self._belief.evidence


@dataclass(frozen=True)
class _Belief:
    """A Gaussian over the weights, and the log evidence of the readings that led to it."""

    mean: Tensor
    precision: Tensor
    evidence: float = 0.0

    @classmethod
    def prior(cls, data: Tensor, variance: float) -> _Belief:
        p = data.shape[1]
        return cls(data.new_zeros(p), torch.diag(data.new_full((p,), 1 / variance)))

    def like(self, data: Tensor) -> _Belief:
        """Return the same belief in the dtype and on the device of new data."""
        return _Belief(self.mean.to(data), self.precision.to(data), self.evidence)

    def covariance(self) -> Tensor:
        return torch.cholesky_inverse(torch.linalg.cholesky(self.precision))

    def after(self, X: Tensor, y: Tensor, noise: float) -> _Belief:
        """Return the belief after readings: precisions add, and so do precision times mean."""
        precision = self.precision + X.mT @ X / noise
        moment = self.precision @ self.mean + X.mT @ y / noise
        L = torch.linalg.cholesky(precision)
        mean = torch.cholesky_solve(moment[:, None], L)[:, 0]
        # log p(y): the quadratic forms of the old belief and of the errors, less the new one's
        change = mean - self.mean
        square = (y - X @ mean).square().sum() / noise + change @ self.precision @ change
        old = torch.linalg.cholesky(self.precision).diagonal().log().sum()
        determinant = 2 * (L.diagonal().log().sum() - old)
        constant = len(y) * math.log(2 * math.pi * noise)
        evidence = self.evidence - 0.5 * (constant + float(determinant) + float(square))
        return _Belief(mean, precision, evidence)
