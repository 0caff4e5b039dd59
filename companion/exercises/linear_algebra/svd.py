"""Exercises of the page on the singular value decomposition."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Generator, Tensor

from companion.exercises._compare import difference
from companion.exercises._inputs import integers, orthogonal, randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.linalg import polar, svd

PAGE = "02-linear-algebra/svd"


def low_rank(A: Tensor, k: int) -> Tensor:
    U, s, Vh = svd(A, full_matrices=False)
    return (U[:, :k] * s[:k]) @ Vh[:k]


def columns_of_vh(A: Tensor, k: int, svd: Any = torch.linalg.svd) -> Any:
    U, s, Vh = svd(A, full_matrices=False)
    return (U[:, :k] * s[:k]) @ Vh[:, :k].T


def columns_that_do_not_fit(A: Tensor, k: int) -> Tensor:
    U, s, Vh = svd(A, full_matrices=False)
    return (U[:, :k] * s[:k]) @ Vh[:, :k]


def with_any_signs(wrong: Any) -> Any:
    """Recognise a mistake whose result depends on signs, which each library chooses its own way."""

    def recognise(arguments: Arguments, got: Any) -> bool:
        both = (wrong(*arguments, svd=library) for library in (torch.linalg.svd, svd))
        return any(difference(got, result, 1e-8) is None for result in both)

    return recognise


def smallest_values(A: Tensor, k: int) -> Tensor:
    U, s, Vh = svd(A, full_matrices=False)
    return (U[:, -k:] * s[-k:]) @ Vh[-k:]


def dropped_columns(A: Tensor, k: int) -> Tensor:
    kept = torch.zeros_like(A)
    kept[:, :k] = A[:, :k]
    return kept


def low_rank_inputs(generator: Generator) -> list[Arguments]:
    shapes = [(2, 2, 1), (3, 3, 2), (4, 6, 2), (7, 4, 3), (5, 5, 1), (6, 9, 4)]
    return [(randn(generator, m, n), k) for m, n, k in shapes]


LOW_RANK = Exercise(
    name="linear_algebra.low_rank",
    page=PAGE,
    task="Return the matrix of rank at most `k` that is nearest to `A` in the Frobenius norm.",
    signature="low_rank(A, k) -> Tensor[m, n]",
    reference=low_rank,
    inputs=low_rank_inputs,
    tried="square, wide and tall matrices",
    misconceptions=(
        Misconception(
            "treats the returned factor as V instead of its transpose",
            columns_of_vh,
            "The library returns V transposed (`Vh`): keep its first k rows, not its columns.",
            recognise=with_any_signs(columns_of_vh),
        ),
        Misconception(
            "keeps columns of the transposed factor",
            columns_that_do_not_fit,
            "Shapes that do not fit usually come from `Vh[:, :k]`. The library returns V "
            "transposed, so its right singular vectors are rows: keep `Vh[:k]`.",
        ),
        Misconception(
            "keeps the smallest singular values",
            smallest_values,
            "Singular values come sorted, largest first: the first k carry the most.",
        ),
        Misconception(
            "sets columns of A to zero",
            dropped_columns,
            "Zeroing columns of A drops nodes (or pixels). Rank is lowered by dropping terms of "
            "the sum of dyads, and every column keeps a share.",
        ),
    ),
    hints=("`(U[:, :k] * s[:k]) @ Vh[:k]` sums the first k dyads in one product.",),
)


def max_terms(m: int, n: int) -> int:
    return min(m, n)


def sizes(generator: Generator) -> list[Arguments]:
    pair = integers(generator, 2, 30, 2).tolist()
    return [(2, 3), (5, 4), (6, 6), (427, 640), (sum(pair), pair[0]), (pair[1], sum(pair))]


RANK_ONE_TERMS = Exercise(
    name="linear_algebra.rank_one_terms",
    page=PAGE,
    task="How many rank-one terms can the singular value decomposition of an `m` by `n` matrix "
    "have at most?",
    signature="max_terms(m, n) -> int",
    reference=max_terms,
    inputs=sizes,
    tried="tall, wide and square sizes",
    misconceptions=(
        Misconception(
            "counts the rows",
            lambda m, n: m,
            "The first dimension is the limit only if it is the smaller one: a tall matrix has "
            "fewer columns than rows, and each term needs a new direction in both spaces.",
        ),
        Misconception(
            "counts the columns",
            lambda m, n: n,
            "The second dimension is the limit only if it is the smaller one: the vectors u live "
            "in a space of m dimensions, so there are at most m of them.",
        ),
        Misconception(
            "counts the entries",
            lambda m, n: m * n,
            "m times n is the number of entries. Each term fills all of them at once.",
        ),
    ),
    hints=("The matrix AᵀA is n by n and AAᵀ is m by m, and they share the non-zero eigenvalues.",),
)


def choose_k(s: Tensor, tol: float) -> int:
    tail = torch.flip(torch.cumsum(torch.flip(s**2, (0,)), 0), (0,))  # sum of s_i^2 from i on
    errors = torch.sqrt(torch.cat([tail, tail.new_zeros(1)]) / tail[0])
    return int((errors <= tol).nonzero()[0])


def energy_threshold(s: Tensor, tol: float) -> int:
    energy = torch.cumsum(s**2, 0) / torch.sum(s**2)
    return int((energy < 1 - tol).sum()) + 1


def index_instead_of_count(s: Tensor, tol: float) -> int:
    return choose_k(s, tol) - 1


def single_ratio(s: Tensor, tol: float) -> int:
    return int((s / s[0] > tol).sum())


def spectra(generator: Generator) -> list[Arguments]:
    """Spectra whose truncation errors keep clear of the tolerance: round-off is no issue."""
    slow = tensor([1.0] + 20 * [0.05])
    cases: list[Arguments] = [(tensor([4.0, 2.0, 1.0]), 0.3), (slow, 0.1)]
    for n, tol in ((6, 0.05), (12, 0.1), (20, 0.02)):
        s = float(uniform(generator, 0.35, 0.75)) ** tensor(list(range(n)))
        k = choose_k(s, tol)
        between = [float(torch.sqrt((s[i:] ** 2).sum() / (s**2).sum())) for i in (k - 1, k)]
        cases.append((s, math.sqrt(between[0] * between[1])))
    return cases


HOW_MANY_VALUES = Exercise(
    name="linear_algebra.how_many_values",
    page=PAGE,
    task="Return the smallest `k` for which the relative Frobenius error of the truncation is at "
    "most `tol`; `s` holds the singular values, largest first.",
    signature="choose_k(s, tol) -> int",
    reference=choose_k,
    inputs=spectra,
    tried="fast and slowly decaying spectra",
    misconceptions=(
        Misconception(
            "takes tol for a share of the energy",
            energy_threshold,
            "The relative error is the root of the missing energy: an error of tol leaves an "
            "energy of 1 - tol², not 1 - tol.",
        ),
        Misconception(
            "returns an index instead of a count",
            index_instead_of_count,
            "k is a count, not an index: with k = 1 one term is kept.",
        ),
        Misconception(
            "compares single values with the first",
            single_ratio,
            "The ratio of single values ignores the sum: many small values together can be large.",
        ),
    ),
    hints=("A cumulative sum from the end of `s**2` gives the squared error of every cutoff.",),
)


def to_uint8(x: Tensor) -> Tensor:
    return torch.round(255 * x).clamp(0, 255).to(torch.uint8)


def wrapped(x: Tensor) -> Tensor:
    return ((255 * x).long() % 256).to(torch.uint8)


def rescaled(x: Tensor) -> Tensor:
    return to_uint8((x - x.min()) / (x.max() - x.min()))


def floored(x: Tensor) -> Tensor:
    return (255 * x).clamp(0, 255).to(torch.uint8)


def pictures(generator: Generator) -> list[Arguments]:
    """Values that keep a tenth of a grey level away from the rounding threshold."""
    cases: list[Arguments] = [(tensor([-0.247, 0.0, 0.5012, 1.0, 1.084]),)]
    for shape in ((2, 3), (4, 4), (8, 6)):
        levels = integers(generator, -40, 296, *shape)
        cases.append(((levels + uniform(generator, -0.4, 0.4, *shape)) / 255,))
    return cases


def judge_uint8(arguments: Arguments, got: Any, expected: Tensor) -> str | None:
    value = torch.as_tensor(got)
    if value.dtype != torch.uint8:
        return f"the dtype is {value.dtype}, expected torch.uint8"
    if value.shape != expected.shape:
        return f"the result has shape {tuple(value.shape)}, expected {tuple(expected.shape)}"
    return None if torch.equal(value, expected) else "the grey values differ"


TO_UINT8 = Exercise(
    name="linear_algebra.to_uint8",
    page=PAGE,
    task="Convert an image with values around 0 to 1, some of them outside, to 8 bit: "
    "0 becomes 0, 1 becomes 255.",
    signature="to_uint8(x) -> Tensor[..., dtype=uint8]",
    reference=to_uint8,
    inputs=pictures,
    tried="values below 0, above 1 and between",
    misconceptions=(
        Misconception(
            "casts without clipping",
            wrapped,
            "Outside 0 to 255 an 8-bit number wraps on common processors: -0.247 becomes 194 and "
            "1.084 becomes 20. Clip first.",
        ),
        Misconception(
            "stretches the values from minimum to maximum",
            rescaled,
            "Rescaling to the minimum and maximum changes the brightness of every pixel. "
            "Clip instead.",
        ),
        Misconception(
            "cuts off the fraction",
            floored,
            "Cutting off the fraction makes the image darker by half a grey value on average: "
            "round before the conversion.",
        ),
    ),
    hints=("Scale by 255, round, clamp, convert: in this order.",),
    judge=judge_uint8,
)


def pod(X: Tensor, k: int) -> tuple[Tensor, Tensor]:
    U, s, Vh = svd(X, full_matrices=False)
    return Vh[:k], U[:, :k] * s[:k]


def modes_from_u(X: Tensor, k: int) -> tuple[Tensor, Tensor]:
    modes, coefficients = pod(X.T, k)
    return modes, coefficients


def no_scale(X: Tensor, k: int) -> tuple[Tensor, Tensor]:
    U, _, Vh = svd(X, full_matrices=False)
    return Vh[:k], U[:, :k]


def centred(X: Tensor, k: int) -> tuple[Tensor, Tensor]:
    return pod(X - X.mean(0), k)


def snapshots(generator: Generator) -> list[Arguments]:
    """Snapshots of well separated modes with a mean; times in rows."""
    cases: list[Arguments] = []
    for m, n, k in ((4, 3, 1), (5, 8, 2), (9, 6, 3)):
        U = torch.linalg.qr(randn(generator, m, k + 1))[0]
        V = torch.linalg.qr(randn(generator, n, k + 1) + 0.5)[0]
        s = 0.5 ** tensor(list(range(k + 1)))
        cases.append((5 * (U * s) @ V.T, k))
    return cases


def same_decomposition(got: Any, expected: Any) -> bool:
    """Equal up to a common sign of each mode and its coefficients."""
    (modes, coefficients), (right_modes, right_coefficients) = got, expected
    if modes.shape != right_modes.shape or coefficients.shape != right_coefficients.shape:
        return False
    signs = torch.sign((modes * right_modes).sum(1))
    close_modes = torch.allclose(modes * signs[:, None], right_modes, atol=1e-8)
    return close_modes and torch.allclose(coefficients * signs, right_coefficients, atol=1e-8)


def judge_pod(arguments: Arguments, got: Any, expected: Any) -> str | None:
    X, k = arguments
    modes, coefficients = (torch.as_tensor(part) for part in got)
    if modes.shape != (k, X.shape[1]) or coefficients.shape != (X.shape[0], k):
        return (
            f"shapes {tuple(modes.shape)} and {tuple(coefficients.shape)}, "
            f"expected {(k, X.shape[1])} and {(X.shape[0], k)}"
        )
    best = expected[1] @ expected[0]
    if not torch.allclose(coefficients @ modes, best, atol=1e-8):
        return "coefficients times modes is not the best approximation of rank k"
    if not torch.allclose(modes @ modes.T, modes.new_ones(k).diag(), atol=1e-8):
        return "the modes are not orthonormal"
    return None


POD = Exercise(
    name="linear_algebra.pod",
    page=PAGE,
    task="Return the first `k` spatial modes, as orthonormal rows, and the time coefficients of a "
    "snapshot matrix `X` with times in rows, so that `coefficients @ modes` is the best "
    "approximation of rank `k`.",
    signature="pod(X, k) -> (modes Tensor[k, n], coefficients Tensor[m, k])",
    reference=pod,
    inputs=snapshots,
    tried="more times than nodes and more nodes than times",
    misconceptions=(
        Misconception(
            "takes the modes from U",
            modes_from_u,
            "With times in rows, U belongs to time. The spatial modes are the rows of Vᵀ.",
        ),
        Misconception(
            "forgets the singular values",
            no_scale,
            "The scale is missing: the coefficients are the columns of U times their singular "
            "values.",
        ),
        Misconception(
            "subtracts the mean",
            centred,
            "The reconstruction lost the mean: nobody asked for centring here.",
        ),
    ),
    hints=("`U[:, :k] * s[:k]` are the coefficients, and their partners stand in `Vh`.",),
    judge=judge_pod,
    alike=same_decomposition,
)


def u_times_v(F: Tensor, svd: Any = torch.linalg.svd) -> tuple[Tensor, Tensor]:
    U, s, Vh = svd(F)
    return U @ Vh.T, (Vh.T * s) @ Vh


def eigenvectors_of_f(F: Tensor) -> tuple[Tensor, Tensor]:
    vectors = torch.linalg.eig(F)[1].real
    return vectors, torch.linalg.pinv(vectors) @ F


def left_stretch(F: Tensor) -> tuple[Tensor, Tensor]:
    U, s, Vh = svd(F)
    return U @ Vh, (U * s) @ U.T


def deformations(generator: Generator) -> list[Arguments]:
    """Deformation gradients in 3-D with positive determinant and separated stretches."""
    cases: list[Arguments] = []
    for _ in range(5):
        R, P = (orthogonal(generator, 3, rotation=True) for _ in range(2))
        cases.append((R @ (P * tensor([0.6, 1.1, 1.9])) @ P.T,))
    return cases


POLAR_ROTATION = Exercise(
    name="linear_algebra.polar_rotation",
    page=PAGE,
    task="Return the rotation `R` and the right stretch `U` of a deformation gradient `F = RU` "
    "with positive determinant.",
    signature="polar(F) -> (R Tensor[3, 3], U Tensor[3, 3])",
    reference=polar,
    inputs=deformations,
    tried="unsymmetric deformation gradients in three dimensions",
    misconceptions=(
        Misconception(
            "multiplies U by V instead of its transpose",
            u_times_v,
            "R = UVᵀ, and the library already returns Vᵀ: for a symmetric positive definite F the "
            "rotation must be the identity.",
            recognise=with_any_signs(u_times_v),
        ),
        Misconception(
            "takes the eigenvectors of F",
            eigenvectors_of_f,
            "The eigenvectors of F are not orthogonal (look at a shear), so they are no rotation.",
        ),
        Misconception(
            "returns the left stretch",
            left_stretch,
            "This stretch is the root of FFᵀ, the one in F = VR. The right stretch is the root "
            "of FᵀF.",
        ),
    ),
    hints=("Insert VᵀV between U and Σ: F = UΣVᵀ = (UVᵀ)(VΣVᵀ).",),
)

EXERCISES = [LOW_RANK, RANK_ONE_TERMS, HOW_MANY_VALUES, TO_UINT8, POD, POLAR_ROTATION]
