"""Proofs of ``companion.training``: the loop, table and file that one would write by hand."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any

import pandas as pd
import torch
from torch import Tensor, nn

from companion import training
from tests.registry._row import Bad, Call, Row, call
from tests.training.problem import by_hand, data, net

EPOCHS = 3


def samples(g: torch.Generator, dtype: torch.dtype) -> Iterable[Call]:
    yield call(*data(dtype=dtype), label="50 rows, last batch of 2")


def batches(X: Tensor, y: Tensor) -> list[tuple[Tensor, Tensor]]:
    return list(zip(X.split(16), y.split(16), strict=True))


def prepared(X: Tensor) -> tuple[nn.Module, torch.optim.Optimizer]:
    model = net(dtype=X.dtype).to(X.device)
    return model, torch.optim.SGD(model.parameters(), lr=0.05, momentum=0.9)


def trained(found: Callable[..., Any], X: Tensor, y: Tensor) -> tuple[list[Tensor], list[float]]:
    model, optimizer = prepared(X)
    history = found(model, batches(X, y), nn.MSELoss(), optimizer, EPOCHS, val=[(X, y)])
    return list(model.state_dict().values()), history["loss"] + history["val_loss"]


def trained_by_hand(X: Tensor, y: Tensor) -> tuple[list[Tensor], list[float]]:
    model, optimizer = prepared(X)
    records = by_hand(model, batches(X, y), nn.MSELoss(), optimizer, EPOCHS, [(X, y)])
    losses = [r["loss"] for r in records] + [r["val_loss"] for r in records]
    return list(model.state_dict().values()), losses


def reported(found: Callable[..., Any], X: Tensor, y: Tensor) -> list[tuple[float, ...]]:
    """Return what a callback that stops after two epochs is told."""
    model, optimizer = prepared(X)
    told = []

    def listen(progress: training.Progress) -> None:
        assert isinstance(progress, found)  # type: ignore[arg-type]
        told.append((progress.epoch, progress.epochs, progress.record["loss"]))
        if progress.epoch == 2:
            progress.stop()

    training.fit(model, batches(X, y), nn.MSELoss(), optimizer, 5, callbacks=[listen])
    return told


def reported_by_hand(X: Tensor, y: Tensor) -> list[tuple[float, ...]]:
    model, optimizer = prepared(X)
    records = by_hand(model, batches(X, y), nn.MSELoss(), optimizer, 2)
    return [(k, 5, record["loss"]) for k, record in enumerate(records, start=1)]


def table(found: Callable[..., Any], *losses: float) -> Any:
    history = found([{"epoch": k, "loss": loss} for k, loss in enumerate(losses, start=1)])
    return history.to_frame().to_numpy().tolist()


def table_by_hand(*losses: float) -> Any:
    return pd.DataFrame({"epoch": range(1, len(losses) + 1), "loss": losses}).to_numpy().tolist()


def linear(weight: Tensor) -> nn.Linear:
    model = nn.Linear(3, 2, bias=False)
    model.weight = nn.Parameter(weight)
    return model


def saved(found: Callable[..., Any], weight: Tensor) -> Tensor:
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "w.pt"
        found(linear(weight), path)
        return torch.load(path, weights_only=True)["weight"]


def loaded(found: Callable[..., Any], weight: Tensor) -> Tensor:
    model = linear(torch.zeros_like(weight))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "w.pt"
        torch.save({"weight": weight.cpu()}, path)
        found(model, path)
    return model.weight


def weights(g: torch.Generator, dtype: torch.dtype) -> Iterable[Call]:
    yield call(torch.randn(2, 3, generator=g, dtype=dtype))


def no_model(path: str) -> Bad:
    return Bad("no model", lambda f: f({}, path), TypeError, r"\bmodel\b.* got dict")


ROWS = [
    Row(
        name="training.fit",
        proof="closed form",
        inputs=samples,
        run=trained,
        expected=trained_by_hand,
        bad=(
            Bad("no model", lambda f: f(3, [], 3, 3, 1), TypeError, r"\bmodel\b.* got int"),
            Bad("metrics", lambda f: f(1, 1, 1, 1, 1, metrics=[]), TypeError, "metrics"),
        ),
    ),
    Row(
        name="training.Progress",
        proof="closed form",
        inputs=samples,
        run=reported,
        expected=reported_by_hand,
    ),
    Row(
        name="training.History",
        proof="library",
        inputs=lambda g, dtype: [call(0.5, 0.25, 0.125), call(2.0)],
        run=table,
        expected=table_by_hand,
    ),
    Row(
        name="training.save_weights",
        proof="library",
        inputs=weights,
        run=saved,
        expected=lambda weight: weight,
        bad=(no_model("w.pt"),),
    ),
    Row(
        name="training.load_weights",
        proof="library",
        inputs=weights,
        run=loaded,
        expected=lambda weight: weight,
        bad=(no_model("w.pt"),),
    ),
]
