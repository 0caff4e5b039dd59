"""Bisection: halve an interval in which the sign changes."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np

from companion.optimize._scalar import Counted, as_bracket

RTOL = 4 * float(np.finfo(float).eps)


def bisect(
    f: Callable[..., Any],
    a: Any,
    b: Any,
    args: tuple[Any, ...] = (),
    xtol: float = 2e-12,
    rtol: float = RTOL,
    maxiter: int = 100,
) -> Any:
    """Find a root between a and b by halving, where f(a) and f(b) have different signs.

    Each step halves the interval and keeps the half in which f changes its sign: one more correct
    bit. It ends when half the interval is below xtol + rtol \\|x\\|.

    Parameters
    ----------
    f : continuous on [a, b], called as ``f(x, *args)``.
    a, b : numbers, or tensors of one entry; the root is of the same kind.

    Returns
    -------
    float, or a tensor without dimensions.

    Raises
    ------
    TypeError
        If f is not callable, or a or b are no numbers.
    ValueError
        If the signs are equal, xtol is not above 0, rtol below 4 ε, or f gives NaN.
    RuntimeError
        If maxiter halvings are not enough.

    Mirrors ``scipy.optimize.bisect``.

    Proven equal to ``scipy.optimize.bisect`` (``tests/test_registry.py``).

    Book: chapters/03-optimization/stationary-points
    """
    function = Counted(f, args, "f")
    root, steps, found = bracketed(halve, function, *as_bracket(a, b), xtol, rtol, maxiter)
    if not found:
        raise RuntimeError(f"Failed to converge after {steps} iterations, x is {float(root)}")
    return root


def bracketed(
    search: Callable[..., tuple[Any, int, bool]],
    f: Counted,
    a: Any,
    b: Any,
    xtol: float,
    rtol: float,
    maxiter: int,
) -> tuple[Any, int, bool]:
    """Check and search a bracket: the root, the steps, and whether it was found."""
    if not xtol > 0:
        raise ValueError(f"xtol must be above 0, got {xtol}")
    if not rtol >= RTOL:
        raise ValueError(f"rtol must be at least {RTOL:.3g}, got {rtol}")
    if not maxiter >= 0:
        raise ValueError(f"maxiter must not be negative, got {maxiter}")

    def number(x: Any) -> Any:
        y = f(x)
        if math.isnan(y):
            raise ValueError(f"f must be a number in the bracket, got NaN at x = {float(x)}")
        return y

    at_a, at_b = number(a), number(b)
    if at_a == 0 or at_b == 0:
        return (a if at_a == 0 else b), 0, True
    if (at_a > 0) == (at_b > 0):
        raise ValueError(
            f"f(a) and f(b) must have different signs, got {float(at_a)} and {float(at_b)}"
        )
    return search(number, (a, at_a), (b, at_b), xtol, rtol, maxiter)


def halve(
    f: Callable[[Any], Any],
    start: tuple[Any, Any],
    end: tuple[Any, Any],
    xtol: float,
    rtol: float,
    maxiter: int,
) -> tuple[Any, int, bool]:
    left, at_left = start
    width = end[0] - left
    middle = left
    for step in range(1, maxiter + 1):
        width = width / 2
        middle = left + width
        at_middle = f(middle)
        if at_middle == 0 or abs(width) < xtol + rtol * abs(middle):
            return middle, step, True
        if (at_middle > 0) == (at_left > 0):
            left = middle
    return middle, maxiter, False
