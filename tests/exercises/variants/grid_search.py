"""Correct answers to the exercises on grid search, by other routes."""

import itertools
import math

import numpy as np
import torch
from sklearn.preprocessing import StandardScaler

from companion.models import mlp


def by_logspace(lo, hi, n):
    return torch.logspace(math.log10(lo), math.log10(hi), n, dtype=torch.float64)


def by_products(lo, hi, n):
    ratio = (hi / lo) ** (1 / (n - 1))
    return list(itertools.accumulate([lo] + (n - 1) * [ratio], lambda a, b: a * b))


def walk_through_cells(train, val, test, lambdas):
    """Compare cell by cell, in plain Python."""
    best, where = (-1.0, 0.0), (0, 0)
    for i, row in enumerate(val.tolist()):
        for j, value in enumerate(row):
            if not math.isnan(value) and (value, float(lambdas[i])) > best:
                best, where = (value, float(lambdas[i])), (i, j)
    return where


def rows_from_the_largest_price(train, val, test, lambdas):
    order = np.argsort(-lambdas.numpy())
    i, j = np.unravel_index(np.nanargmax(val.numpy()[order]), val.shape)
    return np.array([order[i], j])


class Deep(torch.nn.Module):
    """A module with a list of layers; the activation is a function."""

    def __init__(self, sizes):
        super().__init__()
        self.layers = torch.nn.ModuleList(
            torch.nn.Linear(n, m).double() for n, m in itertools.pairwise(sizes)
        )

    def forward(self, X):
        for layer in self.layers[:-1]:
            X = layer(X).clamp(min=0)
        return self.layers[-1](X)


def by_the_library(X_train):
    scaler = StandardScaler().fit(X_train.numpy())
    return lambda X: scaler.transform(X.numpy())


def by_squares(X_train):
    mean = X_train.sum(0) / len(X_train)
    variance = ((X_train - mean) ** 2).sum(0) / len(X_train)
    std = variance.sqrt()
    std[std == 0] = 1
    return lambda X: (X - mean) / std


def refit_with_the_library(fit, X, y, X_val, y_val):
    """The validation rows come first: the order of rows does not matter."""
    rows = np.concatenate([X_val, X])
    scaler = StandardScaler().fit(rows)
    scaled = torch.from_numpy(scaler.transform(rows))
    model = fit(scaled, torch.cat([y_val, y]))
    return lambda new: model(torch.from_numpy(scaler.transform(new.numpy())))


VARIANTS = {
    "neural_networks.log_grid": [by_logspace, by_products, np.geomspace],
    "neural_networks.best_cell": [walk_through_cells, rows_from_the_largest_price],
    "neural_networks.depth": [Deep, lambda sizes: mlp(sizes, dtype=torch.float64)],
    "neural_networks.standardize_fit": [by_the_library, by_squares],
    "neural_networks.refit": [refit_with_the_library],
}
