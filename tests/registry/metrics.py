"""Rows of ``companion.metrics`` and ``companion.utils``: scikit-learn."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import sklearn.metrics
import sklearn.utils
import torch
from torch import Tensor

from tests.registry._row import Bad, Call, Row, call, close


def predictions(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for shape in ((7,), (7, 1), (7, 3), (2,)):
        y = 3 * torch.randn(shape, generator=g, dtype=dtype) + 5
        guess = y + torch.randn(shape, generator=g, dtype=dtype)
        weights = torch.rand(shape[0], generator=g, dtype=dtype) + 0.1
        yield call(y, guess, label=f"{shape}")
        yield call(y, guess, sample_weight=weights, label=f"{shape} weights")
        yield call(y, guess, multioutput="raw_values", label=f"{shape} raw")
    yield call(y, y.clone(), label="perfect")


def scores(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    yield from predictions(g, dtype)
    y = torch.randn(6, 2, generator=g, dtype=dtype)
    guess = torch.randn(6, 2, generator=g, dtype=dtype)
    yield call(y, guess, multioutput="variance_weighted", label="by variance")
    y[:, 1] = 2.0
    guess[:, 1] = 2.0
    for how in ("raw_values", "uniform_average", "variance_weighted"):
        yield call(y, guess, multioutput=how, label=f"constant, met, {how}")
        yield call(y, guess + 1, multioutput=how, label=f"constant, missed, {how}")
    yield call(y[:, 1], guess[:, 1], multioutput="variance_weighted", label="all constant")


def by_library(function: Callable[..., Any]) -> Callable[..., Any]:
    def expected(y_true: Tensor, y_pred: Tensor, **options: Any) -> Any:
        arrays = {k: v.numpy() if isinstance(v, Tensor) else v for k, v in options.items()}
        return function(y_true.numpy(), y_pred.numpy(), **arrays)

    return expected


def as_tensor(ours: Tensor, expected: Any, tol: float) -> None:
    """Compare with a Python number or an array of the library, which has another dtype."""
    close(ours, ours.new_tensor(np.asarray(expected)), tol)


Y = torch.tensor([1.0, 2.0, 4.0])
REFUSED = (
    Bad("lengths", lambda f: f(Y, Y[:2]), ValueError, r"inconsistent numbers .*\[3, 2\]"),
    Bad("outputs", lambda f: f(Y, Y[:, None].expand(3, 2)), ValueError, r"output \(1!=2\)"),
    Bad("kinds", lambda f: f(Y, Y.numpy()), TypeError, "one kind, got Tensor and ndarray"),
    Bad("NaN", lambda f: f(Y, Y / (Y - 1) * 0), ValueError, "Input y_pred contains NaN"),
    Bad("infinity", lambda f: f(1 / (Y - 1), Y), ValueError, "Input y_true contains infinity"),
    Bad("empty", lambda f: f(Y[:0], Y[:0]), ValueError, r"0 sample\(s\) .* y_true"),
    Bad("number", lambda f: f(Y[0], Y[0]), ValueError, r"y_true must be a vector or a table"),
    Bad("text", lambda f: f(["a"], ["b"]), TypeError, "y_true must hold real numbers"),
    Bad("complex", lambda f: f(1j * Y, Y), ValueError, "y_true must be real"),
)
OPTIONS = (
    Bad("multioutput", lambda f: f(Y, Y, multioutput="sum"), ValueError, "multioutput .*'sum'"),
    Bad("weights", lambda f: f(Y, Y, sample_weight=Y[:2]), ValueError, "sample_weight .* 3 sample"),
)
TOL = {torch.float64: 1e-12, torch.float32: 1e-5}


def score_row(name: str, inputs: Any = predictions) -> Row:
    return Row(
        name=f"metrics.{name}",
        proof="library",
        mirrors=f"sklearn.metrics.{name}",
        inputs=inputs,
        expected=by_library(getattr(sklearn.metrics, name)),
        compare=as_tensor,
        tol=TOL,
        bad=(*REFUSED, *OPTIONS),
    )


def pairs(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for n in (1, 2, 9):
        yield call(*torch.randn(2, n, generator=g, dtype=dtype), label=str(n))


def sums(y_true: Tensor, y_pred: Tensor) -> tuple[Tensor, ...]:
    mean = sum(y_true.tolist()) / len(y_true)
    triples = [
        ((y - mean) ** 2, (y - p) ** 2, (p - mean) ** 2)
        for y, p in zip(y_true, y_pred, strict=True)
    ]
    return tuple(torch.stack(column).sum() for column in zip(*triples, strict=True))


def numbers(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    yield call(*torch.randn(3, generator=g, dtype=dtype))


def fields(ours: Any, expected: Any, tol: float) -> None:
    close(tuple(ours), tuple(expected), tol)
    assert ours._fields == ("SST", "SSE", "SSR")


def tables(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    X = torch.randn(9, 2, generator=g, dtype=dtype)
    for seed in range(5):
        yield call(X, random_state=seed, label=f"seed {seed}")
        yield call(X, replace=False, random_state=seed, label=f"order {seed}")
    yield call(X, X[:, 0], n_samples=4, random_state=7, label="two tables")
    yield call(X, replace=False, n_samples=4, random_state=7, label="a part")


def drawn(*arrays: Tensor, **options: Any) -> Any:
    rows = sklearn.utils.resample(*(a.numpy() for a in arrays), **options)
    return [torch.as_tensor(r) for r in rows] if len(arrays) > 1 else torch.as_tensor(rows)


ROWS = [
    score_row("mean_squared_error"),
    score_row("root_mean_squared_error"),
    score_row("mean_absolute_error"),
    score_row("r2_score", scores),
    Row(
        name="metrics.sums_of_squares",
        proof="closed form",
        inputs=pairs,
        expected=sums,
        tol=TOL,
        bad=REFUSED,
    ),
    Row(
        name="metrics.SumsOfSquares",
        proof="closed form",
        inputs=numbers,
        expected=lambda *parts: parts,
        compare=fields,
        tol=TOL,
    ),
    Row(
        name="utils.resample",
        proof="library",
        mirrors="sklearn.utils.resample",
        inputs=tables,
        expected=drawn,
        tol={torch.float64: 0.0, torch.float32: 0.0},
        bad=(
            Bad("lengths", lambda f: f(Y, Y[:2]), ValueError, r"inconsistent .*\[3, 2\]"),
            Bad("none", lambda f: f(Y, n_samples=0), ValueError, "n_samples must be at least 1"),
            Bad("half", lambda f: f(Y, n_samples=1.5), TypeError, "n_samples .* got float"),
            Bad(
                "too many",
                lambda f: f(Y, replace=False, n_samples=4),
                ValueError,
                "Cannot sample 4 out of arrays with dim 3 when replace is False",
            ),
        ),
    ),
]
