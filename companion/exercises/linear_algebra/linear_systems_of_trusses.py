"""Exercises of the page on linear systems: rigid bodies and supports."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Any

import torch
from torch import Generator, Tensor

from companion import linalg, physics
from companion.exercises._inputs import tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "02-linear-algebra/linear-systems"


def modes(nodes: Tensor) -> Tensor:
    return physics.rigid_body_modes(nodes)


def with_third_column(nodes: Tensor, x: Tensor, y: Tensor) -> Tensor:
    """Return the two translations and the field (x, y), ordered node by node."""
    translations = torch.eye(2, dtype=nodes.dtype, device=nodes.device).repeat(len(nodes), 1)
    return torch.column_stack([translations, torch.stack([x, y], dim=1).flatten()])


def uniform_expansion(nodes: Tensor) -> Tensor:
    return with_third_column(nodes, nodes[:, 0], nodes[:, 1])


def forgotten_sign(nodes: Tensor) -> Tensor:
    return with_third_column(nodes, nodes[:, 1], nodes[:, 0])


def only_translations(nodes: Tensor) -> Tensor:
    return uniform_expansion(nodes)[:, :2]


def finite_rotation(nodes: Tensor) -> Tensor:
    angle = tensor(0.3)
    c, s = torch.cos(angle) - 1, torch.sin(angle)
    x, y = nodes[:, 0], nodes[:, 1]
    return with_third_column(nodes, c * x - s * y, s * x + c * y)


def all_x_first(nodes: Tensor) -> Tensor:
    return torch.cat([modes(nodes)[0::2], modes(nodes)[1::2]])


def projector(columns: Any) -> Tensor:
    """Return the projector on the span of the columns: equal for every basis of a space."""
    basis = linalg.orth(torch.as_tensor(columns, dtype=torch.float64), rcond=1e-9)
    return basis @ basis.T


def same_span(got: Any, wrong: Any) -> bool:
    return torch.allclose(projector(got), projector(wrong), atol=1e-8)


def is_finite_rotation(arguments: Arguments, got: Any) -> bool:
    """Translations and a mixture of rotation and expansion, at whatever angle."""
    (nodes,) = arguments
    mine, rigid, expansion = projector(got), projector(modes(nodes)), uniform_expansion(nodes)
    both = projector(torch.column_stack([modes(nodes), expansion]))
    inside = torch.allclose(both @ mine, mine, atol=1e-8)
    translations = torch.allclose(mine @ expansion[:, :2], expansion[:, :2], atol=1e-8)
    three = abs(float(torch.trace(mine)) - 3) < 1e-6
    pure = [torch.allclose(mine, p, atol=1e-8) for p in (rigid, projector(expansion))]
    return inside and translations and three and not any(pure)


def node_sets(generator: Generator) -> list[Arguments]:
    """Nodes that lie neither on a line nor around the origin."""
    cases: list[Arguments] = [(tensor([[0.0, 0.0], [1.0, 0.0], [0.5, 1.0]]),)]
    corners = tensor([[0.0, 0.0], [2.0, 0.0], [0.0, 1.0], [2.5, 1.5], [1.0, 3.0], [-1.0, 0.5]])
    for n in (3, 4, 6):
        shift = uniform(generator, 0.5, 2.0, 2)
        cases.append((corners[:n] + shift + uniform(generator, -0.2, 0.2, n, 2),))
    return cases


def judge_modes(arguments: Arguments, got: Any, expected: Tensor) -> str | None:
    (nodes,) = arguments
    columns = torch.as_tensor(got, dtype=torch.float64)
    if columns.shape != expected.shape:
        return f"the result has shape {tuple(columns.shape)}, expected {tuple(expected.shape)}"
    K = physics.truss_stiffness(nodes, list(combinations(range(len(nodes)), 2)))
    for number, column in enumerate(columns.T, 1):
        if not bool((K @ column).norm() <= 1e-8 * K.norm() * column.norm()):
            return f"column {number} stretches bars: K times it is not zero"
    if int(torch.linalg.matrix_rank(columns, rtol=1e-8)) < 3:
        return "the columns are not independent"
    return None


RIGID_BODY_MODES = Exercise(
    name="linear_algebra.rigid_body_modes",
    page=PAGE,
    task="Return a basis of the rigid-body modes of a plane set of nodes, ordered node by node "
    "$(u_{0x},u_{0y},u_{1x},\\dots)$; any basis will do.",
    signature="modes(nodes) -> Tensor[2n, 3]",
    reference=modes,
    inputs=node_sets,
    tried="trusses with a bar between any two of 3 to 6 nodes",
    misconceptions=(
        Misconception(
            "expands the body",
            uniform_expansion,
            "The displacement (x, y) is a uniform expansion: every bar grows. The rotation is "
            "(-y, x).",
        ),
        Misconception(
            "forgets the minus sign",
            forgotten_sign,
            "The displacement (y, x) is a shear: it stretches one diagonal and shortens the other. "
            "The rotation is (-y, x).",
        ),
        Misconception(
            "forgets the rotation",
            only_translations,
            "The rotation is missing: a plane body has two translations and one rotation.",
        ),
        Misconception(
            "rotates by a finite angle",
            finite_rotation,
            "This is a rotation by a finite angle, and to first order it changes lengths. Use the "
            "linearised rotation: cos θ - 1 becomes 0 and sin θ becomes θ.",
            recognise=is_finite_rotation,
        ),
        Misconception(
            "puts all x before all y",
            all_x_first,
            "The modes are right, but the order is not: displacements are ordered node by node, "
            "x and y of node 0 first.",
        ),
    ),
    hints=("A small rotation moves the point r by u = ω × r.",),
    judge=judge_modes,
    alike=same_span,
)


SQUARE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


SQUARE_BARS = ((0, 1), (1, 2), (2, 3), (3, 0), (0, 2))


def supports() -> list[int]:
    return [0, 1, 3]


def fixed_dofs(got: Any) -> list[int]:
    """Read the answer as a set of whole numbers."""
    values: Iterable[Any] = got.tolist() if hasattr(got, "tolist") else got
    return sorted({int(value) for value in values})


def least_stiffness(fixed: list[int]) -> float:
    """Return the smallest eigenvalue of the stiffness of the free dofs."""
    K = physics.truss_stiffness(tensor(SQUARE), SQUARE_BARS)
    free = [i for i in range(8) if i not in fixed]
    return float(torch.linalg.eigvalsh(K[free][:, free])[0])


def judge_supports(arguments: Arguments, got: Any, expected: list[int]) -> str | None:
    fixed = fixed_dofs(got)
    if any(i not in range(8) for i in fixed):
        return f"the dofs are 0 to 7, got {fixed}"
    if len(fixed) != 3:
        return f"{len(fixed)} fixed dofs do not make it statically determinate"
    if least_stiffness(fixed) < 1e-8:
        return f"with the dofs {fixed} fixed, the truss can still move"
    return None


def too_many(arguments: Arguments, got: Any) -> bool:
    return len(fixed_dofs(got)) > 3


def too_few(arguments: Arguments, got: Any) -> bool:
    return len(fixed_dofs(got)) < 3


def all_horizontal(arguments: Arguments, got: Any) -> bool:
    fixed = fixed_dofs(got)
    return len(fixed) == 3 and all(i % 2 == 0 for i in fixed)


def all_vertical(arguments: Arguments, got: Any) -> bool:
    fixed = fixed_dofs(got)
    return len(fixed) == 3 and all(i % 2 == 1 for i in fixed)


def through_one_point(arguments: Arguments, got: Any) -> bool:
    fixed = fixed_dofs(got)
    parallel = all_horizontal(arguments, got) or all_vertical(arguments, got)
    return len(fixed) == 3 and not parallel and least_stiffness(fixed) < 1e-8


SUPPORTS = Exercise(
    name="linear_algebra.supports",
    page=PAGE,
    task="Which dofs do you fix to make the square truss with a diagonal statically determinate? "
    "Nodes (0,0), (1,0), (1,1), (0,1); dofs 2i and 2i+1 are x and y of node i.",
    signature="supports() -> list[int]",
    reference=supports,
    inputs=lambda generator: [()],
    tried="your choice of dofs",
    misconceptions=(
        Misconception(
            "fixes horizontal dofs only",
            lambda: [0, 2, 4],
            "Horizontal fixings cannot stop a vertical translation.",
            recognise=all_horizontal,
        ),
        Misconception(
            "fixes vertical dofs only",
            lambda: [1, 3, 5],
            "Vertical fixings cannot stop a horizontal translation.",
            recognise=all_vertical,
        ),
        Misconception(
            "fixes too many dofs",
            lambda: [0, 1, 2, 3],
            "With more than three supports the truss is statically indeterminate: equilibrium "
            "alone does not give the reactions.",
            recognise=too_many,
        ),
        Misconception(
            "fixes too few dofs",
            lambda: [0, 1],
            "A plane body has three rigid-body modes, and each support removes one of them at "
            "most.",
            recognise=too_few,
        ),
        Misconception(
            "lets all bearing lines meet in one point",
            lambda: [0, 1, 2],
            "All bearing lines meet in one point, so the rotation about it is free. (The bearing "
            "line of a fixed dof passes through its node, in the direction that is fixed.)",
            recognise=through_one_point,
        ),
    ),
    hints=("Choose three bearing lines that have no common point and are not all parallel.",),
    judge=judge_supports,
)

EXERCISES = [RIGID_BODY_MODES, SUPPORTS]
