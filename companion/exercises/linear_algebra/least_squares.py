"""Exercises of the page on least squares: fits."""

from __future__ import annotations

from typing import Any

import torch
from torch import Generator, Tensor

from companion import linalg
from companion.exercises._inputs import integers, randn, tensor, uniform
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

EXERCISES = [LSTSQ, CALIBRATE_GAUGE]
