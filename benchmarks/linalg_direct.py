"""Cholesky, LU and QR against the same algorithms on Python lists, and the library's distance."""

from __future__ import annotations

from collections.abc import Callable
from math import copysign, sqrt

import torch

from benchmarks._case import Case
from companion.linalg import cholesky, inv, lstsq, lu, qr, solve

Rows = list[list[float]]


def list_cholesky(A: Rows) -> Rows:
    """Column by column, each entry by a loop over the columns before it."""
    n = len(A)
    L = [[0.0] * n for _ in range(n)]
    for j in range(n):
        for i in range(j, n):
            total = A[i][j]
            for k in range(j):
                total -= L[i][k] * L[j][k]
            L[i][j] = sqrt(total) if i == j else total / L[j][j]
    return L


def list_lu(A: Rows) -> tuple[Rows, list[int]]:
    """Three loops with partial pivoting; L below and U on and above the diagonal."""
    n = len(A)
    W, order = [list(row) for row in A], list(range(n))
    for j in range(n):
        p = max(range(j, n), key=lambda i, j=j: abs(W[i][j]))
        W[j], W[p] = W[p], W[j]
        order[j], order[p] = order[p], order[j]
        for i in range(j + 1, n):
            factor = W[i][j] / W[j][j]
            W[i][j] = factor
            for k in range(j + 1, n):
                W[i][k] -= factor * W[j][k]
    return W, order


def list_qr(A: Rows) -> tuple[Rows, Rows]:
    """Householder reflections applied to R row by row and to Q column by column."""
    n = len(A)
    R = [list(row) for row in A]
    Q = [[float(i == j) for j in range(n)] for i in range(n)]
    for j in range(n - 1):
        length = sqrt(sum(R[i][j] ** 2 for i in range(j, n)))
        v = [R[i][j] for i in range(j, n)]
        v[0] += copysign(length, v[0])
        square = sum(entry * entry for entry in v)
        for k in range(j, n):
            dot = 0.0
            for i in range(j, n):
                dot += v[i - j] * R[i][k]
            factor = 2.0 * dot / square
            for i in range(j, n):
                R[i][k] -= factor * v[i - j]
        for i in range(n):
            dot = 0.0
            for k in range(j, n):
                dot += v[k - j] * Q[i][k]
            factor = 2.0 * dot / square
            for k in range(j, n):
                Q[i][k] -= factor * v[k - j]
    return Q, R


def against_lists(n: int, generator: torch.Generator) -> list[Case]:
    """The promise of the page: at n = 200 the vectorised loops are 5, 15 and 30 times faster."""
    A = torch.randn(n, n, generator=generator, dtype=torch.float64)
    K = A @ A.mT + n * torch.eye(n, dtype=A.dtype)
    a, k = A.tolist(), K.tolist()

    def case(name: str, ours: Callable[[], object], lists: Callable[[], object], goal: int) -> Case:
        return Case(family="linalg", name=name, size=f"{n} x {n}", peer="loops over lists",
                    ours=ours, theirs=lists, goal=float(goal))  # fmt: skip

    return [
        case("cholesky", lambda: cholesky(K), lambda: list_cholesky(k), 5),
        case("lu", lambda: lu(A), lambda: list_lu(a), 15),
        case("qr", lambda: qr(A), lambda: list_qr(a), 30),
    ]


def against_torch(n: int, batch: int, generator: torch.Generator) -> list[Case]:
    """The distance to the library; it has no goal, the library uses blocked Fortran."""
    A = torch.randn(batch, n, n, generator=generator, dtype=torch.float64)
    A = A.squeeze(0)
    K = A @ A.mT + n * torch.eye(n, dtype=A.dtype)
    B = torch.randn(n, 3, generator=generator, dtype=torch.float64)
    pairs: dict[str, tuple[Callable[[], object], Callable[[], object]]] = {
        "cholesky": (lambda: cholesky(K), lambda: torch.linalg.cholesky(K)),
        "lu": (lambda: lu(A), lambda: torch.linalg.lu(A)),
        "qr": (lambda: qr(A), lambda: torch.linalg.qr(A)),
        "solve": (lambda: solve(A, B), lambda: torch.linalg.solve(A, B)),
        "inv": (lambda: inv(A), lambda: torch.linalg.inv(A)),
    }
    size = f"{n} x {n}" if batch == 1 else f"{batch} of {n} x {n}"
    return [
        Case(family="linalg", name=name, size=size, peer="torch.linalg", ours=ours, theirs=theirs)
        for name, (ours, theirs) in pairs.items()
    ]


def lstsq_case(m: int, n: int, generator: torch.Generator) -> Case:
    """A regression: many rows, few columns."""
    A = torch.randn(m, n, generator=generator, dtype=torch.float64)
    b = torch.randn(m, generator=generator, dtype=torch.float64)
    return Case(
        family="linalg",
        name="lstsq",
        size=f"{m} x {n}",
        peer="torch.linalg, gelsd",
        ours=lambda: lstsq(A, b),
        theirs=lambda: torch.linalg.lstsq(A, b, driver="gelsd"),
    )


def cases() -> list[Case]:
    """Draw the data and return the comparisons of this family."""
    generator = torch.Generator().manual_seed(0)
    found = against_lists(200, generator)
    found += against_torch(200, 1, generator) + against_torch(8, 256, generator)
    return [*found, lstsq_case(5000, 20, generator)]
