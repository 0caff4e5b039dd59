"""Exercise of the page on stationary points: a maximum, found with a minimiser."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import numpy as np
from torch import Generator

from companion.exercises._inputs import uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "03-optimization/stationary-points"
Function = Callable[[Any], Any]


def minimise(f: Function) -> tuple[float, float]:
    """Return place and value of the least value of f between -5 and 5: scan, then zoom in."""
    low, high = -5.0, 5.0
    for _ in range(8):
        x = np.linspace(low, high, 201)
        best = int(np.argmin([float(f(float(place))) for place in x]))
        low, high = float(x[max(best - 1, 0)]), float(x[min(best + 1, 200)])
    place = (low + high) / 2
    return place, float(f(place))


def argmax(f: Function, minimise: Callable[[Function], Any]) -> tuple[float, float]:
    x, value = minimise(lambda x: -f(x))
    return x, -value


def sign_missing(f: Function, minimise: Callable[[Function], Any]) -> Any:
    return minimise(lambda x: -f(x))


def place_negated(f: Function, minimise: Callable[[Function], Any]) -> Any:
    x, value = minimise(lambda x: -f(x))
    return -x, -value


def largest_magnitude(f: Function, minimise: Callable[[Function], Any]) -> Any:
    x, value = minimise(lambda x: -abs(f(x)))
    return x, -value


def minus_of_the_minimum(f: Function, minimise: Callable[[Function], Any]) -> Any:
    x, value = minimise(f)
    return x, -value


@dataclass(frozen=True)
class HillAndValley:
    """A function with a hill at ``top`` and a valley at ``bottom``."""

    height: float
    depth: float
    top: float
    bottom: float

    def __call__(self, x: Any) -> Any:
        hill = self.height * math.exp(-((x - self.top) ** 2))
        return hill - self.depth * math.exp(-((x - self.bottom) ** 2))


def parabola(x: Any) -> Any:
    """Return the function of the page with the maximum 3 at 1."""
    return 3 - (x - 1) ** 2


def hills(generator: Generator) -> list[Arguments]:
    """A parabola, deep valleys beside a hill, and a hill that is higher than its valley is deep."""
    cases: list[Arguments] = [(parabola, minimise)]
    for side, more in ((-1, 1.0), (1, 1.0), (1, -0.8)):
        height, top, bottom = (
            float(uniform(generator, *ends)) for ends in ((1, 3), (1, 3), (1, 3))
        )
        cases.append((HillAndValley(height, height + more, side * top, -side * bottom), minimise))
    return cases


ARGMAX = Exercise(
    name="optimization.argmax",
    page=PAGE,
    task="Return place and value of the maximum of `f`. You have only a minimiser: `minimise(f)` "
    "returns place and value of the least value of a function between -5 and 5.",
    signature="argmax(f, minimise) -> (x, value)",
    reference=argmax,
    inputs=hills,
    tried="a parabola, and hills beside deeper valleys",
    misconceptions=(
        Misconception(
            "returns the minimum of -f as the maximum",
            sign_missing,
            "A sign is missing in the value: for 3 - (x - 1)² this returns -3, but the maximum is "
            "3. The place is right; max f = -min(-f).",
        ),
        Misconception(
            "turns the sign of the place",
            place_negated,
            "The place stays where it is: argmax f = argmin(-f), no minus. Only the value turns "
            "its sign.",
        ),
        Misconception(
            "maximises the magnitude",
            largest_magnitude,
            "A deep valley is not a maximum: |f| is large there, f is not. Minimise -f, not -|f|.",
        ),
        Misconception(
            "turns the sign of the minimum of f",
            minus_of_the_minimum,
            "This is the place of the minimum of f. Turn the function around before you minimise, "
            "and the value after it: two minus signs.",
        ),
    ),
    hints=("max f = -min(-f), and both are attained at the same place.",),
    tol=1e-5,
)

EXERCISES = [ARGMAX]
