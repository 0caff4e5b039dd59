"""Newton's method for minima: jump to the stationary point of the quadratic model."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, Literal

import torch
from scipy.optimize import OptimizeResult
from torch import Tensor

from companion.optimize._descent import backtrack, descend
from companion.optimize._options import check_count, check_line_search, check_number, refuse
from companion.optimize._problem import Problem


def newton_minimize(
    fun: Callable[..., Any],
    x0: Any,
    args: tuple[Any, ...] = (),
    jac: Any = None,
    hess: Any = None,
    callback: Callable[..., Any] | None = None,
    *,
    maxiter: int = 100,
    gtol: float = 1e-8,
    xtol: float = 0.0,
    line_search: Literal["armijo"] | None = None,
    tol: float | None = None,
    hessp: None = None,
    bounds: None = None,
    constraints: Any = (),
) -> OptimizeResult:
    """Solve H Δx = -∇f(x) and step to x + Δx.

    A method for ``minimize(..., method=newton_minimize)``, here and in SciPy. Plain Newton jumps
    to any stationary point, a saddle or a maximum as well. With the line search it always
    descends: the eigenvalues of H are replaced by their sizes, and the step is shortened.

    Parameters
    ----------
    fun, x0, args, callback : as in :func:`companion.optimize.minimize`.
    jac : as there, but by default central differences: forward ones do not reach ``gtol``.
    hess : ``hess(x, *args)`` [n, n]; by default differences of ``jac``, without ``jac`` of ``fun``.
    maxiter : largest number of steps.
    gtol : stop when ‖∇f‖₂ is at most this (``tol`` is another name for it, the one SciPy passes).
    xtol : if above 0, stop when the length of a step is at most this.
    line_search : None or ``"armijo"``.

    Returns
    -------
    OptimizeResult with the fields of SciPy, ``trajectory`` [nit + 1, n] and ``fun_history``.
    ``success`` is False after maxiter steps (``status`` 1), when a step is lost in rounding (2),
    when f or a derivative is not finite (3), or when H is singular (4).

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type, shape or range, or is not supported.

    Proven equal to the closed form -A⁻¹ b on quadratic functions in one step, and to the iterates
    worked out with SymPy (``tests/test_registry.py``,
    ``tests/optimize/test_minimize_descent.py``).

    Book: chapters/03-optimization/newton
    """
    refuse("newton_minimize", hessp, bounds, constraints)
    check_line_search(line_search)
    check_count("maxiter", maxiter)
    gtol = gtol if tol is None else tol
    check_number("gtol", gtol)
    check_number("xtol", xtol)
    problem = Problem(fun, x0, args, jac or "3-point", hess, callback)

    def direction(x: Tensor, g: Tensor) -> Tensor:
        H = problem.hessian(x)
        if not torch.isfinite(H).all():
            return torch.full_like(g, math.nan)
        return -(torch.linalg.solve(H, g) if line_search is None else _solve_positive(H, g))

    def advance(x: Tensor, d: Tensor, g: Tensor) -> Tensor:
        return x + d if line_search is None else backtrack(problem, x, d, g)

    return descend(problem, direction, advance, maxiter=maxiter, gtol=gtol, xtol=xtol)


def _solve_positive(H: Tensor, g: Tensor) -> Tensor:
    """Solve V |Λ| Vᵀ d = g; an eigenvalue that is zero in rounding is lifted to a tiny one."""
    eigenvalues, V = torch.linalg.eigh((H + H.mT) / 2)
    size = eigenvalues.abs()
    least = torch.finfo(H.dtype).eps ** 0.5 * size.max()
    # A Hessian of zeros says nothing about lengths: then the step is -g.
    d: Tensor = V @ ((V.mT @ g) / size.clamp(min=float(least) or 1.0))
    return d
