"""Nelder and Mead's simplex: downhill with n + 1 points and no gradient."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import torch
from scipy.optimize import OptimizeResult
from torch import Tensor

from companion.optimize._options import check_count, check_number, refuse
from companion.optimize._problem import MESSAGES, Problem

ENOUGH = "Maximum number of function evaluations has been exceeded."


class Factors(NamedTuple):
    """How far the simplex reflects, expands, contracts and shrinks."""

    reflect: float
    expand: float
    contract: float
    shrink: float


def nelder_mead(
    fun: Callable[..., Any],
    x0: Any,
    args: tuple[Any, ...] = (),
    jac: Any = None,
    hess: Any = None,
    callback: Callable[..., Any] | None = None,
    *,
    maxiter: int | None = None,
    maxfev: int | None = None,
    initial_simplex: Any = None,
    xatol: float = 1e-4,
    fatol: float = 1e-4,
    adaptive: bool = False,
    tol: float | None = None,
    hessp: None = None,
    bounds: None = None,
    constraints: Any = (),
) -> OptimizeResult:
    """Replace the worst corner of a simplex by a better point on its other side, or shrink.

    ``minimize(..., method="Nelder-Mead")``. ``jac`` and ``hess`` are not used.

    Parameters
    ----------
    maxiter, maxfev : largest numbers of iterations (the first simplex counts as one) and of
        evaluations; by default 200 n each, and without limit if only the other one is given.
    initial_simplex : [n + 1, n]; by default x0 and the points with one entry 5 % larger (0.00025
        for an entry of 0).
    xatol, fatol : stop when no corner is further from the best one than xatol in any entry, and
        no value further than fatol.
    adaptive : factors that depend on n, for many variables.

    Returns
    -------
    OptimizeResult with ``final_simplex`` (corners, values); ``trajectory`` [nit, n] holds x0 and
    the best corner after each further iteration. ``status``: 1 and 2 for too many evaluations and
    iterations, 3 if the best value is NaN.

    Proven equal to ``scipy.optimize.minimize(method="Nelder-Mead")``, iterates to 1e-10
    (``tests/optimize/test_minimize_simplex.py``).

    Book: chapters/03-optimization/newton
    """
    refuse("Nelder-Mead", hessp, bounds, constraints)
    xatol, fatol = (xatol, fatol) if tol is None else (tol, tol)
    check_number("xatol", xatol)
    check_number("fatol", fatol)
    problem = Problem(fun, x0, args, None, None, callback)
    corners = _first_simplex(problem.x0, initial_simplex)
    most, calls = _limits(maxiter, maxfev, problem.x0.numel())
    simplex = _Simplex(problem, corners, calls, _factors(problem.x0.numel(), adaptive))
    iterations, asked = 1, False
    simplex.record()
    simplex.sort()
    while problem.nfev < calls and iterations < most and not asked:
        if simplex.small(xatol, fatol):
            break
        iterations += simplex.improve()
        simplex.sort()
        asked = simplex.record()
    status, message = _ending(simplex, asked, calls, iterations >= most)
    final = (problem.native(simplex.corners), problem.native(corners.new_tensor(simplex.values)))
    more = {"final_simplex": final, "nit": iterations}
    problem.remember(simplex.corners[0], simplex.values[0])
    return problem.result(simplex.corners[0], status, message, **more)


class _Simplex:
    """The corners [n + 1, n] with their values, best first after ``sort``."""

    def __init__(self, problem: Problem, corners: Tensor, calls: float, factors: Factors) -> None:
        self.problem, self.corners, self.calls, self.factors = problem, corners, calls, factors
        self.values = [math.inf] * len(corners)
        try:
            for k, corner in enumerate(corners):
                self.values[k] = self.evaluate(corner)
        except _EnoughError:
            pass

    def evaluate(self, x: Tensor) -> float:
        if self.problem.nfev >= self.calls:
            raise _EnoughError
        return self.problem.evaluate(x)

    def sort(self) -> None:
        """Put the best corner first and values that are NaN last."""
        order = np.argsort(self.values)  # as SciPy: with equal values the order decides the path
        self.values = [self.values[k] for k in order]
        self.corners = self.corners[torch.from_numpy(order).to(self.corners.device)]

    def record(self) -> bool:
        self.problem.remember(self.corners[0], self.values[0])
        return self.problem.record(self.corners[0])

    def small(self, xatol: float, fatol: float) -> bool:
        width = (self.corners[1:] - self.corners[0]).abs().max()
        spread = [abs(value - self.values[0]) for value in self.values[1:]]
        return bool(width <= xatol) and all(gap <= fatol for gap in spread)

    def improve(self) -> bool:
        """Move the worst corner or shrink; False if the evaluations run out on the way."""
        try:
            if not self._move_worst():
                self._shrink()
        except _EnoughError:
            return False
        return True

    def _move_worst(self) -> bool:
        """Try points on the line from the worst corner through the middle of the others."""
        far, factors = self.factors.reflect, self.factors
        best, second_worst, worst = self.values[0], self.values[-2], self.values[-1]
        middle = self.corners[:-1].sum(0) / (len(self.corners) - 1)
        x, value = self._beyond(middle, far)
        if value < best:
            further = self._beyond(middle, far * factors.expand)
            return self._replace(*(further if further[1] < value else (x, value)))
        if value < second_worst:
            return self._replace(x, value)
        outside = value < worst
        nearer = self._beyond(middle, factors.contract * (far if outside else -1))
        good = nearer[1] <= value if outside else nearer[1] < worst
        return good and self._replace(*nearer)

    def _beyond(self, middle: Tensor, t: float) -> tuple[Tensor, float]:
        """Return middle + t (middle - worst) and its value."""
        x = (1 + t) * middle - t * self.corners[-1]
        return x, self.evaluate(x)

    def _replace(self, x: Tensor, value: float) -> bool:
        self.corners[-1], self.values[-1] = x, value
        return True

    def _shrink(self) -> None:
        """Pull all corners towards the best one."""
        best = self.corners[0]
        for k in range(1, len(self.corners)):
            self.corners[k] = best + self.factors.shrink * (self.corners[k] - best)
            self.values[k] = self.evaluate(self.corners[k])


class _EnoughError(Exception):
    """No evaluation is left."""


def _factors(n: int, adaptive: bool) -> Factors:
    if not adaptive:
        return Factors(1, 2, 0.5, 0.5)
    return Factors(1, 1 + 2 / n, 0.75 - 1 / (2 * n), 1 - 1 / n)


def _first_simplex(x0: Tensor, given: Any) -> Tensor:
    n = x0.numel()
    if given is None:
        corners: Tensor = x0.repeat(n + 1, 1)
        wider = torch.where(x0 != 0, 1.05 * x0, torch.full_like(x0, 0.00025))
        corners[1:].diagonal().copy_(wider)
        return corners
    if not isinstance(given, Tensor):
        given = torch.as_tensor(given, device=x0.device)
    if given.shape != (n + 1, n):
        shape = tuple(given.shape)
        raise ValueError(f"initial_simplex must have the shape {(n + 1, n)}, got {shape}")
    corners = given.detach().to(device=x0.device, dtype=x0.dtype, copy=True)
    if not bool(torch.isfinite(corners).all()):
        raise ValueError("initial_simplex must be finite, got NaN or infinity")
    return corners


def _limits(maxiter: int | None, maxfev: int | None, n: int) -> tuple[float, float]:
    """Return the limits; a limit that is not given is lifted if the other one is."""
    for name, given in (("maxiter", maxiter), ("maxfev", maxfev)):
        if given is not None:
            check_count(name, given)
    if maxiter is None and maxfev is None:
        return 200 * n, 200 * n
    return (
        math.inf if maxiter is None else maxiter,
        math.inf if maxfev is None else maxfev,
    )


def _ending(simplex: _Simplex, asked: bool, calls: float, late: bool) -> tuple[int, str]:
    """Return status and message, with the numbers that SciPy has for this method."""
    if math.isnan(simplex.values[0]):
        return 3, ""
    if asked:
        return 99, ""
    if simplex.problem.nfev >= calls:
        return 1, ENOUGH
    return (2, MESSAGES[1]) if late else (0, "")
