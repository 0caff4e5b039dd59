"""Springs and an oscillator: equal to their formulas."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.integrate import dblquad

from companion.datasets import make_cubic_spring, make_duffing_force, make_spring
from companion.preprocessing import PolynomialFeatures


def test_spring_is_its_formula(double: None) -> None:
    found = make_spring(5, 30.0, outlier=-7.0)
    np.testing.assert_allclose(found.data[:, 0], [0, 0.5, 1, 1.5, 2], atol=1e-15)
    np.testing.assert_allclose(found.target, [0, 15, 30, 45, 53], atol=1e-12)
    np.testing.assert_allclose(found.f(found.data[:, 0]), [0, 15, 30, 45, 60], atol=1e-12)
    assert (found.coef.tolist(), found.intercept) == ([30.0], 0.0)


def test_outlier_bends_the_least_squares_slope(double: None) -> None:
    """By 100 N times 2 mm over the sum of squares of 0, 0.2, ..., 2 mm."""
    found = make_spring(outlier=100.0)
    u, force = found.data[:, 0], found.target
    expected = 200 + 100 * 2 / (0.04 * 385)
    assert expected == pytest.approx(212.987, abs=1e-3), "the page"
    assert float(u @ force / (u @ u)) == pytest.approx(expected, rel=1e-12)


def test_cubic_spring_is_its_formula(double: None) -> None:
    found = make_cubic_spring(30, (-2.0, 3.5), 0.0, random_state=1)
    for x, y in zip(found.data[:, 0].tolist(), found.target.tolist(), strict=True):
        assert -1 <= x <= 1
        assert y == pytest.approx(-2 + 3.5 * x**3, abs=1e-14)
    assert found.coef.tolist() == [-2, 3.5]
    assert torch.equal(found.f(found.data[:, 0]), found.target)
    default = make_cubic_spring()
    assert default.coef.tolist() == [-0.25, 0.6]
    assert default.noise_variance == 0.04


def test_cubic_spring_takes_a_variance(double: None) -> None:
    found = make_cubic_spring(20000, noise_variance=0.25, random_state=0)
    errors = found.target - found.f(found.data[:, 0])
    assert float(errors.var()) == pytest.approx(0.25, abs=5 * 0.25 * math.sqrt(2 / 20000))


def test_duffing_force_is_its_formula(double: None) -> None:
    found = make_duffing_force(noise=0)
    for (q, rate), force in zip(found.data.tolist(), found.target.tolist(), strict=True):
        assert max(abs(q), abs(rate)) <= 2
        assert force == pytest.approx(4 * q + rate + 1.5 * q**3, abs=1e-12)
    assert (found.coef.tolist(), found.noise_std) == ([4, 1, 1.5], 0)
    assert torch.equal(found.f(found.data), found.target)


def test_terms_are_named_as_the_features_are(double: None) -> None:
    found = make_duffing_force(noise=0)
    features = PolynomialFeatures(3, include_bias=False).fit(found.data)
    names = list(features.get_feature_names_out(found.feature_names))
    chosen = features.transform(found.data)[:, [names.index(term) for term in found.terms]]
    torch.testing.assert_close(chosen @ found.coef, found.target)


def test_noise_of_the_duffing_force_is_relative(double: None) -> None:
    """To the standard deviation by quadrature over the square."""
    found = make_duffing_force(20000, noise=0.05, random_state=0)

    def square(rate: float, q: float) -> float:
        return (4 * q + rate + 1.5 * q**3) ** 2 / 16

    std = math.sqrt(dblquad(square, -2, 2, -2, 2)[0])
    assert found.noise_std == pytest.approx(0.05 * std, rel=1e-9)
    errors = found.target - found.f(found.data)
    assert float(errors.std()) == pytest.approx(found.noise_std, rel=5 / math.sqrt(40000))


@pytest.mark.parametrize(("make", "limit"), [(make_cubic_spring, 1.0), (make_duffing_force, 2.0)])
def test_states_are_uniform_and_do_not_feel_the_noise(
    make: object, limit: float, double: None
) -> None:
    n = 20000
    data = make(n, random_state=4).data
    for tenth in range(1, 10):
        share = (data < limit * (tenth / 5 - 1)).double().mean(dim=0)
        assert float((share - tenth / 10).abs().max()) < 5 * math.sqrt(0.25 / n)
    if data.shape[1] == 2:
        assert abs(float(torch.corrcoef(data.mT)[0, 1])) < 5 / math.sqrt(n)
    quiet = {"noise": 0} if make is make_duffing_force else {"noise_variance": 0}
    assert torch.equal(data, make(n, **quiet, random_state=4).data)


@pytest.mark.parametrize(
    ("make", "arguments", "error", "match"),
    [
        (make_spring, {"stiffness": -1}, ValueError, "^stiffness .*-1"),
        (make_spring, {"outlier": math.nan}, ValueError, "^outlier .*finite"),
        (make_cubic_spring, {"weights": 1.0}, ValueError, "^weights .*1.0"),
        (make_cubic_spring, {"weights": (1, 2, 3)}, ValueError, "^weights .*3"),
        (make_cubic_spring, {"weights": (1, "2")}, TypeError, "^weights .*str"),
        (make_cubic_spring, {"noise_variance": -1}, ValueError, "^noise_variance .*-1"),
    ],
)
def test_bad_constants(make: object, arguments: dict, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        make(**arguments)
