"""Exercises of the page on hypotheses and features: the columns of a design matrix."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from companion.exercises._inputs import randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.preprocessing import LegendreFeatures, PolynomialFeatures

PAGE = "05-regression/linear-models"
Domain = tuple[float, float]


def polynomial_features(X: Tensor, degree: int) -> Tensor:
    features: Tensor = PolynomialFeatures(degree).fit_transform(X)
    return features


def without_bias(X: Tensor, degree: int) -> Tensor:
    features: Tensor = PolynomialFeatures(degree, include_bias=False).fit_transform(X)
    return features


def first_variable_first(X: Tensor, degree: int) -> Tensor:
    if X.shape[1] == 1:
        return polynomial_features(X, degree)
    x, y = X[:, 0], X[:, 1]
    columns = [x**p * y**q for q in range(degree + 1) for p in range(degree + 1 - q)]
    return torch.stack(columns, 1)


def without_cross_terms(X: Tensor, degree: int) -> Tensor:
    powers = [X**k for k in range(1, degree + 1)]
    return torch.cat([torch.ones_like(X[:, :1]), *powers], 1)


def highest_power_first(X: Tensor, degree: int) -> Tensor:
    return polynomial_features(X, degree).flip(1)


def tables(generator: Generator) -> list[Arguments]:
    sizes = [(3, 1, 2), (3, 2, 2), (4, 1, 3), (4, 2, 3), (5, 2, 1), (6, 2, 4)]
    return [(randn(generator, n, d), degree) for n, d, degree in sizes]


POLYNOMIAL_FEATURES = Exercise(
    name="regression.polynomial_features",
    page=PAGE,
    task="Return the monomials of the columns of `X` up to `degree`, in scikit-learn's order: 1, "
    "x₁, x₂, x₁², x₁x₂, x₂², ... The table `X` has one or two columns.",
    signature="polynomial_features(X, degree) -> Tensor[n, p]",
    reference=polynomial_features,
    inputs=tables,
    tried="one and two columns, degrees 1 to 4",
    misconceptions=(
        Misconception(
            "leaves out the column of ones",
            without_bias,
            "The column of ones is missing: the power 0 is a monomial too, and its weight is the "
            "bias.",
        ),
        Misconception(
            "lists the powers of the first variable first",
            first_variable_first,
            "The columns are ordered by their degree: both variables come before any square. You "
            "list all powers of x₁ before x₂ appears.",
        ),
        Misconception(
            "leaves out the products",
            without_cross_terms,
            "The products are missing: x₁x₂ has degree 2 as well. Without it the model cannot say "
            "that one variable changes the effect of the other.",
        ),
        Misconception(
            "begins with the highest power",
            highest_power_first,
            "The columns come in descending order, as `numpy.vander` returns them. Here the "
            "constant is first, and the highest power last.",
        ),
    ),
    hints=("The columns belong to all exponents with a sum of at most the degree, by their sum.",),
)


def legendre_basis(x: Tensor, degree: int, domain: Domain) -> Tensor:
    features: Tensor = LegendreFeatures(degree, domain).fit_transform(x[:, None])
    return features


def to_minus_one_and_one(x: Tensor, domain: Domain) -> Tensor:
    start, end = domain
    return (2 * x - start - end) / (end - start)


def unscaled(x: Tensor, degree: int, domain: Domain) -> Tensor:
    return legendre_basis(x, degree, (-1.0, 1.0))


def scaled_to_zero_and_one(x: Tensor, degree: int, domain: Domain) -> Tensor:
    start, end = domain
    return legendre_basis((x - start) / (end - start), degree, (-1.0, 1.0))


def monomials(x: Tensor, degree: int, domain: Domain) -> Tensor:
    s = to_minus_one_and_one(x, domain)
    return torch.stack([s**k for k in range(degree + 1)], 1)


def index_one_too_low(x: Tensor, degree: int, domain: Domain) -> Tensor:
    s = to_minus_one_and_one(x, domain)
    P = [torch.ones_like(s), s]
    for k in range(2, degree + 1):  # the factors belong to the step before
        P.append(((2 * k - 3) * s * P[-1] - (k - 2) * P[-2]) / (k - 1))
    return torch.stack(P[: degree + 1], 1)


def intervals(generator: Generator) -> list[Arguments]:
    """Points in domains that are neither [-1, 1] nor [0, 1]; degrees above 2 tell all apart."""
    cases: list[Arguments] = [(tensor([0.0, 0.1, 0.2]), 3, (0.0, 0.2))]
    for n, degree in ((4, 3), (5, 4), (8, 7)):
        start = float(uniform(generator, -3.0, -1.5))
        end = float(uniform(generator, 1.5, 4.0))
        cases.append((uniform(generator, start, end, n), degree, (start, end)))
    return cases


LEGENDRE_BASIS = Exercise(
    name="regression.legendre_basis",
    page=PAGE,
    task="Return the Legendre polynomials of degree 0 to `degree` at the points `x`, scaled from "
    "`domain`, a pair of numbers, to [-1, 1]: one point in a row.",
    signature="legendre_basis(x, degree, domain) -> Tensor[n, degree + 1]",
    reference=legendre_basis,
    inputs=intervals,
    tried="four domains, degrees 3 to 7",
    misconceptions=(
        Misconception(
            "does not scale the points",
            unscaled,
            "The points are not scaled. Legendre polynomials are perpendicular on [-1, 1], and "
            "outside they explode: map the domain to it first.",
        ),
        Misconception(
            "scales to the interval from 0 to 1",
            scaled_to_zero_and_one,
            "You map the domain to [0, 1]. Legendre polynomials live on [-1, 1]: the middle of "
            "the domain must go to 0.",
        ),
        Misconception(
            "returns powers",
            monomials,
            "These are powers of the scaled points. They are as ill conditioned as before, only "
            "better scaled: use the recurrence.",
        ),
        Misconception(
            "shifts the index of the recurrence",
            index_one_too_low,
            "The index is shifted by one: with the recurrence as in the hint, P₂ takes k = 1, so "
            "P₂ = (3 s P₁ - P₀) / 2.",
        ),
    ),
    hints=("With the scaled point s: (k + 1) P_{k+1} = (2k + 1) s P_k - k P_{k-1}.",),
)

EXERCISES = [POLYNOMIAL_FEATURES, LEGENDRE_BASIS]
