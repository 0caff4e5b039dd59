"""The line search of the quasi-Newton and conjugate-gradient methods: strong Wolfe conditions."""

from __future__ import annotations

import math

import torch
from torch import Tensor

from companion.optim._strong_wolfe import CURVATURE, Point, strong_wolfe
from companion.optimize._problem import Problem

TRIALS = 12


class WolfeSearch:
    """Advance along a direction to a point that is low enough and flat enough.

    The first trial expects the objective to fall a little more than in the last step, which a
    quadratic function of one variable would do at t = -2 (f_old - f) / slope; at most 1, the step
    of Newton's method. There is no last step in the beginning: then the first step is about 1
    long.
    """

    def __init__(self, problem: Problem, curvature: float = CURVATURE) -> None:
        self.problem, self.curvature = problem, curvature

    def __call__(self, x: Tensor, d: Tensor, g: Tensor) -> Tensor:
        """Return the point that is found, or x if the direction does not descend to any."""
        slope = float(g.dot(d))
        if not slope < 0:
            return x
        known = self.problem.fun_history
        fall = known[-2] - known[-1] if len(known) > 1 else float(g.norm()) / 2
        first = min(1.0, 2.02 * fall / -slope)
        first = first if first > 0 else 1.0
        start = Point(0.0, known[-1], slope, g)
        seen = [start]
        shortest = torch.finfo(x.dtype).eps * first

        def look(t: float) -> Point:
            point = x + t * d
            f = self.problem.value(point)
            g_new = self.problem.gradient(point)
            slope_there = float(g_new.dot(d))
            if math.isnan(f) or f == math.inf:
                # Outside the domain of the objective (log of a negative number) it is as if it
                # rose; no cubic goes through infinity, and without a slope the middle is tried.
                f, slope_there = math.inf, math.nan
            seen.append(Point(t, f, slope_there, g_new))
            return seen[-1]

        found = strong_wolfe(look, start, first, TRIALS, shortest, self.curvature)
        if found.t == 0:  # slopes from differences may contradict the values: take what is lower
            found = min(seen, key=lambda point: point.f)
        there = x + found.t * d
        self.problem.remember(there, found.f, found.g)
        return there
