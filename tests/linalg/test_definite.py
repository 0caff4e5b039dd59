"""Cholesky: factors of definite matrices, and the refusal of all others."""

from __future__ import annotations

import pytest
import torch
from hypothesis import given, settings
from torch import Tensor

from companion.linalg import cholesky
from tests.linalg.draw import assert_near, matrices, roundoff

QUICK = settings(max_examples=60, deadline=None, derandomize=True)


@QUICK
@given(matrices())
def test_factor_of_a_shifted_square(B: Tensor) -> None:
    A = B.mT @ B + 1e-6 * torch.eye(B.shape[1], dtype=B.dtype) * (1 + B.abs().max())
    L, U = cholesky(A), cholesky(A, upper=True)
    assert torch.equal(L, L.tril()) and bool((L.diagonal() > 0).all())
    assert_near(L @ L.mT, A, roundoff(A))
    assert_near(U.mT @ U, A, roundoff(A))
    assert torch.equal(U, U.triu())


@QUICK
@given(matrices(square=True))
def test_it_exists_exactly_for_definite_matrices(B: Tensor) -> None:
    A = (B + B.mT) / 2
    smallest = float(torch.linalg.eigvalsh(A)[0])
    if abs(smallest) <= roundoff(A) and smallest:
        return
    if smallest > 0:
        assert_near(cholesky(A).square().sum(1), A.diagonal(), roundoff(A))
    else:
        with pytest.raises(torch.linalg.LinAlgError, match="positive definite"):
            cholesky(A)


@pytest.mark.parametrize("scale", [1e-300, 1e300])
def test_scale(scale: float) -> None:
    A = torch.tensor([[4.0, 2.0], [2.0, 5.0]], dtype=torch.float64) * scale
    expected = torch.tensor([[2.0, 0.0], [1.0, 2.0]], dtype=torch.float64) * scale**0.5
    assert_near(cholesky(A) / scale**0.5, expected / scale**0.5, 1e-15)


def test_the_message_names_the_first_minor_that_is_not_positive() -> None:
    A = torch.eye(5, dtype=torch.float64)
    for order in range(1, 6):
        A_bad = A.clone()
        A_bad[order - 1, order - 1] = -1.0
        with pytest.raises(torch.linalg.LinAlgError, match=f"order {order} "):
            cholesky(A_bad)
        with pytest.raises(torch.linalg.LinAlgError, match=f"order {order} "):
            cholesky(torch.stack([A, A_bad]))
