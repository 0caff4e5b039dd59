"""Exercises of the page on generalisation: folds, the choice of a degree, leave-one-out."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor

from companion.exercises._inputs import integers, randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.linear_model import LinearRegression
from companion.model_selection import KFold
from companion.preprocessing import LegendreFeatures

PAGE = "05-regression/generalization"
Folds = list[tuple[Any, Any]]


def kfold_indices(n: int, k: int, seed: int) -> Folds:
    return list(KFold(k, shuffle=True, random_state=seed).split(np.empty(n)))


def fresh_draws(n: int, k: int, seed: int) -> Folds:
    order = [np.random.default_rng([seed, fold]).permutation(n) for fold in range(k)]
    return [(drawn[n // k :], drawn[: n // k]) for drawn in order]


def remainder_dropped(n: int, k: int, seed: int) -> Folds:
    order = np.random.default_rng(seed).permutation(n)
    tests = order[: n // k * k].reshape(k, -1)
    return [(np.setdiff1d(order, test), test) for test in tests]


def swapped_parts(n: int, k: int, seed: int) -> Folds:
    return [(test, train) for train, test in kfold_indices(n, k, seed)]


def blocks_in_order(n: int, k: int, seed: int) -> Folds:
    return list(KFold(k).split(np.empty(n)))


def fault(arguments: Arguments, got: Any) -> str | None:
    """Return the first property of k folds that an answer lacks."""
    n, k, _ = arguments
    if len(got) != k:
        return f"there are {len(got)} pairs, expected {k}"
    parts = zip(*got, strict=True)
    trains, tests = ([np.asarray(part, dtype=int) for part in half] for half in parts)
    if is_partition(trains, n) and not is_partition(tests, n):
        return "the training parts are the folds"
    drawn, distinct = sum(map(len, tests)), len(set(np.concatenate(tests).tolist()))
    if distinct < drawn:
        return f"the test folds overlap: {drawn} numbers, {distinct} of them different"
    if not is_partition(tests, n):
        return f"the test folds hold {distinct} of {n} samples"
    sizes = [len(test) for test in tests]
    if max(sizes) - min(sizes) > 1:
        return f"the sizes of the test folds are {sizes}: they may differ by 1"
    for train, test in zip(trains, tests, strict=True):
        if not is_partition([train, test], n):
            return "a training part is not the rest of the samples"
    if all(np.ptp(test) == len(test) - 1 for test in tests):
        return "the folds are blocks of neighbours, not parts of a permutation"
    return None


def is_partition(parts: list[Any], n: int) -> bool:
    """Say whether the parts hold each of the n samples once."""
    return bool(np.array_equal(np.sort(np.concatenate(parts)), np.arange(n)))


def judge_folds(arguments: Arguments, got: Any, expected: Any) -> str | None:
    return fault(arguments, got)


def has_fault(words: str) -> Callable[[Arguments, Any], bool]:
    """Recognise an answer by its first fault: the permutation is free."""
    return lambda arguments, got: words in (fault(arguments, got) or "")


def sizes_and_folds(generator: Generator) -> list[Arguments]:
    seeds = integers(generator, 0, 10_000, 5).tolist()
    pairs = [(17, 3), (23, 4), (29, 5), (40, 5), (int(integers(generator, 6, 12)) * 7 + 4, 7)]
    return [(n, k, seed) for (n, k), seed in zip(pairs, seeds, strict=True)]


KFOLD_INDICES = Exercise(
    name="regression.kfold_indices",
    page=PAGE,
    task="Shuffle the numbers `0` to `n - 1` by the seed and cut them into `k` folds, whose sizes "
    "differ by at most 1. Return `k` pairs of training and test numbers.",
    signature="kfold_indices(n, k, seed) -> list[(train, test)]",
    reference=kfold_indices,
    inputs=sizes_and_folds,
    tried="sizes that k divides and sizes that it does not",
    misconceptions=(
        Misconception(
            "draws each test fold anew",
            fresh_draws,
            "Each fold was drawn afresh, so the folds overlap: some samples are tested twice and "
            "others never. Draw one permutation and cut it into k parts.",
            recognise=has_fault("overlap"),
        ),
        Misconception(
            "drops the remainder",
            remainder_dropped,
            "When k does not divide n, the last n mod k samples are in no test fold. Give the "
            "first folds one sample more.",
            recognise=has_fault("test folds hold"),
        ),
        Misconception(
            "swaps training and test part",
            swapped_parts,
            "The small part comes second: a fold is held out for the test, and the other k - 1 "
            "folds are for training.",
            recognise=has_fault("training parts are"),
        ),
        Misconception(
            "cuts without shuffling",
            blocks_in_order,
            "The folds are blocks of neighbours. Measurements often come in order (of strain, of "
            "time), and then a block that is held out asks for extrapolation: shuffle first.",
            recognise=has_fault("blocks"),
        ),
    ),
    hints=("Split one permutation of the numbers into k parts; each part is a test fold once.",),
    judge=judge_folds,
)


def features(x: Tensor, degree: int) -> Tensor:
    domain = (float(x.min()), float(x.max()))
    table: Tensor = LegendreFeatures(degree, domain).fit_transform(x[:, None])
    return table


def residuals_of(table: Tensor, y: Tensor, fitted: Tensor) -> Tensor:
    model = LinearRegression(fit_intercept=False).fit(table[fitted], y[fitted])
    residuals: Tensor = y - model.predict(table)
    return residuals


def best_of(
    degrees: list[int], folds: Folds, error: Callable[[int, Folds], Any]
) -> tuple[int, Tensor]:
    errors = tensor([float(error(degree, folds)) for degree in degrees])
    return degrees[int(errors.argmin())], errors


def choose_degree(x: Tensor, y: Tensor, degrees: list[int], folds: Folds) -> tuple[int, Tensor]:
    def pooled(degree: int, folds: Folds) -> Tensor:
        table = features(x, degree)
        parts = [residuals_of(table, y, train)[test] for train, test in folds]
        return (torch.cat(parts) ** 2).mean().sqrt()

    return best_of(degrees, folds, pooled)


def training_error(x: Tensor, y: Tensor, degrees: list[int], folds: Folds) -> tuple[int, Tensor]:
    def pooled(degree: int, folds: Folds) -> Tensor:
        table = features(x, degree)
        parts = [residuals_of(table, y, train)[train] for train, _ in folds]
        return (torch.cat(parts) ** 2).mean().sqrt()

    return best_of(degrees, folds, pooled)


def fitted_on_all(x: Tensor, y: Tensor, degrees: list[int], folds: Folds) -> tuple[int, Tensor]:
    everything = torch.cat([test for _, test in folds])

    def pooled(degree: int, folds: Folds) -> Tensor:
        return (residuals_of(features(x, degree), y, everything) ** 2).mean().sqrt()

    return best_of(degrees, folds, pooled)


def folds_swapped(x: Tensor, y: Tensor, degrees: list[int], folds: Folds) -> tuple[int, Tensor]:
    return choose_degree(x, y, degrees, [(test, train) for train, test in folds])


def mean_of_folds(x: Tensor, y: Tensor, degrees: list[int], folds: Folds) -> tuple[int, Tensor]:
    def averaged(degree: int, folds: Folds) -> Tensor:
        table = features(x, degree)
        parts = [residuals_of(table, y, train)[test] for train, test in folds]
        return torch.stack([(part**2).mean().sqrt() for part in parts]).mean()

    return best_of(degrees, folds, averaged)


def hidden_laws(generator: Generator) -> list[Arguments]:
    """Noisy laws of degree 1 to 3; folds of unequal size, the smallest of six points."""
    cases: list[Arguments] = []
    for law, n, k in ((1, 19, 3), (2, 26, 4), (3, 31, 5)):
        x = torch.linspace(0, 2, n, dtype=torch.float64, device="cpu")
        x = x + uniform(generator, -0.02, 0.02, n)
        shape = tensor([1.0, -2.0, 3.0][:law]) + uniform(generator, -0.3, 0.3, law)
        y = features(x, law)[:, 1:] @ shape + 0.3 * randn(generator, n)
        order = torch.randperm(n, generator=generator, device="cpu")
        parts = [part.sort().values for part in order.tensor_split(k)]
        folds = [(torch.cat(parts[:i] + parts[i + 1 :]), parts[i]) for i in range(k)]
        cases.append((x, y, [1, 2, 3, 4], folds))
    return cases


CHOOSE_DEGREE = Exercise(
    name="regression.choose_degree",
    page=PAGE,
    task="Return the polynomial degree with the lowest cross-validation error, and the error of "
    "each degree: the RMSE over all held-out points together (pooled).",
    signature="choose_degree(x, y, degrees, folds) -> (degree, errors)",
    reference=choose_degree,
    inputs=hidden_laws,
    tried="linear, quadratic and cubic laws, folds of unequal size",
    misconceptions=(
        Misconception(
            "returns the training error",
            training_error,
            "These are errors at the training rows of each fold. They fall with every degree, so "
            "this choice is always the largest. Score the rows that were held out.",
        ),
        Misconception(
            "fits to all data and scores the folds",
            fitted_on_all,
            "The weights were fitted to all data before the folds were scored, so no point is "
            "unseen and the largest degree always wins. Fit anew in each fold, to its training "
            "rows.",
        ),
        Misconception(
            "fits to the small part of a fold",
            folds_swapped,
            "Training and test part are swapped: each pair holds the training rows first, and they "
            "are the many.",
        ),
        Misconception(
            "averages the errors of the folds",
            mean_of_folds,
            "This is the mean of the folds' RMSE, the other usual convention. The task asks for "
            "the pooled error: collect one squared error per point, then take one mean and one "
            "root.",
        ),
    ),
    hints=("Each point is held out once: collect one squared error per point for each degree.",),
)


def loo(X: Tensor, y: Tensor) -> Tensor:
    Q: Tensor = torch.linalg.qr(X).Q
    return (y - Q @ (Q.T @ y)) / (1 - (Q**2).sum(1))


def plain_residuals(X: Tensor, y: Tensor) -> Tensor:
    w: Tensor = torch.linalg.pinv(X) @ y
    return y - X @ w


def divided_twice(X: Tensor, y: Tensor) -> Tensor:
    return loo(X, y) ** 2 / plain_residuals(X, y)


def multiplied(X: Tensor, y: Tensor) -> Tensor:
    return plain_residuals(X, y) ** 2 / loo(X, y)


def averaged_diagonal(X: Tensor, y: Tensor) -> Tensor:
    return plain_residuals(X, y) / (1 - X.shape[1] / X.shape[0])


def designs(generator: Generator) -> list[Arguments]:
    """Design matrices with a bias column whose rows have clearly different leverage."""
    cases: list[Arguments] = []
    for n, p in ((6, 2), (12, 4), (30, 5)):
        X = torch.cat([torch.ones(n, 1, dtype=torch.float64), randn(generator, n, p - 1)], dim=1)
        cases.append((X, 2 + randn(generator, n)))
    return cases


LOO = Exercise(
    name="regression.loo",
    page=PAGE,
    task="Return the leave-one-out residuals of least squares from one fit; `X` has its bias "
    "column.",
    signature="loo(X, y) -> Tensor[n]",
    reference=loo,
    inputs=designs,
    tried="lines and planes with 6 to 30 points",
    misconceptions=(
        Misconception(
            "returns the plain residuals",
            plain_residuals,
            "These are the residuals of the fit to all points. The point itself has pulled the fit "
            "towards it; divide by 1 - h, with h the point's entry on the diagonal of the hat "
            "matrix.",
        ),
        Misconception(
            "divides by the square",
            divided_twice,
            "The residual is divided by (1 - h)² here; leaving a point out takes 1 - h, once.",
        ),
        Misconception(
            "multiplies by 1 - h",
            multiplied,
            "Multiplying by 1 - h makes the residual smaller. A fit that has not seen the point "
            "misses it by more, so divide.",
        ),
        Misconception(
            "replaces the diagonal by its mean",
            averaged_diagonal,
            "p/N is the mean of the diagonal. With it you get generalised cross-validation, a "
            "useful approximation, but each point has its own h.",
        ),
    ),
    hints=("The diagonal of the hat matrix: for X = QR its entries are the row sums of Q².",),
)

EXERCISES = [KFOLD_INDICES, CHOOSE_DEGREE, LOO]
