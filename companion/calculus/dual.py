"""Forward mode: numbers that carry their derivative through a program."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from companion.calculus._check import check_fit, check_number
from companion.calculus._number import Number, is_of, values_of
from companion.calculus._rules import Options, Rule, Values


class Dual(Number):
    """A number a + b ε with ε² = 0: a value and its derivative, element by element.

    ::

        (a + a' ε) (b + b' ε) = a b + (a' b + a b') ε        f(a + a' ε) = f(a) + f'(a) a' ε

    ``+ - * / **`` and ``@`` work with numbers, tensors and dual numbers on either side; indices,
    the elementary functions of torch, its sums, norms and products, what reshapes and what
    joins tensors, too. Comparisons compare the values.

    Parameters
    ----------
    value : Tensor[...], the value a; or a dual number of a lower level, for second derivatives.
    derivative : of the same shape and dtype, the derivative b.
    level : the derivative that ε belongs to. Numbers of a lower level are constants to it:
        each derivative inside another needs an ε of its own.

    Raises
    ------
    TypeError
        If a part is no floating-point tensor, the dtypes differ, or a function has no rule.
    ValueError
        If the shapes differ, or a part has the same or a higher level.

    Proven equal to SymPy's derivatives and ``torch.func.jvp`` (``tests/test_registry.py``,
    ``tests/calculus/test_dual.py``).

    Book: chapters/03-optimization/derivatives
    """

    __slots__ = ("derivative",)

    def __init__(self, value: Any, derivative: Any, level: int = 0) -> None:
        check_number(value, "value")
        check_fit(derivative, "derivative", value, "value")
        for name, part in (("value", value), ("derivative", derivative)):
            if isinstance(part, Number) and part.level >= level:
                raise ValueError(f"{name} must be of a level below {level}, got {part.level}")
        self.value, self.derivative, self.level = value, derivative, level

    def __repr__(self) -> str:
        return f"Dual({self.value}, {self.derivative})"

    @classmethod
    def _record(cls, rule: Rule, level: int, args: Values, options: Options) -> Dual:
        values = values_of(args, level)
        tangents = [a.derivative if is_of(a, level) else None for a in args]
        y = rule.value(*values, **options)
        slope = rule.tangent(y, values, tangents, options)
        if slope.shape != y.shape:
            slope = torch.broadcast_to(slope, y.shape)
        return Dual(y, slope if slope.dtype == y.dtype else slope.to(y.dtype), level)


def parts(y: Any, level: int) -> tuple[Any, Any]:
    """Return value and derivative of a result; one that no input reaches has the derivative 0."""
    if isinstance(y, Dual) and y.level == level:
        return y.value, y.derivative
    zero: Tensor = torch.zeros_like(y)
    return y, zero
