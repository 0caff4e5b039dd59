"""Sparse models: conditions of optimality, orthonormal columns, the path, warnings."""

from __future__ import annotations

import importlib
from typing import Any

import numpy as np
import pytest
import sklearn.linear_model
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.exceptions import ConvergenceWarning
from sklearn.utils.estimator_checks import check_estimator

from companion.linear_model import ElasticNet, Lasso, lasso_path, soft_threshold


@pytest.mark.parametrize("model", [Lasso(), ElasticNet()], ids=["lasso", "elastic net"])
def test_scikit_learn_finds_nothing_to_object(model: Any) -> None:
    check_estimator(model, on_skip=None)


def data(seed: int, n: int, p: int) -> tuple[torch.Tensor, torch.Tensor]:
    g = torch.Generator().manual_seed(seed)
    X = torch.randn(n, p, generator=g, dtype=torch.float64) + 1
    return X, X[:, 0] - X[:, -1] + 4 + torch.randn(n, generator=g, dtype=torch.float64)


@pytest.mark.filterwarnings("ignore:Objective did not converge")
@pytest.mark.parametrize("sweeps", [1, 2, 5])
@pytest.mark.parametrize("alpha", [0.01, 1.0])
@pytest.mark.parametrize("ratio", [1.0, 0.3])
def test_after_each_sweep_weights_and_gap_are_the_librarys(
    sweeps: int, alpha: float, ratio: float
) -> None:
    options = {"alpha": alpha, "l1_ratio": ratio, "max_iter": sweeps, "tol": 1e-14}
    for seed, n, p in ((0, 30, 6), (1, 8, 12)):
        X, y = data(seed, n, p)
        ours = ElasticNet(**options).fit(X, y)
        theirs = sklearn.linear_model.ElasticNet(**options).fit(X.numpy(), y.numpy())
        np.testing.assert_allclose(ours.coef_, theirs.coef_, atol=1e-12)
        assert ours.dual_gap_ == pytest.approx(theirs.dual_gap_, rel=1e-8, abs=1e-12)
        assert ours.n_iter_ == theirs.n_iter_


@pytest.mark.parametrize("twins", [False, True])
def test_the_path_needs_no_other_solver(monkeypatch: pytest.MonkeyPatch, twins: bool) -> None:
    """Coordinate descent would mend a wrong corner, slowly, and nobody would notice."""

    def refuse(*args: Any, **kwargs: Any) -> Any:
        raise AssertionError("a point of the path was not optimal")

    module = importlib.import_module("companion.linear_model.lasso_path")
    monkeypatch.setattr(module, "coordinate_descent", refuse)
    for seed in range(20):
        for n, p in ((40, 6), (12, 20), (5, 3)):
            X, y = data(seed, n, p)
            if twins:
                X[:, 2] = X[:, 0]
            lasso_path(X, y)


@settings(deadline=None, max_examples=40, derandomize=True)
@given(
    st.integers(0, 1000),
    st.integers(5, 30),
    st.integers(1, 8),
    st.floats(0.01, 2),
    st.floats(0.1, 1),
)
def test_conditions_of_optimality(seed: int, n: int, p: int, alpha: float, ratio: float) -> None:
    """The slope of a weight balances its price; where the weight is 0, it may be smaller."""
    X, y = data(seed, n, p)
    model = ElasticNet(alpha, l1_ratio=ratio, tol=1e-15, max_iter=100_000).fit(X, y)
    slope = X.mT @ (y - model.predict(X)) / n - alpha * (1 - ratio) * model.coef_
    bound = alpha * ratio
    zero = model.coef_ == 0
    assert bool((slope[zero].abs() <= bound + 1e-8).all())
    torch.testing.assert_close(slope[~zero], bound * model.coef_[~zero].sign(), atol=1e-7, rtol=0)
    assert abs(float((y - model.predict(X)).mean())) < 1e-10


def test_orthonormal_columns_are_cut_by_the_soft_threshold() -> None:
    g = torch.Generator().manual_seed(0)
    Q, _ = torch.linalg.qr(torch.randn(40, 4, generator=g, dtype=torch.float64))
    target = torch.tensor([3.0, -1.0, 0.2, 0.0], dtype=torch.float64)
    model = Lasso(0.01, fit_intercept=False, tol=1e-14).fit(Q, Q @ target)
    expected = torch.tensor([2.6, -0.6, 0.0, 0.0], dtype=torch.float64)
    torch.testing.assert_close(model.coef_, expected, atol=1e-8, rtol=0)
    torch.testing.assert_close(soft_threshold(target, 0.4), expected)
    assert model.sparse_coef_.nnz == 2


@settings(deadline=None, max_examples=60, derandomize=True)
@given(st.integers(0, 10_000), st.integers(2, 40), st.integers(1, 40), st.booleans())
def test_every_point_of_the_path_is_optimal(seed: int, n: int, p: int, twins: bool) -> None:
    """Also with more columns than rows, and with a column that is there twice."""
    X, y = data(seed, n, p)
    if twins and p > 2:
        X[:, 2] = X[:, 0]
    alphas, coefs, gaps = lasso_path(X, y)
    slopes = X.mT @ (y[:, None] - X @ coefs) / n
    assert float(((slopes.abs().amax(0) - alphas) / alphas[0]).max()) < 1e-6
    assert float(gaps.max()) <= 1e-10 * float(y @ y)
    assert torch.equal(coefs[:, 0], torch.zeros(p, dtype=X.dtype))
    assert bool((alphas[:-1] > alphas[1:]).all())


@pytest.mark.parametrize("factor", [2.0**-60, 2.0**60])
@pytest.mark.parametrize("n", [12, 40])
def test_the_path_is_the_same_in_other_units(factor: float, n: int) -> None:
    """Also with more columns than rows, where weights return to zero on the way."""
    X, y = data(4, n, 20)
    alphas, coefs, _ = lasso_path(X, y)
    for scaled, target in ((X, factor * y), (factor * X, y)):
        other, weights, gaps = lasso_path(scaled, target)
        torch.testing.assert_close(other, factor * alphas, rtol=1e-12, atol=0)
        unit = factor if scaled is X else 1 / factor
        torch.testing.assert_close(weights / unit, coefs, rtol=1e-9, atol=1e-12)
        assert float(gaps.max()) <= 1e-10 * float(target @ target)


def test_path_meets_the_estimator() -> None:
    X, y = data(1, 30, 5)
    X, y = X - X.mean(0), y - y.mean()
    alphas, coefs, _ = lasso_path(X.numpy(), y.numpy(), alphas=7)
    assert isinstance(coefs, np.ndarray)
    for alpha, coef in zip(alphas, coefs.T, strict=True):
        model = Lasso(alpha, tol=1e-14, max_iter=100_000).fit(X.numpy(), y.numpy())
        np.testing.assert_allclose(model.coef_, coef, atol=1e-7)


def test_a_target_of_zeros_has_a_path_of_zeros() -> None:
    alphas, coefs, gaps = lasso_path(torch.ones(4, 2), torch.zeros(4))
    assert not coefs.any() and not gaps.any() and bool((alphas >= 0).all())


def test_too_few_sweeps_warn() -> None:
    X, y = data(2, 30, 8)
    with pytest.warns(ConvergenceWarning, match="Objective did not converge"):
        model = Lasso(1e-4, max_iter=1, tol=1e-12).fit(X, y)
    assert model.n_iter_ == 1 and model.dual_gap_ > 0


def test_several_outputs_are_several_fits() -> None:
    X, y = data(3, 20, 4)
    both = Lasso(0.1).fit(X, torch.stack([y, -2 * y], dim=1))
    torch.testing.assert_close(both.coef_[0], Lasso(0.1).fit(X, y).coef_)
    assert both.coef_.shape == (2, 4) and len(both.n_iter_) == len(both.dual_gap_) == 2
    library = sklearn.linear_model.Lasso(0.1).fit(X.numpy(), np.stack([y, -2 * y], axis=1))
    assert both.dual_gap_ == pytest.approx(library.dual_gap_, rel=1e-8)
    assert both.n_iter_ == library.n_iter_
