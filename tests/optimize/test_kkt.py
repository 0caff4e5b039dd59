"""The four residuals at solutions that are known, and at points that break one condition each."""

from __future__ import annotations

import numpy as np
import pytest
import scipy.optimize
import torch
from hypothesis import given
from hypothesis import strategies as st

from companion.optimize import check_grad, kkt_residual, rosen, rosen_der


@given(st.integers(0, 10_000))
def test_convex_problems_with_a_chosen_solution(seed: int) -> None:
    """f = ½ xᵀQx + cᵀx: choose x, λ, μ first, then c, b, d such that they solve it."""
    g = np.random.default_rng(seed)
    A, B = g.normal(size=(2, 5)), g.normal(size=(3, 5))
    Q = A.T @ A + np.eye(5)
    x, lam = g.normal(size=5), g.normal(size=2)
    active = g.random(3) < 0.5
    mu, below = np.where(active, g.random(3), 0.0), np.where(active, 0.0, -g.random(3))
    c = -Q @ x - A.T @ lam - B.T @ mu
    norms = kkt_residual(Q @ x + c, np.zeros(2), A, below, B, lam, mu)
    assert max(norms.values()) < 1e-12
    wrong = kkt_residual(Q @ x + c, np.zeros(2), A, below, B, lam, mu - 2)
    assert wrong["sign"] > 0.9 and wrong["stationarity"] > 1e-3


def contact(mu: float, end: float) -> dict[str, float]:
    """One spring of stiffness 1/5 (five unit springs), force 1, gap 3."""
    return kkt_residual(end / 5 - 1, None, None, end - 3, 1.0, None, mu)


def test_each_condition_of_contact_is_seen() -> None:
    assert max(contact(0.4, 3.0).values()) < 1e-12
    assert contact(0.0, 5.0)["feasibility"] == 2
    assert contact(-0.5, 7.5)["sign"] == 0.5
    open_gap = contact(0.6, 2.0)
    assert open_gap["stationarity"] < 1e-12 and abs(open_gap["complementarity"] - 0.6) < 1e-12


def test_a_solution_of_the_library_passes() -> None:
    """Nearest point of the unit disc to (2, 1): x = (2, 1)/√5, μ from ∇f + 2 μ x = 0."""
    target = np.array([2.0, 1.0])
    found = scipy.optimize.minimize(
        lambda x: ((x - target) ** 2).sum(),
        [0.1, 0.1],
        constraints={"type": "ineq", "fun": lambda x: 1 - x @ x},
        options={"ftol": 1e-14},
    ).x
    slope = 2 * (found - target)
    norms = kkt_residual(slope, None, None, found @ found - 1, 2 * found, None, 5**0.5 - 1)
    assert max(norms.values()) < 1e-6


def test_a_wrong_gradient_is_found() -> None:
    x = torch.tensor([-1.2, 1.0, 0.3], dtype=torch.float64)
    assert check_grad(rosen, rosen_der, x) < 1e-4
    assert check_grad(rosen, lambda x: rosen_der(x) + 0.5, x) > 0.8


@pytest.mark.parametrize("size", [1, 3])
def test_a_row_of_another_length_than_the_gradient_is_named(size: int) -> None:
    with pytest.raises(ValueError, match=rf"^Jg must have the shape \(1, 2\).*\({size},\)"):
        kkt_residual(np.ones(2), 0.0, np.ones(size), None, None, 1.0, None)
