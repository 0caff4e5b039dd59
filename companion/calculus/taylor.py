"""Taylor coefficients: numbers that carry a truncated power series through a program."""

from __future__ import annotations

import itertools
import operator
from collections.abc import Callable
from numbers import Integral
from typing import Any

import torch
from torch import Tensor

from companion.calculus._check import check_callable, check_number, check_output
from companion.calculus._number import LEVELS, Number, values_of
from companion.calculus._rules import Elementwise, Join, Multilinear, Options, Rule, Values


class Series(Number):
    """A truncated power series c₀ + c₁ t + ... + cₙ tⁿ; every coefficient has the same shape."""

    __slots__ = ("coefficients",)

    def __init__(self, coefficients: list[Any], level: int) -> None:
        self.coefficients, self.level = coefficients, level
        self.value = coefficients[0]

    @classmethod
    def _record(cls, rule: Rule, level: int, args: Values, options: Options) -> Series:
        order = min(len(a.coefficients) for a in args if of(a, level)) - 1
        y = rule.value(*values_of(args, level), **options)
        if isinstance(rule, Multilinear):
            found = [product(rule, k, level, args, options) for k in range(1, order + 1)]
        elif isinstance(rule, Join):
            rows = [[coefficient(a, k, level) for a in args] for k in range(1, order + 1)]
            found = [rule.value(*row, **options) for row in rows]
        elif rule.value is operator.truediv:
            found = quotient(y, order, level, *args)
        else:
            found = chain(rule, order, level, args)
        return Series([y, *(torch.broadcast_to(c, y.shape) for c in found)], level)


def of(a: Any, level: int) -> bool:
    """Say whether an argument is a series of a level, not a constant to it."""
    return isinstance(a, Series) and a.level == level


def coefficient(a: Any, k: int, level: int) -> Any:
    """Return coefficient k of a series or a constant."""
    if of(a, level):
        return a.coefficients[k]
    return a if k == 0 else torch.zeros_like(a)


def product(rule: Multilinear, k: int, level: int, args: Values, options: Options) -> Any:
    """Return coefficient k of a product: the sum over all shares of k among the factors."""
    orders = [range(k + 1) if of(a, level) else range(1) for a in args]
    shares = (share for share in itertools.product(*orders) if sum(share) == k)
    terms = [
        [a.coefficients[j] if of(a, level) else a for a, j in zip(args, share, strict=True)]
        for share in shares
    ]
    total = rule.value(*terms[0], **options)
    for term in terms[1:]:
        total = total + rule.value(*term, **options)
    return total


def quotient(y: Any, order: int, level: int, a: Any, b: Any) -> list[Any]:
    """Return the coefficients q₁, q₂, ... of a / b from a = q b, solved for one after the other."""
    if not of(b, level):
        return [c / b for c in a.coefficients[1 : order + 1]]
    found = [y]
    for k in range(1, order + 1):
        rest = sum(b.coefficients[j] * found[k - j] for j in range(1, k + 1))
        top = a.coefficients[k] - rest if of(a, level) else -rest
        found.append(top / b.coefficients[0])
    return found[1:]


def chain(rule: Elementwise, order: int, level: int, args: Values) -> list[Any]:
    """Return the coefficients of y = f(x) from y' = f'(x) x', where f'(x) is a series itself.

    ::

        k yₖ = Σⱼ j xⱼ sₖ₋ⱼ,    s = f'(x) up to the order k - 1
    """
    if order == 0:
        return []
    shorter = [Series(a.coefficients[:order], level) if of(a, level) else a for a in args]
    found: list[Any] = [0.0] * order
    for a, slope in zip(args, rule.slopes, strict=True):
        if not of(a, level):
            continue
        s = slope(*shorter)
        for k in range(1, order + 1):
            places = range(1, k + 1) if of(s, level) else (k,)  # a constant slope: only s₀
            for j in places:
                factor = s.coefficients[k - j] if of(s, level) else s
                found[k - 1] = found[k - 1] + (j / k) * a.coefficients[j] * factor
    return found


def taylor_coefficients(func: Callable[..., Any], a: Tensor, order: int) -> Tensor:
    """Return the Taylor coefficients of a function of one variable, exact up to rounding.

    ::

        cₖ = f⁽ᵏ⁾(a) / k!,    f(a + t) ≈ c₀ + c₁ t + ... + cₙ tⁿ

    The function runs once, on truncated power series; the derivatives are never formed one by one.

    Parameters
    ----------
    func : maps a tensor to a tensor of the same shape, element by element, with the functions of
        torch that :class:`Dual` knows.
    a : Tensor[...], the points of expansion.
    order : the highest power n, at least 0.

    Returns
    -------
    Tensor[n + 1, ...], the coefficients c₀, c₁, ..., cₙ.

    Raises
    ------
    TypeError
        If func is not callable or returns no tensor, a no floating-point tensor, or order no
        integer.
    ValueError
        If order is negative, or func changes the shape.

    Proven equal to SymPy's series and to nested derivatives of ``torch.func``
    (``tests/test_registry.py``, ``tests/calculus/test_taylor.py``).

    Book: chapters/03-optimization/hessian-taylor
    """
    check_callable(func, "func")
    check_number(a, "a")
    if not isinstance(order, Integral) or isinstance(order, bool):
        raise TypeError(f"order must be an integer, got {type(order).__name__}")
    if order < 0:
        raise ValueError(f"order must be at least 0, got {order}")
    level, zero = next(LEVELS), torch.zeros_like(a)
    powers = [a, torch.ones_like(a), *[zero] * int(order - 1)]
    y = check_output(func(Series(powers[: int(order) + 1], level)))
    if y.shape != a.shape:
        raise ValueError(f"func must keep the shape {tuple(a.shape)}, got {tuple(y.shape)}")
    found: Tensor = torch.stack([coefficient(y, k, level) for k in range(int(order) + 1)])
    return found
