"""Gauges: equal to their formulas, spread as stated, and as badly scaled as the page says."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from torch import Tensor

from companion.datasets import make_gauge, make_strain_gauge


def condition(X: Tensor) -> float:
    """Condition number of the Hessian of the mean squared error with an intercept."""
    A = np.column_stack([np.ones(len(X)), X.numpy()])
    return float(np.linalg.cond(A.T @ A / len(A)))


def test_output_is_the_formula_of_the_page(double: None) -> None:
    found = make_strain_gauge(noise=0)
    rows = zip(found.data.tolist(), found.target.tolist(), strict=True)
    for (strain, temperature), y in rows:
        assert y == pytest.approx(0.02 + 5e-4 * strain + 4e-3 * temperature, abs=1e-15)
    assert (found.intercept, found.coef.tolist()) == (0.02, [5e-4, 4e-3])


def test_features_are_uniform_and_independent(double: None) -> None:
    """Moments and deciles of the unit square within five standard errors, inside its edges."""
    n = 20000
    data = make_strain_gauge(n).data
    U = (data - torch.tensor([0.0, -20])) / torch.tensor([1000.0, 60])
    assert float(U.min()) >= 0
    assert float(U.max()) <= 1
    assert float((U.mean(dim=0) - 0.5).abs().max()) < 5 * math.sqrt(1 / 12 / n)
    for tenth in torch.arange(0.1, 1, 0.1):
        share = (tenth > U).double().mean(dim=0)
        assert float((share - tenth).abs().max()) < 5 * math.sqrt(0.25 / n)
    assert abs(float(torch.corrcoef(U.mT)[0, 1])) < 5 / math.sqrt(n)


def test_noise_is_normal_with_its_spread_and_leaves_the_features(double: None) -> None:
    n = 20000
    clean, noisy = make_strain_gauge(n, noise=0), make_strain_gauge(n, noise=0.3)
    assert torch.equal(clean.data, noisy.data)
    Z = (noisy.target - clean.target) / 0.3
    assert abs(float(Z.mean())) < 5 / math.sqrt(n)
    assert abs(float(Z.std()) - 1) < 5 / math.sqrt(2 * n)
    within = float((Z.abs() < 1).double().mean())
    assert within == pytest.approx(math.erf(math.sqrt(0.5)), abs=5 * math.sqrt(0.25 / n))
    for feature in clean.data.mT:
        assert abs(float(torch.corrcoef(torch.stack([feature, Z]))[0, 1])) < 5 / math.sqrt(n)


@pytest.mark.parametrize("random_state", range(5))
def test_raw_features_are_badly_scaled_and_standardised_ones_are_not(
    random_state: int, double: None
) -> None:
    X = make_strain_gauge(random_state=random_state).data
    assert 1.1e6 < condition(X) < 2.1e6
    assert condition((X - X.mean(dim=0)) / X.std(dim=0)) < 1.4


def test_least_squares_finds_the_truth(double: None) -> None:
    """Within five standard errors of each coefficient."""
    found = make_strain_gauge()
    A = np.column_stack([np.ones(256), found.data.numpy()])
    fitted = np.linalg.lstsq(A, found.target.numpy(), rcond=None)[0]
    errors = 0.01 * np.sqrt(np.linalg.inv(A.T @ A).diagonal())
    assert (np.abs(fitted - [0.02, 5e-4, 4e-3]) < 5 * errors).all()


def test_bunch_and_dtype(request: pytest.FixtureRequest) -> None:
    found = make_strain_gauge()
    assert (found.data.shape, found.target.shape, found.coef.shape) == ((256, 2), (256,), (2,))
    assert found.data.dtype == found.target.dtype == found.coef.dtype == torch.float32
    assert found.feature_names == ["strain [um/m]", "temperature [K]"]
    request.getfixturevalue("double")
    wide = make_strain_gauge()
    assert torch.equal(wide.data.float(), found.data)
    assert torch.equal(wide.target.float(), found.target)


def test_repeats_with_the_same_random_state() -> None:
    def draw(state: int | torch.Generator | None) -> Tensor:
        found = make_strain_gauge(5, random_state=state)
        return torch.cat([found.data.flatten(), found.target])

    generator, before = torch.Generator().manual_seed(1), torch.get_rng_state()
    first = draw(1)
    assert torch.equal(first, draw(1))
    assert torch.equal(first, draw(generator))
    assert not torch.equal(first, draw(generator))
    assert not torch.equal(first, draw(2))
    assert torch.equal(before, torch.get_rng_state())
    torch.manual_seed(1)
    assert torch.equal(first, draw(None))


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"n_samples": 0}, ValueError, "^n_samples .*0"),
        ({"n_samples": 2.0}, TypeError, "^n_samples .*float"),
        ({"noise": -0.1}, ValueError, "^noise .*-0.1"),
        ({"noise": "0"}, TypeError, "^noise .*str"),
        ({"noise": math.nan}, ValueError, "^noise .*finite"),
        ({"random_state": "1"}, TypeError, "^random_state .*str"),
        ({"random_state": -1}, ValueError, "^random_state .*-1"),
    ],
)
def test_bad_arguments(arguments: dict, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        make_strain_gauge(**arguments)


# The pressure gauge


def test_gauge_has_its_bias_and_repeatability(double: None) -> None:
    """Exactly without random errors, else within five standard errors at each pressure."""
    exact = make_gauge(3, bias=-0.5, std=0)
    assert exact.truth.tolist() == [0, 2, 4, 6, 8, 10]
    assert exact.readings.tolist() == [[-0.5, 1.5, 3.5, 5.5, 7.5, 9.5]] * 3
    n = 20000
    found = make_gauge(n, bias=0.3, std=0.2, random_state=1)
    errors = found.readings - found.truth
    assert float((errors.mean(dim=0) - 0.3).abs().max()) < 5 * 0.2 / math.sqrt(n)
    assert float((errors.std(dim=0) / 0.2 - 1).abs().max()) < 5 / math.sqrt(2 * n)
    assert float((torch.corrcoef(errors.mT) - torch.eye(6)).abs().max()) < 5 / math.sqrt(n)
    assert (found.bias, found.std) == (0.3, 0.2)


def test_gauge_bunch_and_random_state(request: pytest.FixtureRequest) -> None:
    found = make_gauge(random_state=1)
    assert (found.readings.shape, found.readings.dtype) == ((10, 6), torch.float32)
    assert (found.truth.dtype, found.bias, found.std) == (torch.float32, 0.05, 0.02)
    assert torch.equal(found.readings, make_gauge(random_state=1).readings)
    assert not torch.equal(found.readings, make_gauge(random_state=2).readings)
    torch.manual_seed(1)
    assert torch.equal(found.readings, make_gauge().readings)
    request.getfixturevalue("double")
    assert torch.equal(make_gauge(random_state=1).readings.float(), found.readings)


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"n_runs": 0}, ValueError, "^n_runs .*0"),
        ({"bias": math.inf}, ValueError, "^bias .*finite"),
        ({"std": -1}, ValueError, "^std .*-1"),
        ({"random_state": "1"}, TypeError, "^random_state .*str"),
    ],
)
def test_bad_gauges(arguments: dict, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        make_gauge(**arguments)
