"""Epochs of hand-written gradient descent against torch.nn with torch.optim.SGD."""

from __future__ import annotations

from typing import Any

import pytest
import torch
from torch import Tensor

from companion.autograd import backprop, sgd_epoch
from tests.autograd.networks import HIDDEN, LOSSES, mean_loss, network, problem

F64 = torch.float64


def torch_epoch(
    model: torch.nn.Sequential, batches: Any, loss: str, lr: float, weight_decay: float
) -> float:
    weights = [w for name, w in model.named_parameters() if name.endswith("weight")]
    biases = [w for name, w in model.named_parameters() if name.endswith("bias")]
    groups = [{"params": weights, "weight_decay": weight_decay}, {"params": biases}]
    optimizer = torch.optim.SGD(groups, lr=lr)
    total = 0.0
    for X, y in batches:
        optimizer.zero_grad()
        z = model(X)
        J = mean_loss(z, z, y, loss)
        J.backward()
        decay = sum((w.detach() ** 2).sum() for w in weights)
        total += float(J.detach() + weight_decay / 2 * decay) * len(X)
        optimizer.step()
    return total


def as_model(params: list[tuple[Tensor, Tensor]], activation: str) -> torch.nn.Sequential:
    hidden = {"sigmoid": torch.nn.Sigmoid, "tanh": torch.nn.Tanh, "relu": torch.nn.ReLU,
              "identity": torch.nn.Identity}[activation]  # fmt: skip
    layers: list[torch.nn.Module] = []
    for W, b in params:
        layer = torch.nn.Linear(W.shape[1], W.shape[0], dtype=W.dtype)
        layer.load_state_dict({"weight": W, "bias": b})
        layers += [layer, hidden()]
    return torch.nn.Sequential(*layers[:-1])


@pytest.mark.parametrize("sizes", [(3, 2), (4, 3, 2), (5, 7, 6, 3), (4, 4, 4, 4, 4)], ids=str)
@pytest.mark.parametrize("loss", LOSSES)
@pytest.mark.parametrize("activation", HIDDEN)
def test_epochs_equal_torch(sizes: tuple[int, ...], loss: Any, activation: Any) -> None:
    """Three epochs, a remainder batch, a penalty on the weights alone."""
    params, X, y = problem(sizes, loss, samples=23, seed=2)
    model = as_model(params, activation)
    options = {"lr": 0.02, "weight_decay": 0.1}
    for epoch in range(3):
        order = torch.randperm(23, generator=torch.Generator().manual_seed(epoch))
        batches = [(X[i], y[i]) for i in order.split(5)]
        expected = torch_epoch(model, batches, loss, **options) / 23
        g = torch.Generator().manual_seed(epoch)
        found = sgd_epoch(params, X, y, 0.02, 5, loss, activation, weight_decay=0.1, generator=g)
        assert float(found) == pytest.approx(expected, rel=1e-12, abs=1e-12)
    theirs = [w.detach() for w in model.parameters()]
    ours = [w for layer in params for w in layer]
    torch.testing.assert_close(ours, theirs, rtol=1e-12, atol=1e-12)


def test_without_generator_the_order_is_kept_and_steps_are_those_of_backprop() -> None:
    params, X, y = problem((4, 3, 2), "cross_entropy", samples=7)
    expected = [(W.clone(), b.clone()) for W, b in params]
    for rows in (slice(0, 3), slice(3, 6), slice(6, 7)):
        found = backprop(expected, X[rows], y[rows])
        for layer, gradients in zip(expected, found.gradients, strict=True):
            for w, g in zip(layer, gradients, strict=True):
                w -= 0.5 * g
    sgd_epoch(params, X, y, 0.5, 3)
    torch.testing.assert_close(params, expected, rtol=0, atol=1e-14)


def test_same_generator_same_walk_and_another_order_with_another() -> None:
    ends = []
    for seed in (4, 4, 5):
        params, X, y = problem((4, 3, 2), "cross_entropy", samples=20)
        sgd_epoch(params, X, y, 0.5, 3, generator=torch.Generator().manual_seed(seed))
        ends.append(params[0][0])
    assert torch.equal(ends[0], ends[1])
    assert not torch.equal(ends[0], ends[2])


def test_parameters_of_a_torch_model_are_trained_in_place() -> None:
    params, X, y = problem((4, 3, 2), "cross_entropy", samples=20)
    model = as_model(params, "sigmoid")
    layers = [(layer.weight, layer.bias) for layer in model if isinstance(layer, torch.nn.Linear)]
    first = float(sgd_epoch(layers, X, y, 0.5, 4).detach())
    for _ in range(60):
        last = sgd_epoch(layers, X, y, 0.5, 4)
    assert float(last) < 0.5 * first
    assert not last.requires_grad


@pytest.mark.parametrize(
    ("given", "error", "match"),
    [
        ({"lr": -0.1}, ValueError, r"^lr .* got -0.1"),
        ({"lr": "1"}, TypeError, r"^lr .* got str"),
        ({"batch_size": 0}, ValueError, r"^batch_size .* got 0"),
        ({"batch_size": 2.0}, TypeError, r"^batch_size .* got float"),
        ({"generator": 0}, TypeError, r"^generator .* got int"),
        ({"weight_decay": -1}, ValueError, r"^weight_decay .* got -1"),
    ],
)
def test_after_bad_input_nothing_has_changed(given: Any, error: Any, match: str) -> None:
    params, X, y = problem((4, 3, 2), "cross_entropy", samples=7)
    with pytest.raises(error, match=match):
        sgd_epoch(params, X, y, **given)
    torch.testing.assert_close(params, network((4, 3, 2)), rtol=0, atol=0)
