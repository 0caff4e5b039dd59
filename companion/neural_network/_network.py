"""A feed-forward network in flat form: one vector of parameters, one of their slopes."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from math import prod

import torch
from torch import Tensor

Unary = Callable[[Tensor], Tensor]

# In place: what enters is the sum of a layer's inputs, which nobody needs again.
ACTIVATIONS: dict[str, Unary] = {
    "identity": lambda z: z,
    "logistic": torch.sigmoid_,
    "tanh": torch.tanh_,
    "relu": torch.relu_,
    "softmax": lambda z: torch.softmax(z, dim=1),
    "exp": torch.exp_,
}

# delta * f'(z) in place, from the output a = f(z).
DERIVATIVES: dict[str, Callable[[Tensor, Tensor], Tensor]] = {
    "identity": lambda a, delta: delta,
    "logistic": lambda a, delta: delta.mul_(a).mul_(1 - a),
    "tanh": lambda a, delta: delta.mul_(1 - a * a),
    "relu": lambda a, delta: delta.masked_fill_(a == 0, 0.0),
}


def scores(
    X: Tensor, coefs: Sequence[Tensor], intercepts: Sequence[Tensor], activation: str
) -> Tensor:
    """Return what enters the output units, [n, outputs]."""
    a = X
    for W, b in zip(coefs[:-1], intercepts[:-1], strict=True):
        a = ACTIVATIONS[activation](torch.addmm(b, a, W))
    return torch.addmm(intercepts[-1], a, coefs[-1])


class Network:
    """Weights W [inputs, units] and offsets b of each layer as views of one flat vector.

    ::

        forward      Aˡ = f(Aˡ⁻¹ Wˡ + bˡ)
        output       Δᴸ = (Aᴸ - Y)/n                for the matching pairs of output and loss
        recursion    Δˡ⁻¹ = Δˡ Wˡᵀ ⊙ f'(Zˡ⁻¹)
        slopes       ∂J/∂Wˡ = Aˡ⁻¹ᵀ Δˡ + α Wˡ/n     ∂J/∂bˡ = Σ Δˡ over the n samples

    W is the transpose of the book's, as in scikit-learn. ``flat`` and ``slopes`` hold all weights,
    then all offsets: a step of an optimiser, and the penalty, take one call for the network.
    """

    def __init__(
        self, coefs: Sequence[Tensor], intercepts: Sequence[Tensor], hidden: str, output: str
    ) -> None:
        self.sizes = [len(coefs[0]), *(len(b) for b in intercepts)]
        self.flat = torch.cat([p.reshape(-1) for p in (*coefs, *intercepts)])
        self.slopes = torch.zeros_like(self.flat)
        self.coefs, self.intercepts = self.layers(self.flat)
        self._coef_slopes, self._intercept_slopes = self.layers(self.slopes)
        self.n_weights = sum(W.numel() for W in self.coefs)
        self.hidden, self.output = hidden, output

    def layers(self, flat: Tensor) -> tuple[list[Tensor], list[Tensor]]:
        """Return a flat vector as the weights and the offsets of the layers."""
        shapes = [*pairwise(self.sizes), *((m,) for m in self.sizes[1:])]
        parts = torch.split(flat, [prod(shape) for shape in shapes])
        views = [part.view(shape) for part, shape in zip(parts, shapes, strict=True)]
        return views[: len(self.sizes) - 1], views[len(self.sizes) - 1 :]

    def forward(self, X: Tensor) -> list[Tensor]:
        """Return the outputs A⁰ = X, A¹, ..., Aᴸ of all layers."""
        outputs = [X]
        last = len(self.coefs) - 1
        for layer, (W, b) in enumerate(zip(self.coefs, self.intercepts, strict=True)):
            f = ACTIVATIONS[self.output if layer == last else self.hidden]
            outputs.append(f(torch.addmm(b, outputs[-1], W)))
        return outputs

    def backward(self, outputs: list[Tensor], Y: Tensor, alpha: float) -> Tensor:
        """Fill ``slopes`` from the outputs of :meth:`forward`; return the penalty α |W|²/2n."""
        n = len(Y)
        delta = (outputs[-1] - Y).div_(n)
        for layer in range(len(self.coefs) - 1, -1, -1):
            torch.mm(outputs[layer].mT, delta, out=self._coef_slopes[layer])
            torch.sum(delta, 0, out=self._intercept_slopes[layer])
            if layer:
                delta = DERIVATIVES[self.hidden](outputs[layer], delta @ self.coefs[layer].mT)
        weights = self.flat[: self.n_weights]
        self.slopes[: self.n_weights].add_(weights, alpha=alpha / n)
        return weights.dot(weights).mul_(alpha / 2 / n)


def log_loss(Y: Tensor, P: Tensor) -> Tensor:
    """Return the mean of -log p of the true class; p keeps off 0 by the rounding of its dtype."""
    eps = torch.finfo(P.dtype).eps
    return (Y * P.clamp(eps, 1 - eps).log_()).sum().div_(-len(Y))


def binary_log_loss(Y: Tensor, P: Tensor) -> Tensor:
    """Return the same for one output, the probability of the second class."""
    return log_loss(Y, P) + log_loss(1 - Y, 1 - P)


def squared_error(Y: Tensor, Y_hat: Tensor) -> Tensor:
    """Return half the squared error, the mean over samples and outputs."""
    return (Y - Y_hat).square_().mean().div_(2)


def poisson(Y: Tensor, Y_hat: Tensor) -> Tensor:
    """Return half the Poisson deviance, the mean over samples, summed over outputs."""
    return (torch.xlogy(Y, Y / Y_hat) - Y + Y_hat).sum().div_(len(Y))
