"""Exercises of the page on least squares: the solution by QR, and the gradient of the cost."""

from __future__ import annotations

from typing import Any

import torch
from torch import Generator, Tensor

from companion import linalg
from companion.exercises._compare import difference
from companion.exercises._inputs import randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.linear_model import LinearRegression

PAGE = "05-regression/least-squares"
LOOSE = 1e-6  # condition number 1e7 or 1e8 times round-off, with room


def fit_qr(X: Tensor, y: Tensor) -> Tensor:
    weights: Tensor = LinearRegression(fit_intercept=False).fit(X, y).coef_
    return weights


def normal_equations(X: Tensor, y: Tensor) -> Tensor:
    return linalg.solve(X.T @ X, X.T @ y)


def loses_digits(arguments: Arguments, got: Any) -> bool:
    """Right weights where X is harmless; elsewhere wrong ones whose line still fits."""
    X, y = arguments
    found, right = torch.as_tensor(got, dtype=X.dtype), fit_qr(X, y)
    if found.shape != right.shape:
        return False
    close = difference(found, right, LOOSE) is None
    if float(torch.linalg.cond(X)) < 1e5:
        return close
    return not close and float((X @ (found - right)).norm()) < 1e-3 * float(y.norm())


def second_bias(X: Tensor, y: Tensor) -> Tensor:
    twice = torch.cat([torch.ones_like(X[:, :1]), X], dim=1)
    Q, R = torch.linalg.qr(twice)
    solved: Tensor = torch.linalg.solve_triangular(R, (Q.T @ y)[:, None], upper=True)
    return solved[:, 0]


def one_weight_more(arguments: Arguments, got: Any) -> bool:
    """The weights themselves are round-off over round-off: only their number can be told."""
    return bool(len(got) == arguments[0].shape[1] + 1)


def full_q(X: Tensor, y: Tensor) -> Tensor:
    p = X.shape[1]
    Q, R = linalg.qr(X, mode="complete")
    solved: Tensor = torch.linalg.solve_triangular(R[:p], (Q @ y)[:p, None], upper=True)
    return solved[:, 0]


def shapes_that_do_not_fit(X: Tensor, y: Tensor) -> Tensor:
    Q, _ = torch.linalg.qr(X)
    product: Tensor = Q @ y
    return product


def without_triangle(X: Tensor, y: Tensor) -> Tensor:
    return linalg.qr(X).Q.T @ y


def coordinates_in_q(arguments: Arguments, got: Any) -> bool:
    """Qᵀy, whatever signs the library gave to the columns of Q."""
    expected = without_triangle(*arguments).abs()
    return difference(torch.as_tensor(got, dtype=expected.dtype).abs(), expected, LOOSE) is None


def with_bias(generator: Generator, n: int, p: int) -> Tensor:
    """Draw a harmless design matrix of n examples; its first column is 1."""
    X = randn(generator, n, p)
    X[:, 0] = 1.0
    return X


def designs(generator: Generator) -> list[Arguments]:
    """Lines and planes with noise, and exact polynomials of degree 10, whose columns look alike."""
    line = torch.column_stack([tensor([1.0, 1.0, 1.0]), tensor([0.0, 1.0, 2.0])])
    cases: list[Arguments] = [(line, randn(generator, 3))]
    for n, p in ((6, 2), (9, 3), (20, 5)):
        cases.append((with_bias(generator, n, p), randn(generator, n)))
    points = torch.linspace(0.0, 1.0, 21, dtype=torch.float64, device="cpu")
    powers = torch.vander(points, 11, increasing=True)
    return [*cases, *((powers, powers @ uniform(generator, 0.5, 1.5, 11)) for _ in range(2))]


FIT_QR = Exercise(
    name="regression.fit_qr",
    page=PAGE,
    task="Return the weights of least squares by a QR factorization. The columns of `X` are "
    "independent, and the first one is 1 already.",
    signature="fit_qr(X, y) -> Tensor[p]",
    reference=fit_qr,
    inputs=designs,
    tried="lines, planes and polynomials of degree 10",
    misconceptions=(
        Misconception(
            "solves the normal equations",
            normal_equations,
            "The line fits, but the weights of degree 10 are wrong from the second or third digit "
            "on: XᵀX has the square of the condition number. Do not form it; solve R w = Qᵀy.",
            recognise=loses_digits,
        ),
        Misconception(
            "adds a second column of ones",
            second_bias,
            "There is one weight too many: X has its column of ones already. With a second one "
            "the columns depend on each other, and R has a zero on its diagonal.",
            recognise=one_weight_more,
        ),
        Misconception(
            "multiplies by the full Q instead of its transpose",
            full_q,
            "This is Qy with the full Q, cut to the first p entries. The coordinates of y along "
            "the columns of Q are Qᵀy, and the reduced Q, N by p, gives just the p you need.",
        ),
        Misconception(
            "multiplies by the reduced Q instead of its transpose",
            shapes_that_do_not_fit,
            "Shapes that do not fit usually come from `Q @ y`: Q is N by p and y has N entries. "
            "The right-hand side of the triangular system is `Q.T @ y`.",
        ),
        Misconception(
            "stops before the triangular system",
            without_triangle,
            "These are the coordinates Qᵀy along the columns of Q, not the weights of the columns "
            "of X. One step is missing: solve R w = Qᵀy.",
            recognise=coordinates_in_q,
        ),
    ),
    hints=("The reduced form has an N by p factor `Q`; solve the triangular system R w = Qᵀy.",),
    tol=LOOSE,
)


def gradient(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    return X.T @ (X @ w - y) / len(y)


def summed(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    return X.T @ (X @ w - y)


def one_example(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    return X[0] * (X[0] @ w - y[0])


def any_single_example(arguments: Arguments, got: Any) -> bool:
    """The gradient of one example, whichever, also divided by the number of all."""
    X, y, w = arguments
    found, singles = torch.as_tensor(got, dtype=X.dtype), X * (X @ w - y)[:, None]
    return any(
        difference(found, single / count, 1e-8) is None
        for single in singles
        for count in (1, len(y))
    )


def uphill(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    return X.T @ (y - X @ w) / len(y)


def without_half(X: Tensor, y: Tensor, w: Tensor) -> Tensor:
    return 2 * gradient(X, y, w)


def places(generator: Generator) -> list[Arguments]:
    """Design matrices with a column of ones, outputs, and weights away from the best ones."""
    shapes = [(3, 2), (5, 2), (20, 2), (12, 4), (30, 6)]
    return [
        (with_bias(generator, n, p), randn(generator, n), 2 + uniform(generator, 0, 2, p))
        for n, p in shapes
    ]


GRADIENT = Exercise(
    name="regression.gradient",
    page=PAGE,
    task="Return the gradient of the cost "
    "$J(\\mathbf w)=\\frac1{2N}\\|\\mathbf y-\\mathbf X\\mathbf w\\|^2$.",
    signature="gradient(X, y, w) -> Tensor[p]",
    reference=gradient,
    inputs=places,
    tried="2 to 6 weights, 3 to 30 examples",
    misconceptions=(
        Misconception(
            "sums over the examples instead of taking the mean",
            summed,
            "This is N times too large: the cost has a factor 1/N, and its gradient keeps it. "
            "With 20 examples the learning rate would have to be 20 times smaller.",
        ),
        Misconception(
            "uses one example only",
            one_example,
            "This is the gradient of a single example: the stochastic rule. The gradient of J is "
            "the mean over all examples.",
            recognise=any_single_example,
        ),
        Misconception(
            "has the wrong sign",
            uphill,
            "The sign is turned: the derivative of y - Xw with respect to w brings a minus. This "
            "is the direction downhill, and the gradient points uphill.",
        ),
        Misconception(
            "forgets the one half of the cost",
            without_half,
            "This is twice the gradient. The 2 of the square and the ½ of the cost cancel.",
        ),
    ),
    hints=("Apply the chain rule to each residual, then collect the sums in a product with Xᵀ.",),
    tol=1e-6,  # differences of the cost are welcome
)

EXERCISES = [FIT_QR, GRADIENT]
