"""Exercises of the page on norms and forms: definiteness and energy."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from companion import linalg
from companion.exercises._inputs import randn, symmetric, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.linalg._check import LinAlgError

PAGE = "02-linear-algebra/norms-and-forms"


def kind(values: Tensor, tol: float) -> str:
    """Name the definiteness that the eigenvalues show when sizes up to ``tol`` count as zero."""
    positive, negative = bool((values > tol).any()), bool((values < -tol).any())
    zero = bool((values.abs() <= tol).any())
    if positive and negative:
        return "indefinite"
    return ("nd" if negative else "pd") if not zero else ("nsd" if negative else "psd")


def relative(values: Tensor) -> float:
    return 1e-10 * float(values.abs().max())


def eigenvalues_of_a(A: Tensor) -> str:
    values = torch.linalg.eigvals(A).real
    return kind(values, relative(values))


def one_triangle(A: Tensor) -> str:
    values = torch.linalg.eigvalsh(A)
    return kind(values, relative(values))


def exact_zero(A: Tensor) -> str:
    return kind(torch.linalg.eigvalsh((A + A.mT) / 2), 0.0)


def fixed_tolerance(A: Tensor) -> str:
    return kind(torch.linalg.eigvalsh((A + A.mT) / 2), 1e-10)


def determinant_sign(A: Tensor) -> str:
    determinant = float(torch.linalg.det((A + A.mT) / 2))
    scale = float(torch.linalg.matrix_norm(A)) ** len(A)
    if abs(determinant) <= 1e-10 * scale:
        return "psd"
    return "pd" if determinant > 0 else "indefinite"


def forms(generator: Generator) -> list[Arguments]:
    """All five kinds; eigenvalues are clearly zero or clearly not, whatever the scale."""
    a, b, t = (float(uniform(generator, low, high)) for low, high in ((1, 2), (1, 2), (6, 8)))
    cases = [
        tensor([[2.0, -1.0], [-1.0, 2.0]]),
        tensor([[1.0, -4.0], [0.0, 1.0]]),
        tensor([[-2.0, 0.0], [0.0, -1.0]]),
        tensor([[a, -t], [0.0, b]]),
        tensor([[1.0, 0.0], [-1.5, 1.0]]),
        symmetric(generator, [-3.0, -1.0, 1.0, 2.0]),
        # A soft structure in a large unit: every eigenvalue is a tiny number.
        1e-12 * symmetric(generator, [1.0, 2.0, 5.0]),
    ]
    skew = randn(generator, 3, 3)
    cases.append(symmetric(generator, [-1.0, -2.0, -4.0]) + skew - skew.mT)
    for sign in (1, -1, 1, -1):
        B = randn(generator, 2, 5)
        cases.append(sign * B.mT @ B)
    return [(A,) for A in cases]


DEFINITENESS = Exercise(
    name="linear_algebra.definiteness",
    page=PAGE,
    task='Classify the quadratic form xᵀAx: return `"pd"`, `"psd"`, `"nd"`, `"nsd"` or '
    '`"indefinite"`. `A` need not be symmetric, its entries may be tiny or huge, and it is not '
    "zero.",
    signature="definiteness(A) -> str",
    reference=linalg.definiteness,
    inputs=forms,
    tried="all five kinds, matrices that are not symmetric, of low rank, and of tiny entries",
    misconceptions=(
        Misconception(
            "takes the eigenvalues of A itself",
            eigenvalues_of_a,
            "[[1, -4], [0, 1]] has the eigenvalues 1 and 1, but xᵀAx = -2 at (1, 1). The form sees "
            "only the symmetric part: symmetrise first.",
        ),
        Misconception(
            "gives a matrix that is not symmetric to eigvalsh",
            one_triangle,
            "`eigvalsh` reads one triangle and believes that the other is its mirror image. "
            "Symmetrise first.",
        ),
        Misconception(
            "compares eigenvalues with exactly zero",
            exact_zero,
            "Round-off turns a zero eigenvalue into something like ±1e-17: use a tolerance "
            "relative to the largest eigenvalue.",
        ),
        Misconception(
            "uses a fixed tolerance",
            fixed_tolerance,
            "A fixed tolerance depends on the unit: stiffnesses that are tiny numbers would all "
            "count as zero. Make it relative to the largest eigenvalue.",
        ),
        Misconception(
            "decides by the determinant",
            determinant_sign,
            "diag(-2, -1) has a positive determinant and is negative definite: two negative "
            "factors cancel, so you need the sign of each eigenvalue.",
        ),
    ),
    hints=(
        "`eigvalsh((A + A.T) / 2)` holds the eigenvalues of the symmetric part.",
        "Count an eigenvalue as zero if it is below 1e-10 times the largest size.",
    ),
)


def energy_norm(K: Tensor, u: Tensor) -> Tensor:
    return linalg.vector_norm(linalg.cholesky(K).mT @ u)


def accepts_semidefinite(K: Tensor, u: Tensor) -> Tensor:
    values = torch.linalg.eigvalsh(K)
    if bool((values < -relative(values)).any()):
        raise LinAlgError("K is not positive semidefinite")
    return (u @ K @ u).clamp(min=0).sqrt()


def never_checks(K: Tensor, u: Tensor) -> Tensor:
    return (u @ K @ u).sqrt()


def without_root(K: Tensor, u: Tensor) -> Tensor:
    return energy_norm(K, u) ** 2


def norm_of_the_force(K: Tensor, u: Tensor) -> Tensor:
    linalg.cholesky(K)
    return linalg.vector_norm(K @ u)


def free_chain(n: int, stiffness: float) -> Tensor:
    """Return the stiffness of n masses in a row without support; its Cholesky factor is exact."""
    elongation = torch.eye(n, dtype=torch.float64, device="cpu").diff(dim=0)
    return stiffness * elongation.mT @ elongation


def stiffnesses(generator: Generator) -> list[Arguments]:
    """Definite matrices, and singular or indefinite ones on which round-off has no say."""
    K = tensor([[2.0, -1.0], [-1.0, 2.0]])
    cases: list[Arguments] = [(K, uniform(generator, 1, 3, 2))]
    for n in (2, 3, 5):
        values = uniform(generator, 2, 9, n)
        cases.append((symmetric(generator, values), randn(generator, n)))
    for n, stiffness in ((2, 1.0), (3, 4.0), (4, 16.0)):
        # A power of four has an exact root, so elimination ends with an exact zero.
        cases.append((free_chain(n, stiffness), uniform(generator, 0, 1, n).cumsum(0)))
    cases.append((tensor([[1.0, 2.0], [2.0, 1.0]]), uniform(generator, 1, 2, 2)))
    return cases


ENERGY_NORM = Exercise(
    name="linear_algebra.energy_norm",
    page=PAGE,
    task="Return the energy norm √(uᵀKu) of the displacements `u`, and raise "
    "`torch.linalg.LinAlgError` if the symmetric matrix `K` is not positive definite.",
    signature="energy_norm(K, u) -> Tensor[]",
    reference=energy_norm,
    inputs=stiffnesses,
    tried="definite matrices, unsupported chains and an indefinite matrix",
    misconceptions=(
        Misconception(
            "accepts a semidefinite matrix",
            accepts_semidefinite,
            "Without supports a rigid motion would have length 0 although it is not zero, so "
            "definiteness fails: reject a semidefinite K as well.",
        ),
        Misconception(
            "never checks K",
            never_checks,
            "Nothing stops a K that is not positive definite: the unsupported chain and the "
            "indefinite matrix must raise torch.linalg.LinAlgError.",
        ),
        Misconception(
            "forgets the root",
            without_root,
            "Without the root, twice the displacement gives four times the value: a norm must be "
            "absolutely homogeneous.",
        ),
        Misconception(
            "measures the force",
            norm_of_the_force,
            "The norm of Ku is the size of the force. The energy norm is the root of force times "
            "displacement.",
        ),
    ),
    hints=("The Cholesky factorization succeeds exactly if K is positive definite.",),
)

EXERCISES = [DEFINITENESS, ENERGY_NORM]
