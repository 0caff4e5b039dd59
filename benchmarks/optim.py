"""One step of each optimizer against ``torch.optim`` with its default settings.

The rows of ``FlatAdam`` show what structure buys: all parameters are views of one vector. It is no
class of the companion, whose optimizers take the parameters of any module as they are.
"""

from __future__ import annotations

import math
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
FLAT = 3.0


def parameters(shapes: list[tuple[int, ...]]) -> list[torch.nn.Parameter]:
    """Draw parameters and a gradient for each; both sides of a case get equal ones."""
    generator = torch.Generator().manual_seed(0)
    drawn = [torch.nn.Parameter(torch.randn(shape, generator=generator)) for shape in shapes]
    for w in drawn:
        w.grad = torch.randn(w.shape, generator=generator)
    return drawn


class FlatAdam:
    """Adam with its default settings for parameters and gradients that are views of two vectors.

    Six calls on long vectors, in place, do what otherwise takes that many for each tensor.
    """

    def __init__(self, tensors: list[torch.nn.Parameter]) -> None:
        gradients = [w.grad for w in tensors if w.grad is not None]
        self.w = torch.nn.utils.parameters_to_vector(tensors).detach()
        self.g = torch.cat([g.reshape(-1) for g in gradients])
        self.m, self.s, self.scratch = (torch.zeros_like(self.w) for _ in range(3))
        self.t, begin = 0, 0
        for w in tensors:
            end = begin + w.numel()
            w.data = self.w[begin:end].view(w.shape)
            w.grad = self.g[begin:end].view(w.shape)  # a backward pass adds to it in place
            begin = end

    def step(self) -> None:
        self.t += 1
        root = math.sqrt(1 - 0.999**self.t)
        self.m.lerp_(self.g, 1 - 0.9)
        self.s.mul_(0.999).addcmul_(self.g, self.g, value=1 - 0.999)
        size = torch.sqrt(self.s, out=self.scratch).add_(1e-8 * root)
        self.w.addcdiv_(self.m, size, value=-1e-3 * root / (1 - 0.9**self.t))


def case(name: str, size: str, **options: Any) -> Case:
    shapes = SIZES[size]
    mine = getattr(optim, name)(parameters(shapes), **options)
    theirs = getattr(torch.optim, name)(parameters(shapes), **options)
    large = size.startswith("4 of")
    label = ", ".join([name, *options])
    return Case(family="optim", name=label, size=size, peer="torch.optim",
                ours=mine.step, theirs=theirs.step,
                goal=0.9 if large else FASTER.get(name, 1.0))  # fmt: skip


def flat_case(size: str) -> Case:
    mine = FlatAdam(parameters(SIZES[size]))
    theirs = torch.optim.Adam(parameters(SIZES[size]))
    return Case(family="optim", name="Adam, one flat vector", size=size, peer="torch.optim",
                ours=mine.step, theirs=theirs.step, goal=FLAT)  # fmt: skip


def cases() -> list[Case]:
    """Return one case for each optimizer and size, for SGD one with momentum, and flat ones."""
    found = []
    for size in SIZES:
        found += [case(name, size) for name in NAMES]
        found.append(case("SGD", size, momentum=0.9))
    return found + [flat_case(size) for size in SIZES if not size.startswith("4 of")]
