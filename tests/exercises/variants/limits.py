"""Correct answers to the exercises on limits, written in other ways."""

from __future__ import annotations

import numpy as np
import torch


def exponents_by_normal_equations(X, y):
    """Centre the logarithms instead of fitting an intercept."""
    A, b = np.log(X.numpy()), np.log(y.numpy())
    A, b = A - A.mean(0), b - b.mean()
    return np.linalg.solve(A.T @ A, A.T @ b)


def flag_by_counting(X_train, x):
    columns = zip(X_train.T.tolist(), x.tolist(), strict=True)
    return not all(min(column) <= value <= max(column) for column, value in columns)


def features_by_augmented_rows(X, y, X_new, m, lam, seed):
    """Ridge as least squares with the rows √λ I below."""
    g = torch.Generator().manual_seed(seed)
    W = torch.randn(m, X.shape[1], generator=g, dtype=X.dtype)
    H = (X @ W.T).clamp(min=0)
    rows = torch.cat([H, lam**0.5 * torch.eye(m, dtype=X.dtype)])
    right = torch.cat([y, torch.zeros(m, dtype=X.dtype)])
    v = torch.linalg.lstsq(rows, right[:, None]).solution
    return ((X_new @ W.T).clamp(min=0) @ v)[:, 0]


VARIANTS = {
    "neural_networks.dimensionless": [exponents_by_normal_equations],
    "neural_networks.extrapolation_flag": [flag_by_counting],
    "neural_networks.random_features": [features_by_augmented_rows],
}
