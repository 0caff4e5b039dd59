"""Exercises of the page on stationary points: equilibria, and what a Hessian says about them."""

from __future__ import annotations

import math
from typing import Any

from torch import Generator

from companion import optimize
from companion.exercises._compare import described, numeric
from companion.exercises._inputs import uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "03-optimization/stationary-points"
Equilibria = list[tuple[float, bool]]


def equilibria(k: float, mgl: float) -> Equilibria:
    if k > mgl:
        return [(0.0, True)]
    lean = float(optimize.bisect(lambda x: math.sin(x) / x - k / mgl, 1e-6, math.pi))
    return [(-lean, True), (0.0, False), (lean, True)]


def upright_only(k: float, mgl: float) -> Equilibria:
    return [(0.0, k > mgl)]


def upright_stable(k: float, mgl: float) -> Equilibria:
    return [(angle, True) for angle, _ in equilibria(k, mgl)]


def in_degrees(k: float, mgl: float) -> Equilibria:
    return [(math.degrees(angle), stable) for angle, stable in equilibria(k, mgl)]


def one_side(k: float, mgl: float) -> Equilibria:
    return [(angle, stable) for angle, stable in equilibria(k, mgl) if angle >= 0]


def turned_around(k: float, mgl: float) -> Equilibria:
    return [(angle, not stable) for angle, stable in equilibria(k, mgl)]


def cut_series(k: float, mgl: float) -> Equilibria:
    if k > mgl:
        return [(0.0, True)]
    lean = math.sqrt(6 * (1 - k / mgl))
    return [(-lean, True), (0.0, False), (lean, True)]


def pairs(found: Any) -> Equilibria:
    """Read (angle, stable) pairs, whatever they are packed in, sorted by angle."""
    return sorted((float(angle), bool(stable)) for angle, stable in found)


def alike(got: Any, expected: Any) -> bool:
    """Compare on the scale of a radian: zero is a right answer, and has round-off."""
    mine, theirs = pairs(got), pairs(expected)
    return len(mine) == len(theirs) and all(
        abs(a - b) < 1e-6 and stable == wanted
        for (a, stable), (b, wanted) in zip(mine, theirs, strict=True)
    )


def judge_equilibria(arguments: Arguments, got: Any, expected: Any) -> str | None:
    try:
        found, wanted = pairs(got), pairs(expected)
    except (TypeError, ValueError):
        return f"the result is {described(got)}, expected a list of pairs (theta, stable)"
    if len(found) != len(wanted):
        return f"{len(found)} found, expected {len(wanted)}"
    return None if alike(got, expected) else "an angle or a verdict differs"


def is_upright_only(arguments: Arguments, got: Any) -> bool:
    return len(pairs(got)) == 1 and abs(pairs(got)[0][0]) < 1e-6


def springs(generator: Generator) -> list[Arguments]:
    """Ratios k/mgl with one or three equilibria, away from 1, where the test is inconclusive."""
    cases: list[Arguments] = [(2.0, 1.0), (0.5, 1.0), (0.9, 1.0)]
    for low, high in ((1.05, 3.0), (0.3, 0.6), (0.6, 0.95)):
        mgl = float(uniform(generator, 0.5, 20.0))
        cases.append((float(uniform(generator, low, high)) * mgl, mgl))
    return cases


EQUILIBRIA = Exercise(
    name="optimization.equilibria",
    page=PAGE,
    task="Return all equilibria of the mast between -π and π and whether they are stable; its "
    "energy is ½kθ² + mgl cos θ, and `k` is not below 0.3 `mgl`, nor equal to it.",
    signature="equilibria(k, mgl) -> list of (theta, stable)",
    reference=equilibria,
    inputs=springs,
    tried="stiff and weak springs, light and heavy masts",
    misconceptions=(
        Misconception(
            "knows the upright position only",
            upright_only,
            "With a weak spring, after buckling, there are two more equilibria, one on each side: "
            "kθ = mgl sin θ has three solutions for k < mgl.",
            recognise=is_upright_only,
        ),
        Misconception(
            "calls the upright position stable with a weak spring",
            upright_stable,
            "At the upright position Π''(0) = k - mgl. For k < mgl it is negative: a maximum of "
            "the energy, so the mast falls.",
        ),
        Misconception(
            "returns degrees",
            in_degrees,
            "The angles are in degrees. Sines, energies and stiffnesses here count in radians.",
        ),
        Misconception(
            "forgets the other side",
            one_side,
            "Whatever holds on the right holds on the left: with θ, -θ is an equilibrium, too.",
        ),
        Misconception(
            "mixes up stable and unstable",
            turned_around,
            "All verdicts are turned around: the energy has a minimum where an equilibrium is "
            "stable, so Π'' is positive there.",
        ),
        Misconception(
            "cuts the series of the sine",
            cut_series,
            "sin θ ≈ θ - θ³/6 is good for small angles only. Solve kθ = mgl sin θ itself, by "
            "bisection.",
        ),
    ),
    hints=("Stationary means kθ = mgl sin θ. Divide by θ and bisect between 0 and π.",),
    judge=judge_equilibria,
    alike=alike,
)

SADDLE_VALUE = math.exp(-(math.pi**2) / 80)


def answer() -> tuple[str, tuple[float, float]]:
    return "c", (-SADDLE_VALUE, SADDLE_VALUE)


def read(got: Any) -> tuple[str, list[float]]:
    """Read letter and two numbers."""
    letter, values = got
    found = numeric(values)
    if not isinstance(letter, str) or found is None or found.numel() != 2:
        raise ValueError("a letter and two numbers")
    return letter.strip().lower(), sorted(found.double().flatten().tolist())


def close(got: list[float], wanted: list[float]) -> bool:
    return all(abs(a - b) < 1e-5 for a, b in zip(got, wanted, strict=True))


def judge_question(arguments: Arguments, got: Any, expected: Any) -> str | None:
    try:
        letter, values = read(got)
    except (TypeError, ValueError):
        return f"the result is {described(got)}, expected a letter and two numbers"
    wanted, eigenvalues = read(expected)
    if letter != wanted:
        return f"statement {letter!r} is not true"
    return None if close(values, eigenvalues) else "the eigenvalues differ"


def chose(wanted: str) -> Any:
    return lambda arguments, got: read(got)[0] == wanted


def numbers_are(*wanted: float) -> Any:
    return lambda arguments, got: close(read(got)[1], sorted(wanted))


HESSIAN_QUESTION = Exercise(
    name="optimization.hessian_question",
    page=PAGE,
    task="Which statement is true? a: the Hessian classifies the zeros of f. b: the landscape has "
    "a minimum at (0, π/2), because f is small there. c: the Hessian classifies the zeros of the "
    "gradient. Return the letter and the two eigenvalues of the Hessian at (0, π/2).",
    signature="answer() -> (str, tuple)",
    reference=answer,
    inputs=lambda generator: [()],
    tried="the landscape of the page",
    misconceptions=(
        Misconception(
            "classifies zeros of f",
            lambda: ("a", (-SADDLE_VALUE, SADDLE_VALUE)),
            "The Hessian classifies zeros of the gradient. The point (0, 0) is a zero of f, but "
            "the slope there is (1, 0): it is not stationary.",
            recognise=chose("a"),
        ),
        Misconception(
            "calls a point a minimum because f is small there",
            lambda: ("b", (-SADDLE_VALUE, SADDLE_VALUE)),
            "The value of f says nothing about the kind of a point. The signs of the eigenvalues "
            "differ, so it is a saddle.",
            recognise=chose("b"),
        ),
        Misconception(
            "gives eigenvalues of the gradient",
            lambda: ("c", (0.0, 0.0)),
            "Both numbers are zero like the gradient, and the gradient, a vector, has no "
            "eigenvalues. Take those of the Hessian, a matrix.",
            recognise=numbers_are(0.0, 0.0),
        ),
        Misconception(
            "takes the entry of the Hessian for both eigenvalues",
            lambda: ("c", (-SADDLE_VALUE, -SADDLE_VALUE)),
            "This is the entry beside the diagonal, twice. The trace is zero, so the eigenvalues "
            "add up to zero: they have opposite signs.",
            recognise=numbers_are(-SADDLE_VALUE, -SADDLE_VALUE),
        ),
    ),
    hints=("A matrix with rows (0, a) and (a, 0) has the eigenvalues a and -a.",),
    judge=judge_question,
)

EXERCISES = [EQUILIBRIA, HESSIAN_QUESTION]
