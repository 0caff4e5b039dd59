"""Exercises of the page on least squares: pseudoinverse and projector."""

from __future__ import annotations

from typing import Any

import torch
from torch import Generator, Tensor

from companion import linalg
from companion.exercises._compare import difference, numeric
from companion.exercises._inputs import integers, orthogonal, randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "02-linear-algebra/least-squares"


def pinv(A: Tensor, rtol: float = 1e-12) -> Tensor:
    return linalg.pinv(A, rtol=rtol)


def left_inverse(A: Tensor, rtol: float = 1e-12) -> Tensor:
    inverse: Tensor = torch.linalg.inv(A.T @ A)
    return inverse @ A.T


def all_values(A: Tensor, rtol: float = 1e-12) -> Tensor:
    U, S, Vh = linalg.svd(A, full_matrices=False)
    return (Vh.T / S) @ U.T


def inverts_all_values(arguments: Arguments, got: Any) -> bool:
    """Huge or infinite where a singular value is zero, nothing cut elsewhere."""
    A = arguments[0]
    found = numeric(got)
    if found is None or found.shape != A.T.shape:
        return False
    if int(torch.linalg.matrix_rank(A)) < min(A.shape):
        return not bool(found.isfinite().all()) or float(found.abs().max()) > 1e8
    return difference(found, torch.linalg.pinv(A, rtol=0.0), 1e-8) is None


def absolute_cut(A: Tensor, rtol: float = 1e-12) -> Tensor:
    return linalg.pinv(A, atol=rtol, rtol=0.0)


def ignores_rtol(A: Tensor, rtol: float = 1e-12) -> Tensor:
    return linalg.pinv(A)


def transposed(A: Tensor, rtol: float = 1e-12) -> Tensor:
    return pinv(A, rtol).T


def repeated_columns(generator: Generator, m: int, rank: int, repeats: int) -> Tensor:
    """Whole numbers of the given rank; AᵀA is singular without any round-off."""
    A = integers(generator, 1, 4, m, rank).double().tril(-1)
    A = A + torch.eye(m, rank, dtype=torch.float64, device="cpu")
    again = integers(generator, 0, rank, repeats)
    return torch.cat([A, 2.0 * A[:, again]], dim=1)


def with_values(generator: Generator, m: int, values: list[float]) -> Tensor:
    """A tall matrix with these singular values."""
    n = len(values)
    U: Tensor = torch.linalg.qr(randn(generator, m, n))[0]
    return (U * tensor(values)) @ orthogonal(generator, n)


def matrices(generator: Generator) -> list[Arguments]:
    """Every kind of shape and rank; singular values far from the cutoff."""
    return [
        (tensor([[1.0, 0.0], [1.0, 1.0], [1.0, 2.0]]),),
        (with_values(generator, 4, [3.0, 2.0, 1.0]),),
        (with_values(generator, 3, [4.0, 2.0, 1.0]),),
        (repeated_columns(generator, 2, 2, 1),),
        (repeated_columns(generator, 3, 2, 1),),
        (repeated_columns(generator, 4, 1, 2),),
        (torch.zeros(2, 3, dtype=torch.float64, device="cpu"),),
        (with_values(generator, 3, [3e-13, 1e-13]),),
        (with_values(generator, 4, [20.0, 10.0, 0.5]), 0.1),
    ]


PINV = Exercise(
    name="linear_algebra.pinv",
    page=PAGE,
    task="Return the pseudoinverse of any matrix. Singular values up to `rtol` times the largest "
    "count as zero.",
    signature="pinv(A, rtol=1e-12) -> Tensor[n, m]",
    reference=pinv,
    inputs=matrices,
    tried="tall, wide and square matrices, of full and of lower rank, zero and tiny ones",
    misconceptions=(
        Misconception(
            "uses the formula of the left inverse",
            left_inverse,
            "The formula (AᵀA)⁻¹Aᵀ needs full column rank. For a wide matrix, or dependent "
            "columns, AᵀA is singular.",
        ),
        Misconception(
            "inverts every singular value",
            all_values,
            "This divides by singular values that are zero, or zero but for round-off. Cut the "
            "small ones: their reciprocal counts as 0.",
            recognise=inverts_all_values,
        ),
        Misconception(
            "compares singular values with an absolute number",
            absolute_cut,
            "The tolerance is relative: compare with rtol times the largest singular value. "
            "Otherwise a change of units changes the rank.",
        ),
        Misconception(
            "ignores the argument rtol",
            ignores_rtol,
            "The cutoff is fixed here: use the argument rtol, so that its caller decides which "
            "singular values count as zero.",
        ),
        Misconception(
            "returns the transpose",
            transposed,
            "The result is transposed: the pseudoinverse of an m by n matrix is n by m, V Σ⁺ Uᵀ.",
        ),
    ),
    hints=(
        "Take the singular value decomposition `U, S, Vh`, and invert the values that are not "
        "small.",
    ),
)


def projector(vectors: list[Tensor]) -> Tensor:
    Q = linalg.qr(torch.column_stack(vectors)).Q
    return Q @ Q.T


def not_normalised(vectors: list[Tensor]) -> Tensor:
    A = torch.column_stack(vectors)
    return A @ A.T


def sum_of_projectors(vectors: list[Tensor]) -> Tensor:
    return torch.stack([torch.outer(v, v) / (v @ v) for v in vectors]).sum(0)


def complement(vectors: list[Tensor]) -> Tensor:
    P = projector(vectors)
    return torch.eye(len(P), dtype=P.dtype, device=P.device) - P


def oblique_vectors(generator: Generator) -> list[Arguments]:
    """One, two and three vectors, not of length one, at angles well away from 0° and 90°."""
    cases: list[Arguments] = [([tensor([3.0, 4.0])],)]
    for n, count in ((3, 1), (3, 2), (5, 2), (5, 3)):
        Q = torch.linalg.qr(randn(generator, n, count))[0]
        mixing = torch.eye(count, dtype=torch.float64, device="cpu")
        mixing = mixing + uniform(generator, 0.3, 0.9, count, count).triu(1)
        lengths = uniform(generator, 1.5, 3.0, count)
        cases.append((list((Q @ mixing * lengths).T.clone()),))
    return cases


PROJECTOR = Exercise(
    name="linear_algebra.projector",
    page=PAGE,
    task="Return the orthogonal projector on the span of a list of independent vectors, which "
    "need not be perpendicular or of length one.",
    signature="projector(vectors) -> Tensor[n, n]",
    reference=projector,
    inputs=oblique_vectors,
    tried="one, two and three oblique vectors in up to five dimensions",
    misconceptions=(
        Misconception(
            "forgets to normalise",
            not_normalised,
            "P² is not P: vvᵀ stretches by the squared length of v. Divide by it, or use "
            "vectors of length one.",
        ),
        Misconception(
            "adds the projectors of the single vectors",
            sum_of_projectors,
            "Projectors of single vectors add up only if the vectors are perpendicular. What two "
            "oblique vectors share is counted twice: orthonormalise first.",
        ),
        Misconception(
            "projects on the complement",
            complement,
            "This is I - P. It projects on the complement and sends the given vectors to zero.",
        ),
    ),
    hints=("Find orthonormal vectors with the same span, as columns of Q: the projector is QQᵀ.",),
)

EXERCISES = [PINV, PROJECTOR]
