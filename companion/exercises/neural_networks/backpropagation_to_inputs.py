"""An exercise of the page on backpropagation: the sensitivity of a predicted deflection."""

from __future__ import annotations

from itertools import pairwise
from typing import Any

import torch
from torch import Generator, Tensor

from companion.exercises._compare import difference
from companion.exercises._inputs import randn, uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "07-neural-networks/backpropagation"

Model = dict[str, Any]


def sensitivity(model: Model, x: Tensor) -> Tensor:
    """Go back to δ⁰, then undo the scaling of inputs and output."""
    slopes: Tensor = model["y_scale"] * input_delta(model, x) / model["x_scale"]
    return slopes


def input_delta(model: Model, x: Tensor) -> Tensor:
    W: Tensor = model["params"][0][0]
    return W.mT @ first_delta(model, x)


def first_delta(model: Model, x: Tensor) -> Tensor:
    """Return the derivatives of the scaled output by the sums of the first layer."""
    params = model["params"]
    a = [(x - model["x_mean"]) / model["x_scale"]]
    for W, b in params[:-1]:
        a.append(torch.tanh(W @ a[-1] + b))
    delta = torch.ones_like(params[-1][1])
    for (W, _), below in zip(params[:0:-1], a[:0:-1], strict=True):
        delta = (W.mT @ delta) * (1 - below**2)
    return delta


def stops_at_first_layer(model: Model, x: Tensor) -> Any:
    delta = model["y_scale"] * first_delta(model, x)
    return delta / model["x_scale"] if delta.shape == x.shape else delta


def stopped_early(arguments: Arguments, got: Any) -> bool:
    """Recognise δ¹, with and without the scale factors."""
    model, x = arguments
    delta, scale = first_delta(model, x), model["y_scale"]
    wrong = [delta, scale * delta, scale * delta / model["x_scale"].mean()]
    if delta.shape == x.shape:
        wrong.append(scale * delta / model["x_scale"])
    return any(difference(got, each, 1e-6) is None for each in wrong)


def without_scaling_of_inputs(model: Model, x: Tensor) -> Any:
    return model["y_scale"] * input_delta(model, x)


def without_any_scaling(model: Model, x: Tensor) -> Tensor:
    return input_delta(model, x)


def scale_the_wrong_way(model: Model, x: Tensor) -> Any:
    return model["y_scale"] * input_delta(model, x) * model["x_scale"]


def difference_on_scaled_input(model: Model, x: Tensor) -> Tensor:
    """Step by 0.001 in the scaled inputs, and forget that they are scaled."""
    columns = []
    for k in range(len(x)):
        step = torch.zeros_like(x)
        step[k] = 0.001 * model["x_scale"][k]
        columns.append((predict(model, x + step) - predict(model, x)) / 0.001)
    return torch.cat(columns)


def predict(model: Model, x: Tensor) -> Any:
    a = (x - model["x_mean"]) / model["x_scale"]
    for W, b in model["params"][:-1]:
        a = torch.tanh(W @ a + b)
    W, b = model["params"][-1]
    return model["y_mean"] + model["y_scale"] * (W @ a + b)


def nearly_without_scaling(arguments: Arguments, got: Any) -> bool:
    """Recognise differences with any small step: near the slopes by the scaled inputs."""
    model, x = arguments
    slopes = without_scaling_of_inputs(model, x)
    near = 0.05 * float(slopes.abs().max()) + 0.02 * float(model["y_scale"])
    return bool((torch.as_tensor(got).reshape(slopes.shape) - slopes).abs().max() <= near)


def models(generator: Generator) -> list[Arguments]:
    """Networks for a deflection, with units far from 1 and hidden layers of any width."""
    cases: list[Arguments] = []
    for sizes in ((1, 2, 1), (2, 3, 1), (2, 2, 1), (3, 3, 1), (3, 4, 2, 1), (4, 4, 4, 1)):
        params = [
            (0.7 * randn(generator, m, n), 0.3 * randn(generator, m)) for n, m in pairwise(sizes)
        ]
        x_mean = uniform(generator, 20, 40, sizes[0])
        x_scale = uniform(generator, 5, 10, sizes[0])
        model = {
            "params": params,
            "x_mean": x_mean,
            "x_scale": x_scale,
            "y_mean": uniform(generator, 2, 4),
            "y_scale": uniform(generator, 0.2, 0.5),
        }
        cases.append((model, x_mean + x_scale * uniform(generator, -1, 1, sizes[0])))
    return cases


SENSITIVITY = Exercise(
    name="neural_networks.sensitivity",
    page=PAGE,
    task="Return the derivatives of the predicted deflection by the inputs `x`, all in physical "
    "units. The dictionary `model` has the scaling of inputs and output (`x_mean`, `x_scale`, "
    "`y_mean`, `y_scale`) and `params`, the pairs (W, b) of a network with tanh units and one "
    "identity output.",
    signature="sensitivity(model, x) -> Tensor of the shape of x",
    reference=sensitivity,
    inputs=models,
    tried="one to four inputs and up to three layers, with units far from 1",
    misconceptions=(
        Misconception(
            "stops at the sums of the first layer",
            stops_at_first_layer,
            "You stop at δ¹, which belongs to the units of the first layer. One step more leads "
            "to the inputs: δ⁰ = (W¹)ᵀ δ¹, without a slope, since inputs have no activation.",
            recognise=stopped_early,
        ),
        Misconception(
            "forgets that the inputs are scaled",
            without_scaling_of_inputs,
            "This is the derivative by the scaled inputs. The chain has one more link, the "
            "scaling: divide by `x_scale`.",
        ),
        Misconception(
            "forgets the scaling of inputs and output",
            without_any_scaling,
            "This is the derivative of the scaled output by the scaled inputs. Multiply by "
            "`y_scale` and divide by `x_scale`.",
        ),
        Misconception(
            "multiplies by the scale of the inputs",
            scale_the_wrong_way,
            "The scale of the inputs stands on the wrong side: scaling divides x by `x_scale`, so "
            "the derivative is divided by it as well.",
        ),
        Misconception(
            "takes differences on the scaled input",
            difference_on_scaled_input,
            "This is a difference quotient by the scaled input: an approximation, and per scaled "
            "unit. Go back to δ⁰ for the exact slope, and divide by `x_scale`.",
            recognise=nearly_without_scaling,
        ),
    ),
    hints=("Go back one step further, to the inputs, then multiply by the scale factors.",),
    tol=1e-6,
)

EXERCISES = [SENSITIVITY]
