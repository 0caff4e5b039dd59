"""Newton's method for systems: its order, its history, and how it fails."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st
from torch import Tensor

from companion.optimize import newton_raphson

F64 = torch.float64


def truss(u: Any) -> Any:
    return u * (1 - u) * (2 - u) - 0.3


def truss_tangent(u: Any) -> Any:
    return 2 - 6 * u + 3 * u**2


def truss_roots() -> list[float]:
    """Three equilibria, from Viète's formula for (u - 1)³ - (u - 1) - 0.3 = 0 (shift v = u - 1)."""
    turn = math.acos(0.3 * 3 * math.sqrt(3) / 2) / 3
    roots = [2 / math.sqrt(3) * math.cos(turn - 2 * math.pi * k / 3) + 1 for k in range(3)]
    return sorted(roots)


def orders(errors: Tensor) -> Tensor:
    logs = errors.log().diff()
    return logs[1:] / logs[:-1]


def test_the_truss_converges_with_order_two() -> None:
    found = newton_raphson(truss, torch.zeros(1, dtype=F64), truss_tangent, tol=1e-14)
    root = truss_roots()[0]
    assert found.success and float(found.x) == pytest.approx(root, abs=1e-14)
    errors = (found.trajectory[:, 0] - root).abs()
    assert found.nit + 1 == len(found.trajectory) == len(found.residual_history)
    assert bool(((orders(errors[:5]) > 1.6) & (orders(errors[:5]) < 2.1)).all())
    assert 1.9 <= float(orders(errors[:5])[-1]) <= 2.1
    residuals = truss(found.trajectory[:, 0]).abs()
    torch.testing.assert_close(found.residual_history, residuals)


def test_a_fixed_tangent_converges_linearly() -> None:
    u = torch.zeros(1, dtype=F64)
    found = newton_raphson(truss, u, lambda u: torch.full_like(u, 2.0), tol=1e-8)
    root = truss_roots()[0]
    errors = (found.trajectory[:, 0] - root).abs()
    ratio = float(errors[-1] / errors[-2])
    assert ratio == pytest.approx(1 - float(truss_tangent(root)) / 2, abs=1e-4)


def test_order_two_in_several_unknowns() -> None:
    """r(u) = A u + u³ - r₀ with the root chosen first."""
    g = torch.Generator().manual_seed(4)
    A = torch.randn(4, 4, generator=g, dtype=F64) + 5 * torch.eye(4, dtype=F64)
    root = torch.randn(4, generator=g, dtype=F64)
    load = A @ root + root**3
    found = newton_raphson(lambda u: A @ u + u**3 - load, root + 0.5,
                           lambda u: A + torch.diag(3 * u**2), tol=1e-12)  # fmt: skip
    torch.testing.assert_close(found.x, root, rtol=0, atol=1e-12)
    errors = torch.linalg.vector_norm(found.trajectory - root, dim=1)
    good = errors[errors > 1e-13]
    assert 1.8 <= float(orders(good)[-1]) <= 2.2


@given(st.integers(0, 1000))
def test_a_linear_system_needs_one_step(seed: int) -> None:
    g = torch.Generator().manual_seed(seed)
    A = torch.randn(3, 3, generator=g, dtype=F64) + 4 * torch.eye(3, dtype=F64)
    b = torch.randn(3, generator=g, dtype=F64)
    found = newton_raphson(lambda u: A @ u - b, torch.zeros(3, dtype=F64), lambda u: A)
    assert found.success and found.nit == 1
    torch.testing.assert_close(found.x, torch.linalg.solve(A, b))


def test_a_singular_tangent_is_named_and_no_success() -> None:
    found = newton_raphson(lambda u: u**2 + 1, torch.zeros(1, dtype=F64), lambda u: 2 * u)
    assert (found.success, found.status, found.nit) == (False, 2, 0)
    assert "singular at iterate 0" in found.message
    ones = torch.ones(2, 2, dtype=F64)
    found = newton_raphson(lambda u: ones @ u - u.new_tensor([1.0, 2.0]), ones[0], lambda u: ones)
    assert (found.success, found.status) == (False, 2)


def test_running_out_of_steps_is_no_success() -> None:
    """p = 0.4 is above the limit load: without the last steps the method wanders."""
    found = newton_raphson(lambda u: truss(u) - 0.1, torch.zeros(1, dtype=F64), truss_tangent,
                           maxiter=4)  # fmt: skip
    assert (found.success, found.status, found.nit) == (False, 1, 4)
    assert f"{float(found.residual_history[-1]):.3g}" in found.message
    zero = newton_raphson(truss, torch.zeros(1, dtype=F64), truss_tangent, maxiter=0)
    assert zero.nit == 0 and not zero.success


@pytest.mark.parametrize("residual_is_bad", [True, False])
def test_nan_ends_the_search(residual_is_bad: bool) -> None:
    def residual(u: Tensor) -> Tensor:
        return torch.sqrt(u) if residual_is_bad else u + 1

    found = newton_raphson(residual, torch.ones(1, dtype=F64), lambda u: u + math.nan
                           if not residual_is_bad else u / 4)  # fmt: skip
    assert (found.success, found.status) == (False, 3) and "NaN" in found.message


def test_arrays_lists_and_numbers_are_arrays_for_the_functions() -> None:
    seen = []

    def residual(u: np.ndarray) -> np.ndarray:
        seen.append(type(u))
        return truss(u)

    for x0 in (np.zeros(1), [0.0], 0):
        found = newton_raphson(residual, x0, truss_tangent)
        assert found.success and isinstance(found.x, np.ndarray) and found.x.shape == (1,)
        assert isinstance(found.trajectory, np.ndarray)
    assert set(seen) == {np.ndarray}


def test_functions_that_change_their_argument_do_no_harm() -> None:
    def residual(u: Tensor) -> Tensor:
        r = truss(u)
        u.fill_(9.0)
        return r

    x0 = torch.zeros(1, dtype=F64)
    found = newton_raphson(residual, x0, truss_tangent)
    assert found.success and not x0.any()
