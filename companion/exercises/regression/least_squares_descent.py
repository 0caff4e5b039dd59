"""Exercises of the page on least squares: gradient descent, its rate, and its rivals."""

from __future__ import annotations

import torch
from torch import Generator, Tensor

from companion import linalg
from companion.exercises._inputs import integers, randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.exercises.regression.least_squares import gradient, with_bias

PAGE = "05-regression/least-squares"
Walk = tuple[Tensor, Tensor]


def cost(X: Tensor, y: Tensor, w: Tensor) -> float:
    return float(((y - X @ w) ** 2).mean() / 2)


def line_design(x: Tensor) -> Tensor:
    return torch.column_stack([torch.ones_like(x), x])


def finished(X: Tensor, y: Tensor, history: list[Tensor]) -> Walk:
    """Return the last weights and all of them; refuse a walk that ends above its start."""
    if not cost(X, y, history[-1]) <= cost(X, y, history[0]):
        raise ValueError("lr is too large: the cost at the end is above the cost at the start")
    return history[-1], torch.stack(history)


def gd_line(x: Tensor, y: Tensor, w0: Tensor, lr: float, max_steps: int, tol: float) -> Walk:
    X, history = line_design(x), [w0]
    for _ in range(max_steps):
        step = -lr * gradient(X, y, history[-1])
        history.append(history[-1] + step)
        if step.norm() < tol:
            break
    return finished(X, y, history)


def one_after_the_other(
    x: Tensor, y: Tensor, w0: Tensor, lr: float, max_steps: int, tol: float
) -> Walk:
    X, history = line_design(x), [w0]
    for _ in range(max_steps):
        w = history[-1].clone()
        for j in range(2):
            w[j] = w[j] - lr * gradient(X, y, w)[j]
        history.append(w)
        if (w - history[-2]).norm() < tol:
            break
    return finished(X, y, history)


def stops_on_cost(x: Tensor, y: Tensor, w0: Tensor, lr: float, max_steps: int, tol: float) -> Walk:
    X, history = line_design(x), [w0]
    for _ in range(max_steps):
        history.append(history[-1] - lr * gradient(X, y, history[-1]))
        if cost(X, y, history[-1]) < tol:
            break
    return finished(X, y, history)


def forgets_the_start(
    x: Tensor, y: Tensor, w0: Tensor, lr: float, max_steps: int, tol: float
) -> Walk:
    w, history = gd_line(x, y, w0, lr, max_steps, tol)
    return w, history[1:]


def hides_divergence(
    x: Tensor, y: Tensor, w0: Tensor, lr: float, max_steps: int, tol: float
) -> Walk:
    X, history = line_design(x), [w0]
    for _ in range(max_steps):
        step = -lr * gradient(X, y, history[-1])
        history.append(history[-1] + step)
        if step.norm() < tol:
            break
    return history[-1], torch.stack(history)


def twenty_readings() -> tuple[Tensor, Tensor]:
    """The readings of the page: their best line has the weights (-0.008037, 1.018825)."""
    x = torch.linspace(0.0, 2.0, 20, dtype=torch.float64, device="cpu")
    bend = (x - 1) ** 2
    return x, -0.008037 + 1.018825 * x + 0.18335619 * (bend - bend.mean())


def lines(generator: Generator) -> list[Arguments]:
    """Lines with noise, walks that stop early, run out of steps, or diverge.

    The tolerance lies halfway between the lengths of two steps: round-off decides nothing.
    """
    cases: list[Arguments] = []
    for n, share, early in ((4, 0.5, True), (8, 0.7, True), (15, 0.4, False)):
        x = uniform(generator, 0.0, 0.2, n) + torch.linspace(0.2, 2.0, n, dtype=torch.float64)
        y = uniform(generator, 0.5, 1.5, 1) * x + 0.1 * randn(generator, n)
        start, lr = (
            tensor([2.0, -1.0]) + 0.3 * randn(generator, 2),
            share * max_rate(line_design(x)),
        )
        path = hides_divergence(x, y, start, lr, 10, 0.0)[1]
        ninth, tenth = path.diff(dim=0).norm(dim=1)[-2:].tolist()
        cases.append((x, y, start, lr, 40 if early else 5, (ninth * tenth) ** 0.5))
    x, y = twenty_readings()
    start = tensor([0.60381, 0.835431])
    return [*cases, *((x, y, start, lr, 30, 5e-3) for lr in (0.7, 0.1, 0.95))]


GD_LINE = Exercise(
    name="regression.gd_line",
    page=PAGE,
    task="Descend the cost of the line w[0] + w[1] x from `w0` with the learning rate `lr`: at "
    "most `max_steps` steps, and stop after a step shorter than `tol`. Return the last weights "
    "and the history, one row for the start and one for each step. If the cost at the end is "
    "above the cost at the start, raise a `ValueError`.",
    signature="gd_line(x, y, w0, lr, max_steps, tol) -> (w, history)",
    reference=gd_line,
    inputs=lines,
    tried="walks that stop early, that run out of steps, and one that diverges",
    misconceptions=(
        Misconception(
            "moves one weight before it computes the derivative of the next",
            one_after_the_other,
            "The first weight moves before the derivative of the second is computed. Both belong "
            "to one point, so collect the whole gradient, then update. (Moving one coordinate "
            "after the other is coordinate descent, another method.)",
        ),
        Misconception(
            "stops on the cost",
            stops_on_cost,
            "The walk ends when the cost is below tol. Nobody knows how low the cost can get, so "
            "this may never happen, or far too early. The task stops on the length of a step.",
        ),
        Misconception(
            "leaves the start out of the history",
            forgets_the_start,
            "The history is one row short: it begins with the start, so k steps make k + 1 rows.",
        ),
        Misconception(
            "hides that the walk diverges",
            hides_divergence,
            "A walk that ends higher than it began has diverged, and numbers come back as if "
            "nothing had happened. Say so: raise a ValueError.",
        ),
    ),
    hints=("Compute both derivatives first, then update; collect the weights in a list.",),
    tol=1e-6,  # differences of the cost are welcome
)


def max_rate(X: Tensor) -> float:
    return 2 / float(linalg.eigvalsh(X.T @ X / len(X)).max())


def least_eigenvalue(X: Tensor) -> float:
    return 2 / float(linalg.eigvalsh(X.T @ X / len(X)).min())


def one_over(X: Tensor) -> float:
    return max_rate(X) / 2


def without_count(X: Tensor) -> float:
    return 2 / float(linalg.eigvalsh(X.T @ X).max())


def fastest_rate(X: Tensor) -> float:
    values = linalg.eigvalsh(X.T @ X / len(X))
    return 2 / float(values.min() + values.max())


def bowls(generator: Generator) -> list[Arguments]:
    """Design matrices of at least five examples: with two, 1/N and the factor 2 look alike."""
    return [(with_bias(generator, n, p),) for n, p in ((5, 2), (8, 2), (12, 3), (20, 4), (50, 5))]


MAX_RATE = Exercise(
    name="regression.max_rate",
    page=PAGE,
    task="Return the learning rate below which gradient descent on "
    "$J=\\frac1{2N}\\|\\mathbf y-\\mathbf X\\mathbf w\\|^2$ converges from every start, and above "
    "which it does not.",
    signature="max_rate(X) -> float",
    reference=max_rate,
    inputs=bowls,
    tried="design matrices with 2 to 5 columns",
    misconceptions=(
        Misconception(
            "takes the smallest eigenvalue",
            least_eigenvalue,
            "2/λ of the smallest eigenvalue keeps the flattest direction stable only. The "
            "steepest one, with the largest eigenvalue, is the first to diverge.",
        ),
        Misconception(
            "forgets the factor two",
            one_over,
            "1/λ makes the error in the steepest direction zero in one step. It may overshoot and "
            "still converge: |1 - αλ| < 1 holds up to twice that rate.",
        ),
        Misconception(
            "leaves the number of examples out of the Hessian",
            without_count,
            "These are the eigenvalues of XᵀX. The cost is a mean, so its Hessian is XᵀX/N, and "
            "the rate may be N times larger.",
        ),
        Misconception(
            "returns the fastest rate",
            fastest_rate,
            "2/(λ_min + λ_max) is the rate that converges fastest. The task asks for the largest "
            "rate that still converges.",
        ),
    ),
    hints=("The error of each eigenvector is multiplied by 1 - αλ; when is |1 - αλ| < 1?",),
)

PAIRS = 10
Choice = tuple[str, int]


def choose(N: int, p: int, noisy: bool, limit: int) -> Choice:
    if noisy:
        return "SGD", p
    if N * p <= limit:
        return "QR", N * p
    return "L-BFGS", 2 * PAIRS * p


def afraid_of_many(N: int, p: int, noisy: bool, limit: int) -> Choice:
    method, numbers = choose(N, p, noisy, limit)
    return ("SGD", p) if method == "L-BFGS" else (method, numbers)


def newton_for_all(N: int, p: int, noisy: bool, limit: int) -> Choice:
    method, numbers = choose(N, p, noisy, limit)
    return ("Newton", p * p) if method == "L-BFGS" else (method, numbers)


def always_sgd(N: int, p: int, noisy: bool, limit: int) -> Choice:
    return "SGD", p


def trusts_noise(N: int, p: int, noisy: bool, limit: int) -> Choice:
    return choose(N, p, False, limit)


SCENARIOS = (
    (20, 2, False, 10**9),
    (200_000, 100, False, 10**9),
    (5_000, 1_000_000, False, 10**9),
    (10_000_000, 1_000_000, True, 10**9),
)


def problems(generator: Generator) -> list[Arguments]:
    """The four scenarios of the page and six more of each kind, clear of the limit."""
    cases: list[Arguments] = list(SCENARIOS)
    for _ in range(6):
        a, b, c, d = integers(generator, 2, 9, 4).tolist()
        cases.append((10 * a, b, False, 10**8))
        cases.append((10_000 * a, 10_000 * b, False, 10**7 * c))
        cases.append((10_000 * c, 1_000 * d, True, 10**6 * a))
    return cases


FIRST_ORDER_OR_NEWTON = Exercise(
    name="regression.first_order_or_newton",
    page=PAGE,
    task="Choose a method for a least-squares problem and count the numbers it stores. If "
    "gradients are noisy, because they come from small batches: `('SGD', p)`. Else, if the N p "
    "numbers of the matrix are at most `limit`: `('QR', N p)`. Else L-BFGS with 10 pairs of "
    "vectors: `('L-BFGS', 20 p)`.",
    signature="choose(N, p, noisy, limit) -> (method, numbers)",
    reference=choose,
    inputs=problems,
    tried="small, large and noisy problems",
    misconceptions=(
        Misconception(
            "fears L-BFGS with many weights",
            afraid_of_many,
            "L-BFGS stores 10 pairs of vectors, 20 p numbers, and was made for many weights. What "
            "it does not stand is noise, and these gradients have none.",
        ),
        Misconception(
            "takes Newton's method for many weights",
            newton_for_all,
            "Newton's method stores a Hessian of p² numbers. For a million weights that is 10¹² "
            "numbers, 8 terabytes.",
        ),
        Misconception(
            "takes SGD for everything",
            always_sgd,
            "SGD pays where gradients are noisy. For 20 readings and 2 weights, QR stores 40 "
            "numbers and is done at once.",
        ),
        Misconception(
            "overlooks the noise",
            trusts_noise,
            "These gradients are noisy. L-BFGS compares two gradients to learn the curvature, and "
            "noise spoils the difference; QR needs all examples at once. Take SGD.",
        ),
    ),
    hints=("Count the numbers to store, and ask first whether the gradient is noisy.",),
)

EXERCISES = [GD_LINE, MAX_RATE, FIRST_ORDER_OR_NEWTON]
