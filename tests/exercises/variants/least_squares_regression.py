"""Correct answers to the exercises on least squares (chapter on regression), by other routes."""

import numpy as np
import torch

from companion import optimize


def fit_qr(X, y):
    """Orthonormal columns by modified Gram and Schmidt, twice; then back substitution."""
    p = X.shape[1]
    Q, R = X.clone(), torch.eye(p, dtype=X.dtype)
    for _ in range(2):
        S = torch.zeros(p, p, dtype=X.dtype)
        for j in range(p):
            S[j, j] = Q[:, j].norm()
            Q[:, j] /= S[j, j]
            for k in range(j + 1, p):
                S[j, k] = Q[:, j] @ Q[:, k]
                Q[:, k] -= S[j, k] * Q[:, j]
        R = S @ R
    w, right = torch.zeros(p, dtype=X.dtype), Q.T @ y
    for j in reversed(range(p)):
        w[j] = (right[j] - R[j, j + 1 :] @ w[j + 1 :]) / R[j, j]
    return w


def fit_svd(X, y):
    return np.linalg.lstsq(X.numpy(), y.numpy(), rcond=None)[0]


def gradient(X, y, w):
    w = w.clone().requires_grad_()
    (torch.nn.functional.mse_loss(X @ w, y) / 2).backward()
    return w.grad


def gradient_by_differences(X, y, w):
    """The cost is a quadratic, so central differences have no error of their own."""

    def J(v):
        return sum((y[i] - sum(X[i] * v)) ** 2 for i in range(len(y))) / (2 * len(y))

    return [float(J(w + e) - J(w - e)) / 2 for e in torch.eye(len(w), dtype=w.dtype)]


def gd_line(x, y, w0, lr, max_steps, tol):
    """Two scalars and NumPy."""
    x, y = x.numpy(), y.numpy()
    a, b = w0.tolist()
    history = [[a, b]]
    costs = [np.mean((y - a - b * x) ** 2)]
    for _ in range(max_steps):
        miss = y - a - b * x
        da, db = lr * miss.mean(), lr * (miss * x).mean()
        a, b = a + da, b + db
        history.append([a, b])
        costs.append(np.mean((y - a - b * x) ** 2))
        if np.hypot(da, db) < tol:
            break
    if costs[-1] > costs[0]:
        raise ValueError("diverged")
    return np.array([a, b]), np.array(history)


def gd_line_companion(x, y, w0, lr, max_steps, tol):
    def J(w):
        return ((y - w[0] - w[1] * x) ** 2).mean() / 2

    found = optimize.gradient_descent(J, w0, lr=lr, maxiter=max_steps, gtol=0, xtol=tol)
    if found.fun_history[-1] > found.fun_history[0]:
        raise ValueError("diverged")
    return found.x, found.trajectory


def max_rate(X):
    return 2 * len(X) / torch.linalg.matrix_norm(X, 2) ** 2


def max_rate_by_powers(X):
    """Square a matrix until its columns point along the steepest direction."""
    power = X.T @ X
    for _ in range(40):
        power = power @ power
        power = power / power.norm()
    v = power @ torch.ones(X.shape[1], dtype=X.dtype)
    return 2 * len(X) / ((X @ v).square().sum() / v.square().sum())


def choose(N, p, noisy, limit):
    stored = {"SGD": p, "QR": N * p, "L-BFGS": sum(10 * [p + p])}
    method = "SGD" if noisy else min("QR", "L-BFGS", key=lambda m: m == "QR" and N * p > limit)
    return method, stored[method]


VARIANTS = {
    "regression.fit_qr": [fit_qr, fit_svd],
    "regression.gradient": [gradient, gradient_by_differences],
    "regression.gd_line": [gd_line, gd_line_companion],
    "regression.max_rate": [max_rate, max_rate_by_powers],
    "regression.first_order_or_newton": [choose],
}
