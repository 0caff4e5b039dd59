"""Smooth activations, each with its forward and backward pass by hand.

A backward pass is written with operations that PyTorch can differentiate, so second derivatives
come for free. Where it needs the output y, the saved y leads back to this same backward pass.
"""

from __future__ import annotations

import warnings
from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

from companion.nn._check import check_dim, check_dtype, check_float, check_number


class SigmoidFunction(Function):
    """y = 1 / (1 + exp(-x)) and y' = y (1 - y)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        y = x.neg().exp_().add_(1).reciprocal_()  # exp may become infinite, then y is exactly 0
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        (y,) = ctx.saved_tensors
        slope: Tensor = (1 - y).mul_(y)
        return slope.mul_(grad)


class TanhFunction(Function):
    """y = tanh x and y' = 1 - y²."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        y = x.tanh()
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        (y,) = ctx.saved_tensors
        slope: Tensor = 1 - y * y
        return slope.mul_(grad)


class SoftplusFunction(Function):
    """y = log(1 + exp(βx)) / β, y' = sigmoid(βx); beyond the threshold y = x and y' = 1."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, beta: float, threshold: float) -> Tensor:
        ctx.save_for_backward(x)
        ctx.beta, ctx.threshold = beta, threshold
        z = beta * x
        # log(1 + e^z) = max(z, 0) + log(1 + e^-|z|): the exponential cannot overflow
        bent = z.abs().neg_().exp_().log1p_().add_(z.clamp(min=0)).div_(beta)
        return torch.where(z > threshold, x, bent)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        (x,) = ctx.saved_tensors
        z = ctx.beta * x
        bent = grad * SigmoidFunction.apply(z)
        return torch.where(z > ctx.threshold, grad, bent), None, None


class SoftmaxFunction(Function):
    """yᵢ = exp(xᵢ) / Σ exp(xⱼ) and x̄ᵢ = yᵢ (ȳᵢ - Σ ȳⱼ yⱼ)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, dim: int) -> Tensor:
        y = below_largest(x, dim).exp_()
        y.div_(y.sum(dim, keepdim=True))
        ctx.save_for_backward(y)
        ctx.dim = dim
        return y

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        (y,) = ctx.saved_tensors
        weighted = grad * y
        return torch.addcmul(weighted, y, weighted.sum(ctx.dim, keepdim=True), value=-1), None


class LogSoftmaxFunction(Function):
    """yᵢ = xᵢ - log Σ exp(xⱼ) and x̄ᵢ = ȳᵢ - exp(yᵢ) Σ ȳⱼ."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, dim: int) -> Tensor:
        y = log_of_softmax(x, dim)
        ctx.save_for_backward(y)
        ctx.dim = dim
        return y

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        (y,) = ctx.saved_tensors
        return torch.addcmul(grad, y.exp(), grad.sum(ctx.dim, keepdim=True), value=-1), None


def log_of_softmax(x: Tensor, dim: int) -> Tensor:
    """Return x - log Σ exp(x) along ``dim``."""
    y = below_largest(x, dim)
    return y.sub_(y.exp().sum(dim, keepdim=True).log_())


def below_largest(x: Tensor, dim: int) -> Tensor:
    """Return x minus its largest entry along ``dim``: exponentials of it are at most 1."""
    return x - x.amax(dim, keepdim=True) if x.numel() else x.clone()


def sigmoid(input: Tensor) -> Tensor:
    """Squeeze numbers into (0, 1).

    σ(x) = 1 / (1 + exp(-x)), with σ' = σ (1 - σ).

    Parameters
    ----------
    input : Tensor[...], real and floating point.

    Raises
    ------
    TypeError
        If input is no such tensor.

    Mirrors ``torch.nn.functional.sigmoid``.
    Proven equal to it, gradients included (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/neurons-and-gates
    """
    check_float(input, "input")
    y: Tensor = SigmoidFunction.apply(input)
    return y


def tanh(input: Tensor) -> Tensor:
    """Squeeze numbers into (-1, 1).

    The derivative is 1 - tanh².

    Parameters
    ----------
    input : Tensor[...], real and floating point.

    Raises
    ------
    TypeError
        If input is no such tensor.

    Mirrors ``torch.nn.functional.tanh``.
    Proven equal to it, gradients included (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/neurons-and-gates
    """
    check_float(input, "input")
    y: Tensor = TanhFunction.apply(input)
    return y


def softplus(input: Tensor, beta: float = 1, threshold: float = 20) -> Tensor:
    """Round the corner of the rectifier off.

    log(1 + exp(βx)) / β, with derivative σ(βx); where βx is above the threshold, x itself.

    Parameters
    ----------
    input : Tensor[...], real and floating point.
    beta : sharpness β of the bend.
    threshold : as above; a large one is safe, nothing overflows.

    Raises
    ------
    TypeError
        If input is no such tensor, or an option no number.

    Mirrors ``torch.nn.functional.softplus``.
    Proven equal to it, gradients included (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """
    check_float(input, "input")
    check_number(beta, "beta")
    check_number(threshold, "threshold")
    y: Tensor = SoftplusFunction.apply(input, beta, threshold)
    return y


def softmax(input: Tensor, dim: int | None = None, *, dtype: torch.dtype | None = None) -> Tensor:
    """Turn scores into positive numbers that sum to 1 along a dimension.

    softmax(x)ᵢ = exp(xᵢ) / Σ exp(xⱼ), computed from x - max x so that nothing overflows.

    Parameters
    ----------
    input : Tensor[...], real and floating point.
    dim : the dimension that sums to 1. Say it: without it 0 is taken for 0, 1 or 3 dimensions and
        else 1, with a ``UserWarning``, as in torch.
    dtype : the input is converted to it first.

    Raises
    ------
    TypeError, ValueError
        If input is no such tensor, dim no dimension of it, dtype not real and floating point.

    Mirrors ``torch.nn.functional.softmax``.
    Proven equal to it, gradients included (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """
    x, dim = ready(input, dim, dtype)
    y: Tensor = SoftmaxFunction.apply(x, dim)
    return y


def log_softmax(
    input: Tensor, dim: int | None = None, *, dtype: torch.dtype | None = None
) -> Tensor:
    """Return the logarithm of softmax without ever forming a probability of 0.

    log softmax(x)ᵢ = xᵢ - log Σ exp(xⱼ), with the largest x taken out of the sum.

    Parameters
    ----------
    input : Tensor[...], real and floating point.
    dim, dtype : as for ``softmax``.

    Raises
    ------
    TypeError, ValueError
        If input is no such tensor, dim no dimension of it, dtype not real and floating point.

    Mirrors ``torch.nn.functional.log_softmax``.
    Proven equal to it, gradients included (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """
    x, dim = ready(input, dim, dtype)
    y: Tensor = LogSoftmaxFunction.apply(x, dim)
    return y


def ready(input: Tensor, dim: int | None, dtype: torch.dtype | None) -> tuple[Tensor, int]:
    """Check what a softmax gets, convert it and choose the dimension."""
    check_float(input, "input")
    check_dtype(dtype)
    if dim is None:
        dim = 0 if input.ndim in (0, 1, 3) else 1
        warnings.warn(f"dim was not given, {dim} is taken; say dim={dim}", stacklevel=3)
    check_dim(dim, "dim", input)
    return input if dtype is None else input.to(dtype), dim
