"""Exercises of the page on gradients: gradients and values at many points."""

from __future__ import annotations

from itertools import permutations
from typing import Any

import torch
from torch import Generator, Tensor

from companion.exercises._compare import difference
from companion.exercises._inputs import randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "03-optimization/gradients"


def gradient_field(X: Tensor) -> Tensor:
    x, y, z = X.T
    return torch.stack([y**2 * z**3, 2 * x * y * z**3, 3 * x * y**2 * z**2], dim=1)


def permuted(X: Tensor) -> Tensor:
    return gradient_field(X).flip(1)


def any_order(arguments: Arguments, got: Any) -> bool:
    right = gradient_field(*arguments)
    orders = list(permutations(range(3)))[1:]  # the first one is the right order
    return any(difference(got, right[:, list(order)], 1e-8) is None for order in orders)


def factor_missing(X: Tensor) -> Tensor:
    return gradient_field(X) * tensor([1.0, 1.0, 1 / 3])


def summed(X: Tensor) -> Tensor:
    return gradient_field(X).sum(0)


def points(generator: Generator) -> list[Arguments]:
    cases: list[Arguments] = [(tensor([[1.0, 2.0, -1.0], [2.0, -1.0, 0.5]]),)]
    return cases + [(randn(generator, count, 3),) for count in (3, 8)]


GRADIENT_FIELD = Exercise(
    name="optimization.gradient_field",
    page=PAGE,
    task="Return the gradients of $xy^2z^3$ at the points in the rows of `X`, one gradient a row.",
    signature="grad_f(X) -> Tensor[N, 3]",
    reference=gradient_field,
    inputs=points,
    tried="two, three and eight points",
    misconceptions=(
        Misconception(
            "puts the components in another order",
            permuted,
            "Column 0 is ∂f/∂x, column 1 is ∂f/∂y and column 2 is ∂f/∂z.",
            recognise=any_order,
        ),
        Misconception(
            "forgets the exponent of z",
            factor_missing,
            "A factor 3 is missing in the last column: by the power rule, the derivative of z³ "
            "is 3z².",
        ),
        Misconception(
            "writes one gradient a column",
            lambda X: gradient_field(X).T,
            "Points are in rows, so the gradients are, too: stack the components along the last "
            "dimension.",
        ),
        Misconception(
            "adds the gradients of all points",
            summed,
            "Each point has a gradient of its own: do not sum over the points.",
        ),
    ),
    hints=("One column per variable.",),
)


def monomial(x: Tensor, y: Tensor, z: Tensor) -> Tensor:
    return x * y**2 * z**3


def grid_values(x: Tensor, y: Tensor, z: Tensor) -> Tensor:
    return monomial(*torch.meshgrid(x, y, z, indexing="ij"))


def picture_order(x: Tensor, y: Tensor, z: Tensor) -> Tensor:
    return monomial(*torch.meshgrid(x, y, z, indexing="xy"))


def axes(generator: Generator) -> list[Arguments]:
    line = torch.arange(-2, 3, dtype=torch.float64, device=generator.device)
    cases: list[Arguments] = [(line, line, line)]
    for sizes in ((2, 3, 4), (4, 2, 3)):
        x, y, z = (uniform(generator, 0.5, 2, size) for size in sizes)
        cases.append((x, y, z))
    return cases


GRID_VALUES = Exercise(
    name="optimization.grid_values",
    page=PAGE,
    task="Sample $f=xy^2z^3$ on the grid of the coordinates `x`, `y` and `z`, so that entry "
    "`[i, j, k]` belongs to the point `(x[i], y[j], z[k])`.",
    signature="sample(x, y, z) -> Tensor[len(x), len(y), len(z)]",
    reference=grid_values,
    inputs=axes,
    tried="a cube of 5 by 5 by 5 points, and boxes with sides of different lengths",
    misconceptions=(
        Misconception(
            "uses the order of pictures",
            picture_order,
            'On the cube, 48 of 125 grid values sit at the wrong place, because the order "xy" '
            "puts y first: use indexing='ij'.",
        ),
        Misconception(
            "lists the axes backwards",
            lambda x, y, z: grid_values(x, y, z).permute(2, 1, 0),
            "The first index must belong to x and the last to z: here they are exchanged.",
        ),
        Misconception(
            "returns one long row",
            lambda x, y, z: grid_values(x, y, z).reshape(-1),
            "The values are in the right order, but in one row: keep one dimension per axis.",
        ),
        Misconception(
            "walks along the diagonal only",
            monomial,
            "Number i of x met only number i of y and z: that is the diagonal of the grid. Every x "
            "must meet every y and every z.",
        ),
    ),
    hints=(
        "`torch.meshgrid` combines every x with every y and z; its `indexing` decides the order "
        "of the axes.",
    ),
)

EXERCISES = [GRADIENT_FIELD, GRID_VALUES]
