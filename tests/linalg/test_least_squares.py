"""Least squares and its relatives, where rank and conditioning are hard."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from companion.linalg import cond, lstsq, matrix_rank, null_space, orth, pinv
from tests.linalg.draw import assert_near, matrices, roundoff

QUICK = settings(max_examples=60, deadline=None, derandomize=True)
EPS = torch.finfo(torch.float64).eps


def double(rows: list[list[float]]) -> Tensor:
    return torch.tensor(rows, dtype=torch.float64)


def clear_matrices() -> st.SearchStrategy[Tensor]:
    """Matrices of every rank whose singular values are either clear or zero up to round-off."""
    return matrices().map(clear)


def clear(A: Tensor) -> Tensor:
    U, sigma, Vh = torch.linalg.svd(A, full_matrices=False)
    return (U * torch.where(sigma > 1e-6 * sigma[0], sigma, 0.0)) @ Vh


def rank_of(A: Tensor) -> int:
    sigma = torch.linalg.svdvals(A)
    return int((sigma > 1e-9 * sigma[0]).sum())


@QUICK
@given(clear_matrices())
def test_penrose_conditions_and_trace(A: Tensor) -> None:
    X = pinv(A)
    size = 1 + float(A.norm() * X.norm())
    bound = 1e-13 * size * size
    assert_near(A @ X @ A, A, bound * (1 + float(A.norm())))
    assert_near(X @ A @ X, X, bound * (1 + float(X.norm())))
    assert_near((A @ X).mT, A @ X, bound)
    assert_near((X @ A).mT, X @ A, bound)
    assert abs(float((A @ X).trace()) - rank_of(A)) < bound
    assert int(matrix_rank(A)) == rank_of(A)


@QUICK
@given(clear_matrices(), st.integers(0, 10**6))
def test_solution_is_stationary_and_shortest(A: Tensor, seed: int) -> None:
    b = torch.randn(len(A), generator=torch.Generator().manual_seed(seed), dtype=A.dtype)
    x, residuals, rank, S = lstsq(A, b)
    X = torch.linalg.pinv(A, rtol=1e-9)
    bound = 1e-13 * (1 + float(A.norm() * X.norm())) ** 2 * (1 + float(b.norm() * X.norm()))
    assert_near(x, X @ b, bound)
    assert_near(A.mT @ (A @ x - b), torch.zeros_like(x), bound * (1 + float(A.norm())))
    assert int(rank) == rank_of(A)
    assert_near(S, torch.linalg.svdvals(A), roundoff(A) + 1e-300)
    if len(A) > A.shape[1] == rank_of(A):
        assert_near(residuals, (A @ x - b).square().sum()[None], 1e-12 * float(b.norm()) ** 2)
    else:
        assert residuals.shape == (0,)


@pytest.mark.parametrize("epsilon", [1e-8, 1e-10, 1e-12])
def test_lauchli(epsilon: float) -> None:
    A = double([[1.0, 1.0], [epsilon, 0.0], [0.0, epsilon]])
    x = torch.tensor([1.0, 2.0], dtype=torch.float64)
    found = lstsq(A, A @ x)
    assert int(found.rank) == 2
    assert_near(found.solution, x, 10 * EPS / epsilon)
    assert torch.equal(A.mT @ A, torch.ones(2, 2, dtype=A.dtype))  # the normal equations: rank 1


def test_closed_form_of_the_page() -> None:
    A, b = double([[1, 0], [1, 1], [1, 2]]), torch.tensor([1.0, 2.0, 2.0], dtype=torch.float64)
    found = lstsq(A, b)
    assert_near(found.solution, torch.tensor([7 / 6, 1 / 2]).double(), 1e-7)
    assert_near(6 * found.solution, torch.tensor([7.0, 3.0]).double(), 1e-13)
    assert_near(6 * found.residuals, torch.ones(1).double(), 1e-13)
    assert_near(6 * pinv(A), double([[5, 2, -1], [-3, 0, 3]]), 1e-13)


def test_shortest_solution_of_the_page() -> None:
    A, b = double([[1, 2, 2], [0, 1, 1]]), torch.tensor([5.0, 2.0], dtype=torch.float64)
    assert_near(lstsq(A, b).solution, torch.ones(3).double(), 1e-14)
    null = null_space(A)[:, 0]
    assert_near(null * null[2].sign(), torch.tensor([0, -1, 1]).double() / 2**0.5, 1e-14)


def test_rank_that_the_diagonal_of_r_does_not_show() -> None:
    """Ones on the diagonal, -1 above: regular for every n, singular to round-off for n = 60."""
    n = 60
    A = torch.eye(n, dtype=torch.float64) - torch.ones(n, n, dtype=torch.float64).triu(1)
    b = torch.randn(n, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    found, expected = lstsq(A, b), torch.linalg.lstsq(A, b, driver="gelsd")
    assert int(found.rank) == n - 1
    assert_near(found.solution, expected.solution, 1e-9 * float(expected.solution.norm()))


@pytest.mark.parametrize(("shape", "rank"), [((6, 4), 2), ((4, 6), 2), ((5, 5), 1), ((3, 3), 0)])
def test_subspaces_are_orthogonal_and_fill_the_space(shape: tuple[int, int], rank: int) -> None:
    g = torch.Generator().manual_seed(0)
    m, n = shape
    A = torch.randn(m, rank, generator=g).double() @ torch.randn(rank, n, generator=g).double()
    N, C, rows = null_space(A), orth(A), orth(A.mT)
    assert N.shape == (n, n - rank) and C.shape == (m, rank)
    assert_near(A @ N, torch.zeros(m, n - rank).double(), 1e-13)
    assert_near(C @ (C.mT @ A), A, 1e-13)
    basis = torch.cat([N, rows], dim=1)
    assert_near(basis.mT @ basis, torch.eye(n).double(), 1e-13)


def test_condition_numbers_of_the_page() -> None:
    assert abs(float(cond(0.1 * torch.eye(20).double())) - 1) < 1e-14
    t = torch.linspace(0, 1, 21, dtype=torch.float64)
    for degree in (2, 5):
        A = t[:, None] ** torch.arange(degree + 1)
        squared = float(cond(A.mT @ A))
        assert abs(squared / float(cond(A)) ** 2 - 1) < 1e-3
        assert abs(float(cond(A)) / float(torch.linalg.cond(A)) - 1) < 1e-9
    index = torch.arange(8, dtype=torch.float64)
    assert abs(float(cond(1 / (index[:, None] + index + 1))) / 1.5258e10 - 1) < 1e-4


@pytest.mark.parametrize("p", [None, 2, -2, "fro", "nuc", 1, -1, float("inf"), -float("inf")])
def test_condition_does_not_change_with_scale(p: float | str | None) -> None:
    A = double([[4, 1, 0], [1, 3, 1], [2, 0, 5]])
    assert abs(float(cond(1e-100 * A, p)) / float(cond(A, p)) - 1) < 1e-12
    assert abs(float(cond(1e100 * A, p)) / float(cond(A, p)) - 1) < 1e-12


@QUICK
@given(matrices(square=True), st.integers(0, 10**6))
def test_condition_bounds_the_growth_of_errors(A: Tensor, seed: int) -> None:
    kappa = float(cond(A))
    if not kappa < 1e6:
        return
    g = torch.Generator().manual_seed(seed)
    b, error = torch.randn(2, len(A), generator=g, dtype=A.dtype)
    x, moved = torch.linalg.solve(A, b), torch.linalg.solve(A, b + 1e-3 * error)
    growth = float((moved - x).norm() / x.norm()) / float(1e-3 * error.norm() / b.norm())
    assert growth <= kappa * (1 + 1e-6)


def test_default_threshold_is_the_larger_size_times_eps() -> None:
    for m, n in ((3, 2), (2, 40), (40, 2)):
        for factor, rank in ((0.9, 1), (1.1, 2)):
            A = torch.zeros(m, n, dtype=torch.float64)
            A[0, 0], A[1, 1] = 1.0, factor * max(m, n) * EPS
            assert int(matrix_rank(A)) == rank
            assert int(lstsq(A, A[:, 0]).rank) == rank
            assert orth(A).shape[1] == rank and null_space(A).shape[1] == n - rank
            assert float(pinv(A)[1, 1] != 0) == rank - 1
            assert int(matrix_rank(A, atol=1e-30)) == 2  # a given atol replaces the default rtol


def test_tolerances_of_another_dtype_are_converted() -> None:
    A = torch.diag(torch.tensor([4.0, 1.0, 0.5], dtype=torch.float64))
    assert int(matrix_rank(A, atol=torch.tensor(0.75))) == 2
    assert int(matrix_rank(A, rtol=torch.tensor(0.2, dtype=torch.float32))) == 2


def test_the_tolerance_of_the_rank_counts_rows_and_columns_not_the_batch() -> None:
    A = torch.diag(torch.tensor([1.0, 1.0, 20 * EPS], dtype=torch.float64))
    assert int(matrix_rank(A)) == 3
    assert torch.equal(matrix_rank(A.expand(100, 3, 3)), torch.full((100,), 3))


@pytest.mark.parametrize("shape", [(2, 0, 0), (2, 3, 0), (2, 0, 3), (0, 0), (4, 2, 3, 0)])
def test_the_condition_of_empty_matrices_is_zero_in_batches_too(shape: tuple[int, ...]) -> None:
    empty = torch.zeros(shape, dtype=torch.float64)
    assert torch.equal(cond(empty), torch.linalg.cond(empty))
