"""Exercises of the page on hidden layers: gates made of layers, counts, and one affine map."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from itertools import pairwise
from typing import Any

import torch
from torch import Generator, Tensor

from companion.datasets import make_gate
from companion.exercises._compare import difference
from companion.exercises._inputs import integers, randn
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.models import mlp

PAGE = "07-neural-networks/hidden-layers"
XOR = make_gate("xor")[1].tolist()

Weights = tuple[list[list[float]], list[float], list[list[float]], list[float]]
Layers = Sequence[tuple[Tensor, Tensor]]


def xor_weights() -> Weights:
    """NOR and AND in the hidden layer, NOR at the output."""
    return [[-2.0, -2.0], [2.0, 2.0]], [1.5, -3.0], [[-2.0, -2.0]], [1.5]


def no_hidden_layer() -> Weights:
    """Two units that pass the inputs on, and OR."""
    return [[1.0, 0.0], [0.0, 1.0]], [-0.5, -0.5], [[2.0, 2.0]], [-1.0]


def joined_by_and() -> Weights:
    return [[-2.0, -2.0], [2.0, 2.0]], [1.5, -3.0], [[2.0, 2.0]], [-3.0]


def joined_by_or() -> Weights:
    return [[-2.0, -2.0], [2.0, 2.0]], [1.5, -3.0], [[2.0, 2.0]], [-1.0]


def without_biases() -> Weights:
    return [[-2.0, -2.0], [2.0, 2.0]], [0.0, 0.0], [[-2.0, -2.0]], [0.0]


def two_layer_sums(got: Any) -> tuple[Tensor, Tensor]:
    """Return the sums of the two hidden units and of the output at the four inputs."""
    W1, b1, W2, b2 = (torch.as_tensor(part, dtype=torch.float64) for part in got)
    X = make_gate("xor")[0].double()
    z1 = X @ W1.T + b1
    return z1, (z1 > 0).double() @ W2.reshape(2) + b2.reshape(())


def truth_table(got: Any) -> list[int]:
    return [int(z > 0) for z in two_layer_sums(got)[1]]


def judge_xor_weights(arguments: Arguments, got: Any, expected: Any) -> str | None:
    if not isinstance(got, list | tuple) or len(got) != 4:
        return "the result must be W1, b1, W2, b2: two layers with their biases"
    shapes = [tuple(torch.as_tensor(part).shape) for part in got]
    if shapes[:2] != [(2, 2), (2,)] or torch.as_tensor(got[2]).numel() != 2:
        return f"the shapes are {shapes}, expected [(2, 2), (2,), (1, 2), (1,)]"
    for name, z in zip(("hidden layer", "output"), two_layer_sums(got), strict=True):
        if bool((z.reshape(4, -1) == 0).any()):
            row = (z.reshape(4, -1) == 0).any(1).nonzero()[0]
            where = make_gate("xor")[0].long()[row].flatten().tolist()
            return f"a sum z of the {name} is exactly 0 at the input {where}"
    table = truth_table(got)
    return None if table == XOR else f"the outputs for 00, 01, 10, 11 are {table}"


XOR_WEIGHTS = Exercise(
    name="neural_networks.xor_weights",
    page=PAGE,
    task="Return weights and biases of two hidden step units and one step output that compute "
    "XOR. No sum z may be 0 at one of the four inputs.",
    signature="xor_weights() -> (W1 [2, 2], b1 [2], W2 [1, 2], b2 [1])",
    reference=xor_weights,
    inputs=lambda generator: [()],
    tried="the four inputs",
    misconceptions=(
        Misconception(
            "leaves out the biases",
            without_biases,
            "Without biases every line passes through the origin, so that all sums are 0 at the "
            "input 00.",
            recognise=lambda arguments, got: (
                len(got) == 4 and not any(torch.as_tensor(b).any() for b in (got[1], got[3]))
            ),
        ),
        Misconception(
            "has no hidden layer",
            no_hidden_layer,
            "One neuron does all the work here, and no single neuron computes XOR: OR is as near "
            "as it gets. Hidden units that pass the inputs on do not help.",
            recognise=lambda arguments, got: len(got) == 2 or truth_table(got) == [0, 1, 1, 1],
        ),
        Misconception(
            "joins NOR and AND by AND",
            joined_by_and,
            "The output is never 1: NOR and AND are never true together. XOR is true when "
            "neither of them is.",
            recognise=lambda arguments, got: truth_table(got) == [0, 0, 0, 0],
        ),
        Misconception(
            "joins NOR and AND by OR",
            joined_by_or,
            "This is XNOR, the opposite of XOR: the output must be 1 when neither NOR nor AND "
            "is, so join them by NOR.",
            recognise=lambda arguments, got: truth_table(got) == [1, 0, 0, 1],
        ),
    ),
    hints=("XOR is true when neither NOR nor AND is: XOR = NOR(NOR, AND).",),
    judge=judge_xor_weights,
)


def count_parameters(sizes: Sequence[int]) -> int:
    """Count the numbers of a network that is built without memory."""
    return sum(p.numel() for p in mlp(sizes, device="meta").parameters())


def networks(generator: Generator) -> list[Arguments]:
    drawn = [integers(generator, 2, 60, n).tolist() for n in (2, 4, 6)]
    return [([2, 2, 1],), ([64, 50, 10],), *((sizes,) for sizes in drawn)]


COUNT_PARAMETERS = Exercise(
    name="neural_networks.count_parameters",
    page=PAGE,
    task="Count all weights and biases of a dense network; `sizes` holds the widths of its "
    "layers, from the inputs to the outputs.",
    signature="count_parameters(sizes) -> int",
    reference=count_parameters,
    inputs=networks,
    tried="networks of one to five layers",
    misconceptions=(
        Misconception(
            "forgets the biases",
            lambda sizes: sum(n * m for n, m in pairwise(sizes)),
            "These are the weights only: every unit but the inputs has a bias as well.",
        ),
        Misconception(
            "sums the widths",
            lambda sizes: sum(sizes),
            "You counted the units. Parameters sit on the edges, n times m between two layers, "
            "and in the biases.",
        ),
        Misconception(
            "has one bias a layer",
            lambda sizes: sum(n * m + 1 for n, m in pairwise(sizes)),
            "You added one bias for each layer, but every unit of the layer has its own.",
        ),
        Misconception(
            "gives the inputs biases",
            lambda sizes: sum(n * m for n, m in pairwise(sizes)) + sum(sizes),
            "Inputs compute nothing, so they have no bias: only the units of the layers after "
            "them do.",
        ),
    ),
    hints=("Each of m units has n weights and a bias: (n + 1) times m for each layer.",),
)


def collapse(layers: Layers) -> tuple[Tensor, Tensor]:
    W, b = layers[0]
    for next_W, next_b in layers[1:]:
        W, b = next_W @ W, next_W @ b + next_b
    return W, b


def biases_not_propagated(layers: Layers) -> tuple[Tensor, Tensor]:
    (W1, b1), (W2, b2), (W3, b3) = layers
    return W3 @ W2 @ W1, b1 + b2 + b3


def last_bias_only(layers: Layers) -> tuple[Tensor, Tensor]:
    (W1, _), (W2, _), (W3, b3) = layers
    return W3 @ W2 @ W1, b3


def wrong_order(layers: Layers) -> tuple[Tensor, Tensor]:
    (W1, _), (W2, _), (W3, _) = layers
    return W1 @ W2 @ W3, collapse(layers)[1]


def entry_by_entry(layers: Layers) -> tuple[Tensor, Tensor]:
    (W1, b1), (W2, b2), (W3, b3) = layers
    return W3 * W2 * W1, W3 @ (W2 @ b1 + b2) + b3


def with_any_bias(wrong: Callable[[Layers], tuple[Tensor, Tensor]]) -> Any:
    """Recognise a wrong product of the weights, whatever became of the biases."""
    return lambda arguments, got: difference(got[0], wrong(*arguments)[0], 1e-8) is None


def linear_networks(generator: Generator) -> list[Arguments]:
    """Three square layers: only there do the wrong products have a shape."""
    cases: list[Arguments] = []
    for n in (2, 3, 5):
        cases.append(([(randn(generator, n, n), randn(generator, n)) for _ in range(3)],))
    return cases


COLLAPSE = Exercise(
    name="neural_networks.collapse",
    page=PAGE,
    task="Three layers without activation compute W₃(W₂(W₁x + b₁) + b₂) + b₃. Return the matrix "
    "and the bias of the one layer that does the same; `layers` is a list of three pairs (W, b).",
    signature="collapse(layers) -> (W Tensor[n, n], b Tensor[n])",
    reference=collapse,
    inputs=linear_networks,
    tried="three square layers of 2, 3 and 5 units",
    misconceptions=(
        Misconception(
            "adds the biases as they are",
            biases_not_propagated,
            "A bias of an early layer passes through all later layers, so their matrices act on "
            "it too.",
        ),
        Misconception(
            "keeps only the last bias",
            last_bias_only,
            "The biases of the first two layers are gone. They pass through the later layers and "
            "arrive at the output.",
        ),
        Misconception(
            "multiplies in the wrong order",
            wrong_order,
            "The layer that acts first stands on the right: W₃W₂W₁, not W₁W₂W₃. For square layers "
            "the shapes do not warn you.",
            recognise=with_any_bias(wrong_order),
        ),
        Misconception(
            "multiplies entry by entry",
            entry_by_entry,
            "`*` multiplies entry by entry. One layer after the other is the matrix product `@`.",
            recognise=with_any_bias(entry_by_entry),
        ),
    ),
    hints=("Write W₃(W₂(W₁x + b₁) + b₂) + b₃ without parentheses: b is what x leaves behind.",),
)

EXERCISES = [XOR_WEIGHTS, COUNT_PARAMETERS, COLLAPSE]
