"""Quadratic functions: a matrix that is not symmetric, several points, and our own modes."""

from __future__ import annotations

import pytest
import torch

from companion.calculus import QuadraticForm, grad, hessian
from tests.guard import DeviceGuard

A = torch.tensor([[2.0, 1], [-3, 4]], dtype=torch.float64)
B = torch.tensor([1.0, -1], dtype=torch.float64)
X = torch.tensor([1.0, 2], dtype=torch.float64)
FORM = QuadraticForm(A, B, 3.0)


def test_only_the_symmetric_part_counts() -> None:
    assert FORM.grad(X).tolist() == [1.0, 6.0]
    assert FORM.hessian(X).tolist() == [[2.0, -1.0], [-1.0, 4.0]]
    assert float(FORM(X)) == 0.5 * (2 + 2 - 6 + 16) + (1 - 2) + 3


@pytest.mark.parametrize("shape", [(), (1,), (3,), (2, 3)])
def test_points_of_another_size_are_refused(shape: tuple[int, ...]) -> None:
    for use in (FORM, FORM.grad, FORM.hessian):
        with pytest.raises(ValueError, match=r"^x must have shape \[\.\.\., 2\], got"):
            use(A.new_ones(shape))


def test_several_points_at_once() -> None:
    points = torch.arange(12.0, dtype=torch.float64).reshape(3, 2, 2) - 4
    flat = points.reshape(-1, 2)
    assert torch.equal(FORM(points).reshape(-1), torch.stack([FORM(x) for x in flat]))
    assert torch.equal(FORM.grad(points).reshape(-1, 2), torch.stack([FORM.grad(x) for x in flat]))
    assert FORM.hessian(points).shape == (3, 2, 2, 2)
    assert torch.equal(FORM.hessian(points)[2, 1], FORM.hessian(X))


def test_our_own_modes_pass_through() -> None:
    assert torch.equal(grad(FORM)(X), FORM.grad(X))
    assert torch.equal(hessian(FORM)(X), FORM.hessian(X))
    assert torch.equal(grad(lambda x: FORM.grad(x).sum())(X), FORM.hessian(X).sum(0))


def test_no_tensor_is_made_without_a_device() -> None:
    with DeviceGuard():
        assert FORM.value(X).shape == () and FORM.grad(X).shape == (2,)
        assert FORM.hessian(X).shape == (2, 2)


def test_a_number_b_stands_for_equal_entries() -> None:
    assert float(QuadraticForm(0 * A, 2)(X)) == pytest.approx(6.0, abs=1e-15)


def test_no_variables_leave_the_constant() -> None:
    form, x = QuadraticForm(A[:0, :0], B[:0], 3.0), X[:0]
    assert float(form(x)) == 3 and form.grad(x).shape == (0,) and form.hessian(x).shape == (0, 0)
