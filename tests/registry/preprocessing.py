"""Rows of ``companion.preprocessing``: scikit-learn, and NumPy's Legendre polynomials."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import numpy as np
import sklearn.preprocessing
import torch
from numpy.polynomial import legendre
from torch import Tensor

from tests.registry._estimators import by_library, fitted, same_results
from tests.registry._row import Bad, Call, Row, call

TABLE = torch.arange(6.0).reshape(3, 2)


def monomials(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for shape in ((5, 1), (4, 2), (3, 3)):
        X = torch.randn(shape, generator=g, dtype=dtype)
        for degree in (0, 1, 2, 4):
            yield call(X, degree=degree, label=f"{shape} {degree}")
        yield call(X, degree=3, include_bias=False, label=f"{shape} without bias")
        yield call(X, degree=3, interaction_only=True, label=f"{shape} interactions")
    yield call(X, label="defaults")


def scales(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for shape in ((5, 1), (20, 3), (1, 2)):
        X = 3 * torch.randn(shape, generator=g, dtype=dtype) + 5
        for options in ({}, {"with_mean": False}, {"with_std": False}):
            yield call(X, label=f"{shape} {options}", **options)
    X = torch.randn(6, 2, generator=g, dtype=dtype)
    X[:, 1] = 0.1
    yield call(X, label="a constant column")
    yield call(X.mT.contiguous().mT, label="transposed memory")


def bases(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for degree in (0, 1, 2, 14):
        X = 4 * torch.rand(6, 1, generator=g, dtype=dtype) - 2
        yield call(X, degree=degree, domain=(-2.0, 3.0), label=str(degree))
    yield call(torch.randn(5, 2, generator=g, dtype=dtype) / 9, degree=3, label="two columns")


def by_numpy(
    X: Tensor, degree: int, domain: tuple[float, float] = (-1.0, 1.0), **_: Any
) -> dict[str, Any]:
    scaled = (2 * X.numpy() - domain[0] - domain[1]) / (domain[1] - domain[0])
    blocks = [legendre.legvander(column, degree)[:, 1:] for column in scaled.T]
    return {"transform": np.hstack([np.ones((len(X), 1)), *blocks])}


def refused(argument: str, *cases: tuple[Any, type[Exception], str]) -> tuple[Bad, ...]:
    """What ``fit`` says to bad parameters."""

    def make(value: Any) -> Any:
        return lambda f: f(**{argument: value}).fit(TABLE)

    return tuple(Bad(f"{argument} {v!r}", make(v), e, m) for v, e, m in cases)


DEGREES = refused(
    "degree",
    (-1, ValueError, "degree must not be negative, got -1"),
    (1.5, TypeError, "degree must be an int, got float"),
    (True, TypeError, "degree must be an int, got bool"),
)
POLYNOMIAL = fitted("transform", attributes=("n_output_features_",))
SCALER = fitted("transform", "inverse_transform", attributes=("n_samples_seen_",))
EXACT = {torch.float64: 0.0, torch.float32: 0.0}
ROUNDED = {torch.float64: 1e-12, torch.float32: 1e-4}

ROWS = [
    Row(
        name="preprocessing.PolynomialFeatures",
        proof="library",
        mirrors="sklearn.preprocessing.PolynomialFeatures",
        extra=("device",),
        inputs=monomials,
        run=POLYNOMIAL,
        expected=by_library(sklearn.preprocessing.PolynomialFeatures, POLYNOMIAL),
        compare=same_results,
        tol=EXACT,
        bad=(
            *DEGREES,
            Bad(
                "no column",
                lambda f: f(degree=0, include_bias=False).fit(TABLE),
                ValueError,
                "degree must be above 0 without a bias",
            ),
        ),
    ),
    Row(
        name="preprocessing.StandardScaler",
        proof="library",
        mirrors="sklearn.preprocessing.StandardScaler",
        extra=("device",),
        inputs=scales,
        run=SCALER,
        expected=by_library(sklearn.preprocessing.StandardScaler, SCALER),
        compare=same_results,
        tol=ROUNDED,
        deviation="NaN is refused",
    ),
    Row(
        name="preprocessing.LegendreFeatures",
        proof="library",
        inputs=bases,
        run=fitted("transform"),
        expected=by_numpy,
        compare=same_results,
        tol=ROUNDED,
        bad=(
            *DEGREES,
            *refused(
                "domain",
                ((1.0, -1.0), ValueError, r"domain must begin below its end, got \(1.0, -1.0\)"),
                (2.0, TypeError, "domain must be two numbers, got 2.0"),
                (("a", "b"), TypeError, "domain must be two numbers"),
            ),
        ),
    ),
]
