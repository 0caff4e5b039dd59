"""Correct answers to the exercises on norms and quadratic forms, by other routes."""

import math

import numpy as np
import scipy.linalg
import torch


def vector_norm(v, ord=2):
    """Exact powers of ratios, one number at a time."""
    sizes = [abs(x) for x in v.tolist()]
    largest = max(sizes)
    if largest == 0 or ord == math.inf:
        return largest
    return largest * math.fsum((x / largest) ** ord for x in sizes) ** (1 / ord)


def vector_norm_in_logarithms(v, ord=2):
    if ord == math.inf or not v.any():
        return v.abs().max()
    logarithms = ord * torch.log(v.abs())
    return torch.exp(torch.logsumexp(logarithms, 0) / ord)


def definiteness(A):
    """Count the signs by Sylvester's law on the factors of LDLᵀ."""
    S = (A + A.T).numpy() / 2
    _, D, _ = scipy.linalg.ldl(S / np.abs(S).max())
    values = np.linalg.eigvalsh(D)  # blocks of size 1 and 2
    above, below = (values > 1e-9).any(), (values < -1e-9).any()
    if above and below:
        return "indefinite"
    full = (np.abs(values) > 1e-9).all()
    return ("p" if above else "n") + ("d" if full else "sd")


def bound(K, rel):
    """Ratio of the extreme eigenvalues: K is symmetric and positive definite."""
    values = scipy.linalg.eigvalsh(K.numpy())
    return rel * values[-1] / values[0]


def energy_norm(K, u):
    """Signs of the leading minors decide; the root of the sum over all entries is the norm."""
    for k in range(1, len(K) + 1):
        if torch.linalg.det(K[:k, :k]) <= 1e-12 * K.abs().max() ** k:
            raise torch.linalg.LinAlgError("not positive definite")
    return math.sqrt(torch.einsum("i,ij,j", u, K, u))


def energy_norm_by_library(K, u):
    return torch.linalg.vector_norm(torch.linalg.cholesky(K, upper=True) @ u)


VARIANTS = {
    "linear_algebra.vector_norm": [vector_norm, vector_norm_in_logarithms],
    "linear_algebra.definiteness": [definiteness],
    "linear_algebra.condition": [bound],
    "linear_algebra.energy_norm": [energy_norm, energy_norm_by_library],
}
