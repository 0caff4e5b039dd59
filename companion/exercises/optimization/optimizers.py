"""Exercises of the page on optimizers: batches, momentum and learning rates."""

from __future__ import annotations

from typing import Any

import torch
from torch import Generator, Tensor
from torch.optim import Optimizer

from companion.exercises._compare import difference
from companion.exercises._inputs import integers, randn, uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.exercises.optimization._walks import Gradient, bowl, quadratic, walked
from companion.optim import SGD

PAGE = "03-optimization/optimizers"
Epoch = list[Tensor]


def epochs(n: int, b: int, number: int, seed: int) -> list[Epoch]:
    generator = torch.Generator().manual_seed(seed)
    return [list(torch.split(torch.randperm(n, generator=generator), b)) for _ in range(number)]


def independent_draws(n: int, b: int, number: int, seed: int) -> list[Epoch]:
    generator = torch.Generator().manual_seed(seed)
    count = -(-n // b)
    return [
        [torch.randperm(n, generator=generator)[:b] for _ in range(count)] for _ in range(number)
    ]


def remainder_dropped(n: int, b: int, number: int, seed: int) -> list[Epoch]:
    return [epoch[: n // b] for epoch in epochs(n, b, number, seed)]


def one_order(n: int, b: int, number: int, seed: int) -> list[Epoch]:
    return number * epochs(n, b, 1, seed)


def joined(epoch: Any) -> list[int]:
    return [int(i) for batch in epoch for i in torch.as_tensor(batch)]


def repeats(arguments: Arguments, got: Any) -> bool:
    return any(len(set(joined(epoch))) < len(joined(epoch)) for epoch in got)


def drops(arguments: Arguments, got: Any) -> bool:
    n, b = arguments[:2]
    return not repeats(arguments, got) and all(len(joined(e)) == n // b * b for e in got)


def keeps_the_order(arguments: Arguments, got: Any) -> bool:
    return all(joined(epoch) == joined(got[0]) for epoch in got)


def judge_epochs(arguments: Arguments, got: Any, expected: Any) -> str | None:
    n, _, number, _ = arguments
    if len(got) != number:
        return f"the result has {len(got)} epochs, expected {number}"
    for k, epoch in enumerate(got, 1):
        sizes = [len(batch) for batch in epoch]
        wanted = [len(batch) for batch in expected[0]]
        if sizes != wanted:
            return f"epoch {k} has batches of {sizes} samples, expected {wanted}"
        missing = n - len(set(joined(epoch)) & set(range(n)))
        if missing:
            return f"epoch {k} leaves out {missing} of {n} samples"
    return "every epoch has the same order" if keeps_the_order(arguments, got) else None


def sample_counts(generator: Generator) -> list[Arguments]:
    seeds = integers(generator, 0, 10**6, 4).tolist()
    sizes = [(20, 5), (103, 10), (256, 32), (61, 8)]
    return [(n, b, 3, seed) for (n, b), seed in zip(sizes, seeds, strict=True)]


MINIBATCHES = Exercise(
    name="optimization.minibatches",
    page=PAGE,
    task="Return `number` epochs of index batches for `n` samples. An epoch is a list of index "
    "tensors of `b` samples each, where the last one may be shorter; each sample stands in it "
    "once. Draw all of them from one generator that `seed` has started.",
    signature="epochs(n, b, number, seed) -> list of lists of Tensor[b]",
    reference=epochs,
    inputs=sample_counts,
    tried="with and without a remainder",
    misconceptions=(
        Misconception(
            "draws each batch anew",
            independent_draws,
            "Independent draws use some samples twice and others not at all: with n=256 and b=32, "
            "34 % of the data are missed. Cut one permutation into pieces.",
            recognise=repeats,
        ),
        Misconception(
            "drops the remainder",
            remainder_dropped,
            "The last, shorter batch is missing: with b=100, 37 of 1437 samples are lost in each "
            "epoch. Keep it, or drop it on purpose and say so.",
            recognise=drops,
        ),
        Misconception(
            "keeps one order",
            one_order,
            "Every epoch comes in the same order. Start the generator once, outside the loop, and "
            "draw a new permutation from it in each epoch.",
            recognise=keeps_the_order,
        ),
    ),
    hints=("One permutation for each epoch, cut into pieces of b: `torch.randperm(n).split(b)`.",),
    judge=judge_epochs,
)


class RightMomentum(Optimizer):
    """Momentum as the task asks for it; the wrong versions change one line each."""

    def __init__(self, params: Any, lr: float, momentum: float) -> None:
        super().__init__(params, {"lr": lr, "momentum": momentum})

    def velocity(self, w: Tensor, g: Tensor, mu: float) -> Tensor:
        state = self.state[w]
        state["v"] = mu * state.get("v", torch.zeros_like(w)) + g
        return torch.as_tensor(state["v"])

    def move(self, w: Tensor, v: Tensor, lr: float) -> None:
        w -= lr * v

    @torch.no_grad()
    def step(self, closure: Any = None) -> None:  # type: ignore[override]
        for group in self.param_groups:
            for w in group["params"]:
                self.move(w, self.velocity(w, w.grad, group["momentum"]), group["lr"])


class OneVelocity(RightMomentum):
    def velocity(self, w: Tensor, g: Tensor, mu: float) -> Tensor:
        return super().velocity(self.param_groups[0]["params"][0], g, mu)


class Climbs(RightMomentum):
    def move(self, w: Tensor, v: Tensor, lr: float) -> None:
        w += lr * v


class Averages(RightMomentum):
    def velocity(self, w: Tensor, g: Tensor, mu: float) -> Tensor:
        return super().velocity(w, (1 - mu) * g, mu)


def momentum_inputs(generator: Generator) -> list[Arguments]:
    cases: list[Arguments] = []
    for shape in ((2,), (3,), (2, 2)):
        params = [randn(generator, *shape), randn(generator, *shape)]
        lr, momentum = float(uniform(generator, 0.02, 0.2)), float(uniform(generator, 0.5, 0.9))
        cases.append((params, lr, momentum))
    return cases


def judge_momentum(arguments: Arguments, got: Any, expected: Any) -> str | None:
    if not isinstance(got, Optimizer):
        return "the result is no torch.optim.Optimizer: pass the class itself to check"
    number = len(arguments[0])
    mine, right = walked(got, 8, number), walked(expected, 8, number)
    if difference(mine, right, 1e-8) is None:
        return None
    step = next(k for k in range(8) if difference(mine[k], right[k], 1e-8) is not None)
    return f"after {step + 1} steps the parameters differ from those of torch.optim.SGD"


def same_walk(got: Any, wrong: Any) -> bool:
    number = len(wrong.param_groups[0]["params"])
    return difference(walked(got, 8, number), walked(wrong, 8, number), 1e-8) is None


MOMENTUM = Exercise(
    name="optimization.momentum",
    page=PAGE,
    task="Write momentum as a subclass of `torch.optim.Optimizer`: `step` applies v ← μv + g and "
    "w ← w - αv to every parameter, and v starts at 0.",
    signature="Momentum(params, lr, momentum) -> Optimizer",
    reference=SGD,
    inputs=momentum_inputs,
    tried="two parameters, eight steps",
    misconceptions=(
        Misconception(
            "shares one velocity",
            OneVelocity,
            "One velocity serves all parameters. State belongs to each parameter: keep it in "
            "`self.state[w]`.",
        ),
        Misconception(
            "adds the step",
            Climbs,
            "The sign is wrong: v points uphill like the gradient, so subtract αv.",
        ),
        Misconception(
            "averages the gradient",
            Averages,
            "With v ← μv + (1-μ)g the velocity is an average: ten times smaller steps at μ=0.9. "
            "Momentum sums: v ← μv + g.",
        ),
    ),
    hints=(
        "Keep the velocity in `self.state[w]`, a dictionary that each parameter has to itself.",
    ),
    judge=judge_momentum,
    alike=same_walk,
)


def nesterov(grad: Gradient, w0: Tensor, lr: float, gamma: float, n: int) -> Tensor:
    stored = w0.clone()  # torch keeps the look-ahead point w - γΔ
    optimizer = SGD([stored], lr=lr, momentum=gamma, nesterov=True)
    points = [w0]
    for _ in range(n):
        stored.grad = grad(stored)
        optimizer.step()
        points.append(stored + gamma * lr * optimizer.state[stored]["momentum_buffer"])
    return torch.stack(points)


def steps_of(look_ahead: Any) -> Any:
    """Make a trajectory whose gradient is taken where ``look_ahead`` says."""

    def trajectory(grad: Gradient, w0: Tensor, lr: float, gamma: float, n: int) -> Tensor:
        w, update, points = w0, torch.zeros_like(w0), [w0]
        for _ in range(n):
            update = gamma * update + lr * grad(look_ahead(w, update, gamma, lr, grad))
            w = w - update
            points.append(w)
        return torch.stack(points)

    return trajectory


looks_back = steps_of(lambda w, update, gamma, lr, grad: w + gamma * update)
plain_momentum = steps_of(lambda w, update, gamma, lr, grad: w)
current_gradient = steps_of(
    lambda w, update, gamma, lr, grad: w - gamma * (gamma * update + lr * grad(w))
)


def bowls(generator: Generator) -> list[Arguments]:
    cases: list[Arguments] = []
    for size, n in ((1, 3), (2, 6), (4, 10)):
        grad, w0 = bowl(generator, size)
        lr, gamma = float(uniform(generator, 0.03, 0.1)), float(uniform(generator, 0.6, 0.9))
        cases.append((grad, w0, lr, gamma, n))
    start = uniform(generator, 0.8, 1.2, 1)
    return [*cases, (quadratic(10 + 0 * start, 0 * start), start, 0.05, 0.9, 20)]


NESTEROV = Exercise(
    name="optimization.nesterov",
    page=PAGE,
    task="Return the points w of `n` steps of Nesterov's method, with the start as first row: "
    "Δ ← γΔ + α∇f(w - γΔ), w ← w - Δ. (torch stores the look-ahead point w - γΔ instead of w.)",
    signature="nesterov(grad, w0, lr, gamma, n) -> Tensor[n + 1, d]",
    reference=nesterov,
    inputs=bowls,
    tried="quadratic bowls with one, two and four parameters",
    misconceptions=(
        Misconception(
            "looks back",
            looks_back,
            "The gradient is taken at w + γΔ, but the step goes to w - Δ: you look back, not "
            "ahead. With λ=10 and γ=0.9, 200 steps from 1 then end at 2075 (α=0.02) or 2e12 "
            "(α=0.05), where the right sign gives 3e-15 and 2e-35.",
        ),
        Misconception(
            "looks ahead with the current gradient",
            current_gradient,
            "The look-ahead point must not know the gradient at w: use the previous update Δ.",
        ),
        Misconception(
            "takes the gradient at w",
            plain_momentum,
            "With the gradient at w this is plain momentum. Nesterov looks where γΔ will carry "
            "you.",
        ),
    ),
    hints=("Where will you be without the new gradient? Take the gradient there.",),
)

EXERCISES = [MINIBATCHES, MOMENTUM, NESTEROV]
