"""The minimisers beside SciPy's: ends, counts, options, and what both do with odd input."""

from __future__ import annotations

import inspect
from typing import Any

import numpy as np
import pytest
import scipy.optimize
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.optimize import rosen, rosen_der

from companion.optimize import gradient_descent, minimize, newton_minimize, two_loop
from companion.optimize.bfgs import bfgs, inverse_update
from companion.optimize.conjugate_gradient import conjugate_gradient
from companion.optimize.lbfgsb import lbfgsb
from companion.optimize.minimize import METHODS
from companion.optimize.nelder_mead import nelder_mead
from tests.optimize.objectives import bowl

START = np.array([-1.2, 1.0])
TEN = np.tile(START, 5)
WITH_GRADIENT = ("BFGS", "CG", "L-BFGS-B")
CALLABLES = (gradient_descent, newton_minimize, bfgs, conjugate_gradient, lbfgsb, nelder_mead)


@pytest.mark.parametrize("method", WITH_GRADIENT)
def test_rosenbrock_in_less_than_100_evaluations(method: str) -> None:
    ours = minimize(rosen, START, method=method, jac=rosen_der)
    theirs = scipy.optimize.minimize(rosen, START, method=method, jac=rosen_der)
    assert ours.success and theirs.success
    np.testing.assert_allclose(ours.x, [1, 1], atol=1e-5)
    assert theirs.nfev < 100
    assert ours.nfev < 100 and ours.njev < 100


@pytest.mark.parametrize("x0", [START, TEN], ids=["n=2", "n=10"])
def test_bfgs_needs_at_most_half_as_many_evaluations_again(x0: np.ndarray) -> None:
    ours = minimize(rosen, x0, method="BFGS", jac=rosen_der)
    theirs = scipy.optimize.minimize(rosen, x0, method="BFGS", jac=rosen_der)
    np.testing.assert_allclose(ours.x, theirs.x, atol=1e-5)
    assert ours.nfev <= 1.5 * theirs.nfev
    assert ours.njev <= 1.5 * theirs.njev


@pytest.mark.parametrize("maxcor", [1, 3, 10])
def test_lbfgs_scales_its_first_guess(maxcor: int) -> None:
    """On a stiff bowl, γ = 1 would leave the search to find the length of each step."""
    f = bowl(torch.Generator().manual_seed(8), 20, cond=1e4)
    A, b = 1e-6 * f.A.numpy(), 1e-6 * f.b.numpy()
    given: dict[str, Any] = {"method": "L-BFGS-B", "jac": lambda x: A @ x + b}
    given["options"] = {"maxcor": maxcor, "ftol": 0.0, "gtol": 1e-11}
    ours = minimize(lambda x: 0.5 * x @ A @ x + b @ x, np.ones(20), **given)
    theirs = scipy.optimize.minimize(lambda x: 0.5 * x @ A @ x + b @ x, np.ones(20), **given)
    np.testing.assert_allclose(ours.x, f.minimiser, atol=1e-4)
    assert ours.nfev <= 1.5 * theirs.nfev


@pytest.mark.parametrize("method", [*WITH_GRADIENT, "Nelder-Mead"])
def test_counts_are_true(method: str) -> None:
    """nfev and njev are the calls that the caller's functions saw."""
    calls = {"fun": 0, "jac": 0}

    def fun(x: np.ndarray) -> float:
        calls["fun"] += 1
        return rosen(x)

    def jac(x: np.ndarray) -> np.ndarray:
        calls["jac"] += 1
        return rosen_der(x)

    found = minimize(fun, START, method=method, jac=jac)
    assert (found.nfev, found.njev) == (calls["fun"], calls["jac"])
    again = minimize(fun, START, method=method)
    assert again.njev == 0 or again.nfev == calls["fun"] - found.nfev


@pytest.mark.parametrize("method", [*WITH_GRADIENT, "Nelder-Mead"])
def test_every_iterate_is_in_the_trajectory(method: str) -> None:
    seen: list[np.ndarray] = []
    found = minimize(rosen, START, method=method, callback=seen.append)
    np.testing.assert_array_equal(found.trajectory[0], START)
    np.testing.assert_array_equal(found.trajectory[1:], np.array(seen))
    np.testing.assert_array_equal(found.trajectory[-1], found.x)
    np.testing.assert_array_equal(found.fun_history, [rosen(x) for x in found.trajectory])
    assert found.fun == found.fun_history[-1]
    counted = 0 if method == "Nelder-Mead" else 1  # SciPy counts the first simplex
    assert len(found.trajectory) == found.nit + counted


@settings(max_examples=25, deadline=None)
@given(st.integers(0, 10**6), st.integers(1, 6), st.floats(1, 1e3))
def test_random_convex_bowls(seed: int, n: int, cond: float) -> None:
    f = bowl(torch.Generator().manual_seed(seed), n, cond=cond)
    x0 = torch.linspace(-3, 2, n, dtype=torch.float64)
    for method in (*WITH_GRADIENT, newton_minimize):
        options = {} if method != "L-BFGS-B" else {"ftol": 0.0}
        found = minimize(f, x0, method=method, jac=f.gradient, options=options)
        assert found.success, (method, found.message)
        assert torch.linalg.vector_norm(f.gradient(found.x)) <= 1e-5 * n**0.5
        # The smallest eigenvalue is 1, so the error is no larger than the gradient.
        torch.testing.assert_close(found.x, f.minimiser, rtol=0, atol=1e-5 * n**0.5)
        falls = found.fun_history.diff()
        assert bool((falls <= 1e-12 * (1 + found.fun_history[1:].abs())).all()), method


@pytest.mark.parametrize("method", CALLABLES)
def test_methods_work_in_scipy(method: Any) -> None:
    """SciPy calls a method with jac, hess, hessp, bounds, constraints, callback and options."""
    f = bowl(torch.Generator().manual_seed(1), 2)
    A, b = f.A.numpy(), f.b.numpy()
    arguments: dict[str, Any] = {"jac": lambda x: A @ x + b, "hess": lambda x: A, "tol": 1e-7}
    options = {"maxiter": 900} | ({"lr": 0.1} if method is gradient_descent else {})
    seen: list[Any] = []
    theirs = scipy.optimize.minimize(
        lambda x: 0.5 * x @ A @ x + b @ x,
        [3.0, -2.0],
        method=method,
        callback=seen.append,
        options=options,
        **arguments,
    )
    np.testing.assert_allclose(theirs.x, f.minimiser, atol=1e-6)
    assert theirs.success and len(seen) == len(theirs.trajectory) - 1
    ours = minimize(
        lambda x: 0.5 * x @ A @ x + b @ x, [3, -2], method=method, options=options, **arguments
    )
    np.testing.assert_array_equal(ours.trajectory, theirs.trajectory)


@pytest.mark.parametrize("method", CALLABLES)
def test_methods_refuse_what_they_cannot_honour(method: Any) -> None:
    error = NotImplementedError if method is lbfgsb else ValueError
    with pytest.raises(error, match=r"bounds.*scipy\.optimize\.minimize"):
        minimize(rosen, START, method=method, bounds=[(0, 2), (0, 2)])
    equation = {"type": "eq", "fun": lambda x: x[0]}
    for constraints in (equation, [equation], scipy.optimize.LinearConstraint([1, 1])):
        with pytest.raises(ValueError, match="constraints"):
            minimize(rosen, START, method=method, constraints=constraints)
    with pytest.raises(ValueError, match="hessp"):
        scipy.optimize.minimize(rosen, START, method=method, hessp=lambda x, p: p)
    with pytest.raises(TypeError, match="'speed'"):
        minimize(rosen, START, method=method, options={"speed": 1})


@pytest.mark.parametrize("method", CALLABLES)
def test_an_iteration_limit_is_no_success(method: Any) -> None:
    found = minimize(rosen, START, method=method, options={"maxiter": 3})
    assert not found.success
    assert found.message == "Maximum number of iterations has been exceeded."
    assert found.nit == 3
    none = minimize(rosen, START, method=method, options={"maxiter": 0})
    assert not none.success and len(none.trajectory) == 1


@pytest.mark.parametrize("method", CALLABLES)
def test_nan_at_the_start_is_no_success(method: Any) -> None:
    found = minimize(lambda x: np.nan, START, method=method)
    assert not found.success and found.status == 3
    assert "NaN" in found.message and np.isnan(found.fun)


@pytest.mark.parametrize("method", [m for m in CALLABLES if m is not newton_minimize])
def test_a_bottomless_objective_ends_without_success(method: Any) -> None:
    """Plain Newton is not asked: it finds the saddle at 0."""
    with np.errstate(all="ignore"):
        found = minimize(lambda x: -(x[0] ** 3), np.array([1.0]), method=method)
    assert not found.success
    assert found.nit <= 1000


@pytest.mark.parametrize("method", [*WITH_GRADIENT, "Nelder-Mead"])
def test_a_domain_with_an_edge(method: str) -> None:
    """x - log x is NaN for x < 0, where the first trial of a line search may land."""

    def fun(x: np.ndarray) -> float:
        with np.errstate(invalid="ignore"):
            return float(100 * x[0] - np.log(x[0]))

    found = minimize(fun, [2.0], jac=lambda x: 100 - 1 / x, method=method, tol=1e-8)
    assert found.fun == pytest.approx(1 + np.log(100), abs=1e-6)


@pytest.mark.parametrize("method", [*WITH_GRADIENT, "Nelder-Mead", gradient_descent])
def test_a_callback_can_stop_the_search(method: Any) -> None:
    def stop(intermediate_result: Any) -> None:
        assert intermediate_result.fun == rosen(intermediate_result.x)
        raise StopIteration

    found = minimize(rosen, START, method=method, callback=stop)
    assert (found.success, found.status) == (False, 99)
    assert len(found.trajectory) == 2


def test_arguments_reach_the_functions() -> None:
    def fun(x: Any, a: float, b: float) -> float:
        return (x[0] - a) ** 2 + b

    found = minimize(fun, 0.0, args=(3.0, 5.0))
    assert found.x == pytest.approx([3], abs=1e-5) and found.fun == pytest.approx(5)
    assert minimize(lambda x, a: (x[0] - a) ** 2, 0.0, args=2.0).x == pytest.approx([2], abs=1e-5)


def test_tol_stands_behind_options() -> None:
    loose = minimize(rosen, START, jac=rosen_der, tol=1.0)
    tight = minimize(rosen, START, jac=rosen_der, tol=1.0, options={"gtol": 1e-11})
    assert np.abs(loose.jac).max() <= 1.0
    assert np.abs(tight.jac).max() <= 1e-8 < np.abs(loose.jac).max()


def test_names_are_found_in_any_case_and_others_named() -> None:
    assert minimize(rosen, START, method="nelder-MEAD").success
    with pytest.raises(NotImplementedError, match=r"SLSQP.*Nelder-Mead, CG, BFGS, L-BFGS-B.*scipy"):
        minimize(rosen, START, method="SLSQP")
    with pytest.raises(ValueError, match="constraints must be empty: BFGS"):
        minimize(rosen, START, method="BFGS", constraints={"type": "eq", "fun": np.sum})
    with pytest.raises(NotImplementedError, match=r"L-BFGS-B'.* has"):
        minimize(rosen, START, method="L-BFGS-B", bounds=[(0, 1), (0, 1)])


@pytest.mark.parametrize("name", ["BFGS", "CG", "L-BFGS-B", "Nelder-Mead"])
def test_options_have_the_librarys_names_and_defaults(name: str) -> None:
    library = {"BFGS": "bfgs", "CG": "cg", "Nelder-Mead": "neldermead"}
    home = scipy.optimize._lbfgsb_py if name == "L-BFGS-B" else scipy.optimize._optimize
    theirs = inspect.signature(getattr(home, f"_minimize_{library.get(name, 'lbfgsb')}")).parameters
    for key, mine in inspect.signature(METHODS[name]).parameters.items():
        if mine.kind is mine.KEYWORD_ONLY and key not in ("tol", "hessp", "bounds", "constraints"):
            assert theirs[key].default == mine.default, key


def test_the_inverse_hessian_of_a_bowl_is_learned() -> None:
    """After n exact steps H is the inverse of A; n + 3 are enough for inexact ones nearby."""
    f = bowl(torch.Generator().manual_seed(3), 4)
    found = minimize(f, torch.ones(4, dtype=torch.float64), jac=f.gradient, tol=1e-11)
    torch.testing.assert_close(found.hess_inv @ f.A, torch.eye(4).double(), rtol=0, atol=1e-3)


def test_an_update_satisfies_the_secant_equation() -> None:
    g = torch.Generator().manual_seed(4)
    H = torch.eye(3, dtype=torch.float64)
    s, y = torch.randn(2, 3, generator=g, dtype=torch.float64)
    y = y if y @ s > 0 else -y
    new = inverse_update(H, s, y)
    torch.testing.assert_close(new @ y, s)
    torch.testing.assert_close(new, new.mT)
    assert bool((torch.linalg.eigvalsh(new) > 0).all())
    assert torch.equal(inverse_update(H, s, -y), H)


def test_two_loop_of_all_pairs_is_the_direction_of_bfgs() -> None:
    found = minimize(rosen, START, jac=rosen_der, options={"maxiter": 9})
    points = found.trajectory[:-1]
    slopes = np.array([rosen_der(x) for x in points])
    pairs = list(zip(np.diff(points, axis=0), np.diff(slopes, axis=0), strict=True))
    direction = two_loop(slopes[-1], pairs)
    assert isinstance(direction, np.ndarray)
    np.testing.assert_allclose(direction, -found.hess_inv @ slopes[-1], rtol=1e-10)
    np.testing.assert_allclose(two_loop(slopes[-1], [], 0.3), -0.3 * slopes[-1])


def test_constraints_choose_the_augmented_lagrangian() -> None:
    """The product of two coordinates in the unit ball: -1/2 with the multiplier 1/2."""
    ball = {"type": "ineq", "fun": lambda x: 1 - x @ x}
    for constraints in (ball, [ball]):
        fun = lambda x: x[0] * x[1] + x[2] ** 2  # noqa: E731
        found = minimize(fun, [0.6, -0.3, 0.2], constraints=constraints)
        assert found.success and found.fun == pytest.approx(-0.5, abs=1e-6)
        assert float(found.multipliers[0][0]) == pytest.approx(0.5, abs=1e-5)
    assert "multipliers" not in minimize(rosen, START, constraints=[])


@pytest.mark.parametrize("n", [1, 2])
@pytest.mark.parametrize("method", ["CG", "BFGS"])
def test_the_default_limit_grows_with_the_number_of_variables(method: str, n: int) -> None:
    """Σ x⁶ is so flat that no gradient becomes 0; SciPy stops after 200 n steps as well."""
    found = minimize(
        lambda x: (x**6).sum(),
        np.arange(1.0, n + 1),
        jac=lambda x: 6 * x**5,
        method=method,
        options={"gtol": 0.0},
    )
    assert (found.status, found.nit) == (1, 200 * n)
