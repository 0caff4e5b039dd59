"""Exercises of the page on projection, pseudoinverse and least squares."""

from __future__ import annotations

from typing import Any

import torch
from torch import Generator, Tensor

from companion import linalg
from companion.exercises._compare import difference, numeric
from companion.exercises._inputs import integers, orthogonal, randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "02-linear-algebra/least-squares"


def lstsq(A: Tensor, b: Tensor) -> Tensor:
    return linalg.lstsq(A, b).solution


def normal_equations(A: Tensor, b: Tensor) -> Tensor:
    return linalg.solve(A.T @ A, A.T @ b)


def inverted_square(A: Tensor, b: Tensor) -> Tensor:
    inverse: Tensor = torch.linalg.pinv(A.T @ A, hermitian=True)
    return inverse @ (A.T @ b)


def first_equations(A: Tensor, b: Tensor) -> Tensor:
    n = A.shape[1]
    return linalg.solve(A[:n], b[:n])


def without_transpose(A: Tensor, b: Tensor) -> Tensor:
    n = A.shape[1]
    Q, R = linalg.qr(A, mode="complete")
    return linalg.solve_triangular(R[:n], (Q @ b)[:n, None], upper=True)[:, 0]


def lauchli(generator: Generator, n: int) -> Arguments:
    """A row of ones over a small diagonal, whose square is rounded to a matrix of ones."""
    small = float(uniform(generator, 5e-9, 1e-8))
    identity = torch.eye(n, dtype=torch.float64, device="cpu")
    A = torch.cat([torch.ones_like(identity[:1]), small * identity])
    return A, A @ (torch.arange(n, device="cpu") + integers(generator, 1, 5, n).sort()[0]).double()


def tall_systems(generator: Generator) -> list[Arguments]:
    """Lines, random systems, one with as many equations as unknowns, and Läuchli matrices."""
    line = torch.column_stack([tensor([1.0, 1.0, 1.0]), tensor([0.0, 1.0, 2.0])])
    cases: list[Arguments] = [(line, tensor([1.0, 2.0, 2.0])), (line, randn(generator, 3))]
    for m, n in ((5, 2), (7, 3), (3, 3)):
        cases.append((randn(generator, m, n), randn(generator, m)))
    return [*cases, lauchli(generator, 2), lauchli(generator, 3)]


LSTSQ = Exercise(
    name="linear_algebra.lstsq",
    page=PAGE,
    task="Return the $x$ that minimises $\\|Ax-b\\|_2$ by a QR factorization. The columns of `A` "
    "are independent.",
    signature="lstsq(A, b) -> Tensor[n]",
    reference=lstsq,
    inputs=tall_systems,
    tried="lines, random systems, and the Läuchli matrix with entries near 1e-8",
    misconceptions=(
        Misconception(
            "solves the normal equations",
            normal_equations,
            "These are the normal equations. They square the condition number and lose half of "
            "the digits: with entries of 1e-8 in A, the matrix AᵀA is rounded to a singular one.",
        ),
        Misconception(
            "rescues the normal equations with a pseudoinverse",
            inverted_square,
            "The pseudoinverse of AᵀA hides that the square has been rounded to a lower rank: with "
            "entries of 1e-8 in A all unknowns come out equal. Do not form AᵀA.",
        ),
        Misconception(
            "solves the first n equations",
            first_equations,
            "This meets the first n equations and ignores the extra ones. Every reading counts.",
        ),
        Misconception(
            "multiplies by Q instead of its transpose",
            without_transpose,
            "The residual is not perpendicular to the columns: it takes Qᵀb, not Qb. Q carries the "
            "coordinates of R into space, and its transpose carries b back.",
        ),
    ),
    hints=("`Q.T @ b` is the right-hand side of a triangular system.",),
    tol=1e-6,  # condition number 1e8 times round-off
)


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


def calibrate(strain: Tensor, signal: Tensor) -> tuple[float, float, float]:
    A = torch.column_stack([torch.ones_like(strain), strain])
    x = linalg.lstsq(A, signal).solution
    return float(x[0]), float(x[1]), float((A @ x - signal).norm())


def no_offset(strain: Tensor, signal: Tensor) -> tuple[float, float, float]:
    slope = (strain @ signal) / (strain @ strain)
    return 0.0, float(slope), float((slope * strain - signal).norm())


def swapped(strain: Tensor, signal: Tensor) -> tuple[float, float, float]:
    offset, sensitivity, residual = calibrate(strain, signal)
    return sensitivity, offset, residual


def wrong_direction(strain: Tensor, signal: Tensor) -> tuple[float, float, float]:
    zero, slope, _ = calibrate(signal, strain)
    offset, sensitivity = -zero / slope, 1 / slope
    return offset, sensitivity, float((offset + sensitivity * strain - signal).norm())


def squared_residual(strain: Tensor, signal: Tensor) -> tuple[float, float, float]:
    offset, sensitivity, residual = calibrate(strain, signal)
    return offset, sensitivity, residual**2


def three_numbers(got: Any) -> list[float]:
    return [float(part) for part in got]


def judge_calibration(arguments: Arguments, got: Any, expected: Any) -> str | None:
    """Compare each number on its own scale: the sensitivity is far smaller than the rest."""
    strain, signal = arguments
    mine = three_numbers(got)
    if len(mine) != 3:
        return f"the result has {len(mine)} parts, expected offset, sensitivity and residual norm"
    scale = float(signal.abs().max())
    scales = (scale, scale / float(strain.abs().max()), scale)
    names = ("offset", "sensitivity", "residual norm")
    for name, a, b, size in zip(names, mine, expected, scales, strict=True):
        if not abs(a - b) <= 1e-8 * size:
            return f"the {name} differs"
    return None


def is_wrong_direction(arguments: Arguments, got: Any) -> bool:
    """Offset and sensitivity of the inverted line, whatever residual comes with them."""
    offset, sensitivity, _ = wrong_direction(*arguments)
    mine = three_numbers(got)
    residual = mine[2]
    return judge_calibration(arguments, mine, (offset, sensitivity, residual)) is None


def same_calibration(got: Any, wrong: Any) -> bool:
    pairs = zip(three_numbers(got), wrong, strict=True)
    return all(abs(a - b) <= 1e-7 * max(abs(b), 1e-6) for a, b in pairs)


def readings(generator: Generator) -> list[Arguments]:
    """Strain in µm/m and signal in mV/V, without noise and with it."""
    cases: list[Arguments] = []
    for n, noise in ((5, 0.0), (11, 0.0), (11, 0.05), (21, 0.05), (30, 0.05)):
        strain = torch.linspace(0.0, 1000.0, n, dtype=torch.float64, device="cpu")
        offset = 0.02 if n < 11 else float(uniform(generator, 0.02, 0.08))
        signal = offset + 5e-4 * strain + noise * randn(generator, n)
        cases.append((strain, signal))
    return cases


CALIBRATE_GAUGE = Exercise(
    name="linear_algebra.calibrate_gauge",
    page=PAGE,
    task="Fit signal = offset + sensitivity × strain to the readings of a strain gauge (strain in "
    "µm/m, signal in mV/V). Return offset, sensitivity, and the norm of the residual.",
    signature="calibrate(strain, signal) -> (offset, sensitivity, residual)",
    reference=calibrate,
    inputs=readings,
    tried="exact readings and readings with noise",
    misconceptions=(
        Misconception(
            "forces the line through zero",
            no_offset,
            "The zero offset is forced to 0: give the matrix a column of ones.",
        ),
        Misconception(
            "returns the sensitivity first",
            swapped,
            "The order is swapped: the offset comes first, then the sensitivity.",
        ),
        Misconception(
            "fits the strain over the signal",
            wrong_direction,
            "This is a regression in the wrong direction: the errors are in the signal, so the "
            "squares of its misfits are to be small. Fit the signal over the strain.",
            recognise=is_wrong_direction,
        ),
        Misconception(
            "returns the sum of squares",
            squared_residual,
            "This is the squared norm of the residual, which is also what `lstsq` calls "
            "`residuals`. Take the root.",
        ),
    ),
    hints=("Make a matrix with a column of ones and a column of strains.",),
    judge=judge_calibration,
    alike=same_calibration,
)

EXERCISES = [LSTSQ, PINV, PROJECTOR, CALIBRATE_GAUGE]
