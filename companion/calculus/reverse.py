"""Reverse mode: record the program, then carry the derivative back from the result to inputs."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from functools import partial
from typing import Any

import torch
from torch import Tensor

from companion.calculus._check import check_callable, check_fit, check_number, check_output
from companion.calculus._number import LEVELS, Number, is_of, values_of
from companion.calculus._rules import Options, Rule, Values
from companion.calculus._select import check_argnums, chosen

Pull = Callable[[Any], Any]
ORDER = itertools.count()


class Node(Number):
    """An intermediate result: its value, its parents, and how each of them is reached from it.

    ``parents`` holds pairs of a parent and its pull-back, which turns the derivative of the final
    result with respect to this node into the part of the parent's that comes through this node.
    ``order`` counts the nodes as they are made: parents have smaller numbers than their children.
    """

    __slots__ = ("order", "parents")

    def __init__(self, value: Any, level: int, parents: tuple[tuple[Node, Pull], ...] = ()) -> None:
        self.value, self.level, self.parents = value, level, parents
        self.order = next(ORDER)

    def __repr__(self) -> str:
        return f"Node({self.value})"

    @classmethod
    def _record(cls, rule: Rule, level: int, args: Values, options: Options) -> Node:
        values = values_of(args, level)
        y = rule.value(*values, **options)
        places = [k for k, a in enumerate(args) if is_of(a, level)]
        pulls = [partial(rule.pull, k, y, values, options) for k in places]
        return Node(y, level, tuple((args[k], p) for k, p in zip(places, pulls, strict=True)))


def ancestors(result: Node) -> list[Node]:
    """Return a result and all that it was computed from, children before their parents."""
    found, waiting = {result.order: result}, [result]
    while waiting:
        for parent, _ in waiting.pop().parents:
            if parent.order not in found:
                found[parent.order] = parent
                waiting.append(parent)
    return sorted(found.values(), key=lambda node: -node.order)


def sweep(nodes: list[Node], cotangent: Any) -> dict[int, Any]:
    """Carry the derivative from the first node to all others; each adds up what reaches it."""
    derivatives = {nodes[0].order: cotangent}
    for node in nodes:
        for parent, pull in node.parents:
            part = pull(derivatives[node.order])
            if part.dtype != parent.value.dtype:
                part = part.to(parent.value.dtype)
            known = derivatives.get(parent.order)
            derivatives[parent.order] = part if known is None else known + part
        if node.parents:
            del derivatives[node.order]  # complete and handed on; what remains is of the inputs
    return derivatives


def vjp(
    func: Callable[..., Any], *primals: Tensor
) -> tuple[Tensor, Callable[[Tensor], tuple[Tensor, ...]]]:
    """Return the value of ``func`` and a function that multiplies by its Jacobian from the left.

    ::

        y = f(x₁, x₂, ...)        v ↦ (vᵀ J₁, vᵀ J₂, ...),    Jₖ = ∂y/∂xₖ

    The program runs once and is recorded; each call of the returned function is one sweep back
    through the record. It costs a small multiple of one evaluation, however many inputs there are.

    Parameters
    ----------
    func : maps tensors to a tensor, with the functions of torch that :class:`Dual` knows.
    primals : tensors of any shape, where the derivative is wanted.

    Returns
    -------
    The value, and the function: it takes a tensor of the value's shape and dtype, and returns a
    tuple of tensors with the shapes of the primals.

    Raises
    ------
    TypeError
        If func is not callable, returns no tensor or needs a function without a rule, if a primal
        is no floating-point tensor, or the dtype of v differs.
    ValueError
        If there are no primals, or the shape of v differs.

    Mirrors ``torch.func.vjp``.

    Proven equal to ``torch.func.vjp`` (``tests/test_registry.py``,
    ``tests/calculus/test_reverse.py``).

    Book: chapters/03-optimization/derivatives
    """
    check_callable(func, "func")
    if not primals:
        raise ValueError("primals must be at least one tensor, got none")
    for x in primals:
        check_number(x, "primals")
    level = next(LEVELS)
    inputs = [Node(x, level) for x in primals]
    result = check_output(func(*inputs))
    if not is_of(result, level):  # the inputs do not reach it
        result = Node(result, level)
    nodes = ancestors(result)

    def vjp_function(v: Tensor) -> tuple[Tensor, ...]:
        check_fit(v, "v", result.value, "the value")
        found = sweep(nodes, v)
        return tuple(
            found[x.order] if x.order in found else torch.zeros_like(x.value) for x in inputs
        )

    return result.value, vjp_function


def grad(func: Callable[..., Any], argnums: int | tuple[int, ...] = 0) -> Callable[..., Any]:
    """Return the function that computes the gradient of a scalar function, in reverse mode.

    ::

        grad(f)(x)[i] = ∂f/∂xᵢ

    Parameters
    ----------
    func : maps tensors to a tensor without dimensions, with the functions that :class:`Dual` knows.
    argnums : the argument to differentiate by, or a tuple of them; negative ones count from the
        end. The others may be anything.

    Returns
    -------
    A function of the arguments of func. It returns a tensor of the shape of the argument, or a
    tuple of such tensors if argnums is a tuple.

    Raises
    ------
    TypeError
        If func is not callable, argnums no integer or tuple of integers, an argument to
        differentiate by no floating-point tensor, or func returns no tensor.
    ValueError
        If argnums is empty, names an argument twice or one that is not there, or func returns a
        tensor with dimensions.

    Mirrors ``torch.func.grad``.

    Proven equal to ``torch.func.grad`` and to SymPy (``tests/test_registry.py``,
    ``tests/calculus/test_reverse.py``).

    Book: chapters/03-optimization/derivatives
    """
    check_callable(func, "func")
    check_argnums(argnums)

    def gradient(*args: Any, **kwargs: Any) -> Any:
        run, primals = chosen(partial(func, **kwargs), args, argnums)
        y, vjp_function = vjp(run, *primals)
        if y.ndim:
            raise ValueError(f"func must return a number, got a tensor of shape {tuple(y.shape)}")
        found = vjp_function(torch.ones_like(y))
        return found if isinstance(argnums, tuple) else found[0]

    return gradient
