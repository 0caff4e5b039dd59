"""Exercises of the page on limits: a power law, a guard, and a hidden layer at random."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from companion.exercises._inputs import integers, randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "07-neural-networks/limits"


# Power laws


def with_ones(X: Tensor) -> Tensor:
    return torch.cat([torch.ones_like(X[:, :1]), X], 1)


def fitted(A: Tensor, y: Tensor) -> Tensor:
    solution: Tensor = torch.linalg.lstsq(A, y[:, None]).solution[:, 0]
    return solution


def exponents(X: Tensor, y: Tensor) -> Tensor:
    return fitted(with_ones(X.log()), y.log())[1:]


def raw_fit(X: Tensor, y: Tensor) -> Tensor:
    return fitted(with_ones(X), y)[1:]


def without_constant(X: Tensor, y: Tensor) -> Tensor:
    return fitted(X.log(), y.log())


def half_logarithm(X: Tensor, y: Tensor) -> Tensor:
    return fitted(with_ones(X), y.log())[1:]


def power_laws(generator: Generator) -> list[Arguments]:
    """Twenty samples of laws with two to four columns and a constant far from 1."""
    cases: list[Arguments] = []
    for columns in (2, 3, 4):
        X = uniform(generator, 0.5, 4.0, 20, columns)
        powers = integers(generator, 1, 4, columns) * (
            1.0 - 2.0 * integers(generator, 0, 2, columns)
        )
        constant = uniform(generator, 3.0, 9.0)
        cases.append((X, constant * (X**powers).prod(1)))
    return cases


DIMENSIONLESS = Exercise(
    name="neural_networks.dimensionless",
    page=PAGE,
    task="The columns of `X` and the outputs `y`, all positive, follow a power law with an unknown "
    "constant. Return its exponents, one for each column.",
    signature="exponents(X, y) -> Tensor[d]",
    reference=exponents,
    inputs=power_laws,
    tried="twenty samples of power laws with two to four columns",
    misconceptions=(
        Misconception(
            "fits the raw numbers",
            raw_fit,
            "You fitted a linear function of the raw numbers: its weights are slopes, not "
            "exponents. Take the logarithms of both sides first.",
        ),
        Misconception(
            "forgets the constant",
            without_constant,
            "Your fit in logarithms has no intercept, so it forces the constant to be 1 and bends "
            "the exponents. Give it a column of ones.",
        ),
        Misconception(
            "takes the logarithm of y only",
            half_logarithm,
            "Only y was turned into logarithms: that fits an exponential law. In a power law the "
            "inputs need logarithms as well.",
        ),
    ),
    hints=(
        "Take logarithms of both sides and solve a least-squares problem; the constant needs a "
        "column of ones.",
        "The first weight of the fit is the logarithm of the constant.",
    ),
)


# A guard


def extrapolates(X_train: Tensor, x: Tensor) -> bool:
    return bool(((x < X_train.amin(0)) | (x > X_train.amax(0))).any())


def all_outside(X_train: Tensor, x: Tensor) -> bool:
    return bool(((x < X_train.amin(0)) | (x > X_train.amax(0))).all())


def upper_ends_only(X_train: Tensor, x: Tensor) -> bool:
    return bool((x > X_train.amax(0)).any())


def far_from_the_mean(X_train: Tensor, x: Tensor) -> bool:
    return bool((x - X_train.mean(0)).norm() > 3)


def queries(generator: Generator) -> list[Arguments]:
    """Queries inside, above and below in one coordinate, and outside in all; units far from 1."""
    scales = tensor([0.01, 1.0, 200.0])
    X = (2 + uniform(generator, 0, 1, 30, 3)) * scales
    low, high = X.amin(0), X.amax(0)
    inside = low + (high - low) * uniform(generator, 0.3, 0.7, 3)
    cases: list[Arguments] = [(X, inside)]
    for column in range(3):
        above, below = inside.clone(), inside.clone()
        above[column] = high[column] + 0.1 * (high - low)[column]
        below[column] = low[column] - 0.1 * (high - low)[column]
        cases += [(X, above), (X, below)]
    return [*cases, (X, high + scales), (X, low - 0.5 * scales), (X, X[0].clone())]


EXTRAPOLATION_FLAG = Exercise(
    name="neural_networks.extrapolation_flag",
    page=PAGE,
    task="Return `True` if any coordinate of the query `x` lies outside the range of this "
    "coordinate in the rows of `X_train`, below or above, and `False` otherwise.",
    signature="extrapolates(X_train, x) -> bool",
    reference=extrapolates,
    inputs=queries,
    tried="queries inside, outside in one coordinate and in all, below and above, in several units",
    misconceptions=(
        Misconception(
            "asks for all coordinates outside",
            all_outside,
            "You raise the flag only if every coordinate is outside. One coordinate beyond the "
            "data is enough to make the model guess.",
        ),
        Misconception(
            "looks at the upper ends only",
            upper_ends_only,
            "You compare with the greatest values only: a query below the least value is outside "
            "as well.",
        ),
        Misconception(
            "measures the distance from the mean",
            far_from_the_mean,
            "A distance from the mean adds up numbers of different units, so one large unit "
            "decides. Compare each coordinate with its own range.",
        ),
    ),
    hints=(
        "Compare each coordinate with the least and the greatest of its own column; one outside "
        "is enough.",
        "amin(0) and amax(0) give the box; any() asks for one.",
    ),
)


# Random features


def drawn(m: int, d: int, seed: int, dtype: torch.dtype) -> Tensor:
    generator = torch.Generator("cpu").manual_seed(seed)
    return torch.randn(m, d, generator=generator, dtype=dtype, device="cpu")


def ridge(H: Tensor, y: Tensor, lam: float) -> Tensor:
    eye = torch.eye(H.shape[1], dtype=H.dtype, device=H.device)
    weights: Tensor = torch.linalg.solve(H.T @ H + lam * eye, H.T @ y)
    return weights


def random_features(X: Tensor, y: Tensor, X_new: Tensor, m: int, lam: float, seed: int) -> Tensor:
    W = drawn(m, X.shape[1], seed, X.dtype)
    return torch.relu(X_new @ W.T) @ ridge(torch.relu(X @ W.T), y, lam)


def trained_hidden_layer(
    X: Tensor, y: Tensor, X_new: Tensor, m: int, lam: float, seed: int
) -> Tensor:
    W = drawn(m, X.shape[1], seed, X.dtype)
    v = ridge(torch.relu(X @ W.T), y, lam)
    for _ in range(5):
        H = torch.relu(X @ W.T)
        W = W - 0.1 / len(X) * ((H @ v - y)[:, None] * v * (H > 0)).T @ X
    return torch.relu(X_new @ W.T) @ ridge(torch.relu(X @ W.T), y, lam)


def new_weights(X: Tensor, y: Tensor, X_new: Tensor, m: int, lam: float, seed: int) -> Tensor:
    weights = drawn(2 * m, X.shape[1], seed, X.dtype)
    W, other = weights[:m], weights[m:]
    return torch.relu(X_new @ other.T) @ ridge(torch.relu(X @ W.T), y, lam)


def without_ridge(X: Tensor, y: Tensor, X_new: Tensor, m: int, lam: float, seed: int) -> Tensor:
    W = drawn(m, X.shape[1], seed, X.dtype)
    weights: Tensor = torch.linalg.pinv(torch.relu(X @ W.T)) @ y
    return torch.relu(X_new @ W.T) @ weights


def learning_problems(generator: Generator) -> list[Arguments]:
    """Few and many units, prices of 0.5 to 4."""
    cases: list[Arguments] = []
    for n, d, m in ((12, 2, 5), (20, 3, 10), (30, 2, 40)):
        X, X_new = randn(generator, n, d), randn(generator, 6, d)
        lam = float(uniform(generator, 0.5, 4.0))
        seed = int(integers(generator, 0, 10**6))
        cases.append((X, X[:, 0] * X[:, 1] + randn(generator, n), X_new, m, lam, seed))
    return cases


RANDOM_FEATURES = Exercise(
    name="neural_networks.random_features",
    page=PAGE,
    task="Predict with a hidden layer that is never trained. Draw the weights `W = torch.randn(m, "
    "d, generator=torch.Generator().manual_seed(seed), dtype=X.dtype)`, take `relu(X Wᵀ)` as "
    "features, without biases, and find the output weights by ridge regression on `y` with the "
    "price `lam`. Return the predictions for the rows of `X_new`.",
    signature="predict(X, y, X_new, m, lam, seed) -> Tensor[k]",
    reference=random_features,
    inputs=learning_problems,
    tried="12 to 30 examples with fewer and more units than examples",
    misconceptions=(
        Misconception(
            "trains the hidden layer",
            trained_hidden_layer,
            "Your hidden weights have moved. They stay as they were drawn; only the output weights "
            "are computed.",
        ),
        Misconception(
            "draws new weights for the new points",
            new_weights,
            "The new points went through other hidden weights than the training points, so the "
            "output weights fit nothing. Draw W once and use it twice.",
        ),
        Misconception(
            "leaves the ridge out",
            without_ridge,
            "These are the least-squares output weights, without a price. With more units than "
            "examples they reproduce the noise: add λI.",
        ),
    ),
    hints=(
        "The same W serves training and prediction; only the output weights solve "
        "(HᵀH + λI) v = Hᵀy.",
        "torch.linalg.solve with the matrix HᵀH + λI and the right side Hᵀy.",
    ),
)

EXERCISES = [DIMENSIONLESS, EXTRAPOLATION_FLAG, RANDOM_FEATURES]
