"""Exercises of the page on backpropagation: the factors of a chain and of a layer."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Generator, Tensor

from companion.autograd import Value, grad
from companion.exercises._compare import difference
from companion.exercises._inputs import randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "07-neural-networks/backpropagation"


def four_partials(w1: float, b1: float, w2: float, b2: float, x: float) -> tuple[float, ...]:
    parameters = [Value(number) for number in (w1, b1, w2, b2)]
    weight_1, bias_1, weight_2, bias_2 = parameters
    a = (weight_1 * x + bias_1).sigmoid()
    return grad((weight_2 * a + bias_2).sigmoid(), parameters)


def sigmoids(w1: float, b1: float, w2: float, b2: float, x: float) -> tuple[Tensor, Tensor]:
    a = torch.sigmoid(tensor(w1 * x + b1))
    return a, torch.sigmoid(w2 * a + b2)


def without_outer_slope(w1: float, b1: float, w2: float, b2: float, x: float) -> tuple[Any, ...]:
    a, _ = sigmoids(w1, b1, w2, b2, x)
    inner = w2 * a * (1 - a)
    return inner * x, inner, a, tensor(1.0)


def biases_times_input(w1: float, b1: float, w2: float, b2: float, x: float) -> tuple[Any, ...]:
    a, y = sigmoids(w1, b1, w2, b2, x)
    outer = y * (1 - y)
    inner = outer * w2 * a * (1 - a)
    return inner * x, inner * x, outer * a, outer * a


def values_for_slopes(w1: float, b1: float, w2: float, b2: float, x: float) -> tuple[Any, ...]:
    a, y = sigmoids(w1, b1, w2, b2, x)
    return y * w2 * a * x, y * w2 * a, y * a, y


def without_second_weight(w1: float, b1: float, w2: float, b2: float, x: float) -> tuple[Any, ...]:
    a, y = sigmoids(w1, b1, w2, b2, x)
    outer = y * (1 - y)
    inner = outer * a * (1 - a)
    return inner * x, inner, outer * a, outer


def chains(generator: Generator) -> list[Arguments]:
    """Numbers away from 0 and 1, where a forgotten factor would not show."""
    drawn = uniform(generator, 0.3, 0.9, 7, 5)
    signs = torch.where(randn(generator, 7, 5) < 0, -1.0, 1.0)
    return [(0.7, -0.2, 1.3, 0.4, 0.9), *(tuple(row) for row in (drawn * signs).tolist())]


SCALAR_CHAIN = Exercise(
    name="neural_networks.scalar_chain",
    page=PAGE,
    task="Return the derivatives of σ(w₂ σ(w₁ x + b₁) + b₂) by w₁, b₁, w₂ and b₂.",
    signature="four_partials(w1, b1, w2, b2, x) -> 4 numbers",
    reference=four_partials,
    inputs=chains,
    tried="the numbers of the page and random ones of both signs",
    misconceptions=(
        Misconception(
            "leaves out the slope of the last unit",
            without_outer_slope,
            "All four are too large: the slope of the last unit, ŷ(1 - ŷ), is missing. Whatever "
            "moves its sum reaches the output through this factor.",
        ),
        Misconception(
            "multiplies the derivatives by the biases with the input of the unit",
            biases_times_input,
            "A bias enters its sum with the factor 1: ∂z₁/∂b₁ = 1, not x, and ∂z₂/∂b₂ = 1, not a. "
            "Only weights carry the input of their unit.",
        ),
        Misconception(
            "takes the value of the sigmoid for its slope",
            values_for_slopes,
            "The slope of the sigmoid is a(1 - a), not a: it is never above 1/4.",
        ),
        Misconception(
            "leaves out the weight between the units",
            without_second_weight,
            "On the way from the first unit to the output the signal passes w₂: the derivatives "
            "by w₁ and b₁ contain it as a factor.",
        ),
    ),
    hints=(
        "Write every factor, one for each node between the parameter and the output, then "
        "multiply.",
    ),
    tol=1e-10,
)


def output_delta(y_hat: Tensor, y: Tensor, loss: str, activation: str) -> Tensor:
    """Only the pair that does not match keeps the slope of the unit."""
    error = y_hat - y
    return error * y_hat * (1 - y_hat) if (loss, activation) == SQUARED_SIGMOID else error


SQUARED_SIGMOID = ("squared_error", "sigmoid")


def always_with_slope(y_hat: Tensor, y: Tensor, loss: str, activation: str) -> Tensor:
    slope = torch.ones_like(y_hat) if activation == "identity" else y_hat * (1 - y_hat)
    return (y_hat - y) * slope


def target_minus_output(y_hat: Tensor, y: Tensor, loss: str, activation: str) -> Tensor:
    error = y - y_hat
    return error * y_hat * (1 - y_hat) if (loss, activation) == SQUARED_SIGMOID else error


def never_with_slope(y_hat: Tensor, y: Tensor, loss: str, activation: str) -> Tensor:
    return y_hat - y


def slope_of_loss_only(y_hat: Tensor, y: Tensor, loss: str, activation: str) -> Tensor:
    if loss == "cross_entropy":
        return -y / y_hat
    if loss == "binary_cross_entropy":
        return (y_hat - y) / (y_hat * (1 - y_hat))
    return y_hat - y


def outputs(generator: Generator) -> list[Arguments]:
    cases: list[Arguments] = []
    for size in (1, 3):
        y_hat = uniform(generator, 0.1, 0.9, size)
        hard = (uniform(generator, 0, 1, size) < 0.5).double()
        cases += [
            (randn(generator, size), randn(generator, size), "squared_error", "identity"),
            (y_hat, hard, "squared_error", "sigmoid"),
            (y_hat, hard, "binary_cross_entropy", "sigmoid"),
        ]
    for size in (2, 4):
        y = torch.zeros_like(randn(generator, size))
        y[size - 2] = 1
        cases.append((randn(generator, size).softmax(0), y, "cross_entropy", "softmax"))
    return cases


OUTPUT_DELTA = Exercise(
    name="neural_networks.output_delta",
    page=PAGE,
    task="Return δ of the output layer for one sample: `loss` is `squared_error` (½ Σ (ŷ - y)²), "
    "`binary_cross_entropy` or `cross_entropy`, and `activation` is `identity`, `sigmoid` or "
    "`softmax`, in the four pairs of the text.",
    signature="output_delta(y_hat, y, loss, activation) -> Tensor[units]",
    reference=output_delta,
    inputs=outputs,
    tried="the four pairs, with one unit and with several",
    misconceptions=(
        Misconception(
            "multiplies by the slope of the unit in every pair",
            always_with_slope,
            "For a loss that matches its output unit the slope ŷ(1 - ŷ) has cancelled already: "
            "there δ is ŷ - y. You have the factor once too often.",
        ),
        Misconception(
            "takes target minus output",
            target_minus_output,
            "The sign is turned round: δ = ŷ - y is the derivative of the cost. With y - ŷ the "
            "step w - η∇w climbs.",
        ),
        Misconception(
            "never multiplies by the slope of the unit",
            never_with_slope,
            "The squared error does not match the sigmoid, so nothing cancels: its δ is "
            "(ŷ - y) ŷ(1 - ŷ).",
        ),
        Misconception(
            "stops at the derivative by the output of the unit",
            slope_of_loss_only,
            "This is the derivative of the cost by the output a of the unit. δ is the derivative "
            "by its sum z: go one step further, through the activation.",
        ),
    ),
    hints=(
        "Write ∂J/∂a and f'(z) for each pair: which factor cancels? The matching pairs leave "
        "ŷ - y.",
    ),
)


def hidden_delta(
    W_next: Tensor, delta_next: Tensor, z: Tensor, f_prime: Callable[[Tensor], Tensor]
) -> Tensor:
    return (W_next.mT @ delta_next) * f_prime(z)


def not_transposed(W_next: Tensor, delta_next: Tensor, z: Tensor, f_prime: Any) -> Any:
    return (W_next @ delta_next) * f_prime(z)


def slope_at_the_output(W_next: Tensor, delta_next: Tensor, z: Tensor, f_prime: Any) -> Any:
    return (W_next.mT @ delta_next) * f_prime(torch.sigmoid(z))


def takes_output_for_sum(arguments: Arguments, got: Any) -> bool:
    """Recognise f'(a) for both activations that a reader may have in mind."""
    W_next, delta_next, z, f_prime = arguments
    both = (f(z) for f in (torch.sigmoid, torch.tanh))
    back = W_next.mT @ delta_next
    return any(difference(got, back * f_prime(a), 1e-8) is None for a in both)


def outer_product(W_next: Tensor, delta_next: Tensor, z: Tensor, f_prime: Any) -> Any:
    return torch.outer(W_next.mT @ delta_next, f_prime(z))


def scalar_product(W_next: Tensor, delta_next: Tensor, z: Tensor, f_prime: Any) -> Any:
    return (W_next.mT @ delta_next) @ f_prime(z)


def without_slope(W_next: Tensor, delta_next: Tensor, z: Tensor, f_prime: Any) -> Any:
    return W_next.mT @ delta_next


def sigmoid_prime(z: Tensor) -> Tensor:
    return torch.sigmoid(z) * torch.sigmoid(-z)


def tanh_prime(z: Tensor) -> Tensor:
    return 1 - torch.tanh(z) ** 2


def relu_prime(z: Tensor) -> Tensor:
    return (z > 0).to(z.dtype)


def layers(generator: Generator) -> list[Arguments]:
    """A column of W first, whose transpose cannot hide, then square layers and others."""
    cases = [
        (2, 2, sigmoid_prime),
        (1, 3, tanh_prime),
        (3, 2, sigmoid_prime),
        (3, 3, tanh_prime),
        (4, 4, relu_prime),
        (3, 5, tanh_prime),
    ]
    return [
        (randn(generator, k, m), randn(generator, k), 2 * randn(generator, m), slope)
        for k, m, slope in cases
    ]


HIDDEN_DELTA = Exercise(
    name="neural_networks.hidden_delta",
    page=PAGE,
    task="Return δ of a hidden layer with the sums `z`. The next layer has the weights `W_next` "
    "and the derivatives `delta_next`; `f_prime` is the derivative of the activation.",
    signature="hidden_delta(W_next, delta_next, z, f_prime) -> Tensor[units]",
    reference=hidden_delta,
    inputs=layers,
    tried="square layers and others, with sigmoid, tanh and ReLU",
    misconceptions=(
        Misconception(
            "multiplies by the weights without transposing them",
            not_transposed,
            "Your δ is W δ, not Wᵀ δ. Rows of W belong to units of the next layer, so on the way "
            "back W must be transposed; only for square layers the slip has a shape at all.",
        ),
        Misconception(
            "takes the slope at the output of the unit",
            slope_at_the_output,
            "The slope is taken at a = f(z). The derivative of the activation belongs at the sum: "
            "`f_prime(z)`. (Only ReLU and identity forgive this.)",
            recognise=takes_output_for_sum,
        ),
        Misconception(
            "takes the outer product of the two factors",
            outer_product,
            "The result is a matrix. Each unit has one blame and one slope: multiply entry by "
            "entry (Hadamard product, `*`).",
        ),
        Misconception(
            "takes the scalar product of the two factors",
            scalar_product,
            "The result is one number: `@` between two vectors sums. Each unit keeps its own "
            "product, so multiply entry by entry (Hadamard product, `*`).",
        ),
        Misconception(
            "leaves out the slope of the activation",
            without_slope,
            "This is ∂J/∂a, the blame at the output of the units. To reach their sums z it must "
            "still be multiplied by `f_prime(z)`.",
        ),
    ),
    hints=("The result has the shape of z: which order of the factors gives it?",),
)

EXERCISES = [SCALAR_CHAIN, OUTPUT_DELTA, HIDDEN_DELTA]
