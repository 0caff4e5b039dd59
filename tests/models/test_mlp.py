"""A multilayer perceptron is the same ``Sequential`` that one writes with ``torch.nn``."""

from __future__ import annotations

import itertools
from typing import Any

import pytest
import torch

from companion import nn
from companion.models import mlp
from tests.registry import close


def by_hand(sizes: tuple[int, ...], activation: Any) -> torch.nn.Sequential:
    layers: list[torch.nn.Module] = []
    for m, n in itertools.pairwise(sizes):
        layers += [torch.nn.Linear(m, n, dtype=torch.float64), activation()]
    return torch.nn.Sequential(*layers[:-1])


@pytest.mark.parametrize("sizes", [(3, 1), (2, 3, 1), (4, 5, 5, 2)])
@pytest.mark.parametrize("name", ["ReLU", "Tanh", "Sigmoid", "ELU"])
def test_same_start_values_and_gradients_as_torch(sizes: tuple[int, ...], name: str) -> None:
    X = torch.randn(7, sizes[0], generator=torch.Generator().manual_seed(0), dtype=torch.float64)
    torch.manual_seed(4)
    ours = mlp(sizes, getattr(nn, name), dtype=torch.float64)
    torch.manual_seed(4)
    theirs = by_hand(sizes, getattr(torch.nn, name))
    assert list(ours.state_dict()) == list(theirs.state_dict())
    assert all(
        torch.equal(a, b) for a, b in zip(ours.parameters(), theirs.parameters(), strict=True)
    )
    close(ours(X), theirs(X), 1e-12)
    for model in (ours, theirs):
        (model(X) ** 2).sum().backward()
    mine, expected = ([w.grad for w in model.parameters()] for model in (ours, theirs))
    close(mine, expected, 1e-12)


def test_layers_are_the_companions_and_none_is_shared() -> None:
    model = mlp([2, 4, 4, 3], lambda: nn.LeakyReLU(0.2))
    kinds = [type(layer) for layer in model]
    assert kinds == [nn.Linear, nn.LeakyReLU, nn.Linear, nn.LeakyReLU, nn.Linear]
    assert len(set(map(id, model))) == 5 and model[1].negative_slope == 0.2
    assert sum(w.numel() for w in model.parameters()) == 3 * 4 + 5 * 4 + 5 * 3
    assert type(mlp((2, 2, 1))[1]) is nn.ReLU
