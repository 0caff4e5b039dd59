"""Exercises of the page on what a network can represent: weights by hand, and enough units."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Generator, Tensor

from companion.exercises._compare import described, numeric
from companion.exercises._inputs import integers, randn, uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "07-neural-networks/universal-approximation"


def relu_weights(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    slopes = y.diff() / x.diff()
    return -x[:-1], torch.cat([slopes[:1], slopes.diff()]), y[0]


def slopes_for_changes(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return -x[:-1], y.diff() / x.diff(), y[0]


def without_start_value(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor, float]:
    b, v, _ = relu_weights(x, y)
    return b, v, 0.0


def without_first_unit(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    b, v, c = relu_weights(x, y)
    return b[1:], v[1:], c


def differences_for_slopes(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    steps = y.diff()
    return -x[:-1], torch.cat([steps[:1], steps.diff()]), y[0]


def kinks_on_the_other_side(x: Tensor, y: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    b, v, c = relu_weights(x, y)
    return -b, v, c


def read_weights(got: Any) -> tuple[Tensor, Tensor, Tensor]:
    """Read biases, output weights and start value, in whatever container they come."""
    b, v, c = (numeric(part) for part in got)
    if b is None or v is None or c is None or c.numel() != 1:
        raise ValueError("biases, weights and one number")
    return b.double().flatten(), v.double().flatten(), c.double().reshape(())


def judge_weights(arguments: Arguments, got: Any, expected: Any) -> str | None:
    """Evaluate the network at the nodes and between them: the order of the units is free."""
    x, y = arguments
    try:
        b, v, c = read_weights(got)
    except (TypeError, ValueError):
        return f"the result is {described(got)}, expected the biases b, the weights v and c"
    if len(b) != len(v) or len(b) != len(x) - 1:
        return f"{len(b)} biases and {len(v)} weights, expected {len(x) - 1} of each, one a piece"
    middle = (x[1:] + x[:-1]) / 2
    points, wanted = torch.cat([x, middle]), torch.cat([y, (y[1:] + y[:-1]) / 2])
    values = c + torch.relu(points[:, None] + b) @ v
    missed = (values - wanted).abs() / (1 + y.abs().max())
    worst = int(missed.argmax())
    if missed[worst] <= 1e-10:
        return None
    return f"f({points[worst]:.4g}) = {values[worst]:.4g}, expected {wanted[worst]:.4g}"


def nodes(generator: Generator) -> list[Arguments]:
    """Beams and zigzags; apart from the beams, nodes at unequal distances and a start value."""
    cases: list[Arguments] = []
    for n in (2, 4):
        x = torch.arange(n + 1).to(torch.float64) / n
        cases.append((x, x - 2 * x**3 + x**4))
    for n in (1, 2, 3, 5, 8):
        gaps = uniform(generator, 0.2, 0.8, n + 1)
        y = (1 + uniform(generator, 0.0, 1.0, n + 1)) * (-1.0) ** torch.arange(n + 1)
        cases.append((gaps.cumsum(0) + float(randn(generator)), y))
    return cases


RELU_INTERPOLANT = Exercise(
    name="neural_networks.relu_interpolant",
    page=PAGE,
    task="Return biases `b`, output weights `v` and constant `c` of the network "
    "c + Σ v_j relu(t + b_j) that joins the points (x_i, y_i) by straight pieces; use one unit a "
    "piece with b_j = -x_j. The nodes ascend.",
    signature="weights(x, y) -> (b, v, c)",
    reference=relu_weights,
    inputs=nodes,
    tried="the beam, and zigzags with nodes at unequal distances",
    misconceptions=(
        Misconception(
            "uses slopes instead of changes of slope",
            slopes_for_changes,
            "A unit that has switched on stays on, so the slopes add up. Each weight is the "
            "change of slope at its node; only the first is a slope.",
        ),
        Misconception(
            "forgets the start value",
            without_start_value,
            "At the first node every unit is still zero, so the constant c alone has to give "
            "the value y[0] there.",
        ),
        Misconception(
            "leaves out the unit at the first node",
            without_first_unit,
            "One unit is missing: the first piece needs a slope, too, and its unit switches on at "
            "the first node.",
        ),
        Misconception(
            "takes differences of y for slopes",
            differences_for_slopes,
            "A slope is a difference of y divided by the distance of the nodes. Without the "
            "division only nodes at distance 1 come out right.",
        ),
        Misconception(
            "puts the kinks at -x",
            kinks_on_the_other_side,
            "relu(t + b) has its kink at t = -b. For a kink at the node x the bias is -x.",
        ),
    ),
    hints=(
        "A unit changes the slope at its kink and nowhere else: look at the change of slope at "
        "each node.",
    ),
    judge=judge_weights,
)


def width_for(eps: float) -> int:
    return math.ceil(math.sqrt(3 / (8 * eps)))


def tolerances(generator: Generator) -> list[Arguments]:
    """Tolerances whose width keeps clear of whole numbers, in the lower and the upper half."""
    cases: list[Arguments] = [(0.01,), (0.001,)]
    for low, high in ((0.15, 0.4), (0.6, 0.85), (0.15, 0.4), (0.6, 0.85)):
        width = int(integers(generator, 4, 200)) + float(uniform(generator, low, high))
        cases.append((3 / (8 * width**2),))
    return cases


WIDTH_FOR = Exercise(
    name="neural_networks.width_for",
    page=PAGE,
    task="Return the smallest number of equal pieces for which the bound of the interpolant "
    "guarantees an error of at most `eps` for the beam ξ - 2ξ³ + ξ⁴ on [0, 1].",
    signature="width_for(eps) -> int",
    reference=width_for,
    inputs=tolerances,
    tried="coarse and fine tolerances",
    misconceptions=(
        Misconception(
            "takes the error for proportional to 1/n",
            lambda eps: math.ceil(3 / (8 * eps)),
            "The length of a piece enters as a square: half the error needs √2 times as many "
            "pieces, not twice as many.",
        ),
        Misconception(
            "uses the bound of step units",
            lambda eps: math.ceil(1 / (2 * eps)),
            "1/(2n) is the bound for steps. Straight pieces follow the slope, so their bound falls "
            "with the square of n.",
        ),
        Misconception(
            "rounds down",
            lambda eps: math.floor(math.sqrt(3 / (8 * eps))),
            "Rounded down, the bound stays above eps. A guarantee rounds up.",
        ),
        Misconception(
            "rounds to the nearest number",
            lambda eps: round(math.sqrt(3 / (8 * eps))),
            "Rounding to the nearest number breaks the guarantee about every other time. Round up.",
        ),
        Misconception(
            "forgets the largest second derivative",
            lambda eps: math.ceil(math.sqrt(1 / (8 * eps))),
            "The bound holds the largest |w''|. For the beam w'' = -12ξ + 12ξ², whose size is 3 "
            "at midspan: you used 1.",
        ),
        Misconception(
            "forgets the factor 1/8",
            lambda eps: math.ceil(math.sqrt(3 / eps)),
            "The bound is h²/8 times the largest |w''|. Without the 8 you use almost three times "
            "as many pieces as needed.",
        ),
    ),
    hints=("The bound is h²/8 · max|w''| with pieces of length h = 1/n. Solve it for n.",),
)

EXERCISES = [RELU_INTERPOLANT, WIDTH_FOR]
