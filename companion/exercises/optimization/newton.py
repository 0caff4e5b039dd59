"""Exercises of the page on Newton's method: systems of equations."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Generator, Tensor

from companion.exercises._compare import difference, numeric
from companion.exercises._inputs import orthogonal, tensor, uniform
from companion.exercises._model import Arguments, Exercise, Misconception
from companion.linalg import solve
from companion.optimize import newton_raphson
from companion.physics import von_mises_truss

PAGE = "03-optimization/newton"


class Part:
    """The residual or the tangent of a problem, with a name for the report of the grader."""

    def __init__(self, name: str, size: int, call: Callable[[Tensor], Tensor]) -> None:
        self.__name__, self.size, self.call = name, size, call

    def __call__(self, u: Any) -> Tensor:
        unknowns = torch.as_tensor(u, dtype=torch.float64, device="cpu").detach()
        if unknowns.shape != (self.size,):
            raise ValueError(f"u must have shape ({self.size},), got {tuple(unknowns.shape)}")
        return self.call(unknowns)

    def __repr__(self) -> str:
        return self.__name__


def shallow_truss(p: float) -> tuple[Part, Part]:
    """The truss of von Mises under a load below its limit."""
    return (
        Part(f"r: shallow truss, load {p:.4f}", 1, lambda u: von_mises_truss(u)[0] - p),
        Part("K: shallow truss", 1, lambda u: von_mises_truss(u)[1][:, None]),
    )


def plane_truss(supports: Tensor, load: Tensor) -> tuple[Part, Part]:
    """Two bars from supports to a joint at the origin: large displacements, EA = 1."""
    first = -supports
    lengths = torch.linalg.vector_norm(first, dim=1)

    def residual(u: Tensor) -> Tensor:
        now = first + u
        strain = ((now**2).sum(1) - lengths**2) / (2 * lengths**2)
        r: Tensor = (strain / lengths) @ now - load
        return r

    def tangent(u: Tensor) -> Tensor:
        now = first + u
        strain = ((now**2).sum(1) - lengths**2) / (2 * lengths**2)
        geometric = (strain / lengths).sum() * torch.eye(2, dtype=u.dtype, device=u.device)
        K: Tensor = now.T @ (now / lengths[:, None] ** 3) + geometric
        return K

    return Part("r: plane truss of two bars", 2, residual), Part("K: its tangent", 2, tangent)


def hardening_springs(A: Tensor, load: Tensor) -> tuple[Part, Part]:
    """Coupled springs that harden: A u + u³ = load."""
    return (
        Part("r: three hardening springs", 3, lambda u: A @ u + u**3 - load),
        Part("K: their tangent", 3, lambda u: A + torch.diag(3 * u**2)),
    )


def problems(generator: Generator) -> list[Arguments]:
    """Problems that Newton's method solves in a few steps; the fourth has too few steps."""
    load = float(uniform(generator, 0.2, 0.3))
    supports = tensor([[-1.0, -1.0], [1.2, -1.0]]) + uniform(generator, -0.1, 0.1, 2, 2)
    pull = uniform(generator, 0.02, 0.05, 2) * tensor([1.0, -1.0])
    Q = orthogonal(generator, 3)
    A = (Q * tensor([1.0, 2.0, 4.0])) @ Q.T
    springs = hardening_springs(A, uniform(generator, 2.0, 4.0, 3))
    zeros = tensor([0.0, 0.0, 0.0])
    return [
        (*shallow_truss(load), zeros[:1], 1e-10, 50),
        (*plane_truss(supports, pull), zeros[:2], 1e-10, 50),
        (*springs, zeros, 1e-10, 50),
        (*springs, zeros + 1, 1e-10, 2),
    ]


def newton(r: Part, K: Part, u0: Tensor, tol: float = 1e-10, maxiter: int = 50) -> Any:
    found = newton_raphson(r, u0, K, tol=tol, maxiter=maxiter)
    return found.x, found.residual_history


def iterated(
    r: Part,
    u0: Tensor,
    step: Callable[[Tensor], Tensor],
    tol: float,
    maxiter: int,
) -> tuple[Tensor, Tensor]:
    """Add steps until the residual is small, and keep its norms."""
    u, norms = u0, [torch.linalg.vector_norm(r(u0))]
    while norms[-1] > tol and len(norms) <= maxiter and torch.isfinite(norms[-1]):
        u = u + step(u)
        norms.append(torch.linalg.vector_norm(r(u)))
    return u, torch.stack(norms)


def uphill(r: Part, K: Part, u0: Tensor, tol: float, maxiter: int) -> Any:
    return iterated(r, u0, lambda u: solve(K(u), r(u)), tol, min(maxiter, 8))


def entry_by_entry(r: Part, K: Part, u0: Tensor, tol: float, maxiter: int) -> Any:
    return iterated(r, u0, lambda u: -r(u) / K(u), tol, maxiter)


def first_tangent(r: Part, K: Part, u0: Tensor, tol: float, maxiter: int) -> Any:
    tangent = K(u0)
    return iterated(r, u0, lambda u: -solve(tangent, r(u)), tol, maxiter)


def without_limit(r: Part, K: Part, u0: Tensor, tol: float, maxiter: int) -> Any:
    return newton(r, K, u0, tol, 100)


def without_start(r: Part, K: Part, u0: Tensor, tol: float, maxiter: int) -> Any:
    u, norms = newton(r, K, u0, tol, maxiter)
    return u, norms[1:]


def same_history(got: Any, expected: Any) -> str | None:
    """Compare solutions closely, and residuals on the scale of the first: the last is rounding."""
    if not isinstance(got, list | tuple) or len(got) != 2:
        return "the result must be a pair: the solution and the history"
    reason = difference(got[0], expected[0], 1e-8)
    if reason:
        return f"the solution: {reason}"
    reason = difference(got[1], expected[1], 1e-9)
    return f"the history: {reason}" if reason else None


def grows_at_once(arguments: Arguments, got: Any) -> bool:
    """Recognise a step in the wrong direction by the second residual."""
    norms = numeric(got[1])
    wrong = numeric(uphill(*arguments)[1])
    if norms is None or wrong is None or len(norms) < 2:
        return False
    return difference(norms[:2], wrong[:2], 1e-8) is None


NEWTON_RAPHSON = Exercise(
    name="optimization.newton_raphson",
    page=PAGE,
    task="Solve r(u) = 0 by Newton-Raphson steps from `u0`. Stop when the norm of the residual is "
    "at most `tol`, or after `maxiter` steps. Return the last u and the history: the norms of the "
    "residual at the start and after each step.",
    signature="newton(r, K, u0, tol=1e-10, maxiter=50) -> (u, history)",
    reference=newton,
    inputs=problems,
    tried="a shallow truss, a plane truss, hardening springs, and a limit of two steps",
    judge=lambda arguments, got, expected: same_history(got, expected),
    alike=lambda got, wrong: same_history(got, wrong) is None,
    misconceptions=(
        Misconception(
            "adds the correction with the wrong sign",
            uphill,
            "The residual grows from the first step: the sign is wrong. The correction solves "
            "K Δu = -r.",
            recognise=grows_at_once,
        ),
        Misconception(
            "divides by the tangent entry by entry",
            entry_by_entry,
            "`r / K` divides entry by entry, and the unknowns get a wrong shape. K is a matrix: "
            "solve the system K Δu = -r.",
        ),
        Misconception(
            "forms the tangent once",
            first_tangent,
            "The tangent was formed once, at the start. That is the modified Newton method: it "
            "gains the same factor in each step (0.572 for the shallow truss under the load 0.3). "
            "Update K in each step.",
        ),
        Misconception(
            "ignores the limit of steps",
            without_limit,
            "It takes more than `maxiter` steps. A method that may run away needs a limit, and "
            "must keep to it.",
        ),
        Misconception(
            "leaves the start out of the history",
            without_start,
            "The history begins with the residual at `u0`: after k steps it has k + 1 entries.",
        ),
    ),
    hints=("Solve K(u) Δu = -r(u), add Δu to u, and look at the norm of r again.",),
)

EXERCISES = [NEWTON_RAPHSON]
