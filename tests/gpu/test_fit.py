"""``fit`` on an accelerator: the numbers of the CPU, and everything where it belongs."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import torch
from torch import nn

from companion import optim
from companion.device import default_device
from companion.training import fit, load_weights, save_weights
from tests.registry import close
from tests.training.problem import F64, held_out, net, shuffled

DEVICE = default_device(F64)

pytestmark = [
    pytest.mark.gpu,
    pytest.mark.skipif(DEVICE.type == "cpu", reason="no accelerator with float64 on this machine"),
]


@pytest.mark.parametrize("library", [optim, torch.optim], ids=["companion", "torch"])
@pytest.mark.parametrize("name", ["SGD", "Adam", "AdamW", "RMSprop", "Adagrad", "LBFGS"])
def test_same_training_as_on_the_cpu(name: str, library: Any) -> None:
    """Batches come from the CPU; model, optimizer state and best weights live on the device."""
    options = {"max_iter": 3} if name == "LBFGS" else {"lr": 0.02}
    found = []
    for device in ("cpu", DEVICE):
        model = net()
        optimizer = getattr(library, name)(model.parameters(), **options)
        history = fit(model, shuffled(), nn.MSELoss(), optimizer, 4, val=held_out(), device=device)
        found.append((history, model))
    (cpu, one), (there, other) = found
    assert {w.device.type for w in other.parameters()} == {DEVICE.type}
    assert there.best_state is not None and there.best_epoch == cpu.best_epoch
    close([v.cpu() for v in other.state_dict().values()], list(one.state_dict().values()), 1e-9)
    assert there["loss"] == pytest.approx(cpu["loss"], rel=1e-9)
    assert there["val_loss"] == pytest.approx(cpu["val_loss"], rel=1e-9)


def test_loss_with_weights_moves_too() -> None:
    model = net()
    loss = nn.BCEWithLogitsLoss(pos_weight=torch.full((1,), 2.0, dtype=F64))
    pairs = [(X, (y > 0).double()) for X, y in shuffled()]
    fit(model, pairs, loss, optim.SGD(model.parameters(), lr=0.1), 2, device=DEVICE)
    assert loss.pos_weight is not None and loss.pos_weight.device.type == DEVICE.type


def test_repeatable_bit_for_bit() -> None:
    runs = []
    for _ in range(2):
        model = net().to(DEVICE)
        fit(model, shuffled(), nn.MSELoss(), optim.Adam(model.parameters()), 4)
        runs.append([w.detach().cpu() for w in model.parameters()])
    assert all(torch.equal(a, b) for a, b in zip(*runs, strict=True))


def test_not_a_number_is_found_there() -> None:
    model = net().to(DEVICE)
    X, y = next(iter(shuffled()))
    with pytest.raises(FloatingPointError, match="epoch 1, batch 1: the batch itself"):
        fit(model, [(X, y * torch.nan)], nn.MSELoss(), optim.SGD(model.parameters()), 1)


def test_weights_travel_between_devices(tmp_path: Path) -> None:
    there, here = net(1).to(DEVICE), net(2)
    save_weights(there, tmp_path / "w.pt")
    load_weights(here, tmp_path / "w.pt")
    assert here[0].weight.device.type == "cpu"
    assert torch.equal(here[0].weight, there[0].weight.cpu())
    save_weights(net(3), tmp_path / "w.pt")
    load_weights(there, tmp_path / "w.pt")
    assert there[0].weight.device.type == DEVICE.type
    assert torch.equal(there[0].weight.cpu(), net(3)[0].weight)
