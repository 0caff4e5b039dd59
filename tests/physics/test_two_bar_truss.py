"""The two-bar truss: force and stiffness by SymPy, the critical point, the shallow limit."""

from __future__ import annotations

import math
from decimal import Decimal, localcontext
from typing import Any

import pytest
import sympy
import torch
from torch import Tensor

from companion.autograd import Value
from companion.calculus import Dual
from companion.physics import two_bar_truss, von_mises_truss_energy

TRUSS = (3.0, 1.0, 2.0)
u, k, h, b = sympy.symbols("u k h b", positive=True)
LENGTH, LENGTH_0 = sympy.sqrt(b**2 + (h - u) ** 2), sympy.sqrt(b**2 + h**2)
ENERGY = k * (LENGTH - LENGTH_0) ** 2
FORCE = -2 * k * (LENGTH - LENGTH_0) * (h - u) / LENGTH
STIFFNESS = 2 * k * (1 - LENGTH_0 * b**2 / LENGTH**3)


def at(expression: Any, places: Tensor, truss: tuple[float, float, float] = TRUSS) -> Tensor:
    """Evaluate an expression at each place with 30 digits."""
    constants = expression.subs(dict(zip((k, h, b), map(sympy.Rational, truss), strict=True)))
    numbers = [float(constants.evalf(30, subs={u: sympy.Rational(p)})) for p in places.tolist()]
    return torch.tensor(numbers, dtype=torch.float64)


def derivatives(places: Tensor) -> tuple[Tensor, Tensor]:
    places = places.clone().requires_grad_()
    energy = two_bar_truss(places, *TRUSS).sum()
    (force,) = torch.autograd.grad(energy, places, create_graph=True)
    (stiffness,) = torch.autograd.grad(force.sum(), places)
    return force.detach(), stiffness


def test_closed_forms_are_the_derivatives_of_the_energy() -> None:
    assert sympy.simplify(sympy.diff(ENERGY, u) - FORCE) == 0
    assert sympy.simplify(sympy.diff(FORCE, u) - STIFFNESS) == 0
    numbers = {k: 3, h: 1, b: 2, u: sympy.Rational(1, 3)}
    assert float(two_bar_truss(u, *TRUSS).subs(u, numbers[u])) == pytest.approx(
        float(ENERGY.subs(numbers)), rel=1e-14
    )


def test_autograd_gives_force_and_stiffness() -> None:
    places = torch.linspace(-0.5, 2.5, 31, dtype=torch.float64)
    force, stiffness = derivatives(places)
    torch.testing.assert_close(force, at(FORCE, places), rtol=0, atol=1e-13)
    torch.testing.assert_close(stiffness, at(STIFFNESS, places), rtol=0, atol=1e-13)


def test_gradients_check() -> None:
    places = torch.linspace(-0.5, 2.5, 7, dtype=torch.float64, requires_grad=True)
    assert torch.autograd.gradcheck(lambda x: two_bar_truss(x, *TRUSS), places)
    assert torch.autograd.gradgradcheck(lambda x: two_bar_truss(x, *TRUSS), places)


def test_stiffness_vanishes_at_the_snap() -> None:
    """Where ℓ³ = b² ℓ₀; before it the truss is stiff, behind it not, until it has snapped."""
    _, height, half = TRUSS
    length = (half**2 * math.hypot(height, half)) ** (1 / 3)
    critical = height - math.sqrt(length**2 - half**2)
    places = torch.tensor([critical, critical - 0.1, critical + 0.1, 2 * height])
    force, stiffness = derivatives(places.double())
    assert abs(float(stiffness[0])) < 1e-6  # the place is rounded to float32
    assert (stiffness[1:] > 0).tolist() == [True, False, True]
    path, _ = derivatives(torch.linspace(0, 1, 1001, dtype=torch.float64))
    assert float(path.max()) == pytest.approx(float(force[0]), rel=1e-5)
    _, zero = derivatives(torch.tensor([critical], dtype=torch.float64))
    assert abs(float(zero)) < 1e-12


def test_no_energy_at_rest_and_snapped_through_and_most_when_flat() -> None:
    stiffness, height, half = TRUSS
    flat = stiffness * (math.hypot(height, half) - half) ** 2
    assert two_bar_truss(0, *TRUSS) == two_bar_truss(2 * height, *TRUSS) == 0
    assert two_bar_truss(height, *TRUSS) == pytest.approx(flat, rel=1e-14)


@pytest.mark.parametrize("place", [1e-3, 1e-6, 1e-9])
def test_small_displacements_do_not_cancel(place: float) -> None:
    """Against 60 digits; the difference of the lengths would lose half of them in float64."""
    with localcontext() as context:
        context.prec = 60
        down = Decimal(place)
        change = (4 + (1 - down) ** 2).sqrt() - Decimal(5).sqrt()
        expected = float(3 * change**2)
    assert two_bar_truss(place, *TRUSS) == pytest.approx(expected, rel=1e-14)


@pytest.mark.parametrize("ratio", [0.5, 1.0, 1.7])
def test_shallow_truss_has_the_shallow_law(ratio: float) -> None:
    """Its energy times k h⁴ / ℓ₀², up to (h/b)²."""
    stiffness, height, half = 5.0, 2e-3, 2.0
    place = torch.tensor(ratio, dtype=torch.float64)
    shallow = von_mises_truss_energy(place) * stiffness * height**4 / (height**2 + half**2)
    exact = two_bar_truss(height * place, stiffness, height, half)
    torch.testing.assert_close(exact, shallow, rtol=3e-6, atol=0)


@pytest.mark.parametrize("place", [-0.3, 0.4, 1.0, 1.9])
def test_scalar_engine_gives_force_and_stiffness(place: float) -> None:
    down = Value(place)
    two_bar_truss(down, *TRUSS).backward(create_graph=True)
    force, down.grad = down.grad, 0.0
    force.backward()
    where = torch.tensor([place], dtype=torch.float64)
    assert force.data == pytest.approx(float(at(FORCE, where)), abs=1e-13)
    assert down.grad == pytest.approx(float(at(STIFFNESS, where)), abs=1e-13)


def test_takes_dual_numbers_and_gives_what_came() -> None:
    place = torch.tensor([0.4], dtype=torch.float64)
    found = two_bar_truss(Dual(place, torch.ones_like(place)), *TRUSS)
    assert float(found.derivative) == pytest.approx(float(at(FORCE, place)), abs=1e-13)
    assert isinstance(two_bar_truss(0.4, *TRUSS), float)
    assert two_bar_truss(place.float(), *TRUSS).dtype == torch.float32


def test_not_a_number_propagates() -> None:
    found = two_bar_truss(torch.tensor([math.nan, 0.0]), *TRUSS)
    assert found.isnan().tolist() == [True, False]
