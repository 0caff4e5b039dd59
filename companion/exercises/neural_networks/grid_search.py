"""Exercises of the page on grid search: the grid, the cell to use, and a deeper network."""

from __future__ import annotations

import copy
import itertools
import math
from collections.abc import Sequence
from typing import Any

import torch
from torch import Generator, Tensor
from torch.nn import Linear, Module, ReLU, Sequential

from companion.exercises._compare import described
from companion.exercises._inputs import integers, randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "07-neural-networks/grid-search"


def log_grid(lo: float, hi: float, n: int) -> Tensor:
    return tensor([lo * (hi / lo) ** (k / (n - 1)) for k in range(n)])


def intervals(generator: Generator) -> list[Arguments]:
    """Decades and others: no interval where a straight grid has a constant ratio."""
    cases: list[Arguments] = [(1e-3, 10.0, 5), (1e-5, 1.0, 6)]
    for _ in range(3):
        lo = 10 ** float(uniform(generator, -4.0, -1.0))
        hi = lo * 10 ** float(uniform(generator, 1.0, 4.0))
        cases.append((lo, hi, int(integers(generator, 3, 9))))
    return cases


LOG_GRID = Exercise(
    name="neural_networks.log_grid",
    page=PAGE,
    task="Return `n` values from `lo` to `hi`, both included, each the same multiple of the one "
    "before.",
    signature="log_grid(lo, hi, n) -> Tensor[n]",
    reference=log_grid,
    inputs=intervals,
    tried="whole decades and other intervals",
    misconceptions=(
        Misconception(
            "takes equal distances",
            lambda lo, hi, n: torch.linspace(lo, hi, n, dtype=torch.float64),
            "Your values have equal distances, so nearly all of them lie in the last decade. Equal "
            "distances belong to the exponents.",
        ),
        Misconception(
            "takes the ends for exponents",
            lambda lo, hi, n: torch.logspace(lo, hi, n, dtype=torch.float64),
            "`logspace` expects exponents: from lo = 0.001 it starts at 10**0.001, which is about "
            "1. Give it the logarithms of the ends.",
        ),
        Misconception(
            "leaves out the end",
            lambda lo, hi, n: tensor([lo * (hi / lo) ** (k / n) for k in range(n)]),
            "Your last value stays below hi: n values have n - 1 gaps, and each gap is the factor "
            "(hi/lo)**(1/(n-1)).",
        ),
        Misconception(
            "steps by ten whatever the ends are",
            lambda lo, hi, n: tensor([lo * 10.0**k for k in range(n)]),
            "A factor of 10 is right only if the ends happen to lie n - 1 decades apart. The "
            "factor follows from lo, hi and n.",
        ),
    ),
    hints=("The exponents form a straight line: take logarithms of both ends.",),
)


def best_cell(train: Tensor, val: Tensor, test: Tensor, lambdas: Tensor) -> tuple[int, int]:
    highest = val[~val.isnan()].max()
    cells = (val == highest).nonzero().tolist()
    i, j = max(cells, key=lambda cell: float(lambdas[cell[0]]))
    return i, j


def best_of(values: Tensor) -> tuple[int, int]:
    flat = int(values.nan_to_num(nan=-math.inf).argmax())
    return flat // values.shape[1], flat % values.shape[1]


def nan_wins(train: Tensor, val: Tensor, test: Tensor, lambdas: Tensor) -> tuple[int, int]:
    flat = int(val.argmax())
    return flat // val.shape[1], flat % val.shape[1]


def smallest_price(train: Tensor, val: Tensor, test: Tensor, lambdas: Tensor) -> tuple[int, int]:
    return best_cell(train, val, test, -lambdas)


def column_first(train: Tensor, val: Tensor, test: Tensor, lambdas: Tensor) -> tuple[int, int]:
    i, j = best_cell(train, val, test, lambdas)
    return j, i


def maps(generator: Generator) -> list[Arguments]:
    """Maps with a tie, a NaN, and other winners on training and test part; λ rises and falls."""
    cases: list[Arguments] = []
    for number, (n_rows, n_columns) in enumerate(((3, 4), (3, 3), (6, 5), (5, 6))):
        shape = (3, n_rows * n_columns)
        train, val, test = integers(generator, 30, 330, *shape).to(torch.float64) / 360
        places = torch.randperm(shape[1], generator=generator)
        row = torch.randperm(n_rows, generator=generator)[:2]
        column = torch.randperm(n_columns, generator=generator)[:2]
        tie = row * n_columns + column
        free = places[~torch.isin(places, tie)]
        val[tie], train[free[0]], test[free[1]] = 340 / 360, 358 / 360, 350 / 360
        for values in (train, val, test):
            values[free[2]] = math.nan
        lambdas = 10.0 ** (torch.arange(n_rows, dtype=torch.float64) - n_rows)
        if number % 2:
            lambdas = lambdas.flip(0)
        square = (values.reshape(n_rows, n_columns) for values in (train, val, test))
        cases.append((*square, lambdas))
    return cases


BEST_CELL = Exercise(
    name="neural_networks.best_cell",
    page=PAGE,
    task="Return row and column of the cell to use, from the maps of accuracy on the training, "
    "the validation and the test part. Rows belong to `lambdas`. A training that left the numbers "
    "has NaN; of cells that are equally good take the one with the largest λ.",
    signature="best_cell(train, val, test, lambdas) -> (i, j)",
    reference=best_cell,
    inputs=maps,
    tried="maps with ties and NaN, λ rising and falling",
    misconceptions=(
        Misconception(
            "chooses by the training map",
            lambda train, val, test, lambdas: best_of(train),
            "This is the best cell of the training map. The weights have seen those samples: a "
            "high value there may be memory.",
        ),
        Misconception(
            "chooses by the test map",
            lambda train, val, test, lambdas: best_of(test),
            "This is the best cell of the test map. What has been used to choose cannot judge the "
            "choice: the test part is opened once, for one cell.",
        ),
        Misconception(
            "lets NaN win",
            nan_wins,
            "You chose a cell that holds NaN, a training that left the numbers. `argmax` counts "
            "NaN as the largest value: leave it out.",
        ),
        Misconception(
            "takes the first of the ties",
            lambda train, val, test, lambdas: best_of(val),
            "Two cells are equally good, and you took the first in the order of the table. The "
            "task asks for the one with the largest λ, wherever its row is.",
        ),
        Misconception(
            "takes the smallest price of the ties",
            smallest_price,
            "Two cells are equally good, and you took the one with the smaller λ. With equal "
            "accuracy prefer the simpler model: the larger price of weights.",
        ),
        Misconception(
            "gives the column first",
            column_first,
            "Row and column are exchanged: the row, which belongs to λ, comes first.",
        ),
    ),
    hints=(
        "`numpy.nanargmax` passes over NaN; for ties look at all cells that reach the maximum.",
    ),
)


def depth(sizes: Sequence[int]) -> Module:
    layers: list[Module] = []
    for n, m in itertools.pairwise(sizes):
        layers += [Linear(n, m, dtype=torch.float64), ReLU()]
    return Sequential(*layers[:-1])


def first_width(sizes: Sequence[int]) -> Module:
    hidden = [sizes[1]] * (len(sizes) - 2)
    return depth([sizes[0], *hidden, sizes[-1]])


def active_scores(sizes: Sequence[int]) -> Module:
    return Sequential(*depth(sizes).children(), ReLU())


def uses_up_the_list(sizes: list[int]) -> Module:
    layers: list[Module] = []
    n = sizes.pop(0)
    while sizes:
        m = sizes.pop(0)
        layers += [Linear(n, m, dtype=torch.float64), ReLU()]
        n = m
    return Sequential(*layers[:-1])


def no_activation(sizes: Sequence[int]) -> Module:
    return Sequential(*(part for part in depth(sizes).children() if isinstance(part, Linear)))


def shapes(model: Any) -> list[tuple[int, ...]]:
    return [tuple(part.shape) for part in model.parameters()]


def scores(weights: Sequence[Tensor], X: Tensor, *, hidden: bool, last: bool) -> Tensor:
    """Compute scores from weights and biases, with ReLU where it is asked for."""
    a = X
    for number in range(0, len(weights), 2):
        a = a @ weights[number].T + weights[number + 1]
        if last if number == len(weights) - 2 else hidden:
            a = a.relu()
    return a


RULES = {
    "right": {"hidden": True, "last": False},
    "active scores": {"hidden": True, "last": True},
    "no activation": {"hidden": False, "last": False},
}


def follows(model: Module, seed: int) -> set[str]:
    """Give a copy of the model other weights, and name the rules that its scores agree with."""
    model = copy.deepcopy(model).to(torch.float64)
    generator = torch.Generator().manual_seed(seed)
    weights = [randn(generator, *shape) for shape in shapes(model)]
    X = randn(generator, 20, weights[0].shape[1])
    with torch.no_grad():
        for place, values in zip(model.parameters(), weights, strict=True):
            place.copy_(values)
        found = model(X)
    wanted = {name: scores(weights, X, **where) for name, where in RULES.items()}
    return {name for name, Z in wanted.items() if torch.allclose(found, Z, rtol=1e-9)}


def rule(model: Module) -> str:
    """Name the rule that the model follows whatever its weights are."""
    common = set.intersection(*(follows(model, seed) for seed in range(6)))
    return common.pop() if common else "another rule"


def judge_model(arguments: Arguments, got: Any, expected: Any) -> str | None:
    """Compare shapes of all parameters, then the scores with those of the rule."""
    if not isinstance(got, Module):
        return f"the result is {described(got)}, expected a torch.nn.Module"
    found, wanted = shapes(got), shapes(expected)
    if found != wanted:
        count = sum(math.prod(shape) for shape in found)
        right = sum(math.prod(shape) for shape in wanted)
        return f"the weights and biases have the shapes {found} ({count} numbers, expected {right})"
    name = rule(got)
    return None if name == "right" else f"the scores are wrong: {name}"


def alike_models(got: Any, wrong: Any) -> bool:
    return shapes(got) == shapes(wrong) and rule(got) == rule(wrong)


def widths(generator: Generator) -> list[Arguments]:
    """From one hidden layer to four; neighbours differ in width."""
    cases: list[Arguments] = [([30, 100, 50, 2],), ([4, 3, 2],)]
    for count in (2, 3, 4):
        inner = [int(integers(generator, 3, 7)) + 6 * number for number in range(count)]
        cases.append(([int(integers(generator, 2, 6)), *inner, int(integers(generator, 2, 5))],))
    return cases


DEPTH = Exercise(
    name="neural_networks.depth",
    page=PAGE,
    task="Return a network of dense layers for any list of widths (inputs, hidden layers, "
    "outputs), with ReLU between the layers, as a `torch.nn.Module` in float64. It returns scores: "
    "the loss applies softmax.",
    signature="depth(sizes) -> Module",
    reference=depth,
    inputs=widths,
    tried="one to four hidden layers of different widths",
    misconceptions=(
        Misconception(
            "gives all hidden layers the first width",
            first_width,
            "All your hidden layers have the width of the first one. Walk through neighbouring "
            "pairs of the list: each pair is a layer.",
        ),
        Misconception(
            "puts an activation on the scores",
            active_scores,
            "An activation follows your last layer. ReLU cuts negative scores to 0, so softmax can "
            "no longer tell the classes there apart: between layers only.",
        ),
        Misconception(
            "changes the caller's list",
            uses_up_the_list,
            "The network is right, but the list of widths is used up: the next call gets what "
            "`pop` left over. Read the list, or work on a copy.",
        ),
        Misconception(
            "leaves out the activations",
            no_activation,
            "Nothing stands between your dense layers, so they multiply to a single one. Depth "
            "needs an activation after each hidden layer.",
        ),
    ),
    hints=(
        "Neighbouring pairs, `itertools.pairwise(sizes)`, are the layers; the last has no "
        "activation.",
    ),
    judge=judge_model,
    alike=alike_models,
)

EXERCISES = [LOG_GRID, BEST_CELL, DEPTH]
