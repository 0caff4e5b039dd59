"""Tension tests: equal to their laws, spread as stated."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.optimize import brentq

from companion.datasets import make_cubic_stress_strain, make_ramberg_osgood, make_tension_test


def test_tension_test_is_its_formula(double: None) -> None:
    found = make_tension_test(noise=0, modulus=70)
    np.testing.assert_allclose(found.data[:, 0], [i * 1e-3 / 14 for i in range(15)], atol=1e-18)
    np.testing.assert_allclose(found.target, [i * 70 / 14 for i in range(15)], atol=1e-12)
    assert float(make_tension_test(noise=0).target[-1]) == pytest.approx(200), "200 MPa at 0.001"
    assert (found.coef.tolist(), found.intercept) == ([70e3], 0.0)
    assert torch.equal(found.f(found.data[:, 0]), found.target)


@pytest.mark.parametrize("seed", range(20))
def test_one_parameter_fit_finds_the_modulus(seed: int, double: None) -> None:
    """Within 4 standard errors, the claim of the page."""
    found = make_tension_test(random_state=seed)
    x, y = found.data[:, 0], found.target
    slope, error = float(x @ y / (x @ x)), 5 / float((x @ x).sqrt())
    assert abs(slope - 200e3) < 4 * error


def test_cubic_curve_is_its_formula(double: None) -> None:
    found = make_cubic_stress_strain(noise=0)
    expected = [(i * 2 / 19 - 2) ** 3 + 8 for i in range(20)]
    np.testing.assert_allclose(found.data[:, 0], [i * 0.2 / 19 for i in range(20)], atol=1e-15)
    np.testing.assert_allclose(found.target, expected, atol=1e-12)
    assert found.coef.tolist() == [0, 120, -600, 1000]
    at = torch.tensor([0.1, 0.2, 0.3])
    np.testing.assert_allclose(found.f(at), [7, 8, 9], atol=1e-12)
    np.testing.assert_allclose(np.polynomial.polynomial.polyval(at, found.coef), [7, 8, 9])


@pytest.mark.parametrize("seed", range(5))
def test_cubic_curve_starts_at_zero_also_with_noise(seed: int) -> None:
    found = make_cubic_stress_strain(noise=1.0, random_state=seed)
    assert float(found.target[0]) == 0
    assert (found.target[1:] != found.f(found.data[1:, 0])).all()


def test_scores_of_the_cubic_curve(double: None) -> None:
    """The bands of the page for the training scores of the degrees 1, 2 and 3, 200 seeds."""
    bands = ((0.80, 0.86), (0.985, 0.998), (0.996, 0.9999))
    for seed in range(200):
        found = make_cubic_stress_strain(random_state=seed)
        x, y = found.data[:, 0].numpy(), found.target.numpy()
        for degree, (low, high) in enumerate(bands, start=1):
            rest = y - np.polyval(np.polyfit(x, y, degree), x)
            assert low < 1 - rest @ rest / ((y - y.mean()) ** 2).sum() < high


@pytest.mark.parametrize(
    "constants", [{}, {"E": 210e3, "sigma_0": 250.0, "alpha": 0.005, "n": 5.5}]
)
def test_ramberg_osgood_is_its_formula(constants: dict, double: None) -> None:
    """The stress is the root of the implicit law at each strain."""
    full = {"E": 70e3, "sigma_0": 300.0, "alpha": 0.002, "n": 10} | constants
    E, sigma_0, alpha, n = full.values()
    found = make_ramberg_osgood(**constants)
    for strain, stress in zip(found.data[:, 0].tolist(), found.target.tolist(), strict=True):
        law = lambda s, e=strain: s / E + alpha * (s / sigma_0) ** n - e  # noqa: E731
        assert stress == pytest.approx(brentq(law, 0, 2 * sigma_0, xtol=1e-10), abs=1e-8)
    np.testing.assert_allclose(found.target, np.linspace(0, 1.2 * sigma_0, 20), atol=1e-10)
    strain = float(found.f(torch.tensor(sigma_0)))
    assert strain == pytest.approx(sigma_0 / E + alpha), "at the reference stress"


def test_ramberg_osgood_is_no_polynomial(double: None) -> None:
    """Least squares of degree 3 leaves more than 5 MPa."""
    found = make_ramberg_osgood()
    x, y = found.data[:, 0].numpy(), found.target.numpy()
    rest = y - np.polyval(np.polyfit(x, y, 3), x)
    assert np.sqrt((rest**2).mean()) > 5


@pytest.mark.parametrize(
    ("make", "arguments", "error", "match"),
    [
        (make_tension_test, {"modulus": 0}, ValueError, "^modulus .*0"),
        (make_ramberg_osgood, {"E": -1.0}, ValueError, "^E .*-1"),
        (make_ramberg_osgood, {"sigma_0": 0.0}, ValueError, "^sigma_0 .*0"),
        (make_ramberg_osgood, {"alpha": 0.0}, ValueError, "^alpha .*0"),
        (make_ramberg_osgood, {"n": "10"}, TypeError, "^n .*str"),
    ],
)
def test_bad_constants(make: object, arguments: dict, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        make(**arguments)
