"""Householder QR: orthogonality, signs, scaling."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from torch import Tensor

from companion.linalg import qr
from tests.linalg.draw import assert_near, matrices, roundoff

QUICK = settings(max_examples=60, deadline=None, derandomize=True)


def column(*entries: float) -> Tensor:
    return torch.tensor(entries, dtype=torch.float64)[:, None]


@QUICK
@given(matrices(), st.sampled_from(["reduced", "complete"]))
def test_factors(A: Tensor, mode: str) -> None:
    Q, R = qr(A, mode)
    assert_near(Q @ R, A, roundoff(A))
    assert_near(Q.mT @ Q, torch.eye(Q.shape[1], dtype=A.dtype), roundoff(Q))
    assert torch.equal(R, R.triu())


@QUICK
@given(matrices(), st.sampled_from([1e-290, 1e-160, 1e160, 1e290]))
def test_scale_of_the_matrix_goes_to_r_alone(A: Tensor, scale: float) -> None:
    Q, R = qr(A * scale)
    assert_near(Q @ (R / scale), A, roundoff(A))
    assert_near(Q.mT @ Q, torch.eye(Q.shape[1], dtype=A.dtype), roundoff(Q))


@QUICK
@given(matrices())
def test_diagonal_of_r_is_minus_the_sign_of_what_it_replaces(A: Tensor) -> None:
    """The first column: R_11 = -sign(x_1) |x|, or x_1 where nothing stands below it."""
    x = A[:, 0]
    reflected = -x.norm() if x[0] >= 0 else x.norm()
    expected = reflected if bool(x[1:].any()) else x[0]
    assert_near(qr(A).R[0, 0], expected, roundoff(A))


def test_nothing_below_the_diagonal_is_not_reflected() -> None:
    A = torch.tensor([[-1.0, 2.0], [0.0, -3.0], [0.0, 0.0]], dtype=torch.float64)
    Q, R = qr(A)
    assert torch.equal(R, A[:2]) and torch.equal(Q, torch.eye(3, 2, dtype=torch.float64))


@pytest.mark.parametrize("small", [1e-9, 1e-100, 1e-200, 1e-300])
def test_the_least_thing_below_the_diagonal_is_reflected(small: float) -> None:
    for first in (1.0, -1.0):
        x = column(first, small, 0.0)
        Q, R = qr(x)
        assert float(R) == -first
        assert_near(Q, torch.linalg.qr(x).Q, 1e-16 * small)


def test_columns_of_very_different_length_keep_their_directions() -> None:
    A = torch.cat([column(3e200, 4e200, 0), column(0, 3e-200, 4e-200), column(1, 1, 1)], dim=1)
    Q, R = qr(A)
    expected = torch.linalg.qr(A)
    assert_near(Q, expected.Q, 1e-14)
    assert_near(R / expected.R.abs().amax(0), expected.R / expected.R.abs().amax(0), 1e-14)


def test_zero_first_entry_gets_a_negative_diagonal() -> None:
    Q, R = qr(column(0.0, 3.0, 4.0))
    assert float(R) == -5.0
    assert_near(Q, column(0.0, -0.6, -0.8), 1e-15)


def test_complete_basis_continues_with_the_left_null_space() -> None:
    A = torch.randn(6, 2, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    Q, R = qr(A, "complete")
    assert_near(Q[:, 2:].mT @ A, torch.zeros(4, 2, dtype=A.dtype), 1e-14)
    assert torch.equal(R[2:], torch.zeros(4, 2, dtype=A.dtype))


def test_mode_r_gives_the_same_r_and_no_q() -> None:
    A = torch.randn(2, 5, 3, generator=torch.Generator().manual_seed(0))
    Q, R = qr(A, "r")
    assert Q.shape == (0,) and Q.dtype == A.dtype
    assert torch.equal(R, qr(A).R)
