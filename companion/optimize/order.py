"""The order of convergence, measured from a list of errors."""

from __future__ import annotations

import itertools
import math
from typing import Any

import torch

from companion.optimize._kinds import as_real


def convergence_order(errors: Any) -> float:
    """Estimate the order p of e_{k+1} ≈ C e_k^p from the last three errors above rounding.

    p = ln(e_{k+1} / e_k) / ln(e_k / e_{k-1})

    Errors up to 64 ε (1.4e-14 in double precision) are rounding, and dropped; of the rest the
    longest falling stretch counts. A last error close to rounding that suddenly falls more slowly
    is dropped as well. The errors are meant for unknowns of order 1: scale others first.

    Parameters
    ----------
    errors : Tensor[k], array or list of distances to the solution, first iterate first.

    Raises
    ------
    TypeError
        If errors hold no real numbers.
    ValueError
        If they are no vector, negative or NaN, or fewer than three of them fall above rounding.

    Proven equal to the orders of geometric and power sequences (``tests/test_registry.py``,
    ``tests/optimize/test_order.py``).

    Book: chapters/03-optimization/newton
    """
    e = as_real(errors, "errors")
    if e.ndim != 1:
        raise ValueError(f"errors must be a vector, got shape {tuple(e.shape)}")
    if not bool((e >= 0).all()):
        raise ValueError(f"errors must not be negative or NaN, got {e.tolist()}")
    rounding = 64 * torch.finfo(e.dtype).eps
    falling = _falling(e.tolist(), rounding)
    if len(falling) < 3:
        raise ValueError(
            f"errors must hold three that fall and are above {rounding:.1e}, got {e.tolist()}"
        )
    orders = [_order(*falling[k : k + 3]) for k in range(len(falling) - 2)]
    in_doubt = falling[-1] < 1000 * rounding and len(orders) > 1
    return orders[-2] if in_doubt and orders[-1] < 0.75 * orders[-2] else orders[-1]


def _falling(errors: list[float], rounding: float) -> list[float]:
    """Return the longest stretch of errors that falls strictly and stays above rounding."""
    stretches: list[list[float]] = [[]]
    for before, e in itertools.pairwise([math.inf, *errors]):
        if not (rounding < e < before):
            stretches.append([])
        if rounding < e < math.inf:
            stretches[-1].append(e)
    return max(stretches, key=len)


def _order(first: float, second: float, third: float) -> float:
    return math.log(third / second) / math.log(second / first)
