"""What all numbers with derivatives have in common: operators, and the way to their rules."""

from __future__ import annotations

import itertools
from abc import ABC, abstractmethod
from collections.abc import Callable, Iterator
from functools import partial
from typing import Any

import torch

from companion.calculus._linear_rules import JOINS, LINEAR
from companion.calculus._rules import ELEMENTWISE, Options, Rule, Values, root

RULES: dict[str, Rule] = {**ELEMENTWISE, **LINEAR, **JOINS}
# Functions that are constant wherever they have a derivative: they see values only.
CONSTANT = {"gt", "lt", "ge", "le", "eq", "ne", "sign", "zeros_like", "ones_like"}
# What a number answers as its value does.
ASKED = {"dtype", "device", "ndim", "dim", "numel", "size", "is_floating_point"}
ASKED |= {"new_zeros", "new_ones", "new_full", "new_tensor"}
SYNONYMS = {
    "truediv": "div",
    "true_divide": "div",
    "divide": "div",
    "multiply": "mul",
    "subtract": "sub",
    "negative": "neg",
    "absolute": "abs",
    "concat": "cat",
    "concatenate": "cat",
    "swapaxes": "transpose",
    "linalg_vector_norm": "vector_norm",
    "linalg_norm": "norm",
    "linalg_vecdot": "vecdot",
    "arctan2": "atan2",
}
# Every derivative that is taken gets a level of its own. One that starts inside another has the
# higher level, and to its numbers those of lower levels are constants: without this, the inner
# derivative of x + y by y would also count what the outer one calls the change of x.
LEVELS = itertools.count(1)


class Number(ABC):
    """A value with what a derivative needs to know; ``level`` says which derivative that is."""

    __slots__ = ("level", "value")
    __array_ufunc__ = None  # a NumPy number on the left leaves the operation to us
    value: Any
    level: int

    @classmethod
    @abstractmethod
    def _record(cls, rule: Rule, level: int, args: Values, options: Options) -> Any:
        """Apply a function by its rule; at least one argument is of this class and level."""

    @classmethod
    def __torch_function__(
        cls, func: Any, types: Any, args: tuple[Any, ...] = (), kwargs: Any = None
    ) -> Any:
        """Take ``torch.sin(number)`` and ``tensor * number`` to the rules."""
        options = {k: v for k, v in (kwargs or {}).items() if v is not None}  # None: not given
        return call(func.__name__.strip("_"), *args, **options)

    def __getattr__(self, name: str) -> Any:
        """Find methods, as ``x.sin()``, and what a number answers as its value does."""
        if name in ASKED:
            return getattr(self.value, name)
        if name in RULES or name in COMPOSITES or name in CONSTANT:
            return partial(call, name, self)
        raise AttributeError(f"{type(self).__name__} has no rule for {name!r}")

    @property
    def shape(self) -> torch.Size:
        """The shape of the value."""
        found: torch.Size = self.value.shape
        return found

    @property
    def mT(self) -> Any:
        """The transposed matrix."""
        return call("transpose", self, -2, -1)

    @property
    def T(self) -> Any:
        """The transposed matrix; a vector is its own."""
        return call("t", self)

    def __add__(self, other: Any) -> Any:
        return call("add", self, other)

    def __radd__(self, other: Any) -> Any:
        return call("add", other, self)

    def __sub__(self, other: Any) -> Any:
        return call("sub", self, other)

    def __rsub__(self, other: Any) -> Any:
        return call("sub", other, self)

    def __mul__(self, other: Any) -> Any:
        return call("mul", self, other)

    def __rmul__(self, other: Any) -> Any:
        return call("mul", other, self)

    def __truediv__(self, other: Any) -> Any:
        return call("div", self, other)

    def __rtruediv__(self, other: Any) -> Any:
        return call("div", other, self)

    def __pow__(self, exponent: Any) -> Any:
        return call("pow", self, exponent)

    def __rpow__(self, base: Any) -> Any:
        return call("pow", base, self)

    def __matmul__(self, other: Any) -> Any:
        return call("matmul", self, other)

    def __neg__(self) -> Any:
        return call("neg", self)

    def __pos__(self) -> Any:
        return self

    def __abs__(self) -> Any:
        return call("abs", self)

    def __getitem__(self, index: Any) -> Any:
        return call("getitem", self, index)

    def __len__(self) -> int:
        return len(self.value)

    def __iter__(self) -> Iterator[Any]:
        return (self[k] for k in range(len(self)))

    def __bool__(self) -> bool:
        return bool(self.value)

    def __lt__(self, other: Any) -> Any:
        return call("lt", self, other)

    def __le__(self, other: Any) -> Any:
        return call("le", self, other)

    def __gt__(self, other: Any) -> Any:
        return call("gt", self, other)

    def __ge__(self, other: Any) -> Any:
        return call("ge", self, other)

    def __eq__(self, other: object) -> Any:
        return call("eq", self, other)

    def __ne__(self, other: object) -> Any:
        return call("ne", self, other)

    __hash__ = object.__hash__


def call(name: str, *args: Any, **options: Any) -> Any:
    """Apply the function of torch with this name to numbers, tensors and Python's numbers."""
    name = SYNONYMS.get(name, name)
    if name in CONSTANT:
        return getattr(torch, name)(*map(plain, args), **options)
    if name in COMPOSITES:
        return COMPOSITES[name](*args, **options)
    if name in JOINS:
        args, options = joined(*args, **options)
    top: Any = None
    for a in args:
        if isinstance(a, Number) and (top is None or a.level > top.level):
            top = a
    if name not in RULES:
        kind = "A number" if top is None else type(top).__name__  # None: it is inside a list
        raise TypeError(f"{kind} has no rule for the function {name!r}")
    if options and name in ELEMENTWISE:
        raise TypeError(f"{type(top).__name__} takes no options of {name!r}, got {list(options)}")
    return top._record(RULES[name], top.level, args, options)


def joined(tensors: Any, dim: int = 0) -> tuple[tuple[Any, ...], Options]:
    """Spread the tensors of ``cat`` and ``stack`` out as arguments."""
    return tuple(tensors), {"dim": dim}


def is_of(a: Any, level: int) -> bool:
    """Say whether an argument is a number of a level, not a constant to it."""
    return isinstance(a, Number) and a.level == level


def values_of(args: Values, level: int) -> tuple[Any, ...]:
    """Take the values out of the numbers of a level."""
    return tuple(a.value if isinstance(a, Number) and a.level == level else a for a in args)


def plain(x: Any) -> Any:
    """Return the tensor at the bottom of a number."""
    while isinstance(x, Number):
        x = x.value
    return x


def mean(x: Any, *args: Any, **options: Any) -> Any:
    """Return the sum over the count."""
    total = x.sum(*args, **options)
    return total / (x.numel() / max(total.numel(), 1))


def vector_norm(x: Any, ord: float = 2, dim: Any = None, keepdim: bool = False) -> Any:
    """Return (Σ |x|^p)^(1/p); for p = 2 with the subgradient 0 where all elements are 0."""
    if ord == 2:
        return root((x * x).sum(dim, keepdim))
    if ord == 1:
        return torch.abs(x).sum(dim, keepdim)
    if not 0 < ord < float("inf"):
        raise TypeError(f"vector_norm has no rule for ord={ord}")
    return (torch.abs(x) ** ord).sum(dim, keepdim) ** (1 / ord)


def norm(x: Any, p: Any = None, dim: Any = None, keepdim: bool = False, **more: Any) -> Any:
    """Return the Euclidean norm of all elements, or the p-norm of vectors."""
    p = more.pop("ord", p)
    if more:
        raise TypeError(f"norm takes no options {list(more)}")
    if p in (None, "fro"):
        p = 2
    elif x.ndim != 1 and not isinstance(dim, int):
        raise TypeError(f"norm has no rule for a matrix and the order {p!r}")
    return vector_norm(x, p, dim, keepdim)


COMPOSITES: dict[str, Callable[..., Any]] = {
    "mean": mean,
    "vector_norm": vector_norm,
    "norm": norm,
    "t": lambda x: x if x.ndim < 2 else x.transpose(0, 1),
    "outer": lambda a, b: a[:, None] * b,
    "vecdot": lambda a, b, dim=-1: (a * b).sum(dim),
    "trace": lambda A: (A * torch.eye(len(A), dtype=A.dtype, device=A.device)).sum(),
}
