"""One step of each optimizer against ``torch.optim`` with its default settings."""

from __future__ import annotations

from typing import Any

import torch

from benchmarks._case import Case
from companion import optim

NAMES = ("SGD", "Adagrad", "RMSprop", "Adadelta", "Adam", "AdamW")
NETWORK = [(128, 64), (128,), (64, 128), (64,), (10, 64), (10,)]  # 17 k numbers in six tensors
SIZES = {
    "6 tensors, 17 k": NETWORK,
    "100 of 32 x 32": [(32, 32)] * 100,
    "4 of 1024 x 1024": [(1024, 1024)] * 4,
}
FASTER = {"Adam": 1.2, "Adagrad": 1.2}  # on small tensors; the others: as fast as the library


def parameters(shapes: list[tuple[int, ...]]) -> list[torch.nn.Parameter]:
    """Draw parameters and a gradient for each; both sides of a case get equal ones."""
    generator = torch.Generator().manual_seed(0)
    drawn = [torch.nn.Parameter(torch.randn(shape, generator=generator)) for shape in shapes]
    for w in drawn:
        w.grad = torch.randn(w.shape, generator=generator)
    return drawn


def case(name: str, size: str, **options: Any) -> Case:
    shapes = SIZES[size]
    mine = getattr(optim, name)(parameters(shapes), **options)
    theirs = getattr(torch.optim, name)(parameters(shapes), **options)
    large = size.startswith("4 of")
    label = ", ".join([name, *options])
    return Case(family="optim", name=label, size=size, peer="torch.optim",
                ours=mine.step, theirs=theirs.step,
                goal=0.9 if large else FASTER.get(name, 1.0))  # fmt: skip


def cases() -> list[Case]:
    """Return one case for each optimizer and size, and for SGD one with momentum."""
    found = []
    for size in SIZES:
        found += [case(name, size) for name in NAMES]
        found.append(case("SGD", size, momentum=0.9))
    return found
