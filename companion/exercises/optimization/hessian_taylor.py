"""Exercises of the page on Hessians: quadratic functions, curvature, polynomials."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Generator, Tensor

from companion.calculus import QuadraticForm
from companion.exercises._compare import difference
from companion.exercises._inputs import randn, symmetric, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "03-optimization/hessian-taylor"
Pair = tuple[Tensor, Tensor]


def quadratic_gradient(A: Tensor, b: Tensor, x: Tensor) -> Pair:
    f = QuadraticForm(A, b)
    return f.grad(x), f.hessian(x)


def as_if_symmetric(A: Tensor, b: Tensor, x: Tensor) -> Pair:
    return A @ x + b, A


def half_missing(A: Tensor, b: Tensor, x: Tensor) -> Pair:
    return (A + A.T) @ x + b, A + A.T


def hessian_not_symmetric(A: Tensor, b: Tensor, x: Tensor) -> Pair:
    return quadratic_gradient(A, b, x)[0], A


def no_linear_term(A: Tensor, b: Tensor, x: Tensor) -> Pair:
    g, H = quadratic_gradient(A, b, x)
    return g - b, H


def part(number: int, *wrong: Callable[..., Pair]) -> Callable[[Arguments, Any], bool]:
    """Recognise a mistake by one of the two results: readers combine mistakes."""

    def recognise(arguments: Arguments, got: Any) -> bool:
        if not isinstance(got, tuple | list) or len(got) != 2:
            return False
        known = (function(*arguments)[number] for function in wrong)
        return any(difference(got[number], one, 1e-8) is None for one in known)

    return recognise


def quadratics(generator: Generator) -> list[Arguments]:
    """The matrix of the page, then random ones; none is symmetric."""
    page = tensor([[2.0, 1.0], [-3.0, 4.0]]), tensor([1.0, -1.0]), tensor([1.0, 2.0])
    sizes = (2, 3, 4)
    drawn = [(randn(generator, n, n), randn(generator, n), randn(generator, n)) for n in sizes]
    return [page, *drawn]


QUADRATIC_GRADIENT = Exercise(
    name="optimization.quadratic_gradient",
    page=PAGE,
    task="Return the gradient and the Hessian of ½ xᵀA x + bᵀx + c at `x`, for any square `A`.",
    signature="grad_hess(A, b, x) -> (Tensor[n], Tensor[n, n])",
    reference=quadratic_gradient,
    inputs=quadratics,
    tried="matrices of two to four rows that are not symmetric",
    misconceptions=(
        Misconception(
            "takes every matrix for symmetric",
            as_if_symmetric,
            "The gradient is A x + b for symmetric A only. For the matrix of the page this gives "
            "(5, 4) instead of (1, 6): both factors x of the form vary, one brings A, the other "
            "its transpose.",
            recognise=part(0, as_if_symmetric),
        ),
        Misconception(
            "loses the factor ½",
            half_missing,
            "The ½ in front is missing: A + Aᵀ is the Hessian of xᵀA x, and half of it that of "
            "½ xᵀA x.",
            recognise=part(1, half_missing),
        ),
        Misconception(
            "returns A as the Hessian",
            hessian_not_symmetric,
            "A Hessian is symmetric, and this A is not: the form sees only the symmetric part, so "
            "take that.",
            recognise=part(1, hessian_not_symmetric),
        ),
        Misconception(
            "forgets the linear term",
            no_linear_term,
            "The term bᵀx has the constant gradient b, which must be added. The constant c alone "
            "leaves no trace.",
            recognise=part(0, no_linear_term),
        ),
    ),
    hints=("The symmetric part of the matrix, ½ (A + Aᵀ), appears in both results.",),
)


def directional_curvature(H: Tensor, v: Tensor) -> Tensor:
    return v @ H @ v / (v @ v)


def not_normalised(H: Tensor, v: Tensor) -> Tensor:
    return v @ H @ v


def divided_once(H: Tensor, v: Tensor) -> Tensor:
    curvature: Tensor = v @ H @ v / torch.linalg.vector_norm(v)
    return curvature


def length_of_product(H: Tensor, v: Tensor) -> Tensor:
    length: Tensor = torch.linalg.vector_norm(H @ v) / torch.linalg.vector_norm(v)
    return length


def is_a_length(arguments: Arguments, got: Any) -> bool:
    H, v = arguments
    raw = torch.linalg.vector_norm(H @ v)
    both = (raw, length_of_product(H, v))
    return any(difference(got, one, 1e-8) is None for one in both)


def largest_eigenvalue(H: Tensor, v: Tensor) -> Tensor:
    largest: Tensor = torch.linalg.eigvalsh(H)[-1]
    return largest


def curved(generator: Generator) -> list[Arguments]:
    """Saddles, a dome and a bowl; directions that are neither short nor eigenvectors."""
    spectra = ([-1.0, 1.0], [-2.0, 1.0, 3.0], [-3.0, -2.0, -1.0], [1.0, 2.0, 4.0, 8.0])
    cases: list[Arguments] = [(tensor([[0.0, 1.0], [1.0, 0.0]]), tensor([3.0, -1.0]))]
    for values in spectra:
        n = len(values)
        stretch = uniform(generator, 0.8, 1.2, 1).item()
        H = stretch * symmetric(generator, values)
        _, vectors = torch.linalg.eigh(H)
        # Every eigenvector takes part, the first one most: the curvature is far from the largest.
        shares = uniform(generator, 0.3, 0.5, n)
        shares[0] = 1.0
        length = uniform(generator, 2, 4, 1).item()
        cases.append((H, length * vectors @ shares))
    return cases


DIRECTIONAL_CURVATURE = Exercise(
    name="optimization.directional_curvature",
    page=PAGE,
    task="Return the curvature of a function in the direction of `v`, which may have any length "
    "above 0; `H` is its Hessian.",
    signature="curvature(H, v) -> float",
    reference=directional_curvature,
    inputs=curved,
    tried="bowls, domes and saddles, with directions of many lengths",
    misconceptions=(
        Misconception(
            "takes the direction as long as it comes",
            not_normalised,
            "The curvature in the direction 2v must be the same as in the direction v, but this is "
            "four times as large: divide by vᵀv.",
        ),
        Misconception(
            "divides by the length once",
            divided_once,
            "The direction stands twice in vᵀH v, so divide by |v|² and not by |v|.",
        ),
        Misconception(
            "returns the length of H v",
            length_of_product,
            "The length of H v is never negative and so loses the sign: saddles and domes would "
            "look like bowls.",
            recognise=is_a_length,
        ),
        Misconception(
            "returns the largest eigenvalue",
            largest_eigenvalue,
            "The largest eigenvalue is the maximum over all directions. The curvature in this one "
            "lies between the smallest and the largest.",
        ),
    ),
    hints=("Make v a unit vector: the curvature is $v^THv/v^Tv$.",),
)


def taylor(derivs: Tensor, a: float, n: int, x: float) -> float:
    return math.fsum(derivs[i].item() / math.factorial(i) * (x - a) ** i for i in range(n + 1))


def one_term_short(derivs: Tensor, a: float, n: int, x: float) -> float:
    return taylor(derivs, a, n - 1, x)


def all_that_is_given(derivs: Tensor, a: float, n: int, x: float) -> float:
    return taylor(derivs, a, len(derivs) - 1, x)


def no_factorial(derivs: Tensor, a: float, n: int, x: float) -> float:
    return math.fsum(derivs[i].item() * (x - a) ** i for i in range(n + 1))


def constant_missing(derivs: Tensor, a: float, n: int, x: float) -> float:
    return taylor(derivs, a, n, x) - derivs[0].item()


def around_zero(derivs: Tensor, a: float, n: int, x: float) -> float:
    return taylor(derivs, 0.0, n, x)


def expansions(generator: Generator) -> list[Arguments]:
    """The cubic x³ at 2, a cubic drawn at random, then functions with all derivatives."""
    cases: list[Arguments] = [(tensor([8.0, 12.0, 12.0, 6.0, 0.0, 0.0]), 2.0, 3, 3.5)]
    for n in (2, 3, 4, 5, 6):
        a = uniform(generator, 1, 3, 1).item()
        d = uniform(generator, 0.8, 1.6, 1).item() * (-1) ** n
        derivs = randn(generator, n + 4)
        derivs = torch.sign(derivs) * (derivs.abs() + 0.5)  # no term is too small to be seen
        if n == 3:
            derivs[4:] = 0.0
        cases.append((derivs, a, n, a + d))
    return cases


TAYLOR = Exercise(
    name="optimization.taylor",
    page=PAGE,
    task="Return the value at `x` of the Taylor polynomial of degree `n` around `a`; `derivs[i]` "
    "is the i-th derivative of the function at `a`, and there are more of them than you need.",
    signature="taylor(derivs, a, n, x) -> float",
    reference=taylor,
    inputs=expansions,
    tried="cubics, which degree 3 must reproduce, and degrees 2 to 6",
    misconceptions=(
        Misconception(
            "sums n terms only",
            one_term_short,
            "These are n terms, which make degree n - 1: a constant, the term of degree 0, is a "
            "term as well, so degree n has n + 1.",
        ),
        Misconception(
            "leaves out the factorial",
            no_factorial,
            "Degrees 0 and 1 are right, and from degree 2 on there is an error: divide derivative "
            "i by i!, because i derivatives of (x - a)^i leave this factor.",
        ),
        Misconception(
            "starts the sum at 1",
            constant_missing,
            "The constant f(a) is missing: the sum starts at i = 0.",
        ),
        Misconception(
            "takes powers of x instead of x - a",
            around_zero,
            "The derivatives were taken at a, so the polynomial grows from there: use powers of "
            "x - a. At x = a it must give f(a).",
        ),
        Misconception(
            "sums all derivatives that are given",
            all_that_is_given,
            "The degree is n: stop there, even if more derivatives are given.",
        ),
    ),
    hints=("Degree n has n + 1 terms, from i = 0 to i = n.",),
)


EXERCISES = [QUADRATIC_GRADIENT, DIRECTIONAL_CURVATURE, TAYLOR]
