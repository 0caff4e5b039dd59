"""The truss of von Mises: limit points, equilibria, and energy as the work of the load."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from scipy.integrate import quad
from torch import Tensor

from companion.physics import von_mises_truss, von_mises_truss_energy

F64 = torch.float64


def t(*numbers: float) -> Tensor:
    return torch.tensor(numbers, dtype=F64)


def test_limit_points_are_the_closed_form() -> None:
    p, tangent = von_mises_truss(t(1 - 1 / math.sqrt(3), 1 + 1 / math.sqrt(3)))
    limit = 2 / (3 * math.sqrt(3))
    torch.testing.assert_close(p, t(limit, -limit), rtol=0, atol=1e-15)
    torch.testing.assert_close(tangent, t(0, 0), rtol=0, atol=1e-14)
    assert round(limit, 6) == 0.384900
    path, _ = von_mises_truss(torch.linspace(0, 2, 2001, dtype=F64))
    assert float(path.max()) == pytest.approx(limit, abs=1e-6)


def test_free_of_load_at_rest_flat_and_snapped_through() -> None:
    p, tangent = von_mises_truss(t(0, 1, 2))
    assert p.tolist() == [0, 0, 0]
    assert tangent.tolist() == [2, -1, 2]
    assert von_mises_truss_energy(t(0, 1, 2)).tolist() == [0, 0.25, 0]


def test_three_equilibria_below_the_limit_load() -> None:
    """The roots of the polynomial u³ - 3u² + 2u - p; the one in the middle is unstable."""
    roots = np.sort(np.roots([1, -3, 2, -0.3]).real)
    assert roots == pytest.approx([0.213517, 0.661064, 2.125419], abs=1e-6)
    p, tangent = von_mises_truss(torch.from_numpy(roots))
    torch.testing.assert_close(p, t(0.3, 0.3, 0.3), rtol=0, atol=1e-13)
    assert (tangent > 0).tolist() == [True, False, True]


@pytest.mark.parametrize("u", [0.3, 0.9, 2.4, -0.7])
def test_energy_is_the_work_of_the_load(u: float) -> None:
    work, _ = quad(lambda s: float(von_mises_truss(t(s))[0]), 0, u)
    assert float(von_mises_truss_energy(t(u))) == pytest.approx(work, abs=1e-12)


def test_load_and_tangent_are_the_derivatives_of_the_energy() -> None:
    u = 3 * torch.rand(9, generator=torch.Generator().manual_seed(0), dtype=F64) - 0.5
    slope = torch.func.grad(von_mises_truss_energy)
    p, tangent = von_mises_truss(u)
    torch.testing.assert_close(torch.func.vmap(slope)(u), p, rtol=0, atol=1e-12)
    curvature = torch.func.vmap(torch.func.grad(slope))(u)
    torch.testing.assert_close(curvature, tangent, rtol=0, atol=1e-12)


def test_not_a_number_propagates() -> None:
    p, tangent = von_mises_truss(t(math.nan, 0))
    assert p.isnan().tolist() == tangent.isnan().tolist() == [True, False]
