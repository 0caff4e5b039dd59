"""What the page on universal approximation says about chance, over more starts than it shows."""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np
import pytest
import torch
from torch import Tensor

Activation = Callable[[Tensor], Tensor]
FINE = torch.linspace(0, 1, 2001, dtype=torch.float64)


def beam(xi: Tensor) -> Tensor:
    return xi - 2 * xi**3 + xi**4


def outputs(weights: list[Tensor], t: Tensor, activation: Activation) -> Tensor:
    W, b, v, c = weights
    return (v * activation(t[:, None, None] * W + b)).sum(2) + c


def train(activation: Activation, width: int, runs: int, seed: int) -> list[Tensor]:
    """Train by 1000 steps of the library's Adam, the rate falling to zero as on the page."""
    generator = torch.Generator().manual_seed(seed)

    def normal() -> Tensor:
        return torch.randn(runs, width, generator=generator, dtype=torch.float64)

    W = 4 * normal()
    b = -W * torch.rand(runs, width, generator=generator, dtype=torch.float64)
    weights = [W, b, normal() / width**0.5, W.new_zeros(runs)]
    for part in weights:
        part.requires_grad_()
    optimizer = torch.optim.Adam(weights, lr=0.02, betas=(0.9, 0.99))
    schedule = torch.optim.lr_scheduler.LambdaLR(optimizer, lambda k: 1 - k / 1000)
    t = torch.linspace(0, 1, 51, dtype=torch.float64)
    for _ in range(1000):
        optimizer.zero_grad()
        miss = outputs(weights, t, activation) - beam(t)[:, None]
        miss.square().mean(0).sum().backward()
        optimizer.step()
        schedule.step()
    return [part.detach() for part in weights]


def worst(weights: list[Tensor], activation: Activation) -> Tensor:
    return (outputs(weights, FINE, activation) - beam(FINE)[:, None]).abs().amax(0)


def by_hand(n: int) -> float:
    """Error of straight pieces, by NumPy's interpolation."""
    nodes = np.linspace(0, 1, n + 1)
    line = np.interp(FINE, nodes, nodes - 2 * nodes**3 + nodes**4)
    return float((torch.from_numpy(line) - beam(FINE)).abs().max())


@pytest.mark.parametrize("seed", [2, 3])
def test_trained_relu_networks_stay_behind_the_one_set_by_hand(seed: int) -> None:
    errors = worst(train(torch.relu, 8, 20, seed), torch.relu)
    assert (errors > by_hand(8)).sum() >= 19
    assert errors.median() > 2 * by_hand(8)


def test_trained_tanh_layer_could_do_better_than_its_training() -> None:
    weights = train(torch.tanh, 32, 10, 4)
    errors = worst(weights, torch.tanh)
    assert (errors > by_hand(32)).all()
    for W, b in zip(weights[0], weights[1], strict=True):
        units = torch.cat([torch.tanh(FINE[:, None] * W + b), torch.ones(len(FINE), 1).to(b)], 1)
        best = torch.linalg.lstsq(units, beam(FINE), driver="gelsd").solution
        assert (units @ best - beam(FINE)).abs().max() < 1e-6


def test_two_trained_tanh_units_beat_two_straight_pieces() -> None:
    errors = worst(train(torch.tanh, 2, 20, 5), torch.tanh)
    assert (errors < by_hand(2)).sum() >= 14


def test_no_chain_of_single_units_comes_near_the_beam() -> None:
    """Chains of tanh units of every depth from 1 to 20 are monotone, so they miss by 5/32."""
    generator = torch.Generator().manual_seed(6)
    t = FINE[::20, None].expand(-1, 500)
    for _ in range(20):
        w, b, v = torch.randn(3, 500, generator=generator, dtype=torch.float64)
        t = v * torch.tanh(w * t + b)
        assert (t - beam(FINE)[::20, None]).abs().amax(0).min() >= 5 / 32 - 1e-12
    assert math.isclose(float((beam(FINE) - 5 / 32).abs().max()), 5 / 32)
