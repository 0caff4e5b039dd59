"""Exercises of the page on the goodness of a fit."""

from __future__ import annotations

from typing import Any

import torch
from torch import Generator, Tensor

from companion import metrics
from companion.exercises._inputs import integers, randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "05-regression/goodness-of-fit"


def pairs(generator: Generator) -> list[Arguments]:
    """Predictions that are no least-squares fits, also useless ones, in different units."""
    cases: list[Arguments] = [(tensor([1.0, 2.0, 4.0]), tensor([1.5, 2.5, 2.0]))]
    for n, unit in ((4, 1.0), (12, 30.0), (25, 0.2)):
        y = unit * (randn(generator, n) + 5)
        cases.append((y, y + unit * (0.5 + 0.4 * randn(generator, n))))
        cases.append((y, 9 * unit - y))
    return cases


def mean_of_predictions(y: Tensor, y_hat: Tensor) -> Tensor:
    return 1 - (y - y_hat).square().sum() / (y - y_hat.mean()).square().sum()


def squared_correlation(y: Tensor, y_hat: Tensor) -> Tensor:
    return torch.corrcoef(torch.stack([y, y_hat]))[0, 1] ** 2


def explained_share(y: Tensor, y_hat: Tensor) -> Tensor:
    return (y_hat - y.mean()).square().sum() / (y - y.mean()).square().sum()


R2 = Exercise(
    name="regression.r2",
    page=PAGE,
    task="Return the coefficient of determination of any prediction `y_hat` of `y`.",
    signature="r2(y, y_hat) -> float",
    reference=metrics.r2_score,
    inputs=pairs,
    tried="good and useless predictions of 3 to 25 outputs, in different units",
    misconceptions=(
        Misconception(
            "divides SSR by SST",
            explained_share,
            "SSR/SST measures how much the predictions spread, not how well they fit: it gives "
            "about 1 to ŷ = 9 - y. Take 1 - SSE/SST.",
        ),
        Misconception(
            "squares the correlation",
            squared_correlation,
            "The squared correlation is 1 for ŷ = 9 - y, a useless prediction. It equals R² only "
            "for a least-squares fit with intercept.",
        ),
        Misconception(
            "compares with the mean of the predictions",
            mean_of_predictions,
            "The rival is the mean of the outputs y. You subtracted the mean of the predictions.",
        ),
    ),
    hints=("Compare the prediction with the one that always says the mean of y.",),
)


def twice_the_mean(y: Tensor, y_hat: Tensor) -> Tensor:
    return (2 * (y - y_hat).square().mean()).sqrt()


def one_less(y: Tensor, y_hat: Tensor) -> Tensor:
    return ((y - y_hat).square().sum() / (len(y) - 1)).sqrt()


RMSE = Exercise(
    name="regression.rmse",
    page=PAGE,
    task="Return the root mean squared error of predictions `y_hat` of `y`.",
    signature="rmse(y, y_hat) -> float",
    reference=metrics.root_mean_squared_error,
    inputs=pairs,
    tried="good and useless predictions of 3 to 25 outputs, in different units",
    misconceptions=(
        Misconception(
            "keeps a factor 2 from the cost",
            twice_the_mean,
            "Your value is √2 times too large. The ½ in the cost 1/(2N) Σ is a convenience of the "
            "gradient; the mean squared error has no factor 2.",
        ),
        Misconception(
            "divides by N - 1",
            one_less,
            "N - 1 belongs to a sample variance, where a mean was estimated. The mean of N squared "
            "errors divides by N.",
        ),
        Misconception(
            "returns the mean squared error",
            metrics.mean_squared_error,
            "This is the mean squared error, in the unit of y squared. Take the root.",
        ),
    ),
    hints=("Take the mean first, then the root.",),
)


def sums(y: Tensor, y_hat: Tensor) -> tuple[Any, ...]:
    found = metrics.sums_of_squares(y, y_hat)
    return (*found, bool(abs(found.SST - found.SSE - found.SSR) <= 1e-8 * found.SST))


def identity_assumed(y: Tensor, y_hat: Tensor) -> tuple[Any, ...]:
    found = metrics.sums_of_squares(y, y_hat)
    return found.SST, found.SSE, found.SST - found.SSE, True


def variance(y: Tensor, y_hat: Tensor) -> tuple[Any, ...]:
    SST, *others = sums(y, y_hat)
    return (SST / len(y), *others)


def swapped(y: Tensor, y_hat: Tensor) -> tuple[Any, ...]:
    SST, SSE, SSR, holds = sums(y, y_hat)
    return SST, SSR, SSE, holds


def always_true(y: Tensor, y_hat: Tensor) -> tuple[Any, ...]:
    return (*metrics.sums_of_squares(y, y_hat), True)


def fits_and_others(generator: Generator) -> list[Arguments]:
    """Least squares with and without intercept, and predictions that are no fits."""
    cases: list[Arguments] = []
    for n in (6, 15):
        x = uniform(generator, 0.5, 3, n)
        y = 2 + x + 0.3 * randn(generator, n)
        design = torch.stack([torch.ones_like(x), x], dim=1)
        cases.append((y, design @ torch.linalg.pinv(design) @ y))
        cases.append((y, x * (x @ y) / (x @ x)))
        cases.append((y, y + 0.2 + 0.4 * randn(generator, n)))
    return cases


def judge_sums(arguments: Arguments, got: Any, expected: Any) -> str | None:
    """Compare the three sums with the total as scale, and the verdict as it is."""
    parts = list(got)
    if len(parts) != 4:
        return f"the result has {len(parts)} parts, expected SST, SSE, SSR and True or False"
    scale = 1e-8 * float(expected[0])
    for name, mine, right in zip(("SST", "SSE", "SSR"), parts, expected, strict=False):
        if not abs(float(mine) - float(right)) <= scale:
            return f"{name} differs"
    return None if bool(parts[3]) == expected[3] else "the verdict on the identity differs"


SUMS_OF_SQUARES = Exercise(
    name="regression.sums_of_squares",
    page=PAGE,
    task="Return SST, SSE, SSR and whether SST = SSE + SSR holds (to eight digits) for this "
    "prediction.",
    signature="sums_of_squares(y, y_hat) -> (SST, SSE, SSR, bool)",
    reference=sums,
    inputs=fits_and_others,
    tried="least squares with and without intercept, and predictions that are no fits",
    misconceptions=(
        Misconception(
            "assumes the identity",
            identity_assumed,
            "SST - SSE is SSR only for least squares with intercept on its own data. Compute SSR "
            "from the predictions.",
        ),
        Misconception(
            "says that the identity always holds",
            always_true,
            "The sums are right, but they do not always add up: compare them for each prediction.",
        ),
        Misconception(
            "returns the variance for SST",
            variance,
            "SST is the sum of the squared deviations, N times the variance.",
        ),
        Misconception(
            "swaps SSE and SSR",
            swapped,
            "SSE compares the outputs with the predictions, SSR the predictions with the mean. "
            "Yours are exchanged.",
        ),
    ),
    hints=("Compute all three sums on their own; none of them follows from the others.",),
    judge=judge_sums,
)


def median_of_ratios(u: Tensor, F: Tensor) -> float:
    loaded = u > 0
    return float((F[loaded] / u[loaded]).median())


def least_squares(u: Tensor, F: Tensor) -> float:
    return float(u @ F / (u @ u))


def without_the_largest(u: Tensor, F: Tensor) -> float:
    kept = torch.arange(len(F), device=F.device) != F.argmax()
    return least_squares(u[kept], F[kept])


def mean_of_ratios(u: Tensor, F: Tensor) -> float:
    loaded = u > 0
    return float((F[loaded] / u[loaded]).mean())


def springs(generator: Generator) -> list[Arguments]:
    """Exact logs, and logs with one wrong force: at the end, in the middle, high and low."""
    cases: list[Arguments] = []
    for place, size in ((None, 0.0), (-1, 0.5), (-1, -0.8), (4, 3.0), (5, -2.0), (3, 400.0)):
        n = int(integers(generator, 9, 14))
        stiffness = float(uniform(generator, 50, 500))
        u = torch.linspace(0, 2, n, dtype=torch.float64, device="cpu")
        F = stiffness * u
        if place is not None:
            F[place] += size * float(uniform(generator, 0.8, 1.2)) * stiffness
        cases.append((u, F))
    return cases


def judge_stiffness(arguments: Arguments, got: Any, expected: Any) -> str | None:
    """Accept what is within one per cent of the stiffness."""
    close = abs(float(got) - expected) <= 0.01 * expected
    return None if close else "the stiffness is more than 1 % off"


SPRING_OUTLIER = Exercise(
    name="regression.spring_outlier",
    page=PAGE,
    task="Return the stiffness of a spring from displacements `u` and forces `F`. One of the "
    "forces may be wrong by any amount, up or down, at any place; the others are exact. The first "
    "displacement is 0.",
    signature="stiffness(u, F) -> float",
    reference=median_of_ratios,
    inputs=springs,
    tried="exact logs, and logs with one force far too high or too low at any place",
    misconceptions=(
        Misconception(
            "fits by least squares",
            least_squares,
            "Least squares is pulled by the bad reading: its error counts squared. Use a median, "
            "or the sum of absolute errors.",
        ),
        Misconception(
            "drops the largest force",
            without_the_largest,
            "The largest force is often right, and the wrong one may be low or in the middle. "
            "Judge a reading by its distance from the law, not by its size.",
        ),
        Misconception(
            "averages the quotients",
            mean_of_ratios,
            "The mean of the quotients F/u moves with the bad one as far as you like. Their median "
            "does not.",
        ),
    ),
    hints=(
        "Look at the quotients of force and displacement where u > 0: how many of them are right?",
    ),
    judge=judge_stiffness,
)

EXERCISES = [R2, RMSE, SUMS_OF_SQUARES, SPRING_OUTLIER]
