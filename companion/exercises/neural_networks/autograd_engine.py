"""Exercises of the page on the scalar engine: local derivatives."""

from __future__ import annotations

import math
from typing import Any

from torch import Generator

from companion.autograd import Value
from companion.exercises._inputs import uniform
from companion.exercises._model import Arguments, Exercise, Misconception

PAGE = "07-neural-networks/autograd-engine"


class Recorded(Value):
    """The last value of a graph. It can be called, so its gradients may change in an answer."""

    def __init__(self, value: Value, text: str, grad: float = 0.0) -> None:
        super().__init__(value.data, value.label)
        self.operation, self.parents, self.rule = value.operation, value.parents, value.rule
        self.grad, self.__name__ = grad, text

    def __call__(self) -> float:
        return self.data


def draw(generator: Generator, low: float = 0.4, high: float = 1.9) -> float:
    """Draw a number with three decimals."""
    return round(float(uniform(generator, low, high)), 3)


def leaf(generator: Generator, label: str = "", grad: bool = False) -> Any:
    """Draw a value; ``grad`` gives it a share that another use has left there."""
    value = Value(draw(generator), label)
    value.grad = draw(generator, 2.0, 4.0) if grad else 0.0
    return value


def add_shares(out: Any) -> tuple[Any, ...]:
    for parent, slope in zip(out.parents, out.slopes(), strict=True):
        parent.grad += slope * out.grad
    return tuple(parent.grad for parent in out.parents)


def overwritten(out: Any) -> tuple[float, float]:
    a, b = out.parents
    a.grad = b.data * out.grad
    b.grad = a.data * out.grad
    return a.grad, b.grad


def operands_swapped(out: Any) -> tuple[float, float]:
    a, b = out.parents
    a.grad += a.data * out.grad
    b.grad += b.data * out.grad
    return a.grad, b.grad


def upstream_forgotten(out: Any) -> tuple[float, float]:
    a, b = out.parents
    a.grad += b.data
    b.grad += a.data
    return a.grad, b.grad


def passed_on_unchanged(out: Any) -> tuple[float, float]:
    a, b = out.parents
    a.grad += out.grad
    b.grad += out.grad
    return a.grad, b.grad


def products(generator: Generator) -> list[Arguments]:
    """A product of leaves, of leaves used elsewhere, of inner values, and a square."""
    x, y = leaf(generator), leaf(generator)
    p, q = leaf(generator, grad=True), leaf(generator, grad=True)
    inner, other = p.sin() + y, (q * p).exp()
    inner.grad = draw(generator, 2.0, 4.0)
    square = leaf(generator, grad=True)
    made = [(x * y, "x * y", 1.0), (p * q, "p * q, used elsewhere", draw(generator))]
    made += [(inner * other, "(sin p + y) * exp(q * p)", -draw(generator, 2.0, 3.0))]
    made += [(square * square, "x * x", draw(generator, 2.0, 3.0))]
    return [(Recorded(value, text, grad),) for value, text, grad in made]


VALUE_MUL = Exercise(
    name="neural_networks.value_mul",
    page=PAGE,
    task="The value `out` is a product of its two parents, and `out.grad` is known. Add to the "
    "`grad` of each parent what the chain rule gives, and return the two gradients.",
    signature="mul_backward(out) -> (gradient of a, gradient of b)",
    reference=add_shares,
    inputs=products,
    tried="leaves, values used elsewhere, inner values, and a value times itself",
    misconceptions=(
        Misconception(
            "overwrites the gradient",
            overwritten,
            "The answer sets `grad` where it must add. A value that is used twice, also in "
            "x * x, gets the sum of both shares: write `+=`.",
        ),
        Misconception(
            "swaps the operands",
            operands_swapped,
            "The derivative of a b by a is b, the data of the *other* operand. Each gradient "
            "has the data of its own value here.",
        ),
        Misconception(
            "forgets the upstream factor",
            upstream_forgotten,
            "The answer adds the local derivative alone. The chain rule multiplies it by what "
            "came from above: `out.grad`.",
        ),
        Misconception(
            "passes the gradient on unchanged",
            passed_on_unchanged,
            "This is the rule of a sum, whose local derivatives are 1. Those of a product are "
            "the data of the other operand.",
        ),
    ),
    hints=(
        "Each parent gets `+=` the data of the other parent, times `out.grad`. Does x * x work?",
    ),
)


def power_overwritten(out: Any, n: float) -> float:
    (a,) = out.parents
    a.grad = n * a.data ** (n - 1) * out.grad
    return float(a.grad)


def exponent_kept(out: Any, n: float) -> float:
    (a,) = out.parents
    a.grad += n * a.data**n * out.grad
    return float(a.grad)


def factor_dropped(out: Any, n: float) -> float:
    (a,) = out.parents
    a.grad += a.data ** (n - 1) * out.grad
    return float(a.grad)


def power_upstream_forgotten(out: Any, n: float) -> float:
    (a,) = out.parents
    a.grad += n * a.data ** (n - 1)
    return float(a.grad)


def powers(generator: Generator) -> list[Arguments]:
    """Whole, broken and negative exponents; a negative base where the exponent is whole."""
    cases: list[Arguments] = []
    for n in (2, 3, 0.5, -1, -1.5, 4):
        a = Value(draw(generator, 1.2, 2.2) * (-1 if n in (3, -1) else 1))
        a.grad = 0.0 if n == 2 else draw(generator, 2.0, 4.0)
        cases.append((Recorded(a**n, f"a ** {n}", draw(generator, 2.0, 3.0)), n))
    return cases


VALUE_POW = Exercise(
    name="neural_networks.value_pow",
    page=PAGE,
    task="The value `out` is the power `a ** n` of its only parent, with a number `n`. Add to "
    "`a.grad` what the chain rule gives, and return it.",
    signature="pow_backward(out, n) -> gradient of a",
    reference=lambda out, n: add_shares(out)[0],
    inputs=powers,
    tried="whole, broken and negative exponents, also of negative numbers",
    misconceptions=(
        Misconception(
            "keeps the exponent",
            exponent_kept,
            "The derivative of aⁿ is n aⁿ⁻¹: the exponent falls by one. Here it is still n.",
        ),
        Misconception(
            "drops the factor n",
            factor_dropped,
            "The exponent has fallen by one, but it also comes down as a factor: n aⁿ⁻¹.",
        ),
        Misconception(
            "overwrites the gradient of the base",
            power_overwritten,
            "The base may be used elsewhere and hold a share already. Add yours to it with `+=`.",
        ),
        Misconception(
            "forgets the upstream factor of a power",
            power_upstream_forgotten,
            "n aⁿ⁻¹ is the local derivative. Multiply it by `out.grad`, the derivative of the "
            "last value by this power.",
        ),
    ),
    hints=("The local derivative is `n * a.data ** (n - 1)`; then as for the product.",),
)


def exp_log(operation: str, x: float) -> tuple[float, float]:
    node = Value(x)
    out = node.exp() if operation == "exp" else node.log()
    return out.data, out.slopes()[0]


def silent_nan(operation: str, x: float) -> tuple[float, float]:
    if operation == "log" and x <= 0:
        return math.nan, math.nan
    return exp_log(operation, x)


def slope_is_input(operation: str, x: float) -> tuple[float, float]:
    return (math.exp(x), x) if operation == "exp" else exp_log(operation, x)


def power_rule(operation: str, x: float) -> tuple[float, float]:
    return (math.exp(x), x * math.exp(x - 1)) if operation == "exp" else exp_log(operation, x)


def log_by_output(operation: str, x: float) -> tuple[float, float]:
    value, slope = exp_log(operation, x)
    return (value, slope) if operation == "exp" else (value, 1 / value)


def exp_log_inputs(generator: Generator) -> list[Arguments]:
    positive = [("exp", draw(generator)), ("log", draw(generator, 1.2, 1.9))]
    more = [("exp", -draw(generator)), ("log", draw(generator, 0.2, 0.8)), ("exp", 0.0)]
    return [*positive, *more, ("log", -draw(generator)), ("log", 0.0)]


VALUE_EXP_LOG = Exercise(
    name="neural_networks.value_exp_log",
    page=PAGE,
    task='Return the result and the local derivative of one operation, `"exp"` or `"log"`, at the '
    "number `x`. A logarithm that is no real number raises `ValueError`.",
    signature="exp_log(operation, x) -> (value, local derivative)",
    reference=exp_log,
    inputs=exp_log_inputs,
    tried="both operations, negative numbers and zero",
    misconceptions=(
        Misconception(
            "returns nan for the logarithm of a negative number",
            silent_nan,
            "The logarithm of zero or a negative number is no real number. A nan travels through "
            "the whole graph before somebody notices it: raise `ValueError` where it begins.",
        ),
        Misconception(
            "takes the input for the derivative of exp",
            slope_is_input,
            "The derivative of exp is exp: the *output* of the operation, not its input x.",
        ),
        Misconception(
            "uses the power rule for exp",
            power_rule,
            "In eˣ the variable is the exponent, so the power rule x eˣ⁻¹ does not apply. The "
            "derivative of exp is its own output.",
        ),
        Misconception(
            "divides by the output of log",
            log_by_output,
            "The derivative of log x is 1 / x with the *input* x. You divide by the logarithm.",
        ),
    ),
    hints=("One derivative is the output itself, the other is one over the input.",),
)


EXERCISES = [VALUE_MUL, VALUE_POW, VALUE_EXP_LOG]
