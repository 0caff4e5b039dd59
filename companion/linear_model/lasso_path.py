"""All solutions of the lasso at once: between its corners the path is a straight line."""

from __future__ import annotations

from numbers import Integral
from typing import Any

import numpy as np
import torch
from torch import Tensor

from companion._estimator import Estimator, give
from companion.linear_model._base import check_number
from companion.linear_model.lasso import coordinate_descent

PRECISE = 1e-11  # a gap that is smaller than this share of Σ y² is rounding


def lasso_path(X: Any, y: Any, *, eps: float = 1e-3, alphas: Any = 100) -> tuple[Any, Any, Any]:
    """Return the weights of the lasso, without offset, for a series of prices α.

    While the price falls, each weight that is not zero moves on a straight line, until a weight
    joins (its column becomes as correlated with the residual as the others) or returns to zero::

        w_A = (X_AᵀX_A)⁻¹ (X_Aᵀ y - n α s_A)        s_A: signs of the weights A that are not 0

    So the corners are computed, and every α in between is interpolated exactly.

    Parameters
    ----------
    X : [n, features]; centre it (and y) if there is an offset.
    y : [n].
    eps : the smallest α as a share of the largest, which is the first where all weights are 0.
    alphas : number of prices, evenly spaced on a logarithmic scale, or the prices themselves.

    Returns
    -------
    alphas : [k], falling.
    coefs : [features, k].
    dual_gaps : [k], a bound of how far each cost is above its minimum.

    Raises
    ------
    TypeError, ValueError
        For eps or alphas out of range; for data as scikit-learn.

    Mirrors ``sklearn.linear_model.lasso_path`` (which uses coordinate descent; ``n_alphas``,
    ``precompute``, ``Xy``, ``coef_init``, ``positive`` and the like are absent).

    Proven equal to scikit-learn and to the conditions of optimality (``tests/test_registry.py``,
    ``tests/linear_model/test_lasso.py``).

    Book: chapters/05-regression/regularization
    """
    data, target = Estimator()._fit_data(X, y)
    n = len(data)
    moment = data.mT @ target
    prices = _prices(alphas, check_number(eps, "eps", above=True), float(moment.abs().max()) / n)
    gram = data.mT @ data
    corners, weights = _corners(gram, moment, n * prices[-1])
    levels = n * data.new_tensor(prices)
    coefs = _between(corners, weights, levels)
    square = float(target @ target)
    gaps = _gaps(gram, moment, square, coefs, levels)
    for k in torch.nonzero(gaps > PRECISE * square)[:, 0].tolist():  # columns that nearly depend
        coefs[:, k], gaps[k], _ = coordinate_descent(
            data, target, float(levels[k]), 0.0, 100_000, PRECISE, start=coefs[:, k]
        )
    return tuple(give(r, X) for r in (levels / n, coefs, gaps / n))


def _prices(alphas: Any, eps: float, largest: float) -> list[float]:
    """Return falling prices: given ones, or a number of them from the largest that matters."""
    if isinstance(alphas, Integral) and not isinstance(alphas, bool):
        if alphas < 1:
            raise ValueError(f"alphas must be at least 1, got {alphas}")
        first = largest or torch.finfo(torch.float64).tiny
        return [float(a) for a in np.geomspace(first, first * eps, int(alphas))]
    given = np.asarray(alphas.cpu() if isinstance(alphas, Tensor) else alphas, dtype=float)
    if given.ndim != 1 or given.size == 0 or not np.isfinite(given).all() or given.min() < 0:
        raise ValueError(f"alphas must be a number of prices, or prices from 0 up, got {alphas!r}")
    return sorted(given.tolist(), reverse=True)


def _corners(gram: Tensor, moment: Tensor, last: float) -> tuple[list[float], list[Tensor]]:
    """Return the prices n α at which the path bends, falling, with the weights there."""
    price = float(moment.abs().max())
    corners, path = [price], [torch.zeros_like(moment)]
    active: list[int] = []
    barred: set[int] = set()  # columns that depend on active ones
    left = False  # has a weight just returned to zero?
    enter = int(moment.abs().argmax())
    while price > last:
        if enter >= 0:
            active.append(enter)
        signs = (moment - gram @ path[-1])[active].sign()
        L, broken = torch.linalg.cholesky_ex(gram[active][:, active])
        if int(broken) or _dependent(L):
            barred.add(active.pop())
            if not active:
                break
            signs, L = signs[:-1], L[:-1, :-1]
        drift = torch.cholesky_solve(signs[:, None], L)[:, 0]
        step, enter, leave = _event(gram, moment, path[-1], active, drift, price, barred, left)
        if price - step < last:  # the path ends before anything happens
            step, enter, leave = price - last, -1, -1
        price -= step
        w = torch.zeros_like(moment)
        w[active] = torch.cholesky_solve((moment[active] - price * signs)[:, None], L)[:, 0]
        left = leave >= 0
        if left:
            w[leave] = 0.0
            active.remove(leave)
            barred.clear()
        corners.append(price)
        path.append(w)
        if enter < 0 and leave < 0:
            break
    return corners, path


def _dependent(L: Tensor) -> bool:
    """Say whether the last column depends on those before it."""
    return bool(L[-1, -1] ** 2 <= 1e-12 * (L[-1] @ L[-1]))


def _event(
    gram: Tensor,
    moment: Tensor,
    w: Tensor,
    active: list[int],
    drift: Tensor,
    price: float,
    barred: set[int],
    left: bool,
) -> tuple[float, int, int]:
    """Return how far the price can fall, and which weight then joins or leaves (-1: none)."""
    slope, change = moment - gram @ w, gram[:, active] @ drift
    closing = torch.stack([1 - change, 1 + change])  # how fast each bound comes nearer
    joins = torch.stack([price - slope, price + slope]) / closing
    joins = torch.where(closing.abs() > 1e-9, joins, torch.inf)
    if left:  # what stands on its bound when a weight leaves moves away from it, or along it
        joins = torch.where(joins > 1e-9 * price, joins, torch.inf)
    joins = torch.where(joins > -1e-12 * price, joins.clamp(min=0), torch.inf).amin(0)
    joins[[*active, *barred]] = torch.inf
    leaves = -w[active] / drift
    leaves = torch.where(leaves > 1e-14 * price, leaves, torch.inf)
    first, last = float(joins.min()), float(leaves.min())
    if min(first, last) >= price:
        return price, -1, -1
    if first <= last:
        return first, int(joins.argmin()), -1
    return last, -1, active[int(leaves.argmin())]


def _between(corners: list[float], weights: list[Tensor], levels: Tensor) -> Tensor:
    """Return the weights at each level n α, [features, k], from the two corners around it."""
    rising = levels.new_tensor(corners[::-1])
    path = torch.stack(weights[::-1], dim=1)
    if len(corners) == 1:
        return path.expand(-1, len(levels)).clone()
    above = torch.searchsorted(rising, levels).clamp(1, len(corners) - 1)
    share = (levels - rising[above - 1]) / (rising[above] - rising[above - 1])
    share = torch.where(levels >= (1 - 1e-12) * rising[-1], 1.0, share.clamp(0, 1))
    return torch.lerp(path[:, above - 1], path[:, above], share)


def _gaps(gram: Tensor, moment: Tensor, square: float, coefs: Tensor, levels: Tensor) -> Tensor:
    """Return the duality gap of each column of weights, from XᵀX and Xᵀy alone."""
    slopes = moment[:, None] - gram @ coefs
    residual = (square - (coefs * (moment[:, None] + slopes)).sum(0)).clamp(min=0)
    largest = slopes.abs().amax(0).clamp(min=torch.finfo(levels.dtype).tiny)
    shrink = torch.clamp(levels / largest, max=1)
    cross = square - moment @ coefs
    cost = (1 + shrink**2) / 2 * residual + levels * coefs.abs().sum(0)
    return (cost - shrink * cross).clamp(min=0)
