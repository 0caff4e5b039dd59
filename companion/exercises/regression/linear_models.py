"""Exercises of the page on hypotheses and features: readings, slopes and far predictions."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor

from companion.exercises._compare import difference
from companion.exercises._inputs import integers, randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "05-regression/linear-models"


def check_readings(x: Tensor, x_new: float) -> None:
    if bool((x[1:] < x[:-1]).any()):
        raise ValueError("x must be sorted in ascending order")
    if not x[0] <= x_new <= x[-1]:
        raise ValueError(f"x_new must lie in [{x[0]}, {x[-1]}], got {x_new}")


def interpolate(x: Tensor, y: Tensor, x_new: float) -> float:
    check_readings(x, x_new)
    i = max(int(torch.searchsorted(x, x_new)), 1)  # the new point lies between i - 1 and i
    share = (x_new - x[i - 1]) / (x[i] - x[i - 1])
    return float(y[i - 1] + share * (y[i] - y[i - 1]))


def neighbours_too_far(x: Tensor, y: Tensor, x_new: float) -> float:
    check_readings(x, x_new)
    i = int(torch.searchsorted(x, x_new))
    return float((y[i] + y[i + 1]) / 2)


def overflow_at_the_end(x: Tensor, y: Tensor, x_new: float) -> float:
    check_readings(x, x_new)
    i = int(torch.searchsorted(x, x_new, right=True))
    share = (x_new - x[i - 1]) / (x[i] - x[i - 1])
    return float(y[i - 1] + share * (y[i] - y[i - 1]))


def mean_of_neighbours(x: Tensor, y: Tensor, x_new: float) -> float:
    check_readings(x, x_new)
    i = max(int(torch.searchsorted(x, x_new)), 1)
    return float((y[i - 1] + y[i]) / 2)


def any_order(x: Tensor, y: Tensor, x_new: float) -> float:
    if not x.min() <= x_new <= x.max():
        raise ValueError("x_new lies outside the data")
    order = torch.argsort(x)
    return interpolate(x[order], y[order], x_new)


def takes_any_order(arguments: Arguments, got: Any) -> bool:
    """Right on sorted readings, and some value on unsorted ones."""
    x, y, x_new = arguments
    if bool((x[1:] < x[:-1]).any()):
        return True
    return difference(got, interpolate(x, y, x_new), 1e-8) is None


def clamped(x: Tensor, y: Tensor, x_new: float) -> float:
    return float(np.interp(x_new, x, y))


def readings(generator: Generator) -> list[Arguments]:
    """A tension test at its middle, and uneven readings: nodes, between, the ends, outside."""
    strain = torch.linspace(0, 0.2, 20, dtype=torch.float64, device="cpu")
    cases: list[Arguments] = [(strain, (10 * strain - 2) ** 3 + 8, 0.1)]
    for n in (4, 7):
        x = torch.cumsum(uniform(generator, 0.2, 1.0, n), 0)
        y = torch.cumsum(uniform(generator, 0.5, 1.5, n) ** 2, 0)
        i = int(integers(generator, 1, n - 1))
        inside = float(x[i] + uniform(generator, 0.1, 0.4) * (x[i + 1] - x[i]))
        middle = float(x[i - 1] + x[i]) / 2
        for x_new in (inside, middle, float(x[0]), float(x[i]), float(x[-1])):
            cases.append((x, y, x_new))
        cases.append((x, y, float(x[0]) - 0.1))
        cases.append((x, y, float(x[-1]) + 0.1))
        swapped = torch.cat([x[1:2], x[:1], x[2:]])
        cases.append((swapped, y, inside))
    return cases


INTERPOLATE_OR_FIT = Exercise(
    name="regression.interpolate_or_fit",
    page=PAGE,
    task="Return the piecewise linear interpolation of the readings `x`, `y` at `x_new`. Unsorted "
    "`x`, and `x_new` outside the readings, raise `ValueError`.",
    signature="interpolate(x, y, x_new) -> float",
    reference=interpolate,
    inputs=readings,
    tried="readings, points between them, both ends, points outside, unsorted readings",
    misconceptions=(
        Misconception(
            "averages two readings one index too far",
            neighbours_too_far,
            "At the strain 0.1 this gives 7.276 instead of 6.992: `searchsorted` returns the "
            "first reading that is not smaller, so the new point lies between i - 1 and i "
            "(readings 9 and 10, not 10 and 11).",
        ),
        Misconception(
            "runs over the right end",
            overflow_at_the_end,
            "At the last reading the index runs out of the data. The last interval belongs to "
            "its right end too: search from the left, or limit the index to n - 1.",
        ),
        Misconception(
            "averages the neighbours wherever the point lies",
            mean_of_neighbours,
            "The mean of the two neighbours belongs to the middle between them. Elsewhere each "
            "reading counts the more, the nearer it is.",
        ),
        Misconception(
            "accepts unsorted readings",
            any_order,
            "Unsorted readings give a number here. The task asks for an error: a strain that "
            "goes back is unloading or a slip of the pen, and someone should look.",
            recognise=takes_any_order,
        ),
        Misconception(
            "returns the nearest reading outside the data",
            clamped,
            "Outside the data your function is silent: like `numpy.interp` it returns the "
            "reading at the end. The task asks for an error, since nothing was measured there.",
        ),
    ),
    hints=("`torch.searchsorted(x, x_new)` says which reading is the right neighbour.",),
)


def tangent_modulus(coef: Tensor, strain: float) -> float:
    powers = range(1, len(coef))
    return sum(k * float(coef[k]) * strain ** (k - 1) for k in powers)


def secant(coef: Tensor, strain: float) -> float:
    return sum(float(c) * strain**k for k, c in enumerate(coef)) / strain


def power_too_high(coef: Tensor, strain: float) -> float:
    return sum(k * float(c) * strain**k for k, c in enumerate(coef))


def power_not_brought_down(coef: Tensor, strain: float) -> float:
    return sum(float(coef[k]) * strain ** (k - 1) for k in range(1, len(coef)))


def reversed_order(coef: Tensor, strain: float) -> float:
    return float(np.polyval(np.polyder(coef.numpy()), strain))


def curves(generator: Generator) -> list[Arguments]:
    """Fitted stress-strain curves, with an offset, at strains that are neither 0 nor 1."""
    size = tensor([0.5, 100.0, -400.0, 900.0, 500.0])
    cases: list[Arguments] = [(tensor([0.3, 96.6, -300.0]), 0.05)]
    for degree in (2, 3, 4):
        coef = size[: degree + 1] * uniform(generator, 0.6, 1.4, degree + 1)
        cases.append((coef, float(uniform(generator, 0.05, 0.2))))
    return cases


TANGENT_MODULUS = Exercise(
    name="regression.tangent_modulus",
    page=PAGE,
    task="Return the tangent modulus, the slope of the fitted polynomial, at a strain; `coef` "
    "holds the coefficients of the powers 0, 1, 2, ...",
    signature="tangent_modulus(coef, strain) -> float",
    reference=tangent_modulus,
    inputs=curves,
    tried="curves of degree 2 to 4",
    misconceptions=(
        Misconception(
            "returns the secant modulus",
            secant,
            "Stress over strain is the secant modulus: the slope of the line to the origin. The "
            "tangent modulus is the derivative of the curve at this strain.",
        ),
        Misconception(
            "leaves the power as it was",
            power_too_high,
            "The derivative of the power k has the power k - 1: your terms carry one factor of "
            "the strain too many.",
        ),
        Misconception(
            "does not bring down the power",
            power_not_brought_down,
            "The derivative of the power k begins with the factor k: it is missing in your terms.",
        ),
        Misconception(
            "takes the slope at zero strain",
            lambda coef, strain: float(coef[1]),
            "This is the initial modulus, the slope at zero strain. The curve bends, so the slope "
            "at another strain is another number.",
        ),
        Misconception(
            "reads the highest power first",
            reversed_order,
            "The coefficients begin with the constant, as the columns of the features do; "
            "`numpy.polyval` and `numpy.polyder` expect the highest power first.",
        ),
    ),
    hints=("Differentiate the features: the derivatives of 1, ε, ε², ε³ are 0, 1, 2ε, 3ε².",),
)


def predict_far(w: Tensor, x: Tensor, s: float) -> float:
    return float(w[0] + w[1:] @ (s * x))


def scaled_prediction(w: Tensor, x: Tensor, s: float) -> float:
    return float(s * (w[0] + w[1:] @ x))


def probability(w: Tensor, x: Tensor, s: float) -> float:
    return min(max(predict_far(w, x, s), 0.0), 1.0)


def planes(generator: Generator) -> list[Arguments]:
    """Planes with a bias, and points whose prediction leaves the interval from 0 to 1."""
    cases: list[Arguments] = [(tensor([0.5, 0.2, -0.1]), tensor([1.0, 1.0]), 10.0)]
    for p, s in ((1, 10.0), (2, 100.0), (3, -10.0), (4, 0.5)):
        w, x = randn(generator, p + 1), uniform(generator, 0.5, 2.0, p)
        w[0] = w[0].sign() * (0.5 + w[0].abs())
        w[1:] = w[0].sign() * (0.5 + w[1:].abs())  # no cancellation: far means large
        cases.append((w, x, s))
    return cases


PREDICT_FAR = Exercise(
    name="regression.predict_far",
    page=PAGE,
    task="A plane has the weights `w`; `w[0]` is the bias. Return its prediction at the point "
    "`s` times `x`.",
    signature="predict_far(w, x, s) -> float",
    reference=predict_far,
    inputs=planes,
    tried="planes over 1 to 4 features, near and far",
    misconceptions=(
        Misconception(
            "scales the prediction",
            scaled_prediction,
            "The prediction is affine, not linear: the bias is not scaled. Only x is multiplied "
            "by s.",
        ),
        Misconception(
            "ignores the bias",
            lambda w, x, s: float(w[1:] @ (s * x)),
            "The bias is missing: its feature is 1 wherever the point lies.",
        ),
        Misconception(
            "clips to the interval from 0 to 1",
            probability,
            "A plane has no bounds, and the task asks for its value. That it leaves the interval "
            "from 0 to 1 is why a plane is a bad model of a probability.",
        ),
    ),
    hints=("Multiply only x by s, try 10 and 100, and add the bias once.",),
)

EXERCISES = [INTERPOLATE_OR_FIT, TANGENT_MODULUS, PREDICT_FAR]
