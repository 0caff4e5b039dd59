"""Gradient descent: a step against the gradient, again and again."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Literal

from scipy.optimize import OptimizeResult
from torch import Tensor

from companion.optimize._descent import backtrack, descend
from companion.optimize._options import check_count, check_line_search, check_number, refuse
from companion.optimize._problem import Problem


def gradient_descent(
    fun: Callable[..., Any],
    x0: Any,
    args: tuple[Any, ...] = (),
    jac: Any = None,
    hess: Any = None,
    callback: Callable[..., Any] | None = None,
    *,
    lr: float | None = None,
    maxiter: int = 1000,
    gtol: float = 1e-5,
    xtol: float = 0.0,
    line_search: Literal["armijo"] | None = None,
    tol: float | None = None,
    hessp: None = None,
    bounds: None = None,
    constraints: Any = (),
) -> OptimizeResult:
    """Follow the negative gradient: x_new = x - α ∇f(x).

    A method for ``minimize(..., method=gradient_descent)``, here and in SciPy. It does not need
    ``hess`` and cannot keep to bounds or constraints. α is constant, or found by the line search.

    Parameters
    ----------
    fun, x0, args, jac, callback : as in :func:`companion.optimize.minimize`.
    lr : the learning rate α, 0.01 by default; with a line search its first trial, by default 1.
    maxiter : largest number of steps.
    gtol : stop when ‖∇f‖₂ is at most this (``tol`` is another name for it, the one SciPy passes).
    xtol : if above 0, stop when the length of a step is at most this. This proves no small error:
        with the linear rate q the error is up to q / (1 - q) times the step.
    line_search : None or ``"armijo"``.

    Returns
    -------
    OptimizeResult with the fields of SciPy, ``trajectory`` [nit + 1, n] from x0 on and the values
    of f along it in ``fun_history``. ``success`` is False after maxiter steps (``status`` 1), when
    no step makes f smaller (2), or when f or its gradient is not finite (3).

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type, shape or range, or is not supported.

    Proven equal to the closed form (I - α A)^k x0 on quadratic functions
    (``tests/test_registry.py``, ``tests/optimize/test_minimize_descent.py``).

    Book: chapters/03-optimization/gradient-descent
    """
    refuse("gradient_descent", hessp, bounds, constraints)
    check_line_search(line_search)
    rate = (1e-2 if line_search is None else 1.0) if lr is None else lr
    check_number("lr", rate, strict=True)
    check_count("maxiter", maxiter)
    gtol = gtol if tol is None else tol
    check_number("gtol", gtol)
    check_number("xtol", xtol)
    problem = Problem(fun, x0, args, jac, hess, callback)

    def advance(x: Tensor, d: Tensor, g: Tensor) -> Tensor:
        return x + rate * d if line_search is None else backtrack(problem, x, d, g, rate)

    return descend(problem, lambda x, g: -g, advance, maxiter=maxiter, gtol=gtol, xtol=xtol)
