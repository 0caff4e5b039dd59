"""Norms: axioms, closed forms, and no overflow on the way."""

from __future__ import annotations

from math import inf, sqrt

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from companion.linalg import matrix_norm, norm, vector_norm
from tests.linalg.draw import matrices

QUICK = settings(max_examples=60, deadline=None, derandomize=True)
ORDERS = st.sampled_from([1, 1.5, 2, 3, 7, inf])
INDUCED = ("fro", "nuc", 1, 2, inf)


def double(*entries: float) -> Tensor:
    return torch.tensor(entries, dtype=torch.float64)


@QUICK
@given(matrices(rows=2), ORDERS, st.sampled_from([-2.0, 0.0, 0.5, 1e-200, 1e200]))
def test_vector_norm_axioms(A: Tensor, p: float, factor: float) -> None:
    v, w = A[0], A[-1].flip(0)
    size = float(vector_norm(v, p))
    assert (size == 0) == (not bool(v.any()))
    assert float(vector_norm(v + w, p)) <= (size + float(vector_norm(w, p))) * (1 + 1e-14)
    assert abs(float(vector_norm(factor * v, p)) - abs(factor) * size) <= 1e-14 * abs(factor) * size


@QUICK
@given(matrices(rows=1), st.floats(0.25, 50))
def test_norms_fall_with_p_and_stay_above_the_maximum(A: Tensor, p: float) -> None:
    v = A[0]
    assert float(vector_norm(v, p)) >= float(vector_norm(v, 2 * p)) * (1 - 1e-13)
    assert float(vector_norm(v, p)) >= float(v.abs().max()) * (1 - 1e-13)


@pytest.mark.parametrize("p", range(1, 10))
def test_table_of_the_page_by_exact_integers(p: int) -> None:
    expected = (1 + 3**p + 7**p + 14**p) ** (1 / p)
    for v in (double(1, 3, 7, 14), double(1, -3, 7, -14)):
        assert abs(float(vector_norm(v, p)) - expected) < 1e-12
    assert float(vector_norm(v, inf)) == 14.0


@pytest.mark.parametrize("p", [400, 5000, -400, -5000])
def test_a_large_power_gives_the_extreme_entry(p: float) -> None:
    assert float(vector_norm(double(1, -3, 7, -14), p)) == (14.0 if p > 0 else 1.0)


@pytest.mark.parametrize("scale", [1e-320, 1e-300, 1e-200, 1e200, 1e300])
def test_no_overflow_or_underflow_on_the_way(scale: float) -> None:
    v = double(3, -4) * scale
    four = float(v[1].abs()) / 4
    assert abs(float(vector_norm(v)) / four - 5) < 1e-3 if scale < 1e-310 else True
    if scale > 1e-310:
        assert abs(float(vector_norm(v)) / scale - 5) < 1e-14
        assert abs(float(vector_norm(v, 3)) / scale - 91 ** (1 / 3)) < 1e-14
        assert abs(float(matrix_norm(v[None])) / scale - 5) < 1e-14
        assert abs(float(vector_norm(v, -2)) / scale - 2.4) < 1e-14
        assert abs(float(vector_norm(v, 0.5)) / scale - (7 + 4 * sqrt(3))) < 1e-13


def test_the_sum_of_absolute_values_is_exact() -> None:
    assert float(vector_norm(double(0.1, -0.2, 7.3), 1)) == 0.1 + 0.2 + 7.3


def test_below_one_the_triangle_inequality_fails() -> None:
    assert abs(float(vector_norm(double(1, 1), 0.5)) - 4) < 1e-14
    assert float(vector_norm(double(1, 0), 0.5)) + float(vector_norm(double(0, 1), 0.5)) == 2.0


def test_matrix_norms_of_the_page() -> None:
    M = torch.tensor([[3.0, 0.0], [4.0, 5.0]], dtype=torch.float64)
    closed = {"fro": sqrt(50), 2: 3 * sqrt(5), -2: sqrt(5), "nuc": 4 * sqrt(5)}
    closed |= {1: 7.0, -1: 5.0, inf: 9.0, -inf: 3.0}
    for order, expected in closed.items():
        assert abs(float(matrix_norm(M, order)) - expected) < 1e-12
        assert abs(float(norm(M, order)) - expected) < 1e-12
    assert float(vector_norm(M, 1)) == 12.0 and float(vector_norm(M, inf)) == 5.0


@QUICK
@given(matrices(), st.sampled_from([1, 2, inf]))
def test_induced_norms_bound_the_image_and_are_attained(A: Tensor, p: float) -> None:
    bound = float(matrix_norm(A, p))
    x = torch.randn(50, A.shape[1], generator=torch.Generator().manual_seed(0), dtype=A.dtype)
    ratio = vector_norm(x @ A.mT, p, dim=1) / vector_norm(x, p, dim=1)
    assert float(ratio.max()) <= bound * (1 + 1e-12)
    if p == 1:
        assert bound == float((A @ torch.eye(A.shape[1], dtype=A.dtype)).abs().sum(0).max())
    if p == inf:
        reached = max(float((A @ row.sign()).abs().max()) for row in A)
        assert abs(reached - bound) <= 1e-13 * bound


@QUICK
@given(matrices(square=True), st.sampled_from(INDUCED))
def test_matrix_norms_are_submultiplicative_and_know_the_transpose(A: Tensor, p: float) -> None:
    product = float(matrix_norm(A @ A, p))
    assert product <= float(matrix_norm(A, p)) ** 2 * (1 + 1e-12)
    twin = {1: inf, inf: 1}.get(p, p)
    assert abs(float(matrix_norm(A.mT, twin)) - float(matrix_norm(A, p))) <= 1e-12 * (
        1 + float(matrix_norm(A, p))
    )


@QUICK
@given(matrices())
def test_order_of_the_matrix_norms(A: Tensor) -> None:
    two, fro, nuclear = (float(matrix_norm(A, p)) for p in (2, "fro", "nuc"))
    slack = 1 + 1e-12
    assert two <= fro * slack and fro <= nuclear * slack
    assert nuclear <= fro * sqrt(min(A.shape)) * slack
    assert float(matrix_norm(A, -2)) <= two * slack


def test_infinite_entries_that_cancel_nothing() -> None:
    assert float(vector_norm(double(inf, 1), 2)) == inf
    assert float(vector_norm(double(inf, inf), -1)) == inf
    assert float(vector_norm(double(inf, 4), -1)) == 4.0
    assert float(vector_norm(double(0, 4), -1)) == 0.0
