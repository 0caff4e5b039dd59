"""Input checks of ``companion.optimize``: errors name the argument and say what came."""

from __future__ import annotations

import math
from numbers import Integral, Real
from typing import Any


def check_number(
    name: str, value: Any, low: float = 0.0, high: float = math.inf, *, strict: bool = False
) -> None:
    """Raise unless the value is a real number from ``low`` to ``high``, strictly between if asked.

    Raises
    ------
    TypeError
        If it is no real number.
    ValueError
        If it is NaN or out of range.
    """
    if not isinstance(value, Real) or isinstance(value, bool):
        raise TypeError(f"{name} must be a real number, got {type(value).__name__}")
    number = float(value)
    inside = low < number < high if strict else low <= number <= high
    if not inside:
        signs = ("above", "below") if strict else ("at least", "at most")
        upper = f" and {signs[1]} {high:g}" if high < math.inf else ""
        raise ValueError(f"{name} must be {signs[0]} {low:g}{upper}, got {value}")


def check_count(name: str, value: Any, low: int = 0) -> None:
    """Raise unless the value is an integer of at least ``low``.

    Raises
    ------
    TypeError
        If it is no integer.
    ValueError
        If it is too small.
    """
    if not isinstance(value, Integral) or isinstance(value, bool):
        raise TypeError(f"{name} must be an integer, got {type(value).__name__}")
    if int(value) < low:
        raise ValueError(f"{name} must be at least {low}, got {value}")


def check_line_search(line_search: str | None) -> None:
    """Raise ``ValueError`` unless the line search is None or Armijo's."""
    if line_search not in (None, "armijo"):
        raise ValueError(f"line_search must be None or 'armijo', got {line_search!r}")


def constrained(constraints: Any) -> bool:
    """Say whether there are constraints; a dictionary or an object of SciPy's counts as one."""
    if constraints is None:
        return False
    return not (isinstance(constraints, list | tuple) and len(constraints) == 0)


def refuse(method: str, hessp: Any = None, bounds: Any = None, constraints: Any = ()) -> None:
    """Raise ``ValueError`` if a method is given what it cannot honour."""
    if hessp is not None:
        raise ValueError(f"hessp must be None: {method} takes hess, or no second derivatives")
    if bounds is not None:
        raise ValueError(
            f"bounds must be None: {method} cannot keep to bounds, "
            "scipy.optimize.minimize(method='L-BFGS-B') can"
        )
    if constrained(constraints):
        raise ValueError(
            f"constraints must be empty: {method} cannot keep to constraints, "
            "companion.optimize.augmented_lagrangian can"
        )
