"""Exercises of the page on derivatives: differences and tangents."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Generator, Tensor

from companion.calculus import derivative
from companion.exercises._compare import difference, numeric
from companion.exercises._inputs import tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "03-optimization/derivatives"
STEP = torch.finfo(torch.float64).eps ** (1 / 3)
FAR = 1e6


class Known:
    """A function of numbers that knows its derivative, and its name for the report."""

    def __init__(self, name: str, value: Callable[..., Any], slope: Callable[..., Any]) -> None:
        self.__name__, self.value, self.slope = name, value, slope

    def __call__(self, t: Any) -> Tensor:
        found: Tensor = self.value(torch.as_tensor(t, dtype=torch.float64, device="cpu"))
        return found

    def __repr__(self) -> str:
        return self.__name__


def known_functions(generator: Generator) -> list[Known]:
    """Draw a sine, an exponential and a cubic."""
    a, b, c = (round(float(q), 3) for q in uniform(generator, 0.8, 1.1, 3))
    return [
        Known(f"sin({a} t)", lambda t: torch.sin(a * t), lambda t: a * torch.cos(a * t)),
        Known(f"exp({b} t)", lambda t: torch.exp(b * t), lambda t: b * torch.exp(b * t)),
        Known(f"{c} t³ - t", lambda t: c * t**3 - t, lambda t: 3 * c * t**2 - 1),
    ]


def steps_and_points(generator: Generator) -> list[Arguments]:
    """Given steps, halved each time; then the answer's own step, at x = 0 and far away as well."""
    functions = known_functions(generator)
    sine, _, cubic = functions
    cases: list[Arguments] = []
    for f in functions:
        x = uniform(generator, 0.7, 1.5)
        cases += [(f, x, 0.1), (f, x, 0.05)]
    for f in functions:
        cases += [(f, uniform(generator, 0.5, 3)), (f, -uniform(generator, 0.5, 3))]
    # Rounding is a matter of luck at one point: several far ones let no unscaled step through.
    far = [(cubic, sign * uniform(generator, 0.6 * FAR, FAR)) for sign in (1, -1, 1)]
    return [*cases, (sine, tensor(0.0)), (cubic, tensor(FAR)), *far]


def far_away(arguments: Arguments) -> bool:
    return abs(float(arguments[1])) >= 0.5 * FAR


def error_of(arguments: Arguments, got: Any) -> float:
    """Return the error of a derivative, relative to 1 or to its size if that is larger."""
    f, x = arguments[:2]
    truth = float(f.slope(x))
    return abs(float(got) - truth) / max(1.0, abs(truth))


def accurate(arguments: Arguments, got: Any) -> bool:
    """With a step: the central difference; without: an error as small as rounding permits."""
    if len(arguments) == 3:
        return difference(got, derivative(*arguments), 1e-8) is None
    return error_of(arguments, got) < 1e-8


def judge_derivative(arguments: Arguments, got: Any, expected: Any) -> str | None:
    reason = difference(got, expected, 1e-8)
    if accurate(arguments, got):
        return None
    if reason != "the values differ":
        return reason
    errors = f"the relative error is {error_of(arguments, got):.1e}"
    if len(arguments) == 3:
        return f"{errors}, a central difference has {error_of(arguments, expected):.1e}"
    return f"{errors}, with a good step it is below 1e-8"


def forward(f: Known, x: Tensor, h: float | None = None) -> Tensor:
    step = STEP**1.5 * max(1.0, abs(float(x))) if h is None else h
    return (f(x + step) - f(x)) / step


def is_forward(arguments: Arguments, got: Any) -> bool:
    """Recognise forward (and backward) differences by the given steps; the own one is free."""
    if len(arguments) == 2:
        return True
    f, x, h = arguments
    values = (forward(f, x, h), forward(f, x, -h))
    return any(difference(got, value, 1e-8) is None for value in values)


def with_fixed_step(step: float) -> Callable[..., Tensor]:
    def central(f: Known, x: Tensor, h: float | None = None) -> Tensor:
        width = step if h is None else h
        return (f(x + width) - f(x - width)) / (2 * width)

    return central


def is_lost(arguments: Arguments, got: Any) -> bool:
    """Recognise a step so small that far away almost nothing is left of it."""
    if len(arguments) == 3:
        return accurate(arguments, got)
    return not far_away(arguments) or error_of(arguments, got) > 1e-4


def is_unscaled(arguments: Arguments, got: Any) -> bool:
    """Recognise a step that serves near the origin and not far away."""
    return error_of(arguments, got) <= 1e-4 if far_away(arguments) else accurate(arguments, got)


def not_halved(f: Known, x: Tensor, h: float | None = None) -> Tensor:
    return 2 * derivative(f, x, h)


def is_doubled(arguments: Arguments, got: Any) -> bool:
    if len(arguments) == 3:
        return accurate(arguments, got / 2)
    return error_of(arguments, got / 2) < 1e-4


def only_relative(f: Known, x: Tensor, h: float | None = None) -> Tensor:
    step = STEP * abs(x) if h is None else h
    return (f(x + step) - f(x - step)) / (2 * step)


def fails_at_zero(arguments: Arguments, got: Any) -> bool:
    if float(arguments[1]) == 0:
        return not bool(torch.isfinite(tensor(float(got))))
    return accurate(arguments, got)


CENTRAL_DIFFERENCE = Exercise(
    name="optimization.central_difference",
    page=PAGE,
    task="Approximate the derivative of `f` at the number `x` by a central difference with the "
    "step `h`. Without `h`, choose a step yourself: the error must stay below 1e-8, relative to "
    "the larger of 1 and the size of the derivative.",
    signature="derivative(f, x, h=None) -> Tensor[]",
    reference=derivative,
    inputs=steps_and_points,
    tried="sine, exponential and cubic, with given steps and your own, at x = 0 and far away",
    misconceptions=(
        Misconception(
            "takes a forward difference",
            forward,
            "The error falls linearly with the step; expected quadratically. Step to both sides "
            "of x, then the term with the second derivative cancels.",
            recognise=is_forward,
        ),
        Misconception(
            "takes the smallest step that comes to mind",
            with_fixed_step(1e-12),
            "Round-off dominates: the two values agree in most of their digits, and the rest is "
            "noise. Choose the step ε^(1/3) · max(1, |x|), with ε = 2.2e-16.",
            recognise=is_lost,
        ),
        Misconception(
            "divides by h instead of 2h",
            not_halved,
            "This is twice the value: from x - h to x + h the argument changes by 2h.",
            recognise=is_doubled,
        ),
        Misconception(
            "takes the same step for every x",
            with_fixed_step(STEP),
            "At x = 1e6 the step is lost in rounding: with ε^(1/3) for every x the relative error "
            "is of the order of 1e-6. Scale the step with max(1, |x|).",
            recognise=is_unscaled,
        ),
        Misconception(
            "scales the step with x alone",
            only_relative,
            "At x = 0 this step is zero, and 0 / 0 is no slope. Scale it with max(1, |x|).",
            recognise=fails_at_zero,
        ),
    ),
    hints=("Compare f(x + h) with f(x - h). Their arguments are 2h apart.",),
    judge=judge_derivative,
)


def tangents(fx: Slope, fy: Slope, x: float, y: float) -> Tensor:
    return tensor([[1.0, 0.0, float(fx(x, y))], [0.0, 1.0, float(fy(x, y))]])


class Slope:
    """A partial derivative a x + b y + c."""

    def __init__(self, a: float, b: float, c: float) -> None:
        self.parts = (a, b, c)
        self.__name__ = f"{a:g} x + {b:g} y + {c:g}".replace("+ -", "- ")

    def __call__(self, x: Any, y: Any) -> Any:
        a, b, c = self.parts
        return a * x + b * y + c

    def __repr__(self) -> str:
        return self.__name__


def surfaces(generator: Generator) -> list[Arguments]:
    """The paraboloid -x² - y², then quadratics whose two slopes differ."""
    bowl = (Slope(-2, 0, 0), Slope(0, -2, 0))
    cases: list[Arguments] = [(*bowl, 0.0, 0.0), (*bowl, 1.0, -0.5)]
    for _ in range(4):
        xx, xy, yy, dx, dy = (round(float(q), 2) for q in uniform(generator, 0.5, 1.5, 5))
        x, y = (round(float(q), 2) for q in uniform(generator, -2, 0.4, 2))
        cases.append((Slope(2 * xx, xy, dx), Slope(xy, -2 * yy, -dy), x, y))
    return cases


def numbers_on_axes(fx: Slope, fy: Slope, x: float, y: float) -> Tensor:
    return tensor([[float(fx(x, y)), 0.0, 0.0], [0.0, float(fy(x, y)), 0.0]])


def normal(fx: Slope, fy: Slope, x: float, y: float) -> Tensor:
    return tensor([-float(fx(x, y)), -float(fy(x, y)), 1.0])


def along_the_normal(arguments: Arguments, got: Any) -> bool:
    """Recognise the normal, in any length and sign, once or twice."""
    found = numeric(got)
    if found is None or found.shape[-1] != 3:
        return False
    rows = found.to(torch.float64).reshape(-1, 3)
    cross = torch.linalg.cross(rows, normal(*arguments).expand_as(rows))
    return bool((cross.abs() < 1e-9).all() and (rows.abs().amax(1) > 1e-9).all())


def unit_tangents(fx: Slope, fy: Slope, x: float, y: float) -> Tensor:
    return torch.nn.functional.normalize(tangents(fx, fy, x, y), dim=1)


TANGENT_VECTORS = Exercise(
    name="optimization.tangent_vectors",
    page=PAGE,
    task="Return two tangent vectors of the surface z = f(x, y) as the rows of a 2 by 3 tensor: "
    "how the point (x, y, f) moves as x grows, and as y grows. The functions `fx` and `fy` are "
    "the partial derivatives of f.",
    signature="tangents(fx, fy, x, y) -> Tensor[2, 3]",
    reference=tangents,
    inputs=surfaces,
    tried="the paraboloid and random quadratics at random points",
    misconceptions=(
        Misconception(
            "lays the partial derivatives on the axes",
            numbers_on_axes,
            "The vector (f_x, 0, 0) is a number on an axis; the tangent is (1, 0, f_x): one step "
            "along x, and f_x up.",
        ),
        Misconception(
            "takes the derivatives at (1, 1) for every point",
            lambda fx, fy, x, y: tangents(fx, fy, 1.0, 1.0),
            "Evaluate the derivatives where you draw: these are the tangents at (1, 1).",
        ),
        Misconception(
            "returns the normal of the surface",
            normal,
            "This vector is perpendicular to the surface. Tangents lie in it.",
            recognise=along_the_normal,
        ),
        Misconception(
            "divides by the length",
            unit_tangents,
            "These vectors have length one. The derivative of (x, y, f) by x has the first "
            "component 1, whatever its length.",
        ),
        Misconception(
            "writes the tangents into columns",
            lambda fx, fy, x, y: tangents(fx, fy, x, y).T,
            "The right numbers in columns: each tangent is a row here, so the shape is (2, 3).",
        ),
    ),
    hints=("Differentiate the point (x, y, f(x, y)), first by x, then by y.",),
)

EXERCISES = [CENTRAL_DIFFERENCE, TANGENT_VECTORS]
