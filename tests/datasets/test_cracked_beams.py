"""Cracked cantilevers: the truth by SciPy's distributions, the beams by their moments."""

from __future__ import annotations

import math
import pickle

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from scipy.optimize import brentq
from scipy.stats import multivariate_normal, norm

from companion.datasets import make_cracked_beams


def intact_frequency() -> float:
    root = brentq(lambda b: math.cos(b) * math.cosh(b) + 1, 1, 3)
    area, inertia = 0.02 * 0.01, 0.02 * 0.01**3 / 12
    return root**2 / (2 * math.pi) * math.sqrt(210e9 * inertia / (7850 * area))


def densities(unit: float = 1.0) -> list:
    """The two classes, damping in units of ``unit`` percent."""
    f = intact_frequency()
    off = -0.3 * 0.12 * 0.15 * unit
    covariance = [[0.12**2, off], [off, (0.15 * unit) ** 2]]
    means = ([f, 0.5 * unit], [f * math.sqrt(0.94), 0.8 * unit])
    return [multivariate_normal(mean, covariance) for mean in means]


@pytest.mark.parametrize("prior", [0.5, 0.1, 0.93])
@pytest.mark.parametrize(("unit", "factor"), [("%", 1.0), ("1", 0.01)])
def test_truth_is_that_of_the_normal_distributions(
    prior: float, unit: str, factor: float, double: None
) -> None:
    """Posterior by Bayes' rule, error and AUC by integrals over the log-odds."""
    found = make_cracked_beams(50, prior=prior, damping_unit=unit)
    intact, cracked = densities(factor)
    np.testing.assert_allclose(found.means, [intact.mean, cracked.mean], rtol=1e-12)
    np.testing.assert_allclose(found.covariance, intact.cov, rtol=1e-12)
    both = prior * cracked.pdf(found.data), (1 - prior) * intact.pdf(found.data)
    np.testing.assert_allclose(found.posterior(found.data), both[0] / sum(both), atol=1e-9)
    odds = norm(found.distance**2 * np.array([-0.5, 0.5]), found.distance)
    at = -math.log(prior / (1 - prior))
    error = (1 - prior) * odds.sf(at)[0] + prior * odds.cdf(at)[1]
    assert found.bayes_error == pytest.approx(error, rel=1e-12)
    area = quad(lambda s: odds.cdf(s)[0] * odds.pdf(s)[1], -20, 20, epsabs=1e-12)[0]
    assert found.auc == pytest.approx(area, abs=1e-9)


def test_numbers_of_the_book(double: None) -> None:
    found = make_cracked_beams()
    assert found.means[:, 0].tolist() == pytest.approx([8.355166, 8.100634], abs=1e-6)
    assert found.coef.tolist() == pytest.approx([-13.929488, 9.990256], abs=1e-6)
    assert found.intercept == pytest.approx(108.116769, abs=1e-6)
    truth = (found.distance, found.bayes_error, found.auc)
    assert truth == pytest.approx((2.557846, 0.100462, 0.964749), abs=1e-6)
    rare = make_cracked_beams(prior=0.1)
    assert torch.equal(rare.coef, found.coef)
    assert rare.intercept - found.intercept == pytest.approx(math.log(1 / 9), rel=1e-12)


@pytest.mark.parametrize("prior", [0.5, 0.2])
def test_beams_follow_the_truth(prior: float, double: None) -> None:
    """Shares, moments and the error of the best rule within five standard errors."""
    n = 20000
    found = make_cracked_beams(n, prior=prior, random_state=3)
    assert set(found.target.tolist()) == {0, 1}
    share = float(found.target.double().mean())
    assert share == pytest.approx(prior, abs=5 * math.sqrt(prior * (1 - prior) / n))
    for label in (0, 1):
        X = found.data[found.target == label]
        Z = (X - found.means[label]) / found.covariance.diagonal().sqrt()
        m = len(X)
        assert float(Z.mean(dim=0).abs().max()) < 5 / math.sqrt(m)
        assert float((Z.std(dim=0) - 1).abs().max()) < 5 / math.sqrt(2 * m)
        assert float(torch.corrcoef(Z.mT)[0, 1]) == pytest.approx(-0.3, abs=5 / math.sqrt(m))
    wrong = float(((found.posterior(found.data) > 0.5) != found.target.bool()).double().mean())
    spread = math.sqrt(found.bayes_error * (1 - found.bayes_error) / n)
    assert wrong == pytest.approx(found.bayes_error, abs=5 * spread)


def test_unit_changes_the_numbers_only(double: None) -> None:
    percent, ratio = make_cracked_beams(9), make_cracked_beams(9, damping_unit="1")
    scale = torch.tensor([1.0, 100.0])
    torch.testing.assert_close(ratio.data * scale, percent.data)
    torch.testing.assert_close(ratio.coef / scale, percent.coef)
    assert torch.equal(ratio.target, percent.target)
    assert percent.feature_names == ["frequency [Hz]", "damping [%]"]
    assert ratio.feature_names == ["frequency [Hz]", "damping [-]"]
    assert percent.target_names == ["intact", "cracked"]


def test_bunch_dtype_and_random_state(request: pytest.FixtureRequest) -> None:
    found = make_cracked_beams(7)
    assert (found.data.shape, found.target.shape) == ((7, 2), (7,))
    assert (found.data.dtype, found.target.dtype) == (torch.float32, torch.int64)
    assert torch.equal(found.data, make_cracked_beams(7, random_state=0).data)
    assert not torch.equal(found.data, make_cracked_beams(7, random_state=1).data)
    generator = torch.Generator().manual_seed(0)
    assert torch.equal(found.data, make_cracked_beams(7, random_state=generator).data)
    again = pickle.loads(pickle.dumps(found))
    assert torch.equal(again.posterior(found.data), found.posterior(found.data))
    request.getfixturevalue("double")
    assert torch.equal(make_cracked_beams(7).data.float(), found.data)


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"n_samples": 0}, ValueError, "^n_samples .*0"),
        ({"prior": 0.0}, ValueError, "^prior .*0.0"),
        ({"prior": 1}, ValueError, "^prior .*1"),
        ({"prior": "1"}, TypeError, "^prior .*str"),
        ({"damping_unit": "Hz"}, ValueError, "^damping_unit .*'Hz'"),
        ({"random_state": -1}, ValueError, "^random_state .*-1"),
    ],
)
def test_bad_arguments(arguments: dict, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        make_cracked_beams(**arguments)
