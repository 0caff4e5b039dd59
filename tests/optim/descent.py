"""Three losses for optimizers that need a closure, and a descent on them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import torch
from torch import Tensor


class Problem(NamedTuple):
    """Where to start, and the loss of the parameters."""

    start: Callable[[torch.Generator, torch.dtype], list[Tensor]]
    loss: Callable[[list[Tensor]], Tensor]


def quadratic_start(g: torch.Generator, dtype: torch.dtype) -> list[Tensor]:
    return [torch.randn(shape, generator=g, dtype=dtype) for shape in ((3, 2), (4,))]


def quadratic(w: list[Tensor]) -> Tensor:
    """A bowl with eigenvalues from 1 to 30 along turned axes, lowest at 1."""
    x = torch.cat([part.reshape(-1) for part in w]) - 1
    scale = torch.linspace(1, 30, x.numel(), dtype=x.dtype)
    mean = x.mean()
    return 0.5 * (scale * x * x).sum() + 3 * mean * mean


def rosenbrock_start(g: torch.Generator, dtype: torch.dtype) -> list[Tensor]:
    return [torch.tensor([-1.2, 1.0], dtype=dtype)]


def rosenbrock(w: list[Tensor]) -> Tensor:
    x, y = w[0]
    return (1 - x) ** 2 + 100 * (y - x * x) ** 2


def network_start(g: torch.Generator, dtype: torch.dtype) -> list[Tensor]:
    shapes = ((1, 6), (6,), (6, 1), (1,))
    return [torch.randn(shape, generator=g, dtype=dtype) for shape in shapes]


def network(w: list[Tensor]) -> Tensor:
    """Two layers fit a sine wave; a small penalty makes the minimum a point."""
    X = torch.linspace(-2, 2, 40, dtype=w[0].dtype)[:, None]
    y_hat = torch.tanh(X @ w[0] + w[1]) @ w[2] + w[3]
    penalty = sum((part * part).sum() for part in w)
    return (y_hat - torch.sin(2 * X)).square().mean() + 0.01 * penalty


PROBLEMS = {
    "quadratic": Problem(quadratic_start, quadratic),
    "rosenbrock": Problem(rosenbrock_start, rosenbrock),
    "network": Problem(network_start, network),
}


def descend(optimizer: Any, problem: Problem, steps: int) -> tuple[list[Tensor], list[int]]:
    """Return losses and parameters after every step, and the counts of calls and iterations."""
    tensors = optimizer.param_groups[0]["params"]
    for w in tensors:
        w.requires_grad_(True)

    def closure() -> Tensor:
        optimizer.zero_grad()
        loss = problem.loss(tensors)
        loss.backward()
        return loss

    found, counts = [], []
    for _ in range(steps):
        found.append(optimizer.step(closure).detach())
        found += [w.detach().clone() for w in tensors]
        state = optimizer.state[tensors[0]]
        counts += [state["func_evals"], state["n_iter"]]
    for w in tensors:
        w.requires_grad_(False)
        w.grad = None
    return found, counts
