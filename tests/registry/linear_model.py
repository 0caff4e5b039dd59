"""Rows of ``companion.linear_model``: scikit-learn on arrays beside ours on tensors."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import sklearn.linear_model
import torch

from tests.registry._estimators import by_library, fitted, same_results
from tests.registry._row import Bad, Call, Row, call

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
        yield call(table.mT.contiguous().mT, target, label="transposed memory")

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
]
