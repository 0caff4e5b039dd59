"""Legendre polynomials of the columns of a table: a basis that stays well conditioned."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from sklearn.base import TransformerMixin
from torch import Tensor

from companion._estimator import Estimator, give
from companion.preprocessing._check import check_degree, check_domain
from companion.preprocessing.polynomial import _names


class LegendreFeatures(TransformerMixin, Estimator):
    """Columns P₀(s), P₁(s), ..., with s the input scaled from its domain to [-1, 1].

    ::

        s = (2 x - a - b) / (b - a)
        P₀ = 1,  P₁ = s,  (k + 1) P_{k+1} = (2k + 1) s P_k - k P_{k-1}

    A table of several columns gets P₀ once, then P₁ ... of the first column, of the second, and so
    on. Outside the domain the polynomials grow fast.

    Parameters
    ----------
    degree : the largest degree.
    domain : (a, b), where the data lie.
    device : where arrays are computed; tensors stay where they are.

    Raises
    ------
    TypeError, ValueError
        For a degree that is no int or negative, for a domain that is no interval; for data as
        scikit-learn.

    Proven equal to ``numpy.polynomial.legendre.legvander``, orthogonal by quadrature
    (``tests/test_preprocessing.py``, ``tests/test_registry.py``).

    Book: chapters/05-regression/linear-models
    """

    def __init__(
        self, degree: int = 2, domain: tuple[float, float] = (-1.0, 1.0), *, device: Any = None
    ) -> None:
        self.degree, self.domain, self.device = degree, domain, device

    def fit(self, X: Any, y: Any = None) -> LegendreFeatures:
        """Learn the number of columns."""
        check_degree(self.degree)
        check_domain(self.domain)
        self._fit_features(X)
        return self

    def transform(self, X: Any) -> Any:
        """Return the table of polynomials, Tensor[n, 1 + degree · columns]."""
        data = self._data(X)
        start, end = check_domain(self.domain)
        table = legendre((2 * data - start - end) / (end - start), check_degree(self.degree))
        ones, others = table[:1, :, 0].mT, table[1:]
        return give(torch.cat([ones, others.permute(1, 2, 0).flatten(1)], dim=1), X)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return names such as ``P2(x0)`` for the output columns."""
        names = _names(self, input_features)
        words = [f"P{k}({name})" for name in names for k in range(1, self.degree + 1)]
        return np.array(["1", *words], dtype=object)


def legendre(s: Tensor, degree: int) -> Tensor:
    """Return P₀(s) to P_degree(s), stacked in front: Tensor[degree + 1, ...]."""
    rows = [torch.ones_like(s), s]
    for k in range(1, degree):
        rows.append(((2 * k + 1) * s * rows[k] - k * rows[k - 1]) / (k + 1))
    return torch.stack(rows[: degree + 1])
