"""Correct answers to the exercises on generalisation, by other routes."""

import numpy as np
import torch
from sklearn.feature_selection import SelectKBest, f_regression
from sklearn.linear_model import LinearRegression
from sklearn.model_selection import LeaveOneOut, cross_val_predict
from sklearn.pipeline import make_pipeline


def train_test_errors(x_train, y_train, x_test, y_test, degrees):
    """Polynomials of NumPy keep the domain of their fit."""
    train, test = [], []
    for degree in degrees:
        curve = np.polynomial.Polynomial.fit(x_train.numpy(), y_train.numpy(), degree)
        for errors, x, y in ((train, x_train, y_train), (test, x_test, y_test)):
            errors.append(np.sqrt(np.mean((y.numpy() - curve(x.numpy())) ** 2)))
    return train, test


def train_test_errors_by_powers(x_train, y_train, x_test, y_test, degrees):
    def table(x, degree):
        return torch.stack([x**k for k in range(degree + 1)], dim=1)

    pairs = []
    for degree in degrees:
        w = torch.linalg.lstsq(table(x_train, degree), y_train).solution
        errors = (y_train - table(x_train, degree) @ w, y_test - table(x_test, degree) @ w)
        pairs.append([torch.sqrt(e.square().mean()) for e in errors])
    return tuple(torch.tensor(pairs, dtype=torch.float64).T)


def repaired(X, y, folds):
    """A pipeline of scikit-learn selects where it fits."""
    model = make_pipeline(SelectKBest(f_regression, k=10), LinearRegression())
    splits = [(train.numpy(), test.numpy()) for train, test in folds]
    return "b", cross_val_predict(model, X.numpy(), y.numpy(), cv=splits)


def kfold_indices(n, k, seed):
    """Deal the shuffled numbers out like cards."""
    order = np.random.default_rng(seed).permutation(n).tolist()
    tests = [order[i::k] for i in range(k)]
    return [([i for i in range(n) if i not in test], test) for test in tests]


def kfold_tensors(n, k, seed):
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    parts = order.tensor_split(k)
    return [(torch.cat(parts[:i] + parts[i + 1 :]), parts[i]) for i in range(k)]


def choose_degree(x, y, degrees, folds):
    errors = []
    for degree in degrees:
        total = 0.0
        for train, test in folds:
            coefficients = np.polyfit(x[train].numpy(), y[train].numpy(), degree)
            misses = y[test].numpy() - np.polyval(coefficients, x[test].numpy())
            total += float(misses @ misses)
        errors.append((total / len(x)) ** 0.5)
    return degrees[int(np.argmin(errors))], errors


def loo(X, y):
    """Refit without each point in turn."""
    residuals = torch.empty_like(y)
    for i in range(len(y)):
        kept = torch.arange(len(y)) != i
        residuals[i] = y[i] - X[i] @ torch.linalg.lstsq(X[kept], y[kept]).solution
    return residuals


def loo_of_sklearn(X, y):
    model = LinearRegression(fit_intercept=False)
    return y.numpy() - cross_val_predict(model, X.numpy(), y.numpy(), cv=LeaveOneOut())


VARIANTS = {
    "regression.train_test_errors": [train_test_errors, train_test_errors_by_powers],
    "regression.find_the_leak": [repaired],
    "regression.kfold_indices": [kfold_indices, kfold_tensors],
    "regression.choose_degree": [choose_degree],
    "regression.loo": [loo, loo_of_sklearn],
}
