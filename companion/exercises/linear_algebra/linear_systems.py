"""Exercises of the page on linear combinations, rank and solvability."""

from __future__ import annotations

from collections.abc import Iterable
from itertools import combinations
from typing import Any

import torch
from torch import Generator, Tensor

from companion import linalg, physics
from companion.exercises._inputs import integers, randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.linalg._check import LinAlgError

PAGE = "02-linear-algebra/linear-systems"


def combine(vectors: list[Tensor], alpha: Tensor) -> Tensor:
    return torch.column_stack(vectors) @ alpha


def rows_instead_of_columns(vectors: list[Tensor], alpha: Tensor) -> Tensor:
    return torch.stack(vectors) @ alpha


def weights_of_sum_one(vectors: list[Tensor], alpha: Tensor) -> Tensor:
    return combine(vectors, alpha / alpha.sum())


def is_rescaled(arguments: Arguments, got: Any) -> bool:
    """A positive or negative multiple of the right answer, by whatever norm of the coefficients."""
    right, mine = combine(*arguments), torch.as_tensor(got, dtype=torch.float64)
    factor = (mine @ right) / (right @ right)
    return bool((mine - factor * right).norm() < 1e-8 * right.norm() and abs(factor - 1) > 1e-6)


def sum_of_vectors(vectors: list[Tensor], alpha: Tensor) -> Tensor:
    return torch.stack(vectors).sum(0)


def vectors_and_coefficients(generator: Generator) -> list[Arguments]:
    """As many vectors as components, fewer and more; positive coefficients with a sum above 2."""
    cases: list[Arguments] = [([tensor([1.0, 2.0]), tensor([4.0, 2.0])], tensor([3.0, 2.0]))]
    for n, count in ((3, 2), (2, 3), (3, 3), (5, 4)):
        vectors = list(randn(generator, count, n))
        cases.append((vectors, uniform(generator, 1.1, 3.0, count)))
    return cases


COMBINE = Exercise(
    name="linear_algebra.combine",
    page=PAGE,
    task="Return the linear combination of a list of vectors with the coefficients `alpha`.",
    signature="combine(vectors, alpha) -> Tensor[n]",
    reference=combine,
    inputs=vectors_and_coefficients,
    tried="as many vectors as components, fewer and more",
    misconceptions=(
        Misconception(
            "stacks the vectors as rows",
            rows_instead_of_columns,
            "The vectors must be the columns of the matrix. As rows they give dot products, and "
            "the result is right only where the matrix is symmetric, such as the identity.",
        ),
        Misconception(
            "normalises the coefficients",
            weights_of_sum_one,
            "The coefficients must not be rescaled: a combination is no weighted mean.",
            recognise=is_rescaled,
        ),
        Misconception(
            "adds the vectors",
            sum_of_vectors,
            "This is the sum of the vectors. The coefficients are unused.",
        ),
    ),
    hints=("`torch.column_stack` makes a matrix with these columns.",),
)


def solvable(A: Tensor, b: Tensor, tol: float = 1e-10) -> bool:
    x = linalg.lstsq(A, b).solution
    return bool((A @ x - b).norm() <= tol * b.norm())


def nonzero_determinant(A: Tensor, b: Tensor, tol: float = 1e-10) -> bool:
    return bool(torch.linalg.det(A).abs() > tol)


def square_and_regular(A: Tensor, b: Tensor, tol: float = 1e-10) -> bool:
    return A.shape[0] == A.shape[1] and nonzero_determinant(A, b, tol)


def solvable_for_all(A: Tensor, b: Tensor, tol: float = 1e-10) -> bool:
    return int(torch.linalg.matrix_rank(A)) == A.shape[0]


def unique(A: Tensor, b: Tensor, tol: float = 1e-10) -> bool:
    return int(torch.linalg.matrix_rank(A)) == A.shape[1]


def integer_matrix(generator: Generator, m: int, n: int, rank: int) -> tuple[Tensor, Tensor]:
    """Return a matrix of small whole numbers with this rank, and a left null vector (or 0)."""
    M = integers(generator, 1, 4, m - rank, rank).double()
    N = integers(generator, -3, 4, rank, n - rank).double()
    middle = torch.eye(rank, dtype=torch.float64, device="cpu")
    # Unit triangular factors keep the rank and mix rows and columns.
    middle = middle + integers(generator, 1, 3, rank, rank).double().tril(-1)
    middle = middle @ (middle.T.triu(1) + torch.eye(rank, dtype=torch.float64, device="cpu"))
    identity = torch.eye(m, dtype=torch.float64, device="cpu")
    A = torch.cat([identity[:rank, :rank], M]) @ middle
    A = torch.cat([A, A @ N], dim=1)
    outside = torch.cat([-M[0], identity[rank, rank:]]) if m > rank else tensor([0.0] * m)
    order = torch.randperm(m, generator=generator)
    return A[order], outside[order]


def systems(generator: Generator) -> list[Arguments]:
    """Whole numbers, so that no rank and no residual is left to round-off."""
    cases: list[Arguments] = []
    for m, n, rank in ((2, 4, 2), (3, 5, 2), (4, 2, 2), (3, 3, 3), (3, 3, 2), (2, 2, 1)):
        A, outside = integer_matrix(generator, m, n, rank)
        b = A @ integers(generator, 1, 4, n).double()
        cases.append((A, b))
        if rank < m:
            cases.append((A, b + outside))
            cases.append((A, torch.zeros_like(b)))
    return cases


IN_COLUMN_SPACE = Exercise(
    name="linear_algebra.in_column_space",
    page=PAGE,
    task="Does $Ax=b$ have a solution? The tolerance is relative to the length of `b`.",
    signature="solvable(A, b, tol=1e-10) -> bool",
    reference=solvable,
    inputs=systems,
    tried="wide, tall, regular and singular matrices, b inside, outside and zero",
    misconceptions=(
        Misconception(
            "takes the determinant",
            nonzero_determinant,
            "A determinant exists for square matrices only, and a singular A still has solutions "
            "for every b that fits.",
        ),
        Misconception(
            "asks for a regular square matrix",
            square_and_regular,
            "This asks for an inverse. A wide, tall or singular A has none, but it reaches every b "
            "in its column space.",
        ),
        Misconception(
            "asks for a solution for every b",
            solvable_for_all,
            "Rank m means that every right-hand side can be reached: this is more than was asked. "
            "A solution for this b is enough.",
        ),
        Misconception(
            "asks for uniqueness",
            unique,
            "Rank n says that there is at most one solution. This is uniqueness, not existence.",
        ),
    ),
    hints=("Look at the residual of the least-squares solution.",),
)


def solve_without_exchange(A: Tensor, b: Tensor) -> Tensor:
    return back_substitute(*forward(A, b, exchange=False))


def exchange_forgets_b(A: Tensor, b: Tensor) -> Tensor:
    W, c = forward(A, b, carry_b=False)
    if bool((W.diagonal() == 0).any()):
        raise LinAlgError("A is singular")
    return back_substitute(W, c)


def infinite_for_singular(A: Tensor, b: Tensor) -> Tensor:
    return back_substitute(*forward(A, b))


def raises_at_zero(A: Tensor, b: Tensor) -> Tensor:
    W, c = forward(A, b, exchange=False)
    if not bool(W.isfinite().all()) or bool((W.diagonal() == 0).any()):
        raise LinAlgError("a pivot is zero")
    return back_substitute(W, c)


def forward(
    A: Tensor, b: Tensor, exchange: bool = True, carry_b: bool = True
) -> tuple[Tensor, Tensor]:
    """Eliminate below the diagonal, with the mistakes that were ordered."""
    W, c = A.clone(), b.clone()
    for j in range(len(W)):
        if exchange:
            pivot = j + int(W[j:, j].abs().argmax())
            W[[j, pivot]] = W[[pivot, j]]
            if carry_b:
                c[[j, pivot]] = c[[pivot, j]]
        for i in range(j + 1, len(W)):
            if W[i, j] != 0:
                factor = W[i, j] / W[j, j]
                W[i] = W[i] - factor * W[j]
                c[i] = c[i] - factor * c[j]
    return W, c


def back_substitute(W: Tensor, c: Tensor) -> Tensor:
    x = torch.zeros_like(c)
    for i in reversed(range(len(c))):
        x[i] = (c[i] - W[i, i + 1 :] @ x[i + 1 :]) / W[i, i]
    return x


def is_singular(A: Tensor) -> bool:
    return int(torch.linalg.matrix_rank(A)) < len(A)


def near(got: Any, right: Tensor) -> bool:
    mine = torch.as_tensor(got, dtype=torch.float64)
    return mine.shape == right.shape and torch.allclose(mine, right, rtol=1e-6, atol=1e-6)


def not_finite(got: Any) -> bool:
    return not bool(torch.as_tensor(got, dtype=torch.float64).isfinite().all())


def only_singular_is_wrong(arguments: Arguments, got: Any) -> bool:
    A, b = arguments
    return not_finite(got) if is_singular(A) else near(got, torch.linalg.solve(A, b))


def only_pivots_are_wrong(arguments: Arguments, got: Any) -> bool:
    """No exchange: infinite or NaN at a zero pivot, the wrong answer at a tiny one."""
    A, b = arguments
    wrong = solve_without_exchange(A, b)
    return not_finite(got) if not_finite(wrong) else near(got, wrong)


def square_systems(generator: Generator) -> list[Arguments]:
    """Tiny, zero and vanishing pivots, and well-conditioned systems that need exchanges."""
    a, b, c = (float(uniform(generator, 0.5, 2.0)) for _ in range(3))
    whole = integers(generator, 1, 5, 2).double()
    cases: list[Arguments] = [
        (tensor([[1e-20, 1.0], [1.0, 1.0]]), tensor([1.0, 2.0])),
        (tensor([[0.0, a], [b, c]]), tensor([1.0, 3.0])),
        (torch.stack([whole, 2 * whole]), tensor([1.0, 5.0])),
        (tensor([[1.0, 0.0, a], [b, 0.0, 1.0], [c, 0.0, 2.0]]), tensor([1.0, 2.0, 3.0])),
    ]
    for n in (2, 3, 5):
        A = uniform(generator, 0.1, 0.9, n, n)
        A = A + n * torch.eye(n, dtype=torch.float64, device="cpu")
        cases.append((A.roll(1, 0), randn(generator, n)))
    return cases


LU_SOLVE = Exercise(
    name="linear_algebra.lu_solve",
    page=PAGE,
    task="Solve $Ax=b$ by elimination with partial pivoting. For a singular matrix raise "
    "`torch.linalg.LinAlgError`.",
    signature="solve(A, b) -> Tensor[n]",
    reference=linalg.solve,
    inputs=square_systems,
    tried="well-conditioned systems, tiny and zero pivots, singular matrices",
    misconceptions=(
        Misconception(
            "returns infinite numbers for a singular matrix",
            infinite_for_singular,
            "Raise `torch.linalg.LinAlgError` when even the largest entry of the column vanishes: "
            "dividing by it gives inf or nan, and nobody notices.",
            recognise=only_singular_is_wrong,
        ),
        Misconception(
            "eliminates without exchanging rows",
            solve_without_exchange,
            "Exchange rows before you divide: with the pivot 1e-20 the system [[1e-20, 1], [1, 1]] "
            "and (1, 2) gives (0, 1) instead of (1, 1), and a zero pivot gives inf or nan.",
            recognise=only_pivots_are_wrong,
        ),
        Misconception(
            "exchanges the rows of A only",
            exchange_forgets_b,
            "Permute the right side too: each row of A belongs to its entry of b.",
        ),
        Misconception(
            "takes a zero pivot for a singular matrix",
            raises_at_zero,
            "A zero on the diagonal does not make A singular: exchange its row with one below, and "
            "raise only if the rest of the column is zero.",
        ),
    ),
    hints=("Swap the row with the largest entry of the column to the top, then eliminate.",),
)


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

EXERCISES = [COMBINE, IN_COLUMN_SPACE, LU_SOLVE, RIGID_BODY_MODES, SUPPORTS]
