"""The loop that all gradient methods share: look, decide whether to stop, take a step."""

from __future__ import annotations

import math
from collections.abc import Callable

import torch
from scipy.optimize import OptimizeResult
from torch import Tensor

from companion.linalg._check import LinAlgError
from companion.optimize._problem import MESSAGES, Problem
from companion.optimize.line_search import line_search_armijo


def descend(
    problem: Problem,
    direction: Callable[[Tensor, Tensor], Tensor],
    advance: Callable[[Tensor, Tensor, Tensor], Tensor],
    *,
    maxiter: int,
    gtol: float,
    norm: float = 2,
    xtol: float = 0.0,
    ftol: float = 0.0,
) -> OptimizeResult:
    """Repeat x := advance(x, direction(x, g), g) until one of the reasons to stop.

    Success is a gradient with ‖g‖ <= gtol; if xtol or ftol is above 0, also a step of length
    ``<= xtol``, or a fall of f by ``<= ftol max(|f_old|, |f_new|, 1)``. A step that does not move
    x in the arithmetic of its dtype is no success.
    """
    x = problem.x0
    problem.record(x)
    while True:
        g = problem.gradient(x)
        if not _finite(problem.fun_history[-1], g):
            return _not_finite(problem, x, g)
        if torch.linalg.vector_norm(g, norm) <= gtol:
            return problem.result(x, 0, _done("the gradient is at most gtol"), jac=g)
        if len(problem.trajectory) > maxiter:
            return problem.result(x, 1, jac=g)
        try:
            d = direction(x, g)
        except LinAlgError:
            return problem.result(x, 4, jac=g)
        if not torch.isfinite(d).all():
            return problem.result(x, 3, "The direction is not finite.", jac=g)
        before, x = x, advance(x, d, g)
        if torch.equal(before, x):
            return problem.result(x, 2, jac=g)
        if problem.record(x):
            return problem.result(x, 99)
        if xtol > 0 and torch.linalg.vector_norm(x - before) <= xtol:
            return problem.result(x, 0, _done("the step is at most xtol"))
        if ftol > 0 and _flat(problem.fun_history, ftol):
            return problem.result(x, 0, _done("the objective falls by at most ftol"))


def _finite(f: float, g: Tensor) -> bool:
    return math.isfinite(f) and bool(torch.isfinite(g).all())


def _not_finite(problem: Problem, x: Tensor, g: Tensor) -> OptimizeResult:
    if math.isnan(problem.fun_history[-1]) or bool(torch.isnan(g).any()):
        return problem.result(x, 3, jac=g)
    return problem.result(x, 3, "The objective or its gradient is infinite.", jac=g)


def backtrack(problem: Problem, x: Tensor, d: Tensor, g: Tensor, alpha: float = 1.0) -> Tensor:
    """Return the point that Armijo's line search finds, or x if there is none."""
    if not (g * d).sum() < 0:  # the product of two tiny numbers is 0
        return x
    return x + line_search_armijo(problem.value, x, d, g, alpha) * d


def _flat(values: list[float], ftol: float) -> bool:
    old, new = values[-2:]
    return math.isfinite(new) and 0 <= old - new <= ftol * max(abs(old), abs(new), 1.0)


def _done(reason: str) -> str:
    return MESSAGES[0].replace(".", f": {reason}.")
