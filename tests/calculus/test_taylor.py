"""Taylor coefficients beside SymPy's derivatives and series."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy
import torch

from companion.calculus import grad, taylor_coefficients
from tests.guard import DeviceGuard

SERIES: list[tuple[str, str, Callable[[Any], Any]]] = [
    ("x*sin(x)", "pi", lambda x: x * torch.sin(x)),
    ("log(1 + x)", "0", lambda x: torch.log(1 + x)),
    ("exp(sin(x))", "0", lambda x: torch.exp(torch.sin(x))),
    ("exp(sin(x))", "3/4", lambda x: x.sin().exp()),
    ("tan(x)", "1/2", lambda x: torch.sin(x) / torch.cos(x)),
    ("x**3 - 2*x", "0", lambda x: x**3 - 2 * x),
    ("x**x/sqrt(1 + x**2)", "3/2", lambda x: x**x / torch.sqrt(1 + x**2)),
    ("1/(1 + x**2)", "0", lambda x: 1 / (1 + x * x)),
]


@pytest.mark.parametrize(
    ("formula", "point", "func"), SERIES, ids=[f"{f} {p}" for f, p, _ in SERIES]
)
def test_coefficients_to_order_eight_equal_sympy(
    formula: str, point: str, func: Callable[[Any], Any]
) -> None:
    x, a, f = sympy.Symbol("x"), sympy.sympify(point), sympy.sympify(formula)
    values = [f.diff(x, k).evalf(30, subs={x: a}) / sympy.factorial(k) for k in range(9)]
    exact = torch.tensor([float(v) for v in values], dtype=torch.float64)
    ours = taylor_coefficients(func, torch.tensor(float(a), dtype=torch.float64), 8)
    torch.testing.assert_close(ours, exact, rtol=1e-10, atol=1e-10)


def test_the_series_of_the_page_equals_sympys() -> None:
    """x sin x at π: the series itself, not derivative by derivative."""
    t = sympy.Symbol("t")
    exact = sympy.series((sympy.pi + t) * sympy.sin(sympy.pi + t), t, 0, 9).removeO()
    a = torch.tensor(torch.pi, dtype=torch.float64)
    ours = taylor_coefficients(lambda x: x * torch.sin(x), a, 8)
    for k in range(9):
        assert abs(float(ours[k]) - float(exact.coeff(t, k))) < 1e-15


def test_a_high_order_costs_no_more_than_its_square() -> None:
    """The k-th derivative of exp(-x) sin x at 0, from (i - 1)^k; nested modes would take 2^60."""
    zero = torch.zeros((), dtype=torch.float64)
    ours = taylor_coefficients(lambda x: torch.exp(-x) * x.sin(), zero, 60)
    power, factorial = 1 + 0j, 1.0
    for k in range(61):
        assert abs(float(ours[k]) - power.imag / factorial) < 1e-15
        power, factorial = power * (1j - 1), factorial * (k + 1)


def test_the_coefficients_can_be_differentiated() -> None:
    a = torch.tensor(0.7, dtype=torch.float64)
    third = grad(lambda x: taylor_coefficients(torch.sin, x, 2)[2])(a)
    assert abs(float(third) + float(a.cos()) / 2) < 1e-15
    inner = taylor_coefficients(lambda x: grad(lambda y: torch.sin(x * y))(x), a, 1)
    assert abs(float(inner[1]) - float((a**2).cos() - 2 * a**2 * (a**2).sin())) < 1e-14


def test_a_constant_and_no_tensor_without_device() -> None:
    a = torch.tensor([0.7, 1.0], dtype=torch.float64)
    with DeviceGuard():
        found = taylor_coefficients(lambda x: torch.ones_like(x), a, 2)
        taylor_coefficients(lambda x: 2**x * torch.stack([x[0], x[1]]), a, 2)
    assert found.tolist() == [[1, 1], [0, 0], [0, 0]]
