"""Exercises of the page that builds a network of objects: batches and momentum."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import pairwise
from typing import Any

import torch
from torch import Generator, Tensor

from companion.exercises._inputs import integers, randn, uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "07-neural-networks/network-from-scratch"
EPOCHS = 3  # how often a judge reads the batches


class Minibatches:
    """Batches of indices, in a new order each time they are read."""

    def __init__(self, n: int, batch: int, seed: int) -> None:
        self.n, self.batch = n, batch
        self.generator = torch.Generator().manual_seed(seed)

    def __iter__(self) -> Iterator[Tensor]:
        order = torch.randperm(self.n, generator=self.generator)
        return iter(torch.split(order, self.batch))


class IndependentDraws(Minibatches):
    def __iter__(self) -> Iterator[Tensor]:
        for _ in range(-(-self.n // self.batch)):
            yield torch.randperm(self.n, generator=self.generator)[: self.batch]


class RemainderDropped(Minibatches):
    def __iter__(self) -> Iterator[Tensor]:
        return (rows for rows in super().__iter__() if len(rows) == self.batch)


class OneOrder(Minibatches):
    def __init__(self, n: int, batch: int, seed: int) -> None:
        super().__init__(n, batch, seed)
        self.order = torch.randperm(n, generator=self.generator)

    def __iter__(self) -> Iterator[Tensor]:
        return iter(torch.split(self.order, self.batch))


def read_once(n: int, batch: int, seed: int) -> Iterator[Tensor]:
    order = torch.randperm(n, generator=torch.Generator().manual_seed(seed))
    yield from torch.split(order, batch)


def epochs_of(got: Iterable[Any]) -> list[list[list[int]]]:
    """Read an object several times, as a training loop does."""
    return [[[int(i) for i in torch.as_tensor(rows)] for rows in iter(got)] for _ in range(EPOCHS)]


def flat(epoch: list[list[int]]) -> list[int]:
    return [i for rows in epoch for i in rows]


def used_up(arguments: Arguments, got: Any) -> bool:
    return isinstance(got, Iterator)


def repeats(arguments: Arguments, got: Any) -> bool:
    epochs = [flat(epoch) for epoch in epochs_of(got)]
    return any(len(set(epoch)) < len(epoch) for epoch in epochs)


def drops(arguments: Arguments, got: Any) -> bool:
    n, batch = arguments[:2]
    epochs = [flat(epoch) for epoch in epochs_of(got)]
    return all(len(set(e)) == len(e) == n // batch * batch < n for e in epochs)


def keeps_one_order(arguments: Arguments, got: Any) -> bool:
    epochs = [flat(epoch) for epoch in epochs_of(got)]
    return all(sorted(e) == list(range(arguments[0])) and e == epochs[0] for e in epochs)


def judge_batches(arguments: Arguments, got: Any, expected: Any) -> str | None:
    n, batch, _ = arguments
    wanted = [len(rows) for rows in torch.split(torch.arange(n), batch)]
    epochs = epochs_of(got)
    for number, epoch in enumerate(epochs, 1):
        sizes = [len(rows) for rows in epoch]
        if sizes != wanted:
            return f"read for the {number}. time, it gives batches of {sizes}, expected {wanted}"
        missing = n - len(set(flat(epoch)) & set(range(n)))
        if missing:
            return f"read for the {number}. time, it leaves out {missing} of {n} indices"
    if any(before == after for before, after in pairwise(epochs)):
        return "two epochs have the same order"
    return None


def sample_counts(generator: Generator) -> list[Arguments]:
    seeds = integers(generator, 0, 10**6, 3).tolist()
    return [(n, b, seed) for (n, b), seed in zip([(23, 5), (61, 8), (143, 10)], seeds, strict=True)]


MINIBATCHES = Exercise(
    name="neural_networks.minibatches",
    page=PAGE,
    task="Return an object that gives the index batches of an epoch each time a loop reads it: "
    "`batch` indices each, the last batch may be shorter, every index below `n` once, and a new "
    "order in each epoch. Draw from one generator that `seed` has started.",
    signature="minibatches(n, batch, seed) -> iterable of Tensor[batch]",
    reference=Minibatches,
    inputs=sample_counts,
    tried="three epochs each, with a remainder",
    misconceptions=(
        Misconception(
            "is an iterator, which can be read once",
            read_once,
            "A generator is used up after one epoch: the second finds nothing, and the network "
            "stops learning without a word. Write a class with `__iter__`, which starts anew.",
            recognise=used_up,
        ),
        Misconception(
            "draws each batch anew",
            IndependentDraws,
            "Independent draws use some samples twice and miss others: with 1437 samples and "
            "batches of 100, more than a third in every epoch. Cut one permutation into pieces.",
            recognise=repeats,
        ),
        Misconception(
            "drops the remainder",
            RemainderDropped,
            "The last, shorter batch is missing: of 1437 samples in batches of 100, 37 are lost "
            "in each epoch.",
            recognise=drops,
        ),
        Misconception(
            "keeps one order",
            OneOrder,
            "Every epoch comes in the same order, so the same samples share a batch for ever. "
            "Draw a new permutation inside `__iter__`.",
            recognise=keeps_one_order,
        ),
    ),
    hints=("Permute the indices inside `__iter__`, then slice: `torch.randperm(n).split(batch)`.",),
    judge=judge_batches,
)


State = dict[str, Tensor]


def sgd_momentum_step(
    p: Tensor, g: Tensor, state: State, lr: float, mu: float
) -> tuple[Tensor, State]:
    v = mu * state.get("v", torch.zeros_like(p)) + g
    return p - lr * v, {"v": v}


def nesterov(p: Tensor, g: Tensor, state: State, lr: float, mu: float) -> tuple[Tensor, State]:
    v = mu * state.get("v", torch.zeros_like(p)) + g
    return p - lr * (g + mu * v), {"v": v}


def dampened(p: Tensor, g: Tensor, state: State, lr: float, mu: float) -> tuple[Tensor, State]:
    v = mu * state.get("v", torch.zeros_like(p)) + (1 - mu) * g
    return p - lr * v, {"v": v}


def velocity_lost(p: Tensor, g: Tensor, state: State, lr: float, mu: float) -> tuple[Tensor, State]:
    return p - lr * g, {"v": g}


def rate_inside(p: Tensor, g: Tensor, state: State, lr: float, mu: float) -> tuple[Tensor, State]:
    v = mu * state.get("v", torch.zeros_like(p)) - lr * g
    return p + v, {"v": v}


def moments(generator: Generator) -> list[Arguments]:
    """First steps and later ones, each with its own rate."""
    cases: list[Arguments] = []
    for shape, first in (((3,), True), ((3,), False), ((2, 4), False), ((5, 2), True)):
        rate, mu = uniform(generator, 0.01, 0.3).item(), uniform(generator, 0.5, 0.95).item()
        state = {} if first else {"v": randn(generator, *shape)}
        cases.append((randn(generator, *shape), randn(generator, *shape), state, rate, mu))
    return cases


SGD_MOMENTUM_STEP = Exercise(
    name="neural_networks.sgd_momentum_step",
    page=PAGE,
    task="Take one step of gradient descent with momentum in the form v ← μ v + g, w ← w - η v, "
    "the one of `torch.optim.SGD`. `state` holds the velocity of this parameter under `'v'`, and "
    "nothing before its first step. Return the new parameter and the new state; change no input.",
    signature="sgd_momentum_step(p, g, state, lr, mu) -> (p, state)",
    reference=sgd_momentum_step,
    inputs=moments,
    tried="first and later steps, with rates that change",
    misconceptions=(
        Misconception(
            "looks ahead",
            nesterov,
            "This is Nesterov's momentum, which steps along g + μ v. A good method, but not the "
            "one asked for: the step is along v.",
        ),
        Misconception(
            "dampens the gradient",
            dampened,
            "With v ← μ v + (1 - μ) g the velocity is an average, and the steps are about 1/(1 - "
            "μ) times smaller. `torch.optim.SGD` adds the whole g.",
        ),
        Misconception(
            "does not keep the velocity",
            velocity_lost,
            "The velocity of the last step is not used, so this is gradient descent without "
            "memory. Take it from `state`, and return the new one in it.",
        ),
        Misconception(
            "keeps the rate in the velocity",
            rate_inside,
            "v ← μ v - η g is the same only while η stays the same: the old velocity holds the "
            "old rate. The form asked for multiplies by η in the step.",
        ),
    ),
    hints=("v ← μ v + g first, then w ← w - η v; at the first step v is 0.",),
    seconds=20.0,  # an answer may load torch.optim
)

EXERCISES = [MINIBATCHES, SGD_MOMENTUM_STEP]
