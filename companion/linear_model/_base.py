"""What all linear models share: centred data, the prediction, the score, checks of parameters."""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import Any

from sklearn.base import RegressorMixin
from torch import Tensor

from companion._estimator import Estimator, give, take
from companion.metrics import r2_score


class LinearModel(RegressorMixin, Estimator):
    """A regressor with ŷ = X wᵀ + w₀, learned as ``coef_`` and ``intercept_``."""

    fit_intercept: bool
    coef_: Any
    intercept_: Any

    def predict(self, X: Any) -> Any:
        """Return ŷ = X wᵀ + w₀ for each row, of the kind of X."""
        data = self._data(X)
        return give(data @ take(self.coef_, data).t() + take(self.intercept_, data), X)

    def score(self, X: Any, y: Any, sample_weight: Any = None) -> Any:
        """Return R² of the prediction; of several outputs the mean."""
        return r2_score(y, self.predict(X), sample_weight=sample_weight)

    def _learn(self, coef: Tensor, means: tuple[Tensor, Tensor], y: Tensor, X: Any) -> None:
        """Keep the weights [features, outputs] of centred data, and the offset they imply."""
        x_mean, y_mean = means
        intercept = y_mean - x_mean @ coef
        if y.ndim == 1:
            coef, intercept = coef[:, 0], intercept[0]
        self.coef_ = give(coef.mT if coef.ndim == 2 else coef, X)
        self.intercept_ = give(intercept, X) if self.fit_intercept else 0.0


def means(X: Tensor, y: Tensor, centre: bool) -> tuple[Tensor, Tensor]:
    """Return the means of the columns of X and of y [n, outputs], zeros without an offset."""
    if not centre:
        return X.new_zeros(X.shape[1]), y.new_zeros(y.shape[1])
    return X.mean(0), y.mean(0)


def columns(y: Tensor) -> Tensor:
    """Return targets with a column for each output."""
    return y if y.ndim == 2 else y[:, None]


def check_number(value: Any, name: str, least: float = 0.0, *, above: bool = False) -> float:
    """Return a parameter as a float.

    Raises
    ------
    TypeError
        If it is no number.
    ValueError
        If it is not finite, or below ``least`` (or equal to it, with ``above``).
    """
    if isinstance(value, bool) or not isinstance(value, Real):
        raise TypeError(f"{name} must be a number, got {type(value).__name__}")
    number = float(value)
    if not math.isfinite(number) or number < least or (above and number == least):
        raise ValueError(
            f"{name} must be finite and {'above' if above else 'at least'} {least:g}, got {value}"
        )
    return number


def check_count(value: Any, name: str, least: int = 1) -> int:
    """Return a parameter as an int.

    Raises
    ------
    TypeError
        If it is no whole number.
    ValueError
        If it is below ``least``.
    """
    if isinstance(value, bool) or not isinstance(value, Integral):
        raise TypeError(f"{name} must be an int, got {type(value).__name__}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}, got {value}")
    return int(value)
