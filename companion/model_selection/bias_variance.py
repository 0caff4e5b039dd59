"""Bias and variance of an estimator, from many training sets."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from sklearn.base import clone
from torch import Tensor

from companion.model_selection._rows import is_int


class BiasVariance(NamedTuple):
    """The parts of the squared error at each point, and the predictions they come from.

    ::

        error = 1/R Σ (ŷ_r - f)² = bias² + variance

    Proven equal to the identity above (``tests/test_registry.py``).

    Book: chapters/05-regression/bias-variance
    """

    bias: Any
    variance: Any
    error: Any
    predictions: Any


def bias_variance(
    estimator: Any,
    sample: Callable[[int], tuple[Any, Any]],
    x: Any,
    f: Any,
    n_repeats: int = 200,
) -> BiasVariance:
    """Fit an estimator to many training sets and split its error at the points x.

    ::

        bias(x) = mean_r ŷ_r(x) - f(x)        variance(x) = mean_r (ŷ_r(x) - mean_r ŷ_r(x))²

    A new reading with noise of variance σ² has the expected squared error bias² + variance + σ².

    Parameters
    ----------
    estimator : an estimator with ``fit`` and ``predict``; it is cloned, never changed.
    sample : ``sample(r)`` draws training set number r = 0, 1, ... as (X, y).
    x : points [m, features].
    f : the truth at the points, [m], or a function that returns it.
    n_repeats : number R of training sets.

    Returns
    -------
    BiasVariance with bias, variance and error [m] and predictions [R, m]; tensors if x is one.

    Raises
    ------
    TypeError
        If n_repeats is no int, sample not callable, or the estimator has no ``fit``.
    ValueError
        If n_repeats is below 1 or the truth has another size than x.

    Proven equal to the closed form of the hat matrix for least squares, within the error of the
    Monte Carlo sum (``tests/model_selection/test_bias_variance.py``, ``tests/test_registry.py``).

    Book: chapters/05-regression/bias-variance
    """
    if not hasattr(estimator, "fit"):
        raise TypeError(f"estimator must have a method fit, got {type(estimator).__name__}")
    if not callable(sample):
        raise TypeError(f"sample must be callable, got {type(sample).__name__}")
    if not is_int(n_repeats):
        raise TypeError(f"n_repeats must be an int, got {type(n_repeats).__name__}")
    if n_repeats < 1:
        raise ValueError(f"n_repeats must be at least 1, got {n_repeats}")
    truth = f(x) if callable(f) else f
    if np.ndim(truth) != 1 or len(truth) != len(x):
        raise ValueError(f"f must give one number for each of the {len(x)} points")
    fits = [clone(estimator).fit(*sample(r)).predict(x) for r in range(int(n_repeats))]
    predictions = torch.stack(fits) if isinstance(fits[0], Tensor) else np.stack(fits)
    mean = predictions.mean(0)
    return BiasVariance(
        bias=mean - truth,
        variance=((predictions - mean) ** 2).mean(0),
        error=((predictions - truth) ** 2).mean(0),
        predictions=predictions,
    )
