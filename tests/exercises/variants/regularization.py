"""Correct answers to the exercises on regularisation, by other routes."""

import numpy as np
import scipy.optimize
import sklearn.linear_model
import torch
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler


def ridge_by_identity(X, y, lam):
    """Normal equations with a zero in the first diagonal entry."""
    free = torch.eye(X.shape[1], dtype=X.dtype)
    free[0, 0] = 0
    return torch.linalg.solve(X.T @ X + lam * free, X.T @ y)


def ridge_by_rows(X, y, lam):
    """Least squares with appended rows."""
    rows = np.sqrt(lam) * np.eye(X.shape[1])[1:]
    table = np.vstack([X.numpy(), rows])
    return np.linalg.lstsq(table, np.append(y.numpy(), np.zeros(len(rows))), rcond=None)[0]


def ridge_in_a_pipeline(X, y, X_new, lam):
    model = make_pipeline(StandardScaler(), sklearn.linear_model.Ridge(lam))
    return model.fit(X.numpy(), y.numpy()).predict(X_new.numpy())


def price_by_variance(X, y, X_new, lam):
    """Leave the features alone and scale the price of each weight instead."""
    centred = X - X.mean(0)
    prices = lam * torch.diag(X.var(0, correction=0))
    w = torch.linalg.solve(centred.T @ centred + prices, centred.T @ (y - y.mean()))
    return y.mean() + (X_new - X.mean(0)) @ w


def trace_of_the_hat_matrix(X, lam):
    with_bias = torch.cat([torch.ones(len(X), 1, dtype=X.dtype), X], dim=1)
    prices = torch.full((with_bias.shape[1],), float(lam), dtype=X.dtype)
    prices[0] = 0
    inverse = torch.linalg.inv(with_bias.T @ with_bias + torch.diag(prices))
    return float(torch.trace(with_bias @ inverse @ with_bias.T))


def softshrink(x, t):
    return torch.nn.functional.softshrink(x, t)


def by_clamping(x, t):
    """What is left after the part within the threshold is taken away."""
    return x - x.clamp(-t, t)


def lasso_of_the_library(X, y, alpha):
    model = sklearn.linear_model.Lasso(alpha, fit_intercept=False, tol=1e-12, max_iter=50_000)
    return model.fit(X.numpy(), y.numpy()).coef_


def plain_sweeps(X, y, alpha):
    n, w = len(X), torch.zeros(X.shape[1], dtype=X.dtype)
    for _ in range(300):
        for j in range(len(w)):
            w[j] = 0
            pull = X[:, j] @ (y - X @ w) / n
            w[j] = pull.sign() * max(abs(pull) - alpha, 0) / (X[:, j] @ X[:, j] / n)
    return w


def split_signs(X, y, alpha):
    """A bounded quadratic problem: positive and negative parts of each weight."""
    X, y = X.numpy(), y.numpy()
    both = np.hstack([X, -X])

    def cost(parts):
        residual = y - both @ parts
        value = residual @ residual / (2 * len(y)) + alpha * parts.sum()
        return value, -both.T @ residual / len(y) + alpha

    start = np.full(both.shape[1], 0.1)
    found = scipy.optimize.minimize(
        cost,
        start,
        jac=True,
        bounds=[(0, None)] * len(start),
        options={"ftol": 1e-16, "gtol": 1e-11, "maxiter": 5000},
    )
    parts = found.x * (found.x > 1e-9)
    return parts[: X.shape[1]] - parts[X.shape[1] :]


def best_subset(library, F, names):
    """Try all sets of up to four columns; each further column must pay for itself."""
    Z = (library - library.mean(0)) / library.std(0)
    force = (F - F.mean()) / F.std()
    best = None
    for size in range(1, 5):
        for terms in torch.combinations(torch.arange(9), size):
            w = torch.linalg.lstsq(Z[:, terms], force[:, None]).solution
            error = (force[:, None] - Z[:, terms] @ w).square().sum()
            score = 200 * torch.log(error / 200) + 30 * size
            if best is None or score < best[0]:
                best = (score, terms)
    return [names[j] for j in best[1].tolist()]


def lasso_then_threshold(library, F, names):
    Z = (library - library.mean(0)).numpy() / library.std(0).numpy()
    force = (F - F.mean()).numpy() / float(F.std())
    model = sklearn.linear_model.Lasso(0.001, tol=1e-6, max_iter=5000).fit(Z, force)
    return {name for name, w in zip(names, model.coef_, strict=True) if abs(w) > 0.06}


VARIANTS = {
    "regression.ridge": [ridge_by_identity, ridge_by_rows],
    "regression.ridge_units": [ridge_in_a_pipeline, price_by_variance],
    "regression.effective_dof": [trace_of_the_hat_matrix],
    "regression.soft_threshold": [softshrink, by_clamping],
    "regression.lasso_cd": [lasso_of_the_library, plain_sweeps, split_signs],
    "regression.sparse_force_law": [best_subset, lasso_then_threshold],
}
