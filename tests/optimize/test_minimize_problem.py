"""What the minimisers make of the caller's functions: kinds, differences, counts, mistakes."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.optimize
import torch
from scipy.optimize import rosen, rosen_der, rosen_hess

from companion.optimize import approx_fprime, minimize, newton_minimize
from companion.optimize._problem import Problem, to_number, to_tensor

START = np.array([-1.2, 1.0])


def both(x: Any) -> Any:
    return rosen(x), rosen_der(x)


def test_the_kind_of_x0_comes_back() -> None:
    for dtype in (torch.float64, torch.float32):
        x0 = torch.tensor([1.0, 2.0], dtype=dtype)

        def fun(x: torch.Tensor) -> torch.Tensor:
            assert isinstance(x, torch.Tensor) and x.dtype == x0.dtype  # noqa: B023
            return (x * x).sum()

        found = minimize(fun, x0, jac=lambda x: 2 * x)
        for name in ("x", "jac", "trajectory", "fun_history", "hess_inv"):
            assert isinstance(found[name], torch.Tensor) and found[name].dtype == dtype, name
        assert isinstance(found.fun, float)
    found = minimize(rosen, [0, 0])
    assert all(isinstance(found[name], np.ndarray) for name in ("x", "jac", "trajectory"))


def test_an_objective_cannot_change_the_iterates() -> None:
    def fun(x: Any) -> Any:
        value = (x * x).sum()
        x += 100
        return value

    def jac(x: Any) -> Any:
        slope = 2 * x
        x += 100
        return slope

    x0 = np.ones(2)
    found = minimize(fun, x0, jac=jac, callback=lambda x: x.fill(7))
    np.testing.assert_allclose(found.x, 0, atol=1e-6)
    np.testing.assert_array_equal(x0, np.ones(2))


def test_a_gradient_may_use_one_buffer() -> None:
    buffer = np.zeros(2)

    def jac(x: Any) -> Any:
        buffer[:] = rosen_der(x)
        return buffer

    once = minimize(rosen, START, jac=jac)
    np.testing.assert_array_equal(once.trajectory, minimize(rosen, START, jac=rosen_der).trajectory)


def test_value_and_gradient_in_one_function() -> None:
    calls: list[Any] = []

    def counted(x: Any) -> Any:
        calls.append(x.copy())
        return both(x)

    found = minimize(counted, START, jac=True)
    plain = minimize(rosen, START, jac=rosen_der)
    np.testing.assert_array_equal(found.trajectory, plain.trajectory)
    assert (found.nfev, found.njev) == (plain.nfev, plain.njev)
    assert len(calls) == plain.nfev, "value and gradient of a point are one call"
    with pytest.raises(TypeError, match=r"fun must return .*gradient"):
        minimize(rosen, START, jac=True)


@pytest.mark.parametrize("method", ["BFGS", "CG", "L-BFGS-B"])
def test_a_gradient_by_differences_costs_n_more_evaluations(method: str) -> None:
    """f(x) itself is known: so SciPy counts, too."""
    found = minimize(rosen, START, method=method)
    assert found.nfev == 3 * found.njev
    theirs = scipy.optimize.minimize(rosen, START, method=method)
    assert 0 <= theirs.nfev - 3 * theirs.njev <= 1
    np.testing.assert_allclose(found.x, theirs.x, atol=2e-5)


@pytest.mark.parametrize(("jac", "error"), [(None, 1e-5), ("3-point", 1e-8), ("cs", 1e-12)])
def test_gradients_by_differences(jac: Any, error: float) -> None:
    problem = Problem(rosen, START, jac=jac)
    x = torch.tensor(START)
    expected = rosen_der(START)
    np.testing.assert_allclose(problem.gradient(x), expected, rtol=error)
    count = problem.nfev
    problem.gradient(x)
    assert problem.nfev == count == {None: 3, "3-point": 4, "cs": 2}[jac]
    problem.value(x)
    assert problem.nfev == count + (jac is not None), "forward differences begin with f(x)"


@pytest.mark.parametrize("x0", [[-1.2, 1.0], [30.0, -20.0, 10.0], [0.5]])
@pytest.mark.parametrize("jac", [None, "3-point", "cs", rosen_der])
def test_hessians_by_differences(x0: list[float], jac: Any) -> None:
    """Second differences of values err by about √ε of f and f'''', not by the root of that."""
    fun, der, hess = rosen, rosen_der, rosen_hess
    if len(x0) == 1:
        fun, der, hess = (lambda x: x[0] ** 4, lambda x: 4 * x**3, lambda x: 12 * x[:, None] ** 2)
    problem = Problem(fun, x0, jac=der if callable(jac) else jac)
    H = problem.hessian(problem.x0)
    tolerance = 1e-8 if callable(jac) or jac == "cs" else 2e-5
    scale = np.abs(hess(np.array(x0))).max()
    np.testing.assert_allclose(H, hess(np.array(x0)), atol=tolerance * scale)
    assert torch.equal(H, H.mT)


def test_a_hessian_by_differences_leaves_the_known_gradient() -> None:
    problem = Problem(rosen, START, jac=rosen_der)
    g = problem.gradient(problem.x0)
    problem.hessian(problem.x0)
    before = problem.njev
    assert torch.equal(problem.gradient(problem.x0), g) and problem.njev == before


def test_one_number_is_a_vector_of_one() -> None:
    found = minimize(lambda x: (x - 2) ** 2, 0.0, jac=lambda x: 2 * (x[0] - 2))
    assert found.x.shape == (1,) and found.x == pytest.approx(2)
    hessian = newton_minimize(lambda x: (x[0] - 2) ** 2, 0.0, hess=lambda x: 2.0)
    assert hessian.nit <= 2 and hessian.x == pytest.approx(2)


def test_differences_at_a_number_are_those_of_the_library() -> None:
    ours, theirs = (at(2.0, np.sin) for at in (approx_fprime, scipy.optimize.approx_fprime))
    assert ours.shape == theirs.shape == (1,) and ours == pytest.approx(theirs, abs=1e-12)
    tensor = approx_fprime(torch.tensor(2.0, dtype=torch.float64), torch.sin)
    assert tensor.tolist() == pytest.approx(theirs, abs=1e-12)


def test_an_objective_may_return_a_number_in_a_box() -> None:
    for box in (float, np.array, lambda v: np.array([v]), lambda v: torch.tensor([[float(v)]])):
        assert minimize(lambda x, box=box: box(x @ x), [1.0, 2.0]).success
    for wrong in (None, "1", 1j, [1.0, 2.0], np.ones(2), torch.ones(2), {}):
        with pytest.raises((TypeError, ValueError), match=r"^fun must return"):
            to_number(wrong)


def test_tensors_with_a_graph_pass() -> None:
    """Autograd is not used in silence: the graph is cut, and differences are taken."""
    weight = torch.ones((), dtype=torch.float64, requires_grad=True)
    x0 = torch.ones(2, dtype=torch.float64, requires_grad=True)
    found = minimize(lambda x: weight * (x * x).sum(), x0)
    assert found.success and found.nfev == 3 * found.njev
    assert weight.grad is None and not found.x.requires_grad


def test_a_wrong_gradient_is_named() -> None:
    for jac, error in (
        (lambda x: rosen_der(x)[:1], r"jac must return the shape \(2,\), got \(1,\)"),
        (lambda x: rosen_der(x)[:, None], r"jac must return .* got \(2, 1\)"),
        (lambda x: 1.0, r"jac must return the shape \(2,\), got \(\)"),
    ):
        with pytest.raises(ValueError, match=error):
            minimize(rosen, START, jac=jac)
    with pytest.raises(TypeError, match="jac must return real"):
        minimize(rosen, START, jac=lambda x: None)
    with pytest.raises(ValueError, match=r"hess must return the shape \(2, 2\), got \(2,\)"):
        newton_minimize(rosen, START, hess=rosen_der)


def test_a_start_is_checked() -> None:
    for bad, error in (([1, np.inf], ValueError), (["a"], TypeError), (np.eye(2), ValueError)):
        with pytest.raises(error, match=r"^x0 must"):
            minimize(rosen, bad)
    half = to_tensor(np.array([1, 2], dtype=np.float16))
    assert half.dtype == torch.float64 and to_tensor(3).shape == (1,)


def test_a_wrong_gradient_ends_as_a_loss_of_precision() -> None:
    found = minimize(rosen, START, jac=lambda x: -rosen_der(x))
    assert not found.success and found.status == 2 and "precision" in found.message
    np.testing.assert_array_equal(found.x, START)
