"""Exercises of the page on optimizers: one rate for each element."""

from __future__ import annotations

from typing import Any

import torch
from torch import Generator, Tensor

from companion.exercises._compare import difference
from companion.exercises._inputs import uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.exercises.optimization._walks import Gradient, bowl, walk_of
from companion.optim import Adadelta, Adagrad, RMSprop

PAGE = "03-optimization/optimizers"


def adagrad(grad: Gradient, w0: Tensor, lr: float, n: int, eps: float = 1e-10) -> Tensor:
    w = w0.clone()
    return walk_of(Adagrad([w], lr=lr, eps=eps), grad, w, n)


def adagrad_with(sign: float = -1, power: float = 0.5, shared: tuple[int, ...] = ()) -> Any:
    """Make AdaGrad with a sign, a power of G, and axes that share one G."""

    def steps(grad: Gradient, w0: Tensor, lr: float, n: int, eps: float = 1e-10) -> Tensor:
        w, G = w0, torch.zeros_like(w0)
        for _ in range(n):
            g = grad(w)
            G = G + ((g**2).sum(shared, keepdim=True) if shared else g**2)
            w = w + sign * lr * g / (G**power + eps)
        return w

    return steps


def shares_a_rate(arguments: Arguments, got: Any) -> bool:
    """One G for the tensor, for each row or for each column, of a sum or of a mean."""
    w0 = arguments[1]
    axes = [tuple(range(w0.ndim)), (w0.ndim - 1,), (0,)]
    return any(
        difference(got, adagrad_with(shared=shared)(*arguments), 1e-8) is None for shared in axes
    )


def adagrad_inputs(generator: Generator) -> list[Arguments]:
    cases: list[Arguments] = []
    for shape, n in (((2,), 1), ((3,), 5), ((2, 3), 12)):
        grad, w0 = bowl(generator, *shape)
        cases.append((grad, w0, float(uniform(generator, 0.05, 0.3)), n))
    return cases


ADAGRAD = Exercise(
    name="optimization.adagrad",
    page=PAGE,
    task="Return w after `n` steps of AdaGrad: G ← G + g², w ← w - αg/(√G + ε), with G = 0 at the "
    "start.",
    signature="adagrad(grad, w0, lr, n, eps=1e-10) -> Tensor like w0",
    reference=adagrad,
    inputs=adagrad_inputs,
    tried="vectors and a matrix of parameters",
    misconceptions=(
        Misconception(
            "adds the step",
            adagrad_with(sign=1),
            "With a plus sign the parameters climb: on w²/2 from 1 with α=0.1, 100 steps lead to "
            "3.25 instead of 0.0274.",
        ),
        Misconception(
            "takes the root twice",
            adagrad_with(power=0.25),
            "The root is taken twice. G already is the sum of squares: one root.",
        ),
        Misconception(
            "shares one rate",
            adagrad_with(shared=(0,)),
            "One sum serves a whole row, column or tensor. AdaGrad has one rate per element: g² "
            "is squared element by element and not summed over elements.",
            recognise=shares_a_rate,
        ),
    ),
    hints=("Accumulate the squares of the gradients, element by element, in a tensor like w.",),
)

RATE, FORGET, ROOM = 0.01, 0.99, 1e-8  # torch's lr, alpha and eps of RMSprop


def both(grad: Gradient, w0: Tensor, n: int) -> tuple[Tensor, Tensor]:
    a, b = w0.clone(), w0.clone()
    return walk_of(RMSprop([a]), grad, a, n), walk_of(Adadelta([b]), grad, b, n)


def rmsprop_climbs(grad: Gradient, w0: Tensor, n: int) -> Tensor:
    w, E = w0, torch.zeros_like(w0)
    for _ in range(n):
        g = grad(w)
        E = FORGET * E + (1 - FORGET) * g**2
        w = w + RATE * g / (torch.sqrt(E) + ROOM)
    return w


def rate_decays(grad: Gradient, w0: Tensor, n: int) -> Tensor:
    w = w0
    for t in range(n):
        w = w - RATE * FORGET**t * grad(w)
    return w


def adadelta_with(sign: float = -1, room: float = 1e-6, of_gradients: bool = False) -> Any:
    """Make AdaDelta with a sign, an ε under the upper root, and what D averages."""

    def steps(grad: Gradient, w0: Tensor, n: int) -> Tensor:
        w, E, D = w0, torch.zeros_like(w0), torch.zeros_like(w0)
        for _ in range(n):
            g = grad(w)
            E = 0.9 * E + 0.1 * g**2
            step = torch.sqrt(D + room) / torch.sqrt(E + 1e-6) * g
            D = 0.9 * D + 0.1 * (g if of_gradients else step) ** 2
            w = w + sign * step
        return w

    return steps


def part(number: int, *wrong: Any) -> Any:
    """Recognise a mistake in one of the two results, whatever the other one is."""

    def recognise(arguments: Arguments, got: Any) -> bool:
        return any(difference(got[number], this(*arguments), 1e-8) is None for this in wrong)

    return recognise


def climbs(arguments: Arguments, got: Any) -> bool:
    return bool(
        part(0, rmsprop_climbs)(arguments, got) or part(1, adadelta_with(sign=1))(arguments, got)
    )


def longer_walks(generator: Generator) -> list[Arguments]:
    return [(*bowl(generator, *shape), n) for shape, n in (((2,), 3), ((3,), 8), ((2, 2), 25))]


RMSPROP_ADADELTA = Exercise(
    name="optimization.rmsprop_adadelta",
    page=PAGE,
    task="Return w after `n` steps of RMSProp and, from the same start, of AdaDelta, with the "
    "defaults of torch: α=0.01, ρ=0.99, ε=1e-8 outside the root, and ρ=0.9, ε=1e-6 inside both "
    "roots. All averages start at 0.",
    signature="both(grad, w0, n) -> (w of RMSProp, w of AdaDelta)",
    reference=both,
    inputs=longer_walks,
    tried="vectors and a matrix of parameters",
    misconceptions=(
        Misconception(
            "leaves out ε above",
            lambda grad, w0, n: (both(grad, w0, n)[0], adadelta_with(room=0.0)(grad, w0, n)),
            "D starts at 0 and there is no ε under its root: the first step is 0, and so is every "
            "other. AdaDelta never moves.",
            recognise=part(1, adadelta_with(room=0.0)),
        ),
        Misconception(
            "averages gradients in D",
            lambda grad, w0, n: (
                both(grad, w0, n)[0],
                adadelta_with(of_gradients=True)(grad, w0, n),
            ),
            "D averages g², so the two roots cancel. It must average the squared steps Δ²: then "
            "the step has the unit of w.",
            recognise=part(1, adadelta_with(of_gradients=True)),
        ),
        Misconception(
            "adds the step",
            lambda grad, w0, n: (rmsprop_climbs(grad, w0, n), adadelta_with(sign=1)(grad, w0, n)),
            "With a plus sign the parameters climb. Both methods subtract a scaled gradient.",
            recognise=climbs,
        ),
        Misconception(
            "lets the rate decay",
            lambda grad, w0, n: (rate_decays(grad, w0, n), both(grad, w0, n)[1]),
            "The learning rate of RMSProp does not decay. ρ belongs to the average of g²: the "
            "average forgets, the rate stays.",
            recognise=part(0, rate_decays),
        ),
    ),
    hints=("Check the units: Δ must have the unit of w, so D averages the squares of Δ.",),
)


EXERCISES = [ADAGRAD, RMSPROP_ADADELTA]
