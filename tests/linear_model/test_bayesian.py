"""Bayesian models: the Gaussian process, the evidence, updates in any order, coverage."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import sklearn.linear_model
import torch
from scipy.stats import multivariate_normal
from sklearn.gaussian_process import GaussianProcessRegressor
from sklearn.gaussian_process.kernels import ConstantKernel, DotProduct
from sklearn.utils.estimator_checks import check_estimator

from companion.linear_model import BayesianLinearRegression, BayesianRidge, Ridge

NOISE, PRIOR = 0.04, 0.5
G = torch.Generator().manual_seed(0)
x = 2 * torch.rand(20, generator=G, dtype=torch.float64) - 1
PHI = torch.stack([torch.ones_like(x), x**3], dim=1)
Y = PHI @ torch.tensor([-0.25, 0.6], dtype=torch.float64)
Y += NOISE**0.5 * torch.randn(20, generator=G, dtype=torch.float64)
MODEL = BayesianLinearRegression(NOISE, PRIOR)


@pytest.mark.parametrize("model", [MODEL, BayesianRidge()], ids=["known", "learned"])
def test_scikit_learn_finds_nothing_to_object(model: Any) -> None:
    check_estimator(model, on_skip=None)


@pytest.mark.parametrize("n", [1, 3, 20])
def test_equal_to_a_gaussian_process(n: int) -> None:
    kernel = ConstantKernel(PRIOR, "fixed") * DotProduct(0.0, "fixed")
    process = GaussianProcessRegressor(kernel, alpha=NOISE, optimizer=None)
    process.fit(PHI[:n].numpy(), Y[:n].numpy())
    ours = BayesianLinearRegression(NOISE, PRIOR).fit(PHI[:n], Y[:n])
    mean, std = ours.predict(PHI, return_std=True)
    theirs = process.predict(PHI.numpy(), return_std=True)
    np.testing.assert_allclose(mean, theirs[0], atol=1e-10)
    np.testing.assert_allclose(std**2 - NOISE, theirs[1] ** 2, atol=1e-10)
    evidence = process.log_marginal_likelihood()
    assert ours.log_marginal_likelihood() == pytest.approx(evidence, abs=1e-9)


def test_evidence_is_the_density_of_the_readings() -> None:
    covariance = NOISE * np.eye(20) + PRIOR * (PHI @ PHI.mT).numpy()
    expected = multivariate_normal.logpdf(Y.numpy(), np.zeros(20), covariance)
    ours = BayesianLinearRegression(NOISE, PRIOR).fit(PHI, Y).log_marginal_likelihood()
    assert ours == pytest.approx(expected, abs=1e-9)


def test_readings_in_any_order_and_in_any_parts_teach_the_same() -> None:
    batch = BayesianLinearRegression(NOISE, PRIOR).fit(PHI, Y)
    single, turned = BayesianLinearRegression(NOISE, PRIOR), BayesianLinearRegression(NOISE, PRIOR)
    determinants = [PRIOR**2]
    for i in range(20):
        single.partial_fit(PHI[i : i + 1], Y[i : i + 1])
        determinants.append(float(torch.linalg.det(single.covariance_)))
    turned.partial_fit(PHI.flip(0)[:7].numpy(), Y.flip(0)[:7].numpy())
    turned.partial_fit(PHI.flip(0)[7:].numpy(), Y.flip(0)[7:].numpy())
    for other in (single, turned):
        np.testing.assert_allclose(other.coef_, batch.coef_, atol=1e-10)
        np.testing.assert_allclose(other.covariance_, batch.covariance_, atol=1e-10)
        assert other.log_marginal_likelihood() == pytest.approx(batch.log_marginal_likelihood())
        assert other.n_samples_seen_ == 20
    assert determinants == sorted(determinants, reverse=True)
    with pytest.raises(ValueError, match=r"X has 1 features, but .* expecting 2"):
        single.partial_fit(PHI[:, :1], Y)
    again = single.fit(PHI, Y)
    assert again.n_samples_seen_ == 20


def test_mean_is_ridge() -> None:
    ridge = Ridge(NOISE / PRIOR, fit_intercept=False).fit(PHI, Y)
    bayes = BayesianLinearRegression(NOISE, PRIOR).fit(PHI, Y)
    torch.testing.assert_close(bayes.coef_, ridge.coef_, atol=1e-10, rtol=0)


def test_samples_have_the_moments_of_the_posterior() -> None:
    model = BayesianLinearRegression(NOISE, PRIOR).fit(PHI[:3], Y[:3])
    drawn = model.sample(40_000, random_state=0)
    error = model.covariance_.diagonal().sqrt() / 200
    assert bool(((drawn.mean(0) - model.coef_).abs() < 4 * error).all())
    torch.testing.assert_close(drawn.T.cov(), model.covariance_, rtol=0.05, atol=2e-3)
    assert torch.equal(drawn[:5], model.sample(40_000, random_state=0)[:5])
    assert isinstance(MODEL.fit(PHI.numpy(), Y.numpy()).sample(2), np.ndarray)
    with pytest.raises(ValueError, match="n_samples must be at least 1"):
        model.sample(0)


def test_bands_cover_as_often_as_they_say() -> None:
    """4000 problems from the prior, 5 readings and a new one: the full variance is needed."""
    g = torch.Generator().manual_seed(1)
    inside = torch.zeros(3)
    repeats = 4000
    points = 2 * torch.rand(repeats, 6, generator=g, dtype=torch.float64) - 1
    for row in points:
        phi = torch.stack([torch.ones_like(row), row**3], dim=1)
        w = PRIOR**0.5 * torch.randn(2, generator=g, dtype=torch.float64)
        y = phi @ w + NOISE**0.5 * torch.randn(6, generator=g, dtype=torch.float64)
        precision = phi[:5].mT @ phi[:5] / NOISE + torch.eye(2, dtype=torch.float64) / PRIOR
        mean = torch.linalg.solve(precision, phi[:5].mT @ y[:5] / NOISE)
        spread = float(phi[5] @ torch.linalg.solve(precision, phi[5]))
        error = float((y[5] - phi[5] @ mean).abs())
        inside += torch.tensor([error < 1.959964 * v**0.5 for v in (NOISE + spread, NOISE, spread)])
    model = BayesianLinearRegression(NOISE, PRIOR).fit(phi[:5], y[:5])
    std = model.predict(phi[5:], return_std=True)[1]
    assert float(std**2) == pytest.approx(NOISE + spread)
    assert (inside / repeats).tolist() == pytest.approx([0.95, 0.877, 0.686], abs=0.02)


def test_learned_precisions_on_a_bad_basis() -> None:
    """Powers up to 9 on 0..10: XᵀX has lost its digits, and the singular values serve."""
    state = np.random.RandomState(1)
    points = np.linspace(0, 10, 30)
    y = np.sqrt(points) * np.sin(points) + state.normal(0, 0.2, 30)
    ours = BayesianRidge().fit(np.vander(points, 10), y)
    theirs = sklearn.linear_model.BayesianRidge().fit(np.vander(points, 10), y)
    assert ours.score(np.vander(points, 10), y) == pytest.approx(0.977497, abs=1e-5)
    assert ours.alpha_**-0.5 == pytest.approx(0.255820, rel=1e-4)
    far = np.vander([11.0], 10)
    for mine, other in zip(ours.predict(far, True), theirs.predict(far, True), strict=True):
        np.testing.assert_allclose(mine, other, rtol=1e-4)


def test_scores_of_the_rounds_are_the_librarys() -> None:
    """All but the last, for which scikit-learn takes the weights of the round before."""
    ours = BayesianRidge(compute_score=True).fit(PHI.numpy(), Y.numpy())
    theirs = sklearn.linear_model.BayesianRidge(compute_score=True).fit(PHI.numpy(), Y.numpy())
    np.testing.assert_allclose(ours.scores_[:-1], theirs.scores_[:-1], rtol=1e-9)
    assert len(ours.scores_) == len(theirs.scores_) == ours.n_iter_ + 1


def test_the_precisions_maximise_the_evidence() -> None:
    g = torch.Generator().manual_seed(2)
    X = torch.randn(60, 3, generator=g, dtype=torch.float64)
    y = X @ torch.tensor([1.0, 0.0, -2.0], dtype=torch.float64)
    y += 0.5 * torch.randn(60, generator=g, dtype=torch.float64)
    model = BayesianRidge(tol=1e-12, compute_score=True).fit(X, y)

    def last(alpha: float, lambda_: float) -> float:
        fixed = BayesianRidge(max_iter=1, alpha_init=alpha, lambda_init=lambda_, compute_score=True)
        return float(fixed.fit(X, y).scores_[0])

    best = last(model.alpha_, model.lambda_)
    assert float(model.scores_[-1]) == pytest.approx(best, abs=1e-9)
    for factor in (0.9, 1.1):
        assert last(factor * model.alpha_, model.lambda_) < best
        assert last(model.alpha_, factor * model.lambda_) < best
    assert bool((model.scores_.diff() > -1e-9).all())
