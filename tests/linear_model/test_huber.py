"""Huber's fit: the minimum, outliers, units, exact data."""

from __future__ import annotations

import pytest
import sklearn.linear_model
import torch
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.estimator_checks import check_estimator
from torch import Tensor

from companion.linear_model import HuberRegressor, LinearRegression

G = torch.Generator().manual_seed(0)
X = torch.randn(80, 3, generator=G, dtype=torch.float64) * torch.tensor([1.0, 30.0, 0.01]) + 5
Y = X @ torch.tensor([2.0, -0.1, 40.0], dtype=torch.float64) + 7
Y += 0.3 * torch.randn(80, generator=G, dtype=torch.float64)
Y[::9] += 25


def test_scikit_learn_finds_nothing_to_object() -> None:
    check_estimator(HuberRegressor(), on_skip=None)


def cost(X: Tensor, y: Tensor, w: Tensor, w0: Tensor, scale: Tensor, alpha: float) -> Tensor:
    """Huber's cost as the book writes it, for autograd."""
    z = (y - X @ w - w0) / scale
    loss = torch.where(z.abs() <= 1.35, z**2, 2 * 1.35 * z.abs() - 1.35**2)
    return (scale + scale * loss).sum() + alpha * w @ w


@pytest.mark.parametrize("alpha", [0.0, 1.0])
def test_gradient_of_the_cost_vanishes_at_the_fit(alpha: float) -> None:
    model = HuberRegressor(alpha=alpha, tol=1e-10, max_iter=1000).fit(X, Y)
    parts = [p.clone().requires_grad_() for p in (model.coef_, model.intercept_, model.scale_)]
    slopes = torch.autograd.grad(cost(X, Y, *parts, alpha), parts)
    size = X.abs().sum(0)
    assert float((slopes[0] / size).abs().max()) < 1e-6
    assert abs(float(slopes[1])) < 1e-6 and abs(float(slopes[2])) < 1e-6


def test_not_worse_than_scikit_learn_with_default_settings() -> None:
    ours = HuberRegressor().fit(X, Y)
    theirs = sklearn.linear_model.HuberRegressor(max_iter=10_000).fit(X.numpy(), Y.numpy())
    found = cost(X, Y, ours.coef_, ours.intercept_, ours.scale_, 1e-4)
    other = [torch.tensor(v) for v in (theirs.coef_, theirs.intercept_, theirs.scale_)]
    assert float(found) <= float(cost(X, Y, *other, 1e-4)) + 1e-6


def test_outliers_are_named_and_do_not_pull() -> None:
    model = HuberRegressor(alpha=0.0).fit(X, Y)
    assert bool(model.outliers_[::9].all())
    truth = torch.tensor([2.0, -0.1, 40.0], dtype=torch.float64)
    robust, plain = model.coef_, LinearRegression().fit(X, Y).coef_
    scaled = X.std(0)
    assert float(((robust - truth) * scaled).norm()) < 0.2 * float(
        ((plain - truth) * scaled).norm()
    )


@pytest.mark.parametrize("unit", [1e-3, 1.0, 1e3])
def test_outliers_are_what_lies_further_than_epsilon_scales(unit: float) -> None:
    y = unit * Y
    model = HuberRegressor(alpha=0.0, epsilon=2.0, tol=1e-9, max_iter=1000).fit(X, y)
    beyond = (y - model.predict(X)).abs() > 2.0 * model.scale_
    assert torch.equal(model.outliers_, beyond)
    assert 0 < int(beyond.sum()) < len(y)


def test_units_do_not_matter_without_a_price() -> None:
    metres = HuberRegressor(alpha=0.0, tol=1e-9).fit(X, Y)
    other = HuberRegressor(alpha=0.0, tol=1e-9).fit(1000 * X, 1e-3 * Y)
    torch.testing.assert_close(other.coef_ * 1e6, metres.coef_, rtol=1e-6, atol=1e-9)


def test_exact_data_are_met() -> None:
    line = torch.arange(10.0, dtype=torch.float64)[:, None]
    for intercept in (True, False):
        model = HuberRegressor(alpha=0.0, fit_intercept=intercept).fit(line, 3 * line[:, 0])
        assert float(model.coef_[0]) == pytest.approx(3, rel=1e-6)
        assert float(model.scale_) < 1e-4


def test_too_few_iterations_warn() -> None:
    with pytest.warns(ConvergenceWarning, match="failed to converge after 2 iterations"):
        HuberRegressor(max_iter=2).fit(X, Y)
