"""Functions of one number: floats in and out, or tensors if the start is one."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor

from companion.optimize._kinds import as_real, check_function


class Counted:
    """A function of one number, counted: floats in and out, or tensors if the start is one."""

    def __init__(self, f: Any, args: tuple[Any, ...], name: str) -> None:
        check_function(f, name)
        self.f, self.args, self.name, self.calls = f, args, name, 0

    def __call__(self, x: Any) -> Any:
        self.calls += 1
        y = self.f(x, *self.args)
        if math.prod(getattr(y, "shape", ())) != 1:
            raise ValueError(f"{self.name} must return one number, got shape {tuple(y.shape)}")
        if not isinstance(x, Tensor):
            return float(y)
        return torch.as_tensor(y, dtype=x.dtype, device=x.device).detach().reshape(())


def as_number(x: Any, name: str) -> Any:
    """Return a tensor without dimensions for a tensor, a float for all other numbers."""
    found = as_real(x, name)
    if found.numel() != 1:
        raise ValueError(f"{name} must be one number, got shape {tuple(found.shape)}")
    if not math.isfinite(float(found)):
        raise ValueError(f"{name} must be finite, got {float(found)}")
    return found.detach().reshape(()) if isinstance(x, Tensor) else float(found)


def as_bracket(a: Any, b: Any) -> tuple[Any, Any]:
    """Return both ends of one kind: tensors if one of them is a tensor."""
    a, b = as_number(a, "a"), as_number(b, "b")
    like = next((x for x in (a, b) if isinstance(x, Tensor)), None)
    return (a, b) if like is None else (like.new_tensor(float(a)), like.new_tensor(float(b)))
