"""Brent's method: fast interpolation while it behaves, bisection when it does not."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

Point = tuple[Any, Any]


def brent(
    f: Callable[[Any], Any],
    start: Point,
    end: Point,
    xtol: float,
    rtol: float,
    maxiter: int,
) -> tuple[Any, int, bool]:
    """Return the root between two points (x, f(x)), the steps, and whether it was found.

    ``best`` and ``other`` always enclose the root, ``last`` is the best point of the step before.
    """
    last, best, other = start, end, start
    before = move = best[0] - last[0]
    for step in range(1, maxiter + 1):
        if (best[1] > 0) == (other[1] > 0):
            other, before = last, best[0] - last[0]
            move = before
        if abs(other[1]) < abs(best[1]):
            last, best, other = best, other, best
        small = (xtol + rtol * abs(best[0])) / 2
        half = (other[0] - best[0]) / 2
        if best[1] == 0 or abs(half) < small:
            return best[0], step, True
        trial = math.inf
        if abs(before) > small and abs(last[1]) > abs(best[1]):
            trial = _interpolated(last, best, other)
        # A step must stay well inside and shrink at least as fast as halving every second time.
        good = 2 * abs(trial) < min(abs(before), 3 * abs(half) - small)
        before, move = (move, trial) if good else (half, half)
        if abs(move) < small:
            move = small if half > 0 else -small
        last, x = best, best[0] + move
        best = (x, f(x))
    return best[0], maxiter, False


def _interpolated(last: Point, best: Point, other: Point) -> Any:
    """Return the step to the root of a secant, or of a parabola x(y) through three points."""
    (a, fa), (b, fb), (c, fc) = last, best, other
    if a == c:
        return -fb * (b - a) / (fb - fa)
    toward_a, toward_c = (fa - fb) / (a - b), (fc - fb) / (c - b)
    return -fb * (fc * toward_c - fa * toward_a) / (toward_c * toward_a * (fc - fa))
