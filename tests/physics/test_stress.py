"""Stress states: invariants, Mohr's circle, and the special cases that everyone knows."""

from __future__ import annotations

import math

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from companion.physics import principal_stresses, von_mises

F64 = torch.float64
PAGE = torch.tensor([[50, 30, 20], [30, -20, -10], [20, -10, 10]], dtype=F64)


def random_stress(seed: int, d: int = 3) -> Tensor:
    g = torch.Generator().manual_seed(seed)
    s = 100 * torch.randn(d, d, generator=g, dtype=F64)
    return s + s.mT


def rotation(seed: int) -> Tensor:
    g = torch.Generator().manual_seed(seed)
    Q = torch.linalg.qr(torch.randn(3, 3, generator=g, dtype=F64)).Q
    return Q * torch.linalg.det(Q)


def test_page_values_are_the_roots_of_the_cubic() -> None:
    """I1 = 40, I2 = -2100, I3 = -28000 by hand from the entries; the roots by NumPy."""
    roots = np.sort(np.roots([1, -40, -2100, 28000]))[::-1].copy()
    values, _ = principal_stresses(PAGE)
    torch.testing.assert_close(values, torch.from_numpy(roots), rtol=0, atol=1e-9)
    page = torch.tensor([65.526852, 11.530828, -37.057680], dtype=F64)
    torch.testing.assert_close(values, page, rtol=0, atol=5e-7)
    assert float(values[0] - values[2]) / 2 == pytest.approx(51.292266, abs=5e-7)


def test_page_von_mises() -> None:
    """Closed form in the entries: σ_v² = I1² - 3 I2 = 1600 + 6300 = 7900."""
    assert float(von_mises(PAGE)) == pytest.approx(math.sqrt(7900), rel=1e-14)
    assert math.sqrt(7900) == pytest.approx(88.881944, abs=5e-7)


@pytest.mark.parametrize("seed", range(10))
def test_invariants_from_entries_and_from_principal_values(seed: int) -> None:
    s = random_stress(seed)
    (a, b, c), _ = principal_stresses(s)
    minors = [s[i, i] * s[j, j] - s[i, j] ** 2 for i, j in ((0, 1), (1, 2), (2, 0))]
    torch.testing.assert_close(a + b + c, s.trace(), rtol=0, atol=1e-10 * 100)
    torch.testing.assert_close(a * b + b * c + c * a, sum(minors), rtol=0, atol=1e-10 * 100**2)
    torch.testing.assert_close(a * b * c, torch.linalg.det(s), rtol=0, atol=1e-10 * 100**3)


def test_plane_stress_of_the_page_by_mohrs_circle() -> None:
    values, directions = principal_stresses(torch.tensor([[80.0, 30], [30, 0]], dtype=F64))
    torch.testing.assert_close(values, torch.tensor([90.0, -10], dtype=F64), rtol=0, atol=1e-12)
    x, y = directions[:, 0].tolist()
    angle = math.degrees(math.atan(y / x))
    assert angle == pytest.approx(math.degrees(math.atan2(2 * 30, 80 - 0)) / 2, abs=1e-12)
    assert angle == pytest.approx(18.434949, abs=5e-7)


@pytest.mark.parametrize("d", [2, 3])
@pytest.mark.parametrize("seed", range(6))
def test_directions_are_a_rotation_that_diagonalises(seed: int, d: int) -> None:
    s = random_stress(seed, d)
    values, n = principal_stresses(s)
    torch.testing.assert_close(s @ n, n * values, rtol=0, atol=1e-11)
    torch.testing.assert_close(n.mT @ n, torch.eye(d, dtype=F64), rtol=0, atol=1e-13)
    assert float(torch.linalg.det(n)) == pytest.approx(1, abs=1e-13)
    assert bool((values.diff() <= 0).all())


def test_repeated_values_still_give_a_rotation() -> None:
    values, n = principal_stresses(torch.diag(torch.tensor([2.0, 5, 2], dtype=F64)))
    assert values.tolist() == [5, 2, 2]
    assert float(torch.linalg.det(n)) == pytest.approx(1, abs=1e-14)


def test_known_states() -> None:
    """Uniaxial: itself. Hydrostatic: 0. Pure shear: √3 τ. Equibiaxial plane stress: itself."""
    tension = torch.diag(torch.tensor([-7.0, 0, 0], dtype=F64))
    assert float(von_mises(tension)) == pytest.approx(7, abs=1e-14)
    assert float(von_mises(7 * torch.eye(3, dtype=F64))) == 0
    shear = torch.tensor([[0.0, 4], [4, 0]], dtype=F64)
    assert float(von_mises(shear)) == pytest.approx(4 * math.sqrt(3), abs=1e-14)
    assert float(von_mises(7 * torch.eye(2, dtype=F64))) == pytest.approx(7, abs=1e-14)


@settings(max_examples=50, deadline=None)
@given(st.integers(0, 10**6), st.floats(-1e3, 1e3))
def test_von_mises_ignores_pressure_and_rotation(seed: int, pressure: float) -> None:
    s, Q = random_stress(seed), rotation(seed)
    expected = float(von_mises(s))
    assert float(von_mises(s + pressure * torch.eye(3, dtype=F64))) == pytest.approx(
        expected, rel=1e-10
    )
    assert float(von_mises(Q @ s @ Q.mT)) == pytest.approx(expected, rel=1e-10)


@pytest.mark.parametrize("dtype", [torch.float32, F64])
def test_batches_and_dtypes(dtype: torch.dtype) -> None:
    batch = torch.stack([random_stress(seed) for seed in range(4)]).to(dtype).reshape(2, 2, 3, 3)
    values, n = principal_stresses(batch)
    assert (values.shape, n.shape, values.dtype, n.dtype) == ((2, 2, 3), (2, 2, 3, 3), dtype, dtype)
    assert von_mises(batch).shape == (2, 2)
    one = principal_stresses(batch[1, 0])[0]
    torch.testing.assert_close(values[1, 0], one, rtol=1e-5, atol=0)


def test_slightly_unsymmetric_input_is_refused_only_above_round_off() -> None:
    Q = rotation(3)
    principal_stresses(Q @ PAGE @ Q.mT)
    bent = PAGE.clone()
    bent[0, 1] += 1e-6
    with pytest.raises(ValueError, match="sigma must be symmetric"):
        principal_stresses(bent)


def test_gradient_of_von_mises() -> None:
    """dσ_v/dσ = 3 s / (2 σ_v), the normal of the yield surface."""
    s = PAGE.clone().requires_grad_()
    size = von_mises(s)
    size.backward()
    deviator = PAGE - PAGE.trace() / 3 * torch.eye(3, dtype=F64)
    torch.testing.assert_close(s.grad, 1.5 * deviator / size.detach(), rtol=0, atol=1e-14)
