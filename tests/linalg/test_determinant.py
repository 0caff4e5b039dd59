"""The determinant against enumeration, and its rules."""

from __future__ import annotations

from itertools import combinations, permutations
from math import log, prod

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from companion.linalg import det, slogdet

QUICK = settings(max_examples=60, deadline=None, derandomize=True)


def inversions(order: tuple[int, ...]) -> int:
    return sum(a > b for a, b in combinations(order, 2))


def leibniz(rows: list[list[int]]) -> int:
    """The sum over all permutations, in exact integers."""
    n = len(rows)
    return sum(
        (-1) ** inversions(p) * prod(rows[i][p[i]] for i in range(n))
        for p in permutations(range(n))
    )


@QUICK
@given(st.integers(1, 5).flatmap(
    lambda n: st.lists(st.lists(st.integers(-4, 4), min_size=n, max_size=n), min_size=n, max_size=n)
))  # fmt: skip
def test_determinant_of_integers_is_the_sum_over_permutations(rows: list[list[int]]) -> None:
    A = torch.tensor(rows, dtype=torch.float64)
    expected = leibniz(rows)
    assert abs(float(det(A)) - expected) < 1e-9
    sign, logarithm = slogdet(A)
    assert abs(float(sign * logarithm.exp()) - expected) < 1e-9


@pytest.mark.parametrize("n", [1, 2, 3, 4])
def test_permutation_matrices_have_the_sign_of_their_order(n: int) -> None:
    for order in permutations(range(n)):
        P = torch.eye(n, dtype=torch.float64)[list(order)]
        assert float(det(P)) == (-1) ** inversions(order)
        assert slogdet(P) == (float(det(P)), 0.0)


@QUICK
@given(st.integers(1, 8), st.integers(0, 10**6))
def test_rules(n: int, seed: int) -> None:
    g = torch.Generator().manual_seed(seed)
    A, B = torch.randn(2, n, n, generator=g, dtype=torch.float64)
    scale = float(det(A).abs() * det(B).abs()) + float(A.norm() * B.norm()) ** n / n**n
    assert abs(float(det(A @ B) - det(A) * det(B))) < 1e-10 * scale
    assert abs(float(det(A.mT) - det(A))) < 1e-10 * float(A.norm()) ** n
    assert abs(float(det(-2 * A) - (-2) ** n * det(A))) < 1e-10 * float(2 * A.norm()) ** n


@QUICK
@given(st.integers(1, 8), st.integers(0, 10**6))
def test_relative_error_of_well_conditioned_matrices(n: int, seed: int) -> None:
    A = torch.randn(n, n, generator=torch.Generator().manual_seed(seed), dtype=torch.float64)
    expected = torch.linalg.det(A)
    bound = 1e-14 * float(torch.linalg.cond(A)) * n
    assert abs(float(det(A) / expected - 1)) < max(bound, 1e-10)


def test_the_logarithm_survives_where_the_determinant_does_not() -> None:
    A = torch.eye(5, dtype=torch.float64).flip(0)[:, [0, 1, 2, 4, 3]]  # sign +1 times -1
    for scale in (1e200, 1e-200):
        assert float(det(scale * A)) in (0.0, -float("inf"))
        sign, logarithm = slogdet(scale * A)
        assert float(sign) == -1.0
        assert abs(float(logarithm) - 5 * log(scale)) < 1e-12 * abs(5 * log(scale))


def test_singular_beside_regular() -> None:
    A = torch.stack([torch.ones(2, 2), -torch.eye(2), torch.tensor([[0.0, 1.0], [1.0, 0.0]])])
    assert torch.equal(det(A), torch.tensor([0.0, 1.0, -1.0]))
    sign, logarithm = slogdet(A)
    assert torch.equal(sign, torch.tensor([0.0, 1.0, -1.0]))
    assert torch.equal(logarithm, torch.tensor([-float("inf"), 0.0, 0.0]))


def test_pages_example() -> None:
    A = torch.tensor([[1.0, 3.0, 7.0], [4.0, 7.0, 11.0], [12.0, 6.0, 9.0]], dtype=torch.float64)
    assert abs(float(det(A)) + 135) < 1e-12


def test_small_determinant_of_a_perfect_matrix() -> None:
    A = 0.1 * torch.eye(20, dtype=torch.float64)
    assert abs(float(det(A)) / 1e-20 - 1) < 1e-12


def test_results_are_named() -> None:
    A: Tensor = torch.eye(2)
    assert slogdet(A).sign == 1.0 and slogdet(A).logabsdet == 0.0
