"""Rows of ``companion.optimize``: roots, stationary points and their tests."""

from __future__ import annotations

import itertools
import math
from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import scipy.optimize
import torch
from torch import Tensor

from tests.registry._row import Bad, Call, Row, call, close

Function = Callable[[Any], Any]
DOUBLE = (torch.float64,)
TIGHT = {torch.float64: 1e-12, torch.float32: 1e-5}


def same_kind(ours: Any, expected: Any, tol: float) -> None:
    """Like ``close``, and an array comes back where the library gives one."""
    if isinstance(expected, np.ndarray):
        assert isinstance(ours, np.ndarray), f"got {type(ours).__name__}, expected an array"
        ours, expected = torch.as_tensor(ours), torch.as_tensor(expected)
    elif isinstance(expected, np.floating):
        assert isinstance(ours, np.floating), f"got {type(ours).__name__}, expected a number"
        ours, expected = float(ours), float(expected)
    close(ours, expected, tol)


def refuse(label: str, error: type[Exception], match: str, *args: Any, **kwargs: Any) -> Bad:
    """Write a bad call as it would be written in code."""
    return Bad(label, lambda f: f(*args, **kwargs), error, match)


def cubic(x: Any) -> Any:
    return x**3 - x - 5


def cubic_slope(x: Any) -> Any:
    return 3 * x**2 - 1


def spring(x: Any) -> Any:
    return x + x**3 - 2


def spring_slope(x: Any) -> Any:
    return 1 + 3 * x**2


def cosine(x: Any) -> Any:
    return (torch if isinstance(x, Tensor) else math).cos(x) - x


def cosine_slope(x: Any) -> Any:
    return -(torch if isinstance(x, Tensor) else math).sin(x) - 1


def shifted(x: Any, c: float) -> Any:
    return x**2 - c


BRACKETS: tuple[tuple[Function, float, float], ...] = (
    (cubic, 0.0, 7.0), (spring, -4.0, 3.0), (cosine, 0.0, 1.0), (spring, 0.0, 1.0),
    (spring, 1.0, 3.0), (cubic, 6.0, -3.0),
)  # fmt: skip
STARTS: tuple[tuple[Function, Function, float], ...] = (
    (cubic, cubic_slope, 3.0), (spring, spring_slope, -2.0), (cosine, cosine_slope, 0.5),
    (spring, spring_slope, 1.0),
)  # fmt: skip


def bracket_calls(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for f, a, b in BRACKETS:
        yield call(f, a, b, label=f"{f.__name__} in ({a}, {b})")
        yield call(f, a, b, (), 1e-6, 1e-4, label=f"{f.__name__} coarse")
        ends = torch.tensor([a, b], dtype=dtype)
        yield call(f, ends[0], ends[1], label=f"{f.__name__} tensors")
    yield call(shifted, 0, 9, (2,), label="integers and args")


def start_calls(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for f, slope, x0 in STARTS:
        yield call(f, x0, slope, label=f"{f.__name__} tangents")
        yield call(f, x0, label=f"{f.__name__} secants")
        yield call(f, x0, x1=x0 + 1, label=f"{f.__name__} secants from two")
        yield call(f, x0, slope, (), 1e-3, label=f"{f.__name__} coarse")
        yield call(f, torch.tensor(x0, dtype=dtype), slope, label=f"{f.__name__} tensor")
    yield call(shifted, 1, None, (2.0,), label="args")


def every_method(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for f, a, b in BRACKETS:
        for method in (None, "bisect", "brentq"):
            yield call(f, method=method, bracket=[a, b], label=f"{f.__name__} {method}")
        yield call(f, method="brentq", bracket=(a, b), xtol=1e-3, rtol=1e-3, label="coarse")
        yield call(f, method="brentq", bracket=(a, b), maxiter=3, label="three steps only")
    for f, slope, x0 in STARTS:
        yield call(f, x0=x0, fprime=slope, label=f"{f.__name__} newton")
        yield call(f, method="secant", x0=x0, x1=x0 + 0.5, label=f"{f.__name__} secant")
        yield call(f, method="secant", x0=x0, maxiter=2, label=f"{f.__name__} two steps only")
        yield call(f, method="newton", x0=x0, fprime=slope, maxiter=2, label="two steps only")
    yield call(shifted, (3.0,), bracket=(0, 5), label="args")


def with_floats(function: Callable[..., Any]) -> Callable[..., Any]:
    """The library on floats; its root as a tensor if ours got a tensor."""

    def expected(f: Any, *args: Any, **kwargs: Any) -> Any:
        like = next((a for a in args if isinstance(a, Tensor)), None)
        plain = (float(a) if isinstance(a, Tensor) else a for a in args)
        root = function(f, *plain, **kwargs)
        return root if like is None else torch.tensor(root, dtype=like.dtype)

    return expected


def same_search(ours: Any, expected: Any, tol: float) -> None:
    """Equal root, steps, calls and words; SciPy counts no steps if an end is the root."""
    assert type(ours) is type(expected)
    close(float(ours.root), float(expected.root), tol)
    assert ours.iterations == (0 if ours.function_calls == 2 else expected.iterations)
    for name in ("function_calls", "converged", "flag", "method"):
        assert ours[name] == expected[name], f"{name}: {ours[name]} != {expected[name]}"


NAN = float("nan")
IN_BRACKET = (
    refuse("no function", TypeError, "^f must be callable, got float", 1.0, 0, 1),
    refuse("signs", ValueError, "different signs, got 1.0 and 1.0", lambda x: 1, 0, 1),
    refuse("text", TypeError, "^a must hold real numbers", cubic, "0", 1),
    refuse("vector", ValueError, r"^b must be one number.*\(2,\)", cubic, 0, [1, 2]),
    refuse("infinite", ValueError, "^b must be finite, got inf", cubic, 0, math.inf),
    refuse("integer tensor", TypeError, "^a .*int64", cubic, torch.tensor(1), 2),
    refuse("NaN", ValueError, "^f must be a number.*NaN at x = 0", lambda x: NAN, 0, 1),
    refuse("two values", ValueError, r"^f must return one number.*\(2,\)",
           lambda x: np.ones(2), 0, 1),
    refuse("xtol", ValueError, "^xtol must be above 0, got 0", cubic, 0, 7, xtol=0),
    refuse("rtol", ValueError, "^rtol must be at least", cubic, 0, 7, rtol=0),
    refuse("maxiter", ValueError, "^maxiter .* -1", cubic, 0, 7, maxiter=-1),
    refuse("steps", RuntimeError, "converge after 3 iterations", cubic, 0, 7, maxiter=3),
)  # fmt: skip
FROM_START = (
    refuse("no function", TypeError, "^func must be callable, got float", 1.0, 0.0),
    refuse("no derivative", TypeError, "^fprime must be callable, got int", cubic, 0.0, 2),
    refuse("vector", ValueError, r"^x0 must be one number.*\(2,\)", cubic, [1.0, 2.0]),
    refuse("NaN", ValueError, "^x0 must be finite, got nan", cubic, NAN),
    refuse("tol", ValueError, "^tol must be above 0, got 0", cubic, 1.0, tol=0),
    refuse("maxiter", ValueError, "^maxiter must be above 0, got 0", cubic, 1.0, maxiter=0),
    refuse("same", ValueError, "^x1 must differ", cubic, 1.0, x1=1.0),
    refuse("flat", RuntimeError, "Derivative was zero at x = 0.0", spring, 0.0, lambda x: 0),
    refuse("flat secant", RuntimeError, "secant was zero", lambda x: x**2 + 1, -1.0, x1=1.0),
    refuse("steps", RuntimeError, "after 2 iterations", cubic, 9.0, cubic_slope, maxiter=2),
    refuse("secants", RuntimeError, "after 2 iterations", cubic, 9.0, maxiter=2),
)

ROWS = [
    Row(
        name="optimize.bisect", proof="library", inputs=bracket_calls,
        expected=with_floats(scipy.optimize.bisect), mirrors="scipy.optimize.bisect",
        bad=IN_BRACKET,
    ),
    Row(
        name="optimize.newton", proof="library", inputs=start_calls,
        expected=with_floats(scipy.optimize.newton), mirrors="scipy.optimize.newton",
        bad=FROM_START,
    ),
    Row(
        name="optimize.root_scalar", proof="library", inputs=every_method,
        expected=scipy.optimize.root_scalar, compare=same_search, dtypes=DOUBLE,
        mirrors="scipy.optimize.root_scalar",
        bad=(
            refuse("no function", TypeError, "^f must be callable", 1.0, bracket=(0, 1)),
            refuse("nothing", ValueError, "^bracket or x0 must be given", cubic),
            refuse("no bracket", ValueError, "^bracket must be given", cubic, method="bisect"),
            refuse("no start", ValueError, "^x0 must be given", cubic, method="secant"),
            refuse("no slope", ValueError, "^fprime must be", cubic, method="newton", x0=1.0),
            refuse("three ends", ValueError, "^bracket must be two", cubic, bracket=(0, 1, 2)),
            refuse("a number", ValueError, "^bracket must be two", cubic, bracket=3.0),
            refuse("other method", NotImplementedError, "'toms748'; see scipy", cubic,
                   method="toms748", bracket=(0, 7)),
            refuse("signs", ValueError, "different signs", cubic, bracket=(-1, 1)),
        ),
    ),
]  # fmt: skip


def truss(u: Any) -> Any:
    """Residual of the von Mises truss under the load 0.3, and a spring coupled to it."""
    stack = torch.stack if isinstance(u, Tensor) else np.stack
    return stack([u[0] * (1 - u[0]) * (2 - u[0]) + (u[0] - u[1]) / 4 - 0.3, u[1] ** 3 - u[0] / 9])


def truss_tangent(u: Any) -> Any:
    slope = 2 - 6 * u[0] + 3 * u[0] ** 2 + 0.25
    rows = [[float(slope), -0.25], [-1 / 9, float(3 * u[1] ** 2)]]
    return u.new_tensor(rows) if isinstance(u, Tensor) else np.array(rows)


def systems(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    tol = 1e-12 if dtype == torch.float64 else 1e-5
    start = torch.tensor([0.1, 0.4], dtype=dtype)
    yield call(truss, start, truss_tangent, tol, label="two unknowns, tensors")
    yield call(truss, start.numpy(), truss_tangent, tol, label="two unknowns, arrays")
    A = torch.randn(5, 5, generator=g, dtype=dtype) + 6 * torch.eye(5, dtype=dtype)
    b = torch.randn(5, generator=g, dtype=dtype)
    yield call(lambda u: A @ u + u**3 - b, b, lambda u: A + torch.diag(3 * u**2), tol, label="five")
    yield call(lambda u: A @ u - b, b, lambda u: A, tol, 1, label="one step if linear")
    yield call(spring, torch.tensor([2.0], dtype=dtype), spring_slope, tol, label="one unknown")


def by_hybrid(residual: Function, x0: Any, jac: Function, *_: Any) -> Any:
    """Powell's hybrid method, in double precision."""
    is_tensor, dtype = isinstance(x0, Tensor), torch.as_tensor(x0).dtype

    def plain(f: Function) -> Function:
        def g(u: Any) -> Any:
            y = f(torch.as_tensor(u, dtype=dtype) if is_tensor else u)
            return np.atleast_1d(np.asarray(y, dtype=float))

        return g

    jacobian = plain(jac) if dtype == torch.float64 else None
    found = scipy.optimize.root(plain(residual), np.asarray(x0, dtype=float), jac=jacobian,
                                tol=1e-13 if jacobian else 1e-6).x  # fmt: skip
    return torch.as_tensor(found).to(dtype) if is_tensor else found.astype(x0.dtype)


def same_root(ours: Any, expected: Any, tol: float) -> None:
    assert ours.success, ours.message
    same_kind(ours.x, expected, tol)


def slopes(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    """Derivatives of which the library can bracket each root."""
    for f, interval in ((torch.cos, (-10.0, 10.0)), (spring, (-3, 3)), (torch.exp, (0, 1))):
        ends = torch.tensor(interval, dtype=dtype)
        yield call(f, ends, label=f"{f.__name__} tensor")
        yield call(f, ends, 57, label=f"{f.__name__} few points")
    yield call(np.cos, np.array([-3.0, 8.0]), label="array")
    yield call(lambda x: x**2 - 1, torch.tensor([-2.0, 2.0], dtype=dtype), 5, label="on the grid")


def each_bracketed(df: Function, interval: Any, n: int = 400) -> Any:
    """The library on each gap of the same grid; the ends of the grid are no roots."""
    dtype, kind = torch.as_tensor(interval).dtype, type(interval)

    def f(x: float) -> float:
        point = np.array([x])
        return float(df(torch.as_tensor(point) if kind is Tensor else point)[0])

    a, b = (float(x) for x in interval)
    grid = np.linspace(a, b, n)
    # Nudge the grid: a root on one of its points is then inside a gap.
    grid[1:-1] += 1e-7 * (b - a)
    pairs = [p for p in itertools.pairwise(grid) if f(p[0]) * f(p[1]) < 0]
    roots = np.array([scipy.optimize.brentq(f, *p) for p in pairs])
    return torch.tensor(roots, dtype=dtype) if kind is Tensor else roots


def points(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    zero = torch.zeros(3, dtype=dtype)
    for signs in ((1, 2, 3), (-1, -2, -3), (1, -1, 2), (0, 1, 2), (0, -1, -2), (0, 1, -1)):
        Q = torch.linalg.qr(torch.randn(3, 3, generator=g, dtype=dtype)).Q
        H = Q @ torch.diag(torch.tensor(signs, dtype=dtype)) @ Q.mT
        yield call(zero, H, label=str(signs))
        yield call(zero + 1e-3, H, label=f"{signs} with a slope")
    yield call(zero, torch.diag(zero + 1e-5), 1e-4, label="small for a larger tol")
    yield call(zero + 1e-5, torch.diag(zero - 1), 1e-4, label="small slope for a larger tol")
    yield call(zero, 0 * H, label="zero")
    yield call(zero[:1], H[:1, :1], label="one variable")
    yield call(zero[0], H[0, 0], label="numbers")


def by_signs(grad: Tensor, hess: Tensor, tol: float = 1e-8) -> str:
    if float(grad.double().norm()) > tol:
        return "not stationary"
    n = grad.numel()
    H = hess.reshape(n, n).double()
    zero = max(tol, 1e-5 if grad.dtype == torch.float32 else 0)
    values = torch.linalg.eigvalsh((H + H.mT) / 2)
    signs = {int(torch.sign(v)) if abs(v) > zero * max(1.0, float(values.abs().max())) else 0
             for v in values}  # fmt: skip
    if {1, -1} <= signs:
        return "saddle"
    return {(1,): "minimum", (-1,): "maximum"}.get(tuple(signs), "inconclusive")


EYE = torch.eye(2, dtype=torch.float64)
START = torch.ones(2, dtype=torch.float64)
ROWS += [
    Row(
        name="optimize.newton_raphson", proof="library", inputs=systems, expected=by_hybrid,
        compare=same_root, tol={torch.float64: 1e-9, torch.float32: 1e-4},
        bad=(
            refuse("no residual", TypeError, "^residual must be callable", 1, START, truss_tangent),
            refuse("no tangent", TypeError, "^jac must be callable", truss, START, None),
            refuse("matrix", ValueError, r"^x0 .*\(2, 2\)", truss, EYE, truss_tangent),
            refuse("NaN", ValueError, "^x0 must be finite", truss, START * NAN, truss_tangent),
            refuse("integers", TypeError, "^x0 .*int64", truss, torch.ones(2).long(), truss),
            refuse("residual", ValueError, r"^residual must return the shape \(2,\), got \(2, 2\)",
                   truss_tangent, START, truss_tangent),
            refuse("tangent", ValueError, r"^jac must return the shape \(2, 2\), got \(2,\)",
                   truss, START, truss),
            refuse("tol", ValueError, "^tol .* got -1", truss, START, truss_tangent, -1),
            refuse("maxiter", ValueError, "^maxiter .* -2", truss, START, truss_tangent, 1, -2),
        ),
    ),
    Row(
        name="optimize.stationary_points", proof="library", inputs=slopes,
        expected=each_bracketed, compare=same_kind,
        bad=(
            refuse("no function", TypeError, "^df must be callable", 1.0, (0, 1)),
            refuse("three ends", ValueError, r"^interval .*\(3,\)", torch.cos, (0, 1, 2)),
            refuse("text", TypeError, "^interval", torch.cos, ("a", "b")),
            refuse("order", ValueError, r"^interval .*a < b, got \[1", torch.cos, (1, 0)),
            refuse("infinite", ValueError, "^interval must be finite", torch.cos, (0, math.inf)),
            refuse("one point", ValueError, "^n must be at least 2, got 1", torch.cos, (0, 1), 1),
            refuse("float", TypeError, "^n must be an integer, got float", torch.cos, (0, 1), 9.0),
            refuse("number", ValueError, r"^df must keep the shape \(400,\), got \(\)",
                   torch.sum, (0, 1)),
            refuse("NaN", ValueError, "^df must be finite.*at x = -1", torch.sqrt, (-1, 1)),
        ),
    ),
    Row(
        name="optimize.classify_critical_point", proof="library", inputs=points, expected=by_signs,
        bad=(
            refuse("text", TypeError, "^grad must hold real numbers", "flat", EYE),
            refuse("integers", TypeError, "^hess .*int64", START, EYE.long()),
            refuse("matrix", ValueError, r"^grad .*\(2, 2\)", EYE, EYE),
            refuse("empty", ValueError, r"^grad .*\(0,\)", START[:0], EYE[:0, :0]),
            refuse("sizes", ValueError, r"^hess .*\(2, 2\).*\(2,\)", START, START),
            refuse("NaN", ValueError, "^hess must be finite", 0 * START, EYE * NAN),
            refuse("NaN slope", ValueError, "^grad must be finite", START * NAN, EYE),
            refuse("tol", ValueError, "^tol must be finite and above 0, got 0", START, EYE, 0),
        ),
    ),
]  # fmt: skip


def valley_calls(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for n in (2, 3, 6):
        x = torch.randn(n, generator=g, dtype=dtype)
        yield call(x, label=f"{n} variables")
        yield call(x.numpy(), label=f"{n} variables, array")
    yield call(torch.ones(4, dtype=dtype), label="minimum")
    yield call([3, -1, 2], label="list of integers")


def batches(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    yield from valley_calls(g, dtype)
    for shape in ((2, 5), (4, 3, 2), (3, 0)):
        x = torch.randn(shape, generator=g, dtype=dtype)
        yield call(x, label=str(shape))
        yield call(x.numpy(), label=f"{shape}, array")


def in_library(name: str) -> Callable[[Any], Any]:
    """The library on an array; a tensor again if ours got a tensor."""

    def expected(x: Any) -> Any:
        given = getattr(scipy.optimize, name)(x.numpy() if isinstance(x, Tensor) else x)
        return torch.as_tensor(given, dtype=x.dtype) if isinstance(x, Tensor) else given

    return expected


ROWS += [
    Row(
        name=f"optimize.{name}", proof="library", inputs=inputs, expected=in_library(name),
        compare=same_kind, mirrors=f"scipy.optimize.{name}", tol=TIGHT,
        bad=(
            refuse("text", TypeError, "^x must hold numbers", "abc"),
            refuse("integers", TypeError, "^x .*int64", torch.ones(3).long()),
            refuse("number", ValueError, r"^x must have at least . var.*\(\)", torch.tensor(1.0)),
            *more,
        ),
    )
    for name, inputs, more in (
        ("rosen", batches, ()),
        ("rosen_der", batches, (refuse("one", ValueError, r"least 2 .*\(1,", START[:1]),)),
        ("rosen_hess", valley_calls, (refuse("matrix", ValueError, "^x .* vector", EYE),)),
    )
]  # fmt: skip
