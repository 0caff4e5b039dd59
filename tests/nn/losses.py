"""Inputs for the losses, and what is compared: the loss and its gradients."""

from __future__ import annotations

import itertools
from collections.abc import Callable, Iterable, Iterator
from typing import Any

import torch
from torch import Tensor

REDUCTIONS = ("mean", "sum", "none")
CLASS_SHAPES = ((5, 4), (4,), (2, 3, 6), (2, 3, 2, 3), (1, 1), (3, 2, 0), (0, 3))


def with_gradients(loss: Callable[..., Tensor], *args: Any, **options: Any) -> list[Tensor]:
    """Return the loss and its gradients to all floating point arguments.

    A loss that is not reduced is multiplied by different numbers first, so that mixed-up samples
    show. Arguments that are no such tensors are passed as they are.
    """
    args = tuple(
        a.detach().clone().requires_grad_()
        if isinstance(a, Tensor) and a.is_floating_point()
        else a
        for a in args
    )
    value = loss(*args, **options)
    leaves = [a for a in args if isinstance(a, Tensor) and a.requires_grad]
    weights = torch.arange(1, value.numel() + 1, dtype=value.dtype, device=value.device)
    gradients = torch.autograd.grad(value, leaves, weights.view(value.shape))
    return [value.detach(), *gradients]


def layer(make: Callable[..., Callable[..., Tensor]], *args: Any, **options: Any) -> list[Tensor]:
    """The same for a class: the options make the layer."""
    return with_gradients(make(**options), *args)


def combinations(**choices: Iterable[Any]) -> Iterator[dict[str, Any]]:
    """Every combination of the options; None stands for leaving an option away."""
    for values in itertools.product(*choices.values()):
        yield {k: v for k, v in zip(choices, values, strict=True) if v is not None}


def scores(shape: tuple[int, ...], g: torch.Generator, dtype: torch.dtype) -> Tensor:
    return 3 * torch.randn(shape, generator=g, dtype=dtype)


def probabilities(shape: tuple[int, ...], g: torch.Generator, dtype: torch.dtype) -> Tensor:
    """Numbers in [0.05, 0.95], away from the clamps."""
    return 0.05 + 0.9 * torch.rand(shape, generator=g, dtype=dtype)


def positive(shape: tuple[int, ...], g: torch.Generator, dtype: torch.dtype) -> Tensor:
    return 0.2 + torch.rand(shape, generator=g, dtype=dtype)


def without_classes(shape: tuple[int, ...]) -> tuple[int, ...]:
    """The shape of class indices for scores of a shape."""
    return () if len(shape) == 1 else shape[:1] + shape[2:]


def class_count(shape: tuple[int, ...]) -> int:
    return shape[0] if len(shape) == 1 else shape[1]


def classes(shape: tuple[int, ...], g: torch.Generator) -> Tensor:
    """Random classes for scores of a shape."""
    return torch.randint(class_count(shape), without_classes(shape), generator=g)


def distribution(shape: tuple[int, ...], g: torch.Generator, dtype: torch.dtype) -> Tensor:
    """Random probabilities of the classes."""
    return scores(shape, g, dtype).softmax(0 if len(shape) == 1 else 1)
