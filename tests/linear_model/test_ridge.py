"""Ridge: augmented rows, limits, units, solvers."""

from __future__ import annotations

import pytest
import torch
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline

from companion.linear_model import LinearRegression, Ridge
from companion.preprocessing import StandardScaler

G = torch.Generator().manual_seed(0)
X = torch.randn(25, 4, generator=G, dtype=torch.float64) + 1
Y = X @ torch.tensor([1.0, -2.0, 0.0, 3.0], dtype=torch.float64) + 5
Y += 0.1 * torch.randn(25, generator=G, dtype=torch.float64)


@pytest.mark.parametrize("alpha", [0.01, 1.0, 30.0])
@pytest.mark.parametrize("solver", ["cholesky", "svd"])
def test_equal_to_least_squares_with_augmented_rows(alpha: float, solver: str) -> None:
    centred, target = X - X.mean(0), Y - Y.mean()
    extra = alpha**0.5 * torch.eye(4, dtype=X.dtype)
    rows = torch.cat([centred, extra])
    zeros = torch.cat([target, torch.zeros(4, dtype=X.dtype)])
    expected = torch.linalg.lstsq(rows, zeros[:, None]).solution[:, 0]
    torch.testing.assert_close(Ridge(alpha, solver=solver).fit(X, Y).coef_, expected)


@pytest.mark.parametrize("solver", ["auto", "svd"])
def test_no_price_is_least_squares_and_a_high_price_the_mean(solver: str) -> None:
    free = Ridge(0.0, solver=solver).fit(X, Y)
    torch.testing.assert_close(free.coef_, LinearRegression().fit(X, Y).coef_)
    dear = Ridge(1e12, solver=solver).fit(X, Y)
    torch.testing.assert_close(dear.predict(X), Y.mean().expand(25), atol=1e-8, rtol=0)


def test_the_offset_is_not_penalised() -> None:
    plain, shifted = Ridge(10.0).fit(X, Y), Ridge(10.0).fit(X, Y + 100)
    torch.testing.assert_close(plain.coef_, shifted.coef_)
    torch.testing.assert_close(plain.intercept_ + 100, shifted.intercept_)


def test_auto_falls_back_where_cholesky_breaks_down() -> None:
    twins = torch.cat([X, X[:, :1]], dim=1)
    model = Ridge(0.0).fit(twins, Y)
    assert model.solver_ == "svd"
    torch.testing.assert_close(model.coef_, LinearRegression().fit(twins, Y).coef_)
    zeros = torch.zeros(4, 2, dtype=X.dtype)
    with pytest.raises(torch.linalg.LinAlgError, match="singular: take the solver 'svd'"):
        Ridge(0.0, solver="cholesky").fit(zeros, Y[:4])


def test_svd_keeps_the_digits_that_cholesky_loses() -> None:
    """All true weights 1, powers to 7 at 21 points; the price is below the last digit."""
    x = torch.linspace(0, 1, 21, dtype=X.dtype)
    powers = torch.stack([x**k for k in range(8)], dim=1)
    errors = {}
    for solver in ("svd", "cholesky"):
        model = Ridge(1e-18, fit_intercept=False, solver=solver).fit(powers, powers.sum(1))
        assert model.solver_ == solver
        errors[solver] = float((model.coef_ - 1).abs().max())
    assert errors["svd"] < 1e-8 and errors["cholesky"] > 100 * errors["svd"]


def test_blocks_of_rows_add_up_to_the_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = Ridge(2.0).fit(X, Y)
    monkeypatch.setattr("companion.linear_model.ridge.BLOCK", 7)
    torch.testing.assert_close(Ridge(2.0).fit(X, Y).coef_, whole.coef_)


def test_grid_search_in_a_pipeline_finds_the_price() -> None:
    model = make_pipeline(StandardScaler(), Ridge())
    search = GridSearchCV(model, {"ridge__alpha": [1e-3, 1e3]}).fit(X.numpy(), Y.numpy())
    assert search.best_params_ == {"ridge__alpha": 1e-3}
