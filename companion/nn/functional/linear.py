"""The affine map of a layer with its backward pass by hand."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

from companion.nn._check import check_float


class LinearFunction(Function):
    """Z = X Wᵀ + b for samples in rows; X̄ = Z̄ W, W̄ = Z̄ᵀ X, b̄ = the sum of the rows of Z̄."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, weight: Tensor, bias: Tensor | None) -> Tensor:
        ctx.save_for_backward(x, weight)
        if bias is None:
            return x.mm(weight.t())
        return torch.addmm(bias, x, weight.t())

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor | None, Tensor | None, Tensor | None]:
        x, weight = ctx.saved_tensors
        wanted = ctx.needs_input_grad  # the first layer is not asked for the gradient of the data
        return (
            grad.mm(weight) if wanted[0] else None,
            grad.t().mm(x) if wanted[1] else None,
            grad.sum(0) if wanted[2] else None,
        )


def linear(input: Tensor, weight: Tensor, bias: Tensor | None = None) -> Tensor:
    """Apply one affine map to every sample.

    Z = X Wᵀ + b, with X̄ = Z̄ W, W̄ = Z̄ᵀ X and b̄ = Σ Z̄ over the samples for the gradients.

    Parameters
    ----------
    input : Tensor[..., m], real and floating point; one sample, or batches of any rank.
    weight : Tensor[n, m], ``weight[j, i]`` leads to unit j from unit i.
    bias : Tensor[n] or None.

    Raises
    ------
    TypeError
        If an argument is no such tensor, or dtypes differ.
    ValueError
        If shapes do not fit together.

    Mirrors ``torch.nn.functional.linear``.
    Proven equal to it, gradients included (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/hidden-layers
    """
    check_operands(input, weight, bias)
    if input.ndim == 2:
        y: Tensor = LinearFunction.apply(input, weight, bias)
        return y
    rows = input.unsqueeze(0) if input.ndim == 1 else input.flatten(0, -2)
    y = LinearFunction.apply(rows, weight, bias)
    return y.view(*input.shape[:-1], len(weight))


def check_operands(input: Tensor, weight: Tensor, bias: Tensor | None) -> None:
    """Raise unless types, dtypes and shapes of an affine map fit together."""
    check_float(weight, "weight")
    if weight.ndim != 2:
        raise ValueError(f"weight must have 2 dimensions, got the shape {tuple(weight.shape)}")
    check_float(input, "input")
    check_like_weight(input, "input", weight)
    if input.ndim == 0 or input.shape[-1] != weight.shape[1]:
        raise ValueError(
            f"input must have the shape (..., {weight.shape[1]}) for a weight of shape "
            f"{tuple(weight.shape)}, got {tuple(input.shape)}"
        )
    if bias is None:
        return
    check_float(bias, "bias")
    check_like_weight(bias, "bias", weight)
    if bias.shape != weight.shape[:1]:
        raise ValueError(f"bias must have the shape ({len(weight)},), got {tuple(bias.shape)}")


def check_like_weight(x: Tensor, name: str, weight: Tensor) -> None:
    """Raise ``TypeError`` unless ``x`` has the dtype of the weight."""
    if x.dtype != weight.dtype:
        raise TypeError(f"{name} must have the dtype {weight.dtype} of weight, got {x.dtype}")
