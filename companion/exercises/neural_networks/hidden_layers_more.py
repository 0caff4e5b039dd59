"""Exercises of the page on hidden layers: sums of functions, and symmetries."""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Generator, Tensor

from companion.exercises._compare import difference, numeric
from companion.exercises._inputs import integers, randn, uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "07-neural-networks/hidden-layers"

Surface = Callable[[float, float], float]
Parameters = tuple[Tensor, Tensor, Tensor, Tensor]


@dataclass(frozen=True)
class Additive:
    """a sin(x1) + b cos(x1) + exp(c x2) + d."""

    a: float
    b: float
    c: float
    d: float

    @property
    def __name__(self) -> str:
        a, b, c, d = (f"{number:.2f}" for number in (self.a, self.b, self.c, self.d))
        return f"{a} sin(x1) + {b} cos(x1) + exp({c} x2) + {d}"

    def __call__(self, x1: float, x2: float) -> float:
        first = self.a * math.sin(x1) + self.b * math.cos(x1)
        return first + math.exp(self.c * x2) + self.d


@dataclass(frozen=True)
class Bilinear:
    """a + b x1 + c x2 + d x1 x2."""

    a: float
    b: float
    c: float
    d: float

    @property
    def __name__(self) -> str:
        a, b, c, d = (f"{number:.2f}" for number in (self.a, self.b, self.c, self.d))
        return f"{a} + {b} x1 + {c} x2 + {d} x1 x2".replace("+ -", "- ")

    def __call__(self, x1: float, x2: float) -> float:
        return self.a + self.b * x1 + self.c * x2 + self.d * x1 * x2


def mixed_difference(f: Surface) -> float:
    return f(0, 0) - f(0, 1) - f(1, 0) + f(1, 1)


def surfaces(generator: Generator) -> list[Arguments]:
    """XOR, a product, and random sums of both kinds, whose coefficients are not small."""
    sets = [uniform(generator, 0.5, 2.0, 4).tolist() for _ in range(4)]
    sets[3][3] = -sets[3][3]
    made = [Additive(*sets[0]), Additive(*sets[1]), Bilinear(*sets[2]), Bilinear(*sets[3])]
    return [(Bilinear(0, 1, 1, -2),), (Bilinear(0, 0, 0, 1),), *((f,) for f in made)]


def judge_mixed_difference(arguments: Arguments, got: Any, expected: float) -> str | None:
    """Compare on the scale of the values: where 0 is right, they leave a rounding error."""
    found = numeric(got)
    if found is None or found.numel() != 1:
        return difference(got, expected, 1e-8)
    f = arguments[0]
    scale = max(abs(f(a, b)) for a in (0, 1) for b in (0, 1))
    return None if abs(float(found) - expected) <= 1e-10 * scale else "the values differ"


ADDITIVE_XOR = Exercise(
    name="neural_networks.additive_xor",
    page=PAGE,
    task="Return the mixed second difference of `f(x1, x2)` on the corners of the unit square: "
    "0 for every sum of functions of one variable, 1 for x₁x₂, -2 for XOR.",
    signature="mixed_difference(f) -> float",
    reference=mixed_difference,
    inputs=surfaces,
    tried="XOR, a product, sums of functions and bilinear functions",
    misconceptions=(
        Misconception(
            "takes the difference along the diagonal",
            lambda f: f(1, 1) - f(0, 0),
            "From (0, 0) to (1, 1) both variables change at once. This difference does not "
            "vanish for a sum such as x₁ + x₂, so it cannot expose sums.",
        ),
        Misconception(
            "adds the four values",
            lambda f: f(0, 0) + f(0, 1) + f(1, 0) + f(1, 1),
            "Four plus signs measure the mean. The signs alternate around the square, so that "
            "everything that depends on one variable cancels.",
        ),
        Misconception(
            "has the signs of one side wrong",
            lambda f: f(0, 0) - f(0, 1) + f(1, 0) - f(1, 1),
            "Your signs alternate in x₂ only: this is the sum of two differences along x₂. "
            "Subtract one from the other.",
        ),
        Misconception(
            "has the signs of one side wrong, along the other axis",
            lambda f: f(0, 0) + f(0, 1) - f(1, 0) - f(1, 1),
            "Your signs alternate in x₁ only: this is the sum of two differences along x₁. "
            "Subtract one from the other.",
        ),
    ),
    hints=("Four corners with alternating signs: f₀₀ - f₀₁ - f₁₀ + f₁₁.",),
    judge=judge_mixed_difference,
)


def symmetry(params: Parameters, perm: Sequence[int]) -> Parameters:
    W1, b1, W2, b2 = params
    order = list(perm)
    return W1[order], b1[order], W2[:, order], b2


def rows_only(params: Parameters, perm: Sequence[int]) -> Parameters:
    W1, b1, W2, b2 = params
    return W1[list(perm)], b1[list(perm)], W2, b2


def wrong_columns(params: Parameters, perm: Sequence[int]) -> Parameters:
    W1, b1, W2, b2 = params
    return W1[:, list(perm)], b1[list(perm)], W2[:, list(perm)], b2


def wrong_rows(params: Parameters, perm: Sequence[int]) -> Parameters:
    W1, b1, W2, b2 = params
    return W1[list(perm)], b1[list(perm)], W2[list(perm)], b2


def biases_stay(params: Parameters, perm: Sequence[int]) -> Parameters:
    W1, b1, W2, b2 = params
    return W1[list(perm)], b1, W2[:, list(perm)], b2


def inverse(perm: Sequence[int]) -> list[int]:
    return sorted(range(len(perm)), key=perm.__getitem__)


def same_parameters(got: Any, expected: Parameters) -> bool:
    return len(got) == 4 and all(
        difference(mine, theirs, 1e-10) is None for mine, theirs in zip(got, expected, strict=True)
    )


def with_either_order(wrong: Callable[[Parameters, Sequence[int]], Parameters]) -> Any:
    """Recognise a mistake that was made with the permutation or with its inverse."""
    return lambda arguments, got: any(
        same_parameters(got, wrong(arguments[0], order))
        for order in (arguments[1], inverse(arguments[1]))
    )


def output(params: Any, X: Tensor) -> Tensor:
    W1, b1, W2, b2 = (torch.as_tensor(p, dtype=torch.float64) for p in params)
    return torch.tanh(X @ W1.T + b1) @ W2.T + b2


def judge_symmetry(arguments: Arguments, got: Any, expected: Parameters) -> str | None:
    params, perm = arguments
    if not isinstance(got, list | tuple) or len(got) != 4:
        return "the result must be W1, b1, W2, b2"
    for name, mine, theirs in zip(("W1", "b1", "W2", "b2"), got, params, strict=True):
        shape = tuple(torch.as_tensor(mine).shape)
        if shape != tuple(theirs.shape):
            return f"{name} has shape {shape}, expected {tuple(theirs.shape)}"
    if same_parameters(got, params):
        return "no hidden unit has moved"
    X = torch.linspace(-1, 1, 10 * params[0].shape[1], dtype=torch.float64)
    X = X.reshape(10, -1)
    if not torch.allclose(output(got, X), output(params, X), rtol=0, atol=1e-10):
        gap = float((output(got, X) - output(params, X)).abs().max())
        return f"the network gives other outputs, they differ by up to {gap:.2g}"
    orders = (perm, inverse(perm))
    if not any(same_parameters(got, symmetry(params, order)) for order in orders):
        return "the outputs are the same, but the units stand in another order than `perm` says"
    return None


def numbered_networks(generator: Generator) -> list[Arguments]:
    """As many inputs and outputs as hidden units: only there have all wrong results a shape.

    No permutation is its own inverse, so that the two can be told apart.
    """
    turns = [int(integers(generator, 1, n)) for n in (3, 7)]
    perms = [[(unit + k) % n for unit in range(n)] for n, k in zip((3, 7), turns, strict=True)]
    cases: list[Arguments] = []
    for perm in (*perms, [1, 2, 0, 3], [3, 4, 1, 0, 2]):
        n = len(perm)
        params = (randn(generator, n, n), randn(generator, n), randn(generator, n, n))
        cases.append(((*params, randn(generator, n)), perm))
    return cases


SYMMETRY = Exercise(
    name="neural_networks.symmetry",
    page=PAGE,
    task="Renumber the hidden units of a network with the parameters (W1, b1, W2, b2): the new "
    "unit `i` is the old unit `perm[i]`. The function that the network computes must stay.",
    signature="symmetry(params, perm) -> (W1, b1, W2, b2)",
    reference=symmetry,
    inputs=numbered_networks,
    tried="networks with 3 to 7 hidden units",
    misconceptions=(
        Misconception(
            "renumbers the first layer only",
            rows_only,
            "The units have changed places, but the second layer still listens to the old "
            "places: its columns must follow.",
            recognise=with_either_order(rows_only),
        ),
        Misconception(
            "permutes the columns of the first layer",
            wrong_columns,
            "The columns of W1 belong to the inputs. A hidden unit is a row of W1 and a column "
            "of W2.",
            recognise=with_either_order(wrong_columns),
        ),
        Misconception(
            "permutes the rows of the second layer",
            wrong_rows,
            "The rows of W2 belong to the outputs. A hidden unit is a row of W1 and a column of "
            "W2.",
            recognise=with_either_order(wrong_rows),
        ),
        Misconception(
            "leaves the biases behind",
            biases_stay,
            "Each hidden unit takes its bias along: permute b1 like the rows of W1.",
            recognise=with_either_order(biases_stay),
        ),
    ),
    hints=("A hidden unit is a row of W1, an entry of b1 and a column of W2.",),
    judge=judge_symmetry,
)

EXERCISES = [ADDITIVE_XOR, SYMMETRY]
