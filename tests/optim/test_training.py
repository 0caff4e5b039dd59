"""The training loop of any PyTorch program, unchanged, with our optimizer or the library's."""

from __future__ import annotations

import copy
from typing import Any

import pytest
import torch
from torch import Tensor, nn
from torch.optim import lr_scheduler as library_schedules
from torch.utils.data import DataLoader, TensorDataset

from companion import optim
from companion.optim import lr_scheduler as our_schedules
from tests.registry import close

NAMES = tuple(optim.__all__)
F64 = torch.float64


def net(seed: int = 3) -> nn.Sequential:
    """Three layers, a normalization, and a parameter that the loss does not see."""
    generator = torch.Generator().manual_seed(seed)
    found = nn.Sequential(
        nn.Linear(2, 8, bias=False),
        nn.BatchNorm1d(8),
        nn.Tanh(),
        nn.Linear(8, 5),
        nn.ReLU(),
        nn.Linear(5, 1),
    ).to(F64)
    found.register_parameter("unused", nn.Parameter(torch.ones(2, dtype=F64)))
    with torch.no_grad():
        for w in found.parameters():
            w.copy_(0.5 * torch.randn(w.shape, generator=generator, dtype=F64))
    return found


def batches() -> DataLoader[tuple[Tensor, ...]]:
    """A noisy saddle, in shuffled batches of which the last is smaller."""
    generator = torch.Generator().manual_seed(0)
    X = torch.randn(50, 2, generator=generator, dtype=F64)
    y = X[:, :1] * X[:, 1:] + 0.1 * torch.randn(50, 1, generator=generator, dtype=F64)
    return DataLoader(TensorDataset(X, y), batch_size=16, shuffle=True, generator=generator)


def train(
    model: nn.Module, optimizer: Any, scheduler: Any, epochs: int, poison: int = -1
) -> tuple[list[Tensor], list[float]]:
    """Return the parameters and the losses; the inputs of batch ``poison`` are NaN."""
    loss_of, losses = nn.MSELoss(), []
    for _ in range(epochs):
        model.train()
        for X, y in batches():
            inputs = X * torch.nan if len(losses) == poison else X

            def closure(X: Tensor = inputs, y: Tensor = y) -> Tensor:
                optimizer.zero_grad()
                loss = loss_of(model(X), y)
                loss.backward()
                nn.utils.clip_grad_norm_(model.parameters(), 5.0)
                return loss

            losses.append(optimizer.step(closure).item())
        scheduler.step()
    return [w.detach().clone() for w in model.parameters()], losses


def prepared(library: Any, schedules: Any, name: str) -> tuple[nn.Sequential, Any, Any]:
    model = net()
    options = {"lr": 0.05, "max_iter": 3} if name == "LBFGS" else {"lr": 0.02}
    optimizer = getattr(library, name)(model.parameters(), **options)
    return model, optimizer, schedules.StepLR(optimizer, 3, gamma=0.5)


@pytest.mark.parametrize("schedules", [our_schedules, library_schedules], ids=["ours", "theirs"])
@pytest.mark.parametrize("name", NAMES)
def test_same_network_after_the_same_loop(name: str, schedules: Any) -> None:
    found, losses = train(*prepared(optim, schedules, name), epochs=10)
    expected, their_losses = train(*prepared(torch.optim, library_schedules, name), epochs=10)
    close(found, expected, 1e-10)
    assert losses == pytest.approx(their_losses, rel=1e-9)
    if name != "LBFGS":  # its curvature would need one loss, not another one for each batch
        assert sum(losses[-4:]) < sum(losses[:4])


@pytest.mark.parametrize("name", NAMES)
def test_checkpoint_of_one_goes_on_in_the_other(name: str) -> None:
    """Model, optimizer and schedule are saved after 4 epochs and loaded on the other side."""
    straight = prepared(torch.optim, library_schedules, name)
    train(*straight, epochs=4)
    expected, _ = train(*straight, epochs=4)
    sides = (optim, our_schedules), (torch.optim, library_schedules)
    for first, second in (sides, sides[::-1]):
        before, after = prepared(*first, name), prepared(*second, name)
        train(*before, epochs=4)
        for old, new in zip(before, after, strict=True):
            new.load_state_dict(copy.deepcopy(old.state_dict()))
        close(train(*after, epochs=4)[0], expected, 1e-10)


@pytest.mark.parametrize("name", NAMES)
def test_loss_of_nan_spoils_what_the_librarys_spoils(name: str) -> None:
    found, losses = train(*prepared(optim, our_schedules, name), epochs=2, poison=3)
    expected, _ = train(*prepared(torch.optim, library_schedules, name), epochs=2, poison=3)
    close(found, expected, 1e-10)
    assert losses[3] != losses[3] and not all(bool(w.isfinite().all()) for w in found)


@pytest.mark.parametrize("name", NAMES)
def test_module_is_frozen_in_part_and_thawed(name: str) -> None:
    """Parameters that need no gradient stay; they start to move when they need one again."""
    found = []
    for library, schedules in ((optim, our_schedules), (torch.optim, library_schedules)):
        model, optimizer, scheduler = prepared(library, schedules, name)
        first = model[0].weight
        first.requires_grad_(False)
        before = first.clone()
        train(model, optimizer, scheduler, epochs=1)
        assert torch.equal(first, before)
        first.requires_grad_(True)
        found.append(train(model, optimizer, scheduler, epochs=2)[0])
        assert not torch.equal(first, before)
    close(found[0], found[1], 1e-10)
