"""Exercises of the page on learning from data."""

from __future__ import annotations

from typing import Any

import torch
from torch import Generator, Tensor

from companion.exercises._inputs import randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "05-regression/learning-from-data"


def hooke(strain: Tensor, stress: Tensor) -> float:
    return float((strain @ stress) / (strain @ strain))


def mean_of_ratios(strain: Tensor, stress: Tensor) -> float:
    return float((stress / strain).mean())


def last_point(strain: Tensor, stress: Tensor) -> float:
    return float(stress[-1] / strain[-1])


def with_intercept(strain: Tensor, stress: Tensor) -> float:
    e, s = strain - strain.mean(), stress - stress.mean()
    return float((e @ s) / (e @ e))


def tests(generator: Generator) -> list[Arguments]:
    """Noisy tension tests in different units."""
    cases: list[Arguments] = [(tensor([1.0, 2.0, 3.0]), tensor([2.5, 3.5, 7.0]))]
    for n, modulus, unit in ((8, 200e3, 1e-3), (15, 70.0, 1e-3), (12, 3.0, 1.0)):
        strain = unit * uniform(generator, 0.1, 1, n).sort()[0]
        stress = modulus * strain + 0.08 * modulus * unit * (1 + randn(generator, n))
        cases.append((strain, stress))
    return cases


HOOKE_MODULUS = Exercise(
    name="regression.hooke_modulus",
    page=PAGE,
    task="Return the modulus $E$ of Hooke's law $\\sigma=E\\varepsilon$ that has the least sum of "
    "squared errors. All strains are positive.",
    signature="hooke_modulus(strain, stress) -> float",
    reference=hooke,
    inputs=tests,
    tried="three points by hand, and noisy tests in different units",
    misconceptions=(
        Misconception(
            "averages the quotients",
            mean_of_ratios,
            "The mean of the quotients σ/ε gives the readings near zero strain the same say as the "
            "others, and there the noise is divided by a small number.",
        ),
        Misconception(
            "uses the last point only",
            last_point,
            "This is the modulus of the last point. The other readings carry information, too.",
        ),
        Misconception(
            "fits an intercept",
            with_intercept,
            "This is the slope of a line with intercept. Hooke's law passes through the origin: "
            "without strain there is no stress.",
        ),
    ),
    hints=("Set the derivative of the cost to zero.",),
)


def product_hypothesis(X: Tensor, w: Tensor) -> Tensor:
    x1, x2 = X.T
    prediction: Tensor = w[0] + w[1] * x1 + w[2] * x2 + w[3] * x1 * x2
    return prediction


def without_bias(X: Tensor, w: Tensor) -> Tensor:
    return product_hypothesis(X, w) - w[0]


def square_for_product(X: Tensor, w: Tensor) -> Tensor:
    x1, x2 = X.T
    prediction: Tensor = w[0] + w[1] * x1 + w[2] * x2 + w[3] * x1**2
    return prediction


def as_column(X: Tensor, w: Tensor) -> Tensor:
    return product_hypothesis(X, w)[:, None]


def rows_and_weights(generator: Generator) -> list[Arguments]:
    cases: list[Arguments] = [(tensor([[1.0, 2.0], [3.0, 0.5]]), tensor([1.0, 2.0, -1.0, 1.5]))]
    return cases + [(randn(generator, n, 2), randn(generator, 4) + 2) for n in (3, 7, 20)]


PRODUCT_HYPOTHESIS = Exercise(
    name="regression.product_hypothesis",
    page=PAGE,
    task="Return the predictions of the hypothesis $w_0+w_1x_1+w_2x_2+w_3x_1x_2$ for the rows of "
    "`X`.",
    signature="predict(X, w) -> Tensor[n]",
    reference=product_hypothesis,
    inputs=rows_and_weights,
    tried="2 to 20 rows with random weights",
    misconceptions=(
        Misconception(
            "leaves out the bias",
            without_bias,
            "The bias w₀ is missing: every prediction is off by the same number.",
        ),
        Misconception(
            "squares the first input",
            square_for_product,
            "The last term is the product x₁x₂. Yours is x₁².",
        ),
        Misconception(
            "returns a column",
            as_column,
            "The result has the shape (n, 1), a table of one column. One number for each row has "
            "the shape (n,), and comparing the two would broadcast to n times n numbers.",
            recognise=lambda arguments, got: (
                isinstance(got, Tensor)
                and got.shape == (len(arguments[0]), 1)
                and bool(torch.allclose(got, as_column(*arguments)))
            ),
        ),
    ),
    hints=("Build the design matrix with the columns 1, x₁, x₂, x₁x₂ first.",),
)


def named(**changes: str) -> dict[str, str]:
    right = {"a": "classification", "b": "regression", "c": "neither"}
    right |= {"d": "classification", "e": "regression", "f": "neither"}
    return right | changes


def right_names() -> dict[str, str]:
    return named()


def class_index_as_number() -> dict[str, str]:
    return named(a="regression")


def count_as_label() -> dict[str, str]:
    return named(b="classification")


def groups_as_classes() -> dict[str, str]:
    return named(c="classification")


def equations_as_data() -> dict[str, str]:
    return named(f="regression")


def same_names(got: Any, other: Any) -> bool:
    """Compare two dictionaries of names, whatever their case."""
    if not isinstance(got, dict):
        return False
    return bool({str(k): str(v).strip().lower() for k, v in got.items()} == other)


def judge_names(arguments: Arguments, got: Any, expected: Any) -> str | None:
    if not isinstance(got, dict) or set(map(str, got)) != set(expected):
        return "expected a dictionary with the keys a to f"
    wrong = [k for k in expected if not same_names({k: got[k]}, {k: expected[k]})]
    return f"task {wrong[0]} has another name" if wrong else None


NAME_THE_TASK = Exercise(
    name="regression.name_the_task",
    page=PAGE,
    task="Name each of the six tasks `classification`, `regression` or `neither`.",
    signature="name_the_task() -> dict",
    reference=right_names,
    inputs=lambda generator: [()],
    tried="the six tasks",
    misconceptions=(
        Misconception(
            "takes a numbered class for a number",
            class_index_as_number,
            "Task a predicts a class. That the classes are numbered does not make it a regression: "
            "fault 3 is not three times fault 1.",
        ),
        Misconception(
            "takes a count for a label",
            count_as_label,
            "Task b predicts a number of cycles: larger and smaller mean something, an error has a "
            "size. It is a regression.",
        ),
        Misconception(
            "takes groups for classes",
            groups_as_classes,
            "Task c has no labels to learn from. Finding groups is clustering, which is not "
            "supervised.",
        ),
        Misconception(
            "takes equations for data",
            equations_as_data,
            "Task f is solved from equations by optimization. There are no data with answers.",
        ),
    ),
    hints=("Is the output a number with a unit, a label, or is no answer given at all?",),
    judge=judge_names,
    alike=same_names,
)

EXERCISES = [HOOKE_MODULUS, PRODUCT_HYPOTHESIS, NAME_THE_TASK]
