"""Exercises of the page on Bayesian regression: update what is known, and predict."""

from __future__ import annotations

from typing import Any

import torch
from torch import Generator, Tensor

from companion.exercises._compare import difference
from companion.exercises._inputs import randn, symmetric, uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "05-regression/bayesian-regression"
Belief = tuple[Tensor, Tensor]


def update(mean: Tensor, precision: Tensor, Phi: Tensor, y: Tensor, sigma2: float) -> Belief:
    new = precision + Phi.T @ Phi / sigma2
    return torch.linalg.solve(new, precision @ mean + Phi.T @ y / sigma2), new


def noise_multiplied(
    mean: Tensor, precision: Tensor, Phi: Tensor, y: Tensor, sigma2: float
) -> Belief:
    new = precision + sigma2 * Phi.T @ Phi
    return torch.linalg.solve(new, precision @ mean + sigma2 * Phi.T @ y), new


def has_noise_multiplied(arguments: Arguments, got: Any) -> bool:
    """Recognise the mistake by the precision: the mean may be anything."""
    return difference(got[1], noise_multiplied(*arguments)[1], 1e-8) is None


def old_mean_forgotten(
    mean: Tensor, precision: Tensor, Phi: Tensor, y: Tensor, sigma2: float
) -> Belief:
    new = precision + Phi.T @ Phi / sigma2
    return torch.linalg.solve(new, Phi.T @ y / sigma2), new


def old_precision_in_the_solve(
    mean: Tensor, precision: Tensor, Phi: Tensor, y: Tensor, sigma2: float
) -> Belief:
    moment = precision @ mean + Phi.T @ y / sigma2
    return torch.linalg.solve(precision, moment), precision + Phi.T @ Phi / sigma2


def mean_without_precision(
    mean: Tensor, precision: Tensor, Phi: Tensor, y: Tensor, sigma2: float
) -> Belief:
    new = precision + Phi.T @ Phi / sigma2
    return torch.linalg.solve(new, mean + Phi.T @ y / sigma2), new


def beliefs(generator: Generator) -> list[Arguments]:
    """A belief with a mean that is not zero, and one or more readings."""
    cases: list[Arguments] = []
    for n, p, sigma2 in ((1, 2, 0.25), (1, 3, 2.0), (4, 2, 0.1), (6, 4, 3.0)):
        mean = 1 + randn(generator, p).abs()
        precision = symmetric(generator, 2 + uniform(generator, 0, 3, p))
        Phi = 0.5 + randn(generator, n, p).abs()
        cases.append((mean, precision, Phi, Phi @ randn(generator, p), sigma2))
    return cases


POSTERIOR_UPDATE = Exercise(
    name="regression.posterior_update",
    page=PAGE,
    task="The weights are normal with `mean` and `precision` (the inverse of the covariance). "
    "Return mean and precision after readings `y` with features `Phi`, one reading in a row, and "
    "noise of variance `sigma2`.",
    signature="update(mean, precision, Phi, y, sigma2) -> (Tensor[p], Tensor[p, p])",
    reference=update,
    inputs=beliefs,
    tried="one reading and several, 2 to 4 weights, small and large noise",
    misconceptions=(
        Misconception(
            "multiplies by the noise instead of dividing",
            noise_multiplied,
            "You added σ²φφᵀ. A precision grows by φφᵀ/σ²: noisy readings must add little "
            "certainty, exact ones a lot.",
            recognise=has_noise_multiplied,
        ),
        Misconception(
            "forgets what was believed before",
            old_mean_forgotten,
            "The old mean is missing. It counts with its precision: solve for precision @ mean + "
            "Φᵀy/σ², or all earlier readings are lost.",
        ),
        Misconception(
            "solves with the old precision",
            old_precision_in_the_solve,
            "The new mean is the solution with the new precision. The old one makes every reading "
            "move the mean too far.",
        ),
        Misconception(
            "adds the old mean without its precision",
            mean_without_precision,
            "The old mean enters as precision @ mean: the surer the old belief, the more it "
            "weighs.",
        ),
    ),
    hints=("Precisions add, and so do the products of precision and mean.",),
)


def predictive(mean: Tensor, covariance: Tensor, Phi: Tensor, sigma2: float) -> Belief:
    return Phi @ mean, sigma2 + spread(covariance, Phi)


def spread(covariance: Tensor, Phi: Tensor) -> Tensor:
    """Return the variance of the prediction that the weights cause, row by row."""
    variances: Tensor = ((Phi @ covariance) * Phi).sum(-1)
    return variances


def without_noise(mean: Tensor, covariance: Tensor, Phi: Tensor, sigma2: float) -> Belief:
    return Phi @ mean, spread(covariance, Phi)


def without_weights(mean: Tensor, covariance: Tensor, Phi: Tensor, sigma2: float) -> Belief:
    return Phi @ mean, torch.full_like(Phi[:, 0], sigma2)


def stds_added(mean: Tensor, covariance: Tensor, Phi: Tensor, sigma2: float) -> Belief:
    return Phi @ mean, (sigma2**0.5 + spread(covariance, Phi).sqrt()) ** 2


def standard_deviation(mean: Tensor, covariance: Tensor, Phi: Tensor, sigma2: float) -> Belief:
    return Phi @ mean, (sigma2 + spread(covariance, Phi)).sqrt()


def posteriors(generator: Generator) -> list[Arguments]:
    cases: list[Arguments] = []
    for m, p, sigma2 in ((1, 2, 0.04), (5, 2, 0.5), (4, 3, 2.0)):
        covariance = symmetric(generator, uniform(generator, 0.05, 0.8, p))
        cases.append((randn(generator, p), covariance, randn(generator, m, p), sigma2))
    return cases


PREDICTIVE = Exercise(
    name="regression.predictive",
    page=PAGE,
    task="The weights are normal with `mean` and `covariance`. Return mean and variance of new "
    "readings with features `Phi`, one in a row, and noise of variance `sigma2`.",
    signature="predictive(mean, covariance, Phi, sigma2) -> (Tensor[m], Tensor[m])",
    reference=predictive,
    inputs=posteriors,
    tried="one new reading and several, small and large noise",
    misconceptions=(
        Misconception(
            "leaves out the noise of the new reading",
            without_noise,
            "The new reading has noise of its own: add σ². Without it, intervals that promise "
            "95 % hold about 69 % of the readings in the problem of this page.",
        ),
        Misconception(
            "leaves out the uncertainty of the weights",
            without_weights,
            "The weights are not known exactly: add φᵀΣφ. Without it, intervals that promise 95 % "
            "hold about 88 % of the readings in the problem of this page.",
        ),
        Misconception(
            "adds standard deviations",
            stds_added,
            "Noise and weights are independent, so their variances add. Adding standard deviations "
            "makes the band too wide.",
        ),
        Misconception(
            "returns the standard deviation",
            standard_deviation,
            "The task asks for the variance: this is its square root.",
        ),
    ),
    hints=("The variances of independent errors add: σ² and φᵀΣφ.",),
)

EXERCISES = [POSTERIOR_UPDATE, PREDICTIVE]
