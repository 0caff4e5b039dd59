"""Dual numbers beside SymPy, closed forms and ``torch.func.jvp``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy
import torch

from companion.calculus import Dual, jvp

X = torch.tensor([0.3, 1.7, 2.9], dtype=torch.float64)
PROGRAMS: list[tuple[str, Callable[[Any], Any]]] = [
    ("x*sin(x)", lambda x: x * torch.sin(x)),
    ("sin(x**2)", lambda x: torch.sin(x**2)),
    ("exp(sin(x))/x", lambda x: x.sin().exp() / x),
    ("log(1 + x**2)", lambda x: torch.log(1 + x**2)),
    ("sqrt(x)*cos(3*x)", lambda x: x.sqrt() * torch.cos(3 * x)),
    ("x**x", lambda x: x**x),
    ("2**x - 1/x", lambda x: 2**x - 1 / x),
    ("(1 - x)**3/(2 + x)", lambda x: (1 - x).pow(3) / (2 + x)),
    ("tanh(x)**2 - x", lambda x: torch.tanh(x) ** 2 - x),
    ("log(x)**2/exp(-x)", lambda x: x.log() ** 2 / torch.exp(-x)),
]


@pytest.mark.parametrize(("formula", "program"), PROGRAMS, ids=[p[0] for p in PROGRAMS])
def test_ten_functions_equal_sympy_and_torch(formula: str, program: Callable[[Any], Any]) -> None:
    x = sympy.Symbol("x")
    slope = sympy.diff(sympy.sympify(formula), x)
    exact = torch.tensor([float(slope.subs(x, float(v))) for v in X], dtype=torch.float64)
    y, dy = jvp(program, (X,), (torch.ones_like(X),))
    assert torch.allclose(dy, exact, rtol=1e-12, atol=1e-12)
    theirs = torch.func.jvp(program, (X,), (torch.ones_like(X),))
    assert torch.allclose(y, theirs[0], rtol=1e-14, atol=0)
    assert torch.allclose(dy, theirs[1], rtol=1e-12, atol=1e-12)


def test_loops_and_branches_are_allowed() -> None:
    """Heron's rule for √a: dy/da = 1 / (2 √a)."""

    def heron(a: Any) -> Any:
        x = a
        for step in range(30):
            x = (x + a / x) / 2 if step % 2 == 0 else 0.5 * (a / x + x)
        return x

    y, dy = jvp(heron, (X,), (torch.ones_like(X),))
    assert torch.allclose(y, X.sqrt(), rtol=1e-14, atol=0)
    assert torch.allclose(dy, 0.5 / X.sqrt(), rtol=1e-13, atol=0)


def test_epsilon_squared_is_zero() -> None:
    epsilon = Dual(torch.zeros(1), torch.ones(1))
    square = epsilon * epsilon
    assert float(square.value) == 0 and float(square.derivative) == 0


@pytest.mark.parametrize("power", [0, 1, 2, 0.0])
def test_powers_at_zero(power: float) -> None:
    zero = Dual(torch.zeros(()), torch.ones(()))
    assert float((zero**power).derivative) == (1.0 if power == 1 else 0.0)


def test_exponents_that_are_tensors_at_a_base_of_zero() -> None:
    base = torch.tensor([0.0, 0.0, 0.0, 2.0], dtype=torch.float64)
    exponent = torch.tensor([0.0, 1.0, 2.0, -1.0], dtype=torch.float64)
    one = torch.ones_like(base)
    ours = jvp(lambda x: x**exponent, (base,), (one,))[1]
    assert torch.equal(ours, torch.func.jvp(lambda x: x**exponent, (base,), (one,))[1])
    _, ours = jvp(lambda x: base[1:] ** x, (exponent[1:],), (one[1:],))
    theirs = torch.func.jvp(lambda x: base[1:] ** x, (exponent[1:],), (one[1:],))[1]
    assert torch.allclose(ours, theirs, rtol=1e-14, atol=0)


def test_constant_function_has_no_derivative() -> None:
    y, dy = jvp(lambda x: torch.ones(2), (X,), (X,))
    assert torch.equal(y, torch.ones(2)) and torch.equal(dy, torch.zeros(2))


def test_the_quotient_broadcasts_in_both_directions() -> None:
    one = torch.tensor(2.0, dtype=torch.float64)

    def quotient(s: Any, v: Any) -> Any:
        return s / v - v / s + X * s - X / v

    ours = jvp(quotient, (one, X), (one, X + 1))
    theirs = torch.func.jvp(quotient, (one, X), (one, X + 1))
    for mine, expected in zip(ours, theirs, strict=True):
        assert torch.allclose(mine, expected, rtol=1e-14, atol=1e-14)


def test_a_function_without_a_rule_says_so() -> None:
    with pytest.raises(TypeError, match="no rule for the function 'erf'"):
        jvp(torch.erf, (X,), (X,))


def test_parts_are_kept_and_shown() -> None:
    number = Dual(X, 2 * X)
    assert number.shape == (3,) and len(number) == 3
    assert torch.equal(number[1:].derivative, 2 * X[1:])
    assert [float(part.value) for part in number] == X.tolist()
    assert repr(Dual(torch.ones(()), torch.zeros(()))) == "Dual(1.0, 0.0)"


def test_the_derivative_of_a_broadcast_sum_has_the_shape_of_the_value() -> None:
    one = torch.ones((), dtype=torch.float64)
    for program in (lambda s: s + X, lambda s: X - s):
        ours = jvp(program, (one,), (one,))
        theirs = torch.func.jvp(program, (one,), (one,))
        assert ours[1].shape == (3,) and torch.equal(ours[1], theirs[1])
