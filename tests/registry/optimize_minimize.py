"""Rows of the minimisers of ``companion.optimize``: closed forms, and ``scipy.optimize``."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Sequence
from typing import Any

import scipy.optimize
import torch
from scipy.optimize import OptimizeResult
from torch import Tensor

from companion.optimize import newton_minimize
from tests.optimize.objectives import Bowl, bowl
from tests.registry._row import Bad, Call, Row, call, close

ONES = torch.ones(2, dtype=torch.float64)
STEPS = 12


def square(x: Any) -> Any:
    return (x * x).sum()


def double(x: Any) -> Any:
    return 2 * x


def bad(label: str, error: type[Exception], match: str, *args: Any, **kwargs: Any) -> Bad:
    """A call of a minimiser that goes wrong, by default with a good objective and start."""
    arguments = args or (square, ONES)
    return Bad(label, lambda f: f(*arguments, **kwargs), error, match)


BAD_OBJECTIVES = (
    bad("no function", TypeError, "^fun must be callable, got float", 1.0, ONES),
    bad("vector", ValueError, r"^fun must return one number, got shape \(2,\)", double, ONES),
    bad("text", TypeError, "^fun must return a real number, got str", lambda x: "1", ONES),
    bad("complex", TypeError, "^fun must return a real number", lambda x: 1j, ONES),
    bad("no start", TypeError, "^x0 must hold real numbers", square, ["a"]),
    bad("complex start", TypeError, "^x0 must hold real numbers", square, [1j, 2]),
    bad("integer tensor", TypeError, "^x0 must have a floating-point dtype", square, ONES.int()),
    bad("matrix", ValueError, r"^x0 must be .* vector, got shape \(2, 2\)", square, torch.eye(2)),
    bad("empty start", ValueError, "^x0 must be", square, []),
    bad("NaN start", ValueError, "^x0 must be finite", square, [1.0, float("nan")]),
    bad("callback", TypeError, "^callback must be callable, got int", callback=1),
    bad("option", TypeError, "unknown_option", unknown_option=1),
)
BAD_GRADIENTS = (
    bad("jac", TypeError, "^jac must be callable.* got 'forward'", jac="forward"),
    bad("jac shape", ValueError, r"^jac must return the shape \(2,\), got \(2, 2\)",
        jac=lambda x: torch.eye(2)),
    bad("jac text", TypeError, "^jac must return real numbers", jac=lambda x: ["a", "b"]),
)  # fmt: skip
UNSUPPORTED = (
    bad("hessp", ValueError, "^hessp must be None", hessp=square),
    bad("bounds", ValueError, "^bounds must be None.*scipy", bounds=[(0, 1), (0, 1)]),
    bad("constraints", ValueError, "^constraints must be empty",
        constraints={"type": "eq", "fun": square}),
)  # fmt: skip


def bad_option(name: str, *values: Any) -> tuple[Bad, ...]:
    """Numbers that are out of range, and a text."""
    wrong = [bad(f"{name} {v}", ValueError, rf"^{name} must be .*{v}", **{name: v}) for v in values]
    return (*wrong, bad(f"{name} text", TypeError, rf"^{name} must be .*got str", **{name: "1"}))


def bowls(g: torch.Generator, dtype: torch.dtype) -> Iterable[tuple[Bowl, Tensor]]:
    for n in (1, 2, 5):
        yield bowl(g, n, dtype), torch.randn(n, generator=g, dtype=dtype)


def descents(g: torch.Generator, dtype: torch.dtype) -> Iterable[Call]:
    for f, x0 in bowls(g, dtype):
        for lr in (0.05, 0.15):
            yield call(f, x0, jac=f.gradient, lr=lr, maxiter=STEPS, gtol=0)


def powers(f: Bowl, x0: Tensor, *, lr: float, **_: Any) -> Tensor:
    """x_k = x* + (I - α A)^k (x0 - x*), by the eigenvalues of A."""
    eigenvalues, V = torch.linalg.eigh(f.A)
    k = torch.arange(STEPS + 1, dtype=x0.dtype)[:, None]
    error = (1 - lr * eigenvalues) ** k * (V.mT @ (x0 - f.minimiser))
    return f.minimiser + error @ V.mT


def newton_calls(g: torch.Generator, dtype: torch.dtype) -> Iterable[Call]:
    for f, x0 in bowls(g, dtype):
        for line_search in (None, "armijo"):
            options: dict[str, Any] = {"line_search": line_search, "maxiter": 1}
            yield call(f, x0, jac=f.gradient, hess=f.hessian, **options)


def one_step(f: Bowl, x0: Tensor, **_: Any) -> Tensor:
    return torch.stack([x0, f.minimiser])


def same_path(ours: OptimizeResult, expected: Tensor, tol: float) -> None:
    close(ours.trajectory, expected, tol)
    close(ours.x, expected[-1], tol)


def searches(g: torch.Generator, dtype: torch.dtype) -> Iterable[Call]:
    for f, x in bowls(g, dtype):
        slope = f.gradient(x)
        yield call(f, x, -slope, slope)
        yield call(f, x, -7 * slope, slope, alpha=3, c1=0.3, rho=0.8)
        yield call(f, x, -1e-3 * slope, slope, label="first trial")


def first_that_fits(
    f: Callable[[Tensor], Tensor],
    x: Tensor,
    d: Tensor,
    g: Tensor,
    alpha: float = 1,
    c1: float = 1e-4,
    rho: float = 0.5,
) -> float:
    """Check all trials of a list instead of searching."""
    trials = [alpha * rho**k for k in range(60)]
    return next(a for a in trials if float(f(x + a * d) - f(x)) <= c1 * a * float(g @ d))


def door_calls(g: torch.Generator, dtype: torch.dtype) -> Iterable[Call]:
    for f, x0 in bowls(g, dtype):
        for method in (None, "BFGS", "cg", "L-BFGS-B", "Nelder-Mead", newton_minimize):
            gradient = None if method == "Nelder-Mead" else f.gradient
            tol = {"Nelder-Mead": 1e-7, "L-BFGS-B": 1e-12}.get(str(method), 1e-5)
            tol = tol if dtype == torch.float64 else 1e-3
            yield call(f, x0, method=method, jac=gradient, tol=tol, label=f"{method} {len(x0)}")


def library_minimiser(
    f: Bowl, x0: Tensor, method: Any = None, jac: Any = None, tol: float = 1e-5
) -> Tensor:
    """What SciPy finds, in float64 and with its own gradient, for a name that it has."""
    arrays = Bowl(f.A.double().numpy(), f.b.double().numpy())
    jac = jac and arrays.gradient
    method = "BFGS" if callable(method) else method
    found = scipy.optimize.minimize(arrays, x0.double().numpy(), method=method, jac=jac, tol=tol)
    return torch.as_tensor(found.x, dtype=x0.dtype)


def same_end(ours: OptimizeResult, expected: Tensor, tol: float) -> None:
    assert ours.success, ours.message
    close(ours.x, expected, tol)


def loops(g: torch.Generator, dtype: torch.dtype) -> Iterable[Call]:
    """Pairs of a bowl, where y·s > 0, and one of them turned round, which must be skipped."""
    for f, x0 in bowls(g, dtype):
        for m in (0, 1, 4):
            steps = torch.randn(m, len(x0), generator=g, dtype=dtype)
            pairs = [(s, f.A @ s) for s in steps]
            yield call(x0, pairs, label=f"{m} pairs")
            yield call(x0, pairs, 0.3, label=f"{m} pairs, gamma")
            yield call(x0, [*pairs, (x0, -x0)], gamma=2.0, label=f"{m} pairs and a bad one")


def explicit_inverse(
    g: Tensor, pairs: Sequence[tuple[Tensor, Tensor]], gamma: float = 1.0
) -> Tensor:
    eye = torch.eye(len(g), dtype=g.dtype)
    H = gamma * eye
    for s, y in pairs:
        if s @ y > 0:
            V = eye - torch.outer(y, s) / (y @ s)
            H = V.mT @ H @ V + torch.outer(s, s) / (y @ s)
    return -H @ g


ROWS = [
    Row(
        name="optimize.two_loop",
        proof="closed form",
        inputs=loops,
        expected=explicit_inverse,
        bad=(
            bad("g", TypeError, "^g must have a floating", ONES.int(), []),
            bad("g text", TypeError, "^g must hold real numbers", ["a"], []),
            bad("matrix", ValueError, r"^g must hold vectors, got .*2, 2", torch.eye(2), []),
            bad("pair", ValueError, "^pairs must hold vectors of 2", ONES, [(ONES, ONES[:1])]),
            bad("gamma 0", ValueError, "^gamma must be above 0", ONES, [], 0),
            bad("gamma text", TypeError, "^gamma must be", ONES, [], "1"),
        ),
    ),
    Row(
        name="optimize.minimize",
        proof="library",
        inputs=door_calls,
        expected=library_minimiser,
        compare=same_end,
        tol={torch.float64: 1e-5, torch.float32: 2e-3},
        mirrors="scipy.optimize.minimize",
        bad=(
            bad("Powell", NotImplementedError, "'Powell' .* scipy.optimize.minimize",
                method="Powell"),
            bad("method", TypeError, "^method must be .* got int", method=1),
            bad("options", TypeError, "^options must be a dict", method=newton_minimize,
                options=[1]),
            bad("unknown", TypeError, "^options has an unknown 'lr'; the method has maxiter",
                method=newton_minimize, options={"lr": 1}),
            bad("tol", ValueError, "^tol must be at least 0", method=newton_minimize, tol=-1),
            bad("bounds", NotImplementedError, "^bounds need .* scipy", bounds=[(0, 1)]),
        ),
    ),
    Row(
        name="optimize.gradient_descent",
        proof="closed form",
        inputs=descents,
        expected=powers,
        compare=same_path,
        bad=(
            *BAD_OBJECTIVES,
            *BAD_GRADIENTS,
            *UNSUPPORTED,
            *bad_option("lr", 0, -1, math.nan),
            *bad_option("gtol", -1),
            *bad_option("xtol", -1),
            bad("maxiter", ValueError, "^maxiter must be at least 0, got -1", maxiter=-1),
            bad("maxiter 1.5", TypeError, "^maxiter must be an integer", maxiter=1.5),
            bad("search", ValueError, "^line_search must be .*'wolfe'", line_search="wolfe"),
        ),
    ),
    Row(
        name="optimize.newton_minimize",
        proof="closed form",
        inputs=newton_calls,
        expected=one_step,
        compare=same_path,
        bad=(
            *BAD_OBJECTIVES,
            *BAD_GRADIENTS,
            *UNSUPPORTED,
            *bad_option("gtol", -1),
            *bad_option("xtol", -1),
            bad("hess", TypeError, "^hess must be callable, got str", hess="2-point"),
            bad("hess shape", ValueError, r"^hess must return the shape \(2, 2\), got \(2,\)",
                hess=double),
            bad("maxiter", ValueError, "^maxiter must be at least 0, got -1", maxiter=-1),
            bad("search", ValueError, "^line_search must be .*'wolfe'", line_search="wolfe"),
        ),
    ),
    Row(
        name="optimize.line_search_armijo",
        proof="closed form",
        inputs=searches,
        expected=first_that_fits,
        bad=(
            bad("uphill", ValueError, "^d must descend.* g·d = 4", square, ONES, 2 * ONES, ONES),
            bad("flat", ValueError, "^d must descend", square, ONES, 0 * ONES, ONES),
            bad("NaN", ValueError, "^d must descend", square, ONES, ONES * float("nan"), ONES),
            bad("shape", ValueError, "^d must have the shape", square, ONES, -ONES[:1], ONES),
            bad("g", ValueError, "^g must have the shape", square, ONES, -ONES, ONES[:1]),
            bad("kind", TypeError, "^d must hold real numbers", square, ONES, [-1, -1], ONES),
            bad("integers", TypeError, "^x must hold", square, ONES.int(), -ONES, ONES),
            bad("f", TypeError, "^f must be callable", 1, ONES, -ONES, ONES),
            bad("vector", ValueError, "^f must return one", double, ONES, -ONES, ONES),
            bad("alpha", ValueError, "^alpha must be above 0", square, ONES, -ONES, ONES, alpha=0),
            bad("c1", ValueError, "^c1 must be above 0 and below 1", square, ONES, -ONES, ONES,
                c1=1),
            bad("rho", ValueError, "^rho must be above 0 and below 1", square, ONES, -ONES, ONES,
                rho=1.0),
        ),
    ),
]  # fmt: skip
