"""Programs to differentiate, each with arguments: numbers, vectors, matrices, several results."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from tests.calculus import functions as by_hand

Program = Callable[..., Any]


def rosenbrock(x: Any) -> Any:
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum()


def elementary(x: Any) -> Any:
    """Elementary functions that the dual numbers' program leaves out; x lies in (0.5, 1.5)."""
    small = x / 2
    y = torch.asin(small) * torch.acos(small) + torch.atan(x) - torch.tan(small) + abs(x - 1)
    y = y + torch.sinh(x) / torch.cosh(x) + torch.log1p(x) * torch.reciprocal(x)
    return y + torch.sigmoid(torch.square(x)) - (2 - x).abs() + (-(+x)) * 2.0**x


def landscape(x: Any) -> Any:
    return torch.exp(-0.05 * (x[..., 0] ** 2 + x[..., 1] ** 2)) * x[..., 0].sin() * x[..., 1].cos()


def strain_energy(u: Any) -> Any:
    """Two bars between three nodes in the plane, from their true lengths."""
    nodes = torch.tensor([[0.0, 0.0], [1.0, 0.8], [2.0, 0.1]]).to(u.dtype) + u.reshape(3, 2)
    lengths = torch.linalg.vector_norm(nodes[1:] - nodes[:-1], dim=-1)
    return 0.5 * ((lengths - 1.2) ** 2).sum() + torch.linalg.norm(u)


def norms(A: Any) -> Any:
    parts = [torch.norm(A), torch.linalg.vector_norm(A, 3), torch.linalg.norm(A[0], 1), A.norm()]
    columns = torch.linalg.vector_norm(A, dim=0, keepdim=True) + A.norm(dim=1, keepdim=True)[0]
    return torch.cat([torch.stack(parts), columns.reshape(-1)])


def indices(A: Any) -> Any:
    """Every way to take entries out, some of them twice."""
    repeated = A[[0, 1, 0, 0], [1, 1, 1, 0]]
    chosen = A[A > 1.0].sum() + A[..., -1].sum() * A[None, 1:, 0].mean()
    return torch.cat([repeated, A[0] * A[1, ::2].sum(), chosen.reshape(1), A[torch.tensor([1])][0]])


def shapes(A: Any) -> Any:
    """What moves entries without changing them."""
    y = A.mT @ A.T.T + A.transpose(0, 1) @ A.permute(0, -1)
    y = y + (A[None].permute([2, 0, 1]) ** 2 * A[:, 1]).sum(-1) + A.ravel()[None][:, -3:].clone()
    y = y + A.flatten()[:3] * A.view(-1).unsqueeze(1)[:3]
    y = y + torch.broadcast_to(A[0], y.shape) + A[1].expand(3, 3) + torch.swapaxes(A, 0, 1) @ A
    return torch.stack([y, torch.t(y)], dim=-1).sum(dim=(0, -1)) + y.squeeze().mean(0, keepdim=True)


def products(A: Any, b: Any) -> Any:
    """Products of vectors and matrices in all combinations of dimensions."""
    batch = torch.stack([A, 2 * A, A * A])
    y = batch @ b + b @ batch + (A @ b) @ torch.outer(b, A[0]) + A @ batch[0] @ b
    y = y + torch.einsum("ij,j->i", A, b) + torch.einsum("ij, kj", A, batch[1])[0] * (b @ b)
    y = y + torch.einsum("kij,j,i->k", batch, b, b)[:, None] + torch.einsum("ij->j", A)
    return y * torch.trace(A) + torch.linalg.vecdot(A, batch[2]) + torch.matmul(batch, A).sum(1)


def branches(x: Any) -> Any:
    """A loop whose length and a branch whose side depend on the values."""
    y = x
    while float_of(y.sum()) < 40:
        y = y * 1.5 if y[0] > x[1] else y + x**2
    return torch.where(y > y.mean(), y, -x) + torch.maximum(y, x) * torch.minimum(x, 1 / x)


def float_of(x: Any) -> float:
    """Read a value to decide something: functorch and our numbers both allow comparisons."""
    return next(k / 8 for k in range(100_000) if x < k / 8)


def angles(x: Any, y: Any) -> Any:
    return torch.atan2(y, x) + x**y - torch.atan2(x * y, y - 3) / (1 - y) + 3 % torch.ones_like(x)


def several(s: Any, v: Any, A: Any) -> Any:
    """Three arguments that meet by broadcasting."""
    return (s * A + v / s - A ** (s / 4)).sum(0) * v + torch.exp(-s)


PROGRAMS: list[tuple[Program, tuple[tuple[int, ...], ...]]] = [
    (by_hand.everything, ((),)),
    (by_hand.everything, ((2, 3),)),
    (by_hand.product, ((3,),)),
    (by_hand.polar, ((2,),)),
    (by_hand.cubes, ((2, 3),)),
    (by_hand.mixed, ((), (3,))),
    (by_hand.matrices, ((3, 3), (3,))),
    (rosenbrock, ((6,),)),
    (elementary, ((4,),)),
    (landscape, ((1, 2),)),
    (landscape, ((3, 2),)),
    (strain_energy, ((6,),)),
    (norms, ((2, 3),)),
    (indices, ((2, 3),)),
    (shapes, ((2, 3),)),
    (products, ((3, 3), (3,))),
    (branches, ((3,),)),
    (angles, ((3,), (3,))),
    (several, ((), (3,), (2, 3))),
]
NAMES = [f"{f.__name__}{list(map(list, s))}" for f, s in PROGRAMS]


def arguments(shapes: Any, g: torch.Generator, dtype: torch.dtype) -> tuple[Tensor, ...]:
    """Draw arguments between 0.5 and 1.5, away from the ends of all domains."""
    return tuple(torch.rand(s, generator=g, dtype=dtype) + 0.5 for s in shapes)


def total(func: Program) -> Program:
    """Return a scalar function: a weighted sum of the results of another."""

    def scalar(*args: Any) -> Any:
        y = func(*args)
        weights = torch.arange(1, 1 + y.numel(), dtype=y.dtype, device=y.device)
        return (y.reshape(-1) * weights / y.numel()).sum()

    scalar.__name__ = func.__name__
    return scalar


def runs(g: torch.Generator, dtype: torch.dtype) -> Iterator[tuple[Program, tuple[Tensor, ...]]]:
    """Yield every program with arguments."""
    for func, shapes in PROGRAMS:
        yield func, arguments(shapes, g, dtype)
