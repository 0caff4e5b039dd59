"""L-BFGS: the direction of BFGS from the last few steps, without a matrix."""

from __future__ import annotations

import math
from collections import deque
from collections.abc import Callable, Sequence
from typing import Any

import numpy as np
import torch
from scipy.optimize import OptimizeResult
from torch import Tensor

from companion.optim.lbfgs import two_loops
from companion.optimize._descent import descend
from companion.optimize._options import check_count, check_number, refuse
from companion.optimize._problem import Problem
from companion.optimize._wolfe import WolfeSearch


def lbfgsb(
    fun: Callable[..., Any],
    x0: Any,
    args: tuple[Any, ...] = (),
    jac: Any = None,
    hess: Any = None,
    callback: Callable[..., Any] | None = None,
    *,
    maxcor: int = 10,
    ftol: float = 2.2204460492503131e-09,
    gtol: float = 1e-5,
    maxiter: int = 15000,
    tol: float | None = None,
    hessp: None = None,
    bounds: None = None,
    constraints: Any = (),
) -> OptimizeResult:
    """Step along -H g, with H g computed from the last steps as in :func:`two_loop`.

    ``minimize(..., method="L-BFGS-B")``, without the B: only SciPy's keeps to bounds. ``hess`` is
    not used.

    Parameters
    ----------
    maxcor : number of steps that are remembered.
    ftol : stop when the objective falls by at most ftol max(|f_old|, |f_new|, 1).
    gtol : stop when the largest entry of the gradient is at most this.
    maxiter : largest number of steps.

    Proven equal to ``scipy.optimize.minimize(method="L-BFGS-B")``, minimisers to 1e-5
    (``tests/optimize/test_minimize.py``).

    Book: chapters/03-optimization/newton
    """
    if bounds is not None:
        raise NotImplementedError(
            "bounds: our L-BFGS-B has none, scipy.optimize.minimize(method='L-BFGS-B') has"
        )
    refuse("L-BFGS-B", hessp, None, constraints)
    ftol, gtol = (ftol, gtol) if tol is None else (tol, tol)
    check_count("maxcor", maxcor, 1)
    check_count("maxiter", maxiter)
    check_number("ftol", ftol)
    check_number("gtol", gtol)
    problem = Problem(fun, x0, args, jac, hess, callback)
    direction, search = _Memory(maxcor).direction, WolfeSearch(problem)
    return descend(problem, direction, search, maxiter=maxiter, gtol=gtol, norm=math.inf, ftol=ftol)


def two_loop(g: Any, pairs: Sequence[tuple[Any, Any]], gamma: float = 1.0) -> Any:
    """Return the direction d = -H g of L-BFGS from remembered pairs of steps.

    H starts as γ I, and each pair (s, y), oldest first, turns it into
    (I - ρ s yᵀ) H (I - ρ y sᵀ) + ρ s sᵀ with ρ = 1 / (y·s). It is never formed::

        q := g
        newest to oldest:  a := ρ s·q,   q := q - a y
        q := γ q
        oldest to newest:  b := ρ y·q,   q := q + (a - b) s
        d = -q

    Parameters
    ----------
    g : Tensor[n] or array, the gradient.
    pairs : the steps s and their changes of gradient y, each [n] and of the kind of g. A pair with
        y·s <= 0 is skipped: H would not stay positive definite.
    gamma : above 0; usual is s·y / y·y of the newest pair.

    Raises
    ------
    TypeError, ValueError
        If g or a pair is no vector of real numbers, sizes differ, or gamma is not above 0.

    Proven equal to the product with the explicit inverse Hessian (``tests/test_registry.py``).

    Book: chapters/03-optimization/newton
    """
    slope = _vector(g, "g")
    check_number("gamma", gamma, strict=True)
    kept = []
    for pair in pairs:
        s, y = (_vector(part, "pairs", slope) for part in pair)
        if s.dot(y) > 0:
            kept.append((s, y, 1 / s.dot(y)))
    steps, changes, rho = ([pair[k] for pair in kept] for k in range(3))
    d = two_loops(slope, steps, changes, rho, gamma)
    return d if isinstance(g, Tensor) else d.numpy()


def _vector(given: Any, name: str, like: Tensor | None = None) -> Tensor:
    """Return a vector as a tensor; one of ``pairs`` must fit to the gradient."""
    if not isinstance(given, Tensor):
        array = np.asarray(given)
        if array.dtype.kind not in "iuf":
            raise TypeError(f"{name} must hold real numbers, got dtype {array.dtype}")
        given = torch.from_numpy(np.array(array, dtype=float))
    if not given.is_floating_point():
        raise TypeError(f"{name} must have a floating-point dtype, got {given.dtype}")
    if given.ndim != 1 or (like is not None and given.shape != like.shape):
        size = "" if like is None else f" of {like.numel()} numbers"
        raise ValueError(f"{name} must hold vectors{size}, got shape {tuple(given.shape)}")
    found: Tensor = given if like is None else given.to(like.dtype)
    return found


class _Memory:
    """The last pairs of steps (s, y, 1 / y·s), and the point and gradient seen last."""

    def __init__(self, size: int) -> None:
        self.pairs: deque[tuple[Tensor, Tensor, Tensor]] = deque(maxlen=size)
        self.last: tuple[Tensor, Tensor] | None = None
        self.gamma: float | Tensor = 1.0

    def direction(self, x: Tensor, g: Tensor) -> Tensor:
        """Remember the step to x, and return the direction from there."""
        if self.last is not None:
            s, y = x - self.last[0], g - self.last[1]
            curvature, size = s.dot(y), y.dot(y)
            if curvature > torch.finfo(x.dtype).eps * size:
                self.pairs.append((s, y, 1 / curvature))
                self.gamma = curvature / size
        self.last = (x, g)
        steps, changes, rho = ([pair[k] for pair in self.pairs] for k in range(3))
        return two_loops(g, steps, changes, rho, self.gamma)
