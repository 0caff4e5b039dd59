"""Exercises of the page on norms and forms: sizes and growing errors."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Generator, Tensor

from companion import linalg, physics
from companion.exercises._compare import difference
from companion.exercises._inputs import integers, randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "02-linear-algebra/norms-and-forms"


def without_absolute_values(v: Tensor, ord: float = 2) -> Tensor:
    if ord == math.inf:
        return v.amax()
    scale = linalg.vector_norm(v, math.inf)
    if scale == 0:
        return scale
    return scale * ((v / scale) ** ord).sum() ** (1 / ord)


def signs_survive(arguments: Arguments, got: Any) -> bool:
    """Recognise missing absolute values, whatever is done about huge and infinite powers."""
    v, ord = arguments
    value, size = float(got), float(v.abs().amax())
    if ord == math.inf:
        return value in (float(v.amax()), size, 1.0)
    if ord == 400:
        return value == math.inf or math.isclose(value, size)
    return difference(value, float(without_absolute_values(v, ord)), 1e-8) is None


def without_scaling(v: Tensor, ord: float = 2) -> Tensor:
    return v.abs().amax() if ord == math.inf else (v.abs() ** ord).sum() ** (1 / ord)


def without_limit(v: Tensor, ord: float = 2) -> Tensor:
    return (v.abs() ** ord).sum() ** (1 / ord)


def without_zero(v: Tensor, ord: float = 2) -> Tensor:
    scale = v.abs().amax()
    return scale * ((v / scale).abs() ** ord).sum() ** (1 / ord)


def vectors(generator: Generator) -> list[Arguments]:
    """Signs of both kinds, the largest size negative; powers that overflow; zero."""
    cases: list[Arguments] = [(tensor([1.0, -3.0, 7.0, -14.0]), p) for p in (1, 2, 3)]
    for n, p in ((2, 1), (3, 3), (5, 2.5), (4, math.inf), (4, 400)):
        v = uniform(generator, 1, 6, n)
        v[0] = -uniform(generator, 7, 9)[()]
        cases.append((v, p))
    cases.append((tensor([0.0, 0.0, 0.0]), 2))
    return cases


VECTOR_NORM = Exercise(
    name="linear_algebra.vector_norm",
    page=PAGE,
    task="Return the p-norm of a vector for any `ord` from 1 to infinity (`math.inf`). No power "
    "may overflow, and the norm of the zero vector is 0.",
    signature="vector_norm(v, ord=2) -> Tensor[]",
    reference=lambda v, ord=2: linalg.vector_norm(v, ord),
    inputs=vectors,
    tried="orders from 1 to infinity, both signs, huge powers and the zero vector",
    misconceptions=(
        Misconception(
            "raises large entries to a large power",
            without_scaling,
            "14 to the power 400 is more than a double holds, so the result is inf. Factor out "
            "the maximum first.",
        ),
        Misconception(
            "puts infinity into the formula",
            without_limit,
            "The limit p → ∞ is the largest |v_i|, but a power of infinity does not know that. "
            "Already p = 400 overflows: factor out the maximum, which cures both.",
        ),
        Misconception(
            "divides by the maximum even if it is zero",
            without_zero,
            "You factor out the maximum, which is right, but for the zero vector that is 0 / 0. "
            "Its norm is 0.",
        ),
        Misconception(
            "takes powers of the entries, not of their sizes",
            without_absolute_values,
            "Take |v_i|: without it, (1, -3, 7, -14) has the norm -9 for p = 1 and NaN for p = 3.",
            recognise=signs_survive,
        ),
    ),
    hints=(
        "`m * norm(v / m)` is the norm of v. With m = max |v_i|, no power is larger than 1.",
        "Return m itself if it is zero, or if `ord` is infinite.",
    ),
)


def condition_bound(K: Tensor, rel: float) -> Tensor:
    return linalg.cond(K) * rel


def by_determinant(K: Tensor, rel: float) -> Tensor:
    return rel / linalg.det(K).abs()


def by_frobenius(K: Tensor, rel: float) -> Tensor:
    return linalg.cond(K, "fro") * rel


def not_amplified(K: Tensor, rel: float) -> float:
    return rel


def trusses(generator: Generator) -> list[Arguments]:
    """Shallow two-bar trusses (condition 1 / h²), and supported trusses with a diagonal."""
    cases: list[Arguments] = []
    for low, high in ((0.2, 0.3), (0.05, 0.1)):
        h = float(uniform(generator, low, high))
        nodes = tensor([[-1.0, 0.0], [1.0, 0.0], [0.0, h]])
        K = physics.truss_stiffness(nodes, [(0, 2), (1, 2)], EA=float(integers(generator, 2, 9)))
        cases.append((K[4:, 4:], 0.01))
    square = tensor([[0.0, 0.0], [1.0, 0.0], [1.0, 1.0], [0.0, 1.0]])
    bars = [(0, 1), (1, 2), (2, 3), (3, 0), (0, 2)]
    for rel in (0.01, 0.02):
        nodes = square + uniform(generator, -0.2, 0.2, 4, 2)
        K = physics.truss_stiffness(nodes, bars, EA=uniform(generator, 1, 4, 5))
        free = torch.tensor([2, 4, 5, 6, 7], device="cpu")
        cases.append((K[free][:, free], rel))
    return cases


def judge_bound(arguments: Arguments, got: Any, expected: Any) -> str | None:
    """Show a load error that breaks a bound which is too small."""
    reason = difference(got, expected, 1e-8)
    if reason != "the values differ":
        return reason
    K, rel = arguments
    worst = largest_error(K, rel)
    if float(got) < worst:
        return (
            f"a load error of {rel:.0%} changes the displacements by {worst:.2g} (relative), more "
            f"than your bound {float(got):.2g}"
        )
    return "the bound holds, but a smaller one is asked for" if got > expected else reason


def largest_error(K: Tensor, rel: float) -> float:
    """Return the largest relative displacement error of 200 random loads with random errors."""
    loads, errors = (randn(torch.Generator().manual_seed(s), len(K), 200) for s in (1, 2))
    errors = rel * errors * errors_per(loads, errors)
    return float(errors_per(torch.linalg.solve(K, errors), torch.linalg.solve(K, loads)).max())


def errors_per(errors: Tensor, values: Tensor) -> Tensor:
    """Return the ratios of the lengths of the columns."""
    return linalg.vector_norm(errors, dim=0) / linalg.vector_norm(values, dim=0)


CONDITION = Exercise(
    name="linear_algebra.condition",
    page=PAGE,
    task="The loads on a truss with stiffness `K` have a relative error `rel` in the 2-norm. "
    "Return the bound for the relative error of the displacements that the condition number "
    "gives.",
    signature="bound(K, rel) -> Tensor[]",
    reference=condition_bound,
    inputs=trusses,
    tried="shallow and braced trusses; no random load error exceeds your bound",
    misconceptions=(
        Misconception(
            "divides by the determinant",
            by_determinant,
            "The determinant does not measure conditioning: 0.1 times the identity of size 20 has "
            "the determinant 1e-20 and the condition number 1.",
        ),
        Misconception(
            "uses the Frobenius norm",
            by_frobenius,
            "This bound is valid, but larger than the one asked for: the 2-norm gives the "
            "smallest factor that always holds.",
        ),
        Misconception(
            "lets the error through unchanged",
            not_amplified,
            "The amplification is missing: a stiff and a soft direction of the truss together "
            "magnify a relative error.",
        ),
    ),
    hints=("The factor is σ_max / σ_min, the condition number of K in the 2-norm.",),
    judge=judge_bound,
)

EXERCISES = [VECTOR_NORM, CONDITION]
