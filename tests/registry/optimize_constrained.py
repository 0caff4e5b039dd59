"""Rows of ``companion.optimize``: minima with constraints, against SciPy's SLSQP."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import scipy.optimize
import torch
from torch import Tensor

from tests.registry._row import Call, Row, call
from tests.registry.optimize_roots import refuse, same_kind

F64 = torch.float64


def stack(x: Any, *parts: Any) -> Any:
    return torch.stack(list(parts)) if isinstance(x, Tensor) else np.stack(parts)


def sine(x: Any) -> Any:
    return torch.sin(x) if isinstance(x, Tensor) else np.sin(x)


def saddle(x: Any) -> Any:
    return x[1] ** 2 - x[0] ** 2


def wave(x: Any, shift: float = 0.5) -> Any:
    return sine(6 * x[0] - 0.7) - x[1] - shift


def product(x: Any) -> Any:
    return x[0] * x[1] + x[2] ** 2


def in_ball(x: Any) -> Any:
    return 1 - (x * x).sum()


def nearest(x: Any) -> Any:
    return (x[0] - 3) ** 2 + 2 * (x[1] + 1) ** 2 + (x[2] - x[0]) ** 2 / 2


def in_box(x: Any) -> Any:
    return stack(x, x[0], x[1], x[2], 2 - x[0] - x[1])


def on_plane(x: Any) -> Any:
    return x[0] + x[1] + x[2] - 1


BALL = {"type": "ineq", "fun": in_ball, "jac": lambda x: -2 * x}
WAVE = {"type": "eq", "fun": wave}
PROBLEMS: tuple[tuple[Callable[..., Any], list[float], Any], ...] = (
    (saddle, [1.0, -0.5], WAVE),
    (saddle, [1.0, -0.5], {"type": "eq", "fun": wave, "args": (0.4,)}),
    (product, [0.3, -0.5, 0.2], BALL),
    (product, [-0.6, 0.1, 0.9], [BALL]),
    (nearest, [0.0, 0.0, 0.0], [{"type": "ineq", "fun": in_box}, {"type": "eq", "fun": on_plane}]),
    (nearest, [0.5, 0.5, 0.5], [{"type": "ineq", "fun": in_box}, BALL]),
    (nearest, [0.0, 0.0, 0.0], ()),
)


def problems(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for k, (f, x0, constraints) in enumerate(PROBLEMS):
        yield call(f, np.array(x0), constraints=constraints, label=f"{k}, array")
        yield call(f, torch.tensor(x0, dtype=dtype), constraints=constraints, label=f"{k}, tensor")


def by_slsqp(f: Any, x0: Any, constraints: Any) -> Any:
    """Sequential quadratic programming; its point decides, its flag fails at tight tolerances."""
    listed = [constraints] if isinstance(constraints, dict) else constraints
    plain = [{k: v for k, v in c.items() if k != "jac"} for c in listed]
    found = scipy.optimize.minimize(
        f, np.asarray(x0), constraints=plain, method="SLSQP", jac="3-point", options={"ftol": 1e-13}
    ).x
    return torch.as_tensor(found) if isinstance(x0, Tensor) else found


def same_minimum(ours: Any, expected: Any, tol: float) -> None:
    assert ours.success, ours.message
    same_kind(ours.x, expected, tol)


START = torch.ones(2, dtype=F64)


def bad(label: str, error: type[Exception], match: str, **kwargs: Any) -> Any:
    return refuse(label, error, match, saddle, START, **kwargs)


ROWS = [
    Row(
        name="optimize.augmented_lagrangian", proof="library", inputs=problems, expected=by_slsqp,
        compare=same_minimum, dtypes=(F64,), tol={F64: 1e-6},
        bad=(
            refuse("no function", TypeError, "^fun must be callable", 1.0, START),
            refuse("NaN", ValueError, "^x0 must be finite", saddle, START * float("nan")),
            refuse("text", TypeError, "^x0 must hold real numbers", saddle, "ab"),
            bad("bounds", ValueError, "^bounds must be None", bounds=[(0, 1)]),
            bad("hessp", ValueError, "^hessp must be None", hessp=saddle),
            bad("rho", ValueError, "^rho must be above 0, got 0", rho=0.0),
            bad("gtol", ValueError, "^gtol .* got -1", gtol=-1),
            bad("ctol", TypeError, "^ctol .* got str", ctol="1"),
            bad("maxiter", TypeError, "^maxiter .* got float", maxiter=1.5),
            bad("no dictionary", TypeError, "^constraints must be a dictionary, got function",
                constraints=wave),
            bad("in a list", TypeError, r"^constraints\[1\] must be a dictionary, got int",
                constraints=[WAVE, 3]),
            bad("type", ValueError, "^constraints.'type'. .* got '<='",
                constraints={"type": "<=", "fun": wave}),
            bad("key", ValueError, "^constraints must have the keys .* got 'name'",
                constraints=WAVE | {"name": 1}),
            bad("fun", TypeError, "^constraints.'fun'. must be callable, got None",
                constraints={"type": "eq"}),
            bad("jac", TypeError, "^constraints.'jac'. must be callable",
                constraints=WAVE | {"jac": 3}),
            bad("matrix", ValueError, r"^constraints.'fun'. must return a vector, got \(1, 1\)",
                constraints=WAVE | {"fun": lambda x: x[:1, None]}),
            bad("Jacobian", ValueError, r"^constraints.'jac'. must return \(1, 2\), got \(3,\)",
                constraints=WAVE | {"jac": lambda x: x.new_ones(3)}),
        ),
    ),
]  # fmt: skip
