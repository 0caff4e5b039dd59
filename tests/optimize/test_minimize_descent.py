"""Gradient descent, Newton's method and Armijo's line search: where they go and why they stop."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import sympy
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import rosen, rosen_der, rosen_hess

from companion.optimize import gradient_descent, line_search_armijo, newton_minimize
from tests.optimize.objectives import bowl, landscape, landscape_gradient

START = np.array([-1.2, 1.0])


def square(x: Any) -> Any:
    return (x * x).sum()


def double(x: Any) -> Any:
    return 2 * x


def test_step_tolerance_is_no_error_bound() -> None:
    """x², α = 1e-4: |Δx| = 2e-4 x falls to 1e-6 at x = 0.005, after ln(x) / ln(1 - 2e-4) steps."""
    found = gradient_descent(square, [1.0], jac=double, lr=1e-4, xtol=1e-6, gtol=0, maxiter=10**5)
    q = 1 - 2e-4
    steps = math.ceil(math.log(1e-6 / 2e-4) / math.log(q)) + 1
    assert found.nit == steps
    assert found.x[0] == pytest.approx(q**steps, rel=1e-10)
    assert found.success and "step" in found.message


@pytest.mark.parametrize(
    ("x0", "end", "value"),
    [
        ((0.5, 0.0), (-1.42887, 0.0), -0.893875),
        ((2.0, 0.0), (4.30580, 0.0), -0.363478),
        ((-math.pi / 2 + 0.2, -math.pi + 0.2), (1.42887, -2.86277), -0.570440),
    ],
)
def test_basins_of_the_landscape(x0: Any, end: Any, value: float) -> None:
    """The ends solve cot x = 0.1 x and tan y = -0.1 y, which SymPy does independently."""
    found = gradient_descent(landscape, x0, jac=landscape_gradient, lr=1, gtol=1e-9)
    x, y = sympy.symbols("x y")
    exact_x = sympy.nsolve(sympy.cos(x) - x * sympy.sin(x) / 10, end[0])
    exact_y = sympy.nsolve(sympy.sin(y) + y * sympy.cos(y) / 10, end[1])
    np.testing.assert_allclose(found.x, [float(exact_x), float(exact_y)], atol=1e-8)
    assert found.fun == pytest.approx(value, abs=1e-5)


def test_a_saddle_is_where_the_gradient_vanishes() -> None:
    found = gradient_descent(landscape, [0.0, math.pi / 2], jac=landscape_gradient, lr=1)
    assert (found.nit, found.success) == (0, True)
    np.testing.assert_array_equal(found.trajectory, [[0, math.pi / 2]])


def test_reasons_to_stop() -> None:
    done = gradient_descent(square, [1.0], jac=double, lr=0.25)
    assert (done.status, done.success, "gradient" in done.message) == (0, True, True)
    late = gradient_descent(square, [1.0], jac=double, lr=1.0)
    assert (late.status, late.success, late.nit) == (1, False, 1000)
    np.testing.assert_array_equal(late.trajectory[:, 0], [(-1) ** k for k in range(1001)])
    with np.errstate(over="ignore"):
        away = gradient_descent(square, [1.0], jac=double, lr=1e30)
    assert (away.status, away.success) == (3, False) and away.nit < 12
    stuck = gradient_descent(lambda x: x[0], [1.0], jac=lambda x: [1.0], lr=1e-20)
    assert (stuck.status, stuck.success, stuck.nit) == (2, False, 0)
    nan = gradient_descent(square, [1.0], jac=lambda x: [math.nan])
    assert (nan.status, nan.success) == (3, False) and "NaN" in nan.message
    exact = gradient_descent(square, [1.0], jac=double, lr=0.5, maxiter=1)
    assert exact.success, "the last step allowed reached the minimum"


def test_tolerances_are_inclusive() -> None:
    assert gradient_descent(square, [1.0], jac=double, gtol=2.0).nit == 0
    assert gradient_descent(square, [1.0], jac=double, gtol=1.999, lr=0.25).nit == 1
    assert gradient_descent(square, [1.0], jac=double, gtol=0, xtol=0.5, lr=0.25).nit == 1


def test_line_search_needs_no_learning_rate() -> None:
    found = gradient_descent(rosen, START, jac=rosen_der, line_search="armijo", maxiter=20000)
    assert found.success
    np.testing.assert_allclose(found.x, [1, 1], atol=1e-4)
    assert bool((np.diff(found.fun_history) < 0).all())


@settings(max_examples=30, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 5), st.floats(1, 50))
def test_limit_of_stability(seed: int, n: int, cond: float) -> None:
    """Below 2 / λ_max the distance to the minimum falls in every step; above it, it grows."""
    g = torch.Generator().manual_seed(seed)
    f = bowl(g, n, cond=cond)
    largest = float(torch.linalg.eigvalsh(f.A)[-1])
    x0 = f.minimiser + torch.linalg.eigh(f.A)[1][:, -1]
    for factor, grows in ((0.9, False), (1.1, True)):
        found = gradient_descent(f, x0, jac=f.gradient, lr=factor * 2 / largest, maxiter=10, gtol=0)
        distance = torch.linalg.vector_norm(found.trajectory - f.minimiser, dim=1)
        assert bool((distance.diff() > 0).all()) == grows


def test_newton_takes_the_steps_that_sympy_works_out() -> None:
    a, b = sympy.symbols("a b")
    f = 100 * (b - a**2) ** 2 + (1 - a) ** 2
    gradient = sympy.Matrix([f]).jacobian([a, b]).T
    hessian = sympy.hessian(f, (a, b))
    point = sympy.Matrix([sympy.Rational(-6, 5), 1])
    path = [point]
    for _ in range(3):
        at = {a: point[0], b: point[1]}
        point = point - hessian.subs(at).LUsolve(gradient.subs(at))
        path.append(point)
    found = newton_minimize(rosen, START, jac=rosen_der, hess=rosen_hess)
    expected = np.array([[float(v) for v in p] for p in path])
    np.testing.assert_allclose(found.trajectory[:4], expected, rtol=1e-9)
    assert found.success and found.nit == 6
    assert found.fun_history.max() == pytest.approx(1411.8, abs=0.1)


def test_newton_finds_saddles_and_maxima_unless_it_searches() -> None:
    saddle = newton_minimize(landscape, [0.3, 1.3], jac=landscape_gradient)
    np.testing.assert_allclose(saddle.x, [0, math.pi / 2], atol=1e-6)
    top = newton_minimize(landscape, [2.0, 0.0], jac=landscape_gradient)
    assert top.fun > 0.89
    for x0 in ((0.3, 1.3), (2.0, 0.0), (-0.5, -0.5)):
        low = newton_minimize(landscape, x0, jac=landscape_gradient, line_search="armijo")
        assert low.success and low.fun < float(landscape(np.array(x0)))
        assert bool((np.diff(low.fun_history) < 0).all())
        H = np.array([landscape_gradient(low.x + 1e-6 * e) for e in np.eye(2)]) / 1e-6
        assert np.linalg.eigvalsh((H + H.T) / 2)[0] > 0


def test_newton_says_that_a_hessian_is_singular_or_not_finite() -> None:
    flat = newton_minimize(lambda x: x[0] ** 2 + x[1], [1.0, 1.0], hess=lambda x: np.diag([2, 0]))
    assert (flat.status, flat.success) == (4, False) and "singular" in flat.message
    for line_search in (None, "armijo"):
        lost = newton_minimize(square, [1.0], hess=lambda x: [[math.nan]], line_search=line_search)
        assert (lost.status, lost.success, lost.nit) == (3, False, 0)
    zero = newton_minimize(square, [1.0], hess=lambda x: [[0.0]], line_search="armijo")
    assert zero.success, "a Hessian of zeros makes a step of gradient descent"


@pytest.mark.parametrize("jac", [rosen_der, None], ids=["jac", "values only"])
def test_newton_without_a_hessian(jac: Any) -> None:
    found = newton_minimize(rosen, START, jac=jac)
    assert found.success and found.nit <= 10
    np.testing.assert_allclose(found.x, [1, 1], atol=1e-7)


def test_armijo_asks_for_a_part_of_the_predicted_fall() -> None:
    """x² from 1 almost to the mirror point: it falls by 4e-5, and 4e-4 is asked for."""
    d = np.array([-2 * (1 - 1e-5)])
    assert line_search_armijo(square, np.ones(1), d, 2 * np.ones(1)) == 0.5
    assert line_search_armijo(square, np.ones(1), d, 2 * np.ones(1), c1=1e-6) == 1.0


@settings(max_examples=40, deadline=None)
@given(st.integers(0, 10**6), st.floats(0.01, 100), st.floats(1e-4, 0.9), st.floats(0.1, 0.9))
def test_armijo_finds_the_last_step_that_does_not_fail(
    seed: int, alpha: float, c1: float, rho: float
) -> None:
    g = torch.Generator().manual_seed(seed)
    f = bowl(g, 3)
    x = f.minimiser + torch.randn(3, generator=g, dtype=torch.float64)
    slope = f.gradient(x)

    def fits(step: float) -> bool:
        return float(f(x - step * slope)) <= float(f(x)) - c1 * step * float(slope @ slope)

    step = line_search_armijo(f, x, -slope, slope, alpha, c1, rho)
    assert fits(step)
    assert step == alpha or not fits(step / rho)


def test_armijo_never_searches_for_ever() -> None:
    wrong = np.array([-1.0])  # the true slope of x² at 1 is 2
    assert line_search_armijo(square, np.ones(1), -wrong, wrong) == 0.0
    assert line_search_armijo(lambda x: math.nan, np.ones(1), -np.ones(1), np.ones(1)) == 0.0
    assert line_search_armijo(lambda x: abs(x[0]), np.zeros(1), -np.ones(1), np.ones(1)) == 0.0
