"""Exercises of the page on Newton's method: the order of convergence and a snap-through."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Generator, Tensor

from companion.exercises._compare import difference, numeric
from companion.exercises._inputs import tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.optimize import convergence_order
from companion.physics import von_mises_truss

PAGE = "03-optimization/newton"


def sequences(generator: Generator) -> list[Arguments]:
    """Errors of methods of known order; three of them end in rounding."""
    C, rate = (float(uniform(generator, *limits)) for limits in ((0.6, 2.0), (0.2, 0.7)))
    start = float(uniform(generator, 0.1, 0.3))
    noise = (1.0 + uniform(generator, 0.0, 1.0, 4)) * 1e-16
    noise = noise * tensor([1.0, 3.0, 0.8, 2.2])
    linear = 0.3 * rate ** torch.arange(7.0, dtype=torch.float64, device="cpu")
    quadratic, cubic = [start], [start]
    while len(quadratic) < 4:
        quadratic.append(C * quadratic[-1] ** 2)
    while len(cubic) < 3:
        cubic.append(C * cubic[-1] ** 3)
    return [
        (tensor(quadratic),),
        (linear,),
        (torch.cat([tensor(quadratic), noise]),),
        (torch.cat([linear, noise]),),
        (torch.cat([tensor(cubic), noise[:2]]),),
    ]


def kept(errors: Tensor) -> Tensor:
    return errors[errors > 1e-14]


def last_order(errors: Tensor) -> float:
    e = torch.log(errors)
    return float((e[-1] - e[-2]) / (e[-2] - e[-3]))


CONVERGENCE_ORDER = Exercise(
    name="optimization.convergence_order",
    page=PAGE,
    task="Estimate the order of convergence from a vector of errors. Errors below `1e-14` are "
    "rounding.",
    signature="order(errors) -> float",
    reference=convergence_order,
    inputs=sequences,
    tried="orders 1, 2 and 3, with and without a tail of rounding",
    tol=1e-6,
    misconceptions=(
        Misconception(
            "returns the ratio of two errors",
            lambda errors: float(kept(errors)[-1] / kept(errors)[-2]),
            "The ratio of two errors is the rate of a linear method; for a method of higher order "
            "it tends to 0. The order compares logarithms of ratios.",
        ),
        Misconception(
            "uses errors that are rounding",
            last_order,
            "The last entries are rounding noise, and their ratios mean nothing: drop the errors "
            "below 1e-14.",
        ),
        Misconception(
            "uses two errors only",
            lambda errors: math.log(kept(errors)[-1]) / math.log(kept(errors)[-2]),
            "Two errors are not enough: their constant C is unknown as well, and a second ratio "
            "must cancel it. The estimate needs three errors.",
        ),
        Misconception(
            "turns the quotient over",
            lambda errors: 1 / last_order(kept(errors)),
            "The quotient is upside down: the newer ratio stands on top. A method of order 2 "
            "doubles the logarithm in each step.",
        ),
    ),
    hints=("Divide the logarithm of the last ratio of errors by that of the ratio before it.",),
)


def path(u: Tensor) -> tuple[Tensor, Tensor]:
    lowest = 1 - 1 / math.sqrt(3)
    return von_mises_truss(u)[0], tensor([lowest, 2 / (3 * math.sqrt(3))])


def displacements(generator: Generator) -> list[Arguments]:
    """Prescribed displacements: coarse lists, so that none of them hits a limit point."""
    few = tensor([0.0, 0.2, 0.7, 1.0, 1.7, 2.0])
    cases: list[Arguments] = [(few,)]
    for count in (4, 9):
        free = uniform(generator, 0.05, 1.95, count).sort().values
        cases.append((torch.cat([tensor([0.1]), free[(free - 0.42).abs() > 0.02]]),))
    return cases


def scaled_path(factor: float) -> Callable[[Tensor], Any]:
    def wrong(u: Tensor) -> Any:
        loads, limit = path(u)
        return factor * loads, tensor([1.0, factor]) * limit

    return wrong


def load_is_scaled(arguments: Arguments, got: Any) -> bool:
    """Recognise any constant factor on the loads."""
    loads, right = numeric(got[0]), path(*arguments)[0]
    if loads is None or loads.shape != right.shape:
        return False
    factor = float(loads[0] / right[0]) if right[0] else float(loads[1] / right[1])
    return abs(factor - 1) > 1e-6 and difference(loads, factor * right, 1e-8) is None


def load_is_linear(arguments: Arguments, got: Any) -> bool:
    return difference(got[0], 2 * arguments[0], 1e-8) is None


def limit_is(wrong: Callable[[Tensor], Tensor]) -> Callable[[Arguments, Any], bool]:
    """Recognise a limit point that is wrong in either of its two numbers."""

    def recognise(arguments: Arguments, got: Any) -> bool:
        limit, expected = numeric(got[1]), wrong(*arguments)
        right = path(*arguments)[1]
        if limit is None or limit.shape != (2,) or difference(limit, right, 1e-6) is None:
            return False
        near = (limit - expected).abs() < 1e-6
        return bool((near | ((limit - right).abs() < 1e-6)).all())

    return recognise


def lower_limit(u: Tensor) -> Tensor:
    return tensor([1 + 1 / math.sqrt(3), -2 / (3 * math.sqrt(3))])


def largest_given(u: Tensor) -> Tensor:
    loads = path(u)[0]
    return torch.stack([u[loads.argmax()], loads.max()])


SNAP_THROUGH = Exercise(
    name="optimization.snap_through",
    page=PAGE,
    task="Follow the shallow truss by displacement control: return the load p at each prescribed "
    "displacement u, and the limit point (u, p) at which it snaps when the load grows from 0.",
    signature="path(u) -> (p, limit)",
    reference=path,
    inputs=displacements,
    tried="a few and many prescribed displacements",
    tol=1e-7,
    misconceptions=(
        Misconception(
            "extends the first stiffness",
            lambda u: (2 * u, path(u)[1]),
            "p = 2u is the tangent at the start. The stiffness falls with u: without that there "
            "is no limit load.",
            recognise=load_is_linear,
        ),
        Misconception(
            "returns the lower limit point",
            lambda u: (path(u)[0], lower_limit(u)),
            "u = 1 + 1/√3 is the lower limit point, with a negative load: the truss reaches it "
            "when you unload it from the snapped side. On the way up, the slope vanishes first "
            "at 1 - 1/√3.",
            recognise=limit_is(lower_limit),
        ),
        Misconception(
            "loses a constant factor",
            scaled_path(0.5),
            "The loads differ from the right ones by a constant factor: check small u, where "
            "p ≈ 2u.",
            recognise=load_is_scaled,
        ),
        Misconception(
            "takes the largest of the computed loads",
            lambda u: (path(u)[0], largest_given(u)),
            "That is the largest load among the given points. The limit point lies between them, "
            "where the tangent 2 - 6u + 3u² vanishes.",
            recognise=limit_is(largest_given),
        ),
    ),
    hints=("Prescribe u and compute p = u(1 - u)(2 - u); the limit point has dp/du = 0.",),
)

EXERCISES = [CONVERGENCE_ORDER, SNAP_THROUGH]
