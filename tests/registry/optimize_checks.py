"""Rows of ``companion.optimize``: gradients checked, orders measured, multipliers tested."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import scipy.optimize
import torch
from torch import Tensor

from tests.registry._row import Call, Row, call, close
from tests.registry.optimize_roots import refuse, same_kind

ONE = torch.ones(2, dtype=torch.float64)
EYE = torch.eye(2, dtype=torch.float64)
NAN = float("nan")


def bowl(x: Any, c: float = 3.0) -> Any:
    return c * x[0] ** 2 + x[0] * x[-1] ** 3


def bowl_slope(x: Any, c: float = 3.0) -> Any:
    stack = torch.stack if isinstance(x, Tensor) else np.stack
    return stack([2 * c * x[0] + x[1] ** 3, 3 * x[0] * x[1] ** 2])


def cubes(x: Any) -> Any:
    return x**3


def cubes_slope(x: Any) -> Any:
    return (torch.diag if isinstance(x, Tensor) else np.diag)(3 * x**2)


def plain(x: Any) -> Any:
    return x.numpy() if isinstance(x, Tensor) else x


def as_tensors(f: Callable[..., Any], given: Any) -> Callable[..., Any]:
    """The function as the library may call it: arrays in and out."""
    if not isinstance(given, Tensor):
        return f
    return lambda x, *args: np.asarray(f(torch.as_tensor(x, dtype=given.dtype), *args))


def points(g: torch.Generator, dtype: torch.dtype) -> Iterator[tuple[Any, str]]:
    for _ in range(3):
        x = torch.randn(2, generator=g, dtype=dtype)
        yield x, "tensor"
        yield x.numpy(), "array"
    yield torch.tensor([0.0, -2.0], dtype=dtype), "zero"


def differences(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for x, label in points(g, dtype):
        yield call(x, bowl, label=label)
        yield call(x, bowl, 1e-3, label=f"{label}, step")
        yield call(x, bowl, -1e-3, label=f"{label}, to the left")
        yield call(x, bowl, np.array([1e-3, 1e-4]), 2.0, label=f"{label}, steps and args")
        yield call(x, cubes, 1e-4, label=f"{label}, Jacobian")
    yield call(torch.tensor([1e12, -1e12], dtype=dtype), cubes, label="lost steps")
    yield call([1.0, 2.0], bowl, label="list")


def gradients(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for x, label in points(g, dtype):
        yield call(bowl, bowl_slope, x, label=label)
        yield call(bowl, bowl_slope, x, 2.0, epsilon=1e-4, label=f"{label}, step and args")
        yield call(bowl, lambda x: 2 * bowl_slope(x), x, label=f"{label}, wrong")
        yield call(cubes, cubes_slope, x, label=f"{label}, Jacobian")


def library_differences(xk: Any, f: Any, *args: Any) -> Any:
    found = scipy.optimize.approx_fprime(plain(xk), as_tensors(f, xk), *args)
    return torch.as_tensor(found) if isinstance(xk, Tensor) else found


def library_check(f: Any, grad: Any, x0: Any, *args: Any, **kwargs: Any) -> float:
    f, grad = as_tensors(f, x0), as_tensors(grad, x0)
    return float(scipy.optimize.check_grad(f, grad, plain(x0), *args, **kwargs))


def sequences(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    """Errors with e_{k+1} = C e_k^p, cut where they reach rounding, and a tail of it."""
    for p in (1.0, 1.5, 2.0, 3.0):
        for C in (0.3, 0.9):
            e = [0.5]
            while len(e) < 12 and e[-1] > 2e-4:
                e.append(C * e[-1] ** p)
            tail = [e[-1], 1e-6 if dtype == torch.float32 else 8e-15, 0.0, 2e-16, 1e-16]
            yield call(torch.tensor(e, dtype=dtype), label=f"order {p}, {C}")
            yield call(torch.tensor(e + tail, dtype=dtype), label=f"order {p}, {C}, tail")
            yield call(np.array([0.1, *e]), label=f"order {p}, {C}, rising first")


def order_of(errors: Any) -> float:
    """The order that made the sequence: its logarithms satisfy ln e_{k+1} = ln C + p ln e_k."""
    first = 1 if float(errors[0]) == 0.1 else 0
    logs = np.log(np.asarray(errors, dtype=float)[first : first + 3])
    return float(np.diff(logs)[1] / np.diff(logs)[0])


def conditions(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    def normal(*shape: int) -> Tensor:
        return torch.randn(*shape, generator=g, dtype=dtype)

    for n, p, q in ((3, 2, 4), (2, 1, 1), (4, 0, 2), (4, 2, 0)):
        args = (normal(n), normal(p), normal(p, n), normal(q), normal(q, n), normal(p), normal(q))
        yield call(*args, label=f"n={n}, {p} equalities, {q} inequalities")
        yield call(*(x.numpy() for x in args), label="arrays")
    none = (None, None)
    yield call(normal(3), normal(2), normal(2, 3), *none, normal(2), None, label="no inequality")
    yield call(normal(3), *none, normal(2), normal(2, 3), None, normal(2), label="no equality")


def written_out(grad_f: Any, g: Any, Jg: Any, h: Any, Jh: Any, lam: Any, mu: Any) -> list[float]:
    """The four conditions in double loops over Python numbers."""
    slope = [float(x) for x in grad_f]
    g, lam, h, mu = ([] if v is None else [float(x) for x in v] for v in (g, lam, h, mu))
    for J, multipliers in ((Jg, lam), (Jh, mu)):
        for i, factor in enumerate(multipliers):
            slope = [s + factor * float(J[i][k]) for k, s in enumerate(slope)]
    parts = (
        slope,
        g + [x for x in h if x > 0],
        [m for m in mu if m < 0],
        [m * x for m, x in zip(mu, h, strict=True)],
    )
    return [sum(x * x for x in part) ** 0.5 for part in parts]


def same_norms(ours: dict[str, float], expected: list[float], tol: float) -> None:
    assert list(ours) == ["stationarity", "feasibility", "sign", "complementarity"]
    close(list(ours.values()), expected, tol)


EXACT = {torch.float64: 1e-12, torch.float32: 3e-3}
ROWS = [
    Row(
        name="optimize.approx_fprime", proof="library", inputs=differences,
        expected=library_differences, compare=same_kind, dtypes=(torch.float64,), tol=EXACT,
        mirrors="scipy.optimize.approx_fprime",
        bad=(
            refuse("no function", TypeError, "^f must be callable", ONE, 1.0),
            refuse("integers", TypeError, "^xk .*int64", ONE.long(), bowl),
            refuse("text", TypeError, "^xk must hold real numbers", "ab", bowl),
            refuse("matrix", ValueError, r"^xk .*\(2, 2\)", EYE, bowl),
            refuse("empty", ValueError, r"^xk .*\(0,\)", ONE[:0], bowl),
            refuse("steps", ValueError, r"^epsilon .*1 or 2 .*\(3,\)", ONE, bowl, [1.0] * 3),
            refuse("no step", ValueError, "^epsilon must not be zero", ONE, bowl, 0.0),
            refuse("result", ValueError, r"^f must return .*\(2, 2\)", ONE, lambda x: EYE),
        ),
    ),
    Row(
        name="optimize.check_grad", proof="library", inputs=gradients, expected=library_check,
        dtypes=(torch.float64,), tol=EXACT, mirrors="scipy.optimize.check_grad",
        bad=(
            refuse("no function", TypeError, "^func must be callable", 1.0, bowl_slope, ONE),
            refuse("no gradient", TypeError, "^grad must be callable", bowl, ONE, ONE),
            refuse("shape", ValueError, r"^grad .*\(2,\), got \(\)", bowl, bowl, ONE),
            refuse("integers", TypeError, "^xk .*int64", bowl, bowl_slope, ONE.long()),
        ),
    ),
    Row(
        name="optimize.convergence_order", proof="closed form", inputs=sequences,
        expected=order_of, tol={torch.float64: 1e-9, torch.float32: 1e-3},
        bad=(
            refuse("two", ValueError, "^errors must hold three that fall", [1.0, 0.5]),
            refuse("rounding", ValueError, "^errors must hold three", [1.0, 1e-7, 1e-15, 1e-16]),
            refuse("rising", ValueError, "^errors must hold three", [1.0, 2.0, 3.0]),
            refuse("negative", ValueError, "^errors must not be negative", [1.0, -0.5, 0.1]),
            refuse("NaN", ValueError, "^errors must not be negative or NaN", [1.0, NAN, 0.1]),
            refuse("matrix", ValueError, r"^errors .*\(2, 2\)", EYE),
            refuse("text", TypeError, "^errors must hold real numbers", ["a", "b"]),
        ),
    ),
    Row(
        name="optimize.kkt_residual", proof="closed form", inputs=conditions,
        expected=written_out, compare=same_norms,
        bad=(
            refuse("text", TypeError, "^grad_f must hold", "ab", *[None] * 6),
            refuse("matrix", ValueError, r"^grad_f .*\(2, 2\)", EYE, *[None] * 6),
            refuse("transposed", ValueError, r"^Jg must have the shape \(1, 2\) .*got \(2, 1\)",
                   ONE, ONE[:1], ONE[:, None], None, None, ONE[:1], None),
            refuse("multipliers", ValueError, r"^mu must have the shape \(2,\) of h, got \(1,\)",
                   ONE, None, None, ONE, EYE, None, ONE[:1]),
            refuse("missing", ValueError, "^lam must be given", ONE, ONE, EYE, *[None] * 4),
        ),
    ),
]  # fmt: skip
