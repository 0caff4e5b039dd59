"""The four-node element: exact integrals, hourglass modes, shear locking, constant strain."""

from __future__ import annotations

import functools
import math

import pytest
import sympy
import torch
from torch import Tensor

from companion.physics import quad4_stiffness, rigid_body_modes

F64 = torch.float64
UNIT = torch.tensor([[0, 0], [1, 0], [1, 1], [0, 1]], dtype=F64)
SKEW = torch.tensor([[0, 0], [3, 1], [4, 3], [1, 2]], dtype=F64)
UNEVEN = torch.tensor([[0, 0], [2, 0.2], [1.7, 1.5], [-0.3, 0.9]], dtype=F64)
SHAPES = {"unit": UNIT, "parallelogram": SKEW, "uneven": UNEVEN}


def hooke(E: float, nu: float) -> Tensor:
    """Plane stress: the inverse of strain from stress."""
    inverse = torch.tensor([[1, -nu, 0], [-nu, 1, 0], [0, 0, 2 * (1 + nu)]], dtype=F64) / E
    return torch.linalg.inv(inverse)


def symbolic(corners: list[list[int]]) -> Tensor:
    """Integrate Bᵀ D B of a parallelogram over the unit square of its edges; E = 1, ν = 3/10."""
    r, s = sympy.symbols("r s")
    p = sympy.Matrix(corners)
    jacobian = sympy.Matrix.hstack((p[1, :] - p[0, :]).T, (p[3, :] - p[0, :]).T)
    shape = [(1 - r) * (1 - s), r * (1 - s), r * s, (1 - r) * s]
    nu = sympy.Rational(3, 10)
    D = sympy.Matrix([[1, -nu, 0], [-nu, 1, 0], [0, 0, 2 * (1 + nu)]]).inv()
    B = sympy.zeros(3, 8)
    for i, N in enumerate(shape):
        dx, dy = jacobian.T.inv() * sympy.Matrix([N.diff(r), N.diff(s)])
        B[0, 2 * i], B[1, 2 * i + 1], B[2, 2 * i], B[2, 2 * i + 1] = dx, dy, dy, dx
    density = (B.T * D * B * jacobian.det()).expand()
    K = density.applyfunc(lambda f: f.integrate((r, 0, 1)).expand().integrate((s, 0, 1)))
    return torch.tensor(K.tolist(), dtype=F64)


@pytest.mark.parametrize("nodes", [UNIT, SKEW], ids=["unit", "parallelogram"])
def test_two_points_integrate_a_parallelogram_exactly(nodes: Tensor) -> None:
    exact = symbolic(nodes.long().tolist())
    for n_gauss in (2, 3, 7):
        K = quad4_stiffness(1.0, 0.3, nodes=nodes, n_gauss=n_gauss)
        torch.testing.assert_close(K, exact, rtol=0, atol=1e-14 * float(exact.abs().max()) * 10)


def test_eigenvalues_of_the_unit_square() -> None:
    """Constant strain: E/(1+ν) twice, E/(1-ν). Bending, twice: E(3-ν)/(6(1-ν²)) by integration."""
    E, nu = 1.0, 0.3
    strain = [E / (1 + nu)] * 2 + [E / (1 - nu)]
    bending = [E * (3 - nu) / (6 * (1 - nu**2))] * 2
    for n_gauss, expected in ((2, [0.0] * 3 + bending + strain), (1, [0.0] * 5 + strain)):
        K = quad4_stiffness(E, nu, n_gauss=n_gauss, dtype=F64)
        found = torch.linalg.eigvalsh(K)
        torch.testing.assert_close(found, torch.tensor(expected, dtype=F64), rtol=0, atol=1e-14)
    page = [0.494505, 0.769231, 1.428571]
    assert [bending[0], *strain[1:]] == pytest.approx(page, abs=5e-7)


def test_hourglass_pattern_costs_nothing_with_one_point() -> None:
    """With full integration two thirds of the locking formula at a = 1."""
    u = torch.zeros(4, 2, dtype=F64)
    u[:, 0] = torch.tensor([1.0, -1, 1, -1])
    for pattern in (u, u.flip(1)):
        energy = [
            float(
                pattern.flatten()
                @ quad4_stiffness(1, 0.3, n_gauss=n, dtype=F64)
                @ pattern.flatten()
            )
            / 2
            for n in (1, 2)
        ]
        assert energy == pytest.approx([0, 2 / 3 * locking(1, 0.3)], abs=1e-14)
    assert 2 / 3 * locking(1, 0.3) == pytest.approx(0.989011, abs=5e-7)


def locking(a: float, nu: float) -> float:
    return (1 + (1 - nu) / 2 * a**2) / (1 - nu**2)


@pytest.mark.parametrize("nu", [0.0, 0.3, 0.5])
@pytest.mark.parametrize("a", [1, 2, 4, 8, 16])
def test_shear_locking(a: int, nu: float) -> None:
    """Pure bending u_x = x y of an a x 1 element against a beam: ½ E I κ² a, I = 1/12, κ = 1."""
    E = 2.0
    nodes = (UNIT - 0.5) * torch.tensor([a, 1.0])
    u = torch.zeros(4, 2, dtype=F64)
    u[:, 0] = nodes.prod(dim=1)
    energy = float(u.flatten() @ quad4_stiffness(E, nu, nodes=nodes) @ u.flatten()) / 2
    assert energy / (E * a / 24) == pytest.approx(locking(a, nu), rel=1e-10)


def test_locking_numbers_of_the_page() -> None:
    page = [1.4835, 2.6374, 7.2527, 25.714, 99.560]
    assert [locking(a, 0.3) for a in (1, 2, 4, 8, 16)] == pytest.approx(page, rel=2e-5)


@pytest.mark.parametrize("n_gauss", [1, 2, 3])
@pytest.mark.parametrize("name", SHAPES)
def test_constant_strain_has_the_exact_energy(name: str, n_gauss: int) -> None:
    """Patch test: energy = area x thickness x ½ ε·Dε on every convex shape, whatever the points."""
    nodes, E, nu, t = SHAPES[name], 3.0, 0.25, 0.2
    x, y = nodes.unbind(1)
    area = 0.5 * float((x * y.roll(-1) - y * x.roll(-1)).sum())
    gradient = torch.tensor([[0.3, -0.1], [0.4, 0.2]], dtype=F64)
    strain = torch.tensor([0.3, 0.2, -0.1 + 0.4], dtype=F64)
    u = (nodes @ gradient.mT).flatten()
    energy = float(u @ quad4_stiffness(E, nu, t, nodes, n_gauss) @ u) / 2
    expected = area * t * float(strain @ hooke(E, nu) @ strain) / 2
    assert energy == pytest.approx(expected, rel=1e-13)


@pytest.mark.parametrize("name", SHAPES)
@pytest.mark.parametrize(("n_gauss", "zeros"), [(1, 5), (2, 3), (3, 3)])
def test_zero_modes_include_the_rigid_ones(name: str, n_gauss: int, zeros: int) -> None:
    nodes = SHAPES[name]
    K = quad4_stiffness(1, 0.3, nodes=nodes, n_gauss=n_gauss)
    values = torch.linalg.eigvalsh(K)
    assert int((values.abs() < 1e-12 * values.max()).sum()) == zeros
    assert float((K @ rigid_body_modes(nodes)).abs().max()) < 1e-13
    torch.testing.assert_close(K, K.mT, rtol=0, atol=1e-15)


def test_stiffness_turns_with_the_element() -> None:
    angle = 0.7
    Q = torch.tensor(
        [[math.cos(angle), -math.sin(angle)], [math.sin(angle), math.cos(angle)]], dtype=F64
    )
    R = torch.block_diag(Q, Q, Q, Q)
    element = functools.partial(quad4_stiffness, 1.0, 0.3)
    turned = element(nodes=UNEVEN @ Q.mT + 5)
    torch.testing.assert_close(turned, R @ element(nodes=UNEVEN) @ R.mT, rtol=0, atol=1e-14)
    # Plane stress does not know the size of the element, only its thickness.
    torch.testing.assert_close(element(nodes=3 * UNEVEN), element(nodes=UNEVEN), rtol=0, atol=1e-14)


def test_concave_and_clockwise_elements_are_refused_for_every_number_of_points() -> None:
    """A reflex corner of any node; one Gauss point sees a positive area in the middle."""
    dart = torch.tensor([[0, 0], [1, 0], [0.3, 0.3], [0, 1]], dtype=F64)
    flat = torch.tensor([[0, 0], [1, 0], [0.5, 0.5], [0, 1]], dtype=F64)
    for nodes in [dart.roll(i, 0) for i in range(4)] + [flat, UNIT.flip(0), UNIT[[0, 2, 1, 3]]]:
        for n_gauss in (1, 2):
            with pytest.raises(ValueError, match="nodes must be in counter-clockwise order"):
                quad4_stiffness(1, 0.3, nodes=nodes, n_gauss=n_gauss)


def test_dtype_and_device_come_from_the_arguments_or_the_nodes() -> None:
    assert quad4_stiffness(1, 0.3).dtype == torch.get_default_dtype()
    assert quad4_stiffness(1, 0.3, dtype=F64, device="cpu").dtype == F64
    assert quad4_stiffness(1, 0.3, nodes=UNIT.float()).dtype == torch.float32
    with pytest.raises(TypeError, match="nodes decide dtype and device"):
        quad4_stiffness(1, 0.3, nodes=UNIT, device="cpu")


def test_gradient_with_respect_to_the_nodes() -> None:
    nodes = UNEVEN.clone().requires_grad_()
    assert torch.autograd.gradcheck(lambda x: quad4_stiffness(1, 0.3, nodes=x), (nodes,))
