"""Checks of the plain numbers that ``companion.physics`` and ``companion.datasets`` take."""

from __future__ import annotations

import math


def check_number(value: float, name: str) -> float:
    """Return ``value`` as a finite float.

    Raises
    ------
    TypeError
        If it is no number.
    ValueError
        If it is NaN or infinite.
    """
    if isinstance(value, bool) or not isinstance(value, int | float):
        raise TypeError(f"{name} must be a number, got {type(value).__name__}")
    if not math.isfinite(value):
        raise ValueError(f"{name} must be finite, got {value}")
    return float(value)


def check_positive(value: float, name: str) -> float:
    """Like :func:`check_number`, and the value must be above zero."""
    if check_number(value, name) <= 0:
        raise ValueError(f"{name} must be positive, got {value}")
    return float(value)


def check_not_negative(value: float, name: str) -> float:
    """Like :func:`check_number`, and the value must not be below zero."""
    if check_number(value, name) < 0:
        raise ValueError(f"{name} must not be negative, got {value}")
    return float(value)


def check_count(value: int, name: str, least: int = 1) -> int:
    """Return ``value`` if it is an int of at least ``least``."""
    if isinstance(value, bool) or not isinstance(value, int):
        raise TypeError(f"{name} must be an int, got {type(value).__name__}")
    if value < least:
        raise ValueError(f"{name} must be at least {least}, got {value}")
    return value
