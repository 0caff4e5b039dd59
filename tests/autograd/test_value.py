"""The scalar engine against torch.autograd, on random expressions and on awkward graphs."""

from __future__ import annotations

import math
from collections.abc import Callable
from typing import Any

import numpy as np
import pytest
import torch
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from companion.autograd import Value, grad, topological

F64 = torch.float64
UNARY = ("exp", "log", "sin", "cos", "tanh", "relu", "sigmoid", "neg", "square", "cube", "root",
         "inverse", "plus", "minus", "times", "over", "power")  # fmt: skip
BINARY = ("+", "-", "*", "/", "**")
Step = tuple[str, int, int]


def unary(name: str, x: Any) -> Any:
    """Apply a function of one operand to a value or a tensor: the same Python for both."""
    if name in ("exp", "log", "sin", "cos", "tanh", "relu", "sigmoid"):
        return getattr(x, name)()
    simple: dict[str, Callable[[Any], Any]] = {
        "neg": lambda x: -x, "square": lambda x: x**2, "cube": lambda x: x**3,
        "root": lambda x: x**0.5, "inverse": lambda x: x**-1, "plus": lambda x: 2 + x,
        "minus": lambda x: 1.5 - x, "times": lambda x: -3 * x, "over": lambda x: 2 / x,
        "power": lambda x: 1.5**x,
    }  # fmt: skip
    return simple[name](x)


def binary(name: str, x: Any, y: Any) -> Any:
    """Apply an operation of two operands to values or tensors."""
    return {"+": lambda: x + y, "-": lambda: x - y, "*": lambda: x * y, "/": lambda: x / y,
            "**": lambda: x**y}[name]()  # fmt: skip


def number(x: Any) -> float:
    return x.data if isinstance(x, Value) else float(x.detach())


def allowed(name: str, x: float, y: float) -> bool:
    """Keep away from poles and kinks, where no two libraries need to agree."""
    positive = name in ("log", "root") or name == "**"
    if positive and x < 0.1:
        return False
    if name in ("inverse", "over", "relu") and abs(x) < 0.1:
        return False
    return not (name == "/" and abs(y) < 0.1)


def program(leaves: list[Any], steps: list[Step]) -> list[Any]:
    """Run a random program: each step uses any earlier results, so nodes are used repeatedly.

    Steps that leave the domain, or would make numbers huge, are left out; which those are depends
    on the numbers alone, so both libraries run the same program.
    """
    made = list(leaves)
    for name, i, j in steps:
        x, y = made[-1 - i % len(made)], made[-1 - j % len(made)]
        if not allowed(name, number(x), number(y)) or max(abs(number(x)), abs(number(y))) > 3:
            continue
        made.append(unary(name, x) if name in UNARY else binary(name, x, y))
    return made


numbers = st.lists(st.floats(-2, 2).map(lambda x: round(x, 3)), min_size=1, max_size=3)
steps = st.lists(
    st.tuples(st.sampled_from(UNARY + BINARY), st.integers(0, 6), st.integers(0, 6)),
    min_size=1, max_size=14,
)  # fmt: skip


def both(data: list[float], chosen: list[Step]) -> tuple[list[Value], Value, list[Any], Any]:
    leaves = [Value(x) for x in data]
    tensors = [torch.tensor(x, dtype=F64, requires_grad=True) for x in data]
    return leaves, program(leaves, chosen)[-1], tensors, program(tensors, chosen)[-1]


def close(ours: Any, theirs: Any, tol: float = 1e-12) -> None:
    expected = 0.0 if theirs is None else float(theirs.detach())
    found = ours.data if isinstance(ours, Value) else ours
    assert abs(found - expected) <= tol * (1 + abs(expected)), (found, expected)


@settings(max_examples=300, deadline=None)
@given(numbers, steps)
def test_random_expressions_equal_torch(data: list[float], chosen: list[Step]) -> None:
    leaves, y, tensors, expected = both(data, chosen)
    assume(y.parents and abs(number(expected)) < 1e6)
    y.backward()
    gradients = torch.autograd.grad(expected, tensors, allow_unused=True)
    assume(all(g is None or abs(g) < 1e6 for g in gradients))
    close(y, expected)
    for leaf, g in zip(leaves, gradients, strict=True):
        close(leaf.grad, g)


@settings(max_examples=150, deadline=None)
@given(numbers, steps)
def test_second_derivatives_of_random_expressions_equal_torch(
    data: list[float], chosen: list[Step]
) -> None:
    leaves, y, tensors, expected = both(data, chosen)
    assume(y.parents)
    ours = grad(y, leaves, create_graph=True)
    theirs = torch.autograd.grad(
        expected, tensors, create_graph=True, allow_unused=True, materialize_grads=True
    )
    for slope, g in zip(ours, theirs, strict=True):
        close(slope, g)
        if g.requires_grad:
            bends = torch.autograd.grad(g, tensors, retain_graph=True, allow_unused=True)
            assume(all(b is None or abs(b) < 1e6 for b in bends))
        else:
            bends = (None,) * len(tensors)
        for bend, b in zip(grad(slope, leaves), bends, strict=True):
            close(bend, b, 1e-11)


def test_third_derivative() -> None:
    """Of sin(x²): -12 x sin(x²) - 8 x³ cos(x²)."""
    x = Value(0.8)
    (first,) = grad((x**2).sin(), x, create_graph=True)
    (second,) = grad(first, x, create_graph=True)
    (third,) = grad(second, x)
    exact = -12 * 0.8 * math.sin(0.64) - 8 * 0.8**3 * math.cos(0.64)
    assert abs(third - exact) < 1e-12
    assert x.grad == 0.0


def test_backward_with_a_graph_of_its_own() -> None:
    """The gradient is a value, and its own backward pass adds the second derivative to it."""
    x = Value(3.0)
    (x**3).backward(create_graph=True)
    slope = x.grad
    assert isinstance(slope, Value)
    assert slope.data == 27
    x.grad = 0.0
    slope.backward()
    assert x.grad == 18


def test_a_node_used_twice_gets_the_sum() -> None:
    x = Value(3.0)
    (x * x + x).backward()
    assert x.grad == 7


def test_gradients_accumulate_as_in_torch() -> None:
    """Two passes over one graph add up; the inner nodes of the first spoil nothing."""
    x, t = Value(2.0), torch.tensor(2.0, dtype=F64, requires_grad=True)
    y, s = (x * x).exp(), (t * t).exp()
    for _ in range(2):
        y.backward()
        s.backward(retain_graph=True)
    (3 * x).backward()
    (3 * t).backward()
    assert t.grad is not None
    close(x.grad, t.grad)
    assert y.grad == 2


def test_diamond_with_arms_of_unequal_length() -> None:
    x = Value(1.3)
    short = x.sin()
    y = short * (((short + 1) * 2).exp() + x)
    y.backward()
    t = torch.tensor(1.3, dtype=F64, requires_grad=True)
    s = t.sin()
    (s * (((s + 1) * 2).exp() + t)).backward()
    assert t.grad is not None
    close(x.grad, t.grad)


@given(numbers, steps)
def test_order_has_every_value_once_and_parents_first(
    data: list[float], chosen: list[Step]
) -> None:
    y = program([Value(x) for x in data], chosen)[-1]
    order = topological(y)
    place = {node: k for k, node in enumerate(order)}
    assert len(place) == len(order)
    assert order[-1] is y
    reached, waiting = {y}, [y]
    while waiting:
        for parent in waiting.pop().parents:
            if parent not in reached:
                reached.add(parent)
                waiting.append(parent)
    assert reached == set(order)
    assert all(place[p] < place[node] for node in order for p in node.parents)


def test_deep_chain_needs_no_recursion() -> None:
    x = Value(1.0)
    y = x
    for _ in range(50_000):
        y = y + x
    y.backward()
    assert (y.data, x.grad) == (50_001, 50_001)
    assert len(topological(y)) == 50_001


def test_doubling_chain_visits_each_node_once() -> None:
    """2^60 paths, 61 nodes."""
    x = Value(1.0)
    y = x
    for _ in range(60):
        y = y + y
    y.backward()
    assert x.grad == 2.0**60
    assert len(topological(y)) == 61


def test_what_a_value_remembers() -> None:
    x, y = Value(2.0, "x"), Value(-3.0, label="y")
    f = x * y
    assert (f.data, f.operation, f.parents, f.label) == (-6.0, "*", (x, y), "")
    assert (x.operation, x.parents, x.label, x.grad) == ("", (), "x", 0.0)
    assert f.slopes() == (-3.0, 2.0)
    assert x.slopes() == ()
    assert all(isinstance(s, Value) for s in f.slopes(create_graph=True))
    names = [(x + 1).operation, (1 - x).operation, (x / y).operation, (x**2).operation,
             (x**y).operation, (-x).operation, x.tanh().operation]  # fmt: skip
    assert names == ["+", "-", "/", "**2", "**", "neg", "tanh"]
    assert repr(f) == "Value(-6)"


def test_own_backward_pass_from_slopes() -> None:
    """The pass of the page that goes step by step."""
    x, y = Value(2.0), Value(-3.0)
    f = (x * y + x.sin()) ** 2
    f.backward()
    expected = (x.grad, y.grad)
    nodes = topological(f)
    for node in nodes:
        node.grad = 0.0
    f.grad = 1.0
    for node in reversed(nodes):
        for parent, slope in zip(node.parents, node.slopes(), strict=True):
            parent.grad += slope * node.grad
    assert (x.grad, y.grad) == expected


@pytest.mark.parametrize("one", [2, 2.0, np.float64(2), np.float32(2), np.int64(2), True])
def test_numbers_on_both_sides(one: Any) -> None:
    x, n = Value(0.5), float(one)
    for ours, expected in (
        (one + x, n + 0.5), (x - one, 0.5 - n), (one - x, n - 0.5), (one * x, n * 0.5),
        (one / x, n / 0.5), (x / one, 0.5 / n), (one**x, n**0.5), (x**one, 0.5**n),
    ):  # fmt: skip
        assert isinstance(ours, Value)
        assert abs(ours.data - expected) < 1e-15


@pytest.mark.parametrize(
    ("make", "error", "match"),
    [
        (lambda x: x.log(), ValueError, r"^log .*Value\(-2\)"),
        (lambda x: (x + 2).log(), ValueError, r"^log .*Value\(0\)"),
        (lambda x: x**0.5, ValueError, r"^\*\*0.5 .*Value\(-2\)"),
        (lambda x: x**x, ValueError, r"^\*\* .*Value\(-2\)"),
        (lambda x: (-3) ** x, ValueError, r"^\*\* .*Value\(-3\)"),
        (lambda x: (x + 2) ** -1, ValueError, r"^\*\*-1 .*Value\(0\)"),
        (lambda x: x / 0, ZeroDivisionError, "division by zero"),
        (lambda x: x + "1", TypeError, "real number, got str"),
        (lambda x: x * torch.ones(2), TypeError, "got Tensor"),
        (lambda x: x * np.ones(2), TypeError, "got ndarray"),
        (lambda x: np.ones(2) * x, TypeError, "ndarray"),
        (lambda x: x ** "2", TypeError, "got str"),
        (lambda x: x + 1j, TypeError, "got complex"),
    ],
)
def test_what_is_no_real_number_raises(make: Any, error: type[Exception], match: str) -> None:
    with pytest.raises(error, match=match):
        make(Value(-2.0))


def test_nan_goes_through_as_in_torch() -> None:
    for name in ("exp", "log", "sin", "cos", "tanh", "relu", "sigmoid"):
        assert math.isnan(unary(name, Value(math.nan)).data)


@pytest.mark.parametrize("at", [-800.0, -40.0, -1e-3, 0.0, 1e-3, 40.0, 800.0])
def test_sigmoid_tanh_and_relu_far_out_and_at_zero(at: float) -> None:
    for name in ("sigmoid", "tanh", "relu"):
        x, t = Value(at), torch.tensor(at, dtype=F64, requires_grad=True)
        ours, theirs = getattr(x, name)(), getattr(t, name)()
        ours.backward()
        theirs.backward()
        assert t.grad is not None
        assert ours.data == pytest.approx(float(theirs.detach()), rel=1e-14, abs=1e-300)
        assert x.grad == pytest.approx(float(t.grad), rel=1e-14, abs=1e-300)


@pytest.mark.parametrize("n", [0, 1, 2, 3, -1, -2])
def test_whole_powers_of_any_base(n: int) -> None:
    for base in (-1.7, 2.2) + ((0.0,) if n >= 0 else ()):
        x, t = Value(base), torch.tensor(base, dtype=F64, requires_grad=True)
        (slope,) = grad(x**n, x, create_graph=True)
        (s,) = torch.autograd.grad(t**n, t, create_graph=True)
        close(slope, s)
        if s.requires_grad:
            close(grad(slope, x)[0], torch.autograd.grad(s, t, allow_unused=True)[0])


def test_engine_is_short() -> None:
    import inspect

    from companion.autograd import value

    assert len(inspect.getsource(value).splitlines()) < 120
