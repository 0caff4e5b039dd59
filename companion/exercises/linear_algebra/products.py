"""Exercises of the page on products."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from companion.exercises._inputs import randn, symmetric
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "02-linear-algebra/products"


def matmul(A: Tensor, B: Tensor) -> Tensor:
    if A.shape[1] != B.shape[0]:
        raise ValueError(f"shapes {tuple(A.shape)} and {tuple(B.shape)} do not fit")
    return torch.einsum("ik,kj->ij", A, B)


def checked(product: Tensor, A: Tensor, B: Tensor) -> Tensor:
    """Give a wrong product, but refuse what the right one refuses."""
    if A.shape[1] != B.shape[0]:
        raise ValueError("shapes do not fit")
    return product


def entrywise(A: Tensor, B: Tensor) -> Tensor:
    return checked(A * B, A, B)


def first_transposed(A: Tensor, B: Tensor) -> Tensor:
    return checked(A.T @ B, A, B)


def factors_swapped(A: Tensor, B: Tensor) -> Tensor:
    return checked(B @ A, A, B)


def factors(generator: Generator) -> list[Arguments]:
    """Square pairs first: only there do the wrong formulas return numbers."""
    shapes = [(2, 2, 2), (3, 3, 3), (2, 3, 4), (4, 2, 3)]
    cases: list[Arguments] = [
        (randn(generator, m, k), randn(generator, k, n)) for m, k, n in shapes
    ]
    return [*cases, (randn(generator, 2, 3), randn(generator, 2, 4))]


MATMUL = Exercise(
    name="linear_algebra.matmul",
    page=PAGE,
    task="Multiply two matrices without `@` (loops or `einsum`), and raise a `ValueError` if their "
    "shapes do not fit.",
    signature="matmul(A, B) -> Tensor[m, n]",
    reference=matmul,
    inputs=factors,
    tried="square and non-square factors, and two that do not fit",
    misconceptions=(
        Misconception(
            "multiplies entry by entry",
            entrywise,
            "This is the Hadamard product, entry by entry. In a matrix product each entry is a row "
            "of A times a column of B.",
        ),
        Misconception(
            "transposes the first factor",
            first_transposed,
            "The row index and the sum index of A are swapped: this is AᵀB.",
        ),
        Misconception(
            "swaps the factors",
            factors_swapped,
            "The factors are swapped: this is BA, and the matrix product does not commute.",
        ),
    ),
    hints=("$C_{ij}=\\sum_kA_{ik}B_{kj}$: three indices, three loops, or one `einsum`.",),
)


def frobenius(A: Tensor, B: Tensor) -> Tensor:
    return (A * B).sum()


def trace_without_transpose(A: Tensor, B: Tensor) -> Tensor:
    return (A @ B).trace()


def sum_of_product(A: Tensor, B: Tensor) -> Tensor:
    return (A @ B).sum()


def distance(A: Tensor, B: Tensor) -> Tensor:
    return torch.sqrt(torch.sum((A - B) ** 2))


def equal_shapes(generator: Generator) -> list[Arguments]:
    shapes = [(2, 2), (3, 3), (2, 4), (5, 3)]
    return [(randn(generator, m, n), randn(generator, m, n)) for m, n in shapes]


FROBENIUS = Exercise(
    name="linear_algebra.frobenius",
    page=PAGE,
    task="Return the Frobenius product $A:B$ of two matrices of one shape.",
    signature="frobenius(A, B) -> Tensor[]",
    reference=frobenius,
    inputs=equal_shapes,
    tried="square matrices without symmetry, and non-square ones",
    misconceptions=(
        Misconception(
            "takes the trace of AB",
            trace_without_transpose,
            "The trace of AB is A:Bᵀ. It needs a transpose, and without it non-square matrices do "
            "not even fit.",
        ),
        Misconception(
            "sums the matrix product",
            sum_of_product,
            "This sums all entries of the matrix product AB. The Frobenius product pairs equal "
            "positions of A and B only.",
        ),
        Misconception(
            "measures a distance",
            distance,
            "The norm of A - B is a distance: zero for equal matrices, whose product is positive.",
        ),
    ),
    hints=("$\\operatorname{tr}(A^TB)$, or pair equal positions and sum.",),
)


def energy(K: Tensor, u: Tensor) -> Tensor:
    return 0.5 * u @ (K @ u)


def without_half(K: Tensor, u: Tensor) -> Tensor:
    return u @ K @ u


def broadcast(K: Tensor, u: Tensor) -> Tensor:
    return 0.5 * u * K * u


def magnitudes(K: Tensor, u: Tensor) -> Tensor:
    return 0.5 * torch.sqrt(torch.sum((K @ u) ** 2) * torch.sum(u**2))


def springs(generator: Generator) -> list[Arguments]:
    """Two and three masses on a line, a rigid translation (no energy), and general bodies."""
    free = torch.tensor([[1.0, -1.0], [-1.0, 1.0]], dtype=torch.float64, device="cpu")
    cases: list[Arguments] = [(free, randn(generator, 2)), (free, free.new_full((2,), 0.7))]
    for values in ([1.0, 3.0, 9.0], [0.5, 1.0, 4.0, 20.0]):
        cases.append((symmetric(generator, values), randn(generator, len(values))))
    K, u = cases[-1]
    return [*cases, (K, 2 * u)]


def judge_energy(arguments: Arguments, got: object, expected: Tensor) -> str | None:
    """Energies are compared on the scale of the body, so that round-off of a zero passes."""
    K, u = arguments
    value = torch.as_tensor(got, dtype=torch.float64)
    if value.ndim:
        return f"the result has shape {tuple(value.shape)}, an energy is one number"
    scale = float(K.abs().max() * u.abs().max() ** 2)
    return None if abs(float(value - expected)) <= 1e-9 * scale else "the energy differs"


STRAIN_ENERGY = Exercise(
    name="linear_algebra.strain_energy",
    page=PAGE,
    task="Return the energy of a linear elastic body with stiffness matrix `K` and displacements "
    "`u`.",
    signature="energy(K, u) -> Tensor[]",
    reference=energy,
    inputs=springs,
    tried="springs, elastic bodies, a doubled displacement and a rigid translation",
    misconceptions=(
        Misconception(
            "forgets the half",
            without_half,
            "Without ½ this is the work of a constant force. The force grows with the "
            "displacement from zero, so on average only half of it acts.",
        ),
        Misconception(
            "multiplies entry by entry",
            broadcast,
            "`*` broadcasts: the result is a Hadamard product with the shape of K. Energy is one "
            "number, from two matrix products.",
        ),
        Misconception(
            "multiplies magnitudes",
            magnitudes,
            "These are magnitudes only: the angle between force and displacement is missing.",
        ),
    ),
    hints=("Two matrix products: the force `K @ u` first, then its work along u.",),
    judge=judge_energy,
)

EXERCISES = [MATMUL, FROBENIUS, STRAIN_ENERGY]
