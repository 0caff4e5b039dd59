"""Statements of the page on Bayesian regression that need more seeds than the page draws."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from companion import datasets
from companion.exercises.regression.bayesian_regression_plans import cubic_spring, next_load
from companion.linear_model import BayesianLinearRegression, BayesianRidge

SEEDS = [list(range(20)), list(range(1000, 1020))]


@pytest.mark.parametrize("seed", range(5))
def test_mean_of_the_most_likely_noise_is_too_small(seed: int) -> None:
    g = torch.Generator().manual_seed(seed)
    Q, _ = torch.linalg.qr(torch.randn(10, 4, generator=g, dtype=torch.float64))
    noise = torch.randn(5000, 10, generator=g, dtype=torch.float64)
    errors = noise - noise @ Q @ Q.mT
    assert float(errors.square().sum(1).mean() / 10) == pytest.approx(0.6, abs=0.02)


@pytest.mark.parametrize("seeds", SEEDS, ids=["first", "second"])
def test_evidence_picks_the_features_that_made_the_data(seeds: list[int]) -> None:
    wins = 0
    for seed in seeds:
        data = datasets.make_cubic_spring(20, random_state=seed)
        x, y = data.data[:, 0], data.target
        pair = (torch.stack([torch.ones_like(x), u], dim=1) for u in (x**3, torch.cos(3 * x)))
        cubic, wave = (BayesianLinearRegression(0.04, 0.5).fit(F, y) for F in pair)
        wins += cubic.log_marginal_likelihood() > wave.log_marginal_likelihood()
    assert wins >= 14


@pytest.mark.parametrize("seeds", SEEDS, ids=["first", "second"])
def test_the_band_opens_outside_the_data_in_every_run(seeds: list[int]) -> None:
    x = np.linspace(0, 10, 30)
    misses = []
    for seed in seeds:
        y = np.sqrt(x) * np.sin(x) + np.random.RandomState(seed).normal(0, 0.2, 30)
        model = BayesianRidge().fit(np.vander(x, 10), y)
        mean, std = model.predict(np.vander([10.0, 11.0], 10), return_std=True)
        assert std[1] > 5 * std[0]
        misses.append(abs(mean[1] - np.sqrt(11) * np.sin(11)) / std[1])
    assert max(misses) > 1.96  # one in twenty would be honest; several are not
    assert np.mean(np.array(misses) > 1) > 0.32


@pytest.mark.parametrize(("x_star", "best"), [(0.3, 0.0), (0.6, 0.5), (1.0, 1.0)])
def test_where_to_pull_first(x_star: float, best: float) -> None:
    loads = torch.tensor([-1, -0.5, 0, 0.5, 1], dtype=torch.float64)
    belief = torch.zeros(2, dtype=torch.float64), 2 * torch.eye(2, dtype=torch.float64)
    assert loads[next_load(*belief, loads, x_star, 0.04, cubic_spring)] == best
