"""Correct answers to the exercises on linear systems, by other routes."""

import numpy as np
import scipy.linalg
import torch


def combine(vectors, alpha):
    """Add multiples one after the other."""
    total = torch.zeros_like(vectors[0])
    for vector, factor in zip(vectors, alpha, strict=True):
        total = total + factor * vector
    return total


def combine_einsum(vectors, alpha):
    return np.einsum("ij,i->j", np.array([v.numpy() for v in vectors]), alpha.numpy())


def solvable_by_rank(A, b, tol=1e-10):
    """Compare the rank with that of the extended matrix."""
    extended = torch.cat([A, b[:, None]], dim=1)
    ranks = [torch.linalg.matrix_rank(M, rtol=tol) for M in (A, extended)]
    return bool(ranks[0] == ranks[1])


def solvable_by_left_null_space(A, b, tol=1e-10):
    """Solvable if b is perpendicular to everything in the left null space."""
    left = scipy.linalg.null_space(A.numpy().T)
    return bool(np.linalg.norm(left.T @ b.numpy()) <= tol * max(np.linalg.norm(b), 1))


def solve_by_gauss_jordan(A, b):
    """Eliminate above and below, in NumPy, on the extended matrix."""
    M = np.column_stack([A.numpy(), b.numpy()])
    for j in range(len(M)):
        pivot = max(range(j, len(M)), key=lambda i: abs(M[i, j]))
        if M[pivot, j] == 0:
            raise torch.linalg.LinAlgError("singular")
        M[[j, pivot]] = M[[pivot, j]]
        M[j] /= M[j, j]
        for i in range(len(M)):
            if i != j:
                M[i] -= M[i, j] * M[j]
    return M[:, -1]


def solve_by_inverse(A, b):
    """Passes, although nobody should do it."""
    return torch.linalg.inv(A) @ b


def modes_about_origin(nodes):
    """Loops, another order, another centre and other lengths."""
    columns = np.zeros((2 * len(nodes), 3))
    for i, (x, y) in enumerate(nodes.tolist()):
        columns[2 * i] = -7 * y, 1, 1
        columns[2 * i + 1] = 7 * x, -1, 1
    return columns


def modes_from_stiffness(nodes):
    """The null space of the bars between any two nodes."""
    n = len(nodes)
    rows = []
    for i in range(n):
        for j in range(i):
            row = np.zeros(2 * n)
            row[2 * i : 2 * i + 2] = nodes[i] - nodes[j]
            row[2 * j : 2 * j + 2] = nodes[j] - nodes[i]
            rows.append(row)
    return scipy.linalg.null_space(np.array(rows))


def supports():
    """Pinned at the lower right, roller at the upper left that moves vertically."""
    return np.array([6, 3, 2])


def supports_tuple():
    return (1, 3, 4)


VARIANTS = {
    "linear_algebra.combine": [combine, combine_einsum],
    "linear_algebra.in_column_space": [solvable_by_rank, solvable_by_left_null_space],
    "linear_algebra.lu_solve": [solve_by_gauss_jordan, solve_by_inverse],
    "linear_algebra.rigid_body_modes": [modes_about_origin, modes_from_stiffness],
    "linear_algebra.supports": [supports, supports_tuple],
}
