"""Exercises of the page on stationary points: find them and judge them."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Generator, Tensor

from companion import optimize
from companion.exercises._compare import numeric
from companion.exercises._inputs import randn, symmetric, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "03-optimization/stationary-points"
Function = Callable[[Any], Any]


def any_kind(function: Callable[[Tensor], Tensor]) -> Function:
    """Let a function of tensors take and return numbers and arrays as well."""

    def f(x: Any) -> Any:
        y = function(torch.as_tensor(x, dtype=torch.float64, device="cpu"))
        if isinstance(x, Tensor):
            return y
        return y.numpy() if isinstance(x, np.ndarray) else float(y)

    return f


def wave(x: Any) -> Any:
    """Return the function whose stationary points the page finds."""
    return torch.exp(-0.04 * x**2) * torch.sin(x)


def slope_of_wave(x: Tensor) -> Tensor:
    return torch.exp(-0.04 * x**2) * (torch.cos(x) - 0.08 * x * torch.sin(x))


def stationary(df: Function, a: float, b: float, n: int) -> list[float]:
    points: Tensor = optimize.stationary_points(df, (a, b), n)
    return points.tolist()


def small_slopes(df: Function, a: float, b: float, n: int) -> list[float]:
    x = torch.linspace(a, b, n, dtype=torch.float64, device="cpu")
    slopes = df(x).abs()
    found: list[float] = x[slopes < slopes.quantile(0.1)].tolist()
    return found


def left_ends(df: Function, a: float, b: float, n: int) -> list[float]:
    x = torch.linspace(a, b, n, dtype=torch.float64, device="cpu")
    y = df(x)
    found: list[float] = x[:-1][y[:-1] * y[1:] < 0].tolist()
    return found


def zeros_of_f(df: Function, a: float, b: float, n: int) -> list[float]:
    return stationary(wave, a, b, n)


def from_one_start(df: Function, a: float, b: float, n: int) -> list[float]:
    return stationary(df, a, b, n)[:1]


def on_the_grid(arguments: Arguments, got: Any) -> bool:
    _, a, b, n = arguments
    steps = tensor([float(x) for x in got]).sub(a).div((b - a) / (n - 1))
    return bool(((steps - steps.round()).abs() < 1e-6).all())


def clustered(arguments: Arguments, got: Any) -> bool:
    return len(got) != len(stationary(*arguments)) and on_the_grid(arguments, got)


def not_refined(arguments: Arguments, got: Any) -> bool:
    """Tell whether each point lies within a gap of the scan from its root, but not on it."""
    _, a, b, n = arguments
    errors = tensor([float(x) for x in got]) - tensor(stationary(*arguments))
    return bool((errors.abs() <= (b - a) / (n - 1)).all() and (errors.abs() > 1e-7).all())


def one_root(arguments: Arguments, got: Any) -> bool:
    found = numeric(got)
    if found is None or found.numel() != 1:
        return False
    return any(abs(float(found) - root) < 1e-6 for root in stationary(*arguments))


def slopes_with_known_zeros(generator: Generator) -> list[Arguments]:
    """The wave of the page, and polynomials whose zeros keep apart and away from the ends."""
    end = 3 * math.pi
    cases: list[Arguments] = [(any_kind(slope_of_wave), -end, end, 400)]
    for count, n in ((2, 80), (3, 120), (4, 200)):
        places = torch.linspace(-2.4, 2.4, count, dtype=torch.float64, device="cpu")
        cases.append((any_kind(product(places + uniform(generator, -0.3, 0.3, count))), -3, 3, n))
    return cases


def product(roots: Tensor) -> Callable[[Tensor], Tensor]:
    """Return the polynomial with these zeros."""
    return lambda x: (x[..., None] - roots).prod(-1)


STATIONARY_POINTS = Exercise(
    name="optimization.stationary_points",
    page=PAGE,
    task="Return the stationary points of f between `a` and `b`, sorted. `df` is the derivative of "
    "f; it takes a number, an array or a tensor. Scan `n` equally spaced points.",
    signature="stationary(df, a, b, n) -> sorted list",
    reference=stationary,
    inputs=slopes_with_known_zeros,
    tried="the wave of the page and polynomials with known zeros",
    misconceptions=(
        Misconception(
            "keeps the grid points where the slope is small",
            small_slopes,
            "A small slope marks clusters of neighbours instead of roots, and where f' is steep it "
            "marks nothing. Look for changes of sign, and bisect.",
            recognise=clustered,
        ),
        Misconception(
            "looks for changes of sign of f",
            zeros_of_f,
            "These are zeros of f, not of f': a function may have any value where it is flat. "
            "Search `df`.",
        ),
        Misconception(
            "runs Newton's method from one start",
            from_one_start,
            "One start finds only one of several points. Scan the whole interval for gaps in which "
            "the sign of f' changes, and search each gap.",
            recognise=one_root,
        ),
        Misconception(
            "stops at the grid",
            left_ends,
            "You found the right gaps of the scan, but a point of the grid is not the root: bisect "
            "each gap down to 1e-6 or better.",
            recognise=not_refined,
        ),
    ),
    hints=("Where f' changes its sign between two neighbours, bisect that gap.",),
    tol=1e-6,
)


def classify(grad: Tensor, H: Tensor) -> str:
    return optimize.classify_critical_point(grad, H)


def verdict(H: Tensor, tol: float) -> str:
    values = torch.linalg.eigvalsh(H)
    up, down = bool((values > tol).any()), bool((values < -tol).any())
    if up and down:
        return "saddle"
    if bool((values.abs() <= tol).any()):
        return "inconclusive"
    return "minimum" if up else "maximum"


def by_determinant(grad: Tensor, H: Tensor) -> str:
    if grad.norm() > 1e-8:
        return "not stationary"
    det = float(torch.linalg.det(H))
    if abs(det) < 1e-8:
        return "inconclusive"
    return "minimum" if det > 0 else "saddle"


def by_rule_for_two(grad: Tensor, H: Tensor) -> str:
    found = by_determinant(grad, H)
    return "maximum" if found == "minimum" and H[0, 0] < 0 else found


def zero_means_saddle(grad: Tensor, H: Tensor) -> str:
    found = classify(grad, H)
    return "saddle" if found == "inconclusive" else found


def gradient_not_checked(grad: Tensor, H: Tensor) -> str:
    return verdict(H, 1e-8)


def without_tolerance(grad: Tensor, H: Tensor) -> str:
    return "not stationary" if grad.norm() > 1e-8 else verdict(H, 0.0)


def points_to_judge(generator: Generator) -> list[Arguments]:
    """Diagonal and turned Hessians of all kinds, some with an eigenvalue that is only round-off."""
    diagonals: list[list[float]] = [
        [2, 1],
        [-2, -1],
        [2, -1],
        [2, 0],
        [2, 1e-12],
        [-1, -2, -3],
        [2, -1, -3],
    ]
    cases: list[Arguments] = []
    for values in diagonals:
        cases.append((torch.zeros_like(tensor(values)), torch.diag(tensor(values))))
    cases.append((tensor([1.0, 0.0]), torch.zeros_like(cases[0][1])))
    cases.append((tensor([0.0, 0.5]), symmetric(generator, [1.0, 3.0])))
    for signs in ([1, 1], [-1, -1, -1], [1, -1, -1], [1, 1, -1], [1, -1], [1, 1, 1, 1]):
        sizes = uniform(generator, 0.5, 3.0, len(signs))
        H = symmetric(generator, tensor(signs) * sizes)
        cases.append((1e-10 * randn(generator, len(signs)), H))
    return cases


CLASSIFY = Exercise(
    name="optimization.classify",
    page=PAGE,
    task="Say what a point is, from the gradient and the Hessian there: 'minimum', 'maximum', "
    "'saddle', 'inconclusive' or 'not stationary'. Numbers up to `tol` count as zero.",
    signature="classify(grad, H, tol=1e-8) -> str",
    reference=classify,
    inputs=points_to_judge,
    tried="Hessians of all kinds in two, three and four dimensions, and slopes that are not zero",
    misconceptions=(
        Misconception(
            "calls a positive determinant a minimum",
            by_determinant,
            "diag(-2, -1) is a maximum, and its determinant is positive: two minus signs cancel "
            "in a product. Look at the signs of the eigenvalues themselves.",
        ),
        Misconception(
            "uses the determinant and one entry in any dimension",
            by_rule_for_two,
            "The rule with the determinant and the first entry holds for two variables only. "
            "diag(-1, -2, -3) has a negative determinant and is a maximum: use eigenvalues.",
        ),
        Misconception(
            "calls a zero eigenvalue a saddle",
            zero_means_saddle,
            "x² + y⁴ has a strict minimum, and one eigenvalue of its Hessian is zero. A zero "
            "beside eigenvalues of one sign leaves the question open: inconclusive.",
        ),
        Misconception(
            "does not look at the gradient",
            gradient_not_checked,
            "The point (0, 0) of the landscape is not stationary: its gradient is (1, 0). Test the "
            "gradient before you ask the Hessian.",
        ),
        Misconception(
            "compares with zero exactly",
            without_tolerance,
            "An eigenvalue of 1e-12 beside 2 is round-off, and its sign means nothing: compare "
            "with a tolerance.",
        ),
    ),
    hints=("`eigvalsh` gives the eigenvalues; compare each with the tolerance, not with zero.",),
)


EXERCISES = [STATIONARY_POINTS, CLASSIFY]
