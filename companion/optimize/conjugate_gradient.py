"""Nonlinear conjugate gradients: directions that remember the last one, without a matrix."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

from scipy.optimize import OptimizeResult
from torch import Tensor

from companion.optimize._descent import descend
from companion.optimize._options import check_count, check_number, refuse
from companion.optimize._problem import Problem
from companion.optimize._wolfe import WolfeSearch

CURVATURE = 0.4  # the line search must be more exact than for quasi-Newton methods
DESCENT = 0.01  # a direction must fall at least this much as steeply as -g


def conjugate_gradient(
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
    """Step along -g plus a part of the last direction (Polak and Ribière, never a negative part).

    ``minimize(..., method="CG")``. With y = g_new - g_old::

        d_new = -g_new + β d_old        β = max(0, y·g_new / g_old·g_old)

    ``hess`` is not used.

    Parameters
    ----------
    gtol : stop when the norm of the gradient is at most this (``tol`` is another name for it).
    maxiter : largest number of steps, by default 200 n.
    norm : order of that norm.

    Proven equal to ``scipy.optimize.minimize(method="CG")``, minimisers to 1e-5
    (``tests/optimize/test_minimize.py``).

    Book: chapters/03-optimization/newton
    """
    refuse("CG", hessp, bounds, constraints)
    gtol = gtol if tol is None else tol
    check_number("gtol", gtol)
    check_number("norm", norm, strict=True) if norm < math.inf else None
    problem = Problem(fun, x0, args, jac, hess, callback)
    maxiter = 200 * problem.x0.numel() if maxiter is None else maxiter
    check_count("maxiter", maxiter)
    search = WolfeSearch(problem, CURVATURE)
    direction = _Conjugate().direction
    return descend(problem, direction, search, maxiter=maxiter, gtol=gtol, norm=norm)


class _Conjugate:
    """The last gradient and direction."""

    last: tuple[Tensor, Tensor] | None = None

    def direction(self, x: Tensor, g: Tensor) -> Tensor:
        d = -g
        if self.last is not None:
            g_old, d_old = self.last
            beta = max(0.0, float((g - g_old).dot(g) / g_old.dot(g_old)))
            d = beta * d_old - g
            if not d.dot(g) <= -DESCENT * g.dot(g):
                d = -g
        self.last = (g, d)
        return d
