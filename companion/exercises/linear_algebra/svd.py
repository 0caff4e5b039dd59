"""Exercises of the page on the singular value decomposition: terms and ranks."""

from __future__ import annotations

import math
from typing import Any

import torch
from torch import Generator, Tensor

from companion.exercises._compare import difference
from companion.exercises._inputs import integers, randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.linalg import svd

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

EXERCISES = [LOW_RANK, RANK_ONE_TERMS, HOW_MANY_VALUES]
