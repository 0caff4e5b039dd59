"""The whole ``fit`` of each linear model, validation included, against scikit-learn's."""

from __future__ import annotations

from typing import Any

import numpy as np
import sklearn.linear_model
from sklearn.datasets import load_diabetes

from benchmarks._case import Case
from companion import linear_model

# name, size, options of both, and how many times as fast ours should be
FITS: tuple[tuple[str, str, dict[str, Any], float | None], ...] = (
    ("LinearRegression", "442 x 10", {}, None),
    ("LinearRegression", "1e4 x 50", {}, 0.9),
    ("Ridge", "442 x 10", {}, 1.5),
    ("Ridge", "1e5 x 50", {}, 0.8),
    ("BayesianRidge", "442 x 10", {}, 1.5),
    ("BayesianRidge", "1e4 x 50", {}, 3.0),
    ("Lasso", "442 x 10", {"alpha": 0.1}, None),
    ("HuberRegressor", "442 x 10", {"max_iter": 1000}, None),
)
PATHS = {"442 x 10": 0.3, "1e4 x 50": 0.3}


def data(size: str) -> tuple[np.ndarray, np.ndarray]:
    """Return the diabetes table, or a random one of the size with a linear law and noise."""
    if size == "442 x 10":
        X, y = load_diabetes(return_X_y=True)
        return X, y
    n, p = (int(float(number)) for number in size.split(" x "))
    generator = np.random.default_rng(0)
    X = generator.normal(size=(n, p))
    return X, X @ generator.normal(size=p) + generator.normal(size=n)


def fit_case(name: str, size: str, options: dict[str, Any], goal: float | None) -> Case:
    X, y = data(size)
    ours = getattr(linear_model, name)(**options)
    theirs = getattr(sklearn.linear_model, name)(**options)
    return Case(family="linear models", name=name, size=size, peer="scikit-learn",
                ours=lambda: ours.fit(X, y), theirs=lambda: theirs.fit(X, y),
                goal=goal)  # fmt: skip


def path_case(size: str, goal: float) -> Case:
    X, y = data(size)
    X, y = X - X.mean(0), y - y.mean()
    return Case(family="linear models", name="lasso_path", size=size, peer="scikit-learn",
                ours=lambda: linear_model.lasso_path(X, y),
                theirs=lambda: sklearn.linear_model.lasso_path(X, y, alphas=100),
                goal=goal)  # fmt: skip


def cases() -> list[Case]:
    """Return a case for each model and size."""
    return [fit_case(*row) for row in FITS] + [path_case(*row) for row in PATHS.items()]
