"""Exercises of the page on regularisation: the price of the squares."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from companion.exercises._inputs import integers, randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.linalg import svdvals
from companion.linear_model import Ridge
from companion.preprocessing import StandardScaler

PAGE = "05-regression/regularization"


def ridge(X: Tensor, y: Tensor, lam: float) -> Tensor:
    model = Ridge(lam).fit(X[:, 1:], y)
    return torch.cat([model.intercept_[None], model.coef_])


def normal_equations(X: Tensor, y: Tensor, prices: Tensor) -> Tensor:
    """Return the weights for a price of each weight."""
    weights: Tensor = torch.linalg.solve(X.T @ X + torch.diag(prices), X.T @ y)
    return weights


def without_bias(X: Tensor, price: float) -> Tensor:
    """Return the price for all weights but the first."""
    return tensor([0.0] + (X.shape[1] - 1) * [price])


def penalised_bias(X: Tensor, y: Tensor, lam: float) -> Tensor:
    return normal_equations(X, y, tensor(X.shape[1] * [lam]))


def price_for_each_sample(X: Tensor, y: Tensor, lam: float) -> Tensor:
    return normal_equations(X, y, without_bias(X, lam * len(X)))


def rows_without_root(X: Tensor, y: Tensor, lam: float) -> Tensor:
    return normal_equations(X, y, without_bias(X, lam**2))


def divided_least_squares(X: Tensor, y: Tensor, lam: float) -> Tensor:
    w = torch.linalg.lstsq(X, y[:, None]).solution[:, 0]
    slopes = w[1:] / (1 + lam)
    return torch.cat([(y.mean() - X[:, 1:].mean(0) @ slopes)[None], slopes])


def ridge_inputs(generator: Generator) -> list[Arguments]:
    """Tables with a column of ones; y is shifted far from 0, and prices are neither 1 nor n."""
    cases: list[Arguments] = []
    for n, p, shift, price in ((12, 1, 0.0, 2.5), (15, 2, 100.0, 6.5), (20, 4, -30.0, 0.4)):
        features = randn(generator, n, p) * uniform(generator, 0.5, 2, p) + randn(generator, p)
        X = torch.cat([torch.ones(n, 1, dtype=features.dtype, device="cpu"), features], dim=1)
        y = features @ randn(generator, p) + shift + 0.3 * randn(generator, n)
        cases.append((X, y, price))
    X, y, _ = cases[1]
    return [*cases, (X, y, 0.0), (X, y + 50, 6.5), (X, y, 1e9)]


RIDGE = Exercise(
    name="regression.ridge",
    page=PAGE,
    task="Return the weights of ridge regression. The first column of `X` is 1: its weight, the "
    "bias, costs nothing. The price `lam` stands next to the sum of squared errors.",
    signature="ridge(X, y, lam) -> Tensor[p]",
    reference=ridge,
    inputs=ridge_inputs,
    tried="no price, small and huge prices, and data that are shifted upwards",
    misconceptions=(
        Misconception(
            "penalises the bias",
            penalised_bias,
            "The bias has a price too, so data that lie around 100 are pulled towards 0. Put a "
            "zero into the first diagonal entry of the penalty.",
        ),
        Misconception(
            "multiplies the price by the number of samples",
            price_for_each_sample,
            "Your price is N times too high: the penalty stands once next to the sum of squared "
            "errors, not once for each sample. Nλ belongs to a cost with the mean.",
        ),
        Misconception(
            "appends rows with the price instead of its root",
            rows_without_root,
            "The appended rows are squared in the sum, so rows with λ give a price of λ². Append "
            "√λ.",
        ),
        Misconception(
            "divides the least-squares weights",
            divided_least_squares,
            "Dividing the least-squares weights by 1 + λ is right only for orthonormal columns; "
            "in general each singular direction shrinks by a factor of its own.",
        ),
    ),
    hints=(
        "Start from the identity matrix, set its first diagonal entry to zero, and add λ times it "
        "to XᵀX.",
    ),
)


def fit_predict(X: Tensor, y: Tensor, X_new: Tensor, lam: float) -> Tensor:
    scaler = StandardScaler().fit(X)
    model = Ridge(lam).fit(scaler.transform(X), y)
    prediction: Tensor = model.predict(scaler.transform(X_new))
    return prediction


def no_scaling(X: Tensor, y: Tensor, X_new: Tensor, lam: float) -> Tensor:
    prediction: Tensor = Ridge(lam).fit(X, y).predict(X_new)
    return prediction


def scaler_of_the_new_data(X: Tensor, y: Tensor, X_new: Tensor, lam: float) -> Tensor:
    model = Ridge(lam).fit(StandardScaler().fit_transform(X), y)
    prediction: Tensor = model.predict(StandardScaler().fit_transform(X_new))
    return prediction


def outputs_left_scaled(X: Tensor, y: Tensor, X_new: Tensor, lam: float) -> Tensor:
    return fit_predict(X, (y - y.mean()) / y.std(correction=0), X_new, lam)


def scaled_by_the_largest(X: Tensor, y: Tensor, X_new: Tensor, lam: float) -> Tensor:
    largest = X.abs().amax(0)
    return no_scaling(X / largest, y, X_new / largest, lam)


def other_correction(X: Tensor, y: Tensor, X_new: Tensor, lam: float) -> Tensor:
    mean, std = X.mean(0), X.std(0)
    return no_scaling((X - mean) / std, y, (X_new - mean) / std, lam)


def unit_inputs(generator: Generator) -> list[Arguments]:
    """The same tables in other units: each column in turn a thousand times larger."""
    cases: list[Arguments] = []
    for n, p, price in ((10, 1, 3.0), (16, 2, 5.0), (20, 3, 0.7)):
        scales = uniform(generator, 0.5, 3, p)
        X = (randn(generator, n, p) + 1) * scales
        X_new = (randn(generator, 5, p) + 2) * scales
        y = 20 + 4 * X @ (1 + uniform(generator, 0, 1, p)) + randn(generator, n)
        unit = torch.ones_like(scales)
        unit[int(integers(generator, 0, p))] = 1000.0
        cases += [(X, y, X_new, price), (X * unit, y, X_new * unit, price)]
    return cases


RIDGE_UNITS = Exercise(
    name="regression.ridge_units",
    page=PAGE,
    task="Fit a ridge model with a free bias to `X` (without a column of ones) and `y`, and "
    "predict for `X_new`. The prediction must not depend on the units of the features: "
    "standardise them to mean 0 and standard deviation 1 (with division by N, as scikit-learn "
    "does) before the price `lam` is applied.",
    signature="fit_predict(X, y, X_new, lam) -> Tensor[m]",
    reference=fit_predict,
    inputs=unit_inputs,
    tried="one to three features, each table also with one column in a unit 1000 times smaller",
    misconceptions=(
        Misconception(
            "does not scale",
            no_scaling,
            "Without scaling, a length in mm has a weight 1000 times smaller than in m and costs "
            "nearly nothing: the prediction changes with the unit.",
        ),
        Misconception(
            "fits the scaler to the new data",
            scaler_of_the_new_data,
            "The new data were scaled with their own mean and standard deviation. The model "
            "knows only those of the training data: use them for both.",
        ),
        Misconception(
            "leaves the output scaled",
            outputs_left_scaled,
            "Your predictions are in standard deviations of y. Undo the scaling of y at the end, "
            "or do not scale it: the bias is free.",
        ),
        Misconception(
            "divides by the largest entry",
            scaled_by_the_largest,
            "Division by the largest entry removes the unit too, but it is not what the task asks "
            "for: the price then depends on one extreme sample. Use mean and standard deviation.",
        ),
        Misconception(
            "divides by N - 1 in the standard deviation",
            other_correction,
            "`Tensor.std` divides by N - 1 unless you say `correction=0`; the scaler of the "
            "libraries divides by N, and the price then means something slightly different.",
        ),
    ),
    hints=("Standardise inside: compute mean and deviation from X, and use them for X_new too.",),
)


def effective_dof(X: Tensor, lam: float) -> float:
    s = svdvals(X)
    return 1 + float((s**2 / (s**2 + lam)).sum())


def without_squares(X: Tensor, lam: float) -> float:
    s = svdvals(X)
    return 1 + float((s / (s + lam)).sum())


def missing_bias(X: Tensor, lam: float) -> float:
    return effective_dof(X, lam) - 1


def lost_share(X: Tensor, lam: float) -> float:
    s = svdvals(X)
    return 1 + float((lam / (s**2 + lam)).sum())


def dof_inputs(generator: Generator) -> list[Arguments]:
    """Centred tables; prices of the size of the squared singular values, and the two limits."""
    cases: list[Arguments] = []
    for n, p, price in ((8, 1, 3.0), (15, 4, 6.0), (12, 6, 0.5), (30, 3, 40.0)):
        X = randn(generator, n, p) * uniform(generator, 0.5, 3, p)
        cases.append((X - X.mean(0), price))
    X = cases[1][0]
    return [*cases, (X, 1e-12), (X, 1e12)]


EFFECTIVE_DOF = Exercise(
    name="regression.effective_dof",
    page=PAGE,
    task="Return the effective degrees of freedom of ridge regression with a free bias. The "
    "columns of `X` are centred, and `X` has no column of ones; `lam` is above 0.",
    signature="effective_dof(X, lam) -> float",
    reference=effective_dof,
    inputs=dof_inputs,
    tried="one to six features, and the limits of a tiny and a huge price",
    misconceptions=(
        Misconception(
            "forgets the squares",
            without_squares,
            "The factor of a singular direction is s²/(s² + λ): the price is compared with the "
            "squared singular value.",
        ),
        Misconception(
            "counts the weights that are not zero",
            lambda X, lam: float(X.shape[1] + 1),
            "Ridge sets no weight to zero, so counting gives p + 1 at any price. Each direction "
            "counts only with the share that is left of it.",
        ),
        Misconception(
            "forgets the bias",
            missing_bias,
            "The free bias is a degree of freedom too: at a huge price one is left, not zero.",
        ),
        Misconception(
            "adds up what is lost",
            lost_share,
            "λ/(s² + λ) is the share that the price takes away. Add up what is left.",
        ),
    ),
    hints=(
        "It is the trace of the matrix that turns y into the prediction: singular direction i "
        "counts sᵢ²/(sᵢ² + λ), and the bias counts 1.",
    ),
)

EXERCISES = [RIDGE, RIDGE_UNITS, EFFECTIVE_DOF]
