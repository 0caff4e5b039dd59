"""Rows of ``companion.neural_network``: scikit-learn on arrays beside ours on tensors."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import sklearn.neural_network
import torch
from sklearn.exceptions import ConvergenceWarning
from torch import Tensor

from tests.registry._estimators import by_library, same_results
from tests.registry._row import Bad, Call, Row, call

X = torch.tensor([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 5.0]])
Y = torch.tensor([0, 1, 0, 1])
LISTS = ("coefs_", "intercepts_")
NUMBERS = ("loss_", "best_loss_", "n_iter_", "t_", "n_layers_", "n_outputs_", "out_activation_")
OPTIONS: list[dict[str, Any]] = [
    {"solver": "sgd", "learning_rate_init": 0.1},
    {"solver": "sgd", "nesterovs_momentum": False, "hidden_layer_sizes": 4, "shuffle": False},
    {"solver": "sgd", "learning_rate": "invscaling", "activation": "tanh", "momentum": 0.5},
    {"solver": "sgd", "learning_rate": "adaptive", "tol": 0.1, "n_iter_no_change": 2},
    {"solver": "adam", "activation": "logistic", "batch_size": 7, "alpha": 0.1},
    {"solver": "adam", "activation": "identity", "epsilon": 1e-3, "beta_1": 0.5, "beta_2": 0.9},
    {"solver": "adam", "early_stopping": True, "learning_rate_init": 0.02},
    {"solver": "sgd", "early_stopping": True, "learning_rate_init": 0.1, "tol": 0.2},
    {"solver": "adam", "hidden_layer_sizes": (), "tol": 0.05, "n_iter_no_change": 3},
]


def trained(*outputs: str, attributes: tuple[str, ...] = ()) -> Callable[..., dict[str, Any]]:
    """Return a ``run`` that gives outputs, layers and numbers after some epochs."""

    def run(found: Any, X: Any, y: Any, **params: Any) -> dict[str, Any]:
        options = {"hidden_layer_sizes": (5, 3), "max_iter": 12, "random_state": 4} | params
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", ConvergenceWarning)
            model = found(**options).fit(X, y)
        results = {name: getattr(model, name)(X) for name in outputs}
        results |= {name: getattr(model, name) for name in (*attributes, *NUMBERS)}
        for name in ("loss_", "best_loss_"):  # NumPy's number of the dtype in scikit-learn
            results[name] = None if results[name] is None else float(results[name])
        for name in LISTS:
            results |= {f"{name}[{k}]": part for k, part in enumerate(getattr(model, name))}
        curves = {"loss_curve_": model.loss_curve_, "scores": model.validation_scores_ or []}
        return results | {name: tuple(map(float, curve)) for name, curve in curves.items()}

    return run


def table(g: torch.Generator, dtype: torch.dtype) -> Tensor:
    return torch.randn(41, 3, generator=g, dtype=dtype) + 0.5


def classes(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    """Two and four classes, numbered from 0 or not, with each option."""
    X = table(g, dtype)
    two, four = (X[:, 0] > X[:, 1]).long(), 3 * (X[:, 0] > 0.5).long() + 7 * (X[:, 2] > 0.5).long()
    for this in OPTIONS:
        yield call(X, two, label=f"two {this}", **this)
        yield call(X, four - 3, label=f"four {this}", **this)


def targets(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    """One and two outputs, counts, with each option."""
    X = table(g, dtype)
    y = X[:, 0] * X[:, 1] + X[:, 2]
    for this in OPTIONS:
        yield call(X, y, label=f"one {this}", **this)
        yield call(X, torch.stack([y, X[:, 0] ** 2], 1), label=f"two {this}", **this)
        yield call(X, y.abs().ceil(), label=f"counts {this}", loss="poisson", **this)


def refused(**cases: tuple[Any, type[Exception], str]) -> tuple[Bad, ...]:
    """What ``fit`` says to bad parameters."""

    def make(name: str, value: Any) -> Callable[..., Any]:
        return lambda f: f(**{name.rstrip("_"): value}).fit(X, Y)

    return tuple(Bad(name, make(name, v), e, m) for name, (v, e, m) in cases.items())


BAD = (
    Bad("vector", lambda f: f().fit(Y, Y), ValueError, "Expected 2D array, got 1D array"),
    Bad("NaN", lambda f: f().fit(X / X, Y), ValueError, "Input X contains NaN"),
    Bad("lengths", lambda f: f().fit(X, Y[:2]), ValueError, r"inconsistent numbers .*\[4, 2\]"),
    Bad("kinds", lambda f: f().fit(X, Y.numpy()), TypeError, "y must be a torch.Tensor"),
    Bad("other kinds", lambda f: f().fit(X.numpy(), Y), TypeError, "X must be a torch.Tensor"),
    Bad("verbose", lambda f: f(verbose=True), TypeError, "verbose"),
    Bad("max_fun", lambda f: f(max_fun=9), TypeError, "max_fun"),
    *refused(
        hidden_layer_sizes=((5, 0), ValueError, "hidden_layer_sizes must be at least 1, got 0"),
        hidden_layer_sizes_=("5", TypeError, "hidden_layer_sizes must be an int or a sequence"),
        hidden_layer_sizes__=((2.5,), TypeError, "hidden_layer_sizes must be an int, got float"),
        activation=("sigmoid", ValueError, "activation must be one of .* got 'sigmoid'"),
        solver=("newton", ValueError, "solver must be one of .* got 'newton'"),
        alpha=(-1.0, ValueError, "alpha must be finite and at least 0, got -1.0"),
        batch_size=(0, ValueError, "batch_size must be at least 1, got 0"),
        batch_size_=("all", TypeError, "batch_size must be an int, got str"),
        learning_rate=("cosine", ValueError, "learning_rate must be one of .* got 'cosine'"),
        learning_rate_init=(0.0, ValueError, "learning_rate_init must be finite and above 0"),
        power_t=(-1.0, ValueError, "power_t must be finite and at least 0"),
        max_iter=(0, ValueError, "max_iter must be at least 1, got 0"),
        shuffle=(1, TypeError, "shuffle must be True or False, got 1"),
        tol=("1", TypeError, "tol must be a number, got str"),
        momentum=(1.5, ValueError, "momentum must be at most 1, got 1.5"),
        early_stopping=(None, TypeError, "early_stopping must be True or False, got None"),
        validation_fraction=(1.0, ValueError, "validation_fraction must be below 1, got 1.0"),
        beta_1=(1.0, ValueError, "beta_1 must be below 1, got 1.0"),
        beta_2=(-0.1, ValueError, "beta_2 must be finite and at least 0"),
        epsilon=(0.0, ValueError, "epsilon must be finite and above 0"),
        n_iter_no_change=(0, ValueError, "n_iter_no_change must be at least 1, got 0"),
        random_state=("1", ValueError, "'1' cannot be used to seed"),
    ),
)
CLASSIFIER = trained("predict", "predict_proba", "predict_log_proba", attributes=("classes_",))
REGRESSOR = trained("predict")
TOL = {torch.float64: 1e-10, torch.float32: 2e-4}


def same_training(ours: dict[str, Any], expected: dict[str, Any], tol: float) -> None:
    """The same results, and curves of losses and scores of the same length."""
    for name in ("loss_curve_", "scores"):
        np.testing.assert_allclose(ours.pop(name), expected.pop(name), rtol=tol, atol=tol)
    same_results(ours, expected, tol)


ROWS = [
    Row(
        name="neural_network.MLPClassifier",
        proof="library",
        mirrors="sklearn.neural_network.MLPClassifier",
        extra=("device",),
        inputs=classes,
        run=CLASSIFIER,
        expected=by_library(sklearn.neural_network.MLPClassifier, CLASSIFIER),
        compare=same_training,
        tol=TOL,
        bad=(
            *BAD,
            Bad("real y", lambda f: f().fit(X, Y + 0.5), ValueError, "Unknown label type"),
            Bad("labels", lambda f: f().fit(X, X), ValueError, "y should be a 1d array"),
        ),
    ),
    Row(
        name="neural_network.MLPRegressor",
        proof="library",
        mirrors="sklearn.neural_network.MLPRegressor",
        extra=("device",),
        inputs=targets,
        run=REGRESSOR,
        expected=by_library(sklearn.neural_network.MLPRegressor, REGRESSOR),
        compare=same_training,
        tol=TOL,
        bad=(
            *BAD,
            *refused(loss=("huber", ValueError, "loss must be one of .* got 'huber'")),
            Bad("counts", lambda f: f("poisson").fit(X, -Y), ValueError, "y must not be negative"),
        ),
    ),
]
