"""Exercises of the page on Bayesian regression: likelihoods, and the most probable weights."""

from __future__ import annotations

import math

import torch
from torch import Generator, Tensor

from companion.exercises._inputs import randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.linear_model import Ridge

PAGE = "05-regression/bayesian-regression"


def errors_of(w: Tensor, X: Tensor, y: Tensor) -> Tensor:
    """Return the sum of squared errors."""
    return (y - X @ w).square().sum()


def neg_log_likelihood(w: Tensor, X: Tensor, y: Tensor, sigma: float) -> Tensor:
    constant = len(y) / 2 * math.log(2 * math.pi * sigma**2)
    return errors_of(w, X, y) / (2 * sigma**2) + constant


def no_constant(w: Tensor, X: Tensor, y: Tensor, sigma: float) -> Tensor:
    return errors_of(w, X, y) / (2 * sigma**2)


def constant_once(w: Tensor, X: Tensor, y: Tensor, sigma: float) -> Tensor:
    return errors_of(w, X, y) / (2 * sigma**2) + math.log(2 * math.pi * sigma**2) / 2


def std_for_variance(w: Tensor, X: Tensor, y: Tensor, sigma: float) -> Tensor:
    constant = len(y) / 2 * math.log(2 * math.pi * sigma)
    return errors_of(w, X, y) / (2 * sigma) + constant


def log_likelihood(w: Tensor, X: Tensor, y: Tensor, sigma: float) -> Tensor:
    return -neg_log_likelihood(w, X, y, sigma)


def linear_readings(generator: Generator) -> list[Arguments]:
    """Readings with a noise whose standard deviation, variance and constant are not 0 or 1."""
    cases: list[Arguments] = [(tensor([2.0]), tensor([[1.0], [2.0]]), tensor([2.5, 3.0]), 2.0)]
    for n, p, sigma in ((3, 1, 0.2), (5, 2, 1.7), (8, 3, 0.6), (12, 4, 3.0)):
        w, X = randn(generator, p), randn(generator, n, p)
        cases.append((w, X, X @ w + sigma * randn(generator, n), sigma))
    return cases


NEG_LOG_LIKELIHOOD = Exercise(
    name="regression.neg_log_likelihood",
    page=PAGE,
    task="Return the negative log-likelihood of the weights `w` for the outputs `y` of a linear "
    "model with design matrix `X` and normal noise of standard deviation `sigma`.",
    signature="neg_log_likelihood(w, X, y, sigma) -> float",
    reference=neg_log_likelihood,
    inputs=linear_readings,
    tried="2 to 12 readings, 1 to 4 weights, small and large noise",
    misconceptions=(
        Misconception(
            "leaves out the constant",
            no_constant,
            "The term N/2 log(2πσ²) is missing. It does not move the best weights, but it matters "
            "as soon as σ is unknown or two models are compared.",
        ),
        Misconception(
            "counts the constant once for all readings",
            constant_once,
            "Every reading has its own density with its own factor 1/√(2πσ²): the logarithm of "
            "that factor counts N times, not once.",
        ),
        Misconception(
            "puts the standard deviation where the variance belongs",
            std_for_variance,
            "The normal density has σ² below the squared error and in the constant: `sigma` is the "
            "standard deviation, so square it.",
        ),
        Misconception(
            "returns the log-likelihood",
            log_likelihood,
            "This is the log-likelihood, which good weights make large. A cost is to be made "
            "small: put a minus in front.",
        ),
    ),
    hints=("It is the sum of `-log_prob(y)` of a normal distribution around `X @ w`.",),
)


def bernoulli_nll(w: Tensor, X: Tensor, y: Tensor) -> Tensor:
    return torch.nn.functional.binary_cross_entropy_with_logits(X @ w, y, reduction="sum")


def squared_errors(w: Tensor, X: Tensor, y: Tensor) -> Tensor:
    return (torch.sigmoid(X @ w) - y).square().sum()


def mean_squared_errors(w: Tensor, X: Tensor, y: Tensor) -> Tensor:
    return (torch.sigmoid(X @ w) - y).square().mean()


def only_ones(w: Tensor, X: Tensor, y: Tensor) -> Tensor:
    return -(y * torch.nn.functional.logsigmoid(X @ w)).sum()


def log_of_zero(w: Tensor, X: Tensor, y: Tensor) -> Tensor:
    chance = torch.sigmoid(X @ w)
    return -(y * torch.log(chance) + (1 - y) * torch.log(1 - chance)).sum()


def labels(generator: Generator) -> list[Arguments]:
    """Labels 0 and 1; the last weights are so large that a probability rounds to 0 or 1."""
    first = (tensor([1.0, -2.0]), tensor([[1.0, 0.5], [1.0, 1.5], [1.0, 0.0]]))
    cases: list[Arguments] = [(*first, tensor([0.0, 1.0, 1.0]))]
    for n, p in ((4, 1), (7, 3), (12, 2)):
        w, X = 1 + uniform(generator, 0, 1, p), randn(generator, n, p)
        y = (uniform(generator, 0, 1, n) < torch.sigmoid(X @ w)).to(w)
        y[0], y[1] = 0.0, 1.0
        cases.append((w, X, y))
    size = float(uniform(generator, 800, 1200))
    steep = tensor([[1.0], [-1.0], [0.5]]) * size
    return [*cases, (tensor([1.0]), steep, tensor([0.0, 0.0, 1.0]))]


BERNOULLI_REGRESSION_NLL = Exercise(
    name="regression.bernoulli_regression_nll",
    page=PAGE,
    task="Labels `y` are 0 or 1, and a 1 has the probability `sigmoid(X @ w)`. Return the negative "
    "log-likelihood of the weights `w`, for large weights too.",
    signature="bernoulli_nll(w, X, y) -> float",
    reference=bernoulli_nll,
    inputs=labels,
    tried="mixed labels, 1 to 3 weights, and probabilities that round to 0 or 1",
    misconceptions=(
        Misconception(
            "adds squared errors of the probabilities",
            squared_errors,
            "Squared errors are the log-likelihood of normal noise. A label is 0 or 1, so its "
            "likelihood is p or 1 - p, and its cost minus the logarithm of that.",
        ),
        Misconception(
            "takes the mean of squared errors",
            mean_squared_errors,
            "The mean squared error belongs to normal noise. The cost of a label is minus the "
            "logarithm of p or of 1 - p, added over all labels.",
        ),
        Misconception(
            "forgets the labels 0",
            only_ones,
            "A label 0 has the probability 1 - p, so it costs -log(1 - p). Without the term with "
            "1 - y the model may say 1 everywhere, free of charge.",
        ),
        Misconception(
            "takes the logarithm of a rounded probability",
            log_of_zero,
            "For large weights the sigmoid rounds to 0 or 1, and the logarithm of 0 spoils the "
            "sum. Write the cost with the exponent z = X @ w: log(1 + exp(z)) - y z, by "
            "`softplus`.",
        ),
    ),
    hints=("The log-likelihood of one label is y log p + (1 - y) log(1 - p).",),
)


def map_weights(Phi: Tensor, y: Tensor, sigma2: float, alpha2: float) -> Tensor:
    return ridge(Phi, y, sigma2 / alpha2)


def ridge(Phi: Tensor, y: Tensor, price: float) -> Tensor:
    weights: Tensor = Ridge(price, fit_intercept=False).fit(Phi, y).coef_
    return weights


def inverted_price(Phi: Tensor, y: Tensor, sigma2: float, alpha2: float) -> Tensor:
    return ridge(Phi, y, alpha2 / sigma2)


def price_without_noise(Phi: Tensor, y: Tensor, sigma2: float, alpha2: float) -> Tensor:
    return ridge(Phi, y, 1 / alpha2)


def half_price(Phi: Tensor, y: Tensor, sigma2: float, alpha2: float) -> Tensor:
    return ridge(Phi, y, sigma2 / (2 * alpha2))


def priors(generator: Generator) -> list[Arguments]:
    """Readings of polynomials; last a wide and a narrow prior."""
    cases: list[Arguments] = [(tensor([[1.0], [2.0]]), tensor([1.0, 3.0]), 2.0, 0.5)]
    for n, degree, sigma2, alpha2 in ((6, 1, 0.3, 2.0), (9, 3, 4.0, 0.7), (12, 2, 0.05, 0.4)):
        x = uniform(generator, -1, 1, n)
        Phi = torch.stack([x**k for k in range(degree + 1)], dim=1)
        y = Phi @ (1 + randn(generator, degree + 1).abs()) + sigma2**0.5 * randn(generator, n)
        cases.append((Phi, y, sigma2, alpha2))
    Phi, y, *_ = cases[1]
    return [*cases, (Phi, y, 0.3, 1e7), (Phi, y, 0.3, 1e-7)]


MAP_WEIGHTS = Exercise(
    name="regression.map_weights",
    page=PAGE,
    task="Return the most probable weights after the readings `y`: features `Phi`, noise of "
    "variance `sigma2`, and independent normal weights of mean 0 and variance `alpha2` before.",
    signature="map_weights(Phi, y, sigma2, alpha2) -> Tensor[p]",
    reference=map_weights,
    inputs=priors,
    tried="several noises and priors, a very wide and a very narrow one among them",
    misconceptions=(
        Misconception(
            "inverts the price of the weights",
            inverted_price,
            "The price is upside down: λ = σ²/α². More noise must make the prior count more, and "
            "a wider prior must make it count less.",
        ),
        Misconception(
            "forgets the noise in the price of the weights",
            price_without_noise,
            "This price is 1/α². Multiply the whole negative log posterior by 2σ², not only its "
            "first term: then the price is σ²/α².",
        ),
        Misconception(
            "keeps a factor of one half on the prior only",
            half_price,
            "Both terms of the negative log posterior carry the factor 1/2. Dropping it from the "
            "errors and keeping it in the prior halves the price of the weights.",
        ),
    ),
    hints=("The most probable weights are those of ridge regression with λ = σ²/α².",),
)

EXERCISES = [NEG_LOG_LIKELIHOOD, BERNOULLI_REGRESSION_NLL, MAP_WEIGHTS]
