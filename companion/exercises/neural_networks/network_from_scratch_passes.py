"""Exercises of the page that builds a network of objects: the passes back through them."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from companion.autograd import backprop
from companion.exercises._inputs import integers, randn
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "07-neural-networks/network-from-scratch"


def linear_backward(grad_out: Tensor, X: Tensor, W: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return grad_out @ W, grad_out.T @ X, grad_out.sum(0)


def weights_transposed(grad_out: Tensor, X: Tensor, W: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return grad_out @ W, X.T @ grad_out, grad_out.sum(0)


def bias_not_summed(grad_out: Tensor, X: Tensor, W: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return grad_out @ W, grad_out.T @ X, grad_out


def input_transposed(grad_out: Tensor, X: Tensor, W: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return W.T @ grad_out.T, grad_out.T @ X, grad_out.sum(0)


def forward_weights(grad_out: Tensor, X: Tensor, W: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return grad_out @ W.T, grad_out.T @ X, grad_out.sum(0)


def bias_averaged(grad_out: Tensor, X: Tensor, W: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    return grad_out @ W, grad_out.T @ X, grad_out.mean(0)


def layers(generator: Generator) -> list[Arguments]:
    """Layers that are square, narrow and wide; batches that have neither size."""
    sizes = [(5, 3, 3), (4, 3, 2), (2, 3, 5), (6, 4, 4), (7, 2, 6)]  # N, inputs, units
    return [
        (randn(generator, N, m), randn(generator, N, n), randn(generator, m, n))
        for N, n, m in sizes
    ]


LINEAR_BACKWARD = Exercise(
    name="neural_networks.linear_backward",
    page=PAGE,
    task="For `Z = X @ W.T + b`, return the gradients with respect to `X`, `W` and `b`, given "
    "`grad_out`, the gradient with respect to `Z`. Samples stand in rows.",
    signature="linear_backward(grad_out, X, W) -> (grad_X, grad_W, grad_b)",
    reference=linear_backward,
    inputs=layers,
    tried="square, narrow and wide layers",
    misconceptions=(
        Misconception(
            "transposes the gradient of the weights",
            weights_transposed,
            "Your gradient of W is transposed: row j of W leads to unit j, so the units of "
            "`grad_out` come first, `grad_out.T @ X`. In a square layer no shape would warn you.",
        ),
        Misconception(
            "does not sum the bias over the batch",
            bias_not_summed,
            "All samples use the same b, so its gradient is the sum of the rows of `grad_out`, "
            "a vector with one entry a unit.",
        ),
        Misconception(
            "returns the gradient of X with samples in columns",
            input_transposed,
            "A gradient has the shape of what it belongs to, and X has its samples in rows: "
            "`grad_out @ W`, not `W.T @ grad_out.T`.",
        ),
        Misconception(
            "sends the gradient through the weights of the forward pass",
            forward_weights,
            "Forward uses `W.T`, so backward uses W: `grad_out @ W`. With `W.T` only a square "
            "layer runs, and gives a wrong gradient.",
        ),
        Misconception(
            "averages the bias over the batch",
            bias_averaged,
            "The 1/N of the mean loss is already in `grad_out`: the bias takes the sum of the "
            "rows, like the weights. Averaging divides by N twice.",
        ),
    ),
    hints=("Write the shapes beside each symbol: a gradient has the shape of what it belongs to.",),
)


def softmax_ce_backward(Z: Tensor, y: Tensor) -> Tensor:
    identity = torch.eye(Z.shape[1], dtype=Z.dtype)
    return backprop([(identity, torch.zeros_like(Z[0]))], Z, y).delta[-1]


def one_hot(Z: Tensor, y: Tensor) -> Tensor:
    return torch.nn.functional.one_hot(y, Z.shape[1]).to(Z.dtype)


def summed(Z: Tensor, y: Tensor) -> Tensor:
    return Z.softmax(1) - one_hot(Z, y)


def softmax_twice(Z: Tensor, y: Tensor) -> Tensor:
    return (Z.softmax(1).softmax(1) - one_hot(Z, y)) / len(y)


def overflowing(Z: Tensor, y: Tensor) -> Tensor:
    powers = torch.exp(Z)
    return (powers / powers.sum(1, keepdim=True) - one_hot(Z, y)) / len(y)


def target_minus_output(Z: Tensor, y: Tensor) -> Tensor:
    return (one_hot(Z, y) - Z.softmax(1)) / len(y)


def scores(generator: Generator) -> list[Arguments]:
    """Scores of size 1, and some near 1000, where exp overflows."""
    cases: list[Arguments] = []
    for N, classes, shift in ((3, 3, 0.0), (5, 4, 0.0), (8, 10, 0.0), (4, 3, 1000.0)):
        y = integers(generator, 0, classes, N)
        cases.append((2 * randn(generator, N, classes) + shift, y))
    return cases


SOFTMAX_CE_BACKWARD = Exercise(
    name="neural_networks.softmax_ce_backward",
    page=PAGE,
    task="Return the gradient of the mean cross-entropy loss with respect to the scores `Z`, whose "
    "softmax gives the probabilities. `y` holds the number of the true class of each row.",
    signature="softmax_ce_backward(Z, y) -> Tensor[n, classes]",
    reference=softmax_ce_backward,
    inputs=scores,
    tried="3 to 10 classes, and scores near 1000",
    misconceptions=(
        Misconception(
            "is the gradient of the sum",
            summed,
            "This is the gradient of the summed loss, N times too large: a rate that works for ten "
            "samples fails for a thousand. Divide by the number of samples.",
        ),
        Misconception(
            "applies the softmax twice",
            softmax_twice,
            "The softmax was applied to probabilities. Z are scores: a second softmax squeezes the "
            "outputs together, and the network learns slowly.",
        ),
        Misconception(
            "overflows for large scores",
            overflowing,
            "exp(1000) is infinite, and infinite by infinite is no number. Subtract the largest "
            "score of each row first, or let `softmax` do it.",
        ),
        Misconception(
            "has the sign of target minus output",
            target_minus_output,
            "The gradient is output minus target. With the other sign the update "
            "W ← W - η ∇W climbs.",
        ),
    ),
    hints=("The outputs minus the one-hot targets; the mean over the rows brings 1/N.",),
)

EXERCISES = [LINEAR_BACKWARD, SOFTMAX_CE_BACKWARD]
