"""Power iteration: the closed-form rate, stopping, signs, and what happens without convergence."""

from __future__ import annotations

import math

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from companion.linalg import power_iteration

F64 = torch.float64
PAGE = torch.tensor([[1.5, 0.5], [0.5, 1.0]], dtype=F64)
START = torch.tensor([1.0, 0.0], dtype=F64)


def random(seed: int, *shape: int) -> Tensor:
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=F64)


def with_values(seed: int, values: list[float]) -> tuple[Tensor, Tensor]:
    Q = torch.linalg.qr(random(seed, len(values), len(values))).Q
    A = (Q * torch.tensor(values, dtype=F64)) @ Q.mT
    return (A + A.mT) / 2, Q


def test_rayleigh_errors_of_the_page() -> None:
    """From (1, 0) the angle to the axis has tangent (1/g) (λ₂/λ₁)^k, g the golden ratio.

    The quotient is λ₁ - (λ₁ - λ₂) sin² of it: errors -0.0590170, -0.0090170, -0.0013247, ...
    """
    first, second = (5 + 5**0.5) / 4, (5 - 5**0.5) / 4
    history = power_iteration(PAGE, START, tol=0.0, maxiter=11).history
    assert len(history) == 11
    for k, quotient in enumerate(history.tolist()):
        tangent = 2 / (1 + 5**0.5) * (second / first) ** k
        error = -(first - second) * tangent**2 / (1 + tangent**2)
        assert abs(quotient - first - error) < 1e-15
    assert abs(float(history[1]) - first + 0.0590170) < 5e-8
    assert abs(float(history[2]) - first + 0.0090170) < 5e-8


@pytest.mark.parametrize("k", [1, 2, 5, 11])
def test_direction_after_k_products(k: int) -> None:
    """With maxiter = k the vector has been multiplied k - 1 times: it belongs to the value."""
    vector = power_iteration(PAGE, START, tol=0.0, maxiter=k).vector
    axis = torch.tensor([(1 + 5**0.5) / 2, 1.0], dtype=F64)
    axis = axis / torch.linalg.vector_norm(axis)
    along, across = float(vector @ axis), float(vector[0] * axis[1] - vector[1] * axis[0])
    ratio = (5 - 5**0.5) / (5 + 5**0.5)
    expected = 2 / (1 + 5**0.5) * ratio ** (k - 1)
    assert abs(abs(across / along) - expected) < 1e-15
    assert abs(float(torch.linalg.vector_norm(vector)) - 1) < 1e-15


@pytest.mark.parametrize("tol", [1e-2, 1e-6, 1e-10, 1e-12])
@pytest.mark.parametrize("seed", range(3))
def test_stops_as_soon_as_every_fourth_residual_allows(tol: float, seed: int) -> None:
    A, Q = with_values(seed, [-4.0, 3.0, 1.0, 0.5])
    x0 = Q.sum(dim=1)
    value, vector, history = power_iteration(A, x0, tol=tol)
    residual = torch.linalg.vector_norm(A @ vector - value * vector)
    assert float(residual) <= tol * abs(float(value)) * (1 + 1e-3)
    # Written with the eigenvalues: coefficients (-4)^k, 3^k, 1, 0.5^k in the eigenbasis.
    values = torch.tensor([-4.0, 3.0, 1.0, 0.5], dtype=F64)
    expected = 0
    for step in range(4, 1001, 4):
        c = (values / 4) ** (step - 1)
        c = c / torch.linalg.vector_norm(c)
        quotient = (c * c * values).sum()
        if torch.linalg.vector_norm((values - quotient) * c) <= tol * abs(quotient):
            expected = step
            break
    assert len(history) == expected


@settings(max_examples=30, deadline=None)
@given(
    st.lists(st.floats(-0.9, 0.9), max_size=6),
    st.sampled_from([1.0, -1.0]),
    st.sampled_from([1e-200, 1e-3, 1.0, 1e3, 1e200]),
    st.sampled_from([1e-300, 1.0, 1e300]),
    st.integers(0, 10**6),
)
def test_dominant_pair_of_any_sign_and_scale(
    others: list[float], sign: float, size: float, start: float, seed: int
) -> None:
    A, Q = with_values(seed, [sign, *others])
    x0 = Q.sum(dim=1)
    value, vector, history = power_iteration(A * size, x0 * start)
    assert abs(float(value) / size - sign) < 1e-9
    assert abs(abs(float(vector @ Q[:, 0])) - 1) < 1e-9
    assert len(history) < 1000
    assert float(history[-1]) == float(value)


def test_slow_ratio_needs_the_steps_theory_says() -> None:
    """Ratio 0.99, tol 1e-8: ln(1e8 · 0.01) / -ln 0.99 = 1375 steps, more than the default."""
    A, Q = with_values(2, [1e3, 990.0])
    x0 = Q.sum(dim=1)
    steps = math.log(1e8 * 0.01) / -math.log(0.99)
    assert len(power_iteration(A, x0, tol=1e-8).history) == 1000
    found = power_iteration(A, x0, tol=1e-8, maxiter=5000)
    assert steps - 1 <= len(found.history) <= steps + 8
    assert abs(float(found.value) - 1e3) < 1e-9


def test_unsymmetric_matrix() -> None:
    """Also for A ≠ Aᵀ the dominant pair: here the stable age structure of a Leslie matrix."""
    A = torch.tensor([[0.0, 1.5, 1.0], [0.5, 0.0, 0.0], [0.0, 0.25, 0.0]], dtype=F64)
    value, vector, _ = power_iteration(A, torch.ones(3, dtype=F64))
    torch.testing.assert_close(A @ vector, value * vector, rtol=0, atol=1e-9)
    assert abs(float(value) - float(torch.linalg.eigvals(A).abs().max())) < 1e-9


def test_zero_and_nilpotent_matrices_have_value_zero() -> None:
    """A x = 0 keeps x: it is an eigenvector for 0, not a division by zero."""
    for A in (torch.zeros(2, 2, dtype=F64), torch.tensor([[0.0, 1.0], [0.0, 0.0]], dtype=F64)):
        value, vector, history = power_iteration(A, torch.ones(2, dtype=F64))
        assert float(value) == 0
        assert torch.equal(A @ vector, torch.zeros(2, dtype=F64))
        assert abs(float(torch.linalg.vector_norm(vector)) - 1) < 1e-15
        assert len(history) == 4


@pytest.mark.parametrize("maxiter", [1, 2, 7, 8, 1000])
def test_without_convergence_the_history_is_full(maxiter: int) -> None:
    """±1 have the same magnitude: the vector jumps between two directions for ever."""
    A = torch.diag(torch.tensor([1.0, -1.0], dtype=F64))
    found = power_iteration(A, torch.tensor([2.0, 1.0], dtype=F64), maxiter=maxiter)
    assert found.history.shape == (maxiter,)
    torch.testing.assert_close(found.history, torch.full((maxiter,), 0.6, dtype=F64))


def test_eigenvector_as_start_is_found_at_the_first_look() -> None:
    A, Q = with_values(5, [2.0, 1.0, -1.0])
    found = power_iteration(A, 3 * Q[:, 0])
    assert len(found.history) == 4
    assert abs(float(found.value) - 2) < 1e-14


def test_default_tolerance_and_limit() -> None:
    A, Q = with_values(6, [1.0, 0.5, 0.1])
    x0 = Q.sum(dim=1)
    by_default, named = power_iteration(A, x0), power_iteration(A, x0, tol=1e-10, maxiter=1000)
    assert torch.equal(by_default.history, named.history)
