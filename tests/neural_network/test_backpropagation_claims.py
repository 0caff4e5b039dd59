"""What the page on backpropagation says about chance: the sensitivity of a trained network."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor

from companion.autograd import backprop

F64 = torch.float64
STIFFNESS = 2100.0  # EI in N m²


def network(sizes: tuple[int, ...], generator: torch.Generator) -> list[tuple[Tensor, Tensor]]:
    return [
        (torch.randn(m, n, generator=generator, dtype=F64) / n**0.5, torch.zeros(m, dtype=F64))
        for m, n in zip(sizes[1:], sizes, strict=False)
    ]


@pytest.mark.parametrize("seed", range(10))
def test_sensitivity_of_a_trained_network_is_near_the_compliance(seed: int) -> None:
    """∂u/∂F = ℓ³/(3EI) at 60 N and 1.2 m to 10 %, from deflections only, for every start."""
    force = torch.linspace(10, 100, 10, dtype=F64)
    X = torch.cartesian_prod(force, torch.linspace(0.5, 1.5, 11, dtype=F64))
    u = 1000 * X[:, :1] * X[:, 1:] ** 3 / (3 * STIFFNESS)
    S, T = (X - X.mean(0)) / X.std(0), (u - u.mean()) / u.std()
    params = network((2, 8, 1), torch.Generator().manual_seed(seed))
    speed = [[torch.zeros_like(p) for p in pair] for pair in params]
    for _ in range(1000):
        found = backprop(params, S, T, "squared_error", "tanh")
        for layer in zip(params, speed, found.gradients, strict=True):
            for p, v, gradient in zip(*layer, strict=True):
                v.mul_(0.9).add_(gradient)
                p -= 0.1 * v
    (W1, b1), (W2, _) = params
    beam = torch.tensor([60.0, 1.2], dtype=F64)
    a = torch.tanh(W1 @ ((beam - X.mean(0)) / X.std(0)) + b1)
    slopes = u.std() * (W1.mT @ (W2[0] * (1 - a**2))) / X.std(0)
    assert float(slopes[0]) == pytest.approx(1000 * 1.2**3 / (3 * STIFFNESS), rel=0.1)
