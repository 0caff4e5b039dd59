"""Scores of predictions."""

from companion.metrics.regression import (
    SumsOfSquares,
    mean_absolute_error,
    mean_squared_error,
    r2_score,
    root_mean_squared_error,
    sums_of_squares,
)

__all__ = [
    "SumsOfSquares",
    "mean_absolute_error",
    "mean_squared_error",
    "r2_score",
    "root_mean_squared_error",
    "sums_of_squares",
]
