"""Forward mode: numbers that carry their derivative through a program."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import torch
from torch import Tensor

from companion.calculus._check import check_fit, check_tensor

# The derivative of each elementwise function, from the argument x.
SLOPES: dict[str, Callable[[Tensor], Tensor]] = {
    "sin": torch.cos,
    "cos": lambda x: -torch.sin(x),
    "exp": torch.exp,
    "log": lambda x: 1 / x,
    "sqrt": lambda x: 0.5 / torch.sqrt(x),
    "tanh": lambda x: 1 - torch.tanh(x) ** 2,
}
# Functions that are linear in their first argument: they act on the derivative as on the value.
LINEAR = {"neg", "sum", "mean", "reshape"}
# Products: linear in each of their two arguments, in this order.
PRODUCTS = {"mul", "matmul", "dot", "mv", "mm"}


class Dual:
    """A number a + b ε with ε² = 0: a value and its derivative, element by element.

    ::

        (a + a' ε) (b + b' ε) = a b + (a' b + a b') ε        f(a + a' ε) = f(a) + f'(a) a' ε

    ``+ - * / **`` and ``@`` work with numbers, tensors and dual numbers on either side; indices,
    and the functions of torch with these names, too: neg, sum, mean, reshape, stack, sin, cos,
    exp, log, sqrt, tanh, pow, dot, mv, mm.

    Parameters
    ----------
    value : Tensor[...], the value a.
    derivative : Tensor of the same shape and dtype, the derivative b.

    Raises
    ------
    TypeError
        If a part is no floating-point tensor, the dtypes differ, or a function has no rule.
    ValueError
        If the shapes differ.

    Proven equal to SymPy's derivatives and ``torch.func.jvp`` (``tests/test_registry.py``,
    ``tests/calculus/test_dual.py``).

    Book: the chapter on optimization (planned)
    """

    def __init__(self, value: Tensor, derivative: Tensor) -> None:
        check_tensor(value, "value")
        check_fit(derivative, "derivative", value, "value")
        self.value, self.derivative = value, derivative

    def __repr__(self) -> str:
        return f"Dual({self.value}, {self.derivative})"

    @property
    def shape(self) -> torch.Size:
        """The shape of the value."""
        return self.value.shape

    @classmethod
    def __torch_function__(
        cls, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Dual:
        """Take ``torch.sin(dual)`` and ``tensor * dual`` to the rules of this file."""
        name = func.__name__.strip("_")
        return _apply({"truediv": "div"}.get(name, name), *args, **(kwargs or {}))

    def __add__(self, other: Any) -> Dual:
        return _apply("add", self, other)

    def __sub__(self, other: Any) -> Dual:
        return _apply("sub", self, other)

    def __rsub__(self, other: Any) -> Dual:
        return _apply("add", -self, other)

    def __mul__(self, other: Any) -> Dual:
        return _apply("mul", self, other)

    def __truediv__(self, other: Any) -> Dual:
        return _apply("div", self, other)

    def __rtruediv__(self, other: Any) -> Dual:
        return _apply("mul", self**-1, other)

    def __pow__(self, exponent: Any) -> Dual:
        return _apply("pow", self, exponent)

    def __rpow__(self, base: Any) -> Dual:
        return _apply("pow", base, self)

    def __matmul__(self, other: Any) -> Dual:
        return _apply("matmul", self, other)

    def __neg__(self) -> Dual:
        return _apply("neg", self)

    def __getitem__(self, index: Any) -> Dual:
        return Dual(self.value[index], self.derivative[index])

    def __len__(self) -> int:
        return len(self.value)

    __radd__ = __add__
    __rmul__ = __mul__

    def sum(self, *args: Any) -> Dual:
        """Add the elements up, as ``torch.sum`` does."""
        return _apply("sum", self, *args)

    def sin(self) -> Dual:
        """Return the sine."""
        return _apply("sin", self)

    def exp(self) -> Dual:
        """Return the exponential."""
        return _apply("exp", self)

    def log(self) -> Dual:
        """Return the natural logarithm."""
        return _apply("log", self)

    def sqrt(self) -> Dual:
        """Return the square root."""
        return _apply("sqrt", self)

    def pow(self, exponent: Any) -> Dual:
        """Return the power."""
        return _apply("pow", self, exponent)


def _apply(name: str, *args: Any, **options: Any) -> Dual:
    """Return a function of dual numbers by its rule."""
    if name == "stack":
        args = (list(args[0]), *args[1:])
        parts = ([_value(a) for a in args[0]], [_slope(a) for a in args[0]])
        value, derivative = (torch.stack(part, *args[1:], **options) for part in parts)
        return Dual(value, derivative)
    known = name in SLOPES or name in LINEAR or name in PRODUCTS
    if not (known or name in ("add", "sub", "div", "pow")):
        raise TypeError(f"Dual has no rule for the function {name!r}")
    if name in LINEAR:
        function = getattr(torch, name)
        x, *rest = args
        return Dual(function(x.value, *rest, **options), function(x.derivative, *rest, **options))
    if options:
        raise TypeError(f"Dual takes no options of {name!r}, got {list(options)}")
    value = getattr(torch, name)(*map(_value, args))
    slope = _slopes(name, args, value)
    return Dual(value, torch.broadcast_to(slope, value.shape).to(value.dtype))


def _slopes(name: str, args: Sequence[Any], value: Tensor) -> Tensor:
    """Return the derivative of a function of one or two arguments: a term for each dual one."""
    if name in SLOPES:
        slope: Tensor = SLOPES[name](args[0].value) * args[0].derivative
        return slope
    a, b = (_value(arg) for arg in args)
    terms = []
    if isinstance(args[0], Dual):
        terms.append(_first(name, a, b, args[0].derivative))
    if isinstance(args[1], Dual):
        terms.append(_second(name, a, b, args[1].derivative, value))
    total: Tensor = terms[0] if len(terms) == 1 else terms[0] + terms[1]
    return total


def _first(name: str, a: Any, b: Any, slope: Tensor) -> Tensor:
    """Return the term of the first argument's derivative."""
    if name in ("add", "sub"):
        return slope
    if name == "pow":
        return _power(a, b, slope)
    found: Tensor = getattr(torch, name)(slope, b)  # products, and the quotient by a constant
    return found


def _second(name: str, a: Any, b: Tensor, slope: Tensor, value: Tensor) -> Tensor:
    """Return the term of the second argument's derivative."""
    if name == "add":
        return slope
    if name == "sub":
        return -slope
    if name == "div":
        return -value / b * slope
    if name == "pow":
        return torch.xlogy(value, a) * slope
    found: Tensor = getattr(torch, name)(a, slope)
    return found


def _power(a: Tensor, b: Any, slope: Tensor) -> Tensor:
    """Return b a^(b - 1) a', and 0 where b is 0: at a = 0 the formula would give 0 times 1/0."""
    if not isinstance(b, Tensor):
        b = torch.as_tensor(b, dtype=a.dtype, device=a.device)
    change = b * a ** (b - 1) * slope
    return torch.where(b == 0, torch.zeros_like(change), change)


def _value(a: Any) -> Any:
    return a.value if isinstance(a, Dual) else a


def _slope(a: Dual | Tensor) -> Tensor:
    return a.derivative if isinstance(a, Dual) else torch.zeros_like(a)
