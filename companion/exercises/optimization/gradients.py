"""Exercises of the page on gradients: directions and Jacobians."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Generator, Tensor

from companion.calculus import approx_derivative
from companion.exercises._compare import described, difference, numeric
from companion.exercises._inputs import randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "03-optimization/gradients"
Function = Callable[[Tensor], Tensor]


def directional_derivative(grad: Function, x: Tensor, v: Tensor) -> Tensor:
    slope: Tensor = grad(x) @ v / torch.linalg.vector_norm(v)
    return slope


def not_normalised(grad: Function, x: Tensor, v: Tensor) -> Tensor:
    return grad(x) @ v


def componentwise(grad: Function, x: Tensor, v: Tensor) -> Tensor:
    products: Tensor = grad(x) * v / torch.linalg.vector_norm(v)
    return products


def no_number(arguments: Arguments, got: Any) -> bool:
    found = numeric(got)
    return found is not None and found.numel() > 1


def unsigned(grad: Function, x: Tensor, v: Tensor) -> Tensor:
    return directional_derivative(grad, x, v).abs()


def cosine(grad: Function, x: Tensor, v: Tensor) -> Tensor:
    ratio: Tensor = directional_derivative(grad, x, v) / torch.linalg.vector_norm(grad(x))
    return ratio


def divided_by_square(grad: Function, x: Tensor, v: Tensor) -> Tensor:
    return grad(x) @ v / (v @ v)


def hill(x: Tensor) -> Tensor:
    """Return the gradient of the hill -x² - y² of the page."""
    return -2 * x


def random_slope(generator: Generator, n: int) -> Function:
    """Return the gradient of a random function of n variables."""
    A, b = randn(generator, n, n), randn(generator, n)

    def grad(x: Tensor) -> Tensor:
        return A.T @ torch.cos(A @ x) + b

    return grad


def directions(generator: Generator) -> list[Arguments]:
    """A way up, a way down, a way along the contour, and long and short random ones."""
    place = tensor([1.0, 2.0])
    known = ([3.0, 4.0], [2.0, -1.0], [-1.5, -0.5])
    cases: list[Arguments] = [(hill, place, tensor(v)) for v in known]
    for n, length in ((2, 5.0), (3, 0.3), (5, 8.0)):
        grad, x = random_slope(generator, n), randn(generator, n)
        v = randn(generator, n) + 0.2 * grad(x)
        sign = -1.0 if n == 3 else 1.0
        v = sign * torch.sign(grad(x) @ v) * length * v / torch.linalg.vector_norm(v)
        cases.append((grad, x, v))
    return cases


def judge_number(arguments: Arguments, got: Any, expected: Tensor) -> str | None:
    """Along a contour the right answer is zero: compare on the scale of the gradient."""
    found = numeric(got)
    if found is None or found.numel() != 1:
        return f"the result is {described(got)}, expected a number"
    grad, x, _ = arguments
    scale = float(torch.linalg.vector_norm(grad(x)))
    return None if abs(float(found) - float(expected)) <= 1e-8 * scale else "the values differ"


DIRECTIONAL_DERIVATIVE = Exercise(
    name="optimization.directional_derivative",
    page=PAGE,
    task="Return the slope that you meet when you leave `x` in the direction of `v`; `grad` is the "
    "function that returns the gradient, and `v` may have any length above 0.",
    signature="dd(grad, x, v) -> float",
    reference=directional_derivative,
    inputs=directions,
    tried="ways up, down and along the contour, and directions of many lengths",
    misconceptions=(
        Misconception(
            "takes the direction as long as it comes",
            not_normalised,
            "At (1, 2) along (3, 4) this gives -22 instead of -4.4: without |v| = 1 the result "
            "grows with the length of v and has no bound. Divide by |v|.",
        ),
        Misconception(
            "returns a vector",
            componentwise,
            "A directional derivative is a number, one slope for one direction. Sum the products "
            "of the components.",
            recognise=no_number,
        ),
        Misconception(
            "drops the sign",
            unsigned,
            "The sign says whether the way leads uphill or downhill: leave out the absolute value.",
        ),
        Misconception(
            "divides by the length of the gradient, too",
            cosine,
            "This is the cosine of the angle between gradient and direction. Divide by |v| only: "
            "on a steep hill the slope is large.",
        ),
        Misconception(
            "divides by the squared length of the direction",
            divided_by_square,
            "Divide by |v|, not by |v|²: the slope must be the same for v and 2v.",
        ),
    ),
    hints=("Make the direction a unit vector, `v / |v|`, then take the scalar product.",),
    judge=judge_number,
)


def jacobian(f: Function, x: Tensor) -> Tensor:
    return approx_derivative(f, x)


def transposed(f: Function, x: Tensor) -> Tensor:
    return jacobian(f, x).T


def all_at_once(f: Function, x: Tensor) -> Tensor:
    h = 1e-5
    return (f(x + h) - f(x - h)) / (2 * h)


def twice_the_value(f: Function, x: Tensor) -> Tensor:
    return 2 * jacobian(f, x)


def in_place(f: Function, x: Tensor) -> Tensor:
    h, columns = 1e-5, []
    for k in range(len(x)):
        x[k] += h
        right = f(x)
        x[k] -= 2 * h
        columns.append((right - f(x)) / (2 * h))
    return torch.stack(columns, dim=1)


def polar(q: Tensor) -> Tensor:
    return torch.stack([q[0] * torch.cos(q[1]), q[0] * torch.sin(q[1])])


def random_map(generator: Generator, m: int, n: int) -> Function:
    """Return a smooth function of n variables with m values."""
    A, b = randn(generator, m, n), randn(generator, m)

    def f(x: Tensor) -> Tensor:
        return torch.sin(A @ x) + b * (x @ x)

    return f


def maps(generator: Generator) -> list[Arguments]:
    q = torch.cat([uniform(generator, 0.5, 3, 1), uniform(generator, -3, 3, 1)])
    cases: list[Arguments] = [(polar, q)]
    for m, n in ((2, 3), (3, 2), (4, 4), (1, 5)):
        cases.append((random_map(generator, m, n), randn(generator, n)))
    return cases


JACOBIAN_FD = Exercise(
    name="optimization.jacobian_fd",
    page=PAGE,
    task="Return the Jacobian of `f` at `x` by central differences: `f` takes a tensor of n "
    "numbers and returns one of m numbers.",
    signature="jacobian(f, x) -> Tensor[m, n]",
    reference=jacobian,
    inputs=maps,
    tried="polar coordinates, and functions with more inputs than outputs and the reverse",
    misconceptions=(
        Misconception(
            "exchanges rows and columns",
            transposed,
            "Rows are outputs, columns are inputs: this is the transpose of the Jacobian.",
        ),
        Misconception(
            "moves all inputs at once",
            all_at_once,
            "All inputs moved together: that is one directional derivative, along (1, ..., 1). "
            "Move one input at a time; each gives a column.",
        ),
        Misconception(
            "changes x in place",
            in_place,
            "The input was modified: the caller's x has moved, and the later columns were taken "
            "at another point. Move a copy.",
        ),
        Misconception(
            "divides by h instead of 2h",
            twice_the_value,
            "This is twice the Jacobian: the two points of a central difference are 2h apart.",
        ),
    ),
    hints=("Move one input at a time, by h to either side: each input gives one column.",),
    alike=lambda got, wrong: difference(got, wrong, 1e-3) is None,  # steps differ, ideas do not
    tol=1e-6,
)

EXERCISES = [DIRECTIONAL_DERIVATIVE, JACOBIAN_FD]
