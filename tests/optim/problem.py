"""A small problem for optimizers: given gradients that depend on the parameters and on chance."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from typing import Any

import torch
from torch import Tensor

SHAPES = ((4, 3), (3,), (), (2, 2))
IDLE = 3  # this parameter never gets a gradient


def parameters(generator: torch.Generator, dtype: torch.dtype) -> list[Tensor]:
    """A matrix, a vector, a number, and a parameter that is not used."""
    return [torch.randn(shape, generator=generator, dtype=dtype) for shape in SHAPES]


def options(changes: dict[str, Any], at_most: int = 2) -> Iterator[dict[str, Any]]:
    """Every choice of up to so many of the options."""
    for size in range(at_most + 1):
        for chosen in itertools.combinations(changes.items(), size):
            yield dict(chosen)


def walk(optimizer: torch.optim.Optimizer, steps: int, seed: int = 0) -> list[Tensor]:
    """Take steps on a noisy bowl; return copies of all parameters after every step.

    The gradient of element i is c_i w_i + noise, so an error in w is fed back to the next step.
    """
    generator = torch.Generator().manual_seed(seed)
    found = []
    for _ in range(steps):
        number = 0
        for group in optimizer.param_groups:
            for w in group["params"]:
                noise = torch.randn(w.shape, generator=generator, dtype=w.dtype)
                bowl = 0.5 + torch.rand(w.shape, generator=generator, dtype=w.dtype)
                if number != IDLE:
                    w.grad = bowl.to(w.device) * w.detach() + noise.to(w.device)
                number += 1
        optimizer.step()
        found += [w.detach().clone() for g in optimizer.param_groups for w in g["params"]]
    return found


def states(optimizer: torch.optim.Optimizer) -> dict[int, dict[str, Tensor]]:
    """Return the state by the number of the parameter, as ``state_dict`` has it."""
    return optimizer.state_dict()["state"]
