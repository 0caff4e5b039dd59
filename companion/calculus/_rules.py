"""The rules that forward mode, reverse mode and Taylor arithmetic share: one for each function.

They are written with the operators and functions of torch alone, never for tensors only. So the
numbers of one derivative can carry those of another, which makes derivatives of derivatives right.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor

Function = Callable[..., Any]
Values = Sequence[Any]
Options = dict[str, Any]


@dataclass(frozen=True)
class Elementwise:
    """y = f(a, b, ...) element by element; ``slopes[k](a, b, ...)`` is ∂f/∂(argument k)."""

    value: Function
    slopes: tuple[Function, ...]

    def tangent(self, y: Any, values: Values, tangents: Values, options: Options) -> Any:
        """Return Σ ∂f/∂a a', over the arguments that have a derivative (the others: None)."""
        parts = zip(self.slopes, tangents, strict=True)
        return added([scaled(slope(*values), t) for slope, t in parts if t is not None])

    def pull(self, k: int, y: Any, values: Values, options: Options, g: Any) -> Any:
        """Return what a change of argument k does to a sum of the results weighted with g."""
        return sum_to(scaled(self.slopes[k](*values), g), values[k].shape)


@dataclass(frozen=True)
class Multilinear:
    """y = f(a, b, ...) linear in each argument; ``transpose(k, g, *arguments)`` is its pull."""

    value: Function
    transpose: Function

    def tangent(self, y: Any, values: Values, tangents: Values, options: Options) -> Any:
        """Return the product rule's sum: one argument at a time is replaced by its derivative."""
        places = [k for k, t in enumerate(tangents) if t is not None]
        terms = [[*values[:k], tangents[k], *values[k + 1 :]] for k in places]
        return added([self.value(*term, **options) for term in terms])

    def pull(self, k: int, y: Any, values: Values, options: Options, g: Any) -> Any:
        """Return what a change of argument k does to a sum of the results weighted with g."""
        return self.transpose(k, g, *values, **options)


@dataclass(frozen=True)
class Join:
    """y = several tensors put together; ``part(k, g, tensors, dim)`` takes tensor k out of y."""

    value: Function
    part: Function

    def tangent(self, y: Any, values: Values, tangents: Values, options: Options) -> Any:
        """Put the derivatives together as the values are; a constant's derivative is 0."""
        pairs = zip(values, tangents, strict=True)
        return self.value(*(torch.zeros_like(v) if t is None else t for v, t in pairs), **options)

    def pull(self, k: int, y: Any, values: Values, options: Options, g: Any) -> Any:
        """Return the part of g that belongs to tensor k."""
        return self.part(k, g, values, options.get("dim", 0) % y.ndim)


Rule = Elementwise | Multilinear | Join


def added(terms: Values) -> Any:
    """Add one or several terms up."""
    total = terms[0]
    for term in terms[1:]:
        total = total + term
    return total


def scaled(slope: Any, change: Any) -> Any:
    """Multiply, without a multiplication where the slope is the number 1 or -1."""
    if isinstance(slope, int):
        return change if slope == 1 else -change
    return slope * change


def sum_to(g: Any, shape: torch.Size) -> Any:
    """Undo broadcasting: an element that was used several times collects from all its copies."""
    if g.shape == shape:
        return g
    more = g.ndim - len(shape)
    used = [k for k in range(g.ndim) if k < more or (shape[k - more] == 1 and g.shape[k] != 1)]
    return (g.sum(used) if used else g).reshape(shape)


def embed(x: Any, index: Any, shape: torch.Size) -> Any:
    """Return zeros of a shape with x added at an index: the transpose of taking ``[index]``."""
    if not isinstance(x, Tensor):
        return x.embed(index, shape)
    y = x.new_zeros(shape)
    indices = index if isinstance(index, tuple) else (index,)
    if all(i is None or i is Ellipsis or isinstance(i, int | slice) for i in indices):
        y[index] = x
        return y
    places = torch.arange(y.numel(), device=x.device).reshape(shape)[index]  # may repeat
    return y.reshape(-1).index_add(0, places.reshape(-1), x.reshape(-1)).reshape(shape)


def root(x: Any) -> Any:
    """Return √x, with 0 as the derivative of a norm where the norm is 0 (a subgradient)."""
    return torch.sqrt(x) if isinstance(x, Tensor) else x.root()


def root_slope(x: Any) -> Any:
    """Return 1 / (2 √x), but a finite number at 0, where a norm multiplies it by 0."""
    y = root(x)
    return 0.5 / (y + (y == 0))


def power_slope(a: Any, b: Any) -> Any:
    """Return b a^(b - 1); where b is 0 the exponent is 1, as 0 times 1/0 would be no number."""
    return b * a ** (b - 1 + 2 * (b == 0))


def exponent_slope(a: Any, b: Any) -> Any:
    """Return a^b log a, and 0 for powers of 0 that stay 0 (or 1) when the exponent grows."""
    if not hasattr(a, "shape"):
        a = torch.as_tensor(a, dtype=b.dtype, device=b.device)
    return a**b * torch.log(a + (a == 0) * (b >= 0))


def larger(a: Any, b: Any) -> Any:
    """Return the slope of the larger of two numbers: 1, 0, or one half where they are equal."""
    return (a > b) + 0.5 * (a == b)


def unary(name: str, slope: Function) -> tuple[str, Elementwise]:
    """Return the entry of a function of one argument."""
    return name, Elementwise(getattr(torch, name), (slope,))


ELEMENTWISE = dict(
    [
        unary("sin", lambda x: torch.cos(x)),
        unary("cos", lambda x: -torch.sin(x)),
        unary("tan", lambda x: 1 + torch.tan(x) ** 2),
        unary("asin", lambda x: 1 / torch.sqrt(1 - x * x)),
        unary("acos", lambda x: -1 / torch.sqrt(1 - x * x)),
        unary("atan", lambda x: 1 / (1 + x * x)),
        unary("sinh", lambda x: torch.cosh(x)),
        unary("cosh", lambda x: torch.sinh(x)),
        unary("tanh", lambda x: 1 - torch.tanh(x) ** 2),
        unary("exp", lambda x: torch.exp(x)),
        unary("log", lambda x: 1 / x),
        unary("log1p", lambda x: 1 / (1 + x)),
        unary("sqrt", lambda x: 0.5 / torch.sqrt(x)),
        unary("square", lambda x: 2 * x),
        unary("reciprocal", lambda x: -1 / (x * x)),
        unary("sigmoid", lambda x: torch.sigmoid(x) * torch.sigmoid(-x)),
        unary("abs", lambda x: torch.sign(x)),
    ]
)
ELEMENTWISE |= {
    "root": Elementwise(root, (root_slope,)),
    "add": Elementwise(operator.add, (lambda a, b: 1, lambda a, b: 1)),
    "sub": Elementwise(operator.sub, (lambda a, b: 1, lambda a, b: -1)),
    "div": Elementwise(operator.truediv, (lambda a, b: 1 / b, lambda a, b: -a / (b * b))),
    "pow": Elementwise(operator.pow, (power_slope, exponent_slope)),
    "atan2": Elementwise(
        torch.atan2, (lambda a, b: b / (a * a + b * b), lambda a, b: -a / (a * a + b * b))
    ),
    "where": Elementwise(
        torch.where, (lambda c, a, b: 0.0, lambda c, a, b: 1.0 * c, lambda c, a, b: 1.0 * ~c)
    ),
    "maximum": Elementwise(torch.maximum, (larger, lambda a, b: larger(b, a))),
    "minimum": Elementwise(torch.minimum, (lambda a, b: larger(b, a), larger)),
}
