"""Backpropagation as matrix code: the four equations, with every intermediate result in sight."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal, NamedTuple, TypeAlias

import torch
import torch.nn.functional as F
from torch import Tensor

from companion.autograd._check import (
    Params,
    check_choice,
    check_network,
    check_number,
    check_targets,
)

Activation = Literal["sigmoid", "tanh", "relu", "identity"]
Loss = Literal["cross_entropy", "binary_cross_entropy", "squared_error"]

Function: TypeAlias = Callable[[Tensor], Tensor]

# Each activation f with its derivative f'(z), written with a = f(z), which is known already.
ACTIVATIONS: dict[str, tuple[Function, Function]] = {
    "sigmoid": (torch.sigmoid, lambda a: a * (1 - a)),
    "tanh": (torch.tanh, lambda a: 1 - a * a),
    "relu": (torch.relu, lambda a: (a > 0).to(a.dtype)),
    "identity": (lambda z: z, torch.ones_like),
}
# Each loss with the output units it goes with, and its sum over samples, from Z and Y.
LOSSES: dict[str, tuple[Function, Callable[[Tensor, Tensor], Tensor]]] = {
    "cross_entropy": (
        lambda z: z.softmax(dim=1),
        lambda z, Y: -(Y * z.log_softmax(dim=1)).sum(),
    ),
    "binary_cross_entropy": (torch.sigmoid, lambda z, Y: -(F.logsigmoid(-z) + Y * z).sum()),
    "squared_error": (lambda z: z, lambda z, Y: 0.5 * (z - Y).square().sum()),
}


class Backprop(NamedTuple):
    """What one forward and one backward pass find; layer l of L is at index l - 1, but a[0] is X.

    ``loss`` is J, ``z`` and ``delta`` (∂J/∂Z) hold L tensors, ``a`` holds L + 1, and
    ``gradients`` one pair (∂J/∂W, ∂J/∂b) a layer, in the form of ``params``.
    """

    loss: Tensor
    z: tuple[Tensor, ...]
    a: tuple[Tensor, ...]
    delta: tuple[Tensor, ...]
    gradients: tuple[tuple[Tensor, Tensor], ...]


def backprop(
    params: Params,
    X: Tensor,
    y: Tensor,
    loss: Loss = "cross_entropy",
    activation: Activation = "sigmoid",
    *,
    weight_decay: float = 0.0,
) -> Backprop:
    """Return loss, all intermediate results and all gradients of a network of dense layers.

    With samples in rows, N of them, and layers l = 1 ... L::

        Z = A W^T + b of the layer before,  A = f(Z),     A of layer 0 is X
        Δ = (Ŷ - Y) / N                                   last layer
        Δ = (Δ W of the layer after) ⊙ f'(Z)              hidden layers
        ∂J/∂W = Δ^T A of the layer before + λ W,  ∂J/∂b = sum of the rows of Δ

    Parameters
    ----------
    params : pairs of W, Tensor[units, inputs], and b, Tensor[units], from first layer to last.
    X : Tensor[N, inputs].
    y : classes, integer Tensor[N], for ``"cross_entropy"``; else Tensor[N, outputs] of the dtype
        of X, or Tensor[N] for one output. ``"cross_entropy"`` takes probabilities as well.
    loss : it goes with the output units, so that Δ has the form above: ``"cross_entropy"`` with
        softmax, ``"binary_cross_entropy"`` with sigmoid, ``"squared_error"``, ½ Σ (Ŷ - Y)² / N,
        with identity. All are sums over outputs and means over samples.
    activation : of the hidden layers: ``"sigmoid"``, ``"tanh"``, ``"relu"`` or ``"identity"``.
    weight_decay : λ; ½ λ Σ W² joins the loss. Biases are free.

    Returns
    -------
    Named tuple with ``loss``, ``z`` (L tensors), ``a`` (L + 1: a[0] is X, a[L] are the outputs),
    ``delta`` (L) and ``gradients``, in the form of ``params``. Layer l is at index l - 1 of all but
    ``a``.

    Raises
    ------
    TypeError
        If something is no tensor or of another dtype than X, or ``weight_decay`` no number.
    ValueError
        If there is no layer or no sample, shapes do not fit, a name is unknown, or
        ``weight_decay`` is below 0.

    Proven equal to ``torch.autograd``, float64 to 1e-12, and to central differences
    (``tests/test_registry.py``, ``tests/autograd/test_backprop.py``).
    Book: chapters/07-neural-networks/backpropagation
    """
    Y = check_problem(params, X, y, loss, activation, weight_decay)
    with torch.no_grad():
        return passes(params, X, Y, loss, activation, weight_decay)


def check_problem(
    params: Params, X: Tensor, y: Tensor, loss: str, activation: str, weight_decay: float
) -> Tensor:
    """Raise unless everything fits; return the targets in the shape of the output."""
    check_choice("loss", loss, LOSSES)
    check_choice("activation", activation, ACTIVATIONS)
    check_number("weight_decay", weight_decay)
    check_network(params, X)
    return check_targets(y, X, len(params[-1][1]), loss == "cross_entropy")


def passes(
    params: Params, X: Tensor, Y: Tensor, loss: str, activation: str, weight_decay: float
) -> Backprop:
    """Go forward and back through a network that was checked; ``Y`` has the shape of the output."""
    unit, total = LOSSES[loss]
    z, a = forward(params, X, ACTIVATIONS[activation][0], unit)
    J = total(z[-1], Y) / len(X)
    if weight_decay:
        J = J + penalty(params, weight_decay)
    delta = deltas(params, a, Y, ACTIVATIONS[activation][1])
    gradients = tuple(
        (torch.addmm(W, d.mT, below, beta=weight_decay), d.sum(dim=0))  # Δᵀ A + λ W
        for (W, _), d, below in zip(params, delta, a, strict=False)
    )
    return Backprop(J, tuple(z), tuple(a), tuple(delta), gradients)


def penalty(params: Params, weight_decay: float) -> Tensor:
    """Return ½ λ Σ W² over all weights, without biases."""
    return 0.5 * weight_decay * torch.stack([W.square().sum() for W, _ in params]).sum()


def forward(
    params: Params, X: Tensor, f: Function, unit: Function
) -> tuple[list[Tensor], list[Tensor]]:
    """Return Z of all layers, and X followed by A of all layers."""
    z: list[Tensor] = []
    a = [X]
    for number, (W, b) in enumerate(params, start=1):
        z.append(torch.addmm(b, a[-1], W.mT))
        a.append(f(z[-1]) if number < len(params) else unit(z[-1]))
    return z, a


def deltas(params: Params, a: list[Tensor], Y: Tensor, slope: Function) -> list[Tensor]:
    """Return Δ of all layers, found from the last to the first."""
    delta = [(a[-1] - Y) / len(Y)]
    for (W, _), below in zip(params[:0:-1], a[-2:0:-1], strict=True):
        delta.append((delta[-1] @ W) * slope(below))
    return delta[::-1]
