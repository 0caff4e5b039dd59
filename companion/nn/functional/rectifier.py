"""Activations with a corner at 0, each with its forward and backward pass by hand.

At the corner the derivative from the left is taken, as in torch.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

from companion.nn._check import check_float, check_number

# Klambauer, Unterthiner, Mayr and Hochreiter (2017): fixed point of mean 0 and variance 1
SELU_ALPHA = 1.6732632423543772848170429916717
SELU_SCALE = 1.0507009873554804934193349852946


class ReLUFunction(Function):
    """y = max(x, 0); the gradient passes where y > 0."""

    @staticmethod
    def forward(ctx: Any, x: Tensor) -> Tensor:
        y = x.clamp(min=0)
        ctx.save_for_backward(y)
        return y

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> Tensor:
        (y,) = ctx.saved_tensors
        return grad.masked_fill(y <= 0, 0)  # a product with 0 would turn infinity into NaN


class LeakyReLUFunction(Function):
    """y = x above 0 and slope · x below."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, slope: float) -> Tensor:
        ctx.save_for_backward(x)
        ctx.slope = slope
        return x.clamp(min=0).add_(x.clamp(max=0), alpha=slope)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None]:
        (x,) = ctx.saved_tensors
        return torch.where(x > 0, grad, ctx.slope * grad), None


class ELUFunction(Function):
    """y = s x above 0 and s α (exp(x) - 1) below."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, alpha: float, scale: float) -> Tensor:
        ctx.save_for_backward(x)
        ctx.alpha, ctx.scale = alpha, scale
        below = x.clamp(max=0).expm1_().mul_(scale * alpha)
        return below.add_(x.clamp(min=0), alpha=scale)

    @staticmethod
    def backward(ctx: Any, grad: Tensor) -> tuple[Tensor, None, None]:
        (x,) = ctx.saved_tensors
        # clamped, since an infinite exponential would make the second derivative 0 · inf
        below = (ctx.scale * ctx.alpha) * x.clamp(max=0).exp() * grad
        return torch.where(x <= 0, below, ctx.scale * grad), None, None


def relu(input: Tensor) -> Tensor:
    """Keep what is positive and set the rest to 0.

    max(x, 0), with derivative 1 for x > 0 and else 0.

    Parameters
    ----------
    input : Tensor[...], real and floating point.

    Raises
    ------
    TypeError
        If input is no such tensor.

    Mirrors ``torch.nn.functional.relu``.
    Proven equal to it, gradients included (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/neurons-and-gates
    """
    check_float(input, "input")
    y: Tensor = ReLUFunction.apply(input)
    return y


def leaky_relu(input: Tensor, negative_slope: float = 0.01) -> Tensor:
    """Keep what is positive and let a small part of the rest through.

    x above 0 and ``negative_slope`` x below, so that no unit is ever dead.

    Parameters
    ----------
    input : Tensor[...], real and floating point.
    negative_slope : slope below 0.

    Raises
    ------
    TypeError
        If input is no such tensor or the slope no number.

    Mirrors ``torch.nn.functional.leaky_relu``.
    Proven equal to it, gradients included (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/neurons-and-gates
    """
    check_float(input, "input")
    check_number(negative_slope, "negative_slope")
    y: Tensor = LeakyReLUFunction.apply(input, negative_slope)
    return y


def elu(input: Tensor, alpha: float = 1.0) -> Tensor:
    """Keep what is positive and bend the rest towards -α.

    x above 0 and α (exp(x) - 1) below; smooth at 0 for α = 1.

    Parameters
    ----------
    input : Tensor[...], real and floating point.
    alpha : the level α.

    Raises
    ------
    TypeError
        If input is no such tensor or alpha no number.

    Mirrors ``torch.nn.functional.elu``.
    Proven equal to it, gradients included (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """
    check_float(input, "input")
    check_number(alpha, "alpha")
    y: Tensor = ELUFunction.apply(input, alpha, 1.0)
    return y


def selu(input: Tensor) -> Tensor:
    """Scale the exponential linear unit so that mean 0 and variance 1 are kept.

    s x above 0 and s α (exp(x) - 1) below, with s = 1.0507... and α = 1.6733...: a standard
    normal input has an output of mean 0 and variance 1.

    Parameters
    ----------
    input : Tensor[...], real and floating point.

    Raises
    ------
    TypeError
        If input is no such tensor.

    Mirrors ``torch.nn.functional.selu``.
    Proven equal to it, gradients included (``tests/test_registry.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """
    check_float(input, "input")
    y: Tensor = ELUFunction.apply(input, SELU_ALPHA, SELU_SCALE)
    return y
