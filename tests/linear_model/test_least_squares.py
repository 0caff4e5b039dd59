"""Least squares: optimality, dependent columns, lost digits, and scikit-learn's own checks."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sklearn.linear_model
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.utils.estimator_checks import check_estimator

from companion.linear_model import LinearRegression, Ridge
from companion.metrics import r2_score


@pytest.mark.parametrize(
    "model", [LinearRegression(), Ridge(), Ridge(solver="svd")], ids=["ls", "cholesky", "svd"]
)
def test_scikit_learn_finds_nothing_to_object(model: Any) -> None:
    check_estimator(model, on_skip=None)


@settings(deadline=None)
@given(st.integers(0, 1000), st.integers(2, 30), st.integers(1, 6))
def test_residual_is_perpendicular_to_the_columns_and_to_one(seed: int, n: int, p: int) -> None:
    g = torch.Generator().manual_seed(seed)
    X = torch.randn(n, p, generator=g, dtype=torch.float64)
    y = torch.randn(n, generator=g, dtype=torch.float64)
    model = LinearRegression().fit(X, y)
    residual = y - model.predict(X)
    assert float((X.mT @ residual).abs().max()) < 1e-8
    assert abs(float(residual.sum())) < 1e-8
    torch.testing.assert_close(model.score(X, y), r2_score(y, model.predict(X)))


def test_equal_to_torch_lstsq() -> None:
    g = torch.Generator().manual_seed(1)
    X = torch.randn(40, 6, generator=g, dtype=torch.float64)
    y = torch.randn(40, 2, generator=g, dtype=torch.float64)
    model = LinearRegression(fit_intercept=False).fit(X, y)
    torch.testing.assert_close(model.coef_.mT, torch.linalg.lstsq(X, y).solution)
    assert model.intercept_ == 0.0


def test_dependent_columns_get_the_solution_of_least_norm() -> None:
    g = torch.Generator().manual_seed(2)
    X = torch.randn(20, 3, generator=g, dtype=torch.float64)
    X = torch.cat([X, X[:, :1] + X[:, 1:2]], dim=1)
    y = torch.randn(20, generator=g, dtype=torch.float64)
    model = LinearRegression(fit_intercept=False).fit(X, y)
    assert model.rank_ == 3
    torch.testing.assert_close(model.coef_, torch.linalg.pinv(X) @ y)
    theirs = sklearn.linear_model.LinearRegression().fit(X.numpy(), y.numpy())
    torch.testing.assert_close(LinearRegression().fit(X, y).coef_, torch.tensor(theirs.coef_))


@pytest.mark.parametrize("X", [torch.ones(5, 2), torch.ones(1, 2), torch.zeros(4, 1)])
def test_constant_columns_and_one_sample_leave_the_mean(X: torch.Tensor) -> None:
    y = torch.arange(len(X)).float() + 7
    for model in (LinearRegression(), Ridge()):
        fitted = model.fit(X, y)
        assert torch.equal(fitted.coef_, torch.zeros(X.shape[1]))
        torch.testing.assert_close(fitted.predict(X), y.mean().expand(len(X)))


def test_a_constant_target_is_met() -> None:
    X = torch.randn(9, 2, generator=torch.Generator().manual_seed(3))
    model = LinearRegression().fit(X, torch.full((9,), 4.0))
    torch.testing.assert_close(model.predict(X), torch.full((9,), 4.0))
    assert float(model.score(X, torch.full((9,), 4.0))) in (0.0, 1.0)


def test_high_powers_keep_the_digits_that_normal_equations_lose() -> None:
    """All true weights 1 at 21 points: the condition number is squared in XᵀX, not in QR."""
    x = torch.linspace(0, 1, 21, dtype=torch.float64)
    for degree, most, ratio in ((5, 1e-11, 10), (10, 1e-7, 1e3), (14, 1e-4, 1e3)):
        X = torch.stack([x**k for k in range(degree + 1)], dim=1)
        y = X.sum(1)
        stable = LinearRegression(fit_intercept=False).fit(X, y).coef_
        direct = torch.linalg.solve(X.mT @ X, X.mT @ y)
        error, lost = float((stable - 1).abs().max()), float((direct - 1).abs().max())
        assert error < most
        assert lost > ratio * error


def test_powers_to_degree_five_on_a_long_interval_and_vander() -> None:
    x = np.linspace(0, 20, 60)
    y = np.sin(x)
    for X in (np.vander(x, 6)[:, :-1], np.vander(np.linspace(0, 10, 30), 10)[:, :-1]):
        target = y[: len(X)]
        model = LinearRegression().fit(X, target)
        Q, _ = np.linalg.qr(np.column_stack([np.ones(len(X)), X]))
        np.testing.assert_allclose(model.predict(X), Q @ (Q.T @ target), atol=1e-7)
