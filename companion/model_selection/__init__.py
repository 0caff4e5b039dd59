"""Splitting data, and judging an estimator on data that its fit has not seen."""

from companion.model_selection.bias_variance import BiasVariance, bias_variance
from companion.model_selection.curves import learning_curve, validation_curve
from companion.model_selection.grid import ParameterGrid
from companion.model_selection.split import KFold, train_test_split
from companion.model_selection.validation import cross_val_score

__all__ = [
    "BiasVariance",
    "KFold",
    "ParameterGrid",
    "bias_variance",
    "cross_val_score",
    "learning_curve",
    "train_test_split",
    "validation_curve",
]
