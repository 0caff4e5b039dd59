"""The one door to the minimisers, with the arguments of SciPy."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from typing import Any

from scipy.optimize import OptimizeResult

from companion.optimize._options import check_number, constrained
from companion.optimize.augmented_lagrangian import augmented_lagrangian
from companion.optimize.bfgs import bfgs
from companion.optimize.conjugate_gradient import conjugate_gradient
from companion.optimize.lbfgsb import lbfgsb
from companion.optimize.nelder_mead import nelder_mead

Method = Callable[..., OptimizeResult]
METHODS: dict[str, Method] = {
    "Nelder-Mead": nelder_mead,
    "CG": conjugate_gradient,
    "BFGS": bfgs,
    "L-BFGS-B": lbfgsb,
}
SCIPY = "scipy.optimize.minimize has others, with the same arguments"


def minimize(
    fun: Callable[..., Any],
    x0: Any,
    args: tuple[Any, ...] = (),
    method: str | Method | None = None,
    jac: Any = None,
    hess: Any = None,
    bounds: Any = None,
    constraints: Any = (),
    tol: float | None = None,
    callback: Callable[..., Any] | None = None,
    options: dict[str, Any] | None = None,
) -> OptimizeResult:
    """Find a local minimum of a function of several variables.

    ``fun``, ``jac`` and ``hess`` are called with points of the kind of ``x0``, NumPy arrays or
    tensors, and with ``args``. No gradient is found silently: for a tensor function pass
    ``jac=companion.calculus.grad(fun)``.

    Parameters
    ----------
    fun : ``fun(x, *args)``, a number.
    x0 : [n] or one number, the starting point.
    method : the name of a method, or a callable such as ``gradient_descent``; "BFGS" by default,
        ``augmented_lagrangian`` if there are constraints.
    jac : ``jac(x, *args)`` [n]; None or "2-point" (forward differences), "3-point", "cs"; True if
        ``fun`` returns the value and the gradient.
    hess : ``hess(x, *args)`` [n, n], for methods that use it; the others look away.
    bounds : for methods of your own; none of the methods here keeps to bounds.
    constraints : SciPy's dictionaries, one or a list, for methods that keep to them.
    tol : tolerance of the stopping rule: ``gtol``, for "L-BFGS-B" also ``ftol``, for "Nelder-Mead"
        ``xatol`` and ``fatol``, unless ``options`` has them.
    callback : called after each step, as ``callback(x)`` or, if that is the name of its only
        argument, ``callback(intermediate_result)``; it ends the search by ``StopIteration``.
    options : the method's own options.

    Returns
    -------
    OptimizeResult with SciPy's fields ``x``, ``fun``, ``jac``, ``success``, ``status``,
    ``message``, ``nit``, ``nfev``, ``njev``, ``nhev``, and with ``trajectory`` [nit + 1, n], the
    iterates from x0 on, ``fun_history`` [nit + 1] and, with constraints, ``multipliers``.

    Raises
    ------
    TypeError, ValueError
        If an argument has the wrong type, shape or range, or an option is unknown.
    NotImplementedError
        If the method is one of those that only SciPy has.

    Mirrors ``scipy.optimize.minimize``.
    Proven equal to it, minimisers to 1e-5 and the iterates of "Nelder-Mead" to 1e-10
    (``tests/test_registry.py``, ``tests/optimize/test_minimize.py``).

    Book: chapters/03-optimization/stationary-points (and newton, constrained)
    """
    chosen = _choose(method, bounds is not None, constrained(constraints))
    given = _with_tolerance(chosen, tol, options)
    return chosen(
        fun,
        x0,
        args=args,
        jac=jac,
        hess=hess,
        hessp=None,
        bounds=bounds,
        constraints=constraints,
        callback=callback,
        **given,
    )


def _choose(method: str | Method | None, with_bounds: bool, with_constraints: bool) -> Method:
    """Return the method that is meant by a name or by none."""
    if callable(method):
        return method
    if not isinstance(method, str | None):
        raise TypeError(f"method must be a name, a callable or None, got {type(method).__name__}")
    if method is None and with_bounds:
        raise NotImplementedError(f"bounds need a method that we do not have; {SCIPY}")
    if method is None and with_constraints:
        return augmented_lagrangian
    name = "BFGS" if method is None else method
    found = {known.lower(): call for known, call in METHODS.items()}.get(name.lower())
    if found is None:
        ours = ", ".join(METHODS)
        raise NotImplementedError(f"method {name!r} is none of ours ({ours}); {SCIPY}")
    return found


def _with_tolerance(
    method: Method, tol: float | None, options: dict[str, Any] | None
) -> dict[str, Any]:
    """Return the options of a method; ``tol`` fills those that are not set."""
    if not isinstance(options, dict | None):
        raise TypeError(f"options must be a dictionary or None, got {type(options).__name__}")
    given = dict(options or {})
    known = inspect.signature(method).parameters
    if not any(p.kind is inspect.Parameter.VAR_KEYWORD for p in known.values()):
        for name in given:
            if name not in known:
                own = [k for k, p in known.items() if p.kind is inspect.Parameter.KEYWORD_ONLY]
                ours = ", ".join(k for k in own if k not in ("hessp", "bounds", "constraints"))
                raise TypeError(f"options has an unknown {name!r}; the method has {ours}")
    if tol is None:
        return given
    check_number("tol", tol)
    names = [name for name in ("gtol", "ftol", "xatol", "fatol") if name in known]
    return dict.fromkeys(names or ["tol"], tol) | given
