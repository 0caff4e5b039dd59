"""What the generators give back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch import Tensor

if TYPE_CHECKING:
    from sklearn.utils import Bunch


def make_bunch(**fields: Any) -> Bunch:
    """Return a Bunch of the fields, floating-point tensors in the default dtype."""
    from sklearn.utils import Bunch

    return Bunch(**{name: _to_default(field) for name, field in fields.items()})


def _to_default(field: Any) -> Any:
    if isinstance(field, Tensor) and field.is_floating_point():
        return field.to(torch.get_default_dtype())
    return field


def grid(low: float, high: float, n: int) -> Tensor:
    """Return n equally spaced numbers in float64 on the CPU, both ends included."""
    return torch.linspace(low, high, n, dtype=torch.float64, device="cpu")


def polynomial(x: Tensor, coef: tuple[float, ...]) -> Tensor:
    """Evaluate the polynomial with ascending coefficients, by Horner's rule."""
    value = torch.zeros_like(x)
    for c in reversed(coef):
        value = value * x + c
    return value
