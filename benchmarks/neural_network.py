"""Whole fits of networks on digits, validation included, against scikit-learn's."""

from __future__ import annotations

import warnings
from collections.abc import Callable
from typing import Any

import numpy as np
import sklearn.neural_network
from sklearn.datasets import load_digits
from sklearn.exceptions import ConvergenceWarning

from benchmarks._case import Case
from companion import neural_network

# solver, dtype, and how many times as fast ours should be
FITS = (("sgd", np.float64, 1.3), ("adam", np.float64, 1.3), ("sgd", np.float32, None))


def epochs(kind: Any, X: np.ndarray, y: np.ndarray, solver: str) -> Callable[[], object]:
    """Return five epochs of a 64-64-10 network in batches of 64."""
    model = kind((64,), solver=solver, batch_size=64, max_iter=5, random_state=0)

    def fit() -> object:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            return model.fit(X, y)

    return fit


def cases() -> list[Case]:
    """Return a case for each solver and dtype."""
    X, y = load_digits(return_X_y=True)
    found = []
    for solver, dtype, goal in FITS:
        data = (X / 16).astype(dtype)
        ours, theirs = (
            epochs(library.MLPClassifier, data, y, solver)
            for library in (neural_network, sklearn.neural_network)
        )
        size = f"64-64-10, batch 64, {solver}, {np.dtype(dtype).name}"
        found.append(Case(family="neural networks", name="MLPClassifier", size=size,
                          peer="scikit-learn", ours=ours, theirs=theirs, goal=goal))  # fmt: skip
    return found
