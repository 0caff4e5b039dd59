"""Vector and matrix norms, evaluated without overflow."""

from __future__ import annotations

from math import inf

import torch
from torch import Tensor

from companion.linalg._check import check_tensor
from companion.linalg.singular import svdvals


def _dimensions(x: Tensor, dim: int | tuple[int, ...], name: str) -> tuple[int, ...]:
    """Return the dimensions counted from 0; they must exist and differ."""
    dims = (dim,) if isinstance(dim, int) else dim
    positive = tuple(d + x.ndim if d < 0 else d for d in dims)
    if len(set(positive)) < len(dims) or not all(0 <= d < x.ndim for d in positive):
        raise ValueError(f"dim must name different dimensions of {name}, got {dim}")
    return positive


def _extremum(values: Tensor, dim: int | tuple[int, ...], keepdim: bool, largest: bool) -> Tensor:
    return values.amax(dim, keepdim) if largest else values.amin(dim, keepdim)


def vector_norm(
    x: Tensor,
    ord: float = 2,
    dim: int | tuple[int, ...] | None = None,
    keepdim: bool = False,
) -> Tensor:
    """Return the p-norm of the entries of x along some or all dimensions.

    |x|_p = (sum |x_i|^p)^(1/p) with p = ``ord``; inf: max |x_i|, -inf: min |x_i|, 0: the number of
    entries that are not zero. It is evaluated as s |x / s|_p, where s is the largest |x_i| (the
    smallest for p < 0), so that no power overflows. A norm in the strict sense only for p >= 1.

    Parameters
    ----------
    x : Tensor[...]; NaN propagates.
    dim : the dimensions that form the vectors; ``None`` (or no dimension) takes all.

    Raises
    ------
    TypeError, ValueError
        If x is no floating-point tensor; if ``dim`` does not fit, or if there is nothing to take a
        maximum or minimum of (ord = inf or negative).

    Mirrors ``torch.linalg.vector_norm``.
    Proven equal to ``torch.linalg.vector_norm`` (``tests/test_registry.py``), also closed forms.
    Book: chapters/02-linear-algebra/norms-and-forms
    """
    check_tensor(x, "x", ndim=0, finite=False)
    if not isinstance(ord, int | float):
        raise TypeError(f"ord must be a number, got {ord!r}")
    dims = _dimensions(x, dim if dim or dim == 0 else tuple(range(x.ndim)), "x")
    sizes = x.abs()
    if ord == 0:
        return (x != 0).to(x.dtype).sum(dims, keepdim)
    if ord == 1:
        return sizes.sum(dims, keepdim)
    if any(x.shape[d] == 0 for d in dims):
        if ord < 0 or ord == inf:
            raise ValueError(f"x must not be empty for ord={ord}, got shape {tuple(x.shape)}")
        return sizes.sum(dims, keepdim)
    scale = _extremum(sizes, dims, True, ord > 0)
    if abs(ord) != inf:
        usable = torch.where((scale > 0) & (scale < inf), scale, 1.0)
        scale = usable * ((sizes / usable) ** ord).sum(dims, keepdim=True) ** (1 / ord)
    return scale if keepdim else scale.squeeze(dims)


def matrix_norm(
    A: Tensor,
    ord: float | str = "fro",
    dim: tuple[int, int] = (-2, -1),
    keepdim: bool = False,
) -> Tensor:
    """Return a norm of the matrices in two dimensions of A.

    ``ord``: "fro" the root of the sum of squares, "nuc" the sum of the singular values; 1 the
    largest column sum of |A_ij|, inf the largest row sum, 2 the largest singular value; -1, -inf,
    -2 the smallest instead.

    Parameters
    ----------
    A : Tensor[..., m, n]; NaN propagates, but not through singular values (2, -2, "nuc").
    dim : the dimensions of rows and columns.

    Raises
    ------
    TypeError, ValueError
        If A is no floating-point tensor; for another ``ord``, a ``dim`` that does not fit, a
        minimum over nothing, or entries that are not finite where singular values are needed.

    Mirrors ``torch.linalg.matrix_norm``.
    Proven equal to ``torch.linalg.matrix_norm`` (``tests/test_registry.py``), also closed forms.
    Book: chapters/02-linear-algebra/norms-and-forms
    """
    check_tensor(A, "A", finite=False)
    if not isinstance(dim, tuple | list) or len(dim) != 2:
        raise ValueError(f"dim must be two dimensions, got {dim}")
    dims = _dimensions(A, tuple(dim), "A")
    if ord not in ("fro", "nuc", 1, -1, 2, -2, inf, -inf):
        raise ValueError(f"ord must be 'fro', 'nuc', 1, -1, 2, -2, inf or -inf, got {ord!r}")
    if ord == "fro":
        return vector_norm(A, 2, dims, keepdim)
    M = A.movedim(dims, (-2, -1))
    along = -2 if ord in (1, -1) else -1
    values = svdvals(M) if ord in (2, -2, "nuc") else M.abs().sum(dim=along)
    norms = values.sum(dim=-1) if isinstance(ord, str) else _extreme_value(values, ord)
    if not keepdim:
        return norms
    return norms.reshape([1 if d in dims else size for d, size in enumerate(A.shape)])


def _extreme_value(values: Tensor, ord: float) -> Tensor:
    """Return the largest (ord > 0) or smallest value; the largest of no sizes is 0."""
    if values.shape[-1] == 0:
        if ord < 0:
            raise ValueError(f"A must not be empty for ord={ord}")
        return values.sum(dim=-1)
    return _extremum(values, -1, False, ord > 0)


def norm(
    input: Tensor,
    ord: float | str | None = None,
    dim: int | tuple[int, ...] | None = None,
    keepdim: bool = False,
) -> Tensor:
    """Return a vector norm or a matrix norm, as the arguments say.

    Without ``ord`` and ``dim``: the 2-norm of all entries. With one dimension (``dim``, or a
    vector): :func:`vector_norm`; with two: :func:`matrix_norm`, where no ``ord`` means "fro".

    Raises
    ------
    TypeError, ValueError
        If the input is no floating-point tensor; for other numbers of dimensions, or an ``ord``
        that the chosen norm does not have.

    Mirrors ``torch.linalg.norm``.
    Proven equal to ``torch.linalg.norm`` (``tests/test_registry.py``).
    Book: chapters/02-linear-algebra/norms-and-forms
    """
    check_tensor(input, "input", ndim=0, finite=False)
    if ord is None and dim is None:
        return vector_norm(input, keepdim=keepdim)
    dims = _dimensions(input, tuple(range(input.ndim)) if dim is None else dim, "input")
    if len(dims) == 1 and not isinstance(ord, str):
        return vector_norm(input, 2 if ord is None else ord, dims, keepdim)
    if len(dims) != 2:
        raise ValueError(f"input must be a vector or matrix along dim, got dimensions {dims}")
    return matrix_norm(input, "fro" if ord is None else ord, (dims[0], dims[1]), keepdim)
