"""A line and a sine: equal to their formulas."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch

from companion.datasets import make_line, make_noisy_sine


def test_line_is_its_formula(double: None) -> None:
    found = make_line(noise=0)
    np.testing.assert_allclose(found.data[:, 0], [i * 2 / 19 for i in range(20)], atol=1e-15)
    assert torch.equal(found.target, found.data[:, 0])
    assert torch.equal(found.f(found.data[:, 0]), found.target)
    assert (found.coef.tolist(), found.intercept) == ([1.0], 0.0)


@pytest.mark.parametrize("spacing", ["grid", "uniform"])
@pytest.mark.parametrize(
    ("frequency", "domain"), [(1.0, (-math.pi, math.pi)), (math.pi, (0, 1)), (1.5, (-4, -1))]
)
def test_sine_is_its_formula(spacing: str, frequency: float, domain: tuple, double: None) -> None:
    found = make_noisy_sine(45, 0, frequency, domain, spacing, random_state=2)
    for x, y in zip(found.data[:, 0].tolist(), found.target.tolist(), strict=True):
        assert domain[0] <= x <= domain[1]
        assert y == pytest.approx(math.sin(frequency * x), abs=1e-14)
    assert torch.equal(found.f(found.data[:, 0]), found.target)
    assert (found.data[:, 0].diff() > 0).all()


def test_grid_has_both_ends_and_equal_steps(double: None) -> None:
    x = make_noisy_sine().data[:, 0]
    expected = [-math.pi + i * math.pi / 7 for i in range(15)]
    np.testing.assert_allclose(x, expected, atol=1e-14)


def test_uniform_points_fill_the_domain_and_do_not_feel_the_noise(double: None) -> None:
    """Deciles within five standard errors."""
    n = 20000
    many = {"n_samples": n, "domain": (2, 5), "spacing": "uniform", "random_state": 1}
    x = make_noisy_sine(**many).data[:, 0]
    for tenth in range(1, 10):
        share = float((x < 2 + 0.3 * tenth).double().mean())
        assert share == pytest.approx(tenth / 10, abs=5 * math.sqrt(0.25 / n))
    assert torch.equal(x, make_noisy_sine(**many, noise=0).data[:, 0])


@pytest.mark.parametrize(
    ("arguments", "error", "match"),
    [
        ({"frequency": "1"}, TypeError, "^frequency .*str"),
        ({"frequency": math.inf}, ValueError, "^frequency .*finite"),
        ({"domain": 1.0}, ValueError, "^domain .*1.0"),
        ({"domain": (0, 1, 2)}, ValueError, "^domain .*2"),
        ({"domain": (1, 1)}, ValueError, "^domain must rise"),
        ({"domain": ("0", 1)}, TypeError, "^domain .*str"),
        ({"spacing": "random"}, ValueError, "^spacing .*'random'"),
    ],
)
def test_bad_sines(arguments: dict, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        make_noisy_sine(**arguments)
