"""Cross-validation: fit on all folds but one, score on that one."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch
from sklearn.base import clone, is_classifier
from sklearn.metrics import get_scorer
from sklearn.model_selection import StratifiedKFold
from torch import Tensor

from companion.model_selection._rows import count, is_int, rows
from companion.model_selection.split import KFold

Scorer = Callable[[Any, Any, Any], Any]


def cross_val_score(
    estimator: Any, X: Any, y: Any = None, *, scoring: Any = None, cv: Any = None
) -> Any:
    """Return the score of each fold, for an estimator that was fitted to the others.

    Parameters
    ----------
    estimator : an estimator with ``fit`` and ``score``; it is cloned, never changed.
    X, y : tensors, arrays or frames, n rows.
    scoring : ``scoring(estimator, X, y)``, a name that scikit-learn knows (arrays only), or None
        for the estimator's own ``score``.
    cv : number of folds, an object with ``split``, the splits themselves, or None for 5 folds;
        a number means stratified folds for classifiers.

    Returns
    -------
    array[folds] or Tensor[folds], the kind of X.

    Raises
    ------
    TypeError
        If the estimator has no ``fit``, or the scoring or cv is of no known kind.
    ValueError
        As ``KFold``. An error in a fit is raised, where scikit-learn would return NaN.

    Mirrors ``sklearn.model_selection.cross_val_score``.

    Proven equal to scikit-learn (``tests/model_selection/test_validation.py``,
    ``tests/test_registry.py``).

    Book: chapters/05-regression/generalization
    """
    score = check_scoring(estimator, scoring)
    scores = []
    for train, test in folds(estimator, X, y, cv):
        fitted = clone(estimator).fit(rows(X, train), rows(y, train))
        scores.append(score(fitted, rows(X, test), rows(y, test)))
    return table(scores, X)


def check_scoring(estimator: Any, scoring: Any) -> Scorer:
    """Return a function that scores a fitted estimator."""
    if not hasattr(estimator, "fit"):
        raise TypeError(f"estimator must have a method fit, got {type(estimator).__name__}")
    if scoring is None:
        return _own_score
    if isinstance(scoring, str):
        scorer: Scorer = get_scorer(scoring)
        return scorer
    if not callable(scoring):
        raise TypeError(f"scoring must be callable, a name or None, got {type(scoring).__name__}")
    return scoring  # type: ignore[no-any-return]


def _own_score(fitted: Any, X: Any, y: Any) -> Any:
    return fitted.score(X) if y is None else fitted.score(X, y)


def folds(estimator: Any, X: Any, y: Any, cv: Any) -> list[tuple[Any, Any]]:
    """Return the splits that ``cv`` stands for."""
    count(X, y)
    if cv is None or is_int(cv):
        if is_classifier(estimator):
            labels = y.cpu().numpy() if isinstance(y, Tensor) else y
            return list(StratifiedKFold(5 if cv is None else int(cv)).split(labels, labels))
        cv = KFold(5 if cv is None else int(cv))
    if hasattr(cv, "split") and not isinstance(cv, str):
        return list(cv.split(X, y))
    if isinstance(cv, Iterable) and not isinstance(cv, str):
        return list(cv)
    raise TypeError(f"cv must be an int, splits or None, got {type(cv).__name__}")


def table(scores: list[Any], like: Any) -> Any:
    """Return numbers, or rows of numbers, as a tensor beside a tensor, else as an array."""
    if not isinstance(like, Tensor):
        return np.array(scores, dtype=float)
    if isinstance(scores[0], list):
        return torch.stack([table(row, like) for row in scores])
    dtype = like.dtype if like.is_floating_point() else torch.get_default_dtype()
    return torch.stack(
        [torch.as_tensor(score, dtype=dtype, device=like.device) for score in scores]
    )
