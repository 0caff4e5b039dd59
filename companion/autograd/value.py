"""A scalar engine: numbers that remember how they were computed, and reverse mode through them."""

from __future__ import annotations

from collections.abc import Callable
from math import cos, exp, log, pow, sin, tanh
from numbers import Real
from typing import Any

# operation: the value y, and its derivatives by all operands, as numbers or as values of a graph
RULES: dict[str, tuple[Callable[..., float], Callable[..., tuple[Any, ...]]]] = {
    "+": (lambda a, b: a + b, lambda y, a, b: (1.0, 1.0)),
    "-": (lambda a, b: a - b, lambda y, a, b: (1.0, -1.0)),
    "*": (lambda a, b: a * b, lambda y, a, b: (b, a)),
    "/": (lambda a, b: a / b, lambda y, a, b: (1.0 / b, -y / b)),
    "**": (lambda a, b: exp(b * log(a)), lambda y, a, b: (y * b / a, y * apply("log", a))),
    "neg": (lambda a: -a, lambda y, a: (-1.0,)),
    "exp": (exp, lambda y, a: (y,)),
    "log": (log, lambda y, a: (1.0 / a,)),
    "sin": (sin, lambda y, a: (apply("cos", a),)),
    "cos": (cos, lambda y, a: (-apply("sin", a),)),
    "tanh": (tanh, lambda y, a: (1.0 - y * y,)),
    "relu": (lambda a: 0.0 if a <= 0 else a, lambda y, a: (apply("step", a),)),
    "step": (lambda a: 0.0 if a <= 0 else 1.0, lambda y, a: (0.0,)),
    "sigmoid": (lambda a: exp(min(a, 0.0)) / (1.0 + exp(-abs(a))), lambda y, a: (y * (1.0 - y),)),
}


def apply(operation: str, *operands: Any, rule: Any = None) -> Any:
    """Compute one operation: numbers give a number, with a value among them a value."""
    value, slopes = rule or RULES[operation]
    if not any(isinstance(v, Value) for v in operands):
        return value(*operands)
    parents = tuple(v if isinstance(v, Value) else Value(v) for v in operands)
    try:
        y = Value(value(*(v.data for v in parents)))
    except ValueError as error:
        raise ValueError(f"{operation} gives no real number for {parents}") from error
    y.operation, y.parents, y.rule = operation, parents, slopes
    return y


def method(operation: str, step: int = 1) -> Callable[..., Any]:
    """Return an operation as a method; step -1 is for a value on the right of a number."""
    return lambda *operands: apply(operation, *operands[::step])


class Value:
    """A number that remembers what it was computed from: ``y.backward()`` finds all ∂y/∂x.

    ``data`` is the number, ``grad`` the derivative (at first 0.0; ``backward`` adds to it),
    ``operation`` and ``parents`` say how it was computed, ``label`` names it in a drawing. There
    are ``+ - * / **`` with values and real numbers (else TypeError) and the methods ``exp log sin
    cos tanh relu sigmoid``. ValueError: a logarithm or power that is no real number.
    Proven equal to ``torch.autograd`` on random expressions (``tests/autograd/test_value.py``).
    Book: chapters/07-neural-networks/autograd-engine
    """

    __array_ufunc__ = None  # a NumPy number on the left leaves the operation to us
    __add__, __radd__ = method("+"), method("+", -1)
    __sub__, __rsub__ = method("-"), method("-", -1)
    __mul__, __rmul__ = method("*"), method("*", -1)
    __truediv__, __rtruediv__ = method("/"), method("/", -1)
    __neg__, __rpow__, sigmoid = method("neg"), method("**", -1), method("sigmoid")
    exp, log, tanh = method("exp"), method("log"), method("tanh")
    sin, cos, relu = method("sin"), method("cos"), method("relu")

    def __init__(self, data: float, label: str = "") -> None:
        if not isinstance(data, Real):
            raise TypeError(f"data must be a real number, got {type(data).__name__}")
        self.data: float = float(data)
        self.label: str = label
        self.operation: str = ""
        self.grad: float | Value = 0.0
        self.parents: tuple[Value, ...] = ()
        self.rule: Callable[..., tuple[Any, ...]] = lambda y: ()

    def __pow__(self, n: Any) -> Any:
        if isinstance(n, Value):
            return apply("**", self, n)
        n = Value(n).data  # a constant exponent needs no derivative, so any base may have one
        rule = (lambda a: pow(a, n), lambda y, a: (n * a ** (n - 1.0) if n else 0.0,))
        return apply(f"**{n:g}", self, rule=rule)

    def __repr__(self) -> str:
        return f"Value({self.data:g})"

    def slopes(self, create_graph: bool = False) -> tuple[Any, ...]:
        """Return the derivative by each parent: numbers, or values with ``create_graph``."""
        family = (self, *self.parents)
        return self.rule(*(family if create_graph else (v.data for v in family)))

    def backward(self, create_graph: bool = False) -> None:
        """Add ∂self/∂v to ``v.grad`` for every v below, each after all that was made from it."""
        found: dict[Value, Any] = {self: Value(1.0) if create_graph else 1.0}
        for node in reversed(topological(self)):
            for parent, slope in zip(node.parents, node.slopes(create_graph), strict=True):
                found[parent] = found.get(parent, 0.0) + slope * found[node]
            node.grad = node.grad + found[node]


def topological(value: Value) -> list[Value]:
    """Return all values that lead to this one, parents first and it last, without recursion.

    Proven equal to the definition of the order (``tests/autograd/test_value.py``).
    Book: chapters/07-neural-networks/autograd-engine
    """
    if not isinstance(value, Value):
        raise TypeError(f"value must be a Value, got {type(value).__name__}")
    order: dict[Value, None] = {}
    waiting = [(value, False)]
    while waiting:
        node, parents_are_in = waiting.pop()
        if parents_are_in:
            order[node] = None
        elif node not in order:
            waiting.append((node, True))
            waiting += [(parent, False) for parent in reversed(node.parents)]
    return list(order)
