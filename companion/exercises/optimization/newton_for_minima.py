"""Exercises of the page on Newton's method: steps that always descend, and L-BFGS."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Generator, Tensor

from companion.exercises._compare import numeric
from companion.exercises._inputs import randn, symmetric, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.optimize import newton_minimize, two_loop

PAGE = "03-optimization/newton"
Function = Callable[[Any], Any]


def wave(t: float, phase: float) -> tuple[float, float, float]:
    """Return exp(-t²/20) sin(t + phase) and its first two derivatives."""
    bell, sine, cosine = math.exp(-t * t / 20), math.sin(t + phase), math.cos(t + phase)
    slope = bell * (cosine - t / 10 * sine)
    curvature = bell * ((t * t / 100 - 1.1) * sine - t / 5 * cosine)
    return bell * sine, slope, curvature


def factors(x: Any) -> tuple[tuple[float, float, float], tuple[float, float, float]]:
    """The landscape is a product of a function of x and one of y."""
    at = torch.as_tensor(x, dtype=torch.float64, device="cpu").detach().tolist()
    return wave(at[0], 0.0), wave(at[1], math.pi / 2)


def landscape(x: Any) -> Tensor:
    (a, _, _), (b, _, _) = factors(x)
    return tensor(a * b)


def landscape_gradient(x: Any) -> Tensor:
    (a, da, _), (b, db, _) = factors(x)
    return tensor([da * b, a * db])


def landscape_hessian(x: Any) -> Tensor:
    (a, da, dda), (b, db, ddb) = factors(x)
    return tensor([[dda * b, da * db], [da * db, a * ddb]])


def starts(generator: Generator) -> list[Arguments]:
    """Starts that plain Newton answers with a saddle, a maximum, a far jump and a minimum.

    The last ones lie anywhere below f = -0.05: what descends from there stays in a bounded region.
    """
    fixed = tensor([[0.3, 1.3], [0.5, 0.0], [-0.5, -0.5], [-1.0, 0.2]])
    nudged = fixed[:2] + uniform(generator, -0.03, 0.03, 2, 2)
    places = torch.cat([fixed, nudged])
    while len(places) < 20:
        place = uniform(generator, -4.0, 4.0, 2)
        slope = torch.linalg.vector_norm(landscape_gradient(place))
        if landscape(place) < -0.05 and slope > 0.05:
            places = torch.cat([places, place[None]])
    return [(landscape_gradient, landscape_hessian, landscape, place) for place in places]


def safe_newton(grad: Function, hess: Function, f: Function, x0: Tensor) -> Any:
    return newton_minimize(f, x0, jac=grad, hess=hess, line_search="armijo", gtol=1e-7).x


def is_a_lower_minimum(arguments: Arguments, got: Any, expected: Any) -> str | None:
    """Accept any stationary point with positive eigenvalues and a value below the start's."""
    found = numeric(got)
    if found is None or found.shape != (2,):
        return "the result must be a point of two coordinates"
    if not bool(torch.isfinite(found).all()):
        return "the result is not finite"
    slope = torch.linalg.vector_norm(landscape_gradient(found))
    if float(slope) > 1e-5:
        return f"the end point is not stationary: the gradient there has the length {slope:.2g}"
    least = torch.linalg.eigvalsh(landscape_hessian(found))[0]
    if not float(least) > 1e-5:
        return f"the end point is no minimum: the Hessian there has the eigenvalue {least:.2g}"
    if not landscape(found) < landscape(arguments[3]):
        return "f is not smaller than at the start"
    return None


def repeat(x0: Tensor, grad: Function, step: Callable[[Tensor], Tensor]) -> Tensor:
    """Add at most 60 steps, until the gradient vanishes."""
    x = x0
    for _ in range(60):
        if float(torch.linalg.vector_norm(grad(x))) <= 1e-9:
            break
        x = x + step(x)
    return x


def plain(grad: Function, hess: Function, f: Function, x0: Tensor) -> Tensor:
    return repeat(x0, grad, lambda x: -torch.linalg.solve(hess(x), grad(x)))


def sizes_of_entries(grad: Function, hess: Function, f: Function, x0: Tensor) -> Tensor:
    return repeat(x0, grad, lambda x: -torch.linalg.solve(hess(x).abs(), grad(x)))


def full_steps(grad: Function, hess: Function, f: Function, x0: Tensor) -> Tensor:
    def step(x: Tensor) -> Tensor:
        values, V = torch.linalg.eigh(hess(x))
        d: Tensor = -V @ (V.T @ grad(x) / values.abs())
        return d

    return repeat(x0, grad, step)


def reflected(grad: Function, hess: Function, f: Function, x0: Tensor) -> Tensor:
    """Turn the whole step around where it would climb: a saddle still attracts along one axis."""

    def step(x: Tensor) -> Tensor:
        d: Tensor = -torch.linalg.solve(hess(x), grad(x))
        return d if float(d @ grad(x)) < 0 else -d

    return repeat(x0, grad, step)


def same_end(got: Any, wrong: Any) -> bool:
    """Two ends are alike if they are near each other, or both far out where the land is flat."""
    mine, theirs = numeric(got), numeric(wrong)
    if mine is None or theirs is None or mine.shape != theirs.shape:
        return False
    near = bool(((mine - theirs).abs() < 1e-4).all())
    sizes = [float(torch.linalg.vector_norm(end)) for end in (mine, theirs)]
    return near or all(not size < 9 for size in sizes)


NEWTON_SADDLE = Exercise(
    name="optimization.newton_saddle",
    page=PAGE,
    task="Change Newton's method so that each step descends, and run it from `x0` until the "
    "gradient is smaller than `1e-6`. Return the end point: a minimum, with a smaller f than at "
    "the start.",
    signature="safe_newton(grad, hess, f, x0) -> Tensor[2]",
    reference=safe_newton,
    inputs=starts,
    tried="20 starts, some beside a saddle, a maximum, or a curvature near zero",
    judge=is_a_lower_minimum,
    alike=same_end,
    misconceptions=(
        Misconception(
            "takes plain Newton steps",
            plain,
            "Plain Newton steps end at any stationary point: the saddle (0, π/2) or the maximum "
            "(1.43, 0). Where an eigenvalue of the Hessian is negative, the step climbs.",
        ),
        Misconception(
            "takes absolute values of the matrix entries",
            sizes_of_entries,
            "Absolute values of the entries do not make a matrix positive definite: at the saddle "
            "(0, π/2) they change nothing. Take |λ| in the eigenbasis, V|Λ|Vᵀ.",
        ),
        Misconception(
            "takes full steps without a line search",
            full_steps,
            "The direction descends, but the step is too long: from (-0.5, -0.5), where an "
            "eigenvalue is 0.038, it goes to about (-12, 12), and f rises. Shorten the step until "
            "f has fallen enough.",
        ),
        Misconception(
            "turns the whole step around",
            reflected,
            "The sign of the whole step was turned where it climbs. Each eigendirection needs its "
            "own sign, and a long step must be shortened: use V|Λ|Vᵀ and a line search.",
        ),
    ),
    hints=("Use V|Λ|Vᵀ in place of H, then halve the step until f has fallen enough.",),
)


def memories(generator: Generator) -> list[Arguments]:
    """Pairs (s, y = A s) of a quadratic, oldest first; one memory has a pair of curvature < 0."""
    cases: list[Arguments] = [(randn(generator, 2), [], float(uniform(generator, 0.3, 3.0)))]
    for n, count in ((2, 1), (3, 2), (5, 3), (6, 4)):
        values = 1 + 4 * torch.rand(n, generator=generator, dtype=torch.float64, device="cpu")
        A = symmetric(generator, values)
        steps = randn(generator, count, n)
        pairs = [(s, A @ s) for s in steps]
        if count == 4:
            pairs[1] = (pairs[1][0], -pairs[1][1])
        s, y = pairs[-1]
        cases.append((randn(generator, n), pairs, float(s @ y / (y @ y))))
    return cases


def loops(
    g: Tensor, pairs: list[Any], gamma: float, *, second: int = -1, skip: bool = True
) -> Tensor:
    """The two loops with the mistakes built in; ``second=1`` runs the second in the same order."""
    used = [(s, y) for s, y in reversed(pairs) if not skip or float(s @ y) > 0]
    q, shares = g, []
    for s, y in used:
        shares.append(s @ q / (y @ s))
        q = q - shares[-1] * y
    q = gamma * q
    for (s, y), share in list(zip(used, shares, strict=True))[::second]:
        q = q + (share - y @ q / (y @ s)) * s
    return -q


TWO_LOOP = Exercise(
    name="optimization.two_loop",
    page=PAGE,
    task="Return the L-BFGS direction for the gradient `g` from the stored pairs (s, y), oldest "
    "first, with γI as the first matrix. Skip pairs with y·s ≤ 0.",
    signature="direction(g, pairs, gamma) -> Tensor[n]",
    reference=two_loop,
    inputs=memories,
    tried="no pairs, one to four pairs, and a pair of negative curvature",
    misconceptions=(
        Misconception(
            "runs both loops in the same order",
            lambda g, pairs, gamma: loops(g, pairs, gamma, second=1),
            "Both loops visit the pairs in the same order. The first runs from the newest pair to "
            "the oldest, the second back from the oldest to the newest.",
        ),
        Misconception(
            "uses pairs of negative curvature",
            lambda g, pairs, gamma: loops(g, pairs, gamma, skip=False),
            "A pair with y·s ≤ 0 was used: the matrix is not positive definite any more, and the "
            "direction may climb. Skip such pairs.",
        ),
        Misconception(
            "forgets the minus sign",
            lambda g, pairs, gamma: -loops(g, pairs, gamma),
            "That is an ascent direction: the minus sign of d = -B g is missing.",
        ),
        Misconception(
            "leaves out the scale γ",
            lambda g, pairs, gamma: loops(g, pairs, 1.0),
            "Between the loops q is multiplied by γ, the scale of the first matrix γI.",
        ),
    ),
    hints=("With ρ = 1/(y·s): a = ρ s·q and q - a y going back, γ q, then q + (a - ρ y·q) s.",),
)


EXERCISES = [NEWTON_SADDLE, TWO_LOOP]
