"""Rows of ``companion.linear_model``: scikit-learn on arrays beside ours on tensors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import sklearn.linear_model
import torch
from torch import Tensor

from tests.registry._estimators import by_library, fitted, same_results
from tests.registry._row import Bad, Call, Row, call, close

X = torch.tensor([[0.0, 1.0], [1.0, 0.0], [2.0, 1.0], [3.0, 5.0]])
Y = torch.tensor([1.0, 2.0, 4.0, 3.0])


def planes(*options: dict[str, Any], outputs: bool = True) -> Callable[..., Iterator[Call]]:
    """Return inputs: tall and wide tables, one and several outputs, shifted data, each option."""

    def inputs(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
        for n, p in ((20, 1), (30, 4), (5, 8), (2, 1)):
            table = torch.randn(n, p, generator=g, dtype=dtype) + 2
            target = table.sum(1) + 3 + torch.randn(n, generator=g, dtype=dtype)
            for this in options:
                yield call(table, target, label=f"{n}x{p} {this}", **this)
                if outputs:
                    two = torch.stack([target, table[:, 0] ** 2], dim=1)
                    yield call(table, two, label=f"{n}x{p} two outputs {this}", **this)
        yield call(table.mT.contiguous().mT, target, label="transposed memory", **options[0])

    return inputs


def refused(**cases: tuple[Any, type[Exception], str]) -> tuple[Bad, ...]:
    """What ``fit`` says to bad parameters."""

    def make(name: str, value: Any) -> Callable[..., Any]:
        return lambda f: f(**{name.rstrip("_"): value}).fit(X, Y)

    return tuple(Bad(name, make(name, v), e, m) for name, (v, e, m) in cases.items())


DATA = (
    Bad("vector", lambda f: f().fit(Y, Y), ValueError, "Expected 2D array, got 1D array"),
    Bad("NaN", lambda f: f().fit(X / X, Y), ValueError, "Input X contains NaN"),
    Bad("lengths", lambda f: f().fit(X, Y[:2]), ValueError, r"inconsistent numbers .*\[4, 2\]"),
    Bad("kinds", lambda f: f().fit(X, Y.numpy()), TypeError, "y must be a torch.Tensor"),
    Bad("features", lambda f: f().fit(X, Y).predict(X[:, :1]), ValueError, "X has 1 features"),
)
LEARNED = ("coef_", "intercept_")
PREDICT = fitted("predict", attributes=LEARNED)
RANK = fitted("predict", attributes=(*LEARNED, "rank_", "singular_"))
EXACT = {torch.float64: 1e-10, torch.float32: 2e-3}
ALPHAS = [{"alpha": a, "fit_intercept": i} for a in (1e-3, 1.0, 50.0) for i in (True, False)]

LASSO = fitted("predict", attributes=LEARNED)
CONVERGED = {"tol": 1e-13, "max_iter": 100_000}
SPARSE = [
    {"alpha": a, "fit_intercept": i, **CONVERGED} for a in (0.05, 0.5, 9.0) for i in (True, False)
]
MIXED = [{"l1_ratio": r, **this} for this in SPARSE for r in (0.3, 0.9)]
BAYES = fitted("predict", attributes=(*LEARNED, "alpha_", "lambda_", "sigma_", "n_iter_"))
HUBER = fitted("predict", attributes=(*LEARNED, "scale_"))
BELIEF = fitted("predict", attributes=("coef_", "covariance_", "precision_"))
NEURON = fitted("predict", "decision_function", attributes=(*LEARNED, "n_iter_"))
EPOCHS = (
    {"max_iter": 99},
    {"max_iter": 9, "tol": None, "random_state": 7},
    {"max_iter": 99, "tol": 1.0, "shuffle": False},
)
NUMBER = (-1.0, ValueError, "alpha must be finite and at least 0, got -1.0")


def classes(*options: dict[str, Any]) -> Callable[..., Iterator[Call]]:
    """Return inputs: classes that lines separate and others, and whole numbers, which make ties."""

    def inputs(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
        for n, p, k in ((30, 2, 2), (70, 4, 2), (40, 3, 4)):
            noise = torch.randn(n, p, generator=g, dtype=dtype)
            labels = torch.arange(n) % k
            near, far = (noise + d * labels[:, None] * noise.new_ones(p) for d in (1, 9))
            far[:, 1:] -= far[:, :1] ** 2 / 10
            for this in options:
                yield call(near, labels, label=f"{n}x{p} {k} near {this}", **this)
                yield call(far, labels, label=f"{n}x{p} {k} far {this}", **this)
                yield call(near.round(), labels, label=f"{n}x{p} {k} ties {this}", **this)
                this = {"fit_intercept": False, **this}
                yield call(near.round(), labels, label=f"{n}x{p} {k} ties {this}", **this)

    return inputs


def gaussian(X: Tensor, y: Tensor, noise_variance: float, prior_variance: float) -> dict[str, Any]:
    """The posterior of the weights by conditioning one Gaussian over weights and readings."""
    n, p = X.shape
    joint = torch.eye(p, dtype=X.dtype) * prior_variance
    cross = prior_variance * X.mT
    readings = prior_variance * X @ X.mT + noise_variance * torch.eye(n, dtype=X.dtype)
    covariance = joint - cross @ torch.linalg.solve(readings, cross.mT)
    coef = cross @ torch.linalg.solve(readings, y)
    precision = torch.linalg.inv(covariance)
    results = {"coef_": coef, "covariance_": covariance, "precision_": precision}
    return {"predict": X @ coef} | results


def tall(*options: dict[str, Any]) -> Callable[..., Iterator[Call]]:
    """Return inputs with more samples than features, where the minimum is clear."""

    def inputs(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
        for n, p in ((30, 1), (60, 4)):
            table = torch.randn(n, p, generator=g, dtype=dtype) + 1
            target = table.sum(1) + 3 + 0.5 * torch.randn(n, generator=g, dtype=dtype)
            target[::7] += 20
            for this in options:
                yield call(table, target, label=f"{n}x{p} {this}", **this)

    return inputs


def numbers(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for shape in ((), (5,), (2, 3), (0,)):
        for threshold in (0, 0.3, 2.0):
            yield call(torch.randn(shape, generator=g, dtype=dtype), threshold, label=f"{shape}")


def series(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for n, p in ((30, 5), (12, 20), (3, 1)):
        X = torch.randn(n, p, generator=g, dtype=dtype)
        y = X[:, 0] - 2 * X[:, -1] + torch.randn(n, generator=g, dtype=dtype)
        yield call(X, y, alphas=20, label=f"{n}x{p}")
        yield call(X, y, eps=0.1, alphas=5, label=f"{n}x{p} short")
        yield call(X, y, alphas=[0.01, 0.3, 5.0], label=f"{n}x{p} given")


def library_path(X: Tensor, y: Tensor, **options: Any) -> list[np.ndarray]:
    found = sklearn.linear_model.lasso_path(X.numpy(), y.numpy(), **CONVERGED, **options)
    return list(found)


def same_path(ours: Any, expected: Any, tol: float) -> None:
    """Prices and weights of the library; the gap, which only bounds an error, close to zero."""
    for mine, theirs in zip(ours[:2], expected[:2], strict=True):
        close(mine, mine.new_tensor(theirs.copy()), tol)
    assert bool((ours[2] >= 0).all()) and float(ours[2].max()) <= tol


ROWS = [
    Row(
        name="linear_model.LinearRegression",
        proof="library",
        mirrors="sklearn.linear_model.LinearRegression",
        extra=("device",),
        inputs=planes({}, {"fit_intercept": False}),
        run=RANK,
        expected=by_library(sklearn.linear_model.LinearRegression, RANK),
        compare=same_results,
        tol=EXACT,
        bad=DATA,
        deviation="singular values count as zero below max(n, p) epsilon, not 1e-6",
    ),
    Row(
        name="linear_model.Ridge",
        proof="library",
        mirrors="sklearn.linear_model.Ridge",
        extra=("device",),
        inputs=planes(*ALPHAS, *({"solver": s} for s in ("auto", "cholesky", "svd")), {"alpha": 2}),
        run=PREDICT,
        expected=by_library(sklearn.linear_model.Ridge, PREDICT),
        compare=same_results,
        tol=EXACT,
        bad=(
            *DATA,
            *refused(
                alpha=(-1.0, ValueError, "alpha must be finite and at least 0, got -1.0"),
                alpha_=(float("nan"), ValueError, "alpha must be finite .* got nan"),
                alpha__=([1.0], TypeError, "alpha must be a number, got list"),
                solver=("qr", ValueError, "solver must be one of .* got 'qr'"),
            ),
        ),
    ),
    Row(
        name="linear_model.ElasticNet",
        proof="library",
        mirrors="sklearn.linear_model.ElasticNet",
        extra=("device",),
        inputs=planes(*MIXED),
        run=LASSO,
        expected=by_library(sklearn.linear_model.ElasticNet, LASSO),
        compare=same_results,
        tol={torch.float64: 1e-6, torch.float32: 5e-3},
        dtypes=(torch.float64,),
        bad=(
            *DATA,
            *refused(
                alpha=NUMBER,
                l1_ratio=(1.5, ValueError, "l1_ratio must be at most 1, got 1.5"),
                l1_ratio_=("1", TypeError, "l1_ratio must be a number, got str"),
                max_iter=(0, ValueError, "max_iter must be at least 1, got 0"),
                max_iter_=(1.5, TypeError, "max_iter must be an int, got float"),
                tol=(-1.0, ValueError, "tol must be finite and at least 0"),
            ),
        ),
    ),
    Row(
        name="linear_model.Lasso",
        proof="library",
        mirrors="sklearn.linear_model.Lasso",
        extra=("device",),
        inputs=planes(*SPARSE),
        run=LASSO,
        expected=by_library(sklearn.linear_model.Lasso, LASSO),
        compare=same_results,
        tol={torch.float64: 1e-6, torch.float32: 5e-3},
        dtypes=(torch.float64,),
        bad=(*DATA, *refused(alpha=NUMBER)),
    ),
    Row(
        name="linear_model.lasso_path",
        proof="library",
        mirrors="sklearn.linear_model.lasso_path",
        extra=("alphas",),  # 100, which the library's "warn" stands for
        inputs=series,
        expected=library_path,
        compare=same_path,
        tol={torch.float64: 1e-6, torch.float32: 5e-3},
        dtypes=(torch.float64,),
        bad=(
            Bad("NaN", lambda f: f(X / X, Y), ValueError, "Input X contains NaN"),
            Bad("eps", lambda f: f(X, Y, eps=0), ValueError, "eps must be finite and above 0"),
            Bad("none", lambda f: f(X, Y, alphas=0), ValueError, "alphas must be at least 1"),
            Bad(
                "negative", lambda f: f(X, Y, alphas=[-1.0]), ValueError, "alphas must be a number"
            ),
            Bad("empty", lambda f: f(X, Y, alphas=[]), ValueError, "alphas must be a number"),
        ),
    ),
    Row(
        name="linear_model.soft_threshold",
        proof="library",
        inputs=numbers,
        expected=torch.nn.functional.softshrink,
        tol={torch.float64: 0.0, torch.float32: 0.0},
        bad=(
            Bad("list", lambda f: f([1.0], 1), TypeError, "x must be a floating.* got list"),
            Bad("negative", lambda f: f(X, -1), ValueError, "threshold must be finite"),
            Bad("text", lambda f: f(X, "1"), TypeError, "threshold must be a number, got str"),
        ),
    ),
    Row(
        name="linear_model.HuberRegressor",
        proof="library",
        mirrors="sklearn.linear_model.HuberRegressor",
        extra=("device",),
        inputs=tall(
            *(
                {"alpha": a, "epsilon": e, "tol": 1e-9, "max_iter": 9999}
                for a in (0.0, 1e-4, 5.0)
                for e in (1.1, 1.35, 3.0)
            )
        ),
        run=HUBER,
        expected=by_library(sklearn.linear_model.HuberRegressor, HUBER),
        compare=same_results,
        tol={torch.float64: 1e-4, torch.float32: 5e-3},
        dtypes=(torch.float64,),
        bad=(
            *DATA,
            *refused(
                alpha=NUMBER,
                epsilon=(0.9, ValueError, "epsilon must be finite and at least 1, got 0.9"),
                max_iter=(0, ValueError, "max_iter must be at least 1"),
                tol=("0", TypeError, "tol must be a number, got str"),
            ),
        ),
    ),
    Row(
        name="linear_model.Perceptron",
        proof="library",
        mirrors="sklearn.linear_model.Perceptron",
        extra=("device",),
        inputs=classes(*EPOCHS),
        run=NEURON,
        expected=by_library(sklearn.linear_model.Perceptron, NEURON),
        compare=same_results,
        bad=(
            *DATA,
            Bad("one class", lambda f: f().fit(X, Y.sign()), ValueError, "greater than one; got 1"),
            Bad(
                "start", lambda f: f().fit(X, Y > 1, X), ValueError, r"^coef_init .*\(1, 2\).*4, 2"
            ),
            Bad("first", lambda f: f().partial_fit(X, Y), ValueError, "^classes must be passed"),
            Bad(
                "label",
                lambda f: f().partial_fit(X, Y, classes=[1, 2, 3]),
                ValueError,
                "^y has labels that are not in classes",
            ),
            Bad("measured", lambda f: f().fit(X, Y / 3), ValueError, "Unknown label type"),
            *refused(
                eta0=(0.0, ValueError, "eta0 must be finite and above 0, got 0"),
                eta0_=("1", TypeError, "eta0 must be a number, got str"),
                max_iter=(0, ValueError, "max_iter must be at least 1, got 0"),
                max_iter_=(1.5, TypeError, "max_iter must be an int, got float"),
                tol=(-1.0, ValueError, "tol must be finite and at least 0, got -1"),
                shuffle=(1, TypeError, "shuffle must be True or False, got 1"),
                fit_intercept=("no", TypeError, "fit_intercept must be True or False, got 'no'"),
            ),
        ),
        deviation="partial_fit refuses labels that are no class; scikit-learn takes them as others",
    ),
    Row(
        name="linear_model.BayesianRidge",
        proof="library",
        mirrors="sklearn.linear_model.BayesianRidge",
        extra=("device",),
        inputs=planes(
            {"compute_score": True},
            {"compute_score": True, "fit_intercept": False, "tol": 1e-8},
            {"compute_score": True, "alpha_init": 2.0, "lambda_init": 0.1, "max_iter": 3},
            {"compute_score": True, "alpha_1": 0.1, "alpha_2": 0.2, "lambda_1": 0.3, "lambda_2": 1},
            outputs=False,
        ),
        run=BAYES,
        expected=by_library(sklearn.linear_model.BayesianRidge, BAYES),
        compare=same_results,
        tol={torch.float64: 1e-8, torch.float32: 5e-3},
        dtypes=(torch.float64,),
        deviation="the last score belongs to the last weights; scikit-learn takes older ones",
        bad=(
            *DATA,
            *refused(
                alpha_1=(-1.0, ValueError, "alpha_1 must be finite and at least 0"),
                lambda_init=(float("inf"), ValueError, "lambda_init must be finite"),
                max_iter=(0, ValueError, "max_iter must be at least 1"),
                tol=(0.0, ValueError, "tol must be finite and above 0"),
            ),
        ),
    ),
    Row(
        name="linear_model.BayesianLinearRegression",
        proof="closed form",
        inputs=planes(
            {"noise_variance": 0.3, "prior_variance": 2.0},
            {"noise_variance": 4.0, "prior_variance": 0.5},
            outputs=False,
        ),
        run=BELIEF,
        expected=gaussian,
        compare=same_results,
        tol=EXACT,
        bad=(
            *DATA,
            *refused(
                noise_variance=(0.0, ValueError, "noise_variance must be finite and above 0"),
                prior_variance=("1", TypeError, "prior_variance must be a number, got str"),
            ),
        ),
    ),
]
