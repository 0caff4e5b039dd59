"""Exercises of the page on gradients: velocities, spin and stretch, fields of sources."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Generator, Tensor

from companion.exercises._compare import described, numeric
from companion.exercises._inputs import randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.physics import point_charge_field, point_charge_potential

PAGE = "03-optimization/gradients"


def polar_jacobian(r: float, phi: float) -> Tensor:
    c, s = math.cos(phi), math.sin(phi)
    return tensor([[c, -r * s], [s, r * c]])


def polar_velocity(r: float, phi: float, rdot: float, phidot: float) -> Tensor:
    return polar_jacobian(r, phi) @ tensor([rdot, phidot])


def radius_missing(r: float, phi: float, rdot: float, phidot: float) -> Tensor:
    return polar_velocity(1.0, phi, rdot, phidot)


def in_degrees(r: float, phi: float, rdot: float, phidot: float) -> Tensor:
    return polar_velocity(r, math.radians(phi), rdot, phidot)


def inverse_jacobian(r: float, phi: float, rdot: float, phidot: float) -> Tensor:
    rates: Tensor = torch.linalg.solve(polar_jacobian(r, phi), tensor([rdot, phidot]))
    return rates


def not_turned(r: float, phi: float, rdot: float, phidot: float) -> Tensor:
    return tensor([rdot, r * phidot])


def states(generator: Generator) -> list[Arguments]:
    """A circular motion, then random states away from r = 1 and from the axis."""
    cases: list[Arguments] = [(2.0, 0.5, 0.0, 3.0)]
    for _ in range(4):
        r, phi = uniform(generator, 1.5, 4, 1).item(), uniform(generator, 0.4, 2.6, 1).item()
        rates = uniform(generator, 0.5, 2, 2).tolist()
        cases.append((r, phi, rates[0], -rates[1]))
    return cases


POLAR_VELOCITY = Exercise(
    name="optimization.polar_velocity",
    page=PAGE,
    task="Return the Cartesian velocity of a point with the polar coordinates `r`, `phi` (in "
    "radians) and their rates `rdot`, `phidot`.",
    signature="velocity(r, phi, rdot, phidot) -> Tensor[2]",
    reference=polar_velocity,
    inputs=states,
    tried="a circular motion and random states",
    misconceptions=(
        Misconception(
            "leaves out the radius",
            radius_missing,
            "The speed on a circle must grow with r, and here it does not: the second column of "
            "the Jacobian has a factor r.",
        ),
        Misconception(
            "takes the angle for degrees",
            in_degrees,
            "Trigonometric functions expect radians, and phi is given in radians: do not convert "
            "it.",
        ),
        Misconception(
            "uses the inverse Jacobian",
            inverse_jacobian,
            "This maps Cartesian rates to polar rates. The Jacobian itself maps polar rates to "
            "the Cartesian velocity.",
        ),
        Misconception(
            "gives radial and circumferential components",
            not_turned,
            "These are the components along the radius and across it. Turn them by phi to get the "
            "components along x and y.",
        ),
    ),
    hints=("The velocity is the Jacobian times the rates, $\\dot x=J\\dot q$.",),
)


Split = tuple[Tensor, Tensor, Tensor]


def spin_stretch(L: Tensor) -> Split:
    return (L + L.T) / 2, (L - L.T) / 2, torch.trace(L)


def exchanged(L: Tensor) -> Split:
    D, W, rate = spin_stretch(L)
    return W, D, rate


def no_half(L: Tensor) -> Split:
    return L + L.T, L - L.T, torch.trace(L)


def determinant(L: Tensor) -> Split:
    D, W, _ = spin_stretch(L)
    return D, W, torch.linalg.det(L)


def other_sense(L: Tensor) -> Split:
    D, W, rate = spin_stretch(L)
    return D, -W, rate


def velocity_gradients(generator: Generator) -> list[Arguments]:
    """Simple shear, rigid rotation, the flow of the page, and random ones."""
    shear = tensor([[0.0, uniform(generator, 0.5, 2, 1).item()], [0.0, 0.0]])
    spin = uniform(generator, 0.5, 2, 1).item() * tensor([[0.0, -1.0], [1.0, 0.0]])
    cases: list[Arguments] = [(shear,), (spin,), (tensor([[1.0, 2.0], [0.0, -1.0]]),)]
    return cases + [(randn(generator, 3, 3),) for _ in range(3)]


def judge_split(arguments: Arguments, got: Any, expected: Split) -> str | None:
    """Where a part is zero, an honest answer has round-off: compare on the scale of L."""
    scale = float(arguments[0].abs().max())
    if not isinstance(got, tuple | list) or len(got) != 3:
        return f"the result is {described(got)}, expected D, W and the volume rate"
    for name, mine, theirs in zip(("D", "W", "the volume rate"), got, expected, strict=True):
        found = numeric(mine)
        if found is None or found.shape != theirs.shape:
            return f"{name} is {described(mine)}, expected {described(theirs)}"
        if not bool(((found - theirs).abs() <= 1e-8 * scale).all()):
            return f"{name} is wrong"
    return None


SPIN_STRETCH = Exercise(
    name="optimization.spin_stretch",
    page=PAGE,
    task="Split a velocity gradient `L` into the rate of stretching `D`, which is symmetric, and "
    "the spin `W`, which is antisymmetric; return the rate of volume as well.",
    signature="split(L) -> (D, W, volume_rate)",
    reference=spin_stretch,
    inputs=velocity_gradients,
    tried="simple shear, a rigid rotation, and flows in two and three dimensions",
    misconceptions=(
        Misconception(
            "exchanges stretching and spin",
            exchanged,
            "A rigid rotation must give D = 0, so D is the symmetric part and W the other one.",
        ),
        Misconception(
            "forgets the half",
            no_half,
            "Here D + W = 2L: the symmetric part is half of L + Lᵀ.",
        ),
        Misconception(
            "takes the determinant for the rate of volume",
            determinant,
            "For the rate of volume use the trace of L. The determinant belongs to the "
            "deformation gradient, where it is the ratio of the volumes.",
        ),
        Misconception(
            "turns the spin round",
            other_sense,
            "D + W must give L back, and here D - W does: the spin is half of L - Lᵀ.",
        ),
    ),
    hints=("D is the symmetric part of L, half of L + Lᵀ.",),
    judge=judge_split,
)


Field = tuple[Tensor, Tensor]


def point_sources(x: Tensor, positions: Tensor, charges: Tensor, eps: float = 0.0) -> Field:
    phi = point_charge_potential(x, positions, charges, eps)
    return phi, point_charge_field(x, positions, charges, eps)


def mirrored(x: Tensor, positions: Tensor, charges: Tensor, eps: float = 0.0) -> Field:
    return point_sources(x, positions.flip(1), charges, eps)


def not_regularised(x: Tensor, positions: Tensor, charges: Tensor, eps: float = 0.0) -> Field:
    return point_sources(x, positions, charges)


def attracting(x: Tensor, positions: Tensor, charges: Tensor, eps: float = 0.0) -> Field:
    phi, E = point_sources(x, positions, charges, eps)
    return phi, -E


def squared_distance(x: Tensor, positions: Tensor, charges: Tensor, eps: float = 0.0) -> Field:
    offsets = x - positions
    squares = (offsets**2).sum(1) + eps**2
    return (charges / squares.sqrt()).sum(), (charges / squares) @ offsets


def distance_plus_eps(x: Tensor, positions: Tensor, charges: Tensor, eps: float = 0.0) -> Field:
    offsets = x - positions
    distances = torch.linalg.vector_norm(offsets, dim=1) + eps
    return (charges / distances).sum(), (charges / distances**3) @ offsets


def sources(generator: Generator) -> list[Arguments]:
    """The charges of the page, a point on a source, and random points far from and near to them."""
    positions, charges = tensor([[2.0, 2.0], [7.0, 7.0], [4.0, 6.0]]), tensor([-1.0, 1.0, -1.0])
    cases: list[Arguments] = [
        (tensor([5.0, 4.0]), positions[2:], charges[2:], 0.0),
        (tensor([5.0, 4.0]), positions, charges, 0.0),
        (positions[2], positions, charges, 0.5),
    ]
    for eps in (0.0, 0.4):
        below = uniform(generator, 0, 3, 3, 1)  # x and y of a source differ: no mirror symmetry
        places = torch.cat([below, below + uniform(generator, 1, 3, 3, 1)], 1)
        away = tensor([6.0, -1.0]) + uniform(generator, -0.5, 0.5, 2)
        cases.append((away, places, uniform(generator, 0.5, 2, 3), eps))
    return cases


POINT_SOURCES = Exercise(
    name="optimization.point_sources",
    page=PAGE,
    task="Return the potential and the field of point sources at one point `x`, with every "
    "distance $|x-x_i|$ regularised to $\\sqrt{|x-x_i|^2+\\epsilon^2}$.",
    signature="field(x, positions, charges, eps=0) -> (phi, E Tensor[2])",
    reference=point_sources,
    inputs=sources,
    tried="one and three sources, points between them and on a source",
    misconceptions=(
        Misconception(
            "exchanges row and column",
            mirrored,
            "The source at (4, 6) acts at (6, 4): x and y of the positions are exchanged.",
        ),
        Misconception(
            "does not regularise the distance",
            not_regularised,
            "At a source this is 0/0, and the field is NaN: regularise the distance with eps.",
        ),
        Misconception(
            "lets a positive charge attract",
            attracting,
            "A positive charge must repel: the field is minus the gradient of the potential.",
        ),
        Misconception(
            "divides by the square of the distance",
            squared_distance,
            "The vector from the source to x has a length of its own, so the field falls with 1/r "
            "here. Divide by the third power of the distance.",
        ),
        Misconception(
            "adds eps to the distance",
            distance_plus_eps,
            "Add eps² under the root, not eps to the root: otherwise E is no longer minus the "
            "gradient of the potential.",
        ),
    ),
    hints=(
        "`x - positions` holds the vectors from the sources to the point, x first, then y; "
        "their lengths are the distances.",
    ),
)

EXERCISES = [POLAR_VELOCITY, SPIN_STRETCH, POINT_SOURCES]
