"""Exercises of the page on gradient descent: when to stop, and where to start."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from typing import Any

from torch import Generator

from companion.exercises._compare import described
from companion.exercises._inputs import uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "03-optimization/gradient-descent"
Rates = tuple[set[float], set[float]]


def step_tol(q: float, e: float) -> float:
    return e * (1 - q) / q


def rates_and_errors(generator: Generator) -> list[Arguments]:
    """Slow and fast rates, away from one half, where wrong answers are right."""
    slow, fast = uniform(generator, 0.7, 0.99, 2).tolist(), uniform(generator, 0.05, 0.3).tolist()
    errors = (10 ** uniform(generator, -6, -1, 3)).tolist()
    return [(0.9, 0.01), *zip([*slow, fast], errors, strict=True)]


STOP_RULE = Exercise(
    name="optimization.stop_rule",
    page=PAGE,
    task="Each step is at most `q` times as long as the one before. You stop after the first step "
    "that is at most as long as a tolerance. Return the largest tolerance that guarantees an error "
    "of at most `e` after this step.",
    signature="step_tol(q, e) -> float",
    reference=step_tol,
    inputs=rates_and_errors,
    tried="slow and fast rates",
    misconceptions=(
        Misconception(
            "takes the step for the error",
            lambda q, e: e,
            "A short step is no small error. On x² with α = 1e-4 the step falls below 1e-6 "
            "where the error is still 0.005: many short steps are left.",
        ),
        Misconception(
            "turns the fraction upside down",
            lambda q, e: e * q / (1 - q),
            "The fraction is inverted: the slower the method (q near 1), the smaller the "
            "tolerance must be.",
        ),
        Misconception(
            "bounds the error before the step",
            lambda q, e: e * (1 - q),
            "That bounds the error before the step; after it the error is q times smaller. "
            "Safe, but not the largest.",
        ),
    ),
    hints=("Sum what is left to go: the geometric series q·step + q²·step + ….",),
)

KINDS = ("global minimum", "local minimum", "saddle", "local minimum after a saddle", "diverges")
ENDINGS = {
    "good": "global minimum",
    "suboptimal": "local minimum",
    "bad": "saddle",
    "unstable": "local minimum after a saddle",
    "why bad": "zero gradient",
    "why unstable": "beside a maximum",
}


def endings() -> dict[str, str]:
    return dict(ENDINGS)


def changed_ending(key: str, value: str) -> dict[str, Any]:
    """Return a wrong answer in one entry, and how to recognise it among others."""

    def wrong() -> dict[str, str]:
        return {**ENDINGS, key: value}

    def recognise(arguments: Arguments, got: Any) -> bool:
        return bool(got[key] == value)

    return {"wrong": wrong, "recognise": recognise}


def judge_endings(arguments: Arguments, got: Any, expected: dict[str, str]) -> str | None:
    if not isinstance(got, dict):
        return f"the result is {described(got)}, expected a dict"
    if set(got) != set(expected):
        return f"the keys are {list(got)}, expected {list(expected)}"
    wrong = [key for key in expected if got[key] != expected[key]]
    return f"the entry {wrong[0]!r} is {got[wrong[0]]!r}" if wrong else None


BEST_START = Exercise(
    name="optimization.best_start",
    page=PAGE,
    task="Return a dict with the kind of end point for the keys "
    f'"good", "suboptimal", "bad" and "unstable" (one of {", ".join(KINDS)}), and with what makes '
    'two of the starts troublesome for the keys "why bad" and "why unstable" (zero gradient, '
    "beside a maximum, or too far away).",
    signature="endings() -> dict",
    reference=endings,
    inputs=lambda generator: [()],
    tried="six entries",
    misconceptions=(
        Misconception(
            "takes the saddle for a local minimum",
            diagnosis="At (0, π/2) the gradient is zero and the Hessian has the eigenvalues "
            "0.884 and -0.884: a saddle. Gradient descent never leaves it.",
            **changed_ending("bad", "local minimum"),
        ),
        Misconception(
            "thinks that the unstable start diverges",
            diagnosis="With α = 1 it arrives after 27 steps. It starts beside a maximum, where "
            "small differences grow, and passes a saddle on its way.",
            **changed_ending("unstable", "diverges"),
        ),
        Misconception(
            "takes every minimum for the global one",
            diagnosis="The run from (2, 0) ends in a minimum of f = -0.363. The global one has "
            "f = -0.894.",
            **changed_ending("suboptimal", "global minimum"),
        ),
        Misconception(
            "blames the distance",
            diagnosis="(0, π/2) is as near to the minimum as the others. The run cannot start "
            "there, because its gradient is zero.",
            **changed_ending("why bad", "too far away"),
        ),
    ),
    hints=("Run each start with a small `gtol` and classify the end point.",),
    judge=judge_endings,
)

GRID = [i / 8 for i in range(1, 10)]  # exact in binary


def near_zero(slope: Callable[[float], float]) -> set[float]:
    """Return the rates whose 50th iterate from 2 is near 0."""
    found = set()
    for alpha in GRID:
        x = 2.0
        for _ in range(50):
            x = x - alpha * slope(x)
        if abs(x) <= 1e-3:
            found.add(alpha)
    return found


def sign(x: float) -> float:
    return math.copysign(1.0, x) if x else 0.0


def converging() -> Rates:
    return near_zero(sign), near_zero(lambda x: 2 * x)


def rate_sets(got: Any) -> Rates:
    """Read two collections of numbers, whatever they are kept in."""
    first, second = got
    return {float(a) for a in first}, {float(a) for a in second}


def judge_rates(arguments: Arguments, got: Any, expected: Rates) -> str | None:
    names = ("|x|", "x²")
    found = rate_sets(got)
    wrong = [n for n, mine, right in zip(names, found, expected, strict=True) if mine != right]
    return f"the set for {wrong[0]} is wrong" if wrong else None


def same_rates(change: Callable[[Rates], bool]) -> Callable[[Arguments, Any], bool]:
    return lambda arguments, got: change(rate_sets(got))


def square_with(extra: Iterable[float], without: Iterable[float] = ()) -> Rates:
    right = converging()
    return right[0], (right[1] | set(extra)) - set(without)


OVERSHOOT = Exercise(
    name="optimization.overshoot",
    page=PAGE,
    task="Try the learning rates 1/8, 2/8, ..., 9/8 from the start 2. Return the set of those for "
    "which the iterate after 50 steps is within 1e-3 of 0: first for |x|, then for x².",
    signature="converging() -> (set_abs, set_sq)",
    reference=converging,
    inputs=lambda generator: [()],
    tried="nine learning rates on two functions",
    misconceptions=(
        Misconception(
            "takes every rate below 1 for convergent on |x|",
            lambda: ({a for a in GRID if a < 1}, converging()[1]),
            "|x| ends in a cycle of width α unless α divides 2: its slope does not shrink, so "
            "neither do the steps.",
            recognise=same_rates(lambda sets: 3 / 8 in sets[0]),
        ),
        Misconception(
            "lists α = 1 for x²",
            lambda: square_with([1.0]),
            "With α = 1 on x² the iterate jumps between 2 and -2 for ever, since the factor "
            "1 - 2α is -1.",
            recognise=same_rates(lambda sets: 1.0 in sets[1]),
        ),
        Misconception(
            "differentiates the root of x²",
            lambda: (set(), converging()[1]),
            "The derivative of √(x²) is 0/0 at 0, and every rate that hits 0 (α = 1 does so "
            "after two steps) turns into NaN there. Use the sign.",
            recognise=same_rates(lambda sets: not sets[0]),
        ),
        Misconception(
            "excludes overshooting on x²",
            lambda: square_with([], [5 / 8, 6 / 8, 7 / 8]),
            "Between 1/2 and 1 each step on x² overshoots, and the iterates still shrink by "
            "|1 - 2α| < 1.",
            recognise=same_rates(lambda sets: sets[1] == {1 / 8, 2 / 8, 3 / 8, 4 / 8}),
        ),
    ),
    hints=("Follow six iterates by hand.",),
    judge=judge_rates,
)

EXERCISES = [STOP_RULE, BEST_START, OVERSHOOT]
