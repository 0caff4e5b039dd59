"""Quadratic functions: value, gradient and Hessian in closed form."""

from __future__ import annotations

from numbers import Real
from typing import Any

import torch
from torch import Tensor

from companion.calculus._check import check_number, check_tensor


class QuadraticForm:
    """The quadratic function ½ xᵀA x + bᵀx + c with its gradient and Hessian, for any square A.

    ::

        f(x) = ½ xᵀA x + bᵀx + c        ∇f = ½ (A + Aᵀ) x + b        H = ½ (A + Aᵀ)

    Only the symmetric part of A matters: the other part adds nothing to xᵀA x.

    Parameters
    ----------
    A : Tensor[n, n], symmetric or not.
    b : Tensor[n], or a number for n equal entries.
    c : a number or a tensor without dimensions.

    Raises
    ------
    TypeError
        If a tensor is not of a floating-point dtype, the dtypes differ, or c or b is no number.
    ValueError
        If A is not square, or the shapes do not fit.

    Proven equal to ``torch.func.grad`` and ``torch.func.hessian`` of its value, and the value to
    its sums (``tests/test_registry.py``, ``tests/calculus/test_quadratic.py``).

    Book: chapters/03-optimization/hessian-taylor
    """

    def __init__(self, A: Tensor, b: Tensor | float = 0, c: Tensor | float = 0) -> None:
        check_tensor(A, "A")
        if A.ndim != 2 or A.shape[0] != A.shape[1]:
            raise ValueError(f"A must be a square matrix, got shape {tuple(A.shape)}")
        check_term(b, "b", A, A.shape[:1])
        check_term(c, "c", A, A.shape[:0])
        self.A, self.b, self.c = A, b, c

    def __call__(self, x: Tensor) -> Tensor:
        """Return the value."""
        return self.value(x)

    def value(self, x: Tensor) -> Tensor:
        """Return f(x) as Tensor[...] for points x, Tensor[..., n]."""
        self._check(x)
        return ((0.5 * (x @ self.A) + self.b) * x).sum(-1) + self.c

    def grad(self, x: Tensor) -> Tensor:
        """Return the gradients as Tensor[..., n] at points x, Tensor[..., n]."""
        self._check(x)
        return x @ self._symmetric() + self.b

    def hessian(self, x: Tensor) -> Tensor:
        """Return the Hessians as Tensor[..., n, n] at points x, Tensor[..., n]: all the same."""
        self._check(x)
        return torch.broadcast_to(self._symmetric(), (*x.shape, x.shape[-1]))

    def _symmetric(self) -> Tensor:
        return 0.5 * (self.A + self.A.mT)

    def _check(self, x: Any) -> None:
        check_number(x, "x")
        if x.dtype != self.A.dtype:
            raise TypeError(f"x must have the dtype {self.A.dtype} of A, got {x.dtype}")
        if x.ndim < 1 or x.shape[-1] != len(self.A):
            raise ValueError(f"x must have shape [..., {len(self.A)}], got {tuple(x.shape)}")


def check_term(term: Any, name: str, A: Tensor, shape: torch.Size) -> None:
    """Raise unless a term is a number, or a tensor of the dtype of A and a shape."""
    if isinstance(term, Real):
        return
    check_tensor(term, name)
    if term.dtype != A.dtype:
        raise TypeError(f"{name} must have the dtype {A.dtype} of A, got {term.dtype}")
    if term.shape != shape:
        raise ValueError(
            f"{name} must be a number or have shape {tuple(shape)}, got {tuple(term.shape)}"
        )
