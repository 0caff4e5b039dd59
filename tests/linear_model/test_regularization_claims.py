"""What the page on regularisation says about chance, over many seeds."""

from __future__ import annotations

import functools
import math

import numpy as np
import pytest
import torch
from torch import Tensor

from companion.datasets import make_duffing_force
from companion.exercises.regression.regularization_sparse import (
    active_terms,
    cross_validated_price,
    hidden_law,
    lasso_terms,
    monomials,
)
from companion.linear_model import Lasso, LinearRegression, lasso_path
from companion.preprocessing import PolynomialFeatures, StandardScaler

SEEDS = range(20)
TRUE = torch.tensor([True, True, False, False, False, True, False, False, False])


@functools.cache
def force_data(seed: int) -> tuple[Tensor, Tensor]:
    """Return the nine monomials of the states, and the force."""
    data = make_duffing_force(random_state=seed)
    library = PolynomialFeatures(3, include_bias=False).fit_transform(data.data.double())
    return library, data.target.double()


def standardised(seed: int) -> tuple[Tensor, Tensor]:
    library, force = force_data(seed)
    return StandardScaler().fit_transform(library), force


def supports(alpha: float) -> Tensor:
    """Return which terms the lasso keeps, Tensor[seed, term]."""
    fits = [Lasso(alpha, tol=1e-10, max_iter=10_000).fit(*standardised(s)) for s in SEEDS]
    return torch.stack([fit.coef_ != 0 for fit in fits])


def exact(kept: Tensor) -> int:
    return int((kept == TRUE).all(1).sum())


def test_a_good_price_finds_the_force_law() -> None:
    assert exact(supports(0.8)) >= 18


def test_a_high_price_loses_the_damping() -> None:
    assert not supports(1.5)[:, 1].any()


def test_a_low_price_keeps_false_terms() -> None:
    false = (supports(0.01) & ~TRUE).sum(1).double().mean()
    assert 3 <= float(false) <= 6


def test_least_squares_keeps_all_terms() -> None:
    fits = [LinearRegression().fit(*standardised(s)).coef_ for s in SEEDS]
    assert bool((torch.stack(fits) != 0).all())


def test_cross_validation_chooses_for_prediction() -> None:
    """The least error gives the exact terms rarely; small weights dropped, nearly always."""
    coefs, prices, large = [], [], []
    for seed in SEEDS:
        library, force = force_data(seed)
        price = cross_validated_price(library, force)
        Z, centred = StandardScaler().fit_transform(library), force - force.mean()
        coef = lasso_path(Z, centred, alphas=[price])[1][:, 0]
        coefs.append(coef != 0)
        prices.append(price)
        large.append(coef.abs() > 0.05 * force.std(correction=0))
    assert exact(torch.stack(coefs)) <= 5
    assert exact(torch.stack(large)) >= 18
    assert 0.005 < np.median(prices) < 0.04


def test_refit_finds_the_coefficients() -> None:
    for seed in SEEDS:
        library, force = force_data(seed)
        coef = LinearRegression().fit(library[:, TRUE], force).coef_
        assert bool(((coef - torch.tensor([4.0, 1.0, 1.5])).abs() <= _bands()).all()), seed


def _bands() -> Tensor:
    return torch.tensor([0.3, 0.12, 0.12])


@pytest.mark.parametrize("first", [0, 100])
def test_reference_of_the_exercise_finds_hidden_laws(first: int) -> None:
    """Sequential thresholding finds the terms that were put in; the lasso alone does not."""
    names = [str(name) for name in monomials().get_feature_names_out(["q", "qdot"])]
    found = by_lasso = 0
    for seed in range(first, first + 50):
        generator = torch.Generator().manual_seed(seed)
        library, force, terms = hidden_law(generator)
        truth = {names[j] for j in terms}
        found += set(active_terms(library, force, names)) == truth
        by_lasso += set(lasso_terms(library, force, names)) == truth
    assert found >= 49
    assert by_lasso <= 15


def test_exact_bias_and_variance_of_ridge() -> None:
    """The page computes them from the hat matrix; 2000 data sets agree."""
    x = torch.linspace(-math.pi, math.pi, 15, dtype=torch.float64)
    X = torch.stack([x**k for k in range(1, 6)], dim=1)
    X = (X - X.mean(0)) / X.std(0)
    U, s, _ = torch.linalg.svd(X, full_matrices=False)
    shares = s**2 / (s**2 + 1.0)
    hat = (U * shares) @ U.T + 1 / 15
    generator = torch.Generator().manual_seed(0)
    noise = 0.3 * torch.randn(2000, 15, generator=generator, dtype=torch.float64)
    fits = (torch.sin(x) + noise) @ hat.T
    bias = float(((hat @ torch.sin(x) - torch.sin(x)) ** 2).mean())
    variance = 0.09 * float((hat**2).sum()) / 15
    assert float(fits.var(0, correction=0).mean()) == pytest.approx(variance, rel=0.08)
    assert float(((fits.mean(0) - torch.sin(x)) ** 2).mean()) == pytest.approx(bias, rel=0.1)
