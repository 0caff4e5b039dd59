"""Reverse mode: derivatives of derivatives, long programs, and what the rows cannot say."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
import sympy
import torch

from companion.calculus import Dual, _number, grad, hessian, jacfwd, jacrev, jvp, vjp
from tests.calculus.programs import PROGRAMS, arguments, rosenbrock, runs, total
from tests.guard import DeviceGuard

ONE = torch.ones((), dtype=torch.float64)
X = torch.tensor(1.3, dtype=torch.float64)
V = torch.tensor([0.3, 1.7, 2.9], dtype=torch.float64)


def forward(func: Callable[[Any], Any]) -> Callable[[Any], Any]:
    """Differentiate a function of one number in forward mode."""
    return lambda x: jvp(func, (x,), (ONE,))[1]


MODES = {"forward": forward, "reverse": grad}
ORDERS = [[a, b, c] for a in MODES for b in MODES for c in MODES]
FORMULAS: list[tuple[str, Callable[[Any], Any]]] = [
    ("x*sin(x)", lambda x: x * torch.sin(x)),
    ("exp(sin(x))", lambda x: torch.exp(torch.sin(x))),
    ("x**x/(1 + x**2)", lambda x: x**x / (1 + x**2)),
    ("sqrt(x)*log(x)/tanh(x)", lambda x: torch.sqrt(x) * torch.log(x) / torch.tanh(x)),
    ("atan2(x, 2 - x**3)", lambda x: torch.atan2(x, 2 - x**3)),
    ("2**cos(x) - 1/(1 + exp(-x))", lambda x: 2 ** torch.cos(x) - torch.sigmoid(x)),
    ("sqrt(x**2 + x**4)", lambda x: torch.linalg.vector_norm(torch.stack([x, x * x]))),
    ("asin(x/2)*acos(x/2)*atan(x)", lambda x: (x / 2).asin() * (x / 2).acos() * x.atan()),
    ("tan(x)*sinh(x)/cosh(2*x)", lambda x: x.tan() * x.sinh() / torch.cosh(2 * x)),
    ("log(1 + x)*x**2/x**5", lambda x: x.log1p() * x.square() * (x**5).reciprocal()),
]


@pytest.mark.parametrize("modes", ORDERS, ids="-".join)
@pytest.mark.parametrize(("formula", "program"), FORMULAS, ids=[f for f, _ in FORMULAS])
def test_third_derivatives_equal_sympy_in_every_order_of_modes(
    formula: str, program: Callable[[Any], Any], modes: list[str]
) -> None:
    x = sympy.Symbol("x")
    exact = float(sympy.diff(sympy.sympify(formula), x, 3).evalf(30, subs={x: "1.3"}))
    third = program
    for mode in modes:
        third = MODES[mode](third)
    assert abs(float(third(X)) - exact) < 1e-11 * (1 + abs(exact))


@pytest.mark.parametrize("inner", MODES)
@pytest.mark.parametrize("outer", MODES)
def test_an_inner_derivative_does_not_see_the_outer_change(outer: str, inner: str) -> None:
    """d/dx [x · d/dy (x + y)] is 1: with one common ε, the inner derivative would be 2."""

    def program(x: Any) -> Any:
        return x * MODES[inner](lambda y: x + y)(2 * ONE)

    assert float(MODES[outer](program)(X)) == 1.0
    nested = MODES[outer](lambda x: x * MODES[inner](lambda y: (x * y) ** 2)(x))
    assert abs(float(nested(X)) - 8 * 1.3**3) < 1e-12  # x · 2 x² y at y = x is 2 x⁴


def test_numbers_made_by_hand_nest_by_their_level() -> None:
    x = Dual(Dual(X, ONE), Dual(ONE, 0 * ONE), level=1)
    y = x * torch.sin(x)
    assert torch.allclose(y.derivative.derivative, 2 * X.cos() - X * X.sin(), rtol=1e-14, atol=0)
    with pytest.raises(ValueError, match=r"^derivative must be of a level below 0, got 0"):
        Dual(X, Dual(ONE, ONE))


@pytest.mark.parametrize(("func", "shapes"), PROGRAMS, ids=lambda p: getattr(p, "__name__", ""))
def test_all_compositions_give_the_hessian_of_the_library(func: Any, shapes: Any) -> None:
    args = arguments(shapes, torch.Generator().manual_seed(5), torch.float64)
    scalar = total(func)
    expected = torch.func.hessian(scalar)(*args)
    scale = 1 + float(expected.abs().max())
    for outer, inner in ((jacrev, jacrev), (jacrev, jacfwd), (jacfwd, jacfwd), (jacrev, grad)):
        found = outer(inner(scalar))(*args)
        torch.testing.assert_close(found, expected, rtol=0, atol=1e-12 * scale)


def test_every_rule_is_used_by_a_program(monkeypatch: pytest.MonkeyPatch) -> None:
    """So each of them is compared with the library, first and second derivatives."""
    used: set[str] = set()

    class Watched(dict[str, Any]):
        def __getitem__(self, name: str) -> Any:
            used.add(name)
            return super().__getitem__(name)

    for table in ("RULES", "COMPOSITES"):
        monkeypatch.setattr(_number, table, Watched(getattr(_number, table)))
    for func, args in runs(torch.Generator().manual_seed(0), torch.float64):
        hessian(total(func), tuple(range(len(args))))(*args)
    assert used - {"to"} == {*_number.RULES, *_number.COMPOSITES} - {"to"}


def test_no_tensor_is_made_without_a_device() -> None:
    for func, args in runs(torch.Generator().manual_seed(0), torch.float64):
        scalar = total(func)
        with DeviceGuard():
            grad(scalar)(*args)
            jacfwd(grad(scalar))(*args)


def test_long_programs_do_not_exhaust_the_stack() -> None:
    def program(x: Any) -> Any:
        for _ in range(20_000):
            x = x * 1.0001
        return x

    value, pull = vjp(program, X)
    assert torch.equal(pull(ONE)[0] * X, value) or abs(float(pull(ONE)[0] * X - value)) < 1e-12


def test_one_record_serves_many_cotangents() -> None:
    value, pull = vjp(lambda x, y: torch.sin(x) * y, V, 2 * V)
    for v in (V, 3 * V):
        dx, dy = pull(v)
        assert torch.allclose(dx, v * V.cos() * 2 * V, rtol=1e-14, atol=0)
        assert torch.allclose(dy, v * V.sin(), rtol=1e-14, atol=0)
    assert torch.equal(value, V.sin() * 2 * V)
    second = grad(lambda v: (pull(v)[1] ** 2).sum())(V)  # the pull itself is differentiable
    assert torch.allclose(second, 2 * V * V.sin() ** 2, rtol=1e-14, atol=0)


def test_inputs_that_do_not_reach_the_result_have_derivative_zero() -> None:
    assert torch.equal(grad(lambda x, y: y.sum(), (0, 1))(V, V)[0], 0 * V)
    assert torch.equal(grad(lambda x: ONE)(V), 0 * V)
    assert torch.equal(jacrev(lambda x: torch.ones_like(x))(V), torch.zeros(3, 3).double())
    assert torch.equal(grad(lambda x: (x > 1).sum() * x[0])(V), torch.tensor([2.0, 0, 0]).double())


def test_other_arguments_may_be_anything() -> None:
    def program(x: Any, name: str, power: int = 1, scale: float = 1.0) -> Any:
        return scale * (getattr(torch, name)(x) ** power).sum()

    found = grad(program)(V, "sin", power=2, scale=3.0)
    assert torch.allclose(found, 3 * torch.sin(2 * V), rtol=1e-13, atol=0)


@pytest.mark.parametrize("mode", [grad, lambda f: lambda x: jacfwd(f)(x)])
def test_subgradients_are_those_of_the_library(mode: Any) -> None:
    zero = torch.zeros(3, dtype=torch.float64)
    for func in (torch.linalg.vector_norm, lambda x: abs(x).sum(), lambda x: torch.norm(x, 1)):
        assert torch.equal(mode(func)(zero), zero)
    even = mode(lambda x: torch.maximum(x, x[0]).sum() + (x**0).sum() + (zero**x).sum())(zero)
    theirs = torch.func.grad(lambda x: torch.maximum(x, x[0]).sum() + (x**0).sum())(zero)
    assert torch.equal(even, theirs)


def test_mixed_dtypes_come_back_in_the_dtype_of_the_input() -> None:
    single = V.float()
    for func in (lambda x: (x * V).sum(), lambda x: (x + V).sin().sum()):
        ours, theirs = grad(func)(single), torch.func.grad(func)(single)
        assert ours.dtype == theirs.dtype == torch.float32
        assert torch.allclose(ours, theirs, rtol=1e-6)
    y, dy = jvp(lambda x: x + V, (single,), (single,))
    assert y.dtype == dy.dtype == torch.float64
    found = grad(lambda x: grad(lambda y: (y.to(torch.float64) * V).sum() ** 2)(x).sum())(single)
    assert torch.allclose(found, 2 * V.sum().float() * single, rtol=1e-6)


def test_empty_tensors() -> None:
    empty = V[:0]
    assert grad(torch.sum)(empty).shape == (0,)
    assert jacrev(torch.sin)(empty).shape == jacfwd(torch.sin)(empty).shape == (0, 0)
    assert jacfwd(torch.sum)(empty).shape == (0,)
    assert jacfwd(lambda x: (x.sum(), x))(empty)[1].shape == (0, 0)
    assert jacrev(lambda x: x[:0])(V).shape == (0, 3)


def test_what_has_no_rule_says_so() -> None:
    for func, match in (
        (torch.erf, "Node has no rule for the function 'erf'"),
        (lambda x: torch.sum(torch.cumsum(x, 0)), "'cumsum'"),
        (lambda x: torch.einsum("ii->", x[:, None] * x), "einsum .* repeats in 'ii'"),
        (lambda x: torch.einsum("...i->", x), r"einsum .* '\.\.\.'"),
        (lambda x: torch.linalg.vector_norm(x, float("inf")), "vector_norm .* ord=inf"),
        (lambda x: torch.linalg.norm(x[:, None] * x, 2), "norm .* matrix .* 2"),
        (lambda x: torch.add(x, x, alpha=2).sum(), "takes no options of 'add'"),
        (float, "float"),
    ):
        with pytest.raises(TypeError, match=match):
            grad(func)(V)
    with pytest.raises(AttributeError, match="Node has no rule for 'erf'"):
        grad(lambda x: x.erf().sum())(V)


def test_rosenbrock_at_its_minimum() -> None:
    x = torch.ones(50, dtype=torch.float64)
    assert torch.equal(grad(rosenbrock)(x), 0 * x)
    H = hessian(rosenbrock)(x)
    assert torch.allclose(H.diag(1), torch.full((49,), -400.0).double()) and torch.equal(H, H.mT)
    assert H.diagonal()[[0, 1, -1]].tolist() == [802.0, 1002.0, 200.0]
