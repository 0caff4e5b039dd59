"""More exercises of the page on bias and variance: the bootstrap and a gauge."""

from __future__ import annotations

from typing import Any

import torch
from torch import Generator, Tensor

from companion.exercises._inputs import integers, randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "05-regression/bias-variance"

Sets = list[tuple[Tensor, Tensor]]


def others(n: int, drawn: Tensor) -> Tensor:
    """Return the numbers below n that were not drawn."""
    rows = torch.arange(n, device=drawn.device)
    return rows[~torch.isin(rows, drawn)]


def draw(n: int, size: int, generator: Generator) -> Tensor:
    return torch.randint(n, (size,), generator=generator, device="cpu")


def seeded(seed: int) -> Generator:
    return torch.Generator("cpu").manual_seed(seed)


def bootstrap(n: int, repeats: int, seed: int) -> Sets:
    generator = seeded(seed)
    samples = [draw(n, n, generator) for _ in range(repeats)]
    return [(drawn, others(n, drawn)) for drawn in samples]


def without_replacement(n: int, repeats: int, seed: int) -> Sets:
    generator = seeded(seed)
    samples = [torch.randperm(n, generator=generator, device="cpu") for _ in range(repeats)]
    return [(drawn, others(n, drawn)) for drawn in samples]


def split_sample(n: int, repeats: int, seed: int) -> Sets:
    generator, cut = seeded(seed), 4 * n // 5
    samples = [draw(n, n, generator) for _ in range(repeats)]
    return [(drawn[:cut], drawn[cut:]) for drawn in samples]


def fixed_test(n: int, repeats: int, seed: int) -> Sets:
    generator, cut = seeded(seed), 2 * n // 3
    test = torch.arange(cut, n, device="cpu")
    return [(draw(cut, n, generator), test) for _ in range(repeats)]


def as_sets(result: Any) -> list[tuple[list[int], list[int]]]:
    """Read an answer as lists of row numbers."""
    return [([int(row) for row in drawn], [int(row) for row in test]) for drawn, test in result]


def draws_all(arguments: Arguments, got: Any) -> bool:
    return all(sorted(drawn) == list(range(arguments[0])) for drawn, _ in as_sets(got))


def leaks(arguments: Arguments, got: Any) -> bool:
    return any(set(drawn) & set(test) for drawn, test in as_sets(got))


def never_changes(arguments: Arguments, got: Any) -> bool:
    tests = {tuple(sorted(test)) for _, test in as_sets(got)}
    return len(tests) == 1 and tests != {()}


def judge_bootstrap(arguments: Arguments, got: Any, expected: Any) -> str | None:
    """Check properties, whatever the generator: sizes, disjoint and complete sets, the share."""
    n, repeats, _ = arguments
    pairs = as_sets(got)
    if len(pairs) != repeats:
        return f"there are {len(pairs)} pairs, expected {repeats}"
    for drawn, test in pairs:
        if len(drawn) != n:
            return f"a bootstrap sample has {len(drawn)} rows, expected {n}"
        if not set(drawn) <= set(range(n)):
            return f"a row number is not one of 0 to {n - 1}"
        if sorted(test) != sorted(set(range(n)) - set(drawn)):
            return "the test set is not the set of the rows that were never drawn"
    if len({tuple(drawn) for drawn, _ in pairs}) == 1:
        return "all repeats draw the same sample"
    share = sum(len(test) for _, test in pairs) / (n * repeats)
    # One test set has about 0.1 n rows of variance, so five standard errors.
    width = 5 * (0.1 / (n * repeats)) ** 0.5
    return None if abs(share - (1 - 1 / n) ** n) < width else f"the out-of-bag share is {share:.3f}"


def sizes(generator: Generator) -> list[Arguments]:
    """Small and larger data sets with 40 to 200 repeats."""
    shapes = ((15, 40), (20, 60), (40, 100), (100, 200))
    return [(n, repeats, int(integers(generator, 0, 10**6))) for n, repeats in shapes]


OOB = Exercise(
    name="regression.oob",
    page=PAGE,
    task="Return `repeats` pairs of a bootstrap sample (`n` row numbers, drawn with replacement "
    "from 0 to n - 1) and its out-of-bag rows, each once. Use any generator that takes the seed.",
    signature="bootstrap(n, repeats, seed) -> list[(drawn, out_of_bag)]",
    reference=bootstrap,
    inputs=sizes,
    tried="15 to 100 rows with up to 200 repeats: sizes, disjoint sets, and their share",
    misconceptions=(
        Misconception(
            "draws without replacement",
            without_replacement,
            "You drew n of n rows without replacement: each row comes once, and no row is left "
            "out of the bag to test on.",
            recognise=draws_all,
        ),
        Misconception(
            "splits the bootstrap sample",
            split_sample,
            "Your test rows come from the bootstrap sample itself. A row drawn twice lands on "
            "both sides: of 15 rows split 12 to 3, 56 % of the test rows leak. Test on the rows "
            "that were never drawn.",
            recognise=leaks,
        ),
        Misconception(
            "keeps one test set",
            fixed_test,
            "Your test set is the same in each repeat, so its rows never train and the others "
            "never test. Draw from all rows, and see which are missing.",
            recognise=never_changes,
        ),
    ),
    hints=("The out-of-bag rows are all rows less the drawn ones: a difference of sets.",),
    judge=judge_bootstrap,
)


Found = tuple[Tensor, Tensor]


def gauge(readings: Tensor, truth: Tensor) -> Found:
    return (readings - truth).mean(), readings.var(0).mean().sqrt()


def mixed(readings: Tensor, truth: Tensor) -> Found:
    return (readings - truth).mean(), readings.std()


def mixed_deviations(readings: Tensor, truth: Tensor) -> Found:
    return (readings - truth).mean(), (readings - truth).std()


def absolute(readings: Tensor, truth: Tensor) -> Found:
    return (readings - truth).abs().mean(), gauge(readings, truth)[1]


def uncorrected(readings: Tensor, truth: Tensor) -> Found:
    return (readings - truth).mean(), readings.var(0, correction=0).mean().sqrt()


def calibrations(generator: Generator) -> list[Arguments]:
    """Deviations of one sign and of both, with an error of each point's own."""
    cases: list[Arguments] = [
        (tensor([[0.1, 2.3], [0.3, 1.9]]), tensor([0.0, 2.0])),
    ]
    for runs, offset in ((2, 5.0), (5, 0.02), (10, -0.03), (10, -5.0)):
        truth = torch.linspace(0, 10, 6, dtype=torch.float64, device="cpu")
        own = uniform(generator, -0.1, 0.1, 6)
        scatter = 0.05 * randn(generator, runs, 6)
        cases.append((truth + offset + own + scatter, truth))
    return cases


GAUGE = Exercise(
    name="regression.gauge",
    page=PAGE,
    task="Return the systematic error of a pressure gauge (mean deviation of all readings from "
    "the truth) and its repeatability (root of the mean of the variances at each calibration "
    "point, with correction 1). A row of `readings` is one run over the points.",
    signature="gauge(readings, truth) -> (bias, repeatability)",
    reference=gauge,
    inputs=calibrations,
    tried="2 to 10 runs with deviations of one sign and of both",
    misconceptions=(
        Misconception(
            "mixes all readings in one standard deviation",
            mixed,
            "The standard deviation of all readings measures how far the pressures lie apart. "
            "Take the variance at each calibration point, over the runs.",
        ),
        Misconception(
            "mixes all deviations in one standard deviation",
            mixed_deviations,
            "The standard deviation of all deviations also counts what differs from point to "
            "point, and that repeats in each run. Take the variance at each point, over the runs.",
        ),
        Misconception(
            "averages absolute deviations",
            absolute,
            "You averaged absolute deviations: random errors of both signs no longer cancel. Keep "
            "the sign.",
        ),
        Misconception(
            "divides by the number of runs",
            uncorrected,
            "The mean of each point was estimated from the same runs: divide by their number less "
            "one, `correction=1`.",
        ),
    ),
    hints=("Treat each calibration point on its own: one column of the readings.",),
)

EXERCISES = (OOB, GAUGE)
