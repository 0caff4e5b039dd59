"""Exercises of the page on the scalar engine: a training loop and the force of a truss."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from torch import Generator

from companion.autograd import Value, grad
from companion.exercises._inputs import uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.physics import two_bar_truss

PAGE = "07-neural-networks/autograd-engine"


class Misfit:
    """Mean squared error of the curve w₀ tanh(w₁ x) + w₂ at given points."""

    def __init__(self, points: Sequence[float], heights: Sequence[float]) -> None:
        self.points, self.heights = points, heights
        self.__name__ = f"mean squared error of w[0] tanh(w[1] x) + w[2] at x = {points}"

    def __call__(self, w: Any) -> Any:
        curve = [w[0] * (w[1] * x).tanh() + w[2] for x in self.points]
        squares = [(y - t) ** 2 for y, t in zip(curve, self.heights, strict=True)]
        return sum(squares[1:], squares[0]) / len(squares)


def train(loss: Any, weights: Sequence[float], lr: float, steps: int) -> list[float]:
    w = [Value(v) for v in weights]
    for _ in range(steps):
        for v, slope in zip(w, grad(loss(w), w), strict=True):
            v.data -= lr * slope
    return [v.data for v in w]


def never_zeroed(loss: Any, weights: Sequence[float], lr: float, steps: int) -> list[float]:
    w: list[Any] = [Value(v) for v in weights]
    for _ in range(steps):
        loss(w).backward()
        for v in w:
            v.data -= lr * v.grad
    return [v.data for v in w]


def zeroed_too_early(loss: Any, weights: Sequence[float], lr: float, steps: int) -> list[float]:
    w: list[Any] = [Value(v) for v in weights]
    for _ in range(steps):
        loss(w).backward()
        for v in w:
            v.grad = 0.0
        for v in w:
            v.data -= lr * v.grad
    return [v.data for v in w]


def graph_built_once(loss: Any, weights: Sequence[float], lr: float, steps: int) -> list[float]:
    w: list[Any] = [Value(v) for v in weights]
    J = loss(w)
    for _ in range(steps):
        for v in w:
            v.grad = 0.0
        J.backward()
        for v in w:
            v.data -= lr * v.grad
    return [v.data for v in w]


def uphill(loss: Any, weights: Sequence[float], lr: float, steps: int) -> list[float]:
    return train(loss, weights, -lr, steps)


def trainings(generator: Generator) -> list[Arguments]:
    """One step, two, and many, on four points each time."""
    cases: list[Arguments] = []
    for steps in (1, 2, 5, 20):
        points = [round(float(x), 2) for x in uniform(generator, -1.5, 1.5, 4)]
        heights = [round(float(y), 2) for y in uniform(generator, 1.0, 2.0, 4)]
        weights = [round(float(w), 2) for w in uniform(generator, 0.4, 0.9, 3)]
        cases.append((Misfit(points, heights), weights, 0.1, steps))
    return cases


ZERO_GRAD = Exercise(
    name="neural_networks.zero_grad",
    page=PAGE,
    task="Repair the loop: `steps` steps of gradient descent with the rate `lr`, from the numbers "
    "`weights`. The function `loss` takes a list of values and returns a value. Return the final "
    "weights as numbers.",
    signature="train(loss, weights, lr, steps) -> list of numbers",
    reference=train,
    inputs=trainings,
    tried="1, 2, 5 and 20 steps on a loss of three weights",
    misconceptions=(
        Misconception(
            "never sets the gradients to zero, or only once before the loop",
            never_zeroed,
            "Each `backward` adds to what is there: from the second step on you walk along the sum "
            "of all gradients so far. Set every `grad` to zero once per step, before `backward`.",
        ),
        Misconception(
            "sets the gradients to zero between backward and the step",
            zeroed_too_early,
            "The weights have not moved: the gradients are set to zero after `backward` and before "
            "the step that needs them. Zero them before `backward`.",
        ),
        Misconception(
            "builds the graph of the loss once, outside the loop",
            graph_built_once,
            "The loss was computed once, with the first weights, and its graph keeps their values. "
            "Call `loss(w)` in every step: the graph is built anew each time.",
        ),
        Misconception(
            "walks uphill",
            uphill,
            "The gradient points uphill. Subtract `lr` times the gradient from each weight.",
        ),
    ),
    hints=("Once per step, before `backward`: `v.grad = 0.0` for every weight.",),
)


def truss_force(u: float, k: float, h: float, b: float) -> tuple[float, float]:
    x = Value(u)
    (force,) = grad(two_bar_truss(x, k, h, b), x, create_graph=True)
    (stiffness,) = grad(force, x)
    return force.data, stiffness


def both_signs(u: float, k: float, h: float, b: float) -> tuple[float, float]:
    force, stiffness = truss_force(u, k, h, b)
    return -force, -stiffness


def one_bar(u: float, k: float, h: float, b: float) -> tuple[float, float]:
    force, stiffness = truss_force(u, k, h, b)
    return force / 2, stiffness / 2


def differentiated_by_h(u: float, k: float, h: float, b: float) -> tuple[float, float]:
    x, first = Value(h), (b**2 + h**2) ** 0.5
    energy = k * (((x - u) ** 2 + b**2) ** 0.5 - first) ** 2
    (force,) = grad(energy, x, create_graph=True)
    return force.data, grad(force, x)[0]


def length_recomputed(u: float, k: float, h: float, b: float) -> tuple[float, float]:
    x = Value(u)
    now = ((h - x) ** 2 + b**2) ** 0.5
    (force,) = grad(k * (now - ((h - x) ** 2 + b**2) ** 0.5) ** 2, x, create_graph=True)
    return force.data, grad(force, x)[0]


def secant(u: float, k: float, h: float, b: float) -> tuple[float, float]:
    force, _ = truss_force(u, k, h, b)
    return force, force / u


def trusses(generator: Generator) -> list[Arguments]:
    """Before and after the snap, past the flat position, snapped through, and lifted."""
    ranges = ((0.1, 0.3), (0.6, 0.9), (1.1, 1.4), (1.7, 1.9), (2.1, 2.4), (-0.4, -0.1))
    cases: list[Arguments] = []
    for low, high in ranges:
        k, h = float(uniform(generator, 2.0, 9.0)), float(uniform(generator, 0.2, 0.9))
        cases.append((h * float(uniform(generator, low, high)), k, h, 1.0))
    return cases


TRUSS_FORCE = Exercise(
    name="neural_networks.truss_force",
    page=PAGE,
    task="Return the force $F=d\\Pi/du$ and the stiffness $K=d^2\\Pi/du^2$ of the two-bar truss at "
    "the displacement `u`. Write the energy, and let the engine or `torch` differentiate it.",
    signature="truss(u, k, h, b) -> (F, K)",
    reference=truss_force,
    inputs=trusses,
    tried="before and after the snap, past the flat position, and lifted",
    misconceptions=(
        Misconception(
            "turns both signs around",
            both_signs,
            "Force and stiffness have the wrong sign. The load that holds the truss at u is the "
            "*positive* derivative of the energy: pressing down a little stores energy.",
        ),
        Misconception(
            "counts one bar",
            one_bar,
            "Both results are half of what they should be: there are two bars, and each stores "
            "½ k (ℓ - ℓ₀)².",
        ),
        Misconception(
            "differentiates by the height",
            differentiated_by_h,
            "You differentiate by h with ℓ₀ fixed. The energy then depends on h - u, so the force "
            "has the wrong sign and the stiffness is right by luck. Differentiate by u.",
        ),
        Misconception(
            "recomputes the first length from the present height",
            length_recomputed,
            "Everything is zero, because ℓ₀ is computed from h - u and follows the joint. The "
            "length of the unloaded bar is √(b² + h²), whatever u is.",
        ),
        Misconception(
            "returns the secant stiffness",
            secant,
            "F / u is the slope of the line from the origin, the secant. The stiffness that decides"
            " about the snap is the tangent: differentiate the force once more.",
        ),
    ),
    hints=("Differentiate Π twice; the first time with `create_graph=True`.",),
)

EXERCISES = [ZERO_GRAD, TRUSS_FORCE]
