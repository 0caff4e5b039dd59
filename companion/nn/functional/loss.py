"""Losses as functions, with forward and backward by hand: the twin of ``torch.nn.functional``.

``size_average`` and ``reduce``, which torch has retired, are absent. What follows them there is
given by keyword here, so that an old positional call fails instead of meaning something else.
"""

from __future__ import annotations

import torch
from torch import Tensor

from companion.nn.functional._loss_checks import (
    REDUCTIONS,
    check_class_weight,
    check_distribution,
    check_factor,
    check_pair,
    check_probabilities,
    check_reduction,
    check_scores,
    check_smoothing,
    checked_classes,
    class_dim,
)
from companion.nn.functional._loss_rules import (
    AbsoluteError,
    BinaryCrossEntropy,
    LogisticLoss,
    LogLikelihood,
    ScaledLogisticLoss,
    SoftCrossEntropy,
    SoftmaxCrossEntropy,
    SquaredError,
)


def mse_loss(input: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """Return the squared error (x - t)², its mean, or its sum.

    Where torch warns and broadcasts, we refuse: (N, 1) against (N,) would compare all pairs.

    Parameters
    ----------
    input, target : Tensor[...], of one shape and floating point dtype.
    reduction : "mean" over all entries, "sum", or "none" for the shape of ``input``.

    Raises
    ------
    TypeError, ValueError
        If dtypes or shapes differ.

    Mirrors ``torch.nn.functional.mse_loss`` (without its ``weight``).
    Proven equal to it, with its gradients (``tests/nn/test_loss.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """
    check_reduction(reduction)
    check_pair(input, target)
    return REDUCTIONS[reduction](SquaredError.apply(input, target))


def l1_loss(input: Tensor, target: Tensor, *, reduction: str = "mean") -> Tensor:
    """Return the absolute error |x - t|, its mean, or its sum; its slope at the kink is 0.

    Parameters, errors and the refusal to broadcast are those of :func:`mse_loss`.

    Mirrors ``torch.nn.functional.l1_loss`` (without its ``weight``).
    Proven equal to it, with its gradients (``tests/nn/test_loss.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """
    check_reduction(reduction)
    check_pair(input, target)
    return REDUCTIONS[reduction](AbsoluteError.apply(input, target))


def binary_cross_entropy(
    input: Tensor, target: Tensor, weight: Tensor | None = None, *, reduction: str = "mean"
) -> Tensor:
    """Return -t log p - (1 - t) log(1 - p) for probabilities p and t, its mean, or its sum.

    Logarithms below -100 count as -100. From scores, :func:`binary_cross_entropy_with_logits` is
    exact where a sigmoid has rounded to 0 or 1.

    Parameters
    ----------
    input, target : Tensor[...], of one shape, between 0 and 1 (checked on the CPU only).
    weight : factor of each entry, that broadcasts to ``input``.
    reduction : "mean" over the number of entries, "sum", or "none".

    Raises
    ------
    TypeError, ValueError
        If dtypes or shapes do not fit; also for NaN and values outside of [0, 1] on the CPU.

    Mirrors ``torch.nn.functional.binary_cross_entropy``.
    Proven equal to it, with its gradients (``tests/nn/test_loss.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """
    check_reduction(reduction)
    check_pair(input, target)
    check_probabilities("input", input)
    check_probabilities("target", target)
    losses: Tensor = BinaryCrossEntropy.apply(input, target)
    return REDUCTIONS[reduction](weighted(losses, weight, input))


def binary_cross_entropy_with_logits(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    reduction: str = "mean",
    pos_weight: Tensor | None = None,
) -> Tensor:
    """Return -q t log σ(x) - (1 - t) log σ(-x) for scores x, stable for any x; or its mean or sum.

    Parameters
    ----------
    input, target : Tensor[...], scores and probabilities (not checked) of one shape.
    weight : factor of each entry, that broadcasts to ``input``.
    reduction : "mean" over the number of entries, "sum", or "none".
    pos_weight : q, factor of the positive part, that broadcasts to ``input``.

    Raises
    ------
    TypeError, ValueError
        If dtypes or shapes do not fit.

    Mirrors ``torch.nn.functional.binary_cross_entropy_with_logits``.
    Proven equal to it, with its gradients (``tests/nn/test_loss.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """
    check_reduction(reduction)
    check_pair(input, target)
    if pos_weight is None:
        losses: Tensor = LogisticLoss.apply(input, target)
    else:
        check_factor("pos_weight", pos_weight, input)
        losses = ScaledLogisticLoss.apply(input, target, 1 + (pos_weight - 1) * target)
    return REDUCTIONS[reduction](weighted(losses, weight, input))


def weighted(losses: Tensor, weight: Tensor | None, input: Tensor) -> Tensor:
    """Multiply every loss by its weight, if there is one."""
    if weight is None:
        return losses
    check_factor("weight", weight, input)
    return losses * weight


def nll_loss(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
) -> Tensor:
    """Return -w_y log p_y, the negative log-likelihood of the true class y, its mean, or its sum.

    Parameters
    ----------
    input : Tensor[N, C, ...] or Tensor[C], logarithms of probabilities.
    target : Tensor[N, ...] or Tensor[], classes 0 to C - 1, of dtype ``torch.int64``.
    weight : Tensor[C], w, a factor for each class.
    ignore_index : entries of this "class" count 0, in the denominator of the mean, too.
    reduction : "mean" is Σ losses / Σ w_y (NaN if all are ignored), "sum", or "none".

    Raises
    ------
    TypeError, ValueError
        If dtypes or shapes do not fit.
    IndexError
        If a class is out of range, on the CPU; elsewhere the device asserts it, as in torch.

    Mirrors ``torch.nn.functional.nll_loss``.
    Proven equal to it, with its gradients (``tests/nn/test_loss.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """
    check_reduction(reduction)
    check_scores(input, ignore_index)
    check_class_weight(weight, input)
    y, ignored = checked_classes(target, input, ignore_index)
    w = None if weight is None else weight[y]
    losses: Tensor = LogLikelihood.apply(input, y, class_dim(input))
    return reduced(losses if w is None else losses * w, w, ignored, reduction)


def cross_entropy(
    input: Tensor,
    target: Tensor,
    weight: Tensor | None = None,
    *,
    ignore_index: int = -100,
    reduction: str = "mean",
    label_smoothing: float = 0.0,
) -> Tensor:
    """Return -Σ_c w_c t_c log softmax(x)_c, stable for any scores x; or its mean or sum.

    For a class y as target, t is one-hot and the loss is -w_y log softmax(x)_y, with gradient
    softmax(x) - one-hot(y) (over N for the mean). ``label_smoothing`` ε mixes t with the uniform
    distribution: (1 - ε) t + ε / C.

    Parameters
    ----------
    input : Tensor[N, C, ...] or Tensor[C], scores (logits) x.
    target : Tensor[N, ...] or Tensor[], classes 0 to C - 1 of dtype ``torch.int64``; or
        probabilities t, of the shape and dtype of ``input``.
    weight : Tensor[C], w, a factor for each class.
    ignore_index : entries of this "class" count 0, in the denominator of the mean, too.
    reduction : "mean" is Σ losses / Σ w_y (NaN if all are ignored), or for probabilities the mean
        over the samples; "sum"; or "none".
    label_smoothing : ε, from 0 to 1.

    Raises
    ------
    TypeError, ValueError
        If dtypes or shapes do not fit; also for an ``ignore_index`` from 0 on with probabilities.
    IndexError
        If a class is out of range, on the CPU; elsewhere the device asserts it, as in torch.

    Mirrors ``torch.nn.functional.cross_entropy``.
    Proven equal to it, with its gradients (``tests/nn/test_cross_entropy.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """
    check_reduction(reduction)
    check_smoothing(label_smoothing)
    check_scores(input, ignore_index)
    check_class_weight(weight, input)
    dim = class_dim(input)
    if isinstance(target, Tensor) and target.is_floating_point():
        check_distribution(target, input, ignore_index)
        t = soft_target(target, weight, label_smoothing, dim)
        return REDUCTIONS[reduction](SoftCrossEntropy.apply(input, t, dim))
    y, ignored = checked_classes(target, input, ignore_index)
    losses: Tensor
    if reduction == "mean" and not label_smoothing and weight is None and ignored is None:
        losses = SoftmaxCrossEntropy.apply(input, y, dim, True)
        return losses
    w = None if weight is None else weight[y]
    if label_smoothing:
        one_hot = torch.zeros_like(input, requires_grad=False).scatter_(dim, y.unsqueeze(dim), 1.0)
        t = soft_target(one_hot, weight, label_smoothing, dim)
        losses = SoftCrossEntropy.apply(input, t, dim)
    else:
        losses = SoftmaxCrossEntropy.apply(input, y, dim, False)
        losses = losses if w is None else losses * w
    return reduced(losses, w, ignored, reduction)


def soft_target(t: Tensor, weight: Tensor | None, smoothing: float, dim: int) -> Tensor:
    """Return w ((1 - ε) t + ε / C)."""
    classes = t.shape[dim]
    if smoothing:
        t = t * (1 - smoothing) + smoothing / classes
    if weight is None:
        return t
    return t * weight.view(classes, *[1] * (t.ndim - dim - 1))


def reduced(losses: Tensor, w: Tensor | None, ignored: Tensor | None, reduction: str) -> Tensor:
    """Put the samples together; ignored ones count 0, and a mean divides by the sum of weights."""
    if ignored is not None:
        losses = losses.masked_fill(ignored, 0.0)
        w = (losses.new_ones(()) if w is None else w).masked_fill(ignored, 0.0)
    if reduction == "mean" and w is not None:
        return losses.sum() / w.sum()
    return REDUCTIONS[reduction](losses)
