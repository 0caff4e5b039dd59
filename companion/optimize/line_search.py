"""A line search: shorten the step until the objective has fallen enough."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import torch
from torch import Tensor

from companion.optimize._options import check_number
from companion.optimize._problem import to_number


def line_search_armijo(
    f: Callable[[Any], Any],
    x: Any,
    d: Any,
    g: Any,
    alpha: float = 1,
    c1: float = 1e-4,
    rho: float = 0.5,
) -> float:
    """Backtrack from ``alpha`` to the first step that satisfies Armijo's inequality.

    ::

        f(x + α d) <= f(x) + c₁ α gᵀd        α = alpha, rho alpha, rho² alpha, ...

    Parameters
    ----------
    f : the objective, called with points of the kind of x.
    x, d, g : Tensor[n] or array: where the search begins, its direction, the gradient at x.
    alpha : the first trial.
    c1, rho : between 0 and 1: the part of the predicted fall that is asked for, and the factor
        between two trials.

    Returns
    -------
    The step α; 0.0 if no step that still changes x satisfies the inequality (x is a minimum up to
    rounding, g is not its gradient, or f is NaN).

    Raises
    ------
    TypeError
        If f is not callable or returns no number, or x, d or g hold no real numbers.
    ValueError
        If gᵀd >= 0, so that d does not descend; if the shapes differ; if alpha, c1 or rho is out
        of range.

    Proven equal to the first trial that satisfies the inequality, all trials checked one by one
    (``tests/test_registry.py``, ``tests/optimize/test_minimize_descent.py``).

    Book: chapters/03-optimization/gradient-descent
    """
    if not callable(f):
        raise TypeError(f"f must be callable, got {type(f).__name__}")
    x, d, g = _vector(x, "x", x), _vector(d, "d", x), _vector(g, "g", x)
    check_number("alpha", alpha, strict=True)
    check_number("c1", c1, 0, 1, strict=True)
    check_number("rho", rho, 0, 1, strict=True)
    slope = float((g * d).sum())
    if not slope < 0:  # true for NaN as well
        raise ValueError(f"d must descend, g·d < 0, got g·d = {slope:g}")
    start = to_number(f(x), "f")
    step = float(alpha)
    while step > 0 and bool((x + step * d != x).any()):
        if to_number(f(x + step * d), "f") <= start + c1 * step * slope:
            return step
        step *= rho
    return 0.0


def _vector(given: Any, name: str, like: Any) -> Any:
    """Return a tensor as it is, anything else as an array, if its shape is that of ``like``."""
    found = given if isinstance(given, Tensor) else np.asarray(given)
    real = found.is_floating_point() if isinstance(found, Tensor) else found.dtype.kind in "iuf"
    if not real or isinstance(found, Tensor) != isinstance(like, Tensor):
        kind = found.dtype if isinstance(found, Tensor | np.ndarray) else type(given).__name__
        raise TypeError(f"{name} must hold real numbers, of the kind of x, got {kind}")
    if torch.Size(found.shape) != torch.Size(np.shape(like)):
        raise ValueError(
            f"{name} must have the shape {tuple(np.shape(like))} of x, got {tuple(found.shape)}"
        )
    return found
