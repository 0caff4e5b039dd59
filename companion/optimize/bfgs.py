"""BFGS: Newton's method with an inverse Hessian learned from the steps."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from scipy.optimize import OptimizeResult
from torch import Tensor

from companion.optimize._descent import descend
from companion.optimize._options import check_count, check_number, refuse
from companion.optimize._problem import Problem
from companion.optimize._wolfe import WolfeSearch


def bfgs(
    fun: Callable[..., Any],
    x0: Any,
    args: tuple[Any, ...] = (),
    jac: Any = None,
    hess: Any = None,
    callback: Callable[..., Any] | None = None,
    *,
    gtol: float = 1e-5,
    maxiter: int | None = None,
    norm: float = math.inf,
    tol: float | None = None,
    hessp: None = None,
    bounds: None = None,
    constraints: Any = (),
) -> OptimizeResult:
    """Step along -H g with an estimate H of the inverse Hessian, as far as the line search goes.

    ``minimize(..., method="BFGS")``. H starts as the identity matrix and learns from each step s
    and its change of gradient y (:func:`inverse_update`). ``hess`` is not used.

    Parameters
    ----------
    gtol : stop when the norm of the gradient is at most this (``tol`` is another name for it).
    maxiter : largest number of steps, by default 200 n.
    norm : order of that norm.

    Returns
    -------
    OptimizeResult, also with ``hess_inv`` [n, n].

    Proven equal to ``scipy.optimize.minimize(method="BFGS")``, minimisers to 1e-5, with at most
    1.5 times its evaluations (``tests/optimize/test_minimize.py``).

    Book: chapters/03-optimization/newton
    """
    refuse("BFGS", hessp, bounds, constraints)
    gtol = gtol if tol is None else tol
    check_number("gtol", gtol)
    check_number("norm", norm, strict=True) if norm < math.inf else None
    problem = Problem(fun, x0, args, jac, hess, callback)
    maxiter = 200 * problem.x0.numel() if maxiter is None else maxiter
    check_count("maxiter", maxiter)
    guess = InverseHessian(problem.x0)
    search = WolfeSearch(problem)
    found = descend(problem, guess.direction, search, maxiter=maxiter, gtol=gtol, norm=norm)
    found["hess_inv"] = problem.native(guess.H)
    return found


class InverseHessian:
    """The estimate H, with the last point and gradient it has seen."""

    def __init__(self, x: Tensor) -> None:
        self.H = torch.eye(x.numel(), dtype=x.dtype, device=x.device)
        self.last: tuple[Tensor, Tensor] | None = None

    def direction(self, x: Tensor, g: Tensor) -> Tensor:
        """Learn from the step to x, and return -H g."""
        if self.last is not None:
            self.H = inverse_update(self.H, x - self.last[0], g - self.last[1])
        self.last = (x, g)
        return -(self.H @ g)


def inverse_update(H: Tensor, s: Tensor, y: Tensor) -> Tensor:
    """Return the inverse Hessian nearest to H that maps y to s; H itself if y·s is not positive.

    With ρ = 1 / (y·s)::

        H_new = (I - ρ s yᵀ) H (I - ρ y sᵀ) + ρ s sᵀ
    """
    curvature = y.dot(s)
    if not curvature > 0:  # H would not stay positive definite
        return H
    rho = 1 / curvature
    A = -rho * torch.outer(s, y)
    A.diagonal().add_(1)
    return A @ H @ A.mT + rho * torch.outer(s, s)
