"""Correct answers to the exercises on the singular value decomposition, by other routes."""

import numpy as np
import scipy.linalg
import torch


def low_rank(A, k):
    """Project on the leading eigenvectors of AᵀA."""
    _, vectors = torch.linalg.eigh(A.T @ A)
    V = vectors[:, -k:]
    return A @ V @ V.T


def low_rank_sum(A, k):
    U, s, Vh = np.linalg.svd(A.numpy())
    return sum(s[i] * np.outer(U[:, i], Vh[i]) for i in range(k))


def max_terms(m, n):
    return int(torch.linalg.matrix_rank(torch.rand(m, n, dtype=torch.float64)))


def choose_k(s, tol):
    """Try one cutoff after the other."""
    for k in range(len(s) + 1):
        if np.sqrt((s[k:].numpy() ** 2).sum() / (s.numpy() ** 2).sum()) <= tol:
            return k
    raise AssertionError


def to_uint8(x):
    return np.uint8(np.rint(np.clip(x.numpy(), 0, 1) * 255))


def pod(X, k):
    """Eigenvectors of the spatial correlation matrix; coefficients by projection."""
    _, vectors = torch.linalg.eigh(X.T @ X)
    modes = vectors[:, -k:].T
    return modes, X @ modes.T


def polar(F):
    return scipy.linalg.polar(F.numpy())


VARIANTS = {
    "linear_algebra.low_rank": [low_rank, low_rank_sum],
    "linear_algebra.rank_one_terms": [max_terms],
    "linear_algebra.how_many_values": [choose_k],
    "linear_algebra.to_uint8": [to_uint8],
    "linear_algebra.pod": [pod],
    "linear_algebra.polar_rotation": [polar],
}
