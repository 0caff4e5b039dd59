"""Scores over a parameter, and over the number of training samples."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import numpy as np
from sklearn.base import clone
from sklearn.utils import check_random_state

from companion.model_selection._rows import rows
from companion.model_selection.validation import check_scoring, folds, table


def validation_curve(
    estimator: Any,
    X: Any,
    y: Any,
    *,
    param_name: str,
    param_range: Iterable[Any],
    cv: Any = None,
    scoring: Any = None,
) -> tuple[Any, Any]:
    """Return training and test scores for each value of one parameter.

    Parameters
    ----------
    estimator, X, y, cv, scoring : as in :func:`cross_val_score`.
    param_name : a parameter of the estimator, or of a step of a pipeline (``"ridge__alpha"``).
    param_range : its values.

    Returns
    -------
    train_scores, test_scores : [values, folds], of the kind of X.

    Raises
    ------
    TypeError, ValueError
        As :func:`cross_val_score`; ``ValueError`` for an unknown parameter or no values.

    Mirrors ``sklearn.model_selection.validation_curve``.

    Proven equal to scikit-learn (``tests/model_selection/test_validation.py``,
    ``tests/test_registry.py``).

    Book: chapters/05-regression/generalization
    """
    score = check_scoring(estimator, scoring)
    values = list(param_range)
    if not values:
        raise ValueError("param_range must not be empty")
    splits = folds(estimator, X, y, cv)
    pairs = []
    for value in values:
        model = clone(estimator).set_params(**{param_name: clone(value, safe=False)})
        pairs.append([_fit_and_score(model, X, y, train, test, score) for train, test in splits])
    return _apart(pairs, X)


def learning_curve(
    estimator: Any,
    X: Any,
    y: Any,
    *,
    train_sizes: Any = (0.1, 0.325, 0.55, 0.775, 1.0),
    cv: Any = None,
    scoring: Any = None,
    shuffle: bool = False,
    random_state: Any = None,
) -> tuple[np.ndarray, Any, Any]:
    """Return training and test scores for growing parts of the training folds.

    Parameters
    ----------
    estimator, X, y, cv, scoring : as in :func:`cross_val_score`.
    train_sizes : shares of the largest possible training set (floats), or numbers of samples.
    shuffle : permute the training fold before its first samples are taken.
    random_state : for ``shuffle``.

    Returns
    -------
    train_sizes_abs : array, the numbers of samples, each once and in ascending order.
    train_scores, test_scores : [sizes, folds], of the kind of X.

    Raises
    ------
    TypeError, ValueError
        As :func:`cross_val_score`; ``ValueError`` for sizes out of range.

    Mirrors ``sklearn.model_selection.learning_curve``.

    Proven equal to scikit-learn (``tests/model_selection/test_validation.py``,
    ``tests/test_registry.py``).

    Book: chapters/05-regression/bias-variance
    """
    score = check_scoring(estimator, scoring)
    splits = folds(estimator, X, y, cv)
    sizes = _sizes(train_sizes, len(splits[0][0]))
    if shuffle:
        generator = check_random_state(random_state)
        splits = [(generator.permutation(np.asarray(train)), test) for train, test in splits]
    pairs = [
        [_fit_and_score(estimator, X, y, train[:size], test, score) for train, test in splits]
        for size in sizes
    ]
    return (sizes, *_apart(pairs, X))


def _fit_and_score(
    estimator: Any, X: Any, y: Any, train: Any, test: Any, score: Any
) -> tuple[Any, Any]:
    """Return the score on the samples that were fitted, and on the others."""
    fitted = clone(estimator).fit(rows(X, train), rows(y, train))
    at_train = score(fitted, rows(X, train), rows(y, train))
    return at_train, score(fitted, rows(X, test), rows(y, test))


def _apart(pairs: list[list[tuple[Any, Any]]], like: Any) -> tuple[Any, Any]:
    """Return the training scores and the test scores, each as a table."""
    train, test = ([[pair[i] for pair in row] for row in pairs] for i in (0, 1))
    return table(train, like), table(test, like)


def _sizes(train_sizes: Any, most: int) -> np.ndarray:
    """Return numbers of samples from shares or numbers, each once."""
    sizes = np.asarray(train_sizes)
    if sizes.dtype.kind == "f":
        if sizes.size == 0 or sizes.min() <= 0 or sizes.max() > 1:
            raise ValueError(f"train_sizes must be shares within (0, 1], got {train_sizes}")
        return np.unique(np.clip((sizes * most).astype(int), 1, most))
    if sizes.size == 0 or sizes.min() <= 0 or sizes.max() > most:
        raise ValueError(f"train_sizes must be numbers within (0, {most}], got {train_sizes}")
    return np.unique(sizes)
