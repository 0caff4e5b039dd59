"""Scalar roots on random polynomials, with tensors, and in the cases that must fail."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import scipy.optimize
import torch
from hypothesis import given
from hypothesis import strategies as st

from companion.optimize import bisect, newton, root_scalar


@given(st.floats(-3, 3), st.floats(0.1, 2), st.floats(-5, 5), st.sampled_from(["bisect", "brentq"]))
def test_bracketing_methods_on_random_cubics(root: float, c: float, d: float, method: str) -> None:
    def f(x: float) -> float:
        return (x - root) * ((x - d) ** 2 + c)

    ours = root_scalar(f, method=method, bracket=(-4.0, 3.5))
    theirs = scipy.optimize.root_scalar(f, method=method, bracket=(-4.0, 3.5))
    assert ours.converged and ours.root == pytest.approx(root, abs=1e-10)
    assert ours.root == pytest.approx(theirs.root, abs=4e-12)
    assert abs(ours.function_calls - theirs.function_calls) <= 1


@given(st.floats(0.1, 100))
def test_newton_finds_square_roots(c: float) -> None:
    assert newton(lambda x: x * x - c, 1 + c, lambda x: 2 * x) == pytest.approx(math.sqrt(c))
    assert newton(lambda x: x * x - c, 1 + c) == pytest.approx(math.sqrt(c), rel=1e-9)


@pytest.mark.parametrize("dtype", [torch.float32, torch.float64])
def test_tensors_come_back_as_tensors(dtype: torch.dtype) -> None:
    one = torch.tensor(1.0, dtype=dtype)
    for found in (
        bisect(lambda x: torch.cos(x) - x, 0 * one, one),
        bisect(lambda x: torch.cos(x) - x, 0, one),
        newton(lambda x: torch.cos(x) - x, one[None], lambda x: -torch.sin(x) - 1),
        root_scalar(lambda x: torch.cos(x) - x, bracket=torch.stack([0 * one, one])).root,
        root_scalar(lambda x: torch.cos(x) - x, x0=one).root,
    ):
        assert found.dtype == dtype and found.shape == ()
        assert float(found) == pytest.approx(
            0.7390851332151607, abs=max(2e-12, 4 * torch.finfo(dtype).eps)
        )


def test_numbers_of_numpy_come_back_as_floats() -> None:
    assert type(bisect(np.cos, np.float64(1), np.float64(2))) is float
    assert type(newton(np.sin, np.array([3.0]))) is float


def test_a_search_that_fails_says_so_and_does_not_raise() -> None:
    cases: list[dict[str, Any]] = [
        {"x0": 0.0, "fprime": lambda x: 2 * x},
        {"x0": 3.0, "fprime": lambda x: 2 * x},
        {"x0": 3.0},
    ]
    for kwargs in cases:
        found = root_scalar(lambda x: x * x + 1, **kwargs)
        assert not found.converged and found.flag == "convergence error"


@pytest.mark.parametrize("side", [-1.0, 1.0])
def test_a_level_secant_is_no_success(side: float) -> None:
    ends = {"x0": side, "x1": -side}
    ours = root_scalar(lambda x: x * x + 1, method="secant", **ends)
    theirs = scipy.optimize.root_scalar(lambda x: x * x + 1, method="secant", **ends)
    assert not ours.converged and not theirs.converged
    assert ours.root == theirs.root == 0


def test_bisection_gains_one_bit_a_step() -> None:
    for steps in (10, 20, 30):
        found = root_scalar(lambda x: x - 1 / 3, method="bisect", bracket=(0, 1), maxiter=steps)
        assert not found.converged and abs(found.root - 1 / 3) <= 0.5**steps


@pytest.mark.parametrize("power", [3, 5, 9])
@pytest.mark.parametrize("shift", [0.0, 0.3])
def test_brent_takes_the_steps_of_the_library_on_flat_and_steep_curves(
    power: int, shift: float
) -> None:
    for f in (
        lambda x: (x - shift) ** power,
        lambda x: math.atan(200 * (x - shift)) + 0.3,
        lambda x: math.exp(power * (x - shift)) - 0.1,
    ):
        ours = root_scalar(f, method="brentq", bracket=(-1.0, 1.5))
        theirs = scipy.optimize.root_scalar(f, method="brentq", bracket=(-1.0, 1.5))
        assert ours.root == pytest.approx(theirs.root, abs=1e-11)
        assert abs(ours.iterations - theirs.iterations) <= 1


def watched(search: Any, seed: int, method: str) -> tuple[list[float], int]:
    """Every x at which a random curve with waves and a bend is asked for, and the steps."""
    g = np.random.default_rng(seed)
    wave, frequency, steepness, root, left, right = g.uniform(0, (1, 20, 50, 1, 3, 3))
    tolerance = 10.0 ** -g.integers(2, 13)
    seen: list[float] = []

    def f(x: float) -> float:
        seen.append(x)
        return (1 + wave * math.sin(frequency * x)) * math.atan(steepness * (x - root))

    found = search(f, method=method, bracket=(root - left, root + right), xtol=tolerance)
    assert found.root == pytest.approx(root, abs=2 * tolerance)
    return seen, found.iterations


@pytest.mark.parametrize("method", ["bisect", "brentq"])
def test_searches_look_where_the_librarys_look(method: str) -> None:
    """Coarsely and finely; rounding may decide about the last look."""
    for seed in range(100):
        ours, steps = watched(root_scalar, seed, method)
        theirs, expected = watched(scipy.optimize.root_scalar, seed, method)
        assert abs(steps - expected) <= 1
        shared = min(len(ours), len(theirs))
        np.testing.assert_allclose(ours[:shared], theirs[:shared], rtol=0, atol=1e-11)
