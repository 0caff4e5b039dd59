"""What a row of the registry cannot say about the transformers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pandas as pd
import pytest
import sklearn.preprocessing
import torch
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.utils.estimator_checks import check_estimator

from companion.preprocessing import LegendreFeatures, PolynomialFeatures, StandardScaler

ALL = [PolynomialFeatures(), LegendreFeatures(), StandardScaler()]
FRAME = pd.DataFrame({"strain": [0.1, 0.2, 0.4], "temperature": [20.0, 25.0, 21.0]})


@pytest.mark.parametrize("transformer", ALL, ids=lambda t: type(t).__name__)
def test_scikit_learn_finds_nothing_to_object(transformer: Any) -> None:
    check_estimator(transformer, on_skip=None)


@pytest.mark.parametrize("options", [{}, {"degree": 3, "interaction_only": True}])
def test_names_and_powers_are_the_librarys(options: dict[str, Any]) -> None:
    ours = PolynomialFeatures(**options).fit(FRAME)
    theirs = sklearn.preprocessing.PolynomialFeatures(**options).fit(FRAME)
    assert list(ours.get_feature_names_out()) == list(theirs.get_feature_names_out())
    np.testing.assert_array_equal(ours.powers_, theirs.powers_)
    with pytest.raises(ValueError, match="input_features is not equal to feature_names_in_"):
        ours.get_feature_names_out(["a", "b"])
    bare = PolynomialFeatures().fit(FRAME.to_numpy())
    assert list(bare.get_feature_names_out(["a", "b"])[:3]) == ["1", "a", "b"]
    with pytest.raises(ValueError, match=r"equal to number of features \(2\), got 1"):
        bare.get_feature_names_out(["a"])


def test_frames_come_back_as_frames_when_asked() -> None:
    for transformer in ALL:
        framed = transformer.set_output(transform="pandas").fit_transform(FRAME)
        assert isinstance(framed, pd.DataFrame)
        assert list(framed.columns) == list(transformer.get_feature_names_out())


def test_scaled_columns_return_to_their_units() -> None:
    X = torch.randn(50, 3, generator=torch.Generator().manual_seed(0)) * 7 + 100
    scaler = StandardScaler().fit(X)
    Z = scaler.transform(X)
    torch.testing.assert_close(Z.mean(0), torch.zeros(3), atol=1e-5, rtol=0)
    torch.testing.assert_close(Z.std(0, correction=0), torch.ones(3), atol=1e-5, rtol=0)
    torch.testing.assert_close(scaler.inverse_transform(Z), X)


def test_learned_scales_are_the_librarys() -> None:
    ours, theirs = StandardScaler().fit(FRAME), sklearn.preprocessing.StandardScaler().fit(FRAME)
    for name in ("mean_", "var_", "scale_"):
        np.testing.assert_allclose(getattr(ours, name), getattr(theirs, name), rtol=1e-14)
    bare = StandardScaler(with_mean=False, with_std=False).fit(FRAME)
    assert bare.mean_ is None and bare.var_ is None and bare.scale_ is None


def test_legendre_polynomials_are_orthogonal() -> None:
    nodes, weights = np.polynomial.legendre.leggauss(12)
    table = LegendreFeatures(10).fit_transform(nodes[:, None])
    gram = table.T @ (weights[:, None] * table)
    np.testing.assert_allclose(gram, np.diag(2 / (2 * np.arange(11) + 1)), atol=1e-14)


def test_legendre_basis_is_the_better_conditioned_one() -> None:
    x = torch.linspace(-torch.pi, torch.pi, 15, dtype=torch.float64)[:, None]
    basis = LegendreFeatures(14, (-torch.pi, torch.pi)).fit_transform(x)
    monomials = PolynomialFeatures(14).fit_transform(x)
    assert float(torch.linalg.cond(basis)) == pytest.approx(367.49, rel=1e-2)
    assert float(torch.linalg.cond(monomials)) == pytest.approx(4.2e8, rel=2e-2)


def test_grid_search_over_the_degree_finds_a_cubic() -> None:
    x = np.linspace(-1, 1, 30)[:, None]
    noise = 0.01 * np.random.default_rng(0).normal(size=30)
    y = x[:, 0] ** 3 - x[:, 0] + noise
    model = make_pipeline(StandardScaler(), PolynomialFeatures(), LinearRegression())
    search = GridSearchCV(model, {"polynomialfeatures__degree": [1, 2, 3]}).fit(x, y)
    assert search.best_params_ == {"polynomialfeatures__degree": 3}
