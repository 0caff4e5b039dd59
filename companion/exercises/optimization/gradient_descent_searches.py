"""Exercise of the page on gradient descent: a line search that shortens the step."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import Generator, Tensor

from companion.exercises._inputs import randn, symmetric, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.optimize import line_search_armijo

PAGE = "03-optimization/gradient-descent"
Objective = Callable[[Tensor], Tensor]


def armijo(
    f: Objective, x: Tensor, d: Tensor, g: Tensor, alpha0: float = 1.0, c1: float = 1e-4
) -> float:
    return line_search_armijo(f, x, d, g, alpha0, c1)


def halve(enough: Callable[[float], bool], alpha: float) -> float:
    while not enough(alpha):
        alpha /= 2
    return alpha


def must_descend(d: Tensor, g: Tensor) -> float:
    slope = float(g @ d)
    if slope >= 0:
        raise ValueError("d must descend")
    return slope


def any_decrease(
    f: Objective, x: Tensor, d: Tensor, g: Tensor, alpha0: float = 1.0, c1: float = 1e-4
) -> float:
    must_descend(d, g)
    return halve(lambda a: bool(f(x + a * d) < f(x)), alpha0)


def growing(
    f: Objective, x: Tensor, d: Tensor, g: Tensor, alpha0: float = 1.0, c1: float = 1e-4
) -> float:
    slope, alpha = must_descend(d, g), alpha0
    while float(f(x + alpha * d)) > float(f(x)) + c1 * alpha * slope and alpha < 1e6:
        alpha *= 2
    return alpha


def unguarded(
    f: Objective, x: Tensor, d: Tensor, g: Tensor, alpha0: float = 1.0, c1: float = 1e-4
) -> float:
    slope = float(g @ d)
    return halve(lambda a: bool(f(x + a * d) <= f(x) + c1 * a * slope), alpha0)


def searches(generator: Generator) -> list[Arguments]:
    """A step to the mirror point, one just short of it, steep bowls, and a way uphill."""

    def square(x: Tensor) -> Tensor:
        return (x**2).sum()

    one = tensor([1.0])
    cases: list[Arguments] = [
        (square, one, tensor([-2.0]), tensor([2.0]), 1.0, 1e-4),
        (square, one, tensor([-2 * (1 - 1e-5)]), tensor([2.0]), 1.0, 1e-4),
        (square, one, tensor([-0.5]), tensor([2.0]), 1.0, 1e-4),
        (square, one, tensor([3.0]), tensor([2.0]), 1.0, 1e-4),
    ]
    for n, stiffest, alpha0 in ((2, 30.0, 1.0), (3, 200.0, 0.8)):
        values = torch.cat([uniform(generator, 0.5, 2.0, n - 1), tensor([stiffest])])
        H = symmetric(generator, values)
        x = randn(generator, n) + 2 * torch.linalg.eigh(H)[1][:, -1]
        g = H @ x

        def bowl(x: Tensor, H: Tensor = H) -> Tensor:
            return 0.5 * x @ H @ x

        cases.append((bowl, x, -g, g, alpha0, 1e-4))
    return cases


BACKTRACKING = Exercise(
    name="optimization.backtracking",
    page=PAGE,
    task="Halve the step, beginning with `alpha0`, until Armijo's inequality holds. `g` is the "
    "gradient at `x`. Raise ValueError if `d` does not descend.",
    signature="armijo(f, x, d, g, alpha0=1.0, c1=1e-4) -> alpha",
    reference=armijo,
    inputs=searches,
    tried="mirror points, steep bowls and a direction that climbs",
    misconceptions=(
        Misconception(
            "accepts any decrease",
            any_decrease,
            "The decrease must be at least c₁ α |gᵀd|: a step that lands almost at the mirror "
            "point lowers f by a hair and makes no progress.",
        ),
        Misconception(
            "grows the step",
            growing,
            "Start large and halve: beyond a step that is too long there are only longer ones.",
        ),
        Misconception(
            "does not test the direction",
            unguarded,
            "For an ascent direction no step is short enough: the loop goes on until rounding "
            "hides the climb, or for ever. Raise ValueError if gᵀd ≥ 0.",
        ),
    ),
    hints=("f(x + αd) ≤ f(x) + c₁ α gᵀd, with gᵀd < 0.",),
)

EXERCISES = [BACKTRACKING]
