"""Exercises of the page on neurons and logic gates: the rule of the perceptron."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from companion.datasets import make_gate
from companion.exercises._compare import difference
from companion.exercises._inputs import randn
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.exercises.neural_networks.neurons_and_gates import PAGE


def perceptron(w: Tensor, X: Tensor, t: Tensor) -> Tensor:
    w = w.clone()
    for x, target in zip(with_one(X), t, strict=True):
        w += (target - float(x @ w > 0)) * x
    return w


def with_one(X: Tensor) -> Tensor:
    """Put the constant input 1 of the bias before the others."""
    return torch.cat([X.new_ones(len(X), 1), X], dim=1)


def frozen_bias(w: Tensor, X: Tensor, t: Tensor) -> Tensor:
    w = w.clone()
    for x, target in zip(with_one(X), t, strict=True):
        w[1:] += (target - float(x @ w > 0)) * x[1:]
    return w


def wrong_sign(w: Tensor, X: Tensor, t: Tensor) -> Tensor:
    w = w.clone()
    for x, target in zip(with_one(X), t, strict=True):
        w -= (target - float(x @ w > 0)) * x
    return w


def always_updates(w: Tensor, X: Tensor, t: Tensor) -> Tensor:
    w = w.clone()
    for x, target in zip(with_one(X), t, strict=True):
        w += (2 * target - 1) * x
    return w


def whole_epoch_at_once(w: Tensor, X: Tensor, t: Tensor) -> Tensor:
    inputs = with_one(X)
    return w + (t - (inputs @ w > 0).to(w.dtype)) @ inputs


def error_of_the_sum(w: Tensor, X: Tensor, t: Tensor) -> Tensor:
    w = w.clone()
    for x, target in zip(with_one(X), t, strict=True):
        w += (target - x @ w) * x
    return w


MISTAKEN = (frozen_bias, wrong_sign, always_updates, whole_epoch_at_once, error_of_the_sum)


def epochs(generator: Generator) -> list[Arguments]:
    """A gate and clouds of points; each tells every wrong rule from the right one."""
    X, t = make_gate("or")
    cases: list[Arguments] = [telling(generator, X.double(), t.double())]
    for n, p in ((6, 2), (10, 3), (20, 2)):
        points = randn(generator, n, p)
        sums = points.sum(1)
        cases.append(telling(generator, points, (sums > sums.median()).double()))
    return cases


def telling(generator: Generator, X: Tensor, t: Tensor) -> Arguments:
    """Draw a start, without ties, from which no wrong rule ends where the right one does."""
    while True:
        w = randn(generator, X.shape[1] + 1)
        ends = [rule(w, X, t) for rule in (perceptron, *MISTAKEN)]
        apart = all(difference(end, ends[0], 1e-3) for end in ends[1:])
        if apart and not torch.equal(ends[0], w):
            return w, X, t


PERCEPTRON = Exercise(
    name="neural_networks.perceptron",
    page=PAGE,
    task="Do one epoch of the perceptron's rule with rate 1: take the rows of `X` in order, with "
    "targets `t` of 0 and 1, and return the new weights. `w` holds the bias weight first.",
    signature="perceptron(w, X, t) -> Tensor[p + 1]",
    reference=perceptron,
    inputs=epochs,
    tried="a gate and clouds of points in 2 and 3 dimensions, from random starts",
    misconceptions=(
        Misconception(
            "does not update the bias",
            frozen_bias,
            "The bias stays where it started. It is a weight like the others, of an input that is "
            "always 1, and it learns with them.",
        ),
        Misconception(
            "updates with the wrong sign",
            wrong_sign,
            "The sign is wrong: this rule pushes the weights away. If the answer must be 1 and is "
            "0, the error t - t̂ is 1, and x is added.",
        ),
        Misconception(
            "updates although the answer is right",
            always_updates,
            "This rule also moves the weights where the answer is right. The error t - t̂ is zero "
            "there, and nothing must change.",
        ),
        Misconception(
            "judges all samples by the weights at the start",
            whole_epoch_at_once,
            "All samples are judged by the weights of the start. Each must be judged by the "
            "weights as they are when its turn comes.",
        ),
        Misconception(
            "compares the target with the sum",
            error_of_the_sum,
            "The target is compared with the sum z, not with the answer of the step. The error of "
            "the perceptron is -1, 0 or 1.",
        ),
    ),
    hints=("The error is -1, 0 or 1: update only on errors.",),
)

EXERCISES = [PERCEPTRON]
