"""Rows of ``companion.model_selection``: scikit-learn for the same ``random_state``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import sklearn.model_selection as library
import torch
from sklearn.linear_model import Ridge
from torch import Tensor

from tests.registry._row import Bad, Call, Row, call, close

X = torch.arange(10.0).reshape(5, 2)
Y = torch.tensor([1.0, 3.0, 2.0, 5.0, 4.0])


def splits(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for n in (5, 12, 23):
        table = torch.randn(n, 2, generator=g, dtype=dtype)
        for k in (2, 3, 5):
            yield call(table, n_splits=k, label=f"{n} {k}")
            yield call(table, n_splits=k, shuffle=True, random_state=n + k, label=f"{n} {k} drawn")
    yield call(table, label="defaults")


def all_folds(found: Any, table: Tensor, **options: Any) -> list[tuple[Tensor, Tensor]]:
    return list(found(**options).split(table))


def library_folds(table: Tensor, **options: Any) -> list[tuple[np.ndarray, np.ndarray]]:
    return list(library.KFold(**options).split(table.numpy()))


def halves(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    table, target = torch.randn(13, 2, generator=g, dtype=dtype), torch.arange(13)
    options: tuple[dict[str, Any], ...] = (
        {},
        {"test_size": 0.4},
        {"test_size": 3},
        {"train_size": 0.7},
        {"train_size": 5},
        {"train_size": 5, "test_size": 2},
        {"train_size": 0.31, "test_size": 0.31},
    )
    for this in options:
        for seed in (0, 7):
            yield call(table, target, random_state=seed, label=f"{this} {seed}", **this)
        yield call(table, target, shuffle=False, label=f"{this} in order", **this)


def library_halves(*tables: Tensor, **options: Any) -> list[np.ndarray]:
    return list(library.train_test_split(*(t.numpy() for t in tables), **options))


def data(g: torch.Generator, dtype: torch.dtype, n: int = 23) -> tuple[Tensor, Tensor]:
    table = torch.randn(n, 3, generator=g, dtype=dtype)
    return table, table[:, 0] - table[:, 1] ** 2 + torch.randn(n, generator=g, dtype=dtype)


def validations(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for cv in (None, 3, library.KFold(4, shuffle=True, random_state=1)):
        yield call(Ridge(), *data(g, dtype), cv=cv, label=str(cv))


def over_alpha(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    values = {"param_name": "alpha", "param_range": [0.01, 1.0, 100.0]}
    for cv in (None, 3):
        yield call(Ridge(), *data(g, dtype), cv=cv, label=str(cv), **values)


def over_size(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    yield call(Ridge(), *data(g, dtype), train_sizes=[0.2, 0.5, 1.0], label="shares")
    yield call(Ridge(), *data(g, dtype), train_sizes=[4, 9], cv=3, label="numbers")
    drawn = {"shuffle": True, "random_state": 4}
    yield call(Ridge(), *data(g, dtype), train_sizes=[0.2, 1.0], label="drawn", **drawn)


def on_arrays(function: Callable[..., Any]) -> Callable[..., Any]:
    def expected(estimator: Any, X: Tensor, y: Tensor, **options: Any) -> Any:
        return function(estimator, X.numpy(), y.numpy(), **options)

    return expected


def numbers(ours: Any, expected: Any, tol: float) -> None:
    """Compare with arrays of the library, which are of another kind and dtype."""
    if isinstance(expected, tuple):
        assert len(ours) == len(expected)
        for mine, theirs in zip(ours, expected, strict=True):
            numbers(mine, theirs, tol)
        return
    mine = torch.as_tensor(ours)
    close(mine, torch.as_tensor(expected).to(mine.dtype), tol)


def parts(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    yield call(*torch.randn(4, 3, generator=g, dtype=dtype))


def fields(ours: Any, expected: Any, tol: float) -> None:
    close(tuple(ours), tuple(expected), tol)
    assert ours._fields == ("bias", "variance", "error", "predictions")


class Constant:
    """An estimator that answers the mean of y, wherever it is asked."""

    def fit(self, X: Any, y: Any) -> Constant:
        self.mean_ = y.mean()
        return self

    def predict(self, x: Any) -> Any:
        return self.mean_ + 0 * x[:, 0]

    def __sklearn_clone__(self) -> Constant:
        return Constant()


def repeats(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    targets = torch.randn(6, 4, generator=g, dtype=dtype)
    x = torch.randn(3, 1, generator=g, dtype=dtype)

    def sample(r: int) -> tuple[Tensor, Tensor]:
        return x, targets[r]

    yield call(Constant(), sample, x, x[:, 0], 6, label="values")
    yield call(Constant(), sample, x, lambda x: x[:, 0] ** 2, n_repeats=6, label="function")


def by_sums(_: Any, sample: Any, x: Tensor, f: Any, n_repeats: int) -> tuple[Tensor, ...]:
    means = [sum(sample(r)[1].tolist()) / 4 for r in range(n_repeats)]
    center = sum(means) / n_repeats
    truth = f(x) if callable(f) else f
    spread = sum((m - center) ** 2 for m in means) / n_repeats
    predictions = x.new_tensor(means)[:, None].expand(n_repeats, len(x))
    bias = center - truth
    return bias, torch.full_like(bias, spread), bias**2 + spread, predictions


def grids(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    yield call({}, label="defaults")
    yield call({"alpha": [0.1]}, label="one")
    yield call({"eta": np.logspace(-3, 0, 4), "alpha": (1, 2), "solver": ["a", None]}, label="dict")
    yield call([{"alpha": range(3)}, {}, {"eta": [1], "bias": [True, False]}], label="list")
    yield call((), label="no grid")


def all_points(found: Any, param_grid: Any) -> tuple[list[dict[str, Any]], list[str], int]:
    """The points by iteration and by index, the order of the names in a point, the length."""
    grid = found(param_grid)
    points = list(grid)
    assert points == list(grid) == [grid[i] for i in range(len(grid))]
    return points, [name for point in points for name in point], len(grid)


GRID = {"eta": [0.1, 1.0], "alpha": [1, 2, 3]}
GRIDS = (
    Bad("number", lambda f: f(1), TypeError, "^param_grid must be a dict or a list .*got int"),
    Bad("text", lambda f: f("ab"), TypeError, "^param_grid must hold dicts, got str"),
    Bad("pairs", lambda f: f([("a", [1])]), TypeError, "^param_grid must hold dicts, got tuple"),
    Bad("name", lambda f: f({1: [1]}), TypeError, "^param_grid must have names as keys, got int"),
    Bad("single", lambda f: f({"a": 1}), TypeError, r"^param_grid\['a'\] must be a list .*got int"),
    Bad("word", lambda f: f({"a": "xy"}), TypeError, r"^param_grid\['a'\] must be .*got str"),
    Bad("set", lambda f: f([{}, {"a": {1}}]), TypeError, r"^param_grid\['a'\] must be .*got set"),
    Bad("tensor", lambda f: f({"a": Y}), TypeError, r"^param_grid\['a'\] must be .*got Tensor"),
    Bad("empty", lambda f: f({"a": []}), ValueError, r"^param_grid\['a'\] must not be empty"),
    Bad("table", lambda f: f({"a": X.numpy()}), ValueError, r"^param_grid\['a'\] .*\(5, 2\)"),
    Bad("beyond", lambda f: f(GRID)[6], IndexError, "index must be at least -6 and below 6, got 6"),
    Bad("before", lambda f: f(GRID)[-7], IndexError, "index must be .*got -7"),
    Bad("no point", lambda f: f([])[0], IndexError, "index must be at least 0 and below 0"),
    Bad("slice", lambda f: f(GRID)[:2], TypeError, "index must be an int, got slice"),
    Bad("half", lambda f: f(GRID)[0.5], TypeError, "index must be an int, got float"),
)
FOLDS = (
    Bad("one", lambda f: f(1), ValueError, "n_splits must be at least 2, got 1"),
    Bad("half", lambda f: f(2.5), TypeError, "n_splits must be an int, got float"),
    Bad("shuffle", lambda f: f(2, shuffle=1), TypeError, "shuffle must be True or False, got 1"),
    Bad("seed", lambda f: f(2, random_state=1), ValueError, "random_state must be None without"),
    Bad("few", lambda f: list(f(6).split(X)), ValueError, "n_splits=6 .* n_samples=5"),
    Bad("lengths", lambda f: list(f(2).split(X, Y[:3])), ValueError, r"inconsistent .*\[5, 3\]"),
)
HALVES = (
    Bad("nothing", lambda f: f(), ValueError, "At least one array"),
    Bad("lengths", lambda f: f(X, Y[:3]), ValueError, r"inconsistent .*\[5, 3\]"),
    Bad("share", lambda f: f(X, test_size=1.0), ValueError, "test_size must be a share .*got 1.0"),
    Bad("number", lambda f: f(X, train_size=5), ValueError, "train_size must be .*got 5"),
    Bad("negative", lambda f: f(X, test_size=-1), ValueError, "test_size must be .*got -1"),
    Bad("text", lambda f: f(X, test_size="1"), TypeError, "test_size must be a float.*got str"),
    Bad("sum", lambda f: f(X, test_size=3, train_size=3), ValueError, "sum of train_size .* = 6"),
    Bad("none left", lambda f: f(X[:1]), ValueError, "the resulting train set will be empty"),
)
SCORES = (
    Bad("no fit", lambda f: run(f, estimator=1), TypeError, "estimator must have a method fit"),
    Bad("scoring", lambda f: run(f, scoring=3), TypeError, "scoring must be callable.*got int"),
    Bad("cv", lambda f: run(f, cv="3"), TypeError, "cv must be an int, splits or None, got str"),
    Bad("lengths", lambda f: run(f, y=Y[:3]), ValueError, r"inconsistent .*\[5, 3\]"),
)


def run(f: Any, **options: Any) -> Any:
    options = {"estimator": Ridge(), "X": X, "y": Y, "cv": 2} | options
    if f.__name__ == "validation_curve":
        options = {"param_name": "alpha", "param_range": [1.0]} | options
    return f(**options)


EXACT = {torch.float64: 0.0, torch.float32: 0.0}
ROUNDED = {torch.float64: 1e-12, torch.float32: 1e-4}
MODULE = "sklearn.model_selection."
ROWS = [
    Row(
        name="model_selection.KFold",
        proof="library",
        mirrors=MODULE + "KFold",
        inputs=splits,
        run=all_folds,
        expected=library_folds,
        tol=EXACT,
        bad=FOLDS,
    ),
    Row(
        name="model_selection.ParameterGrid",
        proof="library",
        mirrors=MODULE + "ParameterGrid",
        inputs=grids,
        run=all_points,
        expected=lambda param_grid: all_points(library.ParameterGrid, param_grid),
        tol=EXACT,
        bad=GRIDS,
        deviation="a negative index counts from the end of the whole list, and has an end",
    ),
    Row(
        name="model_selection.train_test_split",
        proof="library",
        mirrors=MODULE + "train_test_split",
        inputs=halves,
        expected=library_halves,
        tol=EXACT,
        bad=HALVES,
    ),
    Row(
        name="model_selection.cross_val_score",
        proof="library",
        mirrors=MODULE + "cross_val_score",
        inputs=validations,
        expected=on_arrays(library.cross_val_score),
        compare=numbers,
        tol=ROUNDED,
        bad=SCORES,
        deviation="an error in a fit is raised",
    ),
    Row(
        name="model_selection.validation_curve",
        proof="library",
        mirrors=MODULE + "validation_curve",
        inputs=over_alpha,
        expected=on_arrays(library.validation_curve),
        compare=numbers,
        tol=ROUNDED,
        bad=(
            *SCORES,
            Bad("no values", lambda f: run(f, param_range=[]), ValueError, "param_range must not"),
            Bad("name", lambda f: run(f, param_name="beta"), ValueError, "parameter 'beta'"),
        ),
    ),
    Row(
        name="model_selection.learning_curve",
        proof="library",
        mirrors=MODULE + "learning_curve",
        extra=("train_sizes",),  # the same five shares, as a tuple
        inputs=over_size,
        expected=on_arrays(library.learning_curve),
        compare=numbers,
        tol=ROUNDED,
        bad=(
            *SCORES,
            Bad("share", lambda f: run(f, train_sizes=[1.1]), ValueError, r"within \(0, 1\]"),
            Bad("zero", lambda f: run(f, train_sizes=[0.0]), ValueError, r"within \(0, 1\]"),
            Bad("many", lambda f: run(f, train_sizes=[9]), ValueError, r"within \(0, 2\]"),
            Bad("none", lambda f: run(f, train_sizes=[]), ValueError, "train_sizes must be"),
        ),
    ),
    Row(
        name="model_selection.bias_variance",
        proof="closed form",
        inputs=repeats,
        expected=by_sums,
        compare=fields,
        tol={torch.float64: 1e-12, torch.float32: 1e-5},
        bad=(
            Bad("no fit", lambda f: f(1, run, X, Y), TypeError, "estimator must have"),
            Bad("sample", lambda f: f(Ridge(), 1, X, Y), TypeError, "sample must be callable"),
            Bad("none", lambda f: f(Ridge(), run, X, Y, 0), ValueError, "n_repeats must be at"),
            Bad("half", lambda f: f(Ridge(), run, X, Y, 1.5), TypeError, "n_repeats .* float"),
            Bad("truth", lambda f: f(Ridge(), run, X, Y[:2]), ValueError, "f must give one .* 5"),
        ),
    ),
    Row(
        name="model_selection.BiasVariance",
        proof="closed form",
        inputs=parts,
        expected=lambda *given: given,
        compare=fields,
        tol=ROUNDED,
    ),
]
