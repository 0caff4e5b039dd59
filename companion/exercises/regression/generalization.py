"""Exercises of the page on generalisation: two errors, and a leak."""

from __future__ import annotations

from typing import Any

import torch
from torch import Generator, Tensor

from companion.exercises._compare import difference
from companion.exercises._inputs import integers, randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.linear_model import LinearRegression
from companion.metrics import r2_score, root_mean_squared_error
from companion.preprocessing import LegendreFeatures

PAGE = "05-regression/generalization"
Pair = tuple[Tensor, Tensor]
Folds = list[Pair]


def both_errors(xs: Pair, ys: Pair, degrees: list[int], refit: bool = False) -> Pair:
    """Return the RMSE on the first set, which is fitted, and on the second, for each degree."""
    errors: tuple[list[Any], list[Any]] = ([], [])
    for degree in degrees:
        model = LinearRegression(fit_intercept=False)
        for i, (x, y) in enumerate(zip(xs, ys, strict=True)):
            seen = x if refit else xs[0]
            domain = (float(seen.min()), float(seen.max()))
            table = LegendreFeatures(degree, domain).fit_transform(x[:, None])
            if i == 0:
                model.fit(table, y)
            errors[i].append(root_mean_squared_error(y, model.predict(table)))
    return tensor(errors[0]), tensor(errors[1])


def train_test_errors(
    x_train: Tensor, y_train: Tensor, x_test: Tensor, y_test: Tensor, degrees: list[int]
) -> Pair:
    return both_errors((x_train, x_test), (y_train, y_test), degrees)


def divided_by_training_count(
    x_train: Tensor, y_train: Tensor, x_test: Tensor, y_test: Tensor, degrees: list[int]
) -> Pair:
    train, test = train_test_errors(x_train, y_train, x_test, y_test, degrees)
    return train, test * (len(x_test) / len(x_train)) ** 0.5


def domain_of_the_test_set(
    x_train: Tensor, y_train: Tensor, x_test: Tensor, y_test: Tensor, degrees: list[int]
) -> Pair:
    return both_errors((x_train, x_test), (y_train, y_test), degrees, refit=True)


def scored_on_training_data(
    x_train: Tensor, y_train: Tensor, x_test: Tensor, y_test: Tensor, degrees: list[int]
) -> Pair:
    train, _ = train_test_errors(x_train, y_train, x_test, y_test, degrees)
    return train, train.clone()


def factor_two(
    x_train: Tensor, y_train: Tensor, x_test: Tensor, y_test: Tensor, degrees: list[int]
) -> Pair:
    train, test = train_test_errors(x_train, y_train, x_test, y_test, degrees)
    return train * 2**0.5, test * 2**0.5


def two_sets(generator: Generator) -> list[Arguments]:
    """Sets of different sizes; the test points lie well inside the range of the training points."""
    cases: list[Arguments] = []
    for n_train, n_test, top in ((8, 5, 2), (15, 10, 4), (15, 30, 5)):
        x = torch.cat([tensor([0.0, 3.0]), uniform(generator, 0, 3, n_train - 2)])
        x_test = uniform(generator, 0.3, 2.7, n_test)
        y, y_test = (torch.sin(2 * t) + 0.3 * randn(generator, len(t)) for t in (x, x_test))
        cases.append((x, y, x_test, y_test, list(range(1, top + 1))))
    return cases


TRAIN_TEST_ERRORS = Exercise(
    name="regression.train_test_errors",
    page=PAGE,
    task="Fit a polynomial of each degree to the training set by least squares, and return its "
    "RMSE on the training set and on the test set, a tensor of each.",
    signature="train_test_errors(x_train, y_train, x_test, y_test, degrees) -> (train, test)",
    reference=train_test_errors,
    inputs=two_sets,
    tried="test sets that are smaller and larger than the training set",
    misconceptions=(
        Misconception(
            "divides the test errors by the number of training points",
            divided_by_training_count,
            "The mean over the test set divides by the number of test points. Dividing by the "
            "number of training points is a factor of sqrt(10/15) with 10 test and 15 training "
            "points.",
        ),
        Misconception(
            "scales the test points by their own range",
            domain_of_the_test_set,
            "The test points were scaled by their own least and greatest value, so another x is "
            "put into the polynomial than the one that is meant. The map belongs to the model: "
            "learn it from the training set and keep it.",
        ),
        Misconception(
            "scores the training data twice",
            scored_on_training_data,
            "Both errors are those of the training set. The second must be computed from points "
            "that the fit has not seen: same model, other data.",
        ),
        Misconception(
            "puts a factor 2 under the root",
            factor_two,
            "Both errors are sqrt(2) too large: the ½ belongs to the cost of some derivations, "
            "never to the mean of squares. An RMSE is the root of the mean, nothing else.",
        ),
    ),
    hints=("The same map and the same weights, applied to other data.",),
)


def best_columns(X: Tensor, y: Tensor, k: int = 10) -> Tensor:
    """Return the k columns that are most correlated with y."""
    Z = (X - X.mean(0)) / X.std(0)
    return ((y - y.mean()) @ Z).abs().topk(k).indices


def held_out_predictions(X: Tensor, y: Tensor, folds: Folds) -> Tensor:
    """Predict each fold with a fit to the others."""
    predicted = torch.empty_like(y)
    for train, test in folds:
        predicted[test] = LinearRegression().fit(X[train], y[train]).predict(X[test])
    return predicted


def repaired(X: Tensor, y: Tensor, folds: Folds) -> tuple[str, Tensor]:
    predicted = torch.empty_like(y)
    for train, test in folds:
        chosen = best_columns(X[train], y[train])
        model = LinearRegression().fit(X[train][:, chosen], y[train])
        predicted[test] = model.predict(X[test][:, chosen])
    return "B", predicted


def selection_outside(X: Tensor, y: Tensor, folds: Folds) -> tuple[str, Tensor]:
    return "B", held_out_predictions(X[:, best_columns(X, y)], y, folds)


def names_the_scaler(X: Tensor, y: Tensor, folds: Folds) -> tuple[str, Tensor]:
    first = X[:, :10]
    predicted = torch.empty_like(y)
    for train, test in folds:
        mean, std = first[train].mean(0), first[train].std(0)
        model = LinearRegression().fit((first[train] - mean) / std, y[train])
        predicted[test] = model.predict((first[test] - mean) / std)
    return "A", predicted


def names_the_first_columns(X: Tensor, y: Tensor, folds: Folds) -> tuple[str, Tensor]:
    return "C", repaired(X, y, folds)[1]


def selects_on_the_held_out_fold(X: Tensor, y: Tensor, folds: Folds) -> tuple[str, Tensor]:
    predicted = torch.empty_like(y)
    for train, test in folds:
        chosen = best_columns(X[test], y[test])
        model = LinearRegression().fit(X[train][:, chosen], y[train])
        predicted[test] = model.predict(X[test][:, chosen])
    return "B", predicted


def judge_repair(arguments: Arguments, got: Any, expected: Any) -> str | None:
    """Compare name and predictions; a score above 0.1 on pure noise deserves a word."""
    name, predicted = got
    if str(name).strip().upper() != expected[0]:
        return f"pipeline {name} is not the one whose score the leak lifts"
    reason = difference(predicted, expected[1], 1e-8)
    if reason is None:
        return None
    score = float(r2_score(arguments[1], torch.as_tensor(predicted, dtype=torch.float64)))
    if score > 0.1:
        return f"on pure noise, the held-out predictions reach R² = {score:.2f}"
    return f"the predictions are not those of the repaired pipeline: {reason}"


def pure_noise(generator: Generator) -> list[Arguments]:
    """Features and outputs that have nothing to do with each other."""
    cases: list[Arguments] = []
    for n, p, k in ((40, 200, 4), (50, 300, 5), (60, 400, 6)):
        order = torch.randperm(n, generator=generator, device="cpu")
        parts = [part.sort().values for part in order.tensor_split(k)]
        folds = [(torch.cat(parts[:i] + parts[i + 1 :]), parts[i]) for i in range(k)]
        # An offset of y: predictions of the mean alone are recognised at a glance.
        y = int(integers(generator, 1, 9)) + randn(generator, n)
        cases.append((randn(generator, n, p), y, folds))
    return cases


FIND_THE_LEAK = Exercise(
    name="regression.find_the_leak",
    page=PAGE,
    task="One of the pipelines `A`, `B`, `C` finds structure in pure noise. Return its letter, "
    "and the held-out predictions of its repaired version.",
    signature="repaired(X, y, folds) -> (letter, predictions)",
    reference=repaired,
    inputs=pure_noise,
    tried="three tables of pure noise",
    misconceptions=(
        Misconception(
            "names the scaler",
            names_the_scaler,
            "A leaks too, for its means and deviations know the held-out rows, and it deserves "
            "repair. But it never looks at y, and least squares does not notice scales: its score "
            "stays where it was. Look for the pipeline that lets y of the held-out rows in.",
        ),
        Misconception(
            "leaves the selection outside",
            selection_outside,
            "B it is, but the columns are still chosen from all rows: y of the held-out rows has "
            "decided which columns may predict it. Choose anew in each fold, from its training "
            "rows.",
        ),
        Misconception(
            "selects by the held-out rows",
            selects_on_the_held_out_fold,
            "The selection is inside the loop, but it looks at the rows that are held out. All "
            "that is learned, also the choice of columns, is learned from the training rows.",
        ),
        Misconception(
            "names the pipeline that takes the first columns",
            names_the_first_columns,
            "C takes the first ten columns without a look at any row: nothing of the held-out fold "
            "can come in that way.",
        ),
    ),
    hints=("Ask of each pipeline: what did the held-out fold influence?",),
    judge=judge_repair,
)

EXERCISES = [TRAIN_TEST_ERRORS, FIND_THE_LEAK]
