"""One epoch of stochastic gradient descent on the gradients of backpropagation."""

from __future__ import annotations

import torch
from torch import Tensor

from companion.autograd._check import Params, check_count, check_number
from companion.autograd.backprop import (
    ACTIVATIONS,
    LOSSES,
    Activation,
    Loss,
    check_problem,
    forward,
    penalty,
)


def sgd_epoch(
    params: Params,
    X: Tensor,
    y: Tensor,
    lr: float = 1e-3,
    batch_size: int = 32,
    loss: Loss = "cross_entropy",
    activation: Activation = "sigmoid",
    *,
    weight_decay: float = 0.0,
    generator: torch.Generator | None = None,
) -> Tensor:
    """Use every sample once, a batch at a time, and take a step in place after each batch.

    ::

        W <- W - lr ∂J/∂W,    b <- b - lr ∂J/∂b,    J the loss of the batch, with its penalty

    The rows are shuffled once, by a copy; batches are slices of it. The last batch is smaller where
    the number of samples asks for it.

    Parameters
    ----------
    params, X, y, loss, activation, weight_decay : as for :func:`backprop`; the tensors of
        ``params`` change.
    lr : learning rate, at least 0.
    batch_size : samples in a batch; at least 1.
    generator : draws the order of the samples; without one they come as they are.

    Returns
    -------
    Tensor[], the mean of the losses that the samples met, each before the step of its batch.

    Raises
    ------
    TypeError, ValueError
        As for :func:`backprop`, also if ``lr`` is below 0, ``batch_size`` no int or below 1, or
        ``generator`` no ``torch.Generator``; then no parameter has changed.

    Proven equal to ``torch.nn`` with ``torch.optim.SGD``, loss and parameters of float64 to 1e-12
    (``tests/test_registry.py``, ``tests/autograd/test_sgd_epoch.py``).
    Book: chapters/07-neural-networks/network-from-scratch
    """
    Y = check_problem(params, X, y, loss, activation, weight_decay)
    check_number("lr", lr)
    check_count("batch_size", batch_size)
    with torch.no_grad():
        if generator is not None:
            order = _order(len(X), generator).to(X.device)
            X, Y = X[order], Y[order]
        batches = zip(torch.split(X, batch_size), torch.split(Y, batch_size), strict=True)
        losses = [_step(params, *batch, lr, loss, activation, weight_decay) for batch in batches]
        return torch.stack(losses).sum() / len(X)


def _step(
    params: Params, X: Tensor, Y: Tensor, lr: float, loss: str, activation: str, weight_decay: float
) -> Tensor:
    """Update all layers on the way back; return the summed loss of the batch.

    The equations are those of ``backprop``. Each gradient goes into its parameter as soon as Δ has
    passed that layer, in one call that also takes the 1/N and the penalty: no gradient is stored.
    """
    (f, slope), (unit, total) = ACTIVATIONS[activation], LOSSES[loss]
    z, a = forward(params, X, f, unit)
    J, rate = total(z[-1], Y), lr / len(X)
    if weight_decay:
        J = J + len(X) * penalty(params, weight_decay)
    delta = a[-1] - Y
    for number in reversed(range(len(params))):
        W, b = params[number]
        lower = (delta @ W) * slope(a[number]) if number else delta  # W before it moves
        W.addmm_(delta.mT, a[number], beta=1 - lr * weight_decay, alpha=-rate)
        b.sub_(delta.sum(dim=0), alpha=rate)
        delta = lower
    return J


def _order(n: int, generator: torch.Generator) -> Tensor:
    if not isinstance(generator, torch.Generator):
        raise TypeError(f"generator must be a torch.Generator, got {type(generator).__name__}")
    return torch.randperm(n, generator=generator, device=generator.device)
