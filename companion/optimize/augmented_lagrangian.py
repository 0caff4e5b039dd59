"""Constrained minima by the augmented Lagrangian: a soft spring that learns the contact force."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from scipy.optimize import OptimizeResult
from torch import Tensor

from companion.optimize._constraints import Constraints
from companion.optimize._options import check_count, check_number, refuse
from companion.optimize._problem import Problem
from companion.optimize.newton_minimize import newton_minimize

# Where to give up: the largest ρ, the farthest point, and ρ raised in vain so many times.
STIFFEST, FARTHEST, PATIENCE = 1e8, 1e8, 4
MESSAGES = {
    0: "Optimization terminated successfully: stationary and feasible.",
    1: "Maximum number of iterations has been exceeded: {state}.",
    2: "The inner minimisation does not get more stationary: {state}.",
    3: "NaN or infinity in the objective or a constraint: {state}.",
    4: "The constraints seem infeasible near the last iterate: {state}.",
    5: "The iterates run away, the objective seems unbounded below on the feasible set: {state}.",
    99: "`callback` raised `StopIteration`.",
}


def augmented_lagrangian(
    fun: Callable[..., Any],
    x0: Any,
    args: tuple[Any, ...] = (),
    jac: Any = None,
    hess: Any = None,
    callback: Callable[..., Any] | None = None,
    *,
    maxiter: int = 100,
    gtol: float = 1e-8,
    ctol: float = 1e-8,
    rho: float = 10.0,
    tol: float | None = None,
    hessp: None = None,
    bounds: None = None,
    constraints: Any = (),
) -> OptimizeResult:
    """Minimise f subject to g(x) = 0 and h(x) <= 0 by repeated minimisations without constraints.

    A method for ``minimize(..., method=augmented_lagrangian)``, here and in SciPy. Each iteration
    minimises, for fixed multipliers, then updates them::

        f + λᵀg + ρ/2 ‖g‖² + (‖max(μ + ρ h, 0)‖² - ‖μ‖²) / (2ρ)
        λ ← λ + ρ g,    μ ← max(μ + ρ h, 0)

    ρ stays as it is while the violation falls to a quarter in each iteration, else it is
    multiplied by 10. The inner minimisation is Newton's method with a line search.

    Parameters
    ----------
    fun, x0, args, jac, callback : as in :func:`companion.optimize.minimize`; ``jac`` is by default
        replaced by central differences. ``hess`` is not used.
    constraints : one of SciPy's dictionaries or a list of them: ``{"type": "eq" or "ineq",
        "fun": ..., "jac": ..., "args": ...}``. SciPy's "ineq" means fun(x) >= 0, so h = -fun.
    maxiter : largest number of outer iterations.
    gtol : largest entry of ∇f + Jgᵀλ + Jhᵀμ, relative to max(1, that of ∇f).
    ctol : largest violation, \\|g\\| or max(h, -μ/ρ). ``tol`` sets both, the name SciPy passes.
    rho : the first ρ, above 0.

    Returns
    -------
    OptimizeResult with the fields of SciPy, ``multipliers`` (a list, one vector for each
    dictionary, in the sign of L = f + λᵀg + μᵀh with μ >= 0), ``multiplier_history``
    [nit, all of them], ``constr_violation`` and ``trajectory`` [nit + 1, n], the outer iterates.
    ``success`` only if the last point is stationary and feasible, which a maximum along the
    constraint can be as well. Else ``status`` is 1 (out of iterations), 2 (not stationary in
    rounding), 3 (not finite), 4 (infeasible) or 5 (unbounded), and ``message`` says so.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type, shape or range, or is not supported.

    Proven equal to SLSQP and trust-constr of ``scipy.optimize.minimize`` and to closed forms
    (``tests/test_registry.py``, ``tests/optimize/test_augmented_lagrangian.py``).

    Book: chapters/03-optimization/constrained
    """
    refuse("augmented_lagrangian", hessp, bounds)
    check_count("maxiter", maxiter)
    gtol, ctol = (gtol, ctol) if tol is None else (tol, tol)
    check_number("gtol", gtol)
    check_number("ctol", ctol)
    check_number("rho", rho, strict=True)
    problem = Problem(fun, x0, args, jac or "3-point", None, callback)
    search = _Search(problem, Constraints(constraints, problem), rho)
    return search.run(maxiter, gtol, ctol)


class _Search:
    """The outer iteration: the point, its multipliers, and the stiffness ρ."""

    def __init__(self, problem: Problem, constraints: Constraints, rho: float) -> None:
        self.problem, self.constraints, self.x = problem, constraints, problem.x0
        self.rho, self.stiffest = float(rho), STIFFEST * max(1.0, rho)
        self.multipliers = torch.zeros_like(constraints.value(self.x))
        self.history: list[Tensor] = []
        self.violation = self.slope = math.inf
        self.inner_status = self.in_vain = 0

    def value(self, x: Tensor) -> float:
        """The augmented Lagrangian: completing the square leaves one formula for g and h."""
        y = self._force(x)
        return self.problem.value(x) + float((y @ y - self.multipliers @ self.multipliers)
                                             / (2 * self.rho))  # fmt: skip

    def gradient(self, x: Tensor) -> Tensor:
        return self.problem.gradient(x) + self.constraints.jacobian(x).mT @ self._force(x)

    def _force(self, x: Tensor) -> Tensor:
        """Return λ + ρ g and max(μ + ρ h, 0): what the constraints push with, and the update."""
        return self.constraints.project(self.multipliers + self.rho * self.constraints.value(x))

    def run(self, maxiter: int, gtol: float, ctol: float) -> OptimizeResult:
        self.problem.record(self.x)
        if not self._finite(self.x):
            return self.result(3)
        for _ in range(maxiter):
            if not self._minimise(gtol):
                # Too soft a spring lets even a sound problem run away: stiffen, and try again.
                self.rho *= 100
                if self.rho > self.stiffest:
                    return self.result(5)
                continue
            before, slow = self.violation, self.slope
            self._update()
            if not math.isfinite(self.violation + self.slope):
                return self.result(3)
            if self.problem.record(self.x):
                return self.result(99)
            if self.violation <= ctol and self.slope <= gtol:
                return self.result(0)
            if self.violation <= ctol and self.inner_status == 2 and self.slope >= slow:
                return self.result(2)
            if self.violation > max(before / 4, ctol):
                self.rho *= 10
            self.in_vain = self.in_vain + 1 if self.violation > max(0.9 * before, ctol) else 0
            if self.rho > self.stiffest or self.in_vain == PATIENCE:
                return self.result(4)
        return self.result(1)

    def _minimise(self, gtol: float) -> bool:
        """Move x to a minimum of the augmented Lagrangian; False if there is none within reach."""
        far = FARTHEST * (1 + float(self.problem.x0.abs().max()))

        def stop(x: Tensor) -> None:
            if float(x.abs().max()) > far:
                raise StopIteration

        accuracy = gtol / 2 * max(1.0, float(self.problem.gradient(self.x).abs().max()))
        inner = newton_minimize(
            self.value, self.x, (), self.gradient, None, stop,
            maxiter=100, gtol=accuracy, line_search="armijo",
        )  # fmt: skip
        if inner.status == 2:
            # Values that differ by rounding stop the line search; the gradient is still good.
            further = newton_minimize(
                self.value, inner.x, (), self.gradient, maxiter=2, gtol=accuracy
            )
            inner = further if further.success else inner
        self.inner_status = inner.status
        if inner.status in (3, 99) or (inner.status == 1 and self._endless(inner.x)):
            return False
        self.x = inner.x
        return True

    def _endless(self, x: Tensor) -> bool:
        """Say whether a search ended far away, on a slope about as steep as it began."""
        away = _largest(x) > 10 * (1 + _largest(self.problem.x0))
        return away and 10 * _largest(self.gradient(x)) > _largest(self.gradient(self.x))

    def _update(self) -> None:
        """Take the forces as multipliers, and measure how far the conditions are from true."""
        c, old = self.constraints.value(self.x), self.multipliers
        broken = torch.where(self.constraints.is_equality, c, torch.maximum(c, -old / self.rho))
        self.multipliers = self._force(self.x)
        self.history.append(self.multipliers)
        self.violation = _largest(broken)
        slope = self.problem.gradient(self.x)
        pull = self.constraints.jacobian(self.x).mT @ self.multipliers
        self.slope = _largest(slope + pull) / max(1.0, _largest(slope))

    def _finite(self, x: Tensor) -> bool:
        values = (self.problem.value(x), _largest(self.gradient(x)))
        return all(math.isfinite(v) for v in values)

    def result(self, status: int) -> OptimizeResult:
        c = self.constraints.value(self.x)
        violation = _largest(torch.where(self.constraints.is_equality, c, c.clamp(min=0)))
        state = f"violation {violation:.3g}, rho {self.rho:.3g}, |x| {_largest(self.x):.3g}"
        native, multipliers = self.problem.native, self.constraints.split(self.multipliers)
        return self.problem.result(
            self.x, status, MESSAGES[status].format(state=state),
            jac=self.problem.gradient(self.x),
            multipliers=[native(part) for part in multipliers],
            multiplier_history=torch.stack([self.multipliers, *self.history])[1:],
            constr_violation=violation,
        )  # fmt: skip


def _largest(x: Tensor) -> float:
    """Return the largest magnitude, 0 if there is none; NaN stays."""
    return float(x.abs().max()) if x.numel() else 0.0
