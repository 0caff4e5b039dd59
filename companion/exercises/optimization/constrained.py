"""Exercises of the page on constraints: multipliers and their conditions."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import torch
from torch import Generator, Tensor

from companion.exercises._compare import difference
from companion.exercises._inputs import randn, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.optimize import kkt_residual, stationary_points

PAGE = "03-optimization/constrained"


def kkt_inputs(generator: Generator) -> list[Arguments]:
    """Points that break every condition; no count of constraints equals that of unknowns."""
    cases: list[Arguments] = []
    for n, p, q in ((3, 1, 2), (2, 1, 3), (4, 2, 3), (5, 3, 2), (3, 2, 4)):
        signs = torch.ones(q, dtype=torch.float64, device="cpu")
        signs[1::2] = -1
        h, mu = signs * uniform(generator, 0.3, 2, q), -signs * uniform(generator, 0.3, 2, q)
        mu[0] = -mu[0]  # violated and pushing: the product is not of one sign
        matrices = randn(generator, p, n), randn(generator, q, n)
        g, lam, slope = randn(generator, p), randn(generator, p), randn(generator, n)
        cases.append((slope, g, matrices[0], h, matrices[1], lam, mu))
        cases.append((slope, g, matrices[0], h, matrices[1], lam, -mu))
    return cases


def judge_norms(_arguments: Arguments, got: Any, expected: Any) -> str | None:
    """Compare by name: the order of the four norms is free."""
    if isinstance(got, dict) and set(got) == set(expected):
        got = {name: got[name] for name in expected}
    return difference(got, expected, 1e-8)


def changed(name: str, replace: Callable[..., Any]) -> Callable[..., dict[str, Any]]:
    """Return a wrong answer that replaces one of the four norms."""

    def wrong(*arguments: Any) -> dict[str, Any]:
        return {**kkt_residual(*arguments), name: float(replace(*arguments))}

    return wrong


def ignored(name: str) -> Callable[[Arguments, Any], bool]:
    """Recognise answers that leave one of the four conditions out, or call it fulfilled."""

    def recognise(arguments: Arguments, got: Any) -> bool:
        expected = kkt_residual(*arguments)
        rest = [key for key in expected if key != name]
        right = all(difference(got[key], expected[key], 1e-8) is None for key in rest)
        return right and float(got.get(name, 0.0)) == 0

    return recognise


def untransposed(
    grad_f: Tensor, g: Tensor, Jg: Tensor, h: Tensor, Jh: Tensor, lam: Tensor, mu: Tensor
) -> dict[str, Any]:
    slope = torch.linalg.vector_norm(grad_f + Jg @ lam + Jh @ mu)
    return {**kkt_residual(grad_f, g, Jg, h, Jh, lam, mu), "stationarity": float(slope)}


KKT_RESIDUAL = Exercise(
    name="optimization.kkt_residual",
    page=PAGE,
    task="Measure how far a point is from the conditions of Karush, Kuhn and Tucker. Return a "
    'dictionary of four Euclidean norms with the keys "stationarity", "feasibility" (g and the '
    'violated part of h together), "sign" (the negative part of μ) and "complementarity" (the '
    "products μ h, entry by entry).",
    signature="kkt(grad_f, g, Jg, h, Jh, lam, mu) -> dict[str, float]",
    reference=kkt_residual,
    inputs=kkt_inputs,
    tried="two to five unknowns with equalities and inequalities, fulfilled and violated",
    judge=judge_norms,
    misconceptions=(
        Misconception(
            "leaves complementarity out",
            changed("complementarity", lambda *_: 0.0),
            "An open gap carries no force: measure the products μ h as well. Without them, a "
            "wall may push although nothing touches it.",
            recognise=ignored("complementarity"),
        ),
        Misconception(
            "accepts negative multipliers of inequalities",
            changed("sign", lambda *_: 0.0),
            "Contact cannot pull: a negative entry of μ breaks the condition μ ≥ 0. Its size "
            'belongs to "sign".',
            recognise=ignored("sign"),
        ),
        Misconception(
            "multiplies by J instead of its transpose",
            untransposed,
            "The shapes do not fit: multipliers act on constraints, one for each row of J. Their "
            "pull on the unknowns is `J.T @ lam`.",
        ),
        Misconception(
            "treats inequalities like equalities",
            changed("feasibility", lambda s, g, Jg, h, *_: torch.cat([g, h]).norm()),
            "A negative h is allowed: only its positive part breaks h ≤ 0. Clamp h at zero first.",
        ),
        Misconception(
            "sums the products of multipliers and inequalities",
            changed("complementarity", lambda s, g, Jg, h, Jh, lam, mu: (mu @ h).abs()),
            "In the sum of μ h the terms can cancel. Every product must be zero, so take the norm "
            "of the products.",
        ),
    ),
    hints=("Stationarity, feasibility, sign, product: one norm each.",),
)


def reduced_slope(x: Any) -> Any:
    """Return the derivative of f along the curve y = sin(6x - 0.7) - 0.5, and the next one."""
    x = torch.as_tensor(x, dtype=torch.float64, device="cpu")
    y, dy = torch.sin(6 * x - 0.7) - 0.5, 6 * torch.cos(6 * x - 0.7)
    return -2 * x + 2 * y * dy, -2 + 2 * dy**2 - 72 * y * (y + 0.5)


def on_curve(x: float) -> Tensor:
    return tensor([x, math.sin(6 * x - 0.7) - 0.5])


POINTS = [float(x) for x in stationary_points(lambda x: reduced_slope(x)[0], (-6.0, 6.0), 2400)]


def kind_of(x: float) -> str:
    return "minimum" if float(reduced_slope(x)[1]) > 0 else "maximum"


def solve(x0: Tensor) -> tuple[Tensor, float, str]:
    """Return the stationary point next to the start."""
    x = on_curve(min(POINTS, key=lambda p: abs(p - float(x0[0]))))
    return x, 2 * float(x[1]), kind_of(float(x[0]))


def starts(generator: Generator) -> list[Arguments]:
    """The book's start, places near a maximum and near a minimum, and one that is far too far."""
    near = [POINTS[12] + 0.02, POINTS[9], POINTS[7], POINTS[16]]
    shifts = uniform(generator, -0.01, 0.01, len(near)).tolist()
    places = [on_curve(x + dx) for x, dx in zip(near, shifts, strict=True)]
    return [(tensor([1.0, -0.5]),), *((place,) for place in places), (tensor([3.0, 0.0]),)]


def stationary(got: Any) -> bool:
    """Say whether a point lies on the curve and next to a stationary point."""
    x, y = (float(part) for part in got[0])
    slope, bend = reduced_slope(x)
    on = abs(y - float(on_curve(x)[1])) < 1e-4
    return on and bool((slope / bend).abs() < 1e-3) and min(abs(x - p) for p in POINTS) < 2e-3


def judge_point(arguments: Arguments, got: Any, _expected: Any) -> str | None:
    """Any stationary point is right if its multiplier and its kind are.

    Solvers for minima may report failure far away and next to a maximum.
    """
    if got is None:
        start = float(arguments[0][0])
        hard = start == 3 or (start != 1 and solve(arguments[0])[2] == "maximum")
        return None if hard else "no point, though solvers succeed from here"
    if not stationary(got):
        return "the point is not stationary on the curve"
    if abs(float(got[1]) - 2 * float(got[0][1])) > 1e-2:
        return "the multiplier does not cancel the gradient of f"
    return None if got[2] == kind_of(float(got[0][0])) else f"the point is no {got[2]}"


def said(kind: str, sign: float = 1.0) -> Callable[[Arguments, Any], bool]:
    """Recognise stationary points that are all called by one name, with this sign of λ."""

    def recognise(_arguments: Arguments, got: Any) -> bool:
        fits = abs(float(got[1]) - sign * 2 * float(got[0][1])) < 1e-2
        return stationary(got) and fits and kind in (got[2], "any")

    return recognise


def end_of_run(x0: Tensor) -> tuple[Tensor, float, str]:
    """Stop at once: a point of the curve, with the multiplier that fits best there."""
    x = on_curve(float(x0[0]) + 0.1)
    slope = tensor([6 * math.cos(6 * float(x[0]) - 0.7), -1.0])
    pull = -2 * tensor([-float(x[0]), float(x[1])]) @ slope / (slope @ slope)
    return x, float(pull), "minimum"


LAGRANGE_2D = Exercise(
    name="optimization.lagrange_2d",
    page=PAGE,
    task="Find a stationary point of -x² + y² on the curve sin(6x - 0.7) - y - 0.5 = 0 from the "
    'start `x0`. Return the point, λ of the Lagrangian f + λ g, and "minimum" or "maximum" '
    "along the curve. Return None if your solver reports no success.",
    signature="solve(x0) -> (Tensor[2], float, str)",
    reference=solve,
    inputs=starts,
    tried="starts near minima, near maxima, and at (3, 0)",
    judge=judge_point,
    misconceptions=(
        Misconception(
            "takes collinear gradients as proof of a minimum",
            lambda x0: (*solve(x0)[:2], "minimum"),
            "Parallel gradients are necessary, not sufficient: 6 of the 12 points in the window "
            "are maxima. Look at the second derivative along the curve.",
            recognise=said("minimum"),
        ),
        Misconception(
            "writes the Lagrangian with a minus",
            lambda x0: (solve(x0)[0], -solve(x0)[1], solve(x0)[2]),
            "This multiplier belongs to f - λ g. The sign convention here is f + λ g, so λ is "
            "negative at the solution from (1, -0.5).",
            recognise=said("any", -1.0),
        ),
        Misconception(
            "returns where a failed run ended",
            end_of_run,
            "The point is not stationary: check `success` before you use `x`. From the start "
            "(3, 0), for instance, SciPy's SLSQP runs away.",
            recognise=lambda a, got: not stationary(got) or judge_point(a, got, None) is None,
        ),
        Misconception(
            "asks the Hessian of f alone",
            lambda x0: (*solve(x0)[:2], "saddle"),
            "The Hessian of f belongs to a saddle everywhere. What counts is the Hessian of the "
            "Lagrangian, and only along the tangent of the curve.",
            recognise=said("saddle"),
        ),
    ),
    hints=("Insert y = sin(6x - 0.7) - 0.5: a function of x alone is left.",),
)


def between(a: Tensor, b: Tensor) -> float:
    """Return the angle of two vectors of the plane in degrees, exact near 0 and 180 as well."""
    cross = a[0] * b[1] - a[1] * b[0]
    return math.degrees(math.atan2(abs(float(cross)), float(a @ b)))


def vectors_at(x: Tensor) -> tuple[Tensor, Tensor, Tensor]:
    """Return ∇f, ∇g and the tangent of the curve."""
    slope = 6 * torch.cos(6 * x[0] - 0.7)
    one = torch.ones_like(slope)
    return 2 * torch.stack([-x[0], x[1]]), torch.stack([slope, -one]), torch.stack([one, slope])


def angle(x: Tensor) -> float:
    down, _, tangent = vectors_at(x)
    return between(down, tangent)


def places(generator: Generator) -> list[Arguments]:
    """Stationary points, and points between them where all wrong angles differ."""
    others = [
        float(uniform(generator, low, high)) for low, high in ((0.95, 1.05), (1.4, 1.5), (-1, -0.9))
    ]
    return [(on_curve(x),) for x in (POINTS[17], *others, POINTS[12], POINTS[16], POINTS[7])]


def of_lagrangian(x: Tensor) -> float:
    down, normal, tangent = vectors_at(x)
    return between(down + 2 * x[1] * normal, tangent)


def without_angle(arguments: Arguments, got: Any) -> bool:
    """Recognise the gradient of the Lagrangian: rounding decides where it is zero."""
    x = arguments[0]
    if abs(float(reduced_slope(x[0])[0])) < 1e-6:
        return True
    return difference(got, of_lagrangian(x), 1e-6) is None


SPECIAL_POINT = Exercise(
    name="optimization.special_point",
    page=PAGE,
    task="Return the angle in degrees, from 0 to 180, between the gradient of f = -x² + y² and "
    "the tangent (1, 6 cos(6x - 0.7)) of the curve at the point `x` on it. Then look: where is it "
    "special?",
    signature="angle(x) -> float",
    reference=angle,
    inputs=places,
    tried="stationary points and others",
    tol=1e-6,
    misconceptions=(
        Misconception(
            "takes the gradient for a tangent",
            lambda x: 0.0,
            "At a stationary point ∇f is normal to the curve: it is parallel to ∇g, and makes a "
            "right angle with the tangent.",
        ),
        Misconception(
            "measures the angle with the gradient of g",
            lambda x: between(*vectors_at(x)[:2]),
            "That is the angle with ∇g, which is 0° or 180° at a stationary point. The tangent is "
            "perpendicular to ∇g.",
        ),
        Misconception(
            "uses the gradient of the Lagrangian",
            of_lagrangian,
            "The gradient of the Lagrangian is the zero vector at a stationary point: there is no "
            "angle. Use ∇f.",
            recognise=without_angle,
        ),
        Misconception(
            "returns radians",
            lambda x: math.radians(angle(x)),
            "These are radians; degrees were asked.",
        ),
    ),
    hints=("The contour line of f touches the curve there.",),
)

EXERCISES = [KKT_RESIDUAL, LAGRANGE_2D, SPECIAL_POINT]
