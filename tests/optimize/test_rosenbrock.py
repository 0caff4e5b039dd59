"""Rosenbrock's derivatives against automatic differentiation, and its known minimum."""

from __future__ import annotations

import torch

from companion.optimize import rosen, rosen_der, rosen_hess


def test_derivatives_are_those_of_the_function(n: int = 5) -> None:
    x = torch.randn(n, generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    torch.testing.assert_close(rosen_der(x), torch.func.grad(rosen)(x))
    torch.testing.assert_close(rosen_hess(x), torch.func.hessian(rosen)(x))
    torch.testing.assert_close(rosen_hess(x), torch.func.jacrev(rosen_der)(x))


def test_the_minimum() -> None:
    one = torch.ones(4, dtype=torch.float64)
    assert float(rosen(one)) == 0 and not rosen_der(one).any()
    assert bool((torch.linalg.eigvalsh(rosen_hess(one)) > 0).all())


def test_complex_numbers_pass_for_the_complex_step() -> None:
    x = torch.tensor([-1.2, 1.0], dtype=torch.float64)
    h = 1e-30
    step = rosen(x + 1j * h * torch.tensor([1.0, 0.0])).imag / h
    torch.testing.assert_close(step, rosen_der(x)[0])
