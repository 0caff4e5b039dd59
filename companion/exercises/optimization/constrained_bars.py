"""Exercises of the page on constraints: stresses and forces of bars."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Generator

from companion.exercises._compare import difference
from companion.exercises._inputs import tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.exercises.optimization.constrained import PAGE


class Stress:
    """The stress F / x₀ of a bar, and areas at which to try a constraint."""

    def __init__(self, F: float) -> None:
        self.F = F
        self.__name__ = f"{F:g} / x[0]"

    def __call__(self, x: Any) -> Any:
        return self.F / x[0]

    def __repr__(self) -> str:
        return self.__name__

    def areas(self, smax: float) -> list[float]:
        """Return areas whose stress is below, then above the limit."""
        return [self.F / (share * smax) for share in (0.1, 0.5, 0.9, 1.1, 2.0, 10.0)]


def constraint(sigma: Stress, smax: float) -> dict[str, Any]:
    return {"type": "ineq", "fun": lambda x: 1 - sigma(x) / smax}


def limits(generator: Generator) -> list[Arguments]:
    pairs = zip(uniform(generator, 1, 50, 4).tolist(), uniform(generator, 50, 300, 4), strict=True)
    return [(Stress(round(F, 2)), round(float(smax), 1)) for F, smax in pairs]


def signs_of(arguments: Arguments, got: Any) -> list[bool]:
    """Return for each trial area whether a constraint lets it pass, as SciPy reads it."""
    sigma, smax = arguments
    return [bool(float(got["fun"](tensor([area]))) >= 0) for area in sigma.areas(smax)]


RIGHT = [True] * 3 + [False] * 3


def judge_constraint(arguments: Arguments, got: Any, _expected: Any) -> str | None:
    if not isinstance(got, dict) or "type" not in got or "fun" not in got:
        return 'SciPy wants a dictionary with the keys "type" and "fun"'
    if got["type"] != "ineq":
        return f"the type is {got['type']!r}"
    if not callable(got["fun"]):
        return 'the entry "fun" is no function'
    if signs_of(arguments, got) != RIGHT:
        return "the solver would accept stresses above the limit, or refuse some below"
    sigma, smax = arguments
    at_limit = float(got["fun"](tensor([sigma.F / smax])))
    return None if abs(at_limit) <= 1e-9 * smax else "at the limit, the function must be zero"


INEQUALITY_SIGN = Exercise(
    name="optimization.inequality_sign",
    page=PAGE,
    task="Write the condition σ(x) ≤ σ_max as a dictionary for `scipy.optimize.minimize`. The "
    "function `sigma` returns the stress of a design `x`, and `smax` is the limit.",
    signature="constraint(sigma, smax) -> dict",
    reference=constraint,
    inputs=limits,
    tried="stresses below, at and above the limit",
    judge=judge_constraint,
    misconceptions=(
        Misconception(
            "writes the inequality the way books do",
            lambda sigma, smax: {"type": "ineq", "fun": lambda x: sigma(x) - smax},
            "SciPy's 'ineq' means fun ≥ 0: this lets through what is broken, and nothing else. "
            "Return smax - sigma(x).",
            recognise=lambda arguments, got: (
                got["type"] == "ineq" and signs_of(arguments, got) == [not ok for ok in RIGHT]
            ),
        ),
        Misconception(
            "demands the full stress",
            lambda sigma, smax: {"type": "eq", "fun": lambda x: smax - sigma(x)},
            "The bar may be under-stressed: an equality demands the full stress everywhere. Use "
            "the type 'ineq'.",
            recognise=lambda _, got: got["type"] == "eq",
        ),
        Misconception(
            "gives a number instead of a function",
            lambda sigma, smax: {"type": "ineq", "fun": smax - sigma(tensor([1.0]))},
            'The solver asks again at every design it tries: "fun" must be a function of x.',
            recognise=lambda _, got: got["type"] == "ineq" and not callable(got["fun"]),
        ),
    ),
    hints=("What must not be negative? smax - sigma(x), best divided by smax.",),
)


def bar_force(theta: float, m: float, L: float, g: float) -> float:
    """Solve [M Gᵀ; G 0] for acceleration and λ; the force is λ times the length of G = ∇g."""
    x = tensor([L * math.sin(theta), -L * math.cos(theta)])
    M, G = m * torch.eye(2, dtype=x.dtype, device=x.device), 2 * x[None]
    speed_squared = 2 * g * L * math.cos(theta)
    system = torch.cat([torch.cat([M, G.mT], 1), torch.cat([G, G.new_zeros(1, 1)], 1)])
    solution = torch.linalg.solve(system, tensor([0.0, -m * g, -2 * speed_squared]))
    return float(solution[-1] * torch.linalg.vector_norm(G))


def pendulums(generator: Generator) -> list[Arguments]:
    """The lowest point, then random angles; 2L keeps away from 1, m and g from each other."""
    cases: list[Arguments] = [(0.0, 1.0, 1.0, 9.81)]
    for low, high in ((0.2, 0.6), (-0.9, -0.3), (0.8, 1.2), (-1.3, -1.0)):
        theta, m = float(uniform(generator, low, high)), float(uniform(generator, 0.5, 3))
        cases.append(
            (round(theta, 3), round(m, 2), round(float(uniform(generator, 0.7, 2)), 2), 9.81)
        )
    return cases


PENDULUM_BAR = Exercise(
    name="optimization.pendulum_bar",
    page=PAGE,
    task="A mass `m` on a bar of length `L` without mass is released from the horizontal. Return "
    "the tension of the bar when it makes the angle `theta` (in radians) with the vertical, in "
    "newtons. Solve the system of acceleration and multiplier.",
    signature="bar_force(theta, m, L, g) -> float",
    reference=bar_force,
    inputs=pendulums,
    tried="angles on both sides, different masses and lengths",
    misconceptions=(
        Misconception(
            "leaves out the motion",
            lambda theta, m, L, g: m * g * math.cos(theta),
            "This is the force at rest: the centripetal part is missing. Differentiate the "
            "constraint twice, then the squared speed appears.",
        ),
        Misconception(
            "leaves out the weight",
            lambda theta, m, L, g: 2 * m * g * math.cos(theta),
            "This is the centripetal force alone: the component of the weight along the bar is "
            "missing.",
        ),
        Misconception(
            "returns the multiplier itself",
            lambda theta, m, L, g: 1.5 * m * g * math.cos(theta) / L,
            "This is λ. The bar force is λ∇g: multiply by the length of ∇g, which is 2L.",
        ),
        Misconception(
            "measures the angle from the horizontal",
            lambda theta, m, L, g: 3 * m * g * abs(math.sin(theta)),
            "The angle is measured from the vertical: at θ = 0 the mass is at its lowest point "
            "and fastest.",
            recognise=lambda a, got: (
                difference(abs(float(got)) + 1, 3 * a[1] * a[3] * abs(math.sin(a[0])) + 1, 1e-8)
                is None
            ),
        ),
    ),
    hints=("Differentiate the constraint twice: G a = -2 |v|², and |v|² comes from the energy.",),
)


def lightest(F: float, b: float, smax: float) -> tuple[float, float, float]:
    A = F / (math.sqrt(2) * smax * 1e6)
    return b, A, 2 * math.sqrt(2) * b * A


def trusses(generator: Generator) -> list[Arguments]:
    cases: list[Arguments] = [(20e3, 1.0, 250.0)]
    for _ in range(3):
        F, b, smax = (float(uniform(generator, *r)) for r in ((5, 80), (0.6, 3), (100, 400)))
        cases.append((round(F) * 1e3, round(b, 2), round(smax, 1)))
    return cases


def by_parts(got: Any, expected: Any) -> str | None:
    """Compare height, area and volume, each on its own scale: they differ by factors of 1e4."""
    if not isinstance(got, list | tuple) or len(got) != 3:
        return difference(got, expected, 1e-4)
    for name, mine, theirs in zip(("height", "area", "volume"), got, expected, strict=True):
        reason = difference(mine, theirs, 1e-4)
        if reason:
            return f"{name}: {reason}"
    return None


def scaled(h: float, A: float, V: float) -> Callable[..., tuple[float, ...]]:
    """Return a wrong answer: the right values times these factors."""

    def wrong(*arguments: float) -> tuple[float, ...]:
        return tuple(q * s for q, s in zip(lightest(*arguments), (h, A, V), strict=True))

    return wrong


def is_flat(arguments: Arguments, got: Any) -> bool:
    return bool(float(got[0]) < 0.5 * arguments[1])


def is_wasteful(arguments: Arguments, got: Any) -> bool:
    """Recognise an area above what the stress needs at this height, short of a slip of units."""
    F, b, smax = arguments
    h, A = float(got[0]), float(got[1])
    needed = F * math.hypot(b, h) / (2 * h * smax * 1e6)
    return bool(h > 0.5 * b and 1.001 < A / needed < 100)


TWO_BAR_TRUSS = Exercise(
    name="optimization.two_bar_truss",
    page=PAGE,
    task="Two equal bars lead from supports at the distance 2b to a common knot above the middle, "
    "which carries the vertical force `F` in N. Half the span `b` is given in m, the largest "
    "stress `smax` in MPa. Return height (m), area of a bar (m²) and total volume (m³) of the "
    "lightest truss.",
    signature="lightest(F, b, smax) -> (h, A, V)",
    reference=lightest,
    inputs=trusses,
    tried="different loads, spans and materials",
    judge=lambda _, got, expected: by_parts(got, expected),
    alike=lambda got, wrong: by_parts(got, wrong) is None,
    misconceptions=(
        Misconception(
            "makes the bars as short as possible",
            scaled(1e-3, 1.0, 1 / math.sqrt(2)),
            "A flat truss has short bars and huge forces: bar forces grow like 1/h, and so does "
            "the area that they need.",
            recognise=is_flat,
        ),
        Misconception(
            "mixes MPa and N/m²",
            scaled(1.0, 1e6, 1e6),
            "Area and volume are off by a factor of 1e6: one MPa is 1e6 N/m².",
        ),
        Misconception(
            "stays below the stress limit",
            scaled(1.0, 1.5, 1.5),
            "The stress stays below the limit, so material is wasted: at the lightest truss the "
            "stress constraint must be active.",
            recognise=is_wasteful,
        ),
        Misconception(
            "counts one bar",
            scaled(1.0, 1.0, 0.5),
            "This is the volume of one bar. The truss has two.",
        ),
    ),
    hints=("Eliminate A: the active stress gives it as a function of h.",),
)

EXERCISES = [INEQUALITY_SIGN, PENDULUM_BAR, TWO_BAR_TRUSS]
