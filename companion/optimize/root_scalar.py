"""One door to the methods for a root of a function of one variable."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from scipy.optimize import RootResults

from companion.optimize._brent import brent
from companion.optimize._scalar import Counted, as_bracket, as_number
from companion.optimize.bisect import RTOL, bracketed, halve
from companion.optimize.newton import search_open

METHODS = ("bisect", "brentq", "newton", "secant")


def root_scalar(
    f: Callable[..., Any],
    args: tuple[Any, ...] = (),
    method: str | None = None,
    bracket: Any = None,
    fprime: Callable[..., Any] | None = None,
    x0: Any = None,
    x1: Any = None,
    xtol: float | None = None,
    rtol: float | None = None,
    maxiter: int | None = None,
) -> RootResults:
    """Find a root of a function of one variable.

    ``"bisect"`` and ``"brentq"`` need a ``bracket`` at whose ends f has different signs;
    ``"newton"`` needs ``x0`` and ``fprime``, ``"secant"`` needs ``x0``. Without a method the
    arguments decide, as in SciPy: a bracket means ``"brentq"``, x0 and fprime ``"newton"``, x0
    alone ``"secant"``.

    Parameters
    ----------
    f : maps a number to a number, called as ``f(x, *args)``; x is a tensor if the bracket or x0 is
        one, else a float, and the root is of the same kind.
    bracket : the two ends of an interval.
    fprime : the derivative, called like f.
    x0, x1 : the start, and a second one for the secant.
    xtol, rtol, maxiter : as in :func:`bisect` and :func:`newton`; None is their default.

    Returns
    -------
    RootResults of SciPy: ``root``, ``converged``, ``flag``, ``iterations``, ``function_calls``,
    ``method``. A search that failed has ``converged`` False.

    Raises
    ------
    TypeError
        If f or fprime are not callable, or numbers are none.
    ValueError
        If the signs at the ends are equal, something that the method needs is missing, or f is NaN
        in the bracket.
    NotImplementedError
        For the other methods of SciPy.

    Mirrors ``scipy.optimize.root_scalar``.

    Proven equal to ``scipy.optimize.root_scalar`` (``tests/test_registry.py``,
    ``tests/optimize/test_root_scalar.py``).

    Book: chapters/03-optimization/stationary-points
    """
    method = method or _chosen(bracket, x0, fprime)
    if method not in METHODS:
        raise NotImplementedError(
            f"method must be one of {METHODS}, got {method!r}; see scipy.optimize.root_scalar"
        )
    function = Counted(f, args, "f")
    if method in ("bisect", "brentq"):
        if bracket is None:
            raise ValueError(f"bracket must be given for method {method!r}, got None")
        a, b = as_bracket(*_ends(bracket))
        search = halve if method == "bisect" else brent
        limits = (2e-12 if xtol is None else xtol, RTOL if rtol is None else rtol, maxiter or 100)
        root, steps, found = bracketed(search, function, a, b, *limits)
        return RootResults(root, steps, function.calls, 0 if found else -2, method)
    if x0 is None or (method == "newton" and fprime is None):
        missing = "x0" if x0 is None else "fprime"
        raise ValueError(f"{missing} must be given for method {method!r}, got None")
    slope = Counted(fprime, args, "fprime") if method == "newton" else None
    limits = (1.48e-8 if xtol is None else xtol, rtol or 0.0, maxiter or 50)
    second = None if x1 is None or slope else as_number(x1, "x1")
    root, steps, flag = search_open(function, as_number(x0, "x0"), slope, second, *limits)
    calls = function.calls + (slope.calls if slope else 0)
    return RootResults(root, steps, calls, -2 if flag else 0, method)


def _chosen(bracket: Any, x0: Any, fprime: Any) -> str:
    if bracket is not None:
        return "brentq"
    if x0 is None:
        raise ValueError("bracket or x0 must be given, got neither")
    return "newton" if fprime is not None else "secant"


def _ends(bracket: Any) -> tuple[Any, Any]:
    if not hasattr(bracket, "__len__") or len(bracket) != 2:
        raise ValueError(f"bracket must be two numbers, got {bracket!r}")
    return bracket[0], bracket[1]
