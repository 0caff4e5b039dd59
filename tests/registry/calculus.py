"""Rows of ``companion.calculus``: derivatives worked out by hand, and ``torch.func``."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from tests.calculus import functions as by_hand
from tests.registry._row import Bad, Call, Row, call, close

SLOPES: dict[Callable[[Tensor], Tensor], Callable[[Tensor], Tensor]] = {
    by_hand.wave: by_hand.wave_slope,
    by_hand.cubic: by_hand.cubic_slope,
    by_hand.product: by_hand.product_gradient,
    by_hand.polar: by_hand.polar_jacobian,
    by_hand.cubes: by_hand.cubes_gradient,
}
# The forward difference reaches no more than the root of the machine epsilon.
TOL = {torch.float64: 1e-7, torch.float32: 3e-3}


def scalar_calls(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for f in (by_hand.wave, by_hand.cubic):
        for shape in ((), (5,), (2, 3), (0,)):
            x = 2 * torch.randn(shape, generator=g, dtype=dtype)
            yield call(f, x, label=f"{f.__name__} {shape}")
            yield call(f, x, scheme="forward", label=f"{f.__name__} {shape} forward")
        yield call(f, x + 40, None, label="larger")


def vector_calls(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    shapes = {by_hand.product: (3,), by_hand.polar: (2,), by_hand.cubes: (2, 3), by_hand.cubic: ()}
    for method in ("3-point", "2-point", "cs"):
        for f, shape in shapes.items():
            x0 = torch.randn(shape, generator=g, dtype=dtype)
            yield call(f, x0, method, label=f"{f.__name__} {method}")
        x0 = torch.randn(3, 2, generator=g, dtype=dtype).mT
        yield call(by_hand.cubes, x0, method, label=f"transposed memory {method}")


def by_hand_slope(f: Callable[[Tensor], Tensor], x: Tensor, *_: Any, **__: Any) -> Tensor:
    return SLOPES[f](x)


ONES = torch.ones(3)


def bad_ones(f: str, x: str, step: str, choice: str) -> tuple[Bad, ...]:
    """What both functions refuse; the arguments are named as each of them calls them."""
    more: dict[str, tuple[type[Exception], str, dict[str, Any]]] = {
        "step 0": (ValueError, rf"{step} .* got 0", {step: 0}),
        "step NaN": (ValueError, rf"{step} .* got nan", {step: float("nan")}),
        "step inf": (ValueError, rf"{step} .* got inf", {step: float("inf")}),
        "step text": (TypeError, rf"{step} .* got str", {step: "1"}),
        "choice": (ValueError, rf"{choice} .* got '5-point'", {choice: "5-point"}),
    }
    bad = [
        Bad("no function", lambda d: d(1.0, ONES), TypeError, rf"^{f} must be callable"),
        Bad("list", lambda d: d(torch.sin, [1.0]), TypeError, rf"^{x} .* got list"),
        Bad("integers", lambda d: d(torch.sin, ONES.int()), TypeError, rf"^{x} .*int32"),
        Bad("no tensor", lambda d: d(lambda _: 1.0, ONES), TypeError, rf"^{f} must return.*float"),
    ]
    for label, (error, match, given) in more.items():
        bad.append(Bad(label, lambda d, given=given: d(torch.sin, ONES, **given), error, match))
    return tuple(bad)


ROWS = [
    Row(
        name="calculus.derivative",
        proof="closed form",
        inputs=scalar_calls,
        expected=by_hand_slope,
        tol=TOL,
        bad=(
            *bad_ones("f", "x", "h", "scheme"),
            Bad("shape", lambda d: d(torch.sum, ONES), ValueError, r"f must keep .*\(3,\), got \("),
        ),
    ),
    Row(
        name="calculus.approx_derivative",
        proof="closed form",
        inputs=vector_calls,
        expected=by_hand_slope,
        tol=TOL,
        bad=(
            *bad_ones("fun", "x0", "abs_step", "method"),
            Bad("empty", lambda d: d(torch.sum, ONES[:0]), ValueError, "x0 must not be empty"),
            Bad("real", lambda d: d(torch.abs, ONES, "cs"), TypeError, "fun .* complex .*float32"),
            Bad("2-point", lambda d: d(lambda _: 1, ONES, "2-point"), TypeError, "fun must return"),
        ),
    ),
]


def programs(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    """Programs of one and of several tensors, with a direction for each."""

    def pair(f: Any, *shapes: tuple[int, ...]) -> Call:
        primals = tuple(torch.rand(s, generator=g, dtype=dtype) + 0.5 for s in shapes)
        tangents = tuple(torch.randn(s, generator=g, dtype=dtype) for s in shapes)
        return call(f, primals, tangents, label=f"{f.__name__} {shapes}")

    for f in (by_hand.wave, by_hand.cubic):
        yield from (pair(f, shape) for shape in ((), (4,), (2, 3), (0,)))
    yield from (pair(by_hand.product, (3,)), pair(by_hand.polar, (2,)), pair(by_hand.cubes, (2, 3)))
    yield pair(by_hand.mixed, (), (3,))
    yield pair(by_hand.matrices, (3, 3), (3,))


def dual_calls(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for shape in ((), (3,), (2, 3), (0,)):
        parts = (torch.rand(shape, generator=g, dtype=dtype) + 0.5 for _ in range(2))
        yield call(*parts, label=str(shape))


def same_number(ours: Any, expected: Any, tol: float) -> None:
    """The program of the row on a dual number beside value and derivative of the library."""
    y = by_hand.everything(ours)
    close((y.value, y.derivative), expected, tol)


def library_number(value: Tensor, derivative: Tensor) -> Any:
    return torch.func.jvp(by_hand.everything, (value,), (derivative,))


EXACT = {torch.float64: 1e-12, torch.float32: 1e-4}
DOUBLE = torch.ones(3, dtype=torch.float64)
ROWS += [
    Row(
        name="calculus.Dual",
        proof="library",
        inputs=dual_calls,
        expected=library_number,
        compare=same_number,
        tol=EXACT,
        bad=(
            Bad("number", lambda d: d(1.0, ONES), TypeError, "^value .* got float"),
            Bad("integers", lambda d: d(ONES.int(), ONES), TypeError, "^value .*int32"),
            Bad("derivative", lambda d: d(ONES, [1.0]), TypeError, "^derivative .* got list"),
            Bad("dtype", lambda d: d(ONES, DOUBLE), TypeError, "^derivative .*float32.*float64"),
            Bad("shape", lambda d: d(ONES, ONES[:2]), ValueError, r"^derivative .*\(3,\).*\(2,\)"),
        ),
    ),
    Row(
        name="calculus.jvp",
        proof="library",
        inputs=programs,
        expected=torch.func.jvp,
        tol=EXACT,
        mirrors="torch.func.jvp",
        bad=(
            Bad("no function", lambda j: j(1.0, (ONES,), (ONES,)), TypeError, "^func must be"),
            Bad("list", lambda j: j(torch.sin, [ONES], (ONES,)), TypeError, "^primals .* got list"),
            Bad("tensor", lambda j: j(torch.sin, (ONES,), ONES), TypeError, "^tangents .*Tensor"),
            Bad("none", lambda j: j(torch.sin, (), ()), ValueError, "^primals .* got 0 primals"),
            Bad("fewer", lambda j: j(torch.mul, (ONES, ONES), (ONES,)), ValueError, "and 1 tangen"),
            Bad("integers", lambda j: j(torch.sin, (ONES.int(),), (ONES,)), TypeError, "^primals"),
            Bad("dtype", lambda j: j(torch.sin, (ONES,), (DOUBLE,)), TypeError, "^tangents .*64"),
            Bad("shape", lambda j: j(torch.sin, (ONES,), (ONES[:2],)), ValueError, "^tangents .*2"),
            Bad("result", lambda j: j(lambda x: 1, (ONES,), (ONES,)), TypeError, "^func must ret"),
        ),
    ),
]
