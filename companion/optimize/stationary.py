"""Stationary points: find them on an interval, and say what kind each one is."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from torch import Tensor

from companion.linalg import eigvalsh
from companion.optimize._kinds import as_real, check_function, with_kind


def stationary_points(df: Callable[[Any], Any], interval: Any, n: int = 400) -> Any:
    """Find the zeros of a derivative on an interval, by scanning for sign changes and bisecting.

    The interval is divided by n equally spaced points. Where ``df`` is exactly zero on one of
    them, the point is taken; where neighbours differ in sign, bisection halves the gap between
    them down to rounding. Two zeros within one gap, and zeros without a change of sign (x² at 0)
    that lie between the points, are not seen. A jump or a pole of ``df`` is no stationary point.

    Parameters
    ----------
    df : the derivative f', of all points at once: maps a vector to a vector of the same length.
    interval : the two ends (a, b) with a < b, both included. A tensor or a NumPy array decides
        what ``df`` is given and what comes back; numbers mean a float64 tensor.
    n : number of points, at least 2.

    Returns
    -------
    Tensor[k], sorted; an array if the interval is one.

    Raises
    ------
    TypeError
        If df is not callable, the interval holds no two numbers, or n is no integer.
    ValueError
        If the ends are not finite with a < b, n < 2, or df gives another shape, NaN or infinity.

    Proven equal to ``scipy.optimize.brentq`` on each gap, and to polynomials with known roots
    (``tests/test_registry.py``, ``tests/optimize/test_stationary.py``).

    Book: chapters/03-optimization/stationary-points
    """
    check_function(df, "df")
    ends, back = _ends(interval)
    if not isinstance(n, int) or isinstance(n, bool):
        raise TypeError(f"n must be an integer, got {type(n).__name__}")
    if n < 2:
        raise ValueError(f"n must be at least 2, got {n}")
    a, b = ends.tolist()
    x = torch.linspace(a, b, n, dtype=ends.dtype, device=ends.device)

    def slope(points: Tensor) -> Tensor:
        return _slope(df, points, back)

    y = slope(x)
    if not bool(torch.isfinite(y).all()):
        at = float(x[~torch.isfinite(y)][0])
        raise ValueError(f"df must be finite on the interval, got NaN or infinity at x = {at:.6g}")
    gaps = y[:-1].sign() * y[1:].sign() < 0
    between = _bisect_all(slope, (x[:-1][gaps], x[1:][gaps]), (y[:-1][gaps], y[1:][gaps]))
    return back(torch.cat([x[y == 0], between]).sort().values)


def _ends(interval: Any) -> tuple[Tensor, Callable[[Tensor], Any]]:
    """Return the ends as Tensor[2], and the way back to the caller's kind."""
    if isinstance(interval, tuple | list):
        tensors = [end for end in interval if isinstance(end, Tensor)]
        ends = torch.stack([*tensors]) if len(tensors) == 2 else as_real(interval, "interval")
        ends, back = as_real(ends, "interval"), lambda y: y
    else:
        ends, back = with_kind(interval, "interval")
    if ends.shape != (2,):
        raise ValueError(f"interval must be two numbers, got shape {tuple(ends.shape)}")
    if not bool(torch.isfinite(ends).all() and ends[0] < ends[1]):
        raise ValueError(f"interval must be finite with a < b, got {ends.tolist()}")
    return ends, back


def _slope(df: Callable[[Any], Any], x: Tensor, back: Callable[[Tensor], Any]) -> Tensor:
    """Return df(x) as a tensor like x, or say what is wrong with it."""
    y = torch.as_tensor(df(back(x.clone())), dtype=x.dtype, device=x.device).detach()
    if y.shape != x.shape:
        raise ValueError(f"df must keep the shape {tuple(x.shape)}, got {tuple(y.shape)}")
    return y


def _bisect_all(
    slope: Callable[[Tensor], Tensor],
    ends: tuple[Tensor, Tensor],
    values: tuple[Tensor, Tensor],
) -> Tensor:
    """Halve all gaps at once until no number is left between their ends."""
    (left, right), (y_left, y_right) = ends, values
    size = torch.maximum(y_left.abs(), y_right.abs())
    while True:
        middle = left + (right - left) / 2
        if not bool(((middle > left) & (middle < right)).any()):
            break
        y = slope(middle)
        same = y.sign() == y_left.sign()
        left, y_left = torch.where(same, middle, left), torch.where(same, y, y_left)
        right, y_right = torch.where(same, right, middle), torch.where(same, y_right, y)
    nearer = y_left.abs() < y_right.abs()
    x, y = torch.where(nearer, left, right), torch.where(nearer, y_left, y_right)
    # At a zero the slope is down to rounding; at a jump or a pole it is as large as ever.
    return x[y.abs() < size / 2]


def classify_critical_point(grad: Any, hess: Any, tol: float = 1e-8) -> str:
    """Say what a point is, from the gradient and the eigenvalues of the Hessian there.

    ::

        |∇f| > tol                              "not stationary"
        all eigenvalues above zero              "minimum"
        all eigenvalues below zero              "maximum"
        some above and some below zero          "saddle"
        else (a zero, the others of one sign)   "inconclusive"

    An eigenvalue counts as zero up to ``tol`` times max(1, largest magnitude), and never less
    than rounding can make of it. ``tol`` for the gradient is absolute: scale the problem first.

    Parameters
    ----------
    grad : Tensor[n] or array; a number for one variable.
    hess : Tensor[n, n] or array, of which the symmetric part counts; a number for one variable.

    Raises
    ------
    TypeError
        If grad or hess hold no real numbers.
    ValueError
        If their shapes do not fit, they hold NaN or infinity, or tol is not above 0.

    Proven equal to the signs of ``torch.linalg.eigvalsh`` (``tests/test_registry.py``,
    ``tests/optimize/test_stationary.py``).

    Book: chapters/03-optimization/stationary-points
    """
    g, H = as_real(grad, "grad"), as_real(hess, "hess")
    if not 0 < tol < float("inf"):
        raise ValueError(f"tol must be finite and above 0, got {tol}")
    n = g.numel()
    if g.ndim > 1 or n == 0:
        raise ValueError(f"grad must be a vector or a number, got shape {tuple(g.shape)}")
    if H.shape != (n, n) and not H.numel() == n == 1:
        raise ValueError(f"hess must have the shape {(n, n)} for grad, got {tuple(H.shape)}")
    for x, name in ((g, "grad"), (H, "hess")):
        if not bool(torch.isfinite(x).all()):
            raise ValueError(f"{name} must be finite, got NaN or infinity")
    if float(torch.linalg.vector_norm(g)) > tol:
        return "not stationary"
    H = H.reshape(n, n)
    values = eigvalsh((H + H.mT) / 2)
    zero = max(tol, 10 * n * torch.finfo(H.dtype).eps) * max(1.0, float(values.abs().max()))
    up, down = bool((values > zero).any()), bool((values < -zero).any())
    if up and down:
        return "saddle"
    if bool((values.abs() <= zero).any()):
        return "inconclusive"
    return "minimum" if up else "maximum"
