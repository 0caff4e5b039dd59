"""Exercises of the page on backpropagation: whole networks, and checks of them."""

from __future__ import annotations

from collections.abc import Callable
from itertools import pairwise
from typing import Any

import torch
from torch import Generator, Tensor

from companion.autograd import backprop
from companion.calculus import approx_derivative
from companion.exercises._compare import difference
from companion.exercises._inputs import randn
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "07-neural-networks/backpropagation"

Params = list[tuple[Tensor, Tensor]]
Layers = list[tuple[Any, Any]]


def gradients(params: Params, X: Tensor, Y: Tensor) -> Layers:
    return list(backprop(params, X, Y, loss="squared_error", activation="tanh").gradients)


def without_last_layer(params: Params, X: Tensor, Y: Tensor) -> Layers:
    return gradients(params, X, Y)[:-1]


def without_first_layer(params: Params, X: Tensor, Y: Tensor) -> Layers:
    return gradients(params, X, Y)[1:]


def lacks_a_layer(arguments: Arguments, got: Any, right: Layers, kept: slice) -> bool:
    """Recognise gradients with one layer left out, or with zeros in its place."""
    zeros = [(torch.zeros_like(W), torch.zeros_like(b)) for W, b in right]
    zeros[kept] = right[kept]
    return any(difference(got, wrong, 1e-8) is None for wrong in (right[kept], zeros) if wrong)


def lacks_the_last(arguments: Arguments, got: Any) -> bool:
    right = gradients(*arguments)
    return got == [] or lacks_a_layer(arguments, got, right, slice(0, len(right) - 1))


def lacks_the_first(arguments: Arguments, got: Any) -> bool:
    right = gradients(*arguments)
    return got == [] or lacks_a_layer(arguments, got, right, slice(1, len(right)))


def summed_over_samples(params: Params, X: Tensor, Y: Tensor) -> Layers:
    return [(len(X) * W, len(X) * b) for W, b in gradients(params, X, Y)]


def biases_for_each_sample(params: Params, X: Tensor, Y: Tensor) -> Layers:
    found = backprop(params, X, Y, loss="squared_error", activation="tanh")
    return [(W, d) for (W, _), d in zip(found.gradients, found.delta, strict=True)]


def biases_divided_twice(params: Params, X: Tensor, Y: Tensor) -> Layers:
    return [(W, b / len(X)) for W, b in gradients(params, X, Y)]


def without_slopes(params: Params, X: Tensor, Y: Tensor) -> Layers:
    found = backprop(params, X, Y, loss="squared_error", activation="tanh")
    delta = found.delta[-1]
    layers: Layers = []
    for (W, _), a in zip(params[::-1], found.a[-2::-1], strict=True):
        layers.append((delta.mT @ a, delta.sum(dim=0)))
        delta = delta @ W
    return layers[::-1]


def networks(generator: Generator) -> list[Arguments]:
    cases: list[Arguments] = []
    for sizes in ((2, 1), (3, 2, 2), (3, 3, 3), (4, 3, 2), (3, 5, 4, 2), (2, 3, 3, 2, 1)):
        params = [(randn(generator, m, n), randn(generator, m)) for n, m in pairwise(sizes)]
        cases.append((params, randn(generator, 5, sizes[0]), randn(generator, 5, sizes[-1])))
    return cases


BACKPROP = Exercise(
    name="neural_networks.backprop",
    page=PAGE,
    task="Return the gradients (∂J/∂W, ∂J/∂b) of all layers, in the form of `params`, a list of "
    "pairs (W, b). The hidden units are tanh, the outputs are identity, samples stand in rows, and "
    "J is half the sum of the squared errors, divided by the number of samples.",
    signature="gradients(params, X, Y) -> list of pairs",
    reference=gradients,
    inputs=networks,
    tried="one to four layers, square ones too, with five samples",
    misconceptions=(
        Misconception(
            "skips the last layer",
            without_last_layer,
            "The last layer has no gradient. It has weights as well: its δ is the error of the "
            "output, and its input is the output of the layer before.",
            recognise=lacks_the_last,
        ),
        Misconception(
            "skips the first layer",
            without_first_layer,
            "The first layer has no gradient. Its input is X: go back until l = 1.",
            recognise=lacks_the_first,
        ),
        Misconception(
            "adds the samples where the cost takes their mean",
            summed_over_samples,
            "Your gradients are those of the sum over the samples, larger by the factor N. The "
            "cost is a mean: divide the error of the output by N, once, at the start.",
        ),
        Misconception(
            "keeps one bias gradient for each sample",
            biases_for_each_sample,
            "The bias gradients have a row for each sample. All samples share one bias: sum Δ "
            "over its rows.",
        ),
        Misconception(
            "takes the mean of the bias gradients although the error is divided already",
            biases_divided_twice,
            "The bias gradients are divided by N twice. Δ holds the factor 1/N from the start: "
            "sum its rows, do not average them.",
        ),
        Misconception(
            "leaves out the slopes of the hidden units",
            without_slopes,
            "The last layer is right and those before are not: on the way back, each hidden layer "
            "multiplies by the slope of its units, 1 - a² for tanh.",
        ),
    ),
    hints=(
        "Go forward and store every z and a, then go back and check layer by layer: the last "
        "gradient first.",
    ),
)


def numerical_gradient(f: Callable[[Tensor], Tensor], w: Tensor, eps: float) -> Tensor:
    return approx_derivative(f, w, abs_step=eps)


def all_entries_at_once(f: Any, w: Tensor, eps: float) -> Any:
    return (f(w + eps) - f(w - eps)) / (2 * eps)


def one_sided(f: Any, w: Tensor, eps: float) -> Tensor:
    return approx_derivative(f, w, "2-point", abs_step=eps)


def without_the_two(f: Any, w: Tensor, eps: float) -> Tensor:
    return 2 * approx_derivative(f, w, abs_step=eps)


def not_restored(f: Any, w: Tensor, eps: float) -> Tensor:
    found = torch.zeros_like(w)
    for i in range(len(w)):
        for j in range(w.shape[1]):
            w[i, j] += eps
            above = f(w)
            w[i, j] -= 2 * eps
            found[i, j] = (above - f(w)) / (2 * eps)
    return found


def restored_by_adding(f: Any, w: Tensor, eps: float) -> Tensor:
    found = torch.zeros_like(w)
    for i in range(len(w)):
        for j in range(w.shape[1]):
            w[i, j] += eps
            above = f(w)
            w[i, j] -= 2 * eps
            found[i, j] = (above - f(w)) / (2 * eps)
            w[i, j] += eps
    return found


def quadratic(A: Tensor, B: Tensor) -> Callable[[Tensor], Tensor]:
    """Return ½ Σ (A w)² + Σ B w, whose central differences are exact up to rounding."""
    return lambda w: ((A @ w) ** 2).sum() / 2 + (B * w).sum()


def cubic(B: Tensor) -> Callable[[Tensor], Tensor]:
    return lambda w: (B * w**3).sum() + (w * w.sum()).sum()


def costs(generator: Generator) -> list[Arguments]:
    cases: list[Arguments] = []
    for rows, columns in ((2, 2), (2, 3), (4, 2), (3, 3)):
        w = randn(generator, rows, columns)
        A, B = randn(generator, rows, rows), randn(generator, rows, columns)
        cases.append((quadratic(A, B), w, 1e-3))
        cases.append((cubic(B + 2), w, 0.01))
    return cases


NUMERICAL_GRADIENT = Exercise(
    name="neural_networks.numerical_gradient",
    page=PAGE,
    task="Return the gradient of `f` at the matrix `w` by central differences with the step `eps`; "
    "`f` takes a matrix and returns a number. Leave `w` as it was.",
    signature="numerical_gradient(f, w, eps) -> Tensor of the shape of w",
    reference=numerical_gradient,
    inputs=costs,
    tried="quadratic and cubic functions of matrices",
    misconceptions=(
        Misconception(
            "moves all entries at once",
            all_entries_at_once,
            "You move the whole matrix and get one number, the sum of all derivatives. Each entry "
            "needs a step of its own.",
        ),
        Misconception(
            "steps to one side only",
            one_sided,
            "This is the forward difference, with an error of the order of eps. Step to both "
            "sides: f(w + eps) - f(w - eps).",
        ),
        Misconception(
            "divides by eps instead of 2 eps",
            without_the_two,
            "Your gradient is twice the right one: the two points are 2 eps apart.",
        ),
        Misconception(
            "changes the weights and does not restore them",
            not_restored,
            "The entries of w stay shifted by eps, so every later difference is taken at another "
            "place, and the network goes on with other weights. Keep the old entry and put it "
            "back.",
        ),
        Misconception(
            "restores the weights by adding and subtracting",
            restored_by_adding,
            "Your gradient is right, but w + eps - 2 eps + eps is not w: each operation rounds. "
            "Keep the old entry and put it back, or work on a copy.",
        ),
    ),
    hints=(
        "One entry at a time: copy w, move the entry to both sides, subtract, divide by 2 eps.",
    ),
    tol=1e-7,
)

EXERCISES = [BACKPROP, NUMERICAL_GRADIENT]
