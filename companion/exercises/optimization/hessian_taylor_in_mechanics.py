"""Exercises of the page on Hessians: stiffness from energy, and the reach of small angles."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import torch
from torch import Generator, Tensor

from companion.calculus import grad, hessian
from companion.exercises._compare import described, difference, numeric
from companion.exercises._inputs import tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.optimize import bisect

PAGE = "03-optimization/hessian-taylor"
Energy = Callable[[Tensor], Tensor]


def stiffness(energy: Energy, n: int) -> Tensor:
    found: Tensor = hessian(energy)(tensor([0.0] * n))
    return found


def forces(energy: Energy, n: int) -> Tensor:
    found: Tensor = grad(energy)(tensor([0.0] * n))
    return found


def at_a_loaded_state(energy: Energy, n: int) -> Tensor:
    found: Tensor = hessian(energy)(tensor([1.0] * n))
    return found


def is_loaded(arguments: Arguments, got: Any) -> bool:
    """Try the displaced states that come to mind: the same in every component, or in one."""
    energy, n = arguments
    states = [size * torch.ones(n) for size in (1.0, 0.5, 0.1, 0.01, 1e-3)]
    states += [*torch.eye(n), torch.arange(1.0, n + 1)]
    known = (hessian(energy)(u.to(torch.float64)) for u in states)
    return any(difference(got, one, 1e-8) is None for one in known)


def is_a_vector(arguments: Arguments, got: Any) -> bool:
    found = numeric(got)
    return found is not None and found.ndim == 1


def doubled(energy: Energy, n: int) -> Tensor:
    return 2 * stiffness(energy, n)


def diagonal_only(energy: Energy, n: int) -> Tensor:
    return torch.diag(torch.diag(stiffness(energy, n)))


@dataclass(frozen=True)
class TrussEnergy:
    """The energy of bars [b, d] whose ends move by the joint's displacement, with exact lengths."""

    bars: Tensor
    EA: Tensor
    __name__ = "energy"  # what a report calls it

    def __call__(self, u: Tensor) -> Tensor:
        rest = torch.linalg.vector_norm(self.bars, dim=-1)
        change = torch.linalg.vector_norm(self.bars + u, dim=-1) - rest
        total: Tensor = (0.5 * self.EA / rest * change**2).sum()
        return total


def trusses(generator: Generator) -> list[Arguments]:
    """The bracket of the page and random ones of two bars, then three bars in space."""
    page = TrussEnergy(tensor([[2.0, 0.0], [2.0, -1.5]]), tensor([1000.0, 1000.0]))
    cases: list[Arguments] = [(page, 2)]
    for _ in range(3):
        bars = torch.cat([uniform(generator, 1, 3, 2, 1), uniform(generator, 0.5, 2, 2, 1)], 1)
        bars[1, 1] *= -1  # one bar from below, one from above: never in line
        cases.append((TrussEnergy(bars, uniform(generator, 10, 50, 2)), 2))
    spread = tensor([[1.0, 0.0, 1.0], [-0.5, 1.0, 1.0], [-0.5, -1.0, 1.0]])
    bars = spread + uniform(generator, -0.2, 0.2, 3, 3)
    return [*cases, (TrussEnergy(bars, uniform(generator, 10, 50, 3)), 3)]


def judge_stiffness(arguments: Arguments, got: Any, expected: Tensor) -> str | None:
    """Compare by value; say first where the matrix is not symmetric."""
    found = numeric(got)
    if found is None or found.shape != expected.shape:
        return f"the result is {described(got)}, expected {described(expected)}"
    scale = float(expected.abs().max())
    if not bool(((found - found.T).abs() <= 1e-8 * scale).all()):
        return "the result is not symmetric"
    return difference(got, expected, 1e-8)


STIFFNESS_FROM_ENERGY = Exercise(
    name="optimization.stiffness_from_energy",
    page=PAGE,
    task="Return the stiffness matrix of a truss at rest. The function `energy` takes the `n` "
    "displacements of its joint as a tensor and returns the elastic energy. Differentiate exactly: "
    "differences are not good enough.",
    signature="stiffness(energy, n) -> Tensor[n, n]",
    reference=stiffness,
    inputs=trusses,
    tried="the bracket of the page, random brackets, and three bars in space",
    misconceptions=(
        Misconception(
            "returns the gradient",
            forces,
            "This is a vector: these are forces, and at rest they are zero. The stiffness holds "
            "the second derivatives, the change of the forces.",
            recognise=is_a_vector,
        ),
        Misconception(
            "takes the Hessian at a loaded state",
            at_a_loaded_state,
            "This is the stiffness of a displaced truss, and it contains the geometric stiffness "
            "of its bar forces. At rest all displacements are zero.",
            recognise=is_loaded,
        ),
        Misconception(
            "doubles the Hessian",
            doubled,
            "The energy is ½ uᵀK u, so its Hessian is K itself. No factor 2 is missing.",
        ),
        Misconception(
            "keeps the diagonal only",
            diagonal_only,
            "The mixed derivatives are missing: push the joint in x, and the bars push back in y "
            "as well.",
        ),
    ),
    hints=("The function `calculus.hessian` of `energy` wants the displacements at rest.",),
    judge=judge_stiffness,
)


def threshold(error: Callable[[float], float], err: float) -> float:
    """Return the angle in radians where an error that grows with the angle reaches ``err``."""
    return float(bisect(lambda angle: error(float(angle)) - err, 1e-6, 3.0))


def relative_error(angle: float) -> float:
    return (angle - math.sin(angle)) / math.sin(angle)


def small_angle(err: float) -> float:
    return math.degrees(threshold(relative_error, err))


def in_radians(err: float) -> float:
    return threshold(relative_error, err)


def relative_to_angle(err: float) -> float:
    return math.degrees(threshold(lambda angle: 1 - math.sin(angle) / angle, err))


def absolute_error(err: float) -> float:
    return math.degrees(threshold(lambda angle: angle - math.sin(angle), err))


def leading_term(err: float) -> float:
    return math.degrees(math.sqrt(6 * err))


def tolerances(generator: Generator) -> list[Arguments]:
    """One percent, as on the page, and errors from a thousandth to a third."""
    drawn = [uniform(generator, low, 2 * low, 1).item() for low in (1e-3, 2e-2, 5e-2, 0.15)]
    return [(0.01,)] + [(err,) for err in drawn]


SMALL_ANGLE = Exercise(
    name="optimization.small_angle",
    page=PAGE,
    task="Return the largest amplitude in degrees for which θ replaces sin θ with a relative error "
    "of at most `err`; `err` is 0.01 for one percent.",
    signature="max_angle(err) -> float",
    reference=small_angle,
    inputs=tolerances,
    tried="errors from a thousandth to a third",
    misconceptions=(
        Misconception(
            "returns radians",
            in_radians,
            "Degrees were asked for, and this is the angle in radians: multiply by 180/π.",
        ),
        Misconception(
            "refers the error to the angle",
            relative_to_angle,
            "Refer the error to the true value sin θ, and not to its replacement θ.",
        ),
        Misconception(
            "takes the absolute error",
            absolute_error,
            "This is the angle where the difference θ - sin θ itself reaches err. A relative error "
            "is divided by sin θ.",
        ),
        Misconception(
            "stops at the leading term",
            leading_term,
            "The root of 6 err comes from the first term of the error, θ²/6, and is itself an "
            "approximation. Solve for the exact error.",
        ),
    ),
    hints=("Bisection on $(\\theta-\\sin\\theta)/\\sin\\theta$ finds the angle.",),
    tol=1e-6,
)

EXERCISES = [STIFFNESS_FROM_ENERGY, SMALL_ANGLE]
