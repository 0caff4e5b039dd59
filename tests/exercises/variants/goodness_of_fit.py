"""Correct answers to the exercises on the goodness of a fit, by other routes."""

import numpy as np
import scipy.optimize
import sklearn.metrics


def r2(y, y_hat):
    return sklearn.metrics.r2_score(y.numpy(), y_hat.numpy())


def r2_by_variance(y, y_hat):
    """Mean squared error against the variance without correction."""
    return float(1 - ((y - y_hat) ** 2).mean() / y.var(correction=0))


def rmse(y, y_hat):
    total = 0.0
    for a, b in zip(y.tolist(), y_hat.tolist(), strict=True):
        total += (a - b) ** 2
    return (total / len(y)) ** 0.5


def rmse_by_norm(y, y_hat):
    return float(np.linalg.norm(y.numpy() - y_hat.numpy()) / np.sqrt(len(y)))


def sums_of_squares(y, y_hat):
    """Norms of the three sides of the triangle."""
    a, b = y.numpy(), y_hat.numpy()
    sides = [np.linalg.norm(v) ** 2 for v in (a - a.mean(), a - b, b - a.mean())]
    return (*sides, bool(np.isclose(sides[0], sides[1] + sides[2], rtol=1e-8)))


def stiffness(u, F):
    """The slope with the least sum of absolute errors, among the lines through one reading."""
    slopes = (F[1:] / u[1:]).tolist()
    return min(slopes, key=lambda k: float((F - k * u).abs().sum()))


def stiffness_by_search(u, F):
    def cost(k):
        return float((F - k * u).abs().sum())

    return scipy.optimize.minimize_scalar(cost, bounds=(0, 1000), method="bounded").x


VARIANTS = {
    "regression.r2": [r2, r2_by_variance],
    "regression.rmse": [rmse, rmse_by_norm],
    "regression.sums_of_squares": [sums_of_squares],
    "regression.spring_outlier": [stiffness, stiffness_by_search],
}
