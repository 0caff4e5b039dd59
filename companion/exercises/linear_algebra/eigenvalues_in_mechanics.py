"""Exercises of the page on eigenvalues: stresses and buckling."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Generator, Tensor

from companion import linalg, physics
from companion.exercises._inputs import randn, symmetric, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.exercises.linear_algebra.eigenvalues import read

PAGE = "02-linear-algebra/eigenvalues"


def principal(sigma: Tensor) -> tuple[Tensor, Tensor]:
    return physics.principal_stresses(sigma)


def ascending(sigma: Tensor) -> tuple[Tensor, Tensor]:
    values, directions = torch.linalg.eigh(sigma)
    return values, directions * torch.linalg.det(directions).sign()


def rows_for_columns(sigma: Tensor) -> tuple[Tensor, Tensor]:
    values, directions = principal(sigma)
    return values, directions.T


def any_handedness(sigma: Tensor) -> tuple[Tensor, Tensor]:
    values, directions = torch.linalg.eigh(sigma)
    return values.flip(0), directions.flip(1)


def shows(values: Tensor, columns: Tensor, got: Any) -> bool:
    """Return whether an answer has these values and, up to signs, these columns."""
    mine, directions = (read(part) for part in got)
    if mine.shape != values.shape or directions.shape != columns.shape:
        return False
    cosines = (directions.T @ columns).abs()
    size = float(values.abs().max())
    return torch.allclose(mine, values, rtol=0, atol=1e-8 * size) and torch.allclose(
        cosines, torch.eye(3, dtype=cosines.dtype, device=cosines.device), rtol=0, atol=1e-7
    )


def looks_ascending(arguments: Arguments, got: Any) -> bool:
    values, directions = principal(arguments[0])
    return shows(values.flip(0), directions.flip(1), got)


def looks_like_rows(arguments: Arguments, got: Any) -> bool:
    values, directions = principal(arguments[0])
    return shows(values, directions, (got[0], read(got[1]).T))


def looks_left_handed(arguments: Arguments, got: Any) -> bool:
    values, directions = principal(arguments[0])
    right = shows(values, directions, got)
    return right and float(torch.linalg.det(read(got[1]))) < 0


def judge_principal(arguments: Arguments, got: Any, expected: Any) -> str | None:
    values, directions = (read(part) for part in got)
    if values.shape != (3,) or directions.shape != (3, 3):
        return f"shapes {tuple(values.shape)} and {tuple(directions.shape)}, expected (3,), (3, 3)"
    size = float(expected[0].abs().max())
    if not torch.allclose(values, expected[0], rtol=0, atol=1e-8 * size):
        return "the principal stresses differ"
    if not shows(expected[0], expected[1], got):
        return "the columns are not unit vectors n with σn = σᵢn"
    if torch.linalg.det(directions) < 0:
        return "the directions are left-handed: their determinant is -1"
    return None


def stress_states(generator: Generator) -> list[Arguments]:
    """Stresses in MPa; the raw eigenvectors of at least two of them are left-handed."""
    cases: list[Arguments] = [
        (tensor([[50.0, 30.0, 20.0], [30.0, -20.0, -10.0], [20.0, -10.0, 10.0]]),)
    ]
    left = 0
    while len(cases) < 5 or left < 2:
        steps = uniform(generator, 10, 60, 3)
        sigma = symmetric(generator, steps.cumsum(0) - 80)
        left += int(torch.linalg.det(any_handedness(sigma)[1]) < 0)
        cases.append((sigma,))
    return cases


PRINCIPAL_STRESSES = Exercise(
    name="linear_algebra.principal_stresses",
    page=PAGE,
    task="Return the principal stresses of a 3 by 3 stress, largest first, and their directions "
    "as the columns of a right-handed orthonormal basis.",
    signature="principal(sigma) -> (values Tensor[3], directions Tensor[3, 3])",
    reference=principal,
    inputs=stress_states,
    tried="stresses in tension and compression, turned in space",
    misconceptions=(
        Misconception(
            "returns the smallest stress first",
            ascending,
            "σ₁ is the largest principal stress: `eigh` sorts in ascending order, so flip values "
            "and columns.",
            looks_ascending,
        ),
        Misconception(
            "takes the rows for the directions",
            rows_for_columns,
            "The directions are the columns, not the rows: test one with `sigma @ n`, which must "
            "be the stress times n.",
            looks_like_rows,
        ),
        Misconception(
            "leaves the handedness to chance",
            any_handedness,
            "Some of your bases have determinant -1, which is a reflection and no rotation: turn "
            "one direction round where that happens.",
            looks_left_handed,
        ),
    ),
    hints=("Take `eigh`, flip both results, then look at the determinant.",),
    judge=judge_principal,
)


def von_mises(sigma: Tensor) -> Tensor:
    return physics.von_mises(sigma)


def no_deviator(sigma: Tensor) -> Tensor:
    return torch.sqrt(1.5 * (sigma * sigma).sum())


def wrong_factor(sigma: Tensor) -> Tensor:
    return physics.von_mises(sigma) / math.sqrt(3)


def rankine(sigma: Tensor) -> Tensor:
    return linalg.eigvalsh(sigma)[-1]


def tresca(sigma: Tensor) -> Tensor:
    values = linalg.eigvalsh(sigma)
    return values[-1] - values[0]


def simple_and_mixed_states(generator: Generator) -> list[Arguments]:
    cases: list[Arguments] = [
        (tensor([[100.0, 0, 0], [0, 0, 0], [0, 0, 0]]),),
        (tensor([[-50.0, 0, 0], [0, -50, 0], [0, 0, -50]]),),
        (tensor([[0.0, 40, 0], [40, 0, 0], [0, 0, 0]]),),
    ]
    for _ in range(3):
        A = 50 * randn(generator, 3, 3)
        cases.append(((A + A.T) / 2,))
    return cases


def judge_stress(arguments: Arguments, got: Any, expected: Tensor) -> str | None:
    """Compare on the scale of the stress: under pure pressure the answer is 0 up to round-off."""
    value = read(got)
    if value.shape != ():
        return f"the result has shape {tuple(value.shape)}, expected one number"
    size = float(arguments[0].abs().max())
    if abs(float(value) - float(expected)) <= 1e-8 * size:
        return None
    return f"the equivalent stress is {float(value):.6g}, expected {float(expected):.6g}"


VON_MISES = Exercise(
    name="linear_algebra.von_mises",
    page=PAGE,
    task="Return the equivalent stress of von Mises of a 3 by 3 stress.",
    signature="von_mises(sigma) -> scalar",
    reference=von_mises,
    inputs=simple_and_mixed_states,
    tried="tension, pressure, shear and mixtures",
    misconceptions=(
        Misconception(
            "forgets the deviator",
            no_deviator,
            "Equal pressure from all sides must give 0: subtract the mean stress from the "
            "diagonal first.",
        ),
        Misconception(
            "takes 1/2 for 3/2",
            wrong_factor,
            "Uniaxial tension must return itself: the factor under the root is 3/2. With 1/2 you "
            "get the root of the second invariant of the deviator.",
        ),
        Misconception(
            "returns the largest principal stress",
            rankine,
            "The largest principal stress is the criterion of Rankine, which suits brittle "
            "materials. Von Mises measures the change of shape.",
        ),
        Misconception(
            "returns the difference of the outer principal stresses",
            tresca,
            "The difference of the largest and the smallest principal stress is the criterion of "
            "Tresca. It is at least as large as the equivalent stress of von Mises.",
        ),
    ),
    hints=("The root of 3/2 times s : s, with the deviator s.",),
    judge=judge_stress,
)


def differences(size: int, h: float) -> Tensor:
    """Return the matrix of -w'' on so many nodes at distance h, zero beyond both ends."""
    diagonal = 2 * torch.eye(size, dtype=torch.float64, device="cpu")
    beside = torch.diag(torch.ones(size - 1, dtype=torch.float64, device="cpu"), 1)
    return (diagonal - beside - beside.T) / h**2


def critical_load(EI: float, L: float, n: int) -> float:
    return EI * float(linalg.eigvalsh(differences(n - 1, L / n))[0])


def highest_mode(EI: float, L: float, n: int) -> float:
    return EI * float(linalg.eigvalsh(differences(n - 1, L / n))[-1])


def no_squared_count(EI: float, L: float, n: int) -> float:
    return critical_load(EI, L, n) / n**2


def ends_kept(EI: float, L: float, n: int) -> float:
    return EI * float(linalg.eigvalsh(differences(n + 1, L / n))[0])


def one_node_too_many(EI: float, L: float, n: int) -> float:
    return EI * float(linalg.eigvalsh(differences(n, L / n))[0])


def columns(generator: Generator) -> list[Arguments]:
    cases: list[Arguments] = [(1.0, 1.0, 4)]
    for n in (2, 5, 10, 20):
        EI, L = float(uniform(generator, 1e3, 1e5)), float(uniform(generator, 1.5, 5.0))
        cases.append((EI, L, n))
    return cases


BUCKLING = Exercise(
    name="linear_algebra.buckling",
    page=PAGE,
    task="Return the critical load of a column of length `L` and bending stiffness `EI`, pinned at "
    "both ends, from the matrix of central differences on `n` equal intervals.",
    signature="critical_load(EI, L, n) -> float",
    reference=critical_load,
    inputs=columns,
    tried="coarse and fine meshes of short and long columns",
    misconceptions=(
        Misconception(
            "takes the largest eigenvalue",
            highest_mode,
            "The column fails at the smallest load. The largest eigenvalue belongs to the zigzag "
            "of the mesh and grows without limit as the mesh is refined.",
        ),
        Misconception(
            "forgets the number of intervals",
            no_squared_count,
            "The second difference is divided by h² with h = L / n: without n² the load tends to "
            "0 as the mesh is refined.",
        ),
        Misconception(
            "keeps the end nodes",
            ends_kept,
            "The deflection at both ends is known to be 0: with the end nodes as unknowns they can "
            "move, and the column is two intervals longer.",
        ),
        Misconception(
            "counts n interior nodes",
            one_node_too_many,
            "n intervals have n + 1 nodes with both ends, and n - 1 without them. Your column is "
            "one interval longer than it should be.",
        ),
    ),
    hints=("Only the n - 1 interior nodes are unknown: 2 on the diagonal, -1 beside it, over h².",),
)

EXERCISES = [PRINCIPAL_STRESSES, VON_MISES, BUCKLING]
