"""Exercises of the page on eigenvalues: directions, iteration, frequencies."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Generator, Tensor

from companion import linalg, physics
from companion.exercises._compare import numeric
from companion.exercises._inputs import orthogonal, randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "02-linear-algebra/eigenvalues"


def read(part: Any) -> Tensor:
    """Return an answer's numbers in double precision, also those of lists and arrays."""
    found = numeric(part)
    if found is None:
        raise TypeError(f"expected numbers, got {type(part).__name__}")
    return found.to(torch.float64)


def power(A: Tensor, x0: Tensor, tol: float, maxiter: int) -> tuple[Tensor, Tensor, int]:
    value, vector, history = linalg.power_iteration(A, x0, tol, maxiter)
    return value, vector, len(history)


def length_for_value(A: Tensor, x0: Tensor, tol: float, maxiter: int) -> tuple[Tensor, Tensor, int]:
    _, vector, count = power(A, x0, tol, maxiter)
    return torch.linalg.vector_norm(A @ vector), vector, count


def never_normalised(A: Tensor, x0: Tensor, tol: float, maxiter: int) -> tuple[Tensor, Tensor, int]:
    x, step = x0, 0
    while step < maxiter:
        step += 1
        x = A @ x
        value = x @ A @ x / (x @ x)
        if torch.linalg.vector_norm(A @ x - value * x) <= tol * value.abs() * x.norm():
            break
    return value, x, step


def waits_for_the_vector(
    A: Tensor, x0: Tensor, tol: float, maxiter: int
) -> tuple[Tensor, Tensor, int]:
    x, step = x0 / torch.linalg.vector_norm(x0), 0
    while step < maxiter:
        step += 1
        y = A @ x
        y = y / torch.linalg.vector_norm(y)
        moved = torch.linalg.vector_norm(y - x)
        x = y
        if moved <= tol:
            break
    return x @ A @ x, x, step


def dominant(A: Tensor) -> float:
    values = torch.linalg.eigvalsh(A)
    return float(values[values.abs().argmax()])


def pair_to_tolerance(arguments: Arguments, got: Any) -> str | None:
    """Return why value and vector are not the dominant pair, or None."""
    A, _, tol, _ = arguments
    value, vector, expected = float(got[0]), read(got[1]), dominant(A)
    if vector.shape != A.shape[-1:]:
        return f"the vector has shape {tuple(vector.shape)}, expected {tuple(A.shape[-1:])}"
    if not math.isfinite(value) or not bool(torch.isfinite(vector).all()):
        return "the result is not finite"
    if abs(float(torch.linalg.vector_norm(vector)) - 1) > 1e-8:
        return "the vector does not have length one"
    if abs(value - expected) > 1e-6 * abs(expected):
        return f"the eigenvalue is {value:.6g}, expected {expected:.6g}"
    residual = torch.linalg.vector_norm(A @ vector - value * vector)
    if residual > 10 * tol * abs(expected):
        return (
            f"the residual |Ax - λx| / |λ| is {float(residual) / abs(expected):.1e}, tol is {tol}"
        )
    return None


def judge_power(arguments: Arguments, got: Any, expected: Any) -> str | None:
    reason = pair_to_tolerance(arguments, got)
    if reason is None and int(got[2]) >= arguments[3]:
        return f"the iteration ran to its limit of {arguments[3]} steps"
    return reason


def lost_sign(arguments: Arguments, got: Any) -> bool:
    expected = dominant(arguments[0])
    return expected < 0 and abs(float(got[0]) + expected) <= 1e-4 * abs(expected)


def not_of_length_one(arguments: Arguments, got: Any) -> bool:
    length = float(torch.linalg.vector_norm(read(got[1])))
    return not math.isfinite(length) or abs(length - 1) > 1e-6


def ran_to_the_limit(arguments: Arguments, got: Any) -> bool:
    return int(got[2]) >= arguments[3] and pair_to_tolerance(arguments, got) is None


def power_inputs(generator: Generator) -> list[Arguments]:
    """Dominant values of either sign; the last two need about 1800 steps from about 1e3."""
    small = tensor([[1.5, 0.5], [0.5, 1.0]])
    cases: list[Arguments] = [(small, tensor([1.0, 0.0]), 1e-8, 4000)]
    for spectrum in ([-5.0, 3.0, 1.0], [4.0, -2.0, 1.0, 0.5], [1e3, 990, 200], [-1e3, -990, 300]):
        n = len(spectrum)
        Q = orthogonal(generator, n)
        A = (Q * tensor(spectrum)) @ Q.T
        start = torch.cat([tensor([1.0]), uniform(generator, -1, 1, n - 1)])
        cases.append(((A + A.T) / 2, Q @ start, 1e-8, 4000))
    return cases


POWER_ITERATION = Exercise(
    name="linear_algebra.power_iteration",
    page=PAGE,
    task="Return the eigenvalue of largest magnitude of a symmetric matrix, its eigenvector of "
    "length one, and the number of steps. Stop when |Ax - λx| <= tol |λ|, at the latest after "
    "`maxiter` steps.",
    signature="power_iteration(A, x0, tol, maxiter) -> (value, vector Tensor[n], iterations int)",
    reference=power,
    inputs=power_inputs,
    tried="dominant eigenvalues of either sign, large matrices and close eigenvalues",
    misconceptions=(
        Misconception(
            "takes the length of Ax for the eigenvalue",
            length_for_value,
            "A length is never negative, so the sign of a negative eigenvalue is lost. The "
            "Rayleigh quotient xᵀAx of the unit vector keeps it.",
            lost_sign,
        ),
        Misconception(
            "never normalises the vector",
            never_normalised,
            "The vector must be scaled to length one in each step: without it the length grows "
            "like |λ|ᵏ, and after some hundred steps the numbers overflow.",
            not_of_length_one,
        ),
        Misconception(
            "waits until the vector stops moving",
            waits_for_the_vector,
            "For a negative eigenvalue the vector flips its sign in each step, so the difference "
            "of two steps never becomes small. Watch the residual |Ax - λx| instead.",
            ran_to_the_limit,
        ),
    ),
    hints=("The residual `A @ x - value * x` is small exactly when x is nearly an eigenvector.",),
    judge=judge_power,
)


def frequencies(K: Tensor, M: Tensor) -> Tensor:
    return linalg.eigh(K, M).eigenvalues.sqrt() / (2 * math.pi)


def squared(K: Tensor, M: Tensor) -> Tensor:
    return linalg.eigh(K, M).eigenvalues


def angular(K: Tensor, M: Tensor) -> Tensor:
    return squared(K, M).sqrt()


def product_taken_for_symmetric(K: Tensor, M: Tensor) -> Tensor:
    values: Tensor = torch.linalg.eigvalsh(torch.linalg.inv(M) @ K)
    return values.sqrt() / (2 * math.pi)


def structures(generator: Generator) -> list[Arguments]:
    """Chains with closed-form frequencies, then stiff structures with unequal masses."""
    cases: list[Arguments] = []
    for n in (2, 3):
        k, m = (float(uniform(generator, 0.5, 2.0)) for _ in range(2))
        chain = physics.spring_chain(n, 1e4 * k, m, dtype=torch.float64, device="cpu")
        cases.append(chain)
    for n in (2, 3, 5):
        B = randn(generator, n, n)
        K = 1e4 * (B @ B.T + torch.eye(n, dtype=B.dtype, device=B.device))
        masses = torch.linspace(0.5, 4.0, n, dtype=B.dtype, device=B.device)
        cases.append(((K + K.T) / 2, torch.diag(masses * uniform(generator, 0.9, 1.1, n))))
    return cases


NATURAL_FREQUENCIES = Exercise(
    name="linear_algebra.natural_frequencies",
    page=PAGE,
    task="Return the natural frequencies in Hz, smallest first, of a structure with stiffness "
    "matrix `K` in N/m and mass matrix `M` in kg, both symmetric and positive definite.",
    signature="frequencies(K, M) -> Tensor[n]",
    reference=frequencies,
    inputs=structures,
    tried="chains and structures with unequal masses",
    misconceptions=(
        Misconception(
            "returns the squares",
            squared,
            "The eigenvalues are the squares ω² of the angular frequencies: take the root, then "
            "divide by 2π.",
        ),
        Misconception(
            "returns radians per second",
            angular,
            "These are angular frequencies in rad/s. One oscillation is 2π radians: divide by 2π.",
        ),
        Misconception(
            "gives the product of inverse mass and stiffness to eigh",
            product_taken_for_symmetric,
            "M⁻¹K is not symmetric when the masses are unequal, and `eigh` reads one triangle "
            "only: it answers for another matrix, and does not complain.",
        ),
    ),
    hints=("With M = LLᵀ the matrix L⁻¹KL⁻ᵀ is symmetric and has the eigenvalues ω².",),
)


SQUARE = ((0.0, 0.0), (1.0, 0.0), (1.0, 1.0), (0.0, 1.0))


def change_shape(A: Tensor) -> tuple[Tensor, bool]:
    values = linalg.eigvals(A)
    real = bool((values.imag.abs() <= 1e-7 * values.abs().max()).all())
    return A.new_tensor(SQUARE) @ A.T, real


def rows_as_images(A: Tensor) -> tuple[Tensor, bool]:
    return A.new_tensor(SQUARE) @ A, change_shape(A)[1]


def always_real(A: Tensor) -> tuple[Tensor, bool]:
    return change_shape(A)[0], True


def real_if_symmetric(A: Tensor) -> tuple[Tensor, bool]:
    return change_shape(A)[0], torch.equal(A, A.T)


def rotation(degrees: float) -> Tensor:
    c, s = math.cos(math.radians(degrees)), math.sin(math.radians(degrees))
    return tensor([[c, -s], [s, c]])


def plane_maps(generator: Generator) -> list[Arguments]:
    """Maps whose eigenvalues are clearly real, clearly complex, or exactly equal."""
    stretch = tensor([[1.9, 0.0], [0.0, 1.4]])
    half_turn, quarter_turn = tensor([[-1.0, 0.0], [0.0, -1.0]]), tensor([[0.0, -1.0], [1.0, 0.0]])
    shear = tensor([[1.0, float(uniform(generator, 0.3, 0.9))], [0.0, 1.0]])
    known = [stretch, rotation(30), quarter_turn, half_turn, quarter_turn @ stretch, shear]
    cases: list[Arguments] = [(A,) for A in known]
    while len(cases) < 9:
        A = randn(generator, 2, 2)
        if abs(float((A[0, 0] - A[1, 1]) ** 2 + 4 * A[0, 1] * A[1, 0])) > 0.1:
            cases.append((A,))
    return cases


CHANGE_SHAPE = Exercise(
    name="linear_algebra.change_shape",
    page=PAGE,
    task="Return the images of the corners (0,0), (1,0), (1,1), (0,1) of the unit square under "
    "`A`, and whether `A` has a real eigenvector.",
    signature="predict(A) -> (corners Tensor[4, 2], has_real_eigenvectors bool)",
    reference=change_shape,
    inputs=plane_maps,
    tried="stretches, rotations, their product, a shear and random maps",
    misconceptions=(
        Misconception(
            "takes the rows for the images",
            rows_as_images,
            "The columns of A are the images of e₁ and e₂, not its rows: each corner x becomes "
            "A @ x.",
        ),
        Misconception(
            "always says yes",
            always_real,
            "A quarter turn leaves no direction unchanged, and an eigenvector is never zero. Look "
            "at the imaginary parts of the eigenvalues instead of dropping them.",
        ),
        Misconception(
            "says yes to symmetric matrices only",
            real_if_symmetric,
            "Symmetry is enough, but not needed: a shear keeps one direction, and it is not "
            "symmetric.",
        ),
    ),
    hints=("The image of (1, 1) is the sum of the columns.",),
)

EXERCISES = [POWER_ITERATION, CHANGE_SHAPE, NATURAL_FREQUENCIES]
