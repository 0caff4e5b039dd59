"""The drop-in proof: an ordinary PyTorch script, once with torch and once with the companion.

Each script is a function of (nn, optim): what it would import. Both runs give the same losses in
every step and the same weights at the end, in float64.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import torch
from sklearn.datasets import load_breast_cancer, load_digits
from torch import Tensor
from torch.utils.data import DataLoader, TensorDataset

import companion.nn
import companion.optim
from companion.datasets import make_cantilever
from companion.training import fit

Run = tuple[list[float], torch.nn.Module]
F64 = torch.float64


def loader(X: Tensor, y: Tensor, size: int = 64) -> DataLoader[tuple[Tensor, ...]]:
    generator = torch.Generator().manual_seed(7)
    return DataLoader(TensorDataset(X, y), batch_size=size, shuffle=True, generator=generator)


def train(model: Any, batches: Any, loss_of: Any, optimizer: Any, epochs: int, after: Any) -> Run:
    """The usual loop; returns the loss of every step, and a last one in evaluation mode."""
    losses = []
    for _ in range(epochs):
        model.train()
        for X, y in batches:
            optimizer.zero_grad()
            loss = loss_of(model(X), y)
            loss.backward()
            torch.nn.utils.clip_grad_norm_(model.parameters(), 5.0)
            optimizer.step()
            losses.append(loss.item())
        after.step()
    model.eval()
    with torch.no_grad():
        X, y = batches.dataset.tensors
        losses.append(loss_of(model(X), y).item())
    return losses, model


def digits(nn: Any, optim: Any) -> Run:
    """Images through Flatten, start values of nn.init, SGD with momentum, smoothed labels."""
    images, labels = load_digits(return_X_y=True)
    X, y = torch.as_tensor(images, dtype=F64).reshape(-1, 8, 8) / 16, torch.as_tensor(labels)
    torch.manual_seed(0)
    model = nn.Sequential(
        nn.Flatten(), nn.Linear(64, 32), nn.ReLU(), nn.Linear(32, 16), nn.Tanh(), nn.Linear(16, 10)
    ).double()
    nn.init.kaiming_normal_(model[1].weight, nonlinearity="relu")
    nn.init.zeros_(model[1].bias)
    optimizer = optim.SGD(model.parameters(), lr=0.1, momentum=0.9, weight_decay=1e-4)
    after = optim.lr_scheduler.StepLR(optimizer, step_size=2, gamma=0.5)
    losses, model = train(
        model, loader(X, y), nn.CrossEntropyLoss(label_smoothing=0.05), optimizer, 5, after
    )
    assert (model(X).argmax(1) == y).double().mean() > 0.95, "the script learns nothing"
    return losses, model


def digits_with_probabilities(nn: Any, optim: Any) -> Run:
    """LogSoftmax and NLLLoss, classes with weights, Adagrad."""
    images, labels = load_digits(return_X_y=True)
    X, y = torch.as_tensor(images, dtype=F64) / 16, torch.as_tensor(labels)
    torch.manual_seed(1)
    model = nn.Sequential(
        nn.Linear(64, 24), nn.LeakyReLU(0.1), nn.Linear(24, 10), nn.LogSoftmax(dim=1)
    ).double()
    loss = nn.NLLLoss(weight=torch.linspace(0.5, 1.5, 10, dtype=F64))
    optimizer = optim.Adagrad(model.parameters(), lr=0.05)
    return train(
        model, loader(X, y), loss, optimizer, 4, optim.lr_scheduler.ExponentialLR(optimizer, 0.9)
    )


def breast_cancer(nn: Any, optim: Any) -> Run:
    """A module of one's own, Adam, and a loss that takes logits."""
    features, labels = load_breast_cancer(return_X_y=True)
    X, y = torch.as_tensor(features, dtype=F64), torch.as_tensor(labels, dtype=F64)[:, None]
    X = (X - X.mean(0)) / X.std(0)

    class Network(nn.Module):  # type: ignore[misc, name-defined]
        def __init__(self) -> None:
            super().__init__()
            self.first = nn.Linear(30, 16)
            self.last = nn.Linear(16, 1, bias=False)
            self.bend, self.gate = nn.Softplus(), nn.Sigmoid()

        def forward(self, x: Tensor) -> Tensor:
            hidden = self.first(x)
            return self.last(self.bend(hidden) * self.gate(hidden))

    torch.manual_seed(2)
    model = Network().double()
    loss = nn.BCEWithLogitsLoss(pos_weight=torch.full((1,), 0.6, dtype=F64))
    optimizer = optim.Adam(model.parameters(), lr=0.01)
    losses, model = train(
        model, loader(X, y, 50), loss, optimizer, 8, optim.lr_scheduler.StepLR(optimizer, 3)
    )
    assert ((model(X) > 0) == (y > 0.5)).double().mean() > 0.95, "the script learns nothing"
    return losses, model


def cantilever(nn: Any, optim: Any) -> Run:
    """Deflections from loads and sizes: smooth units, RMSprop, groups with their own rates."""
    beams = make_cantilever(300, random_state=0)
    X, w = beams.data.double().log(), beams.target.double().log()[:, None]
    X, w = (X - X.mean(0)) / X.std(0), (w - w.mean()) / w.std()
    torch.manual_seed(3)
    model = nn.Sequential(
        nn.Linear(4, 12), nn.ELU(), nn.Linear(12, 12), nn.SELU(), nn.Linear(12, 1)
    ).double()
    groups = [{"params": model[:2].parameters(), "lr": 3e-3}, {"params": model[2:].parameters()}]
    optimizer = optim.RMSprop(groups, lr=1e-2, momentum=0.5)
    after = optim.lr_scheduler.ExponentialLR(optimizer, 0.9)
    losses, model = train(model, loader(X, w), nn.MSELoss(), optimizer, 10, after)
    assert losses[-1] < 0.05, "the script learns nothing"
    return losses, model


def cantilever_by_fit(nn: Any, optim: Any) -> Run:
    """The same beams with absolute errors, AdamW, and the loop of the companion."""
    beams = make_cantilever(300, random_state=1)
    X, w = beams.data.double().log(), beams.target.double().log()[:, None]
    X, w = (X - X.mean(0)) / X.std(0), (w - w.mean()) / w.std()
    torch.manual_seed(4)
    model = nn.Sequential(nn.Linear(4, 16), nn.Tanh(), nn.Linear(16, 1), nn.Identity()).double()
    optimizer = optim.AdamW(model.parameters(), lr=0.02)
    history = fit(model, loader(X, w), nn.L1Loss(), optimizer, 8, val=[(X, w)])
    return history["loss"] + history["val_loss"], model


SCRIPTS = (digits, digits_with_probabilities, breast_cancer, cantilever, cantilever_by_fit)


@pytest.mark.parametrize("script", SCRIPTS, ids=lambda f: f.__name__)
def test_script_with_the_companion_equals_the_script_with_torch(script: Callable[..., Run]) -> None:
    losses, model = script(companion.nn, companion.optim)
    expected, twin = script(torch.nn, torch.optim)
    assert len(losses) == len(expected)
    assert losses == pytest.approx(expected, rel=1e-10, abs=1e-10)
    assert expected[-1] < 0.6 * expected[0], "the script learns nothing"
    weights = twin.state_dict()
    assert list(model.state_dict()) == list(weights)
    for name, value in model.state_dict().items():
        torch.testing.assert_close(value, weights[name], rtol=1e-10, atol=1e-10)


def test_it_is_the_companion_that_is_tested() -> None:
    """The two scripts use different layers and optimizers."""
    for name in ("Linear", "ReLU", "Tanh", "CrossEntropyLoss", "MSELoss", "BCEWithLogitsLoss"):
        assert getattr(companion.nn, name) is not getattr(torch.nn, name)
    assert companion.optim.Adam is not torch.optim.Adam
