"""The losses sample by sample, each with its derivative written by hand.

The public functions in ``loss.py`` check, weigh and average. ``backward`` is made of differentiable
operations on what came in, so that second derivatives flow through it.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor
from torch.autograd import Function

from companion.nn.functional.activation import log_of_softmax


class SquaredError(Function):
    """(x - t)², with derivative 2 (x - t)."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, t: Tensor) -> Tensor:
        ctx.save_for_backward(x, t)
        return (x - t).square_()

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor | None]:
        x, t = ctx.saved_tensors
        slope = (x - t) * (2 * grads[0])
        return slope, -slope if ctx.needs_input_grad[1] else None


class AbsoluteError(Function):
    """|x - t|, with derivative sign(x - t), and 0 at the kink."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, t: Tensor) -> Tensor:
        ctx.save_for_backward(x, t)
        return (x - t).abs_()

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor | None]:
        x, t = ctx.saved_tensors
        slope = (x - t).sign() * grads[0]
        return slope, -slope if ctx.needs_input_grad[1] else None


class BinaryCrossEntropy(Function):
    """-t log p - (1 - t) log(1 - p), with derivative (p - t) / (p (1 - p)).

    A logarithm below -100 counts as -100: a sure and wrong p costs 100 and not infinity, and the
    denominator is at least 1e-12.
    """

    @staticmethod
    def forward(ctx: Any, p: Tensor, t: Tensor) -> Tensor:
        ctx.save_for_backward(p, t)
        return (t - 1) * clamped_log_of_rest(p) - t * clamped_log(p)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor | None]:
        (g,) = grads
        p, t = ctx.saved_tensors
        slope = g * (p - t) / ((1 - p) * p).clamp(min=1e-12)
        if not ctx.needs_input_grad[1]:
            return slope, None
        return slope, g * (clamped_log_of_rest(p) - clamped_log(p))


def clamped_log(p: Tensor) -> Tensor:
    """Return max(log p, -100)."""
    return p.log().clamp(min=-100)


def clamped_log_of_rest(p: Tensor) -> Tensor:
    """Return max(log(1 - p), -100), exact for small p."""
    return p.neg().log1p().clamp(min=-100)


class LogisticLoss(Function):
    """Binary cross-entropy of σ(x) without ever forming it: (1 - t) x - log σ(x).

    The derivative is σ(x) - t.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, t: Tensor) -> Tensor:
        ctx.save_for_backward(x, t)
        return (1 - t).mul_(x).sub_(log_sigmoid(x))

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor | None]:
        (g,) = grads
        x, t = ctx.saved_tensors
        return (x.sigmoid() - t) * g, -x * g if ctx.needs_input_grad[1] else None


class ScaledLogisticLoss(Function):
    """The logistic loss with log σ(x) scaled by s: (1 - t) x - s log σ(x).

    The derivative is s σ(x) - (s + t - 1); with s = 1 it is that of :class:`LogisticLoss`.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, t: Tensor, s: Tensor) -> Tensor:
        ctx.save_for_backward(x, t, s)
        return (1 - t) * x - s * log_sigmoid(x)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor, Tensor | None]:
        (g,) = grads
        x, t, s = ctx.saved_tensors
        slope = (s * x.sigmoid() - (s + t - 1)) * g
        return slope, -x * g, -log_sigmoid(x) * g if ctx.needs_input_grad[2] else None


def log_sigmoid(x: Tensor) -> Tensor:
    """Return log σ(x) = min(x, 0) - log(1 + exp(-|x|)): the exponent is never positive."""
    return x.clamp(max=0) - x.abs().neg().exp().log1p()


class LogLikelihood(Function):
    """-log p of the true class y, for log p along dimension ``dim``: derivative -1 there."""

    @staticmethod
    def forward(ctx: Any, log_p: Tensor, y: Tensor, dim: int) -> Tensor:
        y = y.unsqueeze(dim)
        ctx.save_for_backward(log_p, y)
        ctx.dim = dim
        return log_p.gather(dim, y).squeeze(dim).neg_()

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None, None]:
        log_p, y = ctx.saved_tensors
        g = grads[0].unsqueeze(ctx.dim)
        return torch.zeros_like(log_p).scatter(ctx.dim, y, -g), None, None


class SoftmaxCrossEntropy(Function):
    """-log softmax(x) of the true class y: derivative softmax(x) minus one-hot(y).

    With ``mean`` it is the mean over the N samples, and its derivative is divided by N.
    """

    @staticmethod
    def forward(ctx: Any, x: Tensor, y: Tensor, dim: int, mean: bool) -> Tensor:
        y = y.unsqueeze(dim)
        log_p = log_of_softmax(x, dim)
        ctx.save_for_backward(x, y, log_p)
        ctx.dim, ctx.mean = dim, mean
        losses = log_p.gather(dim, y).neg_()
        return losses.mean() if mean else losses.squeeze(dim)

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, None, None, None]:
        x, y, log_p = ctx.saved_tensors
        g = grads[0] / y.numel() if ctx.mean else grads[0].unsqueeze(ctx.dim)
        if torch.is_grad_enabled():  # second derivatives flow through log p, so x must give it
            log_p = log_of_softmax(x, ctx.dim)
        minus_one = log_p.new_full(y.shape, -1.0)
        return log_p.exp().scatter_add(ctx.dim, y, minus_one) * g, None, None, None


class SoftCrossEntropy(Function):
    """-Σ_c t_c log softmax(x)_c for a weight t_c of every class: derivative softmax(x) Σ t - t."""

    @staticmethod
    def forward(ctx: Any, x: Tensor, t: Tensor, dim: int) -> Tensor:
        log_p = log_of_softmax(x, dim)
        ctx.save_for_backward(x, t, log_p)
        ctx.dim = dim
        return (t * log_p).sum(dim).neg_()

    @staticmethod
    def backward(ctx: Any, *grads: Tensor) -> tuple[Tensor, Tensor | None, None]:
        x, t, log_p = ctx.saved_tensors
        g = grads[0].unsqueeze(ctx.dim)
        if torch.is_grad_enabled():  # as above
            log_p = log_of_softmax(x, ctx.dim)
        slope = (log_p.exp() * t.sum(ctx.dim, keepdim=True) - t) * g
        return slope, -log_p * g if ctx.needs_input_grad[1] else None, None
