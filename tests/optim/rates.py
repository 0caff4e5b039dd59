"""Optimizers with several groups, and the rates and momenta that a schedule gives them."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import Any

import torch

from companion import optim

MAKERS = (optim.SGD, torch.optim.SGD, optim.AdamW, torch.optim.Adam)
RATES = (0.1, 0.003, 2.0)
KEYS = ("lr", "momentum", "betas", "initial_lr", "max_lr", "min_lr")


def make(kind: Any, dtype: torch.dtype, tensor: bool = False, rates: Any = RATES) -> Any:
    """One group for each rate; ``again()`` makes the same optimizer once more."""
    groups = []
    for lr in rates:
        rate = torch.tensor(lr, dtype=dtype) if tensor else lr
        groups.append({"params": [torch.zeros(2, dtype=dtype)], "lr": rate})
    optimizer = kind(groups, momentum=0.5) if "SGD" in kind.__name__ else kind(groups)
    optimizer.again = partial(make, kind, dtype, tensor, rates)
    return optimizer


def values(found: Any) -> Iterator[Any]:
    """Every number in nested lists, each as a number of Python."""
    if isinstance(found, list | tuple):
        for each in found:
            yield from values(each)
    else:
        yield found.item() if isinstance(found, torch.Tensor) else found


def settings(scheduler: Any) -> list[float]:
    """What the groups hold and what the schedule says that they hold."""
    groups = scheduler.optimizer.param_groups
    held = [[group[key] for key in KEYS if key in group] for group in groups]
    return list(values([held, list(scheduler.get_last_lr())]))


def course(scheduler: Any, steps: int) -> list[list[float]]:
    """The settings before and after each of so many steps; a metric falls, rests, and rises."""
    found = [settings(scheduler)]
    for t in range(steps):
        scheduler.optimizer.step()
        if hasattr(scheduler, "patience"):
            scheduler.step(metric(t))
        else:
            scheduler.step()
        found.append(settings(scheduler))
    return found


def metric(t: int) -> float:
    """Improvements of every size, and a NaN."""
    if t == 33:
        return float("nan")
    return (1.0, 0.9, 0.8, 0.8, 0.79996, 0.81, 0.7, 0.75)[t % 8] * (1.2 if t % 40 > 20 else 1.0)


def same(ours: list[list[float]], theirs: list[list[float]], tol: float) -> None:
    """Every number agrees to ``tol`` of its own size: a rate of 1e-12 as closely as one of 1."""
    assert len(ours) == len(theirs)
    for t, (mine, expected) in enumerate(zip(ours, theirs, strict=True)):
        for a, b in zip(mine, expected, strict=True):
            assert type(a) is type(b) and abs(a - b) <= tol * abs(b), f"time {t}: {a} != {b}"
