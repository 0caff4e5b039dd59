"""Columns with mean 0 and standard deviation 1."""

from __future__ import annotations

from typing import Any

import torch
from sklearn.base import OneToOneFeatureMixin, TransformerMixin
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from companion._estimator import Estimator, give, take


class StandardScaler(OneToOneFeatureMixin, TransformerMixin, Estimator):
    """Subtract the mean of each column and divide by its standard deviation.

    ::

        z = (x - mean) / std        std² = Σ (x - mean)² / n

    A constant column is only shifted: it has no scale.

    Parameters
    ----------
    with_mean : subtract the mean.
    with_std : divide by the standard deviation.
    device : where arrays are computed; tensors stay where they are.

    Attributes
    ----------
    mean_, var_, scale_ : numbers of each column (None where they are not used).
    n_samples_seen_ : number of rows in ``fit``.

    Raises
    ------
    TypeError, ValueError
        For data as scikit-learn; NaN is refused here, which scikit-learn would skip.

    Mirrors ``sklearn.preprocessing.StandardScaler`` (``copy``, ``partial_fit`` and sample weights
    are absent).

    Proven equal to scikit-learn (``tests/test_preprocessing.py``,
    ``tests/test_registry.py``).

    Book: chapters/05-regression/regularization
    """

    def __init__(
        self, *, with_mean: bool = True, with_std: bool = True, device: Any = None
    ) -> None:
        self.with_mean, self.with_std, self.device = with_mean, with_std, device

    def fit(self, X: Any, y: Any = None) -> StandardScaler:
        """Learn mean and standard deviation of each column."""
        data = self._fit_features(X)
        mean = data.mean(0)
        var = ((data - mean) ** 2).mean(0)
        scale = torch.where(_constant(var, mean, len(data)), torch.ones_like(var), var.sqrt())
        self.n_samples_seen_ = len(data)
        self.mean_ = give(mean, X) if self.with_mean or self.with_std else None
        self.var_ = give(var, X) if self.with_std else None
        self.scale_ = give(scale, X) if self.with_std else None
        return self

    def transform(self, X: Any) -> Any:
        """Return the scaled table."""
        data = self._data(X)
        if self.with_mean:
            data = data - take(self.mean_, data)
        return give(data / take(self.scale_, data) if self.with_std else data.clone(), X)

    def inverse_transform(self, X: Any) -> Any:
        """Return the table in its own units again."""
        check_is_fitted(self)
        data = self._data(X)
        if self.with_std:
            data = data * take(self.scale_, data)
        return give(data + take(self.mean_, data) if self.with_mean else data.clone(), X)


def _constant(var: Tensor, mean: Tensor, n: int) -> Tensor:
    """Say which columns vary by no more than rounding could."""
    epsilon = torch.finfo(var.dtype).eps
    return var <= n * epsilon * var + (n * mean * epsilon) ** 2
