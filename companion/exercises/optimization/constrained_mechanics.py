"""Exercises of the page on constraints: gradients by hand, contact, strings, bars."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Generator, Tensor

from companion.exercises._compare import difference, numeric
from companion.exercises._inputs import integers, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.exercises.optimization.constrained import PAGE, vectors_at
from companion.physics import spring_chain


def gradients(x: Tensor) -> tuple[Tensor, Tensor]:
    return vectors_at(x)[:2]


def with_entries(*factors: float) -> Callable[[Tensor], tuple[Tensor, Tensor]]:
    """Return a wrong answer: the four entries of both gradients times these factors."""

    def wrong(x: Tensor) -> tuple[Tensor, Tensor]:
        f, c = gradients(x)
        return f * tensor(factors[:2]), c * tensor(factors[2:])

    return wrong


OWN_GRADIENT = Exercise(
    name="optimization.own_gradient",
    page=PAGE,
    task="Return the gradients of the objective -x² + y² and of the constraint function "
    "sin(6x - 0.7) - y - 0.5 at the point `x` = (x, y): what a solver wants as `jac`.",
    signature="gradients(x) -> (Tensor[2], Tensor[2])",
    reference=gradients,
    inputs=lambda generator: [(uniform(generator, 0.3, 2, 2),) for _ in range(5)],
    tried="random points",
    misconceptions=(
        Misconception(
            "returns one number each",
            lambda x: tuple(part.sum() for part in gradients(x)),
            "A gradient of two unknowns has two components, one for each: do not add them up.",
            recognise=lambda _, got: all(
                part.numel() == 1 for part in map(numeric, got) if part is not None
            ),
        ),
        Misconception(
            "forgets the sign of the constraint's second entry",
            with_entries(1, 1, 1, -1),
            "The constraint contains -y, so its derivative by y is -1.",
        ),
        Misconception(
            "forgets the inner derivative",
            with_entries(1, 1, 1 / 6, 1),
            "The inner derivative is missing: sin(6x - 0.7) has the slope 6 cos(6x - 0.7).",
        ),
        Misconception(
            "forgets the sign of the objective's first entry",
            with_entries(-1, 1, 1, 1),
            "The objective falls along x: the derivative of -x² is -2x.",
        ),
    ),
    hints=("Chain rule: the sine's argument 6x - 0.7 grows six times as fast as x.",),
)


def contact(n: int, k: float, F: float, gap: float) -> tuple[Tensor, float]:
    K, _ = spring_chain(n, k, dtype=torch.float64, device="cpu")
    mu = max(0.0, F - k * gap / n)
    load = K.new_zeros(n)
    load[-1] = F - mu
    return torch.linalg.solve(K, load), mu


def chains(generator: Generator) -> list[Arguments]:
    """The book's chain, then gaps that stay open and gaps that close, with room to the limit."""
    cases: list[Arguments] = [(5, 1.0, 1.0, 3.0), (5, 1.0, 1.0, 6.0)]
    for share in (0.3, 0.7, 1.3, 1.8):
        n = int(integers(generator, 2, 8))
        k, F = (round(float(q), 2) for q in uniform(generator, 0.5, 3, 2))
        cases.append((n, k, F, round(share * n * F / k, 3)))
    return cases


def judge_contact(arguments: Arguments, got: Any, expected: Any) -> str | None:
    """Compare both parts; the force on the scale of the load, since zero has round-off."""
    if not isinstance(got, list | tuple) or len(got) != 2:
        return difference(got, expected, 1e-6)
    reason = difference(got[0], expected[0], 1e-6)
    if reason:
        return f"displacements: {reason}"
    right = abs(float(got[1]) - expected[1]) <= 1e-6 * arguments[2]
    return None if right else "the contact force differs"


def at_the_gap(force: Callable[[float], float]) -> Callable[..., tuple[Tensor, float]]:
    """Return a wrong answer that leaves the end at the wall, open or not."""

    def wrong(n: int, k: float, F: float, gap: float) -> tuple[Tensor, float]:
        u = gap * torch.arange(1, n + 1, dtype=torch.float64, device="cpu") / n
        return u, force(F - k * gap / n)

    return wrong


def penalty(n: int, k: float, F: float, gap: float, rho: float = 10.0) -> tuple[Tensor, float]:
    mu = max(0.0, F - k * gap / n) * rho / (rho + k / n)
    return contact(n, k, F - mu, n * (F - mu) / k + 1)[0], mu


def penetrates(arguments: Arguments, got: Any) -> bool:
    """Recognise equilibrium with a wall that is a spring, of whatever stiffness."""
    n, k, F, gap = arguments
    u, mu = numeric(got[0]), float(got[1])
    if u is None or judge_contact(arguments, got, contact(*arguments)) is None:
        return bool(gap > n * F / k)
    balanced = difference(u, contact(n, k, F - mu, n * F / k + 1)[0], 1e-6) is None
    return balanced and mu > 0 and float(u[-1]) > gap


CONTACT_CHAIN = Exercise(
    name="optimization.contact_chain",
    page=PAGE,
    task="A chain of `n` springs of stiffness `k` is fixed at its left end and pulled at its "
    "right end by the force `F` towards a wall at the distance `gap`. Return the displacements of "
    "the n knots and the contact force.",
    signature="contact(n, k, F, gap) -> (Tensor[n], float)",
    reference=contact,
    inputs=chains,
    tried="chains of different length, with open and closed gaps",
    judge=judge_contact,
    alike=lambda got, wrong: judge_contact((0, 0, 1.0), got, wrong) is None,
    misconceptions=(
        Misconception(
            "always assumes contact",
            at_the_gap(lambda force: force),
            "Contact cannot pull: where the gap stays open, the force came out negative. Then "
            "the wall is out of play.",
        ),
        Misconception(
            "sets the force to zero and leaves the end at the gap",
            at_the_gap(lambda force: max(0.0, force)),
            "The force is right, the displacements are not: solve again without contact. The end "
            "of the free chain moves by nF/k.",
        ),
        Misconception(
            "replaces the wall by a spring",
            penalty,
            "The end penetrates the wall, by 0.4 / (0.2 + ρ) for n = 5, k = 1, F = 1, gap 3: that "
            "is the penalty method. A wall does not give way.",
            recognise=penetrates,
        ),
        Misconception(
            "ignores the wall",
            lambda n, k, F, gap: contact(n, k, F, n * F / k + 1),
            "The chain runs through the wall: where nF/k is more than the gap, contact holds it "
            "back.",
        ),
    ),
    hints=("Try without contact first.",),
)


def rectangle(P: float, w: float) -> tuple[float, float, float]:
    a = min(w, P / 4)
    return a, P / 2 - a, P / 2 - 2 * a


def strings(generator: Generator) -> list[Arguments]:
    """The book's string, then bounds that matter and bounds that do not."""
    cases: list[Arguments] = [(1.0, 0.2), (1.0, 0.3)]
    for share in (0.1, 0.15, 0.4, 0.6):
        P = round(float(uniform(generator, 0.5, 5)), 2)
        cases.append((P, round(share * P, 4)))
    return cases


def changed_multiplier(P: float, w: float) -> tuple[float, float, float]:
    a, b, mu = rectangle(P, w)
    return a, b, a * b if mu > 0 else 0.0


RECTANGLE_STRING = Exercise(
    name="optimization.rectangle_string",
    page=PAGE,
    task="A closed string of length `P` encloses a rectangle whose width may be at most `w`. "
    "Return width and height of the largest one, and the multiplier of the bound: the area "
    "gained for each unit of additional width.",
    signature="rectangle(P, w) -> (a, b, mu)",
    reference=rectangle,
    inputs=strings,
    tried="active and inactive bounds",
    tol=1e-6,
    misconceptions=(
        Misconception(
            "always takes the square",
            lambda P, w: (P / 4, P / 4, 0.0),
            "For w < P/4 the square is too wide: the bound is active, the width is w, and the "
            "multiplier is positive.",
        ),
        Misconception(
            "always takes the full width",
            lambda P, w: (w, P / 2 - w, P / 2 - 2 * w),
            "For w > P/4 the full width wastes string, and μ would be negative. An inactive bound "
            "has μ = 0, and the square is best.",
        ),
        Misconception(
            "takes the area for the multiplier",
            changed_multiplier,
            "The multiplier is the derivative of the largest area with respect to w, not the area.",
        ),
        Misconception(
            "counts each side once",
            lambda P, w: (min(w, P / 2), P - min(w, P / 2), P - 2 * min(w, P / 2)),
            "The perimeter counts each side twice: width and height add up to P/2.",
        ),
    ),
    hints=("The area is A(a) = a (P/2 - a).",),
)

EXERCISES = [OWN_GRADIENT, CONTACT_CHAIN, RECTANGLE_STRING]
