"""Singular values and eigenvalues: power iteration, Jacobi rotations one by one and all at once."""

from __future__ import annotations

import torch
from scipy.sparse.linalg import eigsh
from torch import Tensor

from benchmarks._case import Case
from companion.linalg import eigh, power_iteration, svd


def pair_by_pair_svd(A: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """One-sided Jacobi as in a textbook: the pairs of columns one after the other."""
    m, n = A.shape
    W = torch.cat([A.mT, torch.eye(n, dtype=A.dtype, device=A.device)], dim=1)
    tolerance = m**0.5 * torch.finfo(A.dtype).eps
    rotated = True
    while rotated:
        rotated = False
        for i in range(n - 1):
            for j in range(i + 1, n):
                p, q = W[i], W[j]
                alpha, beta = p[:m].dot(p[:m]), q[:m].dot(q[:m])
                gamma = p[:m].dot(q[:m])
                if gamma.abs() <= tolerance * (alpha * beta).sqrt():
                    continue
                rotated = True
                zeta = (beta - alpha) / (2 * gamma)
                t = torch.ones_like(zeta).copysign(zeta) / (zeta.abs() + (1 + zeta * zeta).sqrt())
                c = torch.rsqrt(1 + t * t)
                s = c * t
                W[i], W[j] = c * p - s * q, s * p + c * q
    S, order = torch.linalg.vector_norm(W[:, :m], dim=1).sort(descending=True)
    return (W[order, :m] / S[:, None]).mT, S, W[order, m:]


def symmetric_with_ratio(n: int, generator: torch.Generator) -> Tensor:
    """A dense symmetric matrix with eigenvalues 1, 0.5 and the rest between -0.5 and 0.5."""
    Q = torch.linalg.qr(torch.randn(n, n, generator=generator, dtype=torch.float64)).Q
    values = torch.rand(n, generator=generator, dtype=torch.float64) - 0.5
    values[0], values[1] = 1.0, 0.5
    A = (Q * values) @ Q.mT
    return (A + A.mT) / 2


def power_case(n: int, generator: torch.Generator) -> Case:
    """Same matrix, start vector and tolerance of the residual for both."""
    A = symmetric_with_ratio(n, generator)
    x0 = torch.randn(n, generator=generator, dtype=torch.float64)
    a, v0 = A.numpy(), x0.numpy()
    return Case(
        family="linalg",
        name="power_iteration",
        size=f"{n} x {n}, ratio 0.5",
        peer="scipy eigsh(k=1)",
        ours=lambda: power_iteration(A, x0, tol=1e-10),
        theirs=lambda: eigsh(a, k=1, v0=v0, tol=1e-10),
        goal=0.6 if n >= 1000 else None,
    )


def svd_cases(n: int, generator: torch.Generator) -> list[Case]:
    A = torch.randn(n, n, generator=generator, dtype=torch.float64)
    size = f"{n} x {n}"
    one_by_one = Case(
        family="linalg",
        name="svd, rotations at once",
        size=size,
        peer="rotations one by one",
        ours=lambda: svd(A),
        theirs=lambda: pair_by_pair_svd(A),
        goal=10.0,
    )
    library = Case(
        family="linalg",
        name="svd",
        size=size,
        peer="torch.linalg.svd",
        ours=lambda: svd(A),
        theirs=lambda: torch.linalg.svd(A),
    )
    return [one_by_one, library]


def eigh_case(n: int, generator: torch.Generator) -> Case:
    A = torch.randn(n, n, generator=generator, dtype=torch.float64)
    a = (A + A.mT) / 2
    return Case(
        family="linalg",
        name="eigh",
        size=f"{n} x {n}",
        peer="torch.linalg.eigh",
        ours=lambda: eigh(a),
        theirs=lambda: torch.linalg.eigh(a),
    )


def cases() -> list[Case]:
    """Return the comparisons of this file, on the same random matrices each time."""
    generator = torch.Generator().manual_seed(0)
    return [
        power_case(200, generator),
        power_case(1000, generator),
        *svd_cases(60, generator),
        *svd_cases(100, generator),
        eigh_case(20, generator),
        eigh_case(100, generator),
    ]
