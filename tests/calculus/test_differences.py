"""Finite differences: their order, their cost, their best step, and SciPy's numbers."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import scipy.differentiate
import scipy.optimize
import torch
from torch import Tensor

from companion.calculus import approx_derivative, derivative
from tests.calculus import functions as by_hand

THREE = torch.tensor(3.0, dtype=torch.float64)
METHODS = {"forward": "2-point", "central": "3-point"}


def errors(steps: Tensor, scheme: Any) -> Tensor:
    truth = by_hand.wave_slope(THREE)
    found = [derivative(by_hand.wave, THREE, float(h), scheme) for h in steps]
    return (torch.stack(found) - truth).abs()


@pytest.mark.parametrize(("scheme", "order"), [("forward", 1), ("central", 2)])
def test_error_falls_with_the_known_order(scheme: str, order: int) -> None:
    steps = torch.logspace(-4, -1, 4, dtype=torch.float64)
    slope = np.polyfit(steps.log().numpy(), errors(steps, scheme).log().numpy(), 1)[0]
    assert slope == pytest.approx(order, abs=0.05)


@pytest.mark.parametrize(("scheme", "power"), [("forward", 1 / 2), ("central", 1 / 3)])
def test_the_best_step_is_near_the_default(scheme: str, power: float) -> None:
    steps = torch.logspace(-15, -1, 141, dtype=torch.float64)
    # The middle of the steps whose error is the smallest by median of neighbours, not by luck.
    smooth = errors(steps, scheme).log().unfold(0, 11, 1).median(dim=-1).values
    best = float(steps[5 + smooth.argmin()])
    default = float(np.finfo(np.float64).eps) ** power
    assert 1 / 30 < best / default < 30


def test_leading_error_of_the_forward_and_the_central_difference() -> None:
    """x³ at x with step h: forward 3x² + 3xh + h², central 3x² + h², both without remainder."""
    x = torch.tensor([1.0, -2.0, 0.5], dtype=torch.float64)
    h = 0.25
    forward = derivative(lambda t: t**3, x, h, "forward")
    central = derivative(lambda t: t**3, x, h)
    assert torch.allclose(forward, 3 * x**2 + 3 * x * h + h**2, rtol=0, atol=1e-13)
    assert torch.allclose(central, 3 * x**2 + h**2, rtol=0, atol=1e-13)


def test_default_step_grows_with_the_input() -> None:
    x = torch.tensor(1e6, dtype=torch.float64)
    relative = derivative(by_hand.cubic, x) / by_hand.cubic_slope(x) - 1
    assert abs(float(relative)) < 1e-8
    lost = derivative(by_hand.cubic, x, 1e-12)
    assert lost.isnan()


def test_derivative_equals_scipys() -> None:
    x = torch.linspace(-3, 3, 13, dtype=torch.float64)
    theirs = scipy.differentiate.derivative(np.exp, x.numpy()).df
    assert np.allclose(derivative(torch.exp, x).numpy(), theirs, rtol=1e-8, atol=1e-8)


@pytest.mark.parametrize("step", [1e-3, 1.4901161193847656e-08])
@pytest.mark.parametrize("name", ["product", "polar"])
def test_two_points_equal_scipys_approx_fprime(name: str, step: float) -> None:
    fun = getattr(by_hand, name)
    x0 = torch.tensor([0.7, -1.3, 2.1][: 3 if name == "product" else 2], dtype=torch.float64)
    theirs = scipy.optimize.approx_fprime(
        x0.numpy(), lambda x: fun(torch.from_numpy(x)).numpy(), step
    )
    ours = approx_derivative(fun, x0, "2-point", step).numpy()
    assert np.allclose(ours, theirs, rtol=1e-12, atol=1e-12)


@pytest.mark.parametrize(("method", "calls"), [("2-point", 3601), ("3-point", 7200), ("cs", 3600)])
def test_number_of_evaluations_for_an_image(method: Any, calls: int) -> None:
    seen = 0

    def brightness(image: Tensor) -> Tensor:
        nonlocal seen
        seen += 1
        return (image * image).sum()

    image = torch.linspace(0, 1, 3600, dtype=torch.float64).reshape(60, 60)
    gradient = approx_derivative(brightness, image, method)
    assert seen == calls
    assert torch.allclose(gradient, 2 * image, rtol=0, atol=1e-4)


def test_complex_step_is_exact_to_rounding_where_differences_fail() -> None:
    for h in (1e-8, 1e-30, 1e-200):
        found = approx_derivative(by_hand.wave, THREE, "cs", h)
        assert abs(float(found - by_hand.wave_slope(THREE))) < 1e-15 * 4


@pytest.mark.parametrize("method", ["2-point", "3-point", "cs"])
def test_affine_map_gives_its_matrix(method: Any) -> None:
    A = torch.tensor([[1.0, 2.0, -3.0], [0.5, 0.0, 4.0]], dtype=torch.float64)
    x0 = torch.tensor([1.0, -2.0, 0.25], dtype=torch.float64)
    found = approx_derivative(lambda x: A.to(x.dtype) @ x + 1, x0, method, 0.5)
    assert torch.allclose(found, A, rtol=0, atol=1e-14)
    assert torch.equal(x0, torch.tensor([1.0, -2.0, 0.25], dtype=torch.float64))


@pytest.mark.parametrize("method", ["2-point", "3-point"])
def test_divides_by_the_step_that_was_really_taken(method: Any) -> None:
    """At 3 rounding makes a step of 1e-14 longer by 2 %; the identity keeps its slope 1."""
    assert float(approx_derivative(lambda x: x, THREE, method, 1e-14)) == 1.0
    assert float(derivative(lambda x: x, THREE, 1e-14)) == 1.0


def test_complex_step_is_as_long_as_the_librarys() -> None:
    x0 = np.array([0.3, -20.0, 0.0])

    def asked(search: Any) -> list[float]:
        """The lengths of the first step along each axis."""
        points: list[Any] = []

        def f(x: Any) -> Any:
            points.append(np.abs(np.imag(np.asarray(x))))
            return (x * x).sum()

        search(f)
        return [float(p.max()) for p in points if p.max() > 0][:3]

    theirs = asked(lambda f: scipy.optimize.minimize(f, x0, jac="cs", options={"maxiter": 1}))
    ours = asked(lambda f: approx_derivative(f, torch.from_numpy(x0), "cs"))
    assert len(ours) == 3 and ours == pytest.approx(theirs)
