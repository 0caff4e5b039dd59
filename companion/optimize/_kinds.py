"""Tensors in, tensors out; arrays in, arrays out: the two-way street of the small functions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

Back = Callable[[Tensor], Any]


def check_function(function: Any, name: str) -> None:
    """Raise ``TypeError`` unless ``function`` can be called."""
    if not callable(function):
        raise TypeError(f"{name} must be callable, got {type(function).__name__}")


def as_real(x: Any, name: str, like: Tensor | None = None) -> Tensor:
    """Return numbers, lists, arrays and tensors as a tensor of real floating-point numbers.

    Raises
    ------
    TypeError
        If x holds no real numbers, or is a tensor of integers.
    """
    if isinstance(x, Tensor):
        if not x.is_floating_point():
            raise TypeError(f"{name} must have a floating-point dtype, got {x.dtype}")
        return x
    try:
        array = np.asarray(x)
    except ValueError:
        raise TypeError(f"{name} must be an array of numbers, got {x!r}") from None
    if array.dtype.kind not in "iuf":
        raise TypeError(f"{name} must hold real numbers, got dtype {array.dtype}")
    found = torch.from_numpy(np.array(array, dtype=float if array.dtype.kind != "f" else None))
    return found if like is None else found.to(like)


def with_kind(x: Any, name: str) -> tuple[Tensor, Back]:
    """Return x as a tensor, and the way back: tensors stay, all else becomes an array."""
    if isinstance(x, Tensor):
        return as_real(x, name), lambda y: y
    return as_real(x, name), lambda y: y.detach().numpy()[()]
