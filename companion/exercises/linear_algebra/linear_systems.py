"""Exercises of the page on linear systems: combinations, solvability, elimination."""

from __future__ import annotations

from typing import Any

import torch
from torch import Generator, Tensor

from companion import linalg
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

EXERCISES = [COMBINE, IN_COLUMN_SPACE, LU_SOLVE]
