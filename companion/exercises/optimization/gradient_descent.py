"""Exercises of the page on gradient descent: the loop, its learning rate, its zigzag."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Generator, Tensor

from companion.exercises._compare import difference, numeric
from companion.exercises._inputs import randn, symmetric, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.linalg import eigvalsh
from companion.optimize import gradient_descent

PAGE = "03-optimization/gradient-descent"
Gradient = Callable[[Tensor], Tensor]
Descent = tuple[Tensor, Tensor, str]


class Patient:
    """A function that answers so many times: a loop without a limit is told what it lacks."""

    def __init__(self, function: Callable[[Tensor], Tensor], calls: int = 1000) -> None:
        self.function, self.calls = function, calls

    def __call__(self, x: Tensor) -> Tensor:
        self.calls -= 1
        if self.calls < 0:
            raise RuntimeError("your loop asks for a gradient again and again: limit its steps")
        return self.function(x)


def gd(grad: Gradient, x0: Tensor, lr: float, maxiter: int, gtol: float) -> Descent:
    found = gradient_descent(
        lambda x: 0.0 * x.sum(), x0, jac=grad, lr=lr, maxiter=maxiter, gtol=gtol
    )
    return found.x, found.trajectory, {0: "gtol", 1: "maxiter", 3: "nonfinite"}[found.status]


def loop(
    grad: Gradient, x0: Tensor, lr: float, maxiter: int, gtol: float
) -> tuple[list[Tensor], str]:
    """Walk step by step and return all points and the reason for the end."""
    points = [x0.clone()]
    while True:
        g = grad(points[-1])
        if not bool(torch.isfinite(g).all()):
            return points, "nonfinite"
        if float(torch.linalg.vector_norm(g)) <= gtol:
            return points, "gtol"
        if len(points) > maxiter:
            return points, "maxiter"
        points.append(points[-1] - lr * g)


def climbing(grad: Gradient, x0: Tensor, lr: float, maxiter: int, gtol: float) -> Descent:
    points, reason = loop(grad, x0, -lr, maxiter, gtol)
    return points[-1], torch.stack(points), reason


def without_limit(grad: Gradient, x0: Tensor, lr: float, maxiter: int, gtol: float) -> Descent:
    points, reason = loop(grad, x0, lr, 10**9, gtol)
    return points[-1], torch.stack(points), reason


def same_tensor(grad: Gradient, x0: Tensor, lr: float, maxiter: int, gtol: float) -> Descent:
    points, reason = loop(grad, x0, lr, maxiter, gtol)
    return points[-1], torch.stack([points[-1]] * len(points)), reason


def without_start(grad: Gradient, x0: Tensor, lr: float, maxiter: int, gtol: float) -> Descent:
    points, reason = loop(grad, x0, lr, maxiter, gtol)
    return points[-1], torch.stack(points)[1:], reason


def in_place(grad: Gradient, x0: Tensor, lr: float, maxiter: int, gtol: float) -> Descent:
    points, reason = loop(grad, x0, lr, maxiter, gtol)
    x0.copy_(points[-1])
    return x0, torch.stack(points), reason


def descents(generator: Generator) -> list[Arguments]:
    """x² with small and large rates, a kink-free bowl in n dimensions, and one that overflows."""

    def square(x: Tensor) -> Tensor:
        return 2 * x

    def quartic(x: Tensor) -> Tensor:
        return 4 * x**3

    def bowl(n: int) -> Gradient:
        H, b = symmetric(generator, uniform(generator, 0.5, 4.0, n)), randn(generator, n)
        return lambda x: H @ x - b

    start = float(uniform(generator, 1.0, 3.0))
    cases: list[Arguments] = [
        (square, tensor([start]), 0.1, 100, 1e-3),
        (square, tensor([start]), 1.0, 20, 1e-3),
        (square, tensor([start]), 1.1, 15, 1e-3),
        (bowl(2), 3 * randn(generator, 2), 0.05, 7, 1e-6),
        (bowl(3), 3 * randn(generator, 3), 0.3, 300, 1e-4),
        (quartic, tensor([10 * start]), 1.0, 50, 1e-3),
    ]
    return [(Patient(grad), *others) for grad, *others in cases]


def judge_descent(arguments: Arguments, got: Any, expected: Descent) -> str | None:
    """After an overflow the last entries are free: one more row, or one less, is no mistake."""
    if expected[2] != "nonfinite":
        return difference(got, expected, 1e-8)
    path, wanted = numeric(got[1]), expected[1][:-1]
    if path is None or path.ndim != 2 or got[2] != "nonfinite":
        return difference(got, expected, 1e-8) or "the values differ"
    return difference(path[: len(wanted)], wanted, 1e-8)


GRADIENT_DESCENT = Exercise(
    name="optimization.gradient_descent",
    page=PAGE,
    task="Follow the negative gradient from `x0`. Before each step look at the gradient: stop with "
    'the reason "nonfinite" if it is not finite, "gtol" if its norm is at most `gtol`, and '
    '"maxiter" after `maxiter` steps. The trajectory holds one point a row, `x0` first.',
    signature="gd(grad, x0, lr, maxiter, gtol) -> (x, trajectory, reason)",
    reference=gd,
    inputs=descents,
    tried="x² with three learning rates, bowls in two and three dimensions, and an overflow",
    misconceptions=(
        Misconception(
            "adds the gradient",
            climbing,
            "This climbs: the gradient points uphill, so the step is minus lr times the gradient.",
        ),
        Misconception(
            "has no step limit",
            without_limit,
            "With lr = 1 on x² the iterates jump from x to -x and back, and the loop never ends: "
            "stop after `maxiter` steps.",
        ),
        Misconception(
            "appends the same tensor each time",
            same_tensor,
            "All rows of the trajectory are equal: the list holds one tensor many times, and an "
            "in-place step changes it everywhere. Append a copy, or make a new tensor each step.",
        ),
        Misconception(
            "leaves the start out of the trajectory",
            without_start,
            "The trajectory has one row too few: the start belongs to it, so k steps make k + 1 "
            "points.",
        ),
        Misconception(
            "moves the start itself",
            in_place,
            "`x -= lr * g` changes the tensor that the caller gave you. Begin with `x0.clone()`, "
            "or write `x = x - lr * g`.",
        ),
    ),
    hints=("Test it on x², where step k must lead to (1 - 2α)ᵏ x₀.",),
    judge=judge_descent,
)


def max_lr(H: Tensor) -> float:
    return 2 / float(eigvalsh(H)[-1])


def hessians(generator: Generator) -> list[Arguments]:
    """Positive definite matrices with distinct eigenvalues; the first is diagonal."""
    spectra = [tensor([1.0, 10.0])]
    spectra += [torch.exp(uniform(generator, -1.5, 2.5, n)) for n in (2, 3, 5)]
    cases: list[Arguments] = [(torch.diag(spectra[0]),)]
    return cases + [(symmetric(generator, values),) for values in spectra[1:]]


STABILITY_LIMIT = Exercise(
    name="optimization.stability_limit",
    page=PAGE,
    task="Return the limit below which every constant learning rate converges on the quadratic "
    "½ xᵀHx with a positive definite matrix `H`.",
    signature="max_lr(H) -> float",
    reference=max_lr,
    inputs=hessians,
    tried="positive definite matrices with two to five rows",
    misconceptions=(
        Misconception(
            "takes the inverse of the largest eigenvalue",
            lambda H: 1 / torch.linalg.eigvalsh(H)[-1],
            "This is safe, but the limit is twice that: a factor 1 - αλ between -1 and 0 changes "
            "the sign of the error and still shrinks it.",
        ),
        Misconception(
            "lets the softest direction decide",
            lambda H: 2 / torch.linalg.eigvalsh(H)[0],
            "The stiffest direction decides: all factors 1 - αλ must be smaller than 1 in size, "
            "and the largest λ fails first.",
        ),
        Misconception(
            "divides by the trace",
            lambda H: 2 / torch.trace(H),
            "The trace is the sum of all eigenvalues, so this is only a bound: safe, but not the "
            "largest. Take the largest eigenvalue.",
        ),
        Misconception(
            "returns the fastest rate",
            lambda H: 2 / (torch.linalg.eigvalsh(H)[0] + torch.linalg.eigvalsh(H)[-1]),
            "This rate shrinks the error fastest. The question is the limit of stability, "
            "which is larger.",
        ),
    ),
    hints=("|1 - αλ| < 1 must hold for every eigenvalue λ.",),
)


def zigzag(kappa: float) -> tuple[float, float]:
    """Return cosine and rate in closed form: the errors are (κ, 1), q (κ, -1), q² (κ, 1), ..."""
    return 0.0, (kappa - 1) / (kappa + 1)


def same_contraction(arguments: Arguments, got: Any) -> bool:
    """One rate for each coordinate leaves nothing after one step, whatever its cosine."""
    return abs(float(got[1])) < 1e-8


def ravines(generator: Generator) -> list[Arguments]:
    return [(10.0,), (100.0,), (float(uniform(generator, 3.0, 50.0)),)]


TWO_DIMS = Exercise(
    name="optimization.two_dims",
    page=PAGE,
    task="On ½(x² + κy²), gradient descent with the best constant α starts at (κ, 1). Return the "
    "cosine of the angle between two successive steps, and the factor by which a step shrinks "
    "the error.",
    signature="zigzag(kappa) -> (cos, q)",
    reference=zigzag,
    inputs=ravines,
    tried="three condition numbers",
    misconceptions=(
        Misconception(
            "thinks that a step undoes the last one",
            lambda kappa: (-1.0, (kappa - 1) / (kappa + 1)),
            "Only the stiff coordinate flips its sign, the soft one goes on: the steps do not "
            "turn back, they turn by a right angle.",
        ),
        Misconception(
            "uses a learning rate for each coordinate",
            lambda kappa: (0.0, 0.0),
            "A rate of its own for each coordinate is preconditioning, and it would need one step. "
            "Here one α serves both.",
            recognise=same_contraction,
        ),
        Misconception(
            "takes α = 1/κ",
            lambda kappa: (1 / math.sqrt(2), 1 - 1 / kappa),
            "α = 1/κ removes the stiff error in one step and leaves the soft one slow. The best "
            "constant α is 2/(1 + κ).",
        ),
    ),
    hints=("The axes are the eigenvectors: write the two factors 1 - α and 1 - ακ.",),
)

EXERCISES = [GRADIENT_DESCENT, STABILITY_LIMIT, TWO_DIMS]
