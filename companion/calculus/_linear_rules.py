"""Rules of functions that are linear in each argument, and of those that join tensors."""

from __future__ import annotations

import operator
from typing import Any

import torch

from companion.calculus._rules import Function, Join, Multilinear, Values, embed, sum_to


def method(name: str) -> Function:
    """Return a function that calls a method of its first argument."""

    def called(x: Any, *args: Any, **options: Any) -> Any:
        return getattr(x, name)(*args, **options)

    return called


def linear(value: Function, transpose: Function) -> Multilinear:
    """Return the rule of a function that is linear in its first argument."""
    return Multilinear(value, lambda k, g, x, *rest, **options: transpose(g, x, *rest, **options))


def spread(g: Any, x: Any, dim: Any = None, keepdim: bool = False, dtype: Any = None) -> Any:
    """Undo a sum: every element that was added gets the weight of its sum."""
    if dim is None or dim == ():
        return torch.broadcast_to(g, x.shape)
    summed = {d % max(x.ndim, 1) for d in ((dim,) if isinstance(dim, int) else dim)}
    kept = [1 if k in summed else n for k, n in enumerate(x.shape)]
    return torch.broadcast_to(g.reshape(kept), x.shape)


def unpermuted(g: Any, x: Any, *dims: Any) -> Any:
    """Undo ``permute``."""
    given = dims[0] if isinstance(dims[0], tuple | list) else dims
    order = [d % x.ndim for d in given]
    return g.permute([order.index(k) for k in range(x.ndim)])


def mul_transpose(k: int, g: Any, a: Any, b: Any) -> Any:
    """Return g times the other factor."""
    return sum_to(g * (b if k == 0 else a), (a, b)[k].shape)


def matmul_transpose(k: int, g: Any, a: Any, b: Any) -> Any:
    """Return g Bᵀ or Aᵀ g; a vector counts as a matrix of one row (left) or column (right)."""
    shape = (a, b)[k].shape
    if b.ndim == 1:
        b, g = b[:, None], g[..., None]
    if a.ndim == 1:
        a, g = a[None, :], g[..., None, :]
    if k == 0:
        return sum_to(g @ b.transpose(-2, -1), a.shape).reshape(shape)
    return sum_to(a.transpose(-2, -1) @ g, b.shape).reshape(shape)


def einsum_transpose(k: int, g: Any, equation: str, *operands: Any) -> Any:
    """Exchange the result and operand k in the equation."""
    terms, result = sides(equation)
    wanted = terms[k - 1]
    if len(set(wanted)) < len(wanted):
        raise TypeError(f"einsum has no rule for an index that repeats in {wanted!r}")
    others = [t for i, t in enumerate(terms) if i != k - 1]
    tensors = [x for i, x in enumerate(operands) if i != k - 1]
    if set(wanted) - set("".join([result, *others])):  # summed alone: the same for all its values
        others, tensors = [*others, wanted], [*tensors, torch.ones_like(operands[k - 1])]
    return torch.einsum(f"{','.join([result, *others])}->{wanted}", g, *tensors)


def sides(equation: str) -> tuple[list[str], str]:
    """Return the indices of the operands and of the result."""
    left, arrow, result = equation.replace(" ", "").partition("->")
    if "." in equation:
        raise TypeError(f"einsum has no rule for '...', got {equation!r}")
    if not arrow:
        letters = left.replace(",", "")
        result = "".join(sorted(s for s in set(letters) if letters.count(s) == 1))
    return left.split(","), result


def cat_part(k: int, g: Any, values: Values, dim: int) -> Any:
    """Take tensor k out of a concatenation."""
    start = sum(v.shape[dim] for v in values[:k])
    return g[(slice(None),) * dim + (slice(start, start + values[k].shape[dim]),)]


def stack_part(k: int, g: Any, values: Values, dim: int) -> Any:
    """Take tensor k out of a stack."""
    return g[(slice(None),) * dim + (k,)]


def reshape_back(g: Any, x: Any, *rest: Any, **options: Any) -> Any:
    return g.reshape(x.shape)


def sum_back(g: Any, x: Any, *rest: Any) -> Any:
    return sum_to(g, x.shape)


SHAPES = ("reshape", "view", "flatten", "ravel", "squeeze", "unsqueeze")
LINEAR = {name: linear(method(name), reshape_back) for name in SHAPES}
LINEAR |= {
    name: Multilinear(getattr(torch, name), matmul_transpose) for name in ("dot", "mv", "mm")
}
LINEAR |= {
    "neg": linear(operator.neg, lambda g, x: -g),
    "clone": linear(method("clone"), lambda g, x: g),
    "to": linear(method("to"), lambda g, x, dtype: g.to(x.dtype)),
    "sum": linear(method("sum"), spread),
    "broadcast_to": linear(torch.broadcast_to, sum_back),
    "expand": linear(method("expand"), sum_back),
    "transpose": linear(method("transpose"), lambda g, x, i, j: g.transpose(i, j)),
    "permute": linear(method("permute"), unpermuted),
    "getitem": linear(operator.getitem, lambda g, x, index: embed(g, index, x.shape)),
    "embed": linear(embed, lambda g, x, index, shape: g[index]),
    "mul": Multilinear(operator.mul, mul_transpose),
    "matmul": Multilinear(operator.matmul, matmul_transpose),
    "einsum": Multilinear(torch.einsum, einsum_transpose),
}
JOINS = {
    "cat": Join(lambda *tensors, dim=0: torch.cat(tensors, dim), cat_part),
    "stack": Join(lambda *tensors, dim=0: torch.stack(tensors, dim), stack_part),
}
