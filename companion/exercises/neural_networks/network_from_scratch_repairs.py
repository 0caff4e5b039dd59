"""Exercises of the page that builds a network of objects: trainers that do not learn."""

from __future__ import annotations

import functools
from itertools import pairwise
from typing import Any

import torch
import torch.nn.functional as F
from torch import Generator, Tensor

from companion.exercises._inputs import integers
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "07-neural-networks/network-from-scratch"
Trainer = dict[str, Any]
SIZES = (64, 50, 10)
GOAL = 0.85  # training accuracy of a repaired trainer
SEEDS = 3


@functools.cache
def images() -> tuple[Tensor, Tensor]:
    """Return 1437 images with pixels from 0 to 16, and their digits."""
    from sklearn.datasets import load_digits

    digits = load_digits()
    X = torch.as_tensor(digits.data, dtype=torch.float32, device="cpu")[:1437]
    return X, torch.as_tensor(digits.target, dtype=torch.int64, device="cpu")[:1437]


def start(std: float, generator: Generator) -> list[Tensor]:
    """Draw W, b of both layers: normal weights, biases of 0.01."""
    made = []
    for m, n in pairwise(SIZES):
        W = torch.randn(n, m, generator=generator, dtype=torch.float32, device="cpu")
        made += [std * W, torch.full((n,), 0.01, dtype=torch.float32, device="cpu")]
    return made


def accuracy(parameters: list[Tensor], X: Tensor, y: Tensor) -> float:
    W, b, V, c = parameters
    scores = torch.addmm(c, torch.sigmoid(torch.addmm(b, X, W.T)), V.T)
    return (scores.argmax(1) == y).double().mean().item()


def step(
    parameters: list[Tensor], X: Tensor, y: Tensor, trainer: Trainer, keep: Tensor | None = None
) -> None:
    """Take one step of gradient descent in place; ``keep`` drops hidden units."""
    W, b, V, c = parameters
    A = torch.sigmoid(torch.addmm(b, X, W.T))
    used = A if keep is None else A * keep
    D = torch.addmm(c, used, V.T).softmax(1) - F.one_hot(y, SIZES[-1])
    if trainer["reduction"] == "mean":
        D = D / len(X)
    L = (D @ V) * (1 - A) * used
    for P, G in ((V, D.T @ used + trainer["weight_decay"] * V), (c, D.sum(0))):
        P -= trainer["lr"] * G
    for P, G in ((W, L.T @ X + trainer["weight_decay"] * W), (b, L.sum(0))):
        P -= trainer["lr"] * G


def trained_accuracy(trainer: Trainer, seed: int) -> float:
    """Run a trainer on all images at once, and return its accuracy on them."""
    X, y = images()
    X = X / trainer["scale"]
    parameters = start(trainer["std"], torch.Generator().manual_seed(seed))
    for _ in range(int(trainer["steps"])):
        step(parameters, X, y, trainer)
    return accuracy(parameters, X, y)


def only(arguments: Arguments, got: Any, *names: str) -> bool:
    """Tell whether these settings of the trainer, and no others, are new."""
    before = arguments[0]
    return set(names) == {name for name in before if got[name] != before[name]}


def lower_rate_only(arguments: Arguments, got: Any) -> bool:
    return only(arguments, got, "lr")


def more_steps_only(arguments: Arguments, got: Any) -> bool:
    return only(arguments, got, "steps")


def seed_only(arguments: Arguments, got: Any) -> bool:
    return only(arguments, got, "seed")


def same_settings(before: Trainer, got: Any, *fixed: str) -> str | None:
    """Return what is wrong with the settings themselves."""
    if not isinstance(got, dict) or set(got) != set(before):
        return f"the result must be a dict with the keys {sorted(before)}"
    changed = [name for name in fixed if got[name] != before[name]]
    return f"{changed[0]} must stay {before[changed[0]]}" if changed else None


def judge_repair(arguments: Arguments, got: Any, expected: Any) -> str | None:
    reason = same_settings(arguments[0], got, "steps")
    if reason:
        return reason
    for seed in range(int(got["seed"]), int(got["seed"]) + SEEDS):
        reached = trained_accuracy(got, seed)
        if not reached >= GOAL:
            return f"with seed {seed} it gets {100 * reached:.0f} % of the training digits right"
    return None


def repaired(trainer: Trainer) -> Trainer:
    return trainer | {"scale": 16.0, "reduction": "mean", "lr": 2.0}


def broken_trainers(generator: Generator) -> list[Arguments]:
    trainer = {"scale": 1.0, "std": 1.0, "reduction": "sum", "lr": 0.01, "weight_decay": 1e-4}
    return [(trainer | {"steps": 60, "seed": int(integers(generator, 0, 10**6))},)]


REPAIR = Exercise(
    name="neural_networks.repair",
    page=PAGE,
    task="The trainer on the page gets one digit in ten right. Return settings with which it gets "
    "85 % of the training digits right in the same 60 steps, whatever the seed.",
    signature="repaired(trainer) -> dict",
    reference=repaired,
    inputs=broken_trainers,
    tried="three seeds",
    misconceptions=(
        Misconception(
            "only lowers the rate",
            lambda trainer: trainer | {"lr": 1e-4},
            "Only the rate was lowered. It is not the cause: the sum multiplies it by 1437, and "
            "pixels up to 16 saturate the units. First scale, then take the mean, and the rate "
            "that works is above 1.",
            recognise=lower_rate_only,
        ),
        Misconception(
            "only adds steps",
            lambda trainer: trainer | {"steps": 1000},
            "More of the same does not help: after 1000 steps this trainer still gets one digit "
            "in ten right. Keep the 60 steps, and change what a step does.",
            recognise=more_steps_only,
        ),
        Misconception(
            "changes the seed",
            lambda trainer: trainer | {"seed": 7},
            "Another seed draws other weights, and the trainer fails with them as well. A cause "
            "that is there for every seed has to be repaired in the settings.",
            recognise=seed_only,
        ),
    ),
    hints=("Scale, mean, rate, in this order.",),
    judge=judge_repair,
    seconds=20.0,
)


def ten_right(trainer: Trainer, seed: int) -> int:
    """Train on ten images for 200 steps; return how many of them are right."""
    generator = torch.Generator().manual_seed(seed)
    every, digits = images()
    rows = torch.randperm(len(every), generator=generator)[:10]
    X, y = every[rows] / 16, digits[rows]
    parameters = start(0.2, generator)
    settings = trainer | {"reduction": "mean"}
    for _ in range(200):
        order = torch.randperm(10, generator=generator)
        shares = torch.rand(SIZES[1], generator=generator)
        keep = (shares >= trainer["dropout"]).float() if trainer["dropout"] else None
        labels = y if trainer["shuffle"] == "images" else y[order]
        step(parameters, X[order], labels, settings, keep)
    return round(10 * accuracy(parameters, X, y))


def judge_ten(arguments: Arguments, got: Any, expected: Any) -> str | None:
    reason = same_settings(arguments[0], got, "seed")
    if reason:
        return reason
    for seed in range(got["seed"], got["seed"] + SEEDS):
        right = ten_right(got, seed)
        if right < 10:
            return f"with seed {seed} it gets {right} of its ten digits right"
    return None


def memorises(trainer: Trainer) -> Trainer:
    return trainer | {"lr": 1.0, "weight_decay": 0.0, "dropout": 0.0, "shuffle": "both"}


def regularised(arguments: Arguments, got: Any) -> bool:
    mended = got["lr"] > arguments[0]["lr"] and got["shuffle"] == "both"
    return bool(mended and (got["weight_decay"] > 0 or got["dropout"] > 0))


def too_slow(arguments: Arguments, got: Any) -> bool:
    free = got["weight_decay"] == 0 and got["dropout"] == 0
    return bool(free and got["shuffle"] == "both" and 0 <= got["lr"] < 0.1)


def torn_apart(arguments: Arguments, got: Any) -> bool:
    return bool(got["shuffle"] == "images")


def stubborn_trainers(generator: Generator) -> list[Arguments]:
    seed = int(integers(generator, 0, 10**6))
    trainer = {"lr": 0.001, "weight_decay": 1.0, "dropout": 0.5, "shuffle": "images"}
    return [(trainer | {"seed": seed},)]


OVERFIT_TEN = Exercise(
    name="neural_networks.overfit_ten",
    page=PAGE,
    task="A network that works can learn ten images by heart. Return settings with which the "
    "trainer on the page gets all ten right in 200 steps. `shuffle` is `'images'` or `'both'`: "
    "what is put into a new order in each step.",
    signature="memorises(trainer) -> dict",
    reference=memorises,
    inputs=stubborn_trainers,
    tried="three seeds, each with its own ten images",
    misconceptions=(
        Misconception(
            "leaves the regularisation on",
            lambda trainer: trainer | {"lr": 1.0, "shuffle": "both"},
            "Decay and dropout are there to keep a network from learning by heart, and here it is "
            "to do that. Set `weight_decay` and `dropout` to 0 for this test.",
            recognise=regularised,
        ),
        Misconception(
            "leaves the rate too small",
            lambda trainer: (
                trainer | {"weight_decay": 0.0, "dropout": 0.0, "shuffle": "both", "lr": 0.002}
            ),
            "With so small a rate, 200 steps hardly move the weights. The mean gradient of scaled "
            "pixels bears a rate near 1.",
            recognise=too_slow,
        ),
        Misconception(
            "shuffles the images without their labels",
            lambda trainer: trainer | {"lr": 1.0, "weight_decay": 0.0, "dropout": 0.0},
            "The images get a new order in each step and the labels do not, so each image meets "
            "every label in turn. Shuffle both with one list of indices.",
            recognise=torn_apart,
        ),
    ),
    hints=("Switch off what works against memory, feed each image its own label, and raise lr.",),
    judge=judge_ten,
    seconds=20.0,
)

EXERCISES = [REPAIR, OVERFIT_TEN]
