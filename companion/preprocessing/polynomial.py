"""Monomials of the columns of a table."""

from __future__ import annotations

from collections import Counter
from itertools import chain, combinations, combinations_with_replacement
from typing import Any

import numpy as np
import torch
from sklearn.base import TransformerMixin
from sklearn.utils.validation import check_is_fitted
from torch import Tensor

from companion._estimator import Estimator, give
from companion.preprocessing._check import check_degree


class PolynomialFeatures(TransformerMixin, Estimator):
    """Columns 1, x₁, x₂, ..., x₁², x₁x₂, ...: all monomials up to a degree.

    ::

        x₁^p₁ x₂^p₂ ...        with p₁ + p₂ + ... ≤ degree, ordered by this sum

    Parameters
    ----------
    degree : the largest sum of the powers.
    interaction_only : only products of different columns, every power 0 or 1.
    include_bias : begin with the column of ones.
    device : where arrays are computed; tensors stay where they are.

    Attributes
    ----------
    powers_ : array[outputs, inputs], the powers p of each output column.
    n_output_features_ : number of output columns.

    Raises
    ------
    TypeError, ValueError
        For a degree that is no int or negative; for data as scikit-learn.

    Mirrors ``sklearn.preprocessing.PolynomialFeatures`` (``degree`` is one number; ``order`` is
    absent).

    Proven equal to scikit-learn, exactly (``tests/test_preprocessing.py``,
    ``tests/test_registry.py``).

    Book: chapters/05-regression/linear-models
    """

    def __init__(
        self,
        degree: int = 2,
        *,
        interaction_only: bool = False,
        include_bias: bool = True,
        device: Any = None,
    ) -> None:
        self.degree = degree
        self.interaction_only = interaction_only
        self.include_bias = include_bias
        self.device = device

    def fit(self, X: Any, y: Any = None) -> PolynomialFeatures:
        """Learn the number of columns, and with it the powers."""
        degree = check_degree(self.degree)
        if degree == 0 and not self.include_bias:
            raise ValueError("degree must be above 0 without a bias, got 0: no column is left")
        self._fit_features(X)
        columns = range(self.n_features_in_)
        choose = combinations if self.interaction_only else combinations_with_replacement
        least = 0 if self.include_bias else 1
        monomials = list(chain.from_iterable(choose(columns, k) for k in range(least, degree + 1)))
        self.powers_ = np.array([[Counter(m)[c] for c in columns] for m in monomials], dtype=int)
        self.n_output_features_ = len(monomials)
        self._factors = monomials
        return self

    def transform(self, X: Any) -> Any:
        """Return the table of monomials, Tensor[n, outputs]."""
        data = self._data(X)
        known: dict[tuple[int, ...], Tensor] = {(): data.new_ones(len(data))}
        for column in range(data.shape[1]):
            known[(column,)] = data[:, column]
        return give(torch.stack([_product(m, known) for m in self._factors], dim=1), X)

    def get_feature_names_out(self, input_features: Any = None) -> np.ndarray:
        """Return names such as ``x0^2 x1`` for the output columns."""
        check_is_fitted(self)
        names = _names(self, input_features)
        words = [
            [n if p == 1 else f"{n}^{p}" for n, p in zip(names, row, strict=True) if p]
            for row in self.powers_
        ]
        return np.array([" ".join(word) or "1" for word in words], dtype=object)


def _product(monomial: tuple[int, ...], known: dict[tuple[int, ...], Tensor]) -> Tensor:
    """Return a monomial as its first factor times the monomial of the others."""
    if monomial not in known:
        known[monomial] = known[monomial[:1]] * _product(monomial[1:], known)
    return known[monomial]


def _names(estimator: Any, input_features: Any) -> list[str]:
    """Return the names of the input columns, in scikit-learn's way."""
    seen = getattr(estimator, "feature_names_in_", None)
    if input_features is None:
        return (
            list(seen) if seen is not None else [f"x{i}" for i in range(estimator.n_features_in_)]
        )
    if seen is not None and list(input_features) != list(seen):
        raise ValueError("input_features is not equal to feature_names_in_")
    if len(input_features) != estimator.n_features_in_:
        raise ValueError(
            f"input_features should have length equal to number of features "
            f"({estimator.n_features_in_}), got {len(input_features)}"
        )
    return list(input_features)
