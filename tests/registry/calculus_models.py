"""Rows of Taylor coefficients and of quadratic functions: ``torch.func`` again and again."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from tests.calculus import functions as by_hand
from tests.calculus.programs import elementary
from tests.registry._row import Bad, Call, Row, call, close

EXACT = {torch.float64: 1e-12, torch.float32: 1e-4}
ONES = torch.ones(3)
SQUARE = torch.eye(3)


def pole(x: Any) -> Any:
    return (1 - x) ** 3 / (x + torch.atan2(x, 3 - x)) - 2 / x


def joined(x: Any) -> Any:
    """Linear functions, joins and products of several factors of one series."""
    pairs = torch.stack([x, x * x, torch.ones_like(x)], dim=-1)
    weights = torch.tensor([1.0, -2.0, 0.5]).to(x.dtype)
    return pairs @ weights + torch.einsum("i,i,j->", pairs, pairs, pairs[1:])


def series_calls(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for func in (by_hand.wave, by_hand.cubic, by_hand.everything, elementary, pole):
        a = torch.rand(4, generator=g, dtype=dtype) + 0.5
        for order in (0, 1, 4):
            yield call(func, a, order, label=f"{func.__name__} {order}")
    yield call(joined, a[0], 3, label="joined")
    yield call(by_hand.wave, a[:0], 2, label="empty")


def nested(func: Callable[[Any], Any], a: Tensor, order: int) -> Tensor:
    """Return the derivatives of the library's forward mode over the factorials."""

    def slope(f: Callable[[Any], Any]) -> Callable[[Any], Any]:
        return lambda x: torch.func.jvp(f, (x,), (torch.ones_like(x),))[1]

    found = []
    for k in range(order + 1):
        found.append(func(a) / math.factorial(k))
        func = slope(func)
    return torch.stack(found)


def form_calls(g: torch.Generator, dtype: torch.dtype) -> Iterator[Call]:
    for n in (1, 3, 6):
        A, b, c = (torch.randn(s, generator=g, dtype=dtype) for s in ((n, n), (n,), ()))
        yield call(A, label=f"{n} A")
        yield call(A, b, label=f"{n} A b")
        yield call(A, b, c, label=f"{n} A b c")
        yield call(A, 0.5, c=2.0, label=f"{n} numbers")


def form_by_library(A: Tensor, b: Any = 0, c: Any = 0) -> Callable[[Tensor], Any]:
    """Return value, gradient and Hessian of the sum over all products of two entries."""

    def value(x: Tensor) -> Tensor:
        pairs = torch.outer(x, x) * A
        return pairs.sum() / 2 + (x * b).sum() + c

    def all_three(x: Tensor) -> Any:
        return value(x), torch.func.grad(value)(x), torch.func.hessian(value)(x)

    return all_three


def same_form(ours: Any, expected: Any, tol: float) -> None:
    A = ours.A
    x = torch.linspace(-1, 2, len(A), dtype=A.dtype)
    value, gradient, hessian = (t.to(A.dtype) for t in expected(x))
    close(ours(x), value, tol)
    close(ours.value(x), value, tol)
    close(ours.grad(x), gradient, tol)
    close(ours.hessian(x), hessian, tol)


SINE = torch.sin
ROWS = [
    Row(
        name="calculus.taylor_coefficients",
        proof="library",
        inputs=series_calls,
        expected=nested,
        tol={torch.float64: 1e-12, torch.float32: 2e-4},
        bad=(
            Bad("no function", lambda t: t(1, ONES, 2), TypeError, "^func must be callable"),
            Bad("number", lambda t: t(SINE, 1.0, 2), TypeError, "^a must .* got float"),
            Bad("integers", lambda t: t(SINE, ONES.int(), 2), TypeError, "^a .*int32"),
            Bad("order", lambda t: t(SINE, ONES, 2.0), TypeError, "^order .* got float"),
            Bad("bool", lambda t: t(SINE, ONES, True), TypeError, "^order .* got bool"),
            Bad("negative", lambda t: t(SINE, ONES, -1), ValueError, "^order .* got -1"),
            Bad("result", lambda t: t(lambda x: 1, ONES, 1), TypeError, "^func must return.*int"),
            Bad("shape", lambda t: t(torch.sum, ONES, 1), ValueError, r"^func must keep.*\(\)"),
            Bad("rule", lambda t: t(torch.erf, ONES, 1), TypeError, "no rule .* 'erf'"),
        ),
    ),
    Row(
        name="calculus.QuadraticForm",
        proof="library",
        inputs=form_calls,
        expected=form_by_library,
        compare=same_form,
        tol=EXACT,
        bad=(
            Bad("list", lambda q: q([[1.0]]), TypeError, "^A must .* got list"),
            Bad("integers", lambda q: q(SQUARE.int()), TypeError, "^A .*int32"),
            Bad("vector", lambda q: q(ONES), ValueError, r"^A must be a square.*\(3,\)"),
            Bad("not square", lambda q: q(SQUARE[:2]), ValueError, r"^A must be .*\(2, 3\)"),
            Bad("b text", lambda q: q(SQUARE, "1"), TypeError, "^b must .* got str"),
            Bad("b dtype", lambda q: q(SQUARE, ONES.double()), TypeError, "^b .*32 of A, .*64"),
            Bad("b shape", lambda q: q(SQUARE, ONES[:2]), ValueError, r"^b .*\(3,\), got \(2,\)"),
            Bad("c shape", lambda q: q(SQUARE, 0, ONES), ValueError, r"^c .*\(\), got \(3,\)"),
            Bad("x list", lambda q: q(SQUARE).value([1.0]), TypeError, "^x must .* got list"),
            Bad("x dtype", lambda q: q(SQUARE).grad(ONES.double()), TypeError, "^x .*32 of A.*64"),
            Bad("x shape", lambda q: q(SQUARE).hessian(ONES[:2]), ValueError, r"^x .* 3\].*\(2,\)"),
            Bad("x scalar", lambda q: q(SQUARE)(ONES[0]), ValueError, r"^x .*\(\)"),
        ),
    ),
]
