"""The Karush-Kuhn-Tucker conditions as four numbers that are zero at a solution."""

from __future__ import annotations

from typing import Any

import torch
from torch import Tensor

from companion.optimize._kinds import as_real


def kkt_residual(
    grad_f: Any, g: Any, Jg: Any, h: Any, Jh: Any, lam: Any, mu: Any
) -> dict[str, float]:
    """Measure how far a point and its multipliers are from the conditions for a minimum.

    For min f subject to g(x) = 0 and h(x) ≤ 0 with L = f + λᵀg + μᵀh, Euclidean norms of::

        stationarity       ∇f + Jgᵀ λ + Jhᵀ μ
        feasibility        g and max(h, 0) together
        sign               min(μ, 0): contact cannot pull
        complementarity    μ h, entry by entry: an open gap carries no force

    SciPy's ``"ineq"`` means fun ≥ 0: there h = -fun and Jh = -jac.

    Parameters
    ----------
    grad_f : Tensor[n] or array, the gradient.
    g, lam : Tensor[p], the equalities and their multipliers; Jg : Tensor[p, n].
    h, mu : Tensor[q], the inequalities and their multipliers; Jh : Tensor[q, n].
        A number counts as one entry. None for all three of a kind means: no such constraint.

    Raises
    ------
    TypeError
        If an argument holds no real numbers.
    ValueError
        If the shapes do not fit each other.

    Proven equal to the conditions written out entry by entry, and zero at SciPy's solutions
    (``tests/test_registry.py``, ``tests/optimize/test_kkt.py``).

    Book: chapters/03-optimization/constrained
    """
    slope = _vector(grad_f, "grad_f", None)
    equal, J_equal, lam = _constraint((g, Jg, lam), ("g", "Jg", "lam"), slope)
    below, J_below, mu = _constraint((h, Jh, mu), ("h", "Jh", "mu"), slope)
    parts = {
        "stationarity": slope + J_equal.mT @ lam + J_below.mT @ mu,
        "feasibility": torch.cat([equal, below.clamp(min=0)]),
        "sign": mu.clamp(max=0),
        "complementarity": mu * below,
    }
    return {name: float(torch.linalg.vector_norm(part)) for name, part in parts.items()}


def _constraint(
    given: tuple[Any, Any, Any], names: tuple[str, str, str], slope: Tensor
) -> tuple[Tensor, Tensor, Tensor]:
    """Return values, Jacobian and multipliers of one kind, checked against each other."""
    n = len(slope)
    if all(x is None for x in given):
        return slope.new_zeros(0), slope.new_zeros(0, n), slope.new_zeros(0)
    missing = [name for name, x in zip(names, given, strict=True) if x is None]
    if missing:
        raise ValueError(f"{missing[0]} must be given with {', '.join(names)}, got None")
    value, multiplier = _vector(given[0], names[0], slope), _vector(given[2], names[2], slope)
    J = as_real(given[1], names[1], slope)
    if J.ndim <= 1 and len(value) == 1 and J.numel() == n:
        J = J.reshape(1, n)
    if J.shape != (len(value), n):
        raise ValueError(
            f"{names[1]} must have the shape {(len(value), n)} of {names[0]} by grad_f, "
            f"got {tuple(J.shape)}"
        )
    if multiplier.shape != value.shape:
        raise ValueError(
            f"{names[2]} must have the shape {tuple(value.shape)} of {names[0]}, "
            f"got {tuple(multiplier.shape)}"
        )
    return value, J, multiplier


def _vector(x: Any, name: str, like: Tensor | None) -> Tensor:
    found = as_real(x, name, like)
    if found.ndim > 1:
        raise ValueError(f"{name} must be a vector, got shape {tuple(found.shape)}")
    return found.reshape(-1)
