"""Layers on an accelerator: made there, filled there, trained there, equal to ``torch.nn``."""

from __future__ import annotations

import pytest
import torch

from companion import nn
from tests.gpu.test_parity import DEVICE, DTYPE, pytestmark  # noqa: F401

KIND = {"device": DEVICE, "dtype": DTYPE}
TOL = {torch.float64: 1e-10, torch.float32: 2e-4}[DTYPE]
ACTIVATIONS = ("Sigmoid", "Tanh", "ReLU", "LeakyReLU", "ELU", "SELU", "Softplus")


def network(module: object, activation: str) -> torch.nn.Sequential:
    """Make a small network on the accelerator from the same seed."""
    torch.manual_seed(4)
    return torch.nn.Sequential(
        module.Flatten(), module.Linear(8, 16, **KIND), getattr(module, activation)(),
        module.Linear(16, 3, bias=False, **KIND), module.LogSoftmax(1),
    )  # fmt: skip


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_training_equals_the_library(activation: str) -> None:
    x = torch.randn(32, 2, 4, generator=torch.Generator().manual_seed(0), dtype=DTYPE).to(DEVICE)
    target = torch.arange(32, device=DEVICE) % 3
    ours, theirs = network(nn, activation), network(torch.nn, activation)
    for (key, mine), (other, weights) in zip(
        ours.state_dict().items(), theirs.state_dict().items(), strict=True
    ):
        assert key == other
        assert mine.device.type == DEVICE.type
        assert torch.equal(mine, weights)
    for model in (ours, theirs):
        optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
        for _ in range(20):
            optimizer.zero_grad()
            torch.nn.functional.nll_loss(model(x), target).backward()
            optimizer.step()
    for mine, weights in zip(ours.parameters(), theirs.parameters(), strict=True):
        torch.testing.assert_close(mine, weights, rtol=TOL, atol=TOL)


@pytest.mark.parametrize(
    "name", ["uniform_", "normal_", "xavier_uniform_", "xavier_normal_", "kaiming_uniform_",
             "kaiming_normal_"]
)  # fmt: skip
def test_start_values_from_a_generator_of_the_device(name: str) -> None:
    filled = []
    for module in (nn.init, torch.nn.init):
        generator = torch.Generator(DEVICE).manual_seed(3)
        filled.append(getattr(module, name)(torch.empty(5, 4, **KIND), generator=generator))
    assert filled[0].device.type == DEVICE.type
    assert torch.equal(*filled)


@pytest.mark.parametrize("activation", ACTIVATIONS)
def test_second_derivatives(activation: str) -> None:
    x = torch.linspace(-2, 2, 10, **KIND).requires_grad_()
    seconds = []
    for module in (nn, torch.nn):
        y = getattr(module, activation)()(x)
        (first,) = torch.autograd.grad((y * y).sum(), x, create_graph=True)
        seconds.append(torch.autograd.grad(first.sum(), x)[0])
    torch.testing.assert_close(*seconds, rtol=TOL, atol=TOL)


def test_layers_do_not_wait_for_the_device() -> None:
    """Forward and backward never ask for a value: CUDA reports each time that happens."""
    if DEVICE.type != "cuda":
        pytest.skip("only CUDA reports synchronisation")
    models = [network(nn, activation) for activation in ACTIVATIONS]
    x = torch.ones(4, 2, 4, **KIND)
    torch.cuda.set_sync_debug_mode("error")
    try:
        for model in models:
            model(x).sum().backward()
    finally:
        torch.cuda.set_sync_debug_mode("default")
