"""Networks for the tests of backpropagation, and their gradients from ``torch.autograd``."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import torch
import torch.nn.functional as F
from torch import Tensor

LOSSES = ("cross_entropy", "binary_cross_entropy", "squared_error")
HIDDEN = {"sigmoid": torch.sigmoid, "tanh": torch.tanh, "relu": F.relu, "identity": torch.clone}
OUTPUT = {
    "cross_entropy": lambda z: F.softmax(z, dim=1),
    "binary_cross_entropy": torch.sigmoid,
    "squared_error": torch.clone,
}


def network(
    sizes: tuple[int, ...], seed: int = 0, dtype: torch.dtype = torch.float64
) -> list[tuple[Tensor, Tensor]]:
    g = torch.Generator().manual_seed(seed)
    return [
        (torch.randn(m, n, generator=g, dtype=dtype) / 2, torch.randn(m, generator=g, dtype=dtype))
        for n, m in pairwise(sizes)
    ]


def problem(
    sizes: tuple[int, ...],
    loss: str,
    samples: int,
    seed: int = 0,
    dtype: torch.dtype = torch.float64,
) -> tuple[list[tuple[Tensor, Tensor]], Tensor, Tensor]:
    """Draw a network and data: classes for cross-entropy, else numbers."""
    g = torch.Generator().manual_seed(seed + 100)
    X = torch.randn(samples, sizes[0], generator=g, dtype=dtype)
    if loss == "cross_entropy":
        y = torch.randint(sizes[-1], (samples,), generator=g)
    else:
        y = torch.rand(samples, sizes[-1], generator=g, dtype=dtype)
    return network(sizes, seed, dtype), X, y


def mean_loss(z: Tensor, a: Tensor, y: Tensor, loss: str) -> Tensor:
    """The losses as the library has them; all are means over samples and sums over outputs."""
    if loss == "cross_entropy":
        return F.cross_entropy(z, y)
    if y.ndim == 1:
        y = y[:, None]
    if loss == "binary_cross_entropy":
        return F.binary_cross_entropy_with_logits(z, y, reduction="sum") / len(y)
    return 0.5 * F.mse_loss(a, y, reduction="sum") / len(y)


def by_autograd(
    params: Any,
    X: Tensor,
    y: Tensor,
    loss: str = "cross_entropy",
    activation: str = "sigmoid",
    *,
    weight_decay: float = 0.0,
) -> tuple[Any, ...]:
    """Return what ``backprop`` returns, with every derivative from ``torch.autograd``."""
    layers = [(W.detach().clone().requires_grad_(), b.detach().clone().requires_grad_())
              for W, b in params]  # fmt: skip
    z: list[Tensor] = []
    a = [X]
    for k, (W, b) in enumerate(layers):
        z.append(F.linear(a[-1], W, b))
        a.append(OUTPUT[loss](z[-1]) if k == len(layers) - 1 else HIDDEN[activation](z[-1]))
    J = mean_loss(z[-1], a[-1], y, loss)
    J = J + sum(weight_decay / 2 * (W**2).sum() for W, _ in layers)
    leaves = [w for layer in layers for w in layer]
    found = torch.autograd.grad(J, [*z, *leaves])
    gradients = found[len(z) :]
    pairs = tuple(zip(gradients[::2], gradients[1::2], strict=True))
    plain = [tuple(t.detach() for t in group) for group in (z, a, found[: len(z)])]
    return (J.detach(), *plain, pairs)
