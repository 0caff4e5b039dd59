"""What a user does with any of the estimators: pipelines, searches, frames, copies, odd data."""

from __future__ import annotations

import pickle
import warnings
from typing import Any

import numpy as np
import pandas as pd
import pytest
import sklearn.linear_model
import torch
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.model_selection import GridSearchCV, cross_val_score
from sklearn.pipeline import make_pipeline

from companion import linear_model, model_selection
from companion.preprocessing import PolynomialFeatures, StandardScaler

NAMES = ["LinearRegression", "Ridge", "Lasso", "ElasticNet", "HuberRegressor", "BayesianRidge"]
OWN = [*NAMES, "BayesianLinearRegression"]
G = np.random.default_rng(0)
FRAME = pd.DataFrame(G.normal(size=(40, 3)), columns=["load", "span", "depth"])
Y = FRAME.to_numpy() @ [1.0, -2.0, 0.5] + 3 + 0.1 * G.normal(size=40)


def make(name: str, **options: Any) -> Any:
    return getattr(linear_model, name)(**options)


@pytest.mark.parametrize("name", OWN)
def test_in_a_pipeline_copied_and_stored(name: str) -> None:
    model = make_pipeline(PolynomialFeatures(2, include_bias=False), StandardScaler(), make(name))
    fitted = model.fit(FRAME, Y)
    again = pickle.loads(pickle.dumps(fitted))
    np.testing.assert_array_equal(again.predict(FRAME), fitted.predict(FRAME))
    assert not hasattr(clone(fitted)[-1], "coef_")
    scores = cross_val_score(model, FRAME, Y)
    np.testing.assert_allclose(model_selection.cross_val_score(model, FRAME, Y), scores, rtol=1e-9)


@pytest.mark.parametrize("name", ["Ridge", "Lasso", "ElasticNet", "HuberRegressor"])
def test_a_search_finds_the_price_that_the_library_finds(name: str) -> None:
    grid = {"alpha": [1e-4, 1e-1, 10.0]}
    ours = GridSearchCV(make(name), grid).fit(FRAME, Y)
    theirs = GridSearchCV(getattr(sklearn.linear_model, name)(), grid).fit(FRAME, Y)
    assert ours.best_params_ == theirs.best_params_
    assert ours.best_score_ == pytest.approx(theirs.best_score_, abs=1e-3)


@pytest.mark.parametrize("name", OWN)
@pytest.mark.parametrize("dtype", [np.float32, np.float64])
def test_precision_and_names_stay(name: str, dtype: type) -> None:
    fitted = make(name).fit(FRAME.astype(dtype), Y.astype(dtype))
    assert fitted.coef_.dtype == fitted.predict(FRAME.astype(dtype)).dtype == dtype
    assert list(fitted.feature_names_in_) == list(FRAME.columns)
    with pytest.raises(ValueError, match="feature names should match"):
        fitted.predict(FRAME[["span", "load", "depth"]])


@pytest.mark.parametrize("name", OWN)
def test_tensors_learn_what_arrays_learn(name: str) -> None:
    X, y = torch.tensor(FRAME.to_numpy()), torch.tensor(Y)
    by_tensor, by_array = make(name).fit(X, y), make(name).fit(FRAME.to_numpy(), Y)
    assert isinstance(by_tensor.coef_, torch.Tensor)
    np.testing.assert_allclose(by_tensor.coef_, by_array.coef_, rtol=1e-12)
    assert float(by_tensor.score(X, y)) == pytest.approx(by_array.score(FRAME.to_numpy(), Y))


ODD = {
    "fewer samples than features": (G.normal(size=(3, 6)), G.normal(size=3)),
    "constant columns": (np.ones((6, 2)), G.normal(size=6)),
    "one constant column": (np.column_stack([G.normal(size=9), np.ones(9)]), G.normal(size=9)),
    "a constant target": (G.normal(size=(8, 2)), np.full(8, 4.0)),
    "twin columns": (np.repeat(G.normal(size=(12, 1)), 2, axis=1), G.normal(size=12)),
    "one sample": (np.array([[1.0, 2.0]]), np.array([3.0])),
}


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize("case", ODD)
def test_odd_data_are_predicted_as_by_the_library(name: str, case: str) -> None:
    """The weights need not be unique then, but the prediction at the data is."""
    X, y = ODD[case]
    options = {"tol": 1e-10, "max_iter": 100_000} if name in ("Lasso", "ElasticNet") else {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", ConvergenceWarning)
        warnings.simplefilter("ignore", RuntimeWarning)
        ours = make(name, **options).fit(X, y).predict(X)
        theirs = getattr(sklearn.linear_model, name)(**options).fit(X, y).predict(X)
    assert np.isfinite(ours).all()
    loose = 0.05 if name == "HuberRegressor" else 1e-4 if name == "BayesianRidge" else 1e-6
    np.testing.assert_allclose(ours, theirs, atol=loose * (1 + abs(y).max()))


def test_columns_that_nearly_depend_keep_their_fit() -> None:
    """Sixteen yearly figures that all grow together, as in Longley's table."""
    years = np.arange(16.0)
    noise = G.normal(size=(16, 5))
    X = 1e5 + 1e4 * years[:, None] + 10 * noise
    y = 60_000 + X @ [0.5, -0.2, 0.3, 0.1, -0.4]
    model = linear_model.LinearRegression().fit(X, y)
    np.testing.assert_allclose(model.coef_, [0.5, -0.2, 0.3, 0.1, -0.4], rtol=1e-7)
    assert model.singular_.max() / model.singular_.min() > 1e3
