"""Gradients, and steps of optimizers, that the exercises on optimizers share."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from weakref import WeakKeyDictionary

import torch
from torch import Generator, Tensor

from companion.exercises._inputs import uniform

Gradient = Callable[[Tensor], Tensor]


def quadratic(stiffness: Tensor, target: Tensor) -> Gradient:
    """Return the gradient of ½ Σ h (w - target)², element by element."""

    def gradient(w: Tensor) -> Tensor:
        return stiffness * (w - target)

    return gradient


def bowl(generator: Generator, *shape: int, scale: float = 1.0) -> tuple[Gradient, Tensor]:
    """Draw a quadratic bowl of unequal stiffness, and a start away from its bottom."""
    stiffness = scale * uniform(generator, 0.5, 3.0, *shape)
    target = uniform(generator, -1.0, 1.0, *shape)
    return quadratic(stiffness, target), target + uniform(generator, 1.0, 2.0, *shape)


# A walk uses an optimizer up, and a copy would lose what a reader keeps in attributes of their own.
WALKS: WeakKeyDictionary[Any, Tensor] = WeakKeyDictionary()


def walked(optimizer: Any, steps: int, number: int, reset: bool = False) -> Tensor:
    """Return all parameters after each step; the first walk is remembered.

    The gradient mixes a pull to zero with a push that differs from step to step and from one
    parameter to the next. With ``reset`` the optimizer is reset halfway.
    """
    if optimizer not in WALKS:
        parameters = [w for group in optimizer.param_groups for w in group["params"]]
        if len(parameters) != number:
            raise ValueError(f"expected {number} parameters, got {len(parameters)}")
        places = []
        for k in range(steps):
            if reset and k == steps // 2:
                optimizer.reset()
            places.append(step_of(optimizer, parameters, k))
        WALKS[optimizer] = torch.stack(places)
    return WALKS[optimizer]


def step_of(optimizer: Any, parameters: list[Tensor], k: int) -> Tensor:
    """Take step k and return all parameters in one vector."""
    for i, w in enumerate(parameters):
        push = torch.cos(torch.arange(w.numel(), dtype=w.dtype, device=w.device) + 3 * i + k)
        w.grad = 0.5 * w.detach() + push.reshape(w.shape)
    optimizer.step()
    return torch.cat([w.detach().flatten() for w in parameters])


def walk_of(optimizer: Any, grad: Gradient, w: Tensor, n: int) -> Tensor:
    """Return w after n steps of an optimizer that moves it."""
    for _ in range(n):
        w.grad = grad(w)
        optimizer.step()
    return w.detach()
