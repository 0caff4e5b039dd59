"""How far predictions are from the truth: errors in the unit of y, and R²."""

from __future__ import annotations

import warnings
from typing import Any, NamedTuple

import torch
from sklearn.exceptions import UndefinedMetricWarning
from torch import Tensor

from companion.metrics._check import check_outputs, check_pair, check_weights

AVERAGES = ("raw_values", "uniform_average")


class SumsOfSquares(NamedTuple):
    """The three sums of squares of a fit: total, error and regression.

    ::

        SST = Σ (y - ȳ)²        SSE = Σ (y - ŷ)²        SSR = Σ (ŷ - ȳ)²

    Proven equal to the sums, term by term (``tests/test_registry.py``).

    Book: chapters/05-regression/goodness-of-fit
    """

    SST: Any
    SSE: Any
    SSR: Any


def mean_squared_error(
    y_true: Any,
    y_pred: Any,
    *,
    sample_weight: Any = None,
    multioutput: str = "uniform_average",
) -> Any:
    """Return the mean of the squared errors, in the unit of y squared.

    ::

        MSE = 1/n Σ (y - ŷ)²

    Parameters
    ----------
    y_true, y_pred : truth and prediction, [n] or [n, outputs]; both tensors or both arrays.
    sample_weight : [n], how much each sample counts.
    multioutput : ``"uniform_average"`` over the outputs, or ``"raw_values"`` for each.

    Returns
    -------
    float for arrays; Tensor[] on their device for tensors.

    Raises
    ------
    TypeError, ValueError
        For different kinds or sizes, NaN or infinity, no samples, or an unknown ``multioutput``.

    Mirrors ``sklearn.metrics.mean_squared_error``.

    Proven equal to scikit-learn (``tests/test_registry.py``).

    Book: chapters/05-regression/goodness-of-fit
    """
    return _mean(_squares(y_true, y_pred, sample_weight), multioutput, y_true)


def root_mean_squared_error(
    y_true: Any,
    y_pred: Any,
    *,
    sample_weight: Any = None,
    multioutput: str = "uniform_average",
) -> Any:
    """Return the root of the mean squared error, in the unit of y.

    ::

        RMSE = √(1/n Σ (y - ŷ)²)

    Arguments and errors are those of :func:`mean_squared_error`; several outputs are averaged
    after the root.

    Mirrors ``sklearn.metrics.root_mean_squared_error``.

    Proven equal to scikit-learn (``tests/test_registry.py``).

    Book: chapters/05-regression/goodness-of-fit
    """
    return _mean(_squares(y_true, y_pred, sample_weight).sqrt(), multioutput, y_true)


def mean_absolute_error(
    y_true: Any,
    y_pred: Any,
    *,
    sample_weight: Any = None,
    multioutput: str = "uniform_average",
) -> Any:
    """Return the mean of the absolute errors, in the unit of y.

    ::

        MAE = 1/n Σ |y - ŷ|

    Arguments and errors are those of :func:`mean_squared_error`.

    Mirrors ``sklearn.metrics.mean_absolute_error``.

    Proven equal to scikit-learn (``tests/test_registry.py``).

    Book: chapters/05-regression/goodness-of-fit
    """
    true, predicted = check_pair(y_true, y_pred)
    weights = check_weights(sample_weight, true)
    return _mean(_average((true - predicted).abs(), weights), multioutput, y_true)


def r2_score(
    y_true: Any,
    y_pred: Any,
    *,
    sample_weight: Any = None,
    multioutput: str = "uniform_average",
) -> Any:
    """Return R², the share of the spread of y that the prediction explains.

    ::

        R² = 1 - SSE/SST = 1 - Σ (y - ŷ)² / Σ (y - ȳ)²  ≤ 1

    The mean of y as prediction scores 0, a worse one less. Where y is constant, a perfect
    prediction scores 1 and any other 0. With one sample the score is NaN, with a warning.

    Parameters and errors are those of :func:`mean_squared_error`; ``multioutput`` may also be
    ``"variance_weighted"``.

    Mirrors ``sklearn.metrics.r2_score`` (``force_finite`` is absent, as if True).

    Proven equal to scikit-learn (``tests/test_registry.py``).

    Book: chapters/05-regression/goodness-of-fit
    """
    average = check_outputs(multioutput, (*AVERAGES, "variance_weighted"))
    true, predicted = check_pair(y_true, y_pred)
    weights = check_weights(sample_weight, true)
    if len(true) < 2:
        words = "R^2 score is not well-defined with less than two samples."
        warnings.warn(words, UndefinedMetricWarning, stacklevel=2)
        return _kind(true.new_full((), torch.nan), y_true)
    error = weights @ (true - predicted) ** 2
    total = weights @ (true - _average(true, weights)) ** 2
    explained = 1 - error / torch.where(total == 0, torch.ones_like(total), total)
    constant = torch.where(error == 0, torch.ones_like(error), torch.zeros_like(error))
    scores = torch.where(total == 0, constant, explained)
    if average == "variance_weighted":
        spread = total if bool((total != 0).any()) else torch.ones_like(total)
        return _kind((scores * spread).sum() / spread.sum(), y_true)
    return _mean(scores, average, y_true)


def sums_of_squares(y_true: Any, y_pred: Any) -> SumsOfSquares:
    """Return SST, SSE and SSR of a prediction.

    ::

        SST = Σ (y - ȳ)²        SSE = Σ (y - ŷ)²        SSR = Σ (ŷ - ȳ)²

    SST = SSE + SSR holds for least squares with intercept on its own data, not in general.

    Parameters
    ----------
    y_true, y_pred : truth and prediction, [n]; both tensors or both arrays.

    Raises
    ------
    TypeError, ValueError
        For different kinds or sizes, NaN or infinity, no samples.

    Proven equal to the sums, term by term (``tests/test_registry.py``).

    Book: chapters/05-regression/goodness-of-fit
    """
    true, predicted = check_pair(y_true, y_pred)
    mean = true.mean(0)
    pieces = (true - mean, true - predicted, predicted - mean)
    return SumsOfSquares(*(_kind((piece**2).sum(), y_true) for piece in pieces))


def _squares(y_true: Any, y_pred: Any, sample_weight: Any) -> Tensor:
    """Return the mean square of each output."""
    true, predicted = check_pair(y_true, y_pred)
    return _average((true - predicted) ** 2, check_weights(sample_weight, true))


def _average(table: Tensor, weights: Tensor) -> Tensor:
    return weights @ table / weights.sum()


def _mean(scores: Tensor, multioutput: str, like: Any) -> Any:
    """Return one score, or that of each output, of the kind that came."""
    if check_outputs(multioutput, AVERAGES) == "uniform_average":
        return _kind(scores.mean(), like)
    return _kind(scores, like)


def _kind(result: Tensor, like: Any) -> Any:
    """Return a tensor for tensors, else a float or an array."""
    if isinstance(like, Tensor):
        return result
    return result.numpy() if result.ndim else float(result)
