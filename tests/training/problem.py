"""A small problem and the loop that everybody writes by hand: what ``fit`` is compared with."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.data import DataLoader, TensorDataset

F64 = torch.float64
Pairs = list[tuple[Tensor, Tensor]]


def net(seed: int = 3, dtype: torch.dtype = F64) -> nn.Sequential:
    """Layers with dropout-free training and evaluation modes that differ: batch normalization."""
    generator = torch.Generator().manual_seed(seed)
    layers = (nn.Linear(2, 6), nn.BatchNorm1d(6), nn.Tanh(), nn.Linear(6, 1))
    found = nn.Sequential(*layers).to(dtype)
    with torch.no_grad():
        for w in found.parameters():
            w.copy_(0.5 * torch.randn(w.shape, generator=generator, dtype=dtype))
    return found


def data(n: int = 50, seed: int = 0, dtype: torch.dtype = F64) -> tuple[Tensor, Tensor]:
    """A noisy saddle."""
    generator = torch.Generator().manual_seed(seed)
    X = torch.randn(n, 2, generator=generator, dtype=dtype)
    noise = torch.randn(n, 1, generator=generator, dtype=dtype)
    return X, X[:, :1] * X[:, 1:] + 0.1 * noise


def shuffled(seed: int = 5, dtype: torch.dtype = F64) -> DataLoader[tuple[Tensor, ...]]:
    """Batches of 16, the last of 2 rows."""
    generator = torch.Generator().manual_seed(seed)
    return DataLoader(
        TensorDataset(*data(dtype=dtype)), batch_size=16, shuffle=True, generator=generator
    )


def held_out(dtype: torch.dtype = F64) -> Pairs:
    """Validation batches of 9, 9 and 2 rows."""
    X, y = data(20, seed=1, dtype=dtype)
    return list(zip(X.split(9), y.split(9), strict=True))


def weighted(values: list[tuple[float, int]]) -> float:
    """The mean of batch losses over rows."""
    return sum(v * n for v, n in values) / sum(n for _, n in values)


def by_hand(
    model: nn.Module, loader: Any, loss_of: Any, optimizer: Any, epochs: int, val: Any = None
) -> list[dict[str, float]]:
    """The loop of any PyTorch tutorial; returns a record an epoch."""
    records = []
    for epoch in range(1, epochs + 1):
        model.train()
        values = []
        for X, y in loader:
            optimizer.zero_grad()
            loss = loss_of(model(X), y)
            loss.backward()
            optimizer.step()
            values.append((loss.item(), len(y)))
        record = {"epoch": epoch, "loss": weighted(values)}
        model.eval()
        if val is not None:
            with torch.no_grad():
                record["val_loss"] = weighted(
                    [(loss_of(model(X), y).item(), len(y)) for X, y in val]
                )
        assert math.isfinite(record["loss"])
        records.append(record)
    return records
