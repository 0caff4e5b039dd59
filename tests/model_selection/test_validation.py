"""Scores of folds: classifiers, named scores, tensors, clones."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sklearn.model_selection as library
import torch
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from companion.model_selection import cross_val_score, learning_curve, validation_curve

GENERATOR = np.random.default_rng(0)
X = GENERATOR.normal(size=(40, 3))
Y = X @ [1.0, -2.0, 0.5] + GENERATOR.normal(size=40)


def test_classifiers_get_stratified_folds() -> None:
    labels = (Y > 1).astype(int)
    for cv in (None, 4):
        ours = cross_val_score(LogisticRegression(), X, labels, cv=cv)
        theirs = library.cross_val_score(LogisticRegression(), X, labels, cv=cv)
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)
    by_tensor = cross_val_score(LogisticRegression(), torch.tensor(X), torch.tensor(labels), cv=4)
    np.testing.assert_allclose(by_tensor, theirs, rtol=1e-12)


def test_scores_by_name_by_function_and_by_splits() -> None:
    splits = list(library.KFold(3).split(X))
    name = "neg_mean_squared_error"
    theirs = library.cross_val_score(Ridge(), X, Y, scoring=name, cv=splits)

    def score(model: Any, X: Any, y: Any) -> float:
        return -float(((model.predict(X) - y) ** 2).mean())

    for scoring in (name, score):
        ours = cross_val_score(Ridge(), X, Y, scoring=scoring, cv=splits)
        np.testing.assert_allclose(ours, theirs, rtol=1e-12)


def test_the_estimator_stays_unfitted() -> None:
    model = make_pipeline(StandardScaler(), Ridge())
    cross_val_score(model, X, Y)
    validation_curve(model, X, Y, param_name="ridge__alpha", param_range=[1.0, 2.0])
    learning_curve(model, X, Y)
    assert not hasattr(model[-1], "coef_") and model[-1].alpha == 1.0


@pytest.mark.parametrize("options", [{}, {"train_sizes": [7]}, {"train_sizes": [32, 5, 32]}])
def test_sizes_are_the_librarys(options: dict[str, Any]) -> None:
    """The defaults; a single number; all samples that the training folds hold, said twice."""
    ours = learning_curve(Ridge(), X, Y, **options)
    theirs = library.learning_curve(Ridge(), X, Y, **options)
    for mine, other in zip(ours, theirs, strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-12)


@pytest.mark.parametrize(
    "sizes", [[-1], [-3, 5], [0], [33], [-0.1, 0.5], [0.0], [1.01], [], np.arange(0)], ids=str
)
def test_sizes_out_of_range_are_refused_as_by_the_library(sizes: Any) -> None:
    with pytest.raises(ValueError, match="train_sizes must be"):
        learning_curve(Ridge(), X, Y, train_sizes=sizes)
    with pytest.raises(ValueError):
        library.learning_curve(Ridge(), X, Y, train_sizes=sizes)


def test_tensors_give_tensors() -> None:
    tensors = (torch.tensor(X, dtype=torch.float32), torch.tensor(Y, dtype=torch.float32))
    scores = cross_val_score(Ridge(), *tensors)
    assert scores.dtype == torch.float32 and scores.shape == (5,)
    curve = validation_curve(Ridge(), *tensors, param_name="alpha", param_range=[1, 2, 3])
    assert all(isinstance(c, torch.Tensor) and c.shape == (3, 5) for c in curve)
