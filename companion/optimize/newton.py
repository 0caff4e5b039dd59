"""Roots without a bracket: along the tangent (Newton) or the secant."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from companion.optimize._scalar import Counted, as_number


def newton(
    func: Callable[..., Any],
    x0: Any,
    fprime: Callable[..., Any] | None = None,
    args: tuple[Any, ...] = (),
    tol: float = 1.48e-8,
    maxiter: int = 50,
    x1: Any = None,
) -> Any:
    """Find a root by Newton's method, or by secants if no derivative is given.

    x ← x - f(x) / f'(x), until a step is not larger than tol. The secant through the last two
    points takes the place of the tangent when ``fprime`` is None.

    Parameters
    ----------
    func : maps a number to a number, called as ``func(x, *args)``.
    x0 : start, a number or a tensor of one entry; the root is of the same kind.
    fprime : the derivative, called like func.
    x1 : second point of the first secant; by default 1.0001 x0 ± 0.0001.

    Returns
    -------
    float, or a tensor without dimensions.

    Raises
    ------
    TypeError
        If func or fprime are not callable, or x0 is no number.
    ValueError
        If x0 has several entries or is not finite, or tol or maxiter are not above 0.
    RuntimeError
        If the derivative or the slope of the secant vanishes, or maxiter steps are not enough.

    Mirrors ``scipy.optimize.newton``.

    Proven equal to ``scipy.optimize.newton`` (``tests/test_registry.py``).

    Book: chapters/03-optimization/newton
    """
    function = Counted(func, args, "func")
    slope = None if fprime is None else Counted(fprime, args, "fprime")
    second = None if x1 is None else as_number(x1, "x1")
    root, _, flag = search_open(function, as_number(x0, "x0"), slope, second, tol, 0.0, maxiter)
    if flag:
        raise RuntimeError(flag)
    return root


def search_open(
    f: Counted,
    x: Any,
    slope: Counted | None,
    second: Any,
    tol: float,
    rtol: float,
    maxiter: int,
) -> tuple[Any, int, str]:
    """Search without a bracket; the result is the root, the steps, and what went wrong."""
    for name, value in (("tol", tol), ("maxiter", maxiter)):
        if not value > 0:
            raise ValueError(f"{name} must be above 0, got {value}")
    if slope is not None:
        return _tangents(f, slope, x, tol, rtol, maxiter)
    if second is None:
        second = 1.0001 * x + (1e-4 if x >= 0 else -1e-4)
    return _secants(f, x, second, tol, rtol, maxiter)


def _tangents(
    f: Counted, slope: Counted, x: Any, tol: float, rtol: float, maxiter: int
) -> tuple[Any, int, str]:
    for step in range(maxiter):
        y = f(x)
        if y == 0:
            return x, step, ""
        k = slope(x)
        if k == 0:
            return x, step + 1, f"Derivative was zero at x = {float(x)} after {step} iterations"
        x, old = x - y / k, x
        if abs(x - old) <= tol + rtol * abs(old):
            return x, step + 1, ""
    return x, maxiter, f"Failed to converge after {maxiter} iterations, x is {float(x)}"


def _secants(
    f: Counted, old: Any, new: Any, tol: float, rtol: float, maxiter: int
) -> tuple[Any, int, str]:
    if old == new:
        raise ValueError(f"x1 must differ from x0, got {float(new)} for both")
    at_old, at_new = f(old), f(new)
    if abs(at_new) < abs(at_old):  # the better point last, as SciPy has it
        old, new, at_old, at_new = new, old, at_new, at_old
    for step in range(1, maxiter + 1):
        if at_new == at_old:
            return (old + new) / 2, step, f"Slope of the secant was zero at x = {float(new)}"
        x = new - at_new * (new - old) / (at_new - at_old)
        if abs(x - new) <= tol + rtol * abs(new):
            return x, step, ""
        old, new, at_old, at_new = new, x, at_new, f(x)
    return new, maxiter, f"Failed to converge after {maxiter} iterations, x is {float(new)}"
