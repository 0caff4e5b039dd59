"""What the page on grid search says about chance, over three seeds and without its batched code."""

from __future__ import annotations

import itertools
import math
from functools import lru_cache

import numpy as np
import pytest
import torch
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.preprocessing import StandardScaler
from torch import Generator, Tensor

from companion import autograd
from companion.exercises.neural_networks import grid_search_refit

Params = list[tuple[Tensor, Tensor]]
SEEDS = [0, 1, 2]
FOUR, THIRTY = (1, 2, 5, 8), tuple(range(30))


def start(sizes: list[int], generator: Generator) -> Params:
    params = []
    for n, m in itertools.pairwise(sizes):
        uniform = torch.rand(m, n, generator=generator, dtype=torch.float64)
        bound = math.sqrt(6 / (n + m))
        params.append((bound * (2 * uniform - 1), torch.zeros(m, dtype=torch.float64)))
    return params


def accuracy(params: Params, X: Tensor, y: Tensor, f: str) -> float:
    z = autograd.backprop(params, X, y, activation=f).z[-1]
    return float((z.argmax(1) == y).double().mean()) if bool(z.isfinite().all()) else math.nan


@lru_cache
def digits(seed: int) -> tuple[Tensor, Tensor, Tensor, Tensor]:
    X, y = (torch.from_numpy(part) for part in load_digits(return_X_y=True))
    rest, _ = train_test_split(np.arange(len(y)), test_size=360, random_state=seed)
    train, val = train_test_split(rest, test_size=360, random_state=seed)
    return X[train] / 16, y[train], X[val] / 16, y[val]


def digits_cell(seed: int, lr: float, price: float, sizes: tuple[int, ...] = (64, 50, 10)) -> float:
    X, y, X_val, y_val = digits(seed)
    generator = torch.Generator().manual_seed(seed)
    params = start(list(sizes), generator)
    for _ in range(20):
        autograd.sgd_epoch(params, X, y, lr, 32, weight_decay=price, generator=generator)
    return accuracy(params, X_val, y_val, "sigmoid")


@pytest.mark.parametrize("seed", SEEDS)
def test_regions_of_the_digits_map(seed: int) -> None:
    assert digits_cell(seed, 1e-3, 1e-5) <= 0.25
    assert 0.45 <= digits_cell(seed, 1e-2, 1e-5) <= 0.7
    assert 0.83 <= digits_cell(seed, 0.1, 1e-5) <= 0.92
    assert digits_cell(seed, 1.0, 1e-5) >= 0.94
    assert digits_cell(seed, 1.0, 1e-3) >= 0.93
    assert 0.65 <= digits_cell(seed, 1.0, 1e-2) <= 0.93
    assert digits_cell(seed, 1.0, 0.1) <= 0.15
    assert math.isnan(digits_cell(seed, 10.0, 1.0))


@pytest.mark.parametrize("seed", SEEDS)
def test_second_sigmoid_layer_makes_small_rates_slower(seed: int) -> None:
    for rate in (1e-2, 0.1):
        deep = digits_cell(seed, rate, 1e-5, (64, 100, 50, 10))
        assert deep < digits_cell(seed, rate, 1e-5) - 0.1
    assert digits_cell(seed, 1.0, 1e-5, (64, 100, 50, 10)) >= 0.9


def summed(seed: int, lr: float, *, naive: bool = False) -> float:
    """Train with gradients that are summed over the batch; softmax in the naive form if asked."""
    X, y, X_val, y_val = digits(seed)
    generator = torch.Generator().manual_seed(seed)
    (W, b), (V, c) = start([64, 50, 10], generator)
    Y = torch.eye(10, dtype=torch.float64)[y]
    for _ in range(20):
        for rows in torch.randperm(len(y), generator=generator).split(32):  # type: ignore[no-untyped-call]
            a = torch.sigmoid(X[rows] @ W.T + b)
            z = a @ V.T + c
            e = z.exp()
            delta = (e / e.sum(1, keepdim=True) if naive else z.softmax(1)) - Y[rows]
            hidden = (delta @ V) * a * (1 - a)
            V, c = V - lr * (delta.T @ a + 1e-5 * V), c - lr * delta.sum(0)
            W, b = W - lr * (hidden.T @ X[rows] + 1e-5 * W), b - lr * hidden.sum(0)
    return accuracy([(W, b), (V, c)], X_val, y_val, "sigmoid")


@pytest.mark.parametrize("seed", SEEDS)
def test_summed_gradients_move_the_good_band_by_the_batch_size(seed: int) -> None:
    assert summed(seed, 1e-2) >= 0.92
    assert summed(seed, 0.1) >= 0.94
    assert summed(seed, 1.0) <= 0.3
    assert summed(seed, 1e-2) == pytest.approx(digits_cell(seed, 0.32, 1e-5 / 32), abs=0.02)


@pytest.mark.parametrize("seed", SEEDS)
def test_naive_softmax_of_summed_gradients_leaves_the_numbers(seed: int) -> None:
    assert math.isnan(summed(seed, 10.0, naive=True))
    assert not math.isnan(summed(seed, 10.0))


@lru_cache
def tumours(seed: int, columns: tuple[int, ...], scaled: bool) -> tuple[Tensor, ...]:
    X, y = load_breast_cancer(return_X_y=True)
    rest, val = train_test_split(np.arange(569), test_size=114, stratify=y, random_state=seed)
    train, _ = train_test_split(rest, test_size=114, stratify=y[rest], random_state=seed)
    if scaled:
        X = StandardScaler().fit(X[train]).transform(X)
    X = X[:, list(columns)]
    return tuple(torch.from_numpy(part) for part in (X[train], y[train], X[val], y[val]))


@lru_cache
def tumours_cell(seed: int, columns: tuple[int, ...], scaled: bool, n: int, lr: float) -> float:
    X, y, X_val, y_val = tumours(seed, columns, scaled)
    generator = torch.Generator().manual_seed(seed)
    params = start([len(columns), n, n, 2], generator)
    for _ in range(60):
        autograd.sgd_epoch(
            params, X, y, lr, 32, activation="relu", weight_decay=0.01, generator=generator
        )
    return accuracy(params, X_val, y_val, "relu")


def tumours_map(seed: int, columns: tuple[int, ...], scaled: bool) -> np.ndarray:
    rates = (1e-3, 1e-2, 0.1)
    return np.array([[tumours_cell(seed, columns, scaled, n, r) for r in rates] for n in (10, 100)])


@pytest.mark.parametrize("seed", SEEDS)
def test_standardised_features_learn_and_raw_ones_stay_at_the_majority(seed: int) -> None:
    assert tumours_cell(seed, THIRTY, True, 100, 0.1) >= 0.95
    assert tumours_map(seed, FOUR, True)[:, 1:].min() >= 0.90
    narrow = [tumours_cell(seed, c, False, 1, r) for c in (FOUR, THIRTY) for r in (1e-3, 1e-2, 0.1)]
    raw = [*narrow, *tumours_map(seed, FOUR, False).flat, *tumours_map(seed, THIRTY, False).flat]
    assert np.isclose(raw, 72 / 114).sum() > 9


@pytest.mark.parametrize("seed", SEEDS)
def test_logistic_regression_is_hard_to_beat(seed: int) -> None:
    for columns, low, high in ((FOUR, 0.88, 0.96), (THIRTY, 0.96, 1.0)):
        X, y, X_val, y_val = (part.numpy() for part in tumours(seed, columns, True))
        line = LogisticRegression(max_iter=1000).fit(X, y).score(X_val, y_val)
        assert low <= line <= high
        best = float(tumours_map(seed, columns, True).max())
        assert best - line < 2 * math.sqrt(line * (1 - line) / 114)


def test_width_one_usually_stays_at_the_majority_or_below() -> None:
    cells = [
        tumours_cell(seed, columns, scaled, 1, rate)
        for seed in SEEDS
        for columns in (FOUR, THIRTY)
        for scaled in (False, True)
        for rate in (1e-3, 1e-2, 0.1)
    ]
    assert np.mean(np.array(cells) <= 72 / 114 + 1e-12) > 0.5


@pytest.mark.parametrize("seed", range(5))
def test_refit_reaches_its_goal_on_the_mean_of_three_splits(seed: int) -> None:
    tested = []
    for fit, *parts in grid_search_refit.splits(torch.Generator().manual_seed(seed)):
        a = grid_search_refit.refit(fit, *parts)(fit.X_test)
        tested.append(float(((a >= 0.5) == (fit.y_test == 1)).double().mean()))
    assert np.mean(tested) >= 0.95
