"""Point charges: the values of the page, signs, what happens at a charge, differences."""

from __future__ import annotations

import math

import pytest
import torch
from numpy.polynomial.legendre import leggauss
from torch import Tensor

from companion.physics import point_charge_field, point_charge_potential

F64 = torch.float64
PLACES = torch.tensor([[2.0, 2], [7, 7], [4, 6]], dtype=F64)
CHARGES = torch.tensor([-1.0, 1, -1], dtype=F64)
AT = torch.tensor([5.0, 4], dtype=F64)


def t(*numbers: float) -> Tensor:
    return torch.tensor(numbers, dtype=F64)


@pytest.mark.parametrize(
    ("count", "phi", "field"),
    [
        (1, -1 / math.sqrt(13), (-3 / 13**1.5, -2 / 13**1.5)),
        (2, 0.0, (-5 / 13**1.5, -5 / 13**1.5)),
        (3, -1 / math.sqrt(5), (-5 / 13**1.5 - 1 / 5**1.5, -5 / 13**1.5 + 2 / 5**1.5)),
    ],
)
def test_one_two_and_three_charges_of_the_page(count: int, phi: float, field: tuple) -> None:
    """The squared distances from (5, 4) are 13, 13 and 5."""
    some = (PLACES[:count], CHARGES[:count])
    close = torch.testing.assert_close
    close(point_charge_potential(AT, *some), t(phi)[0], rtol=0, atol=1e-15)
    close(point_charge_field(AT, *some), t(*field), rtol=0, atol=1e-15)


def test_the_page_rounds_to_six_decimals() -> None:
    rows = [(*point_charge_field(AT, PLACES[:n], CHARGES[:n]).tolist(),) for n in range(1, 4)]
    page = [(-0.064004, -0.042669), (-0.106673, -0.106673), (-0.196116, 0.072212)]
    assert [tuple(round(e, 6) for e in row) for row in rows] == page


@pytest.mark.parametrize("eps", [0.0, 0.5])
@pytest.mark.parametrize("d", [1, 2, 3])
def test_field_is_minus_the_central_difference(d: int, eps: float) -> None:
    g = torch.Generator().manual_seed(d)
    x = torch.rand(20, d, generator=g, dtype=F64)
    given = (2 + torch.rand(4, d, generator=g, dtype=F64), torch.randn(4, generator=g, dtype=F64))
    h = 1e-5
    columns = [
        (point_charge_potential(x - s, *given, eps) - point_charge_potential(x + s, *given, eps))
        / (2 * h)
        for s in h * torch.eye(d, dtype=F64)
    ]
    found = point_charge_field(x, *given, eps)
    torch.testing.assert_close(found, torch.stack(columns, dim=-1), rtol=0, atol=1e-8)


def test_like_charges_repel() -> None:
    away = point_charge_field(t(1, 0), t(0, 0)[None], t(2.0))
    assert away.tolist() == [2, 0]
    assert point_charge_field(t(0, -2), t(0, 0)[None], t(-1.0)).tolist() == [0, 0.25]


def test_at_a_charge() -> None:
    """Infinite without regularisation; with it finite, and no force of a charge on itself."""
    origin, one = t(0, 0), (t(0, 0)[None], t(-3.0))
    assert float(point_charge_potential(origin, *one)) == -math.inf
    assert bool(point_charge_field(origin, *one).isnan().all())
    assert float(point_charge_potential(origin, *one, eps=0.5)) == -6
    assert point_charge_field(origin, *one, eps=0.5).tolist() == [0, 0]


def test_far_away_the_charges_act_as_their_sum_and_eps_does_not_matter() -> None:
    far = t(3e6, 4e6)
    phi = point_charge_potential(far, PLACES, 2 * CHARGES, eps=1.0)
    assert float(phi) == pytest.approx(-2 / 5e6, rel=1e-5)
    assert float(point_charge_field(far, PLACES, 2 * CHARGES).norm()) == pytest.approx(
        2 / 5e6**2, rel=1e-5
    )


def test_flux_through_a_sphere_counts_the_charges_inside() -> None:
    """Gauss: the mean of E·n over a sphere of radius R is Q/R² (points of a product rule)."""
    z, weights = (torch.as_tensor(a) for a in leggauss(40))
    turn = torch.arange(80, dtype=F64) * (2 * math.pi / 80)
    ring = (1 - z**2).sqrt()[:, None]
    n = torch.stack([ring * turn.cos(), ring * turn.sin(), z[:, None].expand(40, 80)], dim=-1)
    places = torch.tensor([[0.5, 0, 0.3], [-0.2, 0.4, 0], [3, 1, 0]], dtype=F64)
    field = point_charge_field(2 * n, places, t(1.5, -0.5, 7))
    outward = (field * n).sum(dim=-1).mean(dim=1)
    assert float((weights * outward).sum() / 2) == pytest.approx(1.0 / 4, abs=1e-9)


def test_both_take_part_in_vmap_and_autograd() -> None:
    x = torch.rand(6, 2, generator=torch.Generator().manual_seed(0), dtype=F64)

    def potential(point: Tensor) -> Tensor:
        return point_charge_potential(point, PLACES, CHARGES)

    found = torch.func.vmap(torch.func.grad(potential))(x)
    expected = -point_charge_field(x, PLACES, CHARGES)
    torch.testing.assert_close(found, expected, rtol=0, atol=1e-12)
