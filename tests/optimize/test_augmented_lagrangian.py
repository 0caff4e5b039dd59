"""The augmented Lagrangian: closed forms of the chapter, multipliers, and honest failures."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import scipy.optimize
import torch
from hypothesis import example, given, settings
from hypothesis import strategies as st

from companion.optimize import augmented_lagrangian, kkt_residual, minimize

K = 2 * np.eye(5) - np.eye(5, k=1) - np.eye(5, k=-1)
K[4, 4] = 1
LOAD = np.eye(5)[4]


def chain(gap: float, **options: Any) -> Any:
    """Five unit springs, the end pulled by 1 towards a wall at the distance ``gap``."""
    wall = {"type": "ineq", "fun": lambda u: gap - u[4], "jac": lambda u: -LOAD}
    return augmented_lagrangian(
        lambda u: u @ K @ u / 2 - LOAD @ u, np.zeros(5), jac=lambda u: K @ u - LOAD,
        constraints=wall, **options,
    )  # fmt: skip


def test_contact_force_of_the_chain() -> None:
    found = chain(3.0, ctol=1e-11)
    assert found.success and found.multipliers[0] == pytest.approx([0.4], abs=1e-10)
    np.testing.assert_allclose(found.x, [0.6, 1.2, 1.8, 2.4, 3.0], atol=1e-9)
    slope = (chain(3.001).fun - chain(2.999).fun) / 0.002
    assert slope == pytest.approx(-0.4, abs=1e-6)


def test_an_open_gap_carries_no_force() -> None:
    found = chain(6.0)
    assert found.success and found.multipliers[0] == 0
    np.testing.assert_allclose(found.x, [1, 2, 3, 4, 5], atol=1e-8)


def test_the_force_converges_by_the_factor_of_the_chapter() -> None:
    """With k/n = 1/5 and ρ: the error shrinks by (k/n) / (k/n + ρ), which is 1/6 for ρ = 1."""
    for rho in (1.0, 4.0):
        errors = chain(3.0, rho=rho).multiplier_history[:5, 0] - 0.4
        np.testing.assert_allclose(errors[1:] / errors[:-1], 0.2 / (0.2 + rho), atol=1e-6)
        first = chain(3.0, rho=rho, maxiter=1)
        assert first.x[4] - 3 == pytest.approx(0.4 / (0.2 + rho), abs=1e-10)
        assert first.constr_violation == pytest.approx(0.4 / (0.2 + rho), abs=1e-10)
        assert not first.success and first.status == 1 and "violation" in first.message


def test_landscape_on_the_curve() -> None:
    """λ and x from the one-dimensional function -x² + y(x)²."""

    def slope(x: float) -> float:
        return -2 * x + 2 * (math.sin(6 * x - 0.7) - 0.5) * 6 * math.cos(6 * x - 0.7)

    x = scipy.optimize.brentq(slope, 1.6, 1.7)
    y = math.sin(6 * x - 0.7) - 0.5
    curve = {"type": "eq", "fun": lambda z: torch.sin(6 * z[0] - 0.7) - z[1] - 0.5}
    start = torch.tensor([1.0, -0.5], dtype=torch.float64)
    found = minimize(lambda z: z[1] ** 2 - z[0] ** 2, start, method=augmented_lagrangian,
                     constraints=curve)  # fmt: skip
    assert found.success and found.x.tolist() == pytest.approx([x, y], abs=1e-7)
    # ∂L/∂y = 2 y - λ = 0
    assert float(found.multipliers[0]) == pytest.approx(2 * y, abs=1e-6)
    assert len(found.trajectory) == len(found.multiplier_history) + 1 == found.nit + 1


@pytest.mark.parametrize("seed", range(10))
def test_product_in_the_ball(seed: int) -> None:
    x0 = np.random.default_rng(seed).normal(size=3)
    ball = {"type": "ineq", "fun": lambda x: 1 - x @ x}
    found = augmented_lagrangian(lambda x: x[0] * x[1] + x[2] ** 2, x0, constraints=ball)
    assert found.success and found.fun == pytest.approx(-0.5, abs=1e-8)
    assert float(found.multipliers[0][0]) == pytest.approx(0.5, abs=1e-7)


@pytest.mark.parametrize(("width", "area", "mu"), [(0.2, 0.06, 0.1), (0.4, 0.0625, 0.0)])
def test_rectangle_of_a_string(width: float, area: float, mu: float) -> None:
    limits = [
        {"type": "eq", "fun": lambda x: 2 * x[0] + 2 * x[1] - 1},
        {"type": "ineq", "fun": lambda x: width - x[0]},
    ]
    found = augmented_lagrangian(lambda x: -x[0] * x[1], [0.1, 0.1], constraints=limits)
    assert found.success and -found.fun == pytest.approx(area, abs=1e-8)
    assert float(found.multipliers[1][0]) == pytest.approx(mu, abs=1e-7)


def test_largest_hexagon_of_a_string() -> None:
    n, g = 6, np.random.default_rng(1)
    turn = np.arange(n) * 2 * np.pi / n
    start = 0.16 * np.concatenate([np.cos(turn), np.sin(turn)]) + 0.01 * g.normal(size=2 * n)

    def area(z: Any) -> float:
        x, y = z[:n], z[n:]
        return float(x @ np.roll(y, -1) - y @ np.roll(x, -1)) / 2

    def length(z: Any) -> float:
        return float(sum(np.hypot(*(np.roll(part, -1) - part for part in (z[:n], z[n:])))))

    string = {"type": "eq", "fun": lambda z: length(z) - 1}
    found = augmented_lagrangian(lambda z: -area(z), start, constraints=string, gtol=1e-6)
    assert found.success and area(found.x) == pytest.approx(1 / (4 * n * math.tan(math.pi / n)))


@settings(max_examples=25)
@given(st.integers(0, 10_000))
@example(127)  # rounding in the values stops the line search here,
@example(164)  # and here
def test_convex_quadratic_programs_with_a_chosen_solution(seed: int) -> None:
    """Choose x, λ, μ first, then the problem that they solve."""
    g = np.random.default_rng(seed)
    M, A, B = g.normal(size=(4, 4)), g.normal(size=(1, 4)), g.normal(size=(2, 4))
    Q, x, lam = M.T @ M + np.eye(4), g.normal(size=4), g.normal(size=1)
    active = g.random(2) < 0.5
    mu, room = np.where(active, 0.1 + g.random(2), 0.0), np.where(active, 0.0, 0.1 + g.random(2))
    c = -Q @ x - A.T @ lam - B.T @ mu
    found = augmented_lagrangian(
        lambda z: z @ Q @ z / 2 + c @ z,
        np.zeros(4),
        jac=lambda z: Q @ z + c,
        constraints=[
            {"type": "eq", "fun": lambda z: A @ (z - x), "jac": lambda z: A},
            {"type": "ineq", "fun": lambda z: room - B @ (z - x), "jac": lambda z: -B},
        ],
    )
    assert found.success, found.message
    np.testing.assert_allclose(found.x, x, atol=1e-6)
    h = B @ (found.x - x) - room
    norms = kkt_residual(Q @ found.x + c, A @ (found.x - x), A, h, B, *found.multipliers)
    assert norms["sign"] == 0 and max(norms.values()) < 1e-6


def test_scipy_takes_it_as_a_method_and_trust_constr_agrees() -> None:
    def f(x: Any) -> Any:
        return (x[0] - 1) ** 2 + (x[1] - 2.5) ** 2 + x[0] * x[1] / 5

    limits = [
        {"type": "ineq", "fun": lambda x: x[0] - 2 * x[1] + 2},
        {"type": "ineq", "fun": lambda x: 6 - x[0] - 2 * x[1]},
        {"type": "ineq", "fun": lambda x: x},
    ]
    ours = scipy.optimize.minimize(f, [2.0, 0.0], method=augmented_lagrangian, constraints=limits)
    theirs = scipy.optimize.minimize(f, [2.0, 0.0], method="trust-constr", constraints=limits,
                                     options={"gtol": 1e-12, "xtol": 1e-12})  # fmt: skip
    assert ours.success
    np.testing.assert_allclose(ours.x, theirs.x, atol=1e-6)
    assert [len(m) for m in ours.multipliers] == [1, 1, 2]
    rough = scipy.optimize.minimize(f, [2.0, 0.0], method=augmented_lagrangian, tol=1e-2,
                                    constraints=limits, options={"rho": 1.0})  # fmt: skip
    assert rough.success and rough.nit < ours.nit


def test_contradicting_constraints_are_reported() -> None:
    apart = [{"type": "ineq", "fun": lambda x: x[0] - 1}, {"type": "ineq", "fun": lambda x: -1 - x}]
    found = augmented_lagrangian(lambda x: x[0] ** 2, [0.3], constraints=apart)
    assert (found.success, found.status) == (False, 4) and "infeasible" in found.message
    assert found.constr_violation == pytest.approx(1)
    never = {"type": "eq", "fun": lambda x: x[0] ** 2 + 1}
    found = augmented_lagrangian(lambda x: x[0] ** 2, [0.3], constraints=never)
    assert (found.success, found.status) == (False, 4)


def test_unbounded_problems_are_reported() -> None:
    flat = {"type": "eq", "fun": lambda x: x[1] - 1, "jac": lambda x: np.array([0.0, 1.0])}
    down = augmented_lagrangian(lambda x: x[0] + x[1] ** 2, [0.3, 1.0], constraints=flat,
                                jac=lambda x: np.array([1.0, 2 * x[1]]))  # fmt: skip
    assert (down.success, down.status) == (False, 5) and "unbounded" in down.message
    half = {"type": "ineq", "fun": lambda x: x[0]}
    down = augmented_lagrangian(lambda x: -(x[0] ** 2), [0.3], constraints=half)
    assert (down.success, down.status) == (False, 5)


def test_a_soft_first_spring_is_stiffened() -> None:
    """-x² needs ρ > 2 to be held at x = 1; the multiplier is 2."""
    held = {"type": "eq", "fun": lambda x: x - 1}
    found = augmented_lagrangian(lambda x: -(x[0] ** 2), [0.3], constraints=held, rho=0.1)
    assert found.success and found.x == pytest.approx([1.0])
    assert found.multipliers[0] == pytest.approx([2.0])


def test_an_end_far_away_is_a_minimum_or_no_success() -> None:
    """From (3, 0) SLSQP fails; a success of ours must be a stationary point of the curve."""
    curve = {"type": "eq", "fun": lambda x: np.sin(6 * x[0] - 0.7) - x[1] - 0.5}
    found = augmented_lagrangian(lambda x: x[1] ** 2 - x[0] ** 2, [3.0, 0.0], constraints=curve)
    if found.success:
        x, y = found.x
        slope = -2 * x + 2 * y * 6 * math.cos(6 * x - 0.7)
        assert abs(slope) < 1e-5 and abs(x) > 2


def test_nan_and_the_callback_stop_it() -> None:
    held = {"type": "eq", "fun": lambda x: x[0] - 1}
    found = augmented_lagrangian(lambda x: math.nan, [0.3], constraints=held)
    assert (found.success, found.status) == (False, 3)
    seen: list[float] = []

    def stop(x: Any) -> None:
        seen.append(float(x[0]))
        raise StopIteration

    found = augmented_lagrangian(lambda x: x[0] ** 2, [0.3], constraints=held, callback=stop)
    assert (found.success, found.status, len(seen)) == (False, 99, 1)


def test_without_constraints_it_is_a_plain_minimisation() -> None:
    found = augmented_lagrangian(lambda x: (x[0] - 1) ** 2, [0.3])
    assert found.success and found.multipliers == [] and found.x == pytest.approx([1.0])
    assert found.multiplier_history.shape == (found.nit, 0)
