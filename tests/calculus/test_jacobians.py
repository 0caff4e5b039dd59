"""Jacobians and Hessians: shapes, tuples of arguments and of results, closed forms."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from companion.calculus import hessian, jacfwd, jacrev

A = torch.tensor([[2.0, 1, 0], [-3, 4, 5]], dtype=torch.float64)
X = torch.tensor([1.0, 2, -1], dtype=torch.float64)


@pytest.mark.parametrize("jacobian", [jacrev, jacfwd])
def test_rows_are_results_and_columns_inputs(jacobian: Any) -> None:
    assert torch.equal(jacobian(lambda x: A @ x)(X), A)
    assert jacobian(lambda x: x[:, None] * A[0])(X).shape == (3, 3, 3)
    assert jacobian(lambda M: M @ X)(A).shape == (2, 2, 3)


@pytest.mark.parametrize("jacobian", [jacrev, jacfwd])
def test_negative_positions_count_from_the_end(jacobian: Any) -> None:
    def func(a: Any, b: Any) -> Any:
        return a * b**2

    assert torch.equal(jacobian(func, -1)(X, X), torch.diag(2 * X**2))
    both = jacobian(func, (-1, 0))(X, X)
    assert torch.equal(both[0], torch.diag(2 * X**2)) and torch.equal(both[1], torch.diag(X**2))


def test_forward_mode_takes_programs_with_several_results() -> None:
    def func(a: Any, b: Any) -> Any:
        return a.sum() * b, torch.sin(a), torch.ones_like(b)

    ours = jacfwd(func, (0, 1))(X, A)
    theirs = torch.func.jacfwd(func, (0, 1))(X, A)
    for mine, expected in zip(ours, theirs, strict=True):
        for block, library in zip(mine, expected, strict=True):
            torch.testing.assert_close(block, library, rtol=0, atol=1e-14)
    alone = jacfwd(func)(X, A)
    assert [tuple(block.shape) for block in alone] == [(2, 3, 3), (3, 3), (2, 3, 3)]


def test_hessian_of_a_polynomial() -> None:
    """f = x y² z³ at (1, 2, -1), by hand."""
    found = hessian(lambda v: v[0] * v[1] ** 2 * v[2] ** 3)(X)
    exact = torch.tensor([[0.0, -4, 12], [-4, -2, 12], [12, 12, -24]], dtype=torch.float64)
    assert torch.equal(found, exact)


def test_the_blocks_of_several_arguments() -> None:
    (xx, xy), (yx, yy) = hessian(lambda x, y: x @ x * y.sum(), (0, 1))(X, A)
    assert torch.equal(xx, 2 * A.sum() * torch.eye(3).double())
    assert torch.equal(xy, (2 * X)[:, None, None].expand(3, 2, 3))
    assert torch.equal(yx, xy.permute(1, 2, 0)) and torch.equal(
        yy, torch.zeros(2, 3, 2, 3).double()
    )
