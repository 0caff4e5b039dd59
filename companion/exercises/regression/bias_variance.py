"""Exercises of the page on bias and variance: errors, and what to say about them."""

from __future__ import annotations

from torch import Generator, Tensor

from companion.exercises._inputs import randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "05-regression/bias-variance"

Parts = tuple[Tensor, Tensor]


def parts(predictions: Tensor, truth: Tensor) -> Parts:
    mean = predictions.mean(0)
    return (mean - truth).square().mean(), (predictions - mean).square().mean()


def error_for_bias(predictions: Tensor, truth: Tensor) -> Parts:
    return (predictions - truth).square().mean(), parts(predictions, truth)[1]


def rooted_variance(predictions: Tensor, truth: Tensor) -> Parts:
    return parts(predictions, truth)[0], predictions.std(0, correction=0).mean()


def signs_cancel(predictions: Tensor, truth: Tensor) -> Parts:
    bias = (predictions.mean(0) - truth).mean()
    return bias.square(), parts(predictions, truth)[1]


def one_repeat_less(predictions: Tensor, truth: Tensor) -> Parts:
    return parts(predictions, truth)[0], predictions.var(0).mean()


def estimators(generator: Generator) -> list[Arguments]:
    """A constant estimator, noisy ones without and with bias, and biases that change sign."""
    cases: list[Arguments] = [(tensor([[1.0, 2.0], [3.0, 2.0]]), tensor([1.0, 4.0]))]
    for repeats, points, spread in ((4, 3, 0.0), (6, 5, 0.5), (20, 8, 2.0), (50, 4, 0.3)):
        truth = randn(generator, points)
        centre = truth + randn(generator, points)
        cases.append((centre + spread * randn(generator, repeats, points), truth))
    return cases


BIAS_VARIANCE = Exercise(
    name="regression.bias_variance",
    page=PAGE,
    task="Return the squared bias and the variance of `predictions` (one row for each training "
    "set, one column for each point), both averaged over the points. Count the variance as a mean "
    "over the rows, without correction.",
    signature="bias_variance(predictions, truth) -> (squared bias, variance)",
    reference=parts,
    inputs=estimators,
    tried="a constant estimator and noisy ones, with biases of both signs",
    misconceptions=(
        Misconception(
            "calls the mean squared error bias",
            error_for_bias,
            "Your first number is the mean squared error, and that contains the variance. Average "
            "over the training sets before you compare with the truth.",
        ),
        Misconception(
            "takes the root of the variance",
            rooted_variance,
            "Your second number averages standard deviations. The variance has no root: its unit "
            "is that of the output squared, as that of the squared bias.",
        ),
        Misconception(
            "averages the bias over the points",
            signs_cancel,
            "You averaged the bias over the points and then squared it, so biases of opposite "
            "sign cancel. Square first.",
        ),
        Misconception(
            "divides the variance by R - 1",
            one_repeat_less,
            "Your variance divides by the number of rows less one. The decomposition of the mean "
            "squared error holds with the plain mean: `correction=0`.",
        ),
    ),
    hints=("Take the mean over the repeats first.",),
)


def total(bias: float, variance: float, noise: float) -> float:
    return bias**2 + variance + noise**2


def plain_sum(bias: float, variance: float, noise: float) -> float:
    return bias + variance + noise


def without_noise(bias: float, variance: float, noise: float) -> float:
    return bias**2 + variance


def plain_noise(bias: float, variance: float, noise: float) -> float:
    return bias**2 + variance + noise


def shares(generator: Generator) -> list[Arguments]:
    """Biases of both signs, variances, and spreads of the noise."""
    cases: list[Arguments] = [(0.5, 0.25, 2.0)]
    for sign in (1, -1, 1, -1):
        bias, variance, noise = (float(uniform(generator, 0.2, 0.8)) for _ in range(3))
        cases.append((sign * bias, variance, noise))
    return cases


TOTAL_ERROR = Exercise(
    name="regression.total_error",
    page=PAGE,
    task="Return the expected squared error at a new noisy reading from the `bias` of a fit, its "
    "`variance` and the standard deviation `noise` of a reading.",
    signature="total_error(bias, variance, noise) -> float",
    reference=total,
    inputs=shares,
    tried="biases of both signs, variances and noises of different size",
    misconceptions=(
        Misconception(
            "adds all three as they are",
            plain_sum,
            "You added bias, variance and noise as they stand. Bias and noise have the unit of "
            "the output, the variance its square: square the first and the last.",
        ),
        Misconception(
            "forgets the noise",
            without_noise,
            "This is the error against the truth. A new reading has noise of its own, which no "
            "fit can predict: add its variance.",
        ),
        Misconception(
            "does not square the noise",
            plain_noise,
            "The noise is given as a standard deviation. Square it before you add it to a "
            "variance.",
        ),
    ),
    hints=("Look at the units: which of the three can be added as they are?",),
)


def verdict(train: float, validation: float, noise: float) -> str:
    if train > 1.3 * noise:
        return "bias"
    return "variance" if validation > 1.3 * train else "ok"


def gap_only(train: float, validation: float, noise: float) -> str:
    return "variance" if validation > 1.3 * train else "ok"


def validation_only(train: float, validation: float, noise: float) -> str:
    return "variance" if validation > 1.3 * noise else "ok"


def against_zero(train: float, validation: float, noise: float) -> str:
    return "bias" if train > 1e-9 else gap_only(train, validation, noise)


def gap_first(train: float, validation: float, noise: float) -> str:
    if validation > 1.3 * train:
        return "variance"
    return "bias" if train > 1.3 * noise else "ok"


# Training error over noise, and validation error over training error.
KINDS = (
    (2.0, 1.1),
    (1.7, 1.05),
    (1.6, 1.9),
    (0.5, 3.0),
    (0.6, 1.8),
    (1.1, 1.8),
    (1.0, 1.1),
    (0.8, 1.15),
)


def triples(generator: Generator) -> list[Arguments]:
    """All eight kinds in three units, clear of the limits."""
    cases: list[Arguments] = []
    for unit in (1.0, 0.02, 40.0):
        for level, gap in KINDS:
            noise = unit * float(uniform(generator, 0.5, 2))
            train = noise * level * float(uniform(generator, 0.97, 1.03))
            cases.append((train, train * gap * float(uniform(generator, 0.97, 1.03)), noise))
    return cases


DIAGNOSE = Exercise(
    name="regression.diagnose",
    page=PAGE,
    task="Name the trouble of a fit from its RMSE on the training data, its RMSE on validation "
    "data and the standard deviation of the noise: `'bias'` if the training error is above 1.3 "
    "times the noise, else `'variance'` if the validation error is above 1.3 times the training "
    "error, else `'ok'`.",
    signature="diagnose(train, validation, noise) -> str",
    reference=verdict,
    inputs=triples,
    tried="eight kinds of fits in three units, with and without gap, above and below the noise",
    misconceptions=(
        Misconception(
            "looks only at the gap",
            gap_only,
            "You looked only at the gap. A line through a sine has hardly any, and is wrong "
            "everywhere: compare the training error with the noise first.",
        ),
        Misconception(
            "looks only at the validation error",
            validation_only,
            "You compared only the validation error with the noise. It cannot tell bias from "
            "variance, and misses a gap below the noise: the training error is needed, too.",
        ),
        Misconception(
            "compares the training error with 0",
            against_zero,
            "You asked for a training error of 0. An honest fit of noisy data keeps an error near "
            "the noise: compare with that.",
        ),
        Misconception(
            "asks for the gap first",
            gap_first,
            "Where the training error is high and there is a gap as well, you answer 'variance'. "
            "The task asks for the training error first.",
        ),
    ),
    hints=("Ask two questions: is the training error near the noise? Is there a gap?",),
)

EXERCISES = (BIAS_VARIANCE, TOTAL_ERROR, DIAGNOSE)
