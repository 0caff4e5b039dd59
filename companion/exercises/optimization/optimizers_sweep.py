"""Exercises of the page on optimizers: an optimizer of your own, and the choice of a rate."""

from __future__ import annotations

from typing import Any

import torch
from torch import Generator, Tensor
from torch.optim import Optimizer

from companion.exercises._compare import difference
from companion.exercises._inputs import randn, uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.exercises.optimization._walks import walk_of, walked
from companion.optim import SGD, Adam

PAGE = "03-optimization/optimizers"


class RightAdagradMomentum(Optimizer):
    """AdaGrad with momentum, and a reset; the wrong versions change one line each."""

    def __init__(self, params: Any, lr: float, momentum: float) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum})

    def owner(self, w: Tensor) -> Tensor:
        return w

    def reset(self) -> None:
        self.state.clear()

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for w in group["params"]:
                state = self.state[self.owner(w)]
                G = state.get("G", torch.zeros_like(w)) + w.grad**2
                drive = group["lr"] * w.grad / (torch.sqrt(G) + 1e-10)
                update = group["momentum"] * state.get("update", torch.zeros_like(w)) + drive
                state.update(G=G, update=update)
                w -= update


class SharesState(RightAdagradMomentum):
    def owner(self, w: Tensor) -> Tensor:
        return torch.as_tensor(self.param_groups[0]["params"][0])


class KeepsVelocity(RightAdagradMomentum):
    def reset(self) -> None:
        for state in self.state.values():
            state.pop("G")


class MomentumInside(RightAdagradMomentum):
    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for w in group["params"]:
                state = self.state[w]
                v = group["momentum"] * state.get("v", torch.zeros_like(w)) + w.grad
                G = state.get("G", torch.zeros_like(w)) + v**2
                state.update(v=v, G=G)
                w -= group["lr"] * v / (torch.sqrt(G) + 1e-10)


def adagrad_momentum_inputs(generator: Generator) -> list[Arguments]:
    cases: list[Arguments] = []
    for shape, momentum in (((2,), 0.0), ((2,), 0.9), ((3,), 0.7), ((2, 2), 0.5)):
        params = [randn(generator, *shape), randn(generator, *shape)]
        cases.append((params, float(uniform(generator, 0.05, 0.3)), momentum))
    return cases


def judge_adagrad_momentum(arguments: Arguments, got: Any, expected: Any) -> str | None:
    if not isinstance(got, Optimizer):
        return "the result is no torch.optim.Optimizer: pass the class itself to check"
    if not hasattr(got, "reset"):
        return "the class has no method reset"
    mine, right = (walked(o, 12, len(arguments[0]), reset=True) for o in (got, expected))
    if difference(mine[:6], right[:6], 1e-8) is not None:
        return "the parameters differ within six steps"
    return None if difference(mine, right, 1e-8) is None else "the parameters differ after reset"


def same_adagrad_walk(got: Any, wrong: Any) -> bool:
    number = len(wrong.param_groups[0]["params"])
    mine, theirs = (walked(o, 12, number, reset=True) for o in (got, wrong))
    return difference(mine, theirs, 1e-8) is None


ADAGRAD_MOMENTUM = Exercise(
    name="optimization.adagrad_momentum",
    page=PAGE,
    task="Write AdaGrad with momentum as a subclass of `torch.optim.Optimizer`: G ← G + g², "
    "Δ ← γΔ + αg/(√G + ε), w ← w - Δ with ε = 1e-10. The method `reset` makes the state new.",
    signature="AdagradMomentum(params, lr, momentum) -> Optimizer",
    reference=RightAdagradMomentum,
    inputs=adagrad_momentum_inputs,
    tried="two parameters, with and without momentum, before and after reset",
    misconceptions=(
        Misconception(
            "puts the momentum inside G",
            MomentumInside,
            "G sums squares of velocities. It must sum squares of raw gradients, and the momentum "
            "acts on the scaled step.",
        ),
        Misconception(
            "keeps the velocity on reset",
            KeepsVelocity,
            "After `reset` the second fit starts with the old velocity: clear Δ as well as G.",
        ),
        Misconception(
            "shares one state",
            SharesState,
            "One state serves all parameters. Weights and biases need their own: `self.state[w]`.",
        ),
    ),
    hints=("Subclass `torch.optim.Optimizer`, and let `reset` call `self.state.clear()`.",),
    judge=judge_adagrad_momentum,
    alike=same_adagrad_walk,
)


def working_rates() -> tuple[set[float], set[float]]:
    scale = torch.tensor([1.0, 100.0], dtype=torch.float64, device="cpu")
    found: list[set[float]] = []
    for optimizer in (SGD, Adam):
        good = set()
        for lr in (1e-4, 1e-3, 1e-2, 1e-1, 1.0, 10.0):
            w = walk_of(
                optimizer([start := torch.ones_like(scale)], lr=lr),
                lambda w: scale * w,
                start,
                200,
            )
            if 0.5 * (scale * w**2).sum() <= 1e-2:
                good.add(lr)
        found.append(good)
    return found[0], found[1]


def rates(values: Any) -> list[float]:
    return sorted(float(value) for value in values)


def judge_rates(arguments: Arguments, got: Any, expected: Any) -> str | None:
    for name, mine, right in zip(("SGD", "Adam"), got, expected, strict=True):
        if not same_rates([mine], [right]):
            return f"the learning rates of {name} are not {rates(mine)}"
    return None


def same_rates(got: Any, wrong: Any) -> bool:
    return all(
        len(rates(mine)) == len(rates(theirs))
        and all(abs(a - b) < 1e-6 * b for a, b in zip(rates(mine), rates(theirs), strict=True))
        for mine, theirs in zip(got, wrong, strict=True)
    )


LEARNING_RATE_SWEEP = Exercise(
    name="optimization.learning_rate_sweep",
    page=PAGE,
    task="On ½(x² + 100y²) from (1, 1), which of the learning rates 1e-4, 1e-3, ..., 10 reach "
    "f ≤ 1e-2 within 200 steps (at the end of them) with SGD, and which with Adam?",
    signature="working_rates() -> (set of rates for SGD, set of rates for Adam)",
    reference=working_rates,
    inputs=lambda generator: [()],
    tried="your two sets",
    misconceptions=(
        Misconception(
            "gives SGD the rate 0.1",
            lambda: ({0.01, 0.1}, {0.1, 1.0, 10.0}),
            "SGD diverges with 0.1: on this ravine its limit is 2/100 = 0.02.",
        ),
        Misconception(
            "expects the same of both",
            lambda: ({0.01}, {0.01}),
            "Adam's rates are not those of SGD: its step size is about α, independent of the "
            "gradient, so it needs a larger α and survives it.",
        ),
        Misconception(
            "finds none for SGD",
            lambda: (set(), {0.1, 1.0, 10.0}),
            "SGD with α=0.01 makes it, barely: f = 0.00898 ≤ 0.01 after 200 steps.",
        ),
    ),
    hints=("Run both for every rate in `torch.logspace(-4, 1, 6)`, and look at the last f.",),
    judge=judge_rates,
    alike=same_rates,
)

EXERCISES = [ADAGRAD_MOMENTUM, LEARNING_RATE_SWEEP]
