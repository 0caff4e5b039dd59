"""Rosenbrock's function: a curved valley, the classical test of minimisers."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor


def rosen(x: Any) -> Any:
    """Return Rosenbrock's function, which has its minimum 0 at (1, …, 1).

    f(x) = Σ 100 (x_{i+1} - x_i²)² + (1 - x_i)², the sum over i = 1, …, n - 1.

    Parameters
    ----------
    x : Tensor[n, ...] or array; the variables stand in the first dimension.

    Returns
    -------
    Tensor[...] or array, of the kind that came.

    Raises
    ------
    TypeError
        If x holds no floating-point numbers.
    ValueError
        If x has no dimension.

    Mirrors ``scipy.optimize.rosen``.

    Proven equal to ``scipy.optimize.rosen`` (``tests/test_registry.py``).

    Book: chapters/03-optimization/newton
    """
    x = _checked(x)
    return (100 * (x[1:] - x[:-1] ** 2) ** 2 + (1 - x[:-1]) ** 2).sum(0)


def rosen_der(x: Any) -> Any:
    """Return the gradient of Rosenbrock's function.

    ∂f/∂x_i collects what x_i does as the left and as the right of two neighbours:
    -400 x_i (x_{i+1} - x_i²) - 2 (1 - x_i) for i < n, and 200 (x_i - x_{i-1}²) for i > 1.

    Parameters
    ----------
    x : Tensor[n, ...] or array, with n at least 2.

    Returns
    -------
    Tensor[n, ...] or array, of the kind that came.

    Raises
    ------
    TypeError
        If x holds no floating-point numbers.
    ValueError
        If x has fewer than 2 variables.

    Mirrors ``scipy.optimize.rosen_der``.

    Proven equal to ``scipy.optimize.rosen_der`` (``tests/test_registry.py``), and to
    ``torch.func.grad`` (``tests/optimize/test_rosenbrock.py``).

    Book: chapters/03-optimization/newton
    """
    x = _checked(x, 2)
    gap = x[1:] - x[:-1] ** 2
    zero = 0 * x[:1]
    as_left = _join(-400 * x[:-1] * gap - 2 * (1 - x[:-1]), zero)
    return as_left + _join(zero, 200 * gap)


def rosen_hess(x: Any) -> Any:
    """Return the Hessian of Rosenbrock's function, a matrix with three diagonals.

    H_ii = 1200 x_i² - 400 x_{i+1} + 2 (for i < n) + 200 (for i > 1), H_{i,i+1} = -400 x_i.

    Parameters
    ----------
    x : Tensor[n] or array, with n at least 2.

    Returns
    -------
    Tensor[n, n] or array, of the kind that came.

    Raises
    ------
    TypeError
        If x holds no floating-point numbers.
    ValueError
        If x is no vector of at least 2 variables.

    Mirrors ``scipy.optimize.rosen_hess``.

    Proven equal to ``scipy.optimize.rosen_hess`` (``tests/test_registry.py``), and to
    ``torch.func.hessian`` (``tests/optimize/test_rosenbrock.py``).

    Book: chapters/03-optimization/newton
    """
    x = _checked(x, 2)
    if x.ndim != 1:
        raise ValueError(f"x must be a vector, got shape {tuple(x.shape)}")
    zero = 0 * x[:1]
    main = _join(1200 * x[:-1] ** 2 - 400 * x[1:] + 2, zero) + _join(zero, 200 + 0 * x[1:])
    diagonal: Any = torch.diag if isinstance(x, Tensor) else np.diag
    beside = -400 * x[:-1]
    return diagonal(main) + diagonal(beside, 1) + diagonal(beside, -1)


def _checked(x: Any, least: int = 1) -> Any:
    """Return a tensor as it is and all else as an array of numbers with a first dimension."""
    if not isinstance(x, Tensor):
        x = np.asarray(x)
        if x.dtype.kind not in "iufc":
            raise TypeError(f"x must hold numbers, got dtype {x.dtype}")
        x = x.astype(float) if x.dtype.kind in "iu" else x
    elif not (x.is_floating_point() or x.is_complex()):
        raise TypeError(f"x must have a floating-point dtype, got {x.dtype}")
    if x.ndim == 0 or len(x) < least:
        raise ValueError(f"x must have at least {least} variable(s), got shape {tuple(x.shape)}")
    return x


def _join(head: Any, tail: Any) -> Any:
    return torch.cat([head, tail]) if isinstance(head, Tensor) else np.concatenate([head, tail])
