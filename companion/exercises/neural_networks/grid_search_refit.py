"""Exercises of the page on grid search: a scale learned from training rows, and the last fit."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import torch
from torch import Generator, Tensor

from companion.exercises._compare import described, difference
from companion.exercises._inputs import randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "07-neural-networks/grid-search"

Transform = Callable[[Tensor], Tensor]


def standardize_fit(X_train: Tensor) -> Transform:
    mean, std = X_train.mean(0), X_train.std(0, correction=0)
    std = torch.where(std == 0, 1.0, std)
    return lambda X: (X - mean) / std


def refits(X_train: Tensor) -> Transform:
    return lambda X: standardize_fit(X)(X)


def per_sample(X_train: Tensor) -> Transform:
    return lambda X: standardize_fit(X.T)(X.T).T


def divides_by_zero(X_train: Tensor) -> Transform:
    mean, std = X_train.mean(0), X_train.std(0, correction=0)
    return lambda X: (X - mean) / std


def one_less(X_train: Tensor) -> Transform:
    mean, std = X_train.mean(0), X_train.std(0, correction=1)
    std = torch.where(std == 0, 1.0, std)
    return lambda X: (X - mean) / std


def one_scale(X_train: Tensor) -> Transform:
    return lambda X: (X - X_train.mean()) / X_train.std(correction=0)


# Perimeter, compactness, symmetry of a nucleus, and a column that the training rows hold constant.
PROBES = (
    [[101.3, 0.21, 0.19, 3.5], [64.2, 0.07, 0.15, 2.0], [140.8, 0.12, 0.22, 2.5]],
    [[88.0, 0.15, 0.3, 1.0]],
)


def transformed(transform: Any) -> list[Tensor]:
    """Apply the transform to new rows, to several and to a single one."""
    return [transform(tensor(probe)) for probe in PROBES]


def judge_transform(arguments: Arguments, got: Any, expected: Any) -> str | None:
    """Compare the transformed training rows, then new rows."""
    if not callable(got):
        return f"the result is {described(got)}, expected a function of new rows"
    (X_train,) = arguments
    reason = difference(got(X_train.clone()), expected(X_train), 1e-8)
    if reason:
        return f"for the training rows {reason}"
    for mine, theirs in zip(transformed(got), transformed(expected), strict=True):
        reason = difference(mine, theirs, 1e-8)
        if reason:
            return f"for {len(theirs)} new rows {reason}"
    return None


def alike_transforms(got: Any, wrong: Any) -> bool:
    pairs = zip(transformed(got), transformed(wrong), strict=True)
    return all(difference(mine, theirs, 1e-8) is None for mine, theirs in pairs)


def training_rows(generator: Generator) -> list[Arguments]:
    """Few rows with columns of different size; the last column is constant, and exactly so."""
    cases: list[Arguments] = []
    for n in (4, 8, 16):
        columns = [
            92 + 24 * randn(generator, n),
            uniform(generator, 0.05, 0.3, n),
            uniform(generator, 0.1, 0.3, n),
            torch.full((n,), 2.0, dtype=torch.float64),
        ]
        cases.append((torch.stack(columns, 1),))
    return cases


STANDARDIZE_FIT = Exercise(
    name="neural_networks.standardize_fit",
    page=PAGE,
    task="Learn the mean and the standard deviation of each column from the training rows, and "
    "return a function that standardises any rows with these numbers. Divide by the number of "
    "training rows in the variance; a column that is constant is only shifted.",
    signature="standardize_fit(X_train) -> transform",
    reference=standardize_fit,
    inputs=training_rows,
    tried="several and single new rows, one column constant in training",
    misconceptions=(
        Misconception(
            "learns the scale again from the new rows",
            refits,
            "Your function standardises new rows with their own mean. A single row then becomes "
            "all zeros: keep the numbers of the training rows.",
        ),
        Misconception(
            "standardises each sample",
            per_sample,
            "You take mean and deviation along each row. That mixes perimeters with dimensionless "
            "numbers: each column has its own unit, so each column gets its own scale.",
        ),
        Misconception(
            "divides by zero",
            divides_by_zero,
            "A column that is constant in training has deviation 0, and your division gives NaN or "
            "an infinite number. Divide such a column by 1.",
        ),
        Misconception(
            "divides by N - 1",
            one_less,
            "Your deviation divides by N - 1. That corrects an estimate of the variance of a "
            "population; the task, like `StandardScaler`, divides by N.",
        ),
        Misconception(
            "uses one scale for all columns",
            one_scale,
            "You take one mean and one deviation over the whole table. The perimeter then drowns "
            "the small columns: average over the rows only, with dimension 0.",
        ),
    ),
    hints=("Compute mean and deviation outside of the inner function, which remembers them.",),
    judge=judge_transform,
    alike=alike_transforms,
)


@lru_cache(maxsize=1)
def tumours() -> tuple[Tensor, Tensor]:
    """Load the 569 rows of 30 features, and 1 where a tumour is benign."""
    from sklearn.datasets import load_breast_cancer  # only this exercise needs it

    X, y = load_breast_cancer(return_X_y=True)
    return torch.from_numpy(X), torch.from_numpy(y)


@dataclass(frozen=True)
class Trainer:
    """Trains a network with 4 hidden units by 40 full-batch steps; draws nothing by chance."""

    X_test: Tensor
    y_test: Tensor
    __name__ = "fit"

    def __call__(self, X: Tensor, y: Tensor) -> Transform:
        X, target = torch.as_tensor(X), torch.as_tensor(y).to(torch.float64)
        start = torch.arange(4 * X.shape[1], dtype=torch.float64).mul(0.7).sin()
        W, b = start.reshape(4, -1) * 0.3, X.new_zeros(4)
        v, c = tensor([0.5, -0.4, 0.3, -0.2]), X.new_zeros(())
        for _ in range(40):
            a = torch.tanh(X @ W.T + b)
            delta = (torch.sigmoid(a @ v + c) - target) / len(X)
            hidden = delta[:, None] * v * (1 - a * a)
            v, c = v - 2 * a.T @ delta, c - 2 * delta.sum()
            W, b = W - 2 * hidden.T @ X, b - 2 * hidden.sum(0)
        return lambda X: torch.sigmoid(torch.tanh(X @ W.T + b) @ v + c)


def refit(fit: Trainer, X: Tensor, y: Tensor, X_val: Tensor, y_val: Tensor) -> Transform:
    rows, labels = torch.cat([X, X_val]), torch.cat([y, y_val])
    scale = standardize_fit(rows)
    model = fit(scale(rows), labels)
    return lambda X: model(scale(X))


def raw(fit: Trainer, X: Tensor, y: Tensor, X_val: Tensor, y_val: Tensor) -> Transform:
    return fit(torch.cat([X, X_val]), torch.cat([y, y_val]))


def inverted(fit: Trainer, X: Tensor, y: Tensor, X_val: Tensor, y_val: Tensor) -> Transform:
    model = refit(fit, X, y, X_val, y_val)
    return lambda X: 1 - model(X)


def one_part(fit: Trainer, X: Tensor, y: Tensor) -> Transform:
    scale = standardize_fit(X)
    model = fit(scale(X), y)
    return lambda X: model(scale(X))


def raw_new_rows(fit: Trainer, X: Tensor, y: Tensor, X_val: Tensor, y_val: Tensor) -> Transform:
    rows, labels = torch.cat([X, X_val]), torch.cat([y, y_val])
    return fit(standardize_fit(rows)(rows), labels)


def old_scale(fit: Trainer, X: Tensor, y: Tensor, X_val: Tensor, y_val: Tensor) -> Transform:
    scale = standardize_fit(X)
    model = fit(scale(torch.cat([X, X_val])), torch.cat([y, y_val]))
    return lambda X: model(scale(X))


def judge_refit(arguments: Arguments, got: Any, expected: Any) -> str | None:
    """Compare the probabilities of the test rows, and say how many are classified rightly."""
    if not callable(got):
        return f"the result is {described(got)}, expected a function of new rows"
    fit = arguments[0]
    mine, theirs = got(fit.X_test.clone()), expected(fit.X_test)
    reason = difference(mine, theirs, 1e-6)
    if reason is None:
        return None
    if tuple(torch.as_tensor(mine).shape) != tuple(theirs.shape):
        return reason
    hits = [
        float(((torch.as_tensor(p) >= 0.5) == (fit.y_test == 1)).double().mean())
        for p in (mine, theirs)
    ]
    return f"on the test rows {reason}: accuracy {hits[0]:.3f}, expected {hits[1]:.3f}"


def alike_predictors(got: Any, wrong: Any) -> bool:
    X, _ = tumours()
    return difference(got(X.clone()), wrong(X), 1e-6) is None


def splits(generator: Generator) -> list[Arguments]:
    """Three splits of the tumours, with the same share of classes in each part."""
    X, y = tumours()
    cases: list[Arguments] = []
    for _ in range(3):
        parts: list[list[Tensor]] = [[], [], []]
        for label in (0, 1):
            members = (y == label).nonzero()[:, 0]
            members = members[torch.randperm(len(members), generator=generator)]
            fifth = len(members) // 5
            sizes = [len(members) - 2 * fifth, fifth, fifth]
            for part, piece in zip(parts, torch.split(members, sizes), strict=True):
                part.append(piece)
        train, val, test = (torch.cat(part) for part in parts)
        cases.append((Trainer(X[test], y[test]), X[train], y[train], X[val], y[val]))
    return cases


REFIT = Exercise(
    name="neural_networks.refit",
    page=PAGE,
    task="The search is over. Use `fit`, which trains the chosen network, on all rows that are not "
    "test rows, and return a function that maps new raw rows to the probability of class 1. "
    "Standardise with the mean and the deviation of the rows that you fit on. "
    "`fit(X, y)` returns a function from standardised rows to that probability.",
    signature="refit(fit, X, y, X_val, y_val) -> predict",
    reference=refit,
    inputs=splits,
    tried="three stratified splits of the tumours",
    misconceptions=(
        Misconception(
            "trains on raw features",
            raw,
            "Your network saw raw features: areas of a thousand beside compactnesses of a tenth "
            "saturate its units in the first step. Standardise before `fit`.",
        ),
        Misconception(
            "inverts the coding of the classes",
            inverted,
            "Your probabilities are 1 - a: class 1 is benign in these data, and the model already "
            "gives the probability of class 1.",
        ),
        Misconception(
            "fits on the validation part only",
            lambda fit, X, y, X_val, y_val: one_part(fit, X_val, y_val),
            "Your network was trained on the validation part alone, a quarter of the rows that it "
            "could have had. After the choice all rows but the test rows may teach.",
        ),
        Misconception(
            "fits on the training part only",
            lambda fit, X, y, X_val, y_val: one_part(fit, X, y),
            "The validation part has done its work, the choice, and you leave it aside. A refit "
            "uses it together with the training part.",
        ),
        Misconception(
            "forgets the scale of new rows",
            raw_new_rows,
            "You standardise before `fit`, but new rows reach the network raw. The scale is part "
            "of the model: apply it in the function that you return.",
        ),
        Misconception(
            "keeps the scale of the training part",
            old_scale,
            "You fit on both parts, but standardise with the numbers of the training part. That "
            "does little harm; a refit learns the scale from the same rows as the weights.",
        ),
    ),
    hints=("Put both parts together, standardise, fit, and return both steps as one function.",),
    judge=judge_refit,
    alike=alike_predictors,
)

EXERCISES = [STANDARDIZE_FIT, REFIT]
