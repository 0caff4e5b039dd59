"""Checks of the parameters of transformers, made in ``fit`` as scikit-learn does."""

from __future__ import annotations

from numbers import Integral, Real
from typing import Any


def check_degree(degree: Any) -> int:
    """Return a degree as an int.

    Raises
    ------
    TypeError
        If it is no integer.
    ValueError
        If it is negative.
    """
    if isinstance(degree, bool) or not isinstance(degree, Integral):
        raise TypeError(f"degree must be an int, got {type(degree).__name__}")
    if degree < 0:
        raise ValueError(f"degree must not be negative, got {degree}")
    return int(degree)


def check_domain(domain: Any) -> tuple[float, float]:
    """Return the ends of an interval.

    Raises
    ------
    TypeError
        If they are not two numbers.
    ValueError
        If the first is not below the second.
    """
    if not isinstance(domain, tuple | list) or len(domain) != 2:
        raise TypeError(f"domain must be two numbers, got {domain!r}")
    if not all(isinstance(end, Real) for end in domain):
        raise TypeError(f"domain must be two numbers, got {domain!r}")
    if not domain[0] < domain[1]:
        raise ValueError(f"domain must begin below its end, got {domain!r}")
    return float(domain[0]), float(domain[1])
