"""A line search for the strong Wolfe conditions: bracket a good step, then zoom in on it."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import NamedTuple

from torch import Tensor

DECREASE = 1e-4  # c₁
CURVATURE = 0.9  # c₂ for quasi-Newton directions


class Point(NamedTuple):
    """The point x + t d of the line: its loss f, slope g·d and gradient g."""

    t: float
    f: float
    slope: float
    g: Tensor


def strong_wolfe(
    evaluate: Callable[[float], Point],
    start: Point,
    t: float,
    more: int,
    shortest: float,
    curvature: float = CURVATURE,
) -> Point:
    """Return a point that is low enough and flat enough, or the best one if the trials run out.

    With φ(t) = f(x + t d), c₁ = 10⁻⁴ and c₂ = ``curvature``::

        φ(t) <= φ(0) + c₁ t φ'(0)        |φ'(t)| <= c₂ |φ'(0)|

    ``start`` is the point at t = 0. The first trial is ``t``, at most ``more`` trials follow; a
    bracket shorter than ``shortest`` is not divided again.
    """
    before, now = start, evaluate(t)
    for trial in range(more):
        # The third trial and later ones must not rise: the minimum then lies behind.
        passed = _too_high(now, start) or (trial > 1 and now.f >= before.f)
        if not passed and _flat(now, start, curvature):
            return now
        if passed or now.slope >= 0:
            return _zoom(evaluate, start, [before, now], more - trial, shortest, curvature)
        least, most = now.t + 0.01 * (now.t - before.t), 10 * now.t
        before, now = now, evaluate(cubic_minimum(before, now, least, most))
    return start if start.f <= now.f else now


def cubic_minimum(a: Point, b: Point, low: float, high: float) -> float:
    """Return where the cubic through two points with their slopes is least, within the bounds.

    With a left of b, D₁ = a' + b' - 3 (f_a - f_b) / (t_a - t_b) and D₂ = √(D₁² - a' b')::

        t = t_b - (t_b - t_a) (b' + D₂ - D₁) / (b' - a' + 2 D₂)

    A cubic without a minimum gives the middle, and so do values that are not finite; a straight
    line gives its lower end, a level one its left end. For a level line and an infinite loss the
    library divides 0 by 0 or ∞ by ∞, and tries steps of NaN until its trials run out.
    """
    if a.t > b.t:
        a, b = b, a
    if a.t == b.t:
        return a.t
    d1 = a.slope + b.slope - 3 * (a.f - b.f) / (a.t - b.t)
    square = d1 * d1 - a.slope * b.slope
    if not 0 <= square < math.inf:  # true for NaN as well
        return (low + high) / 2
    d2 = math.sqrt(square)
    divisor = b.slope - a.slope + 2 * d2
    if divisor == 0:  # a straight line
        return high if a.slope < 0 else low
    t = b.t - (b.t - a.t) * ((b.slope + d2 - d1) / divisor)
    return min(max(t, low), high)


def _zoom(
    evaluate: Callable[[float], Point],
    start: Point,
    ends: list[Point],
    trials: int,
    shortest: float,
    curvature: float,
) -> Point:
    """Shrink a bracket that holds a good step; ``ends[low]`` is the lower of its two ends."""
    low = _lower(ends)
    near = False
    for _ in range(trials):
        if abs(ends[1].t - ends[0].t) < shortest:
            break
        t, near = _trial(ends, near)
        now = evaluate(t)
        if _too_high(now, start) or now.f >= ends[low].f:
            ends[1 - low] = now
            low = _lower(ends)
        elif _flat(now, start, curvature):
            return now
        else:
            if now.slope * (ends[1 - low].t - ends[low].t) >= 0:  # rises towards the high end
                ends[1 - low] = ends[low]
            ends[low] = now
    return ends[low]


def _trial(ends: list[Point], near: bool) -> tuple[float, bool]:
    """Return the next step, and whether it is near an end: twice in a row shrinks too slowly."""
    left, right = sorted(end.t for end in ends)
    margin = 0.1 * (right - left)
    t = cubic_minimum(ends[0], ends[1], left, right)
    if not min(right - t, t - left) < margin:
        return t, False
    if not near and left < t < right:
        return t, True
    return (right - margin if right - t < t - left else left + margin), False


def _too_high(now: Point, start: Point) -> bool:
    return now.f > start.f + DECREASE * now.t * start.slope


def _flat(now: Point, start: Point, curvature: float) -> bool:
    return abs(now.slope) <= -curvature * start.slope


def _lower(ends: list[Point]) -> int:
    return 0 if ends[0].f <= ends[1].f else 1
