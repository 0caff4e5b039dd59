"""The Newton-Raphson method for systems of nonlinear equations: out of balance, correct, repeat."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import torch
from scipy.optimize import OptimizeResult
from torch import Tensor

from companion.linalg import solve
from companion.linalg._check import LinAlgError
from companion.optimize._kinds import check_function
from companion.optimize._problem import to_tensor

MESSAGES = {
    0: "The residual is within the tolerance.",
    1: "Maximum number of iterations has been exceeded: the residual is still {norm:.3g}.",
    2: "The tangent is singular at iterate {nit}: there K Δu = -r has no unique solution.",
    3: "NaN or infinity in the residual or the tangent at iterate {nit}.",
}


def newton_raphson(
    residual: Callable[[Any], Any],
    x0: Any,
    jac: Callable[[Any], Any],
    tol: float = 1e-10,
    maxiter: int = 50,
) -> OptimizeResult:
    """Solve r(u) = 0 by steps with the tangent, K(u) Δu = -r(u).

    Close to a root with a regular tangent the error squares in each step (order 2). A ``jac`` that
    always returns the same matrix makes it the modified Newton method, of order 1.

    Parameters
    ----------
    residual : r(u), maps Tensor[n] to Tensor[n] (arrays if x0 is an array, a list or a number).
    x0 : Tensor[n] or array, the start; a number is a vector of one entry.
    jac : the tangent K(u) = ∂r/∂u, maps Tensor[n] to Tensor[n, n].
    tol : stop when the Euclidean norm of r is not above it; in the units of r.
    maxiter : largest number of steps.

    Returns
    -------
    OptimizeResult with ``x``, ``success``, ``status`` (0 found, 1 out of steps, 2 singular tangent,
    3 NaN), ``message``, ``nit`` (steps), ``fun`` (r at x), ``trajectory`` (Tensor[nit + 1, n]) and
    ``residual_history`` (Tensor[nit + 1], the norms of r). It never claims a root it has not found.

    Raises
    ------
    TypeError
        If residual or jac are not callable, or x0 holds no real numbers.
    ValueError
        If x0 is no finite vector, tol or maxiter are negative, or a function gives another shape.

    Proven equal to ``scipy.optimize.root`` (``tests/test_registry.py``), and of order 2
    (``tests/optimize/test_newton_raphson.py``).

    Book: chapters/03-optimization/newton
    """
    check_function(residual, "residual")
    check_function(jac, "jac")
    for name, value in (("tol", tol), ("maxiter", maxiter)):
        if not value >= 0:
            raise ValueError(f"{name} must not be negative, got {value}")
    u = to_tensor(x0)
    n = len(u)

    def native(x: Tensor) -> Any:
        return x.clone() if isinstance(x0, Tensor) else x.numpy().copy()

    path = [u]
    r = _evaluated(residual, native(u), u, (n,), "residual")
    norms = [float(torch.linalg.vector_norm(r))]
    while (status := _verdict(norms, tol, maxiter)) is None:
        K = _evaluated(jac, native(u), u, (n, n), "jac")
        if not bool(torch.isfinite(K).all()):
            status = 3
            break
        try:
            u = u - solve(K, r)
        except LinAlgError:
            status = 2
            break
        r = _evaluated(residual, native(u), u, (n,), "residual")
        path.append(u)
        norms.append(float(torch.linalg.vector_norm(r)))
    return OptimizeResult(
        x=native(u),
        success=status == 0,
        status=status,
        message=MESSAGES[status].format(norm=norms[-1], nit=len(path) - 1),
        nit=len(path) - 1,
        fun=native(r),
        trajectory=native(torch.stack(path)),
        residual_history=native(u.new_tensor(norms)),
    )


def _verdict(norms: list[float], tol: float, maxiter: int) -> int | None:
    """Return the status with which to stop, or None to go on."""
    if not norms[-1] < float("inf"):
        return 3
    if norms[-1] <= tol:
        return 0
    return 1 if len(norms) > maxiter else None


def _evaluated(
    function: Callable[[Any], Any], x: Any, like: Tensor, shape: tuple[int, ...], name: str
) -> Tensor:
    """Return what a function gives at x as a tensor of the dtype of the unknowns."""
    y = torch.as_tensor(function(x), dtype=like.dtype, device=like.device).detach()
    if y.numel() == like.numel() == 1:
        y = y.reshape(shape)
    if y.shape != torch.Size(shape):
        raise ValueError(f"{name} must return the shape {shape}, got {tuple(y.shape)}")
    return y
