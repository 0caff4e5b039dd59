"""Elimination: factors, pivots, and what it does with singular and badly scaled matrices."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from companion.linalg import inv, lu, solve, solve_triangular
from tests.linalg.draw import assert_near, matrices, roundoff

QUICK = settings(max_examples=60, deadline=None, derandomize=True)


def double(rows: list[list[float]]) -> Tensor:
    return torch.tensor(rows, dtype=torch.float64)


@QUICK
@given(matrices())
def test_factors_multiply_to_the_matrix(A: Tensor) -> None:
    P, L, U = lu(A)
    growth = L.abs() @ U.abs()
    assert_near(P @ L @ U, A, roundoff(growth))
    assert torch.equal(P.mT @ P, torch.eye(len(A), dtype=A.dtype))
    assert set(P.unique().tolist()) <= {0.0, 1.0}


@QUICK
@given(matrices())
def test_factors_are_triangular_with_multipliers_of_at_most_one(A: Tensor) -> None:
    _, L, U = lu(A)
    assert torch.equal(L, L.tril()) and torch.equal(U, U.triu())
    assert torch.equal(L.diagonal(), torch.ones(min(A.shape), dtype=A.dtype))
    assert float(L.abs().max()) <= 1.0


def test_a_tiny_pivot_without_exchange_loses_the_first_unknown() -> None:
    A, b = double([[1e-20, 1.0], [1.0, 1.0]]), double([[1.0], [2.0]])
    P, L, U = lu(A, pivot=False)
    assert P.shape == (0,)
    forward = solve_triangular(L, b, upper=False, unitriangular=True)
    assert torch.equal(solve_triangular(U, forward, upper=True), double([[0.0], [1.0]]))
    assert_near(solve(A, b), double([[1.0], [1.0]]), 1e-15)


def test_without_exchange_the_factors_of_a_dominant_matrix_multiply_to_it() -> None:
    A = torch.randn(2, 5, 4, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    A[:, range(4), range(4)] += 5
    _, L, U = lu(A, pivot=False)
    assert_near(L @ U, A, 1e-14)
    assert torch.equal(L, L.tril()) and torch.equal(U, U.triu())


def test_without_exchange_a_zero_pivot_counts_only_above_something() -> None:
    A = double([[0.0, 1.0], [0.0, 2.0]])
    _, L, U = lu(A, pivot=False)
    assert torch.equal(L @ U, A)
    with pytest.raises(torch.linalg.LinAlgError, match="pivot 2"):
        lu(double([[1.0, 1.0, 1.0], [1.0, 1.0, 2.0], [1.0, 2.0, 1.0]]), pivot=False)
    with pytest.raises(torch.linalg.LinAlgError, match="pivot 1"):
        lu(torch.stack([torch.eye(2), torch.eye(2).flip(0)]), pivot=False)


@QUICK
@given(matrices(square=True), st.integers(0, 10**6))
def test_the_residual_of_a_solution_is_roundoff_or_the_matrix_is_singular(
    A: Tensor, seed: int
) -> None:
    b = torch.randn(len(A), generator=torch.Generator().manual_seed(seed), dtype=A.dtype)
    try:
        x = solve(A, b)
    except torch.linalg.LinAlgError:
        assert float(torch.linalg.svdvals(A)[-1]) <= roundoff(A)
        return
    assert_near(A @ x, b, roundoff(A) * float(x.abs().max()) * len(A))


def test_error_of_an_ill_conditioned_system_stays_below_the_condition_number() -> None:
    index = torch.arange(8, dtype=torch.float64)
    hilbert = 1 / (index[:, None] + index + 1)
    x = solve(hilbert, hilbert.sum(dim=1))
    relative = float((x - 1).norm() / 8**0.5)
    assert 1e-12 < relative < 10 * 1.5258e10 * 2.3e-16


@pytest.mark.parametrize("scale", [1e-300, 1e-150, 1e150, 1e300])
def test_scaling_the_system_scales_nothing_else(scale: float) -> None:
    A, x = double([[1.0, 3.0, 7.0], [4.0, 7.0, 11.0], [12.0, 6.0, 9.0]]), double([[1], [2], [3]])
    assert_near(solve(A * scale, A @ x * scale), x, 1e-13)


def test_inverse_of_the_pages_example() -> None:
    A = double([[1.0, 3.0, 7.0], [4.0, 7.0, 11.0], [12.0, 6.0, 9.0]])
    expected = double([[3.0, -15.0, 16.0], [-96.0, 75.0, -17.0], [60.0, -30.0, 5.0]])
    assert_near(135 * inv(A), expected, 1e-12)


@QUICK
@given(matrices(square=True))
def test_inverse_times_matrix_is_the_identity_to_the_condition_number(A: Tensor) -> None:
    condition = float(torch.linalg.cond(A))
    if not condition < 1e12:
        return
    bound = 100 * len(A) * 2.3e-16 * condition
    assert_near(A @ inv(A), torch.eye(len(A), dtype=A.dtype), bound)
    assert_near(inv(A) @ A, torch.eye(len(A), dtype=A.dtype), bound)


def test_a_singular_matrix_in_a_batch_is_found() -> None:
    regular, singular = torch.eye(3).expand(4, 3, 3).clone(), torch.eye(3).expand(4, 3, 3).clone()
    singular[2, 1, 1] = 0.0
    assert solve(regular, torch.ones(3)).shape == (4, 3)
    with pytest.raises(torch.linalg.LinAlgError):
        solve(singular, torch.ones(3))
    with pytest.raises(torch.linalg.LinAlgError):
        inv(singular)


def test_a_unit_diagonal_may_hold_zeros_because_it_is_not_read() -> None:
    A = double([[0.0, 2.0], [5.0, 0.0]])
    X = solve_triangular(A, double([[5.0], [2.0]]), upper=True, unitriangular=True)
    assert torch.equal(X, double([[1.0], [2.0]]))


def test_batches_of_solutions_equal_the_solutions_one_by_one() -> None:
    g = torch.Generator().manual_seed(1)
    A = torch.randn(6, 5, 5, generator=g, dtype=torch.float64)
    B = torch.randn(6, 5, 2, generator=g, dtype=torch.float64)
    assert_near(solve(A, B), torch.stack([solve(a, b) for a, b in zip(A, B, strict=True)]), 1e-12)


def test_without_pivoting_a_zero_pivot_is_fine_where_nothing_stands_below_it() -> None:
    A = double([[1.0, 2.0, 3.0], [0.0, 0.0, 1.0], [0.0, 0.0, 2.0]])
    factors = lu(A, pivot=False)
    assert torch.equal(factors.L @ factors.U, A)
