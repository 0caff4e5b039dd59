"""Jacobians and Hessians: row by row in reverse mode, column by column in forward mode."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import torch
from torch import Tensor

from companion.calculus._check import check_callable, check_number
from companion.calculus._number import plain
from companion.calculus._select import check_argnums, chosen
from companion.calculus.forward import jvp
from companion.calculus.reverse import vjp


def jacrev(func: Callable[..., Any], argnums: int | tuple[int, ...] = 0) -> Callable[..., Any]:
    """Return the function that computes the Jacobian in reverse mode: one sweep for each row.

    ::

        J[i, j] = ∂fᵢ/∂xⱼ,    row i = eᵢᵀ J        (m sweeps for m results, one evaluation)

    Parameters
    ----------
    func : maps tensors to a tensor, with the functions of torch that :class:`Dual` knows.
    argnums : the argument to differentiate by, or a tuple of them; negative ones count from the
        end.

    Returns
    -------
    A function of the arguments of func. It returns a tensor of the shape of the result followed
    by that of the argument, or a tuple of such tensors if argnums is a tuple.

    Raises
    ------
    TypeError
        If func is not callable, argnums no integer or tuple of integers, an argument to
        differentiate by no floating-point tensor, or func returns no tensor.
    ValueError
        If argnums is empty, names an argument twice or one that is not there.

    Mirrors ``torch.func.jacrev``.

    Proven equal to ``torch.func.jacrev`` (``tests/test_registry.py``,
    ``tests/calculus/test_jacobians.py``).

    Book: chapters/03-optimization/gradients
    """
    check_callable(func, "func")
    check_argnums(argnums)

    def jacobian(*args: Any) -> Any:
        run, primals = chosen(func, args, argnums)
        y, vjp_function = vjp(run, *primals)
        rows = [vjp_function(e) for e in units(y)]
        found = tuple(arranged([row[k] for row in rows], 0, y, x) for k, x in enumerate(primals))
        return found if isinstance(argnums, tuple) else found[0]

    return jacobian


def jacfwd(func: Callable[..., Any], argnums: int | tuple[int, ...] = 0) -> Callable[..., Any]:
    """Return the function that computes the Jacobian in forward mode: one run for each column.

    ::

        J[i, j] = ∂fᵢ/∂xⱼ,    column j = J eⱼ        (n evaluations for n inputs)

    Parameters
    ----------
    func : maps tensors to a tensor or a tuple of tensors, with the functions of torch that
        :class:`Dual` knows.
    argnums : the argument to differentiate by, or a tuple of them; negative ones count from the
        end.

    Returns
    -------
    A function of the arguments of func. It returns a tensor of the shape of the result followed
    by that of the argument; a tuple of such tensors if argnums is a tuple; and a tuple of one or
    the other if func returns a tuple.

    Raises
    ------
    TypeError
        If func is not callable, argnums no integer or tuple of integers, an argument to
        differentiate by no floating-point tensor, or func returns no tensor.
    ValueError
        If argnums is empty, names an argument twice or one that is not there.

    Mirrors ``torch.func.jacfwd``.

    Proven equal to ``torch.func.jacfwd`` (``tests/test_registry.py``,
    ``tests/calculus/test_jacobians.py``).

    Book: chapters/03-optimization/gradients
    """
    check_callable(func, "func")
    check_argnums(argnums)

    def jacobian(*args: Any) -> Any:
        run, primals = chosen(func, args, argnums)
        for x in primals:
            check_number(x, "the argument of argnums")
        found = [columns(run, primals, k) for k in range(len(primals))]
        if not isinstance(argnums, tuple):
            return found[0]
        several = isinstance(found[0], tuple)  # results first, then arguments
        return tuple(zip(*found, strict=True)) if several else tuple(found)

    return jacobian


def hessian(func: Callable[..., Any], argnums: int | tuple[int, ...] = 0) -> Callable[..., Any]:
    """Return the function that computes second derivatives: forward mode over reverse mode.

    ::

        H[i, j] = ∂²f/∂xᵢ∂xⱼ,    column j = the change of the gradient along eⱼ

    Parameters
    ----------
    func : maps tensors to a tensor, mostly a number, with the functions that :class:`Dual` knows.
    argnums : the argument to differentiate by, or a tuple of them; negative ones count from the
        end.

    Returns
    -------
    A function of the arguments of func. It returns a tensor of the shape of the result followed
    twice by that of the argument; if argnums is a tuple, a tuple of tuples of the blocks.

    Raises
    ------
    TypeError
        If func is not callable, argnums no integer or tuple of integers, an argument to
        differentiate by no floating-point tensor, or func returns no tensor.
    ValueError
        If argnums is empty, names an argument twice or one that is not there.

    Mirrors ``torch.func.hessian``.

    Proven equal to ``torch.func.hessian`` and to SymPy (``tests/test_registry.py``,
    ``tests/calculus/test_jacobians.py``).

    Book: chapters/03-optimization/hessian-taylor
    """
    return jacfwd(jacrev(func, argnums), argnums)


def units(x: Any) -> Iterator[Tensor]:
    """Yield the unit vectors, as tensors of the shape of x."""
    for k in range(x.numel()):
        e = torch.zeros_like(plain(x), memory_format=torch.contiguous_format)
        e.view(-1)[k] = 1
        yield e


def columns(func: Callable[..., Any], primals: tuple[Any, ...], k: int) -> Any:
    """Return the derivatives of func by primal k; a tuple of them if func returns a tuple."""

    def alone(x: Any) -> Any:
        return func(*primals[:k], x, *primals[k + 1 :])

    x = primals[k]
    runs = [jvp(alone, (x,), (e,)) for e in units(x)]
    if not runs:  # no inputs, but the shapes of the results are wanted
        runs = [jvp(alone, (x,), (torch.zeros_like(x),))]
    y = runs[0][0]
    slopes = [slope for _, slope in runs] if x.numel() else []
    if not isinstance(y, tuple):
        return arranged(slopes, -1, y, x)
    return tuple(arranged([s[i] for s in slopes], -1, part, x) for i, part in enumerate(y))


def arranged(pieces: list[Any], dim: int, y: Any, x: Any) -> Any:
    """Put rows (dim 0) or columns (dim -1) of a Jacobian together, with the shapes of y and x."""
    shape = y.shape + x.shape
    if not pieces:
        return plain(y).new_zeros(shape)
    return torch.stack(pieces, dim).reshape(shape)
