"""Proofs of ``companion.distributed`` for one process; two are started in its own tests."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import torch
from torch import Tensor

from tests.registry._row import Bad, Call, Row, call


def rows(g: torch.Generator, dtype: torch.dtype) -> Iterable[Call]:
    X = torch.randn(7, 2, generator=g, dtype=dtype)
    for rank, world in ((0, 1), (0, 2), (1, 2), (2, 3), (8, 9)):
        yield call(X, rank, world, label=f"{rank} of {world}")


def one(g: torch.Generator, dtype: torch.dtype) -> Iterable[Call]:
    yield call(torch.randn(3, generator=g, dtype=dtype))


def gradient(found: Callable[..., Any], g: Tensor) -> Tensor | None:
    w = torch.zeros_like(g).requires_grad_()
    w.grad = g.clone()
    found([w])
    return w.grad


def values(found: Callable[..., Any], x: Tensor) -> Tensor:
    found([x])
    return x


ROWS = [
    Row(
        name="distributed.join",
        proof="closed form",
        inputs=lambda g, dtype: [call()],
        expected=lambda: (0, 1),
    ),
    Row(
        name="distributed.shard",
        proof="closed form",
        inputs=rows,
        expected=lambda X, rank, world: X[torch.arange(len(X)) % world == rank],
        bad=(
            Bad("rank", lambda f: f(torch.ones(2), 2, 2), ValueError, r"\brank\b.* got 2"),
            Bad("sizes", lambda f: f((torch.ones(2), torch.ones(3)), 0, 2), ValueError, "batch"),
        ),
    ),
    Row(
        name="distributed.sum_gradients",
        proof="closed form",
        inputs=one,
        run=gradient,
        expected=lambda g: g,
    ),
    Row(
        name="distributed.broadcast",
        proof="closed form",
        inputs=one,
        run=values,
        expected=lambda x: x,
    ),
    Row(name="distributed.total", proof="closed form", inputs=one, expected=lambda x: x),
]
