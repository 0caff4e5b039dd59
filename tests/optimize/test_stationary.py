"""Stationary points of functions whose points are known beforehand."""

from __future__ import annotations

import itertools
import math

import numpy as np
import pytest
import scipy.optimize
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from companion.optimize import classify_critical_point, stationary_points

F64 = torch.float64


def damped_slope(x: Tensor) -> Tensor:
    """The derivative of exp(-0.04 x²) sin x."""
    return torch.exp(-0.04 * x**2) * (torch.cos(x) - 0.08 * x * torch.sin(x))


def landscape(x: Tensor) -> Tensor:
    return torch.exp(-0.05 * (x @ x)) * torch.sin(x[0]) * torch.cos(x[1])


def test_six_points_of_the_damped_sine() -> None:
    # f' = 0 where cot x = 0.08 x: the library solves that equation instead
    def reduced(x: float) -> float:
        return math.cos(x) - 0.08 * x * math.sin(x)

    right = [scipy.optimize.brentq(reduced, 0.1 + k * math.pi, 3.0 + k * math.pi) for k in range(3)]
    found = stationary_points(damped_slope, (-3 * math.pi, 3 * math.pi))
    expected = torch.tensor([-x for x in reversed(right)] + right, dtype=F64)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-10)
    curvature = torch.func.vmap(torch.func.grad(damped_slope))(found)
    kinds = [
        classify_critical_point(damped_slope(x), k) for x, k in zip(found, curvature, strict=True)
    ]
    # the sine rises at 0, so the first point on its right is a maximum; kinds alternate
    assert kinds == ["minimum", "maximum"] * 3


@given(st.sets(st.integers(-40, 40), min_size=0, max_size=6), st.sampled_from([-2.0, 0.5]))
def test_polynomials_with_known_roots(roots: set[int], factor: float) -> None:
    known = torch.tensor(sorted(r / 9 for r in roots), dtype=F64)

    def df(x: Tensor) -> Tensor:
        return factor * (x[:, None] - known).prod(1)

    found = stationary_points(df, (-5.0, 5.0))
    assert found.shape == known.shape
    torch.testing.assert_close(found, known, rtol=0, atol=1e-12)


def test_exact_zeros_on_the_grid_count_once() -> None:
    found = stationary_points(lambda x: x * (x - 1) * (x + 1), (-1.0, 1.0), 5)
    assert found.tolist() == [-1.0, 0.0, 1.0]
    assert stationary_points(lambda x: x**2, (-1.0, 1.0), 3).tolist() == [0.0]
    assert stationary_points(lambda x: x**2 + 1, (-1.0, 1.0)).tolist() == []


@given(st.floats(0.1, 20))
def test_no_neighbouring_number_is_nearer_to_zero(c: float) -> None:
    def df(x: Tensor) -> Tensor:
        return x * x - c

    found = stationary_points(df, (0.0, 5.0))
    for end in (0.0, 5.0):
        assert df(found).abs() <= df(torch.nextafter(found, torch.full_like(found, end))).abs()


def test_a_jump_and_a_pole_are_no_stationary_points() -> None:
    assert stationary_points(lambda x: torch.where(x < 0.1, -1.0, 1.0), (-1.0, 1.0)).tolist() == []
    assert stationary_points(lambda x: 1 / (x - 0.1), (-1.0, 1.0)).tolist() == []


def test_results_have_the_kind_that_came() -> None:
    by_array = stationary_points(np.cos, np.array([0.0, 7.0]))
    assert isinstance(by_array, np.ndarray) and by_array.dtype == np.float64
    np.testing.assert_allclose(by_array, [math.pi / 2, 3 * math.pi / 2], atol=1e-12)
    single = stationary_points(torch.cos, torch.tensor([0.0, 7.0]))
    assert single.dtype == torch.float32
    pair = stationary_points(torch.cos, (torch.tensor(0.0), torch.tensor(7.0)))
    assert pair.dtype == torch.float32 and torch.equal(pair, single)


def test_kinds_of_the_landscapes_points() -> None:
    """g = exp(-0.05 x²) sin x and h = exp(-0.05 y²) cos y: g' = h' = 0, or g = h = 0."""
    interval = (-5.0, 5.0)
    x_flat = stationary_points(lambda x: torch.cos(x) - 0.1 * x * torch.sin(x), interval)
    y_flat = stationary_points(lambda y: -torch.sin(y) - 0.1 * y * torch.cos(y), interval)
    x_zero, y_zero = stationary_points(torch.sin, interval), stationary_points(torch.cos, interval)
    assert [len(v) for v in (x_flat, y_flat, x_zero, y_zero)] == [4, 3, 3, 4]
    points = [*itertools.product(x_flat, y_flat), *itertools.product(x_zero, y_zero)]
    kinds = []
    for pair in points:
        x = torch.stack(pair)
        slope, curvature = torch.func.grad(landscape)(x), torch.func.hessian(landscape)(x)
        kinds.append(classify_critical_point(slope, curvature))
    assert {k: kinds.count(k) for k in set(kinds)} == {"minimum": 6, "maximum": 6, "saddle": 12}


def test_cases_that_the_hessian_cannot_decide() -> None:
    valley = torch.diag(torch.tensor([2.0, 0.0], dtype=F64))
    zero = torch.zeros(2, dtype=F64)
    assert classify_critical_point(zero, valley) == "inconclusive"
    assert classify_critical_point(zero, -valley) == "inconclusive"
    assert classify_critical_point(torch.tensor([1.0, 0.0], dtype=F64), 0 * valley) == (
        "not stationary"
    )
    assert classify_critical_point(0.0, 12.0) == "minimum"
    assert classify_critical_point(np.zeros(2), np.diag([-2.0, -1.0])) == "maximum"
    assert classify_critical_point([0.0, 0.0], [[0, 1], [1, 0]]) == "saddle"


@pytest.mark.parametrize("skew", [0.0, 5.0])
def test_only_the_symmetric_part_of_a_hessian_counts(skew: float) -> None:
    H = torch.tensor([[1.0, skew], [-skew, 1.0]], dtype=F64)
    assert classify_critical_point(torch.zeros(2, dtype=F64), H) == "minimum"
