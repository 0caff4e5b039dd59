"""Orders of sequences that are known, and of real iterations with their rounding tail."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from companion.optimize import convergence_order, newton_raphson


@given(st.floats(0.05, 0.95), st.floats(1e-3, 10), st.integers(3, 30))
def test_geometric_sequences_have_order_one(q: float, start: float, n: int) -> None:
    errors = [start * q**k for k in range(n)]
    if errors[2] > 1e-13:
        assert convergence_order(errors) == pytest.approx(1, abs=1e-6)


def test_newton_for_square_roots_has_order_two_despite_rounding() -> None:
    """The last errors are 0, or a few units in the last place."""
    for c in (2.0, 3.0, 7.0, 50.0):
        x, errors = c, []
        for _ in range(12):
            errors.append(abs(x - np.sqrt(c)))
            x = (x + c / x) / 2
        assert convergence_order(errors) == pytest.approx(2, abs=0.1)


def test_a_stagnating_tail_above_rounding_is_dropped() -> None:
    assert convergence_order([1e-1, 1e-2, 1e-4, 1e-8, 3e-14, 4e-14, 3e-14]) == pytest.approx(2)
    assert convergence_order([1.0, 5.0, 1e-1, 1e-2, 1e-4, 1e-8, 0, 0]) == pytest.approx(2)


@pytest.mark.parametrize(("last", "expected"), [(1.2, 2.0), (1.8, 1.8)])
def test_a_last_error_near_rounding_counts_unless_it_falls_too_slowly(
    last: float, expected: float
) -> None:
    """The orders are 1, 2 and the last one: it is in doubt when far below the one before."""
    falls = [1.0, 1.5, 1.5, 3.0, 3.0 * last]
    errors = 10.0 ** -np.cumsum(falls)
    errors *= 3e-12 / errors[-1]  # 200 times the largest error that counts as rounding
    assert convergence_order(errors) == pytest.approx(expected)
    assert convergence_order(errors[1:]) == pytest.approx(expected)


def test_the_spring_of_the_page() -> None:
    """u + u³ = 2 from 2: a root with a regular tangent."""
    found = newton_raphson(
        lambda u: u + u**3 - 2, torch.tensor([2.0], dtype=torch.float64), lambda u: 1 + 3 * u**2
    )
    errors = (found.trajectory[:, 0] - 1).abs()
    assert convergence_order(errors) == pytest.approx(2, abs=0.1)
    assert convergence_order(errors.numpy()) == convergence_order(errors)
